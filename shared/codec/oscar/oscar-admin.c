#include "oscar-admin.h"

#include "oscar-tlv.h"

#define CHANGE(tag, kind, member)                                              \
  OSCAR_FIELD (tag, kind, OscarAdminChange, member)

static const OscarField change_fields[] = {
  CHANGE (0x0001, STRING, name),         CHANGE (0x0011, STRING, email),
  CHANGE (0x0013, U16, registration),    CHANGE (0x0002, STRING, password),
  CHANGE (0x0012, STRING, old_password),
};

#define REPLY(tag, kind, member)                                               \
  OSCAR_FIELD (tag, kind, OscarAdminReply, member)

static const OscarField reply_fields[] = {
  REPLY (0x0001, STRING, name),      REPLY (0x0011, STRING, email),
  REPLY (0x0013, U16, registration), REPLY (0x0008, U16, error),
  REPLY (0x0004, STRING, error_url),
};

void
oscar_admin_encode_query (ImWriter *writer, OscarAdminField field)
{
  oscar_tlv_write_empty (writer, (guint16)field);
}

gboolean
oscar_admin_decode_query (ImReader *body, guint16 *ret, GError **error)
{
  OscarTlvChain chain;
  OscarTlv tlv;

  oscar_tlv_chain_init (&chain, body);
  body->pos = body->end;
  switch (oscar_tlv_next (&chain, &tlv, error))
    {
    case OSCAR_TLV_GOT:
      *ret = tlv.tag;
      return TRUE;
    case OSCAR_TLV_END:
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
                   "account query: no field");
      return FALSE;
    case OSCAR_TLV_FAILED:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

void
oscar_admin_change_clear (OscarAdminChange *self)
{
  oscar_tlv_clear_fields (change_fields, G_N_ELEMENTS (change_fields), self);
}

void
oscar_admin_encode_change (ImWriter *writer, const OscarAdminChange *self)
{
  oscar_tlv_encode_fields (writer, change_fields, G_N_ELEMENTS (change_fields),
                           self);
}

gboolean
oscar_admin_decode_change (ImReader *body, OscarAdminChange *ret,
                           GError **error)
{
  g_auto (OscarAdminChange) self = { 0 };

  if (!oscar_tlv_decode_rest (body, change_fields, G_N_ELEMENTS (change_fields),
                              &self, error))
    return FALSE;
  *ret = self;
  self = (OscarAdminChange){ 0 };
  return TRUE;
}

void
oscar_admin_reply_clear (OscarAdminReply *self)
{
  oscar_tlv_clear_fields (reply_fields, G_N_ELEMENTS (reply_fields), self);
}

gboolean
oscar_admin_decode_reply (ImReader *body, OscarAdminReply *ret, GError **error)
{
  g_auto (OscarAdminReply) self = { 0 };
  OscarTlvChain chain;

  if (!im_reader_u16 (body, &self.permissions, error) ||
      !oscar_tlv_read_count_block (body, &chain, error) ||
      !oscar_tlv_decode_fields (&chain, reply_fields,
                                G_N_ELEMENTS (reply_fields), &self, error))
    return FALSE;
  *ret = self;
  self = (OscarAdminReply){ 0 };
  return TRUE;
}

gboolean
oscar_admin_decode_confirm (ImReader *body, guint16 *ret, GError **error)
{
  return im_reader_u16 (body, ret, error);
}
