/* HTTP: one request, one answer, and nothing done behind the caller's back. */

#include "net-support.h"

#define USER "us:er@home/%20 é"
#define PASSWORD "p@ss:w/ord%41 ü"

/**
 * Fetch:
 * @http: (nullable): the request; %NULL once answered
 * @answers: how often it was answered
 * @status: what came
 * @headers: (nullable): what came
 * @body: (nullable): what came
 * @text: (nullable): the same with a NUL
 * @error: (nullable): or why nothing did
 */
typedef struct
{
  NetOwner *owner;
  ImHttp *http;
  guint answers;
  guint status;
  char **headers;
  GBytes *body;
  char *text;
  GError *error;
} Fetch;

static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  Fetch *fetch = user;

  g_assert_true ((response == NULL) != (error == NULL));
  fetch->http = NULL;
  fetch->answers++;
  if (error != NULL)
    {
      g_assert_true (error->domain == IM_PROBLEM);
      fetch->error = g_error_copy (error);
      return;
    }
  fetch->status = response->status;
  fetch->headers = g_strdupv ((char **)response->headers);
  fetch->body = g_bytes_ref (response->body);
  fetch->text = g_strndup (g_bytes_get_data (response->body, NULL),
                           g_bytes_get_size (response->body));
}

static void
fetch_clear (Fetch *fetch)
{
  g_strfreev (fetch->headers);
  g_clear_pointer (&fetch->body, g_bytes_unref);
  g_clear_pointer (&fetch->text, g_free);
  g_clear_error (&fetch->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetch, fetch_clear)

static char *
url_of (const char *service, const char *path)
{
  const char *scheme = g_str_has_prefix (service, "https") ? "https" : "http";

  return g_strdup_printf ("%s://localhost:%u%s", scheme, net_port (service),
                          path);
}

static void
fetch_begin (Fetch *fetch, NetOwner *owner, const char *service,
             const char *path, gsize max_body)
{
  g_autofree char *url = url_of (service, path);
  const ImHttpRequest request = {
    .method = "GET",
    .url = url,
    .max_body = max_body,
  };

  *fetch = (Fetch){ .owner = owner };
  fetch->http =
      owner->host->ops->http_send (owner->host, &request, on_answer, fetch);
  g_assert_cmpuint (fetch->answers, ==, 0);
}

static void
fetch_wait (Fetch *fetch)
{
  net_wait (fetch->answers == 1);
}

static const char *
body_of (Fetch *fetch)
{
  g_assert_no_error (fetch->error);
  g_test_message ("%s", fetch->text);
  return fetch->text;
}

static void
check_body (Fetch *fetch, const char *expected)
{
  g_assert_no_error (fetch->error);
  g_assert_cmpmem (g_bytes_get_data (fetch->body, NULL),
                   g_bytes_get_size (fetch->body), expected, strlen (expected));
}

static const char *
header_of (Fetch *fetch, const char *name)
{
  for (char **h = fetch->headers; h[0] != NULL; h += 2)
    if (g_ascii_strcasecmp (h[0], name) == 0)
      return h[1];
  return NULL;
}

static void
check_fails (NetOwner *owner, const char *service, const char *path,
             ImProblem problem)
{
  g_auto (Fetch) fetch = { 0 };

  fetch_begin (&fetch, owner, service, path, 1000);
  fetch_wait (&fetch);
  g_assert_error (fetch.error, IM_PROBLEM, (int)problem);
  g_test_message ("%s: %s", path, fetch.error->message);
}

/* --- plain requests --------------------------------------------------- */

static void
test_get (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_auto (Fetch) fetch = { 0 };

  fetch_begin (&fetch, owner, "http", "/hello", 1000);
  fetch_wait (&fetch);
  g_assert_cmpuint (fetch.status, ==, 200);
  g_assert_cmpstr (header_of (&fetch, "X-Thing"), ==, "one");
  check_body (&fetch, "hello");
  g_assert_nonnull (strstr (owner->lines->str, "/hello"));
}

static void
test_post (void)
{
  static const char *const headers[] = { "X-Mine", "yes", "X-Bad",
                                         "a\r\nX-Smuggled: b", NULL };
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (GBytes) body = g_bytes_new_static ("a=b&password=c", 14);
  g_autofree char *url = url_of ("http", "/describe?token=secret");
  g_auto (Fetch) fetch = { owner };
  const ImHttpRequest request = {
    .method = "POST",
    .url = url,
    .headers = headers,
    .content_type = "application/x-www-form-urlencoded",
    .body = body,
    .max_body = 1000,
    .secret = TRUE,
  };
  const char *text;

  owner->host->ops->http_send (owner->host, &request, on_answer, &fetch);
  fetch_wait (&fetch);
  text = body_of (&fetch);
  g_assert_true (g_str_has_prefix (text, "POST /describe?token=secret\n"));
  g_assert_nonnull (strstr (text, "x-mine: yes\n"));
  g_assert_nonnull (
      strstr (text, "content-type: application/x-www-form-urlencoded\n"));
  g_assert_nonnull (strstr (text, "\n\na=b&password=c"));
  g_assert_null (strstr (text, "smuggled"));
  g_assert_null (strstr (owner->lines->str, "token"));
  g_assert_null (strstr (owner->lines->str, "password"));
  g_assert_null (strstr (owner->lines->str, "describe"));
}

/**
 * Supply:
 * @size: what is said to be there
 * @there: what is
 * @at: how much of it was read
 * @begun: how often it was begun
 * @sent: what was said to have left
 * @stop: (nullable): cancelled as soon as something has left
 */
typedef struct
{
  guint64 size;
  guint64 there;
  guint64 at;
  guint begun;
  guint64 sent;
  Fetch *stop;
} Supply;

static gssize
supply_read (gpointer user, void *buffer, gsize len)
{
  Supply *supply = user;
  gsize count = MIN (len, supply->there - supply->at);

  for (gsize i = 0; i < count; i++)
    ((guint8 *) buffer)[i] = (guint8) ((supply->at + i) % 251);
  supply->at += count;
  return (gssize) count;
}

static gboolean
supply_rewind (gpointer user)
{
  Supply *supply = user;

  supply->at = 0;
  supply->begun++;
  return TRUE;
}

static void
supply_sent (gpointer user, guint64 bytes)
{
  Supply *supply = user;

  g_assert_cmpuint (bytes, <=, supply->size);
  supply->sent = bytes;
  if (supply->stop != NULL && supply->stop->http != NULL)
    {
      NetOwner *owner = supply->stop->owner;

      owner->host->ops->http_cancel (owner->host,
                                     g_steal_pointer (&supply->stop->http));
    }
}

static void
put_begin (Fetch *fetch, NetOwner *owner, const char *service, Supply *supply)
{
  g_autofree char *url = url_of (service, "/digest");
  const ImHttpSource source = { supply->size, supply_read, supply_rewind,
                                supply_sent, supply };
  const ImHttpRequest request = {
    .method = "PUT",
    .url = url,
    .content_type = "application/octet-stream",
    .source = &source,
    .max_body = 1000,
  };

  *fetch = (Fetch){ .owner = owner };
  fetch->http =
      owner->host->ops->http_send (owner->host, &request, on_answer, fetch);
}

static char *
digest_of (guint64 size)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint64 i = 0; i < size; i++)
    {
      guint8 byte = (guint8) (i % 251);

      g_checksum_update (sum, &byte, 1);
    }
  return g_strdup_printf ("PUT %" G_GUINT64_FORMAT " %s", size,
                          g_checksum_get_string (sum));
}

