/* The payload of a data frame: SNAC header, error body, TLVs in their three
 * wrappings and every way to read one of them. */

#include "fuzz.h"
#include "oscar-snac.h"
#include "oscar-tlv.h"

static void
read_tlv (const OscarTlv *tlv)
{
  g_autofree char *text = oscar_tlv_dup_string (tlv);
  g_autoptr (GBytes) bytes = oscar_tlv_dup_bytes (tlv);
  guint32 number;
  guint16 word;
  guint8 byte;

  fuzz_assert_tidy (text);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, im_reader_left (&tlv->value));
  oscar_tlv_uint (tlv, &number, NULL);
  oscar_tlv_u16 (tlv, &word, NULL);
  oscar_tlv_u8 (tlv, &byte, NULL);
}

static void
walk (OscarTlvChain *chain)
{
  g_autoptr (GError) error = NULL;
  OscarTlvStep step;
  OscarTlv tlv;
  ImReader found;

  oscar_tlv_find (chain, 0x0005, &found);
  while ((step = oscar_tlv_next (chain, &tlv, &error)) == OSCAR_TLV_GOT)
    read_tlv (&tlv);
  g_assert_true ((step == OSCAR_TLV_FAILED) == (error != NULL));
}

static void
read_blocks (ImReader body)
{
  ImReader copy = body;
  OscarTlvChain chain;

  oscar_tlv_chain_init (&chain, &body);
  walk (&chain);
  if (oscar_tlv_read_count_block (&copy, &chain, NULL))
    walk (&chain);
  copy = body;
  if (oscar_tlv_read_length_block (&copy, &chain, NULL))
    walk (&chain);
}

FUZZ_ROUND_TRIP (error, OscarSnacError, oscar_snac_decode_error,
                 oscar_snac_encode_error, oscar_snac_error_clear)

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) failure = NULL;
  ImReader payload;
  OscarSnac snac;

  im_reader_init (&payload, data, size);
  if (!oscar_snac_decode (&payload, &snac, &failure))
    {
      g_assert_nonnull (failure);
      return 0;
    }
  error (&snac.body);
  read_blocks (snac.body);
  return 0;
}
