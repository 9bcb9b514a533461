#include "msnp-xml.h"

#include <string.h>

#include "im-secret.h"

static gboolean
can_carry (gunichar c)
{
  return c == '\t' || c == '\n' || c == '\r' ||
         (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

static const char *
entity_for (gunichar c)
{
  switch (c)
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\r':
      return "&#13;";
    default:
      return NULL;
    }
}

void
msnp_xml_text (GString *out, const char *utf8)
{
  while (*utf8 != '\0')
    {
      gunichar c = g_utf8_get_char_validated (utf8, -1);
      const char *next = utf8 + 1;

      if (c != (gunichar)-1 && c != (gunichar)-2)
        {
          next = g_utf8_next_char (utf8);
          if (entity_for (c) != NULL)
            g_string_append (out, entity_for (c));
          else if (can_carry (c))
            g_string_append_len (out, utf8, next - utf8);
        }
      utf8 = next;
    }
}

void
msnp_xml_element (GString *out, const char *name, const char *utf8)
{
  g_string_append_printf (out, "<%s>", name);
  msnp_xml_text (out, utf8);
  g_string_append_printf (out, "</%s>", name);
}

void
msnp_xml_string (GString *out, const char *name, const char *utf8)
{
  g_string_append_printf (out, "<%s xsi:type=\"xsd:string\">", name);
  msnp_xml_text (out, utf8);
  g_string_append_printf (out, "</%s>", name);
}

GString *
msnp_xml_with_room (gsize len, const char *const *texts, guint n_texts)
{
  for (guint i = 0; i < n_texts; i++)
    len += strlen ("&quot;") * strlen (texts[i]);
  return g_string_sized_new (len);
}

static void
free_wiped (gpointer data)
{
  GString *text = data;

  im_secret_wipe (text->str, text->allocated_len);
  g_string_free (text, TRUE);
}

GBytes *
msnp_xml_finish_secret (GString *out)
{
  return g_bytes_new_with_free_func (out->str, out->len, free_wiped, out);
}
