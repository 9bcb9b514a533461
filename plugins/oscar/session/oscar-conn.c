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
  ImConn base;
  gboolean paused;  /* nothing but frames may leave */
  const OscarConnHandlers *handlers;
  gpointer user;

  OscarFlapFramer framer;
  guint16 sequence;
  guint32 last_request;

  OscarRate *rate;
  GQueue queues[2]; /* owned Queued, by OscarPriority */
  ImTimer *queue_timer;

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
  return conn->base.host->ops->monotonic_ms (conn->base.host);
}

/* --- Sending ------------------------------------------------------------ */

void
oscar_conn_cork (OscarConn *conn)
{
  im_conn_cork (&conn->base);
}

void
oscar_conn_uncork (OscarConn *conn)
{
  im_conn_uncork (&conn->base);
}

void
oscar_conn_send_flap (OscarConn *conn, OscarFlapType type, GBytes *body)
{
  gsize len = 0;
  const void *data = body != NULL ? g_bytes_get_data (body, &len) : NULL;

  oscar_flap_encode (&conn->base.out, type, &conn->sequence, data, len);
  im_conn_flush (&conn->base);
}

static void
send_now (OscarConn *conn, const Queued *snac)
{
  gsize len;
  const void *data = g_bytes_get_data (snac->body, &len);
  gsize mark = oscar_snac_open (&conn->base.out, &conn->sequence, snac->group,
                                snac->subtype, snac->request);

  im_writer_raw (&conn->base.out, data, len);
  oscar_flap_close (&conn->base.out, mark);
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

  im_conn_drop_timer (&conn->base, &conn->queue_timer);
  wait = send_allowed (conn, OSCAR_PRIORITY_USER, &sent);
  wait = MIN (wait, send_allowed (conn, OSCAR_PRIORITY_BACKGROUND, &sent));
  if (wait != G_MAXUINT)
    conn->queue_timer =
        conn->base.host->ops->timer_add (conn->base.host, wait,
                                         on_queue_timer, conn);
  im_conn_flush (&conn->base);

  im_conn_ref (&conn->base);
  for (GList *l = sent; l != NULL; l = l->next)
    if (!conn->base.closed && conn->handlers->sent != NULL)
      conn->handlers->sent (conn->user, conn, ((Queued *) l->data)->request);
  g_list_free_full (sent, queued_free);
  im_conn_unref (&conn->base);
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
      im_conn_flush (&conn->base);
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
handle_snac (OscarConn *conn, const ImReader *payload)
{
  g_autoptr (GError) error = NULL;
  OscarSnac snac;

  /* Too short for a header: there is nothing to answer, and the frame that
   * follows is as good as any. */
  if (!oscar_snac_decode (payload, &snac, &error))
    {
      im_host_debug (conn->base.host, "oscar: dropped a SNAC: %s",
                     error->message);
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
      im_conn_fail_protocol (&conn->base, "FLAP error frame");
      break;
    default: /* keep-alive, and what we do not know: nothing to do */
      break;
    }
}

static gboolean
next_frame (ImConn *base, GError **error)
{
  OscarConn *conn = (OscarConn *) base;
  OscarFlap flap;

  if (oscar_flap_next (&conn->framer, &flap, error) != OSCAR_FLAP_GOT)
    return FALSE;
  handle_frame (conn, &flap);
  return TRUE;
}

static gboolean
push (ImConn *base, const guint8 *data, gsize len, GError **error)
{
  OscarConn *conn = (OscarConn *) base;

  conn->last_heard_ms = now (conn);
  conn->probing = FALSE;
  return oscar_flap_push (&conn->framer, data, len, error);
}

static void
opened (ImConn *base)
{
  OscarConn *conn = (OscarConn *) base;

  conn->last_heard_ms = now (conn);
  conn->handlers->opened (conn->user, conn);
}

/* Some servers end old-style sessions with a SIGNOFF cut off after its
 * sequence number. */
static void
ending (ImConn *base)
{
  OscarConn *conn = (OscarConn *) base;
  ImReader empty = { 0 };

  if (oscar_flap_at_truncated_signoff (&conn->framer))
    conn->handlers->signoff (conn->user, conn, &empty);
}

static void
closed (ImConn *base, const GError *error)
{
  OscarConn *conn = (OscarConn *) base;

  conn->handlers->closed (conn->user, conn, error);
}

static void
conn_free (ImConn *base)
{
  OscarConn *conn = (OscarConn *) base;

  oscar_flap_framer_clear (&conn->framer);
  oscar_rate_free (conn->rate);
  for (guint i = 0; i < G_N_ELEMENTS (conn->queues); i++)
    g_queue_clear_full (&conn->queues[i], queued_free);
  g_free (conn);
}

static const ImConnFuncs funcs = {
  .opened = opened,
  .push = push,
  .next = next_frame,
  .ending = ending,
  .closed = closed,
  .free = conn_free,
};

/* --- Life --------------------------------------------------------------- */

OscarConn *
oscar_conn_open (ImHost *host, const ImLinkTarget *target,
                 const OscarConnHandlers *handlers, gpointer user)
{
  OscarConn *conn = g_new0 (OscarConn, 1);

  conn->handlers = handlers;
  conn->user = user;
  oscar_flap_framer_init (&conn->framer);
  conn->rate = oscar_rate_new ();
  /* Servers of the AOL era expected a start in the lower half. */
  host->ops->random (host, &conn->sequence, sizeof conn->sequence);
  conn->sequence &= 0x7fff;
  im_conn_open (&conn->base, &funcs, host, target);
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
  im_conn_drop_timer (&conn->base, &conn->queue_timer);
  im_conn_drop_timer (&conn->base, &conn->keepalive_timer);
  im_conn_close (&conn->base);
}

gboolean
oscar_conn_is_open (const OscarConn *conn)
{
  return conn->base.open;
}

void
oscar_conn_hold (OscarConn *conn, gboolean hold)
{
  im_conn_hold (&conn->base, hold);
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
  im_conn_drop_timer (&old->base, &old->queue_timer);
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
  conn->keepalive_timer = conn->base.host->ops->timer_add (
      conn->base.host,
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

      im_conn_fail (&conn->base, error);
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
