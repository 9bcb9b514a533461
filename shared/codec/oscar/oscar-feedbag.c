#include "oscar-feedbag.h"

#include <string.h>

void
oscar_feedbag_item_clear (OscarFeedbagItem *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->raw_name, g_bytes_unref);
  g_clear_pointer (&self->attributes, g_bytes_unref);
}

void
oscar_feedbag_item_copy (const OscarFeedbagItem *self, OscarFeedbagItem *ret)
{
  *ret = *self;
  ret->name = g_strdup (self->name);
  if (self->raw_name != NULL)
    ret->raw_name = g_bytes_ref (self->raw_name);
  if (self->attributes != NULL)
    ret->attributes = g_bytes_ref (self->attributes);
}

static void
take_name (OscarFeedbagItem *self, const ImReader *raw)
{
  gsize len = im_reader_left (raw);

  self->name = oscar_text_dup (raw, NULL);
  if (strlen (self->name) != len || memcmp (self->name, raw->pos, len) != 0)
    self->raw_name = g_bytes_new (raw->pos, len);
}

gboolean
oscar_feedbag_next_item (ImReader *items, OscarFeedbagItem *ret, GError **error)
{
  ImReader ahead = *items;
  OscarFeedbagItem item = { NULL };
  ImReader name;
  ImReader attributes;

  if (im_reader_left (items) == 0)
    return FALSE;
  if (!im_reader_sub16 (&ahead, &name, error) ||
      !im_reader_u16 (&ahead, &item.group_id, error) ||
      !im_reader_u16 (&ahead, &item.item_id, error) ||
      !im_reader_u16 (&ahead, &item.class_id, error) ||
      !im_reader_sub16 (&ahead, &attributes, error))
    {
      g_prefix_error (error, "feedbag item: ");
      return FALSE;
    }
  take_name (&item, &name);
  if (im_reader_left (&attributes) > 0)
    item.attributes =
        g_bytes_new (attributes.pos, im_reader_left (&attributes));
  *ret = item;
  *items = ahead;
  return TRUE;
}

void
oscar_feedbag_write_item (ImWriter *writer, const OscarFeedbagItem *self)
{
  gsize mark = im_writer_open16 (writer);

  if (self->raw_name != NULL)
    im_writer_raw (writer, g_bytes_get_data (self->raw_name, NULL),
                   g_bytes_get_size (self->raw_name));
  else
    im_writer_raw (writer, self->name, strlen (self->name));
  im_writer_close16 (writer, mark);
  im_writer_u16 (writer, self->group_id);
  im_writer_u16 (writer, self->item_id);
  im_writer_u16 (writer, self->class_id);
  mark = im_writer_open16 (writer);
  if (self->attributes != NULL)
    im_writer_raw (writer, g_bytes_get_data (self->attributes, NULL),
                   g_bytes_get_size (self->attributes));
  im_writer_close16 (writer, mark);
}

gsize
oscar_feedbag_item_size (const OscarFeedbagItem *self)
{
  gsize name = self->raw_name != NULL ? g_bytes_get_size (self->raw_name)
                                      : strlen (self->name);

  return 10 + name +
         (self->attributes != NULL ? g_bytes_get_size (self->attributes) : 0);
}

void
oscar_feedbag_item_set_name (OscarFeedbagItem *self, const char *utf8)
{
  g_clear_pointer (&self->raw_name, g_bytes_unref);
  g_free (self->name);
  self->name = g_strdup (utf8);
}

static void
attributes_init (const OscarFeedbagItem *self, OscarTlvChain *chain)
{
  ImReader reader = { NULL, NULL };

  if (self->attributes != NULL)
    im_reader_init_bytes (&reader, self->attributes);
  oscar_tlv_chain_init (chain, &reader);
}

gboolean
oscar_feedbag_item_get (const OscarFeedbagItem *self, guint16 tag,
                        ImReader *ret)
{
  OscarTlvChain chain;

  attributes_init (self, &chain);
  return oscar_tlv_find (&chain, tag, ret);
}

guint32
oscar_feedbag_item_get_uint (const OscarFeedbagItem *self, guint16 tag,
                             guint32 fallback)
{
  OscarTlv tlv = { tag, { NULL, NULL } };
  guint32 value;

  if (!oscar_feedbag_item_get (self, tag, &tlv.value) ||
      !oscar_tlv_uint (&tlv, &value, NULL))
    return fallback;
  return value;
}

