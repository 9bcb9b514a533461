/* What the user wants of the list, where it differs from what the server has.
 *
 * Only people and groups that differ have an entry here, with what the server
 * has; the copy in session->people is as the user wants it. The difference
 * decides the next steps, each is asked for once, and its answer moves what
 * the server has, or takes the copy back:
 *
 *   commit ()  ->  next_steps ()  ->  MsnpWay.take ()  ->  ... settle ()
 *                       ^                                      |
 *                       +--------------------------------------+
 *
 * So edits need no undo lists, what was asked for and taken back before it was
 * sent is never sent, a contact waits for its group and its id, and two
 * clients editing at once end with the same list. */

#include "msnp-list-private.h"

#include <string.h>

#include "msnp-error.h"

/* Steps tried again when the server is busy, and seconds before that. */
#define MAX_TRIES 3
#define LATER_SECONDS 10

/* A person the server has otherwise. */
typedef struct
{
  MsnpPerson *person;
  guint lists;            /* as the server has them */
  guint busy_lists;       /* of which one step is under way each */
  GPtrArray *groups;      /* MsnpPeopleGroup, as the server has them */
  GPtrArray *busy_groups; /* MsnpPeopleGroup */
  char *alias;
  gboolean busy_alias;
  guint n_busy;
  char *words;            /* nullable: to go with FORWARD */
  guint tries;
  gboolean told;          /* a refusal was reported */
  gboolean queued;
} Other;

/* A group the server has otherwise. */
typedef struct
{
  MsnpPeopleGroup *group;
  gboolean exists;
  gboolean wanted;
  char *name; /* nullable: as the server has it */
  gboolean busy;
  guint tries;
} OtherGroup;

struct _MsnpEdits
{
  const MsnpWay *way;  /* nullable: the list is not known */
  GHashTable *others;  /* MsnpPerson → owned Other */
  GHashTable *groups;  /* MsnpPeopleGroup → owned OtherGroup */
  GQueue queue;        /* Other, to look for steps of */
  guint n_busy;
  gboolean open;       /* as the server has it */
  gboolean busy_open;
  guint held;          /* no steps now: something is being changed */
  guint n_begun;       /* steps so far */
  guint n_made;        /* groups made so far, for provisional ids */
  ImTimer *later_timer;
  ImTimer *expiry_timer;
  GQueue under_way;    /* MsnpStep with a deadline, oldest first */
};

static void
other_free (gpointer data)
{
  Other *other = data;

  g_ptr_array_unref (other->groups);
  g_ptr_array_unref (other->busy_groups);
  g_free (other->alias);
  g_free (other->words);
  g_free (other);
}

static void
other_group_free (gpointer data)
{
  OtherGroup *other = data;

  g_free (other->name);
  g_free (other);
}

void
msnp_step_free (MsnpStep *step)
{
  g_free (step->text);
  g_free (step);
}

void
msnp_edits_init (MsnpSession *session)
{
  MsnpEdits *edits = g_new0 (MsnpEdits, 1);

  edits->others = g_hash_table_new_full (NULL, NULL, NULL, other_free);
  edits->groups = g_hash_table_new_full (NULL, NULL, NULL, other_group_free);
  g_queue_init (&edits->queue);
  g_queue_init (&edits->under_way);
  session->lists->edits = edits;
}

void
msnp_edits_clear (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;
  const ImHostOps *ops = session->host->ops;

  ops->timer_cancel (session->host, edits->later_timer);
  ops->timer_cancel (session->host, edits->expiry_timer);
  g_queue_clear (&edits->queue);
  g_queue_clear (&edits->under_way);
  g_hash_table_unref (edits->others);
  g_hash_table_unref (edits->groups);
  g_clear_pointer (&session->lists->edits, g_free);
}

void
msnp_edits_start (MsnpSession *session, const MsnpWay *way)
{
  session->lists->edits->way = way;
  session->lists->edits->open = session->lists->open;
}

const MsnpWay *
msnp_edits_way (const MsnpSession *session)
{
  return session->lists->edits->way;
}

/* --- what the server has ------------------------------------------------ */

static GPtrArray *
copy_groups (const MsnpPerson *person)
{
  GPtrArray *groups = g_ptr_array_new ();

  for (guint i = 0; person->groups != NULL && i < person->groups->len; i++)
    g_ptr_array_add (groups, person->groups->pdata[i]);
  return groups;
}

