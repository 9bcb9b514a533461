#include "gtalk-stream.h"

#include "im-limits.h"
#include "xml-stream.h"
#include "xmpp-writer.h"

#define NS_STREAMS "http://etherx.jabber.org/streams"

/**
 * GtalkStream:
 * @refs: the owner's, and one while a handler runs
 * @link: (nullable): %NULL once it ended
 * @xml: what the server says
 * @out: what waits for the link, or for the cork
 * @corks: how many hold it back
 * @open: the link can be written to
 * @begun: our header was sent in this document
 * @encrypted: TLS is spoken
 * @turning_tls: it is being agreed upon
 * @closed: the owner wants no more
 */
struct _GtalkStream
{
  guint refs;
  ImHost *host;
  ImLink *link;
  GtalkStreamHandlers handlers;
  gpointer user;
  XmlStream *xml;
  GString *out;
  guint corks;
  gboolean open;
  gboolean begun;
  gboolean encrypted;
  gboolean turning_tls;
  gboolean closed;
  gint64 last_sent_ms;
};

static const XmlStreamForm form = { .max_tree = IM_MAX_STANZA };

static void
stream_unref (GtalkStream *stream)
{
  if (--stream->refs > 0)
    return;
  xml_stream_free (stream->xml);
  g_string_free (stream->out, TRUE);
  g_free (stream);
}

static GtalkStream *
stream_ref (GtalkStream *stream)
{
  stream->refs++;
  return stream;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GtalkStream, stream_unref)

/* --- out ----------------------------------------------------------------- */

static void
flush (GtalkStream *stream)
{
  if (stream->corks > 0 || !stream->open || stream->link == NULL ||
      stream->out->len == 0)
    return;
  stream->host->ops->link_write (stream->host, stream->link, stream->out->str,
                                 stream->out->len);
  stream->last_sent_ms = stream->host->ops->monotonic_ms (stream->host);
  g_string_truncate (stream->out, 0);
}

void
gtalk_stream_cork (GtalkStream *stream)
{
  stream->corks++;
}

void
gtalk_stream_uncork (GtalkStream *stream)
{
  g_return_if_fail (stream->corks > 0);

  stream->corks--;
  flush (stream);
}

void
gtalk_stream_send (GtalkStream *stream, const char *xml, gssize len)
{
  g_string_append_len (stream->out, xml, len);
  flush (stream);
}

void
gtalk_stream_begin (GtalkStream *stream, const char *domain, const char *from)
{
  g_auto (XmppWriter) w = { 0 };

  xml_stream_restart (stream->xml);
  stream->begun = TRUE;
  xmpp_open (&w, "stream:stream", "jabber:client");
  xmpp_attr (&w, "xmlns:stream", NS_STREAMS);
  xmpp_attr (&w, "to", domain);
  xmpp_attr (&w, "from", from);
  xmpp_attr (&w, "version", "1.0");
  xmpp_raw (&w, "");
  gtalk_stream_send (stream, "<?xml version='1.0'?>", -1);
  gtalk_stream_send (stream, xmpp_writer_text (&w),
                     (gssize) xmpp_writer_length (&w));
}

/* --- in ------------------------------------------------------------------ */

static void
end (GtalkStream *stream, const GError *error)
{
  if (stream->link != NULL)
    stream->host->ops->link_close (stream->host, stream->link);
  stream->link = NULL;
  stream->open = FALSE;
  if (!stream->closed)
    stream->handlers.ended (stream->user, stream, error);
}

