/* Edits of the list as web requests, from version 13 on. What the services
 * have taken, the notification server is told as well (ADL, RML): presence
 * follows that. */

#include "msnp-contacts-private.h"

#include <string.h>

/* Requests under way at once: browsers of the time made as many. */
#define AT_ONCE 4

/* A step that is being carried out. */
typedef struct
{
  MsnpSession *session;
  MsnpStep *step; /* NULL once settled */
  char *pending_id;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_pointer (&work->step, msnp_step_free);
  g_free (work->pending_id);
  g_free (work);
}

static void
settle (Work *work, const MsnpSettled *settled)
{
  msnp_edits_settle (work->session, g_steal_pointer (&work->step), settled);
}

/* --- questions ---------------------------------------------------------- */

/* Somebody who is in the address book already, but no contact. */
static gboolean
is_in_book (const MsnpStep *step)
{
  return step->kind == MSNP_STEP_LIST && step->list == MSNP_LIST_FORWARD &&
         step->add && step->person->id != NULL;
}

static void
make_forward (const MsnpSoapCaller *caller, const Work *work,
              MsnpSoapRequest *ret)
{
  const MsnpStep *step = work->step;
  const MsnpPerson *person = step->person;
  MsnpSoapInvitation invitation = {
    .address = person->address,
    .network = person->network,
    .name = msnp_own_nick (work->session),
    .text = step->text,
  };

  if (is_in_book (step))
    msnp_soap_set_messenger (caller, person->id, TRUE, ret);
  else if (step->add)
    msnp_soap_add_contact (caller, &invitation, ret);
  else
    msnp_soap_delete_contact (caller, person->id, ret);
}

static void
make_member (const MsnpSoapCaller *caller, const Work *work,
             MsnpSoapRequest *ret)
{
  const MsnpStep *step = work->step;
  MsnpSoapMember member = {
    .list = step->list,
    .address = step->person->address,
    .network = step->person->network,
    .id = work->pending_id,
  };

  if (step->add)
    msnp_soap_add_member (caller, &member, ret);
  else
    msnp_soap_delete_member (caller, &member, ret);
}

static void
make_request (const MsnpSoapCaller *caller, gconstpointer data,
              MsnpSoapRequest *ret)
{
  const Work *work = data;
  const MsnpStep *step = work->step;

  switch (step->kind)
    {
    case MSNP_STEP_LIST:
      if (step->list == MSNP_LIST_FORWARD)
        make_forward (caller, work, ret);
      else
        make_member (caller, work, ret);
      break;
    case MSNP_STEP_MEMBER:
      if (step->add)
        msnp_soap_add_to_group (caller, step->group->id, step->person->id,
                                ret);
      else
        msnp_soap_remove_from_group (caller, step->group->id,
                                     step->person->id, ret);
      break;
    case MSNP_STEP_ALIAS:
      msnp_soap_set_alias (caller, step->person->id,
                           step->text != NULL ? step->text : "", ret);
      break;
    case MSNP_STEP_NEW_GROUP:
      msnp_soap_add_group (caller, step->text, ret);
      break;
    case MSNP_STEP_NAME_GROUP:
      msnp_soap_rename_group (caller, step->group->id, step->text, ret);
      break;
    case MSNP_STEP_DROP_GROUP:
      msnp_soap_delete_group (caller, step->group->id, ret);
      break;
    case MSNP_STEP_MODE:
      msnp_soap_set_own (caller, "MSN.IM.BLP", step->add ? "1" : "2", ret);
      break;
    }
}

static MsnpSoapService
service_of (const MsnpStep *step)
{
  return step->kind == MSNP_STEP_LIST && step->list != MSNP_LIST_FORWARD
             ? MSNP_SOAP_SHARING
             : MSNP_SOAP_CONTACTS;
}

/* --- answers ------------------------------------------------------------ */

/* The other half. */
static void
tell_server (MsnpSession *session, const MsnpStep *step)
{
  if (session->ns == NULL)
    return;
  if (step->kind == MSNP_STEP_LIST && step->list != MSNP_LIST_PENDING)
    msnp_adl_change (session, step->person, step->list, step->add);
  else if (step->kind == MSNP_STEP_MODE)
    {
      msnp_encode (msnp_conn_writer (session->ns), "BLP",
                   msnp_conn_next_id (session->ns), step->add ? "AL" : "BL",
                   NULL);
      msnp_conn_flush (session->ns);
    }
}

static gboolean
is_new_group_taken (const MsnpStep *step, const MsnpFault *fault)
{
  return step->kind == MSNP_STEP_NEW_GROUP &&
         fault->list == IM_LIST_ERROR_GROUP_EXISTS;
}

/* Whether @fault shows that the list is not as we have it. */
static gboolean
is_news (const MsnpStep *step, const MsnpCallResult *result)
{
  const MsnpFault *fault = result->fault;

  if (fault == NULL)
    return FALSE;
  return fault->act == MSNP_FAULT_STALE || is_new_group_taken (step, fault) ||
         /* It is there, but under which name? */
         (fault->act == MSNP_FAULT_DONE && step->kind == MSNP_STEP_LIST &&
          step->list == MSNP_LIST_FORWARD && step->add &&
          (result->reply == NULL || result->reply->id == NULL));
}

