#include "oscar-chat.h"

enum
{
  TLV_PUBLIC = 0x0001,
  TLV_WHISPER = 0x0002,
  TLV_SENDER = 0x0003,
  TLV_MESSAGE = 0x0005,
  TLV_REFLECT = 0x0006,

  TLV_TEXT = 0x0001,
  TLV_CHARSET = 0x0002,
  TLV_LANGUAGE = 0x0003,

  TLV_NAV_MAX_ROOMS = 0x0002,
  TLV_NAV_ROOM = 0x0004,
};

#define ROOM(tag, kind, member) OSCAR_FIELD (tag, kind, OscarRoomInfo, member)

static const OscarField room_fields[] = {
  ROOM (0x00d3, STRING, name),
  ROOM (0x00d6, STRING, charset),
  ROOM (0x00d7, STRING, language),
  ROOM (0x006a, STRING, full_name),
  ROOM (0x00c9, U16, flags),
  ROOM (0x00ca, U32, created),
  ROOM (0x00d1, U16, max_message),
  ROOM (0x00d2, U16, max_occupants),
  ROOM (0x00d5, U8, create_permission),
  ROOM (0x00da, U16, max_visible),
};

void
oscar_room_info_clear (OscarRoomInfo *self)
{
  oscar_room_clear (&self->room);
  oscar_tlv_clear_fields (room_fields, G_N_ELEMENTS (room_fields), self);
}

gboolean
oscar_chat_decode_room (ImReader *body, OscarRoomInfo *ret, GError **error)
{
  g_auto (OscarRoomInfo) self = { { 0 } };
  OscarTlvChain chain;

  if (!oscar_room_read (body, &self.room, error) ||
      !im_reader_u8 (body, &self.detail, error) ||
      !oscar_tlv_read_count_block (body, &chain, error) ||
      !oscar_tlv_decode_fields (&chain, room_fields, G_N_ELEMENTS (room_fields),
                                &self, error))
    return FALSE;
  *ret = self;
  self = (OscarRoomInfo){ { 0 } };
  return TRUE;
}

/* How many TLVs the room will be written with. */
static guint16
count_fields (const OscarRoomInfo *self)
{
  return (guint16)((self->name != NULL) + (self->charset != NULL) +
                   (self->language != NULL) + (self->full_name != NULL) +
                   (self->flags != 0) + (self->created != 0) +
                   (self->max_message != 0) + (self->max_occupants != 0) +
                   (self->create_permission != 0) + (self->max_visible != 0));
}

void
oscar_chat_encode_room (ImWriter *writer, const OscarRoomInfo *self)
{
  oscar_room_write (writer, &self->room);
  im_writer_u8 (writer, self->detail);
  im_writer_u16 (writer, count_fields (self));
  oscar_tlv_encode_fields (writer, room_fields, G_N_ELEMENTS (room_fields),
                           self);
}

void
oscar_chat_encode_create (ImWriter *writer, guint16 exchange, const char *name)
{
  char cookie[] = "create";
  char charset[] = "us-ascii";
  char language[] = "en";
  g_autofree char *copy = g_strdup (name);
  OscarRoomInfo self = { { exchange, cookie, 0xffff }, 1, copy };

  self.charset = charset;
  self.language = language;
  oscar_chat_encode_room (writer, &self);
}

void
oscar_chat_nav_info_clear (OscarChatNavInfo *self)
{
  oscar_room_info_clear (&self->room);
}

gboolean
oscar_chat_decode_nav_info (ImReader *body, OscarChatNavInfo *ret,
                            GError **error)
{
  g_auto (OscarChatNavInfo) self = { 0 };
  OscarTlvChain chain;
  OscarTlvStep step;
  OscarTlv tlv;

  oscar_tlv_chain_init (&chain, body);
  body->pos = body->end;
  while ((step = oscar_tlv_next (&chain, &tlv, error)) == OSCAR_TLV_GOT)
    if (tlv.tag == TLV_NAV_MAX_ROOMS)
      {
        if (!oscar_tlv_u8 (&tlv, &self.max_rooms, error))
          return FALSE;
      }
    else if (tlv.tag == TLV_NAV_ROOM && !self.has_room)
      {
        if (!oscar_chat_decode_room (&tlv.value, &self.room, error))
          return FALSE;
        self.has_room = TRUE;
      }
  if (step == OSCAR_TLV_FAILED)
    return FALSE;
  *ret = self;
  self = (OscarChatNavInfo){ 0 };
  return TRUE;
}

