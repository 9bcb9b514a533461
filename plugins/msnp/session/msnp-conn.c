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

/* Commands collected for one write: far above any batch of ours. */
#define MAX_UNSENT (16 * 1024 * 1024)

/* Somebody who waits for the answer to a command. */
typedef struct
{
  MsnpAnswerFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Waiting;

struct _MsnpConn
{
  grefcount refs;
  ImHost *host;
  ImLink *link;    /* owned until closed */
  gboolean open;
  gboolean closed; /* by its owner: nothing is called any more */
  gboolean held;
  gboolean failed; /* the handler was told that it is over */
  const MsnpConnHandlers *handlers;
  gpointer user;

  MsnpFramer framer;
  guint version;
  guint32 last_id;
  guint corked;
  ImWriter out;       /* commands not handed to the link yet */
  GHashTable *waiting; /* guint32 id => owned Waiting */

  ImTimer *resume_timer;
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

static void
drop_timer (MsnpConn *conn, ImTimer **timer)
{
  conn->host->ops->timer_cancel (conn->host, g_steal_pointer (timer));
}

static MsnpConn *
conn_ref (MsnpConn *conn)
{
  g_ref_count_inc (&conn->refs);
  return conn;
}

static void
conn_unref (MsnpConn *conn)
{
  if (!g_ref_count_dec (&conn->refs))
    return;
  msnp_framer_clear (&conn->framer);
  im_writer_clear (&conn->out);
  g_hash_table_unref (conn->waiting);
  g_free (conn);
}

/* --- Sending ------------------------------------------------------------ */

void
msnp_conn_flush (MsnpConn *conn)
{
  GByteArray *out = conn->out.bytes;

  if (conn->corked > 0 || !conn->open || conn->closed || out->len == 0)
    return;
  conn->host->ops->link_write (conn->host, conn->link, out->data, out->len);
  /* Tickets pass through here. */
  explicit_bzero (out->data, out->len);
  g_byte_array_set_size (out, 0);
}

void
msnp_conn_cork (MsnpConn *conn)
{
  conn->corked++;
}

void
msnp_conn_uncork (MsnpConn *conn)
{
  /* Closing inside forgets about the rest. */
  if (conn->corked > 0)
    conn->corked--;
  msnp_conn_flush (conn);
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
  return &conn->out;
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

  for (GList *l = ids; l != NULL && !conn->closed; l = l->next)
    {
      Waiting *waiting = g_hash_table_lookup (conn->waiting, l->data);

      if (waiting == NULL)
        continue;
      g_hash_table_steal (conn->waiting, l->data);
      waiting->func (conn->user, NULL, waiting->data);
      waiting_free (waiting);
    }
}

static void
fail (MsnpConn *conn, const GError *error)
{
  if (conn->failed || conn->closed)
    return;
  conn->failed = TRUE;
  conn->open = FALSE;
  drop_timer (conn, &conn->ping_timer);
  if (conn->link != NULL)
    conn->host->ops->link_close (conn->host, g_steal_pointer (&conn->link));
  abandon (conn);
  if (!conn->closed)
    conn->handlers->closed (conn->user, conn, error);
}

static void
fail_protocol (MsnpConn *conn, const GError *cause)
{
  g_autoptr (GError) error = g_error_new_literal (
      IM_PROBLEM, IM_PROBLEM_PROTOCOL, cause->message);

  fail (conn, error);
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
  if (waiting->func (conn->user, command, waiting->data) && !conn->closed &&
      !conn->failed)
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

static void
handle_commands (MsnpConn *conn)
{
  MsnpCommand command;
  g_autoptr (GError) error = NULL;

  conn_ref (conn);
  conn->corked++;
  while (!conn->closed && !conn->failed && !conn->held &&
         msnp_next (&conn->framer, &command, &error) == MSNP_GOT)
    handle_command (conn, &command);
  msnp_conn_uncork (conn);
  if (error != NULL)
    fail_protocol (conn, error);
  conn_unref (conn);
}

static void
on_bytes (gpointer user, ImLink *link, const guint8 *data, gsize len)
{
  MsnpConn *conn = user;
  g_autoptr (GError) error = NULL;

  conn->pinged = FALSE;
  if (msnp_push (&conn->framer, data, len, &error))
    handle_commands (conn);
  else
    fail_protocol (conn, error);
}

static void
on_opened (gpointer user, ImLink *link)
{
  MsnpConn *conn = user;

  conn_ref (conn);
  conn->open = TRUE;
  conn->corked++;
  conn->handlers->opened (conn->user, conn);
  msnp_conn_uncork (conn);
  conn_unref (conn);
}

static void
on_closed (gpointer user, ImLink *link, const GError *error)
{
  MsnpConn *conn = user;

  conn_ref (conn);
  conn->link = NULL;
  fail (conn, error);
  conn_unref (conn);
}

static const ImLinkHandlers link_handlers = {
  .opened = on_opened,
  .bytes = on_bytes,
  .closed = on_closed,
};

/* --- Life --------------------------------------------------------------- */

MsnpConn *
msnp_conn_open (ImHost *host, const ImLinkTarget *target,
                const MsnpConnHandlers *handlers, gpointer user)
{
  MsnpConn *conn = g_new0 (MsnpConn, 1);

  g_ref_count_init (&conn->refs);
  conn->host = host;
  conn->handlers = handlers;
  conn->user = user;
  conn->ping_seconds = PING_SECONDS;
  msnp_framer_init (&conn->framer, MSNP_FROM_SERVER);
  im_writer_init (&conn->out, MAX_UNSENT);
  conn->waiting = g_hash_table_new_full (NULL, NULL, NULL, waiting_free);
  conn->link = host->ops->link_open (host, target, &link_handlers, conn);
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
  conn->corked = 0;
  msnp_conn_flush (conn);
  conn->closed = TRUE;
  drop_timer (conn, &conn->resume_timer);
  drop_timer (conn, &conn->ping_timer);
  if (conn->link != NULL)
    conn->host->ops->link_close (conn->host, g_steal_pointer (&conn->link));
  g_hash_table_remove_all (conn->waiting);
  conn_unref (conn);
}

gboolean
msnp_conn_is_open (const MsnpConn *conn)
{
  return conn->open;
}

void
msnp_conn_set_version (MsnpConn *conn, guint version)
{
  conn->version = version;
}

static void
on_resume (gpointer user)
{
  MsnpConn *conn = user;

  conn->resume_timer = NULL;
  conn_ref (conn);
  handle_commands (conn);
  if (!conn->closed && !conn->held && conn->link != NULL)
    conn->host->ops->link_hold (conn->host, conn->link, FALSE);
  conn_unref (conn);
}

void
msnp_conn_hold (MsnpConn *conn, gboolean hold)
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

      conn_ref (conn);
      fail (conn, error);
      conn_unref (conn);
      return;
    }
  conn->pinged = TRUE;
  msnp_encode (&conn->out, "PNG", 0, NULL);
  msnp_conn_flush (conn);
  schedule_ping (conn, PING_GRACE_MS);
}

static void
schedule_ping (MsnpConn *conn, guint ms)
{
  drop_timer (conn, &conn->ping_timer);
  conn->ping_timer =
      conn->host->ops->timer_add (conn->host, ms, on_ping_timer, conn);
}

void
msnp_conn_keep_alive (MsnpConn *conn)
{
  conn->keep_alive = TRUE;
  if (conn->ping_timer == NULL)
    schedule_ping (conn, conn->ping_seconds * 1000);
}
