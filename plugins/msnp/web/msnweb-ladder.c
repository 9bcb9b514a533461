/* From an address and a password to being seen, and back there after a loss:
 *
 *   msnweb_ladder_start ()
 *     `-- sign_in ()                 the web's pages, or cookies of last time
 *           `-- on_proof ()
 *                 `-- open ()           -> CNT ATH BND
 *                       on_connected ()    <- CNT, or XFR: open () elsewhere
 *                       on_authenticated ()<- ATH, or 911: sign_in () once
 *                       on_bound ()        <- BND
 *                         `-- start ()  -> CHALLENGE and what every part has
 *                                          to say: PRESENCE SUBSCRIPTIONS ...
 *                       on_challenged ()   <- PUT
 *                       msnweb_ladder_published ()
 *                         `-- go_online ()
 *     msnweb_ladder_ended ()            the gateway session is gone
 *       `-- fall ()                     waits, then open () again
 *
 * A gateway session cannot be resumed; a new one takes its place, and the
 * user notices nothing if that is soon. */

#include "msnweb-session-private.h"

#include <string.h>

#include "auth-msn-challenge.h"
#include "msnweb-proof.h"

/* Seconds from the first answer of the gateway to the last one of BND. */
#define BIND_SECONDS 30

/* ... and from there to being online: a little more than a command has. */
#define START_SECONDS 70

/* Servers that may send us on, one after the other. */
#define MAX_HOPS 3

/* After a loss: tries, seconds in which they have to succeed, and the wait
 * before the first, which doubles and is made irregular so that not everybody
 * comes back at once. */
#define MAX_TRIES 3
#define RESUME_SECONDS 60
#define FALL_MS 2000

/* Hours after which the proof has to be shown again: servers take it for a
 * day. */
#define PROOF_SECONDS (23 * 3600)
#define BEFORE_EXPIRY_SECONDS 3600

/* Between pings. */
#define PING_SECONDS 45
#define MAX_PING_SECONDS 3600

struct _MsnwebLadder
{
  MsnwebProof *proof;   /* what signs us in */
  char *state;          /* (nullable): of XFR, to be shown with CNT */
  guint hops;
  gboolean renewed;     /* the sign-in was made anew since we were online */
  gboolean wanted;      /* the directory wants a new one, once we are online */
  gboolean challenged;  /* and our answer is not accepted yet */
  gboolean published;
  gint64 lost_ms;       /* when the session was lost that is missed, or 0 */
  guint tries;          /* since then */
  ImTimer *step_timer;  /* nullable: CNT, ATH, BND */
  ImTimer *again_timer; /* nullable: the next try */
  ImTimer *ping_timer;  /* nullable */
  ImTimer *proof_timer; /* nullable: when it has to be shown again */
};

static void open_session (MsnwebSession *session, const char *where);
static void sign_in (MsnwebSession *session, gboolean renew);
static gboolean let_go (MsnwebSession *session);
static void fall (MsnwebSession *session, ImProblem problem,
                  const char *detail);

/* --- Time --------------------------------------------------------------- */

static void
drop_timer (MsnwebSession *session, ImTimer **timer)
{
  session->host->ops->timer_cancel (session->host, g_steal_pointer (timer));
}

static void
set_timer (MsnwebSession *session, ImTimer **timer, guint ms, ImTimerFunc func)
{
  drop_timer (session, timer);
  *timer = session->host->ops->timer_add (session->host, ms, func, session);
}

/* Those of a gateway session. */
static void
drop_session_timers (MsnwebSession *session)
{
  MsnwebLadder *self = session->ladder;

  drop_timer (session, &self->step_timer);
  drop_timer (session, &self->again_timer);
  drop_timer (session, &self->ping_timer);
  drop_timer (session, &self->proof_timer);
}

void
msnweb_ladder_stop (MsnwebSession *session)
{
  drop_session_timers (session);
  msnweb_proof_stop (session->ladder->proof);
}

/* --- Keeping it --------------------------------------------------------- */

static void on_ping (gpointer user);

static void
on_pong (MsnwebSession *session, MsnwebOutcome outcome,
         const MsnwebCommand *answer, gpointer data)
{
  guint wait = PING_SECONDS;

  if (outcome == MSNWEB_ANSWERED && msnweb_connect_decode_ping (answer, &wait) &&
      wait == 0)
    return;
  if (outcome != MSNWEB_ANSWERED && outcome != MSNWEB_LATE)
    return;
  set_timer (session, &session->ladder->ping_timer,
             CLAMP (wait, PING_SECONDS, MAX_PING_SECONDS) * 1000, on_ping);
}

