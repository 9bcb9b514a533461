#include "oscar-tlv.h"

#include <string.h>
#include "im-limits.h"
#include "oscar-text.h"

void
oscar_tlv_chain_init (OscarTlvChain *chain, const ImReader *reader)
{
  chain->rest = *reader;
  chain->left = IM_MAX_TLVS;
}

/* One TLV header and its value; the cursor stays on failure. */
static gboolean
read_tlv (ImReader *reader, OscarTlv *ret, GError **error)
{
  ImReader ahead = *reader;

  if (!im_reader_u16 (&ahead, &ret->tag, error) ||
      !im_reader_sub16 (&ahead, &ret->value, error))
    {
      g_prefix_error (error, "TLV: ");
      return FALSE;
    }
  *reader = ahead;
  return TRUE;
}

static gboolean
skip_tlv (ImReader *reader, GError **error)
{
  ImReader value;
  guint16 tag;

  return im_reader_u16 (reader, &tag, error) &&
         im_reader_sub16 (reader, &value, error);
}

static gboolean
too_many (GError **error)
{
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
               "more than %d TLVs", IM_MAX_TLVS);
  return FALSE;
}

gboolean
oscar_tlv_read_count_block (ImReader *reader, OscarTlvChain *ret,
                            GError **error)
{
  ImReader ahead = *reader;
  const guint8 *start;
  guint16 count;

  if (!im_reader_u16 (&ahead, &count, error))
    return FALSE;
  if (count > IM_MAX_TLVS)
    return too_many (error);
  start = ahead.pos;
  for (guint i = 0; i < count; i++)
    if (!skip_tlv (&ahead, error))
      return FALSE;

  ret->rest.pos = start;
  ret->rest.end = ahead.pos;
  ret->left = count;
  *reader = ahead;
  return TRUE;
}

gboolean
oscar_tlv_read_length_block (ImReader *reader, OscarTlvChain *ret,
                             GError **error)
{
  ImReader block;

  if (!im_reader_sub16 (reader, &block, error))
    return FALSE;
  oscar_tlv_chain_init (ret, &block);
  return TRUE;
}

OscarTlvStep
oscar_tlv_next (OscarTlvChain *chain, OscarTlv *ret, GError **error)
{
  if (im_reader_left (&chain->rest) == 0)
    return OSCAR_TLV_END;
  if (chain->left == 0)
    {
      too_many (error);
      return OSCAR_TLV_FAILED;
    }
  chain->left--;
  return read_tlv (&chain->rest, ret, error) ? OSCAR_TLV_GOT : OSCAR_TLV_FAILED;
}

gboolean
oscar_tlv_find (const OscarTlvChain *chain, guint16 tag, ImReader *ret)
{
  OscarTlvChain walk = *chain;
  OscarTlv tlv;

  while (oscar_tlv_next (&walk, &tlv, NULL) == OSCAR_TLV_GOT)
    if (tlv.tag == tag)
      {
        if (ret != NULL)
          *ret = tlv.value;
        return TRUE;
      }
  return FALSE;
}

gboolean
oscar_tlv_uint (const OscarTlv *tlv, guint32 *ret, GError **error)
{
  ImReader value = tlv->value;
  guint16 medium;
  guint8 small;

  switch (im_reader_left (&value))
    {
    case 1:
      if (!im_reader_u8 (&value, &small, error))
        return FALSE;
      *ret = small;
      return TRUE;
    case 2:
      if (!im_reader_u16 (&value, &medium, error))
        return FALSE;
      *ret = medium;
      return TRUE;
    case 4:
      return im_reader_u32 (&value, ret, error);
    default:
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                   "TLV %04x: a number of %" G_GSIZE_FORMAT " bytes", tlv->tag,
                   im_reader_left (&value));
      return FALSE;
    }
}

static gboolean
uint_up_to (const OscarTlv *tlv, guint32 max, guint32 *ret, GError **error)
{
  if (!oscar_tlv_uint (tlv, ret, error))
    return FALSE;
  if (*ret <= max)
    return TRUE;
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
               "TLV %04x: %u is above %u", tlv->tag, *ret, max);
  return FALSE;
}

