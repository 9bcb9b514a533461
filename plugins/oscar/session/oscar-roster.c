/* How an edit travels:
 *
 *   oscar_roster_add_buddy ()      changes `local` of items, marks them dirty
 *     -> send_batch ()             unless one is in flight: the difference
 *        -> send_changes ()        13/08 inserts, 13/09 updates, 13/0A deletes
 *   oscar_roster_status ()         13/0E: `server` becomes what was sent, or
 *     -> take_back ()              `local` becomes what the server has
 *     -> send_batch ()             what was edited meanwhile
 */

#include "oscar-roster.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "oscar-bart.h"
#include "oscar-session.h"
#include "oscar-types.h"

/* Bytes of items in one SNAC: AOL's servers cut client frames at 8 KiB. */
#define MAX_BATCH_BODY (IM_MAX_FLAP_SENT - 64)

/* What one side knows of an item; never changed once shared. */
typedef struct
{
  grefcount refs;
  OscarFeedbagItem wire;
} Content;

typedef struct
{
  guint16 group;
  guint16 id;
  Content *local;   /* (owned) (nullable): as the user wants it */
  Content *server;  /* (owned) (nullable): as the server has it */
  Content *sent;    /* (owned) (nullable): as the batch in flight says */
  gboolean in_batch;
} Item;

/* A SNAC of the batch in flight. */
typedef struct
{
  guint32 request;
  GPtrArray *items; /* borrowed Item, in the order sent */
} Sent;

struct _OscarRoster
{
  const OscarRosterFuncs *funcs;
  gpointer user;
  GPtrArray *order;     /* owned Item, as they came */
  GHashTable *by_key;   /* guint group << 16 | id => Item */
  GHashTable *by_name;  /* owned normalized name => GSList of Item, class 0 */
  GHashTable *dirty;    /* set of Item */
  GHashTable *changed_groups; /* set of guint group ids whose order is stale */
  GPtrArray *in_flight; /* owned Sent */
  guint n_server;
  guint reported;       /* how many of @order were reported */
  gboolean complete;    /* all was reported; edits may be sent */
};

/* --- Contents ----------------------------------------------------------- */

/* Takes what @wire owns. */
static Content *
content_new_take (OscarFeedbagItem *wire)
{
  Content *content = g_new0 (Content, 1);

  g_ref_count_init (&content->refs);
  content->wire = *wire;
  memset (wire, 0, sizeof *wire);
  return content;
}

static Content *
content_ref (Content *content)
{
  if (content != NULL)
    g_ref_count_inc (&content->refs);
  return content;
}

static void
content_unref (Content *content)
{
  if (content == NULL || !g_ref_count_dec (&content->refs))
    return;
  oscar_feedbag_item_clear (&content->wire);
  g_free (content);
}

static gboolean
bytes_equal (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

static gboolean
content_equal (const Content *a, const Content *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a == b || (a->wire.class_id == b->wire.class_id &&
                    strcmp (a->wire.name, b->wire.name) == 0 &&
                    bytes_equal (a->wire.attributes, b->wire.attributes));
}

static gboolean
has_attr (const Content *content, guint16 tag)
{
  ImReader value;

  return oscar_feedbag_item_get (&content->wire, tag, &value);
}

/* --- Items -------------------------------------------------------------- */

static gpointer
key_of (guint16 group, guint16 id)
{
  return GUINT_TO_POINTER ((guint) group << 16 | id);
}

/* Groups come one after the other and so do ids, which fills a table in long
 * runs that every further group has to step over. This spreads them. */
static guint
hash_key (gconstpointer key)
{
  return GPOINTER_TO_UINT (key) * 2654435769u;
}

static Item *
find_item (const OscarRoster *roster, guint16 group, guint16 id)
{
  return g_hash_table_lookup (roster->by_key, key_of (group, id));
}

static void
item_free (gpointer data)
{
  Item *item = data;

  content_unref (item->local);
  content_unref (item->server);
  content_unref (item->sent);
  g_free (item);
}

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  g_ptr_array_unref (sent->items);
  g_free (sent);
}

static void
free_names (gpointer data)
{
  g_slist_free (data);
}

static void
index_name (OscarRoster *roster, Item *item)
{
  char *name = oscar_name_normalize (item->local->wire.name);
  gpointer old_name = NULL, items = NULL;

  g_hash_table_steal_extended (roster->by_name, name, &old_name, &items);
  g_free (old_name);
  g_hash_table_insert (roster->by_name, name, g_slist_prepend (items, item));
}

static void
unindex_name (OscarRoster *roster, Item *item, const char *raw_name)
{
  g_autofree char *name = oscar_name_normalize (raw_name);
  gpointer old_name = NULL, items = NULL;

  if (!g_hash_table_steal_extended (roster->by_name, name, &old_name, &items))
    return;
  items = g_slist_remove (items, item);
  if (items != NULL)
    g_hash_table_insert (roster->by_name, old_name, items);
  else
    g_free (old_name);
}

