/* Icons, chat, ICQ, directory and account services in words. */

#include "vector-oscar.h"

#include "oscar-admin.h"
#include "oscar-bart.h"
#include "oscar-chat.h"
#include "oscar-directory.h"
#include "oscar-icq-info.h"
#include "oscar-icq.h"

static void
show_item (Show *show, const char *what, const OscarBartItem *item)
{
  show_line (show, "%s type %u flags %02x", what, item->type, item->flags);
  show_hex (show, "  hash", &item->data);
}

static gboolean
show_upload (ImReader *body, Show *show, GError **error)
{
  guint16 type;
  ImReader data;

  if (!oscar_bart_decode_upload (body, &type, &data, error))
    return FALSE;
  show_line (show, "type %u", type);
  show_hex (show, "data", &data);
  oscar_bart_encode_upload (&show->again, type, data.pos,
                            im_reader_left (&data));
  return TRUE;
}

static gboolean
show_uploaded (ImReader *body, Show *show, GError **error)
{
  OscarBartUploaded self;

  if (!oscar_bart_decode_uploaded (body, &self, error))
    return FALSE;
  show_line (show, "code %u", self.code);
  show_item (show, "item", &self.item);
  oscar_bart_encode_uploaded (&show->again, &self);
  return TRUE;
}

static gboolean
show_icon_query (ImReader *body, Show *show, GError **error)
{
  OscarBartQuery self;
  OscarBartItem item = { 0 };
  guint n = 0;

  if (!oscar_bart_decode_query (body, &self, error))
    return FALSE;
  show_text (show, "owner", self.owner.text);
  while (oscar_bart_next (&self.items, &item, NULL))
    {
      show_item (show, "item", &item);
      n++;
    }
  if (n == 1)
    oscar_bart_encode_query (&show->again, self.owner.text, &item);
  else
    show->no_encoder = TRUE;
  return TRUE;
}

static gboolean
show_download (ImReader *body, Show *show, GError **error)
{
  OscarBartDownload self;

  if (!oscar_bart_decode_download2 (body, &self, error))
    return FALSE;
  show_text (show, "owner", self.owner.text);
  show_item (show, "asked", &self.asked);
  show_line (show, "code %u", self.code);
  show_item (show, "found", &self.found);
  show_hex (show, "data", &self.data);
  oscar_bart_encode_download2 (&show->again, &self);
  return TRUE;
}

static void
show_room_info (Show *show, const OscarRoomInfo *self)
{
  show_raw_text (show, "room", self->room.cookie);
  show_line (show, "exchange %u instance %u detail %u", self->room.exchange,
             self->room.instance, self->detail);
  show_text (show, "name", self->name);
  show_text (show, "full name", self->full_name);
  show_text (show, "charset", self->charset);
  show_text (show, "language", self->language);
  if (self->max_message != 0)
    show_line (show, "flags %04x message %u visible %u occupants %u",
               self->flags, self->max_message, self->max_visible,
               self->max_occupants);
}

static gboolean
show_room (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarRoomInfo) self = { { 0 } };

  if (!oscar_chat_decode_room (body, &self, error))
    return FALSE;
  show_room_info (show, &self);
  oscar_chat_encode_room (&show->again, &self);
  return TRUE;
}

static gboolean
show_nav_info (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarChatNavInfo) self = { 0 };

  if (!oscar_chat_decode_nav_info (body, &self, error))
    return FALSE;
  show_line (show, "max rooms %u", self.max_rooms);
  if (self.has_room)
    show_room_info (show, &self.room);
  show->no_encoder = TRUE;
  return TRUE;
}

static gboolean
show_chat_message (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarChatMessage) self = { 0 };

  if (!oscar_chat_decode_message (body, &self, error))
    return FALSE;
  show_line (show, "cookie %016" G_GINT64_MODIFIER "x channel %u%s%s",
             self.cookie, self.channel, self.is_public ? " public" : "",
             self.reflect ? " reflected" : "");
  show_text (show, "whisper to", self.whisper_to);
  if (self.has_sender)
    show_user (show, &self.sender);
  show_text (show, "text", self.text);
  oscar_chat_encode_message (&show->again, &self);
  return TRUE;
}

