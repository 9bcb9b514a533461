/* Everybody we know of: from the directory, from the list kept on this
 * computer, and from what is pushed. How they are is kept for all of them: the
 * directory may name them later than the gateway does. */

#include "msnweb-session-private.h"

#include <string.h>

#include "msnweb-contacts.h"
#include "msnweb-people.h"
#include "msnweb-roster.h"
#include "msnweb-trust.h"

/* After a loss: how long people may go without a word before they count as
 * offline, whether another session comes or not; and how long the new one has
 * to say who is online. */
#define MISSED_MS (30 * 1000)
#define SILENT_MS (15 * 1000)

struct _MsnwebPeople
{
  GHashTable *people;   /* address, in them => owned MsnwebSomebody */
  MsnwebRoster *roster; /* nullable: the directory */
  ImTimer *turn;        /* nullable: it will be asked */
  gboolean fetched;     /* it has given us a list */
  gboolean told_unread; /* the user knows that it has not */
  ImTimer *stale;       /* nullable: who says nothing until then is offline */
};

static void
free_somebody (gpointer data)
{
  MsnwebSomebody *somebody = data;

  g_free (somebody->address);
  g_free (somebody->name);
  g_free (somebody->nick);
  g_free (somebody->message);
  g_free (somebody);
}

MsnwebSomebody *
msnweb_people_find (const MsnwebSession *session, const char *address)
{
  return g_hash_table_lookup (session->people->people, address);
}

/* NULL if there are too many. */
static MsnwebSomebody *
ensure (MsnwebSession *session, const char *address)
{
  MsnwebPeople *self = session->people;
  MsnwebSomebody *somebody = msnweb_people_find (session, address);

  if (somebody != NULL ||
      g_hash_table_size (self->people) >= IM_MAX_MSNP_CONTACTS)
    return somebody;
  somebody = g_new0 (MsnwebSomebody, 1);
  somebody->address = g_strdup (address);
  somebody->status = IM_STATUS_OFFLINE;
  g_hash_table_insert (self->people, somebody->address, somebody);
  return somebody;
}

/* --- How they are ------------------------------------------------------- */

ImStatus
msnweb_people_status (MsnpStatus status)
{
  switch (status)
    {
    case MSNP_STATUS_ONLINE:
      return IM_STATUS_AVAILABLE;
    case MSNP_STATUS_BUSY:
      return IM_STATUS_OCCUPIED;
    case MSNP_STATUS_IDLE:
    case MSNP_STATUS_AWAY:
      return IM_STATUS_AWAY;
    case MSNP_STATUS_RIGHT_BACK:
      return IM_STATUS_RIGHT_BACK;
    case MSNP_STATUS_PHONE:
      return IM_STATUS_PHONE;
    case MSNP_STATUS_LUNCH:
      return IM_STATUS_LUNCH;
    case MSNP_STATUS_HIDDEN:
    case MSNP_STATUS_OFFLINE:
      break;
    }
  return IM_STATUS_OFFLINE;
}

/* The directory's word counts more than what they call themselves today. */
static const char *
name_of (const MsnwebSomebody *somebody)
{
  return somebody->name != NULL ? somebody->name : somebody->nick;
}

static void
report (MsnwebSession *session, const MsnwebSomebody *somebody)
{
  g_autoptr (ImText) message = NULL;
  ImEvent event = { .type = IM_EVENT_PRESENCE };

  if (somebody->message != NULL && *somebody->message != '\0')
    message = im_text_new_plain (somebody->message);
  event.presence.who = somebody->address;
  event.presence.status = somebody->status;
  event.presence.message = message;
  event.presence.idle_since = somebody->idle_since;
  event.presence.nick = name_of (somebody);
  msnweb_session_emit (session, &event);
}

static void
set_status (MsnwebSession *session, MsnwebSomebody *somebody,
            MsnpStatus status)
{
  somebody->status = msnweb_people_status (status);
  if (status != MSNP_STATUS_IDLE)
    somebody->idle_since = 0;
  else if (somebody->idle_since == 0)
    somebody->idle_since = session->host->ops->wall_s (session->host);
}

static void
replace (char **slot, const char *text)
{
  if (text == NULL)
    return;
  g_free (*slot);
  *slot = g_strdup (text);
}

