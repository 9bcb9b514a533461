/* What clients say to each other, and UAS, in words. */

#include "vector-oscar.h"

#include <string.h>
#include "oscar-peer.h"
#include "oscar-uas.h"

gboolean
show_oft (ImReader *bytes, Show *show, GError **error)
{
  g_autofree char *name = NULL;
  OscarOft self;

  if (!oscar_peer_decode_oft (bytes, &self, error))
    return FALSE;
  name = oscar_text_dup_charset (&self.name, self.charset, NULL);
  show_line (show, "OFT type %04x cookie %016" G_GINT64_MODIFIER "x", self.type,
             self.cookie);
  show->indent++;
  show_text (show, "name", name);
  show_line (show, "size %u of %u, checksum %08x, time %u", self.size,
             self.total_size, self.checksum, self.time);
  show_line (show, "files %u of %u, parts %u of %u", self.files_left,
             self.files, self.parts_left, self.parts);
  show_line (show, "received %u, checksum %08x", self.received,
             self.received_checksum);
  show_line (show, "flags %02x, list offsets %02x %02x", self.flags,
             self.list_name_offset, self.list_size_offset);
  show->indent--;
  oscar_peer_encode_oft (&show->again, &self);
  return TRUE;
}

gboolean
show_odc (ImReader *bytes, Show *show, GError **error)
{
  OscarOdc self;

  if (!oscar_peer_decode_odc (bytes, &self, error))
    return FALSE;
  show_line (show, "ODC cookie %016" G_GINT64_MODIFIER "x flags %02x",
             self.cookie, self.flags);
  show->indent++;
  show_text (show, "name", self.name.text);
  show_line (show, "length %u charset %04x", self.length, self.charset);
  show->indent--;
  oscar_peer_encode_odc (&show->again, &self);
  return TRUE;
}

gboolean
show_ars (ImReader *bytes, Show *show, GError **error)
{
  OscarArs self;
  ImReader cap;

  if (!oscar_peer_decode_ars (bytes, &self, error))
    return FALSE;
  show_line (show, "ARS type %u", self.type);
  show->indent++;
  if (self.code != 0)
    show_line (show, "error %04x", self.code);
  if (*self.name.text != '\0')
    show_text (show, "name", self.name.text);
  if (self.pin != 0)
    show_line (show, "pin %u ip %08x", self.pin, self.ip);
  if (self.cookie != 0)
    {
      show_line (show, "cookie %016" G_GINT64_MODIFIER "x", self.cookie);
      im_reader_init (&cap, self.cap.bytes, sizeof self.cap.bytes);
      show_hex (show, "cap", &cap);
    }
  show->indent--;
  oscar_peer_encode_ars (&show->again, &self);
  return TRUE;
}

static gboolean
show_uas_request (ImReader *bytes, Show *show, GError **error)
{
  g_auto (OscarUasReceived) self = { 0 };
  OscarUasRequest again = { 0 };

  if (!oscar_uas_decode_request (bytes, &self, error))
    return FALSE;
  show_line (show, "UAS request, tag %08x", self.tag);
  show->indent++;
  show_text (show, "name", self.name);
  show_bytes (show, "roasted password", self.roasted);
  show_text (show, "key", self.key);
  show->indent--;
  if (self.roasted == NULL || self.key == NULL ||
      g_bytes_get_size (self.roasted) > 16)
    {
      show->no_encoder = TRUE;
      return TRUE;
    }
  again.tag = self.tag;
  again.name = self.name;
  again.roasted = g_bytes_get_data (self.roasted, &again.roasted_len);
  again.key = self.key;
  oscar_uas_encode_request (&show->again, &again);
  return TRUE;
}

static gboolean
show_uas_reply (ImReader *bytes, Show *show, GError **error)
{
  g_auto (OscarUasReply) self = { 0 };

  if (!oscar_uas_decode_reply (bytes, &self, error))
    return FALSE;
  show_line (show, "UAS %s, tag %08x", self.accepted ? "tickets" : "refusal",
             self.tag);
  show->indent++;
  show_text (show, "name", self.name);
  if (self.error != 0)
    show_line (show, "error %04x", self.error);
  show_text (show, "text", self.error_text);
  show_text (show, "host", self.host);
  show_bytes (show, "cookie", self.cookie);
  show_text (show, "tls name", self.tls_name);
  if (self.tls_state != 0)
    show_line (show, "tls state %u", self.tls_state);
  show->indent--;
  if (self.accepted)
    show->no_encoder = TRUE;
  else
    oscar_uas_encode_failure (&show->again, &self);
  return TRUE;
}

gboolean
show_uas (ImReader *bytes, Show *show, GError **error)
{
  static const guint8 request[] = { 0x05, 0x0c, 0x00, 0x02 };

  if (im_reader_left (bytes) >= sizeof request &&
      memcmp (bytes->pos, request, sizeof request) == 0)
    return show_uas_request (bytes, show, error);
  return show_uas_reply (bytes, show, error);
}