char *
oscar_feedbag_item_dup_string (const OscarFeedbagItem *self, guint16 tag)
{
  ImReader value;
  char *text;

  if (!oscar_feedbag_item_get (self, tag, &value) ||
      im_reader_left (&value) == 0)
    return NULL;
  text = oscar_text_dup (&value, NULL);
  if (*text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

/* Puts @data, which may be %NULL for none, where the first attribute @tag
 * stands or at the end. */
static void
replace (OscarFeedbagItem *self, guint16 tag, gboolean present,
         const void *data, gsize len)
{
  g_auto (ImWriter) writer = { NULL };
  OscarTlvChain chain;
  OscarTlv tlv;
  gboolean written = !present;

  im_writer_init (&writer, G_MAXUINT16);
  attributes_init (self, &chain);
  while (oscar_tlv_next (&chain, &tlv, NULL) == OSCAR_TLV_GOT)
    {
      if (tlv.tag != tag)
        oscar_tlv_write_raw (&writer, tlv.tag, tlv.value.pos,
                             im_reader_left (&tlv.value));
      else if (!written)
        {
          oscar_tlv_write_raw (&writer, tag, data, len);
          written = TRUE;
        }
    }
  if (!written)
    oscar_tlv_write_raw (&writer, tag, data, len);
  /* Too large for the wire: the server could not take it either. */
  if (writer.overflow)
    return;
  g_clear_pointer (&self->attributes, g_bytes_unref);
  self->attributes = im_writer_finish (&writer, NULL);
}

void
oscar_feedbag_item_set (OscarFeedbagItem *self, guint16 tag, const void *data,
                        gsize len)
{
  replace (self, tag, TRUE, data, len);
}

void
oscar_feedbag_item_unset (OscarFeedbagItem *self, guint16 tag)
{
  if (oscar_feedbag_item_get (self, tag, NULL))
    replace (self, tag, FALSE, NULL, 0);
}

void
oscar_feedbag_item_set_string (OscarFeedbagItem *self, guint16 tag,
                               const char *utf8)
{
  if (utf8 != NULL && *utf8 != '\0')
    oscar_feedbag_item_set (self, tag, utf8, strlen (utf8));
  else
    oscar_feedbag_item_unset (self, tag);
}

void
oscar_feedbag_item_set_u8 (OscarFeedbagItem *self, guint16 tag, guint8 value)
{
  oscar_feedbag_item_set (self, tag, &value, sizeof value);
}

void
oscar_feedbag_item_set_u32 (OscarFeedbagItem *self, guint16 tag, guint32 value)
{
  guint32 raw = GUINT32_TO_BE (value);

  oscar_feedbag_item_set (self, tag, &raw, sizeof raw);
}

gboolean
oscar_feedbag_next_id (ImReader *order, guint16 *ret)
{
  return im_reader_u16 (order, ret, NULL);
}

void
oscar_feedbag_item_set_order (OscarFeedbagItem *self, const guint16 *ids,
                              gsize n)
{
  g_autofree guint16 *raw = g_new (guint16, n);

  for (gsize i = 0; i < n; i++)
    raw[i] = GUINT16_TO_BE (ids[i]);
  if (n > 0)
    oscar_feedbag_item_set (self, OSCAR_ATTR_ORDER, raw, n * sizeof *raw);
  else
    oscar_feedbag_item_unset (self, OSCAR_ATTR_ORDER);
}

/* The order without @id, with room for one more. */
static GArray *
order_without (const OscarFeedbagItem *self, guint16 id, gboolean *ret_found)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint16));
  ImReader order = { NULL, NULL };
  guint16 entry;

  *ret_found = FALSE;
  oscar_feedbag_item_get (self, OSCAR_ATTR_ORDER, &order);
  while (oscar_feedbag_next_id (&order, &entry))
    if (entry == id)
      *ret_found = TRUE;
    else
      g_array_append_val (ids, entry);
  return ids;
}

void
oscar_feedbag_item_add_to_order (OscarFeedbagItem *self, guint16 id)
{
  gboolean found;
  g_autoptr (GArray) ids = order_without (self, id, &found);

  if (found)
    return;
  g_array_append_val (ids, id);
  oscar_feedbag_item_set_order (self, (guint16 *)(void *)ids->data, ids->len);
}

