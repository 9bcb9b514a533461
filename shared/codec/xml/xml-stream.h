#pragma once

/* XML that comes in pieces, over libxml2: streams of XMPP, which end with the
 * connection, and answers too large to be kept whole.
 *
 *   <stream xml:lang="en" id="1">     XML_STREAM_OPENED, the element alone
 *     <message/>                      XML_STREAM_TREE, one for each child
 *   </stream>                         XML_STREAM_CLOSED
 *
 * It is UTF-8, whatever it says; no document type, no entities but the five of
 * XML, no network. Only one tree is in memory at a time, and those of the bytes
 * last pushed that were not yet taken. Different names are kept as long as the
 * stream lives, and 10 MB of them end it. */

#include "xml-tree.h"

/**
 * XmlStreamForm:
 * @max_bytes: of all of it; 0 for streams without end
 * @max_tree: memory one tree may take, in bytes, which is some times what it
 *   takes in the stream
 * @trees: (nullable): names of elements that are handed out as trees,
 *   wherever they are, ending with %NULL. Their text is kept, that of others
 *   is not. %NULL: all children of the outermost element
 * @ends: (nullable): names of elements whose end is told, ending with %NULL
 *
 * What is wanted of a stream. It has to live as long as the stream.
 */
typedef struct
{
  gsize max_bytes;
  gsize max_tree;
  const char *const *trees;
  const char *const *ends;
} XmlStreamForm;

typedef struct _XmlStream XmlStream;

typedef enum
{
  XML_STREAM_NEED_MORE, /* nothing yet */
  XML_STREAM_OPENED,    /* the outermost element began */
  XML_STREAM_TREE,      /* an element is there as a whole */
  XML_STREAM_END,       /* one of the form's @ends ended */
  XML_STREAM_CLOSED,    /* the outermost element ended; nothing follows */
  XML_STREAM_FAILED,    /* there is nothing to be read any more */
} XmlStreamResult;

IM_API XmlStream *xml_stream_new (const XmlStreamForm *form);
IM_API void xml_stream_free (XmlStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmlStream, xml_stream_free)

/**
 * xml_stream_push:
 * @stream: a stream
 * @data: (nullable): bytes that came
 * @len: how many
 *
 * Reads on. What is wrong with it is told by xml_stream_next(), after all that
 * was right.
 */
IM_API void xml_stream_push (XmlStream *stream, const void *data, gsize len);

/**
 * xml_stream_finish:
 * @stream: a stream
 *
 * No more bytes will come. A document whose end is missing fails.
 */
IM_API void xml_stream_finish (XmlStream *stream);

/**
 * xml_stream_next:
 * @stream: a stream
 * @ret: (out) (transfer none) (nullable): with %XML_STREAM_OPENED,
 *   %XML_STREAM_TREE and %XML_STREAM_END the element, with its children only
 *   if it is a tree; valid until the next call of any function of the stream
 * @error: return location, set with %XML_STREAM_FAILED: an %IM_WIRE_ERROR as
 *   from xml_tree_parse()
 *
 * Returns: what comes next
 */
IM_API XmlStreamResult xml_stream_next (XmlStream *stream, const XmlNode **ret,
                                        GError **error);

/**
 * xml_stream_restart:
 * @stream: a stream
 *
 * A new document follows, as in XMPP after encryption and sign-in began.
 * Everything that was pushed and not taken is forgotten: whoever wrote it is
 * not who is spoken to now.
 */
IM_API void xml_stream_restart (XmlStream *stream);