/* An item without a name is kept for whoever made it, but is nobody. */
static gboolean
is_buddy (const Content *content)
{
  return content != NULL && content->wire.class_id == OSCAR_ITEM_BUDDY &&
         oscar_name_is_usable (content->wire.name);
}

static gboolean
is_group (const Content *content)
{
  return content != NULL && content->wire.class_id == OSCAR_ITEM_GROUP;
}

/* The only writer of item->local. */
static void
set_local (OscarRoster *roster, Item *item, Content *content)
{
  Content *old = item->local;

  if (is_buddy (old))
    unindex_name (roster, item, old->wire.name);
  item->local = content_ref (content);
  if (is_buddy (item->local))
    index_name (roster, item);
  content_unref (old);
}

static Item *
item_new (OscarRoster *roster, guint16 group, guint16 id)
{
  Item *item = g_new0 (Item, 1);

  item->group = group;
  item->id = id;
  g_ptr_array_add (roster->order, item);
  g_hash_table_insert (roster->by_key, key_of (group, id), item);
  return item;
}

static void
edit (OscarRoster *roster, Item *item, Content *content)
{
  set_local (roster, item, content);
  g_hash_table_add (roster->dirty, item);
}

static Item *
find_buddy (const OscarRoster *roster, const char *who, const Item *group)
{
  g_autofree char *name = oscar_name_normalize (who);

  for (GSList *l = g_hash_table_lookup (roster->by_name, name); l != NULL;
       l = l->next)
    {
      Item *item = l->data;

      if (group == NULL || item->group == group->group)
        return item;
    }
  return NULL;
}

static Item *
find_group (const OscarRoster *roster, const char *name)
{
  for (guint i = 0; i < roster->order->len; i++)
    {
      Item *item = g_ptr_array_index (roster->order, i);

      if (is_group (item->local) && item->group != 0 &&
          strcmp (item->local->wire.name, name) == 0)
        return item;
    }
  return NULL;
}

static Item *
find_by_class (const OscarRoster *roster, guint16 class, const char *who)
{
  for (guint i = 0; i < roster->order->len; i++)
    {
      Item *item = g_ptr_array_index (roster->order, i);

      if (item->local != NULL && item->local->wire.class_id == class &&
          (who == NULL || oscar_name_equal (item->local->wire.name, who)))
        return item;
    }
  return NULL;
}

/* Ids are the client's to choose, in 1 to 0x7FFF. Item ids are kept unique
 * in the whole list, group ids among groups. */
static guint16
free_group_id (const OscarRoster *roster)
{
  guint16 id = roster->funcs->random (roster->user) & 0x7fff;

  for (guint tries = 0; tries < 0x8000; tries++, id = (id + 1) & 0x7fff)
    if (id != 0 && find_item (roster, id, 0) == NULL)
      return id;
  return 0;
}

static guint16
free_item_id (const OscarRoster *roster, guint16 group)
{
  guint16 id = roster->funcs->random (roster->user) & 0x7fff;

  for (guint tries = 0; tries < 0x8000; tries++, id = (id + 1) & 0x7fff)
    if (id != 0 && find_item (roster, group, id) == NULL &&
        find_item (roster, 0, id) == NULL)
      return id;
  return 0;
}

/* --- Reporting ---------------------------------------------------------- */

static const char *
group_name (const OscarRoster *roster, guint16 group)
{
  Item *item = find_item (roster, group, 0);

  return item != NULL && item->local != NULL ? item->local->wire.name : "";
}

static void
report_buddy (OscarRoster *roster, const Item *item)
{
  const OscarFeedbagItem *wire = &item->local->wire;
  g_autofree char *alias = oscar_feedbag_item_dup_string (wire, OSCAR_ATTR_ALIAS);
  g_autofree char *note = oscar_feedbag_item_dup_string (wire, OSCAR_ATTR_NOTE);
  ImEvent event = {
    .type = IM_EVENT_BUDDY,
    .buddy = { wire->name, group_name (roster, item->group), alias, note, 0 },
  };

  if (has_attr (item->local, OSCAR_ATTR_PENDING_AUTH))
    event.buddy.flags = IM_PEER_AWAITS_AUTH;
  roster->funcs->event (roster->user, &event);
}

static void
report_buddy_gone (OscarRoster *roster, const Item *item, const char *who)
{
  ImEvent event = { .type = IM_EVENT_BUDDY_GONE };

  event.buddy.who = who;
  event.buddy.group = group_name (roster, item->group);
  roster->funcs->event (roster->user, &event);
}

static void
report_group (OscarRoster *roster, ImEventType type, const char *name,
              const char *old_name)
{
  ImEvent event = { .type = type, .group = { name, old_name } };

  roster->funcs->event (roster->user, &event);
}

