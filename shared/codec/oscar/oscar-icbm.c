#include "oscar-icbm.h"

#include <string.h>

enum
{
  TLV_TEXT = 0x0002,
  TLV_WANTS_ACK = 0x0003,
  TLV_AUTO_RESPONSE = 0x0004,
  TLV_DATA = 0x0005,
  TLV_STORE = 0x0006,
  TLV_ICON = 0x0008,
  TLV_WANTS_ICON = 0x0009,
  TLV_WANTS_TYPING = 0x000b,
  TLV_TIME = 0x0016,
};

enum
{
  FRAGMENT_TEXT = 0x01,
  FRAGMENT_FEATURES = 0x05,
  FRAGMENT_VERSION = 0x01,
};

gboolean
oscar_icbm_decode_parameters (ImReader *body, OscarIcbmParameters *ret,
                              GError **error)
{
  return im_reader_u16 (body, &ret->channel, error) &&
         im_reader_u32 (body, &ret->flags, error) &&
         im_reader_u16 (body, &ret->max_length, error) &&
         im_reader_u16 (body, &ret->max_sender_evil, error) &&
         im_reader_u16 (body, &ret->max_receiver_evil, error) &&
         im_reader_u32 (body, &ret->min_interval, error);
}

void
oscar_icbm_encode_parameters (ImWriter *writer, const OscarIcbmParameters *self)
{
  im_writer_u16 (writer, self->channel);
  im_writer_u32 (writer, self->flags);
  im_writer_u16 (writer, self->max_length);
  im_writer_u16 (writer, self->max_sender_evil);
  im_writer_u16 (writer, self->max_receiver_evil);
  im_writer_u32 (writer, self->min_interval);
}

static gboolean
read_icon (const OscarTlv *tlv, OscarIcbmIcon *ret, GError **error)
{
  ImReader value = tlv->value;
  guint16 one;

  return im_reader_u32 (&value, &ret->length, error) &&
         im_reader_u16 (&value, &one, error) &&
         im_reader_u16 (&value, &ret->checksum, error) &&
         im_reader_u32 (&value, &ret->timestamp, error);
}

static void
write_icon (ImWriter *writer, const OscarIcbmIcon *icon)
{
  gsize mark = oscar_tlv_open (writer, TLV_ICON);

  im_writer_u32 (writer, icon->length);
  im_writer_u16 (writer, 1);
  im_writer_u16 (writer, icon->checksum);
  im_writer_u32 (writer, icon->timestamp);
  im_writer_close16 (writer, mark);
}

static gboolean
take_tlv (OscarIcbm *self, const OscarTlv *tlv, GError **error)
{
  switch (tlv->tag)
    {
    case TLV_TEXT:
      if (self->fragments.pos == NULL)
        self->fragments = tlv->value;
      return TRUE;
    case TLV_DATA:
      if (self->data.pos == NULL)
        self->data = tlv->value;
      return TRUE;
    case TLV_WANTS_ACK:
      self->marks |= OSCAR_ICBM_WANTS_ACK;
      return TRUE;
    case TLV_AUTO_RESPONSE:
      self->marks |= OSCAR_ICBM_AUTO_RESPONSE;
      return TRUE;
    case TLV_STORE:
      self->marks |= OSCAR_ICBM_STORE;
      return TRUE;
    case TLV_ICON:
      self->marks |= OSCAR_ICBM_HAS_ICON;
      return read_icon (tlv, &self->icon, error);
    case TLV_WANTS_ICON:
      self->marks |= OSCAR_ICBM_WANTS_ICON;
      return TRUE;
    case TLV_WANTS_TYPING:
      self->marks |= OSCAR_ICBM_WANTS_TYPING;
      return TRUE;
    case TLV_TIME:
      self->marks |= OSCAR_ICBM_HAS_TIME;
      return oscar_tlv_uint (tlv, &self->time, error);
    default:
      return TRUE;
    }
}

