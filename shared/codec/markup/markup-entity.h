#pragma once

/* Character references of HTML: named, decimal and hexadecimal. */

#include <glib.h>

/** Bytes needed for one character: UTF-8's longest and a NUL. */
#define MARKUP_CHAR_MAX 7

/**
 * markup_entity_decode:
 * @text: starts with '&'
 * @end: one past the last byte that may be read
 * @ret: (out): the character in UTF-8, NUL-terminated
 *
 * Reads one reference. Names are those of HTML 3.2 and the punctuation old
 * clients use; a reference must end in a semicolon, or links with "&copy=" in
 * them would change. Numbers may have any count of digits. What is no
 * character (zero, surrogates, beyond U+10FFFF) becomes U+FFFD, and 128 to
 * 159 mean Windows-1252, as in every browser.
 *
 * Returns: the bytes read, or 0 if this is no reference: an ampersand then
 */
gsize markup_entity_decode (const char *text, const char *end,
                            char ret[MARKUP_CHAR_MAX]);

/**
 * markup_entity_decode_all:
 * @text: the value of an attribute
 * @len: its length in bytes
 *
 * Returns: (transfer full): @text with every reference decoded
 */
char *markup_entity_decode_all (const char *text, gsize len);
