/* The gate from wire text to UTF-8. */

#include <string.h>

#include <glib.h>

#include "im-charset.h"

#define R "\xef\xbf\xbd" /* U+FFFD */

typedef struct
{
  const char *bytes;
  gsize len;
  const char *charset;
  const char *fallback;
  const char *utf8;
} Row;

#define BYTES(text) text, sizeof text - 1

static const Row rows[] = {
  { BYTES (""), "UTF-8", NULL, "" },
  { BYTES ("plain text that is longer than one word"), "US-ASCII", NULL,
    "plain text that is longer than one word" },
  { BYTES ("plain"), "no-such-charset", NULL, "plain" },

  /* Control characters, line ends, NUL. */
  { BYTES ("a\r\nb\rc\nd\te"), "US-ASCII", NULL, "a\nb\nc\nd\te" },
  { BYTES ("\r\n\r\n\r"), "UTF-8", NULL, "\n\n\n" },
  { BYTES ("a\0b\x01\x02\x1f\x7f\0"), "UTF-8", NULL, "ab" },
  { BYTES ("a\0é"), "UTF-8", NULL, "aé" },
  { BYTES ("a\xc2\x9b"
           "31m\xc2\x80\xc2\x9f\xc2\xa0"),
    "UTF-8", NULL, "a31m\xc2\xa0" },
  { BYTES ("\0a\0\x9b\0b"), "UTF-16BE", NULL, "ab" },
  { BYTES ("a\0\xe9"), "ISO-8859-1", NULL, "aé" },
  { BYTES ("a\0\xe9"), "WINDOWS-1251", NULL, "aй" },
  { BYTES ("12345678\x07"
           "9abcdefgh\x7fij"),
    "US-ASCII", NULL, "123456789abcdefghij" },

  /* Valid, of every length, and on the edges of Unicode. */
  { BYTES ("é ё 漢 🙂"), "utf-8", NULL, "é ё 漢 🙂" },
  { BYTES ("é ё 漢 🙂"), "UTF8", "ISO-8859-1", "é ё 漢 🙂" },
  { BYTES ("\xf4\x8f\xbf\xbf\xef\xbf\xbe\xee\x80\x80"), "UTF-8", NULL,
    "\xf4\x8f\xbf\xbf\xef\xbf\xbe\xee\x80\x80" },
  { BYTES ("\xef\xbb\xbfx"), "UTF-8", NULL, "x" },
  { BYTES ("\xef\xbb\xbf\xef\xbb\xbfx\xef\xbb\xbf"), "UTF-8", NULL, "x" },
  { BYTES ("a\xe2\x80\xae"
           "b\xe2\x81\xa6"
           "c"),
    "UTF-8", NULL,
    "a\xe2\x80\xae"
    "b\xe2\x81\xa6"
    "c" },
  { BYTES ("👨‍👩‍👧"), "UTF-8", NULL, "👨‍👩‍👧" },

  /* Not UTF-8. */
  { BYTES ("\xc3\x28"), "UTF-8", NULL, R "(" },
  { BYTES ("\xa0\xa1"), "UTF-8", NULL, R R },
  { BYTES ("\xe2\x28\xa1"), "UTF-8", NULL, R "(" R },
  { BYTES ("\xf0\x28\x8c\xbc"), "UTF-8", NULL, R "(" R R },
  { BYTES ("\xed\xa0\x80"), "UTF-8", NULL, R R R },
  { BYTES ("\xf4\x90\x80\x80"), "UTF-8", NULL, R R R R },
  { BYTES ("\xc0\xaf"), "UTF-8", NULL, R R },
  { BYTES ("\xfe\xff"), "UTF-8", NULL, R R },
  { BYTES ("a\xe2\x82"), "UTF-8", NULL, "a" R R },

  /* The same, with somewhere to fall back to. */
  { BYTES ("caf\xe9"), "UTF-8", "ISO-8859-1", "café" },
  { BYTES ("\xef\xf0\xe8\xe2\xe5\xf2"), "UTF-8", "WINDOWS-1251", "привет" },
  { BYTES ("caf\xe9"), "US-ASCII", "ISO-8859-1", "café" },
  { BYTES ("café"), "US-ASCII", "ISO-8859-1", "café" },
  { BYTES ("caf\xe9"), "US-ASCII", NULL, "caf" R },

  /* One label for two encodings. */
  { BYTES ("\x93quoted\x94 \x80 5"), "ISO-8859-1", NULL, "“quoted” € 5" },
  { BYTES ("\x81\x8d\xff"), "WINDOWS-1252", NULL, R R "ÿ" },
  { BYTES ("caf\xc3\xa9"), "ISO-8859-1", NULL, "cafÃ©" },
  { BYTES ("\xef\xf0\xe8\xe2\xe5\xf2"), "windows-1251", NULL, "привет" },
  { BYTES ("\xf0\xd2\xc9\xd7\xc5\xd4"), "KOI8-R", NULL, "Привет" },
  { BYTES ("\x82\xa0\x83\x41"), "SHIFT_JIS", NULL, "あア" },
  { BYTES ("\x82\xa0\xff\x83"), "SHIFT_JIS", NULL, "あ" R R },

  /* A byte its code page lacks costs one character, not the text. */
  { BYTES ("\xef\xf0\x98\xe2"), "WINDOWS-1251", NULL, "пр" R "в" },

  /* UTF-16: big-endian, marks, surrogates whole and broken, odd ends. */
  { BYTES ("\0h\0i"), "UTF-16BE", NULL, "hi" },
  { BYTES ("\x04\x16\xd8\x3d\xde\x00"), "utf-16be", NULL, "Ж😀" },
  { BYTES ("\x04\x16"), "unicode-2-0", NULL, "Ж" },
  { BYTES ("\xfe\xff\0h\0i"), "UTF-16BE", NULL, "hi" },
  { BYTES ("\xff\xfeh\0i\0"), "UTF-16BE", NULL, "hi" },
  { BYTES ("\xff\xfe\x16\x04\x3d\xd8\x00\xde"), "UTF-16BE", NULL, "Ж😀" },
  { BYTES ("\xd8\x00\0a"), "UTF-16BE", NULL, R "a" },
  { BYTES ("\xdc\x00\0a"), "UTF-16BE", NULL, R "a" },
  { BYTES ("\xd8\x00\xd8\x3d\xde\x00"), "UTF-16BE", NULL, R "😀" },
  { BYTES ("\0a\xd8\x3d"), "UTF-16BE", NULL, "a" R },
  { BYTES ("\0a\xd8\x3d\xde"), "UTF-16BE", NULL, "a" R },
  { BYTES ("\0a\0"), "UTF-16BE", NULL, "a" },
  { BYTES ("\0"), "UTF-16BE", NULL, "" },
  { BYTES ("\0a\0\0\0b\0\r\0\n\0c"), "UTF-16BE", NULL, "ab\nc" },

  /* Labels that are attacks or nonsense. */
  { BYTES ("caf\xe9"), "../../../tmp/evil", NULL, "caf" R },
  { BYTES ("caf\xe9"), "UTF-8//IGNORE", NULL, "caf" R },
  { BYTES ("caf\xe9"), "", NULL, "caf" R },
  { BYTES ("caf\xe9"), "ISO-2022-JP-3", "ISO-8859-1", "café" },
  { BYTES ("caf\xe9"), "ISO-2022-CN-EXT", "%s%n", "caf" R },
};

