/* The list as the notification server sends it, up to version 12, and what it
 * says of changes by itself.
 *
 *   msnp_lists_start ()   -> SYN t 0
 *   handle_sync ()        <- SYN     how many lines follow, from version 8
 *   handle_group ()       <- LSG ... each group
 *   handle_contact ()     <- LST ... each person; up to 7 each list apart
 *     finish ()                      all have come
 *       msnp_report_list ()
 *   handle_change ()      <- ADD, ADC, REM, unasked
 *
 * Stamps that would spare the lines are not used: no server is known whose
 * stamp moves with every change. */

#include "msnp-list-private.h"

#include <string.h>

#define NO_GROUP "0"

/* Up to version 7 the list ends when each of these is through. */
#define OLD_LISTS                                                             \
  (MSNP_LIST_FORWARD | MSNP_LIST_ALLOW | MSNP_LIST_BLOCK | MSNP_LIST_REVERSE)

struct _MsnpSyncing
{
  gboolean answered;  /* SYN came */
  guint n_contacts;   /* still to come, from version 8 */
  guint n_groups;
  guint lists_done;   /* up to version 7 */
  gboolean cut;       /* more came than we take */
};

void
msnp_lists_init (MsnpSession *session)
{
  MsnpLists *lists = g_new0 (MsnpLists, 1);

  session->lists = lists;
  lists->open = TRUE;
  lists->asks = TRUE;
  lists->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        g_free);
  msnp_report_init (session);
  msnp_edits_init (session);
}

void
msnp_lists_clear (MsnpSession *session)
{
  MsnpLists *lists = session->lists;

  if (lists == NULL)
    return;
  msnp_edits_clear (session);
  msnp_report_clear (session);
  g_clear_pointer (&lists->syncing, g_free);
  g_hash_table_unref (lists->words);
  g_clear_pointer (&session->lists, g_free);
}

void
msnp_lists_forget (MsnpSession *session)
{
  msnp_edits_reset (session);
  msnp_report_reset (session);
  g_clear_pointer (&session->lists->syncing, g_free);
  session->lists->known = FALSE;
  session->lists->open = TRUE;
  session->lists->asks = TRUE;
  msnp_people_clear (session->people);
}

/* --- asking ------------------------------------------------------------- */

static gboolean
on_sync (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;

  if (command == NULL || session->gone || session->lists->syncing == NULL)
    return FALSE;
  if (command->error_code == 0)
    {
      msnp_lists_handle (session, command);
      return session->lists != NULL && session->lists->syncing != NULL;
    }
  g_clear_pointer (&session->lists->syncing, g_free);
  msnp_report_no_list (session, command->error_code, NULL);
  return FALSE;
}

void
msnp_lists_start (MsnpSession *session)
{
  guint32 id = msnp_conn_next_id (session->ns);

  msnp_lists_forget (session);
  session->lists->syncing = g_new0 (MsnpSyncing, 1);
  msnp_encode (msnp_conn_writer (session->ns), "SYN", id, "0",
               session->version >= 10 ? "0" : NULL, NULL);
  msnp_conn_expect (session->ns, id, on_sync, NULL, NULL);
}

/* --- the list ----------------------------------------------------------- */

static void
finish (MsnpSession *session)
{
  MsnpLists *lists = session->lists;

  if (lists->syncing->cut)
    msnp_session_notice (session, IM_NOTICE_LIST_CUT, NULL, NULL);
  g_clear_pointer (&lists->syncing, g_free);
  if (session->gone)
    return;
  msnp_edits_start (session, msnp_lists_way (session->version));
  msnp_report_list (session);
}

static void
finish_if_complete (MsnpSession *session)
{
  const MsnpSyncing *syncing = session->lists->syncing;

  if (syncing != NULL && syncing->answered && syncing->n_contacts == 0 &&
      syncing->n_groups == 0 &&
      (session->version >= 8 || syncing->lists_done == OLD_LISTS))
    finish (session);
}

static void
handle_sync (MsnpSession *session, const MsnpCommand *command)
{
  MsnpSyncing *syncing = session->lists->syncing;
  g_autoptr (GError) error = NULL;
  MsnpSync sync;

  if (syncing == NULL || syncing->answered)
    return;
  if (!msnp_lists_decode_sync (command, session->version, &sync, &error))
    {
      msnp_session_fail_simple (session, IM_PROBLEM_PROTOCOL, 0,
                                error->message);
      return;
    }
  syncing->answered = TRUE;
  syncing->n_contacts = sync.n_contacts;
  syncing->n_groups = sync.n_groups;
  finish_if_complete (session);
}

