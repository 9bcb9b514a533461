#pragma once

/* The question every text is asked first: how far is it plain ASCII that
 * needs neither decoding nor cleaning? Eight bytes are answered at a time. */

#include <string.h>

#include <glib.h>

/**
 * im_ascii_is_text:
 * @c: a byte
 *
 * Returns: whether @c is printable ASCII, a tab or a newline
 */
static inline gboolean
im_ascii_is_text (guint8 c)
{
  return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

/**
 * im_ascii_c1_at:
 * @p: within valid UTF-8, NUL-terminated
 *
 * The second set of control characters, U+0080 to U+009F. Terminals obey
 * them as they do Escape sequences.
 *
 * Returns: whether the two bytes at @p are one of them
 */
static inline gboolean
im_ascii_c1_at (const char *p)
{
  return (guint8)p[0] == 0xc2 && (guint8)p[1] < 0xa0;
}

/**
 * im_ascii_text_prefix:
 * @data: (nullable): bytes
 * @len: how many
 *
 * Returns: how many bytes at the start of @data are text as
 *   im_ascii_is_text() has it
 */
static inline gsize
im_ascii_text_prefix (const void *data, gsize len)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 tops = ones * 0x80;
  const guint8 *p = data;
  gsize i = 0;

  while (i < len)
    {
      guint64 word;

      if (len - i >= sizeof word)
        {
          memcpy (&word, p + i, sizeof word);
          /* A top bit appears where a byte is below 0x20, is 0x7f, or has
           * it already. Borrows may add some above the first: a false alarm
           * costs a look at one byte. */
          if (((word | (word - ones * 0x20) | ((word ^ (ones * 0x7f)) - ones)) &
               tops) == 0)
            {
              i += sizeof word;
              continue;
            }
        }
      if (!im_ascii_is_text (p[i]))
        break;
      i++;
    }
  return i;
}
