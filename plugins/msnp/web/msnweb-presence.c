/* What others see of us, and the other places of our account.
 *
 * Everything is published when a session is bound; later changes are published
 * as they come. Between two sessions they are only kept. */

#include "msnweb-session-private.h"

#include <string.h>

#include "msnweb-contacts.h"

/* Seconds a claim that the user is here holds, and how often it is made. */
#define ACTIVE_SECONDS 135
#define ACTIVE_EVERY_MS (120 * 1000)

struct _MsnwebOwn
{
  ImStatus status;
  char *message;      /* nullable */
  gboolean idle;
  guint n_publishing; /* changes the server has not answered yet */
  char *nick;         /* (nullable): as the user has it */
  GPtrArray *places;  /* owned char *: other places, in braces */
  gint64 active_ms;   /* when it was last claimed, or 0 */
};

/* --- Words for a state -------------------------------------------------- */

static MsnpStatus
status_to_wire (const MsnwebOwn *self)
{
  switch (self->status)
    {
    case IM_STATUS_AWAY:
    case IM_STATUS_NOT_AVAILABLE:
      return MSNP_STATUS_AWAY;
    case IM_STATUS_OCCUPIED:
    case IM_STATUS_DND:
      return MSNP_STATUS_BUSY;
    case IM_STATUS_RIGHT_BACK:
      return MSNP_STATUS_RIGHT_BACK;
    case IM_STATUS_PHONE:
      return MSNP_STATUS_PHONE;
    case IM_STATUS_LUNCH:
      return MSNP_STATUS_LUNCH;
    case IM_STATUS_INVISIBLE:
    case IM_STATUS_OFFLINE:
      return MSNP_STATUS_HIDDEN;
    case IM_STATUS_AVAILABLE:
    case IM_STATUS_FREE_FOR_CHAT:
    case IM_N_STATUSES:
      break;
    }
  return self->idle ? MSNP_STATUS_IDLE : MSNP_STATUS_ONLINE;
}

/* Whether the user is anything but just here. */
static gboolean
is_chosen (const MsnwebOwn *self)
{
  MsnpStatus status = status_to_wire (self);

  return status != MSNP_STATUS_ONLINE && status != MSNP_STATUS_IDLE;
}

static MsnwebSelf
describe (MsnwebSession *session)
{
  const MsnwebOwn *own = session->presence;
  MsnwebSelf self = {
    .own = session->own,
    .epid = session->settings.machine,
    .status = status_to_wire (own),
    .nick = own->nick,
    .message = own->message,
    .place = session->settings.place_name,
  };

  return self;
}

const char *
msnweb_presence_nick (const MsnwebSession *session)
{
  return session->presence->nick;
}

gboolean
msnweb_presence_is_hidden (const MsnwebSession *session)
{
  return status_to_wire (session->presence) == MSNP_STATUS_HIDDEN;
}

/* --- Publishing --------------------------------------------------------- */

static void
on_published (MsnwebSession *session, MsnwebOutcome outcome,
              const MsnwebCommand *answer, gpointer data)
{
  if (outcome == MSNWEB_ANSWERED)
    msnweb_ladder_published (session, TRUE, 0);
  else if (outcome == MSNWEB_REFUSED)
    {
      /* What is the session's business is seen to there. */
      if (msnweb_error_find (answer->error_code)->class == MSNWEB_ERROR_STAYS)
        msnweb_ladder_published (session, FALSE, answer->error_code);
    }
}

/* A change that was lost goes out with the next gateway session. */
static void
on_changed (MsnwebSession *session, MsnwebOutcome outcome,
            const MsnwebCommand *answer, gpointer data)
{
  g_autofree char *words = NULL;

  session->presence->n_publishing--;
  if (outcome == MSNWEB_ANSWERED || outcome == MSNWEB_LOST ||
      outcome == MSNWEB_UNSENT)
    return;
  if (answer != NULL)
    words = msnweb_command_words (answer);
  msnweb_session_notice (session, IM_NOTICE_STATUS_REFUSED, NULL, words);
}

static void
publish (MsnwebSession *session, MsnwebParts which)
{
  MsnwebSelf self = describe (session);

  if (!msnweb_session_is_up (session))
    return;
  session->presence->n_publishing++;
  msnweb_commands_send (session, msnweb_user_encode (&self, which), on_changed,
                        NULL, NULL);
}

