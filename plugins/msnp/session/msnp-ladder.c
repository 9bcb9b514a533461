/* From an address and a password to the list, and to being seen:
 *
 *   msnp_signon_start ()
 *     |-- msnp_tickets_prepare ()      asks for tickets at the same moment
 *     `-- msnp_ladder_begin ()         the last sign-on's server, or the
 *           |                          settings' one
 *           `-- msnp_signon_ns_opened ()
 *                 `-- say_hello ()        -> VER CVR USR I
 *                       on_version ()     <- VER, or what it does not speak
 *                         `-- msnp_ladder_step_down ()   fewer versions,
 *                                         another link
 *                       on_user ()        <- USR S, a challenge
 *                         |               <- XFR, another server: begins anew
 *                         `-- msnp_tickets_sign_on ()
 *                               `-- msnp_signon_ticket ()
 *                                     `-- prove ()  -> USR S SYN CHG
 *                       on_proof ()       <- USR OK
 *                         `-- signed_in ()
 *     msnp_signon_lists_done ()           the list is known
 *     msnp_signon_announced ()            <- CHG
 *       `-- go_online ()
 *
 * Drawn is the sign-on in few flights. "careful" is the other pace: each
 * command waits for the answer to the one before. It is chosen by a quirk,
 * and by itself after a server has hung up on the fast one; the saved address
 * remembers that.
 *
 * Versions 2 to 7 prove a digest of the password instead of a ticket and are
 * spoken only when one of them is chosen by name. */

#include "msnp-ladder.h"

#include <string.h>

#include "msnp-error.h"

/* Versions tried by themselves, best first. */
static const guint automatic[] = { 18, 15, 12 };

/* Seconds until a server that goes down, or is busy, is worth trying. */
#define RETRY_SECONDS 60

/* --- Time --------------------------------------------------------------- */

static void
drop_timer (MsnpSession *session, ImTimer **timer)
{
  session->host->ops->timer_cancel (session->host, g_steal_pointer (timer));
}

void
msnp_ladder_fail (MsnpSession *session, ImProblem problem, guint code,
                  const char *detail)
{
  MsnpLadder *ladder = session->ladder;
  g_autofree char *host = g_strdup (ladder->here.host);
  ImFailure failure = { .problem = problem, .code = code, .detail = detail,
                        .host = host, .port = ladder->here.port };

  if (problem == IM_PROBLEM_UNAVAILABLE || problem == IM_PROBLEM_SERVER_CLOSING)
    failure.retry_after = RETRY_SECONDS;
  msnp_session_fail (session, &failure);
}

static void
on_step_timer (gpointer user)
{
  MsnpSession *session = user;

  session->ladder->step_timer = NULL;
  msnp_ladder_fail (session, IM_PROBLEM_TIMED_OUT, 0, NULL);
}

static void
on_signon_timer (gpointer user)
{
  MsnpSession *session = user;

  session->ladder->signon_timer = NULL;
  msnp_ladder_fail (session, IM_PROBLEM_TIMED_OUT, 0, NULL);
}

void
msnp_ladder_step (MsnpSession *session, MsnpState state, guint seconds)
{
  MsnpLadder *ladder = session->ladder;

  msnp_session_set_state (session, state);
  drop_timer (session, &ladder->step_timer);
  if (seconds > 0)
    ladder->step_timer = session->host->ops->timer_add (
        session->host, seconds * 1000, on_step_timer, session);
}

void
msnp_ladder_start_clock (MsnpSession *session)
{
  session->ladder->signon_timer = session->host->ops->timer_add (
      session->host, IM_SIGNON_SECONDS * 1000, on_signon_timer, session);
}

void
msnp_signon_stop (MsnpSession *session)
{
  drop_timer (session, &session->ladder->step_timer);
  drop_timer (session, &session->ladder->signon_timer);
}

void
msnp_signon_init (MsnpSession *session, GBytes *home)
{
  session->ladder = g_new0 (MsnpLadder, 1);
  msnp_ladder_load_home (session, home);
}

void
msnp_ladder_forget_challenge (MsnpLadder *ladder)
{
  g_clear_pointer (&ladder->challenge, g_free);
  g_clear_pointer (&ladder->nonce, g_free);
}

