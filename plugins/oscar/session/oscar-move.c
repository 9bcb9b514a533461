/* When the server pauses the session, and when it sends it elsewhere.
 *
 *   oscar_move_handle_pause ()    <- 01/0B   -> 01/0C, then nothing but waiting
 *   oscar_move_handle_resume ()   <- 01/0D   what waited leaves
 *   oscar_move_handle_migrate ()  <- 01/12   the new connection, step by step:
 *     on_signon ()                -> SIGNON with the cookie
 *     handle_bring_up ()          -> 01/17, 01/06, 01/08 and 01/02
 *     take_over ()                what waited leaves on the new connection
 *
 * What we want to say waits from the order to move on; what others say is
 * taken from both connections, and the old one is kept for a moment longer:
 * answers may still be on their way. If the move fails, the session stays. */

#include "oscar-session-private.h"

#include <string.h>

#include "oscar-oservice-rate.h"
#include "oscar-oservice.h"

/* A server that forgets to resume has not paused. */
#define PAUSE_SECONDS 60

/* How long answers may take to come over the old connection. */
#define LEAVE_SECONDS 10

struct _OscarMove
{
  ImTimer *pause_timer;
  OscarConn *conn;      /* being made; nullable */
  OscarAddress address; /* where to */
  GBytes *cookie;       /* nullable: not used up yet */
  ImTimer *step_timer;
  OscarConn *old;       /* being left; nullable */
  ImTimer *leave_timer;
};

void
oscar_move_init (OscarSession *session)
{
  session->move = g_new0 (OscarMove, 1);
}

void
oscar_move_clear (OscarSession *session)
{
  oscar_address_clear (&session->move->address);
  g_clear_pointer (&session->move->cookie, g_bytes_unref);
  g_free (session->move);
}

static void
drop_timer (OscarSession *session, ImTimer **timer)
{
  session->host->ops->timer_cancel (session->host, g_steal_pointer (timer));
}

static void
forget_new (OscarSession *session)
{
  OscarMove *move = session->move;

  drop_timer (session, &move->step_timer);
  oscar_conn_close (g_steal_pointer (&move->conn));
  oscar_address_clear (&move->address);
  g_clear_pointer (&move->cookie, g_bytes_unref);
}

static void
forget_old (OscarSession *session)
{
  drop_timer (session, &session->move->leave_timer);
  oscar_conn_close (g_steal_pointer (&session->move->old));
}

void
oscar_move_stop (OscarSession *session)
{
  drop_timer (session, &session->move->pause_timer);
  forget_new (session);
  forget_old (session);
}

gboolean
oscar_move_is_under_way (const OscarSession *session)
{
  return session->move->conn != NULL;
}

/* --- Pausing ------------------------------------------------------------ */

static void
resume (OscarSession *session)
{
  drop_timer (session, &session->move->pause_timer);
  if (session->bos != NULL && session->move->conn == NULL)
    oscar_conn_pause (session->bos, FALSE);
}

static void
on_pause_timer (gpointer user)
{
  OscarSession *session = user;

  session->move->pause_timer = NULL;
  resume (session);
}

/* Which groups are paused is read, and not told apart: it does not happen
 * that somebody pauses one and not the others for long. */
void
oscar_move_handle_pause (OscarSession *session, const OscarSnac *snac)
{
  OscarMove *move = session->move;
  ImReader groups = snac->body;
  g_auto (ImWriter) body = { 0 };
  guint16 group;

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  while (im_reader_u16 (&groups, &group, NULL))
    im_writer_u16 (&body, group);
  oscar_conn_send_snac (session->bos, OSCAR_FG_OSERVICE,
                        OSCAR_OSERVICE_PAUSE_ACK, &body, OSCAR_PRIORITY_USER);
  oscar_conn_pause (session->bos, TRUE);
  drop_timer (session, &move->pause_timer);
  move->pause_timer = session->host->ops->timer_add (
      session->host, PAUSE_SECONDS * 1000, on_pause_timer, session);
}

void
oscar_move_handle_resume (OscarSession *session, const OscarSnac *snac)
{
  resume (session);
}

/* --- The old connection -------------------------------------------------- */

static void
on_leave_timer (gpointer user)
{
  OscarSession *session = user;

  session->move->leave_timer = NULL;
  forget_old (session);
}

