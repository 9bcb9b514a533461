#include "net-link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "im-limits.h"
#include "net-error.h"
#include "net-private.h"
#include "net-proxy.h"
#include "net-queue.h"
#include "net-trust.h"

/* One TLS record, so nothing decrypted stays behind in the TLS layer. */
#define CHUNK (16 * 1024)

/* Chunks written per turn of the main loop. */
#define CHUNKS_PER_TURN 16

/* How long a link that was closed may take to send what is queued and to
 * hear the peer close, too. */
#define CLOSE_MS (5 * 1000)

/* When writing fails, the peer's last words may still be in our socket: how
 * long we look for them. */
#define LAST_WORDS_MS 1000

typedef enum
{
  LINK_CONNECTING,  /* names, sockets, proxies */
  LINK_HANDSHAKING, /* TLS */
  LINK_JUDGING,     /* is that certificate good enough? */
  LINK_OPEN,
  LINK_UPGRADING, /* plain bytes leave before the handshake begins */
  LINK_CLOSING,   /* the session has hung up; the rest leaves */
  LINK_ENDED,
} LinkState;

/**
 * ImLink:
 * @refs: the session's, one for each operation under way, one while closing
 * @id: its name in the debug log
 * @silent: the session has hung up, or its host was closed
 * @host: (nullable): as DNS spells it; %NULL if it cannot be a host
 * @verify_name: (nullable): likewise, what the certificate must be for
 * @held: bytes wait in the kernel
 * @tls: TLS from the first byte
 * @alpn: (nullable): what to ask for in the handshake
 * @prompt_until: until when every packet is acknowledged at once, or 0
 * @phase: how far the connection has come, for the wording of errors
 * @cancel: (nullable): of the operation under way
 * @conn: (nullable): the TCP connection
 * @stream: (nullable): what we speak over: @conn, or TLS on it
 * @in: (nullable) (borrowed from @stream): where bytes come from
 * @out: (nullable) (borrowed from @stream): where they go to
 * @in_source: (nullable): open, and not held
 * @out_source: (nullable): the network did not take all
 * @timer: (nullable): the deadline of the state it is in
 * @trial: (nullable): judges the certificate of the handshake
 * @wait: (nullable): for the judgement, while judging
 * @queue: bytes to write
 * @plain_left: how many of them leave before the handshake, while upgrading
 * @retry_len: size of a write the network did not take; TLS wants to see the
 *   very same again
 * @broken: (nullable): why nothing can be written any more
 */
struct _ImLink
{
  guint refs;
  guint id;
  NetHost *net;
  ImLinkHandlers handlers;
  gpointer user;
  char *host;
  char *verify_name;
  guint16 port;
  LinkState state;
  gboolean silent;
  gboolean held;
  gboolean tls;
  char *alpn;
  gint64 prompt_until;
  NetPhase phase;
  GCancellable *cancel;
  GSocketConnection *conn;
  GIOStream *stream;
  GPollableInputStream *in;
  GPollableOutputStream *out;
  GSource *in_source;
  GSource *out_source;
  GSource *timer;
  NetTrial *trial;
  NetWait *wait;
  NetQueue queue;
  gsize plain_left;
  gsize retry_len;
  GError *broken;
};

static void connect_begin (ImLink *link);
static void handshake_begin (ImLink *link);
static void close_stream (ImLink *link);

/* --- life ------------------------------------------------------------- */

static ImLink *
link_ref (ImLink *link)
{
  link->refs++;
  return link;
}

static void
link_unref (ImLink *link)
{
  if (--link->refs > 0)
    return;
  g_assert (link->state == LINK_ENDED);
  g_free (link->host);
  g_free (link->verify_name);
  g_free (link->alpn);
  net_host_unref (link->net);
  g_free (link);
}