static ImPrivacyMode
privacy_mode (const OscarRoster *roster)
{
  Item *item = find_by_class (roster, OSCAR_ITEM_PD_INFO, NULL);
  guint32 mode = item == NULL
                     ? IM_PRIVACY_ALLOW_ALL
                     : oscar_feedbag_item_get_uint (&item->local->wire,
                                                    OSCAR_ATTR_PD_MODE,
                                                    IM_PRIVACY_ALLOW_ALL);

  if (mode < IM_PRIVACY_ALLOW_ALL || mode > IM_PRIVACY_ALLOW_BUDDIES)
    return IM_PRIVACY_ALLOW_ALL;
  return (ImPrivacyMode) mode;
}

static void
report_privacy (OscarRoster *roster)
{
  g_autoptr (GPtrArray) permit = g_ptr_array_new ();
  g_autoptr (GPtrArray) deny = g_ptr_array_new ();
  ImEvent event = { .type = IM_EVENT_PRIVACY };

  for (guint i = 0; i < roster->order->len; i++)
    {
      Item *item = g_ptr_array_index (roster->order, i);

      if (item->local == NULL || !oscar_name_is_usable (item->local->wire.name))
        continue;
      if (item->local->wire.class_id == OSCAR_ITEM_PERMIT)
        g_ptr_array_add (permit, item->local->wire.name);
      else if (item->local->wire.class_id == OSCAR_ITEM_DENY)
        g_ptr_array_add (deny, item->local->wire.name);
    }
  g_ptr_array_add (permit, NULL);
  g_ptr_array_add (deny, NULL);
  event.privacy.mode = privacy_mode (roster);
  event.privacy.permit = (const char *const *) permit->pdata;
  event.privacy.deny = (const char *const *) deny->pdata;
  roster->funcs->event (roster->user, &event);
}

static gboolean
is_privacy (const Content *content)
{
  return content != NULL && (content->wire.class_id == OSCAR_ITEM_PD_INFO ||
                             content->wire.class_id == OSCAR_ITEM_PERMIT ||
                             content->wire.class_id == OSCAR_ITEM_DENY);
}

/* Tells the host what a change that was not its own means. */
static void
report_change (OscarRoster *roster, const Item *item, const Content *before)
{
  const Content *after = item->local;

  if (is_privacy (before) || is_privacy (after))
    report_privacy (roster);
  if (is_buddy (before) && !is_buddy (after))
    report_buddy_gone (roster, item, before->wire.name);
  else if (is_buddy (after))
    report_buddy (roster, item);
  if (item->group == 0)
    return;
  if (is_group (before) && !is_group (after))
    report_group (roster, IM_EVENT_GROUP_GONE, before->wire.name, NULL);
  else if (is_group (after) &&
           (before == NULL || strcmp (before->wire.name, after->wire.name) != 0))
    report_group (roster, IM_EVENT_GROUP, after->wire.name,
                  before != NULL ? before->wire.name : NULL);
}

static void send_batch (OscarRoster *roster);

static void
report_item (OscarRoster *roster, const Item *item)
{
  if (is_buddy (item->local))
    report_buddy (roster, item);
  else if (is_group (item->local) && item->group != 0)
    report_group (roster, IM_EVENT_GROUP, item->local->wire.name, NULL);
}

gboolean
oscar_roster_report (OscarRoster *roster, guint max)
{
  ImEvent done = { .type = IM_EVENT_ROSTER_DONE };

  for (; max > 0 && roster->reported < roster->order->len; max--)
    report_item (roster,
                 g_ptr_array_index (roster->order, roster->reported++));
  if (roster->reported < roster->order->len)
    return TRUE;

  roster->complete = TRUE;
  report_privacy (roster);
  roster->funcs->event (roster->user, &done);
  send_batch (roster);
  return FALSE;
}

/* --- Loading ------------------------------------------------------------ */

OscarRoster *
oscar_roster_new (const OscarRosterFuncs *funcs, gpointer user)
{
  OscarRoster *roster = g_new0 (OscarRoster, 1);

  roster->funcs = funcs;
  roster->user = user;
  roster->order = g_ptr_array_new_with_free_func (item_free);
  roster->by_key = g_hash_table_new (hash_key, NULL);
  roster->by_name =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_names);
  roster->dirty = g_hash_table_new (NULL, NULL);
  roster->changed_groups = g_hash_table_new (NULL, NULL);
  roster->in_flight = g_ptr_array_new_with_free_func (sent_free);
  return roster;
}

void
oscar_roster_clear (OscarRoster *roster)
{
  g_ptr_array_set_size (roster->in_flight, 0);
  g_hash_table_remove_all (roster->dirty);
  g_hash_table_remove_all (roster->changed_groups);
  g_hash_table_remove_all (roster->by_name);
  g_hash_table_remove_all (roster->by_key);
  g_ptr_array_set_size (roster->order, 0);
  roster->n_server = 0;
  roster->reported = 0;
  roster->complete = FALSE;
}

void
oscar_roster_free (OscarRoster *roster)
{
  if (roster == NULL)
    return;
  oscar_roster_clear (roster);
  g_ptr_array_unref (roster->in_flight);
  g_hash_table_unref (roster->dirty);
  g_hash_table_unref (roster->changed_groups);
  g_hash_table_unref (roster->by_name);
  g_hash_table_unref (roster->by_key);
  g_ptr_array_unref (roster->order);
  g_free (roster);
}

