/* The answers of the services, taken over into the copy: all of it the first
 * time, afterwards what others changed. */

#include "msnp-contacts-private.h"

#include <string.h>

/* --- taking over: the first time ---------------------------------------- */

static const char *
known_nick (const char *nick, const char *address)
{
  return nick == NULL || *nick == '\0' ||
                 g_ascii_strcasecmp (nick, address) == 0
             ? NULL
             : nick;
}

static void
learn_nick (MsnpPerson *person, const char *nick)
{
  nick = known_nick (nick, person->address);
  if (nick == NULL || g_strcmp0 (nick, person->nick) == 0)
    return;
  g_free (person->nick);
  person->nick = g_strdup (nick);
}

/* Who is on nothing but the reverse list and beyond the ceiling is left
 * out. */
static MsnpPerson *
ensure (MsnpSession *session, const MsnpHandle *handle)
{
  MsnpPerson *person = msnp_people_find (session->people, handle->address);

  if (person == NULL &&
      msnp_people_count (session->people) >= IM_MAX_MSNP_CONTACTS)
    return NULL;
  if (person == NULL)
    person = msnp_people_ensure (session->people, handle->address);
  if (person->network == 0)
    person->network = handle->network;
  return person;
}

/* An address book entry with several addresses is edited by the first. */
static void
learn_id (MsnpSession *session, MsnpPerson *person, const char *id)
{
  const MsnpPerson *owner = msnp_people_find_id (session->people, id);

  if (owner == NULL && person->id == NULL)
    msnp_people_set_id (session->people, person, id);
}

/* What they wrote, and what the membership is called that ends when they are
 * answered. */
static void
learn_pending (MsnpSession *session, const MsnpMembership *membership)
{
  const char *address = membership->handle.address;

  if (membership->list != MSNP_LIST_PENDING)
    return;
  if (membership->id != NULL)
    g_hash_table_insert (session->contacts->pending_ids, g_strdup (address),
                         g_strdup (membership->id));
  if (membership->text != NULL && *membership->text != '\0')
    g_hash_table_insert (session->lists->words, g_strdup (address),
                         g_strdup (membership->text));
}

static void
load_memberships (MsnpSession *session, const GArray *memberships)
{
  for (guint i = 0; i < memberships->len; i++)
    {
      const MsnpMembership *membership =
          &g_array_index (memberships, MsnpMembership, i);
      MsnpPerson *person = ensure (session, &membership->handle);

      if (person == NULL)
        continue;
      person->lists |= membership->list;
      learn_nick (person, membership->nick);
      learn_pending (session, membership);
    }
}

static void
load_contact (MsnpSession *session, const MsnpAbContact *contact)
{
  MsnpPerson *person = ensure (session, &contact->handle);

  if (person == NULL)
    return;
  learn_id (session, person, contact->id);
  learn_nick (person, contact->nick);
  if (!contact->messenger)
    return;
  person->lists |= MSNP_LIST_FORWARD;
  if (contact->alias != NULL && *contact->alias != '\0')
    {
      g_free (person->alias);
      person->alias = g_strdup (contact->alias);
    }
  for (guint i = 0; contact->groups != NULL && contact->groups[i] != NULL; i++)
    {
      MsnpPeopleGroup *group =
          msnp_people_find_group (session->people, contact->groups[i]);

      if (group != NULL)
        msnp_people_join (person, group);
    }
}

static void
load_book (MsnpSession *session, const MsnpBook *book)
{
  for (guint i = 0; i < book->groups->len; i++)
    {
      const MsnpGroup *group = &g_array_index (book->groups, MsnpGroup, i);

      msnp_people_set_group (session->people, group->id, group->name);
    }
  for (guint i = 0; i < book->contacts->len; i++)
    load_contact (session, &g_array_index (book->contacts, MsnpAbContact, i));
}

void
msnp_contacts_load (MsnpSession *session, const MsnpBook *memberships,
                    const MsnpBook *book)
{
  msnp_people_clear (session->people);
  load_memberships (session, memberships->memberships);
  load_book (session, book);
  session->lists->open = book->allow_others != MSNP_SETTING_NO;
  session->lists->asks = book->ask != MSNP_SETTING_NO;
  if (book->own_nick != NULL)
    msnp_own_learn_nick (session, book->own_nick);
  msnp_edits_start (session, &msnp_contacts_way);
  msnp_report_list (session);
}

/* --- taking over: what others changed ----------------------------------- */

/* The server's copy, by address. Strings are borrowed. */
typedef struct
{
  guint lists;
  const MsnpAbContact *contact; /* nullable */
} Fresh;

static Fresh *
ensure_fresh (GHashTable *table, const char *address)
{
  Fresh *fresh = g_hash_table_lookup (table, address);

  if (fresh == NULL)
    {
      fresh = g_new0 (Fresh, 1);
      g_hash_table_insert (table, (char *) address, fresh);
    }
  return fresh;
}

