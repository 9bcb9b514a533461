/* From an address and a password to the list, and to being seen:
 *
 *   msnp_signon_start ()
 *     |-- msnp_tickets_prepare ()      asks for tickets at the same moment
 *     `-- begin ()                     the last sign-on's server, or the
 *           |                          settings' one
 *           `-- msnp_signon_ns_opened ()
 *                 `-- say_hello ()        -> VER CVR USR I
 *                       on_version ()     <- VER, or what it does not speak
 *                         `-- step_down ()   fewer versions, another link
 *                       on_user ()        <- USR S, a challenge
 *                         |               <- XFR, another server: begin ()
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

#include "msnp-session-private.h"

#include <string.h>

#include "auth-msn-challenge.h"
#include "msnp-error.h"
#include "msnp-gateway.h"

/* Versions tried by themselves, best first. */
static const guint automatic[] = { 18, 15, 12 };

/* What live servers name in "USR t TWN S"; tickets are asked for with it
 * before they did. What the last sign-on was told wins. */
#define USUAL_ARGS "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"

/* The saved address says this when its arguments are new every time. */
#define UNPREDICTABLE "late"

/* Seconds until a server that goes down, or is busy, is worth trying. */
#define RETRY_SECONDS 60

#define NO_WORD "-"

struct _MsnpLadder
{
  MsnpServer here;     /* where the link goes */
  MsnpServer home;     /* where the last sign-on ended; no host if unknown */
  char *saved;         /* (nullable): what the host keeps for us */
  char *args;          /* (nullable): what TWN tickets are for */
  guint guess;         /* the version USR is written for before it is known */
  guint skip;          /* how many of @automatic were refused */
  guint redirects;
  gboolean careful;
  gboolean at_home;    /* @here is @home, unconfirmed */
  gboolean sent_away;  /* @here was named by a server */
  gboolean restarted;  /* tried again in steps, once */
  gboolean renewed;    /* tried again with a new ticket, once */
  gboolean accepted;   /* USR OK came */
  gboolean piped;      /* what follows USR OK was sent with the proof */
  gboolean lists_done;
  gboolean announced;
  char *challenge;     /* (nullable): of USR S */
  char *nonce;         /* (nullable) */
  ImTimer *step_timer;
  ImTimer *signon_timer;
};

static void begin (MsnpSession *session);

/* --- Time --------------------------------------------------------------- */

static void
drop_timer (MsnpSession *session, ImTimer **timer)
{
  session->host->ops->timer_cancel (session->host, g_steal_pointer (timer));
}

static void
fail (MsnpSession *session, ImProblem problem, guint code, const char *detail)
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
  fail (session, IM_PROBLEM_TIMED_OUT, 0, NULL);
}

static void
on_signon_timer (gpointer user)
{
  MsnpSession *session = user;

  session->ladder->signon_timer = NULL;
  fail (session, IM_PROBLEM_TIMED_OUT, 0, NULL);
}

static void
start_step (MsnpSession *session, MsnpState state, guint seconds)
{
  MsnpLadder *ladder = session->ladder;

  msnp_session_set_state (session, state);
  drop_timer (session, &ladder->step_timer);
  if (seconds > 0)
    ladder->step_timer = session->host->ops->timer_add (
        session->host, seconds * 1000, on_step_timer, session);
}

void
msnp_signon_stop (MsnpSession *session)
{
  drop_timer (session, &session->ladder->step_timer);
  drop_timer (session, &session->ladder->signon_timer);
}

/* --- What the last sign-on left ----------------------------------------- */

static const char *
word_or_none (const char *word)
{
  return word != NULL && *word != '\0' ? word : NO_WORD;
}

static char *
dup_word (const char *word)
{
  return strcmp (word, NO_WORD) != 0 ? g_strdup (word) : NULL;
}

/* "server host port version pace args nexus-login nexus-config", of which the
 * first tells whether the settings still mean the same. */
static char *
home_line (MsnpSession *session)
{
  const MsnpLadder *ladder = session->ladder;
  const MsnpServer *at = ladder->accepted ? &ladder->here : &ladder->home;

  return g_strdup_printf (
      "%s %s %u %u %s %s %s %s", word_or_none (session->settings.server),
      word_or_none (at->host), at->port,
      session->version != 0 ? session->version : ladder->guess,
      ladder->careful ? "careful" : "fast", word_or_none (ladder->args),
      word_or_none (msnp_tickets_nexus_login (session)),
      word_or_none (msnp_tickets_nexus_config (session)));
}

