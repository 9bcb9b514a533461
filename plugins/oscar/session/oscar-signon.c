/* From a name and a password to a cookie, and with it to the server that
 * keeps the session:
 *
 *   oscar_signon_start ()
 *     |-- open_ahead ()             the address of last time, if known
 *     `-- begin ()                  asks the sign-in server, one of:
 *           |-- oscar-signon-bucp.c   -> SIGNON and 17/06   <- 17/07
 *           |                         -> 17/02              <- 17/03
 *           |-- oscar-signon-flap.c   -> SIGNON             <- SIGNOFF
 *           |-- oscar-signon-uas.c    -> POST of a SNAC     <- a SNAC
 *           `-- oscar-signon-web.c    -> POST clientLogin   <- a token
 *                                     -> GET startOSCARSession
 *         oscar_signon_finish ()    refused, or cookie and address
 *           |-- fail_numbered ()
 *           `-- join ()
 *                 |-- adopt_ahead ()  the link is there already
 *                 `-- open_bos ()     -> oscar_bos_begin ()
 *
 * A SIGNOFF that carries an error is a refusal at any point. */

#include "oscar-signon-private.h"

#include <string.h>

/* Who the AOL numbers of a refusal are for; see oscar_signon_problem(). */
static const struct
{
  guint16 code;
  ImProblem problem;
} problems[] = {
  { 0x0001, IM_PROBLEM_WRONG_PASSWORD },
  { 0x0002, IM_PROBLEM_UNAVAILABLE },
  { 0x0003, IM_PROBLEM_SIGNON_FAILED },
  { 0x0004, IM_PROBLEM_WRONG_PASSWORD },
  { 0x0005, IM_PROBLEM_WRONG_PASSWORD },
  { 0x0006, IM_PROBLEM_REFUSED_REQUEST },
  { 0x0007, IM_PROBLEM_NO_SUCH_ACCOUNT },
  /* "Deleted" in the documents; what Open OSCAR Server says of a UIN nobody
   * has. Either way there is no such account. */
  { 0x0008, IM_PROBLEM_NO_SUCH_ACCOUNT },
  { 0x0009, IM_PROBLEM_ACCOUNT_EXPIRED },
  { 0x000a, IM_PROBLEM_UNAVAILABLE },
  { 0x000b, IM_PROBLEM_UNAVAILABLE },
  { 0x000c, IM_PROBLEM_UNAVAILABLE },
  { 0x000d, IM_PROBLEM_UNAVAILABLE },
  { 0x000e, IM_PROBLEM_UNAVAILABLE },
  { 0x000f, IM_PROBLEM_UNAVAILABLE },
  { 0x0010, IM_PROBLEM_UNAVAILABLE },
  { 0x0011, IM_PROBLEM_SUSPENDED },
  { 0x0012, IM_PROBLEM_UNAVAILABLE },
  { 0x0013, IM_PROBLEM_UNAVAILABLE },
  { 0x0014, IM_PROBLEM_UNAVAILABLE },
  { 0x0015, IM_PROBLEM_UNAVAILABLE },
  { 0x0016, IM_PROBLEM_RATE_LIMITED },
  { 0x0017, IM_PROBLEM_RATE_LIMITED },
  { 0x0018, IM_PROBLEM_RATE_LIMITED },
  { 0x0019, IM_PROBLEM_WARNED },
  { 0x001a, IM_PROBLEM_UNAVAILABLE },
  { 0x001b, IM_PROBLEM_CLIENT_TOO_OLD },
  { 0x001c, IM_PROBLEM_CLIENT_TOO_OLD },
  { 0x001d, IM_PROBLEM_RATE_LIMITED },
  { 0x001e, IM_PROBLEM_UNAVAILABLE },
  { 0x0020, IM_PROBLEM_WRONG_CODE },
  { 0x0022, IM_PROBLEM_SUSPENDED_AGE },
};

/* How long to stay away after each kind of "too often". Open OSCAR Server
 * lets one sign-on a minute through once ten were made. */
#define RETRY_SOON 60
#define RETRY_LATER 600

ImProblem
oscar_signon_problem (guint16 code, gboolean at_bos)
{
  /* The same number has two meanings: a limit of sign-ons before, and of
   * sessions of one account after the cookie. */
  if (code == 0x0018 && at_bos)
    return IM_PROBLEM_TOO_MANY_SESSIONS;
  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    if (problems[i].code == code)
      return problems[i].problem;
  return IM_PROBLEM_SIGNON_FAILED;
}

