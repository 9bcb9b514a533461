#include "vector-msnp.h"

#include <stdlib.h>
#include <string.h>

#include "msnp-error.h"
#include "msnp-lists.h"
#include "msnp-notice.h"
#include "msnp-oim.h"
#include "msnp-presence.h"
#include "msnp-signon.h"
#include "msnp-text.h"

typedef gboolean (*CommandFunc) (const MsnpCommand *command, guint version,
                                 Show *show, GError **error);

static void
show_word (Show *show, const char *name, ImWord word)
{
  g_autofree char *text = im_word_dup (word);

  show_raw_text (show, name, text);
}

static void
show_words (Show *show, const MsnpCommand *command)
{
  for (guint i = 0; i < command->n_params; i++)
    show_word (show, "word", command->params[i]);
}

/* --- Signing on ---------------------------------------------------------- */

static gboolean
show_version (const MsnpCommand *command, guint version, Show *show,
              GError **error)
{
  guint chosen;

  if (!msnp_signon_decode_version (command, &chosen, error))
    return FALSE;
  show_line (show, "version %u", chosen);
  return TRUE;
}

static gboolean
show_mechanisms (const MsnpCommand *command, guint version, Show *show,
                 GError **error)
{
  show_line (show, msnp_signon_offers_md5 (command) ? "MD5" : "no MD5");
  return TRUE;
}

static gboolean
show_msnp_user (const MsnpCommand *command, guint version, Show *show,
                GError **error)
{
  g_auto (MsnpUser) user = { MSNP_USER_CHALLENGE };

  if (!msnp_signon_decode_user (command, &user, error))
    return FALSE;
  show_text (show, "address", user.address);
  show_text (show, "nick", user.nick);
  if (user.unverified)
    show_line (show, "not verified");
  if (user.restricted)
    show_line (show, "restricted");
  show_text (show, "challenge", user.challenge);
  show_text (show, "nonce", user.nonce);
  return TRUE;
}

static void
show_server (Show *show, const MsnpServer *server)
{
  if (server->host != NULL)
    show_line (show, "server %s port %u", server->host, server->port);
}

static gboolean
show_transfer (const MsnpCommand *command, guint version, Show *show,
               GError **error)
{
  g_auto (MsnpTransfer) transfer = { MSNP_TRANSFER_SERVER };

  if (!msnp_signon_decode_transfer (command, &transfer, error))
    return FALSE;
  show_server (show, &transfer.server);
  show_text (show, "cookie", transfer.cookie);
  if (transfer.gateway_only)
    show_line (show, "gateway only");
  return TRUE;
}

static gboolean
show_ring (const MsnpCommand *command, guint version, Show *show,
           GError **error)
{
  g_auto (MsnpRing) ring = { NULL };

  if (!msnp_signon_decode_ring (command, &ring, error))
    return FALSE;
  show_text (show, "session", ring.session);
  show_server (show, &ring.server);
  show_text (show, "cookie", ring.cookie);
  show_text (show, "from", ring.from.address);
  show_text (show, "nick", ring.nick);
  return TRUE;
}

/* --- People --------------------------------------------------------------- */

static void
show_handle (Show *show, const MsnpHandle *handle)
{
  show_text (show, "who", handle->address);
  if (handle->network != MSNP_NETWORK_NONE)
    show_line (show, "network %u", handle->network);
  show_text (show, "place", handle->endpoint);
}

static gboolean
show_person (gboolean read, const MsnpPresence *presence, Show *show)
{
  if (!read)
    return FALSE;
  show_handle (show, &presence->handle);
  show_line (show, "status %s", msnp_status_word (presence->status));
  show_text (show, "nick", presence->nick);
  if (presence->has_caps)
    show_line (show, "caps %u:%u", presence->caps, presence->extended);
  show_text (show, "object", presence->object);
  return TRUE;
}

static gboolean
show_presence (const MsnpCommand *command, guint version, Show *show,
               GError **error)
{
  g_auto (MsnpPresence) presence = { { NULL } };

  return show_person (msnp_presence_decode (command, version, &presence, error),
                      &presence, show);
}

