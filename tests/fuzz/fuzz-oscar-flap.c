/* The framer: a stream cut into pieces anywhere yields the same frames as the
 * whole. The first byte is the size of the pieces. */

#include <string.h>

#include "fuzz.h"
#include "oscar-flap-signon.h"
#include "oscar-flap.h"

static void
read_signon (const ImReader *payload)
{
  OscarFlapSignon signon = { 0 };
  g_autoptr (GError) error = NULL;

  if (oscar_flap_decode_signon (payload, &signon, &error))
    oscar_flap_signon_clear (&signon);
  else
    g_assert_nonnull (error);
}

/* Appends a description of every frame that is complete; FALSE when the
 * stream is broken. */
static gboolean
take_frames (OscarFlapFramer *framer, GByteArray *seen)
{
  g_autoptr (GError) error = NULL;
  OscarFlapResult result;
  OscarFlap flap;

  while ((result = oscar_flap_next (framer, &flap, &error)) == OSCAR_FLAP_GOT)
    {
      gsize len = im_reader_left (&flap.payload);

      g_byte_array_append (seen, &flap.type, 1);
      g_byte_array_append (seen, (const guint8 *)&flap.sequence, 2);
      g_byte_array_append (seen, (const guint8 *)&len, sizeof len);
      g_byte_array_append (seen, flap.payload.pos, (guint)len);
      if (flap.type == OSCAR_FLAP_SIGNON)
        read_signon (&flap.payload);
    }
  g_assert_true ((result == OSCAR_FLAP_FAILED) == (error != NULL));
  return result != OSCAR_FLAP_FAILED;
}

static GByteArray *
frames_of (const guint8 *data, gsize size, gsize piece)
{
  g_auto (OscarFlapFramer) framer;
  GByteArray *seen = g_byte_array_new ();
  gboolean ok = TRUE;

  oscar_flap_framer_init (&framer);
  for (gsize at = 0; ok && at < size; at += piece)
    {
      ok = oscar_flap_push (&framer, data + at, MIN (piece, size - at), NULL);
      ok = ok && take_frames (&framer, seen);
    }
  oscar_flap_at_truncated_signoff (&framer);
  g_assert_cmpuint (oscar_flap_waiting (&framer), <=, size);
  return seen;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) whole = NULL;
  g_autoptr (GByteArray) pieces = NULL;

  if (size == 0)
    return 0;
  whole = frames_of (data + 1, size - 1, size);
  pieces = frames_of (data + 1, size - 1, (gsize)data[0] + 1);
  g_assert_cmpmem (pieces->data, pieces->len, whole->data, whole->len);
  return 0;
}
