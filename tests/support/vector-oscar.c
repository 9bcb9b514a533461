#include "vector-oscar.h"

#include <string.h>
#include "oscar-bucp.h"
#include "oscar-flap-signon.h"
#include "oscar-snac.h"
#include "vector-msnp.h"
#include "vector-msnweb.h"

static const ShowRow *
find_row (guint32 snac)
{
  static const ShowRow *const tables[] = { show_rows_signon, show_rows_session,
                                           show_rows_icbm, show_rows_feedbag,
                                           show_rows_services };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const ShowRow *row = tables[i]; row->func != NULL; row++)
      if (row->snac == snac)
        return row;
  return NULL;
}

static gboolean
show_error_body (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarSnacError) self = { 0 };

  if (!oscar_snac_decode_error (body, &self, error))
    return FALSE;
  show_line (show, "code %04x", self.code);
  if (self.subcode != 0)
    show_line (show, "subcode %04x", self.subcode);
  show_text (show, "url", self.url);
  show_text (show, "text", self.text);
  oscar_snac_encode_error (&show->again, &self);
  return TRUE;
}

static gboolean
show_snac (const ImReader *payload, Show *show, GError **error)
{
  static const ShowRow error_row = { 0, "error", show_error_body };
  const ShowRow *row = &error_row;
  OscarSnac snac;
  gsize block;

  if (!oscar_snac_decode (payload, &snac, error))
    return FALSE;
  oscar_snac_encode_header (&show->again, snac.foodgroup, snac.subtype,
                            snac.flags, snac.request_id);
  block = im_reader_left (payload) - im_reader_left (&snac.body) - 10;
  im_writer_raw (&show->again, payload->pos + 10, block);

  if (snac.subtype != OSCAR_SUBTYPE_ERROR)
    row = find_row (OSCAR_SNAC (snac.foodgroup, snac.subtype));
  show_line (show, "%02x/%02x %s, id %08x%s%s", snac.foodgroup, snac.subtype,
             row != NULL ? row->name : "unknown", snac.request_id,
             (snac.flags & OSCAR_SNAC_MORE) != 0 ? ", more follow" : "",
             block != 0 ? ", with optional block" : "");
  if (row == NULL)
    {
      show->unknown = TRUE;
      return TRUE;
    }
  show->indent++;
  if (!row->func (&snac.body, show, error))
    return FALSE;
  if (im_reader_left (&snac.body) > 0 && snac.body.pos != snac.body.end)
    show_hex (show, "left over", &snac.body);
  show->indent--;
  return TRUE;
}

static void
show_client (Show *show, const OscarClientId *client)
{
  show_text (show, "client", client->name);
  if (client->id != 0 || client->major != 0 || client->build != 0)
    show_line (show, "client id %04x version %u.%u.%u.%u distribution %u",
               client->id, client->major, client->minor, client->point,
               client->build, client->distribution);
  show_text (show, "language", client->language);
  show_text (show, "country", client->country);
}

static gboolean
show_signon (const ImReader *payload, Show *show, GError **error)
{
  g_auto (OscarFlapSignon) self = { 0 };

  if (!oscar_flap_decode_signon (payload, &self, error))
    return FALSE;
  show_line (show, "version %u", self.version);
  show_text (show, "name", self.name);
  show_bytes (show, "roasted password", self.roasted);
  show_bytes (show, "cookie", self.cookie);
  show_client (show, &self.client);
  if (self.multi != 0)
    show_line (show, "multi-connection %u", self.multi);
  if (self.reconnect != 0)
    show_line (show, "reconnect %u", self.reconnect);
  oscar_flap_encode_signon (&show->again, &self);
  return TRUE;
}

static void
show_release (Show *show, const char *which, const OscarRelease *release)
{
  if (release->build == 0)
    return;
  show_line (show, "%s build %u", which, release->build);
  show->indent++;
  show_text (show, "name", release->name);
  show_text (show, "url", release->url);
  show_text (show, "info", release->info_url);
  show_text (show, "checksum", release->checksum);
  show->indent--;
}