static void
test_to_utf8 (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      g_autofree guint8 *bytes = g_memdup2 (row->bytes, row->len);
      g_autofree char *utf8 =
          im_charset_to_utf8 (bytes, row->len, row->charset, row->fallback);

      if (strcmp (utf8, row->utf8) != 0)
        g_test_message ("row %u", i);
      g_assert_cmpstr (utf8, ==, row->utf8);
    }
}

static void
test_guess (void)
{
  g_autofree char *utf8 =
      im_charset_guess_to_utf8 ((const guint8 *)"Ж", 2, "KOI8-R");
  g_autofree char *latin =
      im_charset_guess_to_utf8 ((const guint8 *)"\xe9", 1, NULL);
  g_autofree char *koi =
      im_charset_guess_to_utf8 ((const guint8 *)"\xf0", 1, "KOI8-R");
  g_autofree char *none = im_charset_guess_to_utf8 (NULL, 0, NULL);

  g_assert_cmpstr (utf8, ==, "Ж");
  g_assert_cmpstr (latin, ==, "é");
  g_assert_cmpstr (koi, ==, "П");
  g_assert_cmpstr (none, ==, "");
}

/* A label as long as a message is no name. */
static void
test_long_label (void)
{
  g_autofree char *label = g_strnfill (4096, 'A');
  g_autofree char *utf8 =
      im_charset_to_utf8 ((const guint8 *)"\xe9", 1, label, "ISO-8859-1");

  g_assert_cmpstr (utf8, ==, "é");
}

