#include "im-conn.h"

#include <string.h>

/* What is collected for one write: far above any batch of ours. */
#define MAX_UNSENT (16 * 1024 * 1024)

void
im_conn_drop_timer (ImConn *conn, ImTimer **timer)
{
  conn->host->ops->timer_cancel (conn->host, g_steal_pointer (timer));
}

void
im_conn_ref (ImConn *conn)
{
  g_ref_count_inc (&conn->refs);
}

void
im_conn_unref (ImConn *conn)
{
  if (!g_ref_count_dec (&conn->refs))
    return;
  im_writer_clear (&conn->out);
  conn->funcs->free (conn);
}

/* --- Sending ------------------------------------------------------------ */

void
im_conn_flush (ImConn *conn)
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
im_conn_cork (ImConn *conn)
{
  conn->corked++;
}

void
im_conn_uncork (ImConn *conn)
{
  /* Closing inside forgets about the rest. */
  if (conn->corked > 0)
    conn->corked--;
  im_conn_flush (conn);
}

/* --- Receiving ---------------------------------------------------------- */

void
im_conn_fail (ImConn *conn, const GError *error)
{
  if (conn->failed || conn->closed)
    return;
  conn->failed = TRUE;
  conn->open = FALSE;
  if (conn->link != NULL)
    conn->host->ops->link_close (conn->host, g_steal_pointer (&conn->link));
  conn->funcs->closed (conn, error);
}

void
im_conn_fail_protocol (ImConn *conn, const char *detail)
{
  g_autoptr (GError) error =
      g_error_new_literal (IM_PROBLEM, IM_PROBLEM_PROTOCOL, detail);

  im_conn_fail (conn, error);
}

static void
handle_frames (ImConn *conn)
{
  g_autoptr (GError) error = NULL;

  im_conn_ref (conn);
  im_conn_cork (conn);
  while (!conn->closed && !conn->failed && !conn->held &&
         conn->funcs->next (conn, &error))
    ;
  im_conn_uncork (conn);
  if (error != NULL)
    im_conn_fail_protocol (conn, error->message);
  im_conn_unref (conn);
}

static void
on_bytes (gpointer user, ImLink *link, const guint8 *data, gsize len)
{
  ImConn *conn = user;
  g_autoptr (GError) error = NULL;

  if (conn->funcs->push (conn, data, len, &error))
    handle_frames (conn);
  else
    im_conn_fail_protocol (conn, error->message);
}

static void
on_opened (gpointer user, ImLink *link)
{
  ImConn *conn = user;

  im_conn_ref (conn);
  conn->open = TRUE;
  im_conn_cork (conn);
  conn->funcs->opened (conn);
  im_conn_uncork (conn);
  im_conn_unref (conn);
}

static void
on_closed (gpointer user, ImLink *link, const GError *error)
{
  ImConn *conn = user;

  im_conn_ref (conn);
  conn->link = NULL;
  conn->open = FALSE;
  if (conn->funcs->ending != NULL)
    conn->funcs->ending (conn);
  im_conn_fail (conn, error);
  im_conn_unref (conn);
}

static const ImLinkHandlers link_handlers = {
  .opened = on_opened,
  .bytes = on_bytes,
  .closed = on_closed,
};

/* --- Holding ------------------------------------------------------------ */

static void
on_resume (gpointer user)
{
  ImConn *conn = user;

  conn->resume_timer = NULL;
  im_conn_ref (conn);
  handle_frames (conn);
  if (!conn->closed && !conn->held && conn->link != NULL)
    conn->host->ops->link_hold (conn->host, conn->link, FALSE);
  im_conn_unref (conn);
}

void
im_conn_hold (ImConn *conn, gboolean hold)
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

/* --- Life --------------------------------------------------------------- */

void
im_conn_open (ImConn *conn, const ImConnFuncs *funcs, ImHost *host,
              const ImLinkTarget *target)
{
  g_ref_count_init (&conn->refs);
  conn->funcs = funcs;
  conn->host = host;
  im_writer_init (&conn->out, MAX_UNSENT);
  conn->link = host->ops->link_open (host, target, &link_handlers, conn);
}

void
im_conn_close (ImConn *conn)
{
  conn->corked = 0;
  im_conn_flush (conn);
  conn->closed = TRUE;
  im_conn_drop_timer (conn, &conn->resume_timer);
  if (conn->link != NULL)
    conn->host->ops->link_close (conn->host, g_steal_pointer (&conn->link));
  im_conn_unref (conn);
}