static void
test_source (void)
{
  static const char *const services[] = { "http", "https-good" };
  static const guint64 sizes[] = { 1, 65536, 3000001 };
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        Supply supply = { .size = sizes[j], .there = sizes[j] };
        g_autofree char *expected = digest_of (sizes[j]);
        g_auto (Fetch) fetch = { 0 };

        put_begin (&fetch, owner, services[i], &supply);
        fetch_wait (&fetch);
        g_assert_cmpuint (fetch.status, ==, 201);
        check_body (&fetch, expected);
        g_assert_cmpuint (supply.sent, ==, sizes[j]);
      }
}

/* A file that became shorter is not sent as if it were whole. */
static void
test_source_ends (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  Supply supply = { .size = 200000, .there = 100000 };
  g_auto (Fetch) fetch = { 0 };

  put_begin (&fetch, owner, "http", &supply);
  fetch_wait (&fetch);
  g_assert_nonnull (fetch.error);
}

static void
test_source_cancelled (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  Supply supply = { .size = 3000001, .there = 3000001 };
  g_auto (Fetch) fetch = { 0 };
  guint64 at;

  put_begin (&fetch, owner, "http", &supply);
  supply.stop = &fetch;
  net_wait (fetch.http == NULL);
  at = supply.at;
  g_assert_cmpuint (at, <, supply.size);
  check_fails (owner, "http", "/nothing", IM_PROBLEM_LOST);
  g_assert_cmpuint (fetch.answers, ==, 0);
  g_assert_cmpuint (supply.at, ==, at);
}

