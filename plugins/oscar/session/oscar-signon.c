/* From a name and a password to a cookie, and with it to the server that
 * keeps the session:
 *
 *   oscar_signon_start ()
 *     |-- open_ahead ()            the address of last time, if known
 *     `-- open_auth ()             the sign-in server
 *           on_auth_opened ()      -> SIGNON and 17/06 in one flight
 *           handle_challenge ()    <- 17/07
 *                                  -> 17/02
 *           handle_login_reply ()  <- 17/03: refused, or cookie and address
 *             join ()
 *               |-- adopt_ahead () the link is there already
 *               `-- open_bos ()
 *                     on_bos_opened () -> oscar_bos_begin ()
 *
 * A SIGNOFF that carries an error is a refusal at any point. */

#include "oscar-session-private.h"

#include <string.h>

#include "auth-oscar-md5.h"
#include "oscar-bucp.h"

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

void
oscar_signon_stop (OscarSession *session)
{
  drop_timer (session, &session->step_timer);
  drop_timer (session, &session->signon_timer);
  drop_conn (&session->auth);
  drop_conn (&session->ahead);
}

/* --- Time --------------------------------------------------------------- */

static void
on_time_out (OscarSession *session)
{
  const OscarAddress *bos = &session->bos_address;
  gboolean at_bos = session->state >= OSCAR_STATE_BOS_CONNECTING;

  oscar_session_fail_simple (
      session, IM_PROBLEM_TIMED_OUT,
      at_bos ? bos->host : session->settings.server,
      at_bos ? bos->port : session->settings.port, NULL);
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

/* The clock runs from the first open link: before that, a person may be
 * looking at a certificate. */
static void
start_clock (OscarSession *session)
{
  if (session->signon_timer == NULL)
    session->signon_timer = session->host->ops->timer_add (
        session->host, IM_SIGNON_SECONDS * 1000, on_signon_timer, session);
  oscar_signon_step (session, IM_STEP_SECONDS);
}

/* --- Which hosts are trusted to be sent to ------------------------------ */

static gboolean
is_numeric (const char *host)
{
  return g_hostname_is_ip_address (host);
}

static gboolean
is_loopback (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 ||
         (is_numeric (host) &&
          (g_str_has_prefix (host, "127.") || strcmp (host, "::1") == 0 ||
           strcmp (host, "0.0.0.0") == 0 || strcmp (host, "::") == 0));
}

static gboolean
is_within (const char *host, const char *domain)
{
  gsize host_len = strlen (host), domain_len = strlen (domain);

  if (g_ascii_strcasecmp (host, domain) == 0)
    return TRUE;
  return host_len > domain_len &&
         host[host_len - domain_len - 1] == '.' &&
         g_ascii_strcasecmp (host + host_len - domain_len, domain) == 0;
}

/* login.example.net vouches for example.net, but a name of two labels does
 * not vouch for its whole top-level domain. */
static gboolean
same_trust (const OscarSession *session, const char *host)
{
  const char *server = session->settings.server;
  const char *parent = strchr (server, '.');

  if (is_within (host, server))
    return TRUE;
  if (!is_numeric (server) && parent != NULL &&
      strchr (parent + 1, '.') != NULL && is_within (host, parent + 1))
    return TRUE;
  for (guint i = 0; session->settings.tls_domains[i] != NULL; i++)
    if (is_within (host, session->settings.tls_domains[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_host_character (char c)
{
  return g_ascii_isalnum (c) || c == '.' || c == '-' || c == '_' || c == ':';
}

static gboolean
parse_port (const char *text, guint16 *ret)
{
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;
  *ret = (guint16) port;
  return TRUE;
}

/* host, host:port, [v6], [v6]:port, or a bare IPv6 address. */
static gboolean
parse_address (const char *text, guint16 default_port, OscarAddress *ret)
{
  g_autofree char *copy = g_strdup (text);
  char *host = copy, *rest = NULL;
  guint16 port = default_port;

  if (*host == '[')
    {
      char *end = strchr (++host, ']');

      if (end == NULL)
        return FALSE;
      *end = '\0';
      rest = end[1] == ':' ? end + 2 : (end[1] == '\0' ? NULL : end);
    }
  else
    {
      char *colon = strrchr (host, ':');

      if (colon != NULL && strchr (host, ':') == colon)
        {
          *colon = '\0';
          rest = colon + 1;
        }
    }
  for (const char *p = host; *p != '\0'; p++)
    if (!is_host_character (*p))
      return FALSE;
  if (*host == '\0' || (rest != NULL && !parse_port (rest, &port)))
    return FALSE;
  ret->host = g_strdup (host);
  ret->port = port;
  return TRUE;
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
static void
open_ahead (OscarSession *session)
{
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

/* The certificate must be for a name that the settings, or the sign-in
 * server within its own domain, vouch for. A server known by number is
 * judged by the name that sent us there. */
static const char *
name_to_verify (const OscarSession *session, const char *tls_name,
                const char *host)
{
  if (tls_name != NULL && same_trust (session, tls_name))
    return tls_name;
  if (is_numeric (host))
    return session->settings.server;
  return same_trust (session, host) ? host : NULL;
}

static gboolean
refuse (ImFailure *failure, ImProblem problem, const OscarAddress *address,
        const char *detail)
{
  memset (failure, 0, sizeof *failure);
  failure->problem = problem;
  failure->host = address->host;
  failure->port = address->port;
  failure->detail = detail;
  return FALSE;
}

static gboolean
decide_tls (OscarSession *session, const char *tls_name, gboolean offered,
            OscarAddress *address, ImFailure *failure)
{
  const char *name;

  address->tls =
      session->settings.security != OSCAR_SECURITY_OFF &&
      (offered || session->settings.security == OSCAR_SECURITY_REQUIRED);
  if (!address->tls)
    return TRUE;
  /* A server behind a TLS terminator does not know that we came encrypted
   * and names its plain address. With such set-ups the terminator's own
   * port leads to all of the server. */
  if (!offered)
    {
      g_free (address->host);
      address->host = g_strdup (session->settings.server);
      address->port = session->settings.port;
    }
  name = name_to_verify (session, tls_name, address->host);
  if (name == NULL)
    return refuse (failure, IM_PROBLEM_CERT_NAME, address,
                   session->settings.server);
  if (g_ascii_strcasecmp (name, address->host) != 0)
    address->verify_name = g_strdup (name);
  return TRUE;
}

/* Servers behind NAT tell the whole world to come to 127.0.0.1. */
static void
repair_loopback (OscarSession *session, OscarAddress *address)
{
  if (!is_loopback (address->host) || is_loopback (session->settings.server))
    return;
  if (!session->told_loopback)
    oscar_session_notice (session, IM_NOTICE_LOOPBACK, NULL, address->host);
  session->told_loopback = TRUE;
  g_free (address->host);
  address->host = g_strdup (session->settings.server);
}

gboolean
oscar_signon_locate (OscarSession *session, const OscarPlace *place,
                     OscarAddress *ret, ImFailure *failure)
{
  gboolean offered = place->tls_state != 0 || place->tls_name != NULL;

  oscar_address_clear (ret);
  if (place->host == NULL ||
      !parse_address (place->host, session->settings.port, ret))
    return refuse (failure, IM_PROBLEM_PROTOCOL, ret,
                   "the server named no usable address");
  repair_loopback (session, ret);
  return decide_tls (session, place->tls_name, offered, ret, failure);
}

static void
join (OscarSession *session, const OscarLoginReply *reply)
{
  OscarAddress *bos = &session->bos_address;
  OscarPlace place = { reply->host, reply->tls_name, reply->tls_state };
  ImFailure failure;

  oscar_address_clear (&session->advertised);
  session->told_loopback = FALSE;
  if (!oscar_signon_locate (session, &place, bos, &failure))
    {
      oscar_session_fail (session, &failure);
      return;
    }
  if (session->told_loopback)
    parse_address (reply->host, session->settings.port, &session->advertised);
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

static void open_auth (OscarSession *session, gboolean tls);

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
  open_auth (session, session->auth_tls);
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
    .host = session->settings.server,
    .port = session->settings.port,
    .code = reply->error,
    .url = reply->error_url,
  };

  if (failure.problem == IM_PROBLEM_RATE_LIMITED)
    failure.retry_after = reply->error == 0x001d ? RETRY_SOON : RETRY_LATER;
  oscar_session_fail (session, &failure);
}

static void
fail_protocol (OscarSession *session, const char *what, const GError *error)
{
  g_autofree char *detail =
      g_strdup_printf ("%s: %s", what, error != NULL ? error->message : "?");

  oscar_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                             session->settings.server, session->settings.port,
                             detail);
}

static void
handle_login_reply (OscarSession *session, const ImReader *body)
{
  g_auto (OscarLoginReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  ImReader reader = *body;

  if (!oscar_bucp_decode_login_reply (&reader, &reply, &error))
    fail_protocol (session, "sign-on reply", error);
  else if (oscar_login_reply_ok (&reply))
    {
      /* The server closes as well; it matters no more what comes there. */
      drop_conn (&session->auth);
      join (session, &reply);
    }
  else
    fail_numbered (session, &reply);
}

/* A password whose network keeps only its first eight characters. */
static ImSecret *
password_for (const OscarSession *session, const OscarBucpChallenge *challenge)
{
  if (!challenge->truncate_password)
    return im_secret_ref (session->settings.password);
  return im_secret_new_take (
      g_strndup (im_secret_peek (session->settings.password), 8));
}

static void
send_login (OscarSession *session, const OscarBucpChallenge *challenge)
{
  gboolean strong = session->settings.signon != OSCAR_SIGNON_MD5_WEAK;
  g_autoptr (ImSecret) password = password_for (session, challenge);
  g_autoptr (GError) error = NULL;
  g_auto (ImWriter) body = { 0 };
  guint8 digest[AUTH_OSCAR_MD5_SIZE];
  g_autoptr (GBytes) bytes = NULL;
  OscarBucpLogin login = {
    .name = session->settings.name,
    .strong = strong,
    .multi = OSCAR_MULTI_MANY,
  };

  if (!auth_oscar_md5_digest (challenge->key.pos,
                              im_reader_left (&challenge->key), password,
                              strong, digest, &error))
    {
      oscar_session_fail_simple (session, IM_PROBLEM_NO_MECHANISM, NULL, 0,
                                 error->message);
      return;
    }
  bytes = g_bytes_new (digest, sizeof digest);
  login.digest = bytes;
  oscar_session_client_id (session, &login.client);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_bucp_encode_login (&body, &login);
  if (oscar_conn_send_snac (session->auth, OSCAR_FG_BUCP, OSCAR_BUCP_LOGIN,
                            &body, OSCAR_PRIORITY_USER) == 0)
    oscar_session_fail_simple (session, IM_PROBLEM_SETTINGS, NULL, 0,
                               "the user name is too long");
}

static void
handle_challenge (OscarSession *session, const ImReader *body)
{
  OscarBucpChallenge challenge;
  g_autoptr (GError) error = NULL;
  ImReader reader = *body;

  /* One challenge, one answer: a server that asks again wants more digests
   * of one password. */
  if (session->state != OSCAR_STATE_AUTH_CHALLENGE)
    return;
  if (!oscar_bucp_decode_challenge (&reader, &challenge, &error))
    {
      fail_protocol (session, "sign-on challenge", error);
      return;
    }
  oscar_session_set_state (session, OSCAR_STATE_AUTH_LOGIN);
  oscar_signon_step (session, IM_STEP_SECONDS);
  send_login (session, &challenge);
}

static void
on_auth_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
  OscarSession *session = user;

  switch (OSCAR_SNAC (snac->foodgroup, snac->subtype))
    {
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_BUCP_CHALLENGE):
      handle_challenge (session, &snac->body);
      break;
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_BUCP_LOGIN_REPLY):
      handle_login_reply (session, &snac->body);
      break;
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_BUCP_SECURID_REQUEST):
      oscar_session_fail_simple (session, IM_PROBLEM_NEEDS_CODE,
                                 session->settings.server,
                                 session->settings.port, NULL);
      break;
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_SUBTYPE_ERROR):
      oscar_session_fail_simple (session, IM_PROBLEM_REFUSED_REQUEST,
                                 session->settings.server,
                                 session->settings.port, NULL);
      break;
    default:
      break;
    }
}

static void
on_auth_opened (gpointer user, OscarConn *conn)
{
  OscarSession *session = user;
  g_auto (ImWriter) signon = { 0 };
  g_auto (ImWriter) request = { 0 };
  g_autoptr (GBytes) payload = NULL;
  const OscarFlapSignon empty = { .version = 1 };

  oscar_session_set_state (session, OSCAR_STATE_AUTH_CHALLENGE);
  start_clock (session);
  im_writer_init (&signon, IM_MAX_FLAP_SENT);
  oscar_flap_encode_signon (&signon, &empty);
  payload = im_writer_finish (&signon, NULL);
  oscar_conn_send_flap (conn, OSCAR_FLAP_SIGNON, payload);
  im_writer_init (&request, IM_MAX_FLAP_SENT);
  oscar_bucp_encode_challenge_request (&request, session->settings.name);
  oscar_conn_send_snac (conn, OSCAR_FG_BUCP, OSCAR_BUCP_CHALLENGE_REQUEST,
                        &request, OSCAR_PRIORITY_USER);
  oscar_session_progress (session, IM_STEP_SIGNING_IN);
}

static void
on_auth_signon (gpointer user, OscarConn *conn)
{
}

/* Refusals of the oldest kind, and those for signing on too often, come
 * without a SNAC around them. */
static void
on_auth_signoff (gpointer user, OscarConn *conn, ImReader *body)
{
  OscarSession *session = user;
  ImReader reader = *body;
  g_auto (OscarLoginReply) reply = { 0 };

  if (oscar_bucp_decode_login_reply (&reader, &reply, NULL) &&
      (reply.error != 0 || oscar_login_reply_ok (&reply)))
    handle_login_reply (session, body);
  else
    oscar_session_fail_simple (session, IM_PROBLEM_UNAVAILABLE,
                               session->settings.server,
                               session->settings.port, NULL);
}

/* "If available": a server without TLS answers our handshake with FLAP, or
 * hangs up on it. */
static gboolean
try_plain (OscarSession *session, const GError *error)
{
  gboolean connecting = session->state == OSCAR_STATE_AUTH_CONNECTING;

  if (session->settings.security != OSCAR_SECURITY_OPTIONAL ||
      !session->auth_tls || !connecting || session->plain_again)
    return FALSE;
  if (error != NULL && error->code != IM_PROBLEM_TLS_HANDSHAKE &&
      error->code != IM_PROBLEM_LOST)
    return FALSE;
  session->plain_again = TRUE;
  im_host_debug (session->host, "oscar: no TLS at %s, going on without",
                 session->settings.server);
  open_auth (session, FALSE);
  return TRUE;
}

static void
on_auth_closed (gpointer user, OscarConn *conn, const GError *error)
{
  OscarSession *session = user;
  OscarAddress server = { session->settings.server, session->settings.port,
                          session->auth_tls, NULL };

  if (try_plain (session, error))
    return;
  if (session->settings.security == OSCAR_SECURITY_REQUIRED && error != NULL &&
      error->code == IM_PROBLEM_TLS_HANDSHAKE)
    oscar_session_fail_simple (session, IM_PROBLEM_TLS_NOT_OFFERED, server.host,
                               server.port, error->message);
  else
    oscar_session_fail_link (session, error, &server);
}

static const OscarConnHandlers auth_handlers = {
  .opened = on_auth_opened,
  .signon = on_auth_signon,
  .signoff = on_auth_signoff,
  .snac = on_auth_snac,
  .closed = on_auth_closed,
};

static void
open_auth (OscarSession *session, gboolean tls)
{
  OscarAddress server = { session->settings.server, session->settings.port,
                          tls, NULL };

  drop_conn (&session->auth);
  oscar_signon_step (session, 0);
  oscar_session_set_state (session, OSCAR_STATE_AUTH_CONNECTING);
  session->auth_tls = tls;
  session->auth = open_address (session, &server, &auth_handlers);
  open_ahead (session);
}

void
oscar_signon_start (OscarSession *session)
{
  oscar_session_progress (session, IM_STEP_CONNECTING);
  if (!session->gone)
    open_auth (session, session->settings.security != OSCAR_SECURITY_OFF);
}
