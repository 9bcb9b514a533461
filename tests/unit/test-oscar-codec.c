/* What a vector cannot show: ceilings, editing items of the list, and how the
 * framer keeps its bytes. */

#include <glib.h>
#include <string.h>
#include "im-limits.h"
#include "oscar-feedbag.h"
#include "oscar-flap.h"
#include "oscar-icbm.h"
#include "oscar-oservice-rate.h"
#include "oscar-oservice.h"
#include "oscar-peer.h"
#include "oscar-snac.h"
#include "oscar-tlv.h"
#include "oscar-userinfo.h"

#define assert_wire_error(error, which)                                        \
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_##which)

static ImReader
reader_over (const ImWriter *writer)
{
  ImReader reader;

  g_assert_false (writer->overflow);
  im_reader_init (&reader, writer->bytes->data, writer->bytes->len);
  return reader;
}

static void
test_flap_many (void)
{
  g_auto (OscarFlapFramer) framer = { NULL };
  g_auto (ImWriter) writer = { NULL };
  guint16 sequence = 0xfff0;
  guint16 expected = 0xfff0;
  OscarFlap flap;

  g_test_summary ("frames that came together are handed out one by one, and "
                  "the counter wraps");
  oscar_flap_framer_init (&framer);
  im_writer_init (&writer, G_MAXUINT16);
  for (guint i = 0; i < 100; i++)
    oscar_flap_encode (&writer, OSCAR_FLAP_DATA, &sequence, "payload", i % 8);
  g_assert_true (
      oscar_flap_push (&framer, writer.bytes->data, writer.bytes->len, NULL));
  for (guint i = 0; i < 100; i++)
    {
      g_assert_cmpint (oscar_flap_next (&framer, &flap, NULL), ==,
                       OSCAR_FLAP_GOT);
      g_assert_cmphex (flap.sequence, ==, expected++);
      g_assert_cmpmem (flap.payload.pos, im_reader_left (&flap.payload),
                       "payload", i % 8);
    }
  g_assert_cmpint (oscar_flap_next (&framer, &flap, NULL), ==,
                   OSCAR_FLAP_NEED_MORE);
  g_assert_cmpuint (oscar_flap_waiting (&framer), ==, 0);
}

static void
test_flap_buffer (void)
{
  g_auto (OscarFlapFramer) framer = { NULL };
  g_auto (ImWriter) writer = { NULL };
  guint16 sequence = 0;
  guint got = 0;
  OscarFlap flap;

  g_test_summary ("what was handed out is forgotten: a long stream needs no "
                  "more room than its frames do");
  oscar_flap_framer_init (&framer);
  im_writer_init (&writer, G_MAXUINT16);
  for (guint i = 0; i < 1000; i++)
    oscar_flap_encode (&writer, OSCAR_FLAP_DATA, &sequence, "0123456789", 10);
  /* Always one byte short of a frame's end, so that something waits. */
  for (gsize pos = 0; pos < writer.bytes->len; pos += 15)
    {
      gsize len = MIN (15, writer.bytes->len - pos);

      g_assert_true (
          oscar_flap_push (&framer, writer.bytes->data + pos, len, NULL));
      while (oscar_flap_next (&framer, &flap, NULL) == OSCAR_FLAP_GOT)
        got++;
      g_assert_cmpuint (framer.buffer->len, <=, 3 * 16);
    }
  g_assert_cmpuint (got, ==, 1000);
}

static void
test_flap_ceiling (void)
{
  static const gsize sizes[] = { IM_MAX_FLAP_WAITING - 1, IM_MAX_FLAP_WAITING,
                                 IM_MAX_FLAP_WAITING + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_auto (OscarFlapFramer) framer = { NULL };
      g_autofree guint8 *bytes = g_malloc0 (sizes[i]);
      g_autoptr (GError) error = NULL;
      gboolean fits = sizes[i] <= IM_MAX_FLAP_WAITING;

      oscar_flap_framer_init (&framer);
      g_assert_true (oscar_flap_push (&framer, bytes, 10, &error));
      g_assert_cmpint (oscar_flap_push (&framer, bytes, sizes[i] - 10, &error),
                       ==, fits);
      if (!fits)
        assert_wire_error (error, TOO_LARGE);
    }
}

static void
test_flap_mark (void)
{
  g_auto (OscarFlapFramer) framer = { NULL };
  g_autoptr (GError) error = NULL;
  OscarFlap flap;

  g_test_summary ("a byte that begins no frame is told at once");
  oscar_flap_framer_init (&framer);
  g_assert_true (oscar_flap_push (&framer, "H", 1, NULL));
  g_assert_cmpint (oscar_flap_next (&framer, &flap, &error), ==,
                   OSCAR_FLAP_FAILED);
  assert_wire_error (error, MALFORMED);
}

