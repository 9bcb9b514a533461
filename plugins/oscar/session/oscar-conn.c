#include "oscar-conn.h"

#include <string.h>

#include "im-limits.h"
#include "oscar-oservice.h"
#include "oscar-rate.h"

/* After this much silence the server is asked for a sign of life ... */
#define PROBE_AFTER_MS (2 * IM_KEEPALIVE_SECONDS * 1000)
/* ... and given this long to answer. */
#define PROBE_GRACE_MS (30 * 1000)

#define SNAC_HEADER_LENGTH 10

/* Frames collected for one write: far above any batch of ours. */
#define MAX_UNSENT (16 * 1024 * 1024)

/* A SNAC that waits for the rate limit. */
typedef struct
{
  guint16 group;
  guint16 subtype;
  guint32 request;
  GBytes *body; /* owned */
} Queued;

struct _OscarConn
{
  grefcount refs;
  ImHost *host;
  ImLink *link;     /* owned until closed */
  gboolean open;
  gboolean closed;  /* by its owner: nothing is called any more */
  gboolean held;
  gboolean paused;  /* nothing but frames may leave */
  gboolean failed;  /* the handler was told that it is over */
  const OscarConnHandlers *handlers;
  gpointer user;

  OscarFlapFramer framer;
  guint16 sequence;
  guint32 last_request;
  guint corked;
  ImWriter out;     /* frames not handed to the link yet */

  OscarRate *rate;
  GQueue queues[2]; /* owned Queued, by OscarPriority */
  ImTimer *queue_timer;

  ImTimer *resume_timer;
  ImTimer *keepalive_timer;
  guint32 probe;
  gint64 last_heard_ms;
  gboolean probing;
};

static void
queued_free (gpointer data)
{
  Queued *queued = data;

  g_bytes_unref (queued->body);
  g_free (queued);
}

static gint64
now (OscarConn *conn)
{
  return conn->host->ops->monotonic_ms (conn->host);
}

static void
drop_timer (OscarConn *conn, ImTimer **timer)
{
  conn->host->ops->timer_cancel (conn->host, g_steal_pointer (timer));
}

static OscarConn *
conn_ref (OscarConn *conn)
{
  g_ref_count_inc (&conn->refs);
  return conn;
}

static void
conn_unref (OscarConn *conn)
{
  if (!g_ref_count_dec (&conn->refs))
    return;
  oscar_flap_framer_clear (&conn->framer);
  im_writer_clear (&conn->out);
  oscar_rate_free (conn->rate);
  for (guint i = 0; i < G_N_ELEMENTS (conn->queues); i++)
    g_queue_clear_full (&conn->queues[i], queued_free);
  g_free (conn);
}

/* --- Sending ------------------------------------------------------------ */

static void
flush (OscarConn *conn)
{
  GByteArray *out = conn->out.bytes;

  if (conn->corked > 0 || !conn->open || conn->closed || out->len == 0)
    return;
  conn->host->ops->link_write (conn->host, conn->link, out->data, out->len);
  g_byte_array_set_size (out, 0);
}

void
oscar_conn_cork (OscarConn *conn)
{
  conn->corked++;
}

void
oscar_conn_uncork (OscarConn *conn)
{
  conn->corked--;
  flush (conn);
}

void
oscar_conn_send_flap (OscarConn *conn, OscarFlapType type, GBytes *body)
{
  gsize len = 0;
  const void *data = body != NULL ? g_bytes_get_data (body, &len) : NULL;

  oscar_flap_encode (&conn->out, type, &conn->sequence, data, len);
  flush (conn);
}

static void
send_now (OscarConn *conn, const Queued *snac)
{
  gsize len;
  const void *data = g_bytes_get_data (snac->body, &len);
  gsize mark = oscar_snac_open (&conn->out, &conn->sequence, snac->group,
                                snac->subtype, snac->request);

  im_writer_raw (&conn->out, data, len);
  oscar_flap_close (&conn->out, mark);
  oscar_rate_charge (conn->rate, snac->group, snac->subtype, now (conn));
}

