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

#include "msnp-edits-private.h"

#include <string.h>

/* Seconds until a busy server is asked again. */
#define LATER_SECONDS 10

static void
other_free (gpointer data)
{
  MsnpOther *other = data;

  g_ptr_array_unref (other->groups);
  g_ptr_array_unref (other->busy_groups);
  g_free (other->alias);
  g_free (other->words);
  g_free (other);
}

static void
other_group_free (gpointer data)
{
  MsnpOtherGroup *other = data;

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

/* Whoever carries out steps has forgotten them. */
void
msnp_edits_reset (MsnpSession *session)
{
  msnp_edits_clear (session);
  msnp_edits_init (session);
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

MsnpOther *
msnp_edits_find (const MsnpEdits *edits, const MsnpPerson *person)
{
  return g_hash_table_lookup (edits->others, person);
}

MsnpOther *
msnp_edits_ensure (MsnpEdits *edits, MsnpPerson *person)
{
  MsnpOther *other = msnp_edits_find (edits, person);

  if (other != NULL)
    return other;
  other = g_new0 (MsnpOther, 1);
  other->person = person;
  other->lists = person->lists;
  other->groups = copy_groups (person);
  other->busy_groups = g_ptr_array_new ();
  other->alias = g_strdup (person->alias);
  g_hash_table_insert (edits->others, person, other);
  return other;
}

gboolean
msnp_edits_contains (const GPtrArray *groups, const MsnpPeopleGroup *group)
{
  return groups != NULL && g_ptr_array_find ((GPtrArray *)groups, group, NULL);
}

void
msnp_edits_put_in (GPtrArray *groups, MsnpPeopleGroup *group, gboolean in)
{
  if (!in)
    g_ptr_array_remove (groups, group);
  else if (!msnp_edits_contains (groups, group))
    g_ptr_array_add (groups, group);
}

MsnpOtherGroup *
msnp_edits_find_group (const MsnpEdits *edits, const MsnpPeopleGroup *group)
{
  return g_hash_table_lookup (edits->groups, group);
}

MsnpOtherGroup *
msnp_edits_note_group (MsnpEdits *edits, MsnpPeopleGroup *group)
{
  MsnpOtherGroup *other = msnp_edits_find_group (edits, group);

  if (other != NULL)
    return other;
  other = g_new0 (MsnpOtherGroup, 1);
  other->group = group;
  other->exists = TRUE;
  other->wanted = TRUE;
  other->name = g_strdup (group->name);
  g_hash_table_insert (edits->groups, group, other);
  return other;
}

gboolean
msnp_edits_wants_group (const MsnpEdits *edits, const MsnpPeopleGroup *group)
{
  const MsnpOtherGroup *other = msnp_edits_find_group (edits, group);

  return other == NULL || other->wanted;
}

gboolean
msnp_edits_group_exists (const MsnpSession *session,
                         const MsnpPeopleGroup *group)
{
  const MsnpOtherGroup *other =
      msnp_edits_find_group (session->lists->edits, group);

  return other == NULL || other->exists;
}

gboolean
msnp_edits_is_clean (const MsnpSession *session, const MsnpPerson *person)
{
  return msnp_edits_find (session->lists->edits, person) == NULL;
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

  if (msnp_edits_contains (person->groups, members->group))
    g_ptr_array_add (members->members, person);
}

GPtrArray *
msnp_edits_members (MsnpSession *session, MsnpPeopleGroup *group)
{
  Members members = { session, group, g_ptr_array_new () };

  msnp_people_foreach (session->people, collect_member, &members);
  return members.members;
}

/* --- carrying out ------------------------------------------------------- */

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
  /* The end of the link has freed what was sent over it. */
  if (session->gone)
    return;
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
      session->host, (guint)CLAMP (left, 0, G_MAXINT), on_expiry, session);
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
is_free_of (const MsnpEdits *edits, const MsnpOther *other, guint opposite)
{
  if (!(other->lists & opposite))
    return !(other->busy_lists & opposite);
  return edits->way->ordered && other->busy_lists & opposite;
}

static gboolean
may_change_list (const MsnpSession *session, const MsnpOther *other,
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
change_list (MsnpSession *session, MsnpOther *other, MsnpListFlags list,
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
  step->accepts =
      list == MSNP_LIST_PENDING && other->person->lists & MSNP_LIST_ALLOW;
  other->busy_lists |= list;
  other->n_busy++;
  take (session, step);
}

static void
next_lists (MsnpSession *session, MsnpOther *other)
{
  /* What makes room comes first; being off our list comes last. */
  static const struct
  {
    MsnpListFlags list;
    gboolean add;
  } order[] = {
    { MSNP_LIST_ALLOW, FALSE },   { MSNP_LIST_BLOCK, FALSE },
    { MSNP_LIST_PENDING, FALSE }, { MSNP_LIST_FORWARD, TRUE },
    { MSNP_LIST_ALLOW, TRUE },    { MSNP_LIST_BLOCK, TRUE },
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
change_member (MsnpSession *session, MsnpOther *other, MsnpPeopleGroup *group,
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
next_joins (MsnpSession *session, MsnpOther *other)
{
  const MsnpEdits *edits = session->lists->edits;
  const GPtrArray *wanted = other->person->groups;
  gboolean left = FALSE;

  for (guint i = 0; wanted != NULL && i < wanted->len; i++)
    {
      MsnpPeopleGroup *group = wanted->pdata[i];
      gboolean is_in = msnp_edits_contains (other->groups, group);

      /* On its way out still, from when the user wanted that. */
      if (msnp_edits_contains (other->busy_groups, group))
        left |= is_in || !edits->way->ordered;
      else if (is_in)
        continue;
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
next_groups (MsnpSession *session, MsnpOther *other)
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

      if (!msnp_edits_contains (other->busy_groups, group) &&
          !msnp_edits_contains (other->person->groups, group))
        change_member (session, other, group, FALSE);
    }
}

static void
next_alias (MsnpSession *session, MsnpOther *other)
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
same_groups (const MsnpOther *other)
{
  const GPtrArray *wanted = other->person->groups;

  if (other->groups->len != (wanted != NULL ? wanted->len : 0))
    return FALSE;
  for (guint i = 0; i < other->groups->len; i++)
    if (!msnp_edits_contains (wanted, other->groups->pdata[i]))
      return FALSE;
  return TRUE;
}

/* An alias no server keeps is no difference. */
static gboolean
is_settled (const MsnpEdits *edits, const MsnpOther *other)
{
  return other->n_busy == 0 &&
         ((other->lists ^ other->person->lists) & edits->way->lists) == 0 &&
         (!edits->way->groups || same_groups (other)) &&
         (!edits->way->aliases ||
          g_strcmp0 (other->alias, other->person->alias) == 0);
}

/* Those on no list are nobody's business, unless they are seen online. */
static void
forget_if_settled (MsnpSession *session, MsnpOther *other)
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
      const MsnpOther *other = value;

      if (msnp_edits_contains (other->groups, group) ||
          msnp_edits_contains (other->busy_groups, group))
        return TRUE;
    }
  return FALSE;
}

static void
change_group (MsnpSession *session, MsnpOtherGroup *other, MsnpStepKind kind)
{
  MsnpStep *step = step_new (kind, kind == MSNP_STEP_NEW_GROUP);

  step->group = other->group;
  step->text = g_strdup (other->group->name);
  other->busy = TRUE;
  take (session, step);
}

/* Whether the server has it as the user wants it. */
static gboolean
next_of_group (MsnpSession *session, MsnpOtherGroup *other)
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
      MsnpOtherGroup *other = value;

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

void
msnp_edits_enqueue (MsnpEdits *edits, MsnpOther *other)
{
  if (other->queued)
    return;
  other->queued = TRUE;
  g_queue_push_tail (&edits->queue, other);
}

void
msnp_edits_enqueue_all (MsnpEdits *edits)
{
  GHashTableIter iter;
  gpointer other;

  g_hash_table_iter_init (&iter, edits->others);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    msnp_edits_enqueue (edits, other);
}

static void
next_steps (MsnpSession *session)
{
  MsnpEdits *edits = session->lists->edits;
  MsnpOther *other;

  next_mode (session);
  next_groups_of_list (session);
  while (!is_full (edits) && (other = g_queue_pop_head (&edits->queue)) != NULL)
    {
      other->queued = FALSE;
      next_lists (session, other);
      next_groups (session, other);
      next_alias (session, other);
      /* Not all of it may have found its place. */
      if (is_full (edits))
        msnp_edits_enqueue (edits, other);
      else
        forget_if_settled (session, other);
    }
}

/* Everything a change needs leaves in one write. */
void
msnp_edits_pump (MsnpSession *session)
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
  msnp_edits_pump (session);
}

static void
on_later (gpointer user)
{
  MsnpSession *session = user;

  session->lists->edits->later_timer = NULL;
  msnp_edits_enqueue_all (session->lists->edits);
  msnp_edits_pump (session);
}

void
msnp_edits_pause (MsnpSession *session)
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
      const MsnpOther *other = value;
      guint differing = other->lists ^ other->person->lists;

      edits->way->leave (session, other->person, differing & edits->way->lists);
    }
}
