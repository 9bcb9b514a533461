#include "oscar-buddy.h"

#define TLV_FLAGS 0x0005

#define RIGHT(tag, member) OSCAR_FIELD (tag, U16, OscarBuddyRights, member)

static const OscarField rights_fields[] = {
  RIGHT (0x0001, max_buddies),
  RIGHT (0x0002, max_watchers),
  RIGHT (0x0003, max_broadcast),
  RIGHT (0x0004, max_temporary),
};

void
oscar_buddy_encode_rights_query (ImWriter *writer, guint16 flags)
{
  if (flags != 0)
    oscar_tlv_write_u16 (writer, TLV_FLAGS, flags);
}

gboolean
oscar_buddy_decode_rights_query (ImReader *body, guint16 *ret, GError **error)
{
  static const OscarField fields[] = { { TLV_FLAGS, OSCAR_FIELD_U16 } };

  *ret = 0;
  return oscar_tlv_decode_rest (body, fields, G_N_ELEMENTS (fields), ret,
                                error);
}

gboolean
oscar_buddy_decode_rights (ImReader *body, OscarBuddyRights *ret,
                           GError **error)
{
  *ret = (OscarBuddyRights){ 0 };
  return oscar_tlv_decode_rest (body, rights_fields,
                                G_N_ELEMENTS (rights_fields), ret, error);
}

void
oscar_buddy_encode_rights (ImWriter *writer, const OscarBuddyRights *self)
{
  oscar_tlv_encode_fields (writer, rights_fields, G_N_ELEMENTS (rights_fields),
                           self);
}
