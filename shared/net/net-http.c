#include "net-http.h"

#include <errno.h>
#include <string.h>

#include "im-limits.h"
#include "net-body.h"
#include "net-cookies.h"
#include "net-error.h"
#include "net-private.h"
#include "net-proxy.h"
#include "net-trust.h"

#define CHUNK (16 * 1024)

/* Seconds an unused connection is kept: services close theirs sooner or
 * later, and a POST over a stale one is not repeated for us. */
#define IDLE_SECONDS 30

/* libsoup's own patience, which is beyond that of any request: each has a
 * deadline of its own. */
#define SILENCE_SECONDS 300

/* More than the two a long poll and its uplink use up. */
#define CONNECTIONS_PER_HOST 4

/* How long a farewell may take when its host is closed. */
#define FAREWELL_SECONDS 5

/**
 * ImHttp:
 * @refs: the caller's and one for each operation under way
 * @id: its name in the debug log
 * @silent: answered, cancelled, or its host was closed
 * @ahead: it is only a connection for requests to come
 * @phase: how far the connection has come, for the wording of errors
 * @outdated: the server speaks no TLS we want to speak
 * @source: where the body is read from, if its size is not 0
 * @given: bytes of that which were read
 * @sent: ... and which have left
 * @cancel: (nullable): of the operation under way
 * @message: (nullable): the attempt under way
 * @stream: (nullable): the body that is coming
 * @answer: (nullable): what of it has come
 * @timer: (nullable): the deadline for all of it
 * @trial: (nullable): judges the certificate
 * @wait: (nullable): for the judgement
 * @failure: (nullable): why it cannot even be tried
 * @soup: (nullable): with a farewell that outlives its host, what it needs
 */
struct _ImHttp
{
  guint refs;
  guint id;
  NetHost *net;
  gboolean silent;
  gboolean ahead;
  ImHttpFunc func;
  gpointer user;
  char *method;
  GUri *uri;
  char **headers;
  char *content_type;
  GBytes *body;
  ImHttpSource source;
  guint64 given;
  guint64 sent;
  gsize max_body;
  gboolean repeatable;
  gboolean farewell;
  gboolean cookies;
  guint seconds;
  SoupSession *soup;
  NetPhase phase;
  gboolean outdated;
  GCancellable *cancel;
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *answer;
  GSource *timer;
  NetTrial *trial;
  NetWait *wait;
  GError *failure;
};

static void send_begin (ImHttp *http);
static void read_more (ImHttp *http);

/* --- life ------------------------------------------------------------- */

static ImHttp *
http_ref (ImHttp *http)
{
  http->refs++;
  return http;
}

static void
http_unref (ImHttp *http)
{
  if (--http->refs > 0)
    return;
  g_free (http->method);
  g_clear_pointer (&http->uri, g_uri_unref);
  g_strfreev (http->headers);
  g_free (http->content_type);
  g_clear_pointer (&http->body, g_bytes_unref);
  g_clear_error (&http->failure);
  net_host_unref (http->net);
  g_free (http);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImHttp, http_unref)

static void
http_unref_data (gpointer data, GClosure *closure)
{
  http_unref (data);
}

static void
http_bury (gpointer data)
{
  http_unref (data);
}

static void
trial_unref_data (gpointer data, GClosure *closure)
{
  net_trial_unref (data);
}

static void
forget_attempt (ImHttp *http)
{
  if (http->cancel != NULL)
    g_cancellable_cancel (http->cancel);
  g_clear_object (&http->cancel);
  g_clear_object (&http->stream);
  g_clear_object (&http->message);
  g_clear_pointer (&http->answer, g_byte_array_unref);
  g_clear_pointer (&http->trial, net_trial_end);
}

static void
stop (ImHttp *http)
{
  NetWait *wait = g_steal_pointer (&http->wait);

  http->silent = TRUE;
  net_source_clear (&http->timer);
  forget_attempt (http);
  if (wait != NULL)
    net_trust_withdraw (wait);
}

static gboolean on_soup_over (gpointer data);