static void
set_server (OscarRoster *roster, Item *item, Content *content)
{
  roster->n_server += (content != NULL) - (item->server != NULL);
  content_ref (content);
  content_unref (item->server);
  item->server = content;
}

gboolean
oscar_roster_load (OscarRoster *roster, OscarFeedbagItem *wire)
{
  Content *content;
  Item *item;

  if (roster->order->len >= IM_MAX_FEEDBAG_ITEMS)
    return FALSE;
  if (find_item (roster, wire->group_id, wire->item_id) != NULL)
    return TRUE;
  item = item_new (roster, wire->group_id, wire->item_id);
  content = content_new_take (wire);
  set_local (roster, item, content);
  set_server (roster, item, content);
  content_unref (content);
  return TRUE;
}

guint
oscar_roster_n_items (const OscarRoster *roster)
{
  return roster->n_server;
}

void
oscar_roster_save (const OscarRoster *roster, ImWriter *writer)
{
  for (guint i = 0; i < roster->order->len; i++)
    {
      const Item *item = g_ptr_array_index (roster->order, i);

      if (item->server != NULL)
        oscar_feedbag_write_item (writer, &item->server->wire);
    }
}

gboolean
oscar_roster_lists_name (const OscarRoster *roster, guint16 item_class,
                         const char *who)
{
  return find_by_class (roster, item_class, who) != NULL;
}

void
oscar_roster_foreach_buddy (const OscarRoster *roster,
                            void (*func) (gpointer user, const char *who,
                                          const char *alias),
                            gpointer user)
{
  for (guint i = 0; i < roster->order->len; i++)
    {
      const Item *item = g_ptr_array_index (roster->order, i);
      g_autofree char *alias = NULL;

      if (item->local == NULL || !is_buddy (item->local))
        continue;
      alias = oscar_feedbag_item_dup_string (&item->local->wire,
                                             OSCAR_ATTR_ALIAS);
      func (user, item->local->wire.name, alias);
    }
}

gboolean
oscar_roster_has_buddy (const OscarRoster *roster, const char *who)
{
  return find_buddy (roster, who, NULL) != NULL;
}

/* --- Order attributes --------------------------------------------------- */

/* A group lists its buddies, and the master group the groups, in display
 * order. What exists but is missing there is appended, what is there but no
 * longer exists is dropped, and the rest keeps its place. */

static gboolean
is_member (const Item *item, const Item *parent)
{
  if (parent->group == 0)
    return item->group != 0 && item->id == 0 && is_group (item->local);
  return item->group == parent->group && item->id != 0 &&
         is_buddy (item->local);
}

static GPtrArray *
members_of (const OscarRoster *roster, const Item *group)
{
  GPtrArray *members = g_ptr_array_new ();

  for (guint i = 0; i < roster->order->len; i++)
    {
      Item *item = g_ptr_array_index (roster->order, i);

      if (is_member (item, group))
        g_ptr_array_add (members, item);
    }
  return members;
}

static guint16
member_id (const Item *item, const Item *parent)
{
  return parent->group == 0 ? item->group : item->id;
}

static GArray *
fresh_order (const OscarRoster *roster, const Item *parent)
{
  g_autoptr (GHashTable) missing = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) members = members_of (roster, parent);
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint16));
  ImReader old;
  guint16 id;

  for (guint i = 0; i < members->len; i++)
    {
      id = member_id (g_ptr_array_index (members, i), parent);
      g_hash_table_add (missing, GUINT_TO_POINTER ((guint) id));
    }
  if (oscar_feedbag_item_get (&parent->local->wire, OSCAR_ATTR_ORDER, &old))
    while (oscar_feedbag_next_id (&old, &id))
      if (g_hash_table_remove (missing, GUINT_TO_POINTER ((guint) id)))
        g_array_append_val (order, id);
  for (guint i = 0; i < members->len; i++)
    {
      id = member_id (g_ptr_array_index (members, i), parent);
      if (g_hash_table_remove (missing, GUINT_TO_POINTER ((guint) id)))
        g_array_append_val (order, id);
    }
  return order;
}

/* Puts a changed copy of what the user wants of @item in its place. */
static void
edit_take (OscarRoster *roster, Item *item, OscarFeedbagItem *changed)
{
  Content *content = content_new_take (changed);

  if (!content_equal (content, item->local))
    edit (roster, item, content);
  content_unref (content);
}

static void
refresh_order (OscarRoster *roster, guint16 group)
{
  Item *parent = find_item (roster, group, 0);
  g_autoptr (GArray) order = NULL;
  OscarFeedbagItem changed;

  if (parent == NULL || !is_group (parent->local))
    return;
  order = fresh_order (roster, parent);
  oscar_feedbag_item_copy (&parent->local->wire, &changed);
  oscar_feedbag_item_set_order (&changed, (const guint16 *) (gpointer) order->data,
                                order->len);
  edit_take (roster, parent, &changed);
}