void
oscar_feedbag_item_remove_from_order (OscarFeedbagItem *self, guint16 id)
{
  gboolean found;
  g_autoptr (GArray) ids = order_without (self, id, &found);

  if (found)
    oscar_feedbag_item_set_order (self, (guint16 *)(void *)ids->data, ids->len);
}

/* Where a preference bit lives: bits 0 to 31 in the first pair of
 * attributes, counted from the end; the others in the second pair, counted
 * from the front, where 32 and 33 share the first place.
 * Checked against the vectors of Open OSCAR Server's test suite. */
typedef struct
{
  guint16 value_tag;
  guint16 valid_tag;
  gsize byte;
  guint8 mask;
  gsize min_len;
} PrefPlace;

static PrefPlace
pref_place (guint pref)
{
  PrefPlace place = { OSCAR_ATTR_PREFS, OSCAR_ATTR_PREFS_VALID };

  if (pref < 32)
    {
      place.byte = 3 - pref / 8;
      place.mask = (guint8)(1 << pref % 8);
      place.min_len = 4;
    }
  else
    {
      guint bit = pref == 32 ? 0 : pref - 33;

      place.value_tag = OSCAR_ATTR_PREFS2;
      place.valid_tag = OSCAR_ATTR_PREFS2_VALID;
      place.byte = bit / 8;
      place.mask = (guint8)(0x80 >> bit % 8);
      place.min_len = place.byte + 1;
    }
  return place;
}

static gboolean
bit_is_set (const OscarFeedbagItem *self, guint16 tag, gsize byte, guint8 mask)
{
  ImReader bits;
  guint8 value;

  return oscar_feedbag_item_get (self, tag, &bits) &&
         im_reader_skip (&bits, byte, NULL) &&
         im_reader_u8 (&bits, &value, NULL) && (value & mask) != 0;
}

gboolean
oscar_feedbag_item_get_pref (const OscarFeedbagItem *self, guint pref,
                             gboolean fallback)
{
  PrefPlace place = pref_place (pref);

  if (!bit_is_set (self, place.valid_tag, place.byte, place.mask))
    return fallback;
  return bit_is_set (self, place.value_tag, place.byte, place.mask);
}

static void
put_bit (OscarFeedbagItem *self, guint16 tag, const PrefPlace *place,
         gboolean value)
{
  g_autoptr (GByteArray) bits = g_byte_array_new ();
  ImReader old;
  gsize len;

  if (oscar_feedbag_item_get (self, tag, &old))
    g_byte_array_append (bits, old.pos, (guint)im_reader_left (&old));
  len = bits->len;
  if (len < place->min_len)
    {
      g_byte_array_set_size (bits, (guint)place->min_len);
      memset (bits->data + len, 0, place->min_len - len);
    }
  if (value)
    bits->data[place->byte] |= place->mask;
  else
    bits->data[place->byte] &= (guint8)~place->mask;
  oscar_feedbag_item_set (self, tag, bits->data, bits->len);
}

void
oscar_feedbag_item_set_pref (OscarFeedbagItem *self, guint pref, gboolean value)
{
  PrefPlace place = pref_place (pref);

  put_bit (self, place.value_tag, &place, value);
  put_bit (self, place.valid_tag, &place, TRUE);
}

/* Passes over one item without looking into it. */
static gboolean
skip_item (ImReader *items, GError **error)
{
  ImReader part;

  if (im_reader_sub16 (items, &part, error) &&
      im_reader_skip (items, 6, error) && im_reader_sub16 (items, &part, error))
    return TRUE;
  g_prefix_error (error, "feedbag item: ");
  return FALSE;
}

gboolean
oscar_feedbag_decode_reply (ImReader *body, OscarFeedbagReply *ret,
                            GError **error)
{
  ImReader ahead = *body;

  if (!im_reader_u8 (&ahead, &ret->version, error) ||
      !im_reader_u16 (&ahead, &ret->count, error))
    return FALSE;
  ret->items.pos = ahead.pos;
  for (guint i = 0; i < ret->count; i++)
    if (!skip_item (&ahead, error))
      return FALSE;
  ret->items.end = ahead.pos;
  if (!im_reader_u32 (&ahead, &ret->time, error))
    return FALSE;
  *body = ahead;
  return TRUE;
}