static void
link_unref_data (gpointer data, GClosure *closure)
{
  link_unref (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImLink, link_unref)

static void
set_state (ImLink *link, LinkState state)
{
  static const char *const names[] = {
    [LINK_CONNECTING] = "connecting", [LINK_HANDSHAKING] = "handshaking",
    [LINK_JUDGING] = "judging",       [LINK_OPEN] = "open",
    [LINK_UPGRADING] = "upgrading",   [LINK_CLOSING] = "closing",
    [LINK_ENDED] = "ended",
  };

  if (link->state != state)
    im_host_debug (&link->net->base, "link %u: %s -> %s", link->id,
                   names[link->state], names[state]);
  link->state = state;
}

/* Lets go of the connection without waiting for anything: a socket that is
 * shut down neither blocks nor takes TLS's parting words. */
static void
drop_connection (ImLink *link)
{
  if (link->conn != NULL)
    {
      if (G_IS_TCP_CONNECTION (link->conn))
        g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (link->conn),
                                                  FALSE);
      g_socket_shutdown (g_socket_connection_get_socket (link->conn), TRUE,
                         TRUE, NULL);
    }
  link->in = NULL;
  link->out = NULL;
  g_clear_object (&link->stream);
  g_clear_object (&link->conn);
}

/* Everything but the session's word: from here on nothing happens by itself
 * on this link. */
static void
stop (ImLink *link)
{
  NetWait *wait = g_steal_pointer (&link->wait);

  set_state (link, LINK_ENDED);
  net_source_clear (&link->in_source);
  net_source_clear (&link->out_source);
  net_source_clear (&link->timer);
  if (link->cancel != NULL)
    g_cancellable_cancel (link->cancel);
  g_clear_object (&link->cancel);
  g_clear_pointer (&link->trial, net_trial_end);
  net_queue_clear (&link->queue);
  g_clear_error (&link->broken);
  drop_connection (link);
  if (wait != NULL)
    net_trust_withdraw (wait);
}

/* The link ends by itself. */
static void
end (ImLink *link, const GError *error)
{
  g_autoptr (GError) kept = error != NULL ? g_error_copy (error) : NULL;

  im_host_debug (&link->net->base, "link %u: %s", link->id,
                 kept != NULL ? kept->message : "closed by the peer");
  stop (link);
  g_hash_table_steal (link->net->links, link);
  link->silent = TRUE;
  link->handlers.closed (link->user, link, kept);
  link_unref (link);
}

static void
end_mapped (ImLink *link, const GError *error)
{
  g_autoptr (GError) mapped = net_error_map (link->phase, error);

  end (link, mapped);
}

/* --- deadlines -------------------------------------------------------- */

static void
arm (ImLink *link, guint ms, GSourceFunc func)
{
  net_source_clear (&link->timer);
  link->timer = net_source_later (ms, func, link);
}