static void
drop_timer (OscarSession *session, ImTimer **timer)
{
  session->host->ops->timer_cancel (session->host, g_steal_pointer (timer));
}

static void
drop_conn (OscarConn **conn)
{
  oscar_conn_close (g_steal_pointer (conn));
}

static void
drop_http (OscarSession *session)
{
  ImHttp *http = g_steal_pointer (&session->http);

  if (http != NULL)
    session->host->ops->http_cancel (session->host, http);
}

void
oscar_signon_stop (OscarSession *session)
{
  drop_timer (session, &session->step_timer);
  drop_timer (session, &session->signon_timer);
  drop_http (session);
  drop_conn (&session->auth);
  drop_conn (&session->ahead);
}

/* --- Time --------------------------------------------------------------- */

static void
on_time_out (OscarSession *session)
{
  gboolean at_bos = session->state >= OSCAR_STATE_BOS_CONNECTING;
  const OscarAddress *where =
      at_bos ? &session->bos_address : &session->signin;

  oscar_session_fail_simple (session, IM_PROBLEM_TIMED_OUT, where->host,
                             where->port, NULL);
}

static void
on_step_timer (gpointer user)
{
  OscarSession *session = user;

  session->step_timer = NULL;
  on_time_out (session);
}

static void
on_signon_timer (gpointer user)
{
  OscarSession *session = user;

  session->signon_timer = NULL;
  on_time_out (session);
}

void
oscar_signon_step (OscarSession *session, guint seconds)
{
  drop_timer (session, &session->step_timer);
  if (seconds > 0)
    session->step_timer = session->host->ops->timer_add (
        session->host, seconds * 1000, on_step_timer, session);
}

void
oscar_signon_start_clock (OscarSession *session)
{
  if (session->signon_timer == NULL)
    session->signon_timer = session->host->ops->timer_add (
        session->host, IM_SIGNON_SECONDS * 1000, on_signon_timer, session);
  oscar_signon_step (session, IM_STEP_SECONDS);
}

/* --- To the session's server -------------------------------------------- */

static gboolean
same_address (const OscarAddress *a, const OscarAddress *b)
{
  return a->host != NULL && b->host != NULL &&
         g_ascii_strcasecmp (a->host, b->host) == 0 && a->port == b->port &&
         a->tls == b->tls && g_strcmp0 (a->verify_name, b->verify_name) == 0;
}

static OscarConn *
open_address (OscarSession *session, const OscarAddress *address,
              const OscarConnHandlers *handlers)
{
  ImLinkTarget target = { address->host, address->port, address->tls,
                          address->verify_name };

  return oscar_conn_open (session->host, &target, handlers, session);
}

static void
open_bos (OscarSession *session)
{
  oscar_session_set_state (session, OSCAR_STATE_BOS_CONNECTING);
  oscar_signon_step (session, 0);
  session->bos =
      open_address (session, &session->bos_address, &oscar_bos_handlers);
}

static void
on_ahead_nothing (gpointer user, OscarConn *conn)
{
}

static void
on_ahead_signon (gpointer user, OscarConn *conn)
{
  OscarSession *session = user;

  session->ahead_signon = TRUE;
}

static void
on_ahead_signoff (gpointer user, OscarConn *conn, ImReader *body)
{
  OscarSession *session = user;

  drop_conn (&session->ahead);
}

static void
on_ahead_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
}

static void
on_ahead_closed (gpointer user, OscarConn *conn, const GError *error)
{
  OscarSession *session = user;

  drop_conn (&session->ahead);
}

static const OscarConnHandlers ahead_handlers = {
  .opened = on_ahead_nothing,
  .signon = on_ahead_signon,
  .signoff = on_ahead_signoff,
  .snac = on_ahead_snac,
  .closed = on_ahead_closed,
};

/* A server sends us to the same place every time, so connecting there costs
 * no round trip if it is done while the password is checked. Nothing is said
 * on the link before the server has named the address again. */
/* Where one address is all of the server, the first sign-on need not wait to
 * be told. With encryption "if available" nobody knows yet how to speak. */
