/* ICBM in words. */

#include "vector-oscar.h"

#include <string.h>
#include "oscar-icbm.h"
#include "oscar-icq-message.h"
#include "oscar-xtraz.h"
#include "oscar-rendezvous.h"

static gboolean
show_parameters (ImReader *body, Show *show, GError **error)
{
  OscarIcbmParameters self;

  if (!oscar_icbm_decode_parameters (body, &self, error))
    return FALSE;
  show_line (show, "channel %u flags %08x length %u evil %u %u interval %u",
             self.channel, self.flags, self.max_length, self.max_sender_evil,
             self.max_receiver_evil, self.min_interval);
  oscar_icbm_encode_parameters (&show->again, &self);
  return TRUE;
}

static void
show_marks (Show *show, const OscarIcbm *self)
{
  static const char *const names[] = { "wants ack",  "auto-response",
                                       "store",      "has icon",
                                       "wants icon", "wants typing",
                                       "time" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if ((self->marks & 1u << i) != 0)
      show_line (show, "%s", names[i]);
  if ((self->marks & OSCAR_ICBM_HAS_TIME) != 0)
    show_line (show, "  %u", self->time);
  if ((self->marks & OSCAR_ICBM_HAS_ICON) != 0)
    show_line (show, "  length %u checksum %04x time %u", self->icon.length,
               self->icon.checksum, self->icon.timestamp);
}

/* What clients ask each other about X-Status, written again in @block. */
static gboolean
show_plugin (OscarIcqExtended *self, Show *show, ImWriter *block,
             GError **error)
{
  g_auto (OscarXStatus) status = { 0 };
  g_autofree char *xml = NULL;
  OscarIcqPlugin plugin;

  if (!oscar_icq_plugin_decode (&self->rest, &plugin, error))
    return FALSE;
  xml = oscar_text_dup (&plugin.data, "UTF-8");
  show_line (show, "plugin function %u", plugin.function);
  if (oscar_xtraz_is_request (xml))
    show_line (show, "asks for the X-Status");
  else if (oscar_xtraz_parse_reply (xml, &status))
    {
      show_line (show, "X-Status %u", status.index);
      show_text (show, "title", status.title);
      show_text (show, "text", status.text);
    }
  else
    show_hex (show, "rest", &self->rest);
  if (memcmp (&plugin.guid, &oscar_cap_xtraz_script, sizeof plugin.guid) != 0)
    return TRUE;
  oscar_xtraz_write_block (block, xml);
  im_reader_init (&self->rest, block->bytes->data, block->bytes->len);
  return TRUE;
}

static gboolean
show_extended (const ImReader *data, Show *show, ImWriter *again,
               GError **error)
{
  g_autofree char *text = NULL;
  g_auto (ImWriter) block = { 0 };
  OscarIcqExtended self;

  im_writer_init (&block, G_MAXUINT16);
  if (!oscar_icq_message_decode_extended (data, &self, error))
    return FALSE;
  text = oscar_text_dup (&self.text, NULL);
  show_line (show, "version %u caps %u sequence %04x", self.version, self.caps,
             self.sequence);
  show_line (show, "type %02x flags %02x status %04x priority %04x", self.type,
             self.flags, self.status, self.priority);
  show_text (show, "text", text);
  if (self.has_colors)
    show_line (show, "colors %06x on %06x", self.foreground, self.background);
  if (self.type == OSCAR_ICQ_PLUGIN)
    {
      if (!show_plugin (&self, show, &block, error))
        return FALSE;
    }
  else if (im_reader_left (&self.rest) > 0)
    show_hex (show, "rest", &self.rest);
  oscar_icq_message_encode_extended (again, &self);
  return TRUE;
}

static gboolean
show_icq_message (const ImReader *data, Show *show, ImWriter *again,
                  GError **error)
{
  OscarIcqMessage self;
  ImReader text;
  char *field;

  if (!oscar_icq_message_decode (data, &self, error))
    return FALSE;
  show_line (show, "from %u type %02x flags %02x", self.sender, self.type,
             self.flags);
  text = self.text;
  while ((field = oscar_icq_message_next_field (&text, NULL)) != NULL)
    {
      show_text (show, "field", field);
      g_free (field);
    }
  oscar_icq_message_encode (again, &self);
  return TRUE;
}

/* The service data of a rendezvous, shown, and written again to stand in
 * @self. */
static gboolean
show_service (OscarRendezvous *self, Show *show, ImWriter *again,
              GError **error)
{
  static const OscarCap relay = OSCAR_SHORT_CAP (OSCAR_CAP_ICQ_RELAY);
  static const OscarCap send_file = OSCAR_SHORT_CAP (OSCAR_CAP_SEND_FILE);
  ImReader service = self->service;

  if (memcmp (&self->cap, &relay, sizeof relay) == 0)
    return show_extended (&service, show, again, error);
  if (memcmp (&self->cap, &oscar_cap_chat, sizeof relay) == 0)
    {
      g_auto (OscarRoom) room = { 0 };

      if (!oscar_room_read (&service, &room, error))
        return FALSE;
      show_raw_text (show, "room", room.cookie);
      oscar_room_write (again, &room);
      return TRUE;
    }
  if (memcmp (&self->cap, &send_file, sizeof relay) == 0)
    {
      g_autofree char *name = NULL;
      OscarFileOffer file;

      if (!oscar_rendezvous_decode_file (&service, &file, error))
        return FALSE;
      name = oscar_text_dup (&file.name, NULL);
      show_text (show, file.several ? "folder" : "file", name);
      show_line (show, "files %u size %u", file.count, file.total);
      oscar_rendezvous_write_file (again, &file);
      return TRUE;
    }
  im_writer_raw (again, service.pos, im_reader_left (&service));
  return TRUE;
}

static gboolean
show_rendezvous (const ImReader *data, Show *show, ImWriter *again,
                 GError **error)
{
  g_auto (ImWriter) service = { NULL };
  g_autofree char *text = NULL;
  OscarRendezvous self;
  ImReader cap;

  im_writer_init (&service, G_MAXUINT16);
  if (!oscar_rendezvous_decode (data, &self, error))
    return FALSE;
  im_reader_init (&cap, self.cap.bytes, sizeof self.cap.bytes);
  text = oscar_text_dup (&self.text, NULL);
  show_line (show,
             "rendezvous type %u cookie %016" G_GINT64_MODIFIER
             "x sequence %u%s%s%s",
             self.type, self.cookie, self.sequence,
             self.host_check ? " checked by host" : "",
             self.proxy ? " by proxy" : "", self.tls ? " over TLS" : "");
  show_hex (show, "cap", &cap);
  if (self.has_reason)
    show_line (show, "reason %u", self.reason);
  if (self.ip != 0 || self.own_ip != 0 || self.verified_ip != 0)
    show_line (show, "ip %08x own %08x verified %08x port %u checks %08x %04x",
               self.ip, self.own_ip, self.verified_ip, self.port, self.ip_check,
               self.port_check);
  if (self.text.pos != NULL)
    show_text (show, "invitation", text);
  if (self.service.pos != NULL)
    {
      if (!show_service (&self, show, &service, error))
        return FALSE;
      im_reader_init (&self.service, service.bytes->data, service.bytes->len);
    }
  oscar_rendezvous_encode (again, &self);
  return TRUE;
}

/* TLV 0x0005, written again to @again. */
static gboolean
show_data (const OscarIcbm *self, Show *show, ImWriter *again, GError **error)
{
  switch (self->channel)
    {
    case OSCAR_CHANNEL_RENDEZVOUS:
      return show_rendezvous (&self->data, show, again, error);
    case OSCAR_CHANNEL_ICQ:
      return show_icq_message (&self->data, show, again, error);
    default:
      show_hex (show, "data", &self->data);
      im_writer_raw (again, self->data.pos, im_reader_left (&self->data));
      return TRUE;
    }
}

static gboolean
show_content (Show *show, const OscarIcbm *self, char **ret_text,
              ImWriter *data, GError **error)
{
  show_line (show, "cookie %016" G_GINT64_MODIFIER "x channel %u", self->cookie,
             self->channel);
  if (self->fragments.pos != NULL)
    {
      if (!oscar_icbm_dup_text (&self->fragments, NULL, ret_text, error))
        return FALSE;
      show_text (show, "text", *ret_text);
    }
  im_writer_init (data, G_MAXUINT16);
  if (self->data.pos != NULL && !show_data (self, show, data, error))
    return FALSE;
  show_marks (show, self);
  return TRUE;
}

static gboolean
is_uin (const char *name)
{
  return *name != '\0' && strspn (name, "0123456789") == strlen (name);
}

static gboolean
show_send (ImReader *body, Show *show, GError **error)
{
  g_auto (ImWriter) data = { NULL };
  g_autofree char *text = NULL;
  OscarIcbm self;
  gsize mark;

  if (!oscar_icbm_decode_send (body, &self, error))
    return FALSE;
  show_text (show, "to", self.user.name.text);
  if (!show_content (show, &self, &text, &data, error))
    return FALSE;
  if (text != NULL)
    {
      oscar_icbm_encode_text (&show->again, self.cookie, self.user.name.text,
                              text, is_uin (self.user.name.text), self.marks);
      return TRUE;
    }
  if (self.data.pos == NULL || self.channel == OSCAR_CHANNEL_TEXT)
    {
      /* We never send a message without anything in it. */
      show->no_encoder = TRUE;
      return TRUE;
    }
  mark = oscar_icbm_open_send (&show->again, self.cookie, self.channel,
                               self.user.name.text);
  im_writer_raw (&show->again, data.bytes->data, data.bytes->len);
  im_writer_close16 (&show->again, mark);
  oscar_icbm_write_marks (&show->again, self.marks);
  return TRUE;
}

static gboolean
show_incoming (ImReader *body, Show *show, GError **error)
{
  g_auto (ImWriter) data = { NULL };
  g_autofree char *text = NULL;
  OscarIcbm self;

  if (!oscar_icbm_decode_incoming (body, &self, error))
    return FALSE;
  show_user (show, &self.user);
  if (!show_content (show, &self, &text, &data, error))
    return FALSE;
  if (self.data.pos != NULL)
    im_reader_init (&self.data, data.bytes->data, data.bytes->len);
  oscar_icbm_encode_incoming (&show->again, &self);
  return TRUE;
}

static gboolean
show_warn (ImReader *body, Show *show, GError **error)
{
  OscarIcbmWarn self;

  if (!oscar_icbm_decode_warn (body, &self, error))
    return FALSE;
  show_text (show, self.anonymous ? "anonymously" : "by name", self.who.text);
  oscar_icbm_encode_warn (&show->again, self.who.text, self.anonymous);
  return TRUE;
}

static gboolean
show_warn_reply (ImReader *body, Show *show, GError **error)
{
  OscarIcbmWarnReply self;

  if (!oscar_icbm_decode_warn_reply (body, &self, error))
    return FALSE;
  show_line (show, "delta %u level %u", self.delta, self.level);
  oscar_icbm_encode_warn_reply (&show->again, &self);
  return TRUE;
}

static gboolean
show_missed (ImReader *body, Show *show, GError **error)
{
  GError *failed = NULL;
  OscarIcbmMissed self;

  while (oscar_icbm_next_missed (body, &self, &failed))
    {
      show_line (show, "channel %u count %u reason %u", self.channel,
                 self.count, self.reason);
      show_user (show, &self.from);
      oscar_icbm_write_missed (&show->again, &self);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static gboolean
show_client_error (ImReader *body, Show *show, GError **error)
{
  g_auto (ImWriter) data = { NULL };
  OscarIcbmClientError self;

  im_writer_init (&data, G_MAXUINT16);
  if (!oscar_icbm_decode_client_error (body, &self, error))
    return FALSE;
  show_line (show, "cookie %016" G_GINT64_MODIFIER "x channel %u reason %u",
             self.cookie, self.channel, self.reason);
  show_text (show, "who", self.who.text);
  if (self.channel == OSCAR_CHANNEL_RENDEZVOUS &&
      self.reason == OSCAR_CLIENT_ERROR_CHANNEL)
    {
      if (!show_extended (&self.data, show, &data, error))
        return FALSE;
      im_reader_init (&self.data, data.bytes->data, data.bytes->len);
    }
  else
    show_hex (show, "data", &self.data);
  oscar_icbm_encode_client_error (&show->again, &self);
  return TRUE;
}

static gboolean
show_ack (ImReader *body, Show *show, GError **error)
{
  OscarIcbmAck self;

  if (!oscar_icbm_decode_ack (body, &self, error))
    return FALSE;
  show_line (show, "cookie %016" G_GINT64_MODIFIER "x channel %u", self.cookie,
             self.channel);
  show_text (show, "to", self.to.text);
  oscar_icbm_encode_ack (&show->again, &self);
  return TRUE;
}

static gboolean
show_typing (ImReader *body, Show *show, GError **error)
{
  OscarIcbmTyping self;

  if (!oscar_icbm_decode_typing (body, &self, error))
    return FALSE;
  show_line (show, "cookie %016" G_GINT64_MODIFIER "x channel %u event %u",
             self.cookie, self.channel, self.event);
  show_text (show, "who", self.who.text);
  oscar_icbm_encode_typing (&show->again, self.who.text, self.event);
  return TRUE;
}

const ShowRow show_rows_icbm[] = {
  { OSCAR_SNAC (0x04, 0x02), "set parameters", show_parameters },
  { OSCAR_SNAC (0x04, 0x03), "reset parameters", show_nothing },
  { OSCAR_SNAC (0x04, 0x04), "parameters query", show_nothing },
  { OSCAR_SNAC (0x04, 0x05), "parameters", show_parameters },
  { OSCAR_SNAC (0x04, 0x06), "send", show_send },
  { OSCAR_SNAC (0x04, 0x07), "incoming", show_incoming },
  { OSCAR_SNAC (0x04, 0x08), "warn", show_warn },
  { OSCAR_SNAC (0x04, 0x09), "warn reply", show_warn_reply },
  { OSCAR_SNAC (0x04, 0x0a), "missed", show_missed },
  { OSCAR_SNAC (0x04, 0x0b), "client error", show_client_error },
  { OSCAR_SNAC (0x04, 0x0c), "host ack", show_ack },
  { OSCAR_SNAC (0x04, 0x10), "offline retrieve", show_nothing },
  { OSCAR_SNAC (0x04, 0x14), "typing", show_typing },
  { OSCAR_SNAC (0x04, 0x17), "offline done", show_nothing },
  { 0, NULL, NULL },
};
