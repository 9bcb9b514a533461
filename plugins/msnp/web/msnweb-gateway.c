#include "msnweb-gateway.h"

#include <stdlib.h>
#include <string.h>

#include "im-limits.h"
#include "msnweb-trust.h"

/* Seconds a server may keep a poll, and how long we wait beyond that. In
 * series a poll is in the way of what is to be sent. */
#define LIFESPAN 60
#define SERIAL_LIFESPAN 3
#define POLL_GRACE 15

/* How much more the host gives each request: our own deadlines come first. */
#define HOST_GRACE 10

/* Seconds for the answer to what is sent. */
#define DATA_SECONDS 40

/* Seconds without any good answer after which the session is lost, if the
 * server names none, and what it may name. */
#define SILENCE_SECONDS 120
#define MIN_SILENCE_SECONDS 90
#define MAX_SILENCE_SECONDS 3600

/* How often what failed is tried again, and the wait before the first time,
 * which doubles. */
#define MAX_FAILURES 3
#define UNSENT_MS 1000
#define UNWELL_MS 2000

/* Before another poll, if one was answered at once with nothing: the server
 * does not wait. */
#define PAUSE_MS 500
#define MAX_PAUSE_MS 2000
#define AT_ONCE_MS 1000

/* What names a session: two numbers. */
#define MAX_ID 128

#define PATH "/gateway/gateway.dll"

/* A request, or the wait before it. There are two of them. */
typedef struct
{
  MsnwebGateway *gateway;
  gboolean polls;
  ImHttp *http;    /* nullable: under way */
  ImTimer *timer;  /* nullable: its deadline, or when it is made */
  GBytes *body;    /* nullable: of data, until it was answered */
  gint64 sent_ms;
  guint failures;  /* in a row */
  guint pause_ms;  /* after the last poll */
  gboolean repeated;
  gboolean redirected;
} Exchange;

/* A body that came. */
typedef struct
{
  GBytes *bytes;
  ImReader left;
  gboolean last; /* of the session */
} Arrival;

struct _MsnwebGateway
{
  ImHost *host;
  const MsnwebGatewayHandlers *handlers;
  gpointer user;
  MsnwebTrust *trust; /* where sessions may be */
  gboolean cookies;
  gboolean serial;

  guint era;          /* counts sessions, also those not opened */
  gboolean opening;   /* ... or opened */
  char *id;           /* nullable: of the session, once it is open */
  char *here;         /* host and port that keep it */
  char *skype_id;     /* nullable */
  guint silence_s;
  Exchange data;
  Exchange poll;
  GQueue arrivals;    /* owned Arrival */
  ImTimer *turn;      /* nullable: at the end of this turn */
  ImTimer *more;      /* nullable: to read on */
  ImTimer *silence;   /* nullable */
};

static void go_on (MsnwebGateway *self);
static void make_request (Exchange *exchange);

/* --- Time --------------------------------------------------------------- */

static void
drop_timer (MsnwebGateway *self, ImTimer **timer)
{
  self->host->ops->timer_cancel (self->host, g_steal_pointer (timer));
}

static void
set_timer (MsnwebGateway *self, ImTimer **timer, guint ms, ImTimerFunc func,
           gpointer user)
{
  drop_timer (self, timer);
  *timer = self->host->ops->timer_add (self->host, ms, func, user);
}

/* --- The end ------------------------------------------------------------ */

static void
free_arrival (gpointer data)
{
  Arrival *arrival = data;

  g_bytes_unref (arrival->bytes);
  g_free (arrival);
}

static void
drop_exchange (Exchange *exchange)
{
  MsnwebGateway *self = exchange->gateway;

  drop_timer (self, &exchange->timer);
  if (exchange->http != NULL)
    self->host->ops->http_cancel (self->host,
                                  g_steal_pointer (&exchange->http));
  g_clear_pointer (&exchange->body, g_bytes_unref);
  exchange->failures = 0;
  exchange->pause_ms = 0;
  exchange->repeated = FALSE;
  exchange->redirected = FALSE;
}

