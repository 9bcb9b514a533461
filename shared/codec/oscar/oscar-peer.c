#include "oscar-peer.h"

#include <string.h>
#include "oscar-tlv.h"

#define OFT_ID "Cool FileXfer"
#define OFT_NAME_AT 192
#define OFT_NAME_SIZE 64

#define ODC_NAME_SIZE 32
#define ODC_TYPE 1
#define ODC_SUBTYPE 6

#define ARS_VERSION 0x044a
#define ARS_TLV_CAP 0x0001

/* Subtracts the bytes as big-endian words of 16 bits with the borrow carried
 * around; the state stands in the upper half. */
guint32
oscar_peer_oft_checksum (guint32 state, const guint8 *data, gsize len,
                         guint64 offset)
{
  guint32 sum = state >> 16;

  for (gsize i = 0; i < len; i++)
    {
      guint32 before = sum;
      guint32 value = (offset + i) % 2 == 0 ? (guint32)data[i] << 8 : data[i];

      sum -= value;
      if (sum > before)
        sum--;
    }
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return sum << 16;
}

guint16
oscar_peer_icon_checksum (const guint8 *data, gsize len)
{
  guint32 sum = 0;

  for (gsize i = 0; i < len; i++)
    sum += i % 2 == 0 ? data[i] : (guint32)data[i] << 8;
  return (guint16)((sum & 0xffff) + (sum >> 16));
}

static gboolean
expect_magic (ImReader *reader, const char *magic, const char *other,
              GError **error)
{
  const guint8 *bytes;

  if (!im_reader_raw (reader, 4, &bytes, error))
    return FALSE;
  if (memcmp (bytes, magic, 4) == 0 || memcmp (bytes, other, 4) == 0)
    return TRUE;
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
               "not a header of %s", magic);
  return FALSE;
}

gboolean
oscar_peer_oft_length (const ImReader *reader, gsize *ret, GError **error)
{
  ImReader ahead = *reader;
  guint16 length;

  if (!expect_magic (&ahead, "OFT2", "OFT3", error) ||
      !im_reader_u16 (&ahead, &length, error))
    return FALSE;
  if (length < OSCAR_OFT_HEADER)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                   "an OFT header of %u bytes", length);
      return FALSE;
    }
  if (length > IM_MAX_OFT_HEADER)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                   "an OFT header of %u bytes", length);
      return FALSE;
    }
  *ret = length;
  return TRUE;
}

/* Bytes up to a NUL. */
static void
cut_at_nul (ImReader *bytes)
{
  gsize len = im_reader_left (bytes);
  const guint8 *nul = len > 0 ? memchr (bytes->pos, '\0', len) : NULL;

  if (nul != NULL)
    bytes->end = nul;
}

static gboolean
read_oft_numbers (ImReader *header, OscarOft *self, GError **error)
{
  return im_reader_u16 (header, &self->type, error) &&
         im_reader_u64 (header, &self->cookie, error) &&
         im_reader_u16 (header, &self->encryption, error) &&
         im_reader_u16 (header, &self->compression, error) &&
         im_reader_u16 (header, &self->files, error) &&
         im_reader_u16 (header, &self->files_left, error) &&
         im_reader_u16 (header, &self->parts, error) &&
         im_reader_u16 (header, &self->parts_left, error) &&
         im_reader_u32 (header, &self->total_size, error) &&
         im_reader_u32 (header, &self->size, error) &&
         im_reader_u32 (header, &self->time, error) &&
         im_reader_u32 (header, &self->checksum, error) &&
         im_reader_u32 (header, &self->fork_received_checksum, error) &&
         im_reader_u32 (header, &self->fork_size, error) &&
         im_reader_u32 (header, &self->created, error) &&
         im_reader_u32 (header, &self->fork_checksum, error) &&
         im_reader_u32 (header, &self->received, error) &&
         im_reader_u32 (header, &self->received_checksum, error);
}

/* The same for UTF-16, whose NUL is a whole unit. */
static void
cut_at_wide_nul (ImReader *text)
{
  const guint8 *p = text->pos;

  while (text->end - p >= 2 && (p[0] != 0 || p[1] != 0))
    p += 2;
  text->end = p;
}