static gboolean
show_member (const MsnpCommand *command, guint version, Show *show,
             GError **error)
{
  g_auto (MsnpPresence) presence = { { NULL } };

  return show_person (
      msnp_presence_decode_member (command, version, &presence, error),
      &presence, show);
}

static gboolean
show_extra (const MsnpCommand *command, guint version, Show *show,
            GError **error)
{
  g_auto (MsnpHandle) handle = { NULL };
  g_auto (MsnpExtra) extra = { NULL };

  if (!msnp_handle_decode (msnp_command_param (command, 0), &handle, error))
    return FALSE;
  show_handle (show, &handle);
  msnp_extra_decode (&command->payload, &extra);
  show_text (show, "message", extra.message);
  show_text (show, "media", extra.media);
  return TRUE;
}

/* --- Lists ---------------------------------------------------------------- */

static void
show_contact (Show *show, const MsnpContact *contact)
{
  if (contact->handle.address != NULL)
    show_handle (show, &contact->handle);
  show_text (show, "nick", contact->nick);
  show_text (show, "id", contact->id);
  show_line (show, "lists %u", contact->lists);
  for (char **group = contact->groups; group != NULL && *group != NULL; group++)
    show_text (show, "group", *group);
}

static gboolean
show_list_entry (const MsnpCommand *command, guint version, Show *show,
                 GError **error)
{
  g_auto (MsnpContact) contact = { { NULL } };
  MsnpCount count;

  if (!msnp_lists_decode_contact (command, version, &contact, &count, error))
    return FALSE;
  show_contact (show, &contact);
  if (version < 8)
    show_line (show, "%u of %u", count.index, count.total);
  return TRUE;
}

static gboolean
show_list_edit (const MsnpCommand *command, guint version, Show *show,
                GError **error)
{
  g_auto (MsnpContact) contact = { { NULL } };

  if (!msnp_lists_decode_edit (command, version, &contact, error))
    return FALSE;
  show_contact (show, &contact);
  return TRUE;
}

static gboolean
show_group (gboolean read, const MsnpGroup *group, Show *show)
{
  if (!read)
    return FALSE;
  show_text (show, "id", group->id);
  show_text (show, "name", group->name);
  return TRUE;
}

static gboolean
show_list_group (const MsnpCommand *command, guint version, Show *show,
                 GError **error)
{
  g_auto (MsnpGroup) group = { NULL };
  MsnpCount count;

  return show_group (
      msnp_lists_decode_group (command, version, &group, &count, error), &group,
      show);
}

static gboolean
show_group_edit (const MsnpCommand *command, guint version, Show *show,
                 GError **error)
{
  g_auto (MsnpGroup) group = { NULL };

  return show_group (
      msnp_lists_decode_group_edit (command, version, &group, error), &group,
      show);
}

static gboolean
show_property (const MsnpCommand *command, guint version, Show *show,
               GError **error)
{
  g_auto (MsnpProperty) property = { NULL };
  g_autofree char *address = NULL;

  if (!msnp_lists_decode_property (command, &property, &address, error))
    return FALSE;
  show_text (show, "of", address);
  show_raw_text (show, "key", property.key);
  show_text (show, "value", property.value);
  return TRUE;
}

static gboolean
show_sync (const MsnpCommand *command, guint version, Show *show,
           GError **error)
{
  MsnpSync sync;

  if (!msnp_lists_decode_sync (command, version, &sync, error))
    return FALSE;
  if (sync.counted)
    show_line (show, "%u contacts, %u groups", sync.n_contacts, sync.n_groups);
  return TRUE;
}

static gboolean
show_list_xml (const MsnpCommand *command, guint version, Show *show,
               GError **error)
{
  g_autoptr (GArray) contacts = NULL;

  if (!command->has_payload)
    {
      show_words (show, command);
      return TRUE;
    }
  if (!msnp_lists_decode_xml (&command->payload, &contacts, error))
    return FALSE;
  for (guint i = 0; i < contacts->len; i++)
    show_contact (show, &g_array_index (contacts, MsnpContact, i));
  return TRUE;
}