static gboolean
read_tlvs (ImReader *body, OscarIcbm *self, GError **error)
{
  OscarTlvChain chain;
  OscarTlvStep step;
  OscarTlv tlv;

  oscar_tlv_chain_init (&chain, body);
  while ((step = oscar_tlv_next (&chain, &tlv, error)) == OSCAR_TLV_GOT)
    if (!take_tlv (self, &tlv, error))
      return FALSE;
  body->pos = body->end;
  return step == OSCAR_TLV_END;
}

/* What 04/06 and 04/07 begin with. The user is written whole by whoever
 * reads it, so only the rest is zeroed. */
static gboolean
read_head (ImReader *body, OscarIcbm *ret, GError **error)
{
  memset (ret, 0, G_STRUCT_OFFSET (OscarIcbm, user));
  return im_reader_u64 (body, &ret->cookie, error) &&
         im_reader_u16 (body, &ret->channel, error);
}

gboolean
oscar_icbm_decode_incoming (ImReader *body, OscarIcbm *ret, GError **error)
{
  if (read_head (body, ret, error) &&
      oscar_userinfo_decode (body, &ret->user, error) &&
      read_tlvs (body, ret, error))
    return TRUE;
  g_prefix_error (error, "incoming message: ");
  return FALSE;
}

gboolean
oscar_icbm_decode_send (ImReader *body, OscarIcbm *ret, GError **error)
{
  memset (&ret->user, 0, sizeof ret->user);
  return read_head (body, ret, error) &&
         oscar_text_read_name (body, &ret->user.name, error) &&
         read_tlvs (body, ret, error);
}

static void
write_slice (ImWriter *writer, guint16 tag, const ImReader *slice)
{
  if (slice->pos != NULL)
    oscar_tlv_write_raw (writer, tag, slice->pos, im_reader_left (slice));
}

void
oscar_icbm_encode_incoming (ImWriter *writer, const OscarIcbm *self)
{
  im_writer_u64 (writer, self->cookie);
  im_writer_u16 (writer, self->channel);
  oscar_userinfo_encode (writer, &self->user);
  write_slice (writer, TLV_TEXT, &self->fragments);
  write_slice (writer, TLV_DATA, &self->data);
  if ((self->marks & OSCAR_ICBM_HAS_ICON) != 0)
    write_icon (writer, &self->icon);
  oscar_icbm_write_marks (writer, self->marks);
  if ((self->marks & OSCAR_ICBM_HAS_TIME) != 0)
    oscar_tlv_write_u32 (writer, TLV_TIME, self->time);
}

/* The text of one fragment. */
static gboolean
read_text_fragment (ImReader fragment, const char *legacy, char **ret,
                    GError **error)
{
  guint16 charset;
  guint16 language;

  if (!im_reader_u16 (&fragment, &charset, error) ||
      !im_reader_u16 (&fragment, &language, error))
    return FALSE;
  *ret = oscar_text_dup_charset (&fragment, charset, legacy);
  return TRUE;
}

/* Nearly every message has one text fragment, so that one is handed on
 * instead of copied. */
static void
join (char **so_far, char *more)
{
  char *joined;

  if (*so_far == NULL)
    {
      *so_far = more;
      return;
    }
  joined = g_strconcat (*so_far, more, NULL);
  g_free (*so_far);
  g_free (more);
  *so_far = joined;
}

gboolean
oscar_icbm_dup_text (const ImReader *fragments, const char *legacy, char **ret,
                     GError **error)
{
  g_autofree char *text = NULL;
  ImReader rest = *fragments;
  guint n = 0;

  while (im_reader_left (&rest) > 0)
    {
      ImReader fragment;
      guint8 id;
      guint8 version;
      char *more;

      if (!im_reader_u8 (&rest, &id, error) ||
          !im_reader_u8 (&rest, &version, error) ||
          !im_reader_sub16 (&rest, &fragment, error))
        goto cut;
      if (id != FRAGMENT_TEXT || n++ >= IM_MAX_TEXT_FRAGMENTS)
        continue;
      if (!read_text_fragment (fragment, legacy, &more, error))
        goto cut;
      join (&text, more);
    }
  *ret = text != NULL ? g_steal_pointer (&text) : g_strdup ("");
  return TRUE;

cut:
  g_prefix_error (error, "message fragment: ");
  return FALSE;
}

