#include "oscar-icq.h"

#include <string.h>

#include "oscar-text.h"
#include "oscar-tlv.h"

#define TLV_ENVELOPE 0x0001

static gboolean
read_meta (OscarIcq *self, GError **error)
{
  if (self->type != OSCAR_ICQ_META_REQUEST &&
      self->type != OSCAR_ICQ_META_REPLY)
    return TRUE;
  if (!im_reader_u16le (&self->data, &self->subtype, error))
    return FALSE;
  return self->type == OSCAR_ICQ_META_REQUEST ||
         im_reader_u8 (&self->data, &self->result, error);
}

gboolean
oscar_icq_decode (ImReader *body, OscarIcq *ret, GError **error)
{
  OscarTlvChain chain;
  ImReader value;
  OscarIcq self = { 0 };

  oscar_tlv_chain_init (&chain, body);
  if (!oscar_tlv_find (&chain, TLV_ENVELOPE, &value))
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
                   "no ICQ envelope");
      return FALSE;
    }
  body->pos = body->end;
  if (!im_reader_sub16le (&value, &self.data, error) ||
      !im_reader_u32le (&self.data, &self.uin, error) ||
      !im_reader_u16le (&self.data, &self.type, error) ||
      !im_reader_u16le (&self.data, &self.sequence, error) ||
      !read_meta (&self, error))
    {
      g_prefix_error (error, "ICQ envelope: ");
      return FALSE;
    }
  *ret = self;
  return TRUE;
}

OscarIcqMark
oscar_icq_open (ImWriter *writer, const OscarIcq *self)
{
  OscarIcqMark mark;

  mark.outer = oscar_tlv_open (writer, TLV_ENVELOPE);
  mark.inner = im_writer_open16 (writer);
  im_writer_u32le (writer, self->uin);
  im_writer_u16le (writer, self->type);
  im_writer_u16le (writer, self->sequence);
  if (self->type == OSCAR_ICQ_META_REQUEST ||
      self->type == OSCAR_ICQ_META_REPLY)
    im_writer_u16le (writer, self->subtype);
  if (self->type == OSCAR_ICQ_META_REPLY)
    im_writer_u8 (writer, self->result);
  return mark;
}

void
oscar_icq_close (ImWriter *writer, OscarIcqMark mark)
{
  im_writer_close16le (writer, mark.inner);
  im_writer_close16 (writer, mark.outer);
}

void
oscar_icq_encode_uin_request (ImWriter *writer, guint32 uin, guint16 sequence,
                              OscarMetaSubtype subtype, guint32 about)
{
  OscarIcq envelope = { uin, OSCAR_ICQ_META_REQUEST, sequence,
                        (guint16)subtype };
  OscarIcqMark mark = oscar_icq_open (writer, &envelope);

  im_writer_u32le (writer, about);
  oscar_icq_close (writer, mark);
}

void
oscar_icq_encode_plain (ImWriter *writer, guint32 uin, OscarIcqType type,
                        guint16 sequence)
{
  OscarIcq envelope = { uin, (guint16)type, sequence };

  oscar_icq_close (writer, oscar_icq_open (writer, &envelope));
}

gboolean
oscar_icq_read_string (ImReader *reader, const char *legacy, char **ret,
                       GError **error)
{
  ImReader bytes;

  if (!im_reader_sub16le (reader, &bytes, error))
    return FALSE;
  *ret = oscar_text_dup (&bytes, legacy);
  return TRUE;
}

void
oscar_icq_write_string (ImWriter *writer, const char *text)
{
  gsize mark = im_writer_open16 (writer);

  im_writer_raw (writer, text, text != NULL ? strlen (text) : 0);
  im_writer_u8 (writer, 0);
  im_writer_close16le (writer, mark);
}

void
oscar_icq_offline_clear (OscarIcqOffline *self)
{
  g_clear_pointer (&self->text, g_free);
}