/* Accepting a certificate begins the request anew, and with it the body. */
static void
test_source_accepted (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  Supply supply = { .size = 100000, .there = 100000 };
  g_autofree char *expected = digest_of (supply.size);
  g_auto (Fetch) fetch = { 0 };

  put_begin (&fetch, owner, "https-self", &supply);
  net_wait (owner->question != NULL);
  net_question_answer (g_steal_pointer (&owner->question), TRUE);
  fetch_wait (&fetch);
  check_body (&fetch, expected);
  g_assert_cmpuint (supply.begun, ==, 2);
}

/* A query is kept out of the log in any case. */
static void
test_query_not_logged (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_auto (Fetch) fetch = { 0 };

  fetch_begin (&fetch, owner, "http", "/hello?key=value", 1000);
  fetch_wait (&fetch);
  g_assert_null (strstr (owner->lines->str, "key"));
}

static void
test_redirect (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_auto (Fetch) fetch = { 0 };
  g_autofree char *log = NULL;

  g_free (net_servers_log ());
  fetch_begin (&fetch, owner, "http", "/moved", 1000);
  fetch_wait (&fetch);
  g_assert_cmpuint (fetch.status, ==, 302);
  g_assert_cmpstr (header_of (&fetch, "Location"), ==, "/describe");
  check_body (&fetch, "away");
  log = net_servers_log ();
  g_assert_cmpstr (log, ==, "web connected\nweb GET /moved\n");
}

static void
test_no_cookies (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Fetch) fetch = { 0 };

      fetch_begin (&fetch, owner, "http", "/describe", 1000);
      fetch_wait (&fetch);
      g_assert_nonnull (header_of (&fetch, "Set-Cookie"));
      g_assert_null (strstr (body_of (&fetch), "cookie"));
    }
}

static void
fetch_with_cookies (Fetch *fetch, NetOwner *owner)
{
  g_autofree char *url = url_of ("http", "/describe");
  const ImHttpRequest request = {
    .method = "GET",
    .url = url,
    .max_body = 1000,
    .cookies = TRUE,
  };

  *fetch = (Fetch){ .owner = owner };
  fetch->http =
      owner->host->ops->http_send (owner->host, &request, on_answer, fetch);
  fetch_wait (fetch);
}

static void
put_cookie (NetOwner *owner, const char *name, gboolean secure, gint64 expires)
{
  g_autoptr (ImSecret) value = im_secret_new ("secret");
  const ImCookie cookie = { (char *)name, value,   (char *)"localhost",
                            (char *)"/",  expires, secure };

  owner->host->ops->cookie_put (owner->host, &cookie);
}

/* Only requests that ask for cookies have them; the rest of the account does
 * not show who it is. */
static void
test_cookies (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  gint64 now = owner->host->ops->wall_s (owner->host);
  g_auto (Fetch) first = { 0 };
  g_auto (Fetch) second = { 0 };
  g_auto (Fetch) without = { 0 };
  g_auto (Fetch) cleared = { 0 };
  g_autoptr (ImSecret) crumb = NULL;
  g_autoptr (ImSecret) other = NULL;

  fetch_with_cookies (&first, owner);
  g_assert_null (strstr (body_of (&first), "cookie"));
  crumb = im_host_cookie (owner->host, "http://localhost/x", "crumb");
  g_assert_cmpstr (im_secret_peek (crumb), ==, "1");
  other = im_host_cookie (owner->host, "http://127.0.0.1/x", "crumb");
  g_assert_null (other);
  put_cookie (owner, "ours", FALSE, now + 1000);
  put_cookie (owner, "locked", TRUE, 0);
  put_cookie (owner, "old", FALSE, now - 1000);
  fetch_with_cookies (&second, owner);
  g_assert_nonnull (strstr (body_of (&second), "crumb=1"));
  g_assert_nonnull (strstr (body_of (&second), "ours=secret"));
  g_assert_null (strstr (body_of (&second), "locked"));
  g_assert_null (strstr (body_of (&second), "old="));
  fetch_begin (&without, owner, "http", "/describe", 1000);
  fetch_wait (&without);
  g_assert_null (strstr (body_of (&without), "cookie"));
  owner->host->ops->cookies_clear (owner->host);
  fetch_with_cookies (&cleared, owner);
  g_assert_null (strstr (body_of (&cleared), "cookie"));
  g_assert_null (strstr (owner->lines->str, "crumb"));
  g_assert_null (strstr (owner->lines->str, "secret"));
}