void
msnp_signon_report_home (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;
  g_autofree char *line = home_line (session);

  if (g_strcmp0 (line, ladder->saved) == 0)
    return;
  g_free (ladder->saved);
  ladder->saved = g_strdup (line);
  {
    g_autoptr (GBytes) data = g_bytes_new (line, strlen (line));
    ImEvent event = { .type = IM_EVENT_CACHE, .cache = { "home", data } };

    msnp_session_emit (session, &event);
  }
}

static void
load_home (MsnpSession *session, GBytes *home)
{
  MsnpLadder *ladder = session->ladder;
  gsize len;
  const char *data = home != NULL ? g_bytes_get_data (home, &len) : NULL;
  g_autofree char *line = data != NULL ? g_strndup (data, len) : NULL;
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 9) : NULL;
  guint64 port, version;

  if (words == NULL || g_strv_length (words) != 8 ||
      strcmp (words[0], session->settings.server) != 0 ||
      !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT16, &port,
                                   NULL) ||
      !g_ascii_string_to_unsigned (words[3], 10, MSNP_VERSION_MIN,
                                   MSNP_VERSION_MAX, &version, NULL))
    return;
  ladder->saved = g_strdup (line);
  ladder->home.host = port != 0 ? dup_word (words[1]) : NULL;
  ladder->home.port = (guint16) port;
  ladder->guess = (guint) version;
  ladder->careful = strcmp (words[4], "careful") == 0;
  ladder->args = dup_word (words[5]);
  if (strcmp (words[6], NO_WORD) != 0)
    msnp_tickets_set_nexus (session, words[6], words[7]);
}

void
msnp_signon_init (MsnpSession *session, GBytes *home)
{
  session->ladder = g_new0 (MsnpLadder, 1);
  load_home (session, home);
}

static void
forget_challenge (MsnpLadder *ladder)
{
  g_clear_pointer (&ladder->challenge, g_free);
  g_clear_pointer (&ladder->nonce, g_free);
}

void
msnp_signon_clear (MsnpSession *session)
{
  MsnpLadder *ladder = g_steal_pointer (&session->ladder);

  forget_challenge (ladder);
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
static gboolean
try_in_steps (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  if (ladder->careful || ladder->restarted)
    return FALSE;
  ladder->restarted = TRUE;
  ladder->careful = TRUE;
  im_host_debug (session->host, "msnp: signing on again, in steps");
  begin (session);
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
  begin (session);
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
  begin (session);
  return TRUE;
}

static void
refuse (MsnpSession *session, guint code)
{
  gboolean ticket = session->state == MSNP_STATE_SIGNING_IN &&
                    (code == 911 || code == 917 || code == 928);

  if ((code == 715 || code == 731) && try_in_steps (session))
    return;
  if (code == 911 && try_lower_case (session))
    return;
  if (ticket && try_new_ticket (session))
    return;
  if (ticket && !is_passport (session))
    fail (session, IM_PROBLEM_WRONG_PASSWORD, code, NULL);
  else
    fail (session, msnp_signon_problem (code), code, NULL);
}

void
msnp_signon_error (MsnpSession *session, guint code)
{
  im_host_debug (session->host, "msnp: error %u answers nothing", code);
  if (!session->ladder->accepted)
    refuse (session, code);
}

static void
fail_protocol (MsnpSession *session, const GError *error)
{
  fail (session, IM_PROBLEM_PROTOCOL, 0, error != NULL ? error->message : NULL);
}

/* The server speaks none of what was offered, or hung up on it: fewer versions
 * are offered next, for some look at the first only. */
static void
step_down (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;
  g_autofree char *name = NULL;

  ladder->guess = 0;
  if (session->settings.version == 0 &&
      ++ladder->skip < G_N_ELEMENTS (automatic))
    {
      begin (session);
      return;
    }
  name = g_strdup_printf ("MSNP%u", session->settings.version != 0
                                        ? session->settings.version
                                        : automatic[0]);
  fail (session, IM_PROBLEM_NO_MECHANISM, 0, name);
}

/* --- The steps ---------------------------------------------------------- */

/* A %NULL answer says that the link ended, which is handled where it ends. */
static gboolean
came (MsnpSession *session, const MsnpCommand *command)
{
  if (command == NULL)
    return FALSE;
  if (command->error_code == 0)
    return TRUE;
  refuse (session, command->error_code);
  return FALSE;
}

static gboolean
is_careful (const MsnpSession *session)
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
static guint
guess_version (const MsnpSession *session)
{
  guint versions[G_N_ELEMENTS (automatic)];

  list_versions (session, versions);
  return offers (session, session->ladder->guess) ? session->ladder->guess
                                                  : versions[0];
}

static gboolean on_user (gpointer user, const MsnpCommand *command,
                         gpointer data);

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

  if (came (session, command) && is_careful (session))
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
  if (!is_careful (session))
    ask_user (session, version);
}

