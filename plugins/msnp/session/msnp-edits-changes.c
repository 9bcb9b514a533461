/* Changes: those the user makes to the copy, and those the server tells of by
 * itself. */

#include "msnp-edits-private.h"

#include <string.h>

/* --- what the user wants ------------------------------------------------ */

void
msnp_edits_begin (MsnpSession *session, MsnpPerson *person)
{
  msnp_edits_ensure (session->lists->edits, person);
}

void
msnp_edits_commit (MsnpSession *session, MsnpPerson *person)
{
  MsnpOther *other = msnp_edits_find (session->lists->edits, person);

  other->told = FALSE;
  msnp_edits_enqueue (session->lists->edits, other);
  msnp_edits_pump (session);
}

void
msnp_edits_end_waiting (MsnpSession *session, MsnpPerson *person)
{
  if (!(person->lists & MSNP_LIST_PENDING) ||
      !(person->lists & MSNP_LISTS_DECIDED))
    return;
  msnp_edits_begin (session, person);
  person->lists &= ~(guint)MSNP_LIST_PENDING;
  msnp_edits_commit (session, person);
}

void
msnp_edits_set_words (MsnpSession *session, MsnpPerson *person,
                      const char *words)
{
  MsnpOther *other = msnp_edits_ensure (session->lists->edits, person);

  g_free (other->words);
  other->words = g_strdup (words);
}

MsnpPeopleGroup *
msnp_edits_group (MsnpSession *session, const char *name)
{
  const GPtrArray *groups = msnp_people_groups (session->people);

  for (guint i = 0; i < groups->len; i++)
    {
      MsnpPeopleGroup *group = groups->pdata[i];

      if (strcmp (group->name, name) == 0 &&
          msnp_edits_wants_group (session->lists->edits, group))
        return group;
    }
  return NULL;
}

/* Until the server has named it, a group has an id no server gives. */
MsnpPeopleGroup *
msnp_edits_ensure_group (MsnpSession *session, const char *name)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpPeopleGroup *group = msnp_edits_group (session, name);
  g_autofree char *id = NULL;
  MsnpOtherGroup *other;

  if (group != NULL || *name == '\0' || edits->way == NULL ||
      !edits->way->groups)
    return group;
  id = g_strdup_printf ("new %u", ++edits->n_made);
  group = msnp_people_set_group (session->people, id, name);
  other = msnp_edits_note_group (edits, group);
  other->exists = FALSE;
  g_clear_pointer (&other->name, g_free);
  msnp_edits_pump (session);
  return group;
}

void
msnp_edits_name_group (MsnpSession *session, MsnpPeopleGroup *group,
                       const char *name)
{
  msnp_edits_note_group (session->lists->edits, group);
  msnp_people_set_group (session->people, group->id, name);
  msnp_edits_pump (session);
}

/* Whoever is still in it stays on the list: it may be somebody another client
 * put there, whom the user here never saw. */
void
msnp_edits_drop_group (MsnpSession *session, MsnpPeopleGroup *group)
{
  MsnpEdits *edits = session->lists->edits;
  g_autoptr (GPtrArray) members = msnp_edits_members (session, group);

  msnp_edits_hold (session);
  msnp_edits_note_group (edits, group)->wanted = FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      MsnpPerson *person = members->pdata[i];
      MsnpShown shown;

      msnp_shown_take (&shown, person);
      msnp_edits_enqueue (edits, msnp_edits_ensure (edits, person));
      msnp_people_part (person, group);
      msnp_shown_report (session, person, &shown);
    }
  msnp_edits_release (session);
}

void
msnp_edits_set_open (MsnpSession *session, gboolean open)
{
  session->lists->open = open;
  msnp_edits_pump (session);
}

/* --- what the server has ------------------------------------------------ */

/* The bits of @mask the user has no other wish about. */
static guint
undisputed (const MsnpOther *other, guint mask)
{
  if (other == NULL)
    return mask;
  return mask & ~(other->lists ^ other->person->lists) & ~other->busy_lists;
}

