#include "msnp-signon.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"

static const char *const mechanism_words[] = {
  [MSNP_MECHANISM_MD5] = "MD5",
  [MSNP_MECHANISM_TWN] = "TWN",
  [MSNP_MECHANISM_SSO] = "SSO",
};

static gboolean
malformed (GError **error, const char *why)
{
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED, why);
  return FALSE;
}

void
msnp_signon_encode_version (ImWriter *writer, guint32 trid,
                            const guint *versions, guint n_versions)
{
  msnp_open (writer, "VER", trid);
  for (guint i = 0; i < n_versions; i++)
    {
      char word[16];

      g_snprintf (word, sizeof word, "MSNP%u", versions[i]);
      msnp_add (writer, word);
    }
  msnp_add (writer, "CVR0");
  msnp_close (writer);
}

gboolean
msnp_signon_decode_version (const MsnpCommand *command, guint *ret,
                            GError **error)
{
  ImWord word = msnp_command_param (command, 0);
  guint64 version;

  if (im_word_is (word, "0"))
    {
      *ret = 0;
      return TRUE;
    }
  if (!im_word_starts (word, "MSNP"))
    return malformed (error, "VER names no version");
  word.text += strlen ("MSNP");
  word.len -= strlen ("MSNP");
  if (!im_word_number (word, MSNP_VERSION_MAX, &version, error))
    return FALSE;
  if (version < MSNP_VERSION_MIN)
    return malformed (error, "VER names a version that never was");
  *ret = (guint)version;
  return TRUE;
}

void
msnp_signon_encode_client (ImWriter *writer, guint32 trid,
                           const MsnpClient *client, const char *address)
{
  msnp_encode (writer, "CVR", trid, "0x0409", "winnt", "5.1", "i386",
               client->name, client->version, client->id,
               address != NULL ? address : "", NULL);
}

gboolean
msnp_signon_offers_md5 (const MsnpCommand *command)
{
  for (guint i = 0; i < command->n_params; i++)
    if (im_word_is (command->params[i], "MD5"))
      return TRUE;
  return FALSE;
}

MsnpMechanism
msnp_signon_mechanism (guint version)
{
  if (version < 8)
    return MSNP_MECHANISM_MD5;
  return version < 15 ? MSNP_MECHANISM_TWN : MSNP_MECHANISM_SSO;
}

void
msnp_signon_encode_user (ImWriter *writer, guint32 trid,
                         MsnpMechanism mechanism, const char *address)
{
  msnp_encode (writer, "USR", trid, mechanism_words[mechanism], "I", address,
               NULL);
}

/* Without a copy, which would have to be wiped. */
static void
add_ticket (ImWriter *writer, const char *ticket)
{
  im_writer_u8 (writer, ' ');
  for (; *ticket != '\0'; ticket++)
    if (*ticket == '%')
      im_writer_raw (writer, "%25", 3);
    else
      im_writer_u8 (writer, (guint8)*ticket);
}

void
msnp_signon_encode_proof (ImWriter *writer, guint32 trid,
                          MsnpMechanism mechanism, const ImSecret *proof,
                          const char *blob, const char *machine)
{
  msnp_open (writer, "USR", trid);
  msnp_add (writer, mechanism_words[mechanism]);
  msnp_add (writer, "S");
  add_ticket (writer, im_secret_peek (proof));
  if (blob != NULL)
    msnp_add (writer, blob);
  if (machine != NULL)
    msnp_add (writer, machine);
  msnp_close (writer);
}

void
msnp_user_clear (MsnpUser *self)
{
  g_clear_pointer (&self->challenge, g_free);
  g_clear_pointer (&self->nonce, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->nick, g_free);
}

/* What is sent back to a server, or used in a request: a word of printable
 * ASCII. */
static char *
dup_token (ImWord word, gsize max)
{
  if (word.len == 0 || word.len > max)
    return NULL;
  for (gsize i = 0; i < word.len; i++)
    if (!g_ascii_isgraph (word.text[i]))
      return NULL;
  return im_word_dup (word);
}