static gboolean
on_too_late (gpointer data)
{
  ImLink *link = data;
  g_autoptr (GError) error = g_error_new_literal (
      IM_PROBLEM,
      link->phase == NET_PHASE_PROXY ? IM_PROBLEM_PROXY : IM_PROBLEM_TIMED_OUT,
      g_strerror (ETIMEDOUT));

  end (link, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_broken (gpointer data)
{
  ImLink *link = data;

  /* What the peer said before is still to be read. */
  if (link->held && link->state == LINK_OPEN)
    return G_SOURCE_CONTINUE;
  end (link, link->broken);
  return G_SOURCE_REMOVE;
}

/* For what goes wrong inside a call of the session. */
static void
fail_later (ImLink *link, GError *error)
{
  link->broken = error;
  arm (link, 0, on_broken);
}

/* --- writing ---------------------------------------------------------- */

static void
write_failed (ImLink *link, const GError *error)
{
  net_queue_clear (&link->queue);
  link->retry_len = 0;
  if (link->state == LINK_CLOSING)
    return;
  net_source_clear (&link->out_source);
  link->broken = net_error_map (NET_PHASE_OPEN, error);
  arm (link, LAST_WORDS_MS, on_broken);
}

static gsize
sendable (ImLink *link)
{
  return link->state == LINK_UPGRADING ? link->plain_left
                                       : net_queue_length (&link->queue);
}

static void
sent (ImLink *link, gsize len)
{
  net_queue_drop (&link->queue, len);
  if (link->state == LINK_UPGRADING)
    link->plain_left -= len;
  link->retry_len = 0;
}

/* Returns: %FALSE if nothing more can be written now */
static gboolean
write_some (ImLink *link)
{
  g_autoptr (GError) error = NULL;
  gsize len =
      link->retry_len > 0 ? link->retry_len : MIN (sendable (link), CHUNK);
  gssize n = g_pollable_output_stream_write_nonblocking (
      link->out, net_queue_peek (&link->queue), len, NULL, &error);

  if (n > 0)
    {
      sent (link, (gsize)n);
      return TRUE;
    }
  if (error == NULL || net_error_is_would_block (error))
    link->retry_len = len;
  else
    write_failed (link, error);
  return FALSE;
}

static gboolean on_writable (GObject *stream, gpointer data);

static void
await_writable (ImLink *link)
{
  if (link->out_source != NULL)
    return;
  link->out_source = g_pollable_output_stream_create_source (link->out, NULL);
  g_source_set_callback (link->out_source, G_SOURCE_FUNC (on_writable), link,
                         NULL);
  g_source_attach (link->out_source, NULL);
}

static void
flush (ImLink *link)
{
  guint turns = 0;

  while (sendable (link) > 0 && turns++ < CHUNKS_PER_TURN)
    if (!write_some (link))
      break;
  if (link->broken != NULL || link->out == NULL)
    return;

  if (sendable (link) > 0)
    {
      await_writable (link);
      return;
    }
  net_source_clear (&link->out_source);
  if (link->state == LINK_UPGRADING)
    handshake_begin (link);
  else if (link->state == LINK_CLOSING)
    close_stream (link);
}

static gboolean
on_writable (GObject *stream, gpointer data)
{
  g_autoptr (ImLink) link = link_ref (data);

  flush (link);
  return G_SOURCE_CONTINUE;
}

/* --- reading ---------------------------------------------------------- */

/* The kernel goes back to delaying by itself, so it is told after each read;
 * later on a delay costs nobody anything. */
static void
acknowledge (ImLink *link)
{
#ifdef TCP_QUICKACK
  if (link->prompt_until == 0)
    return;
  g_socket_set_option (g_socket_connection_get_socket (link->conn),
                       IPPROTO_TCP, TCP_QUICKACK, 1, NULL);
  if (g_get_monotonic_time () > link->prompt_until)
    link->prompt_until = 0;
#endif
}

/* The source outlives many reads: it goes only when the link is held or
 * ends, and a destroyed source does not mind being continued. */
static gboolean
on_readable (GObject *stream, gpointer data)
{
  g_autoptr (ImLink) link = link_ref (data);
  g_autoptr (GError) error = NULL;
  guint8 buffer[CHUNK];
  gssize n = g_pollable_input_stream_read_nonblocking (
      link->in, buffer, sizeof buffer, NULL, &error);

  if (n > 0)
    {
      acknowledge (link);
      link->handlers.bytes (link->user, link, buffer, (gsize)n);
    }
  else if (n == 0 ||
           (link->broken != NULL && !net_error_is_would_block (error)))
    end (link, link->broken);
  else if (!net_error_is_would_block (error))
    end_mapped (link, error);
  return G_SOURCE_CONTINUE;
}

static void
await_readable (ImLink *link)
{
  if (link->in_source != NULL)
    return;
  link->in_source = g_pollable_input_stream_create_source (link->in, NULL);
  g_source_set_callback (link->in_source, G_SOURCE_FUNC (on_readable), link,
                         NULL);
  g_source_attach (link->in_source, NULL);
}

/* --- opening ---------------------------------------------------------- */

static void
open_stream (ImLink *link, GIOStream *stream)
{
  link->stream = g_object_ref (stream);
  link->in = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  link->out = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  link->phase = NET_PHASE_OPEN;
  net_source_clear (&link->timer);
  set_state (link, LINK_OPEN);
  acknowledge (link);

  /* Bytes written too early go first. */
  flush (link);
  if (!link->held)
    await_readable (link);
  link->handlers.opened (link->user, link);
}

static gboolean
tls_is_outdated (GTlsConnection *tls)
{
  GTlsProtocolVersion version = g_tls_connection_get_protocol_version (tls);

  return version != G_TLS_PROTOCOL_VERSION_UNKNOWN &&
         version < G_TLS_PROTOCOL_VERSION_TLS_1_2;
}

static void
on_verdict (gpointer user, const GError *error)
{
  ImLink *link = user;
  g_autoptr (GError) again = NULL;

  link->wait = NULL;
  if (error == NULL && link->tls)
    {
      connect_begin (link);
      return;
    }
  /* Only the session knows how to come back to where TLS was agreed upon. */
  again = g_error_new_literal (IM_PROBLEM, IM_PROBLEM_LOST,
                               "the certificate is accepted now");
  end (link, error != NULL ? error : again);
}

static void
handshake_failed (ImLink *link, const GError *error)
{
  if (!net_trial_refused (link->trial))
    {
      end_mapped (link, error);
      return;
    }
  net_source_clear (&link->timer);
  drop_connection (link);
  set_state (link, LINK_JUDGING);
  link->wait = net_trust_judge (link->trial, on_verdict, link);
}

static void
on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  GTlsConnection *tls = G_TLS_CONNECTION (source);
  g_autoptr (ImLink) link = data;
  g_autoptr (GError) error = NULL;

  if (!g_tls_connection_handshake_finish (tls, result, &error))
    {
      if (link->state == LINK_HANDSHAKING)
        handshake_failed (link, error);
      return;
    }
  if (link->state != LINK_HANDSHAKING)
    return;
  if (tls_is_outdated (tls))
    {
      error = g_error_new_literal (IM_PROBLEM, IM_PROBLEM_TLS_HANDSHAKE,
                                   "the server only speaks outdated TLS");
      end (link, error);
      return;
    }
  open_stream (link, G_IO_STREAM (tls));
}

static gboolean
on_accept_certificate (GTlsConnection *tls, GTlsCertificate *certificate,
                       GTlsCertificateFlags faults, gpointer data)
{
  return net_trial_accept (data, certificate, faults);
}

static void
trial_unref_data (gpointer data, GClosure *closure)
{
  net_trial_unref (data);
}

/* A TLS connection over @link->conn that is judged by a new trial. */
static GIOStream *
wrap (ImLink *link, GError **error)
{
  g_autoptr (GSocketConnectable) identity =
      g_network_address_new (link->verify_name, link->port);
  GIOStream *tls =
      g_tls_client_connection_new (G_IO_STREAM (link->conn), identity, error);

  if (tls == NULL)
    return NULL;
  g_clear_pointer (&link->trial, net_trial_end);
  link->trial = net_trial_new (link->net, link->verify_name);
  g_signal_connect_data (tls, "accept-certificate",
                         G_CALLBACK (on_accept_certificate),
                         net_trial_ref (link->trial), trial_unref_data, 0);
  /* Old servers just close the socket; our protocols have ends of their
   * own. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  if (link->alpn != NULL)
    {
      const char *const protocols[] = { link->alpn, NULL };

      g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls),
                                                 protocols);
    }
  return tls;
}

static void
handshake_begin (ImLink *link)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls = NULL;

  set_state (link, LINK_HANDSHAKING);
  link->phase = NET_PHASE_HANDSHAKE;
  link->in = NULL;
  link->out = NULL;
  g_clear_object (&link->stream);
  tls = wrap (link, &error);
  if (tls == NULL)
    {
      fail_later (link, net_error_map (link->phase, error));
      return;
    }
  arm (link, IM_TLS_SECONDS * 1000, on_too_late);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT,
                                    link->cancel, on_handshake,
                                    link_ref (link));
}

/* --- connecting ------------------------------------------------------- */

/* GIO's connect timeout is the socket's, which would end quiet links. */
static void
tune (GSocketConnection *conn)
{
  GSocket *socket = g_socket_connection_get_socket (conn);

  g_socket_set_timeout (socket, 0);
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
#ifdef TCP_KEEPIDLE
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, IM_KEEPALIVE_SECONDS,
                       NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, 15, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, 4, NULL);
#endif
#ifdef TCP_USER_TIMEOUT
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT,
                       2 * IM_KEEPALIVE_SECONDS * 1000, NULL);
#endif
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ImLink) link = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) conn =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (link->state != LINK_CONNECTING)
    return;
  if (conn == NULL)
    {
      end_mapped (link, error);
      return;
    }
  tune (conn);
  link->conn = g_steal_pointer (&conn);
  if (link->tls)
    handshake_begin (link);
  else
    open_stream (link, G_IO_STREAM (link->conn));
}