static void
apply (MsnwebSession *session, const MsnwebUser *user)
{
  MsnwebSomebody *somebody = ensure (session, user->who);

  if (somebody == NULL)
    return;
  somebody->stale = FALSE;
  replace (&somebody->nick, user->nick);
  replace (&somebody->message, user->message);
  switch (msnweb_user_change (user))
    {
    case MSNWEB_CHANGE:
      set_status (session, somebody, user->status);
      break;
    case MSNWEB_LEAVE:
      set_status (session, somebody, MSNP_STATUS_OFFLINE);
      break;
    case MSNWEB_STAY:
      if (user->gone)
        return;
      break;
    }
  report (session, somebody);
}

void
msnweb_people_handle (MsnwebSession *session, const MsnwebCommand *command)
{
  g_auto (MsnwebUser) user = { 0 };
  g_autoptr (GError) error = NULL;

  if (!msnweb_user_decode (command, &user, &error))
    {
      im_host_debug (session->host, "msnweb: %s", error->message);
      return;
    }
  if (session->own != NULL && msnweb_address_equal (user.who, session->own))
    msnweb_presence_handle_own (session, &user);
  else if (msnweb_address_type (user.who) != MSNWEB_TYPE_THREAD)
    apply (session, &user);
}

/* --- Telling the server ------------------------------------------------- */

/* It knows us by our cookies, which are not for everybody to read. */
static gboolean
has_directory (const MsnwebSession *session)
{
  const MsnwebSettings *settings = &session->settings;
  MsnwebTrust *trust;
  gboolean private;

  if (settings->roster == NULL || settings->auth != MSNWEB_AUTH_COOKIES)
    return FALSE;
  trust = msnweb_trust_new (settings->roster, NULL);
  private = trust != NULL &&
            (settings->plain || msnweb_trust_is_private (trust));
  msnweb_trust_free (trust);
  return private;
}

/* A server with a directory knows the list. */
static gboolean
tells_list (const MsnwebSession *session)
{
  return session->people->roster == NULL ||
         (session->settings.quirks & MSNWEB_QUIRK_CONTACTS) != 0;
}

static void
tell (MsnwebSession *session, const MsnwebContact *contacts, gsize n,
      gboolean initial, gboolean remove)
{
  while (n > 0)
    {
      gsize used = 0;
      MsnwebRequest request =
          msnweb_contacts_encode (contacts, n, initial, remove, &used);

      if (request.body != NULL)
        msnweb_commands_send (session, request, NULL, NULL, NULL);
      else
        msnweb_request_clear (&request);
      if (used == 0)
        return;
      contacts += used;
      n -= used;
    }
}

static MsnwebContact
contact_of (const MsnwebSomebody *somebody)
{
  MsnwebContact contact = {
    .address = somebody->address,
    .lists = MSNP_LIST_FORWARD | (somebody->blocked ? MSNP_LIST_BLOCK
                                                    : MSNP_LIST_ALLOW),
  };

  return contact;
}

static void
tell_all (MsnwebSession *session)
{
  g_autoptr (GArray) contacts =
      g_array_new (FALSE, FALSE, sizeof (MsnwebContact));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, session->people->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((const MsnwebSomebody *) value)->listed)
      {
        MsnwebContact contact = contact_of (value);

        g_array_append_val (contacts, contact);
      }
  tell (session, (const MsnwebContact *) contacts->data, contacts->len, TRUE,
        FALSE);
}

static void
tell_one (MsnwebSession *session, const MsnwebSomebody *somebody,
          gboolean remove)
{
  MsnwebContact contact = contact_of (somebody);

  if (msnweb_session_is_up (session))
    tell (session, &contact, 1, FALSE, remove);
}

/* Servers know it for this session only. */
void
msnweb_session_add_buddy (MsnwebSession *session, const char *who,
                          const char *group, const char *alias,
                          const char *words)
{
  g_autofree char *address = msnweb_address_normalize (who);
  MsnwebSomebody *somebody = ensure (session, address);

  if (somebody == NULL || !msnweb_session_is_online (session))
    return;
  if (!somebody->listed)
    {
      somebody->listed = TRUE;
      tell_one (session, somebody, FALSE);
    }
  report (session, somebody);
}

void
msnweb_session_remove_buddy (MsnwebSession *session, const char *who,
                             const char *group)
{
  g_autofree char *address = msnweb_address_normalize (who);
  MsnwebSomebody *somebody = msnweb_people_find (session, address);

  if (somebody == NULL || !somebody->listed)
    return;
  somebody->listed = FALSE;
  tell_one (session, somebody, TRUE);
}

