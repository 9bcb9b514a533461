#include "gtalk-roster.h"

#include <string.h>

#include "gtalk-blocking.h"
#include "gtalk-disco.h"
#include "gtalk-errors.h"
#include "gtalk-negotiate.h"
#include "gtalk-parts.h"
#include "gtalk-presence.h"
#include "im-charset.h"

#define NS_ROSTER "jabber:iq:roster"
#define NS_GOOGLE "google:roster"
#define CACHE "roster"
/* Kept where the list has Google's attributes. */
#define CACHE_GOOGLE "google-list"

/**
 * Item:
 * @refs: the table's, and one while somebody is told of it, who may edit the
 *   list at once
 * @jid: bare address; also the key
 * @name: (nullable): what the user calls them
 * @subscription: who sees whom
 * @asked: we wait for their permission
 * @groups: names, ending with %NULL; none is ""
 * @stale: not in the answer that is being read
 * @kind: what Google's servers make of them: "B" blocked, "H" hidden, "P"
 *   pinned, '\0' nothing. It is lost with every edit that does not repeat it
 * @rejected: they said no
 * @autosub: the server put them there, because of mail, and both see each
 *   other
 * @wanted: the user added them, since the session began
 */
typedef struct
{
  guint refs;
  char *jid;
  char *name;
  GtalkSubscription subscription;
  gboolean asked;
  GStrv groups;
  gboolean stale;
  char kind;
  gboolean rejected;
  gboolean autosub;
  gboolean wanted;
} Item;

/**
 * GtalkRoster:
 * @items: (element-type utf8 Item): who is on the list
 * @version: (nullable): of the list, where the server counts them
 * @known: the server has answered since the session began
 * @asked_google: it was asked for Google's attributes, too
 * @was_google: the server had them at the last sign-on
 * @begging: (element-type utf8): who asked for permission, and waits
 */
struct _GtalkRoster
{
  GHashTable *items;
  char *version;
  gboolean known;
  gboolean asked_google;
  gboolean was_google;
  GHashTable *begging;
};

static Item *
item_new (void)
{
  Item *item = g_new0 (Item, 1);

  item->refs = 1;
  return item;
}

static Item *
item_ref (Item *item)
{
  item->refs++;
  return item;
}

static void
item_unref (gpointer data)
{
  Item *item = data;

  if (item == NULL || --item->refs > 0)
    return;
  g_free (item->jid);
  g_free (item->name);
  g_strfreev (item->groups);
  g_free (item);
}

/* --- reading ---------------------------------------------------------------- */

static GtalkSubscription
read_subscription (const XmlNode *node)
{
  const char *word = xml_node_attribute (node, "subscription");

  if (g_strcmp0 (word, "both") == 0)
    return GTALK_SEES_BOTH;
  if (g_strcmp0 (word, "to") == 0)
    return GTALK_SEES_THEM;
  return g_strcmp0 (word, "from") == 0 ? GTALK_SEEN_BY_THEM : 0;
}

/* Names of groups are one line; the same twice counts once. */
static GStrv
read_groups (const XmlNode *node)
{
  GPtrArray *groups = g_ptr_array_new ();

  for (const XmlNode *group = xml_node_first (node, "group");
       xml_node_exists (group) && groups->len < IM_MAX_BUDDY_GROUPS;
       group = xml_node_next (group, "group"))
    {
      char *name = im_charset_tidy_line (xml_node_text (group));

      if (name != NULL &&
          !g_ptr_array_find_with_equal_func (groups, name, g_str_equal, NULL))
        g_ptr_array_add (groups, name);
      else
        g_free (name);
    }
  if (groups->len == 0)
    g_ptr_array_add (groups, g_strdup (""));
  g_ptr_array_add (groups, NULL);
  return (GStrv) g_ptr_array_free (groups, FALSE);
}

static char
read_kind (const XmlNode *node)
{
  const char *word = xml_node_attribute_ns (node, NS_GOOGLE, "t");

  return word != NULL && strlen (word) == 1 ? g_ascii_toupper (*word) : '\0';
}

static gboolean
read_flag (const XmlNode *node, const char *name)
{
  return g_strcmp0 (xml_node_attribute_ns (node, NS_GOOGLE, name), "true") ==
         0;
}