static void
on_ping (gpointer user)
{
  MsnwebSession *session = user;

  session->ladder->ping_timer = NULL;
  msnweb_commands_send (
      session, msnweb_connect_encode_ping (msnweb_talks_last_id (session)),
      on_pong, NULL, NULL);
}

static void
on_proven_again (MsnwebSession *session, MsnwebOutcome outcome,
                 const MsnwebCommand *answer, gpointer data);

static void
prove_again (MsnwebSession *session)
{
  MsnwebLadder *self = session->ladder;

  msnweb_commands_send (
      session,
      msnweb_connect_encode_auth (msnweb_proof_ticket (self->proof),
                                  msnweb_proof_uic (self->proof)),
      on_proven_again, NULL, NULL);
}

static void
on_fresh_proof (gpointer user, const ImFailure *failure)
{
  MsnwebSession *session = user;

  if (failure != NULL)
    {
      msnweb_gateway_drop (session->gateway);
      fall (session, failure->problem, failure->detail);
    }
  else
    {
      msnweb_people_signed_in (session);
      prove_again (session);
    }
}

static void
on_proof_old (gpointer user)
{
  MsnwebSession *session = user;

  session->ladder->proof_timer = NULL;
  msnweb_proof_renew (session->ladder->proof, on_fresh_proof, session);
}

static void
watch_proof (MsnwebSession *session, gint64 life)
{
  gint64 seconds = PROOF_SECONDS;

  if (life > 0)
    seconds = MIN (seconds, MAX (life - BEFORE_EXPIRY_SECONDS, 60));
  set_timer (session, &session->ladder->proof_timer, (guint) seconds * 1000,
             on_proof_old);
}

static void
on_proven_again (MsnwebSession *session, MsnwebOutcome outcome,
                 const MsnwebCommand *answer, gpointer data)
{
  if (outcome == MSNWEB_ANSWERED)
    {
      watch_proof (session, 0);
      return;
    }
  if (outcome == MSNWEB_LOST || outcome == MSNWEB_UNSENT)
    return;
  msnweb_gateway_drop (session->gateway);
  fall (session, IM_PROBLEM_LOST, "the sign-in could not be renewed");
}

/* --- Online ------------------------------------------------------------- */

static void
go_online (MsnwebSession *session)
{
  MsnwebLadder *self = session->ladder;
  ImEvent event = { .type = IM_EVENT_ONLINE };

  if (self->challenged || !self->published ||
      session->state != MSNWEB_STATE_STARTING)
    return;
  drop_timer (session, &self->step_timer);
  self->lost_ms = 0;
  self->tries = 0;
  self->renewed = FALSE;
  msnweb_session_set_state (session, MSNWEB_STATE_ONLINE);
  if ((session->settings.quirks & MSNWEB_QUIRK_NO_PING) == 0)
    set_timer (session, &self->ping_timer, PING_SECONDS * 1000, on_ping);
  if (!session->told)
    {
      session->told = TRUE;
      msnweb_session_emit (session, &event);
    }
  if (!session->gone && session->state == MSNWEB_STATE_ONLINE)
    msnweb_session_online (session);
  if (self->wanted && session->state == MSNWEB_STATE_ONLINE)
    msnweb_ladder_renew (session);
  self->wanted = FALSE;
}

void
msnweb_ladder_published (MsnwebSession *session, gboolean good, guint code)
{
  if (session->state != MSNWEB_STATE_STARTING)
    return;
  if (!good)
    {
      msnweb_session_fail_simple (session, IM_PROBLEM_SESSION_REFUSED, code,
                                  "the server takes no presence of ours");
      return;
    }
  session->ladder->published = TRUE;
  go_online (session);
}

/* --- CNT, ATH, BND ------------------------------------------------------ */

/* Refused before the session was bound, or told that the proof is not good
 * any more. */