void
msnweb_gateway_drop (MsnwebGateway *self)
{
  self->era++;
  self->opening = FALSE;
  g_clear_pointer (&self->id, g_free);
  drop_exchange (&self->data);
  drop_exchange (&self->poll);
  g_queue_clear_full (&self->arrivals, free_arrival);
  drop_timer (self, &self->turn);
  drop_timer (self, &self->more);
  drop_timer (self, &self->silence);
}

static void
end (MsnwebGateway *self, MsnwebEnd how, ImProblem problem, const char *detail)
{
  /* What it says may be a string of what is dropped. */
  g_autofree char *words = g_strdup (detail);

  im_host_debug (self->host, "msnweb: the gateway session ends: %s",
                 words != NULL ? words : "closed");
  msnweb_gateway_drop (self);
  self->handlers->ended (self->user, how, problem, words);
}

static void
lose (MsnwebGateway *self, ImProblem problem, const char *detail)
{
  end (self, MSNWEB_END_LOST, problem, detail);
}

static void
on_silence (gpointer user)
{
  MsnwebGateway *self = user;

  self->silence = NULL;
  lose (self, IM_PROBLEM_TIMED_OUT, "nothing was heard of the gateway");
}

/* --- Requests ----------------------------------------------------------- */

static guint
lifespan (const MsnwebGateway *self)
{
  return self->serial ? SERIAL_LIFESPAN : LIFESPAN;
}

static char *
make_url (const Exchange *exchange)
{
  const MsnwebGateway *self = exchange->gateway;
  const char *scheme = msnweb_trust_scheme (self->trust);
  g_autofree char *id = NULL;

  if (self->id == NULL)
    return g_strdup_printf ("%s://%s" PATH "?Version=1&Protocol=mtp"
                            "&Action=open&Server=NS&IP=none",
                            scheme, self->here);
  id = g_uri_escape_string (self->id, NULL, FALSE);
  if (!exchange->polls)
    return g_strdup_printf ("%s://%s" PATH "?SessionID=%s", scheme, self->here,
                            id);
  return g_strdup_printf ("%s://%s" PATH "?SessionID=%s&Action=poll"
                          "&Lifespan=%u",
                          scheme, self->here, id, lifespan (self));
}

static void fail_softly (Exchange *exchange, ImProblem problem,
                         const char *detail, guint ms);
static void doubt (Exchange *exchange, ImProblem problem, const char *detail);
static void on_answer (gpointer user, const ImHttpResponse *response,
                       const GError *error);

static void
on_deadline (gpointer user)
{
  Exchange *exchange = user;
  MsnwebGateway *self = exchange->gateway;

  exchange->timer = NULL;
  self->host->ops->http_cancel (self->host, g_steal_pointer (&exchange->http));
  if (exchange->polls)
    fail_softly (exchange, IM_PROBLEM_TIMED_OUT, "no answer to a poll", 0);
  else
    doubt (exchange, IM_PROBLEM_TIMED_OUT, "no answer to a request");
}

static guint
deadline (const Exchange *exchange)
{
  return exchange->polls ? lifespan (exchange->gateway) + POLL_GRACE
                         : DATA_SECONDS;
}

/* Cookies go along: only hosts that were judged are asked.
 *
 * A request may go over a connection that is open already, which saves the
 * round trips of another one, and is made again by the host if that was just
 * being closed. What is made again because of doubt has one of its own. */
