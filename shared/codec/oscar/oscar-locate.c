#include "oscar-locate.h"

#include <string.h>

#define RIGHT(tag, member) OSCAR_FIELD (tag, U16, OscarLocateRights, member)

static const OscarField rights_fields[] = {
  RIGHT (0x0001, max_profile),    RIGHT (0x0002, max_caps),
  RIGHT (0x0003, max_emails),     RIGHT (0x0004, max_certificates),
  RIGHT (0x0005, max_short_caps),
};

#define INFO(tag, kind, member) OSCAR_FIELD (tag, kind, OscarLocateInfo, member)

static const OscarField info_fields[] = {
  INFO (0x0001, SLICE, profile_type), INFO (0x0002, SLICE, profile),
  INFO (0x0003, SLICE, away_type),    INFO (0x0004, SLICE, away),
  INFO (0x0005, SLICE, caps),         INFO (0x000a, U32, profile_time),
  INFO (0x000b, U32, away_time),      INFO (0x000c, U8, store),
};

gboolean
oscar_locate_decode_rights (ImReader *body, OscarLocateRights *ret,
                            GError **error)
{
  *ret = (OscarLocateRights){ 0 };
  return oscar_tlv_decode_rest (body, rights_fields,
                                G_N_ELEMENTS (rights_fields), ret, error);
}

void
oscar_locate_encode_rights (ImWriter *writer, const OscarLocateRights *self)
{
  oscar_tlv_encode_fields (writer, rights_fields, G_N_ELEMENTS (rights_fields),
                           self);
}

void
oscar_locate_encode_set_info (ImWriter *writer, const OscarLocateInfo *self)
{
  oscar_tlv_encode_fields (writer, info_fields, G_N_ELEMENTS (info_fields),
                           self);
}

gboolean
oscar_locate_decode_set_info (ImReader *body, OscarLocateInfo *ret,
                              GError **error)
{
  *ret = (OscarLocateInfo){ { NULL, NULL } };
  return oscar_tlv_decode_rest (body, info_fields, G_N_ELEMENTS (info_fields),
                                ret, error);
}

void
oscar_locate_set_slice (ImReader *slice, const char *text)
{
  im_reader_init (slice, text, strlen (text));
}

void
oscar_locate_encode_query2 (ImWriter *writer, guint32 want, const char *name)
{
  im_writer_u32 (writer, want);
  im_writer_str8 (writer, name);
}

gboolean
oscar_locate_decode_query2 (ImReader *body, OscarLocateQuery *ret,
                            GError **error)
{
  return im_reader_u32 (body, &ret->want, error) &&
         oscar_text_read_name (body, &ret->name, error);
}

void
oscar_locate_encode_query (ImWriter *writer, guint16 want, const char *name)
{
  im_writer_u16 (writer, want);
  im_writer_str8 (writer, name);
}

gboolean
oscar_locate_decode_query (ImReader *body, OscarLocateQuery *ret,
                           GError **error)
{
  guint16 want;

  if (!im_reader_u16 (body, &want, error))
    return FALSE;
  ret->want = want;
  return oscar_text_read_name (body, &ret->name, error);
}

gboolean
oscar_locate_decode_reply (ImReader *body, OscarLocateReply *ret,
                           GError **error)
{
  return oscar_userinfo_decode (body, &ret->user, error) &&
         oscar_locate_decode_set_info (body, &ret->info, error);
}

void
oscar_locate_encode_reply (ImWriter *writer, const OscarLocateReply *self)
{
  oscar_userinfo_encode (writer, &self->user);
  oscar_locate_encode_set_info (writer, &self->info);
}

static char *
dup_text (const ImReader *type, const ImReader *text, const char *legacy)
{
  return text->pos != NULL ? oscar_text_dup_mime (type, text, legacy) : NULL;
}

char *
oscar_locate_dup_profile (const OscarLocateInfo *self, const char *legacy)
{
  return dup_text (&self->profile_type, &self->profile, legacy);
}

char *
oscar_locate_dup_away (const OscarLocateInfo *self, const char *legacy)
{
  return dup_text (&self->away_type, &self->away, legacy);
}
