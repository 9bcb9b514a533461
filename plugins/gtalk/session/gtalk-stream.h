#pragma once

/* One stream of XMPP over a link: elements in and out, and its restarts. It
 * knows no stanza from another; gtalk-negotiate.c and gtalk-session.c do. */

#include <glib.h>

#include "im-host.h"
#include "xml-tree.h"

typedef struct _GtalkStream GtalkStream;

/**
 * GtalkStreamHandlers:
 * @opened: the link can be written to: TCP is there, or TLS on it
 * @begun: the server's header came; @header is the element alone
 * @element: a child of it came; valid during the call only
 * @ended: the stream is over: the server ended it, or the link broke (@error);
 *   free it with gtalk_stream_close()
 *
 * What the owner does when something happens. Any of them may call
 * gtalk_stream_close().
 */
typedef struct
{
  void (*opened) (gpointer user, GtalkStream *stream);
  void (*begun) (gpointer user, GtalkStream *stream, const XmlNode *header);
  void (*element) (gpointer user, GtalkStream *stream, const XmlNode *element);
  void (*ended) (gpointer user, GtalkStream *stream, const GError *error);
} GtalkStreamHandlers;

/** Connects to @target. Returns: (transfer full) */
GtalkStream *gtalk_stream_open (ImHost *host, const ImLinkTarget *target,
                                const GtalkStreamHandlers *handlers,
                                gpointer user);
/** (nullable) (transfer full): ends the stream in order, after what was
 * written has left. Nothing is called afterwards. */
void gtalk_stream_close (GtalkStream *stream);
/** Writes our header: to @domain, from @from (nullable). What was pushed
 * before belongs to the old document. */
void gtalk_stream_begin (GtalkStream *stream, const char *domain,
                         const char *from);
/** Sends well-formed XML. */
void gtalk_stream_send (GtalkStream *stream, const char *xml, gssize len);
/** Collects what is sent until the matching uncork. They nest. */
void gtalk_stream_cork (GtalkStream *stream);
void gtalk_stream_uncork (GtalkStream *stream);
/** Turns the link into a TLS one for @name; opened is called again. Whatever
 * came in plain and was not handled is dropped. */
void gtalk_stream_start_tls (GtalkStream *stream, const char *name);
gboolean gtalk_stream_is_encrypted (const GtalkStream *stream);
/** As ImHostOps.link_binding. */
GBytes *gtalk_stream_binding (GtalkStream *stream, ImBinding binding);
/** Bytes sent since the stream was opened, for keep-alive. */
gint64 gtalk_stream_last_sent_ms (const GtalkStream *stream);