static gboolean
on_version (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  MsnpLadder *ladder = session->ladder;
  guint version;
  g_autoptr (GError) error = NULL;

  if (!came (session, command))
    return FALSE;
  if (!msnp_signon_decode_version (command, &version, &error))
    {
      fail_protocol (session, error);
      return FALSE;
    }
  if (!offers (session, version))
    {
      step_down (session);
      return FALSE;
    }
  session->version = version;
  msnp_conn_set_version (session->ns, version);
  start_step (session, MSNP_STATE_VERSION, IM_STEP_SECONDS);
  if (is_careful (session))
    introduce (session, version);
  else if (msnp_signon_mechanism (version) !=
           msnp_signon_mechanism (ladder->guess))
    {
      /* What was written for another version has to be said anew. */
      ladder->guess = version;
      begin (session);
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

  start_step (session, MSNP_STATE_VERSION, IM_STEP_SECONDS);
  session->version = 0;
  ladder->accepted = FALSE;
  ladder->piped = FALSE;
  forget_challenge (ladder);
  msnp_signon_encode_version (msnp_conn_writer (session->ns), id, versions, n);
  msnp_conn_expect (session->ns, id, on_version, NULL, NULL);
  ladder->guess = guess_version (session);
  if (!is_careful (session))
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
    begin (session);
}

void
msnp_signon_transfer (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpTransfer) transfer = { 0 };
  g_autoptr (GError) error = NULL;

  if (!msnp_signon_decode_transfer (command, &transfer, &error))
    fail_protocol (session, error);
  else if (transfer.kind == MSNP_TRANSFER_SWITCHBOARD)
    im_host_debug (session->host, "msnp: a switchboard nobody asked for");
  else if (session->state >= MSNP_STATE_LISTS)
    /* Nobody has seen this happen; a new sign-on ends where it has to. */
    fail (session, IM_PROBLEM_SERVER_CLOSING, 0, NULL);
  else if (session->ladder->redirects++ == IM_MAX_SIGNON_REDIRECTS)
    fail (session, IM_PROBLEM_PROTOCOL, 0, "redirected too often");
  else if (transfer.kind == MSNP_TRANSFER_RESTART)
    say_hello (session);
  else
    move (session, &transfer.server);
}

/* --- Proving ------------------------------------------------------------ */

static void
signed_in (MsnpSession *session, const MsnpUser *user)
{
  MsnpLadder *ladder = session->ladder;

  ladder->accepted = TRUE;
  forget_challenge (ladder);
  start_step (session, MSNP_STATE_LISTS, IM_SIGNON_SECONDS);
  if (user->nick != NULL)
    msnp_own_learn_nick (session, user->nick);
  msnp_signon_report_home (session);
  msnp_session_progress (session, IM_STEP_LISTS);
  if (session->gone)
    return;
  msnp_conn_keep_alive (session->ns);
  if (session->version >= 13)
    {
      if (!ladder->piped)
        msnp_contacts_start (session);
      msnp_contacts_signed_in (session);
    }
  else if (!ladder->piped)
    msnp_lists_start (session);
}