static void
on_old_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
  /* What it says of itself is nobody's business any more. */
  if (snac->foodgroup != OSCAR_FG_OSERVICE)
    oscar_bos_handlers.snac (user, conn, snac);
}

static void
on_old_signoff (gpointer user, OscarConn *conn, ImReader *body)
{
}

static void
on_old_signon (gpointer user, OscarConn *conn)
{
}

static void
on_old_closed (gpointer user, OscarConn *conn, const GError *error)
{
  forget_old (user);
}

static const OscarConnHandlers old_handlers = {
  .opened = on_old_signon,
  .signon = on_old_signon,
  .signoff = on_old_signoff,
  .snac = on_old_snac,
  .closed = on_old_closed,
};

static void
leave (OscarSession *session, OscarConn *conn)
{
  OscarMove *move = session->move;

  forget_old (session);
  move->old = conn;
  oscar_conn_set_user (conn, &old_handlers, session);
  move->leave_timer = session->host->ops->timer_add (
      session->host, LEAVE_SECONDS * 1000, on_leave_timer, session);
  if (!oscar_conn_is_open (conn))
    forget_old (session);
}

/* --- The new connection -------------------------------------------------- */

static void
take_over (OscarSession *session)
{
  OscarMove *move = session->move;
  OscarConn *old = session->bos;
  OscarConn *fresh = g_steal_pointer (&move->conn);

  im_host_debug (session->host, "oscar: moved to %s", move->address.host);
  drop_timer (session, &move->step_timer);
  drop_timer (session, &move->pause_timer);
  oscar_address_clear (&session->bos_address);
  session->bos_address = move->address;
  memset (&move->address, 0, sizeof move->address);
  session->bos = fresh;
  oscar_conn_set_user (fresh, &oscar_bos_handlers, session);
  oscar_conn_keep_alive (fresh,
                         OSCAR_SNAC (OSCAR_FG_OSERVICE,
                                     OSCAR_OSERVICE_USER_INFO_QUERY));
  oscar_conn_pause (fresh, TRUE);
  oscar_conn_continue (fresh, old);
  leave (session, old);
  /* The last thing to do: whoever hears that a message has left may end the
   * session. */
  oscar_conn_pause (fresh, FALSE);
}

/* The session goes on where it is, if that is still there; paused, if that
 * was not over yet. */
static void
give_up (OscarSession *session, const GError *error)
{
  gboolean stays = oscar_conn_is_open (session->bos);

  im_host_debug (session->host, "oscar: not moved: %s",
                 error != NULL ? error->message : "closed");
  forget_new (session);
  if (!stays)
    oscar_session_fail_link (session, error, &session->bos_address);
  else if (session->move->pause_timer == NULL)
    oscar_conn_pause (session->bos, FALSE);
}

static void
on_step_timer (gpointer user)
{
  OscarSession *session = user;
  g_autoptr (GError) error = g_error_new_literal (
      IM_PROBLEM, IM_PROBLEM_TIMED_OUT, "the other server does not answer");

  session->move->step_timer = NULL;
  give_up (session, error);
}

static guint32
send (OscarSession *session, guint16 subtype, ImWriter *body)
{
  return oscar_conn_send_snac (session->move->conn, OSCAR_FG_OSERVICE, subtype,
                               body, OSCAR_PRIORITY_USER);
}

static void
send_versions (OscarSession *session)
{
  OscarFoodgroupVersions versions;
  g_auto (ImWriter) body = { 0 };

  oscar_bos_fill_versions (&versions);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_versions (&body, &versions);
  send (session, OSCAR_OSERVICE_CLIENT_VERSIONS, &body);
}