static gboolean
show_login_reply (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarLoginReply) self = { 0 };

  if (!oscar_bucp_decode_login_reply (body, &self, error))
    return FALSE;
  show_line (show, "%s",
             oscar_login_reply_ok (&self) ? "accepted" : "no way on");
  show_text (show, "name", self.name);
  show_text (show, "host", self.host);
  show_bytes (show, "cookie", self.cookie);
  if (self.error != 0)
    show_line (show, "error %04x", self.error);
  show_text (show, "error url", self.error_url);
  if (self.disconnect_reason != 0)
    show_line (show, "disconnect reason %u", self.disconnect_reason);
  show_text (show, "disconnect url", self.disconnect_url);
  if (self.debug != 0)
    show_line (show, "debug %04x", self.debug);
  show_text (show, "email", self.email);
  if (self.registration != 0)
    show_line (show, "registration %u", self.registration);
  show_text (show, "password url", self.password_url);
  show_release (show, "beta", &self.beta);
  show_release (show, "release", &self.release);
  show_text (show, "tls name", self.tls_name);
  if (self.tls_state != 0)
    show_line (show, "tls state %u", self.tls_state);
  show_text (show, "linked", self.linked);
  oscar_bucp_encode_login_reply (&show->again, &self);
  return TRUE;
}

static gboolean
show_challenge_request (ImReader *body, Show *show, GError **error)
{
  g_autofree char *name = NULL;

  if (!oscar_bucp_decode_challenge_request (body, &name, error))
    return FALSE;
  show_text (show, "name", name);
  oscar_bucp_encode_challenge_request (&show->again, name);
  return TRUE;
}

static gboolean
show_challenge (ImReader *body, Show *show, GError **error)
{
  OscarBucpChallenge self;

  if (!oscar_bucp_decode_challenge (body, &self, error))
    return FALSE;
  show_hex (show, "key", &self.key);
  if (self.truncate_password)
    show_line (show, "password cut to eight");
  oscar_bucp_encode_challenge (&show->again, &self);
  return TRUE;
}

static gboolean
show_login (ImReader *body, Show *show, GError **error)
{
  g_auto (OscarBucpLogin) self = { 0 };

  if (!oscar_bucp_decode_login (body, &self, error))
    return FALSE;
  show_text (show, "name", self.name);
  show_bytes (show, self.strong ? "strong digest" : "weak digest", self.digest);
  show_client (show, &self.client);
  show_line (show, "multi-connection %u", self.multi);
  oscar_bucp_encode_login (&show->again, &self);
  return TRUE;
}

static gboolean
show_securid (ImReader *body, Show *show, GError **error)
{
  g_autofree char *code = NULL;

  if (!oscar_bucp_decode_securid_reply (body, &code, error))
    return FALSE;
  show_text (show, "code", code);
  oscar_bucp_encode_securid_reply (&show->again, code);
  return TRUE;
}

gboolean
show_nothing (ImReader *body, Show *show, GError **error)
{
  return TRUE;
}

static gboolean
show_flap (guint8 type, const ImReader *payload, Show *show, GError **error)
{
  ImReader reader = *payload;

  switch (type)
    {
    case OSCAR_FLAP_SIGNON:
      return show_signon (payload, show, error);
    case OSCAR_FLAP_DATA:
      return show_snac (payload, show, error);
    case OSCAR_FLAP_SIGNOFF:
      return show_login_reply (&reader, show, error);
    default:
      im_writer_raw (&show->again, reader.pos, im_reader_left (&reader));
      return TRUE;
    }
}

/* A message that is not in frames, whole and with nothing behind it. */
static gboolean
show_whole (const char *wire, const ImReader *bytes, Show *show, GError **error)
{
  static const struct
  {
    const char *wire;
    ShowFunc func;
  } wires[] = {
    { "oft", show_oft },
    { "odc", show_odc },
    { "ars", show_ars },
    { "uas", show_uas },
  };
  ImReader reader = *bytes;

  if (g_str_has_prefix (wire, "msnp"))
    return show_msnp (wire, bytes, im_reader_left (bytes), show, error);
  if (g_str_has_prefix (wire, "msnweb"))
    return show_msnweb (wire, bytes, show, error);
  for (guint i = 0; i < G_N_ELEMENTS (wires); i++)
    if (strcmp (wire, wires[i].wire) == 0)
      return wires[i].func (&reader, show, error);
  g_error ("no such wire: %s", wire);
}