/* With a proxy, the first connection is the one to the proxy. */
static void
on_client_event (GSocketClient *client, GSocketClientEvent event,
                 GSocketConnectable *connectable, GIOStream *stream,
                 gpointer data)
{
  ImLink *link = data;

  if (event == G_SOCKET_CLIENT_CONNECTED && link->phase == NET_PHASE_PROXY)
    link->phase = NET_PHASE_NEGOTIATE;
}

static void
connect_begin (ImLink *link)
{
  const NetProxy *proxy = &link->net->proxy;
  g_autoptr (GProxyResolver) resolver = net_proxy_resolver (proxy, FALSE);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address =
      g_network_address_new (link->host, link->port);

  set_state (link, LINK_CONNECTING);
  link->phase = net_proxy_used (proxy) ? NET_PHASE_PROXY : NET_PHASE_CONNECT;
  g_clear_object (&link->cancel);
  link->cancel = g_cancellable_new ();
  g_socket_client_set_timeout (client, IM_CONNECT_SECONDS);
  g_socket_client_set_proxy_resolver (client, resolver);
  g_signal_connect_data (client, "event", G_CALLBACK (on_client_event),
                         link_ref (link), link_unref_data, 0);
  arm (link, IM_CONNECT_SECONDS * 1000, on_too_late);
  g_socket_client_connect_async (client, address, link->cancel, on_connected,
                                 link_ref (link));
}

