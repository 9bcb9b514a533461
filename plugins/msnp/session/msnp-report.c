/* The list, as the host gets to see it: groups, then buddies, then that this
 * is all of it, then privacy; and when signed on, who waits for an answer. */

#include "msnp-list-private.h"

#include <string.h>

/* Buddies reported per turn of the main loop: a few milliseconds of a host's
 * work. */
#define BUDDIES_PER_SLICE 100

struct _MsnpReport
{
  GPtrArray *waiting; /* nullable: MsnpPerson to report, the next one last */
  ImTimer *slice_timer;
  ImTimer *privacy_timer;
  GPtrArray *refusals; /* owned Refusal */
  ImTimer *refusal_timer;
};

/* Somebody who is not added, though the host thinks so. */
typedef struct
{
  char *who;
  char *group;
  ImListError reason;
} Refusal;

static void
refusal_free (gpointer data)
{
  Refusal *refusal = data;

  g_free (refusal->who);
  g_free (refusal->group);
  g_free (refusal);
}

void
msnp_report_init (MsnpSession *session)
{
  MsnpReport *report = g_new0 (MsnpReport, 1);

  report->refusals = g_ptr_array_new_with_free_func (refusal_free);
  session->lists->report = report;
}

void
msnp_report_clear (MsnpSession *session)
{
  MsnpReport *report = session->lists->report;
  const ImHostOps *ops = session->host->ops;

  ops->timer_cancel (session->host, report->slice_timer);
  ops->timer_cancel (session->host, report->privacy_timer);
  ops->timer_cancel (session->host, report->refusal_timer);
  g_ptr_array_unref (report->refusals);
  g_clear_pointer (&report->waiting, g_ptr_array_unref);
  g_clear_pointer (&session->lists->report, g_free);
}

void
msnp_report_reset (MsnpSession *session)
{
  msnp_report_clear (session);
  msnp_report_init (session);
}

/* --- one person --------------------------------------------------------- */

static gboolean
has_name (GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

/* Two groups of the server may have one name; to the host they are one. */
static GPtrArray *
group_names (const MsnpPerson *person)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; person->groups != NULL && i < person->groups->len; i++)
    {
      const MsnpPeopleGroup *group = person->groups->pdata[i];

      if (!has_name (names, group->name))
        g_ptr_array_add (names, g_strdup (group->name));
    }
  if (names->len == 0)
    g_ptr_array_add (names, g_strdup (""));
  return names;
}

static void
emit_buddy (MsnpSession *session, const MsnpPerson *person, const char *group)
{
  ImEvent event = { .type = IM_EVENT_BUDDY };

  event.buddy.who = person->address;
  event.buddy.group = group;
  event.buddy.alias = person->alias;
  event.buddy.nick = person->nick;
  msnp_session_emit (session, &event);
}

static void
emit_gone (MsnpSession *session, const MsnpPerson *person, const char *group)
{
  ImEvent event = { .type = IM_EVENT_BUDDY_GONE };

  event.buddy.who = person->address;
  event.buddy.group = group;
  msnp_session_emit (session, &event);
}

void
msnp_report_buddy (MsnpSession *session, const MsnpPerson *person)
{
  g_autoptr (GPtrArray) names = group_names (person);

  for (guint i = 0; i < names->len; i++)
    emit_buddy (session, person, names->pdata[i]);
}

void
msnp_shown_take (MsnpShown *ret, const MsnpPerson *person)
{
  ret->listed = (person->lists & MSNP_LIST_FORWARD) != 0;
  ret->groups = group_names (person);
  ret->alias = g_strdup (person->alias);
  ret->lists = person->lists;
}

/* What is new comes before what is gone, so that a buddy that was moved is
 * never missing. */
void
msnp_shown_report (MsnpSession *session, const MsnpPerson *person,
                   MsnpShown *shown)
{
  gboolean listed = (person->lists & MSNP_LIST_FORWARD) != 0;
  gboolean renamed = g_strcmp0 (shown->alias, person->alias) != 0;
  g_autoptr (GPtrArray) before = g_steal_pointer (&shown->groups);
  g_autoptr (GPtrArray) now = group_names (person);

  g_clear_pointer (&shown->alias, g_free);
  for (guint i = 0; listed && i < now->len; i++)
    if (!shown->listed || renamed || !has_name (before, now->pdata[i]))
      emit_buddy (session, person, now->pdata[i]);
  for (guint i = 0; shown->listed && i < before->len; i++)
    if (!listed || !has_name (now, before->pdata[i]))
      emit_gone (session, person, before->pdata[i]);
  if ((shown->lists ^ person->lists) & MSNP_LISTS_DECIDED)
    msnp_report_privacy (session);
}