/* --- Messages ------------------------------------------------------------- */

static void
show_profile (Show *show, const MsnpProfile *profile)
{
  show_line (show, "signed on at %" G_GINT64_FORMAT, profile->login_time);
  show_line (show, profile->has_mailbox ? "mailbox" : "no mailbox");
  if (profile->auth != NULL)
    show_line (show, "ticket of %" G_GSIZE_FORMAT " bytes",
               strlen (im_secret_peek (profile->auth)));
  show_text (show, "address", profile->address);
  show_line (show, "port %u", profile->port);
  if (profile->places)
    show_line (show, "places allowed");
}

static void
show_mail (Show *show, const MsnpMail *mail)
{
  static const char *const kinds[] = { "counts", "data", "offline", "new",
                                       "moved" };

  show_line (show, "mail: %s", kinds[mail->kind]);
  if (mail->kind == MSNP_MAIL_COUNTS)
    show_line (show, "inbox %u, folders %u", mail->inbox, mail->folders);
  show_text (show, "from", mail->from);
  show_text (show, "address", mail->address);
  show_text (show, "subject", mail->subject);
  show_text (show, "out of", mail->from_folder);
  show_text (show, "into", mail->folder);
  if (mail->data != NULL)
    show_raw_text (show, "data", mail->data);
}

static void
show_message_text (Show *show, const MsnpMime *mime)
{
  g_autoptr (ImText) text = msnp_text_decode (mime);

  show_text (show, "says", im_text_plain (text));
  for (guint i = 0; i < im_text_n_runs (text); i++)
    show_text (show, "font", im_text_run (text, i)->style.font);
}

static gboolean
show_message (const MsnpCommand *command, guint version, Show *show,
              GError **error)
{
  g_auto (MsnpMime) mime = { NULL };
  g_auto (MsnpProfile) profile = { 0 };
  g_auto (MsnpMail) mail = { MSNP_MAIL_COUNTS };
  g_autofree char *type = NULL;
  guint minutes;

  show_words (show, command);
  if (!msnp_mime_decode (&command->payload, &mime, error))
    return FALSE;
  type = msnp_mime_dup (&mime, "Content-Type");
  show_text (show, "type", type);
  if (msnp_notice_decode_profile (&mime, &profile))
    show_profile (show, &profile);
  else if (msnp_notice_decode_mail (&mime, &mail))
    show_mail (show, &mail);
  else if (msnp_notice_decode_maintenance (&mime, &minutes))
    show_line (show, "down in %u minutes", minutes);
  else if (msnp_mime_is (&mime, "text/plain"))
    show_message_text (show, &mime);
  else if (msnp_mime_is (&mime, "text/x-msnmsgr-datacast"))
    show_line (show, "datacast %u", msnp_mime_datacast (&mime));
  else if (msnp_mime_get (&mime, "TypingUser") != NULL)
    show_raw_text (show, "typing", msnp_mime_get (&mime, "TypingUser"));
  return TRUE;
}

static gboolean
show_refusal (const MsnpCommand *command, Show *show)
{
  show_line (show, "%s", msnp_error_find (command->error_code)->meaning);
  return TRUE;
}

static const struct
{
  char verb[4];
  CommandFunc func;
} rows[] = {
  { "ADC", show_list_edit },  { "ADD", show_list_edit },
  { "ADG", show_group_edit }, { "ADL", show_list_xml },
  { "BPR", show_property },   { "FLN", show_presence },
  { "FQY", show_list_xml },   { "ILN", show_presence },
  { "INF", show_mechanisms }, { "IRO", show_member },
  { "JOI", show_member },     { "LSG", show_list_group },
  { "LST", show_list_entry }, { "MSG", show_message },
  { "NLN", show_presence },   { "PRP", show_property },
  { "REG", show_group_edit }, { "REM", show_list_edit },
  { "RMG", show_group_edit }, { "RML", show_list_xml },
  { "RNG", show_ring },       { "SYN", show_sync },
  { "UBX", show_extra },      { "USR", show_msnp_user },
  { "VER", show_version },    { "XFR", show_transfer },
};