gboolean
oscar_peer_decode_oft (ImReader *reader, OscarOft *ret, GError **error)
{
  ImReader ahead = *reader;
  ImReader header;
  OscarOft self;
  guint16 language;
  gsize length;

  if (!oscar_peer_oft_length (reader, &length, error) ||
      !im_reader_sub (&ahead, length, &header, error) ||
      !im_reader_skip (&header, 6, error) ||
      !read_oft_numbers (&header, &self, error) ||
      !im_reader_skip (&header, 32, error) ||
      !im_reader_u8 (&header, &self.flags, error) ||
      !im_reader_u8 (&header, &self.list_name_offset, error) ||
      !im_reader_u8 (&header, &self.list_size_offset, error) ||
      !im_reader_skip (&header, 69 + 16, error) ||
      !im_reader_u16 (&header, &self.charset, error) ||
      !im_reader_u16 (&header, &language, error))
    {
      g_prefix_error (error, "file transfer: ");
      return FALSE;
    }
  self.name = header;
  if (self.charset == OSCAR_CHARSET_UTF16)
    cut_at_wide_nul (&self.name);
  else
    cut_at_nul (&self.name);
  *ret = self;
  *reader = ahead;
  return TRUE;
}

static void
write_zeros (ImWriter *writer, gsize len)
{
  static const guint8 zeros[128] = { 0 };

  g_return_if_fail (len <= sizeof zeros);
  im_writer_raw (writer, zeros, len);
}

/* Bytes in a field of a fixed size. */
static void
write_padded (ImWriter *writer, const void *data, gsize len, gsize size)
{
  im_writer_raw (writer, data, len);
  write_zeros (writer, size - len);
}

static void
write_oft_numbers (ImWriter *writer, const OscarOft *self)
{
  im_writer_u16 (writer, self->type);
  im_writer_u64 (writer, self->cookie);
  im_writer_u16 (writer, self->encryption);
  im_writer_u16 (writer, self->compression);
  im_writer_u16 (writer, self->files);
  im_writer_u16 (writer, self->files_left);
  im_writer_u16 (writer, self->parts);
  im_writer_u16 (writer, self->parts_left);
  im_writer_u32 (writer, self->total_size);
  im_writer_u32 (writer, self->size);
  im_writer_u32 (writer, self->time);
  im_writer_u32 (writer, self->checksum);
  im_writer_u32 (writer, self->fork_received_checksum);
  im_writer_u32 (writer, self->fork_size);
  im_writer_u32 (writer, self->created);
  im_writer_u32 (writer, self->fork_checksum);
  im_writer_u32 (writer, self->received);
  im_writer_u32 (writer, self->received_checksum);
}

void
oscar_peer_encode_oft (ImWriter *writer, const OscarOft *self)
{
  gsize len = im_reader_left (&self->name);
  /* A longer name enlarges the header, with a NUL after it. */
  gsize nul = self->charset == OSCAR_CHARSET_UTF16 ? 2 : 1;
  gsize field = MAX (OFT_NAME_SIZE, len + nul);

  if (OFT_NAME_AT + field > IM_MAX_OFT_HEADER)
    {
      writer->overflow = TRUE;
      return;
    }
  im_writer_raw (writer, "OFT2", 4);
  im_writer_u16 (writer, (guint16)(OFT_NAME_AT + field));
  write_oft_numbers (writer, self);
  write_padded (writer, OFT_ID, strlen (OFT_ID), 32);
  im_writer_u8 (writer, self->flags);
  im_writer_u8 (writer, self->list_name_offset);
  im_writer_u8 (writer, self->list_size_offset);
  write_zeros (writer, 69 + 16);
  im_writer_u16 (writer, self->charset);
  im_writer_u16 (writer, 0);
  write_padded (writer, self->name.pos, len, field);
}

gboolean
oscar_peer_decode_odc (ImReader *reader, OscarOdc *ret, GError **error)
{
  ImReader ahead = *reader;
  g_autofree char *name = NULL;
  ImReader header;
  ImReader name_bytes;
  OscarOdc self;

  if (!im_reader_sub (&ahead, OSCAR_ODC_HEADER, &header, error) ||
      !expect_magic (&header, "ODC2", "ODC2", error) ||
      !im_reader_skip (&header, 8, error) ||
      !im_reader_u64 (&header, &self.cookie, error) ||
      !im_reader_skip (&header, 8, error) ||
      !im_reader_u32 (&header, &self.length, error) ||
      !im_reader_u16 (&header, &self.charset, error) ||
      !im_reader_skip (&header, 4, error) ||
      !im_reader_u16 (&header, &self.flags, error) ||
      !im_reader_skip (&header, 4, error) ||
      !im_reader_sub (&header, ODC_NAME_SIZE, &name_bytes, error))
    {
      g_prefix_error (error, "direct message: ");
      return FALSE;
    }
  name = oscar_text_dup (&name_bytes, NULL);
  g_strlcpy (self.name.text, name, sizeof self.name.text);
  *ret = self;
  *reader = ahead;
  return TRUE;
}

/* One byte stays NUL, because older clients copy until they find one; and no
 * character is cut in two. */