static Other *
find_other (const MsnpEdits *edits, const MsnpPerson *person)
{
  return g_hash_table_lookup (edits->others, person);
}

static Other *
ensure_other (MsnpEdits *edits, MsnpPerson *person)
{
  Other *other = find_other (edits, person);

  if (other != NULL)
    return other;
  other = g_new0 (Other, 1);
  other->person = person;
  other->lists = person->lists;
  other->groups = copy_groups (person);
  other->busy_groups = g_ptr_array_new ();
  other->alias = g_strdup (person->alias);
  g_hash_table_insert (edits->others, person, other);
  return other;
}

static gboolean
contains (const GPtrArray *groups, const MsnpPeopleGroup *group)
{
  return groups != NULL &&
         g_ptr_array_find ((GPtrArray *) groups, group, NULL);
}

static void
put_in (GPtrArray *groups, MsnpPeopleGroup *group, gboolean in)
{
  if (!in)
    g_ptr_array_remove (groups, group);
  else if (!contains (groups, group))
    g_ptr_array_add (groups, group);
}

static OtherGroup *
find_other_group (const MsnpEdits *edits, const MsnpPeopleGroup *group)
{
  return g_hash_table_lookup (edits->groups, group);
}

static OtherGroup *
ensure_other_group (MsnpEdits *edits, MsnpPeopleGroup *group)
{
  OtherGroup *other = find_other_group (edits, group);

  if (other != NULL)
    return other;
  other = g_new0 (OtherGroup, 1);
  other->group = group;
  other->exists = TRUE;
  other->wanted = TRUE;
  other->name = g_strdup (group->name);
  g_hash_table_insert (edits->groups, group, other);
  return other;
}

static gboolean
is_wanted (const MsnpEdits *edits, const MsnpPeopleGroup *group)
{
  const OtherGroup *other = find_other_group (edits, group);

  return other == NULL || other->wanted;
}

gboolean
msnp_edits_group_exists (const MsnpSession *session,
                         const MsnpPeopleGroup *group)
{
  const OtherGroup *other = find_other_group (session->lists->edits, group);

  return other == NULL || other->exists;
}

gboolean
msnp_edits_is_clean (const MsnpSession *session, const MsnpPerson *person)
{
  return find_other (session->lists->edits, person) == NULL;
}

gboolean
msnp_edits_is_busy (const MsnpSession *session)
{
  return session->lists->edits->n_busy > 0;
}

guint
msnp_edits_count (const MsnpSession *session)
{
  return session->lists->edits->n_begun;
}

/* --- carrying out ------------------------------------------------------- */

static void pump (MsnpSession *session);
static void watch_expiry (MsnpSession *session);

static MsnpStep *
step_new (MsnpStepKind kind, gboolean add)
{
  MsnpStep *step = g_new0 (MsnpStep, 1);

  step->kind = kind;
  step->add = add;
  return step;
}

/* Servers carry some edits out without a word, and later ones must not wait
 * for ever. Web requests have a time limit of their own. */
static void
take (MsnpSession *session, MsnpStep *step)
{
  MsnpEdits *edits = session->lists->edits;

  edits->n_busy++;
  edits->n_begun++;
  if (edits->way->ordered)
    {
      step->deadline = session->host->ops->monotonic_ms (session->host) +
                       IM_PENDING_REQUEST_SECONDS * 1000;
      g_queue_push_tail (&edits->under_way, step);
      watch_expiry (session);
    }
  edits->way->take (session, step);
}

static void
on_expiry (gpointer user)
{
  MsnpSession *session = user;
  MsnpEdits *edits = session->lists->edits;
  const MsnpSettled done = { .kind = MSNP_SETTLED_DONE };
  gint64 now = session->host->ops->monotonic_ms (session->host);
  MsnpStep *step;

  edits->expiry_timer = NULL;
  while ((step = g_queue_peek_head (&edits->under_way)) != NULL &&
         step->deadline <= now)
    {
      /* Whoever carries it out still has it. */
      MsnpStep *copy = g_memdup2 (step, sizeof *step);

      copy->text = g_strdup (step->text);
      g_queue_pop_head (&edits->under_way);
      step->over = TRUE;
      msnp_edits_settle (session, copy, &done);
    }
  watch_expiry (session);
}

