#include "im-writer.h"

#include <string.h>

/* Most of what is written fits in it, so that growing, which costs more than
 * all the fields of a message, is rare. */
#define FIRST_SIZE 256

void
im_writer_init (ImWriter *writer, gsize max)
{
  writer->room = MIN (max, FIRST_SIZE);
  writer->bytes = g_byte_array_sized_new ((guint) writer->room);
  writer->max = max;
  writer->overflow = FALSE;
}

void
im_writer_clear (ImWriter *writer)
{
  g_clear_pointer (&writer->bytes, g_byte_array_unref);
}

/* The array is made larger than it is said to be, so that a field is a copy
 * and not a call. */
static void
grow (ImWriter *writer, gsize len)
{
  guint used = writer->bytes->len;

  writer->room = MIN (MAX (used + len, writer->room * 2), writer->max);
  g_byte_array_set_size (writer->bytes, (guint) writer->room);
  writer->bytes->len = used;
}

/* Returns: (nullable): where to put @len bytes, which now belong to it */
static inline guint8 *
append (ImWriter *writer, gsize len)
{
  guint8 *end;

  if (writer->overflow || len > writer->max - writer->bytes->len)
    {
      writer->overflow = TRUE;
      return NULL;
    }
  if (len > writer->room - writer->bytes->len)
    grow (writer, len);
  end = writer->bytes->data + writer->bytes->len;
  writer->bytes->len += (guint) len;
  return end;
}

void
im_writer_raw (ImWriter *writer, const void *data, gsize len)
{
  guint8 *end = len > 0 ? append (writer, len) : NULL;

  if (end != NULL)
    memcpy (end, data, len);
}

void
im_writer_u8 (ImWriter *writer, guint8 value)
{
  im_writer_raw (writer, &value, sizeof value);
}

void
im_writer_u16 (ImWriter *writer, guint16 value)
{
  guint16 raw = GUINT16_TO_BE (value);

  im_writer_raw (writer, &raw, sizeof raw);
}

void
im_writer_u32 (ImWriter *writer, guint32 value)
{
  guint32 raw = GUINT32_TO_BE (value);

  im_writer_raw (writer, &raw, sizeof raw);
}

void
im_writer_u64 (ImWriter *writer, guint64 value)
{
  guint64 raw = GUINT64_TO_BE (value);

  im_writer_raw (writer, &raw, sizeof raw);
}

void
im_writer_u16le (ImWriter *writer, guint16 value)
{
  im_writer_u16 (writer, GUINT16_SWAP_LE_BE (value));
}

void
im_writer_u32le (ImWriter *writer, guint32 value)
{
  im_writer_u32 (writer, GUINT32_SWAP_LE_BE (value));
}

void
im_writer_str8 (ImWriter *writer, const char *text)
{
  gsize len = text != NULL ? strlen (text) : 0;

  if (len > G_MAXUINT8)
    writer->overflow = TRUE;
  im_writer_u8 (writer, (guint8) len);
  im_writer_raw (writer, text, len);
}

void
im_writer_str16 (ImWriter *writer, const char *text)
{
  gsize mark = im_writer_open16 (writer);

  im_writer_raw (writer, text, text != NULL ? strlen (text) : 0);
  im_writer_close16 (writer, mark);
}

gsize
im_writer_open16 (ImWriter *writer)
{
  gsize mark = writer->bytes->len;

  im_writer_u16 (writer, 0);
  return mark;
}

void
im_writer_patch16 (ImWriter *writer, gsize mark, guint16 value)
{
  guint16 raw = GUINT16_TO_BE (value);

  if (writer->overflow)
    return;
  g_return_if_fail (mark + sizeof raw <= writer->bytes->len);
  memcpy (writer->bytes->data + mark, &raw, sizeof raw);
}

static gsize
length_since (ImWriter *writer, gsize mark)
{
  gsize len;

  if (writer->overflow)
    return 0;
  len = writer->bytes->len - mark - sizeof (guint16);
  if (len > G_MAXUINT16)
    writer->overflow = TRUE;
  return len;
}

void
im_writer_close16 (ImWriter *writer, gsize mark)
{
  im_writer_patch16 (writer, mark, (guint16) length_since (writer, mark));
}

void
im_writer_close16le (ImWriter *writer, gsize mark)
{
  guint16 len = (guint16) length_since (writer, mark);

  im_writer_patch16 (writer, mark, GUINT16_SWAP_LE_BE (len));
}

GBytes *
im_writer_finish (ImWriter *writer, GError **error)
{
  if (writer->overflow)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                   "a field or the whole does not fit (ceiling %" G_GSIZE_FORMAT
                   " bytes)",
                   writer->max);
      im_writer_clear (writer);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&writer->bytes));
}
