/* What the user does to the list. */

#include "msnp-list-private.h"

#include <string.h>

/* Edits need the list: what is not known cannot be changed safely. */
static gboolean
is_ready (MsnpSession *session)
{
  return !session->gone && session->lists->known;
}

/* Begins a change of who has that address; they are made if need be. */
static MsnpPerson *
begin (MsnpSession *session, const char *who, gboolean make)
{
  g_autofree char *address = msnp_address_normalize (who);
  MsnpPerson *person = NULL;

  if (!is_ready (session) || *address == '\0' ||
      strlen (address) > IM_MAX_MSNP_HANDLE)
    return NULL;
  person = make ? msnp_people_ensure (session->people, address)
                : msnp_people_find (session->people, address);
  if (person != NULL)
    msnp_edits_begin (session, person);
  return person;
}

/* Whoever is allowed need not ask any more. */
static void
allow (MsnpPerson *person)
{
  person->lists &= ~(guint) (MSNP_LIST_BLOCK | MSNP_LIST_PENDING);
  person->lists |= MSNP_LIST_ALLOW;
}

static void
block (MsnpPerson *person)
{
  person->lists &= ~(guint) (MSNP_LIST_ALLOW | MSNP_LIST_PENDING);
  person->lists |= MSNP_LIST_BLOCK;
}

/* --- buddies ------------------------------------------------------------ */

static void
set_alias (MsnpPerson *person, const char *alias)
{
  g_free (person->alias);
  person->alias = alias != NULL && *alias != '\0' ? g_strdup (alias) : NULL;
}

void
msnp_session_add_buddy (MsnpSession *session, const char *who,
                        const char *group, const char *alias,
                        const char *words)
{
  MsnpPerson *person = begin (session, who, TRUE);
  MsnpPeopleGroup *into;

  if (person == NULL)
    {
      if (!session->gone)
        msnp_report_refusal (session, who, group,
                             is_ready (session) ? IM_LIST_ERROR_BAD_ADDRESS
                                                : IM_LIST_ERROR_UNAVAILABLE);
      return;
    }
  into = msnp_edits_ensure_group (session, group);
  person->lists |= MSNP_LIST_FORWARD;
  if (!(person->lists & MSNP_LIST_BLOCK))
    allow (person);
  if (into != NULL)
    msnp_people_join (person, into);
  if (alias != NULL && *alias != '\0')
    set_alias (person, alias);
  if (words != NULL && *words != '\0')
    msnp_edits_set_words (session, person, words);
  msnp_edits_commit (session, person);
}

/* Takes @person out of every group of that name. */
static gboolean
part_named (MsnpPerson *person, const char *name)
{
  gboolean parted = FALSE;

  for (guint i = person->groups != NULL ? person->groups->len : 0; i > 0; i--)
    {
      MsnpPeopleGroup *group = person->groups->pdata[i - 1];

      if (strcmp (group->name, name) == 0)
        parted |= msnp_people_part (person, group);
      if (person->groups == NULL)
        break;
    }
  return parted;
}

/* Somebody in several groups leaves one of them, anybody else the list. What
 * they may see of us stays as it is. */
void
msnp_session_remove_buddy (MsnpSession *session, const char *who,
                           const char *group)
{
  MsnpPerson *person = begin (session, who, FALSE);
  gboolean was_in_groups;

  if (person == NULL)
    return;
  was_in_groups = person->groups != NULL;
  if ((part_named (person, group) || !was_in_groups) &&
      person->groups == NULL)
    {
      person->lists &= ~(guint) MSNP_LIST_FORWARD;
      g_clear_pointer (&person->alias, g_free);
    }
  msnp_edits_commit (session, person);
}

void
msnp_session_move_buddy (MsnpSession *session, const char *who,
                         const char *from, const char *to)
{
  MsnpPerson *person = begin (session, who, FALSE);
  MsnpPeopleGroup *into;

  if (person == NULL)
    return;
  if (person->lists & MSNP_LIST_FORWARD && strcmp (from, to) != 0)
    {
      into = msnp_edits_ensure_group (session, to);
      part_named (person, from);
      if (into != NULL)
        msnp_people_join (person, into);
    }
  msnp_edits_commit (session, person);
}

void
msnp_session_alias_buddy (MsnpSession *session, const char *who,
                          const char *alias)
{
  MsnpPerson *person = begin (session, who, FALSE);

  if (person == NULL)
    return;
  set_alias (person, alias);
  msnp_edits_commit (session, person);
}

