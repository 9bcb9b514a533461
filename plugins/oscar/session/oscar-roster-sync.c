/* How an edit travels:
 *
 *   oscar_roster_add_buddy ()          changes `local` of items, marks them
 *     -> oscar_roster_send_batch ()    unless one is in flight: the difference
 *        -> send_changes ()            13/08 inserts, 13/09 updates, 13/0A
 *                                      deletes
 *   oscar_roster_status ()             13/0E: `server` becomes what was sent,
 *     -> take_back ()                  or `local` what the server has
 *     -> oscar_roster_send_batch ()    what was edited meanwhile
 *
 * and how others' edits come:
 *
 *   oscar_roster_push ()               13/08, 13/09, 13/0A
 *     -> change_both ()                an edit of ours is under way: both count
 *   oscar_roster_tidy ()               when it has become quiet: what two
 *                                      clients could not know of each other
 *
 * Messages carry whole items, so one that says a group's new name also says
 * its old order. Who has an edit under way when another's comes makes one of
 * both, against what the server had before, and sends that. */

#include "oscar-roster-private.h"

#include <string.h>

#include "im-limits.h"
#include "oscar-session.h"
#include "oscar-types.h"

/* Bytes of items in one SNAC: AOL's servers cut client frames at 8 KiB. */
#define MAX_BATCH_BODY (IM_MAX_FLAP_SENT - 64)

/* --- Order attributes --------------------------------------------------- */

/* A group lists its buddies, and the master group the groups, in display
 * order. What exists but is missing there is appended, what is there but no
 * longer exists is dropped, and the rest keeps its place. */

static gboolean
is_member (const OscarItem *item, const OscarItem *parent)
{
  if (parent->group == 0)
    return item->group != 0 && item->id == 0 && oscar_content_is_group (item->local);
  return item->group == parent->group && item->id != 0 &&
         oscar_content_is_buddy (item->local);
}

GPtrArray *
oscar_roster_members (const OscarRoster *roster, const OscarItem *group)
{
  GPtrArray *members = g_ptr_array_new ();

  for (guint i = 0; i < roster->order->len; i++)
    {
      OscarItem *item = g_ptr_array_index (roster->order, i);

      if (is_member (item, group))
        g_ptr_array_add (members, item);
    }
  return members;
}

static guint16
member_id (const OscarItem *item, const OscarItem *parent)
{
  return parent->group == 0 ? item->group : item->id;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return (int) *(const guint16 *) a - (int) *(const guint16 *) b;
}

/* In an order that every client would choose. */
static void
append_sorted (GArray *order, GHashTable *ids)
{
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (guint16));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint16 id = (guint16) GPOINTER_TO_UINT (key);

      g_array_append_val (sorted, id);
    }
  g_array_sort (sorted, compare_ids);
  g_array_append_vals (order, sorted->data, sorted->len);
}

static GArray *
fresh_order (const OscarRoster *roster, const OscarItem *parent)
{
  g_autoptr (GHashTable) missing = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) members = oscar_roster_members (roster, parent);
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
  append_sorted (order, missing);
  return order;
}

