/* Rooms the server remembers: bookmarks, as items of our own (XEP-0402) or in
 * the private storage of before (XEP-0048), which is only read. They are asked
 * for once a session, and some are entered by themselves: who left a room later
 * did not want to be there. */

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "gtalk-rooms.h"
#include "im-charset.h"

#define NS_PUBSUB "http://jabber.org/protocol/pubsub"
#define NS_BOOKMARKS "urn:xmpp:bookmarks:1"
#define NS_PRIVATE "jabber:iq:private"
#define NS_STORAGE "storage:bookmarks"

static gboolean
is_true (const char *word)
{
  return g_strcmp0 (word, "true") == 0 || g_strcmp0 (word, "1") == 0;
}

static const char *
nonempty (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static void
tell (GtalkSession *session, const char *jid, const XmlNode *conference)
{
  g_autofree char *title =
      im_charset_tidy_line (xml_node_attribute (conference, "name"));
  const ImEvent event = {
    .type = IM_EVENT_BOOKMARK,
    .bookmark = { .name = jid,
                  .title = title,
                  .nick = nonempty (xml_node_child_text (conference, "nick")),
                  .password = nonempty (
                      xml_node_child_text (conference, "password")) },
  };

  gtalk_session_emit (session, &event);
}

/* Unless there may be more. */
static void
tell_all (GtalkSession *session, guint count)
{
  const ImEvent event = { .type = IM_EVENT_BOOKMARK };

  if (count < IM_MAX_BOOKMARKS)
    gtalk_session_emit (session, &event);
}

static void
enter (GtalkSession *session, const char *jid, const XmlNode *conference)
{
  const char *nick = xml_node_child_text (conference, "nick");
  const char *password = xml_node_child_text (conference, "password");
  g_autoptr (XmppJid) room = jid != NULL ? xmpp_jid_new (jid, NULL) : NULL;

  if (room == NULL || !xml_node_exists (conference))
    return;
  tell (session, room->bare, conference);
  if (session->gone)
    return;
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
  if (!session->gone)
    tell_all (session, count);
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
  else
    tell_all (session, count);
}

/* --- changing them ------------------------------------------------------------ */

/* Returns: (transfer full) (nullable): the address of a room, which may be
 * called by its name alone */
static char *
address_of (GtalkSession *session, const char *room)
{
  const char *service =
      gtalk_disco_service (session, "conference/text", NS_MUC);
  g_autofree char *full = NULL;
  g_autoptr (XmppJid) jid = NULL;

  if (strchr (room, '@') == NULL && service == NULL)
    return NULL;
  full = strchr (room, '@') != NULL ? g_strdup (room)
                                    : g_strconcat (room, "@", service, NULL);
  jid = xmpp_jid_new (full, NULL);
  return jid != NULL ? g_strdup (jid->bare) : NULL;
}

static gboolean
can_keep (const GtalkSession *session)
{
  return gtalk_session_is_online (session) && !session->gone &&
         gtalk_disco_account_has (session, NS_PUBSUB "#publish-options");
}

/* Without these, all would see the rooms, and one would take the place of the
 * other. */
#define FORM(type)                                                            \
  "<x xmlns='jabber:x:data' type='submit'>"                                   \
  "<field var='FORM_TYPE' type='hidden'><value>" NS_PUBSUB type               \
  "</value></field>"                                                          \
  "<field var='pubsub#persist_items'><value>true</value></field>"             \
  "<field var='pubsub#max_items'><value>max</value></field>"                  \
  "<field var='pubsub#access_model'><value>whitelist</value></field></x>"
#define OPTIONS                                                               \
  "<publish-options>" FORM ("#publish-options") "</publish-options>"
#define CONFIGURE                                                             \
  "<pubsub xmlns='" NS_PUBSUB "#owner'><configure node='" NS_BOOKMARKS "'>"   \
  FORM ("#node_config") "</configure></pubsub>"

static void
write_conference (XmppWriter *w, const GtalkBookmark *bookmark)
{
  xmpp_open (w, "conference", NS_BOOKMARKS);
  xmpp_attr (w, "name", nonempty (bookmark->title));
  xmpp_attr (w, "autojoin", bookmark->autojoin ? "true" : "false");
  if (nonempty (bookmark->nick) != NULL)
    xmpp_leaf (w, "nick", NULL, bookmark->nick);
  if (nonempty (bookmark->password) != NULL)
    xmpp_leaf (w, "password", NULL, bookmark->password);
  xmpp_close (w);
}

/* A node that another program made otherwise is changed, and it is tried once
 * more. */
static void
on_kept (GtalkSession *session, const XmlNode *stanza, gpointer payload)
{
  if (session->gone || stanza == NULL ||
      !xml_node_exists (xml_node_find (stanza, "precondition-not-met")))
    return;
  gtalk_session_ask (session, NULL, "set", CONFIGURE, NULL, NULL, NULL);
  gtalk_session_ask (session, NULL, "set", payload, NULL, NULL, NULL);
}

void
gtalk_session_keep_room (GtalkSession *session, const GtalkBookmark *bookmark)
{
  g_autofree char *address = address_of (session, bookmark->room);
  g_auto (XmppWriter) w = { 0 };

  if (address == NULL || !can_keep (session))
    return;
  xmpp_open (&w, "pubsub", NS_PUBSUB);
  xmpp_open (&w, "publish", NULL);
  xmpp_attr (&w, "node", NS_BOOKMARKS);
  xmpp_open (&w, "item", NULL);
  xmpp_attr (&w, "id", address);
  write_conference (&w, bookmark);
  xmpp_close (&w);
  xmpp_close (&w);
  xmpp_raw (&w, OPTIONS);
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), on_kept,
                     g_strdup (xmpp_writer_text (&w)), g_free);
}

void
gtalk_session_forget_room (GtalkSession *session, const char *room)
{
  g_autofree char *address = address_of (session, room);
  g_auto (XmppWriter) w = { 0 };

  if (address == NULL || !can_keep (session))
    return;
  xmpp_open (&w, "pubsub", NS_PUBSUB);
  xmpp_open (&w, "retract", NULL);
  xmpp_attr (&w, "node", NS_BOOKMARKS);
  xmpp_attr (&w, "notify", "true");
  xmpp_open (&w, "item", NULL);
  xmpp_attr (&w, "id", address);
  xmpp_close (&w);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), NULL, NULL,
                     NULL);
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