/* Year, month, day, hour and minute in UTC. */
static gboolean
read_date (ImReader *reader, gint64 *ret, GError **error)
{
  g_autoptr (GDateTime) date = NULL;
  guint16 year;
  guint8 month;
  guint8 day;
  guint8 hour;
  guint8 minute;

  if (!im_reader_u16le (reader, &year, error) ||
      !im_reader_u8 (reader, &month, error) ||
      !im_reader_u8 (reader, &day, error) ||
      !im_reader_u8 (reader, &hour, error) ||
      !im_reader_u8 (reader, &minute, error))
    return FALSE;
  date = g_date_time_new_utc (year, month, day, hour, minute, 0);
  if (date == NULL)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                   "no such date: %u-%u-%u %u:%u", year, month, day, hour,
                   minute);
      return FALSE;
    }
  *ret = g_date_time_to_unix (date);
  return TRUE;
}

gboolean
oscar_icq_decode_offline (const ImReader *data, const char *legacy,
                          OscarIcqOffline *ret, GError **error)
{
  ImReader reader = *data;
  OscarIcqOffline self = { 0 };

  if (!im_reader_u32le (&reader, &self.sender, error) ||
      !read_date (&reader, &self.time, error) ||
      !im_reader_u8 (&reader, &self.type, error) ||
      !im_reader_u8 (&reader, &self.flags, error) ||
      !oscar_icq_read_string (&reader, legacy, &self.text, error))
    {
      g_prefix_error (error, "ICQ offline message: ");
      return FALSE;
    }
  *ret = self;
  return TRUE;
}

void
oscar_icq_found_clear (OscarIcqFound *self)
{
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->first, g_free);
  g_clear_pointer (&self->last, g_free);
  g_clear_pointer (&self->email, g_free);
}

/* The end of a record may be missing, from any field on. */
static void
read_found_rest (ImReader *record, const char *legacy, OscarIcqFound *self)
{
  guint8 authorization = 0;

  if (oscar_icq_read_string (record, legacy, &self->nick, NULL) &&
      oscar_icq_read_string (record, legacy, &self->first, NULL) &&
      oscar_icq_read_string (record, legacy, &self->last, NULL) &&
      oscar_icq_read_string (record, legacy, &self->email, NULL) &&
      im_reader_u8 (record, &authorization, NULL) &&
      im_reader_u16le (record, &self->status, NULL) &&
      im_reader_u8 (record, &self->gender, NULL) &&
      im_reader_u16le (record, &self->age, NULL))
    self->free = authorization == 1;
}

gboolean
oscar_icq_decode_found (const ImReader *data, const char *legacy,
                        OscarIcqFound *ret, GError **error)
{
  ImReader reader = *data;
  OscarIcqFound self = { 0 };
  ImReader record;

  if (!im_reader_sub16le (&reader, &record, error) ||
      !im_reader_u32le (&record, &self.uin, error))
    {
      g_prefix_error (error, "ICQ search hit: ");
      return FALSE;
    }
  read_found_rest (&record, legacy, &self);
  /* Only the last hit has it. */
  if (!im_reader_u32le (&reader, &self.left, NULL))
    self.left = 0;
  *ret = self;
  return TRUE;
}

void
oscar_icq_short_clear (OscarIcqShort *self)
{
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->first, g_free);
  g_clear_pointer (&self->last, g_free);
  g_clear_pointer (&self->email, g_free);
}

gboolean
oscar_icq_decode_short (const ImReader *data, const char *legacy,
                        OscarIcqShort *ret, GError **error)
{
  g_auto (OscarIcqShort) self = { 0 };
  ImReader reader = *data;
  guint8 authorization;
  guint8 unknown;

  if (!oscar_icq_read_string (&reader, legacy, &self.nick, error) ||
      !oscar_icq_read_string (&reader, legacy, &self.first, error) ||
      !oscar_icq_read_string (&reader, legacy, &self.last, error) ||
      !oscar_icq_read_string (&reader, legacy, &self.email, error))
    {
      g_prefix_error (error, "ICQ short info: ");
      return FALSE;
    }
  if (im_reader_u8 (&reader, &authorization, NULL) &&
      im_reader_u8 (&reader, &unknown, NULL) &&
      im_reader_u8 (&reader, &self.gender, NULL))
    self.free = authorization == 1;
  *ret = self;
  self = (OscarIcqShort){ 0 };
  return TRUE;
}