static void
guess_home (OscarSession *session)
{
  const OscarSettings *settings = &session->settings;

  if (session->home.host != NULL ||
      (settings->quirks & OSCAR_QUIRK_ONE_ADDRESS) == 0 ||
      settings->security == OSCAR_SECURITY_OPTIONAL)
    return;
  session->home.host = g_strdup (settings->server);
  session->home.port = settings->port;
  session->home.tls = settings->security == OSCAR_SECURITY_REQUIRED;
}

static void
open_ahead (OscarSession *session)
{
  guess_home (session);
  if (session->home.host == NULL || session->ahead != NULL ||
      (session->settings.security == OSCAR_SECURITY_REQUIRED &&
       !session->home.tls))
    return;
  session->ahead_signon = FALSE;
  session->ahead = open_address (session, &session->home, &ahead_handlers);
}

static gboolean
adopt_ahead (OscarSession *session)
{
  if (session->ahead == NULL ||
      !same_address (&session->home, &session->bos_address))
    {
      drop_conn (&session->ahead);
      return FALSE;
    }
  session->bos = g_steal_pointer (&session->ahead);
  oscar_conn_set_user (session->bos, &oscar_bos_handlers, session);
  oscar_session_set_state (session, OSCAR_STATE_BOS_CONNECTING);
  oscar_signon_step (session, 0);
  if (oscar_conn_is_open (session->bos))
    oscar_bos_begin (session, session->ahead_signon);
  return TRUE;
}

static void
join (OscarSession *session, const OscarLoginReply *reply,
      guint16 default_port)
{
  OscarAddress *bos = &session->bos_address;
  OscarPlace place = { reply->host, reply->tls_name, reply->tls_state,
                       default_port };
  ImFailure failure;

  oscar_address_clear (&session->advertised);
  session->told_loopback = FALSE;
  if (!oscar_signon_locate (session, &place, bos, &failure))
    {
      oscar_session_fail (session, &failure);
      return;
    }
  if (session->told_loopback)
    oscar_signon_parse_address (reply->host, session->settings.port,
                                &session->advertised);
  g_clear_pointer (&session->cookie, g_bytes_unref);
  session->cookie = g_bytes_ref (reply->cookie);
  oscar_session_progress (session, IM_STEP_JOINING);
  if (!session->gone && !adopt_ahead (session))
    open_bos (session);
}

static void
report_home (OscarSession *session)
{
  const OscarAddress *bos = &session->bos_address;
  g_autofree char *line =
      g_strdup_printf ("%s %u %d %s %s", bos->host, bos->port, bos->tls,
                       bos->verify_name ? bos->verify_name : "-",
                       session->careful ? "careful" : "fast");
  g_autoptr (GBytes) data = g_bytes_new (line, strlen (line));
  ImEvent event = { .type = IM_EVENT_CACHE, .cache = { "home", data } };

  if (!same_address (bos, &session->home) ||
      session->careful != session->was_careful)
    oscar_session_emit (session, &event);
}

void
oscar_signon_accepted (OscarSession *session)
{
  session->tried_again = FALSE;
  drop_timer (session, &session->signon_timer);
  report_home (session);
}

static void begin (OscarSession *session);

/* A cookie lives for a minute, a server may be restarted in between, and one
 * nobody has described may want its steps in order. So the whole sign-on is
 * tried once more, in order, before anybody is bothered. */
static gboolean
try_again (OscarSession *session)
{
  if (session->tried_again)
    return FALSE;
  session->tried_again = TRUE;
  session->careful = TRUE;
  im_host_debug (session->host, "oscar: cookie refused, signing on anew");
  begin (session);
  return TRUE;
}

/* The sign-in server may answer where the address it gave does not: on the
 * port it named, or where a router forwards only the port of the sign-in. */
static gboolean
try_signin_host (OscarSession *session)
{
  OscarAddress *bos = &session->bos_address;
  const OscarSettings *settings = &session->settings;
  gboolean same_host = g_ascii_strcasecmp (bos->host, settings->server) == 0;

  if (same_host && bos->port == settings->port)
    return FALSE;
  if (session->advertised.host == NULL)
    {
      oscar_session_notice (session, IM_NOTICE_LOOPBACK, NULL, bos->host);
      if (session->gone)
        return TRUE;
      session->advertised.host = g_strdup (bos->host);
      session->advertised.port = bos->port;
    }
  if (same_host)
    bos->port = settings->port;
  g_free (bos->host);
  bos->host = g_strdup (settings->server);
  g_clear_pointer (&bos->verify_name, g_free);
  open_bos (session);
  return TRUE;
}

