/* Settings of the account that the server keeps for all programs of its user
 * (google:setting). It tells of them once they were asked for, and of every
 * change from then on. */

#include "gtalk-disco.h"
#include "gtalk-mail.h"
#include "gtalk-parts.h"

#define NS_SETTING "google:setting"

static const char *const names[GTALK_N_SETTINGS] = {
  [GTALK_SETTING_AUTO_ACCEPT] = "autoacceptsuggestions",
  [GTALK_SETTING_MAIL] = "mailnotifications",
  [GTALK_SETTING_ARCHIVE] = "archivingenabled",
};

/**
 * GtalkPrefs:
 * @known: the server has told of it
 * @on: what it said
 * @wanted: it was asked to tell of mail in this connection
 */
struct _GtalkPrefs
{
  gboolean known[GTALK_N_SETTINGS];
  gboolean on[GTALK_N_SETTINGS];
  gboolean wanted;
};

static void
send (GtalkSession *session, GtalkSetting setting, gboolean on);

/* Settings we do not know are left as they are. */
static void
read_settings (GtalkSession *session, const XmlNode *list)
{
  GtalkPrefs *prefs = session->prefs;

  for (guint i = 0; i < GTALK_N_SETTINGS; i++)
    {
      const char *value =
          xml_node_attribute (xml_node_first (list, names[i]), "value");

      if (value == NULL)
        continue;
      prefs->known[i] = TRUE;
      prefs->on[i] = g_strcmp0 (value, "true") == 0;
    }
}

/* Without it the server keeps new mail to itself. It is never taken back: other
 * programs of the user heed it, too. */
static void
want_mail (GtalkSession *session)
{
  GtalkPrefs *prefs = session->prefs;

  /* Once: a server that refuses is asked what holds, which brings us here. */
  if (prefs->wanted || !gtalk_mail_is_watched (session) ||
      !prefs->known[GTALK_SETTING_MAIL] || prefs->on[GTALK_SETTING_MAIL])
    return;
  prefs->wanted = TRUE;
  send (session, GTALK_SETTING_MAIL, TRUE);
}

static void
on_settings (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (session->gone || stanza == NULL)
    return;
  read_settings (session,
                 xml_node_first_ns (stanza, NS_SETTING, "usersetting"));
  want_mail (session);
}

static void
ask (GtalkSession *session)
{
  gtalk_session_ask (session, gtalk_session_bare (session), "get",
                     "<usersetting xmlns='" NS_SETTING "'/>", on_settings,
                     NULL, NULL);
}

/* What was refused is asked for, so that the next look shows what holds. */
static void
on_changed (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (session->gone || stanza == NULL ||
      g_strcmp0 (xml_node_attribute (stanza, "type"), "error") != 0)
    return;
  gtalk_session_notice (session, IM_NOTICE_SETTING_REFUSED, NULL, NULL);
  ask (session);
}

static void
send (GtalkSession *session, GtalkSetting setting, gboolean on)
{
  g_auto (XmppWriter) w = { 0 };

  session->prefs->on[setting] = on;
  xmpp_open (&w, "usersetting", NS_SETTING);
  xmpp_open (&w, names[setting], NULL);
  xmpp_attr (&w, "value", on ? "true" : "false");
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_ask (session, gtalk_session_bare (session), "set",
                     xmpp_writer_text (&w), on_changed, NULL, NULL);
}

gboolean
gtalk_session_get_setting (const GtalkSession *session, GtalkSetting setting,
                           gboolean *ret_on)
{
  *ret_on = session->prefs->on[setting];
  return session->prefs->known[setting];
}

void
gtalk_session_change_setting (GtalkSession *session, GtalkSetting setting,
                              gboolean on)
{
  if (gtalk_session_is_online (session) && session->prefs->known[setting] &&
      session->prefs->on[setting] != on)
    send (session, setting, on);
}

/* Anybody can send a stanza that looks like one. */
static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  const XmlNode *list = xml_node_first_ns (iq, NS_SETTING, "usersetting");

  if (!xml_node_exists (list) ||
      g_strcmp0 (xml_node_attribute (iq, "type"), "set") != 0 ||
      !gtalk_session_is_own (session, xml_node_attribute (iq, "from")))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  read_settings (session, list);
  return TRUE;
}

static void
features (GtalkSession *session)
{
  session->prefs->wanted = FALSE;
  if (gtalk_disco_is_google (session, NS_SETTING))
    ask (session);
}

static void
init (GtalkSession *session)
{
  session->prefs = g_new0 (GtalkPrefs, 1);
}

static void
clear (GtalkSession *session)
{
  g_clear_pointer (&session->prefs, g_free);
}

const GtalkPart gtalk_prefs_part = {
  .init = init,
  .clear = clear,
  .features = features,
  .query = query,
};