static gboolean
show_from_server (const MsnpCommand *command, guint version, Show *show,
                  GError **error)
{
  show->no_encoder = TRUE;
  if (command->error_code != 0)
    return show_refusal (command, show);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (msnp_command_is (command, rows[i].verb))
      return rows[i].func (command, version, show, error);
  show_words (show, command);
  return TRUE;
}

/* --- What clients send ---------------------------------------------------- */

static void
write_words (const MsnpCommand *command, Show *show)
{
  msnp_open (&show->again, command->verb, command->trid);
  for (guint i = 0; i < command->n_params; i++)
    {
      g_autofree char *word = im_word_dup (command->params[i]);

      msnp_add (&show->again, word);
    }
  if (command->has_payload)
    msnp_close_payload (&show->again, command->payload.pos,
                        im_reader_left (&command->payload));
  else
    msnp_close (&show->again);
}

static void
write_versions (const MsnpCommand *command, Show *show)
{
  guint versions[IM_MAX_MSNP_PARAMS];
  guint n = 0;

  for (guint i = 0; i < command->n_params; i++)
    if (im_word_starts (command->params[i], "MSNP"))
      {
        g_autofree char *word = im_word_dup (command->params[i]);

        versions[n++] = (guint)atoi (word + 4);
      }
  msnp_signon_encode_version (&show->again, command->trid, versions, n);
}

static void
write_client (const MsnpCommand *command, Show *show)
{
  g_autofree char *name = im_word_dup (msnp_command_param (command, 4));
  g_autofree char *version = im_word_dup (msnp_command_param (command, 5));
  g_autofree char *id = im_word_dup (msnp_command_param (command, 6));
  g_autofree char *address = im_word_dup (msnp_command_param (command, 7));
  const MsnpClient client = { name, version, id };

  msnp_signon_encode_client (&show->again, command->trid, &client, address);
}

static void
write_user (const MsnpCommand *command, Show *show)
{
  ImWord way = msnp_command_param (command, 0);
  MsnpMechanism mechanism = im_word_is (way, "MD5")   ? MSNP_MECHANISM_MD5
                            : im_word_is (way, "TWN") ? MSNP_MECHANISM_TWN
                                                      : MSNP_MECHANISM_SSO;
  g_autofree char *third = im_word_dup (msnp_command_param (command, 2));
  g_autofree char *blob = im_word_dup (msnp_command_param (command, 3));
  g_autofree char *machine = im_word_dup (msnp_command_param (command, 4));
  g_autoptr (ImSecret) proof = im_secret_new (third);

  if (im_word_is (msnp_command_param (command, 1), "I"))
    msnp_signon_encode_user (&show->again, command->trid, mechanism, third);
  else if (im_word_is (msnp_command_param (command, 1), "S"))
    msnp_signon_encode_proof (&show->again, command->trid, mechanism, proof,
                              *blob != '\0' ? blob : NULL,
                              *machine != '\0' ? machine : NULL);
  else
    write_words (command, show);
}

static void
write_answer (const MsnpCommand *command, Show *show)
{
  g_autofree char *product = im_word_dup (msnp_command_param (command, 0));
  g_autofree char *answer = g_strndup ((const char *)command->payload.pos,
                                       im_reader_left (&command->payload));

  msnp_signon_encode_answer (&show->again, command->trid, product, answer);
}

static void
show_from_client (const MsnpCommand *command, Show *show)
{
  static const struct
  {
    char verb[4];
    void (*write) (const MsnpCommand *command, Show *show);
  } writers[] = {
    { "CVR", write_client },
    { "QRY", write_answer },
    { "USR", write_user },
    { "VER", write_versions },
  };

  /* What system it runs on is not asked about. */
  for (guint i = msnp_command_is (command, "CVR") ? 4 : 0;
       i < command->n_params; i++)
    show_word (show, "word", command->params[i]);
  if (command->has_payload)
    {
      g_autofree char *payload = g_strndup ((const char *)command->payload.pos,
                                            im_reader_left (&command->payload));

      g_strdelimit (payload, "\r", ' ');
      show_raw_text (show, "payload", payload);
    }
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    if (msnp_command_is (command, writers[i].verb))
      {
        writers[i].write (command, show);
        return;
      }
  write_words (command, show);
}