gboolean
show_unit (const ShowUnit *unit, Show *show, GError **error)
{
  show->indent = 0;
  if (strcmp (unit->wire, "flap") == 0)
    return show_flap (unit->flap_type, &unit->payload, show, error);
  return show_whole (unit->wire, &unit->payload, show, error);
}

static const char *
flap_name (guint8 type)
{
  static const char *const names[] = { "?",     "SIGNON",  "DATA",
                                       "ERROR", "SIGNOFF", "KEEPALIVE" };

  return type < G_N_ELEMENTS (names) ? names[type] : "?";
}

/* Takes what frames are there. */
static gboolean
show_frames (OscarFlapFramer *framer, Show *show, GError **error)
{
  OscarFlapResult result;
  OscarFlap flap;

  while ((result = oscar_flap_next (framer, &flap, error)) == OSCAR_FLAP_GOT)
    {
      guint16 sequence = flap.sequence;
      gsize mark;

      show->indent = 0;
      show_line (show, "%s %04x", flap_name (flap.type), flap.sequence);
      mark = oscar_flap_open (&show->again, flap.type, &sequence);
      show->indent = 1;
      if (!show_flap (flap.type, &flap.payload, show, error))
        return FALSE;
      oscar_flap_close (&show->again, mark);
    }
  return result == OSCAR_FLAP_NEED_MORE;
}

static gboolean
show_flaps (const guint8 *data, gsize len, gsize step, Show *show,
            GError **error)
{
  g_auto (OscarFlapFramer) framer = { NULL };
  gsize left;

  oscar_flap_framer_init (&framer);
  for (gsize pos = 0; pos < len; pos += step)
    if (!oscar_flap_push (&framer, data + pos, MIN (step, len - pos), error) ||
        !show_frames (&framer, show, error))
      return FALSE;
  show->indent = 0;
  left = oscar_flap_waiting (&framer);
  if (left == 0)
    return TRUE;
  if (oscar_flap_at_truncated_signoff (&framer))
    {
      show_line (show, "SIGNOFF cut off after its sequence");
      im_writer_raw (&show->again, data + len - left, left);
      return TRUE;
    }
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
               "%" G_GSIZE_FORMAT " bytes of a frame", left);
  return FALSE;
}

gboolean
show_stream (const char *wire, const guint8 *data, gsize len, gsize step,
             Show *show, GError **error)
{
  ImReader reader;

  if (strcmp (wire, "flap") == 0)
    return show_flaps (data, len, step, show, error);
  im_reader_init (&reader, data, len);
  if (g_str_has_prefix (wire, "msnp"))
    return show_msnp (wire, &reader, step, show, error);
  return show_whole (wire, &reader, show, error);
}

void
show_units (const char *wire, const guint8 *data, gsize len, ShowUnitFunc func,
            gpointer user)
{
  g_auto (OscarFlapFramer) framer = { NULL };
  ShowUnit unit = { wire, 0, { data, data + len } };
  OscarFlap flap;

  if (strcmp (wire, "flap") != 0)
    {
      func (&unit, user);
      return;
    }
  oscar_flap_framer_init (&framer);
  oscar_flap_push (&framer, data, len, NULL);
  while (oscar_flap_next (&framer, &flap, NULL) == OSCAR_FLAP_GOT)
    {
      unit.flap_type = flap.type;
      unit.payload = flap.payload;
      func (&unit, user);
    }
}

/* Food groups of the sign-on itself; the others are in files of their own. */
const ShowRow show_rows_signon[] = {
  { OSCAR_SNAC (0x17, 0x02), "login", show_login },
  { OSCAR_SNAC (0x17, 0x03), "login reply", show_login_reply },
  { OSCAR_SNAC (0x17, 0x06), "challenge request", show_challenge_request },
  { OSCAR_SNAC (0x17, 0x07), "challenge", show_challenge },
  { OSCAR_SNAC (0x17, 0x0a), "code wanted", show_nothing },
  { OSCAR_SNAC (0x17, 0x0b), "code", show_securid },
  { 0, NULL, NULL },
};
