/* The appending buffer: bytes, prefixes, and its ceiling. */

#include <string.h>

#include <glib.h>

#include "im-reader.h"
#include "im-writer.h"

static void
assert_written (ImWriter *writer, const void *expected, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = im_writer_finish (writer, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   expected, len);
}

static void
assert_too_large (ImWriter *writer)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (im_writer_finish (writer, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static void
test_integers (void)
{
  static const guint8 expected[] = { 1, 1, 2, 1, 2, 3, 4, 1, 2, 3, 4,
                                     5, 6, 7, 8, 2, 1, 4, 3, 2, 1 };
  g_auto (ImWriter) writer;

  im_writer_init (&writer, sizeof expected);
  im_writer_u8 (&writer, 0x01);
  im_writer_u16 (&writer, 0x0102);
  im_writer_u32 (&writer, 0x01020304);
  im_writer_u64 (&writer, G_GUINT64_CONSTANT (0x0102030405060708));
  im_writer_u16le (&writer, 0x0102);
  im_writer_u32le (&writer, 0x01020304);
  assert_written (&writer, expected, sizeof expected);
}

static void
test_strings (void)
{
  static const guint8 expected[] = { 2, 'a', 'b', 0, 0, 1, 'c', 0, 0, 'd' };
  g_auto (ImWriter) writer;

  im_writer_init (&writer, 64);
  im_writer_str8 (&writer, "ab");
  im_writer_str8 (&writer, NULL);
  im_writer_str16 (&writer, "c");
  im_writer_str16 (&writer, NULL);
  im_writer_raw (&writer, "d", 1);
  im_writer_raw (&writer, NULL, 0);
  assert_written (&writer, expected, sizeof expected);
}

/* A one-byte prefix holds 255 and not one more. */
static void
test_str8_limit (void)
{
  for (gsize len = 254; len <= 256; len++)
    {
      g_autofree char *text = g_strnfill (len, 'x');
      g_auto (ImWriter) writer;

      im_writer_init (&writer, 1024);
      im_writer_str8 (&writer, text);
      if (len > 255)
        assert_too_large (&writer);
      else
        {
          g_autoptr (GBytes) bytes = im_writer_finish (&writer, NULL);

          g_assert_cmpuint (g_bytes_get_size (bytes), ==, len + 1);
        }
    }
}

/* A two-byte prefix holds 65535 and not one more. */
static void
test_str16_limit (void)
{
  for (gsize len = 65534; len <= 65536; len++)
    {
      g_autofree char *text = g_strnfill (len, 'x');
      g_auto (ImWriter) writer;

      im_writer_init (&writer, 1 << 20);
      im_writer_str16 (&writer, text);
      if (len > 65535)
        assert_too_large (&writer);
      else
        {
          g_autoptr (GBytes) bytes = im_writer_finish (&writer, NULL);
          const guint8 *data = g_bytes_get_data (bytes, NULL);

          g_assert_cmpuint (g_bytes_get_size (bytes), ==, len + 2);
          g_assert_cmpuint (data[0] << 8 | data[1], ==, len);
        }
    }
}

static void
test_nested (void)
{
  static const guint8 expected[] = { 0,   7,   'a', 3, 0,    'b', 'c',
                                     'd', 'e', 0,   0, 0x12, 0x34 };
  g_auto (ImWriter) writer;
  gsize outer;
  gsize inner;
  gsize count;

  im_writer_init (&writer, 64);
  outer = im_writer_open16 (&writer);
  im_writer_raw (&writer, "a", 1);
  inner = im_writer_open16 (&writer);
  im_writer_raw (&writer, "bcd", 3);
  im_writer_close16le (&writer, inner);
  im_writer_raw (&writer, "e", 1);
  im_writer_close16 (&writer, outer);
  im_writer_close16 (&writer, im_writer_open16 (&writer));
  count = writer.bytes->len;
  im_writer_u16 (&writer, 0);
  im_writer_patch16 (&writer, count, 0x1234);
  assert_written (&writer, expected, sizeof expected);
}

/* One byte below, at and above the ceiling. */
static void
test_ceiling (void)
{
  for (gsize len = 15; len <= 17; len++)
    {
      g_auto (ImWriter) writer;

      im_writer_init (&writer, 16);
      for (gsize i = 0; i < len; i++)
        im_writer_u8 (&writer, (guint8)i);
      if (len > 16)
        assert_too_large (&writer);
      else
        g_assert_cmpuint (writer.bytes->len, ==, len);
    }
}

/* After the first thing that does not fit nothing is appended, and closing
 * and patching are harmless. */
static void
test_overflow_sticks (void)
{
  g_auto (ImWriter) writer;
  gsize mark;

  im_writer_init (&writer, 4);
  mark = im_writer_open16 (&writer);
  im_writer_raw (&writer, "abcdef", 6);
  im_writer_u8 (&writer, 1);
  g_assert_cmpuint (writer.bytes->len, ==, 2);
  im_writer_patch16 (&writer, mark, 7);
  im_writer_close16 (&writer, mark);
  mark = im_writer_open16 (&writer);
  im_writer_close16le (&writer, mark);
  assert_too_large (&writer);
}

static void
test_clear_twice (void)
{
  ImWriter writer;

  im_writer_init (&writer, 16);
  im_writer_u8 (&writer, 1);
  im_writer_clear (&writer);
  im_writer_clear (&writer);
  g_assert_null (writer.bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/writer/integers", test_integers);
  g_test_add_func ("/core/writer/strings", test_strings);
  g_test_add_func ("/core/writer/str8-limit", test_str8_limit);
  g_test_add_func ("/core/writer/str16-limit", test_str16_limit);
  g_test_add_func ("/core/writer/nested", test_nested);
  g_test_add_func ("/core/writer/ceiling", test_ceiling);
  g_test_add_func ("/core/writer/overflow-sticks", test_overflow_sticks);
  g_test_add_func ("/core/writer/clear-twice", test_clear_twice);
  return g_test_run ();
}
