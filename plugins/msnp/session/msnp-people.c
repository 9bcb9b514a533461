#include "msnp-people.h"

#include <string.h>

struct _MsnpPeople
{
  GHashTable *by_address; /* MsnpPerson.address → owned MsnpPerson */
  GHashTable *by_id;      /* MsnpPerson.id → MsnpPerson */
  GPtrArray *groups;      /* owned MsnpPeopleGroup, as the server has them */
  GHashTable *group_ids;  /* MsnpPeopleGroup.id → MsnpPeopleGroup */
};

static void
person_free (gpointer data)
{
  MsnpPerson *person = data;

  g_clear_pointer (&person->groups, g_ptr_array_unref);
  g_free (person->address);
  g_free (person->id);
  g_free (person->nick);
  g_free (person->alias);
  g_free (person->message);
  g_free (person->media);
  g_free (person);
}

static void
group_free (gpointer data)
{
  MsnpPeopleGroup *group = data;

  g_free (group->id);
  g_free (group->name);
  g_free (group);
}

MsnpPeople *
msnp_people_new (void)
{
  MsnpPeople *people = g_new0 (MsnpPeople, 1);

  people->by_address =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, person_free);
  people->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  people->groups = g_ptr_array_new_with_free_func (group_free);
  people->group_ids = g_hash_table_new (g_str_hash, g_str_equal);
  return people;
}

void
msnp_people_free (MsnpPeople *people)
{
  if (people == NULL)
    return;
  msnp_people_clear (people);
  g_hash_table_unref (people->by_id);
  g_hash_table_unref (people->by_address);
  g_hash_table_unref (people->group_ids);
  g_ptr_array_unref (people->groups);
  g_free (people);
}

/* People hold groups, so they go first. */
void
msnp_people_clear (MsnpPeople *people)
{
  g_hash_table_remove_all (people->by_id);
  g_hash_table_remove_all (people->by_address);
  g_hash_table_remove_all (people->group_ids);
  g_ptr_array_set_size (people->groups, 0);
}

/* Almost every address comes from a codec, in lower case already. */
static gboolean
is_lower (const char *address)
{
  for (; *address != '\0'; address++)
    if (g_ascii_isupper (*address))
      return FALSE;
  return TRUE;
}

MsnpPerson *
msnp_people_find (const MsnpPeople *people, const char *address)
{
  g_autofree char *lower = NULL;

  if (is_lower (address))
    return g_hash_table_lookup (people->by_address, address);
  lower = g_ascii_strdown (address, -1);
  return g_hash_table_lookup (people->by_address, lower);
}

MsnpPerson *
msnp_people_find_id (const MsnpPeople *people, const char *id)
{
  return g_hash_table_lookup (people->by_id, id);
}

MsnpPerson *
msnp_people_ensure (MsnpPeople *people, const char *address)
{
  MsnpPerson *person = msnp_people_find (people, address);

  if (person != NULL)
    return person;
  person = g_new0 (MsnpPerson, 1);
  person->address = g_ascii_strdown (address, -1);
  person->status = MSNP_STATUS_OFFLINE;
  g_hash_table_insert (people->by_address, person->address, person);
  return person;
}

static void
forget_id (MsnpPeople *people, const MsnpPerson *person)
{
  if (person->id != NULL &&
      g_hash_table_lookup (people->by_id, person->id) == person)
    g_hash_table_remove (people->by_id, person->id);
}

/* An id two people claim is the later one's, as with a server that gave it
 * away again; the other then has none that edits could hit somebody else
 * with. */
void
msnp_people_set_id (MsnpPeople *people, MsnpPerson *person, const char *id)
{
  MsnpPerson *other;

  if (g_strcmp0 (person->id, id) == 0)
    return;
  forget_id (people, person);
  g_free (person->id);
  person->id = g_strdup (id);
  if (id == NULL)
    return;
  other = g_hash_table_lookup (people->by_id, id);
  if (other != NULL)
    {
      g_hash_table_remove (people->by_id, id);
      g_clear_pointer (&other->id, g_free);
    }
  g_hash_table_insert (people->by_id, person->id, person);
}

void
msnp_people_remove (MsnpPeople *people, MsnpPerson *person)
{
  forget_id (people, person);
  g_hash_table_remove (people->by_address, person->address);
}

guint
msnp_people_count (const MsnpPeople *people)
{
  return g_hash_table_size (people->by_address);
}

void
msnp_people_foreach (const MsnpPeople *people, MsnpPersonFunc func,
                     gpointer data)
{
  GHashTableIter iter;
  gpointer person;

  g_hash_table_iter_init (&iter, people->by_address);
  while (g_hash_table_iter_next (&iter, NULL, &person))
    func (person, data);
}

/* --- groups ------------------------------------------------------------- */

const GPtrArray *
msnp_people_groups (const MsnpPeople *people)
{
  return people->groups;
}

MsnpPeopleGroup *
msnp_people_find_group (const MsnpPeople *people, const char *id)
{
  return g_hash_table_lookup (people->group_ids, id);
}

MsnpPeopleGroup *
msnp_people_find_group_by_name (const MsnpPeople *people, const char *name)
{
  for (guint i = 0; i < people->groups->len; i++)
    {
      MsnpPeopleGroup *group = people->groups->pdata[i];

      if (strcmp (group->name, name) == 0)
        return group;
    }
  return NULL;
}

MsnpPeopleGroup *
msnp_people_set_group (MsnpPeople *people, const char *id, const char *name)
{
  MsnpPeopleGroup *group = msnp_people_find_group (people, id);
  char *copy = g_strdup (name);

  if (group == NULL)
    {
      group = g_new0 (MsnpPeopleGroup, 1);
      group->id = g_strdup (id);
      g_ptr_array_add (people->groups, group);
      g_hash_table_insert (people->group_ids, group->id, group);
    }
  g_free (group->name);
  group->name = copy;
  return group;
}

void
msnp_people_set_group_id (MsnpPeople *people, MsnpPeopleGroup *group,
                          const char *id)
{
  g_hash_table_remove (people->group_ids, group->id);
  g_free (group->id);
  group->id = g_strdup (id);
  g_hash_table_insert (people->group_ids, group->id, group);
}

static void
part_one (MsnpPerson *person, gpointer group)
{
  msnp_people_part (person, group);
}

void
msnp_people_remove_group (MsnpPeople *people, MsnpPeopleGroup *group)
{
  msnp_people_foreach (people, part_one, group);
  g_hash_table_remove (people->group_ids, group->id);
  g_ptr_array_remove (people->groups, group);
}

gboolean
msnp_people_in_group (const MsnpPerson *person, const MsnpPeopleGroup *group)
{
  return person->groups != NULL &&
         g_ptr_array_find (person->groups, group, NULL);
}

gboolean
msnp_people_join (MsnpPerson *person, MsnpPeopleGroup *group)
{
  if (msnp_people_in_group (person, group))
    return FALSE;
  if (person->groups == NULL)
    person->groups = g_ptr_array_new ();
  g_ptr_array_add (person->groups, group);
  return TRUE;
}

gboolean
msnp_people_part (MsnpPerson *person, MsnpPeopleGroup *group)
{
  if (person->groups == NULL || !g_ptr_array_remove (person->groups, group))
    return FALSE;
  if (person->groups->len == 0)
    g_clear_pointer (&person->groups, g_ptr_array_unref);
  return TRUE;
}