/* Returns: (transfer full) (nullable): what @node says */
static Item *
read_item (const XmlNode *node)
{
  const char *address = xml_node_attribute (node, "jid");
  const char *name = xml_node_attribute (node, "name");
  g_autoptr (XmppJid) jid =
      address != NULL ? xmpp_jid_new (address, NULL) : NULL;
  Item *item;

  if (jid == NULL)
    return NULL;
  item = item_new ();
  item->jid = g_strdup (jid->bare);
  item->name = im_charset_tidy_line (name);
  item->subscription = read_subscription (node);
  item->asked = g_strcmp0 (xml_node_attribute (node, "ask"), "subscribe") == 0;
  item->groups = read_groups (node);
  item->kind = read_kind (node);
  item->rejected = read_flag (node, "rejected");
  item->autosub = read_flag (node, "autosub");
  return item;
}

/* --- telling ------------------------------------------------------------------ */

static void
tell_buddy (GtalkSession *session, const Item *item, const char *group)
{
  const ImEvent event = {
    .type = IM_EVENT_BUDDY,
    .buddy = { .who = item->jid,
               .group = group,
               .alias = item->name,
               .flags = item->subscription & GTALK_SEES_THEM
                            ? 0
                            : IM_PEER_AWAITS_AUTH },
  };

  gtalk_session_emit (session, &event);
}

static void
tell_gone (GtalkSession *session, const char *who, const char *group)
{
  const ImEvent event = {
    .type = IM_EVENT_BUDDY_GONE,
    .buddy = { .who = who, .group = group },
  };

  gtalk_session_emit (session, &event);
}

static gboolean
has_group (const Item *item, const char *group)
{
  return g_strv_contains ((const char *const *) item->groups, group);
}

/* Google puts everybody on the list one has exchanged mail with: who neither
 * sees us nor was asked is no buddy for that, and who is only there to be
 * blocked is none, either. Its pushes forget for a moment that somebody was
 * asked, so who was added just now stays. */
static gboolean
is_hidden (GtalkSession *session, const Item *item)
{
  if (!gtalk_roster_is_google (session) || item->kind == 'P')
    return FALSE;
  if (item->kind == 'H')
    return TRUE;
  if (item->subscription != 0 || item->asked)
    return FALSE;
  return item->kind == 'B' ||
         !(item->wanted || item->rejected || item->autosub);
}

/* New groups first: somebody who moved is never nowhere. */
static void
tell_difference (GtalkSession *session, const Item *old, const Item *item)
{
  gboolean hidden = is_hidden (session, item);

  for (char **group = item->groups; *group != NULL && !hidden; group++)
    tell_buddy (session, item, *group);
  for (char **group = old != NULL ? old->groups : NULL;
       group != NULL && *group != NULL; group++)
    if (hidden || !has_group (item, *group))
      tell_gone (session, item->jid, *group);
}

static void
take_item (GtalkSession *session, Item *item)
{
  GtalkRoster *roster = session->roster;
  Item *old = g_hash_table_lookup (roster->items, item->jid);

  if (old == NULL && g_hash_table_size (roster->items) >= IM_MAX_BUDDIES)
    {
      item_unref (item);
      return;
    }
  item->wanted = old != NULL && old->wanted;
  if (old != NULL)
    item_ref (old);
  g_hash_table_replace (roster->items, item->jid, item_ref (item));
  tell_difference (session, old, item);
  if (gtalk_roster_is_google (session))
    gtalk_blocking_set (session, item->jid, item->kind == 'B');
  item_unref (old);
  item_unref (item);
}

static void
drop_item (GtalkSession *session, const char *jid)
{
  GtalkRoster *roster = session->roster;
  gpointer value;

  if (!g_hash_table_steal_extended (roster->items, jid, NULL, &value))
    return;
  for (char **group = ((Item *) value)->groups; *group != NULL; group++)
    tell_gone (session, jid, *group);
  if (gtalk_roster_is_google (session))
    gtalk_blocking_set (session, jid, FALSE);
  item_unref (value);
}

/* --- keeping ------------------------------------------------------------------ */