void
oscar_chat_message_clear (OscarChatMessage *self)
{
  g_clear_pointer (&self->whisper_to, g_free);
  g_clear_pointer (&self->text, g_free);
}

/* A chat charset is a bare name, as if it stood in a MIME type. */
static void
take_text (OscarChatMessage *self, const OscarTlv *tlv)
{
  static const char prefix[] = "charset=";
  g_autoptr (GByteArray) type = g_byte_array_new ();
  ImReader type_reader;
  ImReader text = { NULL, NULL };
  ImReader charset = { NULL, NULL };
  OscarTlvChain chain;

  oscar_tlv_chain_init (&chain, &tlv->value);
  if (self->text != NULL || !oscar_tlv_find (&chain, TLV_TEXT, &text))
    return;
  oscar_tlv_find (&chain, TLV_CHARSET, &charset);
  g_byte_array_append (type, (const guint8 *)prefix, sizeof prefix - 1);
  if (im_reader_left (&charset) > 0)
    g_byte_array_append (type, charset.pos, (guint)im_reader_left (&charset));
  im_reader_init (&type_reader, type->data, type->len);
  self->text = oscar_text_dup_mime (&type_reader, &text, NULL);
}

static gboolean
take_tlv (OscarChatMessage *self, OscarTlv *tlv, GError **error)
{
  switch (tlv->tag)
    {
    case TLV_PUBLIC:
      self->is_public = TRUE;
      return TRUE;
    case TLV_REFLECT:
      self->reflect = TRUE;
      return TRUE;
    case TLV_WHISPER:
      oscar_tlv_take_string (tlv, &self->whisper_to);
      return TRUE;
    case TLV_SENDER:
      self->has_sender = TRUE;
      return oscar_userinfo_decode (&tlv->value, &self->sender, error);
    case TLV_MESSAGE:
      take_text (self, tlv);
      return TRUE;
    default:
      return TRUE;
    }
}

gboolean
oscar_chat_decode_message (ImReader *body, OscarChatMessage *ret,
                           GError **error)
{
  g_auto (OscarChatMessage) self = { 0 };
  OscarTlvChain chain;
  OscarTlvStep step;
  OscarTlv tlv;

  if (!im_reader_u64 (body, &self.cookie, error) ||
      !im_reader_u16 (body, &self.channel, error))
    return FALSE;
  oscar_tlv_chain_init (&chain, body);
  body->pos = body->end;
  while ((step = oscar_tlv_next (&chain, &tlv, error)) == OSCAR_TLV_GOT)
    if (!take_tlv (&self, &tlv, error))
      return FALSE;
  if (step == OSCAR_TLV_FAILED)
    return FALSE;
  *ret = self;
  self = (OscarChatMessage){ 0 };
  return TRUE;
}

static void
write_text (ImWriter *writer, const char *text)
{
  OscarCharset charset = oscar_text_choose_charset (text);
  gsize message = oscar_tlv_open (writer, TLV_MESSAGE);
  gsize mark;

  oscar_tlv_write_string (writer, TLV_CHARSET,
                          charset == OSCAR_CHARSET_UTF16 ? "unicode-2-0"
                                                         : "us-ascii");
  oscar_tlv_write_string (writer, TLV_LANGUAGE, "en");
  mark = oscar_tlv_open (writer, TLV_TEXT);
  oscar_text_write (writer, text, charset);
  im_writer_close16 (writer, mark);
  im_writer_close16 (writer, message);
}

void
oscar_chat_encode_message (ImWriter *writer, const OscarChatMessage *self)
{
  im_writer_u64 (writer, self->cookie);
  im_writer_u16 (writer, self->channel);
  if (self->has_sender)
    {
      gsize mark = oscar_tlv_open (writer, TLV_SENDER);

      oscar_userinfo_encode (writer, &self->sender);
      im_writer_close16 (writer, mark);
    }
  if (self->is_public)
    oscar_tlv_write_empty (writer, TLV_PUBLIC);
  if (self->reflect)
    oscar_tlv_write_empty (writer, TLV_REFLECT);
  oscar_tlv_write_string (writer, TLV_WHISPER, self->whisper_to);
  if (self->text != NULL)
    write_text (writer, self->text);
}
