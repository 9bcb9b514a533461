#include "msnweb-headers.h"

#include <string.h>

#include "im-charset.h"
#include "im-line.h"

void
msnweb_headers_clear (MsnwebHeaders *self)
{
  g_clear_pointer (&self->text, g_free);
  self->n_headers = 0;
}

/* The next line without its end, or what is left. */
static ImWord
take_line (ImReader *reader)
{
  gsize left = im_reader_left (reader);
  const guint8 *start = reader->pos;
  const guint8 *end = left > 0 ? memchr (start, '\n', left) : NULL;
  ImWord line = { (const char *)start, left };

  if (end != NULL)
    line.len = (gsize)(end - start);
  im_reader_skip (reader, end != NULL ? line.len + 1 : left, NULL);
  if (line.len > 0 && line.text[line.len - 1] == '\r')
    line.len--;
  return line;
}

static ImWord
strip (ImWord word)
{
  while (word.len > 0 && g_ascii_isspace (*word.text))
    {
      word.text++;
      word.len--;
    }
  while (word.len > 0 && g_ascii_isspace (word.text[word.len - 1]))
    word.len--;
  return word;
}

/* Offsets for now: the text still moves. */
static void
keep (MsnwebHeaders *self, GString *text, ImWord name, ImWord value)
{
  g_autofree char *tidy =
      im_charset_to_utf8 ((const guint8 *)value.text, value.len, "UTF-8", NULL);

  g_strdelimit (tidy, "\n\t", ' ');
  self->names[self->n_headers] = GSIZE_TO_POINTER (text->len);
  g_string_append_len (text, name.text, (gssize)name.len);
  g_string_append_c (text, '\0');
  self->values[self->n_headers] = GSIZE_TO_POINTER (text->len);
  g_string_append_len (text, tidy, (gssize)strlen (tidy) + 1);
  self->n_headers++;
}

static void
settle (MsnwebHeaders *self, GString *text)
{
  self->text = g_string_free (text, FALSE);
  for (guint i = 0; i < self->n_headers; i++)
    {
      self->names[i] = self->text + GPOINTER_TO_SIZE (self->names[i]);
      self->values[i] = self->text + GPOINTER_TO_SIZE (self->values[i]);
    }
}

gboolean
msnweb_headers_decode (ImReader *reader, MsnwebHeaders *ret, GError **error)
{
  GString *text = g_string_new (NULL);
  gboolean fits = TRUE;

  *ret = (MsnwebHeaders){ 0 };
  while (im_reader_left (reader) > 0 && fits)
    {
      ImWord line = take_line (reader);
      ImWord name;

      if (line.len == 0)
        break;
      fits = line.len <= IM_MAX_MSNWEB_HEADER;
      if (!fits || !im_word_cut (&line, ':', &name))
        continue;
      name = strip (name);
      if (name.len == 0 || memchr (name.text, '\0', name.len) != NULL)
        continue;
      fits = ret->n_headers < IM_MAX_MSNWEB_HEADERS;
      if (fits)
        keep (ret, text, name, strip (line));
    }
  settle (ret, text);
  if (fits)
    return TRUE;
  msnweb_headers_clear (ret);
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                       "a block of headers is too large");
  return FALSE;
}

const char *
msnweb_headers_get (const MsnwebHeaders *headers, const char *name)
{
  for (guint i = headers->n_headers; i > 0; i--)
    if (g_ascii_strcasecmp (headers->names[i - 1], name) == 0)
      return headers->values[i - 1];
  return NULL;
}

guint64
msnweb_headers_number (const MsnwebHeaders *headers, const char *name)
{
  const char *value = msnweb_headers_get (headers, name);
  guint64 number;

  if (value == NULL ||
      !im_word_number (im_word (value), G_MAXUINT64, &number, NULL))
    return 0;
  return number;
}

void
msnweb_headers_add (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (out, "%s: ", name);
  for (const char *p = value; *p != '\0'; p++)
    g_string_append_c (out, g_ascii_iscntrl (*p) ? ' ' : *p);
  g_string_append (out, "\r\n");
}

void
msnweb_headers_add_number (GString *out, const char *name, guint64 value)
{
  g_string_append_printf (out, "%s: %" G_GUINT64_FORMAT "\r\n", name, value);
}

void
msnweb_headers_end (GString *out)
{
  g_string_append (out, "\r\n");
}