static void
write_item (XmppWriter *w, const Item *item)
{
  static const char *const words[] = { "none", "to", "from", "both" };

  xmpp_open (w, "item", NULL);
  xmpp_attr (w, "jid", item->jid);
  xmpp_attr (w, "name", item->name);
  xmpp_attr (w, "subscription", words[item->subscription]);
  xmpp_attr (w, "ask", item->asked ? "subscribe" : NULL);
  if (item->kind != '\0')
    xmpp_attr (w, "gr:t", (const char[]){ item->kind, '\0' });
  for (char **group = item->groups; *group != NULL; group++)
    if (**group != '\0')
      xmpp_leaf (w, "group", NULL, *group);
  xmpp_close (w);
}

/* For servers that say "nothing changed". */
static void
keep (GtalkSession *session)
{
  GtalkRoster *roster = session->roster;
  g_auto (XmppWriter) w = { 0 };
  g_autoptr (GBytes) data = NULL;
  ImEvent event = { .type = IM_EVENT_CACHE };
  GHashTableIter iter;
  gpointer item;

  if (roster->version == NULL)
    return;
  xmpp_open (&w, "query", NS_ROSTER);
  xmpp_attr (&w, "xmlns:gr", NS_GOOGLE);
  xmpp_attr (&w, "ver", roster->version);
  g_hash_table_iter_init (&iter, roster->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    write_item (&w, item);
  xmpp_close (&w);
  data = g_bytes_new (xmpp_writer_text (&w), xmpp_writer_length (&w));
  event.cache = (ImEventCache){ .name = CACHE, .data = data };
  gtalk_session_emit (session, &event);
}

static void
set_version (GtalkRoster *roster, const XmlNode *query)
{
  const char *version = xml_node_attribute (query, "ver");

  g_free (roster->version);
  roster->version = g_strdup (version);
}

static void
load (GtalkSession *session, GBytes *data)
{
  GtalkRoster *roster = session->roster;
  g_autoptr (XmlTree) tree = xml_tree_parse (
      g_bytes_get_data (data, NULL), g_bytes_get_size (data), NULL);
  const XmlNode *query = tree != NULL ? xml_tree_root (tree) : NULL;

  if (query == NULL)
    return;
  set_version (roster, query);
  for (const XmlNode *node = xml_node_first (query, "item");
       xml_node_exists (node); node = xml_node_next (node, "item"))
    {
      Item *item = read_item (node);

      if (item != NULL)
        g_hash_table_replace (roster->items, item->jid, item);
    }
}

/* --- Google's attributes ---------------------------------------------------- */

gboolean
gtalk_roster_is_google (const GtalkSession *session)
{
  return gtalk_disco_is_google (session, NS_GOOGLE) ||
         (session->roster->was_google && !gtalk_disco_is_known (session));
}

/* So that the next sign-on asks in that way at once. */
static void
keep_google (GtalkSession *session, gboolean google)
{
  g_autoptr (GBytes) data = google ? g_bytes_new_static ("yes", 3) : NULL;
  const ImEvent event = { .type = IM_EVENT_CACHE,
                          .cache = { .name = CACHE_GOOGLE, .data = data } };

  if (session->roster->was_google == google)
    return;
  session->roster->was_google = google;
  gtalk_session_emit (session, &event);
}

/* Servers tell of them, and heed them, in queries that say so. */
static void
open_query (GtalkSession *session, XmppWriter *w)
{
  xmpp_open (w, "query", NS_ROSTER);
  if (!gtalk_roster_is_google (session))
    return;
  xmpp_attr (w, "xmlns:gr", NS_GOOGLE);
  xmpp_attr (w, "gr:ext", "2");
}

static void
write_kind (GtalkSession *session, XmppWriter *w, const Item *item)
{
  const char word[] = { item->kind, '\0' };

  if (gtalk_roster_is_google (session) && item->kind != '\0')
    xmpp_attr (w, "gr:t", word);
}

/* --- asking for the list -------------------------------------------------------- */

static void
tell_all (GtalkSession *session)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (item_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, session->roster->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (all, item_ref (value));
  for (guint i = 0; i < all->len; i++)
    {
      const Item *item = all->pdata[i];

      tell_difference (session, NULL, item);
      if (gtalk_roster_is_google (session))
        gtalk_blocking_set (session, item->jid, item->kind == 'B');
    }
}

static void
take_list (GtalkSession *session, const XmlNode *query)
{
  GtalkRoster *roster = session->roster;
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;
  guint count = 0;

  g_hash_table_iter_init (&iter, roster->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Item *) value)->stale = TRUE;
  for (const XmlNode *node = xml_node_first (query, "item");
       xml_node_exists (node) && count < IM_MAX_BUDDIES;
       node = xml_node_next (node, "item"), count++)
    {
      Item *item = read_item (node);

      if (item != NULL)
        take_item (session, item);
    }
  g_hash_table_iter_init (&iter, roster->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Item *) value)->stale)
      g_ptr_array_add (gone, g_strdup (((Item *) value)->jid));
  for (guint i = 0; i < gone->len; i++)
    drop_item (session, gone->pdata[i]);
  set_version (roster, query);
  keep (session);
  if (count == IM_MAX_BUDDIES)
    gtalk_session_notice (session, IM_NOTICE_LIST_CUT, NULL, NULL);
}

