#include "oscar-userinfo.h"

#include <string.h>

enum
{
  TLV_CLASS = 0x0001,
  TLV_CREATED = 0x0002,
  TLV_ONLINE_SINCE = 0x0003,
  TLV_IDLE = 0x0004,
  TLV_MEMBER_SINCE = 0x0005,
  TLV_STATUS = 0x0006,
  TLV_IP = 0x000a,
  TLV_DC = 0x000c,
  TLV_CAPS = 0x000d,
  TLV_SESSION_LENGTH = 0x000f,
  TLV_SESSION_LENGTH_AOL = 0x0010,
  TLV_INSTANCE = 0x0014,
  TLV_SHORT_CAPS = 0x0019,
  TLV_BART = 0x001d,
  TLV_PROFILE_SET = 0x0026,
  TLV_AWAY_SET = 0x0027,
  TLV_PRIMARY = 0x0028,
  TLV_AWAY_SINCE = 0x0029,
};

const OscarCap oscar_cap_chat = { { 0x74, 0x8f, 0x24, 0x20, 0x62, 0x87, 0x11,
                                    0xd1, 0x82, 0x22, 0x44, 0x45, 0x53, 0x54,
                                    0x00, 0x00 } };
const OscarCap oscar_cap_typing = { { 0x56, 0x3f, 0xc8, 0x09, 0x0b, 0x6f, 0x41,
                                      0xbd, 0x9f, 0x79, 0x42, 0x26, 0x09, 0xdf,
                                      0xa2, 0xf3 } };
const OscarCap oscar_cap_xtraz = { { 0x1a, 0x09, 0x3c, 0x6c, 0xd7, 0xfd, 0x4e,
                                     0xc5, 0x9d, 0x51, 0xa6, 0x47, 0x4e, 0x34,
                                     0xf5, 0xa0 } };
const OscarCap oscar_cap_xtraz_script = { { 0x3b, 0x60, 0xb3, 0xef, 0xd8, 0x2a,
                                            0x6c, 0x45, 0xa4, 0xe0, 0x9c, 0x5a,
                                            0x5e, 0x67, 0xe8, 0x65 } };
const OscarCap oscar_cap_html = { { 0x01, 0x38, 0xca, 0x7b, 0x76, 0x9a, 0x49,
                                    0x15, 0x88, 0xf2, 0x13, 0xfc, 0x00, 0x97,
                                    0x9e, 0xa8 } };
const OscarCap oscar_cap_rtf = { { 0x97, 0xb1, 0x27, 0x51, 0x24, 0x3c, 0x43,
                                   0x34, 0xad, 0x22, 0xd6, 0xab, 0xf7, 0x3f,
                                   0x14, 0x92 } };

/* The first TLV of a tag counts: servers repeat some (0x000A in 01/0F). */
static gboolean
take_number (OscarUserInfo *self, OscarUserHas which, const OscarTlv *tlv,
             guint32 *field, GError **error)
{
  if ((self->has & which) != 0)
    return TRUE;
  self->has |= which;
  return oscar_tlv_uint (tlv, field, error);
}

static gboolean
take_instance (OscarUserInfo *self, const OscarTlv *tlv, GError **error)
{
  if ((self->has & OSCAR_USER_INSTANCE) != 0)
    return TRUE;
  self->has |= OSCAR_USER_INSTANCE;
  return oscar_tlv_u8 (tlv, &self->instance, error);
}

static void
take_slice (const OscarTlv *tlv, ImReader *field)
{
  if (field->pos == NULL)
    *field = tlv->value;
}

