#include "im-charset.h"

#include <string.h>

/* In place: CR LF and CR become newline, other control characters go. */
static void
tidy (char *utf8)
{
  char *out = utf8;

  for (const char *p = utf8; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      if (c == '\r')
        {
          if (p[1] != '\n')
            *out++ = '\n';
        }
      else if ((c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n')
        *out++ = (char) c;
    }
  *out = '\0';
}

static gboolean
is_utf8_name (const char *charset)
{
  return g_ascii_strcasecmp (charset, "UTF-8") == 0 ||
         g_ascii_strcasecmp (charset, "UTF8") == 0;
}

/* Reads UTF-16BE unit by unit, so that a lone surrogate costs one character
 * and not the message; a trailing odd byte is ignored. */
static char *
utf16be_to_utf8 (const guint8 *data, gsize len)
{
  GString *out = g_string_sized_new (len + 1);

  for (gsize i = 0; i + 1 < len; i += 2)
    {
      gunichar c = (gunichar) (data[i] << 8 | data[i + 1]);

      if (c >= 0xd800 && c < 0xdc00 && i + 3 < len &&
          (data[i + 2] & 0xfc) == 0xdc)
        {
          c = 0x10000 + ((c & 0x3ff) << 10) +
              (gunichar) ((data[i + 2] & 0x3) << 8 | data[i + 3]);
          i += 2;
        }
      else if ((c & 0xf800) == 0xd800)
        c = 0xfffd;
      if (c != 0 && c != 0xfeff)
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

static char *
convert_or_null (const guint8 *data, gsize len, const char *charset)
{
  gsize written = 0;
  g_autofree char *text = g_convert ((const char *) data, (gssize) len,
                                     "UTF-8", charset, NULL, &written, NULL);

  /* An embedded NUL would hide the rest of the text from everybody. */
  if (text == NULL)
    return NULL;
  for (gsize i = 0; i < written; i++)
    if (text[i] == '\0')
      text[i] = ' ';
  return g_steal_pointer (&text);
}

static char *
from_utf8 (const guint8 *data, gsize len)
{
  g_autofree char *copy = g_malloc (len + 1);
  gsize kept = 0;

  for (gsize i = 0; i < len; i++)
    if (data[i] != 0)
      copy[kept++] = (char) data[i];
  copy[kept] = '\0';
  if (g_utf8_validate_len (copy, kept, NULL))
    return g_steal_pointer (&copy);
  return g_utf8_make_valid (copy, (gssize) kept);
}

static char *
convert_some (const guint8 *data, gsize len, const char *charset,
              const char *fallback)
{
  char *text = NULL;

  if (is_utf8_name (charset))
    {
      if (fallback == NULL || g_utf8_validate_len ((const char *) data, len, NULL))
        return from_utf8 (data, len);
    }
  else if (g_ascii_strcasecmp (charset, "UTF-16BE") == 0)
    return utf16be_to_utf8 (data, len);
  else
    text = convert_or_null (data, len, charset);

  if (text == NULL && fallback != NULL)
    text = convert_or_null (data, len, fallback);
  if (text == NULL)
    text = from_utf8 (data, len);
  return text;
}

char *
im_charset_to_utf8 (const guint8 *data, gsize len, const char *charset,
                    const char *fallback)
{
  char *text;

  if (len == 0)
    return g_strdup ("");
  text = convert_some (data, len, charset, fallback);
  tidy (text);
  return text;
}

char *
im_charset_guess_to_utf8 (const guint8 *data, gsize len, const char *fallback)
{
  return im_charset_to_utf8 (data, len, "UTF-8",
                             fallback != NULL ? fallback : "ISO-8859-1");
}

GBytes *
im_charset_from_utf8 (const char *utf8, const char *charset)
{
  gsize written = 0;
  char *text;

  if (is_utf8_name (charset))
    return g_bytes_new (utf8, strlen (utf8));
  text = g_convert (utf8, -1, charset, "UTF-8", NULL, &written, NULL);
  return text != NULL ? g_bytes_new_take (text, written) : NULL;
}
