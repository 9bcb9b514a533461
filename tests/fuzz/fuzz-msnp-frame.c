/* The framer: a stream cut into pieces anywhere yields the same commands as
 * the whole. The first byte is the size of the pieces and, in its top bit,
 * who wrote the stream. */

#include <string.h>

#include "fuzz.h"
#include "msnp-frame.h"
#include "msnp-param.h"

static void
note (GByteArray *seen, const void *data, gsize len)
{
  g_byte_array_append (seen, (const guint8 *)&len, sizeof len);
  if (len > 0)
    g_byte_array_append (seen, data, (guint)len);
}

static void
read_param (ImWord word)
{
  g_autofree char *text = msnp_param_dup_text (word);
  g_auto (MsnpHandle) handle = { NULL };
  g_auto (MsnpServer) server = { NULL };
  g_autoptr (GError) error = NULL;

  fuzz_assert_tidy (text);
  if (msnp_handle_decode (word, &handle, NULL))
    fuzz_assert_tidy (handle.address);
  g_assert_true (msnp_server_decode (word, &server, &error) == (error == NULL));
}

static gboolean
take_commands (MsnpFramer *framer, GByteArray *seen)
{
  g_autoptr (GError) error = NULL;
  MsnpCommand command;
  MsnpResult result;

  while ((result = msnp_next (framer, &command, &error)) == MSNP_GOT)
    {
      note (seen, command.verb, 3);
      note (seen, &command.trid, sizeof command.trid);
      for (guint i = 0; i < command.n_params; i++)
        {
          note (seen, command.params[i].text, command.params[i].len);
          read_param (command.params[i]);
        }
      if (command.has_payload)
        note (seen, command.payload.pos, im_reader_left (&command.payload));
    }
  g_assert_true ((result == MSNP_FAILED) == (error != NULL));
  return result != MSNP_FAILED;
}

static GByteArray *
commands_of (MsnpSender sender, const guint8 *data, gsize size, gsize piece)
{
  GByteArray *seen = g_byte_array_new ();
  g_auto (MsnpFramer) framer;
  gboolean ok = TRUE;

  msnp_framer_init (&framer, sender);
  msnp_framer_expect_list_error (&framer, 6);
  for (gsize at = 0; ok && at < size; at += piece)
    ok = msnp_push (&framer, data + at, MIN (piece, size - at), NULL) &&
         take_commands (&framer, seen);
  g_assert_cmpuint (msnp_waiting (&framer), <=, size);
  return seen;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) whole = NULL;
  g_autoptr (GByteArray) pieces = NULL;
  MsnpSender sender;

  if (size == 0)
    return 0;
  sender = data[0] & 0x80 ? MSNP_FROM_CLIENT : MSNP_FROM_SERVER;
  whole = commands_of (sender, data + 1, size - 1, size);
  pieces = commands_of (sender, data + 1, size - 1, (data[0] & 0x7f) + 1);
  g_assert_cmpmem (pieces->data, pieces->len, whole->data, whole->len);
  return 0;
}
