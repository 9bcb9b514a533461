/* What the user does to the list. Each edit changes what they want of items;
 * oscar_roster_send_batch () sends the difference. */

#include "oscar-roster-private.h"

#include <string.h>

#include "im-limits.h"
#include "oscar-bart.h"
#include "oscar-session.h"
#include "oscar-types.h"

/* @changed has everything but its ids. */
static OscarItem *
add_item_take (OscarRoster *roster, guint16 group, guint16 id,
               OscarFeedbagItem *changed)
{
  OscarItem *item = oscar_roster_find_item (roster, group, id);

  if (item == NULL)
    item = oscar_roster_item_new (roster, group, id);
  changed->group_id = group;
  changed->item_id = id;
  oscar_roster_edit_take (roster, item, changed);
  return item;
}

static OscarItem *
add_item (OscarRoster *roster, guint16 group, guint16 id, const char *name,
          guint16 class)
{
  OscarFeedbagItem wire = { .class_id = class };

  oscar_feedbag_item_set_name (&wire, name);
  return add_item_take (roster, group, id, &wire);
}

static OscarItem *
ensure_group (OscarRoster *roster, const char *name)
{
  OscarItem *group = oscar_roster_find_group (roster, name);
  guint16 id;

  if (group != NULL)
    return group;
  if (oscar_roster_find_item (roster, 0, 0) == NULL)
    add_item (roster, 0, 0, "", OSCAR_ITEM_GROUP);
  id = oscar_roster_free_group_id (roster);
  if (id == 0)
    return NULL;
  oscar_roster_touch_order (roster, 0);
  return add_item (roster, id, 0, name, OSCAR_ITEM_GROUP);
}

static void
add_to_group (OscarRoster *roster, OscarFeedbagItem *buddy, const OscarItem *group)
{
  guint16 id = oscar_roster_free_item_id (roster, group->group);

  if (id != 0)
    {
      /* Others may just have deleted the group; now it is wanted again. */
      OscarItem *parent = oscar_roster_find_item (roster, group->group, 0);

      if (g_hash_table_remove (roster->abandoned, parent))
        g_hash_table_add (roster->dirty, parent);
      add_item_take (roster, group->group, id, buddy);
      oscar_roster_touch_order (roster, group->group);
    }
  oscar_feedbag_item_clear (buddy);
}

static void
remove_item (OscarRoster *roster, OscarItem *item)
{
  guint16 group = item->group;
  gboolean was_group = item->id == 0;

  oscar_roster_edit (roster, item, NULL);
  oscar_roster_touch_order (roster, was_group ? 0 : group);
}

void
oscar_roster_add_buddy (OscarRoster *roster, const char *who,
                        const char *group_title, const char *alias)
{
  OscarItem *group = ensure_group (roster, group_title);
  OscarFeedbagItem wire = { .class_id = OSCAR_ITEM_BUDDY };

  if (group != NULL &&
      oscar_roster_find_buddy (roster, who, group_title) == NULL)
    {
      oscar_feedbag_item_set_name (&wire, who);
      oscar_feedbag_item_set_string (&wire, OSCAR_ATTR_ALIAS, alias);
      add_to_group (roster, &wire, group);
    }
  oscar_roster_send_batch (roster);
}

/* Who is in none of the groups stands in the host's default group, whose name
 * the list does not know. */
static OscarItem *
find_in (const OscarRoster *roster, const char *who, const char *title)
{
  OscarItem *item = oscar_roster_find_buddy (roster, who, title);

  return item == NULL && oscar_roster_find_group (roster, title) == NULL
             ? oscar_roster_find_buddy (roster, who, "")
             : item;
}

/* As often as they stand there. */
static void
remove_from (OscarRoster *roster, const char *who, const char *title)
{
  OscarItem *item;

  while ((item = find_in (roster, who, title)) != NULL)
    remove_item (roster, item);
}

void
oscar_roster_remove_buddy (OscarRoster *roster, const char *who,
                           const char *group_title)
{
  remove_from (roster, who, group_title);
  oscar_roster_send_batch (roster);
}

void
oscar_roster_move_buddy (OscarRoster *roster, const char *who,
                         const char *from, const char *to)
{
  OscarItem *item = find_in (roster, who, from);
  OscarItem *new_group;

  if (item == NULL || strcmp (from, to) == 0)
    return;
  new_group = ensure_group (roster, to);
  /* The ids of an item are where it stands, so a move is a new item with
   * everything the old one carried. */
  if (new_group != NULL)
    {
      g_auto (OscarFeedbagItem) buddy = { 0 };

      oscar_feedbag_item_copy (&item->local->wire, &buddy);
      remove_from (roster, who, from);
      if (oscar_roster_find_buddy (roster, who, to) == NULL)
        add_to_group (roster, &buddy, new_group);
    }
  oscar_roster_send_batch (roster);
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
      OscarItem *item = l->data;
      OscarFeedbagItem changed;

      oscar_feedbag_item_copy (&item->local->wire, &changed);
      change (&changed, data);
      oscar_roster_edit_take (roster, item, &changed);
    }
  oscar_roster_send_batch (roster);
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