static void
finish (ImHttp *http, const ImHttpResponse *response, const GError *error)
{
  if (http->soup == NULL)
    im_host_debug (&http->net->base, "http %u: %s", http->id,
                   error != NULL ? error->message : "answered");
  else
    g_idle_add (on_soup_over, g_steal_pointer (&http->soup));
  stop (http);
  g_hash_table_steal (http->net->https, http);
  http->func (http->user, response, error);
  http_unref (http);
}

static void
fail (ImHttp *http, ImProblem problem, const char *detail)
{
  g_autoptr (GError) error =
      g_error_new_literal (IM_PROBLEM, (int)problem, detail);

  finish (http, NULL, error);
}

static gboolean
on_too_late (gpointer data)
{
  fail (data, IM_PROBLEM_TIMED_OUT, g_strerror (ETIMEDOUT));
  return G_SOURCE_REMOVE;
}

static gboolean
on_fail (gpointer data)
{
  ImHttp *http = data;
  g_autoptr (GError) error = g_steal_pointer (&http->failure);

  finish (http, NULL, error);
  return G_SOURCE_REMOVE;
}

/* --- the answer ------------------------------------------------------- */

static GPtrArray *
collect_headers (SoupMessage *message)
{
  GPtrArray *headers = g_ptr_array_new_with_free_func (g_free);
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  soup_message_headers_iter_init (&iter,
                                  soup_message_get_response_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      g_ptr_array_add (headers, g_strdup (name));
      g_ptr_array_add (headers, g_strdup (value));
    }
  g_ptr_array_add (headers, NULL);
  return headers;
}

static void
answered (ImHttp *http)
{
  g_autoptr (GPtrArray) headers = collect_headers (http->message);
  g_autoptr (GBytes) body =
      g_byte_array_free_to_bytes (g_steal_pointer (&http->answer));
  const ImHttpResponse response = {
    .status = soup_message_get_status (http->message),
    .headers = (const char *const *)headers->pdata,
    .body = body,
  };

  finish (http, &response, NULL);
}

static void
failed (ImHttp *http, const GError *error)
{
  g_autoptr (GError) mapped = net_error_map (http->phase, error);

  finish (http, NULL, mapped);
}

static void
on_body (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ImHttp) http = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (
      G_INPUT_STREAM (source), result, &error);
  gsize len;
  const guint8 *chunk;

  if (http->silent)
    return;
  if (bytes == NULL)
    {
      failed (http, error);
      return;
    }
  chunk = g_bytes_get_data (bytes, &len);
  if (len == 0)
    answered (http);
  else if (len > http->max_body - http->answer->len)
    fail (http, IM_PROBLEM_PROTOCOL, "the answer is too long");
  else
    {
      g_byte_array_append (http->answer, chunk, (guint)len);
      read_more (http);
    }
}

static void
read_more (ImHttp *http)
{
  g_input_stream_read_bytes_async (http->stream, CHUNK, G_PRIORITY_DEFAULT,
                                   http->cancel, on_body, http_ref (http));
}

/* Whether what we got is the word of the proxy that our request never
 * passed: libsoup hands that over as if the server had said it. */
static gboolean
is_from_proxy (ImHttp *http)
{
  return http->net->proxy.type == NET_PROXY_HTTP &&
         (http->phase != NET_PHASE_OPEN ||
          soup_message_get_status (http->message) ==
              SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED);
}

static gboolean
announces_too_much (ImHttp *http)
{
  SoupMessageHeaders *headers =
      soup_message_get_response_headers (http->message);

  return soup_message_headers_get_encoding (headers) ==
             SOUP_ENCODING_CONTENT_LENGTH &&
         soup_message_headers_get_content_length (headers) >
             (goffset)MIN (http->max_body, G_MAXINT64);
}

static void
body_begin (ImHttp *http)
{
  if (is_from_proxy (http))
    fail (http, IM_PROBLEM_PROXY,
          soup_message_get_reason_phrase (http->message));
  else if (announces_too_much (http))
    fail (http, IM_PROBLEM_PROTOCOL, "the answer is too long");
  else
    {
      http->answer = g_byte_array_new ();
      read_more (http);
    }
}

static void
on_verdict (gpointer user, const GError *error)
{
  ImHttp *http = user;

  http->wait = NULL;
  if (error != NULL)
    finish (http, NULL, error);
  else
    send_begin (http);
}

