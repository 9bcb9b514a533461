#include "xml-stream.h"

#include <string.h>

#include "im-limits.h"
#include "xml-build.h"

/* Something that was read and not yet taken. */
typedef struct
{
  XmlStreamResult kind;
  XmlTree *tree; /* NULL with XML_STREAM_CLOSED */
} Event;

struct _XmlStream
{
  const XmlStreamForm *form;
  xmlParserCtxtPtr parser;
  GArray *events;
  guint taken;      /* how many of them */
  XmlTree *current; /* the one handed out */
  XmlTree *tree;    /* what is being built */
  XmlNode *at;
  GRefString *lang; /* of the outermost element */
  guint depth;
  gsize n_bytes;
  gsize unread; /* bytes since something was understood */
  guint marked; /* bytes of a byte order mark that came */
  gboolean over;
  GError *error;
};

static void
clear_event (gpointer data)
{
  Event *event = data;

  g_clear_pointer (&event->tree, xml_tree_free);
}

static void
fail (XmlStream *stream, ImWireError code, const char *why)
{
  if (stream->error == NULL)
    g_set_error (&stream->error, IM_WIRE_ERROR, code, "XML: %s", why);
  xmlStopParser (stream->parser);
}

static gboolean
is_named (const char *const *names, const xmlChar *name)
{
  return names != NULL && g_strv_contains (names, (const char *)name);
}

static void
add_event (XmlStream *stream, XmlStreamResult kind, XmlTree *tree)
{
  Event event = { kind, tree };

  g_array_append_val (stream->events, event);
}

/* One element, without what is in it. */
static void
tell (XmlStream *stream, XmlStreamResult kind, const XmlStart *start)
{
  XmlTree *tree = xml_build_tree ();
  XmlNode *node = xml_build_add (tree, NULL, start, stream->lang);

  if (kind == XML_STREAM_OPENED && node->lang != NULL)
    stream->lang = g_ref_string_new (node->lang);
  add_event (stream, kind, tree);
}

static gboolean
is_too_large (XmlStream *stream)
{
  if (stream->tree->used <= stream->form->max_tree)
    return FALSE;
  fail (stream, IM_WIRE_ERROR_TOO_LARGE, "an element is too large");
  return TRUE;
}

static gboolean
is_tree (const XmlStream *stream, const xmlChar *name)
{
  return stream->form->trees != NULL ? is_named (stream->form->trees, name)
                                     : stream->depth == 1;
}

/* Whether something may come of what libxml2 says, which reads on after a
 * prefix that nobody declared. */
static gboolean
is_sound (XmlStream *stream)
{
  stream->unread = 0;
  if (stream->error == NULL && !stream->parser->nsWellFormed)
    fail (stream, IM_WIRE_ERROR_MALFORMED, "a name has no namespace");
  return stream->error == NULL;
}

static void
on_start (void *user, const xmlChar *name, const xmlChar *prefix,
          const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
          int n_attributes, int n_defaulted, const xmlChar **attributes)
{
  XmlStart start = { name, uri, attributes, n_attributes };
  XmlStream *stream = user;

  if (!is_sound (stream))
    return;
  if (stream->depth == IM_MAX_XML_DEPTH)
    return fail (stream, IM_WIRE_ERROR_TOO_LARGE, "nested too deeply");
  if (n_attributes + n_namespaces > IM_MAX_XML_ATTRIBUTES)
    return fail (stream, IM_WIRE_ERROR_TOO_LARGE, "too many attributes");

  if (stream->depth == 0)
    tell (stream, XML_STREAM_OPENED, &start);
  else if (stream->tree == NULL && is_tree (stream, name))
    stream->tree = xml_build_tree ();
  stream->depth++;
  if (stream->tree == NULL)
    return;
  stream->at = xml_build_add (stream->tree, stream->at, &start, stream->lang);
  is_too_large (stream);
}

static void
on_end (void *user, const xmlChar *name, const xmlChar *prefix,
        const xmlChar *uri)
{
  XmlStart start = { name, uri, NULL, 0 };
  XmlStream *stream = user;

  if (!is_sound (stream) || stream->depth == 0)
    return;
  stream->depth--;
  if (stream->tree != NULL)
    {
      stream->at = stream->at->parent;
      if (stream->at == NULL)
        add_event (stream, XML_STREAM_TREE, g_steal_pointer (&stream->tree));
      return;
    }
  if (is_named (stream->form->ends, name))
    tell (stream, XML_STREAM_END, &start);
  if (stream->depth == 0)
    {
      stream->over = TRUE;
      add_event (stream, XML_STREAM_CLOSED, NULL);
    }
}

static void
on_text (void *user, const xmlChar *text, int len)
{
  XmlStream *stream = user;

  if (!is_sound (stream) || stream->at == NULL)
    return;
  xml_build_text (stream->tree, stream->at, (const char *)text, (gsize)len);
  is_too_large (stream);
}

