#include "im-charset.h"

#include <errno.h>
#include <string.h>

#include "im-ascii.h"

typedef enum
{
  ENCODING_UTF8,
  ENCODING_UTF16,
  ENCODING_LATIN1,
  ENCODING_ASCII_LIKE, /* by iconv; the lower half is ASCII */
  ENCODING_OTHER,      /* by iconv */
} Encoding;

/* A name ending in '*' stands for all that start like it. "unicode-2-0" is
 * what AOL's clients call UTF-16BE. ISO-8859-1 is taken for Windows-1252,
 * which is what everybody labels so. */
static const struct
{
  const char *name;
  Encoding encoding;
} encodings[] = {
  { "UTF-8", ENCODING_UTF8 },
  { "US-ASCII", ENCODING_ASCII_LIKE },
  { "UTF8", ENCODING_UTF8 },
  { "UTF-16BE", ENCODING_UTF16 },
  { "UTF-16", ENCODING_UTF16 },
  { "UCS-2BE", ENCODING_UTF16 },
  { "UNICODE-2-0", ENCODING_UTF16 },
  { "ISO-8859-1", ENCODING_LATIN1 },
  { "WINDOWS-1252", ENCODING_LATIN1 },
  { "CP1252", ENCODING_LATIN1 },
  { "ASCII", ENCODING_ASCII_LIKE },
  { "ISO-8859-*", ENCODING_ASCII_LIKE },
  { "WINDOWS-125*", ENCODING_ASCII_LIKE },
  { "CP125*", ENCODING_ASCII_LIKE },
  { "KOI8-*", ENCODING_ASCII_LIKE },
};