static gboolean
on_proof (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  g_auto (MsnpUser) answer = { 0 };
  g_autoptr (GError) error = NULL;

  if (!came (session, command))
    return FALSE;
  if (msnp_command_is (command, "XFR"))
    msnp_signon_transfer (session, command);
  else if (!msnp_signon_decode_user (command, &answer, &error))
    fail_protocol (session, error);
  else if (answer.step != MSNP_USER_OK)
    fail (session, IM_PROBLEM_PROTOCOL, 0, "a second challenge");
  else
    signed_in (session, &answer);
  return FALSE;
}

/* What the server takes behind the proof, before it has said OK. Escargot
 * works through a flight in order; what needs the list to be known waits. */
static void
pipe_rest (MsnpSession *session)
{
  if (is_careful (session))
    return;
  session->ladder->piped = TRUE;
  if (session->version < 13)
    {
      msnp_lists_start (session);
      msnp_own_announce (session);
    }
  else
    {
      /* The service wants to know of the session, so the proof goes first. */
      msnp_conn_flush (session->ns);
      msnp_contacts_start (session);
    }
}

static void
prove (MsnpSession *session, const ImSecret *proof, const char *blob)
{
  guint32 id = msnp_conn_next_id (session->ns);

  msnp_conn_cork (session->ns);
  msnp_signon_encode_proof (msnp_conn_writer (session->ns), id,
                            msnp_signon_mechanism (session->version), proof,
                            blob,
                            session->version >= 16 ? session->settings.machine
                                                   : NULL);
  msnp_conn_expect (session->ns, id, on_proof, NULL, NULL);
  start_step (session, MSNP_STATE_SIGNING_IN, IM_STEP_SECONDS);
  pipe_rest (session);
  if (session->ns != NULL)
    msnp_conn_uncork (session->ns);
}

static void
fail_mechanism (MsnpSession *session, const GError *error)
{
  fail (session,
        error->domain == IM_PROBLEM ? (ImProblem) error->code
                                    : IM_PROBLEM_PROTOCOL,
        0, error->message);
}

static void
prove_digest (MsnpSession *session, const char *salt)
{
  char digest[AUTH_MSN_CHALLENGE_LEN + 1];
  g_autoptr (GError) error = NULL;
  g_autoptr (ImSecret) proof = NULL;

  if (!auth_msn_md5_answer (salt, session->settings.password, digest, &error))
    {
      fail_mechanism (session, error);
      return;
    }
  proof = im_secret_new (digest);
  prove (session, proof, NULL);
}

static void
prove_key (MsnpSession *session, const ImSecret *ticket, const ImSecret *key)
{
  guint8 iv[AUTH_MSN_SSO_IV];
  g_autofree char *blob = NULL;
  g_autoptr (GError) error = NULL;

  session->host->ops->random (session->host, iv, sizeof iv);
  blob = key != NULL ? auth_msn_sso_proof (key, session->ladder->nonce, iv,
                                           &error)
                     : NULL;
  if (key == NULL)
    fail (session, IM_PROBLEM_PROTOCOL, 0, "the ticket came without its key");
  else if (blob == NULL)
    fail_mechanism (session, error);
  else
    prove (session, ticket, blob);
}

void
msnp_signon_ticket (MsnpSession *session, const ImSecret *ticket,
                    const ImSecret *proof, const ImFailure *failure)
{
  if (session->state != MSNP_STATE_TICKETS)
    return;
  if (failure != NULL)
    msnp_session_fail (session, failure);
  else if (msnp_signon_mechanism (session->version) == MSNP_MECHANISM_SSO)
    prove_key (session, ticket, proof);
  else
    prove (session, ticket, NULL);
}

/* Tickets may be for arguments that are new every time; then there is no use
 * in asking for them ahead. */
static void
remember_args (MsnpSession *session, const char *args)
{
  MsnpLadder *ladder = session->ladder;

  if (g_strcmp0 (ladder->args, args) == 0 ||
      g_strcmp0 (ladder->args, UNPREDICTABLE) == 0)
    return;
  if (strchr (args, ' ') != NULL || strlen (args) > IM_MAX_MSNP_LINE)
    return;
  {
    const char *now = ladder->args == NULL ? args : UNPREDICTABLE;

    g_free (ladder->args);
    ladder->args = g_strdup (now);
  }
}