/* Features, then a text fragment up to where its bytes begin. */
static gsize
open_fragment (ImWriter *writer, guint16 charset, gboolean icq)
{
  static const guint8 aim_features[] = {
    FRAGMENT_FEATURES, FRAGMENT_VERSION, 0, 4, 1, 1, 1, 2,
    FRAGMENT_TEXT,     FRAGMENT_VERSION,
  };
  static const guint8 icq_features[] = {
    FRAGMENT_FEATURES, FRAGMENT_VERSION, 0, 1, 1,
    FRAGMENT_TEXT,     FRAGMENT_VERSION,
  };
  gsize mark;

  if (icq)
    im_writer_raw (writer, icq_features, sizeof icq_features);
  else
    im_writer_raw (writer, aim_features, sizeof aim_features);
  mark = im_writer_open16 (writer);
  /* The language, which nobody reads, is 0. */
  im_writer_u32 (writer, (guint32)charset << 16);
  return mark;
}

void
oscar_icbm_write_text (ImWriter *writer, const char *utf8, gboolean icq)
{
  OscarCharset charset = oscar_text_choose_charset (utf8);
  gsize mark = open_fragment (writer, (guint16)charset, icq);

  oscar_text_write (writer, utf8, charset);
  im_writer_close16 (writer, mark);
}

void
oscar_icbm_write_fragments (ImWriter *writer, guint16 charset, const void *text,
                            gsize len, gboolean icq)
{
  gsize mark = open_fragment (writer, charset, icq);

  im_writer_raw (writer, text, len);
  im_writer_close16 (writer, mark);
}

gsize
oscar_icbm_open_send (ImWriter *writer, guint64 cookie, OscarChannel channel,
                      const char *to)
{
  im_writer_u64 (writer, cookie);
  im_writer_u16 (writer, (guint16)channel);
  im_writer_str8 (writer, to);
  return oscar_tlv_open (writer,
                         channel == OSCAR_CHANNEL_TEXT ? TLV_TEXT : TLV_DATA);
}

void
oscar_icbm_write_marks (ImWriter *writer, OscarIcbmMarks marks)
{
  if ((marks & OSCAR_ICBM_WANTS_ACK) != 0)
    oscar_tlv_write_empty (writer, TLV_WANTS_ACK);
  if ((marks & OSCAR_ICBM_AUTO_RESPONSE) != 0)
    oscar_tlv_write_empty (writer, TLV_AUTO_RESPONSE);
  if ((marks & OSCAR_ICBM_STORE) != 0)
    oscar_tlv_write_empty (writer, TLV_STORE);
  if ((marks & OSCAR_ICBM_WANTS_ICON) != 0)
    oscar_tlv_write_empty (writer, TLV_WANTS_ICON);
  if ((marks & OSCAR_ICBM_WANTS_TYPING) != 0)
    oscar_tlv_write_empty (writer, TLV_WANTS_TYPING);
}

void
oscar_icbm_encode_text (ImWriter *writer, guint64 cookie, const char *to,
                        const char *utf8, gboolean icq, OscarIcbmMarks marks)
{
  gsize mark = oscar_icbm_open_send (writer, cookie, OSCAR_CHANNEL_TEXT, to);

  oscar_icbm_write_text (writer, utf8, icq);
  im_writer_close16 (writer, mark);
  oscar_icbm_write_marks (writer, marks);
}

