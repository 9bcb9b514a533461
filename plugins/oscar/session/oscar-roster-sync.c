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
 */

#include "oscar-roster-private.h"

#include <string.h>

#include "im-limits.h"
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
  for (guint i = 0; i < members->len; i++)
    {
      id = member_id (g_ptr_array_index (members, i), parent);
      if (g_hash_table_remove (missing, GUINT_TO_POINTER ((guint) id)))
        g_array_append_val (order, id);
    }
  return order;
}

static void
refresh_order (OscarRoster *roster, guint16 group)
{
  OscarItem *parent = oscar_roster_find_item (roster, group, 0);
  g_autoptr (GArray) order = NULL;
  OscarFeedbagItem changed;

  if (parent == NULL || !oscar_content_is_group (parent->local))
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

static void
settle_item (OscarRoster *roster, OscarItem *item, guint16 code)
{
  item->in_batch = FALSE;
  if (code == OSCAR_FEEDBAG_OK || code == OSCAR_FEEDBAG_EXISTS)
    oscar_roster_set_server (roster, item, item->sent);
  else if (code == OSCAR_FEEDBAG_NOT_FOUND && item->sent == NULL)
    oscar_roster_set_server (roster, item, NULL); /* deleted is deleted */
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
push_item (OscarRoster *roster, OscarFeedbagItem *wire, gboolean deleted)
{
  OscarItem *item = oscar_roster_find_item (roster, wire->group_id, wire->item_id);
  OscarContent *content = NULL;
  OscarContent *before;
  gboolean was_clean;

  if (item == NULL && !deleted && roster->order->len < IM_MAX_FEEDBAG_ITEMS)
    item = oscar_roster_item_new (roster, wire->group_id, wire->item_id);
  if (item == NULL)
    return;
  if (!deleted)
    content = oscar_content_new_take (wire);
  was_clean = change_of (item) == 0;
  oscar_roster_set_server (roster, item, content);
  oscar_content_unref (content);
  /* An edit of ours that is still to be sent wins; it was made later than
   * what we hear of now. */
  if (!was_clean || item->in_batch)
    return;
  before = oscar_content_ref (item->local);
  oscar_roster_set_local (roster, item, item->server);
  if (roster->complete)
    oscar_roster_report_change (roster, item, before);
  oscar_content_unref (before);
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
        oscar_roster_touch_order (roster, wire.group_id);
      push_item (roster, &wire, subtype == OSCAR_FEEDBAG_DELETE);
      oscar_feedbag_item_clear (&wire);
    }
}
