/* What came of a step: what the server has moves on, or the copy is taken
 * back to it. */

#include "msnp-edits-private.h"

#include <string.h>

#include "msnp-error.h"

/* How often a step is tried when the server is busy. */
#define MAX_TRIES 3

/* --- numbered errors ---------------------------------------------------- */

/* What was asked for is so already. */
static gboolean
is_so_already (const MsnpStep *step, guint code)
{
  if (code == 224) /* a group that is not there need not be left */
    return !step->add && step->kind != MSNP_STEP_NAME_GROUP;
  return (msnp_error_find (code)->traits & MSNP_ERROR_DONE) != 0;
}

/* Too fast, or the server is busy or goes down: not the list's fault. */
static gboolean
is_passing (guint code)
{
  ImProblem problem = msnp_error_find (code)->problem;

  return problem == IM_PROBLEM_RATE_LIMITED ||
         (problem == IM_PROBLEM_UNAVAILABLE && code >= 600);
}

MsnpSettled
msnp_edits_judge (const MsnpStep *step, guint code)
{
  MsnpSettled settled = { MSNP_SETTLED_REFUSED, IM_LIST_ERROR_SERVER, code,
                          NULL };

  if (code == 0 || is_so_already (step, code))
    settled.kind = MSNP_SETTLED_DONE;
  else if (is_passing (code))
    settled.kind = MSNP_SETTLED_LATER;
  settled.reason = msnp_error_find (code)->list;
  /* Where there are words for it, its number helps nobody. */
  if (settled.reason != IM_LIST_ERROR_SERVER)
    settled.code = 0;
  return settled;
}

/* --- what came of a step ------------------------------------------------ */

static void
report_refusal (MsnpSession *session, const char *who, const char *group,
                const MsnpSettled *settled)
{
  ImEvent event = { .type = IM_EVENT_LIST_ERROR };

  event.list_error.who = who;
  event.list_error.group = group;
  event.list_error.reason = settled->reason;
  event.list_error.code = settled->code;
  msnp_session_emit (session, &event);
}

static void
report_refused_person (MsnpSession *session, MsnpOther *other,
                       const char *group, const MsnpSettled *settled)
{
  if (!other->told)
    report_refusal (session, other->person->address, group, settled);
  other->told = TRUE;
}

static void
list_done (MsnpSession *session, MsnpOther *other, const MsnpStep *step,
           const MsnpSettled *settled)
{
  MsnpPerson *person = other->person;

  if (step->add)
    other->lists |= step->list;
  else
    other->lists &= ~(guint)step->list;
  if (step->list == MSNP_LIST_PENDING && step->accepts)
    {
      other->lists |= MSNP_LIST_REVERSE;
      person->lists |= MSNP_LIST_REVERSE;
    }
  if (step->list != MSNP_LIST_FORWARD)
    return;
  if (step->add)
    {
      if (settled->id != NULL)
        msnp_people_set_id (session->people, person, settled->id);
      if (step->group != NULL)
        msnp_edits_put_in (other->groups, step->group, TRUE);
      g_clear_pointer (&other->words, g_free);
      if (person->lists & MSNP_LIST_FORWARD)
        msnp_report_buddy (session, person);
      return;
    }
  g_ptr_array_set_size (other->groups, 0);
  g_clear_pointer (&other->alias, g_free);
  msnp_people_set_id (session->people, person, NULL);
  person->status = MSNP_STATUS_OFFLINE;
}

static void
take_groups_back (MsnpOther *other)
{
  MsnpPerson *person = other->person;

  g_clear_pointer (&person->groups, g_ptr_array_unref);
  for (guint i = 0; i < other->groups->len; i++)
    msnp_people_join (person, other->groups->pdata[i]);
  g_free (person->alias);
  person->alias = g_strdup (other->alias);
}

/* Back to what the server has, unless the user wants it otherwise again by
 * now. Somebody who cannot be added is not allowed either. */
static void
list_refused (MsnpSession *session, MsnpOther *other, const MsnpStep *step,
              const MsnpSettled *settled)
{
  MsnpPerson *person = other->person;
  guint back = step->list;
  g_autofree char *group = NULL;
  MsnpShown shown;

  if (((person->lists & step->list) != 0) != step->add)
    return;
  msnp_shown_take (&shown, person);
  group = g_strdup (shown.groups->pdata[0]);
  if (step->list == MSNP_LIST_FORWARD)
    take_groups_back (other);
  if (step->list == MSNP_LIST_FORWARD && step->add &&
      !(other->busy_lists & MSNP_LIST_ALLOW))
    back |= MSNP_LIST_ALLOW;
  person->lists = (person->lists & ~back) | (other->lists & back);
  msnp_shown_report (session, person, &shown);
  if (step->list != MSNP_LIST_PENDING)
    report_refused_person (session, other, group, settled);
}

static void
member_refused (MsnpSession *session, MsnpOther *other, const MsnpStep *step,
                const MsnpSettled *settled)
{
  MsnpPerson *person = other->person;
  MsnpShown shown;

  if (msnp_edits_contains (person->groups, step->group) != step->add)
    return;
  msnp_shown_take (&shown, person);
  if (step->add)
    msnp_people_part (person, step->group);
  else if (person->lists & MSNP_LIST_FORWARD)
    msnp_people_join (person, step->group);
  msnp_shown_report (session, person, &shown);
  report_refused_person (session, other, step->group->name, settled);
}

