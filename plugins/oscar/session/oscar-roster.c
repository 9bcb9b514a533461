/* What is on the list: items by their ids and by name, both as the server has
 * them and as the user wants them; loading, saving, and what the host is told.
 * Edits are in oscar-roster-edit.c, how they travel in oscar-roster-sync.c. */

#include "oscar-roster-private.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "oscar-session.h"
#include "oscar-types.h"

/* --- Contents ----------------------------------------------------------- */

/* Takes what @wire owns. */
OscarContent *
oscar_content_new_take (OscarFeedbagItem *wire)
{
  OscarContent *content = g_new0 (OscarContent, 1);

  g_ref_count_init (&content->refs);
  content->wire = *wire;
  memset (wire, 0, sizeof *wire);
  return content;
}

OscarContent *
oscar_content_ref (OscarContent *content)
{
  if (content != NULL)
    g_ref_count_inc (&content->refs);
  return content;
}

void
oscar_content_unref (OscarContent *content)
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

gboolean
oscar_content_equal (const OscarContent *a, const OscarContent *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a == b || (a->wire.class_id == b->wire.class_id &&
                    strcmp (a->wire.name, b->wire.name) == 0 &&
                    bytes_equal (a->wire.attributes, b->wire.attributes));
}

gboolean
oscar_content_has (const OscarContent *content, guint16 tag)
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

OscarItem *
oscar_roster_find_item (const OscarRoster *roster, guint16 group, guint16 id)
{
  return g_hash_table_lookup (roster->by_key, key_of (group, id));
}

static void
item_free (gpointer data)
{
  OscarItem *item = data;

  oscar_content_unref (item->local);
  oscar_content_unref (item->server);
  oscar_content_unref (item->sent);
  g_free (item->last_title);
  g_free (item);
}

static void
sent_free (gpointer data)
{
  OscarSent *sent = data;

  g_ptr_array_unref (sent->items);
  g_free (sent);
}

static void
free_names (gpointer data)
{
  g_slist_free (data);
}

static void
index_name (OscarRoster *roster, OscarItem *item)
{
  char *name = oscar_name_normalize (item->local->wire.name);
  gpointer old_name = NULL, items = NULL;

  g_hash_table_steal_extended (roster->by_name, name, &old_name, &items);
  g_free (old_name);
  g_hash_table_insert (roster->by_name, name, g_slist_prepend (items, item));
}

static void
unindex_name (OscarRoster *roster, OscarItem *item, const char *raw_name)
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
gboolean
oscar_content_is_buddy (const OscarContent *content)
{
  return content != NULL && content->wire.class_id == OSCAR_ITEM_BUDDY &&
         oscar_name_is_usable (content->wire.name);
}

gboolean
oscar_content_is_group (const OscarContent *content)
{
  return content != NULL && content->wire.class_id == OSCAR_ITEM_GROUP;
}

/* The only writer of item->local. */
void
oscar_roster_set_local (OscarRoster *roster, OscarItem *item, OscarContent *content)
{
  OscarContent *old = item->local;

  if (oscar_content_is_buddy (old))
    unindex_name (roster, item, old->wire.name);
  if (content == NULL && oscar_content_is_group (old))
    {
      g_free (item->last_title);
      item->last_title = g_strdup (old->wire.name);
    }
  item->local = oscar_content_ref (content);
  if (oscar_content_is_buddy (item->local))
    index_name (roster, item);
  oscar_content_unref (old);
}

OscarItem *
oscar_roster_item_new (OscarRoster *roster, guint16 group, guint16 id)
{
  OscarItem *item = g_new0 (OscarItem, 1);

  item->group = group;
  item->id = id;
  g_ptr_array_add (roster->order, item);
  g_hash_table_insert (roster->by_key, key_of (group, id), item);
  return item;
}

