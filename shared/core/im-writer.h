#pragma once

/* An appending buffer with a ceiling and back-filled length prefixes.
 *
 * Appending cannot fail on the spot: a value that does not fit its prefix, or
 * a buffer that would pass its ceiling, sets a flag that im_writer_finish()
 * turns into an error. So an encoder reads as the list of its fields. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"

/**
 * ImWriter:
 * @bytes: (owned): what was written so far
 * @room: how many bytes of @bytes are allocated
 * @max: the ceiling, in bytes
 * @overflow: something did not fit; nothing is appended any more
 */
typedef struct
{
  GByteArray *bytes;
  gsize room;
  gsize max;
  gboolean overflow;
} ImWriter;

/**
 * im_writer_init:
 * @writer: (out): a writer to set
 * @max: the ceiling, in bytes
 *
 * Starts an empty buffer. Free it with im_writer_finish() or
 * im_writer_clear().
 */
IM_API void im_writer_init (ImWriter *writer, gsize max);

/**
 * im_writer_clear:
 * @writer: a writer, possibly finished already
 *
 * Drops the buffer.
 */
IM_API void im_writer_clear (ImWriter *writer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ImWriter, im_writer_clear)

/* Integers, big-endian unless the name ends in "le". */
IM_API void im_writer_u8 (ImWriter *writer, guint8 value);
IM_API void im_writer_u16 (ImWriter *writer, guint16 value);
IM_API void im_writer_u32 (ImWriter *writer, guint32 value);
IM_API void im_writer_u64 (ImWriter *writer, guint64 value);
IM_API void im_writer_u16le (ImWriter *writer, guint16 value);
IM_API void im_writer_u32le (ImWriter *writer, guint32 value);

/**
 * im_writer_raw:
 * @writer: a writer
 * @data: (nullable): bytes
 * @len: how many
 *
 * Appends @data as it is.
 */
IM_API void im_writer_raw (ImWriter *writer, const void *data, gsize len);

/* A length prefix of one or two bytes, then the characters of @text without
 * their NUL. %NULL counts as empty. */
IM_API void im_writer_str8 (ImWriter *writer, const char *text);
IM_API void im_writer_str16 (ImWriter *writer, const char *text);

/**
 * im_writer_open16:
 * @writer: a writer
 *
 * Reserves a two-byte length prefix. Prefixes nest.
 *
 * Returns: the place to hand to im_writer_close16()
 */
IM_API gsize im_writer_open16 (ImWriter *writer);

/**
 * im_writer_close16:
 * @writer: a writer
 * @mark: what im_writer_open16() returned
 *
 * Writes into the prefix how many bytes were appended after it, big-endian.
 */
IM_API void im_writer_close16 (ImWriter *writer, gsize mark);

/* The same, little-endian. */
IM_API void im_writer_close16le (ImWriter *writer, gsize mark);

/**
 * im_writer_patch16:
 * @writer: a writer
 * @mark: an offset at which two bytes were written
 * @value: what to put there, big-endian
 *
 * Overwrites two bytes, for counts known only at the end.
 */
IM_API void im_writer_patch16 (ImWriter *writer, gsize mark, guint16 value);

/**
 * im_writer_finish:
 * @writer: a writer; empty afterwards
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL with
 *   %IM_WIRE_ERROR_TOO_LARGE if anything did not fit
 */
IM_API GBytes *im_writer_finish (ImWriter *writer, GError **error);
