/* The web sign-on of the last AIM and ICQ clients: clientLogin gives a token
 * for name and password, startOSCARSession an address and a cookie for the
 * token.
 *
 *   oscar_signon_web_start ()
 *     post_login ()       -> POST clientLogin          <- on_login ()
 *       |-- oscar_signon_prompt ()   a one-time code, and again
 *       `-- get_session () -> GET startOSCARSession    <- on_session ()
 *                                                      -> oscar_signon_finish ()
 */

#include "oscar-signon-private.h"

#include <string.h>

#include "auth-oscar-client.h"

#define FORM_TYPE "application/x-www-form-urlencoded"

/* How long to stay away: a source that came too often, and an account. */
#define RETRY_SOON 60
#define RETRY_LATER 600

enum
{
  STATUS_OK = 200,
  STATUS_CHALLENGE = 330,
  STATUS_UNAUTHORIZED = 401,

  DETAIL_TOKEN_EXPIRED = 1014,
  DETAIL_CODE = 3012,
  DETAIL_NEXT_CODE = 3013,
  DETAIL_KEY_CODE = 3016,
};

/* --- What the numbers mean ---------------------------------------------- */

typedef struct
{
  guint number;
  ImProblem problem;
  guint retry_after;
} Meaning;

/* Of statusDetailCode; it says more than statusCode, which is 330 or 401. */
static const Meaning details[] = {
  { 3011, IM_PROBLEM_WRONG_PASSWORD },
  { DETAIL_CODE, IM_PROBLEM_NEEDS_CODE },
  { DETAIL_NEXT_CODE, IM_PROBLEM_NEEDS_CODE },
  { 3014, IM_PROBLEM_NEEDS_WEB_PAGE }, /* a security question */
  { 3015, IM_PROBLEM_NEEDS_WEB_PAGE }, /* a picture with letters */
  { DETAIL_KEY_CODE, IM_PROBLEM_NEEDS_CODE },
  { 3017, IM_PROBLEM_NEEDS_WEB_PAGE }, /* parents must agree */
  { 3018, IM_PROBLEM_NEEDS_WEB_PAGE }, /* terms to accept */
  { 3019, IM_PROBLEM_ACCOUNT_INVALID }, /* may not use this service */
  { 3020, IM_PROBLEM_NEEDS_WEB_PAGE }, /* e-mail not confirmed */
  { 3021, IM_PROBLEM_NEEDS_WEB_PAGE }, /* account to be updated */
};

/* Of statusCode. */
static const Meaning statuses[] = {
  { STATUS_CHALLENGE, IM_PROBLEM_WRONG_PASSWORD },
  { 400, IM_PROBLEM_REFUSED_REQUEST },
  /* Open OSCAR Server of July 2026, for a wrong password. */
  { STATUS_UNAUTHORIZED, IM_PROBLEM_WRONG_PASSWORD },
  { 403, IM_PROBLEM_REFUSED_REQUEST }, /* a key without permission */
  { 405, IM_PROBLEM_UNAVAILABLE },
  { 408, IM_PROBLEM_UNAVAILABLE },
  { 429, IM_PROBLEM_RATE_LIMITED, RETRY_SOON },
  { 430, IM_PROBLEM_RATE_LIMITED, RETRY_SOON },
  { 440, IM_PROBLEM_REFUSED_REQUEST }, /* the key: unknown, */
  { 441, IM_PROBLEM_REFUSED_REQUEST }, /* used too much, */
  { 442, IM_PROBLEM_REFUSED_REQUEST }, /* from the wrong address, */
  { 443, IM_PROBLEM_REFUSED_REQUEST }, /* or for another site */
  { 460, IM_PROBLEM_REFUSED_REQUEST },
  { 461, IM_PROBLEM_REFUSED_REQUEST },
  { 462, IM_PROBLEM_REFUSED_REQUEST },
  { 500, IM_PROBLEM_UNAVAILABLE },
  { 503, IM_PROBLEM_UNAVAILABLE },
  { 607, IM_PROBLEM_RATE_LIMITED, RETRY_LATER },
};

static const Meaning *
find (const Meaning *table, gsize n, guint number)
{
  for (gsize i = 0; i < n; i++)
    if (table[i].number == number)
      return &table[i];
  return NULL;
}