/* --- Streams and bodies --------------------------------------------------- */

static gboolean
show_commands (MsnpFramer *framer, guint version, Show *show, GError **error)
{
  MsnpCommand command;
  MsnpResult result;

  while ((result = msnp_next (framer, &command, error)) == MSNP_GOT)
    {
      show->indent = 0;
      if (command.has_trid)
        show_line (show, "%s %u", command.verb, command.trid);
      else
        show_line (show, "%s", command.verb);
      show->indent = 1;
      if (framer->sender == MSNP_FROM_CLIENT)
        show_from_client (&command, show);
      else if (!show_from_server (&command, version, show, error))
        return FALSE;
    }
  show->indent = 0;
  return result != MSNP_FAILED;
}

static gboolean
show_commands_of (const char *wire, const ImReader *bytes, gsize step,
                  Show *show, GError **error)
{
  guint version = (guint)atoi (wire + strlen ("msnp"));
  g_auto (MsnpFramer) framer = { 0 };
  gsize len = im_reader_left (bytes);

  msnp_framer_init (&framer, g_str_has_suffix (wire, "-client")
                                 ? MSNP_FROM_CLIENT
                                 : MSNP_FROM_SERVER);
  for (gsize at = 0; at < len; at += step)
    if (!msnp_push (&framer, bytes->pos + at, MIN (step, len - at), error) ||
        !show_commands (&framer, version, show, error))
      return FALSE;
  if (msnp_waiting (&framer) == 0)
    return TRUE;
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
               "%" G_GSIZE_FORMAT " bytes of a command",
               msnp_waiting (&framer));
  return FALSE;
}

static gboolean
show_soap (const ImReader *bytes, Show *show, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new (bytes->pos, im_reader_left (bytes));
  g_auto (MsnpOimStored) stored = { { NULL } };

  if (!msnp_oim_decode_stored (body, &stored, error))
    return FALSE;
  show_text (show, "fault", stored.reply.fault);
  show_text (show, "error", stored.reply.error);
  show_text (show, "text", stored.reply.text);
  show_text (show, "host", stored.reply.host);
  show_text (show, "cache key", stored.reply.cache_key);
  show_text (show, "id", stored.reply.id);
  show_text (show, "lock", stored.lock);
  return TRUE;
}

static gboolean
show_mail_data (const ImReader *bytes, Show *show, GError **error)
{
  g_autofree char *data =
      g_strndup ((const char *)bytes->pos, im_reader_left (bytes));
  g_auto (MsnpWaiting) waiting = { FALSE };

  if (!msnp_oim_decode_waiting (data, &waiting, error))
    return FALSE;
  show_line (show, "inbox %u, folders %u", waiting.inbox, waiting.folders);
  for (guint i = 0; i < waiting.messages->len; i++)
    {
      const MsnpOimEntry *entry =
          &g_array_index (waiting.messages, MsnpOimEntry, i);

      show_raw_text (show, "id", entry->id);
      show_text (show, "from", entry->from);
      show_text (show, "nick", entry->nick);
      show_line (show, "time %" G_GINT64_FORMAT, entry->time);
    }
  return TRUE;
}

gboolean
show_msnp (const char *wire, const ImReader *bytes, gsize step, Show *show,
           GError **error)
{
  if (g_ascii_isdigit (wire[strlen ("msnp")]))
    return show_commands_of (wire, bytes, MAX (step, 1), show, error);
  show->no_encoder = TRUE;
  if (strcmp (wire, "msnp-soap") == 0)
    return show_soap (bytes, show, error);
  if (strcmp (wire, "msnp-mail-data") == 0)
    return show_mail_data (bytes, show, error);
  g_error ("no such wire: %s", wire);
}