static void
refuse (MsnwebSession *session, guint code)
{
  MsnwebLadder *self = session->ladder;
  const MsnwebError *error = msnweb_error_find (code);

  msnweb_gateway_drop (session->gateway);
  if (error->class == MSNWEB_ERROR_RENEW && !self->renewed)
    {
      if (let_go (session))
        sign_in (session, TRUE);
    }
  else if (error->class == MSNWEB_ERROR_RECONNECT)
    fall (session, error->problem, NULL);
  else
    msnweb_session_fail_simple (session,
                                error->class == MSNWEB_ERROR_STAYS
                                    ? IM_PROBLEM_SESSION_REFUSED
                                    : error->problem,
                                code, NULL);
}

static void
on_step_timer (gpointer user)
{
  MsnwebSession *session = user;

  session->ladder->step_timer = NULL;
  msnweb_gateway_drop (session->gateway);
  fall (session, IM_PROBLEM_TIMED_OUT, "the gateway does not answer");
}

/* What is left of an outcome when an answer was handled. The gateway tells of
 * losses itself, and nothing is late before the step's timer is. */
static gboolean
is_answered (MsnwebSession *session, MsnwebOutcome outcome,
             const MsnwebCommand *answer)
{
  if (outcome == MSNWEB_REFUSED)
    refuse (session, answer->error_code);
  return outcome == MSNWEB_ANSWERED;
}

static void
go_elsewhere (MsnwebSession *session, const MsnwebCommand *command)
{
  MsnwebLadder *self = session->ladder;
  g_auto (MsnwebElsewhere) elsewhere = { 0 };
  g_autofree char *where = NULL;

  if (!msnweb_connect_decode_elsewhere (command, &elsewhere, NULL) ||
      ++self->hops > MAX_HOPS)
    {
      msnweb_session_fail_simple (session, IM_PROBLEM_PROTOCOL, 0,
                                  "the server sends us around");
      return;
    }
  where = elsewhere.port == 0
              ? g_strdup (elsewhere.host)
              : g_strdup_printf ("%s:%u", elsewhere.host, elsewhere.port);
  g_free (self->state);
  self->state = g_steal_pointer (&elsewhere.state);
  msnweb_commands_discard (session);
  open_session (session, where);
}

static void
on_connected (MsnwebSession *session, MsnwebOutcome outcome,
              const MsnwebCommand *answer, gpointer data)
{
  if (is_answered (session, outcome, answer) &&
      strcmp (answer->verb, "XFR") == 0)
    go_elsewhere (session, answer);
}

static void
on_authenticated (MsnwebSession *session, MsnwebOutcome outcome,
                  const MsnwebCommand *answer, gpointer data)
{
  is_answered (session, outcome, answer);
}

static void
on_challenged (MsnwebSession *session, MsnwebOutcome outcome,
               const MsnwebCommand *answer, gpointer data)
{
  if (!is_answered (session, outcome, answer))
    return;
  session->ladder->challenged = FALSE;
  go_online (session);
}

static void
answer_challenge (MsnwebSession *session, const char *nonce)
{
  char digest[AUTH_MSN_CHALLENGE_LEN + 1];

  if (!auth_msn_challenge_answer (auth_msn_product_find (MSNWEB_PRODUCT),
                                  MSNWEB_PRODUCT_VERSION, nonce, digest, NULL))
    return;
  session->ladder->challenged = TRUE;
  msnweb_commands_send (session, msnweb_connect_encode_challenge (digest),
                        on_challenged, NULL, NULL);
}

static void
learn_own (MsnwebSession *session)
{
  const char *skype_id = msnweb_gateway_skype_id (session->gateway);
  g_autofree char *address =
      skype_id != NULL ? g_strdup_printf ("8:%s", skype_id)
                       : g_strdup_printf ("1:%s", session->settings.address);

  g_free (session->own);
  session->own = msnweb_address_normalize (address);
}

static void
start (MsnwebSession *session, const MsnwebBound *bound)
{
  gint64 now = session->host->ops->wall_s (session->host);
  gint64 life = 0;

  set_timer (session, &session->ladder->step_timer, START_SECONDS * 1000,
             on_step_timer);
  learn_own (session);
  msnweb_session_set_state (session, MSNWEB_STATE_STARTING);
  if (!session->told)
    msnweb_session_progress (session, IM_STEP_LISTS);
  if (bound->utc > 0)
    session->skew_s = bound->utc - now;
  if (bound->token_expires > 0)
    life = bound->token_expires - (now + session->skew_s);
  watch_proof (session, life);
  if (bound->nonce != NULL)
    answer_challenge (session, bound->nonce);
  msnweb_session_bound (session);
}

