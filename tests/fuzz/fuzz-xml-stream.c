/* XML in pieces: cut anywhere, a stream hands out the same elements as whole,
 * until the one that is wrong. The first byte is the size of the pieces. */

#include <string.h>

#include "fuzz.h"
#include "xml-stream.h"

static void
note (GString *seen, const XmlNode *node)
{
  g_assert_true (g_utf8_validate (xml_node_text (node), -1, NULL));
  g_string_append_printf (
      seen, "<%s|%s|%s|%s>", xml_node_name (node), xml_node_namespace (node),
      xml_node_lang (node) != NULL ? xml_node_lang (node) : "",
      xml_node_text (node));
  xml_node_attribute_ns (node, "a", "b");
  for (const XmlNode *child = xml_node_first (node, NULL);
       xml_node_exists (child); child = xml_node_next (child, NULL))
    note (seen, child);
}

static gboolean
take_all (XmlStream *stream, GString *seen)
{
  g_autoptr (GError) error = NULL;
  XmlStreamResult result;
  const XmlNode *node;

  while ((result = xml_stream_next (stream, &node, &error)) !=
         XML_STREAM_NEED_MORE)
    {
      g_assert_true ((result == XML_STREAM_FAILED) == (error != NULL));
      g_string_append_printf (seen, "%d", result);
      if (result == XML_STREAM_FAILED)
        return FALSE;
      if (node != NULL)
        note (seen, node);
    }
  return TRUE;
}

static GString *
read_pieces (const guint8 *data, gsize size, gsize piece)
{
  static const XmlStreamForm form = { .max_bytes = 1024 * 1024,
                                      .max_tree = 64 * 1024 };
  g_autoptr (XmlStream) stream = xml_stream_new (&form);
  GString *seen = g_string_new (NULL);
  gboolean fine = TRUE;

  for (gsize at = 0; fine && at < size; at += piece)
    {
      xml_stream_push (stream, data + at, MIN (piece, size - at));
      fine = take_all (stream, seen);
    }
  if (fine)
    {
      xml_stream_finish (stream);
      take_all (stream, seen);
    }
  return seen;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GString) whole = NULL;
  g_autoptr (GString) pieces = NULL;

  if (size < 2)
    return 0;
  whole = read_pieces (data + 1, size - 1, size);
  pieces = read_pieces (data + 1, size - 1, (gsize)data[0] + 1);
  g_assert_cmpstr (whole->str, ==, pieces->str);
  return 0;
}