static void
move_members (OscarRoster *roster, const OscarItem *group, const char *from,
              const char *to)
{
  g_autoptr (GPtrArray) members = oscar_roster_members (roster, group);

  for (guint i = 0; i < members->len; i++)
    {
      const OscarItem *item = g_ptr_array_index (members, i);
      g_autofree char *name = NULL;

      if (item->local == NULL) /* a second one of that name */
        continue;
      name = g_strdup (item->local->wire.name);
      oscar_roster_move_buddy (roster, name, from, to);
    }
}

void
oscar_roster_rename_group (OscarRoster *roster, const char *from,
                           const char *to)
{
  gboolean merge = oscar_roster_find_group (roster, to) != NULL;
  OscarItem *group;

  if (strcmp (from, to) == 0)
    return;
  while ((group = oscar_roster_find_group (roster, from)) != NULL)
    {
      OscarFeedbagItem changed;

      if (merge)
        {
          move_members (roster, group, from, to);
          remove_item (roster, group);
          continue;
        }
      oscar_feedbag_item_copy (&group->local->wire, &changed);
      oscar_feedbag_item_set_name (&changed, to);
      oscar_roster_edit_take (roster, group, &changed);
    }
  oscar_roster_send_batch (roster);
}

void
oscar_roster_remove_group (OscarRoster *roster, const char *title)
{
  OscarItem *group;

  while ((group = oscar_roster_find_group (roster, title)) != NULL)
    {
      g_autoptr (GPtrArray) members = oscar_roster_members (roster, group);

      for (guint i = 0; i < members->len; i++)
        remove_item (roster, g_ptr_array_index (members, i));
      remove_item (roster, group);
    }
  oscar_roster_send_batch (roster);
}

static void
add_privacy (OscarRoster *roster, ImPrivacyMode mode)
{
  OscarFeedbagItem wire = { .class_id = OSCAR_ITEM_PD_INFO };

  oscar_feedbag_item_set_name (&wire, "");
  oscar_feedbag_item_set_u32 (&wire, OSCAR_ATTR_PD_MASK, G_MAXUINT32);
  oscar_feedbag_item_set_u8 (&wire, OSCAR_ATTR_PD_MODE, (guint8) mode);
  add_item_take (roster, 0, oscar_roster_free_item_id (roster, 0), &wire);
}

/* Whichever a server goes by says the same. */
void
oscar_roster_set_privacy (OscarRoster *roster, ImPrivacyMode mode)
{
  if (oscar_roster_privacy_mode (roster) == mode)
    return;
  if (oscar_roster_find_class (roster, OSCAR_ITEM_PD_INFO, NULL) == NULL)
    add_privacy (roster, mode);
  for (guint i = 0; i < roster->order->len; i++)
    {
      OscarItem *item = g_ptr_array_index (roster->order, i);
      OscarFeedbagItem changed;

      if (item->local == NULL ||
          item->local->wire.class_id != OSCAR_ITEM_PD_INFO)
        continue;
      oscar_feedbag_item_copy (&item->local->wire, &changed);
      oscar_feedbag_item_set_u8 (&changed, OSCAR_ATTR_PD_MODE, (guint8) mode);
      oscar_roster_edit_take (roster, item, &changed);
    }
  oscar_roster_send_batch (roster);
}

void
oscar_roster_list_name (OscarRoster *roster, guint16 item_class,
                        const char *who, gboolean listed)
{
  OscarItem *item = oscar_roster_find_class (roster, item_class, who);
  guint16 id;

  if (listed && item == NULL &&
      (id = oscar_roster_free_item_id (roster, 0)) != 0)
    add_item (roster, 0, id, who, item_class);
  for (; !listed && item != NULL;
       item = oscar_roster_find_class (roster, item_class, who))
    oscar_roster_edit (roster, item, NULL);
  oscar_roster_send_batch (roster);
}

/* u8 flags, u8 length, hash. */
static gboolean
names_icon (const OscarItem *item, const guint8 *hash, gsize len)
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
  OscarItem *item = oscar_roster_find_class (roster, OSCAR_ITEM_BART, "1");
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
    oscar_roster_edit_take (roster, item, &changed);
  else
    add_item_take (roster, 0, oscar_roster_free_item_id (roster, 0), &changed);
  oscar_roster_send_batch (roster);
}