void
oscar_icbm_encode_warn (ImWriter *writer, const char *who, gboolean anonymous)
{
  im_writer_u16 (writer, anonymous ? 1 : 0);
  im_writer_str8 (writer, who);
}

gboolean
oscar_icbm_decode_warn (ImReader *body, OscarIcbmWarn *ret, GError **error)
{
  guint16 kind;

  if (!im_reader_u16 (body, &kind, error))
    return FALSE;
  ret->anonymous = kind == 1;
  return oscar_text_read_name (body, &ret->who, error);
}

gboolean
oscar_icbm_decode_warn_reply (ImReader *body, OscarIcbmWarnReply *ret,
                              GError **error)
{
  return im_reader_u16 (body, &ret->delta, error) &&
         im_reader_u16 (body, &ret->level, error);
}

void
oscar_icbm_encode_warn_reply (ImWriter *writer, const OscarIcbmWarnReply *self)
{
  im_writer_u16 (writer, self->delta);
  im_writer_u16 (writer, self->level);
}

gboolean
oscar_icbm_next_missed (ImReader *body, OscarIcbmMissed *ret, GError **error)
{
  return im_reader_left (body) > 0 &&
         im_reader_u16 (body, &ret->channel, error) &&
         oscar_userinfo_decode (body, &ret->from, error) &&
         im_reader_u16 (body, &ret->count, error) &&
         im_reader_u16 (body, &ret->reason, error);
}

void
oscar_icbm_write_missed (ImWriter *writer, const OscarIcbmMissed *self)
{
  im_writer_u16 (writer, self->channel);
  oscar_userinfo_encode (writer, &self->from);
  im_writer_u16 (writer, self->count);
  im_writer_u16 (writer, self->reason);
}

/* Cookie, channel and name begin three SNACs. */
static gboolean
read_address (ImReader *body, guint64 *cookie, guint16 *channel,
              OscarName *name, GError **error)
{
  return im_reader_u64 (body, cookie, error) &&
         im_reader_u16 (body, channel, error) &&
         oscar_text_read_name (body, name, error);
}

static void
write_address (ImWriter *writer, guint64 cookie, guint16 channel,
               const char *name)
{
  im_writer_u64 (writer, cookie);
  im_writer_u16 (writer, channel);
  im_writer_str8 (writer, name);
}

gboolean
oscar_icbm_decode_client_error (ImReader *body, OscarIcbmClientError *ret,
                                GError **error)
{
  if (!read_address (body, &ret->cookie, &ret->channel, &ret->who, error) ||
      !im_reader_u16 (body, &ret->reason, error))
    return FALSE;
  ret->data = *body;
  body->pos = body->end;
  return TRUE;
}

void
oscar_icbm_encode_client_error (ImWriter *writer,
                                const OscarIcbmClientError *self)
{
  write_address (writer, self->cookie, self->channel, self->who.text);
  im_writer_u16 (writer, self->reason);
  im_writer_raw (writer, self->data.pos, im_reader_left (&self->data));
}

gboolean
oscar_icbm_decode_ack (ImReader *body, OscarIcbmAck *ret, GError **error)
{
  return read_address (body, &ret->cookie, &ret->channel, &ret->to, error);
}

void
oscar_icbm_encode_ack (ImWriter *writer, const OscarIcbmAck *self)
{
  write_address (writer, self->cookie, self->channel, self->to.text);
}

gboolean
oscar_icbm_decode_typing (ImReader *body, OscarIcbmTyping *ret, GError **error)
{
  return read_address (body, &ret->cookie, &ret->channel, &ret->who, error) &&
         im_reader_u16 (body, &ret->event, error);
}

void
oscar_icbm_encode_typing (ImWriter *writer, const char *who,
                          OscarTypingEvent event)
{
  write_address (writer, 0, OSCAR_CHANNEL_TEXT, who);
  im_writer_u16 (writer, (guint16)event);
}
