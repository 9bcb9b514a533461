#include "oscar-bart.h"

#include <string.h>
#include "im-charset.h"
#include "oscar-text.h"

static const guint8 clear_hash[] = { 0x02, 0x01, 0xd2, 0x04, 0x72 };

gboolean
oscar_bart_read (ImReader *reader, OscarBartItem *ret, GError **error)
{
  ImReader ahead = *reader;
  OscarBartItem item;

  if (!im_reader_u16 (&ahead, &item.type, error) ||
      !im_reader_u8 (&ahead, &item.flags, error) ||
      !im_reader_sub8 (&ahead, &item.data, error))
    {
      g_prefix_error (error, "BART id: ");
      return FALSE;
    }
  *ret = item;
  *reader = ahead;
  return TRUE;
}

gboolean
oscar_bart_next (ImReader *list, OscarBartItem *ret, GError **error)
{
  return im_reader_left (list) > 0 && oscar_bart_read (list, ret, error);
}

gboolean
oscar_bart_find (const ImReader *list, OscarBartType type, OscarBartItem *ret)
{
  ImReader walk = *list;
  OscarBartItem item;

  while (oscar_bart_next (&walk, &item, NULL))
    if (item.type == (guint16)type)
      {
        *ret = item;
        return TRUE;
      }
  return FALSE;
}

void
oscar_bart_write (ImWriter *writer, OscarBartType type, guint8 flags,
                  const void *data, gsize len)
{
  if (len > G_MAXUINT8)
    writer->overflow = TRUE;
  im_writer_u16 (writer, (guint16)type);
  im_writer_u8 (writer, flags);
  im_writer_u8 (writer, (guint8)len);
  im_writer_raw (writer, data, len);
}

/* After the text may come a count and, for each, a tag and a string; tag 1
 * names the charset. */
static char *
read_charset (ImReader *data)
{
  guint16 count;
  guint16 tag;
  ImReader value;

  if (!im_reader_u16 (data, &count, NULL))
    return NULL;
  for (guint i = 0; i < count; i++)
    {
      if (!im_reader_u16 (data, &tag, NULL) ||
          !im_reader_sub16 (data, &value, NULL))
        return NULL;
      if (tag == 1)
        return oscar_text_dup (&value, NULL);
    }
  return NULL;
}

char *
oscar_bart_dup_text (const OscarBartItem *item)
{
  ImReader data = item->data;
  g_autofree char *charset = NULL;
  ImReader text;

  if (!im_reader_sub16 (&data, &text, NULL) || im_reader_left (&text) == 0)
    return NULL;
  charset = read_charset (&data);
  if (charset != NULL && g_ascii_strcasecmp (charset, "utf-8") != 0)
    return im_charset_to_utf8 (text.pos, im_reader_left (&text), charset,
                               "UTF-8");
  return im_charset_guess_to_utf8 (text.pos, im_reader_left (&text), NULL);
}

void
oscar_bart_write_text (ImWriter *writer, OscarBartType type, const char *utf8)
{
  gsize len = utf8 != NULL ? strlen (utf8) : 0;

  if (len == 0)
    {
      oscar_bart_write (writer, type, 0, NULL, 0);
      return;
    }
  if (len > G_MAXUINT8 - 4)
    writer->overflow = TRUE;
  im_writer_u16 (writer, (guint16)type);
  im_writer_u8 (writer, OSCAR_BART_INLINE);
  im_writer_u8 (writer, (guint8)(len + 4));
  im_writer_str16 (writer, utf8);
  im_writer_u16 (writer, 0);
}

gboolean
oscar_bart_is_clear (const OscarBartItem *item)
{
  return im_reader_left (&item->data) == sizeof clear_hash &&
         memcmp (item->data.pos, clear_hash, sizeof clear_hash) == 0;
}

static void
write_item (ImWriter *writer, const OscarBartItem *item)
{
  oscar_bart_write (writer, item->type, item->flags, item->data.pos,
                    im_reader_left (&item->data));
}

static void
write_data (ImWriter *writer, const void *data, gsize len)
{
  gsize mark = im_writer_open16 (writer);

  im_writer_raw (writer, data, len);
  im_writer_close16 (writer, mark);
}

void
oscar_bart_encode_upload (ImWriter *writer, OscarBartType type,
                          const void *data, gsize len)
{
  im_writer_u16 (writer, (guint16)type);
  write_data (writer, data, len);
}

gboolean
oscar_bart_decode_upload (ImReader *body, guint16 *ret_type, ImReader *ret,
                          GError **error)
{
  return im_reader_u16 (body, ret_type, error) &&
         im_reader_sub16 (body, ret, error);
}

gboolean
oscar_bart_decode_uploaded (ImReader *body, OscarBartUploaded *ret,
                            GError **error)
{
  return im_reader_u8 (body, &ret->code, error) &&
         oscar_bart_read (body, &ret->item, error);
}

void
oscar_bart_encode_uploaded (ImWriter *writer, const OscarBartUploaded *self)
{
  im_writer_u8 (writer, self->code);
  write_item (writer, &self->item);
}

gboolean
oscar_bart_decode_query (ImReader *body, OscarBartQuery *ret, GError **error)
{
  OscarBartItem item;

  if (!oscar_text_read_name (body, &ret->owner, error) ||
      !im_reader_u8 (body, &ret->count, error))
    return FALSE;
  ret->items.pos = body->pos;
  for (guint i = 0; i < ret->count; i++)
    if (!oscar_bart_read (body, &item, error))
      return FALSE;
  ret->items.end = body->pos;
  return TRUE;
}

void
oscar_bart_encode_query (ImWriter *writer, const char *owner,
                         const OscarBartItem *item)
{
  im_writer_str8 (writer, owner);
  im_writer_u8 (writer, 1);
  write_item (writer, item);
}

gboolean
oscar_bart_decode_download (ImReader *body, OscarBartDownload *ret,
                            GError **error)
{
  ret->code = OSCAR_BART_OK;
  if (!oscar_text_read_name (body, &ret->owner, error) ||
      !oscar_bart_read (body, &ret->asked, error) ||
      !im_reader_sub16 (body, &ret->data, error))
    return FALSE;
  ret->found = ret->asked;
  return TRUE;
}

gboolean
oscar_bart_decode_download2 (ImReader *body, OscarBartDownload *ret,
                             GError **error)
{
  return oscar_text_read_name (body, &ret->owner, error) &&
         oscar_bart_read (body, &ret->asked, error) &&
         im_reader_u8 (body, &ret->code, error) &&
         oscar_bart_read (body, &ret->found, error) &&
         im_reader_sub16 (body, &ret->data, error);
}

void
oscar_bart_encode_download2 (ImWriter *writer, const OscarBartDownload *self)
{
  im_writer_str8 (writer, self->owner.text);
  write_item (writer, &self->asked);
  im_writer_u8 (writer, self->code);
  write_item (writer, &self->found);
  write_data (writer, self->data.pos, im_reader_left (&self->data));
}