void
oscar_roster_edit (OscarRoster *roster, OscarItem *item, OscarContent *content)
{
  oscar_roster_set_local (roster, item, content);
  g_hash_table_add (roster->dirty, item);
}

OscarItem *
oscar_roster_find_buddy (const OscarRoster *roster, const char *who,
                         const char *title)
{
  g_autofree char *name = oscar_name_normalize (who);

  for (GSList *l = g_hash_table_lookup (roster->by_name, name); l != NULL;
       l = l->next)
    {
      OscarItem *item = l->data;

      if (title == NULL ||
          strcmp (oscar_roster_group_name (roster, item->group), title) == 0)
        return item;
    }
  return NULL;
}

/* Two clients that make the same thing at once make two. All of them have to
 * agree on which of those they go by. */
static gboolean
comes_before (const OscarItem *item, const OscarItem *other)
{
  return other == NULL || item->group < other->group ||
         (item->group == other->group && item->id < other->id);
}

OscarItem *
oscar_roster_find_group (const OscarRoster *roster, const char *name)
{
  OscarItem *found = NULL;

  for (guint i = 0; i < roster->order->len; i++)
    {
      OscarItem *item = g_ptr_array_index (roster->order, i);

      if (oscar_content_is_group (item->local) && item->group != 0 &&
          strcmp (item->local->wire.name, name) == 0 &&
          comes_before (item, found))
        found = item;
    }
  return found;
}

OscarItem *
oscar_roster_find_class (const OscarRoster *roster, guint16 class,
                         const char *who)
{
  OscarItem *found = NULL;

  for (guint i = 0; i < roster->order->len; i++)
    {
      OscarItem *item = g_ptr_array_index (roster->order, i);

      if (item->local != NULL && item->local->wire.class_id == class &&
          (who == NULL || oscar_name_equal (item->local->wire.name, who)) &&
          comes_before (item, found))
        found = item;
    }
  return found;
}

/* Ids are the client's to choose, in 1 to 0x7FFF. Item ids are kept unique
 * in the whole list, group ids among groups. */
guint16
oscar_roster_free_group_id (const OscarRoster *roster)
{
  guint16 id = roster->funcs->random (roster->user) & 0x7fff;

  for (guint tries = 0; tries < 0x8000; tries++, id = (id + 1) & 0x7fff)
    if (id != 0 && oscar_roster_find_item (roster, id, 0) == NULL)
      return id;
  return 0;
}

guint16
oscar_roster_free_item_id (const OscarRoster *roster, guint16 group)
{
  guint16 id = roster->funcs->random (roster->user) & 0x7fff;

  for (guint tries = 0; tries < 0x8000; tries++, id = (id + 1) & 0x7fff)
    if (id != 0 && oscar_roster_find_item (roster, group, id) == NULL &&
        oscar_roster_find_item (roster, 0, id) == NULL)
      return id;
  return 0;
}

/* Puts a changed copy of what the user wants of @item in its place. */
void
oscar_roster_edit_take (OscarRoster *roster, OscarItem *item, OscarFeedbagItem *changed)
{
  OscarContent *content = oscar_content_new_take (changed);

  if (!oscar_content_equal (content, item->local))
    oscar_roster_edit (roster, item, content);
  oscar_content_unref (content);
}

/* --- Reporting ---------------------------------------------------------- */

const char *
oscar_roster_group_name (const OscarRoster *roster, guint16 group)
{
  OscarItem *item = oscar_roster_find_item (roster, group, 0);

  return item != NULL && item->local != NULL ? item->local->wire.name : "";
}

void
oscar_roster_report_buddy (OscarRoster *roster, const OscarItem *item)
{
  const OscarFeedbagItem *wire = &item->local->wire;
  g_autofree char *alias = oscar_feedbag_item_dup_string (wire, OSCAR_ATTR_ALIAS);
  g_autofree char *note = oscar_feedbag_item_dup_string (wire, OSCAR_ATTR_NOTE);
  ImEvent event = {
    .type = IM_EVENT_BUDDY,
    .buddy = { wire->name, oscar_roster_group_name (roster, item->group), alias, note, 0 },
  };

  if (oscar_content_has (item->local, OSCAR_ATTR_PENDING_AUTH))
    event.buddy.flags = IM_PEER_AWAITS_AUTH;
  roster->funcs->event (roster->user, &event);
}

