/* ICBM in words. */

#include "vector-oscar.h"

#include <string.h>
#include "oscar-icbm.h"

static gboolean
show_parameters (ImReader *body, Show *show, GError **error)
{
  OscarIcbmParameters self;

  if (!oscar_icbm_decode_parameters (body, &self, error))
    return FALSE;
  show_line (show,
             "channel %u flags %08x length %u evil %u %u interval %u",
             self.channel, self.flags, self.max_length, self.max_sender_evil,
             self.max_receiver_evil, self.min_interval);
  oscar_icbm_encode_parameters (&show->again, &self);
  return TRUE;
}

static void
show_marks (Show *show, const OscarIcbm *self)
{
  static const char *const names[] = { "wants ack",    "auto-response",
                                       "store",        "has icon",
                                       "wants icon",   "wants typing",
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

static gboolean
show_content (Show *show, const OscarIcbm *self, char **ret_text,
              GError **error)
{
  show_line (show, "cookie %016" G_GINT64_MODIFIER "x channel %u",
             self->cookie, self->channel);
  if (self->fragments.pos != NULL)
    {
      if (!oscar_icbm_dup_text (&self->fragments, NULL, ret_text, error))
        return FALSE;
      show_text (show, "text", *ret_text);
    }
  if (self->data.pos != NULL)
    show_hex (show, "data", &self->data);
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
  g_autofree char *text = NULL;
  OscarIcbm self;
  gsize mark;

  if (!oscar_icbm_decode_send (body, &self, error))
    return FALSE;
  show_text (show, "to", self.user.name.text);
  if (!show_content (show, &self, &text, error))
    return FALSE;
  if (text != NULL)
    {
      oscar_icbm_encode_text (&show->again, self.cookie, self.user.name.text,
                              text, is_uin (self.user.name.text), self.marks);
      return TRUE;
    }
  mark = oscar_icbm_open_send (&show->again, self.cookie, self.channel,
                               self.user.name.text);
  im_writer_raw (&show->again, self.data.pos, im_reader_left (&self.data));
  im_writer_close16 (&show->again, mark);
  oscar_icbm_write_marks (&show->again, self.marks);
  return TRUE;
}

static gboolean
show_incoming (ImReader *body, Show *show, GError **error)
{
  g_autofree char *text = NULL;
  OscarIcbm self;

  if (!oscar_icbm_decode_incoming (body, &self, error))
    return FALSE;
  show_user (show, &self.user);
  if (!show_content (show, &self, &text, error))
    return FALSE;
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
  OscarIcbmClientError self;

  if (!oscar_icbm_decode_client_error (body, &self, error))
    return FALSE;
  show_line (show, "cookie %016" G_GINT64_MODIFIER "x channel %u reason %u",
             self.cookie, self.channel, self.reason);
  show_text (show, "who", self.who.text);
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