static void
refresh_orders (OscarRoster *roster)
{
  GHashTableIter iter;
  gpointer group;

  g_hash_table_iter_init (&iter, roster->changed_groups);
  while (g_hash_table_iter_next (&iter, &group, NULL))
    refresh_order (roster, (guint16) GPOINTER_TO_UINT (group));
  g_hash_table_remove_all (roster->changed_groups);
}

static void
touch_order (OscarRoster *roster, guint16 group)
{
  g_hash_table_add (roster->changed_groups, GUINT_TO_POINTER ((guint) group));
}

/* --- Batches ------------------------------------------------------------ */

static guint16
change_of (const Item *item)
{
  if (item->server == NULL)
    return item->local != NULL ? OSCAR_FEEDBAG_INSERT : 0;
  if (item->local == NULL)
    return OSCAR_FEEDBAG_DELETE;
  return content_equal (item->local, item->server) ? 0 : OSCAR_FEEDBAG_UPDATE;
}

static void
send_items (OscarRoster *roster, guint16 subtype, ImWriter *body,
            GPtrArray *items)
{
  Sent *sent;

  if (items->len == 0)
    return;
  sent = g_new0 (Sent, 1);
  sent->items = g_ptr_array_ref (items);
  g_ptr_array_add (roster->in_flight, sent);
  sent->request = roster->funcs->send (roster->user, subtype, body);
}

/* Groups come before their buddies: servers check that a group exists. */
static int
groups_first (gconstpointer a, gconstpointer b)
{
  const Item *left = *(const Item *const *) a;
  const Item *right = *(const Item *const *) b;
  int left_rank = left->id == 0 ? (left->group == 0 ? 0 : 1) : 2;
  int right_rank = right->id == 0 ? (right->group == 0 ? 0 : 1) : 2;

  return left_rank - right_rank;
}

static void
send_changes (OscarRoster *roster, GPtrArray *dirty, guint16 subtype)
{
  g_auto (ImWriter) body = { 0 };
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
  for (guint i = 0; i < dirty->len; i++)
    {
      Item *item = g_ptr_array_index (dirty, i);

      if (change_of (item) != subtype)
        continue;
      item->in_batch = TRUE;
      content_unref (item->sent);
      item->sent = content_ref (item->local);
      oscar_feedbag_write_item (&body, item->local != NULL
                                           ? &item->local->wire
                                           : &item->server->wire);
      g_ptr_array_add (items, item);
      if (body.bytes->len < MAX_BATCH_BODY / 2)
        continue;
      send_items (roster, subtype, &body, items);
      im_writer_clear (&body);
      im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
      g_ptr_array_unref (items);
      items = g_ptr_array_new ();
    }
  send_items (roster, subtype, &body, items);
}

static GPtrArray *
take_dirty (OscarRoster *roster)
{
  GPtrArray *dirty = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, roster->dirty);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (change_of (item) != 0)
      g_ptr_array_add (dirty, item);
  g_hash_table_remove_all (roster->dirty);
  g_ptr_array_sort (dirty, groups_first);
  return dirty;
}

static void
send_batch (OscarRoster *roster)
{
  g_autoptr (GPtrArray) dirty = NULL;

  if (!roster->complete || roster->in_flight->len > 0)
    return;
  refresh_orders (roster);
  dirty = take_dirty (roster);
  if (dirty->len == 0)
    return;
  if (roster->funcs->begin != NULL)
    roster->funcs->begin (roster->user);
  roster->funcs->send (roster->user, OSCAR_FEEDBAG_START_CLUSTER, NULL);
  send_changes (roster, dirty, OSCAR_FEEDBAG_INSERT);
  send_changes (roster, dirty, OSCAR_FEEDBAG_UPDATE);
  send_changes (roster, dirty, OSCAR_FEEDBAG_DELETE);
  roster->funcs->send (roster->user, OSCAR_FEEDBAG_END_CLUSTER, NULL);
  if (roster->funcs->end != NULL)
    roster->funcs->end (roster->user);
}

static ImListError
list_error_of (guint16 code)
{
  switch (code)
    {
    case OSCAR_FEEDBAG_FULL:
      return IM_LIST_ERROR_FULL;
    case OSCAR_FEEDBAG_FAILED:
      return IM_LIST_ERROR_NAME;
    case OSCAR_FEEDBAG_OTHER_NETWORK:
      return IM_LIST_ERROR_OTHER_NETWORK;
    case OSCAR_FEEDBAG_NEEDS_AUTH:
      return IM_LIST_ERROR_NEEDS_AUTH;
    default:
      return IM_LIST_ERROR_SERVER;
    }
}

static void
report_refusal (OscarRoster *roster, const Item *item, const Content *wanted,
                guint16 code)
{
  ImEvent event = {
    .type = IM_EVENT_LIST_ERROR,
    .list_error = { wanted->wire.name, group_name (roster, item->group),
                    list_error_of (code), code },
  };

  /* Nobody knows it by that name. */
  if (wanted->wire.class_id == OSCAR_ITEM_BART)
    return;
  roster->funcs->event (roster->user, &event);
}

