#include "oscar-icq-message.h"

#include <string.h>
#include "oscar-text.h"

#define FIELD_SEPARATOR 0xfe

/* The first block of the extended form is 27 bytes long, the second 14. */
#define FIRST_BLOCK 27
#define SECOND_BLOCK 14

/* A string whose length counts a final NUL, without that. */
static gboolean
read_text (ImReader *reader, ImReader *ret, GError **error)
{
  if (!im_reader_sub16le (reader, ret, error))
    return FALSE;
  if (im_reader_left (ret) > 0 && ret->end[-1] == '\0')
    ret->end--;
  return TRUE;
}

static void
write_text (ImWriter *writer, const ImReader *text)
{
  gsize mark = im_writer_open16 (writer);

  im_writer_raw (writer, text->pos, im_reader_left (text));
  im_writer_u8 (writer, 0);
  im_writer_close16le (writer, mark);
}

gboolean
oscar_icq_message_decode (const ImReader *data, OscarIcqMessage *ret,
                          GError **error)
{
  ImReader reader = *data;
  OscarIcqMessage self;

  if (!im_reader_u32le (&reader, &self.sender, error) ||
      !im_reader_u8 (&reader, &self.type, error) ||
      !im_reader_u8 (&reader, &self.flags, error) ||
      !read_text (&reader, &self.text, error))
    {
      g_prefix_error (error, "ICQ message: ");
      return FALSE;
    }
  *ret = self;
  return TRUE;
}

void
oscar_icq_message_encode (ImWriter *writer, const OscarIcqMessage *self)
{
  im_writer_u32le (writer, self->sender);
  im_writer_u8 (writer, self->type);
  im_writer_u8 (writer, self->flags);
  write_text (writer, &self->text);
}

char *
oscar_icq_message_next_field (ImReader *text, const char *legacy)
{
  gsize len = im_reader_left (text);
  const guint8 *end;
  ImReader field;

  if (text->pos == NULL)
    return NULL;
  end = len > 0 ? memchr (text->pos, FIELD_SEPARATOR, len) : NULL;
  field = *text;
  if (end != NULL)
    {
      field.end = end;
      text->pos = end + 1;
    }
  else
    text->pos = text->end = NULL;
  return oscar_text_dup (&field, legacy);
}

static gboolean
read_first_block (ImReader *reader, OscarIcqExtended *self, GError **error)
{
  ImReader block;
  const guint8 *plugin;

  if (!im_reader_sub16le (reader, &block, error) ||
      !im_reader_u16le (&block, &self->version, error) ||
      !im_reader_raw (&block, sizeof self->plugin.bytes, &plugin, error) ||
      !im_reader_skip (&block, 2, error) ||
      !im_reader_u32le (&block, &self->caps, error) ||
      !im_reader_skip (&block, 1, error) ||
      !im_reader_u16le (&block, &self->sequence, error))
    return FALSE;
  memcpy (self->plugin.bytes, plugin, sizeof self->plugin.bytes);
  return TRUE;
}

gboolean
oscar_icq_message_decode_extended (const ImReader *data, OscarIcqExtended *ret,
                                   GError **error)
{
  ImReader reader = *data;
  OscarIcqExtended self = { 0 };
  ImReader block;

  if (!read_first_block (&reader, &self, error) ||
      !im_reader_sub16le (&reader, &block, error) ||
      !im_reader_u8 (&reader, &self.type, error) ||
      !im_reader_u8 (&reader, &self.flags, error) ||
      !im_reader_u16le (&reader, &self.status, error) ||
      !im_reader_u16le (&reader, &self.priority, error) ||
      !read_text (&reader, &self.text, error))
    {
      g_prefix_error (error, "ICQ extended message: ");
      return FALSE;
    }
  if (self.type == OSCAR_ICQ_PLAIN && im_reader_left (&reader) >= 8)
    self.has_colors = im_reader_u32le (&reader, &self.foreground, NULL) &&
                      im_reader_u32le (&reader, &self.background, NULL);
  self.rest = reader;
  *ret = self;
  return TRUE;
}

void
oscar_icq_message_encode_extended (ImWriter *writer,
                                   const OscarIcqExtended *self)
{
  static const guint8 zeros[12] = { 0 };

  im_writer_u16le (writer, FIRST_BLOCK);
  im_writer_u16le (writer, self->version);
  im_writer_raw (writer, self->plugin.bytes, sizeof self->plugin.bytes);
  im_writer_u16le (writer, 0);
  im_writer_u32le (writer, self->caps);
  im_writer_u8 (writer, 0);
  im_writer_u16le (writer, self->sequence);
  im_writer_u16le (writer, SECOND_BLOCK);
  im_writer_u16le (writer, self->sequence);
  im_writer_raw (writer, zeros, sizeof zeros);
  im_writer_u8 (writer, self->type);
  im_writer_u8 (writer, self->flags);
  im_writer_u16le (writer, self->status);
  im_writer_u16le (writer, self->priority);
  write_text (writer, &self->text);
  if (self->has_colors)
    {
      im_writer_u32le (writer, self->foreground);
      im_writer_u32le (writer, self->background);
    }
  im_writer_raw (writer, self->rest.pos, im_reader_left (&self->rest));
}