/* HTTP's numbers are no reason a user can do anything about. */
static MsnpSettled
judge (const MsnpStep *step, const MsnpCallResult *result)
{
  const MsnpFault *fault = result->fault;
  MsnpSettled settled = { MSNP_SETTLED_REFUSED, IM_LIST_ERROR_SERVER, 0,
                          NULL };

  if (result->reply != NULL)
    settled.id = result->reply->id;
  if (fault == NULL || fault->act == MSNP_FAULT_DONE)
    settled.kind = MSNP_SETTLED_DONE;
  else if (fault->act == MSNP_FAULT_LATER || is_new_group_taken (step, fault))
    settled.kind = MSNP_SETTLED_LATER;
  else if ((fault->act == MSNP_FAULT_GONE ||
            fault->act == MSNP_FAULT_STALE) &&
           !step->add && step->kind != MSNP_STEP_NAME_GROUP)
    settled.kind = MSNP_SETTLED_DONE;
  if (fault != NULL)
    settled.reason = fault->list;
  return settled;
}

static void
on_done (MsnpSession *session, const MsnpCallResult *result, gpointer data)
{
  Work *work = data;
  MsnpSettled settled = judge (work->step, result);
  gboolean news = is_news (work->step, result);

  if (result->fault != NULL)
    im_host_debug (session->host, "msnp: an edit is refused: %s",
                   result->fault->word);
  if (settled.kind == MSNP_SETTLED_DONE)
    tell_server (session, work->step);
  settle (work, &settled);
  if (news && !session->gone)
    msnp_contacts_reread (session);
}

/* --- carrying out ------------------------------------------------------- */

static void
call (MsnpSession *session, Work *work)
{
  MsnpCallPlan plan = {
    .service = service_of (work->step),
    .make = make_request,
    .done = on_done,
    .data = work,
    .destroy = work_free,
  };

  msnp_call (session, &plan);
}

static void
on_network (MsnpSession *session, guint network, guint code, gpointer data)
{
  Work *work = data;
  MsnpSettled settled = msnp_edits_judge (work->step, code);

  /* Only that nobody has this address is an answer; a server that does not
   * know the question has no other network. */
  if (code != 0 && settled.reason == IM_LIST_ERROR_NO_SUCH_USER)
    {
      settled.kind = MSNP_SETTLED_REFUSED;
      settle (work, &settled);
      work_free (work);
      return;
    }
  work->step->person->network = network != 0 ? network : MSNP_NETWORK_MSN;
  call (session, work);
}

typedef struct
{
  const char *domain;
  gboolean known;
} Neighbours;

static void
look_at_neighbour (MsnpPerson *person, gpointer data)
{
  Neighbours *neighbours = data;
  const char *at = strrchr (person->address, '@');

  if (at != NULL && person->lists & MSNP_LIST_FORWARD &&
      person->id != NULL && person->network <= MSNP_NETWORK_MSN &&
      strcmp (at + 1, neighbours->domain) == 0)
    neighbours->known = TRUE;
}

/* A domain from which we or others on the list are needs no question. */
static gboolean
must_query (const MsnpSession *session, const MsnpPerson *person)
{
  const char *at = strrchr (person->address, '@');
  const char *own = strrchr (session->settings.address, '@');
  Neighbours neighbours = { at != NULL ? at + 1 : "", FALSE };

  if (session->version < 14 || at == NULL || person->network != 0 ||
      (own != NULL && strcmp (own, at) == 0))
    return FALSE;
  msnp_people_foreach (session->people, look_at_neighbour, &neighbours);
  return !neighbours.known;
}

static void
take (MsnpSession *session, MsnpStep *step)
{
  Work *work = g_new0 (Work, 1);

  work->session = session;
  work->step = step;
  if (step->kind == MSNP_STEP_LIST && step->list == MSNP_LIST_PENDING)
    work->pending_id = g_strdup (g_hash_table_lookup (
        session->contacts->pending_ids, step->person->address));
  if (step->kind == MSNP_STEP_LIST && step->list == MSNP_LIST_FORWARD &&
      step->add && must_query (session, step->person))
    msnp_adl_query (session, step->person->address, on_network, work,
                    work_free);
  else
    call (session, work);
}

/* Requests end with the session, and somebody who was to be blocked must not
 * be left half way. What the notification server is told is stored as well by
 * those that are known. */
static void
leave (MsnpSession *session, const MsnpPerson *person, guint differing)
{
  static const MsnpListFlags lists[] = { MSNP_LIST_ALLOW, MSNP_LIST_BLOCK };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (differing & lists[i] && !(person->lists & lists[i]))
      msnp_adl_change (session, person, lists[i], FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (differing & lists[i] && person->lists & lists[i])
      msnp_adl_change (session, person, lists[i], TRUE);
}

const MsnpWay msnp_contacts_way = {
  .lists = MSNP_LIST_FORWARD | MSNP_LIST_ALLOW | MSNP_LIST_BLOCK |
           MSNP_LIST_PENDING,
  .groups = TRUE,
  .ids = TRUE,
  .aliases = TRUE,
  .at_once = AT_ONCE,
  .take = take,
  .leave = leave,
};
