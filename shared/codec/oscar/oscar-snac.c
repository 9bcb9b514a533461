#include "oscar-snac.h"

#include "oscar-tlv.h"

static const OscarField error_fields[] = {
  OSCAR_FIELD (0x0004, STRING, OscarSnacError, url),
  OSCAR_FIELD (0x0008, U16, OscarSnacError, subcode),
  OSCAR_FIELD (0x001b, STRING, OscarSnacError, text),
};

gboolean
oscar_snac_decode (const ImReader *payload, OscarSnac *ret, GError **error)
{
  ImReader reader = *payload;
  ImReader block;
  OscarSnac snac;

  if (!im_reader_u16 (&reader, &snac.foodgroup, error) ||
      !im_reader_u16 (&reader, &snac.subtype, error) ||
      !im_reader_u16 (&reader, &snac.flags, error) ||
      !im_reader_u32 (&reader, &snac.request_id, error))
    {
      g_prefix_error (error, "SNAC header: ");
      return FALSE;
    }
  /* Versions of the sender's food group: nothing that changes the body. */
  if ((snac.flags & OSCAR_SNAC_OPTIONAL_BLOCK) != 0 &&
      !im_reader_sub16 (&reader, &block, error))
    {
      g_prefix_error (error, "SNAC optional block: ");
      return FALSE;
    }
  snac.body = reader;
  *ret = snac;
  return TRUE;
}

void
oscar_snac_encode_header (ImWriter *writer, guint16 foodgroup, guint16 subtype,
                          guint16 flags, guint32 request_id)
{
  guint8 header[10] = {
    (guint8)(foodgroup >> 8),   (guint8)foodgroup,
    (guint8)(subtype >> 8),     (guint8)subtype,
    (guint8)(flags >> 8),       (guint8)flags,
    (guint8)(request_id >> 24), (guint8)(request_id >> 16),
    (guint8)(request_id >> 8),  (guint8)request_id,
  };

  im_writer_raw (writer, header, sizeof header);
}

gsize
oscar_snac_open (ImWriter *writer, guint16 *sequence, OscarFoodgroup foodgroup,
                 OscarSubtype subtype, guint32 request_id)
{
  gsize mark = oscar_flap_open (writer, OSCAR_FLAP_DATA, sequence);

  oscar_snac_encode_header (writer, (guint16)foodgroup, (guint16)subtype, 0,
                            request_id);
  return mark;
}

void
oscar_snac_error_clear (OscarSnacError *self)
{
  oscar_tlv_clear_fields (error_fields, G_N_ELEMENTS (error_fields), self);
}

gboolean
oscar_snac_decode_error (ImReader *body, OscarSnacError *ret, GError **error)
{
  g_auto (OscarSnacError) self = { 0 };

  if (!im_reader_u16 (body, &self.code, error) ||
      !oscar_tlv_decode_rest (body, error_fields, G_N_ELEMENTS (error_fields),
                              &self, error))
    return FALSE;
  *ret = self;
  self = (OscarSnacError){ 0 };
  return TRUE;
}

void
oscar_snac_encode_error (ImWriter *writer, const OscarSnacError *self)
{
  im_writer_u16 (writer, self->code);
  oscar_tlv_encode_fields (writer, error_fields, G_N_ELEMENTS (error_fields),
                           self);
}
