#include "msnp-gateway.h"

#include <string.h>

#include "im-limits.h"

/* A link is polled soon after something went either way, and less and less
 * often in silence. Servers forget sessions after a minute. */
#define POLL_FIRST_MS 500
#define POLL_LAST_MS 10000

/* Polls in a row that may fail, and the wait after one. */
#define MAX_FAILURES 3
#define FAILURE_MS 2000

/* Bytes of one answer, and how many are handed over per turn of the main
 * loop. */
#define MAX_ANSWER IM_MAX_MSNP_WAITING
#define SLICE (32 * 1024)

/* What names a session: two numbers or a GUID. */
#define MAX_ID 256

typedef struct
{
  ImHost host; /* first: it is one */
  ImHost *inner;
  char *url;
  GPtrArray *links; /* ImLink, each owns itself */
} Gateway;

/* One link. It is freed when its owner has closed it, or was told of its end,
 * and nothing is under way. */
struct _ImLink
{
  grefcount refs;
  Gateway *gateway; /* NULL once the gateway is gone */
  char *target;
  const ImLinkHandlers *handlers;
  gpointer user;
  gboolean opened;
  gboolean held;
  gboolean closing;  /* by its owner: nothing is called any more */
  gboolean finished; /* by the server: over when all is handed over */
  gboolean dead;

  char *id;          /* nullable: of the session, once it is open */
  GByteArray *out;   /* not sent yet */
  GBytes *sent;      /* nullable: what the request under way carries */
  GByteArray *in;    /* not handed over yet */
  ImHttp *http;      /* nullable: the request under way */
  ImTimer *timer;    /* to open, to poll, to hand over more */
  guint wait_ms;     /* before the next poll */
  guint failures;
};

static ImLink *
link_ref (ImLink *link)
{
  g_ref_count_inc (&link->refs);
  return link;
}

static void
link_unref (ImLink *link)
{
  if (!g_ref_count_dec (&link->refs))
    return;
  g_free (link->target);
  g_free (link->id);
  g_byte_array_unref (link->out);
  g_byte_array_unref (link->in);
  g_clear_pointer (&link->sent, g_bytes_unref);
  g_free (link);
}

static void
drop_timer (ImLink *link)
{
  ImHost *inner = link->gateway->inner;

  inner->ops->timer_cancel (inner, g_steal_pointer (&link->timer));
}

/* Ends it without a word. */
static void
kill_link (ImLink *link)
{
  ImHost *inner;

  if (link->dead)
    return;
  inner = link->gateway->inner;
  link->dead = TRUE;
  drop_timer (link);
  if (link->http != NULL)
    inner->ops->http_cancel (inner, g_steal_pointer (&link->http));
  g_ptr_array_remove_fast (link->gateway->links, link);
  link->gateway = NULL;
  link_unref (link);
}

/* Ends it and tells its owner. */
static void
lose (ImLink *link, int problem, const char *why)
{
  const ImLinkHandlers *handlers = link->handlers;
  gboolean quiet = link->closing;
  g_autoptr (GError) error = NULL;

  if (link->dead)
    return;
  if (problem >= 0)
    error = g_error_new_literal (IM_PROBLEM, problem, why);
  link_ref (link);
  kill_link (link);
  if (!quiet)
    handlers->closed (link->user, link, error);
  link_unref (link);
}

static void
set_timer (ImLink *link, guint ms, ImTimerFunc func)
{
  ImHost *inner = link->gateway->inner;

  drop_timer (link);
  link->timer = inner->ops->timer_add (inner, ms, func, link);
}

/* --- Requests ----------------------------------------------------------- */

/* Notification servers are greeted with VER, switchboards never are. */
static gboolean
is_switchboard (const ImLink *link)
{
  return link->out->len < 3 || memcmp (link->out->data, "VER", 3) != 0;
}