static const Meaning *
meaning_of (guint status, guint detail, gboolean in_session)
{
  static const Meaning too_often = { 0, IM_PROBLEM_RATE_LIMITED, RETRY_LATER };
  static const Meaning expired = { 0, IM_PROBLEM_SESSION_REFUSED };
  static const Meaning unknown = { 0, IM_PROBLEM_SIGNON_FAILED };
  const Meaning *found = NULL;

  if (in_session && status == STATUS_UNAUTHORIZED)
    return detail == DETAIL_TOKEN_EXPIRED ? &expired : &too_often;
  if (status == STATUS_CHALLENGE || status == STATUS_UNAUTHORIZED)
    found = find (details, G_N_ELEMENTS (details), detail);
  if (found == NULL)
    found = find (statuses, G_N_ELEMENTS (statuses), status);
  return found != NULL ? found : &unknown;
}

ImProblem
oscar_signon_web_problem (guint status, guint detail, gboolean in_session,
                          guint *retry_after)
{
  const Meaning *meaning = meaning_of (status, detail, in_session);

  *retry_after = meaning->retry_after;
  return meaning->problem;
}

/* Both numbers in decimal, as people write them, before the server's words. */
static char *
describe (const AuthOscarClientReply *reply)
{
  const char *text = reply->text != NULL ? reply->text : "";

  if (reply->detail == 0)
    return g_strdup_printf ("%u %s", reply->status, text);
  return g_strdup_printf ("%u/%u %s", reply->status, reply->detail, text);
}

static void
refuse (OscarSession *session, const AuthOscarClientReply *reply,
        gboolean in_session)
{
  g_autofree char *detail = g_strstrip (describe (reply));
  ImFailure failure = {
    .host = session->signin.host,
    .port = session->signin.port,
    .url = reply->page,
    .detail = detail,
  };

  failure.problem = oscar_signon_web_problem (
      reply->status, reply->detail, in_session, &failure.retry_after);
  oscar_session_fail (session, &failure);
}

/* An envelope counts whatever HTTP says of it; without one, HTTP counts. */
static gboolean
read_reply (OscarSession *session, const ImHttpResponse *response,
            AuthOscarClientReply *ret)
{
  g_autoptr (GError) error = NULL;
  gboolean redirect = response->status >= 300 && response->status < 400;

  if (!redirect && auth_oscar_client_parse (response->body, ret, &error))
    return TRUE;
  if (response->status == 200)
    oscar_signon_fail_protocol (session, "sign-on reply", error);
  else
    oscar_signon_fail_http (session, response);
  return FALSE;
}

static char *
join_url (const char *base, const char *path)
{
  gsize len = strlen (base);

  while (len > 0 && base[len - 1] == '/')
    len--;
  return g_strdup_printf ("%.*s%s", (int) len, base, path);
}

/* --- startOSCARSession -------------------------------------------------- */

static void post_login (OscarSession *session, const ImSecret *code);

static char *
join_host (const char *host, guint16 port)
{
  GString *text = g_string_new (host);

  if (strchr (host, ':') != NULL)
    {
      g_string_prepend_c (text, '[');
      g_string_append_c (text, ']');
    }
  if (port != 0)
    g_string_append_printf (text, ":%u", port);
  return g_string_free (text, FALSE);
}

static void
finish (OscarSession *session, const AuthOscarClientReply *reply)
{
  g_autofree char *host = join_host (reply->host, reply->port);
  const OscarLoginReply login = {
    .host = host,
    .cookie = reply->cookie,
    .tls_name = reply->tls_name,
  };

  oscar_signon_finish (session, &login, 0);
}

/* Tokens live for a day or for minutes; whoever gave one gives another. */
static gboolean
try_again (OscarSession *session, const AuthOscarClientReply *reply)
{
  if (reply->status != STATUS_UNAUTHORIZED ||
      reply->detail != DETAIL_TOKEN_EXPIRED || session->token_again)
    return FALSE;
  session->token_again = TRUE;
  post_login (session, NULL);
  return TRUE;
}

/* Open OSCAR Server of July 2026 has another service of its web interface at
 * this address, and asks for that one's session id. */
static gboolean
is_other_service (const AuthOscarClientReply *reply)
{
  return reply->status == 400 && reply->text != NULL &&
         strstr (reply->text, "aimsid") != NULL;
}

static void
use_token_as_cookie (OscarSession *session)
{
  g_autoptr (GBytes) cookie = auth_oscar_client_cookie (session->token);
  const OscarLoginReply login = {
    .host = session->settings.server,
    .cookie = cookie,
  };

  if (cookie == NULL)
    oscar_signon_fail (session, IM_PROBLEM_PROTOCOL, "the token is no cookie");
  else
    oscar_signon_finish (session, &login, 0);
}

