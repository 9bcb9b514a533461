/* What another client, not a server, sends: proposals, file headers, direct
 * messages, the relay. */

#include "fuzz.h"
#include "oscar-peer.h"
#include "oscar-rendezvous.h"

FUZZ_ROUND_TRIP (oft, OscarOft, oscar_peer_decode_oft, oscar_peer_encode_oft,
                 fuzz_owns_nothing)

/* A name beyond ASCII grows as UTF-8 and may be cut by its field of 32 bytes,
 * so it is not expected to come back. */
static gboolean
decode_odc (ImReader *body, OscarOdc *ret, GError **error)
{
  if (!oscar_peer_decode_odc (body, ret, error))
    return FALSE;
  fuzz_assert_tidy (ret->name.text);
  if (g_str_is_ascii (ret->name.text))
    return TRUE;
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_UNSUPPORTED,
                       "the name may not fit");
  return FALSE;
}

FUZZ_ROUND_TRIP (odc, OscarOdc, decode_odc, oscar_peer_encode_odc,
                 fuzz_owns_nothing)
FUZZ_ROUND_TRIP (ars, OscarArs, oscar_peer_decode_ars, oscar_peer_encode_ars,
                 fuzz_owns_nothing)

static gboolean
decode_rendezvous (ImReader *body, OscarRendezvous *ret, GError **error)
{
  return oscar_rendezvous_decode (body, ret, error);
}

FUZZ_ROUND_TRIP (rendezvous, OscarRendezvous, decode_rendezvous,
                 oscar_rendezvous_encode, fuzz_owns_nothing)

static gboolean
decode_file (ImReader *body, OscarFileOffer *ret, GError **error)
{
  return oscar_rendezvous_decode_file (body, ret, error);
}

FUZZ_ROUND_TRIP (file, OscarFileOffer, decode_file, oscar_rendezvous_write_file,
                 fuzz_owns_nothing)

static void
sums (const ImReader *body)
{
  gsize len = im_reader_left (body);
  gsize half = len / 2;
  guint32 whole =
      oscar_peer_oft_checksum (OSCAR_OFT_CHECKSUM_START, body->pos, len, 0);
  guint32 parts =
      oscar_peer_oft_checksum (OSCAR_OFT_CHECKSUM_START, body->pos, half, 0);

  /* A file read in pieces has the sum of the whole; all ones and all zeros
   * are the same number in this arithmetic. */
  parts = oscar_peer_oft_checksum (parts, body->pos + half, len - half, half);
  g_assert_cmphex ((parts >> 16) % 0xffff, ==, (whole >> 16) % 0xffff);
  oscar_peer_icon_checksum (body->pos, len);
}

static void
oft_length (const ImReader *body)
{
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_assert_true (oscar_peer_oft_length (body, &length, &error) ==
                 (error == NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { rendezvous, file, oft,       odc,
                                    ars,        sums, oft_length };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