static ImHttp *
post (const Exchange *exchange, GBytes *body, gboolean farewell,
      ImHttpFunc func, gpointer user)
{
  /* The last two are for cookies only. */
  static const char *const headers[] = { "Pragma", "No-Cache", "X-MSN-Auth",
                                         "Use-Cookie", NULL };
  static const char *const bare[] = { "Pragma", "No-Cache", NULL };
  MsnwebGateway *self = exchange->gateway;
  g_autofree char *url = make_url (exchange);
  ImHttpRequest http = {
    .method = "POST",
    .url = url,
    .headers = self->cookies ? headers : bare,
    .content_type = "text/html; charset=UTF-8",
    .body = body,
    .max_body = IM_MAX_HTTP_BODY,
    .secret = TRUE,
    .farewell = farewell,
    .repeatable = !exchange->repeated,
    .cookies = self->cookies,
    .seconds = deadline (exchange) + HOST_GRACE,
  };

  return self->host->ops->http_send (self->host, &http, func, user);
}

static void
make_request (Exchange *exchange)
{
  MsnwebGateway *self = exchange->gateway;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  exchange->sent_ms = self->host->ops->monotonic_ms (self->host);
  exchange->http = post (exchange, exchange->polls ? nothing : exchange->body,
                         FALSE, on_answer, exchange);
  set_timer (self, &exchange->timer, deadline (exchange) * 1000, on_deadline,
             exchange);
}

static void
on_again (gpointer user)
{
  Exchange *exchange = user;

  exchange->timer = NULL;
  if (exchange->polls)
    go_on (exchange->gateway);
  else
    make_request (exchange);
}

static void
try_again (Exchange *exchange, guint ms)
{
  set_timer (exchange->gateway, &exchange->timer, ms, on_again, exchange);
}

/* Whether something of an exchange is under way, or will be. */
static gboolean
is_busy (const Exchange *exchange)
{
  return exchange->http != NULL || exchange->timer != NULL;
}

/* Never a poll in front of what is to be sent. */
static void
go_on (MsnwebGateway *self)
{
  if (!self->opening)
    return;
  if (!is_busy (&self->data) && !(self->serial && self->poll.http != NULL))
    {
      self->data.body = self->handlers->take (self->user, IM_MAX_MSNWEB_POST);
      if (self->data.body != NULL)
        make_request (&self->data);
    }
  if (self->id != NULL && !is_busy (&self->poll) &&
      g_queue_is_empty (&self->arrivals) &&
      !(self->serial && is_busy (&self->data)))
    make_request (&self->poll);
}

static void
on_turn (gpointer user)
{
  MsnwebGateway *self = user;

  self->turn = NULL;
  go_on (self);
}

void
msnweb_gateway_kick (MsnwebGateway *self)
{
  if (self->opening && self->turn == NULL)
    set_timer (self, &self->turn, 0, on_turn, self);
}

/* --- Failures ----------------------------------------------------------- */

