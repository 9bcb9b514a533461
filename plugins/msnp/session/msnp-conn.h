#pragma once

/* One link of MSNP: commands over a link, transaction ids and who waits for
 * their answers, keep-alive.
 *
 * Everything sent while a handler runs, or between msnp_conn_cork() and
 * msnp_conn_uncork(), leaves in one write: a batch of commands is one
 * flight. */

#include <glib.h>

#include "im-conn.h"
#include "im-writer.h"
#include "msnp-frame.h"

typedef struct _MsnpConn MsnpConn;

/**
 * MsnpConnHandlers:
 * @opened: the link is up; commands sent before this waited for it
 * @command: a command came that answers nobody's; valid during the call only
 * @closed: the link is over, by itself; free it with msnp_conn_close().
 *   @error is %NULL after an end in order
 *
 * What the owner does when something happens. Any of them may call
 * msnp_conn_close().
 */
typedef struct
{
  void (*opened) (gpointer user, MsnpConn *conn);
  void (*command) (gpointer user, MsnpConn *conn, const MsnpCommand *command);
  void (*closed) (gpointer user, MsnpConn *conn, const GError *error);
} MsnpConnHandlers;

/**
 * MsnpAnswerFunc:
 * @user: the handlers' user
 * @command: what came with the transaction id: the answer, or with a number
 *   for its verb an error. %NULL if the link ended first
 * @data: as handed to msnp_conn_expect()
 *
 * Returns: %TRUE to be called for further commands with the same id
 */
typedef gboolean (*MsnpAnswerFunc) (gpointer user, const MsnpCommand *command,
                                    gpointer data);

/**
 * msnp_conn_open:
 * @host: who opens the link and keeps time
 * @target: where to
 * @handlers: what to do with what comes
 * @user: handed to @handlers
 *
 * Returns: (transfer full): a connection being made
 */
MsnpConn *msnp_conn_open (ImHost *host, const ImLinkTarget *target,
                          const MsnpConnHandlers *handlers, gpointer user);

/** Hands the connection to somebody else. */
void msnp_conn_set_user (MsnpConn *conn, const MsnpConnHandlers *handlers,
                         gpointer user);

/** (nullable) (transfer full): ends it after what was written has left.
 * Nothing is called afterwards, except the destroy functions of those who
 * still wait. May be called from inside any of its handlers. */
void msnp_conn_close (MsnpConn *conn);

/** The version commands are framed and read in, once it is known. */
void msnp_conn_set_version (MsnpConn *conn, guint version);

/** Returns: a fresh transaction id, to be written into the next command */
guint32 msnp_conn_next_id (MsnpConn *conn);

/**
 * msnp_conn_writer:
 * @conn: a connection
 *
 * Returns: (transfer none): where to write whole commands, with msnp_encode()
 *   and the like. They leave at the end of the handler, or of the cork, or
 *   with msnp_conn_flush()
 */
ImWriter *msnp_conn_writer (MsnpConn *conn);

/** Sends what was written, unless corked. */
void msnp_conn_flush (MsnpConn *conn);

/** Waits for the answer to @id. @destroy (nullable) frees @data when nobody
 * waits any more. */
void msnp_conn_expect (MsnpConn *conn, guint32 id, MsnpAnswerFunc func,
                       gpointer data, GDestroyNotify destroy);

/** The answer to @id may be an error with a payload: it is of an ADL, RML or
 * FQY. */
void msnp_conn_expect_list_error (MsnpConn *conn, guint32 id);

/** Whether the link is up. */
gboolean msnp_conn_is_open (const MsnpConn *conn);

/** Collects what is sent until the matching uncork. They nest. */
void msnp_conn_cork (MsnpConn *conn);
void msnp_conn_uncork (MsnpConn *conn);

/** Stops (or resumes) handling what the server sends. Resuming continues from
 * the main loop, not from inside. */
void msnp_conn_hold (MsnpConn *conn, gboolean hold);

/** Sends PNG from now on, as often as the server's QNG asks, and ends the
 * link when it is not answered. */
void msnp_conn_keep_alive (MsnpConn *conn);
