#pragma once

/* A cursor over received bytes: the only code that touches them.
 *
 * Every read says how much it wants, is checked against what is left, and
 * either moves the cursor and writes its result or does neither and sets
 * %IM_WIRE_ERROR_TRUNCATED. A length prefix yields a sub-reader, so nested
 * structures cannot run out of their box. Readers live on the stack and own
 * nothing: the bytes must outlive them. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"

/**
 * ImReader:
 * @pos: the next byte
 * @end: one past the last byte; never before @pos
 */
typedef struct
{
  const guint8 *pos;
  const guint8 *end;
} ImReader;

/**
 * im_reader_init:
 * @reader: (out): a cursor to set
 * @data: (nullable): bytes that outlive the cursor
 * @len: how many
 *
 * Puts a cursor at the start of @data.
 */
IM_API void im_reader_init (ImReader *reader, const void *data, gsize len);

/**
 * im_reader_init_bytes:
 * @reader: (out): a cursor to set
 * @bytes: bytes that outlive the cursor
 *
 * Puts a cursor at the start of @bytes, taking no reference.
 */
IM_API void im_reader_init_bytes (ImReader *reader, GBytes *bytes);

/**
 * im_reader_left:
 * @reader: a cursor
 *
 * Returns: how many bytes follow the cursor
 */
static inline gsize
im_reader_left (const ImReader *reader)
{
  return (gsize)(reader->end - reader->pos);
}

/** Sets %IM_WIRE_ERROR_TRUNCATED for @wanted bytes. */
IM_API void im_reader_cut (const ImReader *reader, gsize wanted,
                           GError **error);

/* Integers, big-endian unless the name ends in "le". They are here whole
 * because messages consist of little else. */
static inline gboolean
im_reader_u8 (ImReader *reader, guint8 *ret, GError **error)
{
  if (G_UNLIKELY (im_reader_left (reader) < 1))
    {
      im_reader_cut (reader, 1, error);
      return FALSE;
    }
  *ret = *reader->pos++;
  return TRUE;
}

static inline gboolean
im_reader_u16 (ImReader *reader, guint16 *ret, GError **error)
{
  if (G_UNLIKELY (im_reader_left (reader) < 2))
    {
      im_reader_cut (reader, 2, error);
      return FALSE;
    }
  *ret = (guint16)(reader->pos[0] << 8 | reader->pos[1]);
  reader->pos += 2;
  return TRUE;
}

static inline gboolean
im_reader_u32 (ImReader *reader, guint32 *ret, GError **error)
{
  if (G_UNLIKELY (im_reader_left (reader) < 4))
    {
      im_reader_cut (reader, 4, error);
      return FALSE;
    }
  *ret = (guint32)reader->pos[0] << 24 | (guint32)reader->pos[1] << 16 |
         (guint32)reader->pos[2] << 8 | reader->pos[3];
  reader->pos += 4;
  return TRUE;
}

IM_API gboolean im_reader_u64 (ImReader *reader, guint64 *ret, GError **error);
IM_API gboolean im_reader_u16le (ImReader *reader, guint16 *ret,
                                 GError **error);
IM_API gboolean im_reader_u32le (ImReader *reader, guint32 *ret,
                                 GError **error);

/**
 * im_reader_skip:
 * @reader: a cursor
 * @len: how many bytes to pass over
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED if fewer are left
 */
IM_API gboolean im_reader_skip (ImReader *reader, gsize len, GError **error);

/**
 * im_reader_raw:
 * @reader: a cursor
 * @len: how many bytes
 * @ret: (out) (transfer none): points into the bytes being read
 * @error: return location
 *
 * Takes @len bytes without copying them.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED if fewer are left
 */
IM_API gboolean im_reader_raw (ImReader *reader, gsize len, const guint8 **ret,
                               GError **error);

/**
 * im_reader_sub:
 * @reader: a cursor
 * @len: how many bytes belong to the nested structure
 * @ret: (out): a cursor over just those
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED if fewer are left
 */
static inline gboolean
im_reader_sub (ImReader *reader, gsize len, ImReader *ret, GError **error)
{
  if (G_UNLIKELY (im_reader_left (reader) < len))
    {
      im_reader_cut (reader, len, error);
      return FALSE;
    }
  ret->pos = reader->pos;
  reader->pos += len;
  ret->end = reader->pos;
  return TRUE;
}

/* A length prefix of one or two bytes and a cursor over what it announces. */
IM_API gboolean im_reader_sub8 (ImReader *reader, ImReader *ret,
                                GError **error);
static inline gboolean
im_reader_sub16 (ImReader *reader, ImReader *ret, GError **error)
{
  ImReader ahead = *reader;
  guint16 len;

  /* A prefix is only consumed together with what it announces. */
  if (!im_reader_u16 (&ahead, &len, error) ||
      !im_reader_sub (&ahead, len, ret, error))
    return FALSE;
  *reader = ahead;
  return TRUE;
}
IM_API gboolean im_reader_sub16le (ImReader *reader, ImReader *ret,
                                   GError **error);

/**
 * im_reader_rest:
 * @reader: a cursor
 *
 * Takes everything that is left.
 *
 * Returns: (transfer full): a copy of it, possibly empty
 */
IM_API GBytes *im_reader_rest (ImReader *reader);

/**
 * im_reader_dup_string:
 * @reader: a cursor
 *
 * Takes everything that is left as raw characters. The bytes are copied as
 * they are: whoever shows them passes them through the text gate first.
 *
 * Returns: (transfer full): a NUL-terminated copy, cut at the first NUL
 */
IM_API char *im_reader_dup_string (ImReader *reader);