static void
on_list (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const ImEvent done = { .type = IM_EVENT_ROSTER_DONE };
  const XmlNode *query;

  if (session->gone)
    return;
  if (stanza == NULL ||
      g_strcmp0 (xml_node_attribute (stanza, "type"), "result") != 0)
    {
      /* Without a list one can still talk. What is kept here stays. */
      gtalk_session_roster_known (session);
      return;
    }
  query = xml_node_first_ns (stanza, NS_ROSTER, "query");
  if (xml_node_exists (query))
    take_list (session, query);
  else
    tell_all (session);
  session->roster->known = TRUE;
  if (gtalk_roster_is_google (session))
    gtalk_blocking_known (session);
  gtalk_session_emit (session, &done);
  gtalk_session_roster_known (session);
}

static void
ask_for_list (GtalkSession *session)
{
  GtalkRoster *roster = session->roster;
  g_auto (XmppWriter) w = { 0 };

  roster->asked_google = gtalk_roster_is_google (session);
  open_query (session, &w);
  /* A version says nothing of the attributes. */
  if (!roster->asked_google &&
      gtalk_negotiate_features (session) & GTALK_STREAM_ROSTER_VER)
    xmpp_attr (&w, "ver", roster->version != NULL ? roster->version : "");
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "get", xmpp_writer_text (&w), on_list,
                     NULL, NULL);
}

/* --- pushes ------------------------------------------------------------------- */

/* What does not speak of attributes does not change them. */
static void
keep_kind (GtalkSession *session, Item *item)
{
  const Item *old = g_hash_table_lookup (session->roster->items, item->jid);

  item->kind = old != NULL ? old->kind : '\0';
  item->rejected = old != NULL && old->rejected;
  item->autosub = old != NULL && old->autosub;
}

/* Anybody can send a stanza that looks like one. */
static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  const XmlNode *payload = xml_node_first_ns (iq, NS_ROSTER, "query");
  const XmlNode *node = xml_node_first (payload, "item");
  const char *subscription = xml_node_attribute (node, "subscription");
  Item *item;

  if (!xml_node_exists (payload) ||
      g_strcmp0 (xml_node_attribute (iq, "type"), "set") != 0 ||
      !gtalk_session_is_own (session, xml_node_attribute (iq, "from")))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  item = read_item (node);
  if (item == NULL)
    return TRUE;
  if (xml_node_attribute_ns (payload, NS_GOOGLE, "ext") == NULL)
    keep_kind (session, item);
  if (xml_node_attribute (payload, "ver") != NULL)
    set_version (session->roster, payload);
  if (g_strcmp0 (subscription, "remove") == 0)
    {
      drop_item (session, item->jid);
      item_unref (item);
    }
  else
    take_item (session, item);
  keep (session);
  return TRUE;
}

/* --- edits ---------------------------------------------------------------------- */

typedef struct
{
  char *who;
  char *group;
} Edit;

static void
edit_free (gpointer data)
{
  Edit *edit = data;

  g_free (edit->who);
  g_free (edit->group);
  g_free (edit);
}

