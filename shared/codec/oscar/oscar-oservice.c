#include "oscar-oservice.h"

#include <string.h>

enum
{
  TLV_ROOM = 0x0001,
  TLV_STATUS = 0x0006,
  TLV_ERROR = 0x0008,
  TLV_DC = 0x000c,
  TLV_BART = 0x001d,
  TLV_TLS = 0x008c,
};

#define RESPONSE(tag, kind, member)                                            \
  OSCAR_FIELD (tag, kind, OscarServiceResponse, member)

static const OscarField response_fields[] = {
  RESPONSE (0x000d, U16, foodgroup), RESPONSE (0x0005, STRING, host),
  RESPONSE (0x0006, BYTES, cookie),  RESPONSE (0x008d, STRING, tls_name),
  RESPONSE (0x008e, U16, tls_state),
};

static const OscarField motd_fields[] = {
  OSCAR_FIELD (0x000b, STRING, OscarMotd, text),
};

static gboolean
too_many_foodgroups (GError **error)
{
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
               "more than %d food groups", IM_MAX_FOODGROUPS);
  return FALSE;
}

static gboolean
read_foodgroups (ImReader *reader, guint count, OscarFoodgroups *ret,
                 GError **error)
{
  if (count > IM_MAX_FOODGROUPS)
    return too_many_foodgroups (error);
  for (ret->n = 0; ret->n < count; ret->n++)
    if (!im_reader_u16 (reader, &ret->ids[ret->n], error))
      return FALSE;
  return TRUE;
}

gboolean
oscar_oservice_decode_foodgroups (ImReader *body, OscarFoodgroups *ret,
                                  GError **error)
{
  /* A last odd byte is one word too short, and so an error. */
  return read_foodgroups (body, (guint)(im_reader_left (body) + 1) / 2, ret,
                          error);
}

void
oscar_oservice_encode_foodgroups (ImWriter *writer, const OscarFoodgroups *self)
{
  for (guint i = 0; i < self->n; i++)
    im_writer_u16 (writer, self->ids[i]);
}