gboolean
oscar_tlv_u16 (const OscarTlv *tlv, guint16 *ret, GError **error)
{
  guint32 value;

  if (!uint_up_to (tlv, G_MAXUINT16, &value, error))
    return FALSE;
  *ret = (guint16)value;
  return TRUE;
}

gboolean
oscar_tlv_u8 (const OscarTlv *tlv, guint8 *ret, GError **error)
{
  guint32 value;

  if (!uint_up_to (tlv, G_MAXUINT8, &value, error))
    return FALSE;
  *ret = (guint8)value;
  return TRUE;
}

char *
oscar_tlv_dup_string (const OscarTlv *tlv)
{
  return oscar_text_dup (&tlv->value, NULL);
}

GBytes *
oscar_tlv_dup_bytes (const OscarTlv *tlv)
{
  ImReader value = tlv->value;

  return im_reader_rest (&value);
}

void
oscar_tlv_take_string (const OscarTlv *tlv, char **field)
{
  if (*field == NULL)
    *field = oscar_tlv_dup_string (tlv);
}

void
oscar_tlv_take_bytes (const OscarTlv *tlv, GBytes **field)
{
  if (*field == NULL)
    *field = oscar_tlv_dup_bytes (tlv);
}

/* Tag and length at once: most of a message is made of these. */
static void
write_header (ImWriter *writer, guint16 tag, gsize len)
{
  guint8 header[4] = { (guint8)(tag >> 8), (guint8)tag, (guint8)(len >> 8),
                       (guint8)len };

  if (len > G_MAXUINT16)
    writer->overflow = TRUE;
  im_writer_raw (writer, header, sizeof header);
}

gsize
oscar_tlv_open (ImWriter *writer, guint16 tag)
{
  write_header (writer, tag, 0);
  return writer->overflow ? 0 : writer->bytes->len - 2;
}

void
oscar_tlv_write_raw (ImWriter *writer, guint16 tag, const void *data, gsize len)
{
  write_header (writer, tag, len);
  im_writer_raw (writer, data, len);
}

void
oscar_tlv_write_empty (ImWriter *writer, guint16 tag)
{
  oscar_tlv_write_raw (writer, tag, NULL, 0);
}

void
oscar_tlv_write_u8 (ImWriter *writer, guint16 tag, guint8 value)
{
  oscar_tlv_write_raw (writer, tag, &value, sizeof value);
}

void
oscar_tlv_write_u16 (ImWriter *writer, guint16 tag, guint16 value)
{
  guint16 raw = GUINT16_TO_BE (value);

  oscar_tlv_write_raw (writer, tag, &raw, sizeof raw);
}

void
oscar_tlv_write_u32 (ImWriter *writer, guint16 tag, guint32 value)
{
  guint32 raw = GUINT32_TO_BE (value);

  oscar_tlv_write_raw (writer, tag, &raw, sizeof raw);
}

void
oscar_tlv_write_string (ImWriter *writer, guint16 tag, const char *text)
{
  if (text != NULL)
    oscar_tlv_write_raw (writer, tag, text, strlen (text));
}

void
oscar_tlv_write_bytes (ImWriter *writer, guint16 tag, GBytes *bytes)
{
  gsize len;
  const void *data;

  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &len);
  oscar_tlv_write_raw (writer, tag, data, len);
}

