#include "xmpp-writer.h"

void
xmpp_writer_clear (XmppWriter *writer)
{
  if (writer->out != NULL)
    g_string_free (writer->out, TRUE);
  writer->out = NULL;
  writer->depth = 0;
  writer->in_tag = FALSE;
}

const char *
xmpp_writer_text (const XmppWriter *writer)
{
  return writer->out != NULL ? writer->out->str : "";
}

gsize
xmpp_writer_length (const XmppWriter *writer)
{
  return writer->out != NULL ? writer->out->len : 0;
}

/* XML 1.0, 2.2. */
static gboolean
is_character (gunichar c)
{
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) ||
         (c >= 0xe000 && c < 0xfffe) || (c >= 0x10000 && c < 0x110000);
}

/* Returns: what stands for @c, or NULL for itself. Line ends in attributes
 * would be read as spaces, and carriage returns as line ends. */
static const char *
entity_for (gunichar c, gboolean attribute)
{
  switch (c)
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\'':
      return attribute ? "&apos;" : NULL;
    case '\t':
      return attribute ? "&#9;" : NULL;
    case '\n':
      return attribute ? "&#10;" : NULL;
    case '\r':
      return "&#13;";
    default:
      return NULL;
    }
}

static void
append_escaped (GString *out, const char *utf8, gboolean attribute)
{
  const char *from = utf8;
  const char *p = utf8;

  while (*p != '\0')
    {
      const char *next = g_utf8_next_char (p);
      gunichar c = g_utf8_get_char (p);
      const char *entity = entity_for (c, attribute);

      if (entity != NULL || !is_character (c))
        {
          g_string_append_len (out, from, p - from);
          if (entity != NULL)
            g_string_append (out, entity);
          from = next;
        }
      p = next;
    }
  g_string_append_len (out, from, p - from);
}

static void
append_text (GString *out, const char *text, gboolean attribute)
{
  g_autofree char *valid = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);
  append_escaped (out, text, attribute);
}

static void
end_tag (XmppWriter *writer)
{
  if (writer->in_tag)
    g_string_append_c (writer->out, '>');
  writer->in_tag = FALSE;
}

void
xmpp_open (XmppWriter *writer, const char *name, const char *ns)
{
  g_return_if_fail (writer->depth < XMPP_WRITER_DEPTH);

  if (writer->out == NULL)
    writer->out = g_string_sized_new (256);
  end_tag (writer);
  writer->names[writer->depth++] = name;
  writer->in_tag = TRUE;
  g_string_append_c (writer->out, '<');
  g_string_append (writer->out, name);
  xmpp_attr (writer, "xmlns", ns);
}

void
xmpp_attr (XmppWriter *writer, const char *name, const char *value)
{
  g_return_if_fail (writer->in_tag);

  if (value == NULL)
    return;
  g_string_append_c (writer->out, ' ');
  g_string_append (writer->out, name);
  g_string_append (writer->out, "='");
  append_text (writer->out, value, TRUE);
  g_string_append_c (writer->out, '\'');
}

void
xmpp_attr_number (XmppWriter *writer, const char *name, gint64 value)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  xmpp_attr (writer, name, text);
}

void
xmpp_text (XmppWriter *writer, const char *text)
{
  g_return_if_fail (writer->depth > 0);

  end_tag (writer);
  append_text (writer->out, text, FALSE);
}

void
xmpp_raw (XmppWriter *writer, const char *xml)
{
  if (writer->out == NULL)
    writer->out = g_string_new (NULL);
  end_tag (writer);
  g_string_append (writer->out, xml);
}

void
xmpp_close (XmppWriter *writer)
{
  g_return_if_fail (writer->depth > 0);

  writer->depth--;
  if (writer->in_tag)
    g_string_append (writer->out, "/>");
  else
    g_string_append_printf (writer->out, "</%s>",
                            writer->names[writer->depth]);
  writer->in_tag = FALSE;
}

void
xmpp_leaf (XmppWriter *writer, const char *name, const char *ns,
           const char *text)
{
  xmpp_open (writer, name, ns);
  if (text != NULL && *text != '\0')
    xmpp_text (writer, text);
  xmpp_close (writer);
}