static void
alias_refused (MsnpSession *session, MsnpOther *other, const MsnpStep *step,
               const MsnpSettled *settled)
{
  MsnpPerson *person = other->person;
  MsnpShown shown;

  if (g_strcmp0 (person->alias, step->text) != 0)
    return;
  msnp_shown_take (&shown, person);
  g_free (person->alias);
  person->alias = g_strdup (other->alias);
  msnp_shown_report (session, person, &shown);
  report_refused_person (session, other, "", settled);
}

static void
settle_person (MsnpSession *session, const MsnpStep *step,
               const MsnpSettled *settled)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpOther *other = msnp_edits_find (edits, step->person);
  gboolean done = settled->kind == MSNP_SETTLED_DONE;
  gboolean refused = settled->kind == MSNP_SETTLED_REFUSED;

  other->n_busy--;
  if (settled->kind != MSNP_SETTLED_LATER)
    other->tries = 0;
  switch (step->kind)
    {
    case MSNP_STEP_LIST:
      other->busy_lists &= ~(guint)step->list;
      if (done)
        list_done (session, other, step, settled);
      else if (refused)
        list_refused (session, other, step, settled);
      break;
    case MSNP_STEP_MEMBER:
      g_ptr_array_remove (other->busy_groups, step->group);
      if (done)
        msnp_edits_put_in (other->groups, step->group, step->add);
      else if (refused)
        member_refused (session, other, step, settled);
      break;
    default:
      other->busy_alias = FALSE;
      if (refused)
        alias_refused (session, other, step, settled);
      if (!done)
        break;
      g_free (other->alias);
      other->alias = g_strdup (step->text);
      break;
    }
  msnp_edits_enqueue (edits, other);
}

static void
group_done (MsnpSession *session, MsnpOtherGroup *other, const MsnpStep *step,
            const MsnpSettled *settled)
{
  other->exists = step->kind != MSNP_STEP_DROP_GROUP;
  g_free (other->name);
  other->name = g_strdup (step->text);
  if (step->kind == MSNP_STEP_NEW_GROUP && settled->id != NULL)
    msnp_people_set_group_id (session->people, other->group, settled->id);
}

/* Whoever was to be in it is in no group then, but on the list. */
static void
new_group_refused (MsnpSession *session, MsnpOtherGroup *other)
{
  g_autoptr (GPtrArray) members = msnp_edits_members (session, other->group);

  other->wanted = FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      MsnpPerson *person = members->pdata[i];
      MsnpShown shown;

      msnp_shown_take (&shown, person);
      msnp_people_part (person, other->group);
      msnp_shown_report (session, person, &shown);
    }
  msnp_report_group_gone (session, other->group->name);
}

static void
group_refused (MsnpSession *session, MsnpOtherGroup *other,
               const MsnpStep *step, const MsnpSettled *settled)
{
  if (step->kind == MSNP_STEP_NEW_GROUP)
    new_group_refused (session, other);
  else if (step->kind == MSNP_STEP_DROP_GROUP)
    {
      other->wanted = TRUE;
      msnp_report_group (session, other->group->name, NULL);
    }
  else if (strcmp (other->group->name, step->text) == 0)
    {
      msnp_people_set_group (session->people, other->group->id, other->name);
      msnp_report_group (session, other->name, step->text);
    }
  report_refusal (session, "", step->text, settled);
}

static void
settle_group (MsnpSession *session, const MsnpStep *step,
              const MsnpSettled *settled)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpOtherGroup *other = msnp_edits_find_group (edits, step->group);

  other->busy = FALSE;
  if (settled->kind == MSNP_SETTLED_DONE)
    group_done (session, other, step, settled);
  else if (settled->kind == MSNP_SETTLED_REFUSED)
    group_refused (session, other, step, settled);
  msnp_edits_enqueue_all (edits);
}

static void
settle_mode (MsnpSession *session, const MsnpStep *step,
             const MsnpSettled *settled)
{
  MsnpEdits *edits = session->lists->edits;

  edits->busy_open = FALSE;
  if (settled->kind == MSNP_SETTLED_DONE)
    edits->open = step->add;
  else if (settled->kind == MSNP_SETTLED_REFUSED &&
           session->lists->open == step->add)
    {
      session->lists->open = edits->open;
      msnp_report_privacy (session);
      report_refusal (session, "", "", settled);
    }
}

/* A server that stays busy has refused. */
static MsnpSettled
judge_patience (MsnpSession *session, const MsnpStep *step,
                const MsnpSettled *settled)
{
  MsnpEdits *edits = session->lists->edits;
  guint *tries = NULL;
  MsnpSettled result = *settled;

  if (result.kind != MSNP_SETTLED_LATER)
    return result;
  if (step->person != NULL)
    tries = &msnp_edits_find (edits, step->person)->tries;
  else if (step->group != NULL)
    tries = &msnp_edits_find_group (edits, step->group)->tries;
  if (tries == NULL || ++*tries > MAX_TRIES)
    result.kind = MSNP_SETTLED_REFUSED;
  else
    msnp_edits_pause (session);
  return result;
}

void
msnp_edits_settle (MsnpSession *session, MsnpStep *step,
                   const MsnpSettled *settled)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpSettled result;

  if (step->over || session->gone)
    {
      msnp_step_free (step);
      return;
    }
  msnp_session_ref (session);
  g_queue_remove (&edits->under_way, step);
  edits->n_busy--;
  result = judge_patience (session, step, settled);
  msnp_edits_hold (session);
  if (step->kind == MSNP_STEP_MODE)
    settle_mode (session, step, &result);
  else if (step->person != NULL)
    settle_person (session, step, &result);
  else
    settle_group (session, step, &result);
  msnp_step_free (step);
  msnp_edits_release (session);
  msnp_session_unref (session);
}