static gsize
odc_name_length (const char *name)
{
  gsize len = strlen (name);

  if (len < ODC_NAME_SIZE)
    return len;
  for (len = ODC_NAME_SIZE - 1; len > 0 && (name[len] & 0xc0) == 0x80;)
    len--;
  return len;
}

void
oscar_peer_encode_odc (ImWriter *writer, const OscarOdc *self)
{
  im_writer_raw (writer, "ODC2", 4);
  im_writer_u16 (writer, OSCAR_ODC_HEADER);
  im_writer_u16 (writer, ODC_TYPE);
  im_writer_u16 (writer, ODC_SUBTYPE);
  im_writer_u16 (writer, 0);
  im_writer_u64 (writer, self->cookie);
  write_zeros (writer, 8);
  im_writer_u32 (writer, self->length);
  im_writer_u16 (writer, self->charset);
  write_zeros (writer, 4);
  im_writer_u16 (writer, self->flags);
  write_zeros (writer, 4);
  write_padded (writer, self->name.text, odc_name_length (self->name.text),
                ODC_NAME_SIZE);
}

static gboolean
read_ars_cap (ImReader *frame, OscarArs *self, GError **error)
{
  OscarTlvChain chain;
  const guint8 *cap;
  ImReader value;

  oscar_tlv_chain_init (&chain, frame);
  if (!oscar_tlv_find (&chain, ARS_TLV_CAP, &value))
    return TRUE;
  if (!im_reader_raw (&value, sizeof self->cap.bytes, &cap, error))
    return FALSE;
  memcpy (self->cap.bytes, cap, sizeof self->cap.bytes);
  return TRUE;
}

static gboolean
read_ars_payload (ImReader *frame, OscarArs *self, GError **error)
{
  switch (self->type)
    {
    case OSCAR_ARS_ERROR:
      return im_reader_u16 (frame, &self->code, error);
    case OSCAR_ARS_CREATE:
      return oscar_text_read_name (frame, &self->name, error) &&
             im_reader_u64 (frame, &self->cookie, error) &&
             read_ars_cap (frame, self, error);
    case OSCAR_ARS_CREATED:
      return im_reader_u16 (frame, &self->pin, error) &&
             im_reader_u32 (frame, &self->ip, error);
    case OSCAR_ARS_JOIN:
      return oscar_text_read_name (frame, &self->name, error) &&
             im_reader_u16 (frame, &self->pin, error) &&
             im_reader_u64 (frame, &self->cookie, error) &&
             read_ars_cap (frame, self, error);
    default:
      return TRUE;
    }
}

gboolean
oscar_peer_decode_ars (ImReader *reader, OscarArs *ret, GError **error)
{
  ImReader ahead = *reader;
  ImReader frame;
  OscarArs self = { 0 };
  guint16 version;

  if (!im_reader_sub16 (&ahead, &frame, error) ||
      !im_reader_u16 (&frame, &version, error) ||
      !im_reader_u16 (&frame, &self.type, error) ||
      !im_reader_skip (&frame, 4, error) ||
      !im_reader_u16 (&frame, &self.flags, error) ||
      !read_ars_payload (&frame, &self, error))
    {
      g_prefix_error (error, "proxy: ");
      return FALSE;
    }
  if (version != ARS_VERSION)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_UNSUPPORTED,
                   "proxy: version %04x", version);
      return FALSE;
    }
  *ret = self;
  *reader = ahead;
  return TRUE;
}

static void
write_ars_payload (ImWriter *writer, const OscarArs *self)
{
  switch (self->type)
    {
    case OSCAR_ARS_ERROR:
      im_writer_u16 (writer, self->code);
      return;
    case OSCAR_ARS_CREATED:
      im_writer_u16 (writer, self->pin);
      im_writer_u32 (writer, self->ip);
      return;
    case OSCAR_ARS_CREATE:
    case OSCAR_ARS_JOIN:
      im_writer_str8 (writer, self->name.text);
      if (self->type == OSCAR_ARS_JOIN)
        im_writer_u16 (writer, self->pin);
      im_writer_u64 (writer, self->cookie);
      oscar_tlv_write_raw (writer, ARS_TLV_CAP, self->cap.bytes,
                           sizeof self->cap.bytes);
      return;
    default:
      return;
    }
}

void
oscar_peer_encode_ars (ImWriter *writer, const OscarArs *self)
{
  gsize mark = im_writer_open16 (writer);

  im_writer_u16 (writer, ARS_VERSION);
  im_writer_u16 (writer, self->type);
  write_zeros (writer, 4);
  im_writer_u16 (writer, self->flags);
  write_ars_payload (writer, self);
  im_writer_close16 (writer, mark);
}
