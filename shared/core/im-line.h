#pragma once

/* A cursor over one line of text: words, bounded numbers, the rest.
 *
 * What ImReader is for bytes, this is for the lines of text protocols. Words
 * stand between single spaces, so two spaces in a row have an empty word
 * between them, as has a space at the end of the line. Every read either moves
 * the cursor and writes its result or does neither. Lines and words live on
 * the stack and own nothing: the characters must outlive them. */

#include <glib.h>
#include <string.h>
#include "im-api.h"
#include "im-error.h"

/**
 * ImWord:
 * @text: its first character; not NUL-terminated, and not to be trusted to be
 *   UTF-8
 * @len: how many bytes, may be 0
 */
typedef struct
{
  const char *text;
  gsize len;
} ImWord;

/**
 * ImLine:
 * @pos: the next character
 * @end: one past the last; never before @pos
 * @over: the last word was taken
 */
typedef struct
{
  const char *pos;
  const char *end;
  gboolean over;
} ImLine;

/**
 * im_line_init:
 * @line: (out): a cursor to set
 * @text: (nullable): a line without its end, outliving the cursor
 * @len: its length in bytes
 *
 * Puts a cursor at the start of @text. An empty line has no words.
 */
IM_API void im_line_init (ImLine *line, const char *text, gsize len);

/** Returns: whether no word is left */
static inline gboolean
im_line_at_end (const ImLine *line)
{
  return line->over;
}

/**
 * im_line_word:
 * @line: a cursor
 * @ret: (out): what stands before the next space, or the end
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED if no word is left
 */
IM_API gboolean im_line_word (ImLine *line, ImWord *ret, GError **error);

/**
 * im_line_number:
 * @line: a cursor
 * @max: the largest number that makes sense here
 * @ret: (out): the number
 * @error: return location
 *
 * Takes a word that is a number, as im_word_number() has it.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED if no word is left, else as
 *   im_word_number()
 */
IM_API gboolean im_line_number (ImLine *line, guint64 max, guint64 *ret,
                                GError **error);

/**
 * im_line_rest:
 * @line: a cursor
 *
 * Takes everything that is left, spaces and all.
 *
 * Returns: it, maybe empty
 */
IM_API ImWord im_line_rest (ImLine *line);

/** Returns: a word of the characters of @text, which must outlive it */
IM_API ImWord im_word (const char *text);

/** Returns: whether @word is exactly @text */
static inline gboolean
im_word_is (ImWord word, const char *text)
{
  return strlen (text) == word.len && memcmp (word.text, text, word.len) == 0;
}

/** Returns: whether @word begins with @prefix */
IM_API gboolean im_word_starts (ImWord word, const char *prefix);

/** Returns: whether @word is one digit or more, and nothing else */
IM_API gboolean im_word_is_digits (ImWord word);

/**
 * im_word_number:
 * @word: digits
 * @max: the largest number that makes sense here
 * @ret: (out): the number, written only on success
 * @error: return location
 *
 * Reads an unsigned decimal number: digits only, no sign, no space. Leading
 * zeros are fine.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_MALFORMED if it is none, and with
 *   %IM_WIRE_ERROR_TOO_LARGE if it is above @max
 */
IM_API gboolean im_word_number (ImWord word, guint64 max, guint64 *ret,
                                GError **error);

/**
 * im_word_hex:
 * @word: hexadecimal digits of either case
 * @max: the largest number that makes sense here
 * @ret: (out): the number, written only on success
 * @error: return location
 *
 * Returns: as im_word_number()
 */
IM_API gboolean im_word_hex (ImWord word, guint64 max, guint64 *ret,
                             GError **error);

/**
 * im_word_cut:
 * @word: (inout): a word
 * @at: a character
 * @ret: (out): what stood before the first @at
 *
 * Splits a word: @word becomes what follows @at. Without an @at, all of it is
 * in @ret and @word becomes empty.
 *
 * Returns: whether there was an @at
 */
IM_API gboolean im_word_cut (ImWord *word, char at, ImWord *ret);

/** Returns: (transfer full): a NUL-terminated copy, cut at the first NUL */
IM_API char *im_word_dup (ImWord word);