static void
challenged (MsnpSession *session, MsnpUser *user)
{
  MsnpLadder *ladder = session->ladder;

  if (user->mechanism != msnp_signon_mechanism (session->version) ||
      user->challenge == NULL)
    {
      fail (session, IM_PROBLEM_NO_MECHANISM, 0, NULL);
      return;
    }
  if (user->mechanism == MSNP_MECHANISM_MD5)
    {
      prove_digest (session, user->challenge);
      return;
    }
  if (user->mechanism == MSNP_MECHANISM_TWN && session->version >= 12)
    remember_args (session, user->challenge);
  forget_challenge (ladder);
  ladder->challenge = g_steal_pointer (&user->challenge);
  ladder->nonce = g_steal_pointer (&user->nonce);
  start_step (session, MSNP_STATE_TICKETS, IM_HTTP_SECONDS);
  msnp_tickets_sign_on (session, ladder->challenge);
}

static gboolean
on_user (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  g_auto (MsnpUser) answer = { 0 };
  g_autoptr (GError) error = NULL;

  if (!came (session, command))
    return FALSE;
  if (msnp_command_is (command, "XFR"))
    msnp_signon_transfer (session, command);
  else if (!msnp_signon_decode_user (command, &answer, &error))
    fail_protocol (session, error);
  else if (answer.step == MSNP_USER_CHALLENGE && session->version != 0)
    challenged (session, &answer);
  else
    fail (session, IM_PROBLEM_PROTOCOL, 0, "signed on without proof");
  return FALSE;
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
  start_step (session, MSNP_STATE_ANNOUNCING, IM_STEP_SECONDS);
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
      fail (session, msnp_signon_problem (code), code, NULL);
      return;
    }
  session->ladder->announced = TRUE;
  go_online (session);
}

/* --- Links -------------------------------------------------------------- */

static gboolean
is_unreachable (const GError *error)
{
  return error != NULL && error->domain == IM_PROBLEM &&
         (error->code == IM_PROBLEM_HOST_NOT_FOUND ||
          error->code == IM_PROBLEM_CONNECT_REFUSED ||
          error->code == IM_PROBLEM_UNREACHABLE ||
          error->code == IM_PROBLEM_TIMED_OUT);
}

static gboolean
is_hang_up (const GError *error)
{
  return error == NULL ||
         g_error_matches (error, IM_PROBLEM, IM_PROBLEM_LOST);
}

static void
go_to_settings (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  msnp_server_clear (&ladder->here);
  ladder->here.host = g_strdup (session->settings.server);
  ladder->here.port = session->settings.port;
  ladder->at_home = FALSE;
  ladder->sent_away = FALSE;
}

static gboolean
try_gateway (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;

  if (settings->connection != MSNP_CONNECTION_HTTP_IF_BLOCKED ||
      session->gateway != NULL || settings->gateway == NULL)
    return FALSE;
  im_host_debug (session->host, "msnp: blocked, going through the gateway");
  session->gateway = msnp_gateway_new (session->host, settings->gateway);
  session->link_host = session->gateway;
  go_to_settings (session);
  begin (session);
  return TRUE;
}

static void
fail_link (MsnpSession *session, const GError *error)
{
  ImProblem problem = IM_PROBLEM_LOST;

  if (error != NULL && error->domain == IM_PROBLEM)
    problem = (ImProblem) error->code;
  if (session->ladder->sent_away && is_unreachable (error) &&
      session->state == MSNP_STATE_CONNECTING)
    problem = IM_PROBLEM_ADVERTISED_HOST;
  fail (session, problem, 0, error != NULL ? error->message : NULL);
}

static gboolean
recover_connecting (MsnpSession *session, const GError *error)
{
  if (!is_unreachable (error))
    return FALSE;
  if (session->ladder->at_home)
    {
      go_to_settings (session);
      begin (session);
      return TRUE;
    }
  return try_gateway (session);
}

void
msnp_signon_ns_closed (MsnpSession *session, const GError *error)
{
  MsnpLadder *ladder = session->ladder;

  if (session->state == MSNP_STATE_CONNECTING &&
      recover_connecting (session, error))
    return;
  if (session->state == MSNP_STATE_VERSION && error == NULL &&
      ladder->careful && session->version == 0)
    {
      step_down (session);
      return;
    }
  if (session->state > MSNP_STATE_CONNECTING && !ladder->accepted &&
      is_hang_up (error) && try_in_steps (session))
    return;
  fail_link (session, error);
}