static void
watch_expiry (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;
  const MsnpStep *first = g_queue_peek_head (&edits->under_way);
  const ImHostOps *ops = session->host->ops;
  gint64 left;

  if (first == NULL || edits->expiry_timer != NULL)
    return;
  left = first->deadline - ops->monotonic_ms (session->host);
  edits->expiry_timer = ops->timer_add (
      session->host, (guint) CLAMP (left, 0, G_MAXINT), on_expiry, session);
}

static gboolean
is_full (const MsnpEdits *edits)
{
  return edits->later_timer != NULL ||
         (edits->way->at_once > 0 && edits->n_busy >= edits->way->at_once);
}

/* --- the next steps of a person ----------------------------------------- */

/* The group to put somebody into who is being added, if the way can do that
 * at once. */
static MsnpPeopleGroup *
first_group (const MsnpEdits *edits, const MsnpPerson *person)
{
  if (!edits->way->into_group || person->groups == NULL)
    return NULL;
  return g_ptr_array_index (person->groups, 0);
}

/* Whether the opposite of @list is out of the way: nobody may be allowed and
 * blocked. */
static gboolean
is_free_of (const MsnpEdits *edits, const Other *other, guint opposite)
{
  if (!(other->lists & opposite))
    return !(other->busy_lists & opposite);
  return edits->way->ordered && other->busy_lists & opposite;
}

static gboolean
may_change_list (const MsnpSession *session, const Other *other,
                 MsnpListFlags list, gboolean add)
{
  const MsnpEdits *edits = session->lists->edits;
  const MsnpPerson *person = other->person;
  guint open = (person->lists ^ other->lists) | other->busy_lists;
  const MsnpPeopleGroup *group;

  switch (list)
    {
    case MSNP_LIST_FORWARD:
      group = first_group (edits, person);
      return add ? group == NULL || msnp_edits_group_exists (session, group)
                 : other->busy_groups->len == 0 &&
                       (!edits->way->ids || person->id != NULL);
    /* An address that does not exist is refused once, not twice. */
    case MSNP_LIST_ALLOW:
      return !add || (is_free_of (edits, other, MSNP_LIST_BLOCK) &&
                      (edits->way->ordered || !(open & MSNP_LIST_FORWARD) ||
                       !(person->lists & MSNP_LIST_FORWARD)));
    case MSNP_LIST_BLOCK:
      return !add || is_free_of (edits, other, MSNP_LIST_ALLOW);
    default:
      return !add;
    }
}

static void
change_list (MsnpSession *session, Other *other, MsnpListFlags list,
             gboolean add)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpStep *step = step_new (MSNP_STEP_LIST, add);

  step->list = list;
  step->person = other->person;
  if (list == MSNP_LIST_FORWARD && add)
    {
      step->group = first_group (edits, other->person);
      step->text = g_strdup (other->words);
    }
  step->accepts = list == MSNP_LIST_PENDING &&
                  other->person->lists & MSNP_LIST_ALLOW;
  other->busy_lists |= list;
  other->n_busy++;
  take (session, step);
}

static void
next_lists (MsnpSession *session, Other *other)
{
  /* What makes room comes first; being off our list comes last. */
  static const struct
  {
    MsnpListFlags list;
    gboolean add;
  } order[] = {
    { MSNP_LIST_ALLOW, FALSE },  { MSNP_LIST_BLOCK, FALSE },
    { MSNP_LIST_PENDING, FALSE }, { MSNP_LIST_FORWARD, TRUE },
    { MSNP_LIST_ALLOW, TRUE },   { MSNP_LIST_BLOCK, TRUE },
    { MSNP_LIST_FORWARD, FALSE },
  };
  const MsnpEdits *edits = session->lists->edits;

  for (guint i = 0; i < G_N_ELEMENTS (order) && !is_full (edits); i++)
    {
      guint list = order[i].list;
      guint wanted = other->person->lists & list;

      if (!(list & edits->way->lists) || list & other->busy_lists ||
          wanted == (other->lists & list) || (wanted != 0) != order[i].add)
        continue;
      if (may_change_list (session, other, order[i].list, order[i].add))
        change_list (session, other, order[i].list, order[i].add);
    }
}

