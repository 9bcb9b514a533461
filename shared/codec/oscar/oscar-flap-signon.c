#include "oscar-flap-signon.h"

#define CLIENT(tag, kind, member)                                              \
  OSCAR_FIELD (tag, kind, OscarFlapSignon, client.member)

/* In the order of A. Shutko's CLI_IDENT. */
static const OscarField fields[] = {
  OSCAR_FIELD (0x0001, STRING, OscarFlapSignon, name),
  OSCAR_FIELD (0x0002, BYTES, OscarFlapSignon, roasted),
  OSCAR_FIELD (0x0006, BYTES, OscarFlapSignon, cookie),
  CLIENT (0x0003, STRING, name),
  CLIENT (0x0016, U16, id),
  CLIENT (0x0017, U16, major),
  CLIENT (0x0018, U16, minor),
  CLIENT (0x0019, U16, point),
  CLIENT (0x001a, U16, build),
  CLIENT (0x0014, U32, distribution),
  CLIENT (0x000f, STRING, language),
  CLIENT (0x000e, STRING, country),
  OSCAR_FIELD (0x004a, U8, OscarFlapSignon, multi),
  OSCAR_FIELD (0x0094, U8, OscarFlapSignon, reconnect),
};

void
oscar_flap_signon_clear (OscarFlapSignon *self)
{
  oscar_tlv_clear_fields (fields, G_N_ELEMENTS (fields), self);
}

gboolean
oscar_flap_decode_signon (const ImReader *payload, OscarFlapSignon *ret,
                          GError **error)
{
  g_auto (OscarFlapSignon) self = { 0 };
  ImReader reader = *payload;

  if (!im_reader_u32 (&reader, &self.version, error) ||
      !oscar_tlv_decode_rest (&reader, fields, G_N_ELEMENTS (fields), &self,
                              error))
    {
      g_prefix_error (error, "FLAP signon: ");
      return FALSE;
    }
  *ret = self;
  self = (OscarFlapSignon){ 0 };
  return TRUE;
}

void
oscar_flap_encode_signon (ImWriter *writer, const OscarFlapSignon *self)
{
  im_writer_u32 (writer, self->version);
  oscar_tlv_encode_fields (writer, fields, G_N_ELEMENTS (fields), self);
}