static gboolean
is_unreachable (const GError *error)
{
  return error != NULL && error->domain == IM_PROBLEM &&
         (error->code == IM_PROBLEM_HOST_NOT_FOUND ||
          error->code == IM_PROBLEM_CONNECT_REFUSED ||
          error->code == IM_PROBLEM_UNREACHABLE ||
          error->code == IM_PROBLEM_TIMED_OUT);
}

static void
fail_to_reach_bos (OscarSession *session, const GError *error)
{
  const OscarAddress *named = session->advertised.host != NULL
                                  ? &session->advertised
                                  : &session->bos_address;

  if (!try_signin_host (session))
    oscar_session_fail_simple (session, IM_PROBLEM_ADVERTISED_HOST, named->host,
                               named->port, error->message);
}

void
oscar_signon_bos_failed (OscarSession *session, const GError *error)
{
  gboolean connecting = session->state == OSCAR_STATE_BOS_CONNECTING;

  oscar_bos_stop (session);
  if (connecting && is_unreachable (error))
    fail_to_reach_bos (session, error);
  else if (connecting && session->settings.security == OSCAR_SECURITY_REQUIRED &&
           error != NULL && error->code == IM_PROBLEM_TLS_HANDSHAKE)
    oscar_session_fail_simple (session, IM_PROBLEM_TLS_NOT_OFFERED,
                               session->bos_address.host,
                               session->bos_address.port, error->message);
  else if (connecting)
    oscar_session_fail_link (session, error, &session->bos_address);
  else if (!try_again (session))
    oscar_session_fail_simple (session, IM_PROBLEM_SESSION_REFUSED,
                               session->bos_address.host,
                               session->bos_address.port, NULL);
}

/* --- At the sign-in server ---------------------------------------------- */

static void
fail_numbered (OscarSession *session, const OscarLoginReply *reply)
{
  ImFailure failure = {
    .problem = oscar_signon_problem (reply->error, FALSE),
    .host = session->signin.host,
    .port = session->signin.port,
    .code = reply->error,
    .url = reply->error_url,
  };

  if (failure.problem == IM_PROBLEM_RATE_LIMITED)
    failure.retry_after = reply->error == 0x001d ? RETRY_SOON : RETRY_LATER;
  oscar_session_fail (session, &failure);
}

void
oscar_signon_fail (OscarSession *session, ImProblem problem,
                   const char *detail)
{
  oscar_session_fail_simple (session, problem, session->signin.host,
                             session->signin.port, detail);
}

void
oscar_signon_fail_protocol (OscarSession *session, const char *what,
                            const GError *error)
{
  g_autofree char *detail =
      g_strdup_printf ("%s: %s", what, error != NULL ? error->message : "?");

  oscar_signon_fail (session, IM_PROBLEM_PROTOCOL, detail);
}

void
oscar_signon_finish (OscarSession *session, const OscarLoginReply *reply,
                     guint16 default_port)
{
  if (!oscar_login_reply_ok (reply))
    {
      fail_numbered (session, reply);
      return;
    }
  /* The server closes as well; it matters no more what comes there. */
  drop_conn (&session->auth);
  join (session, reply, default_port);
}

/* --- Questions to the user ---------------------------------------------- */

/* A server that asks on and on wants to guess, or lets nobody in. */
#define MAX_PROMPTS 3

void
oscar_signon_prompt (OscarSession *session, ImPrompt kind, const char *text,
                     OscarSignonCode answer)
{
  ImEvent event = { .type = IM_EVENT_PROMPT, .prompt = { kind, text } };

  if (session->prompts++ == MAX_PROMPTS)
    {
      oscar_signon_fail (session, IM_PROBLEM_WRONG_CODE, NULL);
      return;
    }
  drop_timer (session, &session->step_timer);
  drop_timer (session, &session->signon_timer);
  oscar_session_set_state (session, OSCAR_STATE_AUTH_PROMPT);
  session->prompt_answer = answer;
  oscar_session_emit (session, &event);
}

