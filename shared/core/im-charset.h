#pragma once

/* The one gate from wire text to UTF-8. Nothing else builds display text
 * from received bytes. */

#include <glib.h>
#include "im-api.h"

/**
 * im_charset_to_utf8:
 * @data: (nullable): bytes of a peer
 * @len: how many
 * @charset: the encoding they claim, as iconv names it, or AOL's
 *   "unicode-2-0". UTF-8, UTF-16BE and ISO-8859-1 (read as Windows-1252, its
 *   superset) are done here, quickly
 * @fallback: (nullable): the encoding to try when they are neither valid in
 *   @charset nor in UTF-8, for peers that mislabel their text
 *
 * Converts @data into valid UTF-8 without NUL and without control characters
 * but tab and newline (CR LF and CR become newline). What cannot be converted
 * becomes U+FFFD; conversion itself never fails, whatever @charset says.
 *
 * Returns: (transfer full): NUL-terminated UTF-8
 */
IM_API char *im_charset_to_utf8 (const guint8 *data, gsize len,
                                 const char *charset, const char *fallback);

/**
 * im_charset_guess_to_utf8:
 * @data: (nullable): bytes of a peer
 * @len: how many
 * @fallback: (nullable): encoding of last resort; ISO-8859-1 if %NULL
 *
 * For text with no label, or one known to lie: UTF-8 if the bytes are valid
 * UTF-8, else @fallback. Cleans up like im_charset_to_utf8().
 *
 * Returns: (transfer full): NUL-terminated UTF-8
 */
IM_API char *im_charset_guess_to_utf8 (const guint8 *data, gsize len,
                                       const char *fallback);

/**
 * im_charset_from_utf8:
 * @utf8: valid UTF-8
 * @charset: the encoding wanted
 *
 * Returns: (transfer full) (nullable): @utf8 in @charset, or %NULL if a
 *   character does not exist there
 */
IM_API GBytes *im_charset_from_utf8 (const char *utf8, const char *charset);

/**
 * im_charset_tidy:
 * @utf8: (nullable): text a peer claims to be UTF-8
 *
 * Returns: (transfer full) (nullable): the same, cleaned up like
 *   im_charset_to_utf8(); %NULL for nothing
 */
IM_API char *im_charset_tidy (const char *utf8);

/** The same for what is one line: line ends and tabs become spaces, and none
 * are around it. */
IM_API char *im_charset_tidy_line (const char *utf8);
