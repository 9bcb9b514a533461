/* Being invisible, by what the server has for it:
 *
 *   google:shared-status   a state of the user: gtalk-shared.c
 *   XEP-0186               <invisible/>, <visible/>
 *   XEP-0126               a privacy list that keeps presence in
 *
 * Presence is held back until the server hides us; at sign-on that may be some
 * moments after everybody else's. Where nothing hides us, we are shown as busy,
 * and the user is told. */

#include "gtalk-hiding.h"

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "gtalk-presence.h"
#include "gtalk-roster.h"
#include "gtalk-shared.h"

#define NS_INVISIBLE "urn:xmpp:invisible:1"
#define NS_INVISIBLE_OLD "urn:xmpp:invisible:0"
#define NS_PRIVACY "jabber:iq:privacy"

/* Rooms are not among those who see us by a subscription, and stay. */
#define LIST                                                                  \
  "<query xmlns='" NS_PRIVACY "'><list name='invisible'>"                     \
  "<item type='subscription' value='both' action='deny' order='1'>"           \
  "<presence-out/></item>"                                                    \
  "<item type='subscription' value='from' action='deny' order='2'>"           \
  "<presence-out/></item>"                                                    \
  "<item action='allow' order='3'/></list></query>"

typedef enum
{
  WAY_UNKNOWN,
  WAY_NONE,
  WAY_SHARED,
  WAY_COMMAND,
  WAY_COMMAND_OLD,
  WAY_LIST,
} Way;

/**
 * GtalkHiding:
 * @way: how it is done at this server
 * @hidden: it is
 * @changing: the server was asked, and has not answered
 */
struct _GtalkHiding
{
  Way way;
  gboolean hidden;
  gboolean changing;
};

static gboolean
is_wanted (const GtalkSession *session)
{
  return session->status == IM_STATUS_INVISIBLE;
}

gboolean
gtalk_hiding_allows (const GtalkSession *session)
{
  return !is_wanted (session) || session->hiding->hidden;
}

void
gtalk_hiding_set (GtalkSession *session, gboolean hidden)
{
  session->hiding->hidden = hidden;
}

void
gtalk_hiding_give_up (GtalkSession *session, gboolean by_places)
{
  const ImEvent notice = {
    .type = IM_EVENT_NOTICE,
    .notice = { .kind = IM_NOTICE_NOT_HIDDEN, .count = by_places },
  };
  const ImEvent status = {
    .type = IM_EVENT_OWN_STATUS,
    .own_status = { .status = IM_STATUS_DND, .text = session->status_text },
  };

  session->status = IM_STATUS_DND;
  gtalk_session_emit (session, &status);
  gtalk_session_emit (session, &notice);
}

/* --- asking the server ------------------------------------------------------ */

static void
on_changed (GtalkSession *session, const XmlNode *stanza, gpointer hide)
{
  GtalkHiding *hiding = session->hiding;

  if (session->gone || !hiding->changing)
    return;
  hiding->changing = FALSE;
  if (stanza != NULL &&
      g_strcmp0 (xml_node_attribute (stanza, "type"), "result") == 0)
    hiding->hidden = hide != NULL;
  else if (hide != NULL && is_wanted (session))
    gtalk_hiding_give_up (session, FALSE);
  else
    /* Still hidden: whoever asks again may be luckier. */
    return;
  gtalk_hiding_apply (session);
}

static void
change (GtalkSession *session, const char *payload, gboolean hide)
{
  session->hiding->changing = TRUE;
  gtalk_session_ask (session, NULL, "set", payload, on_changed,
                     GINT_TO_POINTER (hide), NULL);
}

/* Whoever sees us has to be told that we leave: the list keeps in what we say
 * from then on. Those who are not there need not. */
static void
leave_sight (GtalkSession *session)
{
  g_autoptr (GPtrArray) viewers = gtalk_roster_viewers (session);

  if (!gtalk_presence_was_sent (session))
    return;
  for (guint i = 0; i < viewers->len; i++)
    {
      const char *who = viewers->pdata[i];
      GtalkSubscription seen = 0;
      g_auto (XmppWriter) w = { 0 };

      gtalk_roster_has (session, who, &seen);
      if (seen == GTALK_SEES_BOTH && gtalk_presence_best (session, who) == NULL)
        continue;
      xmpp_open (&w, "presence", NULL);
      xmpp_attr (&w, "type", "unavailable");
      xmpp_attr (&w, "to", who);
      xmpp_close (&w);
      gtalk_session_send (session, &w);
    }
}

static void
hide (GtalkSession *session)
{
  switch (session->hiding->way)
    {
    case WAY_COMMAND:
      change (session, "<invisible xmlns='" NS_INVISIBLE "' probe='true'/>",
              TRUE);
      break;
    case WAY_COMMAND_OLD:
      change (session, "<invisible xmlns='" NS_INVISIBLE_OLD "'/>", TRUE);
      break;
    case WAY_LIST:
      leave_sight (session);
      gtalk_session_ask (session, NULL, "set", LIST, NULL, NULL, NULL);
      change (session,
              "<query xmlns='" NS_PRIVACY "'><active name='invisible'/>"
              "</query>",
              TRUE);
      break;
    case WAY_NONE:
      gtalk_hiding_give_up (session, FALSE);
      gtalk_presence_send (session);
      break;
    case WAY_UNKNOWN:
    case WAY_SHARED:
      break;
    }
}

static void
show (GtalkSession *session)
{
  switch (session->hiding->way)
    {
    case WAY_COMMAND:
      change (session, "<visible xmlns='" NS_INVISIBLE "'/>", FALSE);
      break;
    case WAY_COMMAND_OLD:
      change (session, "<visible xmlns='" NS_INVISIBLE_OLD "'/>", FALSE);
      break;
    case WAY_LIST:
      change (session, "<query xmlns='" NS_PRIVACY "'><active/></query>",
              FALSE);
      break;
    case WAY_UNKNOWN:
    case WAY_NONE:
    case WAY_SHARED:
      break;
    }
}

void
gtalk_hiding_apply (GtalkSession *session)
{
  const GtalkHiding *hiding = session->hiding;

  if (hiding->way == WAY_SHARED)
    gtalk_shared_apply (session);
  else if (hiding->changing)
    return;
  else if (is_wanted (session) == hiding->hidden)
    gtalk_presence_send (session);
  else if (is_wanted (session))
    hide (session);
  else
    show (session);
}

/* --- which way ------------------------------------------------------------------ */

static Way
find_way (GtalkSession *session)
{
  if (gtalk_shared_is_there (session))
    return WAY_SHARED;
  if (gtalk_disco_server_has (session, NS_INVISIBLE))
    return WAY_COMMAND;
  if (gtalk_disco_server_has (session, NS_INVISIBLE_OLD))
    return WAY_COMMAND_OLD;
  return gtalk_disco_server_has (session, NS_PRIVACY) ? WAY_LIST : WAY_NONE;
}

static void
features (GtalkSession *session)
{
  session->hiding->way = find_way (session);
  if (session->hiding->way == WAY_SHARED)
    gtalk_shared_ask (session);
  else if (is_wanted (session))
    gtalk_hiding_apply (session);
}

/* Of a new stream the server knows nothing. */
static void
bound (GtalkSession *session)
{
  *session->hiding = (GtalkHiding){ .way = WAY_UNKNOWN };
}

static void
init (GtalkSession *session)
{
  session->hiding = g_new0 (GtalkHiding, 1);
}

static void
clear (GtalkSession *session)
{
  g_clear_pointer (&session->hiding, g_free);
}

const GtalkPart gtalk_hiding_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .features = features,
};
