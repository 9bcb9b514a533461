#include "oscar-uas.h"

#include <string.h>
#include "oscar-snac.h"
#include "oscar-text.h"
#include "oscar-tlv.h"

#define SERVICE "im/boss"

/* Numbers every AIM 6 client sends and no server we know looks at. */
#define COOL_MAJOR 5
#define COOL_MINOR 8
#define CLIENT_BUILD 0x1899
#define DISTRIBUTION 0x018b

enum
{
  TLV_PASSWORD = 0x0002,
  TLV_KEY = 0x001d,
  TLV_DESCRIPTOR = 0x0021,
  TLV_CONNECTION = 0x0003,
};

#define CONNECTION(tag, kind, member)                                          \
  OSCAR_FIELD (tag, kind, OscarUasReply, member)

static const OscarField connection_fields[] = {
  CONNECTION (0x0005, STRING, host),
  CONNECTION (0x0006, BYTES, cookie),
  CONNECTION (0x008d, STRING, tls_name),
  CONNECTION (0x008e, U16, tls_state),
};

static void
write_client (ImWriter *writer)
{
  im_writer_u16 (writer, 5);
  oscar_tlv_write_u32 (writer, 0x0001, COOL_MAJOR);
  oscar_tlv_write_u32 (writer, 0x0002, CLIENT_BUILD);
  oscar_tlv_write_string (writer, 0x0005, "COOL");
  oscar_tlv_write_u16 (writer, 0x000a, 1);
  oscar_tlv_write_u32 (writer, 0x000b, 0x00100001);
  im_writer_u32 (writer, 7);
  im_writer_u32 (writer, 0);
  im_writer_str16 (writer, "US");
  im_writer_str16 (writer, "en");
}

static void
write_service_context (ImWriter *writer, const char *key)
{
  g_autofree char *app = g_strconcat ("imApp key=", key, NULL);

  im_writer_u16 (writer, 4);
  oscar_tlv_write_u32 (writer, 0x0001, 13);
  oscar_tlv_write_u32 (writer, 0x0002, 4);
  oscar_tlv_write_string (writer, 0x0005, app);
  oscar_tlv_write_u32 (writer, 0x0007, DISTRIBUTION);
  im_writer_u32 (writer, 0x01000000);
}

static void
write_password (ImWriter *writer, const OscarUasRequest *self)
{
  gsize mark = oscar_tlv_open (writer, TLV_PASSWORD);

  im_writer_u32 (writer, 0x40000000);
  im_writer_u16 (writer, 4); /* from 4 on, the password is roasted */
  im_writer_u32 (writer, 0x00010000);
  im_writer_u16 (writer, (guint16)(self->roasted_len + 4));
  im_writer_u16 (writer, (guint16)self->roasted_len);
  im_writer_raw (writer, self->roasted, self->roasted_len);
  im_writer_u16 (writer, 0);
  im_writer_close16 (writer, mark);
}

static void
write_descriptor (ImWriter *writer)
{
  static const guint8 head[] = {
    0x00, 0x01, 0x10, 0x03, 0x00, 0x2c, 0x00, 0x07
  };
  gsize mark = oscar_tlv_open (writer, TLV_DESCRIPTOR);

  im_writer_raw (writer, head, sizeof head);
  oscar_tlv_write_u32 (writer, 0x0014, DISTRIBUTION);
  oscar_tlv_write_u16 (writer, 0x0016, 0x26);
  oscar_tlv_write_u16 (writer, 0x0017, 7);
  oscar_tlv_write_u16 (writer, 0x0018, 0);
  oscar_tlv_write_u16 (writer, 0x0019, 0x0d);
  oscar_tlv_write_u16 (writer, 0x001a, 4);
  oscar_tlv_write_empty (writer, 0x00ab);
  im_writer_close16 (writer, mark);
}