/* An ICQ contact who wants to be asked first is put on the list as such; the
 * host asks the user for words. */
static void
insert_awaiting (OscarRoster *roster, Item *item)
{
  OscarFeedbagItem changed;

  oscar_feedbag_item_copy (&item->local->wire, &changed);
  oscar_feedbag_item_set (&changed, OSCAR_ATTR_PENDING_AUTH, NULL, 0);
  edit_take (roster, item, &changed);
  report_buddy (roster, item);
}

static void
take_back (OscarRoster *roster, Item *item, guint16 code)
{
  Content *wanted = content_ref (item->local);

  if (code == OSCAR_FEEDBAG_NEEDS_AUTH && is_buddy (wanted) &&
      !has_attr (wanted, OSCAR_ATTR_PENDING_AUTH))
    insert_awaiting (roster, item);
  else
    {
      set_local (roster, item, item->server);
      if (is_buddy (wanted))
        touch_order (roster, item->group);
      report_change (roster, item, wanted);
    }
  if (wanted != NULL)
    report_refusal (roster, item, wanted, code);
  content_unref (wanted);
}

static void
settle_item (OscarRoster *roster, Item *item, guint16 code)
{
  item->in_batch = FALSE;
  if (code == OSCAR_FEEDBAG_OK || code == OSCAR_FEEDBAG_EXISTS)
    set_server (roster, item, item->sent);
  else if (code == OSCAR_FEEDBAG_NOT_FOUND && item->sent == NULL)
    set_server (roster, item, NULL); /* deleted is deleted */
  else if (content_equal (item->local, item->sent))
    take_back (roster, item, code);
  g_clear_pointer (&item->sent, content_unref);
  if (change_of (item) != 0)
    g_hash_table_add (roster->dirty, item);
}

static Sent *
find_sent (OscarRoster *roster, guint32 request, guint *ret_index)
{
  for (guint i = 0; i < roster->in_flight->len; i++)
    {
      Sent *sent = g_ptr_array_index (roster->in_flight, i);

      *ret_index = i;
      if (sent->request == request)
        return sent;
    }
  return NULL;
}

/* @statuses may be shorter than the batch: some servers stop at the first
 * fault. What was not answered was not done. */
static void
settle (OscarRoster *roster, guint32 request, ImReader statuses,
        guint16 otherwise)
{
  guint index;
  Sent *sent = find_sent (roster, request, &index);
  g_autoptr (GPtrArray) items = NULL;

  if (sent == NULL)
    return;
  items = g_ptr_array_ref (sent->items);
  g_ptr_array_remove_index (roster->in_flight, index);
  for (guint i = 0; i < items->len; i++)
    {
      guint16 code = otherwise;

      im_reader_u16 (&statuses, &code, NULL);
      settle_item (roster, g_ptr_array_index (items, i), code);
    }
  send_batch (roster);
}

void
oscar_roster_status (OscarRoster *roster, guint32 request,
                     const ImReader *body)
{
  settle (roster, request, *body, OSCAR_FEEDBAG_FAILED);
}

gboolean
oscar_roster_error (OscarRoster *roster, guint32 request, guint16 code)
{
  ImReader none = { 0 };
  guint index;

  if (find_sent (roster, request, &index) == NULL)
    return FALSE;
  settle (roster, request, none, code != 0 ? code : 0xffff);
  return TRUE;
}

void
oscar_roster_expire (OscarRoster *roster)
{
  ImReader none = { 0 };

  while (roster->in_flight->len > 0)
    {
      const Sent *first = g_ptr_array_index (roster->in_flight, 0);
      guint before = roster->in_flight->len;

      settle (roster, first->request, none, OSCAR_FEEDBAG_OK);
      /* Settling the last one sends the next batch. */
      if (roster->in_flight->len >= before)
        break;
    }
}

/* --- Changes from elsewhere --------------------------------------------- */

static void
push_item (OscarRoster *roster, OscarFeedbagItem *wire, gboolean deleted)
{
  Item *item = find_item (roster, wire->group_id, wire->item_id);
  Content *content = NULL;
  Content *before;
  gboolean was_clean;

  if (item == NULL && !deleted && roster->order->len < IM_MAX_FEEDBAG_ITEMS)
    item = item_new (roster, wire->group_id, wire->item_id);
  if (item == NULL)
    return;
  if (!deleted)
    content = content_new_take (wire);
  was_clean = change_of (item) == 0;
  set_server (roster, item, content);
  content_unref (content);
  /* An edit of ours that is still to be sent wins; it was made later than
   * what we hear of now. */
  if (!was_clean || item->in_batch)
    return;
  before = content_ref (item->local);
  set_local (roster, item, item->server);
  if (roster->complete)
    report_change (roster, item, before);
  content_unref (before);
}

/* A client that did not know of our latest buddy may have written an order
 * without it. */