static void
on_bound (MsnwebSession *session, MsnwebOutcome outcome,
          const MsnwebCommand *answer, gpointer data)
{
  g_auto (MsnwebBound) bound = { 0 };
  g_autoptr (GError) error = NULL;

  /* 715: there is a feature set already, which is harmless (JavaSkype). */
  if (outcome == MSNWEB_REFUSED && answer->error_code == 715)
    start (session, &bound);
  else if (!is_answered (session, outcome, answer))
    return;
  else if (msnweb_connect_decode_bound (answer, &bound, &error))
    start (session, &bound);
  else
    {
      msnweb_gateway_drop (session->gateway);
      fall (session, IM_PROBLEM_PROTOCOL, error->message);
    }
}

static void
open_session (MsnwebSession *session, const char *where)
{
  MsnwebLadder *self = session->ladder;

  drop_session_timers (session);
  msnweb_session_set_state (session, MSNWEB_STATE_OPENING);
  if (!msnweb_gateway_open (session->gateway, where))
    {
      ImFailure failure = { .problem = IM_PROBLEM_ADVERTISED_HOST,
                            .host = where };

      msnweb_session_fail (session, &failure);
      return;
    }
  self->challenged = FALSE;
  self->published = FALSE;
  msnweb_commands_send (session, msnweb_connect_encode (self->state),
                        on_connected, NULL, NULL);
  msnweb_commands_send (
      session,
      msnweb_connect_encode_auth (msnweb_proof_ticket (self->proof),
                                  msnweb_proof_uic (self->proof)),
      on_authenticated, NULL, NULL);
  msnweb_commands_send (session,
                        msnweb_connect_encode_bind (session->settings.machine),
                        on_bound, NULL, NULL);
}

static void
begin_session (MsnwebSession *session)
{
  MsnwebLadder *self = session->ladder;

  self->hops = 0;
  g_clear_pointer (&self->state, g_free);
  open_session (session, NULL);
}

void
msnweb_ladder_opened (MsnwebSession *session)
{
  set_timer (session, &session->ladder->step_timer, BIND_SECONDS * 1000,
             on_step_timer);
}

/* --- The proof ---------------------------------------------------------- */

static void
on_proof (gpointer user, const ImFailure *failure)
{
  MsnwebSession *session = user;
  MsnwebLadder *self = session->ladder;

  msnweb_session_ref (session);
  if (failure == NULL)
    {
      if (!session->told)
        msnweb_session_progress (session, IM_STEP_JOINING);
      self->wanted = FALSE;
      begin_session (session);
      msnweb_people_signed_in (session);
    }
  else if (session->told && im_problem_heals (failure->problem))
    fall (session, failure->problem, failure->detail);
  else
    msnweb_session_fail (session, failure);
  msnweb_session_unref (session);
}

static void
sign_in (MsnwebSession *session, gboolean renew)
{
  MsnwebLadder *self = session->ladder;

  drop_session_timers (session);
  msnweb_session_set_state (session, MSNWEB_STATE_SIGNING_IN);
  if (!session->told)
    msnweb_session_progress (session, IM_STEP_SIGNING_IN);
  if (renew)
    {
      self->renewed = TRUE;
      msnweb_proof_renew (self->proof, on_proof, session);
    }
  else
    msnweb_proof_get (self->proof, on_proof, session);
}

/* --- Losing the session -------------------------------------------------- */

static void
on_again (gpointer user)
{
  MsnwebSession *session = user;

  session->ladder->again_timer = NULL;
  begin_session (session);
}

/* Twenty percent more or less. */
static guint
spread (MsnwebSession *session, guint ms)
{
  guint8 byte;

  session->host->ops->random (session->host, &byte, 1);
  return ms * 4 / 5 + ms * 2 / 5 * byte / 255;
}

/* The gateway session is gone. What was not answered is told to whoever sent
 * it. FALSE if nothing is left to be done. */