static void
test_flap_truncated_signoff (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
    gboolean signoff;
  } cases[] = {
    { "\x2a\x04\x00\x74", 4, TRUE },
    { "\x2a\x04\x00", 3, FALSE },
    { "\x2a\x04\x00\x74\x00", 5, FALSE },
    { "\x2a\x02\x00\x74", 4, FALSE },
    { "", 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (OscarFlapFramer) framer = { NULL };

      oscar_flap_framer_init (&framer);
      oscar_flap_push (&framer, cases[i].bytes, cases[i].len, NULL);
      g_assert_cmpint (oscar_flap_at_truncated_signoff (&framer), ==,
                       cases[i].signoff);
    }
}

static void
write_tlvs (ImWriter *writer, guint n)
{
  for (guint i = 0; i < n; i++)
    oscar_tlv_write_empty (writer, (guint16)i);
}

static void
test_tlv_ceiling (void)
{
  for (guint n = IM_MAX_TLVS - 1; n <= IM_MAX_TLVS + 1; n++)
    {
      g_auto (ImWriter) writer = { NULL };
      g_autoptr (GError) block_error = NULL;
      g_autoptr (GError) chain_error = NULL;
      gboolean fits = n <= IM_MAX_TLVS;
      OscarTlvChain chain;
      OscarTlvStep step;
      OscarTlv tlv;
      ImReader reader;

      im_writer_init (&writer, G_MAXUINT16);
      im_writer_u16 (&writer, (guint16)n);
      write_tlvs (&writer, n);
      reader = reader_over (&writer);
      g_assert_cmpint (
          oscar_tlv_read_count_block (&reader, &chain, &block_error), ==, fits);
      if (!fits)
        {
          assert_wire_error (block_error, TOO_LARGE);
          g_assert_true (reader.pos == writer.bytes->data);
        }

      im_reader_init (&reader, writer.bytes->data + 2, writer.bytes->len - 2);
      oscar_tlv_chain_init (&chain, &reader);
      while ((step = oscar_tlv_next (&chain, &tlv, &chain_error)) ==
             OSCAR_TLV_GOT)
        ;
      g_assert_cmpint (step, ==, fits ? OSCAR_TLV_END : OSCAR_TLV_FAILED);
      if (!fits)
        assert_wire_error (chain_error, TOO_LARGE);
    }
}

static void
test_tlv_block_cut (void)
{
  static const guint8 bytes[] = { 0, 2, 0, 1, 0, 0, 0, 2, 0, 1 };
  g_autoptr (GError) error = NULL;
  OscarTlvChain chain;
  ImReader reader;

  g_test_summary ("a count block that is not all there leaves the cursor");
  im_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (oscar_tlv_read_count_block (&reader, &chain, &error));
  assert_wire_error (error, TRUNCATED);
  g_assert_true (reader.pos == bytes);
}