void
msnweb_session_set_status (MsnwebSession *session, ImStatus status,
                           const ImText *message)
{
  MsnwebOwn *self = session->presence;
  MsnpStatus before = status_to_wire (self);
  const char *text = message != NULL ? im_text_plain (message) : NULL;
  MsnwebParts which = 0;

  if (text != NULL && *text == '\0')
    text = NULL;
  self->status = status;
  if (status_to_wire (self) != before)
    which |= MSNWEB_PART_STATUS;
  if (g_strcmp0 (text, self->message) != 0)
    {
      which |= MSNWEB_PART_MESSAGE;
      g_free (self->message);
      self->message = g_strdup (text);
    }
  if (which != 0)
    publish (session, which);
}

/* Messages for our account go to all places; this tells servers where the user
 * is to be found. */
static void
claim (MsnwebSession *session, gboolean active)
{
  MsnwebOwn *self = session->presence;
  gint64 now = session->host->ops->monotonic_ms (session->host) + 1;

  if (!msnweb_session_is_up (session) ||
      (active && self->active_ms != 0 &&
       now - self->active_ms < ACTIVE_EVERY_MS))
    return;
  self->active_ms = active ? now : 0;
  msnweb_commands_send (
      session, msnweb_user_encode_active (active ? ACTIVE_SECONDS : 0), NULL,
      NULL, NULL);
}

void
msnweb_session_set_idle (MsnwebSession *session, guint seconds)
{
  MsnwebOwn *self = session->presence;
  MsnpStatus before = status_to_wire (self);

  self->idle = seconds > 0;
  if (status_to_wire (self) != before)
    publish (session, MSNWEB_PART_STATUS);
  claim (session, !self->idle);
}

static void
report_nick (MsnwebSession *session, ImAccountOutcome outcome, guint code,
             const char *nick)
{
  ImEvent event = { .type = IM_EVENT_ACCOUNT };

  event.account.matter = IM_ACCOUNT_NAME;
  event.account.outcome = outcome;
  event.account.code = code;
  event.account.text = nick;
  msnweb_session_emit (session, &event);
}

static void
on_nick (MsnwebSession *session, MsnwebOutcome outcome,
         const MsnwebCommand *answer, gpointer data)
{
  if (outcome == MSNWEB_ANSWERED)
    report_nick (session, IM_ACCOUNT_DONE, 0, data);
  else if (outcome == MSNWEB_REFUSED)
    report_nick (session,
                 answer->error_code == 209 ? IM_ACCOUNT_BAD_NAME
                                           : IM_ACCOUNT_REFUSED,
                 answer->error_code, data);
  else
    report_nick (session, IM_ACCOUNT_TRY_LATER, 0, data);
}

void
msnweb_session_set_nick (MsnwebSession *session, const char *nick)
{
  MsnwebOwn *self = session->presence;
  MsnwebSelf described;

  if (nick == NULL || *nick == '\0')
    return;
  g_free (self->nick);
  self->nick = g_utf8_make_valid (nick, -1);
  if (!msnweb_session_is_up (session))
    return;
  described = describe (session);
  msnweb_commands_send (session,
                        msnweb_user_encode (&described, MSNWEB_PART_NICK),
                        on_nick, g_strdup (self->nick), g_free);
}

static void
bound (MsnwebSession *session)
{
  MsnwebSelf self = describe (session);

  session->presence->active_ms = 0;
  g_ptr_array_set_size (session->presence->places, 0);
  msnweb_commands_send (session,
                        msnweb_user_encode (&self, MSNWEB_PART_ALL),
                        on_published, NULL, NULL);
  msnweb_commands_send (session, msnweb_contacts_encode_subscriptions (),
                        NULL, NULL, NULL);
}

static void
online (MsnwebSession *session)
{
  ImEvent event = { .type = IM_EVENT_SELF };

  /* Our address there is nothing to call people by. */
  event.self.name = session->presence->nick != NULL ? session->presence->nick
                                                     : session->settings.address;
  msnweb_session_emit (session, &event);
}

/* --- Other places ------------------------------------------------------- */

static gint
find_place (const MsnwebOwn *self, const char *epid)
{
  for (guint i = 0; i < self->places->len; i++)
    if (msnweb_epid_equal (self->places->pdata[i], epid))
      return (gint) i;
  return -1;
}

static void
forget_place (MsnwebOwn *self, const char *epid)
{
  gint i = find_place (self, epid);

  if (i >= 0)
    g_ptr_array_remove_index (self->places, (guint) i);
}

