/* What servers say of signing on and of themselves: it means something, or
 * there is a reason why not; what is shown is tidy, and what is sent back is
 * a plain word. The input is a server's stream. */

#include <string.h>

#include "fuzz.h"
#include "im-limits.h"
#include "msnp-error.h"
#include "msnp-notice.h"
#include "msnp-signon.h"

static void
check (gboolean fine, GError **error)
{
  g_assert_true (fine == (*error == NULL));
  g_clear_error (error);
}

static void
check_text (const char *text)
{
  if (text != NULL)
    fuzz_assert_tidy (text);
}

static void
check_word (const char *word)
{
  for (; word != NULL && *word != '\0'; word++)
    g_assert_true (g_ascii_isgraph (*word));
}

static void
read_signon (const MsnpCommand *command)
{
  g_auto (MsnpUser) user = { MSNP_USER_CHALLENGE };
  g_auto (MsnpTransfer) transfer = { MSNP_TRANSFER_SERVER };
  g_auto (MsnpRing) ring = { NULL };
  g_autoptr (GError) error = NULL;
  guint version;

  check (msnp_signon_decode_user (command, &user, &error), &error);
  check_text (user.nick);
  check_word (user.challenge);
  check_word (user.nonce);
  check (msnp_signon_decode_transfer (command, &transfer, &error), &error);
  check_word (transfer.cookie);
  check (msnp_signon_decode_ring (command, &ring, &error), &error);
  check_text (ring.nick);
  check_word (ring.session);
  check (msnp_signon_decode_version (command, &version, &error), &error);
}

static void
read_others (const MsnpCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *challenge = msnp_signon_decode_challenge (command, &error);
  g_autofree char *page = msnp_notice_dup_page (command);
  guint seconds;

  g_assert_true ((challenge == NULL) == (error != NULL));
  check_word (challenge);
  check_text (page);
  msnp_signon_decode_out (command, &seconds);
  g_assert_cmpuint (seconds, <=, IM_MAX_RETRY_SECONDS);
  msnp_signon_offers_md5 (command);
  msnp_notice_is_own (command);
  g_assert_nonnull (msnp_error_find (command->error_code));
}

static void
read_notice (const ImReader *payload)
{
  g_auto (MsnpMime) mime = { NULL };
  g_auto (MsnpProfile) profile = { 0 };
  g_auto (MsnpMail) mail = { MSNP_MAIL_COUNTS };
  g_auto (MsnpAlert) alert = { FALSE };
  g_autoptr (GError) error = NULL;
  guint minutes;

  check (msnp_notice_decode_alert (payload, &alert, &error), &error);
  check_text (alert.from);
  check_text (alert.text);
  if (!msnp_mime_decode (payload, &mime, NULL))
    return;
  msnp_notice_decode_profile (&mime, &profile);
  check_text (profile.address);
  msnp_notice_decode_mail (&mime, &mail);
  check_text (mail.from);
  check_text (mail.subject);
  check_text (mail.folder);
  msnp_notice_decode_maintenance (&mime, &minutes);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (MsnpFramer) framer = { 0 };
  MsnpCommand command;

  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  if (!msnp_push (&framer, data, size, NULL))
    return 0;
  while (msnp_next (&framer, &command, NULL) == MSNP_GOT)
    {
      read_signon (&command);
      read_others (&command);
      if (command.has_payload)
        read_notice (&command.payload);
    }
  return 0;
}
