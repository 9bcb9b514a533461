#include "oscar-pd.h"

#define RIGHT(tag, member) OSCAR_FIELD (tag, U16, OscarPdRights, member)

static const OscarField rights_fields[] = {
  RIGHT (0x0001, max_permits),
  RIGHT (0x0002, max_denies),
  RIGHT (0x0003, max_temporary),
};

gboolean
oscar_pd_decode_rights (ImReader *body, OscarPdRights *ret, GError **error)
{
  *ret = (OscarPdRights){ 0 };
  return oscar_tlv_decode_rest (body, rights_fields,
                                G_N_ELEMENTS (rights_fields), ret, error);
}

void
oscar_pd_encode_rights (ImWriter *writer, const OscarPdRights *self)
{
  oscar_tlv_encode_fields (writer, rights_fields, G_N_ELEMENTS (rights_fields),
                           self);
}

void
oscar_pd_encode_group_mask (ImWriter *writer, guint32 mask)
{
  im_writer_u32 (writer, mask);
}

gboolean
oscar_pd_decode_group_mask (ImReader *body, guint32 *ret, GError **error)
{
  return im_reader_u32 (body, ret, error);
}

gboolean
oscar_pd_decode_error (ImReader *body, guint16 *ret_code, GError **error)
{
  return im_reader_u16 (body, ret_code, error);
}