/* The first queued SNAC of each class blocks those behind it of the same
 * class, and only those. */
static guint
send_allowed (OscarConn *conn, OscarPriority priority, GList **ret_sent)
{
  GList *next;
  guint wait = G_MAXUINT;
  guint64 blocked = 0;

  if (conn->paused)
    return wait;
  for (GList *l = conn->queues[priority].head; l != NULL; l = next)
    {
      Queued *queued = l->data;
      guint class =
          oscar_rate_class_of (conn->rate, queued->group, queued->subtype);
      guint64 bit = G_GUINT64_CONSTANT (1) << (class % 64);
      guint ms;

      next = l->next;
      if (blocked & bit)
        continue;
      ms = oscar_rate_wait_ms (conn->rate, queued->group, queued->subtype,
                               priority == OSCAR_PRIORITY_USER, now (conn));
      if (ms > 0)
        {
          blocked |= bit;
          wait = MIN (wait, ms);
          continue;
        }
      send_now (conn, queued);
      g_queue_unlink (&conn->queues[priority], l);
      *ret_sent = g_list_concat (*ret_sent, l);
    }
  return wait;
}

static void send_queued (OscarConn *conn);

static void
on_queue_timer (gpointer user)
{
  OscarConn *conn = user;

  conn->queue_timer = NULL;
  send_queued (conn);
}

static void
send_queued (OscarConn *conn)
{
  GList *sent = NULL;
  guint wait;

  drop_timer (conn, &conn->queue_timer);
  wait = send_allowed (conn, OSCAR_PRIORITY_USER, &sent);
  wait = MIN (wait, send_allowed (conn, OSCAR_PRIORITY_BACKGROUND, &sent));
  if (wait != G_MAXUINT)
    conn->queue_timer =
        conn->host->ops->timer_add (conn->host, wait, on_queue_timer, conn);
  flush (conn);

  conn_ref (conn);
  for (GList *l = sent; l != NULL; l = l->next)
    if (!conn->closed && conn->handlers->sent != NULL)
      conn->handlers->sent (conn->user, conn, ((Queued *) l->data)->request);
  g_list_free_full (sent, queued_free);
  conn_unref (conn);
}

/* That is what a server waits for. */
static gboolean
answers_a_pause (guint16 group, guint16 subtype)
{
  return group == OSCAR_FG_OSERVICE && subtype == OSCAR_OSERVICE_PAUSE_ACK;
}

/* Order within a class is kept, so a SNAC queues behind others of its class
 * even when the limit would let it pass. */
static gboolean
must_queue (OscarConn *conn, guint16 group, guint16 subtype,
            OscarPriority priority)
{
  guint16 class = oscar_rate_class_of (conn->rate, group, subtype);

  if (conn->paused)
    return !answers_a_pause (group, subtype);
  if (class == 0)
    return FALSE;
  for (GList *l = conn->queues[priority].head; l != NULL; l = l->next)
    {
      Queued *queued = l->data;

      if (oscar_rate_class_of (conn->rate, queued->group, queued->subtype) ==
          class)
        return TRUE;
    }
  return oscar_rate_wait_ms (conn->rate, group, subtype,
                             priority == OSCAR_PRIORITY_USER, now (conn)) > 0;
}

/* Takes @body and a request id; %NULL if it does not fit. */
static Queued *
queued_new (OscarConn *conn, guint16 group, guint16 subtype, ImWriter *body)
{
  GBytes *bytes =
      body != NULL ? im_writer_finish (body, NULL) : g_bytes_new (NULL, 0);
  Queued *queued;

  if (bytes == NULL)
    return NULL;
  queued = g_new0 (Queued, 1);
  queued->group = group;
  queued->subtype = subtype;
  queued->body = bytes;
  if (g_bytes_get_size (bytes) + SNAC_HEADER_LENGTH > IM_MAX_FLAP_PAYLOAD)
    g_clear_pointer (&queued, queued_free);
  else
    /* The high bit is the server's. */
    queued->request = conn->last_request =
        (conn->last_request & 0x7fffffff) + 1;
  return queued;
}