static void
change_member (MsnpSession *session, Other *other, MsnpPeopleGroup *group,
               gboolean in)
{
  MsnpStep *step = step_new (MSNP_STEP_MEMBER, in);

  step->person = other->person;
  step->group = group;
  g_ptr_array_add (other->busy_groups, group);
  other->n_busy++;
  take (session, step);
}

/* Into the new groups before out of the old ones: some servers forget who is
 * in none. Whether anything is left to be done first. */
static gboolean
next_joins (MsnpSession *session, Other *other)
{
  const MsnpEdits *edits = session->lists->edits;
  const GPtrArray *wanted = other->person->groups;
  gboolean left = FALSE;

  for (guint i = 0; wanted != NULL && i < wanted->len; i++)
    {
      MsnpPeopleGroup *group = wanted->pdata[i];

      if (contains (other->groups, group))
        continue;
      if (contains (other->busy_groups, group))
        left |= !edits->way->ordered;
      else if (is_full (edits) || !msnp_edits_group_exists (session, group))
        left = TRUE;
      else
        {
          change_member (session, other, group, TRUE);
          left |= !edits->way->ordered;
        }
    }
  return left;
}

static void
next_groups (MsnpSession *session, Other *other)
{
  const MsnpEdits *edits = session->lists->edits;
  guint both = other->lists & other->person->lists;

  if (!edits->way->groups || !(both & MSNP_LIST_FORWARD) ||
      other->busy_lists & MSNP_LIST_FORWARD ||
      (edits->way->ids && other->person->id == NULL) ||
      next_joins (session, other))
    return;
  for (guint i = 0; i < other->groups->len && !is_full (edits); i++)
    {
      MsnpPeopleGroup *group = other->groups->pdata[i];

      if (!contains (other->busy_groups, group) &&
          !contains (other->person->groups, group))
        change_member (session, other, group, FALSE);
    }
}

static void
next_alias (MsnpSession *session, Other *other)
{
  const MsnpEdits *edits = session->lists->edits;
  MsnpStep *step;

  if (!edits->way->aliases || other->busy_alias || is_full (edits) ||
      !(other->lists & other->person->lists & MSNP_LIST_FORWARD) ||
      other->person->id == NULL ||
      g_strcmp0 (other->alias, other->person->alias) == 0)
    return;
  step = step_new (MSNP_STEP_ALIAS, TRUE);
  step->person = other->person;
  step->text = g_strdup (other->person->alias);
  other->busy_alias = TRUE;
  other->n_busy++;
  take (session, step);
}

static gboolean
same_groups (const Other *other)
{
  const GPtrArray *wanted = other->person->groups;

  if (other->groups->len != (wanted != NULL ? wanted->len : 0))
    return FALSE;
  for (guint i = 0; i < other->groups->len; i++)
    if (!contains (wanted, other->groups->pdata[i]))
      return FALSE;
  return TRUE;
}

/* An alias no server keeps is no difference. */
static gboolean
is_settled (const MsnpEdits *edits, const Other *other)
{
  return other->n_busy == 0 &&
         ((other->lists ^ other->person->lists) & edits->way->lists) == 0 &&
         (!edits->way->groups || same_groups (other)) &&
         (!edits->way->aliases ||
          g_strcmp0 (other->alias, other->person->alias) == 0);
}

/* Those on no list are nobody's business, unless they are seen online. */
static void
forget_if_settled (MsnpSession *session, Other *other)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpPerson *person = other->person;

  if (other->queued || !is_settled (edits, other))
    return;
  g_hash_table_remove (edits->others, person);
  if (person->lists == 0 && person->status == MSNP_STATUS_OFFLINE)
    msnp_people_remove (session->people, person);
}

/* --- the next steps of a group ------------------------------------------ */

static gboolean
has_members (const MsnpEdits *edits, const MsnpPeopleGroup *group)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, edits->others);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Other *other = value;

      if (contains (other->groups, group) ||
          contains (other->busy_groups, group))
        return TRUE;
    }
  return FALSE;
}

