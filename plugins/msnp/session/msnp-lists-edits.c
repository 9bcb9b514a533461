/* Edits as commands of the notification server, up to version 12.
 *
 *   up to 9    ADD t FL handle nick [group]     REM t FL handle [group]
 *   10 to 12   ADC t FL N=handle F=nick         REM t FL id [group]
 *              ADC t FL C=id group
 *   all        ADD/ADC t AL ..., REM t AL handle, BLP t AL
 *   from 7     ADG t name 0, REG t group name 0, RMG t group
 *
 * The server works on them in turn, so they are sent without waiting. */

#include "msnp-list-private.h"

/* The group everybody is in who is in none, up to version 9. */
#define NO_GROUP "0"

/* A step whose answer is awaited. */
typedef struct
{
  MsnpSession *session;
  MsnpStep *step; /* NULL once settled */
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_clear_pointer (&waiting->step, msnp_step_free);
  g_free (waiting);
}

/* The id the server gave to whom or what was added. */
static char *
read_id (const MsnpSession *session, const MsnpStep *step,
         const MsnpCommand *command)
{
  g_auto (MsnpContact) contact = { { NULL } };
  g_auto (MsnpGroup) group = { NULL };

  if (step->kind == MSNP_STEP_NEW_GROUP &&
      msnp_lists_decode_group_edit (command, session->version, &group, NULL))
    return g_steal_pointer (&group.id);
  if (step->kind == MSNP_STEP_LIST && step->list == MSNP_LIST_FORWARD &&
      step->add &&
      msnp_lists_decode_edit (command, session->version, &contact, NULL))
    {
      if (contact.nick != NULL)
        {
          g_free (step->person->nick);
          step->person->nick = g_steal_pointer (&contact.nick);
        }
      return g_steal_pointer (&contact.id);
    }
  return NULL;
}

static gboolean
on_answer (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  Waiting *waiting = data;
  MsnpStep *step = waiting->step;
  g_autofree char *id = NULL;
  MsnpSettled settled;

  if (command == NULL || step == NULL)
    return FALSE;
  settled = msnp_edits_judge (step, command->error_code);
  /* Given up: it may be gone by now, whoever it is about. */
  if (!step->over && command->error_code == 0)
    id = read_id (session, step, command);
  settled.id = id;
  waiting->step = NULL;
  msnp_edits_settle (session, step, &settled);
  return FALSE;
}

static void
expect (MsnpSession *session, guint32 trid, MsnpStep *step)
{
  Waiting *waiting = g_new (Waiting, 1);

  waiting->session = session;
  waiting->step = step;
  msnp_conn_expect (session->ns, trid, on_answer, waiting, waiting_free);
}

/* Old servers want a name for whom they do not know; the right one comes with
 * the answer. */
static void
add_forward (MsnpSession *session, guint32 trid, const MsnpStep *step)
{
  ImWriter *writer = msnp_conn_writer (session->ns);
  const char *who = step->person->address;
  g_autofree char *nick = msnp_param_escape (who);
  g_autofree char *named = g_strconcat ("N=", who, NULL);
  g_autofree char *called = g_strconcat ("F=", nick, NULL);

  if (session->version >= 10)
    msnp_encode (writer, "ADC", trid, "FL", named, called, NULL);
  else
    msnp_encode (writer, "ADD", trid, "FL", who, nick,
                 step->group != NULL ? step->group->id : NULL, NULL);
}

static void
remove_forward (MsnpSession *session, guint32 trid, const MsnpStep *step)
{
  const MsnpPerson *person = step->person;

  msnp_encode (msnp_conn_writer (session->ns), "REM", trid, "FL",
               session->version >= 10 && person->id != NULL ? person->id
                                                            : person->address,
               NULL);
}

static void
change_other_list (MsnpSession *session, guint32 trid, const MsnpStep *step)
{
  ImWriter *writer = msnp_conn_writer (session->ns);
  const char *who = step->person->address;
  const char *list = msnp_list_word (step->list);
  g_autofree char *nick = msnp_param_escape (who);
  g_autofree char *named = g_strconcat ("N=", who, NULL);

  if (!step->add)
    msnp_encode (writer, "REM", trid, list, who, NULL);
  else if (session->version >= 10)
    msnp_encode (writer, "ADC", trid, list, named, NULL);
  else
    msnp_encode (writer, "ADD", trid, list, who, nick, NULL);
}

static void
change_list (MsnpSession *session, guint32 trid, const MsnpStep *step)
{
  if (step->list != MSNP_LIST_FORWARD)
    change_other_list (session, trid, step);
  else if (step->add)
    add_forward (session, trid, step);
  else
    remove_forward (session, trid, step);
}

