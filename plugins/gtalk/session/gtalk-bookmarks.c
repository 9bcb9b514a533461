/* Rooms that are entered by themselves: bookmarks on the server, as items of
 * our own (XEP-0402) or in the private storage of before (XEP-0048). They are
 * asked for once a session: who left a room later did not want to be there. */

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "gtalk-rooms.h"

#define NS_PUBSUB "http://jabber.org/protocol/pubsub"
#define NS_BOOKMARKS "urn:xmpp:bookmarks:1"
#define NS_PRIVATE "jabber:iq:private"
#define NS_STORAGE "storage:bookmarks"

static gboolean
is_true (const char *word)
{
  return g_strcmp0 (word, "true") == 0 || g_strcmp0 (word, "1") == 0;
}

static void
enter (GtalkSession *session, const char *jid, const XmlNode *conference)
{
  const char *nick = xml_node_child_text (conference, "nick");
  const char *password = xml_node_child_text (conference, "password");

  if (jid != NULL &&
      is_true (xml_node_attribute (conference, "autojoin")))
    gtalk_rooms_autojoin (session, jid, nick, password);
}

static void
on_storage (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const XmlNode *storage;
  guint count = 0;

  if (session->gone || stanza == NULL)
    return;
  storage = xml_node_first_ns (xml_node_first_ns (stanza, NS_PRIVATE, "query"),
                               NS_STORAGE, "storage");
  for (const XmlNode *node = xml_node_first (storage, "conference");
       xml_node_exists (node) && count < IM_MAX_BOOKMARKS && !session->gone;
       node = xml_node_next (node, "conference"), count++)
    enter (session, xml_node_attribute (node, "jid"), node);
}

static void
ask_storage (GtalkSession *session)
{
  gtalk_session_ask (session, NULL, "get",
                     "<query xmlns='" NS_PRIVATE "'><storage xmlns='"
                     NS_STORAGE "'/></query>",
                     on_storage, NULL, NULL);
}

static void
on_items (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const XmlNode *items;
  guint count = 0;

  if (session->gone || stanza == NULL)
    return;
  items = xml_node_first (xml_node_first_ns (stanza, NS_PUBSUB, "pubsub"),
                          "items");
  for (const XmlNode *node = xml_node_first (items, "item");
       xml_node_exists (node) && count < IM_MAX_BOOKMARKS && !session->gone;
       node = xml_node_next (node, "item"), count++)
    enter (session, xml_node_attribute (node, "id"),
           xml_node_first_ns (node, NS_BOOKMARKS, "conference"));
  /* Where there are none of the new kind, there may be old ones. */
  if (count == 0 && !session->gone)
    ask_storage (session);
}

static void
features (GtalkSession *session)
{
  if (session->rooms->bookmarks_asked)
    return;
  session->rooms->bookmarks_asked = TRUE;
  if (gtalk_disco_account_has (session, NS_PUBSUB "#publish") ||
      gtalk_disco_account_has (session, NS_BOOKMARKS "#compat"))
    gtalk_session_ask (session, NULL, "get",
                       "<pubsub xmlns='" NS_PUBSUB "'><items node='"
                       NS_BOOKMARKS "'/></pubsub>",
                       on_items, NULL, NULL);
  else if (gtalk_disco_server_has (session, NS_PRIVATE))
    ask_storage (session);
}

static void
init (GtalkSession *session)
{
}

static void
clear (GtalkSession *session)
{
}

const GtalkPart gtalk_bookmarks_part = {
  .init = init,
  .clear = clear,
  .features = features,
};