/* Unless they stand there twice. */
static void
report_buddy_gone (OscarRoster *roster, const char *who, const char *group)
{
  ImEvent event = { .type = IM_EVENT_BUDDY_GONE };

  if (oscar_roster_find_buddy (roster, who, group) != NULL)
    return;
  event.buddy.who = who;
  event.buddy.group = group;
  roster->funcs->event (roster->user, &event);
}

static void
report_group (OscarRoster *roster, ImEventType type, const char *name,
              const char *old_name)
{
  ImEvent event = { .type = type, .group = { name, old_name } };

  roster->funcs->event (roster->user, &event);
}

ImPrivacyMode
oscar_roster_privacy_mode (const OscarRoster *roster)
{
  OscarItem *item = oscar_roster_find_class (roster, OSCAR_ITEM_PD_INFO, NULL);
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
      OscarItem *item = g_ptr_array_index (roster->order, i);

      if (item->local == NULL || !oscar_name_is_usable (item->local->wire.name))
        continue;
      if (item->local->wire.class_id == OSCAR_ITEM_PERMIT)
        g_ptr_array_add (permit, item->local->wire.name);
      else if (item->local->wire.class_id == OSCAR_ITEM_DENY)
        g_ptr_array_add (deny, item->local->wire.name);
    }
  g_ptr_array_add (permit, NULL);
  g_ptr_array_add (deny, NULL);
  event.privacy.mode = oscar_roster_privacy_mode (roster);
  event.privacy.permit = (const char *const *) permit->pdata;
  event.privacy.deny = (const char *const *) deny->pdata;
  roster->funcs->event (roster->user, &event);
}

static gboolean
is_privacy (const OscarContent *content)
{
  return content != NULL && (content->wire.class_id == OSCAR_ITEM_PD_INFO ||
                             content->wire.class_id == OSCAR_ITEM_PERMIT ||
                             content->wire.class_id == OSCAR_ITEM_DENY);
}

static void
report_buddy_change (OscarRoster *roster, const OscarItem *item,
                     const OscarContent *before)
{
  const OscarContent *after = item->local;

  if (oscar_content_is_buddy (before) &&
      (!oscar_content_is_buddy (after) ||
       !oscar_name_equal (before->wire.name, after->wire.name)))
    report_buddy_gone (roster, before->wire.name,
                       oscar_roster_group_name (roster, item->group));
  if (oscar_content_is_buddy (after))
    oscar_roster_report_buddy (roster, item);
}

/* The buddies of @item stood under the title @from. */
static void
report_members_moved (OscarRoster *roster, const OscarItem *item,
                      const char *from)
{
  g_autoptr (GPtrArray) members = oscar_roster_members (roster, item);

  for (guint i = 0; i < members->len; i++)
    {
      const OscarItem *member = g_ptr_array_index (members, i);

      oscar_roster_report_buddy (roster, member);
      report_buddy_gone (roster, member->local->wire.name, from);
    }
}

/* A title may stand on the list more than once; the host has it once. */
static void
report_group_change (OscarRoster *roster, const OscarItem *item,
                     const char *old, const char *new)
{
  gboolean old_stays =
      old != NULL && oscar_roster_find_group (roster, old) != NULL;

  if (g_strcmp0 (old, new) == 0)
    return;
  if (new != NULL && old != NULL && !old_stays)
    report_group (roster, IM_EVENT_GROUP, new, old);
  else
    {
      if (new != NULL)
        report_group (roster, IM_EVENT_GROUP, new, NULL);
      report_members_moved (roster, item, old != NULL ? old : "");
      if (new == NULL && !old_stays)
        report_group (roster, IM_EVENT_GROUP_GONE, old, NULL);
    }
}

