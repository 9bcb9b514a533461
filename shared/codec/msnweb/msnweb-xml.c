#include "msnweb-xml.h"

#include <string.h>

#include "im-charset.h"
#include "im-line.h"

XmlTree *
msnweb_xml_parse (const ImReader *body, GError **error)
{
  ImReader reader = *body;
  gsize len = im_reader_left (&reader);
  const guint8 *raw = NULL;
  g_autofree char *text = NULL;

  if (!im_reader_raw (&reader, len, &raw, error))
    return NULL;
  text = im_charset_to_utf8 (raw, len, "UTF-8", NULL);
  return xml_tree_parse (text, strlen (text), error);
}

guint64
msnweb_xml_number (const XmlNode *node, const char *path)
{
  g_autofree char *text = g_strdup (xml_node_child_text (node, path));
  guint64 number;

  if (!im_word_number (im_word (g_strstrip (text)), G_MAXUINT64, &number, NULL))
    return 0;
  return number;
}

char *
msnweb_xml_dup (const XmlNode *node, const char *path)
{
  const XmlNode *child = xml_node_child (node, path);

  return xml_node_exists (child) ? g_strdup (xml_node_text (child)) : NULL;
}

gboolean
msnweb_xml_is_true (const XmlNode *node, const char *path)
{
  const char *text = xml_node_child_text (node, path);

  return g_ascii_strcasecmp (text, "true") == 0 || strcmp (text, "1") == 0;
}

static gboolean
can_carry (gunichar c)
{
  if (c < 0x20)
    return c == '\t' || c == '\r' || c == '\n';
  return !(c >= 0x7f && c < 0xa0) && !(c >= 0xd800 && c < 0xe000) &&
         (c & 0xfffe) != 0xfffe;
}

void
msnweb_xml_text (GString *out, const char *utf8)
{
  g_autofree char *valid = g_utf8_make_valid (utf8, -1);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '&')
        g_string_append (out, "&amp;");
      else if (c == '<')
        g_string_append (out, "&lt;");
      else if (c == '>')
        g_string_append (out, "&gt;");
      else if (c == '"')
        g_string_append (out, "&quot;");
      else if (c == '\'')
        g_string_append (out, "&apos;");
      else if (can_carry (c))
        g_string_append_unichar (out, c);
    }
}

void
msnweb_xml_leaf (GString *out, const char *name, const char *text)
{
  if (text == NULL)
    return;
  g_string_append_printf (out, "<%s>", name);
  msnweb_xml_text (out, text);
  g_string_append_printf (out, "</%s>", name);
}
