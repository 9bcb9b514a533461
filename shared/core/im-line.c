#include "im-line.h"

#include <string.h>

void
im_line_init (ImLine *line, const char *text, gsize len)
{
  line->pos = text;
  line->end = len > 0 ? text + len : text;
  line->over = len == 0;
}

gboolean
im_line_word (ImLine *line, ImWord *ret, GError **error)
{
  const char *space;

  if (line->over)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
                           "the line has no further word");
      return FALSE;
    }
  ret->text = line->pos;
  space = memchr (line->pos, ' ', (gsize)(line->end - line->pos));
  line->over = space == NULL;
  ret->len = (gsize)((space != NULL ? space : line->end) - line->pos);
  line->pos = space != NULL ? space + 1 : line->end;
  return TRUE;
}

gboolean
im_line_number (ImLine *line, guint64 max, guint64 *ret, GError **error)
{
  ImLine ahead = *line;
  ImWord word;

  if (!im_line_word (&ahead, &word, error) ||
      !im_word_number (word, max, ret, error))
    return FALSE;
  *line = ahead;
  return TRUE;
}

ImWord
im_line_rest (ImLine *line)
{
  ImWord rest = { line->pos, (gsize)(line->end - line->pos) };

  line->pos = line->end;
  line->over = TRUE;
  return rest;
}

ImWord
im_word (const char *text)
{
  return (ImWord){ text, strlen (text) };
}

gboolean
im_word_starts (ImWord word, const char *prefix)
{
  gsize len = strlen (prefix);

  return len <= word.len && memcmp (word.text, prefix, len) == 0;
}

gboolean
im_word_is_digits (ImWord word)
{
  for (gsize i = 0; i < word.len; i++)
    if (!g_ascii_isdigit (word.text[i]))
      return FALSE;
  return word.len > 0;
}

static gboolean
read_number (ImWord word, guint base, guint64 max, guint64 *ret, GError **error)
{
  guint64 value = 0;

  for (gsize i = 0; i < word.len; i++)
    {
      int digit = g_ascii_xdigit_value (word.text[i]);

      if (digit < 0 || (guint)digit >= base)
        break;
      /* Compared before it is computed: the sum could wrap. */
      if (value > (max - MIN (max, (guint)digit)) / base || (guint)digit > max)
        {
          g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                       "a number is above %" G_GUINT64_FORMAT, max);
          return FALSE;
        }
      value = value * base + (guint)digit;
      if (i + 1 == word.len)
        {
          *ret = value;
          return TRUE;
        }
    }
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                       "a word is not a number");
  return FALSE;
}

gboolean
im_word_number (ImWord word, guint64 max, guint64 *ret, GError **error)
{
  return read_number (word, 10, max, ret, error);
}

gboolean
im_word_hex (ImWord word, guint64 max, guint64 *ret, GError **error)
{
  return read_number (word, 16, max, ret, error);
}

gboolean
im_word_cut (ImWord *word, char at, ImWord *ret)
{
  const char *found = word->len > 0 ? memchr (word->text, at, word->len) : NULL;

  ret->text = word->text;
  if (found == NULL)
    {
      ret->len = word->len;
      *word = (ImWord){ word->text + word->len, 0 };
      return FALSE;
    }
  ret->len = (gsize)(found - word->text);
  word->text += ret->len + 1;
  word->len -= ret->len + 1;
  return TRUE;
}

char *
im_word_dup (ImWord word)
{
  return g_strndup (word.text != NULL ? word.text : "", word.len);
}
