/* Answers of the web services that are small: faults, edits, offline
 * messages. The first byte says which is expected. */

#include <string.h>

#include "fuzz.h"
#include "im-limits.h"
#include "msnp-error.h"
#include "msnp-oim.h"

static void
check_text (const char *text)
{
  if (text != NULL)
    fuzz_assert_tidy (text);
}

static void
check_reply (const MsnpSoapReply *reply)
{
  check_text (reply->fault);
  check_text (reply->error);
  check_text (reply->text);
  check_text (reply->host);
  check_text (reply->id);
  g_assert_true (reply->redirect == NULL ||
                 g_ascii_strncasecmp (reply->redirect, "https://", 8) == 0);
  g_assert_true ((msnp_error_for_fault (200, reply) != NULL) ==
                 (reply->fault != NULL));
}

static void
read_reply (const ImReader *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body->pos, im_reader_left (body));
  g_auto (MsnpSoapReply) reply = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean fine = msnp_soap_decode (bytes, &reply, &error);

  g_assert_true (fine == (error == NULL));
  check_reply (&reply);
}

static void
check_waiting (const MsnpWaiting *waiting)
{
  gint64 last = G_MININT64;

  for (guint i = 0; i < waiting->messages->len; i++)
    {
      const MsnpOimEntry *entry =
          &g_array_index (waiting->messages, MsnpOimEntry, i);

      check_text (entry->from);
      check_text (entry->nick);
      g_assert_true (*entry->id != '\0' && entry->time >= last);
      last = entry->time;
    }
}

static void
read_list (const ImReader *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body->pos, im_reader_left (body));
  g_auto (MsnpWaiting) waiting = { FALSE };
  g_autoptr (GError) error = NULL;
  gboolean fine = msnp_oim_decode_list (bytes, &waiting, &error);

  g_assert_true (fine == (error == NULL));
  if (fine)
    check_waiting (&waiting);
}

static void
read_waiting (const ImReader *body)
{
  g_autofree char *data =
      g_strndup ((const char *)body->pos, im_reader_left (body));
  g_auto (MsnpWaiting) waiting = { FALSE };
  g_autoptr (GError) error = NULL;
  gboolean fine = msnp_oim_decode_waiting (data, &waiting, &error);

  g_assert_true (fine == (error == NULL));
  if (fine)
    check_waiting (&waiting);
}

static void
check_message (GBytes *bytes)
{
  g_auto (MsnpOimMessage) message = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean fine = msnp_oim_decode_message (bytes, &message, &error);

  g_assert_true (fine == (error == NULL));
  check_text (message.from);
  check_text (message.nick);
  check_text (message.text);
  g_assert_true (!fine || (message.from != NULL && message.text != NULL));
}

static void
read_message (const ImReader *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body->pos, im_reader_left (body));

  check_message (bytes);
}

/* The mail itself, put into its envelope here. */
static void
read_mail (const ImReader *body)
{
  g_autofree char *valid = g_utf8_make_valid ((const char *)body->pos,
                                              (gssize)im_reader_left (body));
  g_autofree char *escaped = g_markup_escape_text (valid, -1);
  g_autofree char *text =
      g_strconcat ("<GetMessageResult>", escaped, "</GetMessageResult>", NULL);
  g_autofree char *whole = g_strconcat ("<a>", text, "</a>", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (whole, strlen (whole));

  check_message (bytes);
}

static void
read_stored (const ImReader *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body->pos, im_reader_left (body));
  g_auto (MsnpOimStored) stored = { { NULL } };
  g_autoptr (GError) error = NULL;
  gboolean fine = msnp_oim_decode_stored (bytes, &stored, &error);

  g_assert_true (fine == (error == NULL));
  check_reply (&stored.reply);
  g_assert_true (stored.lock == NULL || stored.reply.fault != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { read_reply,   read_list, read_waiting,
                                    read_message, read_mail, read_stored };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