void
msnweb_session_reply_auth (MsnwebSession *session, const char *who,
                           gboolean grant)
{
  if (grant)
    msnweb_session_add_buddy (session, who, NULL, NULL, NULL);
}

/* --- The directory ------------------------------------------------------ */

static void
report_buddy (MsnwebSession *session, const MsnwebPerson *person,
              const MsnwebBuddy *buddy)
{
  ImEvent event = { .type = IM_EVENT_BUDDY };

  event.buddy.who = buddy->address;
  event.buddy.group = "";
  event.buddy.nick = person->name;
  msnweb_session_emit (session, &event);
}

static void
report_wish (MsnwebSession *session, const MsnwebPerson *person,
             const MsnwebBuddy *buddy)
{
  ImEvent event = { .type = IM_EVENT_AUTH_REQUEST };

  event.auth.who = buddy->address;
  event.auth.reason = person->name;
  msnweb_session_emit (session, &event);
}

static void
take_buddy (MsnwebSession *session, const MsnwebPerson *person,
            const MsnwebBuddy *buddy)
{
  MsnwebSomebody *somebody = ensure (session, buddy->address);

  if (somebody == NULL)
    return;
  if (buddy->pending)
    {
      if (!somebody->asked)
        report_wish (session, person, buddy);
      somebody->asked = TRUE;
      return;
    }
  replace (&somebody->name, person->name);
  somebody->blocked = buddy->blocked;
  somebody->listed = TRUE;
  report_buddy (session, person, buddy);
  if (somebody->status != IM_STATUS_OFFLINE)
    report (session, somebody);
}

static void
report_blocked (MsnwebSession *session, const GPtrArray *list)
{
  g_autoptr (GPtrArray) denied = g_ptr_array_new ();
  static const char *const nobody[] = { NULL };
  ImEvent event = { .type = IM_EVENT_PRIVACY };

  for (guint i = 0; i < list->len; i++)
    {
      const MsnwebPerson *person = list->pdata[i];

      for (guint k = 0; k < person->buddies->len; k++)
        {
          const MsnwebBuddy *buddy = person->buddies->pdata[k];

          if (buddy->blocked)
            g_ptr_array_add (denied, buddy->address);
        }
    }
  if (denied->len == 0)
    return;
  g_ptr_array_add (denied, NULL);
  event.privacy.mode = IM_PRIVACY_DENY_LISTED;
  event.privacy.permit = nobody;
  event.privacy.deny = (const char *const *) denied->pdata;
  msnweb_session_emit (session, &event);
}

static void
take_list (MsnwebSession *session, const GPtrArray *list, gboolean cut)
{
  ImEvent event = { .type = IM_EVENT_ROSTER_DONE };

  session->people->fetched = TRUE;

  for (guint i = 0; i < list->len && !session->gone; i++)
    {
      const MsnwebPerson *person = list->pdata[i];

      for (guint k = 0; k < person->buddies->len; k++)
        take_buddy (session, person, person->buddies->pdata[k]);
    }
  report_blocked (session, list);
  if (cut)
    {
      ImEvent notice = { .type = IM_EVENT_NOTICE,
                         .notice.kind = IM_NOTICE_LIST_CUT };

      msnweb_session_emit (session, &notice);
    }
  msnweb_session_emit (session, &event);
}

static void
on_list (gpointer user, const GPtrArray *list, gboolean cut)
{
  MsnwebSession *session = user;

  msnweb_session_ref (session);
  take_list (session, list, cut);
  msnweb_session_unref (session);
}

/* The gateway is the first to know of new ones; it may need them too. */
static void
on_refused (gpointer user)
{
  msnweb_ladder_renew (user);
}

/* The list kept on this computer has to do. */
static void
on_failed (gpointer user, const char *why)
{
  MsnwebSession *session = user;

  im_host_debug (session->host, "msnweb: no list: %s", why);
  if (session->people->fetched || session->people->told_unread)
    return;
  session->people->told_unread = TRUE;
  msnweb_session_notice (session, IM_NOTICE_LIST_UNREAD, NULL, why);
}

static const MsnwebRosterHandlers roster_handlers = {
  .list = on_list,
  .refused = on_refused,
  .failed = on_failed,
};

void
msnweb_people_changed_elsewhere (MsnwebSession *session)
{
  if (session->people->roster != NULL)
    msnweb_roster_changed (session->people->roster);
}