static void
send_failed (ImHttp *http, const GError *error)
{
  g_autoptr (NetTrial) trial = NULL;

  if (http->outdated)
    {
      fail (http, IM_PROBLEM_TLS_HANDSHAKE,
            "the server only speaks outdated TLS");
      return;
    }
  /* When the host is closed, nobody is left to be asked. */
  if (http->trial == NULL || http->soup != NULL ||
      !net_trial_refused (http->trial))
    {
      failed (http, error);
      return;
    }
  trial = g_steal_pointer (&http->trial);
  net_source_clear (&http->timer);
  forget_attempt (http);
  http->wait = net_trust_judge (trial, on_verdict, http);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ImHttp) http = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
      soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (http->silent)
    return;
  if (stream == NULL)
    {
      send_failed (http, error);
      return;
    }
  http->stream = g_steal_pointer (&stream);
  body_begin (http);
}

/* Whether the connection came up matters to the requests that follow, which
 * ask for another if there is none. */
static void
on_preconnected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ImHttp) http = data;
  g_autoptr (GError) error = NULL;
  const ImHttpResponse nothing = { 0 };

  if (soup_session_preconnect_finish (SOUP_SESSION (source), result, &error))
    {
      if (!http->silent)
        finish (http, &nothing, NULL);
    }
  else if (!http->silent)
    send_failed (http, error);
}

/* --- the request ------------------------------------------------------ */

static gboolean
on_accept_certificate (SoupMessage *message, GTlsCertificate *certificate,
                       GTlsCertificateFlags faults, gpointer data)
{
  return net_trial_accept (data, certificate, faults);
}

/* Only the proxy gets a password from us by itself. */
static gboolean
on_authenticate (SoupMessage *message, SoupAuth *auth, gboolean retrying,
                 gpointer data)
{
  ImHttp *http = data;
  const NetProxy *proxy = &http->net->proxy;

  if (http->silent || !soup_auth_is_for_proxy (auth) || retrying ||
      proxy->user == NULL)
    return FALSE;
  soup_auth_authenticate (auth, proxy->user,
                          proxy->password != NULL ? proxy->password : "");
  return TRUE;
}

static gboolean
is_outdated (GIOStream *stream)
{
  GTlsProtocolVersion version;

  if (!G_IS_TLS_CONNECTION (stream))
    return FALSE;
  version = g_tls_connection_get_protocol_version (G_TLS_CONNECTION (stream));
  return version != G_TLS_PROTOCOL_VERSION_UNKNOWN &&
         version < G_TLS_PROTOCOL_VERSION_TLS_1_2;
}

static void
on_network_event (SoupMessage *message, GSocketClientEvent event,
                  GIOStream *stream, gpointer data)
{
  ImHttp *http = data;

  if (http->silent)
    return;
  if (event == G_SOCKET_CLIENT_CONNECTED && http->phase == NET_PHASE_PROXY)
    http->phase = NET_PHASE_NEGOTIATE;
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    http->phase = NET_PHASE_HANDSHAKE;
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED && is_outdated (stream))
    {
      http->outdated = TRUE;
      g_cancellable_cancel (http->cancel);
    }
}

/* The request itself is being written. */
static void
on_starting (SoupMessage *message, gpointer data)
{
  ImHttp *http = data;

  http->phase = NET_PHASE_OPEN;
}

static gboolean
header_ok (const char *text)
{
  return strpbrk (text, "\r\n") == NULL;
}

/* --- a body that is read as it leaves -------------------------------------- */

/* What is promised in the header is what has to come. */
static gssize
source_read (gpointer data, void *buffer, gsize len)
{
  ImHttp *http = data;
  guint64 left = http->source.size - http->given;
  gssize got;

  if (http->silent)
    return -1;
  if (left == 0)
    return 0;
  got = http->source.read (http->source.user, buffer, MIN (len, left));
  if (got <= 0)
    return -1;
  http->given += (guint64) got;
  return got;
}

static void
source_unref (gpointer data)
{
  http_unref (data);
}

/* Begins it, or begins it again where a certificate was accepted or an old
 * connection turned out to be dead. */
