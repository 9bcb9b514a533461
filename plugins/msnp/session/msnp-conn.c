#include "msnp-conn.h"

#include <string.h>

#include "im-limits.h"

/* What the server is asked for when it has not said how often it wants to
 * hear from us. */
#define PING_SECONDS 45

/* What servers may ask for: less is a nuisance, more lets routers forget. */
#define MIN_PING_SECONDS 30
#define MAX_PING_SECONDS 300

/* After a PNG, something has to come within this. */
#define PING_GRACE_MS (20 * 1000)

/* Somebody who waits for the answer to a command. */
typedef struct
{
  MsnpAnswerFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Waiting;

struct _MsnpConn
{
  ImConn base;
  const MsnpConnHandlers *handlers;
  gpointer user;

  MsnpFramer framer;
  guint version;
  guint32 last_id;
  GHashTable *waiting; /* guint32 id => owned Waiting */

  ImTimer *ping_timer;
  gboolean keep_alive;
  gboolean pinged;    /* and nothing came since */
  guint ping_seconds;
};

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  if (waiting->destroy != NULL)
    waiting->destroy (waiting->data);
  g_free (waiting);
}

/* --- Sending ------------------------------------------------------------ */

void
msnp_conn_flush (MsnpConn *conn)
{
  im_conn_flush (&conn->base);
}

void
msnp_conn_cork (MsnpConn *conn)
{
  im_conn_cork (&conn->base);
}

void
msnp_conn_uncork (MsnpConn *conn)
{
  im_conn_uncork (&conn->base);
}

guint32
msnp_conn_next_id (MsnpConn *conn)
{
  /* 0 is the server's. */
  if (++conn->last_id == 0)
    conn->last_id = 1;
  return conn->last_id;
}

ImWriter *
msnp_conn_writer (MsnpConn *conn)
{
  return &conn->base.out;
}

void
msnp_conn_expect (MsnpConn *conn, guint32 id, MsnpAnswerFunc func,
                  gpointer data, GDestroyNotify destroy)
{
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){ func, data, destroy };
  g_hash_table_insert (conn->waiting, GUINT_TO_POINTER (id), waiting);
}

void
msnp_conn_expect_list_error (MsnpConn *conn, guint32 id)
{
  msnp_framer_expect_list_error (&conn->framer, id);
}

/* --- Receiving ---------------------------------------------------------- */

/* Tells everybody who waits that nothing will come. */
static void
abandon (MsnpConn *conn)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (conn->waiting);

  for (GList *l = ids; l != NULL && !conn->base.closed; l = l->next)
    {
      Waiting *waiting = g_hash_table_lookup (conn->waiting, l->data);

      if (waiting == NULL)
        continue;
      g_hash_table_steal (conn->waiting, l->data);
      waiting->func (conn->user, NULL, waiting->data);
      waiting_free (waiting);
    }
}

/* An answer belongs to who waits for it, for as long as they want more. */
static gboolean
answer (MsnpConn *conn, const MsnpCommand *command)
{
  gpointer id = GUINT_TO_POINTER ((guint) command->trid);
  Waiting *waiting;

  if (!command->has_trid || command->trid == 0 ||
      (waiting = g_hash_table_lookup (conn->waiting, id)) == NULL)
    return FALSE;
  g_hash_table_steal (conn->waiting, id);
  if (waiting->func (conn->user, command, waiting->data) &&
      !conn->base.closed && !conn->base.failed)
    g_hash_table_insert (conn->waiting, id, waiting);
  else
    waiting_free (waiting);
  return TRUE;
}

static void schedule_ping (MsnpConn *conn, guint ms);

/* "QNG seconds": when the next PNG is expected. */
static void
handle_pong (MsnpConn *conn, const MsnpCommand *command)
{
  guint64 seconds;

  if (im_word_number (msnp_command_param (command, 0), G_MAXUINT32, &seconds,
                      NULL))
    conn->ping_seconds =
        (guint) CLAMP (seconds, MIN_PING_SECONDS, MAX_PING_SECONDS);
  if (conn->keep_alive)
    schedule_ping (conn, conn->ping_seconds * 1000);
}