static void
change_member (MsnpSession *session, guint32 trid, const MsnpStep *step)
{
  ImWriter *writer = msnp_conn_writer (session->ns);
  const MsnpPerson *person = step->person;
  const char *who = person->address;
  g_autofree char *nick = msnp_param_escape (who);
  g_autofree char *by_id =
      person->id != NULL ? g_strconcat ("C=", person->id, NULL) : NULL;

  if (session->version < 10 && step->add)
    msnp_encode (writer, "ADD", trid, "FL", who, nick, step->group->id, NULL);
  else if (session->version < 10)
    msnp_encode (writer, "REM", trid, "FL", who, step->group->id, NULL);
  else if (step->add)
    msnp_encode (writer, "ADC", trid, "FL", by_id, step->group->id, NULL);
  else
    msnp_encode (writer, "REM", trid, "FL", person->id, step->group->id,
                 NULL);
}

/* What it is answered changes nothing. */
static gboolean
pass_over (gpointer user, const MsnpCommand *command, gpointer data)
{
  return FALSE;
}

/* Whoever was allowed moves from the pending to the reverse list. Servers of
 * version 10 do not let clients write to that. */
static void
accept_first (MsnpSession *session, const MsnpStep *step)
{
  g_autofree char *named = NULL;
  guint32 trid;

  if (step->kind != MSNP_STEP_LIST || !step->accepts ||
      session->version < 11 || step->person->lists & MSNP_LIST_REVERSE)
    return;
  named = g_strconcat ("N=", step->person->address, NULL);
  trid = msnp_conn_next_id (session->ns);
  msnp_encode (msnp_conn_writer (session->ns), "ADC", trid, "RL", named,
               NULL);
  msnp_conn_expect (session->ns, trid, pass_over, NULL, NULL);
}

static gboolean
leaves_group (const MsnpStep *step)
{
  return step->kind == MSNP_STEP_MEMBER && !step->add;
}

/* Some servers forget who leaves the last group. Up to version 9 there is one
 * for those in none. */
static void
keep_on_list (MsnpSession *session, const MsnpStep *step)
{
  g_autofree char *nick = NULL;
  guint32 trid;

  if (!leaves_group (step) || session->version >= 10 ||
      step->person->groups != NULL)
    return;
  nick = msnp_param_escape (step->person->address);
  trid = msnp_conn_next_id (session->ns);
  msnp_encode (msnp_conn_writer (session->ns), "ADD", trid, "FL",
               step->person->address, nick, NO_GROUP, NULL);
  msnp_conn_expect (session->ns, trid, pass_over, NULL, NULL);
}

/* Later they are added again. Escargot also tells whoever left any group that
 * we no longer have them (core/backend.py), which this mends. */
static void
return_to_list (MsnpSession *session, const MsnpStep *step)
{
  guint32 trid;

  if (!leaves_group (step) || session->version < 10)
    return;
  trid = msnp_conn_next_id (session->ns);
  add_forward (session, trid, step);
  msnp_conn_expect (session->ns, trid, pass_over, NULL, NULL);
}

static void
change_group (MsnpSession *session, guint32 trid, const MsnpStep *step)
{
  ImWriter *writer = msnp_conn_writer (session->ns);
  g_autofree char *name = msnp_param_escape (step->text);

  if (step->kind == MSNP_STEP_NEW_GROUP)
    msnp_encode (writer, "ADG", trid, name, "0", NULL);
  else if (step->kind == MSNP_STEP_NAME_GROUP)
    msnp_encode (writer, "REG", trid, step->group->id, name, "0", NULL);
  else
    msnp_encode (writer, "RMG", trid, step->group->id, NULL);
}

static void
take (MsnpSession *session, MsnpStep *step)
{
  guint32 trid;

  accept_first (session, step);
  keep_on_list (session, step);
  trid = msnp_conn_next_id (session->ns);
  switch (step->kind)
    {
    case MSNP_STEP_LIST:
      change_list (session, trid, step);
      break;
    case MSNP_STEP_MEMBER:
      change_member (session, trid, step);
      break;
    case MSNP_STEP_MODE:
      msnp_encode (msnp_conn_writer (session->ns), "BLP", trid,
                   step->add ? "AL" : "BL", NULL);
      break;
    case MSNP_STEP_NEW_GROUP:
    case MSNP_STEP_NAME_GROUP:
    case MSNP_STEP_DROP_GROUP:
      change_group (session, trid, step);
      break;
    case MSNP_STEP_ALIAS: /* none of these ways keeps them */
      break;
    }
  expect (session, trid, step);
  return_to_list (session, step);
}

#define OLD_LISTS (MSNP_LIST_FORWARD | MSNP_LIST_ALLOW | MSNP_LIST_BLOCK)

const MsnpWay *
msnp_lists_way (guint version)
{
  static const MsnpWay without_groups = {
    .ordered = TRUE, .lists = OLD_LISTS, .take = take,
  };
  static const MsnpWay by_address = {
    .ordered = TRUE, .lists = OLD_LISTS, .groups = TRUE, .into_group = TRUE,
    .take = take,
  };
  static const MsnpWay by_id = {
    .ordered = TRUE, .lists = OLD_LISTS | MSNP_LIST_PENDING, .groups = TRUE,
    .ids = TRUE, .take = take,
  };

  return version < 7 ? &without_groups : version < 10 ? &by_address : &by_id;
}