void
oscar_session_answer_prompt (OscarSession *session, const char *answer)
{
  g_autofree char *typed = NULL;
  g_autoptr (ImSecret) code = NULL;

  if (session->gone || session->state != OSCAR_STATE_AUTH_PROMPT)
    return;
  typed = g_strstrip (g_strdup (answer != NULL ? answer : ""));
  if (*typed == '\0')
    {
      oscar_signon_fail (session, IM_PROBLEM_NEEDS_CODE, NULL);
      return;
    }
  code = im_secret_new (typed);
  session->prompt_answer (session, code);
}

/* --- The methods that speak FLAP ---------------------------------------- */

void
oscar_signon_handle_reply (OscarSession *session, const ImReader *body)
{
  g_auto (OscarLoginReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  ImReader reader = *body;

  if (oscar_bucp_decode_login_reply (&reader, &reply, &error))
    oscar_signon_finish (session, &reply, 0);
  else
    oscar_signon_fail_protocol (session, "sign-on reply", error);
}

void
oscar_signon_on_signon (gpointer user, OscarConn *conn)
{
}

/* Refusals of the oldest kind, and those for signing on too often, come
 * without a SNAC around them. */
void
oscar_signon_on_signoff (gpointer user, OscarConn *conn, ImReader *body)
{
  OscarSession *session = user;
  ImReader reader = *body;
  g_auto (OscarLoginReply) reply = { 0 };

  if (oscar_bucp_decode_login_reply (&reader, &reply, NULL) &&
      (reply.error != 0 || oscar_login_reply_ok (&reply)))
    oscar_signon_finish (session, &reply, 0);
  else
    oscar_signon_fail (session, IM_PROBLEM_UNAVAILABLE, NULL);
}

/* "If available": a server without TLS answers our handshake with FLAP, or
 * hangs up on it. */
static gboolean
try_plain (OscarSession *session, const GError *error)
{
  gboolean connecting = session->state == OSCAR_STATE_AUTH_CONNECTING;

  if (session->settings.security != OSCAR_SECURITY_OPTIONAL ||
      !session->signin.tls || !connecting || session->plain_again)
    return FALSE;
  if (error != NULL && error->code != IM_PROBLEM_TLS_HANDSHAKE &&
      error->code != IM_PROBLEM_LOST)
    return FALSE;
  session->plain_again = TRUE;
  im_host_debug (session->host, "oscar: no TLS at %s, going on without",
                 session->signin.host);
  begin (session);
  return TRUE;
}

void
oscar_signon_on_closed (gpointer user, OscarConn *conn,
                        const GError *error)
{
  OscarSession *session = user;

  if (try_plain (session, error))
    return;
  oscar_session_fail_link (session, error, &session->signin);
}

static void
open_auth (OscarSession *session, const OscarConnHandlers *handlers)
{
  OscarAddress *signin = &session->signin;

  oscar_address_clear (signin);
  signin->host = g_strdup (session->settings.server);
  signin->port = session->settings.port;
  signin->tls = session->settings.security != OSCAR_SECURITY_OFF &&
                !session->plain_again;
  session->auth = open_address (session, signin, handlers);
}

/* --- Beginning ---------------------------------------------------------- */

/* What does not work is never followed by something weaker: the only way to
 * a weaker sign-on is to ask for it by name. */
static void
begin (OscarSession *session)
{
  drop_http (session);
  drop_conn (&session->auth);
  oscar_signon_step (session, 0);
  oscar_session_set_state (session, OSCAR_STATE_AUTH_CONNECTING);
  switch (session->settings.signon)
    {
    case OSCAR_SIGNON_AUTO:
    case OSCAR_SIGNON_MD5:
    case OSCAR_SIGNON_MD5_WEAK:
      open_auth (session, &oscar_signon_bucp_handlers);
      break;
    case OSCAR_SIGNON_ROASTED:
      open_auth (session, &oscar_signon_flap_handlers);
      break;
    case OSCAR_SIGNON_KERBEROS:
      oscar_signon_uas_start (session);
      break;
    case OSCAR_SIGNON_WEB:
      oscar_signon_web_start (session);
      break;
    }
  if (!session->gone)
    open_ahead (session);
}

void
oscar_signon_start (OscarSession *session)
{
  oscar_session_progress (session, IM_STEP_CONNECTING);
  if (!session->gone)
    begin (session);
}
