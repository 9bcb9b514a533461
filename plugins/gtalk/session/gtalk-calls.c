/* Calls by voice and video, and files in the ways of calls, which we cannot
 * take: declined politely, in the dialect they came in, and told to the user
 * once.
 *
 *   Google's   <session type='initiate'>          ─► result, type='reject'
 *   Jingle     <jingle action='session-initiate'> ─► result, session-terminate
 *
 * Google's later clients sent both in one stanza. Strangers are answered like
 * by a program that knows of no calls. The servers for relaying voice that
 * google:jingleinfo names are of no use to us, so nobody asks for them. */

#include <string.h>

#include "gtalk-parts.h"
#include "gtalk-roster.h"

#define NS_SESSION "http://www.google.com/session"
#define NS_SHARE "http://www.google.com/session/share"
#define NS_JINGLE "urn:xmpp:jingle:1"
#define NS_JINGLEINFO "google:jingleinfo"

/* Who calls again and again is told of once in that time. */
#define PATIENCE_MS 30000

/**
 * GtalkCalls:
 * @told: (element-type utf8 gint64): bare addresses of who called to when the
 *   user was told
 */
struct _GtalkCalls
{
  GHashTable *told;
};

static void
tell (GtalkSession *session, const char *who, gboolean call)
{
  GHashTable *told = session->calls->told;
  gint64 now = session->host->ops->monotonic_ms (session->host);
  const gint64 *last = g_hash_table_lookup (told, who);

  if (last != NULL && now < *last + PATIENCE_MS)
    return;
  if (g_hash_table_size (told) >= IM_MAX_BUDDIES)
    g_hash_table_remove_all (told);
  g_hash_table_replace (told, g_strdup (who),
                        g_memdup2 (&now, sizeof now));
  gtalk_session_notice (session, call ? IM_NOTICE_CALLED : IM_NOTICE_DECLINED,
                        who, NULL);
}

static gboolean
is_files (const XmlNode *node)
{
  for (const XmlNode *child = xml_node_first (node, NULL);
       xml_node_exists (child); child = xml_node_next (child, NULL))
    if (strcmp (xml_node_namespace (child), NS_SHARE) == 0 ||
        strstr (xml_node_namespace (child), "file-transfer") != NULL ||
        is_files (child))
      return TRUE;
  return FALSE;
}

/* --- Google's ----------------------------------------------------------------- */

static void
reject (GtalkSession *session, const char *from, const XmlNode *node)
{
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "session", NS_SESSION);
  xmpp_attr (&w, "type", "reject");
  xmpp_attr (&w, "id", xml_node_attribute (node, "id"));
  xmpp_attr (&w, "initiator",
             xml_node_attribute (node, "initiator") != NULL
                 ? xml_node_attribute (node, "initiator")
                 : from);
  xmpp_close (&w);
  gtalk_session_ask (session, from, "set", xmpp_writer_text (&w), NULL, NULL,
                     NULL);
}

/* Returns: whether it began something */
static gboolean
handle_session (GtalkSession *session, const char *from, const XmlNode *node)
{
  if (xml_node_attribute (node, "id") == NULL ||
      g_strcmp0 (xml_node_attribute (node, "type"), "initiate") != 0)
    return FALSE;
  reject (session, from, node);
  return TRUE;
}

/* --- Jingle --------------------------------------------------------------------- */

static void
terminate (GtalkSession *session, const char *from, const char *sid)
{
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "jingle", NS_JINGLE);
  xmpp_attr (&w, "action", "session-terminate");
  xmpp_attr (&w, "sid", sid);
  xmpp_open (&w, "reason", NULL);
  xmpp_leaf (&w, "unsupported-applications", NULL, NULL);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_ask (session, from, "set", xmpp_writer_text (&w), NULL, NULL,
                     NULL);
}

static gboolean
handle_jingle (GtalkSession *session, const char *from, const XmlNode *node)
{
  const char *sid = xml_node_attribute (node, "sid");

  if (sid == NULL || g_strcmp0 (xml_node_attribute (node, "action"),
                                "session-initiate") != 0)
    return FALSE;
  terminate (session, from, sid);
  return TRUE;
}

/* --- both ------------------------------------------------------------------------ */

/* The servers named there would see where we are. */
static gboolean
is_jingleinfo (GtalkSession *session, const XmlNode *iq)
{
  if (!xml_node_exists (xml_node_first_ns (iq, NS_JINGLEINFO, "query")) ||
      !gtalk_session_is_own (session, xml_node_attribute (iq, "from")))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  return TRUE;
}

static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  const XmlNode *google = xml_node_first_ns (iq, NS_SESSION, "session");
  const XmlNode *jingle = xml_node_first_ns (iq, NS_JINGLE, "jingle");
  const char *from = xml_node_attribute (iq, "from");
  g_autofree char *who = NULL;
  gboolean begun;

  if (g_strcmp0 (xml_node_attribute (iq, "type"), "set") != 0)
    return FALSE;
  if (is_jingleinfo (session, iq))
    return TRUE;
  if (from == NULL || (!xml_node_exists (google) && !xml_node_exists (jingle)))
    return FALSE;
  who = xmpp_jid_dup_bare (from);
  if (!gtalk_roster_has (session, who, NULL))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  begun = handle_session (session, from, google);
  begun |= handle_jingle (session, from, jingle);
  if (begun)
    tell (session, who, !is_files (iq));
  return TRUE;
}

static void
init (GtalkSession *session)
{
  session->calls = g_new0 (GtalkCalls, 1);
  session->calls->told =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
clear (GtalkSession *session)
{
  if (session->calls == NULL)
    return;
  g_hash_table_unref (session->calls->told);
  g_clear_pointer (&session->calls, g_free);
}

const GtalkPart gtalk_calls_part = {
  .init = init,
  .clear = clear,
  .query = query,
};
