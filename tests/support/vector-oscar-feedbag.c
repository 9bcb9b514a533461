/* FEEDBAG in words. */

#include "vector-oscar.h"

#include "oscar-feedbag.h"

static void
show_attributes (Show *show, const OscarFeedbagItem *item)
{
  OscarTlvChain chain;
  OscarTlv tlv;
  ImReader bytes;

  if (item->attributes == NULL)
    return;
  im_reader_init_bytes (&bytes, item->attributes);
  oscar_tlv_chain_init (&chain, &bytes);
  while (oscar_tlv_next (&chain, &tlv, NULL) == OSCAR_TLV_GOT)
    {
      g_autofree char *name = g_strdup_printf ("attribute %04x", tlv.tag);
      g_autofree char *text = NULL;

      if (tlv.tag >= OSCAR_ATTR_ALIAS && tlv.tag <= OSCAR_ATTR_NOTE)
        {
          text = oscar_feedbag_item_dup_string (item, tlv.tag);
          show_text (show, name, text != NULL ? text : "");
        }
      else
        show_hex (show, name, &tlv.value);
    }
}

static gboolean
show_items (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  OscarFeedbagItem item;

  while (oscar_feedbag_next_item (body, &item, &failed))
    {
      show_text (show, "item", item.name);
      show->indent++;
      show_line (show, "group %04x item %04x class %04x", item.group_id,
                 item.item_id, item.class_id);
      show_attributes (show, &item);
      show->indent--;
      oscar_feedbag_write_item (&show->again, &item);
      oscar_feedbag_item_clear (&item);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_reply (ImReader *body, Show *show, GError **error)
{
  OscarFeedbagReply self;
  ImReader items;

  if (!oscar_feedbag_decode_reply (body, &self, error))
    return FALSE;
  show_line (show, "version %u count %u time %u", self.version, self.count,
             self.time);
  items = self.items;
  /* The items write themselves, so only what stands around them is left. */
  im_writer_u8 (&show->again, self.version);
  im_writer_u16 (&show->again, self.count);
  if (!show_items (&items, show, error))
    return FALSE;
  im_writer_u32 (&show->again, self.time);
  return TRUE;
}

static gboolean
show_stamp (ImReader *body, Show *show, GError **error)
{
  OscarFeedbagStamp self;

  if (!oscar_feedbag_decode_stamp (body, &self, error))
    return FALSE;
  show_line (show, "time %u count %u", self.time, self.count);
  oscar_feedbag_encode_stamp (&show->again, &self);
  return TRUE;
}

static gboolean
show_status (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  guint16 status;

  while (oscar_feedbag_next_status (body, &status, &failed))
    {
      show_line (show, "status %04x", status);
      im_writer_u16 (&show->again, status);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_rights (ImReader *body, Show *show, GError **error)
{
  g_autoptr (GString) line = g_string_new ("limits");
  OscarFeedbagRights self;

  if (!oscar_feedbag_decode_rights (body, &self, error))
    return FALSE;
  for (guint i = 0; i < self.n_limits; i++)
    g_string_append_printf (line, " %u", self.limits[i]);
  show_line (show, "%s", line->str);
  show_line (show, "attributes %u name %u per group %u", self.max_attributes,
             self.max_name, self.max_per_group);
  show->no_encoder = TRUE;
  return TRUE;
}

static gboolean
show_auth_request (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarFeedbagAuth) self = { 0 };

  if (!oscar_feedbag_decode_auth_request (body, &self, error))
    return FALSE;
  show_text (show, "name", self.name.text);
  show_text (show, "reason", self.reason);
  oscar_feedbag_encode_auth_request (&show->again, self.name.text, self.reason);
  return TRUE;
}

static gboolean
show_auth_reply (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarFeedbagAuth) self = { 0 };

  if (!oscar_feedbag_decode_auth_reply (body, &self, error))
    return FALSE;
  show_text (show, self.accept ? "granted to" : "refused to", self.name.text);
  show_text (show, "reason", self.reason);
  oscar_feedbag_encode_auth_reply (&show->again, self.name.text, self.accept,
                                   self.reason);
  return TRUE;
}

static gboolean
show_added (ImReader *body, Show *show, GError **error)
{
  OscarName name;

  if (!oscar_text_read_name (body, &name, error))
    return FALSE;
  show_text (show, "name", name.text);
  im_writer_str8 (&show->again, name.text);
  return TRUE;
}

const ShowRow show_rows_feedbag[] = {
  { OSCAR_SNAC (0x13, 0x02), "feedbag rights query", show_nothing },
  { OSCAR_SNAC (0x13, 0x03), "feedbag rights", show_rights },
  { OSCAR_SNAC (0x13, 0x04), "feedbag query", show_nothing },
  { OSCAR_SNAC (0x13, 0x05), "feedbag query if modified", show_stamp },
  { OSCAR_SNAC (0x13, 0x06), "feedbag", show_reply },
  { OSCAR_SNAC (0x13, 0x07), "feedbag use", show_nothing },
  { OSCAR_SNAC (0x13, 0x08), "insert items", show_items },
  { OSCAR_SNAC (0x13, 0x09), "update items", show_items },
  { OSCAR_SNAC (0x13, 0x0a), "delete items", show_items },
  { OSCAR_SNAC (0x13, 0x0e), "feedbag status", show_status },
  { OSCAR_SNAC (0x13, 0x0f), "feedbag not modified", show_stamp },
  { OSCAR_SNAC (0x13, 0x11), "start cluster", show_nothing },
  { OSCAR_SNAC (0x13, 0x12), "end cluster", show_nothing },
  { OSCAR_SNAC (0x13, 0x14), "pre-authorize", show_auth_request },
  { OSCAR_SNAC (0x13, 0x15), "pre-authorized", show_auth_request },
  { OSCAR_SNAC (0x13, 0x18), "request authorization", show_auth_request },
  { OSCAR_SNAC (0x13, 0x19), "authorization requested", show_auth_request },
  { OSCAR_SNAC (0x13, 0x1a), "answer authorization", show_auth_reply },
  { OSCAR_SNAC (0x13, 0x1b), "authorization answered", show_auth_reply },
  { OSCAR_SNAC (0x13, 0x1c), "you were added", show_added },
  { 0, NULL, NULL },
};