void
oscar_roster_push (OscarRoster *roster, guint16 subtype, const ImReader *body)
{
  ImReader items = *body;
  OscarFeedbagItem wire;

  while (oscar_feedbag_next_item (&items, &wire, NULL))
    {
      if (subtype == OSCAR_FEEDBAG_UPDATE && wire.item_id == 0 &&
          wire.class_id == OSCAR_ITEM_GROUP)
        touch_order (roster, wire.group_id);
      push_item (roster, &wire, subtype == OSCAR_FEEDBAG_DELETE);
      oscar_feedbag_item_clear (&wire);
    }
}

/* --- Edits -------------------------------------------------------------- */

/* @changed has everything but its ids. */
static Item *
add_item_take (OscarRoster *roster, guint16 group, guint16 id,
               OscarFeedbagItem *changed)
{
  Item *item = find_item (roster, group, id);

  if (item == NULL)
    item = item_new (roster, group, id);
  changed->group_id = group;
  changed->item_id = id;
  edit_take (roster, item, changed);
  return item;
}

static Item *
add_item (OscarRoster *roster, guint16 group, guint16 id, const char *name,
          guint16 class)
{
  OscarFeedbagItem wire = { .class_id = class };

  oscar_feedbag_item_set_name (&wire, name);
  return add_item_take (roster, group, id, &wire);
}

static Item *
ensure_group (OscarRoster *roster, const char *name)
{
  Item *group = find_group (roster, name);
  guint16 id;

  if (group != NULL)
    return group;
  if (find_item (roster, 0, 0) == NULL)
    add_item (roster, 0, 0, "", OSCAR_ITEM_GROUP);
  id = free_group_id (roster);
  if (id == 0)
    return NULL;
  touch_order (roster, 0);
  return add_item (roster, id, 0, name, OSCAR_ITEM_GROUP);
}

static void
add_to_group (OscarRoster *roster, OscarFeedbagItem *buddy, const Item *group)
{
  guint16 id = free_item_id (roster, group->group);

  if (id != 0)
    {
      add_item_take (roster, group->group, id, buddy);
      touch_order (roster, group->group);
    }
  oscar_feedbag_item_clear (buddy);
}

static void
remove_item (OscarRoster *roster, Item *item)
{
  guint16 group = item->group;
  gboolean was_group = item->id == 0;

  edit (roster, item, NULL);
  touch_order (roster, was_group ? 0 : group);
}

void
oscar_roster_add_buddy (OscarRoster *roster, const char *who,
                        const char *group_title, const char *alias)
{
  Item *group = ensure_group (roster, group_title);
  OscarFeedbagItem wire = { .class_id = OSCAR_ITEM_BUDDY };

  if (group != NULL && find_buddy (roster, who, group) == NULL)
    {
      oscar_feedbag_item_set_name (&wire, who);
      oscar_feedbag_item_set_string (&wire, OSCAR_ATTR_ALIAS, alias);
      add_to_group (roster, &wire, group);
    }
  send_batch (roster);
}

void
oscar_roster_remove_buddy (OscarRoster *roster, const char *who,
                           const char *group_title)
{
  Item *group = find_group (roster, group_title);
  Item *item = group != NULL ? find_buddy (roster, who, group) : NULL;

  if (item != NULL)
    remove_item (roster, item);
  send_batch (roster);
}

void
oscar_roster_move_buddy (OscarRoster *roster, const char *who,
                         const char *from, const char *to)
{
  Item *old_group = find_group (roster, from);
  Item *item = old_group != NULL ? find_buddy (roster, who, old_group) : NULL;
  Item *new_group;

  if (item == NULL || strcmp (from, to) == 0)
    return;
  new_group = ensure_group (roster, to);
  /* The ids of an item are where it stands, so a move is a new item with
   * everything the old one carried. */
  if (new_group != NULL)
    {
      g_auto (OscarFeedbagItem) buddy = { 0 };

      oscar_feedbag_item_copy (&item->local->wire, &buddy);
      remove_item (roster, item);
      if (find_buddy (roster, who, new_group) == NULL)
        add_to_group (roster, &buddy, new_group);
    }
  send_batch (roster);
}

/* Changes @who in every group with @change. */
static void
change_everywhere (OscarRoster *roster, const char *who,
                   void (*change) (OscarFeedbagItem *wire, gconstpointer data),
                   gconstpointer data)
{
  g_autofree char *name = oscar_name_normalize (who);
  g_autoptr (GSList) items =
      g_slist_copy (g_hash_table_lookup (roster->by_name, name));

  for (GSList *l = items; l != NULL; l = l->next)
    {
      Item *item = l->data;
      OscarFeedbagItem changed;

      oscar_feedbag_item_copy (&item->local->wire, &changed);
      change (&changed, data);
      edit_take (roster, item, &changed);
    }
  send_batch (roster);
}

static void
change_alias (OscarFeedbagItem *wire, gconstpointer alias)
{
  oscar_feedbag_item_set_string (wire, OSCAR_ATTR_ALIAS, alias);
}

void
oscar_roster_alias_buddy (OscarRoster *roster, const char *who,
                          const char *alias)
{
  change_everywhere (roster, who, change_alias, alias);
}