static void
open_link (MsnpSession *session)
{
  const MsnpServer *here = &session->ladder->here;
  ImLinkTarget target = { .host = here->host, .port = here->port };

  start_step (session, MSNP_STATE_CONNECTING, IM_STEP_SECONDS);
  session->ns =
      msnp_conn_open (session->link_host, &target, &msnp_ns_handlers, session);
}

static void
begin (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  msnp_conn_close (g_steal_pointer (&session->ns));
  session->version = 0;
  ladder->accepted = FALSE;
  ladder->lists_done = FALSE;
  ladder->announced = FALSE;
  open_link (session);
}

/* --- Beginning ---------------------------------------------------------- */

static gboolean
begins_with_http (const char *url)
{
  return url != NULL && g_ascii_strncasecmp (url, "http:", 5) == 0;
}

/* Nothing that carries a password or a ticket may go unencrypted then. */
static gboolean
check_security (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;
  const char *const urls[] = { settings->nexus, settings->rst,
                               settings->address_book, settings->sharing,
                               settings->oim, settings->oim_store };

  if (settings->security != MSNP_SECURITY_REQUIRED)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    if (begins_with_http (urls[i]))
      {
        msnp_session_fail_simple (session, IM_PROBLEM_TLS_NOT_OFFERED, 0,
                                  urls[i]);
        return FALSE;
      }
  return TRUE;
}

/* What tickets will be for, if they can be asked for ahead. */
static const char *
predict_policy (const MsnpSession *session, guint version)
{
  const char *args = session->ladder->args;

  if (msnp_signon_mechanism (version) == MSNP_MECHANISM_SSO)
    return AUTH_MSN_SSO_POLICY;
  if (g_strcmp0 (args, UNPREDICTABLE) == 0)
    return NULL;
  return args != NULL ? args : USUAL_ARGS;
}

static char *
host_of (const char *url)
{
  char *host = NULL;

  if (url != NULL)
    g_uri_split (url, G_URI_FLAGS_NONE, NULL, NULL, &host, NULL, NULL, NULL,
                 NULL, NULL);
  return host;
}

/* The two services of the list are asked at the same moment, for which there
 * have to be two connections; the one that brings the tickets is one if it
 * goes to the same place. */
static void
open_services_ahead (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;
  g_autofree char *rst = host_of (settings->rst);
  g_autofree char *sharing = host_of (settings->sharing);

  if (g_strcmp0 (rst, sharing) != 0)
    im_host_http_ahead (session->host, settings->sharing);
  im_host_http_ahead (session->host, settings->address_book);
}

/* What can be done before the server was asked anything. */
static void
begin_ahead (MsnpSession *session)
{
  guint version = guess_version (session);

  if (is_careful (session) || version < 8)
    return;
  msnp_tickets_prepare (session, version, predict_policy (session, version));
  if (version >= 13)
    open_services_ahead (session);
}

static void
choose_first_server (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  go_to_settings (session);
  if (ladder->home.host == NULL ||
      (!g_hostname_is_ip_address (ladder->home.host) &&
       !msnp_signon_may_contact (session, ladder->home.host)))
    return;
  g_free (ladder->here.host);
  ladder->here.host = g_strdup (ladder->home.host);
  ladder->here.port = ladder->home.port;
  ladder->at_home = TRUE;
}

void
msnp_signon_start (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;
  MsnpLadder *ladder = session->ladder;

  if (!check_security (session))
    return;
  msnp_session_progress (session, IM_STEP_CONNECTING);
  if (session->gone)
    return;
  if (settings->connection == MSNP_CONNECTION_HTTP &&
      settings->gateway != NULL)
    {
      session->gateway = msnp_gateway_new (session->host, settings->gateway);
      session->link_host = session->gateway;
    }
  ladder->signon_timer = session->host->ops->timer_add (
      session->host, IM_SIGNON_SECONDS * 1000, on_signon_timer, session);
  choose_first_server (session);
  begin (session);
  begin_ahead (session);
}