/* Returns: whether there may be more */
static gboolean
handle_next (GtalkStream *stream)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) problem = NULL;
  const XmlNode *node;

  switch (xml_stream_next (stream->xml, &node, &error))
    {
    case XML_STREAM_OPENED:
      stream->handlers.begun (stream->user, stream, node);
      return TRUE;
    case XML_STREAM_TREE:
      stream->handlers.element (stream->user, stream, node);
      return TRUE;
    case XML_STREAM_CLOSED:
      end (stream, NULL);
      return FALSE;
    case XML_STREAM_FAILED:
      problem = g_error_new_literal (IM_PROBLEM, IM_PROBLEM_PROTOCOL,
                                     error->message);
      end (stream, problem);
      return FALSE;
    case XML_STREAM_END:
    case XML_STREAM_NEED_MORE:
      break;
    }
  return FALSE;
}

static void
on_bytes (gpointer user, ImLink *link, const guint8 *data, gsize len)
{
  g_autoptr (GtalkStream) stream = stream_ref (user);

  /* What comes in plain once TLS is agreed upon was not said by whom we are
   * about to trust. */
  if (stream->turning_tls)
    return;
  xml_stream_push (stream->xml, data, len);
  gtalk_stream_cork (stream);
  while (!stream->closed && stream->link != NULL && !stream->turning_tls &&
         handle_next (stream))
    ;
  gtalk_stream_uncork (stream);
}

static void
on_opened (gpointer user, ImLink *link)
{
  g_autoptr (GtalkStream) stream = stream_ref (user);

  stream->open = TRUE;
  stream->encrypted |= stream->turning_tls;
  stream->turning_tls = FALSE;
  gtalk_stream_cork (stream);
  stream->handlers.opened (stream->user, stream);
  gtalk_stream_uncork (stream);
}

static void
on_closed (gpointer user, ImLink *link, const GError *error)
{
  g_autoptr (GtalkStream) stream = stream_ref (user);
  g_autoptr (GError) lost = NULL;

  stream->link = NULL;
  /* A stream that just stops did not end in order. */
  if (error == NULL)
    error = lost = g_error_new_literal (IM_PROBLEM, IM_PROBLEM_LOST,
                                        "the server closed the connection");
  end (stream, error);
}

static const ImLinkHandlers link_handlers = { on_opened, on_bytes, on_closed };

/* --- life ---------------------------------------------------------------- */

GtalkStream *
gtalk_stream_open (ImHost *host, const ImLinkTarget *target,
                   const GtalkStreamHandlers *handlers, gpointer user)
{
  GtalkStream *stream = g_new0 (GtalkStream, 1);

  stream->refs = 1;
  stream->host = host;
  stream->handlers = *handlers;
  stream->user = user;
  stream->xml = xml_stream_new (&form);
  stream->out = g_string_new (NULL);
  stream->encrypted = target->tls;
  stream->link = host->ops->link_open (host, target, &link_handlers, stream);
  return stream;
}

void
gtalk_stream_close (GtalkStream *stream)
{
  if (stream == NULL)
    return;
  stream->closed = TRUE;
  if (stream->begun && stream->open)
    g_string_append (stream->out, "</stream:stream>");
  stream->corks = 0;
  flush (stream);
  if (stream->link != NULL)
    stream->host->ops->link_close (stream->host, stream->link);
  stream->link = NULL;
  /* Whoever corked may still uncork. */
  stream->corks = G_MAXUINT / 2;
  stream_unref (stream);
}

void
gtalk_stream_start_tls (GtalkStream *stream, const char *name)
{
  flush (stream);
  stream->turning_tls = TRUE;
  stream->begun = FALSE;
  stream->open = FALSE;
  stream->host->ops->link_start_tls (stream->host, stream->link, name);
}

gboolean
gtalk_stream_is_encrypted (const GtalkStream *stream)
{
  return stream->encrypted;
}

GBytes *
gtalk_stream_binding (GtalkStream *stream, ImBinding binding)
{
  const ImHostOps *ops = stream->host->ops;

  if (ops->link_binding == NULL || stream->link == NULL)
    return NULL;
  return ops->link_binding (stream->host, stream->link, binding);
}

gint64
gtalk_stream_last_sent_ms (const GtalkStream *stream)
{
  return stream->last_sent_ms;
}