static GHashTable *
tabulate (const MsnpBook *book, const GArray *memberships)
{
  GHashTable *table =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  const GArray *contacts = book->contacts;

  for (guint i = 0; i < memberships->len; i++)
    {
      const MsnpMembership *membership =
          &g_array_index (memberships, MsnpMembership, i);

      ensure_fresh (table, membership->handle.address)->lists |=
          membership->list;
    }
  for (guint i = 0; i < contacts->len; i++)
    {
      const MsnpAbContact *contact =
          &g_array_index (contacts, MsnpAbContact, i);
      Fresh *fresh = ensure_fresh (table, contact->handle.address);

      fresh->contact = contact;
      if (contact->messenger)
        fresh->lists |= MSNP_LIST_FORWARD;
    }
  return table;
}

static void
compare_groups (MsnpSession *session, const GArray *fresh)
{
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *groups = msnp_people_groups (session->people);

  for (guint i = 0; i < fresh->len; i++)
    {
      const MsnpGroup *group = &g_array_index (fresh, MsnpGroup, i);

      g_hash_table_add (there, group->id);
      msnp_edits_server_group (session, group->id, group->name);
    }
  for (guint i = 0; i < groups->len; i++)
    {
      const MsnpPeopleGroup *group = groups->pdata[i];

      if (msnp_edits_group_exists (session, group) &&
          !g_hash_table_contains (there, group->id))
        g_ptr_array_add (gone, g_strdup (group->id));
    }
  for (guint i = 0; i < gone->len; i++)
    msnp_edits_server_group_gone (session, gone->pdata[i]);
}

static gboolean
is_in (char **ids, const char *id)
{
  return ids != NULL && g_strv_contains ((const char *const *) ids, id);
}

/* Into groups before out of them: a buddy that was moved is never missing. */
static void
compare_members (MsnpSession *session, MsnpPerson *person, char **ids)
{
  const GPtrArray *groups = msnp_people_groups (session->people);

  for (guint i = 0; i < 2 * groups->len; i++)
    {
      MsnpPeopleGroup *group = groups->pdata[i % groups->len];
      gboolean in = is_in (ids, group->id);

      if (in == (i < groups->len) &&
          msnp_edits_group_exists (session, group))
        msnp_edits_server_member (session, person, group, in);
    }
}

/* Whether the server has @person as we do. */
static gboolean
is_same (MsnpSession *session, const MsnpPerson *person, const Fresh *fresh)
{
  const MsnpAbContact *contact = fresh->contact;
  guint n_groups = person->groups != NULL ? person->groups->len : 0;

  if (!msnp_edits_is_clean (session, person) ||
      person->lists != fresh->lists)
    return FALSE;
  if (contact == NULL || !contact->messenger)
    return TRUE;
  for (guint i = 0; i < n_groups; i++)
    {
      const MsnpPeopleGroup *group = person->groups->pdata[i];

      if (!is_in (contact->groups, group->id))
        return FALSE;
    }
  return n_groups == (contact->groups != NULL
                          ? g_strv_length (contact->groups)
                          : 0) &&
         g_strcmp0 (person->alias, contact->alias) == 0 &&
         person->id != NULL;
}

#define ALL_LISTS                                                             \
  (MSNP_LIST_FORWARD | MSNP_LIST_ALLOW | MSNP_LIST_BLOCK |                    \
   MSNP_LIST_REVERSE | MSNP_LIST_PENDING)

static void
compare_person (MsnpSession *session, const char *address, const Fresh *fresh)
{
  const MsnpAbContact *contact = fresh->contact;
  gboolean messenger = contact != NULL && contact->messenger;
  const MsnpHandle handle = { .address = (char *) address,
                              .network = contact != NULL
                                             ? contact->handle.network
                                             : MSNP_NETWORK_NONE };
  MsnpPerson *person = ensure (session, &handle);

  if (person == NULL || is_same (session, person, fresh))
    return;
  if (contact != NULL)
    {
      learn_id (session, person, contact->id);
      learn_nick (person, contact->nick);
    }
  msnp_edits_hold (session);
  msnp_edits_server_lists (session, person, fresh->lists, ALL_LISTS);
  if (messenger)
    {
      compare_members (session, person, contact->groups);
      msnp_edits_server_alias (session, person, contact->alias);
    }
  msnp_report_ask (session, person);
  msnp_edits_release (session);
}

static void
collect_missing (MsnpPerson *person, gpointer data)
{
  gpointer *both = data;

  if (!g_hash_table_contains (both[0], person->address))
    g_ptr_array_add (both[1], g_strdup (person->address));
}

static void
compare_missing (MsnpSession *session, GHashTable *table)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  gpointer both[] = { table, missing };
  const Fresh none = { 0 };

  msnp_people_foreach (session->people, collect_missing, both);
  for (guint i = 0; i < missing->len; i++)
    compare_person (session, missing->pdata[i], &none);
}

void
msnp_contacts_compare (MsnpSession *session, const MsnpBook *memberships,
                       const MsnpBook *book)
{
  const GArray *rows = memberships->memberships;
  g_autoptr (GHashTable) table = tabulate (book, rows);
  GHashTableIter iter;
  gpointer address, fresh;

  for (guint i = 0; i < rows->len; i++)
    learn_pending (session, &g_array_index (rows, MsnpMembership, i));
  compare_groups (session, book->groups);
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &address, &fresh))
    compare_person (session, address, fresh);
  compare_missing (session, table);
  if (book->allow_others != MSNP_SETTING_UNSET)
    msnp_edits_server_open (session, book->allow_others == MSNP_SETTING_YES);
  session->lists->asks = book->ask != MSNP_SETTING_NO;
}