/* Whether a request cannot have arrived. */
static gboolean
is_certain (ImProblem problem)
{
  switch ((int) problem)
    {
    case IM_PROBLEM_HOST_NOT_FOUND:
    case IM_PROBLEM_CONNECT_REFUSED:
    case IM_PROBLEM_UNREACHABLE:
    case IM_PROBLEM_PROXY:
    case IM_PROBLEM_TLS_HANDSHAKE:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Waits @ms, then twice and four times that, then gives up. */
static void
fail_softly (Exchange *exchange, ImProblem problem, const char *detail,
             guint ms)
{
  if (exchange->failures >= MAX_FAILURES)
    lose (exchange->gateway, problem, detail);
  else
    try_again (exchange, ms << exchange->failures++);
}

/* It may have arrived or not. The server knows the same bytes again. */
static void
doubt (Exchange *exchange, ImProblem problem, const char *detail)
{
  if (exchange->repeated)
    lose (exchange->gateway, problem, detail);
  else
    {
      exchange->repeated = TRUE;
      try_again (exchange, 0);
    }
}

static void
fail (Exchange *exchange, const GError *error)
{
  ImProblem problem = (ImProblem) error->code;

  if (is_certain (problem))
    fail_softly (exchange, problem, error->message, UNSENT_MS);
  else if (!im_problem_heals (problem))
    lose (exchange->gateway, problem, error->message);
  else if (exchange->polls)
    fail_softly (exchange, problem, error->message, UNWELL_MS);
  else
    doubt (exchange, problem, error->message);
}

static void
fail_unwell (Exchange *exchange)
{
  static const char detail[] = "the gateway is not well";

  if (exchange->polls)
    fail_softly (exchange, IM_PROBLEM_UNAVAILABLE, detail, UNWELL_MS);
  else if (exchange->gateway->id == NULL)
    lose (exchange->gateway, IM_PROBLEM_UNAVAILABLE, detail);
  else
    doubt (exchange, IM_PROBLEM_UNAVAILABLE, detail);
}

/* 400: the session is unknown, or there was one request too many. Gateways
 * that take one at a time refuse the second of two and forget the session. */
static void
fail_unknown (Exchange *exchange)
{
  MsnwebGateway *self = exchange->gateway;
  const Exchange *other = exchange->polls ? &self->data : &self->poll;

  if (!self->serial && other->http != NULL)
    {
      self->serial = TRUE;
      end (self, MSNWEB_END_SERIAL, IM_PROBLEM_LOST,
           "the gateway takes one request at a time");
    }
  else if (self->id == NULL)
    lose (self, IM_PROBLEM_UNAVAILABLE, "the gateway opens no session");
  else
    lose (self, IM_PROBLEM_LOST, "the gateway knows no such session");
}

/* --- What answers say about the session ---------------------------------- */

static const char *
find_header (const ImHttpResponse *response, const char *name)
{
  for (guint i = 0; response->headers[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (response->headers[i], name) == 0)
      return response->headers[i + 1];
  return NULL;
}

/* What names sessions and people on Skype. */
static gboolean
is_id (const char *id)
{
  gsize len = strspn (id, "0123456789abcdefghijklmnopqrstuvwxyz"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ.,:-_{}");

  return len > 0 && len <= MAX_ID && id[len] == '\0';
}

/* "SessionID=id; GW-IP=address[; Session=close]". Whether it is the last. */
static gboolean
read_session (MsnwebGateway *self, const char *value)
{
  g_auto (GStrv) fields = g_strsplit (value, ";", 8);
  gboolean last = FALSE;

  for (guint i = 0; fields[i] != NULL; i++)
    {
      const char *field = g_strstrip (fields[i]);

      if (g_ascii_strncasecmp (field, "SessionID=", 10) == 0 &&
          is_id (field + 10))
        {
          g_free (self->id);
          self->id = g_strdup (field + 10);
        }
      else if (g_ascii_strcasecmp (field, "Session=close") == 0)
        last = TRUE;
    }
  return last;
}

static void
read_host (MsnwebGateway *self, const char *where)
{
  g_autofree char *host = msnweb_trust_judge (self->trust, where);

  if (host == NULL)
    im_host_debug (self->host, "msnweb: the session may not move");
  else if (strcmp (host, self->here) != 0)
    {
      im_host_debug (self->host, "msnweb: the session is kept by %s", host);
      g_free (self->here);
      self->here = g_steal_pointer (&host);
    }
}

static void
read_opening (MsnwebGateway *self, const ImHttpResponse *response)
{
  const char *skype_id = find_header (response, "X-MSN-SkypeId");
  const char *timeout = find_header (response, "X-MSN-SessionTimeout");
  guint64 seconds;

  g_clear_pointer (&self->skype_id, g_free);
  if (skype_id != NULL && is_id (skype_id))
    self->skype_id = g_strdup (skype_id);
  if (timeout != NULL &&
      g_ascii_string_to_unsigned (timeout, 10, 1, G_MAXUINT32, &seconds, NULL))
    self->silence_s = (guint) CLAMP (seconds, MIN_SILENCE_SECONDS,
                                     MAX_SILENCE_SECONDS);
}

/* --- Answers ------------------------------------------------------------ */

static void hand_over (MsnwebGateway *self);

static void
on_more (gpointer user)
{
  MsnwebGateway *self = user;

  self->more = NULL;
  hand_over (self);
}

/* Some commands of the oldest body, in each turn of the main loop. Whoever
 * reads them may end or replace the session. */
static void
hand_over (MsnwebGateway *self)
{
  Arrival *arrival = g_queue_peek_head (&self->arrivals);
  g_autoptr (GError) error = NULL;
  ImReader left = arrival->left;
  guint era = self->era;
  /* The arrival may be dropped while it is read. */
  GBytes *bytes = g_bytes_ref (arrival->bytes);
  gboolean good = self->handlers->read (self->user, &left, &error);
  gboolean last;

  g_bytes_unref (bytes);
  if (self->era != era)
    return;
  if (!good)
    {
      lose (self, IM_PROBLEM_PROTOCOL, error->message);
      return;
    }
  arrival->left = left;
  if (im_reader_left (&left) == 0)
    {
      last = arrival->last;
      free_arrival (g_queue_pop_head (&self->arrivals));
      if (last)
        {
          end (self, MSNWEB_END_CLOSED, IM_PROBLEM_LOST, NULL);
          return;
        }
    }
  if (!g_queue_is_empty (&self->arrivals))
    set_timer (self, &self->more, 0, on_more, self);
  else
    go_on (self);
}

static void
arrive (MsnwebGateway *self, GBytes *body, gboolean last)
{
  Arrival *arrival = g_new0 (Arrival, 1);
  gboolean first = g_queue_is_empty (&self->arrivals);

  arrival->bytes = g_bytes_ref (body);
  im_reader_init_bytes (&arrival->left, body);
  arrival->last = last;
  g_queue_push_tail (&self->arrivals, arrival);
  if (first)
    hand_over (self);
}

/* A server that does not wait is not asked all the time. */
static void
pace (Exchange *exchange, gboolean empty)
{
  MsnwebGateway *self = exchange->gateway;
  gint64 took =
      self->host->ops->monotonic_ms (self->host) - exchange->sent_ms;

  if (!empty || took >= AT_ONCE_MS)
    {
      exchange->pause_ms = 0;
      return;
    }
  exchange->pause_ms = exchange->pause_ms == 0
                           ? PAUSE_MS
                           : MIN (2 * exchange->pause_ms, MAX_PAUSE_MS);
  try_again (exchange, exchange->pause_ms);
}

static void
succeed (Exchange *exchange, gboolean empty)
{
  exchange->failures = 0;
  exchange->repeated = FALSE;
  exchange->redirected = FALSE;
  g_clear_pointer (&exchange->body, g_bytes_unref);
  if (exchange->polls)
    pace (exchange, empty);
}

static void
accept_answer (Exchange *exchange, const ImHttpResponse *response)
{
  MsnwebGateway *self = exchange->gateway;
  const char *session = find_header (response, "X-MSN-Messenger");
  const char *where = find_header (response, "X-MSN-Host");
  gboolean last = FALSE, fresh = self->id == NULL;

  if (fresh)
    read_opening (self, response);
  if (session != NULL)
    last = read_session (self, session);
  if (self->id == NULL && !last)
    {
      lose (self, IM_PROBLEM_PROTOCOL, "the gateway names no session");
      return;
    }
  if (where != NULL)
    read_host (self, where);
  set_timer (self, &self->silence, self->silence_s * 1000, on_silence, self);
  succeed (exchange, g_bytes_get_size (response->body) == 0);
  if (fresh)
    self->handlers->opened (self->user);
  arrive (self, response->body, last);
}

static void
redirect (Exchange *exchange, const ImHttpResponse *response)
{
  MsnwebGateway *self = exchange->gateway;
  const char *url = find_header (response, "Location");
  g_autofree char *host = NULL;

  if (url != NULL && !exchange->redirected)
    host = msnweb_trust_judge_url (self->trust, url);
  if (host == NULL)
    {
      lose (self, IM_PROBLEM_PROTOCOL, "the gateway sends us elsewhere");
      return;
    }
  exchange->redirected = TRUE;
  g_free (self->here);
  self->here = g_steal_pointer (&host);
  make_request (exchange);
}

static void
fail_too_large (Exchange *exchange)
{
  MsnwebGateway *self = exchange->gateway;
  guint era = self->era;

  if (exchange->polls || self->id == NULL)
    {
      lose (self, IM_PROBLEM_PROTOCOL, "the gateway takes nothing");
      return;
    }
  succeed (exchange, FALSE);
  self->handlers->too_large (self->user);
  if (self->era == era)
    go_on (self);
}

static void
judge (Exchange *exchange, const ImHttpResponse *response)
{
  MsnwebGateway *self = exchange->gateway;

  switch (response->status)
    {
    case 200:
      accept_answer (exchange, response);
      break;
    case 301:
    case 302:
    case 307:
    case 308:
      redirect (exchange, response);
      break;
    case 400:
      fail_unknown (exchange);
      break;
    case 401:
    case 403:
      end (self, MSNWEB_END_REFUSED, IM_PROBLEM_SIGNON_FAILED,
           "the gateway does not take our sign-in");
      break;
    case 404:
    case 410:
      if (self->id == NULL)
        end (self, MSNWEB_END_NO_GATEWAY, IM_PROBLEM_SETTINGS,
             "there is no gateway");
      else
        lose (self, IM_PROBLEM_LOST, "the gateway knows no such session");
      break;
    case 413:
      fail_too_large (exchange);
      break;
    default:
      if (response->status >= 500)
        fail_unwell (exchange);
      else
        lose (self, IM_PROBLEM_PROTOCOL, "the gateway's answer makes no sense");
      break;
    }
}

static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  Exchange *exchange = user;

  exchange->http = NULL;
  drop_timer (exchange->gateway, &exchange->timer);
  if (response == NULL)
    fail (exchange, error);
  else
    judge (exchange, response);
}

/* --- Life --------------------------------------------------------------- */

MsnwebGateway *
msnweb_gateway_new (ImHost *host, const MsnwebGatewayConfig *config,
                    const MsnwebGatewayHandlers *handlers, gpointer user)
{
  MsnwebGateway *self = g_new0 (MsnwebGateway, 1);

  self->host = host;
  self->handlers = handlers;
  self->user = user;
  self->trust = msnweb_trust_new (config->url, config->domains);
  self->cookies = config->cookies;
  self->serial = config->serial;
  self->data.gateway = self;
  self->poll.gateway = self;
  self->poll.polls = TRUE;
  g_queue_init (&self->arrivals);
  return self;
}

void
msnweb_gateway_free (MsnwebGateway *self)
{
  if (self == NULL)
    return;
  msnweb_gateway_drop (self);
  msnweb_trust_free (self->trust);
  g_free (self->here);
  g_free (self->skype_id);
  g_free (self);
}

gboolean
msnweb_gateway_open (MsnwebGateway *self, const char *where)
{
  char *host = where != NULL ? msnweb_trust_judge (self->trust, where)
                             : g_strdup (msnweb_trust_home (self->trust));

  if (host == NULL)
    return FALSE;
  msnweb_gateway_drop (self);
  g_free (self->here);
  self->here = host;
  self->opening = TRUE;
  self->silence_s = SILENCE_SECONDS;
  msnweb_gateway_kick (self);
  return TRUE;
}

static void
on_farewell (gpointer user, const ImHttpResponse *response,
             const GError *error)
{
}

void
msnweb_gateway_leave (MsnwebGateway *self, GBytes *body)
{
  if (self->id != NULL)
    post (&self->data, body, TRUE, on_farewell, NULL);
  msnweb_gateway_drop (self);
}

gboolean
msnweb_gateway_is_open (const MsnwebGateway *self)
{
  return self->id != NULL;
}

const char *
msnweb_gateway_skype_id (const MsnwebGateway *self)
{
  return self->skype_id;
}