/* A server's own password question is its answer, not ours to settle. */
static void
test_private (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_auto (Fetch) fetch = { 0 };

  fetch_begin (&fetch, owner, "http", "/private", 1000);
  fetch_wait (&fetch);
  g_assert_cmpuint (fetch.status, ==, 401);
  check_body (&fetch, "who?");
}

static void
test_body_limit (void)
{
  static const struct
  {
    const char *path;
    gboolean fits;
  } rows[] = {
    { "/size?999", TRUE },    { "/size?1000", TRUE }, { "/size?1001", FALSE },
    { "/size?90000", FALSE }, { "/endless", FALSE },  { "/bomb", FALSE },
  };
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Fetch) fetch = { 0 };

      fetch_begin (&fetch, owner, "http", rows[i].path, 1000);
      fetch_wait (&fetch);
      if (rows[i].fits)
        g_assert_cmpuint (fetch.status, ==, 200);
      else
        g_assert_error (fetch.error, IM_PROBLEM, IM_PROBLEM_PROTOCOL);
    }
}

static void
test_troubles (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  check_fails (owner, "http", "/cut", IM_PROBLEM_LOST);
  check_fails (owner, "http", "/nothing", IM_PROBLEM_LOST);
  check_fails (owner, "http", "/garbage", IM_PROBLEM_PROTOCOL);
  check_fails (owner, "https-good-1.1", "/hello", IM_PROBLEM_TLS_HANDSHAKE);
}

static void
test_urls (void)
{
  static const struct
  {
    const char *url;
    ImProblem problem;
  } rows[] = {
    { "", IM_PROBLEM_SETTINGS },
    { "localhost/hello", IM_PROBLEM_SETTINGS },
    { "ftp://localhost/hello", IM_PROBLEM_SETTINGS },
    { "https://", IM_PROBLEM_SETTINGS },
    { "https:///hello", IM_PROBLEM_SETTINGS },
    { "http://127.0.0.1:1/", IM_PROBLEM_CONNECT_REFUSED },
    { "https://127.0.0.1:1/", IM_PROBLEM_CONNECT_REFUSED },
    { "http://nowhere.invalid/", IM_PROBLEM_HOST_NOT_FOUND },
  };
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Fetch) fetch = { owner };
      const ImHttpRequest request = { .method = "GET", .url = rows[i].url };

      owner->host->ops->http_send (owner->host, &request, on_answer, &fetch);
      g_assert_cmpuint (fetch.answers, ==, 0);
      fetch_wait (&fetch);
      g_test_message ("%s: %s", rows[i].url, fetch.error->message);
      g_assert_error (fetch.error, IM_PROBLEM, (int)rows[i].problem);
    }
}

/* --- TLS -------------------------------------------------------------- */

static void
test_https (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_auto (Fetch) fetch = { 0 };

  fetch_begin (&fetch, owner, "https-good", "/hello", 1000);
  fetch_wait (&fetch);
  check_body (&fetch, "hello");
  g_assert_cmpuint (owner->asked, ==, 0);
}

static void
test_https_faults (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  g_free (net_servers_log ());
  check_fails (owner, "https-self", "/hello", IM_PROBLEM_CERT_SELF_SIGNED);
  check_fails (owner, "https-name", "/hello", IM_PROBLEM_CERT_NAME);
  check_fails (owner, "https-expired", "/hello", IM_PROBLEM_CERT_EXPIRED);
  {
    g_autofree char *log = net_servers_log ();

    g_assert_cmpstr (log, ==, "");
  }
}