static gboolean
is_tidy (const char *utf8)
{
  for (const char *p = utf8; *p != '\0'; p++)
    if (((guchar)*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f)
      return FALSE;
  return g_utf8_validate (utf8, -1, NULL);
}

/* Random bytes under every label: always tidy text. */
static void
test_anything (void)
{
  static const char *const labels[] = {
    "UTF-8",        "UTF-16BE", "US-ASCII", "ISO-8859-1",  "KOI8-R", "UTF-7",
    "WINDOWS-1251", "GB18030",  "EUC-JP",   "ISO-2022-JP", "bogus",  "UTF-16LE"
  };

  for (guint round = 0; round < 2000; round++)
    {
      gsize len = (gsize)g_test_rand_int_range (0, 80);
      g_autofree guint8 *bytes = g_malloc (len + 1);

      for (gsize i = 0; i < len; i++)
        bytes[i] = (guint8)g_test_rand_int_range (0, 256);
      for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
        {
          g_autofree char *one =
              im_charset_to_utf8 (bytes, len, labels[i], NULL);
          g_autofree char *two = im_charset_to_utf8 (
              bytes, len, labels[i], labels[round % G_N_ELEMENTS (labels)]);

          g_assert_true (is_tidy (one));
          g_assert_true (is_tidy (two));
        }
    }
}

/* One control character at every place of texts of every length around the
 * word size of the fast path. */
static void
test_ascii_edges (void)
{
  static const char marks[] = { '\0', '\x1f', '\x7f', '\t', '~', '\x80' };

  for (gsize len = 1; len <= 25; len++)
    for (gsize at = 0; at < len; at++)
      for (guint m = 0; m < sizeof marks; m++)
        {
          g_autofree char *bytes = g_strnfill (len, ' ');
          g_autofree char *utf8 = NULL;
          gsize expected = m < 3 ? len - 1 : m < 5 ? len : len + 2;

          bytes[at] = marks[m];
          utf8 = im_charset_to_utf8 ((const guint8 *)bytes, len, "UTF-8", NULL);
          g_assert_cmpuint (strlen (utf8), ==, expected);
          g_assert_true (is_tidy (utf8));
        }
}

/* Tens of thousands of combining marks are text like any other. */
static void
test_combining (void)
{
  GString *marks = g_string_new ("a");
  g_autofree char *utf8 = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (marks, "\xcc\x81");
  utf8 = im_charset_to_utf8 ((const guint8 *)marks->str, marks->len, "UTF-8",
                             NULL);
  g_assert_cmpstr (utf8, ==, marks->str);
  g_string_free (marks, TRUE);
}

static void
test_from_utf8 (void)
{
  static const struct
  {
    const char *utf8;
    const char *charset;
    const char *bytes; /* NULL where a character is missing */
    gsize len;
  } out[] = {
    { "", "UTF-16BE", BYTES ("") },
    { "hi", "US-ASCII", BYTES ("hi") },
    { "hi", "UTF-16BE", BYTES ("\0h\0i") },
    { "Ж😀", "UTF-16BE", BYTES ("\x04\x16\xd8\x3d\xde\x00") },
    { "\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "unicode-2-0",
      BYTES ("\xff\xff\xd8\x00\xdc\x00\xdb\xff\xdf\xff") },
    { "Ж", "UTF-8", BYTES ("Ж") },
    { "café", "ISO-8859-1", BYTES ("caf\xe9") },
    { "привет", "WINDOWS-1251", BYTES ("\xef\xf0\xe8\xe2\xe5\xf2") },
    { "漢", "ISO-8859-1", NULL, 0 },
    { "é", "US-ASCII", NULL, 0 },
    { "é", "../evil", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (out); i++)
    {
      g_autoptr (GBytes) bytes =
          im_charset_from_utf8 (out[i].utf8, out[i].charset);

      if (out[i].bytes == NULL)
        {
          g_assert_null (bytes);
          continue;
        }
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                       out[i].bytes, out[i].len);
    }
}

static void
test_tidy (void)
{
  g_autofree char *text = im_charset_tidy ("a\r\nb\x01\xff");
  g_autofree char *line = im_charset_tidy_line (" a\r\nb\tc ");

  g_assert_cmpstr (text, ==, "a\nb\xef\xbf\xbd");
  g_assert_cmpstr (line, ==, "a b c");
  g_assert_null (im_charset_tidy (""));
  g_assert_null (im_charset_tidy (NULL));
  g_assert_null (im_charset_tidy_line (" \n "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/charset/to-utf8", test_to_utf8);
  g_test_add_func ("/core/charset/guess", test_guess);
  g_test_add_func ("/core/charset/long-label", test_long_label);
  g_test_add_func ("/core/charset/anything", test_anything);
  g_test_add_func ("/core/charset/ascii-edges", test_ascii_edges);
  g_test_add_func ("/core/charset/combining", test_combining);
  g_test_add_func ("/core/charset/from-utf8", test_from_utf8);
  g_test_add_func ("/im-charset/tidy", test_tidy);
  return g_test_run ();
}
