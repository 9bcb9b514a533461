#pragma once

/* What a session may ask of the outside: links, HTTP, names, timers, time,
 * random bytes, and somebody to report to. Sessions do no I/O themselves, so the
 * same session runs in a plugin, in a test with a virtual clock, or in a
 * fuzzer. shared/net/net-host.h is the real one, tests/support/test-host.h
 * the scripted one.
 *
 * Callbacks are never made from inside the call that asked for them: a link
 * that cannot be opened says so later, from the main loop. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-event.h"
#include "im-secret.h"

typedef struct _ImHost ImHost;
typedef struct _ImLink ImLink;
typedef struct _ImTimer ImTimer;
typedef struct _ImHttp ImHttp;
typedef struct _ImLookup ImLookup;

/**
 * ImLinkTarget:
 * @host: a name or an address
 * @port: its port
 * @tls: %TRUE to speak TLS from the first byte
 * @verify_name: (nullable): the name the certificate must carry; @host if
 *   %NULL
 * @alpn: (nullable): the protocol to ask for where a TLS port has several
 * @prompt_acks: every packet is acknowledged at once while the link is young:
 *   for servers whose Nagle holds back a small write until the one before is
 *   acknowledged, which would cost a round trip each time
 */
typedef struct
{
  const char *host;
  guint16 port;
  gboolean tls;
  const char *verify_name;
  const char *alpn;
  gboolean prompt_acks;
} ImLinkTarget;

/** What binds a sign-in to the TLS connection it goes over. */
typedef enum
{
  IM_BINDING_UNIQUE,           /* RFC 5929; up to TLS 1.2 */
  IM_BINDING_EXPORTER,         /* RFC 9266 */
  IM_BINDING_SERVER_END_POINT, /* RFC 5929 */
} ImBinding;

/**
 * ImLinkHandlers:
 * @opened: the link can be written to (again, after link_start_tls)
 * @bytes: bytes came. They are valid during the call only. At most a few
 *   ten KiB are handed over per turn of the main loop
 * @closed: the link is gone, by itself: not after link_close. @error is
 *   %NULL if the peer closed it in order, else in the %IM_PROBLEM domain.
 *   The @link pointer is dead when the handler returns
 *
 * What a session does when something happens on its link. Handlers may call
 * anything, link_close included.
 */
typedef struct
{
  void (*opened) (gpointer user, ImLink *link);
  void (*bytes) (gpointer user, ImLink *link, const guint8 *data, gsize len);
  void (*closed) (gpointer user, ImLink *link, const GError *error);
} ImLinkHandlers;

typedef void (*ImTimerFunc) (gpointer user);

/** A server of a service, by SRV records. */
typedef struct
{
  const char *host;
  guint16 port;
  guint16 priority; /* lower ones first */
} ImServer;

typedef enum
{
  IM_LOOKUP_FOUND,
  IM_LOOKUP_NONE,    /* there are no records: go to the domain itself. Also
                        where names are the proxy's business */
  IM_LOOKUP_REFUSED, /* the domain says that it has no such service */
  IM_LOOKUP_FAILED,  /* nobody answered */
} ImLookupOutcome;

/** @servers (array length=n_servers) is borrowed and in the order to try. */
typedef void (*ImLookupFunc) (gpointer user, ImLookupOutcome outcome,
                              const ImServer *servers, guint n_servers);

/**
 * ImCookie:
 * @name: its name
 * @value: (nullable): what it says; whoever has it may be signed in
 * @domain: a host, or with a dot in front all hosts of a domain
 * @path: of the addresses it is for
 * @expires: unix time, or 0 if it does not outlive the session
 * @secure: it is for https only
 *
 * A cookie of the account.
 */
typedef struct
{
  char *name;
  ImSecret *value;
  char *domain;
  char *path;
  gint64 expires;
  gboolean secure;
} ImCookie;

IM_API void im_cookie_free (ImCookie *cookie);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImCookie, im_cookie_free)

/**
 * ImHttpSource:
 * @size: how many bytes it has; no more and no less are sent
 * @read: fills @buffer with up to @len bytes. Returns: how many, 0 at the
 *   end, -1 if it cannot be read any more
 * @rewind: begins again; whether it can
 * @sent: (nullable): so many bytes of it have left, all in all
 * @user: handed to each of them; valid until the request is answered or
 *   cancelled
 *
 * A body that is read while it is sent, such as a file that need not fit into
 * memory.
 */
typedef struct
{
  guint64 size;
  gssize (*read) (gpointer user, void *buffer, gsize len);
  gboolean (*rewind) (gpointer user);
  void (*sent) (gpointer user, guint64 bytes);
  gpointer user;
} ImHttpSource;

/**
 * ImHttpRequest:
 * @method: "GET", "POST" or "PUT"
 * @url: an absolute https or http URL
 * @headers: (nullable): names and values in turn, ending with %NULL
 * @content_type: (nullable): of @body
 * @body: (nullable): what to send
 * @source: (nullable): what to send, instead of @body; copied. Such a request
 *   may take as long as it likes while anything moves
 * @max_body: bytes of an answer beyond which the request fails
 * @secret: the URL or the body carries a credential: nothing of it is logged
 * @repeatable: being made twice does no harm, as with every GET. So it may go
 *   over a connection the server may just be closing, and over another one
 *   when it did
 * @farewell: it says goodbye: when the host ends, it still has a moment to
 *   get there, and nobody is told whether it did
 * @cookies: the account's cookies go with it, as far as they are for that
 *   address, and those of the answer are kept. Whether the address may have
 *   them is for the session to judge
 * @seconds: for all of it, or 0 for %IM_HTTP_SECONDS; for servers that answer
 *   when there is something to say
 */