/* Two requests and a link to one host ask one question. */
static void
test_https_accepted (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_auto (Fetch) first = { 0 };
  g_auto (Fetch) second = { 0 };
  g_autoptr (NetPeer) peer =
      net_peer_open_to (owner, "localhost", net_port ("https-self"), TRUE);

  fetch_begin (&first, owner, "https-self", "/hello", 1000);
  fetch_begin (&second, owner, "https-self", "/describe", 1000);
  net_wait (owner->question != NULL);
  net_question_answer (g_steal_pointer (&owner->question), TRUE);
  g_assert_cmpuint (first.answers, ==, 0);
  fetch_wait (&first);
  fetch_wait (&second);
  check_body (&first, "hello");
  g_assert_cmpuint (second.status, ==, 200);
  net_wait (peer->opened == 1);
  g_assert_cmpuint (owner->asked, ==, 1);
  g_assert_cmpuint (owner->stored, ==, 1);
}

static void
test_https_refused (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_auto (Fetch) fetch = { 0 };

  fetch_begin (&fetch, owner, "https-self", "/hello", 1000);
  net_wait (owner->question != NULL);
  net_question_answer (g_steal_pointer (&owner->question), FALSE);
  fetch_wait (&fetch);
  g_assert_error (fetch.error, IM_PROBLEM, IM_PROBLEM_CERT_SELF_SIGNED);
  check_fails (owner, "https-self", "/hello", IM_PROBLEM_CERT_SELF_SIGNED);
  g_assert_cmpuint (owner->asked, ==, 1);
}

/* --- cancelling ------------------------------------------------------- */

static void
test_cancel (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_auto (Fetch) at_once = { 0 };
  g_auto (Fetch) later = { 0 };
  g_auto (Fetch) asked = { 0 };
  ImHost *host = owner->host;

  fetch_begin (&at_once, owner, "http", "/hello", 1000);
  host->ops->http_cancel (host, at_once.http);
  fetch_begin (&later, owner, "http", "/silence", 1000);
  g_free (net_servers_log ());
  for (gboolean there = FALSE; !there;)
    {
      g_autofree char *log = NULL;

      net_drain ();
      log = net_servers_log ();
      there = strstr (log, "/silence") != NULL;
    }
  host->ops->http_cancel (host, later.http);
  fetch_begin (&asked, owner, "https-self", "/hello", 1000);
  net_wait (owner->question != NULL);
  host->ops->http_cancel (host, asked.http);
  g_assert_cmpuint (owner->withdrawn, ==, 1);
  net_drain ();
  g_assert_cmpuint (at_once.answers + later.answers + asked.answers, ==, 0);
}

/* --- connections opened ahead ------------------------------------------ */

static char *
wait_for_log (const char *words)
{
  for (;;)
    {
      g_autofree char *log = NULL;

      net_drain ();
      log = net_servers_log ();
      if (strstr (log, words) != NULL)
        return g_steal_pointer (&log);
    }
}

static void
test_ahead (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autofree char *url = url_of ("http", "/size");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_auto (Fetch) fetch = { 0 };

  g_free (net_servers_log ());
  im_host_http_ahead (owner->host, url);
  im_host_http_ahead (owner->host, "no address");
  im_host_http_ahead (owner->host, NULL);
  before = wait_for_log ("web connected");
  g_assert_null (strstr (before, "/size"));
  net_drain ();
  fetch_begin (&fetch, owner, "http", "/hello", 1000);
  fetch_wait (&fetch);
  check_body (&fetch, "hello");
  after = wait_for_log ("web GET /hello");
  g_assert_null (strstr (after, "web connected"));
  /* And one that is still opening when the account goes offline. */
  im_host_http_ahead (owner->host, url);
}

/* --- proxies ---------------------------------------------------------- */

static NetOwner *
owner_behind (NetProxyType type, const char *service, const char *password)
{
  const NetProxy proxy = { type, "127.0.0.1", net_port (service),
                           password != NULL ? USER : NULL, password };

  g_free (net_servers_log ());
  return net_owner_new (&proxy, FALSE);
}

static void
check_through (NetProxyType type, const char *proxy, const char *password,
               const char *service, const char *said)
{
  g_autoptr (NetOwner) owner = owner_behind (type, proxy, password);
  g_auto (Fetch) fetch = { 0 };
  g_autofree char *log = NULL;

  fetch_begin (&fetch, owner, service, "/hello", 1000);
  fetch_wait (&fetch);
  check_body (&fetch, "hello");
  log = net_servers_log ();
  g_assert_nonnull (strstr (log, said));
}

