#pragma once

/* One FLAP connection: frames and SNACs over a link, request ids, the
 * outgoing rate limit and its queue, and keep-alive.
 *
 * Everything sent while a handler runs, or between oscar_conn_cork() and
 * oscar_conn_uncork(), leaves in one write: a batch of SNACs is one flight. */

#include <glib.h>

#include "im-conn.h"
#include "im-writer.h"
#include "oscar-flap.h"
#include "oscar-oservice-rate.h"
#include "oscar-snac.h"

typedef struct _OscarConn OscarConn;

/**
 * OscarConnHandlers:
 * @opened: the link is up; frames sent before this waited for it
 * @signon: the server's SIGNON frame came
 * @signoff: a SIGNOFF frame came; @body is its payload, empty for the
 *   four-byte form
 * @snac: a SNAC came
 * @sent: (nullable): a SNAC that had to wait for the rate limit has left
 * @closed: the connection is over, by itself; free it with
 *   oscar_conn_close(). @error is %NULL after an end in order
 *
 * What the owner does when something happens. Any of them may call
 * oscar_conn_close().
 */
typedef struct
{
  void (*opened) (gpointer user, OscarConn *conn);
  void (*signon) (gpointer user, OscarConn *conn);
  void (*signoff) (gpointer user, OscarConn *conn, ImReader *body);
  void (*snac) (gpointer user, OscarConn *conn, const OscarSnac *snac);
  void (*sent) (gpointer user, OscarConn *conn, guint32 request);
  void (*closed) (gpointer user, OscarConn *conn, const GError *error);
} OscarConnHandlers;

/** Who waits for a SNAC, which decides who goes first. */
typedef enum
{
  OSCAR_PRIORITY_USER,       /* a person does */
  OSCAR_PRIORITY_BACKGROUND, /* nobody does */
} OscarPriority;

/**
 * oscar_conn_open:
 * @host: who does the I/O
 * @target: where to
 * @handlers: what to do with what comes
 * @user: handed to @handlers
 *
 * Returns: (transfer full): a connection being made
 */
OscarConn *oscar_conn_open (ImHost *host, const ImLinkTarget *target,
                            const OscarConnHandlers *handlers, gpointer user);

/**
 * oscar_conn_set_user:
 * @conn: a connection
 * @handlers: other handlers
 * @user: handed to them
 *
 * Hands the connection to somebody else, for one that was opened ahead.
 */
void oscar_conn_set_user (OscarConn *conn, const OscarConnHandlers *handlers,
                          gpointer user);

/**
 * oscar_conn_close:
 * @conn: (nullable) (transfer full): a connection
 *
 * Ends it after what was written has left, and forgets what waits. Nothing is
 * called afterwards. May be called from inside any of its handlers.
 */
void oscar_conn_close (OscarConn *conn);

/** Whether the link is up. */
gboolean oscar_conn_is_open (const OscarConn *conn);

/** Sends a frame that is not a SNAC. @body may be %NULL for an empty one. */
void oscar_conn_send_flap (OscarConn *conn, OscarFlapType type,
                           GBytes *body);

/**
 * oscar_conn_send_snac:
 * @conn: a connection
 * @group: food group
 * @subtype: subtype
 * @body: (nullable) (transfer full): what was written to it, emptied;
 *   %NULL for an empty body
 * @priority: who waits
 *
 * Sends, or queues until the rate limit allows it. SNACs of one class and
 * priority keep their order.
 *
 * Returns: the request id, never 0; 0 if @body did not fit a frame
 */
guint32 oscar_conn_send_snac (OscarConn *conn, guint16 group, guint16 subtype,
                              ImWriter *body, OscarPriority priority);

/**
 * oscar_conn_resend_snac:
 * @conn: a connection
 * @group: food group
 * @subtype: subtype
 * @body: (transfer full): what was written to it, emptied
 *
 * Sends again what the server dropped, before all else that waits, and not
 * until its rate class is clear.
 *
 * Returns: the request id, never 0; 0 if @body did not fit a frame
 */
guint32 oscar_conn_resend_snac (OscarConn *conn, guint16 group,
                                guint16 subtype, ImWriter *body);

/** Whether the server may be dropping such SNACs. */
gboolean oscar_conn_is_limited (const OscarConn *conn, guint16 group,
                                guint16 subtype);

/** Forgets the SNAC with id @request, if it still waits. */
void oscar_conn_unsend (OscarConn *conn, guint32 request);

/** Whether the SNAC with id @request still waits for the rate limit. */
gboolean oscar_conn_is_queued (const OscarConn *conn, guint32 request);

/** Returns: how many SNACs wait for the rate limit */
guint oscar_conn_n_queued (const OscarConn *conn);

/** Collects what is sent until the matching uncork. They nest. */
void oscar_conn_cork (OscarConn *conn);
void oscar_conn_uncork (OscarConn *conn);

/** Stops (or resumes) handling what the server sends, frames already read
 * included. Resuming continues from the main loop, not from inside. */
void oscar_conn_hold (OscarConn *conn, gboolean hold);

/** Keeps what is sent from now on, but for the answer to a pause, until it may
 * leave again. Then some of it has left, see #OscarConnHandlers.sent. */
void oscar_conn_pause (OscarConn *conn, gboolean pause);

/** Takes over what waits on @old, and goes on counting where that stopped.
 * What was taken over leaves with what is sent or resumed next. */
void oscar_conn_continue (OscarConn *conn, OscarConn *old);

/** Learns the server's rate classes, and what changed about them. */
void oscar_conn_learn_rates (OscarConn *conn, const OscarRates *rates);
void oscar_conn_change_rates (OscarConn *conn, const OscarRateChange *change);

/** Sends keep-alive frames from now on, and a @probe SNAC (group << 16 |
 * subtype, which the server answers) when it was silent for long. */
void oscar_conn_keep_alive (OscarConn *conn, guint32 probe);