/* --- groups ------------------------------------------------------------- */

typedef struct
{
  const char *name;
  GPtrArray *addresses; /* owned strings */
} Named;

static void
collect_named (MsnpPerson *person, gpointer data)
{
  Named *named = data;

  for (guint i = 0; person->groups != NULL && i < person->groups->len; i++)
    {
      const MsnpPeopleGroup *group = person->groups->pdata[i];

      if (strcmp (group->name, named->name) != 0)
        continue;
      g_ptr_array_add (named->addresses, g_strdup (person->address));
      return;
    }
}

/* Two groups become one. */
static void
merge (MsnpSession *session, MsnpPeopleGroup *group, const char *from,
       const char *to)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  Named named = { from, addresses };

  msnp_people_foreach (session->people, collect_named, &named);
  for (guint i = 0; i < addresses->len; i++)
    msnp_session_move_buddy (session, addresses->pdata[i], from, to);
  msnp_edits_drop_group (session, group);
}

void
msnp_session_rename_group (MsnpSession *session, const char *from,
                           const char *to)
{
  MsnpPeopleGroup *group =
      is_ready (session) ? msnp_edits_group (session, from) : NULL;

  if (group == NULL || strcmp (from, to) == 0)
    return;
  if (msnp_edits_group (session, to) != NULL)
    merge (session, group, from, to);
  else
    msnp_edits_name_group (session, group, to);
}

void
msnp_session_remove_group (MsnpSession *session, const char *name)
{
  MsnpPeopleGroup *group;

  if (!is_ready (session))
    return;
  while ((group = msnp_edits_group (session, name)) != NULL)
    msnp_edits_drop_group (session, group);
}

/* --- privacy ------------------------------------------------------------ */

/* Everybody else either sees us or does not; the host is told what its mode
 * comes to. */
void
msnp_session_set_privacy (MsnpSession *session, ImPrivacyMode mode)
{
  if (!is_ready (session))
    return;
  msnp_edits_set_open (session, mode == IM_PRIVACY_ALLOW_ALL ||
                                    mode == IM_PRIVACY_DENY_LISTED);
  msnp_report_privacy (session);
}

void
msnp_session_permit (MsnpSession *session, const char *who, gboolean listed)
{
  MsnpPerson *person = begin (session, who, listed);

  if (person == NULL)
    return;
  if (listed)
    allow (person);
  else
    person->lists &= ~(guint) MSNP_LIST_ALLOW;
  msnp_edits_commit (session, person);
  msnp_report_privacy (session);
}

void
msnp_session_deny (MsnpSession *session, const char *who, gboolean listed)
{
  MsnpPerson *person = begin (session, who, listed);

  if (person == NULL)
    return;
  if (listed)
    block (person);
  else if (person->lists & MSNP_LIST_BLOCK)
    allow (person);
  msnp_edits_commit (session, person);
  msnp_report_privacy (session);
}

void
msnp_session_reply_auth (MsnpSession *session, const char *who,
                         gboolean grant)
{
  MsnpPerson *person = begin (session, who, TRUE);

  if (person == NULL)
    return;
  if (grant)
    allow (person);
  else
    block (person);
  msnp_edits_commit (session, person);
  msnp_report_privacy (session);
}

/* --- invitations by mail ------------------------------------------------ */

static gboolean
on_invited (gpointer user, const MsnpCommand *command, gpointer address)
{
  MsnpSession *session = user;
  ImEvent event = { .type = IM_EVENT_LIST_ERROR };

  if (command == NULL || command->error_code == 0)
    return FALSE;
  event.list_error.who = address;
  event.list_error.group = "";
  event.list_error.reason = IM_LIST_ERROR_SERVER;
  event.list_error.code = command->error_code;
  msnp_session_emit (session, &event);
  return FALSE;
}

/* The server writes the mail, in English (0x0409). */
void
msnp_session_invite_by_mail (MsnpSession *session, const char *address)
{
  g_autofree char *who = msnp_address_normalize (address);
  guint32 id;

  if (session->gone || session->ns == NULL || *who == '\0' ||
      session->state < MSNP_STATE_LISTS)
    return;
  id = msnp_conn_next_id (session->ns);
  msnp_encode (msnp_conn_writer (session->ns), "SND", id, who, "0x0409",
               "MSMSGS", NULL);
  msnp_conn_expect (session->ns, id, on_invited, g_steal_pointer (&who),
                    g_free);
  msnp_conn_flush (session->ns);
}
