/* Messages: what is shown is tidy, and what is said again says the same. The
 * input is several payloads, cut at bytes 0xff, from one sender. */

#include <string.h>

#include "fuzz.h"
#include "msnp-mime.h"
#include "msnp-text.h"

static void
read_text (const MsnpMime *mime)
{
  g_autoptr (ImText) text = msnp_text_decode (mime);
  g_autofree char *body = NULL;
  g_autofree char *headers = msnp_text_encode (text, &body);
  g_autofree char *payload = g_strconcat (headers, "\r\n", body, NULL);
  g_auto (MsnpMime) again = { NULL };
  g_autoptr (GPtrArray) parts = NULL;
  ImReader reader;

  fuzz_assert_tidy (im_text_plain (text));
  im_reader_init (&reader, payload, strlen (payload));
  g_assert_true (msnp_mime_decode (&reader, &again, NULL));
  g_assert_true (msnp_mime_is (&again, "text/plain"));
  parts =
      msnp_mime_split (headers, body, strlen (body), MSNP_MAX_PAYLOAD, "{1}");
  for (guint i = 0; parts != NULL && i < parts->len; i++)
    g_assert_cmpuint (g_bytes_get_size (parts->pdata[i]), <=, MSNP_MAX_PAYLOAD);
}

static void
read_payload (MsnpJoiner *joiner, const guint8 *data, gsize size)
{
  g_auto (MsnpMime) mime = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) joined = NULL;
  ImReader reader;
  MsnpJoin join;

  im_reader_init (&reader, data, size);
  if (!msnp_mime_decode (&reader, &mime, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  read_text (&mime);
  msnp_mime_datacast (&mime);
  for (guint i = 0; i < mime.n_headers; i++)
    {
      g_autofree char *value = msnp_mime_dup (&mime, mime.names[i]);

      fuzz_assert_tidy (value);
    }
  join = msnp_joiner_push (joiner, "bob", &mime, (gint64)size, &joined);
  g_assert_true ((join == MSNP_JOIN_DONE) == (joined != NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (MsnpJoiner) joiner = msnp_joiner_new ();

  while (size > 0)
    {
      const guint8 *cut = memchr (data, 0xff, size);
      gsize len = cut != NULL ? (gsize)(cut - data) : size;

      read_payload (joiner, data, len);
      len += cut != NULL;
      data += len;
      size -= len;
    }
  return 0;
}