typedef struct
{
  const char *method;
  const char *url;
  const char *const *headers;
  const char *content_type;
  GBytes *body;
  const ImHttpSource *source;
  gsize max_body;
  gboolean secret;
  gboolean repeatable;
  gboolean farewell;
  gboolean cookies;
  guint seconds;
} ImHttpRequest;

/**
 * ImHttpResponse:
 * @status: 200, 302, 404 ... Redirects are not followed: the session judges
 * @headers: names and values in turn, ending with %NULL
 * @body: what came
 */
typedef struct
{
  guint status;
  const char *const *headers;
  GBytes *body;
} ImHttpResponse;

/** One of @response and @error is %NULL; @error is in the %IM_PROBLEM
 * domain. Both are borrowed. */
typedef void (*ImHttpFunc) (gpointer user, const ImHttpResponse *response,
                            const GError *error);

/**
 * ImHostOps:
 * @link_open: starts connecting; the link is valid until closed is called or
 *   link_close is
 * @link_write: sends bytes, keeping what the network does not take at once
 * @link_hold: stops (or resumes) handing over bytes, so that a session can
 *   catch its breath; what the peer sends waits in the kernel
 * @link_start_tls: turns a plain link into a TLS one; opened is called again
 *   when the handshake is done
 * @link_close: ends the link after what was written has left; no handler is
 *   called for it any more
 * @link_binding: (nullable): what binds a sign-in to the link's TLS. Returns:
 *   (transfer full) (nullable): the bytes, %NULL if there is no such binding
 * @srv_lookup: (nullable): asks which servers have @service ("xmpp-client") of
 *   @domain over TCP; @func is called once unless cancelled
 * @srv_cancel: (nullable): forgets that
 * @timer_add: calls @func once after @ms milliseconds
 * @timer_cancel: (nullable timer): forgets a timer that has not fired
 * @http_send: makes one request; @func is called once unless cancelled
 * @http_cancel: forgets a request
 * @http_ahead: (nullable): opens one connection to where a URL is, for a
 *   request that will follow soon; nobody is told what becomes of it
 * @cookies_list: (nullable): the cookies a request to @url would carry.
 *   Returns: (transfer full) (element-type ImCookie)
 * @cookie_put: (nullable): takes a cookie as if a server had set it
 * @cookies_clear: (nullable): forgets all cookies
 * @monotonic_ms: a clock that only runs forwards
 * @wall_s: unix time in seconds
 * @random: fills with unpredictable bytes
 * @event: something to tell. The receiver may call session commands from
 *   inside, but must not free the session: it does so later
 * @debug: (nullable): a line for the debug log, secrets already left out
 */
typedef struct
{
  ImLink *(*link_open) (ImHost *host, const ImLinkTarget *target,
                        const ImLinkHandlers *handlers, gpointer user);
  void (*link_write) (ImHost *host, ImLink *link, const void *data, gsize len);
  void (*link_hold) (ImHost *host, ImLink *link, gboolean hold);
  void (*link_start_tls) (ImHost *host, ImLink *link, const char *verify_name);
  void (*link_close) (ImHost *host, ImLink *link);

  GBytes *(*link_binding) (ImHost *host, ImLink *link, ImBinding binding);
  ImLookup *(*srv_lookup) (ImHost *host, const char *service,
                           const char *domain, ImLookupFunc func,
                           gpointer user);
  void (*srv_cancel) (ImHost *host, ImLookup *lookup);

  ImTimer *(*timer_add) (ImHost *host, guint ms, ImTimerFunc func,
                         gpointer user);
  void (*timer_cancel) (ImHost *host, ImTimer *timer);

  ImHttp *(*http_send) (ImHost *host, const ImHttpRequest *request,
                        ImHttpFunc func, gpointer user);
  void (*http_cancel) (ImHost *host, ImHttp *http);
  void (*http_ahead) (ImHost *host, const char *url);

  GPtrArray *(*cookies_list) (ImHost *host, const char *url);
  void (*cookie_put) (ImHost *host, const ImCookie *cookie);
  void (*cookies_clear) (ImHost *host);

  gint64 (*monotonic_ms) (ImHost *host);
  gint64 (*wall_s) (ImHost *host);
  void (*random) (ImHost *host, void *data, gsize len);

  void (*event) (ImHost *host, const ImEvent *event);
  void (*debug) (ImHost *host, const char *line);
} ImHostOps;

/** A host is whatever begins with a pointer to its functions. */
struct _ImHost
{
  const ImHostOps *ops;
};

/**
 * im_host_debug:
 * @host: a host
 * @format: printf-style, without newline
 *
 * Writes a line to the debug log, if the host keeps one. Formatting costs
 * nothing when it does not.
 */
IM_API void im_host_debug (ImHost *host, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/**
 * im_host_http_ahead:
 * @host: a host
 * @url: (nullable): where a request will go soon
 *
 * Opens a connection for it, if the host can do that.
 */
IM_API void im_host_http_ahead (ImHost *host, const char *url);

/** Returns: (transfer full) (element-type ImCookie): the cookies a request to
 * @url would carry; none if the host keeps no cookies */
IM_API GPtrArray *im_host_cookies (ImHost *host, const char *url);

/** Returns: (transfer full) (nullable): the value of one of them, if it has
 * one */
IM_API ImSecret *im_host_cookie (ImHost *host, const char *url,
                                 const char *name);
