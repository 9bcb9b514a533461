#pragma once

/* A link that carries frames, as the base of a protocol's own connection:
 * collects what leaves in one write, takes frames out of what came, can be
 * held, and tells once that it is over.
 *
 * A protocol embeds an ImConn as its first member. What is written goes into
 * @out and leaves with im_conn_flush(); between im_conn_cork() and
 * im_conn_uncork(), and while frames are handled, nothing does, so that one
 * turn is one write. */

#include "im-host.h"
#include "im-writer.h"

typedef struct _ImConn ImConn;

/**
 * ImConnFuncs:
 * @opened: the link is up
 * @push: hands bytes to the framer; %FALSE with an error if that is no such
 *   stream
 * @next: takes one frame out and handles it; %FALSE if none is complete, with
 *   an error if there will be none
 * @ending: (nullable): the peer ended the link; frames may be missing
 * @closed: the link is gone, not by im_conn_close(); @error is %NULL if in
 *   order. Called once at most
 * @free: frees what the protocol added, and the memory
 *
 * What a protocol does with its connection. All but @free may close it.
 */
typedef struct
{
  void (*opened) (ImConn *conn);
  gboolean (*push) (ImConn *conn, const guint8 *data, gsize len,
                    GError **error);
  gboolean (*next) (ImConn *conn, GError **error);
  void (*ending) (ImConn *conn);
  void (*closed) (ImConn *conn, const GError *error);
  void (*free) (ImConn *conn);
} ImConnFuncs;

/** Read it; write only to @out. */
struct _ImConn
{
  const ImConnFuncs *funcs;
  ImHost *host;
  ImLink *link;    /* (nullable): owned until closed */
  ImWriter out;    /* not handed to the link yet */
  gboolean open;   /* can be written to */
  gboolean closed; /* by its owner: nothing is called any more */
  gboolean failed; /* @closed was called */

  /*< private >*/
  grefcount refs;
  gboolean held;
  guint corked;
  ImTimer *resume_timer;
};

/**
 * im_conn_open:
 * @conn: zeroed memory
 * @funcs: what to do with it; not copied
 * @host: whose link it is
 * @target: where to
 *
 * Begins to open the link. @conn is the caller's until im_conn_close().
 */
IM_API void im_conn_open (ImConn *conn, const ImConnFuncs *funcs,
                          ImHost *host, const ImLinkTarget *target);

/** Writes what waits and ends the link, without a word. Frees @conn, unless it
 * is inside one of its functions: then afterwards. */
IM_API void im_conn_close (ImConn *conn);

/** For who calls out and goes on: keeps @conn alive meanwhile. */
IM_API void im_conn_ref (ImConn *conn);
IM_API void im_conn_unref (ImConn *conn);

/** Hands @out to the link, unless it is corked or not open. */
IM_API void im_conn_flush (ImConn *conn);
IM_API void im_conn_cork (ImConn *conn);
IM_API void im_conn_uncork (ImConn *conn);

/** Stops taking out frames and reading, or goes on with both from the main
 * loop. */
IM_API void im_conn_hold (ImConn *conn, gboolean hold);

/** Ends the link and tells, with @error (nullable). */
IM_API void im_conn_fail (ImConn *conn, const GError *error);
/** The same for what is no protocol of ours, in the %IM_PROBLEM domain. */
IM_API void im_conn_fail_protocol (ImConn *conn, const char *detail);

/** Forgets a timer of the conn's host. */
IM_API void im_conn_drop_timer (ImConn *conn, ImTimer **timer);