static gboolean
show_people (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  OscarUserInfo user;

  while (oscar_userinfo_next (body, &user, &failed))
    {
      show_user (show, &user);
      oscar_userinfo_encode (&show->again, &user);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_offline_message (const OscarIcq *self, Show *show, GError **error)
{
  g_auto (OscarIcqOffline) message = { 0 };

  if (!oscar_icq_decode_offline (&self->data, NULL, &message, error))
    return FALSE;
  show_line (show, "from %u time %" G_GINT64_FORMAT " type %02x flags %02x",
             message.sender, message.time, message.type, message.flags);
  show_text (show, "text", message.text);
  return TRUE;
}

static gboolean
show_found (const OscarIcq *self, Show *show, GError **error)
{
  g_auto (OscarIcqFound) found = { 0 };

  if (!oscar_icq_decode_found (&self->data, NULL, &found, error))
    return FALSE;
  show_line (show, "uin %u%s status %u gender %u age %u left %u", found.uin,
             found.free ? " free to add" : "", found.status, found.gender,
             found.age, found.left);
  show_text (show, "nick", found.nick);
  show_text (show, "first", found.first);
  show_text (show, "last", found.last);
  show_text (show, "email", found.email);
  return TRUE;
}

static gboolean
show_short (const OscarIcq *self, Show *show, GError **error)
{
  g_auto (OscarIcqShort) info = { 0 };

  if (!oscar_icq_decode_short (&self->data, NULL, &info, error))
    return FALSE;
  show_line (show, "gender %u%s", info.gender, info.free ? " free to add" : "");
  show_text (show, "nick", info.nick);
  show_text (show, "first", info.first);
  show_text (show, "last", info.last);
  show_text (show, "email", info.email);
  return TRUE;
}

/* Under its number, an ImFieldId. */
static void
show_field (gpointer user, ImFieldId id, const char *value)
{
  g_autofree char *name = g_strdup_printf ("field %u", id);

  show_text (user, name, value);
}

static gboolean
show_icq_data (const OscarIcq *self, Show *show, GError **error)
{
  if (self->type == OSCAR_ICQ_OFFLINE_MESSAGE)
    return show_offline_message (self, show, error);
  if (self->type == OSCAR_ICQ_META_REPLY && self->result == OSCAR_META_OK)
    switch (self->subtype)
      {
      case OSCAR_META_REPLY_FOUND:
      case OSCAR_META_REPLY_LAST:
        return show_found (self, show, error);
      case OSCAR_META_REPLY_SHORT:
        return show_short (self, show, error);
      default:
        if (oscar_icq_decode_info (self->subtype, &self->data, NULL,
                                   show_field, show))
          return TRUE;
        break;
      }
  if (im_reader_left (&self->data) > 0)
    show_hex (show, "data", &self->data);
  return TRUE;
}

static gboolean
show_icq (ImReader *body, Show *show, GError **error)
{
  OscarIcqMark mark;
  OscarIcq self;

  if (!oscar_icq_decode (body, &self, error))
    return FALSE;
  show_line (show, "uin %u type %04x sequence %u", self.uin, self.type,
             self.sequence);
  if (self.subtype != 0)
    show_line (show, "subtype %04x result %02x", self.subtype, self.result);
  if (!show_icq_data (&self, show, error))
    return FALSE;
  mark = oscar_icq_open (&show->again, &self);
  im_writer_raw (&show->again, self.data.pos, im_reader_left (&self.data));
  oscar_icq_close (&show->again, mark);
  return TRUE;
}

static gboolean
show_email (ImReader *body, Show *show, GError **error)
{
  g_autofree char *email = NULL;

  if (!oscar_directory_decode_email (body, &email, error))
    return FALSE;
  show_text (show, "email", email);
  oscar_directory_encode_email (&show->again, email);
  return TRUE;
}

static gboolean
show_email_names (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  char *name;

  while (oscar_directory_next_name (body, &name, &failed))
    {
      show_text (show, "name", name);
      oscar_directory_write_name (&show->again, name);
      g_free (name);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static void
show_entry_texts (Show *show, const OscarDirectoryEntry *self)
{
  show_text (show, "charset", self->charset);
  show_text (show, "first", self->first);
  show_text (show, "last", self->last);
  show_text (show, "email", self->email);
  show_text (show, "country", self->country);
  show_text (show, "city", self->city);
  show_text (show, "screen name", self->screen_name);
  show_text (show, "interest", self->interest);
  show_text (show, "nick", self->nick);
}

static gboolean
show_entry (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarDirectoryEntry) self = { 0 };

  if (!oscar_directory_decode_entry (body, &self, error))
    return FALSE;
  show_line (show, "search type %u", self.search_type);
  show_entry_texts (show, &self);
  oscar_directory_encode_entry (&show->again, &self);
  return TRUE;
}

static gboolean
show_results (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  OscarSearchResults self;
  OscarDirectoryEntry entry;

  if (!oscar_directory_decode_results (body, &self, error))
    return FALSE;
  show_line (show, "status %u count %u", self.status, self.count);
  while (oscar_directory_next_result (body, &entry, &failed))
    {
      show_line (show, "entry");
      show->indent++;
      show_entry_texts (show, &entry);
      show->indent--;
      oscar_directory_entry_clear (&entry);
    }
  show->no_encoder = TRUE;
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_account_query (ImReader *body, Show *show, GError **error)
{
  guint16 field;

  if (!oscar_admin_decode_query (body, &field, error))
    return FALSE;
  show_line (show, "field %04x", field);
  oscar_admin_encode_query (&show->again, field);
  return TRUE;
}

static gboolean
show_account (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarAdminReply) self = { 0 };

  if (!oscar_admin_decode_reply (body, &self, error))
    return FALSE;
  show_line (show, "permissions %u registration %u error %04x",
             self.permissions, self.registration, self.error);
  show_text (show, "name", self.name);
  show_text (show, "email", self.email);
  show_text (show, "error url", self.error_url);
  show->no_encoder = TRUE;
  return TRUE;
}

static gboolean
show_account_change (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarAdminChange) self = { 0 };

  if (!oscar_admin_decode_change (body, &self, error))
    return FALSE;
  show_text (show, "name", self.name);
  show_text (show, "email", self.email);
  show_text (show, "password", self.password);
  show_text (show, "old password", self.old_password);
  if (self.registration != 0)
    show_line (show, "registration %u", self.registration);
  oscar_admin_encode_change (&show->again, &self);
  return TRUE;
}

static gboolean
show_confirm (ImReader *body, Show *show, GError **error)
{
  guint16 status;

  if (!oscar_admin_decode_confirm (body, &status, error))
    return FALSE;
  show_line (show, "status %04x", status);
  show->no_encoder = TRUE;
  return TRUE;
}

const ShowRow show_rows_services[] = {
  { OSCAR_SNAC (0x07, 0x02), "account query", show_account_query },
  { OSCAR_SNAC (0x07, 0x03), "account", show_account },
  { OSCAR_SNAC (0x07, 0x04), "account change", show_account_change },
  { OSCAR_SNAC (0x07, 0x05), "account changed", show_account },
  { OSCAR_SNAC (0x07, 0x06), "confirm account", show_nothing },
  { OSCAR_SNAC (0x07, 0x07), "account confirmed", show_confirm },
  { OSCAR_SNAC (0x0a, 0x02), "names for an e-mail", show_email },
  { OSCAR_SNAC (0x0a, 0x03), "names of an e-mail", show_email_names },
  { OSCAR_SNAC (0x0d, 0x02), "chat rights query", show_nothing },
  { OSCAR_SNAC (0x0d, 0x08), "create room", show_room },
  { OSCAR_SNAC (0x0d, 0x09), "chat info", show_nav_info },
  { OSCAR_SNAC (0x0e, 0x02), "room info", show_room },
  { OSCAR_SNAC (0x0e, 0x03), "joined", show_people },
  { OSCAR_SNAC (0x0e, 0x04), "left", show_people },
  { OSCAR_SNAC (0x0e, 0x05), "chat send", show_chat_message },
  { OSCAR_SNAC (0x0e, 0x06), "chat message", show_chat_message },
  { OSCAR_SNAC (0x0f, 0x02), "directory search", show_entry },
  { OSCAR_SNAC (0x0f, 0x03), "directory results", show_results },
  { OSCAR_SNAC (0x10, 0x02), "icon upload", show_upload },
  { OSCAR_SNAC (0x10, 0x03), "icon uploaded", show_uploaded },
  { OSCAR_SNAC (0x10, 0x06), "icon query", show_icon_query },
  { OSCAR_SNAC (0x10, 0x07), "icon", show_download },
  { OSCAR_SNAC (0x15, 0x02), "icq request", show_icq },
  { OSCAR_SNAC (0x15, 0x03), "icq reply", show_icq },
  { 0, NULL, NULL },
};