static void ask_for_list (GtalkSession *session);

/* What was refused is in our copy already; the server's is asked for. */
static void
on_edited (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const Edit *edit = data;
  ImEvent event = {
    .type = IM_EVENT_LIST_ERROR,
    .list_error = { .who = edit->who, .group = edit->group },
  };

  if (session->gone || stanza == NULL ||
      g_strcmp0 (xml_node_attribute (stanza, "type"), "error") != 0)
    return;
  event.list_error.reason = gtalk_error_of_list (stanza);
  gtalk_session_emit (session, &event);
  ask_for_list (session);
}

/* Our copy changes at once, since the next edit builds on this one; the
 * server's push says what it came to. */
static void
assume (GtalkSession *session, const Item *item)
{
  const Item *old = g_hash_table_lookup (session->roster->items, item->jid);
  Item *copy = item_new ();

  copy->jid = g_strdup (item->jid);
  copy->name = g_strdup (item->name);
  copy->subscription = old != NULL ? old->subscription : 0;
  copy->asked = old != NULL && old->asked;
  copy->groups = g_strdupv (item->groups);
  copy->kind = item->kind;
  copy->rejected = item->rejected;
  copy->autosub = item->autosub;
  copy->wanted = item->wanted;
  g_hash_table_replace (session->roster->items, copy->jid, copy);
}

static void
send_item (GtalkSession *session, const Item *item, const char *group)
{
  g_auto (XmppWriter) w = { 0 };
  Edit *edit = g_new (Edit, 1);

  edit->who = g_strdup (item->jid);
  edit->group = g_strdup (group);
  open_query (session, &w);
  xmpp_open (&w, "item", NULL);
  xmpp_attr (&w, "jid", item->jid);
  xmpp_attr (&w, "name", item->name);
  write_kind (session, &w, item);
  for (char **name = item->groups; *name != NULL; name++)
    if (**name != '\0')
      xmpp_leaf (&w, "group", NULL, *name);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), on_edited,
                     edit, edit_free);
  assume (session, item);
}

static void
send_presence (GtalkSession *session, const char *who, const char *type,
               const char *words)
{
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "presence", NULL);
  xmpp_attr (&w, "type", type);
  xmpp_attr (&w, "to", who);
  if (words != NULL && *words != '\0')
    xmpp_leaf (&w, "status", NULL, words);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

/* Returns: (transfer full): @groups with @add (nullable), without @remove
 * (nullable) */
static GStrv
edited_groups (GStrv groups, const char *add, const char *remove)
{
  GPtrArray *list = g_ptr_array_new ();

  for (char **group = groups; group != NULL && *group != NULL; group++)
    if (g_strcmp0 (*group, remove) != 0 && g_strcmp0 (*group, add) != 0)
      g_ptr_array_add (list, g_strdup (*group));
  if (add != NULL)
    g_ptr_array_add (list, g_strdup (add));
  g_ptr_array_add (list, NULL);
  return (GStrv) g_ptr_array_free (list, FALSE);
}

/* Returns: whether @session can edit its list; @ret_jid is then whom @who
 * means */
static gboolean
may_edit (GtalkSession *session, const char *who, char **ret_jid)
{
  if (!gtalk_session_is_online (session))
    return FALSE;
  *ret_jid = xmpp_jid_dup_bare (who);
  return TRUE;
}

void
gtalk_session_add_buddy (GtalkSession *session, const char *who,
                         const char *group, const char *alias,
                         const char *words)
{
  g_autofree char *jid = NULL;
  g_auto (GStrv) groups = NULL;
  gboolean subscribe;
  const Item *old;
  Item item = { 0 };

  if (!may_edit (session, who, &jid))
    return;
  old = g_hash_table_lookup (session->roster->items, jid);
  item.jid = jid;
  item.name = alias != NULL && *alias != '\0' ? (char *) alias
              : old != NULL                   ? old->name
                                              : NULL;
  /* Added again, who was hidden is a buddy. */
  item.kind = old != NULL && old->kind != 'H' ? old->kind : '\0';
  item.wanted = TRUE;
  item.groups = groups =
      edited_groups (old != NULL ? old->groups : NULL, group, "");
  subscribe = old == NULL || !(old->subscription & GTALK_SEES_THEM);
  send_item (session, &item, group);
  if (subscribe)
    send_presence (session, jid, "subscribe", words);
}