/* Returns: (transfer full) (nullable): why it is no use trying */
static GError *
obstacle (ImLink *link, gboolean tls)
{
  NetHost *net = link->net;
  GError *error = NULL;

  if (link->host == NULL || link->verify_name == NULL)
    return g_error_new_literal (IM_PROBLEM, IM_PROBLEM_HOST_NOT_FOUND,
                                "not a host name");
  if (!net_proxy_check (&net->proxy, &error))
    return error;
  if (tls && !g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return g_error_new_literal (IM_PROBLEM, IM_PROBLEM_NO_TLS_SUPPORT,
                                "GIO has no TLS backend");
  return NULL;
}

/* --- closing ---------------------------------------------------------- */

static void
closing_done (ImLink *link)
{
  if (link->state != LINK_CLOSING)
    return;
  stop (link);
  link_unref (link);
}

static gboolean
on_closing_too_late (gpointer data)
{
  closing_done (data);
  return G_SOURCE_REMOVE;
}

static void
on_stream_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ImLink) link = data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  closing_done (link);
}

/* Says goodbye and waits for the peer to do so, too: a socket closed with
 * bytes unread would take back what was just sent. */
static void
close_stream (ImLink *link)
{
  if (G_IS_TCP_CONNECTION (link->conn))
    g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (link->conn),
                                              TRUE);
  g_io_stream_close_async (link->stream, G_PRIORITY_DEFAULT, link->cancel,
                           on_stream_closed, link_ref (link));
}

/* Hangs up for the session, whose reference somebody else drops. */
static void
hang_up (ImLink *link)
{
  link->silent = TRUE;
  if (link->state != LINK_OPEN || link->broken != NULL)
    {
      stop (link);
      return;
    }
  set_state (link, LINK_CLOSING);
  link_ref (link);
  net_source_clear (&link->in_source);
  net_source_clear (&link->out_source);
  arm (link, CLOSE_MS, on_closing_too_late);
  flush (link);
}

static void
link_bury (gpointer data)
{
  link_unref (data);
}

void
net_link_close_all (NetHost *net)
{
  g_autoptr (GPtrArray) links = net_host_take_all (net->links);

  for (guint i = 0; i < links->len; i++)
    {
      hang_up (links->pdata[i]);
      net_host_bury (net, links->pdata[i], link_bury);
    }
}

/* --- what sessions call ----------------------------------------------- */