static gboolean
read_versions (ImReader *body, gboolean tools, OscarFoodgroupVersions *ret,
               GError **error)
{
  for (ret->n = 0; im_reader_left (body) > 0; ret->n++)
    {
      OscarFoodgroupVersion *entry = &ret->list[ret->n];

      if (ret->n == IM_MAX_FOODGROUPS)
        return too_many_foodgroups (error);
      *entry = (OscarFoodgroupVersion){ 0 };
      if (!im_reader_u16 (body, &entry->foodgroup, error) ||
          !im_reader_u16 (body, &entry->version, error))
        return FALSE;
      if (tools && (!im_reader_u16 (body, &entry->tool, error) ||
                    !im_reader_u16 (body, &entry->tool_version, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
oscar_oservice_decode_versions (ImReader *body, OscarFoodgroupVersions *ret,
                                GError **error)
{
  return read_versions (body, FALSE, ret, error);
}

void
oscar_oservice_encode_versions (ImWriter *writer,
                                const OscarFoodgroupVersions *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      im_writer_u16 (writer, self->list[i].foodgroup);
      im_writer_u16 (writer, self->list[i].version);
    }
}

gboolean
oscar_oservice_decode_client_online (ImReader *body,
                                     OscarFoodgroupVersions *ret,
                                     GError **error)
{
  return read_versions (body, TRUE, ret, error);
}

void
oscar_oservice_encode_client_online (ImWriter *writer,
                                     const OscarFoodgroupVersions *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      im_writer_u16 (writer, self->list[i].foodgroup);
      im_writer_u16 (writer, self->list[i].version);
      im_writer_u16 (writer, self->list[i].tool);
      im_writer_u16 (writer, self->list[i].tool_version);
    }
}

void
oscar_room_clear (OscarRoom *self)
{
  g_clear_pointer (&self->cookie, g_free);
}

gboolean
oscar_room_read (ImReader *reader, OscarRoom *ret, GError **error)
{
  ImReader ahead = *reader;
  OscarRoom room = { 0 };
  ImReader cookie;

  if (!im_reader_u16 (&ahead, &room.exchange, error) ||
      !im_reader_sub8 (&ahead, &cookie, error) ||
      !im_reader_u16 (&ahead, &room.instance, error))
    {
      g_prefix_error (error, "room: ");
      return FALSE;
    }
  /* Not for display: it goes back to the server as it came. */
  room.cookie = im_reader_dup_string (&cookie);
  *ret = room;
  *reader = ahead;
  return TRUE;
}

void
oscar_room_write (ImWriter *writer, const OscarRoom *self)
{
  im_writer_u16 (writer, self->exchange);
  im_writer_str8 (writer, self->cookie);
  im_writer_u16 (writer, self->instance);
}

void
oscar_service_request_clear (OscarServiceRequest *self)
{
  oscar_room_clear (&self->room);
}

gboolean
oscar_oservice_decode_service_request (ImReader *body, OscarServiceRequest *ret,
                                       GError **error)
{
  g_auto (OscarServiceRequest) self = { 0 };
  OscarTlvChain chain;
  OscarTlvStep step;
  OscarTlv tlv;

  if (!im_reader_u16 (body, &self.foodgroup, error))
    return FALSE;
  oscar_tlv_chain_init (&chain, body);
  body->pos = body->end;
  while ((step = oscar_tlv_next (&chain, &tlv, error)) == OSCAR_TLV_GOT)
    if (tlv.tag == TLV_TLS)
      self.tls = TRUE;
    else if (tlv.tag == TLV_ROOM && self.room.cookie == NULL &&
             !oscar_room_read (&tlv.value, &self.room, error))
      return FALSE;
  if (step == OSCAR_TLV_FAILED)
    return FALSE;
  *ret = self;
  self = (OscarServiceRequest){ 0 };
  return TRUE;
}

void
oscar_oservice_encode_service_request (ImWriter *writer,
                                       const OscarServiceRequest *self)
{
  im_writer_u16 (writer, self->foodgroup);
  if (self->room.cookie != NULL)
    {
      gsize mark = oscar_tlv_open (writer, TLV_ROOM);

      oscar_room_write (writer, &self->room);
      im_writer_close16 (writer, mark);
    }
  if (self->tls)
    oscar_tlv_write_empty (writer, TLV_TLS);
}

void
oscar_service_response_clear (OscarServiceResponse *self)
{
  oscar_tlv_clear_fields (response_fields, G_N_ELEMENTS (response_fields),
                          self);
}

gboolean
oscar_oservice_decode_service_response (ImReader *body,
                                        OscarServiceResponse *ret,
                                        GError **error)
{
  g_auto (OscarServiceResponse) self = { 0 };

  if (!oscar_tlv_decode_rest (body, response_fields,
                              G_N_ELEMENTS (response_fields), &self, error))
    return FALSE;
  *ret = self;
  self = (OscarServiceResponse){ 0 };
  return TRUE;
}

void
oscar_oservice_encode_service_response (ImWriter *writer,
                                        const OscarServiceResponse *self)
{
  oscar_tlv_encode_fields (writer, response_fields,
                           G_N_ELEMENTS (response_fields), self);
}

void
oscar_migration_clear (OscarMigration *self)
{
  oscar_service_response_clear (&self->to);
}

gboolean
oscar_oservice_decode_migration (ImReader *body, OscarMigration *ret,
                                 GError **error)
{
  guint16 count;

  return im_reader_u16 (body, &count, error) &&
         read_foodgroups (body, count, &ret->foodgroups, error) &&
         oscar_oservice_decode_service_response (body, &ret->to, error);
}

void
oscar_oservice_encode_migration (ImWriter *writer, const OscarMigration *self)
{
  im_writer_u16 (writer, (guint16)self->foodgroups.n);
  oscar_oservice_encode_foodgroups (writer, &self->foodgroups);
  oscar_oservice_encode_service_response (writer, &self->to);
}

gboolean
oscar_oservice_decode_evil (ImReader *body, OscarEvil *ret, GError **error)
{
  if (!im_reader_u16 (body, &ret->level, error))
    return FALSE;
  ret->named = im_reader_left (body) > 0;
  return !ret->named || oscar_userinfo_decode (body, &ret->who, error);
}

void
oscar_oservice_encode_evil (ImWriter *writer, const OscarEvil *self)
{
  im_writer_u16 (writer, self->level);
  if (self->named)
    oscar_userinfo_encode (writer, &self->who);
}

void
oscar_oservice_encode_idle (ImWriter *writer, guint32 seconds)
{
  im_writer_u32 (writer, seconds);
}

gboolean
oscar_oservice_decode_idle (ImReader *body, guint32 *ret, GError **error)
{
  return im_reader_u32 (body, ret, error);
}

void
oscar_motd_clear (OscarMotd *self)
{
  oscar_tlv_clear_fields (motd_fields, G_N_ELEMENTS (motd_fields), self);
}

gboolean
oscar_oservice_decode_motd (ImReader *body, OscarMotd *ret, GError **error)
{
  g_auto (OscarMotd) self = { 0 };

  if (!im_reader_u16 (body, &self.type, error) ||
      !oscar_tlv_decode_rest (body, motd_fields, G_N_ELEMENTS (motd_fields),
                              &self, error))
    return FALSE;
  *ret = self;
  self = (OscarMotd){ 0 };
  return TRUE;
}

void
oscar_oservice_encode_motd (ImWriter *writer, const OscarMotd *self)
{
  im_writer_u16 (writer, self->type);
  oscar_tlv_encode_fields (writer, motd_fields, G_N_ELEMENTS (motd_fields),
                           self);
}

void
oscar_oservice_encode_privacy_flags (ImWriter *writer, guint32 flags)
{
  im_writer_u32 (writer, flags);
}

gboolean
oscar_oservice_decode_privacy_flags (ImReader *body, guint32 *ret,
                                     GError **error)
{
  return im_reader_u32 (body, ret, error);
}

gboolean
oscar_oservice_decode_dc (const ImReader *value, OscarDc *ret, GError **error)
{
  ImReader reader = *value;
  OscarDc dc;

  if (!im_reader_u32 (&reader, &dc.ip, error) ||
      !im_reader_u32 (&reader, &dc.port, error) ||
      !im_reader_u8 (&reader, &dc.type, error) ||
      !im_reader_u16 (&reader, &dc.protocol, error) ||
      !im_reader_u32 (&reader, &dc.cookie, error) ||
      !im_reader_u32 (&reader, &dc.web_port, error) ||
      !im_reader_u32 (&reader, &dc.features, error) ||
      !im_reader_u32 (&reader, &dc.info_time, error) ||
      !im_reader_u32 (&reader, &dc.ext_info_time, error) ||
      !im_reader_u32 (&reader, &dc.ext_status_time, error) ||
      !im_reader_u16 (&reader, &dc.unknown, error))
    {
      g_prefix_error (error, "direct-connection info: ");
      return FALSE;
    }
  *ret = dc;
  return TRUE;
}

static void
write_dc (ImWriter *writer, const OscarDc *dc)
{
  gsize mark = oscar_tlv_open (writer, TLV_DC);

  im_writer_u32 (writer, dc->ip);
  im_writer_u32 (writer, dc->port);
  im_writer_u8 (writer, dc->type);
  im_writer_u16 (writer, dc->protocol);
  im_writer_u32 (writer, dc->cookie);
  im_writer_u32 (writer, dc->web_port);
  im_writer_u32 (writer, dc->features);
  im_writer_u32 (writer, dc->info_time);
  im_writer_u32 (writer, dc->ext_info_time);
  im_writer_u32 (writer, dc->ext_status_time);
  im_writer_u16 (writer, dc->unknown);
  im_writer_close16 (writer, mark);
}

void
oscar_set_fields_clear (OscarSetFields *self)
{
  g_clear_pointer (&self->text, g_free);
}

void
oscar_oservice_encode_set_fields (ImWriter *writer, const OscarSetFields *self)
{
  if ((self->which & OSCAR_SET_STATUS) != 0)
    oscar_tlv_write_u32 (writer, TLV_STATUS, self->status);
  if ((self->which & OSCAR_SET_ERROR) != 0)
    oscar_tlv_write_u16 (writer, TLV_ERROR, self->error);
  if ((self->which & OSCAR_SET_DC) != 0)
    write_dc (writer, &self->dc);
  if ((self->which & OSCAR_SET_TEXT) != 0)
    {
      gsize mark = oscar_tlv_open (writer, TLV_BART);

      oscar_bart_write_text (writer, OSCAR_BART_STATUS_TEXT, self->text);
      im_writer_close16 (writer, mark);
    }
}

static gboolean
take_set_field (OscarSetFields *self, const OscarTlv *tlv, GError **error)
{
  OscarBartItem item;

  switch (tlv->tag)
    {
    case TLV_STATUS:
      self->which |= OSCAR_SET_STATUS;
      return oscar_tlv_uint (tlv, &self->status, error);
    case TLV_ERROR:
      self->which |= OSCAR_SET_ERROR;
      return oscar_tlv_u16 (tlv, &self->error, error);
    case TLV_DC:
      self->which |= OSCAR_SET_DC;
      return oscar_oservice_decode_dc (&tlv->value, &self->dc, error);
    case TLV_BART:
      if (oscar_bart_find (&tlv->value, OSCAR_BART_STATUS_TEXT, &item))
        {
          self->which |= OSCAR_SET_TEXT;
          g_free (self->text);
          self->text = oscar_bart_dup_text (&item);
        }
      return TRUE;
    default:
      return TRUE;
    }
}

gboolean
oscar_oservice_decode_set_fields (ImReader *body, OscarSetFields *ret,
                                  GError **error)
{
  g_auto (OscarSetFields) self = { 0 };
  OscarTlvChain chain;
  OscarTlvStep step;
  OscarTlv tlv;

  oscar_tlv_chain_init (&chain, body);
  body->pos = body->end;
  while ((step = oscar_tlv_next (&chain, &tlv, error)) == OSCAR_TLV_GOT)
    if (!take_set_field (&self, &tlv, error))
      return FALSE;
  if (step == OSCAR_TLV_FAILED)
    return FALSE;
  *ret = self;
  self = (OscarSetFields){ 0 };
  return TRUE;
}