static void
remove_item (GtalkSession *session, const char *jid, const char *group)
{
  g_auto (XmppWriter) w = { 0 };
  Edit *edit = g_new (Edit, 1);

  edit->who = g_strdup (jid);
  edit->group = g_strdup (group);
  xmpp_open (&w, "query", NS_ROSTER);
  xmpp_open (&w, "item", NULL);
  xmpp_attr (&w, "jid", jid);
  xmpp_attr (&w, "subscription", "remove");
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), on_edited,
                     edit, edit_free);
  g_hash_table_remove (session->roster->items, jid);
}

/* Taken off the list, they would not be blocked any more. */
static void
hide_item (GtalkSession *session, const Item *old)
{
  send_presence (session, old->jid, "unsubscribe", NULL);
  send_presence (session, old->jid, "unsubscribed", NULL);
}

void
gtalk_session_remove_buddy (GtalkSession *session, const char *who,
                            const char *group)
{
  g_autofree char *jid = NULL;
  const Item *old;

  if (!may_edit (session, who, &jid))
    return;
  old = g_hash_table_lookup (session->roster->items, jid);
  if (old == NULL)
    return;
  if (has_group (old, group) && g_strv_length (old->groups) > 1)
    {
      g_auto (GStrv) groups = edited_groups (old->groups, NULL, group);
      Item item = *old;

      item.groups = groups;
      send_item (session, &item, group);
    }
  else if (old->kind == 'B' && gtalk_roster_is_google (session))
    hide_item (session, old);
  else
    remove_item (session, jid, group);
}

void
gtalk_roster_set_blocked (GtalkSession *session, const char *who,
                          gboolean blocked)
{
  const Item *old = g_hash_table_lookup (session->roster->items, who);
  char *nowhere[] = { NULL };
  Item item = { .jid = (char *) who, .groups = nowhere };

  if (old != NULL)
    item = *old;
  item.kind = blocked ? 'B' : '\0';
  send_item (session, &item, "");
  if (blocked)
    gtalk_presence_forget (session, who);
  else if (item.subscription & GTALK_SEES_THEM)
    send_presence (session, who, "probe", NULL);
}

static void
change_groups (GtalkSession *session, const Item *old, const char *from,
               const char *to)
{
  g_auto (GStrv) groups = edited_groups (old->groups, to, from);
  Item item = *old;

  item.groups = groups;
  send_item (session, &item, to);
}

void
gtalk_session_move_buddy (GtalkSession *session, const char *who,
                          const char *from, const char *to)
{
  g_autofree char *jid = NULL;
  const Item *old;

  if (!may_edit (session, who, &jid))
    return;
  old = g_hash_table_lookup (session->roster->items, jid);
  if (old != NULL)
    change_groups (session, old, has_group (old, from) ? from : "", to);
}

void
gtalk_session_alias_buddy (GtalkSession *session, const char *who,
                           const char *alias)
{
  g_autofree char *jid = NULL;
  const Item *old;
  Item item;

  if (!may_edit (session, who, &jid))
    return;
  old = g_hash_table_lookup (session->roster->items, jid);
  if (old == NULL)
    return;
  item = *old;
  item.name = alias != NULL && *alias != '\0' ? (char *) alias : NULL;
  send_item (session, &item, item.groups[0]);
}

/* A group is where people are: it has no being of its own. */
void
gtalk_session_rename_group (GtalkSession *session, const char *from,
                            const char *to)
{
  g_autoptr (GList) items = NULL;

  if (!gtalk_session_is_online (session))
    return;
  items = g_hash_table_get_values (session->roster->items);
  for (GList *l = items; l != NULL; l = l->next)
    if (has_group (l->data, from))
      change_groups (session, l->data, from, to);
}

void
gtalk_session_remove_group (GtalkSession *session, const char *group)
{
}

/* --- permission ------------------------------------------------------------------ */