static void
report_refusal (MsnpSession *session, const Refusal *refusal)
{
  ImEvent gone = { .type = IM_EVENT_BUDDY_GONE };
  ImEvent error = { .type = IM_EVENT_LIST_ERROR };

  gone.buddy.who = refusal->who;
  gone.buddy.group = refusal->group;
  error.list_error.who = refusal->who;
  error.list_error.group = refusal->group;
  error.list_error.reason = refusal->reason;
  msnp_session_emit (session, &gone);
  msnp_session_emit (session, &error);
}

static void
on_refusals (gpointer user)
{
  MsnpSession *session = user;
  MsnpReport *report = session->lists->report;
  g_autoptr (GPtrArray) refusals = report->refusals;

  report->refusal_timer = NULL;
  report->refusals = g_ptr_array_new_with_free_func (refusal_free);
  for (guint i = 0; i < refusals->len; i++)
    report_refusal (session, refusals->pdata[i]);
}

void
msnp_report_refusal (MsnpSession *session, const char *who, const char *group,
                     ImListError reason)
{
  MsnpReport *report = session->lists->report;
  Refusal *refusal = g_new (Refusal, 1);

  refusal->who = msnp_address_normalize (who);
  refusal->group = g_strdup (group);
  refusal->reason = reason;
  g_ptr_array_add (report->refusals, refusal);
  if (report->refusal_timer == NULL)
    report->refusal_timer = session->host->ops->timer_add (
        session->host, 0, on_refusals, session);
}

/* --- groups ------------------------------------------------------------- */

void
msnp_report_group (MsnpSession *session, const char *name,
                   const char *old_name)
{
  ImEvent event = { .type = IM_EVENT_GROUP, .group = { name, old_name } };

  msnp_session_emit (session, &event);
}

void
msnp_report_group_gone (MsnpSession *session, const char *name)
{
  ImEvent event = { .type = IM_EVENT_GROUP_GONE, .group = { name, NULL } };

  msnp_session_emit (session, &event);
}

/* --- privacy ------------------------------------------------------------ */

typedef struct
{
  GPtrArray *permit;
  GPtrArray *deny;
  gboolean open;
} Privacy;

/* Where everybody may see us, being allowed matters only for those who are no
 * buddies, and hosts search the permit list from end to end. */