static void
handle_group (MsnpSession *session, const MsnpCommand *command)
{
  MsnpSyncing *syncing = session->lists->syncing;
  const GPtrArray *groups = msnp_people_groups (session->people);
  g_auto (MsnpGroup) group = { NULL };
  MsnpCount count;

  if (syncing == NULL)
    return;
  if (!msnp_lists_decode_group (command, session->version, &group, &count,
                                NULL))
    im_host_debug (session->host, "msnp: a group without an id");
  /* Who is in that one is in none. */
  else if (session->version < 10 && strcmp (group.id, NO_GROUP) == 0)
    ;
  else if (groups->len < IM_MAX_MSNP_GROUPS)
    msnp_people_set_group (session->people, group.id, group.name);
  else
    syncing->cut = TRUE;
  if (syncing->n_groups > 0)
    syncing->n_groups--;
  finish_if_complete (session);
}

static void
replace (char **text, char **with)
{
  if (*with == NULL)
    return;
  g_free (*text);
  *text = g_steal_pointer (with);
}

static void
join_groups (MsnpSession *session, MsnpPerson *person, char **ids)
{
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      MsnpPeopleGroup *group = msnp_people_find_group (session->people,
                                                       ids[i]);

      if (group != NULL)
        msnp_people_join (person, group);
    }
}

/* A name that only repeats the address is none. */
static void
learn_nick (MsnpPerson *person, MsnpContact *contact)
{
  if (contact->nick != NULL &&
      (*contact->nick == '\0' ||
       g_ascii_strcasecmp (contact->nick, person->address) == 0))
    g_clear_pointer (&contact->nick, g_free);
  replace (&person->nick, &contact->nick);
}

static void
load_contact (MsnpSession *session, MsnpContact *contact)
{
  MsnpPerson *person;

  if (contact->handle.address == NULL)
    return;
  if (msnp_people_count (session->people) >= IM_MAX_MSNP_CONTACTS &&
      msnp_people_find (session->people, contact->handle.address) == NULL)
    {
      session->lists->syncing->cut = TRUE;
      return;
    }
  person = msnp_people_ensure (session->people, contact->handle.address);
  person->lists |= contact->lists;
  person->network = contact->handle.network;
  learn_nick (person, contact);
  if (contact->id != NULL)
    msnp_people_set_id (session->people, person, contact->id);
  if (contact->lists & MSNP_LIST_FORWARD)
    join_groups (session, person, contact->groups);
}

static void
handle_contact (MsnpSession *session, const MsnpCommand *command)
{
  MsnpSyncing *syncing = session->lists->syncing;
  g_auto (MsnpContact) contact = { { NULL } };
  g_autoptr (GError) error = NULL;
  MsnpCount count = { 0 };

  if (syncing == NULL)
    return;
  if (msnp_lists_decode_contact (command, session->version, &contact, &count,
                                 &error))
    load_contact (session, &contact);
  else
    im_host_debug (session->host, "msnp: a contact is passed over: %s",
                   error->message);
  if (syncing->n_contacts > 0)
    syncing->n_contacts--;
  if (session->version < 8 && count.index >= count.total)
    syncing->lists_done |= contact.lists;
  finish_if_complete (session);
}

/* --- settings ----------------------------------------------------------- */

/* The last word: serial numbers come before it in old versions. */
static gboolean
last_is (const MsnpCommand *command, const char *word)
{
  return command->n_params > 0 &&
         im_word_is (command->params[command->n_params - 1], word);
}

static void
handle_mode (MsnpSession *session, const MsnpCommand *command)
{
  gboolean open = !last_is (command, "BL");

  if (session->lists->known)
    msnp_edits_server_open (session, open);
  else
    session->lists->open = open;
}

static void
handle_asking (MsnpSession *session, const MsnpCommand *command)
{
  session->lists->asks = !last_is (command, "N");
}

static void
handle_property (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpProperty) property = { NULL };
  g_autofree char *address = NULL;

  if (!msnp_lists_decode_property (command, &property, &address, NULL))
    return;
  if (strcmp (property.key, "MFN") == 0)
    {
      if (property.value != NULL)
        msnp_own_learn_nick (session, property.value);
    }
  else if (g_str_has_prefix (property.key, "PH"))
    msnp_own_learn_phone (session, property.key, property.value);
}

/* REA t [serial] handle nick */
static void
handle_name (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpHandle) handle = { NULL };
  g_autofree char *nick = NULL;

  if (command->n_params < 2 ||
      !msnp_handle_decode (command->params[command->n_params - 2], &handle,
                           NULL))
    return;
  nick = msnp_param_dup_text (command->params[command->n_params - 1]);
  if (strcmp (handle.address, session->settings.address) == 0)
    msnp_own_learn_nick (session, nick);
}