static gboolean
let_go (MsnwebSession *session)
{
  MsnwebLadder *self = session->ladder;
  gint64 now = session->host->ops->monotonic_ms (session->host);
  gboolean first = self->lost_ms == 0;

  if (session->gone)
    return FALSE;
  drop_session_timers (session);
  msnweb_proof_stop (self->proof);
  msnweb_session_set_state (session, MSNWEB_STATE_LOST);
  if (first)
    self->lost_ms = MAX (now, 1);
  msnweb_commands_lose (session);
  if (first && session->told && !session->gone)
    msnweb_session_lost (session);
  return !session->gone;
}

/* Another session is opened after a while, unless nothing is left to try. */
static void
fall (MsnwebSession *session, ImProblem problem, const char *detail)
{
  MsnwebLadder *self = session->ladder;
  gint64 now = session->host->ops->monotonic_ms (session->host);
  g_autofree char *words = g_strdup (detail);

  if (!let_go (session))
    return;
  if (!session->told || !im_problem_heals (problem) ||
      self->tries >= MAX_TRIES || now - self->lost_ms > RESUME_SECONDS * 1000)
    {
      msnweb_session_fail_simple (session, problem, 0, words);
      return;
    }
  set_timer (session, &self->again_timer,
             spread (session, FALL_MS << self->tries++), on_again);
}

void
msnweb_ladder_ended (MsnwebSession *session, MsnwebEnd how, ImProblem problem,
                     const char *detail)
{
  MsnwebLadder *self = session->ladder;

  switch (how)
    {
    case MSNWEB_END_CLOSED:
    case MSNWEB_END_LOST:
      fall (session, problem, detail);
      break;
    case MSNWEB_END_NO_GATEWAY:
      if (session->told)
        fall (session, IM_PROBLEM_UNAVAILABLE, detail);
      else
        msnweb_session_fail_simple (session, problem, 0, detail);
      break;
    case MSNWEB_END_REFUSED:
      if (!let_go (session))
        break;
      if (self->renewed)
        msnweb_session_fail_simple (session, problem, 0, detail);
      else
        sign_in (session, TRUE);
      break;
    case MSNWEB_END_SERIAL:
      if (let_go (session))
        begin_session (session);
      break;
    }
}

void
msnweb_ladder_error (MsnwebSession *session, guint code, const char *words)
{
  const MsnwebError *error = msnweb_error_find (code);

  switch (error->class)
    {
    case MSNWEB_ERROR_STAYS:
      break;
    case MSNWEB_ERROR_RECONNECT:
      msnweb_gateway_drop (session->gateway);
      fall (session, error->problem, words);
      break;
    case MSNWEB_ERROR_RENEW:
      refuse (session, code);
      break;
    case MSNWEB_ERROR_ENDS:
      msnweb_session_fail_simple (session, error->problem, code, words);
      break;
    }
}

void
msnweb_ladder_handle_out (MsnwebSession *session, const MsnwebCommand *command)
{
  g_auto (MsnwebGoodbye) goodbye = { 0 };

  msnweb_error_decode_goodbye (command, &goodbye);
  if (goodbye.class == MSNWEB_ERROR_ENDS)
    {
      msnweb_session_fail_simple (session, goodbye.problem, 0, goodbye.words);
      return;
    }
  msnweb_gateway_drop (session->gateway);
  fall (session, goodbye.problem, goodbye.words);
}

void
msnweb_ladder_renew (MsnwebSession *session)
{
  MsnwebLadder *self = session->ladder;

  if (session->state == MSNWEB_STATE_ONLINE)
    msnweb_proof_renew (self->proof, on_fresh_proof, session);
  else
    self->wanted = TRUE;
}

/* --- Life --------------------------------------------------------------- */

void
msnweb_ladder_init (MsnwebSession *session, const MsnwebConfig *config)
{
  session->ladder = g_new0 (MsnwebLadder, 1);
  session->ladder->proof = msnweb_proof_new (session->host, config);
}

void
msnweb_ladder_clear (MsnwebSession *session)
{
  MsnwebLadder *self = session->ladder;

  msnweb_ladder_stop (session);
  msnweb_proof_free (self->proof);
  g_free (self->state);
  g_free (self);
}

void
msnweb_ladder_start (MsnwebSession *session)
{
  if (session->gateway == NULL)
    {
      msnweb_session_fail_simple (session, IM_PROBLEM_SETTINGS, 0,
                                  "the gateway's address is none");
      return;
    }
  msnweb_session_progress (session, IM_STEP_CONNECTING);
  sign_in (session, FALSE);
}