void
msnp_signon_clear (MsnpSession *session)
{
  MsnpLadder *ladder = g_steal_pointer (&session->ladder);

  msnp_ladder_forget_challenge (ladder);
  msnp_server_clear (&ladder->here);
  msnp_server_clear (&ladder->home);
  g_free (ladder->saved);
  g_free (ladder->args);
  g_free (ladder);
}

/* --- Refusals ----------------------------------------------------------- */

ImProblem
msnp_signon_problem (guint code)
{
  return msnp_error_find (code)->problem;
}

static gboolean
is_passport (const MsnpSession *session)
{
  return session->version == 0 || session->version > 7;
}

/* Another try, in steps: whoever sent the first one in one flight cannot tell
 * whether that was what the server did not like. */
gboolean
msnp_ladder_try_in_steps (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  if (ladder->careful || ladder->restarted)
    return FALSE;
  ladder->restarted = TRUE;
  ladder->careful = TRUE;
  im_host_debug (session->host, "msnp: signing on again, in steps");
  msnp_ladder_begin (session);
  return TRUE;
}

/* A ticket can be too old by the time it arrives, once. */
static gboolean
try_new_ticket (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  if (ladder->renewed || !is_passport (session))
    return FALSE;
  ladder->renewed = TRUE;
  msnp_tickets_discard (session);
  msnp_ladder_begin (session);
  return TRUE;
}

/* The account's own spelling counts, and people type what they like. */
static gboolean
try_lower_case (MsnpSession *session)
{
  MsnpSettings *settings = &session->settings;

  if (strcmp (settings->spelling, settings->address) == 0)
    return FALSE;
  g_free (settings->spelling);
  settings->spelling = g_strdup (settings->address);
  msnp_ladder_begin (session);
  return TRUE;
}

static void
refuse (MsnpSession *session, guint code)
{
  gboolean ticket = session->state == MSNP_STATE_SIGNING_IN &&
                    (code == 911 || code == 917 || code == 928);

  if ((code == 715 || code == 731) && msnp_ladder_try_in_steps (session))
    return;
  if (code == 911 && try_lower_case (session))
    return;
  if (ticket && try_new_ticket (session))
    return;
  if (ticket && !is_passport (session))
    msnp_ladder_fail (session, IM_PROBLEM_WRONG_PASSWORD, code, NULL);
  else
    msnp_ladder_fail (session, msnp_signon_problem (code), code, NULL);
}

void
msnp_signon_error (MsnpSession *session, guint code)
{
  im_host_debug (session->host, "msnp: error %u answers nothing", code);
  if (!session->ladder->accepted)
    refuse (session, code);
}

void
msnp_ladder_fail_protocol (MsnpSession *session, const GError *error)
{
  msnp_ladder_fail (session, IM_PROBLEM_PROTOCOL, 0,
                    error != NULL ? error->message : NULL);
}

/* The server speaks none of what was offered, or hung up on it: fewer versions
 * are offered next, for some look at the first only. */
void
msnp_ladder_step_down (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;
  g_autofree char *name = NULL;

  ladder->guess = 0;
  if (session->settings.version == 0 &&
      ++ladder->skip < G_N_ELEMENTS (automatic))
    {
      msnp_ladder_begin (session);
      return;
    }
  name = g_strdup_printf ("MSNP%u", session->settings.version != 0
                                        ? session->settings.version
                                        : automatic[0]);
  msnp_ladder_fail (session, IM_PROBLEM_NO_MECHANISM, 0, name);
}

/* --- The steps ---------------------------------------------------------- */

/* A %NULL answer says that the link ended, which is handled where it ends. */
gboolean
msnp_ladder_came (MsnpSession *session, const MsnpCommand *command)
{
  if (command == NULL)
    return FALSE;
  if (command->error_code == 0)
    return TRUE;
  refuse (session, command->error_code);
  return FALSE;
}

gboolean
msnp_ladder_is_careful (const MsnpSession *session)
{
  return session->ladder->careful ||
         (session->settings.quirks & MSNP_QUIRK_LOCK_STEP) != 0;
}

