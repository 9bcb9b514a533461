/* Off the record (google:nosave): what is said to somebody is not kept on the
 * server. That is no encryption, and holds for both sides: either changes it
 * for the other, and every message says what holds. */

#include "gtalk-record.h"

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "gtalk-roster.h"

#define NS_NOSAVE "google:nosave"
#define NS_ARCHIVE "http://jabber.org/protocol/archive"

/**
 * GtalkRecord:
 * @off: (element-type utf8): bare addresses of those with whom nothing is kept
 * @known: the server has told of it
 */
struct _GtalkRecord
{
  GHashTable *off;
  gboolean known;
};

static void
tell (GtalkSession *session, const char *who, gboolean kept, gboolean news)
{
  const ImEvent event = {
    .type = IM_EVENT_RECORD,
    .record = { .who = who, .kept = kept, .news = news },
  };

  gtalk_session_emit (session, &event);
}

static void
set (GtalkSession *session, const char *who, gboolean kept, gboolean news)
{
  GHashTable *off = session->record->off;
  gboolean changed =
      kept ? g_hash_table_remove (off, who)
           : g_hash_table_size (off) < IM_MAX_BUDDIES &&
                 g_hash_table_add (off, g_strdup (who));

  if (changed)
    tell (session, who, kept, news);
}

/* --- the server's list ------------------------------------------------------ */

static void
read_items (GtalkSession *session, const XmlNode *list, gboolean news)
{
  for (const XmlNode *node = xml_node_first (list, "item");
       xml_node_exists (node); node = xml_node_next (node, "item"))
    {
      const char *address = xml_node_attribute (node, "jid");
      g_autofree char *who =
          address != NULL ? xmpp_jid_dup_bare (address) : NULL;

      if (who != NULL)
        set (session, who,
             g_strcmp0 (xml_node_attribute (node, "value"), "enabled") != 0,
             news);
    }
}

static gboolean
lists (const XmlNode *list, const char *who)
{
  for (const XmlNode *node = xml_node_first (list, "item");
       xml_node_exists (node); node = xml_node_next (node, "item"))
    {
      const char *address = xml_node_attribute (node, "jid");

      if (address != NULL && xmpp_jid_equal (address, who))
        return TRUE;
    }
  return FALSE;
}

/* After a loss, who is not on it any more was changed meanwhile. */
static void
on_list (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const XmlNode *list;
  g_autofree char **names = NULL;
  g_auto (GStrv) old = NULL;

  if (session->gone || stanza == NULL ||
      g_strcmp0 (xml_node_attribute (stanza, "type"), "result") != 0)
    return;
  session->record->known = TRUE;
  list = xml_node_first_ns (stanza, NS_NOSAVE, "query");
  names =
      (char **) g_hash_table_get_keys_as_array (session->record->off, NULL);
  old = g_strdupv (names);
  for (char **who = old; *who != NULL; who++)
    if (!lists (list, *who))
      set (session, *who, TRUE, TRUE);
  read_items (session, list, FALSE);
}

/* Anybody can send a stanza that looks like one. */
static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  const XmlNode *list = xml_node_first_ns (iq, NS_NOSAVE, "query");

  if (!xml_node_exists (list) ||
      g_strcmp0 (xml_node_attribute (iq, "type"), "set") != 0 ||
      !gtalk_session_is_own (session, xml_node_attribute (iq, "from")))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  read_items (session, list, TRUE);
  return TRUE;
}

/* --- messages ------------------------------------------------------------------ */

/* What holds for a message of a friend holds for the answer. What comes late
 * says what held then. */
static gboolean
message (GtalkSession *session, const XmlNode *stanza)
{
  const XmlNode *state = xml_node_first_ns (stanza, NS_NOSAVE, "x");
  const char *value = xml_node_attribute (state, "value");
  const char *from = xml_node_attribute (stanza, "from");
  const char *type = xml_node_attribute (stanza, "type");
  g_autofree char *who = NULL;

  if (value == NULL || from == NULL || !session->record->known ||
      g_strcmp0 (type, "error") == 0 || g_strcmp0 (type, "groupchat") == 0 ||
      xml_node_exists (xml_node_first_ns (stanza, "urn:xmpp:delay", "delay")) ||
      xml_node_exists (xml_node_first_ns (stanza, "jabber:x:delay", "x")))
    return FALSE;
  who = xmpp_jid_dup_bare (from);
  if (gtalk_roster_has (session, who, NULL))
    set (session, who, strcmp (value, "enabled") != 0, TRUE);
  /* The rest of it is for others. */
  return FALSE;
}

void
gtalk_record_write (GtalkSession *session, const char *who, XmppWriter *w)
{
  g_autofree char *bare = xmpp_jid_dup_bare (who);

  if (!g_hash_table_contains (session->record->off, bare))
    return;
  xmpp_open (w, "x", NS_NOSAVE);
  xmpp_attr (w, "value", "enabled");
  xmpp_close (w);
  xmpp_open (w, "record", NS_ARCHIVE);
  xmpp_attr (w, "otr", "true");
  xmpp_close (w);
}

/* --- ours ---------------------------------------------------------------------- */

gboolean
gtalk_record_is_there (const GtalkSession *session)
{
  return session->record->known;
}

gboolean
gtalk_session_is_off_record (const GtalkSession *session, const char *who)
{
  g_autofree char *bare = xmpp_jid_dup_bare (who);

  return g_hash_table_contains (session->record->off, bare);
}

/* The server tells all places; until it has, nothing is promised. */
static void
on_changed (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (!session->gone && stanza != NULL &&
      g_strcmp0 (xml_node_attribute (stanza, "type"), "error") == 0)
    gtalk_session_notice (session, IM_NOTICE_SETTING_REFUSED, NULL, NULL);
}

void
gtalk_session_set_off_record (GtalkSession *session, const char *who,
                              gboolean off)
{
  g_autofree char *bare = xmpp_jid_dup_bare (who);
  g_auto (XmppWriter) w = { 0 };

  if (!gtalk_session_is_online (session) || !session->record->known)
    return;
  xmpp_open (&w, "query", NS_NOSAVE);
  xmpp_open (&w, "item", NS_NOSAVE);
  xmpp_attr (&w, "jid", bare);
  xmpp_attr (&w, "value", off ? "enabled" : "disabled");
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_ask (session, gtalk_session_bare (session), "set",
                     xmpp_writer_text (&w), on_changed, NULL, NULL);
}

static void
features (GtalkSession *session)
{
  if (gtalk_disco_is_google (session, NS_NOSAVE))
    gtalk_session_ask (session, gtalk_session_bare (session), "get",
                       "<query xmlns='" NS_NOSAVE "'/>", on_list, NULL, NULL);
}

static void
init (GtalkSession *session)
{
  session->record = g_new0 (GtalkRecord, 1);
  session->record->off =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
clear (GtalkSession *session)
{
  if (session->record == NULL)
    return;
  g_hash_table_unref (session->record->off);
  g_clear_pointer (&session->record, g_free);
}

const GtalkPart gtalk_record_part = {
  .init = init,
  .clear = clear,
  .features = features,
  .message = message,
  .query = query,
};