static const char *
title_of (const OscarContent *content)
{
  return oscar_content_is_group (content) ? content->wire.name : NULL;
}

void
oscar_roster_report_change (OscarRoster *roster, const OscarItem *item,
                            const OscarContent *before)
{
  if (is_privacy (before) || is_privacy (item->local))
    report_privacy (roster);
  report_buddy_change (roster, item, before);
  if (item->group != 0)
    report_group_change (roster, item, title_of (before),
                         title_of (item->local));
}

static void
report_item (OscarRoster *roster, const OscarItem *item)
{
  if (oscar_content_is_buddy (item->local))
    oscar_roster_report_buddy (roster, item);
  else if (oscar_content_is_group (item->local) && item->group != 0)
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
  oscar_roster_send_batch (roster);
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
  roster->abandoned = g_hash_table_new (NULL, NULL);
  roster->period = 1;
  roster->in_flight = g_ptr_array_new_with_free_func (sent_free);
  return roster;
}

void
oscar_roster_clear (OscarRoster *roster)
{
  g_ptr_array_set_size (roster->in_flight, 0);
  g_hash_table_remove_all (roster->dirty);
  g_hash_table_remove_all (roster->changed_groups);
  g_hash_table_remove_all (roster->abandoned);
  g_clear_pointer (&roster->seen, g_hash_table_unref);
  roster->doubtful = FALSE;
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
  g_hash_table_unref (roster->abandoned);
  g_hash_table_unref (roster->by_name);
  g_hash_table_unref (roster->by_key);
  g_ptr_array_unref (roster->order);
  g_free (roster);
}

void
oscar_roster_set_server (OscarRoster *roster, OscarItem *item, OscarContent *content)
{
  roster->n_server += (content != NULL) - (item->server != NULL);
  oscar_content_ref (content);
  oscar_content_unref (item->server);
  item->server = content;
}

gboolean
oscar_roster_load (OscarRoster *roster, OscarFeedbagItem *wire)
{
  OscarContent *content;
  OscarItem *item;

  if (roster->order->len >= IM_MAX_FEEDBAG_ITEMS)
    return FALSE;
  if (oscar_roster_find_item (roster, wire->group_id, wire->item_id) != NULL)
    return TRUE;
  item = oscar_roster_item_new (roster, wire->group_id, wire->item_id);
  content = oscar_content_new_take (wire);
  oscar_roster_set_local (roster, item, content);
  oscar_roster_set_server (roster, item, content);
  oscar_content_unref (content);
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
      const OscarItem *item = g_ptr_array_index (roster->order, i);

      if (item->server != NULL)
        oscar_feedbag_write_item (writer, &item->server->wire);
    }
}

gboolean
oscar_roster_lists_name (const OscarRoster *roster, guint16 item_class,
                         const char *who)
{
  return oscar_roster_find_class (roster, item_class, who) != NULL;
}

void
oscar_roster_foreach_buddy (const OscarRoster *roster,
                            void (*func) (gpointer user, const char *who,
                                          const char *alias),
                            gpointer user)
{
  for (guint i = 0; i < roster->order->len; i++)
    {
      const OscarItem *item = g_ptr_array_index (roster->order, i);
      g_autofree char *alias = NULL;

      if (item->local == NULL || !oscar_content_is_buddy (item->local))
        continue;
      alias = oscar_feedbag_item_dup_string (&item->local->wire,
                                             OSCAR_ATTR_ALIAS);
      func (user, item->local->wire.name, alias);
    }
}

gboolean
oscar_roster_has_buddy (const OscarRoster *roster, const char *who)
{
  return oscar_roster_find_buddy (roster, who, NULL) != NULL;
}