static guint
list_versions (const MsnpSession *session, guint ret[G_N_ELEMENTS (automatic)])
{
  guint skip = session->ladder->skip, n = 0;

  if (session->settings.version != 0)
    {
      ret[0] = session->settings.version;
      return 1;
    }
  for (guint i = skip; i < G_N_ELEMENTS (automatic); i++)
    ret[n++] = automatic[i];
  return n;
}

static gboolean
offers (const MsnpSession *session, guint version)
{
  guint versions[G_N_ELEMENTS (automatic)];
  guint n = list_versions (session, versions);

  for (guint i = 0; i < n; i++)
    if (versions[i] == version)
      return TRUE;
  return FALSE;
}

/* The version that will most likely be spoken: the last one, or the best. */
guint
msnp_ladder_guess_version (const MsnpSession *session)
{
  guint versions[G_N_ELEMENTS (automatic)];

  list_versions (session, versions);
  return offers (session, session->ladder->guess) ? session->ladder->guess
                                                  : versions[0];
}

static gboolean
on_user (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  g_auto (MsnpUser) answer = { 0 };
  g_autoptr (GError) error = NULL;

  if (!msnp_ladder_came (session, command))
    return FALSE;
  if (msnp_command_is (command, "XFR"))
    msnp_signon_transfer (session, command);
  else if (!msnp_signon_decode_user (command, &answer, &error))
    msnp_ladder_fail_protocol (session, error);
  else if (answer.step == MSNP_USER_CHALLENGE && session->version != 0)
    msnp_ladder_challenged (session, &answer);
  else
    msnp_ladder_fail (session, IM_PROBLEM_PROTOCOL, 0,
                      "signed on without proof");
  return FALSE;
}

static void
ask_user (MsnpSession *session, guint version)
{
  guint32 id = msnp_conn_next_id (session->ns);

  msnp_signon_encode_user (msnp_conn_writer (session->ns), id,
                           msnp_signon_mechanism (version),
                           session->settings.spelling);
  msnp_conn_expect (session->ns, id, on_user, NULL, NULL);
}

/* CVR, or what versions 2 to 7 have instead. */
static gboolean
on_introduced (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;

  if (msnp_ladder_came (session, command) && msnp_ladder_is_careful (session))
    ask_user (session, session->version);
  return FALSE;
}

static void
introduce (MsnpSession *session, guint version)
{
  static const MsnpClient old = { "MSMSGS", "5.0.0544", "MSMSGS" };
  static const MsnpClient middle = { "MSNMSGR", "7.5.0324", "msmsgs" };
  static const MsnpClient recent = { "MSNMSGR", "14.0.8117.416", "msmsgs" };
  guint32 id = msnp_conn_next_id (session->ns);
  ImWriter *writer = msnp_conn_writer (session->ns);

  if (version < 8)
    msnp_encode (writer, "INF", id, NULL);
  else
    msnp_signon_encode_client (
        writer, id, version < 9 ? &old : version < 13 ? &middle : &recent,
        session->settings.spelling);
  msnp_conn_expect (session->ns, id, on_introduced, NULL, NULL);
  if (!msnp_ladder_is_careful (session))
    ask_user (session, version);
}

static gboolean
on_version (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  MsnpLadder *ladder = session->ladder;
  guint version;
  g_autoptr (GError) error = NULL;

  if (!msnp_ladder_came (session, command))
    return FALSE;
  if (!msnp_signon_decode_version (command, &version, &error))
    {
      msnp_ladder_fail_protocol (session, error);
      return FALSE;
    }
  if (!offers (session, version))
    {
      msnp_ladder_step_down (session);
      return FALSE;
    }
  session->version = version;
  msnp_conn_set_version (session->ns, version);
  msnp_ladder_step (session, MSNP_STATE_VERSION, IM_STEP_SECONDS);
  if (msnp_ladder_is_careful (session))
    introduce (session, version);
  else if (msnp_signon_mechanism (version) !=
           msnp_signon_mechanism (ladder->guess))
    {
      /* What was written for another version has to be said anew. */
      ladder->guess = version;
      msnp_ladder_begin (session);
    }
  return FALSE;
}