guint32
oscar_conn_send_snac (OscarConn *conn, guint16 group, guint16 subtype,
                      ImWriter *body, OscarPriority priority)
{
  Queued *queued = queued_new (conn, group, subtype, body);
  guint32 request;

  if (queued == NULL)
    return 0;
  request = queued->request;
  if (must_queue (conn, group, subtype, priority))
    {
      g_queue_push_tail (&conn->queues[priority], queued);
      send_queued (conn);
    }
  else
    {
      send_now (conn, queued);
      queued_free (queued);
      flush (conn);
    }
  return request;
}

guint32
oscar_conn_resend_snac (OscarConn *conn, guint16 group, guint16 subtype,
                        ImWriter *body)
{
  Queued *queued = queued_new (conn, group, subtype, body);
  guint32 request;

  if (queued == NULL)
    return 0;
  request = queued->request;
  oscar_rate_set_limited (conn->rate,
                          oscar_rate_class_of (conn->rate, group, subtype),
                          TRUE);
  g_queue_push_head (&conn->queues[OSCAR_PRIORITY_USER], queued);
  send_queued (conn);
  return request;
}

static GList *
find_queued (const OscarConn *conn, guint32 request, OscarPriority priority)
{
  for (GList *l = conn->queues[priority].head; l != NULL; l = l->next)
    if (((Queued *) l->data)->request == request)
      return l;
  return NULL;
}

gboolean
oscar_conn_is_queued (const OscarConn *conn, guint32 request)
{
  return find_queued (conn, request, OSCAR_PRIORITY_USER) != NULL ||
         find_queued (conn, request, OSCAR_PRIORITY_BACKGROUND) != NULL;
}

gboolean
oscar_conn_is_limited (const OscarConn *conn, guint16 group, guint16 subtype)
{
  return oscar_rate_is_limited (conn->rate, group, subtype);
}

void
oscar_conn_unsend (OscarConn *conn, guint32 request)
{
  GList *found = find_queued (conn, request, OSCAR_PRIORITY_USER);

  if (found == NULL)
    return;
  queued_free (found->data);
  g_queue_delete_link (&conn->queues[OSCAR_PRIORITY_USER], found);
}

guint
oscar_conn_n_queued (const OscarConn *conn)
{
  return conn->queues[OSCAR_PRIORITY_USER].length +
         conn->queues[OSCAR_PRIORITY_BACKGROUND].length;
}

/* --- Receiving ---------------------------------------------------------- */

static void
fail (OscarConn *conn, const GError *error)
{
  if (conn->failed || conn->closed)
    return;
  conn->failed = TRUE;
  conn->open = FALSE;
  if (conn->link != NULL)
    conn->host->ops->link_close (conn->host, g_steal_pointer (&conn->link));
  conn->handlers->closed (conn->user, conn, error);
}

static void
fail_protocol (OscarConn *conn, const GError *cause)
{
  g_autoptr (GError) error = g_error_new_literal (
      IM_PROBLEM, IM_PROBLEM_PROTOCOL, cause->message);

  fail (conn, error);
}

static void
handle_snac (OscarConn *conn, const ImReader *payload)
{
  g_autoptr (GError) error = NULL;
  OscarSnac snac;

  /* Too short for a header: there is nothing to answer, and the frame that
   * follows is as good as any. */
  if (!oscar_snac_decode (payload, &snac, &error))
    {
      im_host_debug (conn->host, "oscar: dropped a SNAC: %s", error->message);
      return;
    }
  conn->handlers->snac (conn->user, conn, &snac);
}