static void
refresh_order (OscarRoster *roster, guint16 group)
{
  OscarItem *parent = oscar_roster_find_item (roster, group, 0);
  g_autoptr (GArray) order = NULL;
  OscarFeedbagItem changed;

  if (parent == NULL || !oscar_content_is_group (parent->local) ||
      g_hash_table_contains (roster->abandoned, parent))
    return;
  order = fresh_order (roster, parent);
  oscar_feedbag_item_copy (&parent->local->wire, &changed);
  oscar_feedbag_item_set_order (&changed, (const guint16 *) (gpointer) order->data,
                                order->len);
  oscar_roster_edit_take (roster, parent, &changed);
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

void
oscar_roster_touch_order (OscarRoster *roster, guint16 group)
{
  g_hash_table_add (roster->changed_groups, GUINT_TO_POINTER ((guint) group));
}

/* --- Batches ------------------------------------------------------------ */

static guint16
change_of (const OscarItem *item)
{
  if (item->server == NULL)
    return item->local != NULL ? OSCAR_FEEDBAG_INSERT : 0;
  if (item->local == NULL)
    return OSCAR_FEEDBAG_DELETE;
  return oscar_content_equal (item->local, item->server) ? 0 : OSCAR_FEEDBAG_UPDATE;
}

static void
send_items (OscarRoster *roster, guint16 subtype, ImWriter *body,
            GPtrArray *items)
{
  OscarSent *sent;

  if (items->len == 0)
    return;
  sent = g_new0 (OscarSent, 1);
  sent->items = g_ptr_array_ref (items);
  g_ptr_array_add (roster->in_flight, sent);
  sent->request = roster->funcs->send (roster->user, subtype, body);
}

/* Groups come before their buddies: servers check that a group exists. */
static int
groups_first (gconstpointer a, gconstpointer b)
{
  const OscarItem *left = *(const OscarItem *const *) a;
  const OscarItem *right = *(const OscarItem *const *) b;
  int left_rank = left->id == 0 ? (left->group == 0 ? 0 : 1) : 2;
  int right_rank = right->id == 0 ? (right->group == 0 ? 0 : 1) : 2;

  return left_rank - right_rank;
}

/* ... and go after them, so that nobody sees buddies of no group. */
static int
groups_last (gconstpointer a, gconstpointer b)
{
  return groups_first (b, a);
}

static void
send_changes (OscarRoster *roster, GPtrArray *dirty, guint16 subtype)
{
  g_auto (ImWriter) body = { 0 };
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
  for (guint i = 0; i < dirty->len; i++)
    {
      OscarItem *item = g_ptr_array_index (dirty, i);

      if (change_of (item) != subtype)
        continue;
      item->in_batch = TRUE;
      oscar_content_unref (item->sent);
      item->sent = oscar_content_ref (item->local);
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

void
oscar_roster_send_batch (OscarRoster *roster)
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
  g_ptr_array_sort (dirty, groups_last);
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
report_refusal (OscarRoster *roster, const OscarItem *item, const OscarContent *wanted,
                guint16 code)
{
  ImEvent event = {
    .type = IM_EVENT_LIST_ERROR,
    .list_error = { wanted->wire.name, oscar_roster_group_name (roster, item->group),
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
insert_awaiting (OscarRoster *roster, OscarItem *item)
{
  OscarFeedbagItem changed;

  oscar_feedbag_item_copy (&item->local->wire, &changed);
  oscar_feedbag_item_set (&changed, OSCAR_ATTR_PENDING_AUTH, NULL, 0);
  oscar_roster_edit_take (roster, item, &changed);
  oscar_roster_report_buddy (roster, item);
}

static void
take_back (OscarRoster *roster, OscarItem *item, guint16 code)
{
  OscarContent *wanted = oscar_content_ref (item->local);

  if (code == OSCAR_FEEDBAG_NEEDS_AUTH && oscar_content_is_buddy (wanted) &&
      !oscar_content_has (wanted, OSCAR_ATTR_PENDING_AUTH))
    insert_awaiting (roster, item);
  else
    {
      oscar_roster_set_local (roster, item, item->server);
      if (oscar_content_is_buddy (wanted))
        oscar_roster_touch_order (roster, item->group);
      oscar_roster_report_change (roster, item, wanted);
    }
  if (wanted != NULL)
    report_refusal (roster, item, wanted, code);
  oscar_content_unref (wanted);
}

static void unsettle (OscarRoster *roster);
static void make_room (OscarRoster *roster, OscarItem *item);
static gboolean is_somebody_else (const OscarContent *a,
                                  const OscarContent *b);

/* Somebody had the ids of our new item before. */
static void
settle_taken (OscarRoster *roster, OscarItem *item)
{
  unsettle (roster);
  roster->doubtful = TRUE;
  if (item->server == NULL)
    oscar_roster_set_server (roster, item, item->sent);
  else if (is_somebody_else (item->server, item->local))
    make_room (roster, item);
}

/* It is gone. If it was to be changed it is wanted, and sent anew. */
static void
settle_missing (OscarRoster *roster, OscarItem *item)
{
  if (item->sent != NULL)
    {
      unsettle (roster);
      roster->doubtful = TRUE;
    }
  oscar_roster_set_server (roster, item, NULL);
}

static void
settle_item (OscarRoster *roster, OscarItem *item, guint16 code)
{
  item->in_batch = FALSE;
  item->written = roster->period;
  if (code == OSCAR_FEEDBAG_OK)
    oscar_roster_set_server (roster, item, item->sent);
  else if (code == OSCAR_FEEDBAG_EXISTS && item->sent != NULL)
    settle_taken (roster, item);
  else if (code == OSCAR_FEEDBAG_NOT_FOUND)
    settle_missing (roster, item);
  else if (oscar_content_equal (item->local, item->sent))
    take_back (roster, item, code);
  g_clear_pointer (&item->sent, oscar_content_unref);
  if (change_of (item) != 0)
    g_hash_table_add (roster->dirty, item);
}

static OscarSent *
find_sent (OscarRoster *roster, guint32 request, guint *ret_index)
{
  for (guint i = 0; i < roster->in_flight->len; i++)
    {
      OscarSent *sent = g_ptr_array_index (roster->in_flight, i);

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
  OscarSent *sent = find_sent (roster, request, &index);
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
  oscar_roster_send_batch (roster);
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
      const OscarSent *first = g_ptr_array_index (roster->in_flight, 0);
      guint before = roster->in_flight->len;

      settle (roster, first->request, none, OSCAR_FEEDBAG_OK);
      /* Settling the last one sends the next batch. */
      if (roster->in_flight->len >= before)
        break;
    }
}

/* --- Changes from elsewhere --------------------------------------------- */

static void
unsettle (OscarRoster *roster)
{
  if (roster->funcs->unsettled != NULL)
    roster->funcs->unsettled (roster->user);
}

static gboolean
is_somebody_else (const OscarContent *a, const OscarContent *b)
{
  return oscar_content_is_buddy (a) && oscar_content_is_buddy (b) &&
         !oscar_name_equal (a->wire.name, b->wire.name);
}

/* Two clients chose the same ids for different people. */
static void
add_elsewhere (OscarRoster *roster, const OscarItem *item,
               OscarContent *content)
{
  guint16 id = oscar_roster_free_item_id (roster, item->group);
  OscarFeedbagItem copy;
  OscarItem *other;

  if (id == 0)
    return;
  other = oscar_roster_item_new (roster, item->group, id);
  oscar_feedbag_item_copy (&content->wire, &copy);
  copy.item_id = id;
  oscar_roster_edit_take (roster, other, &copy);
  oscar_roster_report_buddy (roster, other);
  oscar_roster_touch_order (roster, item->group);
}

/* Ours goes, theirs came first. */
static void
make_room (OscarRoster *roster, OscarItem *item)
{
  add_elsewhere (roster, item, item->local);
  oscar_roster_set_local (roster, item, item->server);
  oscar_roster_report_buddy (roster, item);
}

static gboolean
same_attr (const OscarContent *content, guint16 tag, const ImReader *value)
{
  ImReader other;

  return content != NULL &&
         oscar_feedbag_item_get (&content->wire, tag, &other) &&
         im_reader_left (&other) == im_reader_left (value) &&
         memcmp (other.pos, value->pos, im_reader_left (value)) == 0;
}

/* Steps through attributes; orders are made anew anyway. */
static gboolean
next_attr (ImReader *attributes, guint16 *ret_tag, ImReader *ret_value)
{
  do
    if (!im_reader_u16 (attributes, ret_tag, NULL) ||
        !im_reader_sub16 (attributes, ret_value, NULL))
      return FALSE;
  while (*ret_tag == OSCAR_ATTR_ORDER);
  return TRUE;
}

static void
init_attrs (const OscarContent *content, ImReader *ret)
{
  if (content != NULL && content->wire.attributes != NULL)
    im_reader_init_bytes (ret, content->wire.attributes);
  else
    memset (ret, 0, sizeof *ret);
}

/* What @theirs says, with what @ours says otherwise than @base did. */
static void
merge (const OscarContent *base, const OscarContent *theirs,
       const OscarContent *ours, OscarFeedbagItem *ret)
{
  ImReader attrs, value;
  guint16 tag;

  oscar_feedbag_item_copy (&theirs->wire, ret);
  if (base == NULL || strcmp (base->wire.name, ours->wire.name) != 0)
    oscar_feedbag_item_set_name (ret, ours->wire.name);
  init_attrs (ours, &attrs);
  while (next_attr (&attrs, &tag, &value))
    if (!same_attr (base, tag, &value))
      oscar_feedbag_item_set (ret, tag, value.pos, im_reader_left (&value));
  init_attrs (base, &attrs);
  while (next_attr (&attrs, &tag, &value))
    if (!oscar_content_has (ours, tag))
      oscar_feedbag_item_unset (ret, tag);
}

/* Of two that chose the same ids one has to move. If both are under way, the
 * other client sees ours in the place of theirs, and moves theirs. */
static void
resolve_clash (OscarRoster *roster, OscarItem *item, const OscarContent *base)
{
  if (!item->in_batch)
    make_room (roster, item);
  else if (base != NULL)
    add_elsewhere (roster, item, item->server);
}

/* An edit of ours is under way and another's is here. */
static void
change_both (OscarRoster *roster, OscarItem *item, const OscarContent *base)
{
  OscarContent *before = oscar_content_ref (item->local);
  OscarFeedbagItem both;

  if (is_somebody_else (item->server, before))
    resolve_clash (roster, item, base);
  else if (item->server != NULL && before != NULL &&
           item->server->wire.class_id == before->wire.class_id)
    {
      merge (base, item->server, before, &both);
      oscar_roster_edit_take (roster, item, &both);
      if (roster->complete)
        oscar_roster_report_change (roster, item, before);
    }
  /* Otherwise ours stands; whose server has neither is sent both. */
  if (!item->in_batch && change_of (item) != 0)
    g_hash_table_add (roster->dirty, item);
  oscar_content_unref (before);
}

static gboolean
has_members (const OscarRoster *roster, const OscarItem *item)
{
  g_autoptr (GPtrArray) members = NULL;

  if (!oscar_content_is_group (item->local) || item->group == 0)
    return FALSE;
  members = oscar_roster_members (roster, item);
  return members->len > 0;
}

static void
apply_push (OscarRoster *roster, OscarItem *item, guint16 subtype)
{
  OscarContent *before = oscar_content_ref (item->local);

  g_hash_table_remove (roster->abandoned, item);
  if (subtype == OSCAR_FEEDBAG_DELETE && has_members (roster, item))
    {
      g_hash_table_add (roster->abandoned, item);
      unsettle (roster);
    }
  else
    {
      oscar_roster_set_local (roster, item, item->server);
      if (roster->complete && !oscar_content_equal (before, item->local))
        {
          oscar_roster_report_change (roster, item, before);
          unsettle (roster); /* also what a comparison brought up */
        }
      if (subtype == OSCAR_FEEDBAG_INSERT &&
          is_somebody_else (before, item->local))
        add_elsewhere (roster, item, before);
    }
  oscar_content_unref (before);
}

/* Takes what @wire owns. The item it is about, if any. */
static OscarItem *
push_item (OscarRoster *roster, OscarFeedbagItem *wire, guint16 subtype)
{
  OscarItem *item =
      oscar_roster_find_item (roster, wire->group_id, wire->item_id);
  gboolean deleted = subtype == OSCAR_FEEDBAG_DELETE;
  OscarContent *content = NULL;
  OscarContent *base;
  gboolean was_clean;

  if (item == NULL && !deleted && roster->order->len < IM_MAX_FEEDBAG_ITEMS)
    item = oscar_roster_item_new (roster, wire->group_id, wire->item_id);
  if (item == NULL)
    return NULL;
  if (!deleted)
    content = oscar_content_new_take (wire);
  was_clean = !item->in_batch &&
              (change_of (item) == 0 ||
               g_hash_table_contains (roster->abandoned, item));
  base = oscar_content_ref (item->server);
  oscar_roster_set_server (roster, item, content);
  oscar_content_unref (content);
  /* Some servers let answers and news overtake each other. */
  roster->doubtful |= item->in_batch || item->written == roster->period ||
                      (roster->seen == NULL &&
                       roster->compared == roster->period);
  if (was_clean)
    apply_push (roster, item, subtype);
  else
    {
      unsettle (roster);
      change_both (roster, item, base);
    }
  oscar_content_unref (base);
  return item;
}

/* In a comparison: it is there. */
static void
mark_seen (OscarRoster *roster, OscarItem *item)
{
  if (roster->seen != NULL && item != NULL)
    g_hash_table_add (roster->seen, item);
}

/* A client that did not know of our latest buddy may have written an order
 * without it. */
static void
touch_order_of (OscarRoster *roster, const OscarFeedbagItem *wire,
                guint16 subtype)
{
  if (wire->class_id == OSCAR_ITEM_GROUP && wire->item_id == 0 &&
      subtype == OSCAR_FEEDBAG_UPDATE)
    oscar_roster_touch_order (roster, wire->group_id);
}

void
oscar_roster_push (OscarRoster *roster, guint16 subtype, const ImReader *body)
{
  ImReader items = *body;
  OscarFeedbagItem wire;

  while (oscar_feedbag_next_item (&items, &wire, NULL))
    {
      touch_order_of (roster, &wire, subtype);
      mark_seen (roster, push_item (roster, &wire, subtype));
      oscar_feedbag_item_clear (&wire);
    }
  unsettle (roster);
}

/* --- When it is quiet ---------------------------------------------------- */

/* Whoever put somebody into a group while others deleted it makes it anew. */
static void
judge_abandoned (OscarRoster *roster)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, roster->abandoned);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      OscarItem *item = key;
      OscarContent *before = oscar_content_ref (item->local);

      if (has_members (roster, item))
        {
          g_hash_table_add (roster->dirty, item);
          oscar_roster_touch_order (roster, item->group);
          oscar_roster_touch_order (roster, 0);
        }
      else
        {
          oscar_roster_set_local (roster, item, item->server);
          oscar_roster_report_change (roster, item, before);
        }
      oscar_content_unref (before);
    }
  g_hash_table_remove_all (roster->abandoned);
}

/* Somebody in a group that is gone, because of an edit of them that was under
 * way: the group is made anew, if its name is known. */
static void
judge_orphans (OscarRoster *roster)
{
  for (guint i = 0; i < roster->order->len; i++)
    {
      const OscarItem *item = g_ptr_array_index (roster->order, i);
      OscarFeedbagItem wire = { .class_id = OSCAR_ITEM_GROUP };
      OscarItem *group;

      if (!oscar_content_is_buddy (item->local) || item->group == 0)
        continue;
      group = oscar_roster_find_item (roster, item->group, 0);
      if (group == NULL || group->local != NULL || group->last_title == NULL)
        continue;
      wire.group_id = item->group;
      oscar_feedbag_item_set_name (&wire, group->last_title);
      oscar_roster_edit_take (roster, group, &wire);
      oscar_roster_report_change (roster, group, NULL);
      oscar_roster_touch_order (roster, item->group);
      oscar_roster_touch_order (roster, 0);
    }
}

/* Another item of the same name in the same group, or %NULL. */
static OscarItem *
find_twin (const OscarRoster *roster, const OscarItem *item)
{
  g_autofree char *name = oscar_name_normalize (item->local->wire.name);

  for (GSList *l = g_hash_table_lookup (roster->by_name, name); l != NULL;
       l = l->next)
    {
      OscarItem *twin = l->data;

      if (twin != item && twin->group == item->group)
        return twin;
    }
  return NULL;
}

/* @item goes, what only it says goes over to @stays. */
static void
unite (OscarRoster *roster, OscarItem *stays, OscarItem *item)
{
  OscarFeedbagItem both;

  merge (NULL, item->local, stays->local, &both);
  both.group_id = stays->group;
  both.item_id = stays->id;
  oscar_roster_edit_take (roster, stays, &both);
  oscar_roster_edit (roster, item, NULL);
  oscar_roster_report_buddy (roster, stays);
  oscar_roster_touch_order (roster, item->group);
}

/* Whom two clients put into the same group stands there twice. Both unite
 * them in the same way; what others made is left as it is. */
static void
judge_twins (OscarRoster *roster)
{
  for (guint i = 0; i < roster->order->len; i++)
    {
      OscarItem *item = g_ptr_array_index (roster->order, i);
      OscarItem *twin;

      if (item->written == 0 || !oscar_content_is_buddy (item->local))
        continue;
      twin = find_twin (roster, item);
      if (twin != NULL)
        unite (roster, twin->id < item->id ? twin : item,
               twin->id < item->id ? item : twin);
    }
}

gboolean
oscar_roster_tidy (OscarRoster *roster)
{
  gboolean doubtful = roster->doubtful;

  if (!roster->complete)
    return FALSE;
  if (roster->in_flight->len > 0)
    {
      unsettle (roster);
      return FALSE;
    }
  judge_abandoned (roster);
  judge_orphans (roster);
  judge_twins (roster);
  roster->doubtful = FALSE;
  roster->period++;
  if (doubtful)
    roster->compared = roster->period;
  oscar_roster_send_batch (roster);
  return doubtful;
}

void
oscar_roster_compare (OscarRoster *roster, ImReader *items)
{
  OscarFeedbagItem wire;

  if (roster->seen == NULL)
    roster->seen = g_hash_table_new (NULL, NULL);
  while (oscar_feedbag_next_item (items, &wire, NULL))
    {
      mark_seen (roster, push_item (roster, &wire, OSCAR_FEEDBAG_UPDATE));
      oscar_feedbag_item_clear (&wire);
    }
}

void
oscar_roster_compared (OscarRoster *roster)
{
  for (guint i = 0; roster->seen != NULL && i < roster->order->len; i++)
    {
      OscarItem *item = g_ptr_array_index (roster->order, i);
      OscarFeedbagItem wire = { .group_id = item->group, .item_id = item->id };

      if (item->server != NULL && !item->in_batch &&
          !g_hash_table_contains (roster->seen, item))
        push_item (roster, &wire, OSCAR_FEEDBAG_DELETE);
    }
  g_clear_pointer (&roster->seen, g_hash_table_unref);
  oscar_roster_send_batch (roster);
}