void
oscar_uas_encode_request (ImWriter *writer, const OscarUasRequest *self)
{
  g_return_if_fail (self->roasted_len <= 16);

  oscar_snac_encode_header (writer, OSCAR_FG_KERBEROS, OSCAR_UAS_REQUEST, 0, 0);
  im_writer_u32 (writer, self->tag);
  im_writer_u32 (writer, 0); /* our address */
  im_writer_u32 (writer, COOL_MAJOR);
  im_writer_u32 (writer, COOL_MINOR);
  im_writer_u32 (writer, 0x10000000);
  write_client (writer);
  write_service_context (writer, self->key);
  im_writer_u8 (writer, 0);
  im_writer_str16 (writer, self->name);
  im_writer_str16 (writer, SERVICE);
  im_writer_u32 (writer, 0);
  im_writer_u16 (writer, 0);

  im_writer_u16 (writer, 4);
  write_password (writer, self);
  oscar_tlv_write_string (writer, TLV_KEY, self->key);
  write_descriptor (writer);
  oscar_tlv_write_empty (writer, 0x0028);
}

void
oscar_uas_received_clear (OscarUasReceived *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->roasted, g_bytes_unref);
  g_clear_pointer (&self->key, g_free);
}

static gboolean
read_password (const ImReader *value, GBytes **ret, GError **error)
{
  ImReader reader = *value;
  ImReader password;

  if (!im_reader_skip (&reader, 4 + 2 + 4 + 2, error) ||
      !im_reader_sub16 (&reader, &password, error))
    return FALSE;
  *ret = im_reader_rest (&password);
  return TRUE;
}

/* Everything between the tag and the name. */
static gboolean
skip_to_name (ImReader *body, GError **error)
{
  OscarTlvChain block;
  ImReader part;

  return im_reader_skip (body, 16, error) &&
         oscar_tlv_read_count_block (body, &block, error) &&
         im_reader_skip (body, 8, error) &&
         im_reader_sub16 (body, &part, error) &&
         im_reader_sub16 (body, &part, error) &&
         oscar_tlv_read_count_block (body, &block, error) &&
         im_reader_skip (body, 5, error);
}

gboolean
oscar_uas_decode_request (ImReader *body, OscarUasReceived *ret, GError **error)
{
  g_auto (OscarUasReceived) self = { 0 };
  OscarTlv key = { TLV_KEY };
  OscarTlvChain block;
  ImReader service;
  ImReader password;
  OscarSnac snac;

  if (!oscar_snac_decode (body, &snac, error) ||
      !im_reader_u32 (&snac.body, &self.tag, error) ||
      !skip_to_name (&snac.body, error) ||
      !oscar_text_read_str16 (&snac.body, &self.name, error) ||
      !im_reader_sub16 (&snac.body, &service, error) ||
      !im_reader_skip (&snac.body, 6, error) ||
      !oscar_tlv_read_count_block (&snac.body, &block, error))
    goto failed;
  if (oscar_tlv_find (&block, TLV_PASSWORD, &password) &&
      !read_password (&password, &self.roasted, error))
    goto failed;
  if (oscar_tlv_find (&block, TLV_KEY, &key.value))
    self.key = oscar_tlv_dup_string (&key);
  body->pos = snac.body.pos;
  *ret = self;
  self = (OscarUasReceived){ 0 };
  return TRUE;

failed:
  g_prefix_error (error, "UAS request: ");
  return FALSE;
}

void
oscar_uas_reply_clear (OscarUasReply *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->error_text, g_free);
  oscar_tlv_clear_fields (connection_fields, G_N_ELEMENTS (connection_fields),
                          self);
}

static gboolean
read_failure (ImReader *body, OscarUasReply *self, GError **error)
{
  return im_reader_u32 (body, &self->tag, error) &&
         oscar_text_read_str16 (body, &self->name, error) &&
         im_reader_u16 (body, &self->error, error) &&
         oscar_text_read_str16 (body, &self->error_text, error);
}