static void
learn_place (MsnwebOwn *self, const char *epid)
{
  if (find_place (self, epid) < 0 && self->places->len < IM_MAX_MSNP_ENDPOINTS)
    g_ptr_array_add (self->places, msnweb_epid_normalize (epid));
}

/* What somebody at another place chose, as far as it is not ours already.
 * Being idle there means nothing here. */
static gboolean
adopt_status (MsnwebOwn *self, MsnpStatus status)
{
  ImStatus chosen = msnweb_people_status (status);

  if (status == MSNP_STATUS_HIDDEN)
    chosen = IM_STATUS_INVISIBLE;
  else if (status == MSNP_STATUS_IDLE)
    chosen = IM_STATUS_AVAILABLE;
  if (chosen == IM_STATUS_OFFLINE ||
      status_to_wire (self) == status ||
      (chosen == IM_STATUS_AVAILABLE && !is_chosen (self)))
    return FALSE;
  self->status = chosen;
  return TRUE;
}

static gboolean
adopt_message (MsnwebOwn *self, const char *message)
{
  if (message == NULL ||
      strcmp (message, self->message != NULL ? self->message : "") == 0)
    return FALSE;
  g_free (self->message);
  self->message = *message != '\0' ? g_strdup (message) : NULL;
  return TRUE;
}

/* The status is the account's: the last word counts, wherever it was said. What
 * comes while ours is under way is older. */
static void
follow (MsnwebSession *session, const MsnwebUser *user)
{
  MsnwebOwn *self = session->presence;
  g_autoptr (ImText) text = NULL;
  ImEvent event = { .type = IM_EVENT_OWN_STATUS };
  gboolean changed = FALSE;

  if (user->gone || self->n_publishing > 0 ||
      session->state != MSNWEB_STATE_ONLINE ||
      msnweb_epid_equal (user->epid, session->settings.machine))
    return;
  if (msnweb_user_change (user) == MSNWEB_CHANGE)
    changed |= adopt_status (self, user->status);
  changed |= adopt_message (self, user->message);
  if (!changed)
    return;
  text = self->message != NULL ? im_text_new_plain (self->message) : NULL;
  event.own_status.status = self->status;
  event.own_status.text = text;
  msnweb_session_emit (session, &event);
}

void
msnweb_presence_handle_own (MsnwebSession *session, const MsnwebUser *user)
{
  MsnwebOwn *self = session->presence;

  for (guint i = 0; user->places != NULL && i < user->places->len; i++)
    {
      const MsnwebPlace *place = user->places->pdata[i];

      if (!msnweb_epid_equal (place->epid, session->settings.machine))
        (user->gone ? forget_place : learn_place) (self, place->epid);
      else if (user->gone)
        {
          msnweb_session_fail_simple (
              session, IM_PROBLEM_SIGNED_ON_ELSEWHERE, 0, NULL);
          return;
        }
    }
  follow (session, user);
}

void
msnweb_session_sign_off_places (MsnwebSession *session)
{
  MsnwebOwn *self = session->presence;
  MsnwebSelf described;

  if (!msnweb_session_is_up (session))
    return;
  described = describe (session);
  for (guint i = 0; i < self->places->len; i++)
    msnweb_commands_send (
        session,
        msnweb_user_encode_sign_off (&described, self->places->pdata[i]),
        NULL, NULL, NULL);
}

guint
msnweb_session_n_places (const MsnwebSession *session)
{
  return session->presence->places->len;
}

/* --- Life --------------------------------------------------------------- */

static void
init (MsnwebSession *session, const MsnwebConfig *config)
{
  MsnwebOwn *self = g_new0 (MsnwebOwn, 1);

  self->status = config->status;
  if (config->message != NULL && im_text_length (config->message) > 0)
    self->message = g_strdup (im_text_plain (config->message));
  if (config->nick != NULL && *config->nick != '\0')
    self->nick = g_utf8_make_valid (config->nick, -1);
  self->places = g_ptr_array_new_with_free_func (g_free);
  session->presence = self;
}

static void
clear (MsnwebSession *session)
{
  MsnwebOwn *self = session->presence;

  g_free (self->message);
  g_free (self->nick);
  g_ptr_array_unref (self->places);
  g_free (self);
}

const MsnwebPart msnweb_presence_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .online = online,
};