static void
attach_source (ImHttp *http, SoupMessage *message)
{
  g_autoptr (GInputStream) stream = NULL;

  http->given = 0;
  http->sent = 0;
  if (!http->source.rewind (http->source.user))
    return;
  stream = net_body_new (source_read, http_ref (http), source_unref);
  soup_message_set_request_body (message, http->content_type, stream,
                                 (gssize) http->source.size);
}

static void
on_restarted (SoupMessage *message, gpointer data)
{
  ImHttp *http = data;

  if (!http->silent && http->source.size > 0)
    attach_source (http, message);
}

/* As long as something moves there is no hurry. */
static void
on_wrote (SoupMessage *message, guint bytes, gpointer data)
{
  ImHttp *http = data;

  if (http->silent || http->source.size == 0 || http->timer == NULL)
    return;
  net_source_clear (&http->timer);
  http->timer = net_source_later (http->seconds * 1000, on_too_late, http);
  http->sent += bytes;
  if (http->source.sent != NULL)
    http->source.sent (http->source.user,
                       MIN (http->sent, http->source.size));
}

static SoupMessage *
message_new (ImHttp *http)
{
  SoupMessage *message = soup_message_new_from_uri (http->method, http->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT |
                                       (http->repeatable
                                            ? SOUP_MESSAGE_IDEMPOTENT
                                            : 0));
  for (char **h = http->headers; h != NULL && h[0] != NULL; h += 2)
    if (header_ok (h[0]) && header_ok (h[1]))
      soup_message_headers_replace (headers, h[0], h[1]);
  if (http->body != NULL)
    soup_message_set_request_body_from_bytes (message, http->content_type,
                                              http->body);
  if (http->source.size > 0)
    attach_source (http, message);
  return message;
}

static void
listen (ImHttp *http, const char *signal, GCallback func)
{
  g_signal_connect_data (http->message, signal, func, http_ref (http),
                         http_unref_data, 0);
}

static void
send_begin (ImHttp *http)
{
  NetHost *net = http->net;

  http->phase =
      net_proxy_used (&net->proxy) ? NET_PHASE_PROXY : NET_PHASE_CONNECT;
  http->cancel = g_cancellable_new ();
  http->message = message_new (http);
  net_cookies_prepare (net, net->soup, http->message, http->cookies);
  http->trial = net_trial_new (net, g_uri_get_host (http->uri));
  listen (http, "network-event", G_CALLBACK (on_network_event));
  listen (http, "starting", G_CALLBACK (on_starting));
  listen (http, "authenticate", G_CALLBACK (on_authenticate));
  listen (http, "restarted", G_CALLBACK (on_restarted));
  listen (http, "wrote-body-data", G_CALLBACK (on_wrote));
  g_signal_connect_data (http->message, "accept-certificate",
                         G_CALLBACK (on_accept_certificate),
                         net_trial_ref (http->trial), trial_unref_data, 0);
  http->timer = net_source_later (http->seconds * 1000, on_too_late, http);
  if (http->ahead)
    soup_session_preconnect_async (net->soup, http->message,
                                   G_PRIORITY_DEFAULT, http->cancel,
                                   on_preconnected, http_ref (http));
  else
    soup_session_send_async (net->soup, http->message, G_PRIORITY_DEFAULT,
                             http->cancel, on_sent, http_ref (http));
}

/* --- what sessions call ----------------------------------------------- */

static gboolean
want_soup (NetHost *net, GError **error)
{
  g_autoptr (GProxyResolver) resolver = NULL;

  if (!net_proxy_check (&net->proxy, error))
    return FALSE;
  if (net->soup != NULL)
    return TRUE;

  resolver = net_proxy_resolver (&net->proxy, TRUE);
  net->soup = soup_session_new_with_options (
      "proxy-resolver", resolver, "timeout", SILENCE_SECONDS, "idle-timeout",
      IDLE_SECONDS, "max-conns-per-host", CONNECTIONS_PER_HOST, NULL);
  if (net->soup != NULL)
    return TRUE;
  /* The type cannot be registered twice in one process. */
  g_set_error_literal (error, IM_PROBLEM, IM_PROBLEM_OTHER,
                       "another plugin uses libsoup 2, which excludes ours");
  return FALSE;
}

