#pragma once

/* Blocks of headers, as the web gateway has them in several places:
 *
 *   Name: value CR LF
 *   Name: value CR LF
 *   CR LF
 *
 * There are no folded lines; of two headers of one name the last counts.
 * Nothing here knows what a header means. */

#include "im-limits.h"
#include "im-reader.h"

/**
 * MsnwebHeaders:
 * @text: (owned) (nullable): names and values, in pieces
 * @names: of the headers, within @text
 * @values: of the headers, within @text: valid UTF-8 of one line, without
 *   spaces around it
 * @n_headers: how many
 *
 * Begins zeroed.
 */
typedef struct
{
  char *text;
  const char *names[IM_MAX_MSNWEB_HEADERS];
  const char *values[IM_MAX_MSNWEB_HEADERS];
  guint n_headers;
} MsnwebHeaders;

IM_API void msnweb_headers_clear (MsnwebHeaders *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebHeaders, msnweb_headers_clear)

/**
 * msnweb_headers_decode:
 * @reader: where a block begins; moved behind its empty line
 * @ret: (out): the block; zeroed if this fails
 * @error: return location
 *
 * Lines end in CR LF or in LF. Lines that are no header are passed over, and
 * without an empty line everything that is left is headers.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TOO_LARGE beyond
 *   %IM_MAX_MSNWEB_HEADERS or with a line of more than
 *   %IM_MAX_MSNWEB_HEADER bytes
 */
IM_API gboolean msnweb_headers_decode (ImReader *reader, MsnwebHeaders *ret,
                                       GError **error);

/**
 * msnweb_headers_get:
 * @headers: a block
 * @name: of a header, in any case
 *
 * Returns: (transfer none) (nullable): the value of the last one
 */
IM_API const char *msnweb_headers_get (const MsnwebHeaders *headers,
                                       const char *name);

/** Returns: the value as a number, or 0 if it is none above zero */
IM_API guint64 msnweb_headers_number (const MsnwebHeaders *headers,
                                      const char *name);

/**
 * msnweb_headers_add:
 * @out: where to append
 * @name: of a header
 * @value: (nullable): its value; nothing is added for %NULL
 *
 * Writes a header. Control characters in @value become spaces, so no value
 * can begin a line.
 */
IM_API void msnweb_headers_add (GString *out, const char *name,
                                const char *value);

/** The same for a number. */
IM_API void msnweb_headers_add_number (GString *out, const char *name,
                                       guint64 value);

/** Ends a block. */
IM_API void msnweb_headers_end (GString *out);