static char *
make_url (const ImLink *link)
{
  const char *url = link->gateway->url;
  g_autofree char *word = g_uri_escape_string (
      link->id != NULL ? link->id : link->target, NULL, FALSE);

  if (link->id == NULL)
    return g_strdup_printf ("%s?Action=open&Server=%s&IP=%s", url,
                            is_switchboard (link) ? "SB" : "NS", word);
  if (link->out->len > 0 || link->sent != NULL)
    return g_strdup_printf ("%s?SessionID=%s", url, word);
  return g_strdup_printf ("%s?Action=poll&SessionID=%s", url, word);
}

static void on_answer (gpointer user, const ImHttpResponse *response,
                       const GError *error);

static void
on_farewell (gpointer user, const ImHttpResponse *response,
             const GError *error)
{
}

/* Sends what waits, or asks what is new; the last words of a link that is
 * closed need no answer. */
static void
request (ImLink *link)
{
  static const char *const headers[] = { "User-Agent", "MSMSGS", "Pragma",
                                         "no-cache", NULL };
  ImHost *inner = link->gateway->inner;
  g_autofree char *url = make_url (link);
  ImHttpRequest http = {
    .method = "POST",
    .url = url,
    .headers = headers,
    .content_type = "application/x-msn-messenger",
    .max_body = MAX_ANSWER,
    .secret = TRUE,
    .farewell = link->closing,
  };
  g_autoptr (GBytes) nothing = NULL;

  drop_timer (link);
  if (link->sent == NULL && link->out->len > 0)
    {
      link->sent = g_byte_array_free_to_bytes (link->out);
      link->out = g_byte_array_new ();
    }
  if (link->sent == NULL)
    nothing = g_bytes_new_static ("", 0);
  http.body = link->sent != NULL ? link->sent : nothing;
  /* A question what is new may go over the last one's connection. */
  http.repeatable = link->sent == NULL && link->id != NULL;
  if (link->closing)
    {
      inner->ops->http_send (inner, &http, on_farewell, NULL);
      kill_link (link);
      return;
    }
  link->http = inner->ops->http_send (inner, &http, on_answer, link);
}

static void
on_poll (gpointer user)
{
  ImLink *link = user;

  link->timer = NULL;
  if (link->http == NULL)
    request (link);
}

static void
poll_later (ImLink *link)
{
  set_timer (link, link->wait_ms, on_poll);
  link->wait_ms = MIN (link->wait_ms * 3 / 2, POLL_LAST_MS);
}

/* What comes next when no request is under way and all is handed over. */
static void
go_on (ImLink *link)
{
  if (link->dead || link->http != NULL)
    return;
  if (link->finished)
    lose (link, -1, NULL);
  else if (link->out->len > 0)
    request (link);
  else if (link->closing)
    kill_link (link);
  else if (link->id != NULL && !link->held)
    poll_later (link);
}

/* --- Answers ------------------------------------------------------------ */

static void hand_over (ImLink *link);

static void
on_more (gpointer user)
{
  ImLink *link = user;

  link->timer = NULL;
  hand_over (link);
}

/* What came, a slice per turn of the main loop. */
static void
hand_over (ImLink *link)
{
  link_ref (link);
  if (link->closing)
    g_byte_array_set_size (link->in, 0);
  if (!link->held && link->in->len > 0)
    {
      g_autoptr (GByteArray) all = link->in;
      guint n = MIN (all->len, SLICE);

      link->in = g_byte_array_new ();
      g_byte_array_append (link->in, all->data + n, all->len - n);
      link->handlers->bytes (link->user, link, all->data, n);
    }
  if (!link->dead && !link->closing && !link->held && link->in->len > 0)
    set_timer (link, 0, on_more);
  else if (link->in->len == 0 || link->closing)
    go_on (link);
  link_unref (link);
}