void
gtalk_session_reply_auth (GtalkSession *session, const char *who,
                          gboolean grant)
{
  g_hash_table_remove (session->roster->begging, who);
  if (gtalk_session_is_online (session))
    send_presence (session, who, grant ? "subscribed" : "unsubscribed", NULL);
}

void
gtalk_session_request_auth (GtalkSession *session, const char *who,
                            const char *words)
{
  if (gtalk_session_is_online (session))
    send_presence (session, who, "subscribe", words);
}

void
gtalk_session_revoke_auth (GtalkSession *session, const char *who)
{
  if (gtalk_session_is_online (session))
    send_presence (session, who, "unsubscribed", NULL);
}

/* Servers ask again at each sign-on, and who wants to be a nuisance whenever
 * they like: one question from each, and not from all the world. */
static gboolean
may_beg (GtalkSession *session, const char *who)
{
  GHashTable *begging = session->roster->begging;

  return g_hash_table_size (begging) < IM_MAX_AUTH_REQUESTS &&
         g_hash_table_add (begging, g_strdup (who));
}

/* Whom we never asked has nothing to refuse. */
static gboolean
is_news (GtalkSession *session, const char *type, const char *who)
{
  return strcmp (type, "subscribe") == 0
             ? may_beg (session, who)
             : g_hash_table_contains (session->roster->items, who);
}

static gboolean
presence (GtalkSession *session, const XmlNode *stanza)
{
  const char *type = xml_node_attribute (stanza, "type");
  const char *from = xml_node_attribute (stanza, "from");
  g_autofree char *who = NULL;
  g_autofree char *words = NULL;
  ImEvent event = { .type = IM_EVENT_AUTH_REQUEST };

  if (type == NULL || from == NULL)
    return FALSE;
  who = xmpp_jid_dup_bare (from);
  words = im_charset_tidy_line (xml_node_child_text (stanza, "status"));
  event.auth = (ImEventAuth){ .who = who, .reason = words };
  if (strcmp (type, "unsubscribed") == 0)
    event.type = IM_EVENT_AUTH_REPLY;
  else if (strcmp (type, "subscribe") != 0)
    /* "subscribed" needs no words: presence follows; "unsubscribe" likewise. */
    return strcmp (type, "subscribed") == 0 ||
           strcmp (type, "unsubscribe") == 0;
  if (is_news (session, type, who))
    gtalk_session_emit (session, &event);
  return TRUE;
}

/* --- for others -------------------------------------------------------------------- */

gboolean
gtalk_roster_has (const GtalkSession *session, const char *who,
                  GtalkSubscription *ret)
{
  const Item *item = g_hash_table_lookup (session->roster->items, who);

  if (item != NULL && ret != NULL)
    *ret = item->subscription;
  return item != NULL;
}

GPtrArray *
gtalk_roster_viewers (const GtalkSession *session)
{
  GPtrArray *viewers = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, session->roster->items);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((const Item *) value)->subscription & GTALK_SEEN_BY_THEM)
      g_ptr_array_add (viewers, ((const Item *) value)->jid);
  return viewers;
}

static void
init (GtalkSession *session)
{
  g_autoptr (GBytes) kept = gtalk_session_cached (session, CACHE);
  g_autoptr (GBytes) google = gtalk_session_cached (session, CACHE_GOOGLE);

  session->roster = g_new0 (GtalkRoster, 1);
  session->roster->items =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, item_unref);
  session->roster->begging =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session->roster->was_google = google != NULL;
  if (kept != NULL)
    load (session, kept);
}

static void
clear (GtalkSession *session)
{
  if (session->roster == NULL)
    return;
  g_hash_table_unref (session->roster->items);
  g_hash_table_unref (session->roster->begging);
  g_free (session->roster->version);
  g_clear_pointer (&session->roster, g_free);
}

/* Of a server nobody knew yet, what is special is asked for now. */
static void
features (GtalkSession *session)
{
  gboolean google = gtalk_roster_is_google (session);

  keep_google (session, google);
  if (google != session->roster->asked_google)
    ask_for_list (session);
}

const GtalkPart gtalk_roster_part = {
  .init = init,
  .clear = clear,
  .bound = ask_for_list,
  .features = features,
  .presence = presence,
  .query = query,
};