static GUri *
parse_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;

  if ((g_strcmp0 (scheme, "https") == 0 || g_strcmp0 (scheme, "http") == 0) &&
      g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0')
    return g_steal_pointer (&uri);
  g_set_error_literal (error, IM_PROBLEM, IM_PROBLEM_SETTINGS,
                       "not a web address");
  return NULL;
}

static void
log_request (ImHttp *http, const ImHttpRequest *request)
{
  if (http->uri == NULL)
    return;
  im_host_debug (&http->net->base, "http %u: %s %s://%s%s", http->id,
                 http->method, g_uri_get_scheme (http->uri),
                 g_uri_get_host (http->uri),
                 request->secret ? " (secret)" : g_uri_get_path (http->uri));
}

static ImHttp *
http_new (NetHost *net, const ImHttpRequest *request, ImHttpFunc func,
          gpointer user)
{
  ImHttp *http = g_new0 (ImHttp, 1);

  http->refs = 1;
  http->id = ++net->serial;
  http->net = net_host_ref (net);
  http->func = func;
  http->user = user;
  http->method = g_strdup (request->method);
  http->headers = g_strdupv ((char **)request->headers);
  http->content_type = g_strdup (request->content_type);
  http->body = request->body != NULL ? g_bytes_ref (request->body) : NULL;
  if (request->source != NULL)
    http->source = *request->source;
  http->max_body = request->max_body;
  http->repeatable = request->repeatable;
  http->farewell = request->farewell;
  http->cookies = request->cookies;
  http->seconds = request->seconds != 0 ? request->seconds : IM_HTTP_SECONDS;
  return http;
}

static void
http_start (ImHttp *http, const ImHttpRequest *request)
{
  NetHost *net = http->net;

  if (net->closed)
    {
      http->silent = TRUE;
      net_host_bury (net, http, http_bury);
      return;
    }
  http->uri = parse_url (request->url, &http->failure);
  g_hash_table_add (net->https, http);
  log_request (http, request);
  if (http->uri == NULL || !want_soup (net, &http->failure))
    http->timer = net_source_later (0, on_fail, http);
  else
    send_begin (http);
}

ImHttp *
net_http_send (ImHost *host, const ImHttpRequest *request, ImHttpFunc func,
               gpointer user)
{
  ImHttp *http = http_new ((NetHost *)host, request, func, user);

  http_start (http, request);
  return http;
}

static void
on_ahead (gpointer user, const ImHttpResponse *response, const GError *error)
{
}

void
net_http_ahead (ImHost *host, const char *url)
{
  const ImHttpRequest request = { .method = "HEAD", .url = url,
                                  .secret = TRUE };
  ImHttp *http = http_new ((NetHost *)host, &request, on_ahead, NULL);

  http->ahead = TRUE;
  http_start (http, &request);
}

void
net_http_cancel (ImHost *host, ImHttp *http)
{
  if (http->silent)
    return;
  stop (http);
  g_hash_table_steal (http->net->https, http);
  http_unref (http);
}

static void
soup_bury (gpointer data)
{
  soup_session_abort (data);
  g_object_unref (data);
}

static gboolean
on_soup_over (gpointer data)
{
  soup_bury (data);
  return G_SOURCE_REMOVE;
}

static void
on_farewell (gpointer user, const ImHttpResponse *response,
             const GError *error)
{
}

/* Lets a farewell that is on its way go on for a moment. */
static gboolean
linger (ImHttp *http)
{
  if (!http->farewell || http->message == NULL || http->wait != NULL)
    return FALSE;
  http->soup = g_object_ref (http->net->soup);
  http->func = on_farewell;
  net_source_clear (&http->timer);
  http->timer =
      net_source_later (FAREWELL_SECONDS * 1000, on_too_late, http);
  return TRUE;
}

void
net_http_close_all (NetHost *net)
{
  g_autoptr (GPtrArray) https = net_host_take_all (net->https);
  gboolean lingers = FALSE;

  for (guint i = 0; i < https->len; i++)
    if (linger (https->pdata[i]))
      lingers = TRUE;
    else
      {
        stop (https->pdata[i]);
        net_host_bury (net, https->pdata[i], http_bury);
      }
  /* One of libsoup's own functions may be our caller's caller. */
  if (net->soup != NULL)
    net_host_bury (net, g_steal_pointer (&net->soup),
                   lingers ? g_object_unref : soup_bury);
}