void
msnp_edits_server_lists (MsnpSession *session, MsnpPerson *person, guint lists,
                         guint mask)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpOther *other = msnp_edits_find (edits, person);
  guint take_over = undisputed (other, mask);
  MsnpShown shown;

  msnp_edits_hold (session);
  msnp_shown_take (&shown, person);
  if (other != NULL)
    other->lists = (other->lists & ~mask) | (lists & mask);
  person->lists = (person->lists & ~take_over) | (lists & take_over);
  if (mask & MSNP_LIST_FORWARD && !(lists & MSNP_LIST_FORWARD))
    {
      if (other != NULL)
        g_ptr_array_set_size (other->groups, 0);
      if (!(person->lists & MSNP_LIST_FORWARD))
        g_clear_pointer (&person->groups, g_ptr_array_unref);
    }
  msnp_shown_report (session, person, &shown);
  /* Looked at again, whoever it is: nobody is kept who is on no list. */
  msnp_edits_enqueue (edits, msnp_edits_ensure (edits, person));
  msnp_edits_release (session);
}

void
msnp_edits_server_member (MsnpSession *session, MsnpPerson *person,
                          MsnpPeopleGroup *group, gboolean in)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpOther *other = msnp_edits_find (edits, person);
  gboolean disputed = FALSE;
  MsnpShown shown;

  msnp_edits_hold (session);
  if (other != NULL)
    {
      disputed = msnp_edits_contains (other->busy_groups, group) ||
                 msnp_edits_contains (other->groups, group) !=
                     msnp_edits_contains (person->groups, group);
      msnp_edits_put_in (other->groups, group, in);
      msnp_edits_enqueue (edits, other);
    }
  if (!disputed)
    {
      msnp_shown_take (&shown, person);
      if (in)
        msnp_people_join (person, group);
      else
        msnp_people_part (person, group);
      msnp_shown_report (session, person, &shown);
    }
  msnp_edits_release (session);
}

void
msnp_edits_server_alias (MsnpSession *session, MsnpPerson *person,
                         const char *alias)
{
  MsnpOther *other = msnp_edits_find (session->lists->edits, person);
  MsnpShown shown;

  if (other != NULL)
    {
      gboolean disputed =
          other->busy_alias || g_strcmp0 (other->alias, person->alias) != 0;

      g_free (other->alias);
      other->alias = g_strdup (alias);
      if (disputed)
        return;
    }
  msnp_shown_take (&shown, person);
  g_free (person->alias);
  person->alias = g_strdup (alias);
  msnp_shown_report (session, person, &shown);
}

/* A group of ours that the server does not have yet, and somebody else made
 * meanwhile. */
static MsnpOtherGroup *
find_unmade (MsnpSession *session, const char *name)
{
  MsnpPeopleGroup *group = msnp_edits_group (session, name);
  MsnpOtherGroup *other =
      group != NULL ? msnp_edits_find_group (session->lists->edits, group)
                    : NULL;

  return other != NULL && !other->exists && !other->busy ? other : NULL;
}

void
msnp_edits_server_group (MsnpSession *session, const char *id, const char *name)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpPeopleGroup *group = msnp_people_find_group (session->people, id);
  MsnpOtherGroup *other = group != NULL ? msnp_edits_find_group (edits, group)
                                        : find_unmade (session, name);
  g_autofree char *old_name = NULL;

  if (group == NULL &&
      msnp_people_groups (session->people)->len >= IM_MAX_MSNP_GROUPS)
    return;
  if (other != NULL)
    {
      if (group == NULL)
        msnp_people_set_group_id (session->people, other->group, id);
      other->exists = TRUE;
      g_free (other->name);
      other->name = g_strdup (name);
      return;
    }
  if (group != NULL && strcmp (group->name, name) == 0)
    return;
  if (group != NULL)
    old_name = g_strdup (group->name);
  msnp_people_set_group (session->people, id, name);
  msnp_report_group (session, name, old_name);
}

void
msnp_edits_server_group_gone (MsnpSession *session, const char *id)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpPeopleGroup *group = msnp_people_find_group (session->people, id);
  g_autoptr (GPtrArray) members = NULL;
  MsnpOtherGroup *other;

  if (group == NULL)
    return;
  members = msnp_edits_members (session, group);
  other = msnp_edits_note_group (edits, group);
  if (other->busy)
    return; /* its own answer will tell */
  msnp_edits_hold (session);
  for (guint i = 0; i < members->len; i++)
    msnp_edits_server_member (session, members->pdata[i], group, FALSE);
  other->exists = FALSE;
  other->wanted = FALSE;
  msnp_report_group_gone (session, group->name);
  msnp_edits_release (session);
}

void
msnp_edits_server_open (MsnpSession *session, gboolean open)
{
  MsnpEdits *edits = session->lists->edits;
  gboolean disputed = edits->busy_open || edits->open != session->lists->open;

  edits->open = open;
  if (disputed || session->lists->open == open)
    return;
  session->lists->open = open;
  msnp_report_privacy (session);
}