static void
on_turn (gpointer user)
{
  MsnwebSession *session = user;

  session->people->turn = NULL;
  msnweb_roster_fetch (session->people->roster);
}

/* At the end of this turn, so that what opens the session leaves first. */
void
msnweb_people_signed_in (MsnwebSession *session)
{
  MsnwebPeople *self = session->people;

  if (!session->gone && self->roster != NULL && !self->fetched &&
      self->turn == NULL)
    self->turn =
        session->host->ops->timer_add (session->host, 0, on_turn, session);
}

/* --- Asking about them -------------------------------------------------- */

void
msnweb_session_get_info (MsnwebSession *session, const char *who)
{
  g_autofree char *address = msnweb_address_normalize (who);
  const MsnwebSomebody *somebody = msnweb_people_find (session, address);
  g_autoptr (ImText) message = NULL;
  ImField fields[2];
  ImEvent event = { .type = IM_EVENT_PROFILE };
  ImEventProfile *profile = &event.profile;

  profile->presence.who = address;
  profile->asked = TRUE;
  profile->fields = fields;
  fields[profile->n_fields++] = (ImField){ IM_FIELD_NAME, address };
  if (somebody != NULL)
    {
      profile->found = TRUE;
      profile->presence.status = somebody->status;
      if (somebody->nick != NULL && *somebody->nick != '\0')
        fields[profile->n_fields++] =
            (ImField){ IM_FIELD_NICK, somebody->nick };
      if (somebody->message != NULL && *somebody->message != '\0')
        message = im_text_new_plain (somebody->message);
      profile->profile = message;
    }
  msnweb_session_emit (session, &event);
}

/* --- Losses ------------------------------------------------------------- */

static void
on_stale (gpointer user)
{
  MsnwebSession *session = user;
  GHashTableIter iter;
  gpointer value;

  session->people->stale = NULL;
  msnweb_session_ref (session);
  g_hash_table_iter_init (&iter, session->people->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MsnwebSomebody *somebody = value;

      if (!somebody->stale || somebody->status == IM_STATUS_OFFLINE)
        continue;
      somebody->stale = FALSE;
      set_status (session, somebody, MSNP_STATUS_OFFLINE);
      report (session, somebody);
      /* Whoever hears of it may have changed the table. */
      g_hash_table_iter_init (&iter, session->people->people);
    }
  msnweb_session_unref (session);
}

static void
expect_word (MsnwebSession *session, guint ms)
{
  MsnwebPeople *self = session->people;
  ImHost *host = session->host;

  host->ops->timer_cancel (host, g_steal_pointer (&self->stale));
  self->stale = host->ops->timer_add (host, ms, on_stale, session);
}

static void
lost (MsnwebSession *session)
{
  GHashTableIter iter;
  gpointer value;

  if (!session->told)
    return;
  g_hash_table_iter_init (&iter, session->people->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((MsnwebSomebody *) value)->stale = TRUE;
  expect_word (session, MISSED_MS);
}

static void
online (MsnwebSession *session)
{
  if (session->people->stale != NULL)
    expect_word (session, SILENT_MS);
}

/* --- Life --------------------------------------------------------------- */

static void
bound (MsnwebSession *session)
{
  if (tells_list (session))
    tell_all (session);
}

static void
over (MsnwebSession *session)
{
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&session->people->turn));
  if (session->people->roster != NULL)
    msnweb_roster_stop (session->people->roster);
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&session->people->stale));
}

static void
init (MsnwebSession *session, const MsnwebConfig *config)
{
  session->people = g_new0 (MsnwebPeople, 1);
  session->people->people =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_somebody);
  if (has_directory (session))
    session->people->roster = msnweb_roster_new (
        session->host, session->settings.roster, &roster_handlers, session);
  for (guint i = 0; config->buddies != NULL && config->buddies[i] != NULL; i++)
    {
      g_autofree char *address = msnweb_address_normalize (config->buddies[i]);
      MsnwebSomebody *somebody = ensure (session, address);

      if (somebody != NULL)
        somebody->listed = TRUE;
    }
}

static void
clear (MsnwebSession *session)
{
  over (session);
  msnweb_roster_free (session->people->roster);
  g_hash_table_unref (session->people->people);
  g_free (session->people);
}

const MsnwebPart msnweb_people_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .online = online,
  .lost = lost,
  .over = over,
};