static gboolean
read_mechanism (ImWord word, MsnpMechanism *ret)
{
  for (guint i = 0; i < G_N_ELEMENTS (mechanism_words); i++)
    if (im_word_is (word, mechanism_words[i]))
      {
        *ret = (MsnpMechanism)i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_challenge (const MsnpCommand *command, MsnpUser *ret, GError **error)
{
  if (!read_mechanism (msnp_command_param (command, 0), &ret->mechanism))
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_UNSUPPORTED,
                           "USR asks for an unknown way to sign on");
      return FALSE;
    }
  if (!im_word_is (msnp_command_param (command, 1), "S"))
    return malformed (error, "USR asks for nothing");
  ret->challenge =
      dup_token (msnp_command_param (command, 2), IM_MAX_MSNP_LINE);
  ret->nonce = dup_token (msnp_command_param (command, 3), IM_MAX_MSNP_LINE);
  if (ret->challenge == NULL ||
      (ret->mechanism == MSNP_MECHANISM_SSO && ret->nonce == NULL))
    {
      msnp_user_clear (ret);
      return malformed (error, "USR lacks what is to be proven");
    }
  return TRUE;
}

static gboolean
is_flag (ImWord word)
{
  return im_word_is (word, "0") || im_word_is (word, "1");
}

/* "address", then a name, then flags. Names that look like a flag do not
 * matter: who has a flag, but no name, is what counts. */
static void
read_ok (const MsnpCommand *command, MsnpUser *ret)
{
  const ImWord *words = command->params;
  guint end = command->n_params;
  guint flags = 0;

  while (flags < 2 && end - flags > 2 && is_flag (words[end - flags - 1]))
    flags++;
  end -= flags;
  ret->step = MSNP_USER_OK;
  ret->address = im_word_dup (words[1]);
  if (end > 2)
    ret->nick = msnp_param_dup_text (words[2]);
  ret->unverified = flags > 0 && im_word_is (words[end], "0");
  ret->restricted = flags > 1 && im_word_is (words[end + 1], "1");
}

gboolean
msnp_signon_decode_user (const MsnpCommand *command, MsnpUser *ret,
                         GError **error)
{
  MsnpUser user = { MSNP_USER_CHALLENGE };

  if (im_word_is (msnp_command_param (command, 0), "OK"))
    {
      g_auto (MsnpHandle) handle = { NULL };

      if (!msnp_handle_decode (msnp_command_param (command, 1), &handle, error))
        return FALSE;
      read_ok (command, &user);
    }
  else if (!read_challenge (command, &user, error))
    return FALSE;
  *ret = user;
  return TRUE;
}

void
msnp_transfer_clear (MsnpTransfer *self)
{
  msnp_server_clear (&self->server);
  g_clear_pointer (&self->cookie, g_free);
}

/* "host:port CKI cookie", from word @first on. */
static gboolean
read_place (const MsnpCommand *command, guint first, MsnpServer *ret_server,
            char **ret_cookie, GError **error)
{
  g_autofree char *cookie =
      dup_token (msnp_command_param (command, first + 2), IM_MAX_MSNP_COOKIE);

  if (cookie == NULL ||
      !im_word_is (msnp_command_param (command, first + 1), "CKI"))
    return malformed (error, "a switchboard is named without its cookie");
  if (!msnp_server_decode (msnp_command_param (command, first), ret_server,
                           error))
    return FALSE;
  *ret_cookie = g_steal_pointer (&cookie);
  return TRUE;
}

/* "U host 0", where there may be other words too. */
static gboolean
read_gateway_only (const MsnpCommand *command, guint first)
{
  return im_word_is (msnp_command_param (command, first), "U") &&
         im_word_is (msnp_command_param (command, first + 2), "0");
}