/* TLV 0x0003 of a ticket: a word, then a block that says where to go. */
static gboolean
read_connection (const OscarTlvChain *metadata, OscarUasReply *self,
                 GError **error)
{
  OscarTlvChain block;
  ImReader value;

  if (!oscar_tlv_find (metadata, TLV_CONNECTION, &value))
    return TRUE;
  return im_reader_skip (&value, 2, error) &&
         oscar_tlv_read_count_block (&value, &block, error) &&
         oscar_tlv_decode_fields (&block, connection_fields,
                                  G_N_ELEMENTS (connection_fields), self,
                                  error);
}

static gboolean
read_ticket (ImReader *body, OscarUasReply *self, GError **error)
{
  OscarTlvChain metadata;
  ImReader service;
  ImReader part;

  if (!im_reader_skip (body, 2, error) ||         /* version */
      !im_reader_sub16 (body, &part, error) ||    /* encrypted ticket */
      !im_reader_sub16 (body, &part, error) ||    /* realm */
      !im_reader_sub16 (body, &service, error) || /* what it is for */
      !im_reader_sub16 (body, &part, error) ||    /* client's realm */
      !im_reader_sub16 (body, &part, error) ||    /* client */
      !im_reader_skip (body, 1, error) ||         /* key version */
      !im_reader_sub16 (body, &part, error) ||    /* session key */
      !im_reader_skip (body, 9 * 4, error) ||     /* times */
      !oscar_tlv_read_count_block (body, &metadata, error))
    return FALSE;
  if (self->host != NULL || im_reader_left (&service) != strlen (SERVICE) ||
      memcmp (service.pos, SERVICE, strlen (SERVICE)) != 0)
    return TRUE;
  return read_connection (&metadata, self, error);
}

static gboolean
read_tickets (ImReader *body, OscarUasReply *self, GError **error)
{
  ImReader realm;
  guint16 count;

  if (!im_reader_u32 (body, &self->tag, error) ||
      !im_reader_skip (body, 8, error) ||
      !oscar_text_read_str16 (body, &self->name, error) ||
      !im_reader_sub16 (body, &realm, error) ||
      !im_reader_u16 (body, &count, error))
    return FALSE;
  for (guint i = 0; i < count; i++)
    if (!read_ticket (body, self, error))
      return FALSE;
  self->accepted = TRUE;
  return TRUE;
}

gboolean
oscar_uas_decode_reply (ImReader *body, OscarUasReply *ret, GError **error)
{
  g_auto (OscarUasReply) self = { 0 };
  gboolean understood = FALSE;
  OscarSnac snac;

  if (!oscar_snac_decode (body, &snac, error))
    return FALSE;
  switch (OSCAR_SNAC (snac.foodgroup, snac.subtype))
    {
    case OSCAR_SNAC (OSCAR_FG_KERBEROS, OSCAR_UAS_TICKETS):
      understood = read_tickets (&snac.body, &self, error);
      break;
    case OSCAR_SNAC (OSCAR_FG_KERBEROS, OSCAR_UAS_FAILURE):
    case OSCAR_SNAC (OSCAR_FG_KERBEROS, OSCAR_UAS_FAILURE_AOL):
      understood = read_failure (&snac.body, &self, error);
      break;
    default:
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_UNSUPPORTED,
                   "SNAC %04x/%04x", snac.foodgroup, snac.subtype);
      break;
    }
  if (!understood)
    {
      g_prefix_error (error, "UAS reply: ");
      return FALSE;
    }
  *ret = self;
  self = (OscarUasReply){ 0 };
  return TRUE;
}

void
oscar_uas_encode_failure (ImWriter *writer, const OscarUasReply *self)
{
  oscar_snac_encode_header (writer, OSCAR_FG_KERBEROS, OSCAR_UAS_FAILURE, 0, 0);
  im_writer_u32 (writer, self->tag);
  im_writer_str16 (writer, self->name);
  im_writer_u16 (writer, self->error);
  im_writer_str16 (writer, self->error_text);
  im_writer_u32 (writer, 0);
  im_writer_u16 (writer, 0);
}