static gboolean
take_tlv (OscarUserInfo *self, const OscarTlv *tlv, GError **error)
{
#define NUMBER(which, member)                                                  \
  return take_number (self, OSCAR_USER_##which, tlv, &self->member, error)

  switch (tlv->tag)
    {
    case TLV_CLASS:
      NUMBER (CLASS, user_class);
    case TLV_CREATED:
      NUMBER (CREATED, created);
    case TLV_ONLINE_SINCE:
      NUMBER (ONLINE_SINCE, online_since);
    case TLV_IDLE:
      NUMBER (IDLE, idle_minutes);
    case TLV_MEMBER_SINCE:
      NUMBER (MEMBER_SINCE, member_since);
    case TLV_STATUS:
      NUMBER (STATUS, status);
    case TLV_IP:
      NUMBER (IP, ip);
    case TLV_SESSION_LENGTH:
    case TLV_SESSION_LENGTH_AOL:
      NUMBER (SESSION_LENGTH, session_length);
    case TLV_AWAY_SINCE:
      NUMBER (AWAY_SINCE, away_since);
    case TLV_PROFILE_SET:
      NUMBER (PROFILE_SET, profile_set);
    case TLV_AWAY_SET:
      NUMBER (AWAY_SET, away_set);
    case TLV_INSTANCE:
      return take_instance (self, tlv, error);
    case TLV_PRIMARY:
      self->primary = TRUE;
      return TRUE;
    case TLV_DC:
      take_slice (tlv, &self->dc);
      return TRUE;
    case TLV_CAPS:
      take_slice (tlv, &self->caps);
      return TRUE;
    case TLV_SHORT_CAPS:
      take_slice (tlv, &self->short_caps);
      return TRUE;
    case TLV_BART:
      take_slice (tlv, &self->bart);
      return TRUE;
    default:
      return TRUE;
    }
#undef NUMBER
}

gboolean
oscar_userinfo_decode (ImReader *reader, OscarUserInfo *ret, GError **error)
{
  OscarTlvChain chain;
  OscarTlvStep step;
  OscarTlv tlv;

  /* The name is written whole below, so it need not be zeroed first. */
  memset ((guint8 *)ret + sizeof ret->name, 0, sizeof *ret - sizeof ret->name);
  if (!oscar_text_read_name (reader, &ret->name, error) ||
      !im_reader_u16 (reader, &ret->warning, error) ||
      !oscar_tlv_read_count_block (reader, &chain, error))
    {
      g_prefix_error (error, "user info: ");
      return FALSE;
    }
  while ((step = oscar_tlv_next (&chain, &tlv, error)) == OSCAR_TLV_GOT)
    if (!take_tlv (ret, &tlv, error))
      {
        g_prefix_error (error, "user info: ");
        return FALSE;
      }
  return step == OSCAR_TLV_END;
}

gboolean
oscar_userinfo_next (ImReader *blocks, OscarUserInfo *ret, GError **error)
{
  return im_reader_left (blocks) > 0 &&
         oscar_userinfo_decode (blocks, ret, error);
}

/* A count of TLVs that grows as they are written. */
static void
write_u32 (ImWriter *writer, const OscarUserInfo *self, OscarUserHas which,
           guint16 tag, guint32 value, guint16 *count)
{
  if ((self->has & which) == 0)
    return;
  oscar_tlv_write_u32 (writer, tag, value);
  (*count)++;
}

/* In two bytes if they suffice: that is what most servers write. */
static void
write_u16 (ImWriter *writer, const OscarUserInfo *self, OscarUserHas which,
           guint16 tag, guint32 value, guint16 *count)
{
  if (value > G_MAXUINT16)
    {
      write_u32 (writer, self, which, tag, value, count);
      return;
    }
  if ((self->has & which) == 0)
    return;
  oscar_tlv_write_u16 (writer, tag, (guint16)value);
  (*count)++;
}

static void
write_slice (ImWriter *writer, guint16 tag, const ImReader *slice,
             guint16 *count)
{
  if (slice->pos == NULL)
    return;
  oscar_tlv_write_raw (writer, tag, slice->pos, im_reader_left (slice));
  (*count)++;
}

void
oscar_userinfo_encode (ImWriter *writer, const OscarUserInfo *self)
{
  guint16 count = 0;
  gsize mark;

  im_writer_str8 (writer, self->name.text);
  im_writer_u16 (writer, self->warning);
  mark = im_writer_open16 (writer);

  write_u32 (writer, self, OSCAR_USER_ONLINE_SINCE, TLV_ONLINE_SINCE,
             self->online_since, &count);
  write_u16 (writer, self, OSCAR_USER_CLASS, TLV_CLASS, self->user_class,
             &count);
  write_u32 (writer, self, OSCAR_USER_STATUS, TLV_STATUS, self->status, &count);
  write_u16 (writer, self, OSCAR_USER_IDLE, TLV_IDLE, self->idle_minutes,
             &count);
  write_slice (writer, TLV_BART, &self->bart, &count);
  write_slice (writer, TLV_DC, &self->dc, &count);
  write_slice (writer, TLV_CAPS, &self->caps, &count);
  write_slice (writer, TLV_SHORT_CAPS, &self->short_caps, &count);
  write_u32 (writer, self, OSCAR_USER_CREATED, TLV_CREATED, self->created,
             &count);
  write_u32 (writer, self, OSCAR_USER_MEMBER_SINCE, TLV_MEMBER_SINCE,
             self->member_since, &count);
  write_u32 (writer, self, OSCAR_USER_IP, TLV_IP, self->ip, &count);
  write_u32 (writer, self, OSCAR_USER_SESSION_LENGTH, TLV_SESSION_LENGTH,
             self->session_length, &count);
  write_u32 (writer, self, OSCAR_USER_PROFILE_SET, TLV_PROFILE_SET,
             self->profile_set, &count);
  write_u32 (writer, self, OSCAR_USER_AWAY_SET, TLV_AWAY_SET, self->away_set,
             &count);
  write_u32 (writer, self, OSCAR_USER_AWAY_SINCE, TLV_AWAY_SINCE,
             self->away_since, &count);
  if ((self->has & OSCAR_USER_INSTANCE) != 0)
    {
      oscar_tlv_write_u8 (writer, TLV_INSTANCE, self->instance);
      count++;
    }
  if (self->primary)
    {
      oscar_tlv_write_empty (writer, TLV_PRIMARY);
      count++;
    }
  im_writer_patch16 (writer, mark, count);
}

gboolean
oscar_userinfo_has_cap (const OscarUserInfo *self, const OscarCap *cap)
{
  ImReader caps = self->caps;
  const guint8 *entry;

  while (im_reader_raw (&caps, sizeof cap->bytes, &entry, NULL))
    if (memcmp (entry, cap->bytes, sizeof cap->bytes) == 0)
      return TRUE;
  return FALSE;
}

gboolean
oscar_userinfo_has_short_cap (const OscarUserInfo *self, OscarShortCap number)
{
  OscarCap full = OSCAR_SHORT_CAP (0);
  ImReader shorts = self->short_caps;
  guint16 entry;

  while (im_reader_u16 (&shorts, &entry, NULL))
    if (entry == (guint16)number)
      return TRUE;
  full.bytes[2] = (guint8)(number >> 8);
  full.bytes[3] = (guint8)number;
  return oscar_userinfo_has_cap (self, &full);
}

void
oscar_userinfo_write_caps (ImWriter *writer, const guint16 *numbers,
                           guint n_numbers, const OscarCap *const *others,
                           guint n_others)
{
  OscarCap full = OSCAR_SHORT_CAP (0);

  for (guint i = 0; i < n_numbers; i++)
    {
      full.bytes[2] = (guint8)(numbers[i] >> 8);
      full.bytes[3] = (guint8)numbers[i];
      im_writer_raw (writer, full.bytes, sizeof full.bytes);
    }
  for (guint i = 0; i < n_others; i++)
    im_writer_raw (writer, others[i]->bytes, sizeof others[i]->bytes);
}
