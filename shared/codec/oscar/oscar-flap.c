#include "oscar-flap.h"

#include "im-limits.h"

#define FLAP_MARK 0x2a
#define FLAP_HEADER 6

void
oscar_flap_framer_init (OscarFlapFramer *framer)
{
  framer->buffer = g_byte_array_new ();
  framer->taken = 0;
}

void
oscar_flap_framer_clear (OscarFlapFramer *framer)
{
  g_clear_pointer (&framer->buffer, g_byte_array_unref);
  framer->taken = 0;
}

gsize
oscar_flap_waiting (const OscarFlapFramer *framer)
{
  return framer->buffer->len - framer->taken;
}

/* Bytes handed out are dropped when nothing else is left, or when they are
 * more than what would have to be moved: so every byte is moved once at
 * most on average, however the stream is cut. */
static void
drop_taken (OscarFlapFramer *framer)
{
  gsize left = oscar_flap_waiting (framer);

  if (left == 0)
    g_byte_array_set_size (framer->buffer, 0);
  else if (framer->taken > left)
    g_byte_array_remove_range (framer->buffer, 0, (guint)framer->taken);
  else
    return;
  framer->taken = 0;
}

gboolean
oscar_flap_push (OscarFlapFramer *framer, const void *data, gsize len,
                 GError **error)
{
  drop_taken (framer);
  if (len > IM_MAX_FLAP_WAITING - oscar_flap_waiting (framer))
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                   "more than %u bytes of frames are waiting",
                   IM_MAX_FLAP_WAITING);
      return FALSE;
    }
  if (len > 0)
    g_byte_array_append (framer->buffer, data, (guint)len);
  return TRUE;
}

OscarFlapResult
oscar_flap_next (OscarFlapFramer *framer, OscarFlap *ret, GError **error)
{
  ImReader reader;
  OscarFlap flap;
  guint8 mark = 0;

  if (framer->buffer->len == framer->taken)
    return OSCAR_FLAP_NEED_MORE;
  im_reader_init (&reader, framer->buffer->data + framer->taken,
                  oscar_flap_waiting (framer));
  if (!im_reader_u8 (&reader, &mark, NULL) || mark != FLAP_MARK)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                   "a frame begins with byte %02x", mark);
      return OSCAR_FLAP_FAILED;
    }
  if (im_reader_left (&reader) < FLAP_HEADER - 1)
    return OSCAR_FLAP_NEED_MORE;
  if (!im_reader_u8 (&reader, &flap.type, NULL) ||
      !im_reader_u16 (&reader, &flap.sequence, NULL) ||
      !im_reader_sub16 (&reader, &flap.payload, NULL))
    return OSCAR_FLAP_NEED_MORE;

  framer->taken += FLAP_HEADER + im_reader_left (&flap.payload);
  *ret = flap;
  return OSCAR_FLAP_GOT;
}

gboolean
oscar_flap_at_truncated_signoff (const OscarFlapFramer *framer)
{
  ImReader reader;
  guint8 mark;
  guint8 type;

  if (oscar_flap_waiting (framer) != 4)
    return FALSE;
  im_reader_init (&reader, framer->buffer->data + framer->taken, 4);
  return im_reader_u8 (&reader, &mark, NULL) && mark == FLAP_MARK &&
         im_reader_u8 (&reader, &type, NULL) && type == OSCAR_FLAP_SIGNOFF;
}

gsize
oscar_flap_open (ImWriter *writer, OscarFlapType type, guint16 *sequence)
{
  guint8 head[4] = { FLAP_MARK, (guint8) type, (guint8) (*sequence >> 8),
                     (guint8) *sequence };

  (*sequence)++;
  im_writer_raw (writer, head, sizeof head);
  return im_writer_open16 (writer);
}

void
oscar_flap_close (ImWriter *writer, gsize mark)
{
  im_writer_close16 (writer, mark);
}

void
oscar_flap_encode (ImWriter *writer, OscarFlapType type, guint16 *sequence,
                   const void *payload, gsize len)
{
  gsize mark = oscar_flap_open (writer, type, sequence);

  im_writer_raw (writer, payload, len);
  oscar_flap_close (writer, mark);
}