static void
send_online (OscarSession *session)
{
  static const OscarFoodgroups classes = { 5, { 1, 2, 3, 4, 5 } };
  OscarFoodgroupVersions versions;
  g_auto (ImWriter) subscribed = { 0 };
  g_auto (ImWriter) online = { 0 };

  oscar_bos_fill_versions (&versions);
  im_writer_init (&subscribed, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_foodgroups (&subscribed, &classes);
  im_writer_init (&online, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_client_online (&online, &versions);
  send (session, OSCAR_OSERVICE_RATE_SUBSCRIBE, &subscribed);
  send (session, OSCAR_OSERVICE_CLIENT_ONLINE, &online);
}

static void
learn_rates (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarRates rates;

  if (oscar_rate_decode_reply (&body, &rates, NULL))
    oscar_conn_learn_rates (session->move->conn, &rates);
}

static void
handle_bring_up (OscarSession *session, const OscarSnac *snac)
{
  switch (snac->subtype)
    {
    case OSCAR_OSERVICE_HOST_ONLINE:
      send_versions (session);
      break;
    case OSCAR_OSERVICE_HOST_VERSIONS:
      send (session, OSCAR_OSERVICE_RATE_QUERY, NULL);
      break;
    case OSCAR_OSERVICE_RATE_REPLY:
      learn_rates (session, snac);
      send_online (session);
      take_over (session);
      break;
    default:
      break;
    }
}

static void
on_opened (gpointer user, OscarConn *conn)
{
}

static void
on_signon (gpointer user, OscarConn *conn)
{
  OscarSession *session = user;
  OscarMove *move = session->move;
  g_auto (ImWriter) body = { 0 };
  g_autoptr (GBytes) payload = NULL;
  OscarFlapSignon signon = {
    .version = 1,
    .cookie = move->cookie,
    .multi = oscar_session_multi (session),
  };

  if (move->cookie == NULL)
    return;
  oscar_session_client_id (session, &signon.client);
  im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
  oscar_flap_encode_signon (&body, &signon);
  payload = im_writer_finish (&body, NULL);
  if (payload != NULL)
    oscar_conn_send_flap (conn, OSCAR_FLAP_SIGNON, payload);
  g_clear_pointer (&move->cookie, g_bytes_unref);
}

static void
on_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
  if (snac->foodgroup == OSCAR_FG_OSERVICE)
    handle_bring_up (user, snac);
  else
    oscar_bos_handlers.snac (user, conn, snac);
}

static void
on_signoff (gpointer user, OscarConn *conn, ImReader *body)
{
  give_up (user, NULL);
}

static void
on_closed (gpointer user, OscarConn *conn, const GError *error)
{
  give_up (user, error);
}

static const OscarConnHandlers new_handlers = {
  .opened = on_opened,
  .signon = on_signon,
  .signoff = on_signoff,
  .snac = on_snac,
  .closed = on_closed,
};

/* --- The order ----------------------------------------------------------- */

/* Services have connections of their own, and are asked for anew. */
static gboolean
is_about_us (const OscarFoodgroups *groups)
{
  for (guint i = 0; i < groups->n; i++)
    if (groups->ids[i] == OSCAR_FG_OSERVICE ||
        groups->ids[i] == OSCAR_FG_ICBM)
      return TRUE;
  return groups->n == 0;
}

static void
go (OscarSession *session)
{
  OscarMove *move = session->move;
  const ImLinkTarget target = {
    .host = move->address.host,
    .port = move->address.port,
    .tls = move->address.tls,
    .verify_name = move->address.verify_name,
  };

  oscar_conn_pause (session->bos, TRUE);
  move->conn =
      oscar_conn_open (session->host, &target, &new_handlers, session);
  move->step_timer = session->host->ops->timer_add (
      session->host, IM_SERVICE_SECONDS * 1000, on_step_timer, session);
}

void
oscar_move_handle_migrate (OscarSession *session, const OscarSnac *snac)
{
  OscarMove *move = session->move;
  ImReader body = snac->body;
  g_auto (OscarMigration) order = { 0 };
  OscarPlace place = { 0 };
  ImFailure failure;

  if (move->conn != NULL ||
      !oscar_oservice_decode_migration (&body, &order, NULL) ||
      !is_about_us (&order.foodgroups) || order.to.cookie == NULL)
    return;
  place.host = order.to.host;
  place.tls_name = order.to.tls_name;
  place.tls_state = order.to.tls_state;
  if (!oscar_signon_locate (session, &place, &move->address, &failure))
    {
      im_host_debug (session->host, "oscar: not moving: %s",
                     failure.detail != NULL ? failure.detail : "?");
      oscar_address_clear (&move->address);
      return;
    }
  move->cookie = g_steal_pointer (&order.to.cookie);
  go (session);
}