static void
on_doctype (void *user, const xmlChar *name, const xmlChar *external,
            const xmlChar *system)
{
  fail (user, IM_WIRE_ERROR_UNSUPPORTED, "it has a document type");
}

static void
start_parser (XmlStream *stream)
{
  xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .cdataBlock = on_text,
    .internalSubset = on_doctype,
    .getEntity = xml_build_on_entity,
    .serror = xml_build_on_problem,
  };

  stream->parser = xml_build_parser (&handler, stream);
}

static void
forget (XmlStream *stream)
{
  xml_build_free_parser (stream->parser);
  g_array_set_size (stream->events, 0);
  g_clear_pointer (&stream->current, xml_tree_free);
  g_clear_pointer (&stream->tree, xml_tree_free);
  g_clear_pointer (&stream->lang, g_ref_string_release);
  g_clear_error (&stream->error);
}

XmlStream *
xml_stream_new (const XmlStreamForm *form)
{
  XmlStream *stream = g_new0 (XmlStream, 1);

  stream->form = form;
  stream->events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_array_set_clear_func (stream->events, clear_event);
  start_parser (stream);
  return stream;
}

void
xml_stream_free (XmlStream *stream)
{
  forget (stream);
  g_array_unref (stream->events);
  g_free (stream);
}

void
xml_stream_restart (XmlStream *stream)
{
  GArray *events = stream->events;

  forget (stream);
  *stream = (XmlStream){ .form = stream->form, .events = events };
  start_parser (stream);
}

/* libxml2 would wait for more of whatever it is. */
static void
read_rest (XmlStream *stream, const char *data, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isspace (data[i]))
      return fail (stream, IM_WIRE_ERROR_MALFORMED, "it goes on after its end");
}

/* libxml2 stops at the first thing that is wrong. */
static void
read_piece (XmlStream *stream, const void *data, gsize len, gboolean last)
{
  int problem = xmlParseChunk (stream->parser, data, (int)len, last);

  if (stream->error == NULL &&
      (problem != XML_ERR_OK || !stream->parser->wellFormed ||
       !stream->parser->nsWellFormed))
    fail (stream, IM_WIRE_ERROR_MALFORMED, "it is not well formed");
  if (stream->error == NULL && stream->over)
    read_rest (
        stream, (const char *)stream->parser->input->cur,
        (gsize)(stream->parser->input->end - stream->parser->input->cur));
}

/* Some services begin with a mark that only says it is UTF-8. */
static gsize
skip_mark (XmlStream *stream, const char *data, gsize len)
{
  static const char mark[] = XML_BUILD_MARK;
  gsize n = 0;

  while (n < len && stream->marked < strlen (mark) &&
         data[n] == mark[stream->marked])
    {
      n++;
      stream->marked++;
    }
  if (n < len)
    stream->marked = (guint)strlen (mark);
  return n;
}

void
xml_stream_push (XmlStream *stream, const void *data, gsize len)
{
  const gsize most = 64 * 1024;
  const char *from;
  gsize skipped;

  if (len == 0)
    return;
  skipped = skip_mark (stream, data, len);
  from = (const char *)data + skipped;
  len -= skipped;
  stream->n_bytes += len;
  if (stream->error == NULL && stream->form->max_bytes != 0 &&
      stream->n_bytes > stream->form->max_bytes)
    fail (stream, IM_WIRE_ERROR_TOO_LARGE, "there is too much of it");
  if (stream->error == NULL && stream->over)
    return read_rest (stream, from, len);
  while (len > 0 && stream->error == NULL)
    {
      gsize piece = MIN (len, most);

      /* Before it is read: a start tag that never ends is kept, and searched
       * for its end. */
      stream->unread += piece;
      read_piece (stream, from, piece, FALSE);
      if (stream->unread > IM_MAX_XML_UNREAD && stream->error == NULL)
        fail (stream, IM_WIRE_ERROR_TOO_LARGE, "something does not end");
      from += piece;
      len -= piece;
    }
}

void
xml_stream_finish (XmlStream *stream)
{
  if (stream->error != NULL)
    return;
  read_piece (stream, NULL, 0, TRUE);
  if (stream->error == NULL && !stream->over)
    fail (stream, IM_WIRE_ERROR_TRUNCATED, "its end is missing");
}

XmlStreamResult
xml_stream_next (XmlStream *stream, const XmlNode **ret, GError **error)
{
  Event *event;

  g_clear_pointer (&stream->current, xml_tree_free);
  *ret = NULL;
  if (stream->taken < stream->events->len)
    {
      event = &g_array_index (stream->events, Event, stream->taken++);
      stream->current = g_steal_pointer (&event->tree);
      if (stream->current != NULL)
        *ret = stream->current->root;
      return event->kind;
    }
  g_array_set_size (stream->events, 0);
  stream->taken = 0;
  if (stream->error == NULL)
    return XML_STREAM_NEED_MORE;
  g_propagate_error (error, g_error_copy (stream->error));
  return XML_STREAM_FAILED;
}