static void
say_hello (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;
  guint versions[G_N_ELEMENTS (automatic)];
  guint n = list_versions (session, versions);
  guint32 id = msnp_conn_next_id (session->ns);

  msnp_ladder_step (session, MSNP_STATE_VERSION, IM_STEP_SECONDS);
  session->version = 0;
  ladder->accepted = FALSE;
  ladder->piped = FALSE;
  msnp_ladder_forget_challenge (ladder);
  msnp_signon_encode_version (msnp_conn_writer (session->ns), id, versions, n);
  msnp_conn_expect (session->ns, id, on_version, NULL, NULL);
  ladder->guess = msnp_ladder_guess_version (session);
  if (!msnp_ladder_is_careful (session))
    introduce (session, ladder->guess);
}

void
msnp_signon_ns_opened (MsnpSession *session)
{
  msnp_session_progress (session, IM_STEP_SIGNING_IN);
  if (!session->gone)
    say_hello (session);
}

/* --- Sent elsewhere ----------------------------------------------------- */

static void
move (MsnpSession *session, const MsnpServer *server)
{
  MsnpLadder *ladder = session->ladder;
  MsnpServer there = { 0 };
  ImFailure failure;

  if (!msnp_signon_locate (session, server, &there, &failure))
    {
      msnp_session_fail (session, &failure);
      return;
    }
  msnp_server_clear (&ladder->here);
  ladder->here = there;
  ladder->at_home = FALSE;
  ladder->sent_away = TRUE;
  if (!session->gone)
    msnp_session_progress (session, IM_STEP_JOINING);
  if (!session->gone)
    msnp_ladder_begin (session);
}

void
msnp_signon_transfer (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpTransfer) transfer = { 0 };
  g_autoptr (GError) error = NULL;

  if (!msnp_signon_decode_transfer (command, &transfer, &error))
    msnp_ladder_fail_protocol (session, error);
  else if (transfer.kind == MSNP_TRANSFER_SWITCHBOARD)
    im_host_debug (session->host, "msnp: a switchboard nobody asked for");
  else if (session->state >= MSNP_STATE_LISTS)
    /* Nobody has seen this happen; a new sign-on ends where it has to. */
    msnp_ladder_fail (session, IM_PROBLEM_SERVER_CLOSING, 0, NULL);
  else if (session->ladder->redirects++ == IM_MAX_SIGNON_REDIRECTS)
    msnp_ladder_fail (session, IM_PROBLEM_PROTOCOL, 0, "redirected too often");
  else if (transfer.kind == MSNP_TRANSFER_RESTART)
    say_hello (session);
  else
    move (session, &transfer.server);
}

/* --- The end of the ladder ---------------------------------------------- */

static void
go_online (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;
  ImEvent event = { .type = IM_EVENT_ONLINE };

  if (!ladder->lists_done || !ladder->announced || !ladder->accepted ||
      session->state >= MSNP_STATE_ONLINE)
    return;
  msnp_signon_stop (session);
  msnp_session_set_state (session, MSNP_STATE_ONLINE);
  msnp_session_emit (session, &event);
  if (!session->gone)
    msnp_own_online (session);
  if (!session->gone)
    msnp_mailbox_online (session);
  if (!session->gone)
    msnp_lists_online (session);
}

void
msnp_signon_lists_done (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  if (ladder->lists_done || session->gone)
    return;
  ladder->lists_done = TRUE;
  msnp_ladder_step (session, MSNP_STATE_ANNOUNCING, IM_STEP_SECONDS);
  if (session->version >= 13 || !ladder->piped)
    msnp_own_announce (session);
  go_online (session);
}

void
msnp_signon_announced (MsnpSession *session, guint code)
{
  if (session->state >= MSNP_STATE_ONLINE ||
      session->state < MSNP_STATE_SIGNING_IN)
    return;
  if (code != 0)
    {
      /* Behind a proof that is refused everything else is refused too; what
       * is said of the proof comes first. */
      msnp_ladder_fail (session, msnp_signon_problem (code), code, NULL);
      return;
    }
  session->ladder->announced = TRUE;
  go_online (session);
}