static const char *
find_header (const ImHttpResponse *response, const char *name)
{
  for (guint i = 0; response->headers[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (response->headers[i], name) == 0)
      return response->headers[i + 1];
  return NULL;
}

/* "SessionID=id; GW-IP=address[; Session=close]". FALSE without an id. */
static gboolean
read_session (ImLink *link, const char *value)
{
  g_auto (GStrv) fields = g_strsplit (value, ";", 8);
  gboolean found = FALSE;

  for (guint i = 0; fields[i] != NULL; i++)
    {
      const char *field = g_strstrip (fields[i]);

      if (g_ascii_strncasecmp (field, "SessionID=", 10) == 0 &&
          field[10] != '\0' && strlen (field + 10) <= MAX_ID)
        {
          g_free (link->id);
          link->id = g_strdup (field + 10);
          found = TRUE;
        }
      else if (g_ascii_strcasecmp (field, "Session=close") == 0)
        link->finished = TRUE;
    }
  return found || link->finished;
}

/* Only what certainly did not arrive may be sent again. */
static gboolean
is_certain (const GError *error)
{
  switch (error->code)
    {
    case IM_PROBLEM_HOST_NOT_FOUND:
    case IM_PROBLEM_CONNECT_REFUSED:
    case IM_PROBLEM_UNREACHABLE:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
fail (ImLink *link, int problem, const char *why, gboolean may_repeat)
{
  if (link->id == NULL || !may_repeat || ++link->failures >= MAX_FAILURES)
    lose (link, problem, why);
  else
    set_timer (link, FAILURE_MS, on_poll);
}

static void
accept_answer (ImLink *link, const ImHttpResponse *response)
{
  const char *session = find_header (response, "X-MSN-Messenger");
  gsize len;
  const void *data = g_bytes_get_data (response->body, &len);

  if (session != NULL ? !read_session (link, session) : link->id == NULL)
    {
      lose (link, IM_PROBLEM_PROTOCOL, "the gateway names no session");
      return;
    }
  link->failures = 0;
  if (len > 0 || link->sent != NULL)
    link->wait_ms = POLL_FIRST_MS;
  g_clear_pointer (&link->sent, g_bytes_unref);
  g_byte_array_append (link->in, data, (guint) len);
  hand_over (link);
}

static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  ImLink *link = user;

  link->http = NULL;
  link_ref (link);
  if (response == NULL)
    fail (link, error->code, error->message,
          link->sent == NULL || is_certain (error));
  else if (response->status == 200)
    accept_answer (link, response);
  /* A server that is not well may have taken what it was sent. */
  else if (response->status >= 500)
    fail (link, IM_PROBLEM_UNAVAILABLE, "the gateway is not well",
          link->sent == NULL);
  else
    lose (link, link->id != NULL ? IM_PROBLEM_LOST : IM_PROBLEM_UNAVAILABLE,
          "the gateway knows no such session");
  link_unref (link);
}

/* --- A host's functions ------------------------------------------------- */

static ImHost *
inner_of (ImHost *host)
{
  return ((Gateway *) host)->inner;
}

static void
on_open (gpointer user)
{
  ImLink *link = user;

  link->timer = NULL;
  link->opened = TRUE;
  link_ref (link);
  link->handlers->opened (link->user, link);
  link_unref (link);
}

static ImLink *
gateway_link_open (ImHost *host, const ImLinkTarget *target,
                   const ImLinkHandlers *handlers, gpointer user)
{
  Gateway *gateway = (Gateway *) host;
  ImLink *link = g_new0 (ImLink, 1);

  g_ref_count_init (&link->refs);
  link->gateway = gateway;
  link->target = g_strdup (target->host);
  link->handlers = handlers;
  link->user = user;
  link->out = g_byte_array_new ();
  link->in = g_byte_array_new ();
  link->wait_ms = POLL_FIRST_MS;
  g_ptr_array_add (gateway->links, link);
  /* Its first request needs bytes, and they are written when it is open. */
  set_timer (link, 0, on_open);
  return link;
}

static void
gateway_link_write (ImHost *host, ImLink *link, const void *data, gsize len)
{
  g_byte_array_append (link->out, data, (guint) len);
  /* What is written in one go leaves in one request. While bytes wait to be
   * handed over, the timer is theirs. */
  if (link->http == NULL && link->in->len == 0 && !link->finished)
    set_timer (link, 0, on_poll);
}

static void
gateway_link_hold (ImHost *host, ImLink *link, gboolean hold)
{
  link->held = hold;
  if (!hold && link->http == NULL)
    set_timer (link, 0, on_more);
}

static void
gateway_link_start_tls (ImHost *host, ImLink *link, const char *verify_name)
{
  g_return_if_reached ();
}

static void
gateway_link_close (ImHost *host, ImLink *link)
{
  link->closing = TRUE;
  /* A poll under way has nothing for anybody. */
  if (link->http != NULL && link->sent == NULL)
    link->gateway->inner->ops->http_cancel (link->gateway->inner,
                                            g_steal_pointer (&link->http));
  if (!link->opened || (link->id == NULL && link->http == NULL &&
                        link->out->len == 0))
    kill_link (link);
  else
    go_on (link);
}

static ImTimer *
gateway_timer_add (ImHost *host, guint ms, ImTimerFunc func, gpointer user)
{
  return inner_of (host)->ops->timer_add (inner_of (host), ms, func, user);
}

static void
gateway_timer_cancel (ImHost *host, ImTimer *timer)
{
  inner_of (host)->ops->timer_cancel (inner_of (host), timer);
}

static ImHttp *
gateway_http_send (ImHost *host, const ImHttpRequest *http, ImHttpFunc func,
                   gpointer user)
{
  return inner_of (host)->ops->http_send (inner_of (host), http, func, user);
}

static void
gateway_http_cancel (ImHost *host, ImHttp *http)
{
  inner_of (host)->ops->http_cancel (inner_of (host), http);
}

static gint64
gateway_monotonic_ms (ImHost *host)
{
  return inner_of (host)->ops->monotonic_ms (inner_of (host));
}

static gint64
gateway_wall_s (ImHost *host)
{
  return inner_of (host)->ops->wall_s (inner_of (host));
}

static void
gateway_random (ImHost *host, void *data, gsize len)
{
  inner_of (host)->ops->random (inner_of (host), data, len);
}

static void
gateway_event (ImHost *host, const ImEvent *event)
{
  inner_of (host)->ops->event (inner_of (host), event);
}

static void
gateway_debug (ImHost *host, const char *line)
{
  if (inner_of (host)->ops->debug != NULL)
    inner_of (host)->ops->debug (inner_of (host), line);
}

static const ImHostOps gateway_ops = {
  .link_open = gateway_link_open,
  .link_write = gateway_link_write,
  .link_hold = gateway_link_hold,
  .link_start_tls = gateway_link_start_tls,
  .link_close = gateway_link_close,
  .timer_add = gateway_timer_add,
  .timer_cancel = gateway_timer_cancel,
  .http_send = gateway_http_send,
  .http_cancel = gateway_http_cancel,
  .monotonic_ms = gateway_monotonic_ms,
  .wall_s = gateway_wall_s,
  .random = gateway_random,
  .event = gateway_event,
  .debug = gateway_debug,
};

ImHost *
msnp_gateway_new (ImHost *host, const char *url)
{
  Gateway *gateway = g_new0 (Gateway, 1);

  gateway->host.ops = &gateway_ops;
  gateway->inner = host;
  gateway->url = g_strdup (url);
  gateway->links = g_ptr_array_new ();
  return &gateway->host;
}

void
msnp_gateway_free (ImHost *host)
{
  Gateway *gateway = (Gateway *) host;

  if (gateway == NULL)
    return;
  while (gateway->links->len > 0)
    kill_link (gateway->links->pdata[0]);
  g_ptr_array_unref (gateway->links);
  g_free (gateway->url);
  g_free (gateway);
}