static gboolean
decode_field (const OscarTlv *tlv, const OscarField *field, gpointer self,
              GError **error)
{
  gpointer member = (guint8 *)self + field->offset;

  switch ((OscarFieldKind)field->kind)
    {
    case OSCAR_FIELD_U8:
      return oscar_tlv_u8 (tlv, member, error);
    case OSCAR_FIELD_U16:
      return oscar_tlv_u16 (tlv, member, error);
    case OSCAR_FIELD_U32:
      return oscar_tlv_uint (tlv, member, error);
    case OSCAR_FIELD_STRING:
      oscar_tlv_take_string (tlv, member);
      return TRUE;
    case OSCAR_FIELD_BYTES:
      oscar_tlv_take_bytes (tlv, member);
      return TRUE;
    case OSCAR_FIELD_PRESENT:
      *(gboolean *)member = TRUE;
      return TRUE;
    case OSCAR_FIELD_SLICE:
      if (((ImReader *)member)->pos == NULL)
        *(ImReader *)member = tlv->value;
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

gboolean
oscar_tlv_decode_fields (OscarTlvChain *chain, const OscarField *fields,
                         guint n_fields, gpointer self, GError **error)
{
  guint64 seen = 0;
  OscarTlvStep step;
  OscarTlv tlv;

  g_return_val_if_fail (n_fields <= 64, FALSE);
  while ((step = oscar_tlv_next (chain, &tlv, error)) == OSCAR_TLV_GOT)
    for (guint i = 0; i < n_fields; i++)
      if (fields[i].tag == tlv.tag && (seen & G_GUINT64_CONSTANT (1) << i) == 0)
        {
          seen |= G_GUINT64_CONSTANT (1) << i;
          if (!decode_field (&tlv, &fields[i], self, error))
            return FALSE;
          break;
        }
  return step == OSCAR_TLV_END;
}

gboolean
oscar_tlv_decode_rest (ImReader *reader, const OscarField *fields,
                       guint n_fields, gpointer self, GError **error)
{
  OscarTlvChain chain;

  oscar_tlv_chain_init (&chain, reader);
  reader->pos = reader->end;
  return oscar_tlv_decode_fields (&chain, fields, n_fields, self, error);
}

static void
encode_number (ImWriter *writer, const OscarField *field, guint32 value)
{
  if (value == 0 && !field->always)
    return;
  switch (field->kind)
    {
    case OSCAR_FIELD_U8:
      oscar_tlv_write_u8 (writer, field->tag, (guint8)value);
      return;
    case OSCAR_FIELD_U16:
      oscar_tlv_write_u16 (writer, field->tag, (guint16)value);
      return;
    default:
      oscar_tlv_write_u32 (writer, field->tag, value);
      return;
    }
}

static void
encode_field (ImWriter *writer, const OscarField *field, gconstpointer self)
{
  gconstpointer member = (const guint8 *)self + field->offset;
  const ImReader *slice = member;

  switch ((OscarFieldKind)field->kind)
    {
    case OSCAR_FIELD_U8:
      encode_number (writer, field, *(const guint8 *)member);
      return;
    case OSCAR_FIELD_U16:
      encode_number (writer, field, *(const guint16 *)member);
      return;
    case OSCAR_FIELD_U32:
      encode_number (writer, field, *(const guint32 *)member);
      return;
    case OSCAR_FIELD_STRING:
      oscar_tlv_write_string (writer, field->tag, *(char *const *)member);
      return;
    case OSCAR_FIELD_BYTES:
      oscar_tlv_write_bytes (writer, field->tag, *(GBytes *const *)member);
      return;
    case OSCAR_FIELD_PRESENT:
      if (*(const gboolean *)member)
        oscar_tlv_write_empty (writer, field->tag);
      return;
    case OSCAR_FIELD_SLICE:
      if (slice->pos != NULL)
        oscar_tlv_write_raw (writer, field->tag, slice->pos,
                             im_reader_left (slice));
      return;
    }
}

void
oscar_tlv_encode_fields (ImWriter *writer, const OscarField *fields,
                         guint n_fields, gconstpointer self)
{
  for (guint i = 0; i < n_fields; i++)
    encode_field (writer, &fields[i], self);
}

void
oscar_tlv_clear_fields (const OscarField *fields, guint n_fields, gpointer self)
{
  for (guint i = 0; i < n_fields; i++)
    {
      gpointer member = (guint8 *)self + fields[i].offset;

      if (fields[i].kind == OSCAR_FIELD_STRING)
        g_clear_pointer ((char **)member, g_free);
      else if (fields[i].kind == OSCAR_FIELD_BYTES)
        g_clear_pointer ((GBytes **)member, g_bytes_unref);
    }
}
