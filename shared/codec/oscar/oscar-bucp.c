#include "oscar-bucp.h"

#include "oscar-text.h"

enum
{
  TLV_NAME = 0x0001,
  TLV_TRUNCATE_PASSWORD = 0x0026,
};

#define LOGIN(tag, kind, member) OSCAR_FIELD (tag, kind, OscarBucpLogin, member)

/* In the order of AIM 5.1, whose numbers are written even where they are 0. */
static const OscarField login_fields[] = {
  LOGIN (0x0001, STRING, name),
  LOGIN (0x0025, BYTES, digest),
  LOGIN (0x004c, PRESENT, strong),
  LOGIN (0x0003, STRING, client.name),
  LOGIN (0x0016, U16, client.id),
  OSCAR_FIELD_ALWAYS (0x0017, U16, OscarBucpLogin, client.major),
  OSCAR_FIELD_ALWAYS (0x0018, U16, OscarBucpLogin, client.minor),
  OSCAR_FIELD_ALWAYS (0x0019, U16, OscarBucpLogin, client.point),
  OSCAR_FIELD_ALWAYS (0x001a, U16, OscarBucpLogin, client.build),
  LOGIN (0x0014, U32, client.distribution),
  LOGIN (0x000f, STRING, client.language),
  LOGIN (0x000e, STRING, client.country),
  OSCAR_FIELD_ALWAYS (0x004a, U8, OscarBucpLogin, multi),
};

#define REPLY(tag, kind, member)                                               \
  OSCAR_FIELD (tag, kind, OscarLoginReply, member)

static const OscarField reply_fields[] = {
  REPLY (0x0001, STRING, name),
  REPLY (0x0005, STRING, host),
  REPLY (0x0006, BYTES, cookie),
  REPLY (0x0004, STRING, error_url),
  REPLY (0x0008, U16, error),
  REPLY (0x0009, U16, disconnect_reason),
  REPLY (0x000b, STRING, disconnect_url),
  REPLY (0x000c, U16, debug),
  REPLY (0x0011, STRING, email),
  REPLY (0x0013, U16, registration),
  REPLY (0x0054, STRING, password_url),
  REPLY (0x0040, U32, beta.build),
  REPLY (0x0043, STRING, beta.name),
  REPLY (0x0041, STRING, beta.url),
  REPLY (0x0042, STRING, beta.info_url),
  REPLY (0x0048, STRING, beta.checksum),
  REPLY (0x0044, U32, release.build),
  REPLY (0x0047, STRING, release.name),
  REPLY (0x0045, STRING, release.url),
  REPLY (0x0046, STRING, release.info_url),
  REPLY (0x0049, STRING, release.checksum),
  REPLY (0x008d, STRING, tls_name),
  REPLY (0x008e, U16, tls_state),
  REPLY (0x0002, STRING, linked),
};

void
oscar_bucp_encode_challenge_request (ImWriter *writer, const char *name)
{
  oscar_tlv_write_string (writer, TLV_NAME, name);
  /* Without meaning for today's servers; every AIM 5 client sends them. */
  oscar_tlv_write_empty (writer, 0x004b);
  oscar_tlv_write_empty (writer, 0x005a);
}

gboolean
oscar_bucp_decode_challenge_request (ImReader *body, char **ret, GError **error)
{
  static const OscarField name_field[] = { { TLV_NAME, OSCAR_FIELD_STRING } };
  char *name = NULL;

  if (!oscar_tlv_decode_rest (body, name_field, 1, &name, error))
    {
      g_free (name);
      return FALSE;
    }
  *ret = name != NULL ? name : g_strdup ("");
  return TRUE;
}

/* A. Shutko's capture has the key's length in four bytes, all other servers
 * write two. No key is empty, so a zero word with exactly a key behind it is
 * the upper half of the long form. */
static gboolean
read_key (ImReader *body, ImReader *ret, GError **error)
{
  ImReader ahead;
  ImReader key;

  if (!im_reader_sub16 (body, ret, error))
    return FALSE;
  ahead = *body;
  if (im_reader_left (ret) == 0 && im_reader_sub16 (&ahead, &key, NULL) &&
      im_reader_left (&key) > 0 && im_reader_left (&ahead) == 0)
    {
      *ret = key;
      *body = ahead;
    }
  return TRUE;
}

gboolean
oscar_bucp_decode_challenge (ImReader *body, OscarBucpChallenge *ret,
                             GError **error)
{
  static const OscarField fields[] = {
    OSCAR_FIELD (TLV_TRUNCATE_PASSWORD, PRESENT, OscarBucpChallenge,
                 truncate_password),
  };
  OscarBucpChallenge self = { { NULL, NULL }, FALSE };

  if (!read_key (body, &self.key, error) ||
      !oscar_tlv_decode_rest (body, fields, G_N_ELEMENTS (fields), &self,
                              error))
    {
      g_prefix_error (error, "BUCP challenge: ");
      return FALSE;
    }
  *ret = self;
  return TRUE;
}

void
oscar_bucp_encode_challenge (ImWriter *writer, const OscarBucpChallenge *self)
{
  gsize mark = im_writer_open16 (writer);

  im_writer_raw (writer, self->key.pos, im_reader_left (&self->key));
  im_writer_close16 (writer, mark);
  if (self->truncate_password)
    oscar_tlv_write_empty (writer, TLV_TRUNCATE_PASSWORD);
}

void
oscar_bucp_login_clear (OscarBucpLogin *self)
{
  oscar_tlv_clear_fields (login_fields, G_N_ELEMENTS (login_fields), self);
}

void
oscar_bucp_encode_login (ImWriter *writer, const OscarBucpLogin *self)
{
  oscar_tlv_encode_fields (writer, login_fields, G_N_ELEMENTS (login_fields),
                           self);
}

gboolean
oscar_bucp_decode_login (ImReader *body, OscarBucpLogin *ret, GError **error)
{
  g_auto (OscarBucpLogin) self = { 0 };

  if (!oscar_tlv_decode_rest (body, login_fields, G_N_ELEMENTS (login_fields),
                              &self, error))
    return FALSE;
  *ret = self;
  self = (OscarBucpLogin){ 0 };
  return TRUE;
}

void
oscar_login_reply_clear (OscarLoginReply *self)
{
  oscar_tlv_clear_fields (reply_fields, G_N_ELEMENTS (reply_fields), self);
}

gboolean
oscar_bucp_decode_login_reply (ImReader *body, OscarLoginReply *ret,
                               GError **error)
{
  g_auto (OscarLoginReply) self = { 0 };

  if (!oscar_tlv_decode_rest (body, reply_fields, G_N_ELEMENTS (reply_fields),
                              &self, error))
    {
      g_prefix_error (error, "sign-on reply: ");
      return FALSE;
    }
  *ret = self;
  self = (OscarLoginReply){ 0 };
  return TRUE;
}

void
oscar_bucp_encode_login_reply (ImWriter *writer, const OscarLoginReply *self)
{
  oscar_tlv_encode_fields (writer, reply_fields, G_N_ELEMENTS (reply_fields),
                           self);
}

gboolean
oscar_login_reply_ok (const OscarLoginReply *self)
{
  return self->error == 0 && self->host != NULL && self->cookie != NULL;
}

void
oscar_bucp_encode_securid_reply (ImWriter *writer, const char *code)
{
  im_writer_str16 (writer, code);
}

gboolean
oscar_bucp_decode_securid_reply (ImReader *body, char **ret, GError **error)
{
  return oscar_text_read_str16 (body, ret, error);
}