static void
change_awaiting (OscarFeedbagItem *wire, gconstpointer awaiting)
{
  if (awaiting != NULL)
    oscar_feedbag_item_set (wire, OSCAR_ATTR_PENDING_AUTH, NULL, 0);
  else
    oscar_feedbag_item_unset (wire, OSCAR_ATTR_PENDING_AUTH);
}

void
oscar_roster_set_awaiting (OscarRoster *roster, const char *who,
                           gboolean awaiting)
{
  change_everywhere (roster, who, change_awaiting, awaiting ? "" : NULL);
}

void
oscar_roster_rename_group (OscarRoster *roster, const char *from,
                           const char *to)
{
  Item *group = find_group (roster, from);
  Item *other = find_group (roster, to);
  OscarFeedbagItem changed;

  if (group == NULL || strcmp (from, to) == 0)
    return;
  if (other != NULL)
    {
      g_autoptr (GPtrArray) members = members_of (roster, group);

      for (guint i = 0; i < members->len; i++)
        {
          Item *item = g_ptr_array_index (members, i);
          g_autofree char *name = g_strdup (item->local->wire.name);

          oscar_roster_move_buddy (roster, name, from, to);
        }
      oscar_roster_remove_group (roster, from);
      return;
    }
  oscar_feedbag_item_copy (&group->local->wire, &changed);
  oscar_feedbag_item_set_name (&changed, to);
  edit_take (roster, group, &changed);
  send_batch (roster);
}

void
oscar_roster_remove_group (OscarRoster *roster, const char *title)
{
  Item *group = find_group (roster, title);
  g_autoptr (GPtrArray) members = NULL;

  if (group == NULL)
    return;
  members = members_of (roster, group);
  for (guint i = 0; i < members->len; i++)
    remove_item (roster, g_ptr_array_index (members, i));
  remove_item (roster, group);
  send_batch (roster);
}

void
oscar_roster_set_privacy (OscarRoster *roster, ImPrivacyMode mode)
{
  Item *item = find_by_class (roster, OSCAR_ITEM_PD_INFO, NULL);
  OscarFeedbagItem changed = { .class_id = OSCAR_ITEM_PD_INFO };

  if (privacy_mode (roster) == mode)
    return;
  if (item != NULL)
    oscar_feedbag_item_copy (&item->local->wire, &changed);
  else
    {
      oscar_feedbag_item_set_name (&changed, "");
      oscar_feedbag_item_set_u32 (&changed, OSCAR_ATTR_PD_MASK, G_MAXUINT32);
    }
  oscar_feedbag_item_set_u8 (&changed, OSCAR_ATTR_PD_MODE, (guint8) mode);
  if (item != NULL)
    edit_take (roster, item, &changed);
  else
    add_item_take (roster, 0, free_item_id (roster, 0), &changed);
  send_batch (roster);
}

void
oscar_roster_list_name (OscarRoster *roster, guint16 item_class,
                        const char *who, gboolean listed)
{
  Item *item = find_by_class (roster, item_class, who);
  guint16 id;

  if (listed && item == NULL && (id = free_item_id (roster, 0)) != 0)
    add_item (roster, 0, id, who, item_class);
  else if (!listed && item != NULL)
    edit (roster, item, NULL);
  send_batch (roster);
}

/* u8 flags, u8 length, hash. */
static gboolean
names_icon (const Item *item, const guint8 *hash, gsize len)
{
  ImReader value;

  return oscar_feedbag_item_get (&item->local->wire, OSCAR_ATTR_BART_INFO,
                                 &value) &&
         im_reader_skip (&value, 2, NULL) && im_reader_left (&value) == len &&
         memcmp (value.pos, hash, len) == 0;
}

void
oscar_roster_set_icon (OscarRoster *roster, const guint8 *hash, gsize len,
                       gboolean is_none)
{
  /* Items of this class are named for the type they are of. */
  Item *item = find_by_class (roster, OSCAR_ITEM_BART, "1");
  OscarFeedbagItem changed = { .class_id = OSCAR_ITEM_BART };
  g_autofree guint8 *value = g_malloc (len + 2);

  if (item != NULL ? names_icon (item, hash, len) : is_none)
    return;
  /* Servers add to these flags what they know; some ask for a picture only
   * if it is marked as the user's own. */
  value[0] = OSCAR_BART_CUSTOM;
  value[1] = (guint8) len;
  memcpy (value + 2, hash, len);
  if (item != NULL)
    oscar_feedbag_item_copy (&item->local->wire, &changed);
  else
    {
      oscar_feedbag_item_set_name (&changed, "1");
      oscar_feedbag_item_set (&changed, OSCAR_ATTR_ALIAS, NULL, 0);
    }
  oscar_feedbag_item_set (&changed, OSCAR_ATTR_BART_INFO, value, len + 2);
  if (item != NULL)
    edit_take (roster, item, &changed);
  else
    add_item_take (roster, 0, free_item_id (roster, 0), &changed);
  send_batch (roster);
}
