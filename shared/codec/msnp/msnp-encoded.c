#include "msnp-encoded.h"

#include <string.h>

#include "im-charset.h"

/* The parts of "=?charset?B?text?=", within it. */
typedef struct
{
  const char *charset;
  gsize charset_len;
  char how;
  const char *text;
  gsize text_len;
  const char *end;
} Encoded;

static gboolean
find_parts (const char *p, Encoded *ret)
{
  const char *mark;
  const char *end;

  if (strncmp (p, "=?", 2) != 0)
    return FALSE;
  mark = strchr (p + 2, '?');
  if (mark == NULL || mark[1] == '\0' || mark[2] != '?')
    return FALSE;
  end = strstr (mark + 3, "?=");
  if (end == NULL)
    return FALSE;
  *ret = (Encoded){
    .charset = p + 2,
    .charset_len = (gsize)(mark - p) - 2,
    .how = g_ascii_toupper (mark[1]),
    .text = mark + 3,
    .text_len = (gsize)(end - mark) - 3,
    .end = end + 2,
  };
  return TRUE;
}

/* Without its quotation marks, and without a language (RFC 2231). */
static char *
dup_charset (const Encoded *word)
{
  g_autofree char *raw = g_strndup (word->charset, MIN (word->charset_len, 64));
  const char *start = raw + strspn (raw, "\"");

  return g_strndup (start, strcspn (start, "\"*"));
}

static guint8 *
decode_quoted (const Encoded *word, gsize *ret_len)
{
  guint8 *out = g_malloc (word->text_len + 1);
  gsize len = 0;

  for (gsize i = 0; i < word->text_len; i++)
    {
      int high = -1;
      int low = -1;

      if (word->text[i] == '=' && word->text_len - i > 2)
        {
          high = g_ascii_xdigit_value (word->text[i + 1]);
          low = g_ascii_xdigit_value (word->text[i + 2]);
        }
      if (high >= 0 && low >= 0)
        {
          out[len++] = (guint8)(high << 4 | low);
          i += 2;
        }
      else
        out[len++] = word->text[i] == '_' ? ' ' : (guint8)word->text[i];
    }
  *ret_len = len;
  return out;
}

static gboolean
append_word (GString *out, const Encoded *word)
{
  g_autofree char *charset = dup_charset (word);
  g_autofree char *text = NULL;
  g_autofree guint8 *raw = NULL;
  gsize len;

  if (word->how == 'Q')
    raw = decode_quoted (word, &len);
  else if (word->how == 'B')
    {
      g_autofree char *base64 = g_strndup (word->text, word->text_len);

      raw = g_base64_decode (base64, &len);
    }
  else
    return FALSE;
  text = im_charset_to_utf8 (raw, len, charset, "ISO-8859-1");
  g_string_append (out, text);
  return TRUE;
}

static void
append_raw (GString *out, const char *text, gsize len)
{
  g_autofree char *tidy =
      im_charset_to_utf8 ((const guint8 *)text, len, "UTF-8", "ISO-8859-1");

  g_string_append (out, tidy);
}

char *
msnp_encoded_decode (const char *value)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *done = value;
  gboolean after_word = FALSE;
  const char *p = value;

  while ((p = strstr (p, "=?")) != NULL)
    {
      gsize between = (gsize)(p - done);
      gsize before = out->len;
      Encoded word;

      if (!find_parts (p, &word))
        {
          p += 2;
          continue;
        }
      if (!after_word || strspn (done, " \t\r\n") < between)
        append_raw (out, done, between);
      if (!append_word (out, &word))
        {
          g_string_truncate (out, before);
          p += 2;
          continue;
        }
      after_word = TRUE;
      done = p = word.end;
    }
  append_raw (out, done, strlen (done));
  return g_strdelimit (g_string_free (g_steal_pointer (&out), FALSE), "\n\t",
                       ' ');
}

char *
msnp_encoded_encode (const char *utf8, gsize max)
{
  gsize len = strlen (utf8);
  g_autofree char *base64 = NULL;

  if (len > max)
    for (len = max; len > 0 && ((guint8)utf8[len] & 0xc0) == 0x80;)
      len--;
  base64 = g_base64_encode ((const guint8 *)utf8, len);
  return g_strconcat ("=?utf-8?B?", base64, "?=", NULL);
}
