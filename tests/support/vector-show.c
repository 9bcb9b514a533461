#include "vector-show.h"

#include <string.h>

/* As much as a stream of a few large frames takes. */
#define MAX_AGAIN (16 * 65536)

void
show_init (Show *show)
{
  memset (show, 0, sizeof *show);
  show->text = g_string_new (NULL);
  im_writer_init (&show->again, MAX_AGAIN);
}

void
show_clear (Show *show)
{
  if (show->text != NULL)
    g_string_free (show->text, TRUE);
  show->text = NULL;
  im_writer_clear (&show->again);
}

void
show_line (Show *show, const char *format, ...)
{
  va_list args;

  for (guint i = 0; i < show->indent; i++)
    g_string_append (show->text, "  ");
  va_start (args, format);
  g_string_append_vprintf (show->text, format, args);
  va_end (args);
  g_string_append_c (show->text, '\n');
}

void
show_text (Show *show, const char *name, const char *value)
{
  g_autoptr (GString) quoted = g_string_new (NULL);

  if (value == NULL)
    return;
  for (; *value != '\0'; value++)
    switch (*value)
      {
      case '\n':
        g_string_append (quoted, "\\n");
        break;
      case '\t':
        g_string_append (quoted, "\\t");
        break;
      case '"':
      case '\\':
        g_string_append_c (quoted, '\\');
        g_string_append_c (quoted, *value);
        break;
      default:
        g_string_append_c (quoted, *value);
      }
  show_line (show, "%s \"%s\"", name, quoted->str);
}

void
show_raw_text (Show *show, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  show_text (show, name, valid);
}

void
show_hex (Show *show, const char *name, const ImReader *bytes)
{
  g_autoptr (GString) hex = g_string_new (NULL);

  for (const guint8 *p = bytes->pos; p != bytes->end; p++)
    g_string_append_printf (hex, "%02x", *p);
  show_line (show, "%s %s", name, hex->str);
}

void
show_bytes (Show *show, const char *name, GBytes *bytes)
{
  ImReader reader;

  if (bytes == NULL)
    return;
  im_reader_init_bytes (&reader, bytes);
  if (im_reader_left (&reader) > 64)
    show_line (show, "%s of %" G_GSIZE_FORMAT " bytes, %02x ... %02x", name,
               im_reader_left (&reader), reader.pos[0], reader.end[-1]);
  else
    show_hex (show, name, &reader);
}