gboolean
msnp_signon_decode_transfer (const MsnpCommand *command, MsnpTransfer *ret,
                             GError **error)
{
  g_auto (MsnpTransfer) transfer = { MSNP_TRANSFER_SERVER };
  ImWord kind = msnp_command_param (command, 0);

  if (im_word_is (kind, "SB"))
    {
      transfer.kind = MSNP_TRANSFER_SWITCHBOARD;
      if (!read_place (command, 1, &transfer.server, &transfer.cookie, error))
        return FALSE;
      transfer.gateway_only = read_gateway_only (command, 4);
    }
  else if (!im_word_is (kind, "NS"))
    return malformed (error, "XFR names no kind of server");
  else if (im_word_is (msnp_command_param (command, 1), "0"))
    transfer.kind = MSNP_TRANSFER_RESTART;
  else if (!msnp_server_decode (msnp_command_param (command, 1),
                                &transfer.server, error))
    return FALSE;
  *ret = transfer;
  transfer = (MsnpTransfer){ MSNP_TRANSFER_SERVER };
  return TRUE;
}

void
msnp_ring_clear (MsnpRing *self)
{
  g_clear_pointer (&self->session, g_free);
  msnp_server_clear (&self->server);
  g_clear_pointer (&self->cookie, g_free);
  msnp_handle_clear (&self->from);
  g_clear_pointer (&self->nick, g_free);
}

/* Where "U host" begins. Somebody may be called U, and then there is another
 * U, or nothing, behind. */
static guint
find_tail (const MsnpCommand *command, guint first)
{
  for (guint i = first; i < command->n_params; i++)
    if (im_word_is (command->params[i], "U") &&
        (i > first || (command->n_params > first + 1 &&
                       !im_word_is (command->params[i + 1], "U"))))
      return i;
  return command->n_params;
}

gboolean
msnp_signon_decode_ring (const MsnpCommand *command, MsnpRing *ret,
                         GError **error)
{
  g_auto (MsnpRing) ring = { NULL };
  guint tail = find_tail (command, 5);

  ring.session =
      dup_token (msnp_command_param (command, 0), IM_MAX_MSNP_COOKIE);
  if (ring.session == NULL)
    return malformed (error, "RNG names no conversation");
  if (!read_place (command, 1, &ring.server, &ring.cookie, error) ||
      !msnp_handle_decode (msnp_command_param (command, 4), &ring.from, error))
    return FALSE;
  if (tail > 5)
    ring.nick = msnp_param_dup_text (command->params[5]);
  ring.gateway_only = read_gateway_only (command, tail);
  *ret = ring;
  ring = (MsnpRing){ NULL };
  return TRUE;
}

MsnpOutReason
msnp_signon_decode_out (const MsnpCommand *command, guint *ret_seconds)
{
  static const struct
  {
    const char *word;
    MsnpOutReason reason;
  } reasons[] = {
    { "OTH", MSNP_OUT_ELSEWHERE }, { "SSD", MSNP_OUT_CLOSING },
    { "MIG", MSNP_OUT_MIGRATED },  { "TOU", MSNP_OUT_TERMS },
    { "RCT", MSNP_OUT_LATER },
  };
  ImWord word = msnp_command_param (command, 0);
  MsnpOutReason reason = MSNP_OUT_NONE;
  guint64 minutes;

  *ret_seconds = 0;
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (im_word_is (word, reasons[i].word))
      reason = reasons[i].reason;
  if (reason == MSNP_OUT_LATER &&
      im_word_number (msnp_command_param (command, 1), G_MAXUINT32, &minutes,
                      NULL))
    *ret_seconds = (guint)MIN (minutes * 60, IM_MAX_RETRY_SECONDS);
  return reason;
}

char *
msnp_signon_decode_challenge (const MsnpCommand *command, GError **error)
{
  char *challenge =
      dup_token (msnp_command_param (command, 0), IM_MAX_MSNP_CHALLENGE);

  if (challenge == NULL)
    malformed (error, "CHL asks nothing that can be answered");
  return challenge;
}

void
msnp_signon_encode_answer (ImWriter *writer, guint32 trid, const char *product,
                           const char *answer)
{
  msnp_open (writer, "QRY", trid);
  msnp_add (writer, product);
  msnp_close_payload (writer, answer, strlen (answer));
}