static void
test_tlv_widths (void)
{
  static const guint8 bytes[] = { 0x00, 0x00, 0x00, 0x07, 0x01 };
  static const struct
  {
    gsize len;
    gboolean readable;
  } cases[] = { { 0, FALSE }, { 1, TRUE }, { 2, TRUE },
                { 3, FALSE }, { 4, TRUE }, { 5, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      OscarTlv tlv = { 1, { NULL, NULL } };
      guint32 value = 0;

      im_reader_init (&tlv.value, bytes + 4 - MIN (cases[i].len, 4),
                      cases[i].len);
      g_assert_cmpint (oscar_tlv_uint (&tlv, &value, &error), ==,
                       cases[i].readable);
      if (cases[i].readable)
        g_assert_cmpuint (value, ==, 7);
      else
        assert_wire_error (error, MALFORMED);
    }
}

static void
test_name_ceiling (void)
{
  for (gsize len = IM_MAX_SCREEN_NAME - 1; len <= IM_MAX_SCREEN_NAME + 1; len++)
    {
      g_autofree guint8 *bytes = g_malloc (len + 1);
      g_autoptr (GError) error = NULL;
      gboolean fits = len <= IM_MAX_SCREEN_NAME;
      ImReader reader;
      OscarName name;

      /* Latin-1, so that every byte takes two as UTF-8. */
      memset (bytes + 1, 0xe9, len);
      bytes[0] = (guint8)len;
      im_reader_init (&reader, bytes, len + 1);
      g_assert_cmpint (oscar_text_read_name (&reader, &name, &error), ==, fits);
      if (fits)
        g_assert_cmpint (g_utf8_strlen (name.text, -1), ==, (glong)len);
      else
        assert_wire_error (error, TOO_LARGE);
    }
}

static void
test_foodgroups_ceiling (void)
{
  for (guint n = IM_MAX_FOODGROUPS - 1; n <= IM_MAX_FOODGROUPS + 1; n++)
    {
      g_autofree guint8 *bytes = g_malloc0 (n * 4);
      gboolean fits = n <= IM_MAX_FOODGROUPS;
      g_autoptr (GError) error = NULL;
      OscarFoodgroupVersions versions;
      OscarFoodgroups groups;
      ImReader reader;

      im_reader_init (&reader, bytes, n * 2);
      g_assert_cmpint (
          oscar_oservice_decode_foodgroups (&reader, &groups, &error), ==,
          fits);
      if (!fits)
        assert_wire_error (error, TOO_LARGE);
      g_clear_error (&error);
      im_reader_init (&reader, bytes, n * 4);
      g_assert_cmpint (
          oscar_oservice_decode_versions (&reader, &versions, &error), ==,
          fits);
      if (!fits)
        assert_wire_error (error, TOO_LARGE);
    }
}

static void
test_rates_ceiling (void)
{
  for (guint n = IM_MAX_RATE_CLASSES - 1; n <= IM_MAX_RATE_CLASSES + 1; n++)
    {
      g_autofree guint8 *bytes = g_malloc0 (2 + n * 35);
      g_autoptr (GError) error = NULL;
      OscarRates rates;
      ImReader reader;

      bytes[1] = (guint8)n;
      im_reader_init (&reader, bytes, 2 + n * 35);
      g_assert_cmpint (oscar_rate_decode_reply (&reader, &rates, &error), ==,
                       n <= IM_MAX_RATE_CLASSES);
      if (n > IM_MAX_RATE_CLASSES)
        assert_wire_error (error, TOO_LARGE);
      else
        g_assert_true (rates.long_form);
    }
}

static void
test_fragments_ceiling (void)
{
  for (guint n = IM_MAX_TEXT_FRAGMENTS - 1; n <= IM_MAX_TEXT_FRAGMENTS + 1; n++)
    {
      static const guint8 fragment[] = { 1, 1, 0, 5, 0, 0, 0, 0, 'x' };
      g_auto (ImWriter) writer = { NULL };
      g_autofree char *text = NULL;
      ImReader reader;

      im_writer_init (&writer, G_MAXUINT16);
      for (guint i = 0; i < n; i++)
        im_writer_raw (&writer, fragment, sizeof fragment);
      reader = reader_over (&writer);
      g_assert_true (oscar_icbm_dup_text (&reader, NULL, &text, NULL));
      g_assert_cmpuint (strlen (text), ==, MIN (n, IM_MAX_TEXT_FRAGMENTS));
    }
}

static void
test_oft_ceiling (void)
{
  for (guint len = IM_MAX_OFT_HEADER - 1; len <= IM_MAX_OFT_HEADER + 1; len++)
    {
      guint8 bytes[] = { 'O', 'F', 'T', '2', (guint8)(len >> 8), (guint8)len };
      g_autoptr (GError) error = NULL;
      ImReader reader;
      gsize found;

      im_reader_init (&reader, bytes, sizeof bytes);
      g_assert_cmpint (oscar_peer_oft_length (&reader, &found, &error), ==,
                       len <= IM_MAX_OFT_HEADER);
      if (len > IM_MAX_OFT_HEADER)
        assert_wire_error (error, TOO_LARGE);
    }
}

static void
test_oft_short (void)
{
  static const guint8 bytes[] = { 'O', 'F', 'T', '2', 0x00, 0xff };
  g_autoptr (GError) error = NULL;
  ImReader reader;
  gsize found;

  im_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (oscar_peer_oft_length (&reader, &found, &error));
  assert_wire_error (error, MALFORMED);
}

static void
test_snac_open (void)
{
  static const guint8 expected[] = { 0x2a, 0x02, 0x00, 0x07, 0x00, 0x0c,
                                     0x00, 0x01, 0x00, 0x04, 0x00, 0x00,
                                     0x00, 0x00, 0x00, 0x09, 0x00, 0x10 };
  g_auto (ImWriter) writer = { NULL };
  guint16 sequence = 7;
  gsize mark;

  im_writer_init (&writer, 64);
  mark = oscar_snac_open (&writer, &sequence, OSCAR_FG_OSERVICE,
                          OSCAR_OSERVICE_SERVICE_REQUEST, 9);
  im_writer_u16 (&writer, OSCAR_FG_BART);
  oscar_flap_close (&writer, mark);
  g_assert_cmpmem (writer.bytes->data, writer.bytes->len, expected,
                   sizeof expected);
  g_assert_cmpuint (sequence, ==, 8);
}

static void
assert_attributes (const OscarFeedbagItem *item, const char *hex)
{
  g_autoptr (GString) found = g_string_new (NULL);

  gsize len = 0;
  const guint8 *data = NULL;

  if (item->attributes != NULL)
    data = g_bytes_get_data (item->attributes, &len);
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (found, "%02x", data[i]);
  g_assert_cmpstr (found->str, ==, hex);
}

static void
test_feedbag_attributes (void)
{
  g_auto (OscarFeedbagItem) item = { NULL };
  g_autofree char *alias = NULL;

  g_test_summary ("an attribute is replaced where it stands, others stay");
  oscar_feedbag_item_set_name (&item, "joe");
  oscar_feedbag_item_set (&item, 0x7001, "\x01", 1);
  oscar_feedbag_item_set_string (&item, OSCAR_ATTR_ALIAS, "Joe");
  oscar_feedbag_item_set_u8 (&item, OSCAR_ATTR_PD_MODE, 4);
  assert_attributes (&item, "7001000101"
                            "013100034a6f65"
                            "00ca000104");

  oscar_feedbag_item_set_string (&item, OSCAR_ATTR_ALIAS, "J");
  assert_attributes (&item, "7001000101"
                            "013100014a"
                            "00ca000104");
  alias = oscar_feedbag_item_dup_string (&item, OSCAR_ATTR_ALIAS);
  g_assert_cmpstr (alias, ==, "J");

  oscar_feedbag_item_set_string (&item, OSCAR_ATTR_ALIAS, "");
  assert_attributes (&item, "7001000101"
                            "00ca000104");
  g_assert_cmpuint (oscar_feedbag_item_get_uint (&item, OSCAR_ATTR_PD_MODE, 1),
                    ==, 4);
  g_assert_cmpuint (oscar_feedbag_item_get_uint (&item, OSCAR_ATTR_PD_MASK, 1),
                    ==, 1);
  oscar_feedbag_item_unset (&item, 0x7001);
  oscar_feedbag_item_unset (&item, 0x7001);
  assert_attributes (&item, "00ca000104");
}

static void
test_feedbag_order (void)
{
  g_auto (OscarFeedbagItem) group = { NULL };

  oscar_feedbag_item_set_name (&group, "Friends");
  oscar_feedbag_item_add_to_order (&group, 0x0102);
  oscar_feedbag_item_add_to_order (&group, 0x0304);
  oscar_feedbag_item_add_to_order (&group, 0x0102);
  assert_attributes (&group, "00c8000401020304");
  oscar_feedbag_item_remove_from_order (&group, 0x0102);
  oscar_feedbag_item_remove_from_order (&group, 0x0999);
  assert_attributes (&group, "00c800020304");
  oscar_feedbag_item_remove_from_order (&group, 0x0304);
  assert_attributes (&group, "");
}

static void
test_feedbag_copy (void)
{
  /* "Caf\xe9" in group 1, with an alias. */
  static const guint8 bytes[] = { 0, 4, 'C', 'a', 'f',  0xe9, 0,    1, 0,  2,
                                  0, 0, 0,   5,   0x01, 0x31, 0x00, 1, 'x' };
  g_auto (OscarFeedbagItem) copy = { NULL };
  g_auto (ImWriter) writer = { NULL };
  OscarFeedbagItem item;
  ImReader reader;

  g_test_summary ("a copy writes the very bytes that came");
  im_reader_init (&reader, bytes, sizeof bytes);
  g_assert_true (oscar_feedbag_next_item (&reader, &item, NULL));
  oscar_feedbag_item_copy (&item, &copy);
  oscar_feedbag_item_clear (&item);
  g_assert_cmpstr (copy.name, ==, "Caf\xc3\xa9");
  g_assert_cmpuint (oscar_feedbag_item_size (&copy), ==, sizeof bytes);
  im_writer_init (&writer, G_MAXUINT16);
  oscar_feedbag_write_item (&writer, &copy);
  g_assert_cmpmem (writer.bytes->data, writer.bytes->len, bytes, sizeof bytes);

  oscar_feedbag_item_set_name (&copy, "Bar");
  g_assert_cmpuint (oscar_feedbag_item_size (&copy), ==, sizeof bytes - 1);
}

static void
test_feedbag_prefs (void)
{
  g_auto (OscarFeedbagItem) item = { NULL };

  oscar_feedbag_item_set_name (&item, "");
  for (guint pref = 0; pref < 80; pref++)
    {
      /* 32 and 33 share their place on the wire. */
      if (pref == 32)
        continue;
      g_assert_true (oscar_feedbag_item_get_pref (&item, pref, TRUE));
      oscar_feedbag_item_set_pref (&item, pref, pref % 3 == 0);
    }
  for (guint pref = 0; pref < 80; pref++)
    if (pref != 32)
      g_assert_cmpint (oscar_feedbag_item_get_pref (&item, pref, FALSE), ==,
                       pref % 3 == 0);
}

static void
test_user_caps (void)
{
  static const guint16 numbers[] = { OSCAR_CAP_UNICODE, OSCAR_CAP_DIRECT_IM };
  static const OscarCap *const others[] = { &oscar_cap_chat };
  static const guint8 shorts[] = { 0x13, 0x43 };
  g_auto (ImWriter) writer = { NULL };
  OscarUserInfo user = { 0 };

  g_test_summary ("capabilities are found in full and in short form");
  im_writer_init (&writer, G_MAXUINT16);
  oscar_userinfo_write_caps (&writer, numbers, G_N_ELEMENTS (numbers), others,
                             G_N_ELEMENTS (others));
  g_assert_cmpuint (writer.bytes->len, ==, 48);
  user.caps = reader_over (&writer);
  im_reader_init (&user.short_caps, shorts, sizeof shorts);
  g_assert_true (oscar_userinfo_has_short_cap (&user, OSCAR_CAP_UNICODE));
  g_assert_true (oscar_userinfo_has_short_cap (&user, OSCAR_CAP_SEND_FILE));
  g_assert_false (oscar_userinfo_has_short_cap (&user, OSCAR_CAP_ICON));
  g_assert_true (oscar_userinfo_has_cap (&user, &oscar_cap_chat));
  g_assert_false (oscar_userinfo_has_cap (&user, &oscar_cap_xtraz));
}

static void
test_icbm_too_long (void)
{
  g_autofree char *text = g_strnfill (IM_MAX_FLAP_SENT, 'x');
  g_auto (ImWriter) writer = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_test_summary ("a message that fits no frame fails as a whole");
  im_writer_init (&writer, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_text (&writer, 1, "joe", text, FALSE, 0);
  bytes = im_writer_finish (&writer, &error);
  g_assert_null (bytes);
  assert_wire_error (error, TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscar/flap/next/many", test_flap_many);
  g_test_add_func ("/oscar/flap/next/bad-mark", test_flap_mark);
  g_test_add_func ("/oscar/flap/push/room", test_flap_buffer);
  g_test_add_func ("/oscar/flap/push/ceiling", test_flap_ceiling);
  g_test_add_func ("/oscar/flap/truncated-signoff",
                   test_flap_truncated_signoff);
  g_test_add_func ("/oscar/snac/open", test_snac_open);
  g_test_add_func ("/oscar/tlv/ceiling", test_tlv_ceiling);
  g_test_add_func ("/oscar/tlv/count-block/cut", test_tlv_block_cut);
  g_test_add_func ("/oscar/tlv/uint/widths", test_tlv_widths);
  g_test_add_func ("/oscar/name/ceiling", test_name_ceiling);
  g_test_add_func ("/oscar/oservice/foodgroups/ceiling",
                   test_foodgroups_ceiling);
  g_test_add_func ("/oscar/oservice/rates/ceiling", test_rates_ceiling);
  g_test_add_func ("/oscar/icbm/fragments/ceiling", test_fragments_ceiling);
  g_test_add_func ("/oscar/icbm/send/too-long", test_icbm_too_long);
  g_test_add_func ("/oscar/feedbag/item/attributes", test_feedbag_attributes);
  g_test_add_func ("/oscar/feedbag/item/order", test_feedbag_order);
  g_test_add_func ("/oscar/feedbag/item/copy", test_feedbag_copy);
  g_test_add_func ("/oscar/feedbag/item/prefs", test_feedbag_prefs);
  g_test_add_func ("/oscar/userinfo/caps", test_user_caps);
  g_test_add_func ("/oscar/oft/length/ceiling", test_oft_ceiling);
  g_test_add_func ("/oscar/oft/length/short", test_oft_short);
  return g_test_run ();
}