ImLink *
net_link_open (ImHost *host, const ImLinkTarget *target,
               const ImLinkHandlers *handlers, gpointer user)
{
  NetHost *net = (NetHost *)host;
  ImLink *link = g_new0 (ImLink, 1);
  GError *error;

  link->refs = 1;
  link->id = ++net->serial;
  link->net = net_host_ref (net);
  link->handlers = *handlers;
  link->user = user;
  link->host = net_proxy_spell (target->host);
  link->port = target->port;
  link->tls = target->tls;
  link->alpn = g_strdup (target->alpn);
  if (target->prompt_acks)
    link->prompt_until = g_get_monotonic_time () +
                         IM_PROMPT_ACK_SECONDS * G_USEC_PER_SEC;
  link->verify_name = net_proxy_spell (
      target->verify_name != NULL ? target->verify_name : target->host);
  if (net->closed)
    {
      link->silent = TRUE;
      link->state = LINK_ENDED;
      net_host_bury (net, link, link_bury);
      return link;
    }
  error = obstacle (link, link->tls);
  g_hash_table_add (net->links, link);
  im_host_debug (host, "link %u: to %s:%u%s", link->id,
                 link->host != NULL ? link->host : "nowhere", link->port,
                 link->tls ? " with TLS" : "");
  if (error != NULL)
    fail_later (link, error);
  else
    connect_begin (link);
  return link;
}

void
net_link_write (ImHost *host, ImLink *link, const void *data, gsize len)
{
  if (link->silent || link->broken != NULL || len == 0)
    return;
  net_queue_append (&link->queue, data, len);
  if (link->state == LINK_OPEN && link->out_source == NULL)
    flush (link);
}

void
net_link_hold (ImHost *host, ImLink *link, gboolean hold)
{
  link->held = hold;
  if (link->silent || link->state != LINK_OPEN)
    return;
  if (hold)
    net_source_clear (&link->in_source);
  else
    await_readable (link);
}

void
net_link_start_tls (ImHost *host, ImLink *link, const char *verify_name)
{
  GError *error;

  if (link->silent || link->broken != NULL)
    return;
  g_return_if_fail (link->state == LINK_OPEN &&
                    !G_IS_TLS_CONNECTION (link->stream));

  net_source_clear (&link->in_source);
  if (verify_name != NULL)
    {
      g_free (link->verify_name);
      link->verify_name = net_proxy_spell (verify_name);
    }
  set_state (link, LINK_UPGRADING);
  link->plain_left = net_queue_length (&link->queue);
  error = obstacle (link, TRUE);
  if (error != NULL)
    {
      fail_later (link, error);
      return;
    }
  arm (link, IM_TLS_SECONDS * 1000, on_too_late);
  if (link->out_source == NULL)
    flush (link);
}

void
net_link_close (ImHost *host, ImLink *link)
{
  if (link->silent)
    return;
  g_hash_table_steal (link->net->links, link);
  hang_up (link);
  link_unref (link);
}

static gboolean
is_new_tls (GTlsConnection *tls)
{
  return g_tls_connection_get_protocol_version (tls) >=
         G_TLS_PROTOCOL_VERSION_TLS_1_3;
}

static gboolean
find_binding (GTlsConnection *tls, ImBinding binding,
              GTlsChannelBindingType *ret_type)
{
  switch (binding)
    {
    case IM_BINDING_UNIQUE:
      *ret_type = G_TLS_CHANNEL_BINDING_TLS_UNIQUE;
      return !is_new_tls (tls);
    case IM_BINDING_EXPORTER:
#if GLIB_CHECK_VERSION(2, 74, 0)
      *ret_type = G_TLS_CHANNEL_BINDING_TLS_EXPORTER;
      return TRUE;
#else
      return FALSE;
#endif
    case IM_BINDING_SERVER_END_POINT:
      *ret_type = G_TLS_CHANNEL_BINDING_TLS_SERVER_END_POINT;
      return TRUE;
    }
  return FALSE;
}

GBytes *
net_link_binding (ImHost *host, ImLink *link, ImBinding binding)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GTlsChannelBindingType type;

  if (link->silent || !G_IS_TLS_CONNECTION (link->stream) ||
      !find_binding (G_TLS_CONNECTION (link->stream), binding, &type))
    return NULL;
  if (!g_tls_connection_get_channel_binding_data (
          G_TLS_CONNECTION (link->stream), type, bytes, NULL) ||
      bytes->len == 0)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