/* --- changes the server tells of by itself ------------------------------ */

/* From version 10 on the server keeps whoever added us on the pending list as
 * well, until told what came of it. */
void
msnp_lists_apply_reverse (MsnpSession *session, MsnpContact *contact,
                          gboolean added)
{
  g_autofree char *address = g_strdup (contact->handle.address);
  MsnpPerson *person = msnp_people_find (session->people, address);
  guint lists = MSNP_LIST_REVERSE;

  if (person == NULL && added &&
      msnp_people_count (session->people) < IM_MAX_MSNP_CONTACTS)
    person = msnp_people_ensure (session->people, address);
  if (person == NULL)
    return;
  learn_nick (person, contact);
  if (!added)
    {
      person->asked = FALSE;
      msnp_edits_server_lists (session, person, 0,
                               lists | MSNP_LIST_PENDING);
      return;
    }
  if (session->version >= 10)
    lists |= MSNP_LIST_PENDING;
  msnp_edits_server_lists (session, person, lists, lists);
  person = msnp_people_find (session->people, address);
  if (person == NULL || session->gone)
    return;
  msnp_report_ask (session, person);
  if (!session->gone)
    msnp_report_added (session, person);
  if (!session->gone)
    msnp_edits_end_waiting (session, person);
}

static MsnpPerson *
person_of (MsnpSession *session, const MsnpContact *contact, gboolean make)
{
  if (contact->handle.address == NULL)
    return contact->id != NULL
               ? msnp_people_find_id (session->people, contact->id)
               : NULL;
  if (make && msnp_people_count (session->people) < IM_MAX_MSNP_CONTACTS)
    return msnp_people_ensure (session->people, contact->handle.address);
  return msnp_people_find (session->people, contact->handle.address);
}

static void
apply_member (MsnpSession *session, MsnpPerson *person,
              const MsnpContact *contact, gboolean added)
{
  for (guint i = 0; contact->groups[i] != NULL; i++)
    {
      MsnpPeopleGroup *group =
          msnp_people_find_group (session->people, contact->groups[i]);

      if (group != NULL)
        msnp_edits_server_member (session, person, group, added);
    }
}

static void
handle_change (MsnpSession *session, const MsnpCommand *command)
{
  gboolean added = !msnp_command_is (command, "REM");
  g_auto (MsnpContact) contact = { { NULL } };
  MsnpPerson *person;

  if (!session->lists->known ||
      !msnp_lists_decode_edit (command, session->version, &contact, NULL))
    return;
  if (contact.lists == MSNP_LIST_REVERSE && contact.handle.address != NULL)
    {
      msnp_lists_apply_reverse (session, &contact, added);
      return;
    }
  person = person_of (session, &contact, added);
  if (person == NULL)
    return;
  learn_nick (person, &contact);
  if (added && contact.id != NULL)
    msnp_people_set_id (session->people, person, contact.id);
  if (contact.groups != NULL && !added)
    apply_member (session, person, &contact, FALSE);
  else
    {
      msnp_edits_server_lists (session, person, added ? contact.lists : 0,
                               contact.lists);
      if (contact.groups != NULL)
        apply_member (session, person, &contact, TRUE);
    }
}

static void
handle_group_change (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpGroup) group = { NULL };

  if (!session->lists->known ||
      !msnp_lists_decode_group_edit (command, session->version, &group, NULL))
    return;
  if (session->version < 10 && strcmp (group.id, NO_GROUP) == 0)
    return;
  if (group.name != NULL)
    msnp_edits_server_group (session, group.id, group.name);
  else
    msnp_edits_server_group_gone (session, group.id);
}

/* --- the table ---------------------------------------------------------- */

void
msnp_lists_handle (MsnpSession *session, const MsnpCommand *command)
{
  static const struct
  {
    char verb[4];
    void (*handle) (MsnpSession *session, const MsnpCommand *command);
  } handlers[] = {
    { "SYN", handle_sync },         { "LSG", handle_group },
    { "LST", handle_contact },      { "BLP", handle_mode },
    { "GTC", handle_asking },       { "PRP", handle_property },
    { "REA", handle_name },         { "ADD", handle_change },
    { "ADC", handle_change },       { "REM", handle_change },
    { "ADG", handle_group_change }, { "REG", handle_group_change },
    { "RMG", handle_group_change },
  };

  if (session->lists == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (msnp_command_is (command, handlers[i].verb))
      handlers[i].handle (session, command);
}
