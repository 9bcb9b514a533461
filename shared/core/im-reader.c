#include "im-reader.h"

#include <string.h>

void
im_reader_init (ImReader *reader, const void *data, gsize len)
{
  /* Empty buffers come as NULL, which string functions must not see. */
  reader->pos = data != NULL ? data : (const guint8 *)"";
  reader->end = reader->pos + len;
}

void
im_reader_init_bytes (ImReader *reader, GBytes *bytes)
{
  gsize len;
  const void *data = g_bytes_get_data (bytes, &len);

  im_reader_init (reader, data, len);
}

void
im_reader_cut (const ImReader *reader, gsize wanted, GError **error)
{
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
               "%" G_GSIZE_FORMAT " bytes wanted, %" G_GSIZE_FORMAT " left",
               wanted, im_reader_left (reader));
}

/* Every read below asks this one first. */
static gboolean
want (const ImReader *reader, gsize len, GError **error)
{
  if (G_LIKELY (len <= im_reader_left (reader)))
    return TRUE;
  im_reader_cut (reader, len, error);
  return FALSE;
}

gboolean
im_reader_u64 (ImReader *reader, guint64 *ret, GError **error)
{
  guint64 raw;

  if (!want (reader, sizeof raw, error))
    return FALSE;
  memcpy (&raw, reader->pos, sizeof raw);
  reader->pos += sizeof raw;
  *ret = GUINT64_FROM_BE (raw);
  return TRUE;
}

gboolean
im_reader_u16le (ImReader *reader, guint16 *ret, GError **error)
{
  guint16 value;

  if (!im_reader_u16 (reader, &value, error))
    return FALSE;
  *ret = GUINT16_SWAP_LE_BE (value);
  return TRUE;
}

gboolean
im_reader_u32le (ImReader *reader, guint32 *ret, GError **error)
{
  guint32 value;

  if (!im_reader_u32 (reader, &value, error))
    return FALSE;
  *ret = GUINT32_SWAP_LE_BE (value);
  return TRUE;
}

gboolean
im_reader_skip (ImReader *reader, gsize len, GError **error)
{
  if (!want (reader, len, error))
    return FALSE;
  reader->pos += len;
  return TRUE;
}

gboolean
im_reader_raw (ImReader *reader, gsize len, const guint8 **ret, GError **error)
{
  if (!want (reader, len, error))
    return FALSE;
  *ret = reader->pos;
  reader->pos += len;
  return TRUE;
}

/* A prefix is only consumed together with what it announces, so that a
 * failed read leaves the cursor where it was. */
static gboolean
sub_after_prefix (ImReader *reader, ImReader ahead, gsize len, ImReader *ret,
                  GError **error)
{
  if (!im_reader_sub (&ahead, len, ret, error))
    return FALSE;
  reader->pos = ahead.pos;
  return TRUE;
}

gboolean
im_reader_sub8 (ImReader *reader, ImReader *ret, GError **error)
{
  ImReader ahead = *reader;
  guint8 len;

  return im_reader_u8 (&ahead, &len, error) &&
         sub_after_prefix (reader, ahead, len, ret, error);
}

gboolean
im_reader_sub16le (ImReader *reader, ImReader *ret, GError **error)
{
  ImReader ahead = *reader;
  guint16 len;

  return im_reader_u16le (&ahead, &len, error) &&
         sub_after_prefix (reader, ahead, len, ret, error);
}

GBytes *
im_reader_rest (ImReader *reader)
{
  GBytes *rest = g_bytes_new (reader->pos, im_reader_left (reader));

  reader->pos = reader->end;
  return rest;
}

char *
im_reader_dup_string (ImReader *reader)
{
  /* A slice that is absent points nowhere. */
  char *text = reader->pos != NULL ? g_strndup ((const char *)reader->pos,
                                                im_reader_left (reader))
                                   : g_strdup ("");

  reader->pos = reader->end;
  return text;
}