static void
handle_command (MsnpConn *conn, const MsnpCommand *command)
{
  if (msnp_command_is (command, "QNG"))
    handle_pong (conn, command);
  else if (!answer (conn, command))
    conn->handlers->command (conn->user, conn, command);
}

static gboolean
next_command (ImConn *base, GError **error)
{
  MsnpConn *conn = (MsnpConn *) base;
  MsnpCommand command;

  if (msnp_next (&conn->framer, &command, error) != MSNP_GOT)
    return FALSE;
  handle_command (conn, &command);
  return TRUE;
}

static gboolean
push (ImConn *base, const guint8 *data, gsize len, GError **error)
{
  MsnpConn *conn = (MsnpConn *) base;

  conn->pinged = FALSE;
  return msnp_push (&conn->framer, data, len, error);
}

static void
opened (ImConn *base)
{
  MsnpConn *conn = (MsnpConn *) base;

  conn->handlers->opened (conn->user, conn);
}

static void
closed (ImConn *base, const GError *error)
{
  MsnpConn *conn = (MsnpConn *) base;

  im_conn_drop_timer (&conn->base, &conn->ping_timer);
  abandon (conn);
  if (!conn->base.closed)
    conn->handlers->closed (conn->user, conn, error);
}

static void
conn_free (ImConn *base)
{
  MsnpConn *conn = (MsnpConn *) base;

  msnp_framer_clear (&conn->framer);
  g_hash_table_unref (conn->waiting);
  g_free (conn);
}

static const ImConnFuncs funcs = {
  .opened = opened,
  .push = push,
  .next = next_command,
  .closed = closed,
  .free = conn_free,
};

/* --- Life --------------------------------------------------------------- */

MsnpConn *
msnp_conn_open (ImHost *host, const ImLinkTarget *target,
                const MsnpConnHandlers *handlers, gpointer user)
{
  MsnpConn *conn = g_new0 (MsnpConn, 1);

  conn->handlers = handlers;
  conn->user = user;
  conn->ping_seconds = PING_SECONDS;
  msnp_framer_init (&conn->framer, MSNP_FROM_SERVER);
  conn->waiting = g_hash_table_new_full (NULL, NULL, NULL, waiting_free);
  im_conn_open (&conn->base, &funcs, host, target);
  return conn;
}

void
msnp_conn_set_user (MsnpConn *conn, const MsnpConnHandlers *handlers,
                    gpointer user)
{
  conn->handlers = handlers;
  conn->user = user;
}

void
msnp_conn_close (MsnpConn *conn)
{
  if (conn == NULL)
    return;
  im_conn_drop_timer (&conn->base, &conn->ping_timer);
  im_conn_ref (&conn->base);
  im_conn_close (&conn->base);
  g_hash_table_remove_all (conn->waiting);
  im_conn_unref (&conn->base);
}

gboolean
msnp_conn_is_open (const MsnpConn *conn)
{
  return conn->base.open;
}

void
msnp_conn_set_version (MsnpConn *conn, guint version)
{
  conn->version = version;
}

void
msnp_conn_hold (MsnpConn *conn, gboolean hold)
{
  im_conn_hold (&conn->base, hold);
}

/* --- Keep-alive --------------------------------------------------------- */

static void
on_ping_timer (gpointer user)
{
  MsnpConn *conn = user;

  conn->ping_timer = NULL;
  if (conn->pinged)
    {
      g_autoptr (GError) error = g_error_new_literal (
          IM_PROBLEM, IM_PROBLEM_LOST, "no sign of life");

      im_conn_ref (&conn->base);
      im_conn_fail (&conn->base, error);
      im_conn_unref (&conn->base);
      return;
    }
  conn->pinged = TRUE;
  msnp_encode (&conn->base.out, "PNG", 0, NULL);
  msnp_conn_flush (conn);
  schedule_ping (conn, PING_GRACE_MS);
}

static void
schedule_ping (MsnpConn *conn, guint ms)
{
  im_conn_drop_timer (&conn->base, &conn->ping_timer);
  conn->ping_timer =
      conn->base.host->ops->timer_add (conn->base.host, ms, on_ping_timer,
                                       conn);
}

void
msnp_conn_keep_alive (MsnpConn *conn)
{
  conn->keep_alive = TRUE;
  if (conn->ping_timer == NULL)
    schedule_ping (conn, conn->ping_seconds * 1000);
}