static void
handle_frame (OscarConn *conn, OscarFlap *flap)
{
  switch (flap->type)
    {
    case OSCAR_FLAP_SIGNON:
      conn->handlers->signon (conn->user, conn);
      break;
    case OSCAR_FLAP_DATA:
      handle_snac (conn, &flap->payload);
      break;
    case OSCAR_FLAP_SIGNOFF:
      conn->handlers->signoff (conn->user, conn, &flap->payload);
      break;
    case OSCAR_FLAP_ERROR:
      {
        g_autoptr (GError) error = g_error_new_literal (
            IM_PROBLEM, IM_PROBLEM_PROTOCOL, "FLAP error frame");

        fail (conn, error);
        break;
      }
    default: /* keep-alive, and what we do not know: nothing to do */
      break;
    }
}

static void
handle_frames (OscarConn *conn)
{
  OscarFlap flap;
  g_autoptr (GError) error = NULL;

  conn_ref (conn);
  conn->corked++;
  while (!conn->closed && !conn->failed && !conn->held &&
         oscar_flap_next (&conn->framer, &flap, &error) == OSCAR_FLAP_GOT)
    handle_frame (conn, &flap);
  conn->corked--;
  if (error != NULL)
    fail_protocol (conn, error);
  flush (conn);
  conn_unref (conn);
}

static void
on_bytes (gpointer user, ImLink *link, const guint8 *data, gsize len)
{
  OscarConn *conn = user;
  g_autoptr (GError) error = NULL;

  conn->last_heard_ms = now (conn);
  conn->probing = FALSE;
  if (oscar_flap_push (&conn->framer, data, len, &error))
    handle_frames (conn);
  else
    fail_protocol (conn, error);
}

static void
on_opened (gpointer user, ImLink *link)
{
  OscarConn *conn = user;

  conn_ref (conn);
  conn->open = TRUE;
  conn->last_heard_ms = now (conn);
  conn->corked++;
  conn->handlers->opened (conn->user, conn);
  conn->corked--;
  flush (conn);
  conn_unref (conn);
}

static void
on_closed (gpointer user, ImLink *link, const GError *error)
{
  OscarConn *conn = user;
  ImReader empty = { 0 };

  conn_ref (conn);
  conn->link = NULL;
  conn->open = FALSE;
  /* Some servers end old-style sessions with a SIGNOFF cut off after its
   * sequence number. */
  if (oscar_flap_at_truncated_signoff (&conn->framer))
    conn->handlers->signoff (conn->user, conn, &empty);
  fail (conn, error);
  conn_unref (conn);
}

static const ImLinkHandlers link_handlers = {
  .opened = on_opened,
  .bytes = on_bytes,
  .closed = on_closed,
};

/* --- Life --------------------------------------------------------------- */

OscarConn *
oscar_conn_open (ImHost *host, const ImLinkTarget *target,
                 const OscarConnHandlers *handlers, gpointer user)
{
  OscarConn *conn = g_new0 (OscarConn, 1);

  g_ref_count_init (&conn->refs);
  conn->host = host;
  conn->handlers = handlers;
  conn->user = user;
  oscar_flap_framer_init (&conn->framer);
  im_writer_init (&conn->out, MAX_UNSENT);
  conn->rate = oscar_rate_new ();
  /* Servers of the AOL era expected a start in the lower half. */
  host->ops->random (host, &conn->sequence, sizeof conn->sequence);
  conn->sequence &= 0x7fff;
  conn->link = host->ops->link_open (host, target, &link_handlers, conn);
  return conn;
}

void
oscar_conn_set_user (OscarConn *conn, const OscarConnHandlers *handlers,
                     gpointer user)
{
  conn->handlers = handlers;
  conn->user = user;
}

void
oscar_conn_close (OscarConn *conn)
{
  if (conn == NULL)
    return;
  conn->corked = 0;
  flush (conn);
  conn->closed = TRUE;
  drop_timer (conn, &conn->queue_timer);
  drop_timer (conn, &conn->resume_timer);
  drop_timer (conn, &conn->keepalive_timer);
  if (conn->link != NULL)
    conn->host->ops->link_close (conn->host, g_steal_pointer (&conn->link));
  conn_unref (conn);
}

