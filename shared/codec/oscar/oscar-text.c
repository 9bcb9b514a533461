#include "oscar-text.h"

#include <string.h>
#include "im-ascii.h"
#include "im-charset.h"

/* Read as Windows-1252, its superset, and never fails. */
#define LAST_RESORT "ISO-8859-1"

static void
set_name (OscarName *name, const ImReader *bytes)
{
  gsize len = im_reader_left (bytes);

  if (im_ascii_text_prefix (bytes->pos, len) == len)
    {
      memcpy (name->text, bytes->pos, len);
      name->text[len] = '\0';
    }
  else
    {
      g_autofree char *utf8 = oscar_text_dup (bytes, LAST_RESORT);

      g_strlcpy (name->text, utf8, sizeof name->text);
    }
}

gboolean
oscar_text_read_name (ImReader *reader, OscarName *ret, GError **error)
{
  ImReader ahead = *reader;
  ImReader bytes;

  if (!im_reader_sub8 (&ahead, &bytes, error))
    {
      g_prefix_error (error, "name: ");
      return FALSE;
    }
  if (im_reader_left (&bytes) > IM_MAX_SCREEN_NAME)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                   "a name of more than %d bytes", IM_MAX_SCREEN_NAME);
      return FALSE;
    }
  set_name (ret, &bytes);
  *reader = ahead;
  return TRUE;
}

gboolean
oscar_text_next_name (ImReader *list, OscarName *ret, GError **error)
{
  return im_reader_left (list) > 0 && oscar_text_read_name (list, ret, error);
}

void
oscar_text_write_names (ImWriter *writer, const char *const *names)
{
  for (; names != NULL && *names != NULL; names++)
    im_writer_str8 (writer, *names);
}

char *
oscar_text_dup (const ImReader *bytes, const char *legacy)
{
  gsize len = im_reader_left (bytes);
  const guint8 *nul = len > 0 ? memchr (bytes->pos, '\0', len) : NULL;

  if (nul != NULL)
    len = (gsize)(nul - bytes->pos);
  return im_charset_guess_to_utf8 (bytes->pos, len, legacy);
}

gboolean
oscar_text_read_str16 (ImReader *reader, char **ret, GError **error)
{
  ImReader bytes;

  if (!im_reader_sub16 (reader, &bytes, error))
    return FALSE;
  *ret = oscar_text_dup (&bytes, NULL);
  return TRUE;
}

char *
oscar_text_dup_charset (const ImReader *bytes, guint16 charset,
                        const char *legacy)
{
  gsize len = im_reader_left (bytes);

  switch (charset)
    {
    case OSCAR_CHARSET_UTF16:
      return im_charset_to_utf8 (bytes->pos, len, "UTF-16BE", NULL);
    case OSCAR_CHARSET_LATIN1:
      return im_charset_to_utf8 (
          bytes->pos, len, legacy != NULL ? legacy : LAST_RESORT, LAST_RESORT);
    default:
      return im_charset_guess_to_utf8 (bytes->pos, len, legacy);
    }
}

OscarCharset
oscar_text_choose_charset (const char *utf8)
{
  for (; *utf8 != '\0'; utf8++)
    if ((guchar)*utf8 >= 0x80)
      return OSCAR_CHARSET_UTF16;
  return OSCAR_CHARSET_ASCII;
}

static void
write_utf16be (ImWriter *writer, gunichar c)
{
  if (c < 0x10000)
    im_writer_u16 (writer, (guint16)c);
  else
    {
      c -= 0x10000;
      im_writer_u16 (writer, (guint16)(0xd800 | c >> 10));
      im_writer_u16 (writer, (guint16)(0xdc00 | (c & 0x3ff)));
    }
}

void
oscar_text_write (ImWriter *writer, const char *utf8, OscarCharset charset)
{
  if (charset != OSCAR_CHARSET_UTF16)
    {
      im_writer_raw (writer, utf8, strlen (utf8));
      return;
    }
  for (; *utf8 != '\0'; utf8 = g_utf8_next_char (utf8))
    write_utf16be (writer, g_utf8_get_char (utf8));
}

/* The value of charset= in a MIME type, lower case, quotes off; "" if there
 * is none. */
static char *
mime_charset (const ImReader *type)
{
  ImReader copy = *type;
  g_autofree char *raw = im_reader_dup_string (&copy);
  g_autofree char *lower = g_ascii_strdown (raw, -1);
  const char *value = strstr (lower, "charset=");

  if (value == NULL)
    return g_strdup ("");
  value += strlen ("charset=");
  if (*value == '"')
    value++;
  return g_strndup (value, strcspn (value, "\"; \t"));
}

/* Two bytes a character: the upper ones of most scripts are no text by
 * themselves, and none of the characters is NUL. */
static gboolean
looks_wide (const ImReader *bytes)
{
  gsize len = im_reader_left (bytes);
  gboolean found = FALSE;

  if (len % 2 != 0)
    return FALSE;
  for (gsize i = 0; i < len; i += 2)
    {
      if (bytes->pos[i] == 0 && bytes->pos[i + 1] == 0)
        return FALSE;
      found |= bytes->pos[i] < 0x20 && bytes->pos[i] != '\r' &&
               !im_ascii_is_text (bytes->pos[i]);
    }
  return found;
}

/* Open OSCAR Server keeps an away text without its character set, and calls
 * all of them us-ascii; clients like Pidgin's old one write UTF-16 there. */
char *
oscar_text_dup_mime (const ImReader *type, const ImReader *bytes,
                     const char *legacy)
{
  g_autofree char *charset = mime_charset (type);

  if (strcmp (charset, "unicode-2-0") == 0 || strcmp (charset, "utf-16be") == 0)
    return oscar_text_dup_charset (bytes, OSCAR_CHARSET_UTF16, legacy);
  if (g_str_has_prefix (charset, "iso-8859-1") ||
      strcmp (charset, "iso 8859-1") == 0)
    return oscar_text_dup_charset (bytes, OSCAR_CHARSET_LATIN1, NULL);
  if (strcmp (charset, "us-ascii") == 0 && looks_wide (bytes))
    return oscar_text_dup_charset (bytes, OSCAR_CHARSET_UTF16, legacy);
  return oscar_text_dup_charset (bytes, OSCAR_CHARSET_ASCII, legacy);
}