static void
change_group (MsnpSession *session, OtherGroup *other, MsnpStepKind kind)
{
  MsnpStep *step = step_new (kind, kind == MSNP_STEP_NEW_GROUP);

  step->group = other->group;
  step->text = g_strdup (other->group->name);
  other->busy = TRUE;
  take (session, step);
}

/* Whether the server has it as the user wants it. */
static gboolean
next_of_group (MsnpSession *session, OtherGroup *other)
{
  const MsnpEdits *edits = session->lists->edits;

  if (other->busy)
    return FALSE;
  if (other->wanted && other->exists &&
      strcmp (other->group->name, other->name) == 0)
    return TRUE;
  if (!other->wanted && !other->exists)
    return !has_members (edits, other->group);
  if (is_full (edits))
    return FALSE;
  if (other->wanted && !other->exists)
    change_group (session, other, MSNP_STEP_NEW_GROUP);
  else if (other->wanted)
    change_group (session, other, MSNP_STEP_NAME_GROUP);
  else if (!has_members (edits, other->group))
    change_group (session, other, MSNP_STEP_DROP_GROUP);
  return FALSE;
}

static void
next_groups_of_list (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, edits->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      OtherGroup *other = value;

      if (!next_of_group (session, other))
        continue;
      if (!other->wanted)
        msnp_people_remove_group (session->people, other->group);
      g_hash_table_iter_remove (&iter);
    }
}

static void
next_mode (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;

  if (edits->busy_open || edits->open == session->lists->open ||
      is_full (edits))
    return;
  edits->busy_open = TRUE;
  take (session, step_new (MSNP_STEP_MODE, session->lists->open));
}

/* --- all steps ---------------------------------------------------------- */

static void
enqueue (MsnpEdits *edits, Other *other)
{
  if (other->queued)
    return;
  other->queued = TRUE;
  g_queue_push_tail (&edits->queue, other);
}

static void
enqueue_all (MsnpEdits *edits)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, edits->others);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    enqueue (edits, other);
}

static void
next_steps (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;
  Other *other;

  next_mode (session);
  next_groups_of_list (session);
  while (!is_full (edits) &&
         (other = g_queue_pop_head (&edits->queue)) != NULL)
    {
      other->queued = FALSE;
      next_lists (session, other);
      next_groups (session, other);
      next_alias (session, other);
      /* Not all of it may have found its place. */
      if (is_full (edits))
        enqueue (edits, other);
      else
        forget_if_settled (session, other);
    }
}

/* Everything a change needs leaves in one write. */
static void
pump (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;

  if (edits->way == NULL || edits->held > 0 || session->gone ||
      session->ns == NULL)
    return;
  edits->held++;
  msnp_conn_cork (session->ns);
  next_steps (session);
  msnp_conn_uncork (session->ns);
  edits->held--;
}

/* While events are reported the host may call anything; who is being changed
 * must not be forgotten meanwhile. */
void
msnp_edits_hold (MsnpSession *session)
{
  session->lists->edits->held++;
}

void
msnp_edits_release (MsnpSession *session)
{
  session->lists->edits->held--;
  pump (session);
}

static void
on_later (gpointer user)
{
  MsnpSession *session = user;

  session->lists->edits->later_timer = NULL;
  enqueue_all (session->lists->edits);
  pump (session);
}

static void
pause_edits (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;

  if (edits->later_timer == NULL)
    edits->later_timer = session->host->ops->timer_add (
        session->host, LATER_SECONDS * 1000, on_later, session);
}

void
msnp_lists_leave (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;
  GHashTableIter iter;
  gpointer value;

  if (edits->way == NULL || edits->way->leave == NULL)
    return;
  g_hash_table_iter_init (&iter, edits->others);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Other *other = value;
      guint differing = other->lists ^ other->person->lists;

      edits->way->leave (session, other->person,
                         differing & edits->way->lists);
    }
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
report_refused_person (MsnpSession *session, Other *other, const char *group,
                       const MsnpSettled *settled)
{
  if (!other->told)
    report_refusal (session, other->person->address, group, settled);
  other->told = TRUE;
}