gboolean
oscar_conn_is_open (const OscarConn *conn)
{
  return conn->open;
}

static void
on_resume (gpointer user)
{
  OscarConn *conn = user;

  conn->resume_timer = NULL;
  conn_ref (conn);
  handle_frames (conn);
  if (!conn->closed && !conn->held && conn->link != NULL)
    conn->host->ops->link_hold (conn->host, conn->link, FALSE);
  conn_unref (conn);
}

void
oscar_conn_hold (OscarConn *conn, gboolean hold)
{
  if (conn->held == hold)
    return;
  conn->held = hold;
  if (hold && conn->link != NULL)
    conn->host->ops->link_hold (conn->host, conn->link, TRUE);
  if (!hold && conn->resume_timer == NULL)
    conn->resume_timer =
        conn->host->ops->timer_add (conn->host, 0, on_resume, conn);
}

void
oscar_conn_pause (OscarConn *conn, gboolean pause)
{
  conn->paused = pause;
  if (!pause)
    send_queued (conn);
}

void
oscar_conn_continue (OscarConn *conn, OscarConn *old)
{
  conn->last_request = MAX (conn->last_request, old->last_request);
  for (guint i = 0; i < G_N_ELEMENTS (conn->queues); i++)
    {
      Queued *queued;

      while ((queued = g_queue_pop_head (&old->queues[i])) != NULL)
        g_queue_push_tail (&conn->queues[i], queued);
    }
  drop_timer (old, &old->queue_timer);
}

/* --- Rates -------------------------------------------------------------- */

void
oscar_conn_learn_rates (OscarConn *conn, const OscarRates *rates)
{
  OscarRateWalk walk;
  OscarRateMember member;

  for (guint i = 0; i < rates->n; i++)
    oscar_rate_set_class (conn->rate, &rates->classes[i], now (conn));
  oscar_rate_walk_init (&walk, rates);
  while (oscar_rate_walk_next (&walk, &member))
    oscar_rate_map (conn->rate, member.foodgroup, member.subtype,
                    member.class_id, now (conn));
}

void
oscar_conn_change_rates (OscarConn *conn, const OscarRateChange *change)
{
  for (guint i = 0; i < change->n; i++)
    {
      oscar_rate_set_class (conn->rate, &change->classes[i], now (conn));
      oscar_rate_set_limited (conn->rate, change->classes[i].id,
                              change->code == OSCAR_RATE_LIMITED);
    }
  send_queued (conn);
}

/* --- Keep-alive --------------------------------------------------------- */

static void on_keepalive (gpointer user);

static void
schedule_keepalive (OscarConn *conn)
{
  conn->keepalive_timer = conn->host->ops->timer_add (
      conn->host,
      conn->probing ? PROBE_GRACE_MS : IM_KEEPALIVE_SECONDS * 1000,
      on_keepalive, conn);
}

static void
on_keepalive (gpointer user)
{
  OscarConn *conn = user;
  gboolean silent = now (conn) - conn->last_heard_ms >= PROBE_AFTER_MS;

  conn->keepalive_timer = NULL;
  if (conn->probing)
    {
      g_autoptr (GError) error = g_error_new_literal (
          IM_PROBLEM, IM_PROBLEM_LOST, "no sign of life");

      fail (conn, error);
      return;
    }
  oscar_conn_send_flap (conn, OSCAR_FLAP_KEEPALIVE, NULL);
  if (silent && conn->probe != 0)
    {
      conn->probing = TRUE;
      oscar_conn_send_snac (conn, (guint16) (conn->probe >> 16),
                            (guint16) conn->probe, NULL, OSCAR_PRIORITY_USER);
    }
  schedule_keepalive (conn);
}

void
oscar_conn_keep_alive (OscarConn *conn, guint32 probe)
{
  conn->probe = probe;
  if (conn->keepalive_timer == NULL)
    schedule_keepalive (conn);
}