void
oscar_feedbag_encode_reply (ImWriter *writer, const OscarFeedbagReply *self)
{
  im_writer_u8 (writer, self->version);
  im_writer_u16 (writer, self->count);
  im_writer_raw (writer, self->items.pos, im_reader_left (&self->items));
  im_writer_u32 (writer, self->time);
}

void
oscar_feedbag_encode_stamp (ImWriter *writer, const OscarFeedbagStamp *self)
{
  im_writer_u32 (writer, self->time);
  im_writer_u16 (writer, self->count);
}

gboolean
oscar_feedbag_decode_stamp (ImReader *body, OscarFeedbagStamp *ret,
                            GError **error)
{
  guint8 small;

  if (!im_reader_u32 (body, &ret->time, error))
    return FALSE;
  if (im_reader_left (body) != 1)
    return im_reader_u16 (body, &ret->count, error);
  if (!im_reader_u8 (body, &small, error))
    return FALSE;
  ret->count = small;
  return TRUE;
}

gboolean
oscar_feedbag_next_status (ImReader *body, guint16 *ret, GError **error)
{
  return im_reader_left (body) > 0 && im_reader_u16 (body, ret, error);
}

void
oscar_feedbag_encode_rights_query (ImWriter *writer, guint16 flags)
{
  if (flags != 0)
    oscar_tlv_write_u16 (writer, 0x000b, flags);
}

gboolean
oscar_feedbag_decode_rights (ImReader *body, OscarFeedbagRights *ret,
                             GError **error)
{
  static const OscarField fields[] = {
    OSCAR_FIELD (0x0003, U16, OscarFeedbagRights, max_attributes),
    OSCAR_FIELD (0x0006, U16, OscarFeedbagRights, max_name),
    OSCAR_FIELD (0x000c, U16, OscarFeedbagRights, max_per_group),
  };
  OscarTlvChain chain;
  ImReader limits = { NULL, NULL };

  *ret = (OscarFeedbagRights){ 0 };
  oscar_tlv_chain_init (&chain, body);
  oscar_tlv_find (&chain, 0x0004, &limits);
  while (ret->n_limits < OSCAR_FEEDBAG_MAX_CLASSES &&
         im_reader_u16 (&limits, &ret->limits[ret->n_limits], NULL))
    ret->n_limits++;
  return oscar_tlv_decode_rest (body, fields, G_N_ELEMENTS (fields), ret,
                                error);
}

void
oscar_feedbag_auth_clear (OscarFeedbagAuth *self)
{
  g_clear_pointer (&self->reason, g_free);
}

/* A zero word ends some of these messages, for some senders. */
static void
skip_last_word (ImReader *body)
{
  if (im_reader_left (body) == 2)
    body->pos = body->end;
}

gboolean
oscar_feedbag_decode_auth_request (ImReader *body, OscarFeedbagAuth *ret,
                                   GError **error)
{
  ret->accept = FALSE;
  if (!oscar_text_read_name (body, &ret->name, error) ||
      !oscar_text_read_str16 (body, &ret->reason, error))
    return FALSE;
  skip_last_word (body);
  return TRUE;
}

void
oscar_feedbag_encode_auth_request (ImWriter *writer, const char *name,
                                   const char *reason)
{
  im_writer_str8 (writer, name);
  im_writer_str16 (writer, reason);
  im_writer_u16 (writer, 0);
}

gboolean
oscar_feedbag_decode_auth_reply (ImReader *body, OscarFeedbagAuth *ret,
                                 GError **error)
{
  guint8 accept;

  if (!oscar_text_read_name (body, &ret->name, error) ||
      !im_reader_u8 (body, &accept, error))
    return FALSE;
  ret->accept = accept == 1;
  if (!oscar_text_read_str16 (body, &ret->reason, error))
    return FALSE;
  skip_last_word (body);
  return TRUE;
}

void
oscar_feedbag_encode_auth_reply (ImWriter *writer, const char *name,
                                 gboolean accept, const char *reason)
{
  im_writer_str8 (writer, name);
  im_writer_u8 (writer, accept ? 1 : 0);
  im_writer_str16 (writer, reason);
}