static void
list_done (MsnpSession *session, Other *other, const MsnpStep *step,
           const MsnpSettled *settled)
{
  MsnpPerson *person = other->person;

  if (step->add)
    other->lists |= step->list;
  else
    other->lists &= ~(guint) step->list;
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
        put_in (other->groups, step->group, TRUE);
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
take_groups_back (Other *other)
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
list_refused (MsnpSession *session, Other *other, const MsnpStep *step,
              const MsnpSettled *settled)
{
  MsnpPerson *person = other->person;
  guint back = step->list;
  MsnpShown shown;

  if (((person->lists & step->list) != 0) != step->add)
    return;
  msnp_shown_take (&shown, person);
  if (step->list == MSNP_LIST_FORWARD)
    take_groups_back (other);
  if (step->list == MSNP_LIST_FORWARD && step->add &&
      !(other->busy_lists & MSNP_LIST_ALLOW))
    back |= MSNP_LIST_ALLOW;
  person->lists = (person->lists & ~back) | (other->lists & back);
  msnp_shown_report (session, person, &shown);
  if (step->list != MSNP_LIST_PENDING)
    report_refused_person (
        session, other, shown.groups != NULL ? shown.groups->pdata[0] : "",
        settled);
}

static void
member_refused (MsnpSession *session, Other *other, const MsnpStep *step,
                const MsnpSettled *settled)
{
  MsnpPerson *person = other->person;
  MsnpShown shown;

  if (contains (person->groups, step->group) != step->add)
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
alias_refused (MsnpSession *session, Other *other, const MsnpStep *step,
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
  Other *other = find_other (edits, step->person);
  gboolean done = settled->kind == MSNP_SETTLED_DONE;
  gboolean refused = settled->kind == MSNP_SETTLED_REFUSED;

  other->n_busy--;
  if (settled->kind != MSNP_SETTLED_LATER)
    other->tries = 0;
  switch (step->kind)
    {
    case MSNP_STEP_LIST:
      other->busy_lists &= ~(guint) step->list;
      if (done)
        list_done (session, other, step, settled);
      else if (refused)
        list_refused (session, other, step, settled);
      break;
    case MSNP_STEP_MEMBER:
      g_ptr_array_remove (other->busy_groups, step->group);
      if (done)
        put_in (other->groups, step->group, step->add);
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
  enqueue (edits, other);
}

static void
group_done (MsnpSession *session, OtherGroup *other, const MsnpStep *step,
            const MsnpSettled *settled)
{
  other->exists = step->kind != MSNP_STEP_DROP_GROUP;
  g_free (other->name);
  other->name = g_strdup (step->text);
  if (step->kind == MSNP_STEP_NEW_GROUP && settled->id != NULL)
    msnp_people_set_group_id (session->people, other->group, settled->id);
}

typedef struct
{
  MsnpSession *session;
  MsnpPeopleGroup *group;
  GPtrArray *members; /* MsnpPerson */
} Members;

static void
collect_member (MsnpPerson *person, gpointer data)
{
  Members *members = data;

  if (contains (person->groups, members->group))
    g_ptr_array_add (members->members, person);
}

static GPtrArray *
members_of (MsnpSession *session, MsnpPeopleGroup *group)
{
  Members members = { session, group, g_ptr_array_new () };

  msnp_people_foreach (session->people, collect_member, &members);
  return members.members;
}

/* Whoever was to be in it is in no group then, but on the list. */
static void
new_group_refused (MsnpSession *session, OtherGroup *other)
{
  g_autoptr (GPtrArray) members = members_of (session, other->group);

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
group_refused (MsnpSession *session, OtherGroup *other, const MsnpStep *step,
               const MsnpSettled *settled)
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
  OtherGroup *other = find_other_group (edits, step->group);

  other->busy = FALSE;
  if (settled->kind == MSNP_SETTLED_DONE)
    group_done (session, other, step, settled);
  else if (settled->kind == MSNP_SETTLED_REFUSED)
    group_refused (session, other, step, settled);
  enqueue_all (edits);
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
    tries = &find_other (edits, step->person)->tries;
  else if (step->group != NULL)
    tries = &find_other_group (edits, step->group)->tries;
  if (tries == NULL || ++*tries > MAX_TRIES)
    result.kind = MSNP_SETTLED_REFUSED;
  else
    pause_edits (session);
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

/* --- what the user wants ------------------------------------------------ */

void
msnp_edits_begin (MsnpSession *session, MsnpPerson *person)
{
  ensure_other (session->lists->edits, person);
}

void
msnp_edits_commit (MsnpSession *session, MsnpPerson *person)
{
  Other *other = find_other (session->lists->edits, person);

  other->told = FALSE;
  enqueue (session->lists->edits, other);
  pump (session);
}

void
msnp_edits_end_waiting (MsnpSession *session, MsnpPerson *person)
{
  if (!(person->lists & MSNP_LIST_PENDING) ||
      !(person->lists & MSNP_LISTS_DECIDED))
    return;
  msnp_edits_begin (session, person);
  person->lists &= ~(guint) MSNP_LIST_PENDING;
  msnp_edits_commit (session, person);
}

void
msnp_edits_set_words (MsnpSession *session, MsnpPerson *person,
                      const char *words)
{
  Other *other = ensure_other (session->lists->edits, person);

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
          is_wanted (session->lists->edits, group))
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
  OtherGroup *other;

  if (group != NULL || *name == '\0' || edits->way == NULL ||
      !edits->way->groups)
    return group;
  id = g_strdup_printf ("new %u", ++edits->n_made);
  group = msnp_people_set_group (session->people, id, name);
  other = ensure_other_group (edits, group);
  other->exists = FALSE;
  g_clear_pointer (&other->name, g_free);
  pump (session);
  return group;
}

void
msnp_edits_name_group (MsnpSession *session, MsnpPeopleGroup *group,
                       const char *name)
{
  ensure_other_group (session->lists->edits, group);
  msnp_people_set_group (session->people, group->id, name);
  pump (session);
}

/* Whoever is still in it stays on the list: it may be somebody another client
 * put there, whom the user here never saw. */
void
msnp_edits_drop_group (MsnpSession *session, MsnpPeopleGroup *group)
{
  MsnpEdits *edits = session->lists->edits;
  g_autoptr (GPtrArray) members = members_of (session, group);

  msnp_edits_hold (session);
  ensure_other_group (edits, group)->wanted = FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      MsnpPerson *person = members->pdata[i];
      MsnpShown shown;

      msnp_shown_take (&shown, person);
      enqueue (edits, ensure_other (edits, person));
      msnp_people_part (person, group);
      msnp_shown_report (session, person, &shown);
    }
  msnp_edits_release (session);
}

void
msnp_edits_set_open (MsnpSession *session, gboolean open)
{
  session->lists->open = open;
  pump (session);
}

/* --- what the server has ------------------------------------------------ */

/* The bits of @mask the user has no other wish about. */
static guint
undisputed (const Other *other, guint mask)
{
  if (other == NULL)
    return mask;
  return mask & ~(other->lists ^ other->person->lists) & ~other->busy_lists;
}

void
msnp_edits_server_lists (MsnpSession *session, MsnpPerson *person,
                         guint lists, guint mask)
{
  MsnpEdits *edits = session->lists->edits;
  Other *other = find_other (edits, person);
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
  enqueue (edits, ensure_other (edits, person));
  msnp_edits_release (session);
}

void
msnp_edits_server_member (MsnpSession *session, MsnpPerson *person,
                          MsnpPeopleGroup *group, gboolean in)
{
  MsnpEdits *edits = session->lists->edits;
  Other *other = find_other (edits, person);
  gboolean disputed = FALSE;
  MsnpShown shown;

  msnp_edits_hold (session);
  if (other != NULL)
    {
      disputed = contains (other->busy_groups, group) ||
                 contains (other->groups, group) !=
                     contains (person->groups, group);
      put_in (other->groups, group, in);
      enqueue (edits, other);
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
  Other *other = find_other (session->lists->edits, person);
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
static OtherGroup *
find_unmade (MsnpSession *session, const char *name)
{
  MsnpPeopleGroup *group = msnp_edits_group (session, name);
  OtherGroup *other =
      group != NULL ? find_other_group (session->lists->edits, group) : NULL;

  return other != NULL && !other->exists && !other->busy ? other : NULL;
}

void
msnp_edits_server_group (MsnpSession *session, const char *id,
                         const char *name)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpPeopleGroup *group = msnp_people_find_group (session->people, id);
  OtherGroup *other = group != NULL ? find_other_group (edits, group)
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
  OtherGroup *other;

  if (group == NULL)
    return;
  members = members_of (session, group);
  other = ensure_other_group (edits, group);
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