static void
on_session (OscarSession *session, const ImHttpResponse *response)
{
  g_auto (AuthOscarClientReply) reply = { 0 };

  if (!read_reply (session, response, &reply))
    return;
  if (reply.status == STATUS_OK && reply.host != NULL && reply.cookie != NULL)
    finish (session, &reply);
  else if (reply.status == STATUS_OK)
    oscar_signon_fail (session, IM_PROBLEM_PROTOCOL,
                       "no session came with the answer");
  else if (is_other_service (&reply))
    use_token_as_cookie (session);
  else if (!try_again (session, &reply))
    refuse (session, &reply, TRUE);
}

static void
get_session (OscarSession *session, const AuthOscarClientReply *reply)
{
  const OscarSettings *settings = &session->settings;
  g_autofree char *url = join_url (
      settings->session_url != NULL ? settings->session_url : settings->web_url,
      "/aim/startOSCARSession");
  g_autoptr (GError) error = NULL;
  g_autoptr (ImSecret) key = auth_oscar_client_session_key (
      settings->password, reply->session_secret, &error);
  g_autoptr (ImSecret) signed_url = NULL;
  OscarClientId client;
  AuthOscarClientSession asked = {
    .url = url,
    .token = session->token,
    .session_key = key,
    .key = settings->web_key,
    .time = reply->host_time != 0
                ? reply->host_time
                : session->host->ops->wall_s (session->host),
    .tls = settings->security != OSCAR_SECURITY_OFF,
  };
  ImHttpRequest request = { .method = "GET" };

  oscar_session_client_id (session, &client);
  asked.distribution = client.distribution;
  if (key != NULL)
    signed_url = auth_oscar_client_session_url (&asked, &error);
  if (signed_url == NULL)
    {
      oscar_signon_fail (session, IM_PROBLEM_NO_MECHANISM, error->message);
      return;
    }
  request.url = im_secret_peek (signed_url);
  if (oscar_signon_use_url (session, url))
    oscar_signon_fetch (session, &request, on_session);
}

/* --- clientLogin -------------------------------------------------------- */

static gboolean
asks_for_code (const AuthOscarClientReply *reply)
{
  return reply->status == STATUS_CHALLENGE &&
         (reply->detail == DETAIL_CODE || reply->detail == DETAIL_NEXT_CODE ||
          reply->detail == DETAIL_KEY_CODE);
}

static void
on_login (OscarSession *session, const ImHttpResponse *response)
{
  g_auto (AuthOscarClientReply) reply = { 0 };
  gboolean quirk = session->settings.quirks & OSCAR_QUIRK_TOKEN_IS_COOKIE;

  if (!read_reply (session, response, &reply))
    return;
  g_clear_pointer (&session->token, im_secret_unref);
  session->token = g_steal_pointer (&reply.token);
  if (asks_for_code (&reply))
    oscar_signon_prompt (session,
                         reply.detail == DETAIL_NEXT_CODE ? IM_PROMPT_NEXT_CODE
                                                          : IM_PROMPT_CODE,
                         reply.text, post_login);
  else if (reply.status != STATUS_OK)
    refuse (session, &reply, FALSE);
  else if (session->token != NULL && quirk)
    use_token_as_cookie (session);
  else if (session->token != NULL && reply.session_secret != NULL)
    get_session (session, &reply);
  else
    oscar_signon_fail (session, IM_PROBLEM_PROTOCOL,
                       "no token came with the answer");
}

static void
post_login (OscarSession *session, const ImSecret *code)
{
  const OscarSettings *settings = &session->settings;
  AuthOscarClientLogin login = {
    .name = settings->name,
    .password = settings->password,
    .key = settings->web_key,
    .client = settings->client_name,
    .icq = settings->icq,
    .code = code,
  };
  g_autofree char *url = join_url (settings->web_url, "/auth/clientLogin");
  g_autoptr (GBytes) form = NULL;
  ImHttpRequest request = {
    .method = "POST",
    .url = url,
    .content_type = FORM_TYPE,
  };

  if (!oscar_signon_use_url (session, url))
    return;
  form = auth_oscar_client_form (&login);
  request.body = form;
  oscar_signon_fetch (session, &request, on_login);
}

void
oscar_signon_web_start (OscarSession *session)
{
  if (oscar_signon_use_url (session, session->settings.web_url))
    post_login (session, NULL);
}