/* 0x80 to 0x9f in Windows-1252; the five it lacks are U+FFFD. */
static const gunichar2 windows1252[32] = {
  0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
  0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
  0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
  0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static gboolean
name_matches (const char *name, const char *charset)
{
  gsize len = strlen (name);

  if (name[len - 1] == '*')
    return g_ascii_strncasecmp (name, charset, len - 1) == 0;
  return g_ascii_strcasecmp (name, charset) == 0;
}

static Encoding
encoding_of (const char *charset)
{
  char first = g_ascii_toupper (*charset);

  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    if (encodings[i].name[0] == first &&
        name_matches (encodings[i].name, charset))
      return encodings[i].encoding;
  return ENCODING_OTHER;
}

/* Peers name encodings too. iconv takes file names and options in names, and
 * its shifting encodings have crashed processes (CVE-2021-3326); nobody
 * chats in them, but for two. */
static gboolean
may_open (const char *charset)
{
  static const char letters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_";
  gsize len = strlen (charset);

  if (len == 0 || len > 32 || strspn (charset, letters) != len)
    return FALSE;
  if (g_ascii_strncasecmp (charset, "ISO-2022", 8) != 0 &&
      g_ascii_strncasecmp (charset, "ISO2022", 7) != 0 &&
      g_ascii_strncasecmp (charset, "CSISO2022", 9) != 0)
    return TRUE;
  return g_ascii_strcasecmp (charset, "ISO-2022-JP") == 0 ||
         g_ascii_strcasecmp (charset, "ISO-2022-KR") == 0;
}

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* CR LF and CR become newline; other control characters go, and so do byte
 * order marks, which are no text wherever they stand. @text is valid. */
static char *
tidy (GString *text)
{
  gsize kept = im_ascii_text_prefix (text->str, text->len);

  for (gsize i = kept; i < text->len; i++)
    {
      guint8 c = (guint8)text->str[i];

      if (c == '\r' && text->str[i + 1] != '\n')
        c = '\n';
      if (im_ascii_c1_at (text->str + i))
        i++;
      else if (strncmp (text->str + i, BYTE_ORDER_MARK, 3) == 0)
        i += 2;
      else if (im_ascii_is_text (c) || c >= 0x80)
        text->str[kept++] = (char)c;
    }
  text->str[kept] = '\0';
  return g_string_free (text, FALSE);
}

/* Reads UTF-16 unit by unit, so that a lone surrogate costs one character and
 * not the message; a trailing odd byte is ignored. Big-endian, unless a byte
 * order mark says otherwise. */
static GString *
from_utf16 (const guint8 *data, gsize len)
{
  GString *out = g_string_sized_new (len + 1);
  gsize high = len >= 2 && data[0] == 0xff && data[1] == 0xfe;
  gsize low = high ^ 1;

  for (gsize i = 0; i + 1 < len; i += 2)
    {
      gunichar c = (gunichar)(data[i + high] << 8 | data[i + low]);

      if (c < 0x80)
        {
          if (c != 0)
            g_string_append_c (out, (char)c);
          continue;
        }
      if (c >= 0xd800 && c < 0xdc00 && i + 3 < len &&
          (data[i + 2 + high] & 0xfc) == 0xdc)
        {
          c = 0x10000 + ((c & 0x3ff) << 10) +
              (gunichar)((data[i + 2 + high] & 0x3) << 8 | data[i + 2 + low]);
          i += 2;
        }
      else if ((c & 0xf800) == 0xd800)
        c = 0xfffd;
      g_string_append_unichar (out, c);
    }
  return out;
}

static GString *
from_latin1 (const guint8 *data, gsize len)
{
  GString *out = g_string_sized_new (len + len / 4 + 1);

  for (gsize i = 0; i < len; i++)
    {
      if (data[i] < 0x80)
        g_string_append_c (out, (char)data[i]);
      else if (data[i] < 0xa0)
        g_string_append_unichar (out, windows1252[data[i] - 0x80]);
      else
        g_string_append_unichar (out, data[i]);
    }
  return out;
}

static GString *
take_string (char *text)
{
  GString *out = g_string_new (text);

  g_free (text);
  return out;
}

/* With @repair, what is not valid becomes U+FFFD; without, the answer is
 * %NULL then. */
static GString *
from_utf8 (const guint8 *data, gsize len, gboolean repair)
{
  GString *out;

  /* GLib calls NUL invalid; another control character is not, and goes in
   * the end as well. */
  out = g_string_new_len ((const char *)data, (gssize)len);
  for (gsize i = 0; i < len; i++)
    if (out->str[i] == '\0')
      out->str[i] = '\001';

  if (g_utf8_validate_len (out->str, out->len, NULL))
    return out;
  if (repair)
    {
      char *repaired = g_utf8_make_valid (out->str, (gssize)out->len);

      g_string_free (out, TRUE);
      return take_string (repaired);
    }
  g_string_free (out, TRUE);
  return NULL;
}

/* One step of iconv into @out; with @in NULL, what it still held back. Returns
 * FALSE when it stopped at bytes it cannot read. */
static gboolean
iconv_some (GIConv iconv, char **in, gsize *left, GString *out)
{
  char buffer[512];
  char *to = buffer;
  gsize room = sizeof buffer;
  gsize result = g_iconv (iconv, in, left, &to, &room);
  gboolean stuck = result == (gsize)-1 && errno != E2BIG;

  g_string_append_len (out, buffer, to - buffer);
  return !stuck;
}

/* As from_utf8(). An encoding the system does not know is never valid. */
static GString *
from_iconv (const guint8 *data, gsize len, const char *charset, gboolean repair)
{
  GIConv iconv =
      may_open (charset) ? g_iconv_open ("UTF-8", charset) : (GIConv)-1;
  char *in = (char *)data;
  GString *out;

  if (iconv == (GIConv)-1)
    return NULL;
  out = g_string_sized_new (len + len / 2 + 1);
  while (len > 0)
    {
      if (iconv_some (iconv, &in, &len, out))
        continue;
      if (!repair)
        {
          g_string_free (out, TRUE);
          g_iconv_close (iconv);
          return NULL;
        }
      g_string_append (out, "\xef\xbf\xbd");
      in++;
      len--;
    }
  iconv_some (iconv, NULL, NULL, out);
  g_iconv_close (iconv);
  return out;
}

static GString *
decode (const guint8 *data, gsize len, const char *charset, gboolean repair)
{
  switch (encoding_of (charset))
    {
    case ENCODING_UTF8:
      return from_utf8 (data, len, repair);
    case ENCODING_UTF16:
      return from_utf16 (data, len);
    case ENCODING_LATIN1:
      return from_latin1 (data, len);
    case ENCODING_ASCII_LIKE:
    case ENCODING_OTHER:
      return from_iconv (data, len, charset, repair);
    }
  return NULL;
}

static gboolean
is_ascii_in (Encoding encoding, const guint8 *data, gsize len)
{
  return encoding != ENCODING_UTF16 && encoding != ENCODING_OTHER &&
         im_ascii_text_prefix (data, len) == len;
}

char *
im_charset_to_utf8 (const guint8 *data, gsize len, const char *charset,
                    const char *fallback)
{
  GString *text;

  if (len == 0)
    return g_strdup ("");
  if (is_ascii_in (encoding_of (charset), data, len))
    return g_strndup ((const char *)data, len);

  text = decode (data, len, charset, FALSE);
  if (text == NULL)
    text = from_utf8 (data, len, FALSE);
  if (text == NULL && fallback != NULL)
    text = decode (data, len, fallback, TRUE);
  if (text == NULL)
    text = decode (data, len, charset, TRUE);
  if (text == NULL)
    text = from_utf8 (data, len, TRUE);
  return tidy (text);
}

char *
im_charset_guess_to_utf8 (const guint8 *data, gsize len, const char *fallback)
{
  return im_charset_to_utf8 (data, len, "UTF-8",
                             fallback != NULL ? fallback : "ISO-8859-1");
}

static GBytes *
to_utf16 (const char *utf8, gsize len)
{
  GByteArray *out = g_byte_array_sized_new ((guint)len * 2);

  for (const char *p = utf8; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      guint8 units[4];
      guint n = 0;

      if (c > 0xffff)
        {
          gunichar high = 0xd800 + ((c - 0x10000) >> 10);

          units[n++] = (guint8)(high >> 8);
          units[n++] = (guint8)high;
          c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
      units[n++] = (guint8)(c >> 8);
      units[n++] = (guint8)c;
      g_byte_array_append (out, units, n);
    }
  return g_byte_array_free_to_bytes (out);
}

GBytes *
im_charset_from_utf8 (const char *utf8, const char *charset)
{
  gsize len = strlen (utf8);
  gsize written = 0;
  Encoding encoding = encoding_of (charset);
  char *text;

  if (encoding == ENCODING_UTF8 ||
      is_ascii_in (encoding, (const guint8 *)utf8, len))
    return g_bytes_new (utf8, len);
  if (encoding == ENCODING_UTF16)
    return to_utf16 (utf8, len);
  if (!may_open (charset))
    return NULL;
  text = g_convert (utf8, (gssize)len, charset, "UTF-8", NULL, &written, NULL);
  return text != NULL ? g_bytes_new_take (text, written) : NULL;
}

char *
im_charset_tidy (const char *utf8)
{
  return utf8 != NULL && *utf8 != '\0'
             ? im_charset_to_utf8 ((const guint8 *)utf8, strlen (utf8),
                                   "UTF-8", NULL)
             : NULL;
}

char *
im_charset_tidy_line (const char *utf8)
{
  g_autofree char *line = im_charset_tidy (utf8);

  if (line == NULL || *g_strstrip (g_strdelimit (line, "\n\t", ' ')) == '\0')
    return NULL;
  return g_steal_pointer (&line);
}