static void
sort_in (MsnpPerson *person, gpointer data)
{
  Privacy *privacy = data;

  if (person->lists & MSNP_LIST_BLOCK)
    g_ptr_array_add (privacy->deny, person->address);
  else if (person->lists & MSNP_LIST_ALLOW &&
           !(privacy->open && person->lists & MSNP_LIST_FORWARD))
    g_ptr_array_add (privacy->permit, person->address);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
emit_privacy (MsnpSession *session)
{
  g_autoptr (GPtrArray) permit = g_ptr_array_new ();
  g_autoptr (GPtrArray) deny = g_ptr_array_new ();
  Privacy privacy = { permit, deny, session->lists->open };
  ImEvent event = { .type = IM_EVENT_PRIVACY };

  msnp_people_foreach (session->people, sort_in, &privacy);
  g_ptr_array_sort (permit, by_name);
  g_ptr_array_sort (deny, by_name);
  g_ptr_array_add (permit, NULL);
  g_ptr_array_add (deny, NULL);
  event.privacy.mode = session->lists->open ? IM_PRIVACY_DENY_LISTED
                                            : IM_PRIVACY_ALLOW_LISTED;
  event.privacy.permit = (const char *const *) permit->pdata;
  event.privacy.deny = (const char *const *) deny->pdata;
  msnp_session_emit (session, &event);
}

static void
on_privacy (gpointer user)
{
  MsnpSession *session = user;

  session->lists->report->privacy_timer = NULL;
  emit_privacy (session);
}

void
msnp_report_privacy (MsnpSession *session)
{
  MsnpReport *report = session->lists->report;

  if (!session->lists->known || report->privacy_timer != NULL ||
      report->waiting != NULL)
    return;
  report->privacy_timer =
      session->host->ops->timer_add (session->host, 0, on_privacy, session);
}

/* --- who asks ----------------------------------------------------------- */

static gboolean
waits_for_us (const MsnpSession *session, const MsnpPerson *person)
{
  guint asking = session->version >= 10
                     ? MSNP_LIST_PENDING
                     : MSNP_LIST_PENDING | MSNP_LIST_REVERSE;

  return person->lists & asking && !(person->lists & MSNP_LISTS_DECIDED);
}

void
msnp_report_ask (MsnpSession *session, MsnpPerson *person)
{
  ImEvent event = { .type = IM_EVENT_AUTH_REQUEST };
  g_autofree char *words = NULL;
  g_autofree char *key = NULL;

  if (person->asked || !session->lists->asks ||
      session->state < MSNP_STATE_ONLINE ||
      !waits_for_us (session, person))
    return;
  person->asked = TRUE;
  g_hash_table_steal_extended (session->lists->words, person->address,
                               (gpointer *) &key, (gpointer *) &words);
  event.auth.who = person->address;
  event.auth.reason = words;
  msnp_session_emit (session, &event);
}

void
msnp_report_added (MsnpSession *session, MsnpPerson *person)
{
  ImEvent event = { .type = IM_EVENT_ADDED };

  if (person->asked || person->lists & MSNP_LIST_BLOCK)
    return;
  event.auth.who = person->address;
  msnp_session_emit (session, &event);
}

/* --- all of it ---------------------------------------------------------- */

static void
collect (MsnpPerson *person, gpointer data)
{
  if (person->lists & MSNP_LIST_FORWARD)
    g_ptr_array_add (data, person);
}

static void
collect_asking (MsnpPerson *person, gpointer data)
{
  if (person->lists & MSNP_LIST_PENDING ||
      (person->lists & MSNP_LIST_REVERSE &&
       !(person->lists & MSNP_LISTS_DECIDED)))
    g_ptr_array_add (data, g_strdup (person->address));
}

static int
by_address_backwards (gconstpointer a, gconstpointer b)
{
  const MsnpPerson *const *first = a;
  const MsnpPerson *const *second = b;

  return strcmp ((*second)->address, (*first)->address);
}

void
msnp_lists_online (MsnpSession *session)
{
  g_autoptr (GPtrArray) asking = g_ptr_array_new_with_free_func (g_free);

  msnp_people_foreach (session->people, collect_asking, asking);
  g_ptr_array_sort (asking, by_name);
  for (guint i = 0; i < asking->len && !session->gone; i++)
    {
      MsnpPerson *person =
          msnp_people_find (session->people, asking->pdata[i]);

      if (person == NULL)
        continue;
      msnp_edits_end_waiting (session, person);
      msnp_report_ask (session, person);
    }
  if (!session->gone && session->lists->known && session->version >= 13)
    msnp_contacts_mend (session);
}

static void
go_on (MsnpSession *session)
{
  if (session->ns != NULL)
    msnp_conn_hold (session->ns, FALSE);
  if (session->version >= 13)
    msnp_contacts_announce (session);
  msnp_signon_lists_done (session);
}

static void
report_end (MsnpSession *session)
{
  ImEvent done = { .type = IM_EVENT_ROSTER_DONE };

  g_clear_pointer (&session->lists->report->waiting, g_ptr_array_unref);
  session->lists->known = TRUE;
  msnp_session_emit (session, &done);
  emit_privacy (session);
  if (session->gone)
    return;
  go_on (session);
  /* A list that came late. */
  if (!session->gone && session->state >= MSNP_STATE_ONLINE)
    msnp_lists_online (session);
}

static void
on_slice (gpointer user)
{
  MsnpSession *session = user;
  MsnpReport *report = session->lists->report;
  GPtrArray *waiting = report->waiting;

  report->slice_timer = NULL;
  for (guint i = 0; i < BUDDIES_PER_SLICE && waiting->len > 0; i++)
    msnp_report_buddy (session,
                       g_ptr_array_steal_index (waiting, waiting->len - 1));
  if (session->gone)
    return;
  if (waiting->len == 0)
    {
      msnp_session_ref (session);
      report_end (session);
      msnp_session_unref (session);
      return;
    }
  report->slice_timer =
      session->host->ops->timer_add (session->host, 0, on_slice, session);
}

/* What comes after the list waits until the host knows all of it. */
void
msnp_report_list (MsnpSession *session)
{
  MsnpReport *report = session->lists->report;
  const GPtrArray *groups = msnp_people_groups (session->people);

  if (session->ns != NULL)
    msnp_conn_hold (session->ns, TRUE);
  for (guint i = 0; i < groups->len; i++)
    msnp_report_group (session, ((MsnpPeopleGroup *) groups->pdata[i])->name,
                       NULL);
  report->waiting = g_ptr_array_new ();
  msnp_people_foreach (session->people, collect, report->waiting);
  g_ptr_array_sort (report->waiting, by_address_backwards);
  report->slice_timer =
      session->host->ops->timer_add (session->host, 0, on_slice, session);
}

void
msnp_report_no_list (MsnpSession *session, guint code, const char *detail)
{
  ImEvent event = { .type = IM_EVENT_NOTICE };

  event.notice.kind = IM_NOTICE_LIST_UNREAD;
  event.notice.text = detail;
  event.notice.count = code;
  msnp_session_emit (session, &event);
  if (session->gone)
    return;
  if (session->version >= 13)
    msnp_contacts_announce (session);
  msnp_signon_lists_done (session);
}
