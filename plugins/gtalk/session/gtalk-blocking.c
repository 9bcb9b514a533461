/* Whom the server keeps away from us (XEP-0191). It tells of its list once it
 * was asked, and of every change from then on. Google's servers keep it on the
 * roster instead, and know of no other. */

#include <string.h>

#include "gtalk-blocking.h"
#include "gtalk-disco.h"
#include "gtalk-errors.h"
#include "gtalk-parts.h"
#include "gtalk-roster.h"

#define NS_BLOCKING "urn:xmpp:blocking"

/**
 * GtalkBlocking:
 * @list: (element-type utf8): bare addresses
 * @known: it is the server's
 */
struct _GtalkBlocking
{
  GHashTable *list;
  gboolean known;
};

static void
tell (GtalkSession *session)
{
  g_autofree char **deny = (char **) g_hash_table_get_keys_as_array (
      session->blocking->list, NULL);
  const char *const nobody[] = { NULL };
  const ImEvent event = {
    .type = IM_EVENT_PRIVACY,
    .privacy = { .mode = IM_PRIVACY_DENY_LISTED,
                 .permit = nobody,
                 .deny = (const char *const *) deny },
  };

  gtalk_session_emit (session, &event);
}

/* --- Google's list -------------------------------------------------------------- */

void
gtalk_blocking_set (GtalkSession *session, const char *who, gboolean blocked)
{
  GHashTable *list = session->blocking->list;
  gboolean news = blocked ? g_hash_table_size (list) < IM_MAX_BLOCKED &&
                                g_hash_table_add (list, g_strdup (who))
                          : g_hash_table_remove (list, who);

  if (news && session->blocking->known)
    tell (session);
}

void
gtalk_blocking_known (GtalkSession *session)
{
  session->blocking->known = TRUE;
  tell (session);
}

/* --- the server's list --------------------------------------------------------- */

static void
read_items (GtalkSession *session, const XmlNode *list, gboolean blocked)
{
  GHashTable *into = session->blocking->list;

  for (const XmlNode *node = xml_node_first (list, "item");
       xml_node_exists (node); node = xml_node_next (node, "item"))
    {
      const char *address = xml_node_attribute (node, "jid");
      g_autofree char *who =
          address != NULL ? xmpp_jid_dup_bare (address) : NULL;

      if (who == NULL)
        continue;
      if (!blocked)
        g_hash_table_remove (into, who);
      else if (g_hash_table_size (into) < IM_MAX_BLOCKED)
        g_hash_table_add (into, g_steal_pointer (&who));
    }
}

static void
on_list (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (session->gone || stanza == NULL ||
      g_strcmp0 (xml_node_attribute (stanza, "type"), "result") != 0)
    return;
  g_hash_table_remove_all (session->blocking->list);
  read_items (session, xml_node_first_ns (stanza, NS_BLOCKING, "blocklist"),
              TRUE);
  session->blocking->known = TRUE;
  tell (session);
}

static void
ask_for_list (GtalkSession *session)
{
  gtalk_session_ask (session, NULL, "get",
                     "<blocklist xmlns='" NS_BLOCKING "'/>", on_list, NULL,
                     NULL);
}

static void
features (GtalkSession *session)
{
  if (gtalk_disco_server_has (session, NS_BLOCKING) &&
      !gtalk_roster_is_google (session))
    ask_for_list (session);
}

/* Unblocking nobody means everybody. */
static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  const XmlNode *payload = xml_node_first (iq, NULL);
  gboolean block = xml_node_is (payload, NS_BLOCKING, "block");

  if ((!block && !xml_node_is (payload, NS_BLOCKING, "unblock")) ||
      g_strcmp0 (xml_node_attribute (iq, "type"), "set") != 0 ||
      !gtalk_session_is_own (session, xml_node_attribute (iq, "from")))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  if (!block && !xml_node_exists (xml_node_first (payload, "item")))
    g_hash_table_remove_all (session->blocking->list);
  read_items (session, payload, block);
  if (session->blocking->known)
    tell (session);
  return TRUE;
}

/* --- ours ------------------------------------------------------------------------ */

/* What was refused is asked for again, so that the user sees what holds. */
static void
on_changed (GtalkSession *session, const XmlNode *stanza, gpointer who)
{
  ImEvent event = { .type = IM_EVENT_LIST_ERROR,
                    .list_error = { .who = who, .group = "" } };

  if (session->gone || stanza == NULL ||
      g_strcmp0 (xml_node_attribute (stanza, "type"), "error") != 0)
    return;
  event.list_error.reason = gtalk_error_of_list (stanza);
  gtalk_session_emit (session, &event);
  ask_for_list (session);
}

void
gtalk_session_block (GtalkSession *session, const char *who, gboolean blocked)
{
  g_autofree char *bare = xmpp_jid_dup_bare (who);
  g_auto (XmppWriter) w = { 0 };

  /* Without the server's help, the host keeps them away by itself. */
  if (!gtalk_session_is_online (session) ||
      !gtalk_session_has (session, GTALK_FEATURE_BLOCKING))
    return;
  if (gtalk_roster_is_google (session))
    {
      gtalk_roster_set_blocked (session, bare, blocked);
      return;
    }
  xmpp_open (&w, blocked ? "block" : "unblock", NS_BLOCKING);
  xmpp_open (&w, "item", NULL);
  xmpp_attr (&w, "jid", bare);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), on_changed,
                     g_strdup (bare), g_free);
}

static void
init (GtalkSession *session)
{
  session->blocking = g_new0 (GtalkBlocking, 1);
  session->blocking->list =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
clear (GtalkSession *session)
{
  if (session->blocking == NULL)
    return;
  g_hash_table_unref (session->blocking->list);
  g_clear_pointer (&session->blocking, g_free);
}

const GtalkPart gtalk_blocking_part = {
  .init = init,
  .clear = clear,
  .features = features,
  .query = query,
};