static void
test_proxies (void)
{
  check_through (NET_PROXY_SOCKS5, "socks5", NULL, "http",
                 "socks5 name localhost ");
  check_through (NET_PROXY_SOCKS5, "socks5-password", PASSWORD, "https-good",
                 "socks5 name localhost ");
  check_through (NET_PROXY_HTTP, "http-proxy", NULL, "http",
                 "http GET http://localhost:");
  check_through (NET_PROXY_HTTP, "http-proxy", NULL, "https-good",
                 "http CONNECT localhost:");
  check_through (NET_PROXY_HTTP, "http-proxy-password", PASSWORD, "http",
                 "http GET http://localhost:");
  check_through (NET_PROXY_HTTP, "http-proxy-password", PASSWORD, "https-good",
                 "http CONNECT localhost:");
}

static void
test_proxy_troubles (void)
{
  static const struct
  {
    NetProxyType type;
    const char *proxy;
    const char *password;
  } rows[] = {
    { NET_PROXY_HTTP, "http-proxy-password", NULL },
    { NET_PROXY_HTTP, "http-proxy-password", "wrong" },
    { NET_PROXY_SOCKS5, "socks5-password", "wrong" },
    { NET_PROXY_SOCKS5, "last-words", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NetOwner) owner =
          owner_behind (rows[i].type, rows[i].proxy, rows[i].password);

      check_fails (owner, "http", "/hello", IM_PROBLEM_PROXY);
      check_fails (owner, "https-good", "/hello", IM_PROBLEM_PROXY);
    }
}

/* Refusing a tunnel is the proxy's doing, whatever it says. */
static void
test_no_tunnel (void)
{
  g_autoptr (NetOwner) owner =
      owner_behind (NET_PROXY_HTTP, "http-proxy", NULL);
  g_auto (Fetch) fetch = { owner };
  const ImHttpRequest request = { .method = "GET",
                                  .url = "https://forbidden.example/hello" };

  owner->host->ops->http_send (owner->host, &request, on_answer, &fetch);
  fetch_wait (&fetch);
  g_assert_error (fetch.error, IM_PROBLEM, IM_PROBLEM_PROXY);
}

static void
test_tor_without_host (void)
{
  const NetProxy proxy = { NET_PROXY_TOR };
  g_autoptr (NetOwner) owner = net_owner_new (&proxy, FALSE);

  g_free (net_servers_log ());
  check_fails (owner, "http", "/hello", IM_PROBLEM_SETTINGS);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  net_servers_start ();
  net_trust_authority ();
  g_test_add_func ("/net/http/get", test_get);
  g_test_add_func ("/net/http/post", test_post);
  g_test_add_func ("/net/http/source/whole", test_source);
  g_test_add_func ("/net/http/source/ends", test_source_ends);
  g_test_add_func ("/net/http/source/cancelled", test_source_cancelled);
  g_test_add_func ("/net/http/source/accepted", test_source_accepted);
  g_test_add_func ("/net/http/query-not-logged", test_query_not_logged);
  g_test_add_func ("/net/http/redirect", test_redirect);
  g_test_add_func ("/net/http/no-cookies", test_no_cookies);
  g_test_add_func ("/net/http/cookies", test_cookies);
  g_test_add_func ("/net/http/private", test_private);
  g_test_add_func ("/net/http/body-limit", test_body_limit);
  g_test_add_func ("/net/http/troubles", test_troubles);
  g_test_add_func ("/net/http/urls", test_urls);
  g_test_add_func ("/net/http/tls/good", test_https);
  g_test_add_func ("/net/http/tls/faults", test_https_faults);
  g_test_add_func ("/net/http/tls/accepted", test_https_accepted);
  g_test_add_func ("/net/http/tls/refused", test_https_refused);
  g_test_add_func ("/net/http/cancel", test_cancel);
  g_test_add_func ("/net/http/ahead", test_ahead);
  g_test_add_func ("/net/http/proxy/through", test_proxies);
  g_test_add_func ("/net/http/proxy/troubles", test_proxy_troubles);
  g_test_add_func ("/net/http/proxy/no-tunnel", test_no_tunnel);
  g_test_add_func ("/net/http/proxy/tor-without-host", test_tor_without_host);
  result = g_test_run ();
  net_servers_stop ();
  return result;
}
