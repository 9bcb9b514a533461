#include "glue-bookmarks.h"

#include <string.h>

#include "glue-chat.h"
#include "glue-i18n.h"

/* On a room of the list: the server has it. And while it is being told: it was
 * seen there just now. */
#define NODE_KEPT "classic-kept"
#define NODE_SEEN "classic-seen"

/* Pidgin's own: it enters the room at sign-on. */
#define NODE_AUTOJOIN "gtk-autojoin"

static int handle;
static gboolean watching;

/* --- from the server ---------------------------------------------------------- */

static PurpleChat *
add_chat (GlueHost *glue, const ImEventBookmark *bookmark)
{
  GHashTable *components =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  PurpleGroup *group = purple_find_group (_("Chats"));
  PurpleChat *chat;

  g_hash_table_insert (components, g_strdup (GLUE_CHAT_ROOM),
                       g_strdup (bookmark->name));
  if (bookmark->nick != NULL)
    g_hash_table_insert (components, g_strdup (GLUE_CHAT_NICK),
                         g_strdup (bookmark->nick));
  if (bookmark->password != NULL)
    g_hash_table_insert (components, g_strdup (GLUE_CHAT_PASSWORD),
                         g_strdup (bookmark->password));
  if (group == NULL)
    {
      group = purple_group_new (_("Chats"));
      purple_blist_add_group (group, NULL);
    }
  chat = purple_chat_new (glue->account, bookmark->title, components);
  purple_blist_add_chat (chat, group, NULL);
  return chat;
}

typedef void (*NodeFunc) (GlueHost *glue, PurpleBlistNode *node);

static void
for_each_chat (GlueHost *glue, NodeFunc func)
{
  PurpleBlistNode *node = purple_blist_get_root ();

  while (node != NULL)
    {
      PurpleBlistNode *next = purple_blist_node_next (node, TRUE);

      if (PURPLE_BLIST_NODE_IS_CHAT (node) &&
          purple_chat_get_account ((PurpleChat *) node) == glue->account)
        func (glue, node);
      node = next;
    }
}

/* The server forgot it, so another program of the user's did. */
static void
drop_stale (GlueHost *glue, PurpleBlistNode *node)
{
  if (purple_blist_node_get_bool (node, NODE_KEPT) &&
      !purple_blist_node_get_bool (node, NODE_SEEN))
    purple_blist_remove_chat ((PurpleChat *) node);
  else
    purple_blist_node_remove_setting (node, NODE_SEEN);
}

void
glue_bookmarks_on_event (GlueHost *glue, const ImEvent *event)
{
  const ImEventBookmark *bookmark = &event->bookmark;
  PurpleChat *chat;

  /* bitlbee has no such list. */
  if (glue_host_is_bitlbee ())
    return;
  glue->applying++;
  if (bookmark->name == NULL)
    for_each_chat (glue, drop_stale);
  else
    {
      chat = purple_blist_find_chat (glue->account, bookmark->name);
      if (chat == NULL)
        chat = add_chat (glue, bookmark);
      purple_blist_node_set_bool ((PurpleBlistNode *) chat, NODE_KEPT, TRUE);
      purple_blist_node_set_bool ((PurpleBlistNode *) chat, NODE_SEEN, TRUE);
    }
  glue->applying--;
}

/* --- from the user ------------------------------------------------------------- */

/* Returns: (nullable): whose room @node is, if that is one of @protocol and the
 * change is the user's */
static GlueHost *
host_of (PurpleBlistNode *node, const GlueProtocol *protocol)
{
  PurpleAccount *account;
  GlueHost *glue;

  if (!PURPLE_BLIST_NODE_IS_CHAT (node))
    return NULL;
  account = purple_chat_get_account ((PurpleChat *) node);
  if (strcmp (purple_account_get_protocol_id (account), protocol->id) != 0 ||
      !purple_account_is_connected (account))
    return NULL;
  glue = glue_host_of (purple_account_get_connection (account));
  return glue != NULL && glue->applying == 0 ? glue : NULL;
}

static gboolean
is_in_list (PurpleBlistNode *wanted)
{
  for (PurpleBlistNode *node = purple_blist_get_root (); node != NULL;
       node = purple_blist_node_next (node, TRUE))
    if (node == wanted)
      return TRUE;
  return FALSE;
}

typedef struct
{
  PurpleBlistNode *node;
  const GlueProtocol *protocol;
} Added;

/* Pidgin says only afterwards whether it enters the room by itself. */
static gboolean
on_settled (gpointer data)
{
  const Added *added = data;
  PurpleBlistNode *node = added->node;
  GlueHost *glue =
      is_in_list (node) ? host_of (node, added->protocol) : NULL;
  GHashTable *components;
  GlueBookmark bookmark = { 0 };

  if (glue == NULL)
    return G_SOURCE_REMOVE;
  components = purple_chat_get_components ((PurpleChat *) node);
  bookmark.room = g_hash_table_lookup (components, GLUE_CHAT_ROOM);
  if (bookmark.room == NULL || *bookmark.room == '\0')
    return G_SOURCE_REMOVE;
  bookmark.title = ((PurpleChat *) node)->alias;
  bookmark.nick = g_hash_table_lookup (components, GLUE_CHAT_NICK);
  bookmark.password = g_hash_table_lookup (components, GLUE_CHAT_PASSWORD);
  bookmark.autojoin = purple_blist_node_get_bool (node, NODE_AUTOJOIN);
  purple_blist_node_set_bool (node, NODE_KEPT, TRUE);
  glue->protocol->keep_room (glue->session, &bookmark);
  return G_SOURCE_REMOVE;
}

static void
on_added (PurpleBlistNode *node, gpointer protocol)
{
  Added *added;

  if (host_of (node, protocol) == NULL)
    return;
  added = g_new (Added, 1);
  added->node = node;
  added->protocol = protocol;
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_settled, added, g_free);
}

static void
on_removed (PurpleBlistNode *node, gpointer protocol)
{
  GlueHost *glue = host_of (node, protocol);
  const char *room;

  if (glue == NULL)
    return;
  room = g_hash_table_lookup (
      purple_chat_get_components ((PurpleChat *) node), GLUE_CHAT_ROOM);
  if (room != NULL && *room != '\0')
    glue->protocol->forget_room (glue->session, room);
}

void
glue_bookmarks_watch (const GlueProtocol *protocol)
{
  void *list = purple_blist_get_handle ();

  if (watching)
    return;
  watching = TRUE;
  purple_signal_connect (list, "blist-node-added", &handle,
                         PURPLE_CALLBACK (on_added), (gpointer) protocol);
  purple_signal_connect (list, "blist-node-removed", &handle,
                         PURPLE_CALLBACK (on_removed), (gpointer) protocol);
}

void
glue_bookmarks_unwatch (void)
{
  if (watching)
    purple_signals_disconnect_by_handle (&handle);
  watching = FALSE;
}
