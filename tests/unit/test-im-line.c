/* Words and numbers of a line. */

#include <string.h>

#include <glib.h>

#include "im-line.h"

static void
assert_word (ImLine *line, const char *expected)
{
  g_autoptr (GError) error = NULL;
  ImWord word;

  g_assert_true (im_line_word (line, &word, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (word.text, word.len, expected, strlen (expected));
}

static void
test_words (void)
{
  static const char text[] = "NLN  a\302\240b last ";
  g_autoptr (GError) error = NULL;
  ImWord word = { "kept", 4 };
  ImLine line;

  im_line_init (&line, text, sizeof text - 1);
  assert_word (&line, "NLN");
  assert_word (&line, "");
  assert_word (&line, "a\302\240b");
  assert_word (&line, "last");
  g_assert_false (im_line_at_end (&line));
  assert_word (&line, "");
  g_assert_true (im_line_at_end (&line));
  g_assert_false (im_line_word (&line, &word, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED);
  g_assert_true (im_word_is (word, "kept"));
}

static void
test_empty (void)
{
  ImWord word;
  ImLine line;

  im_line_init (&line, NULL, 0);
  g_assert_true (im_line_at_end (&line));
  g_assert_false (im_line_word (&line, &word, NULL));
  g_assert_cmpuint (im_line_rest (&line).len, ==, 0);
}

static void
test_rest (void)
{
  ImLine line;

  im_line_init (&line, "a b  c", 6);
  assert_word (&line, "a");
  g_assert_true (im_word_is (im_line_rest (&line), "b  c"));
  g_assert_true (im_line_at_end (&line));
}

typedef struct
{
  const char *text;
  guint64 max;
  gint code; /* of the error, or -1 */
  guint64 value;
} NumberRow;

static const NumberRow decimal[] = {
  { "0", 0, -1, 0 },
  { "007", 10, -1, 7 },
  { "10", 10, -1, 10 },
  { "11", 10, IM_WIRE_ERROR_TOO_LARGE, 0 },
  { "9", 8, IM_WIRE_ERROR_TOO_LARGE, 0 },
  { "4294967295", G_MAXUINT32, -1, G_MAXUINT32 },
  { "4294967296", G_MAXUINT32, IM_WIRE_ERROR_TOO_LARGE, 0 },
  { "18446744073709551615", G_MAXUINT64, -1, G_MAXUINT64 },
  { "18446744073709551616", G_MAXUINT64, IM_WIRE_ERROR_TOO_LARGE, 0 },
  { "99999999999999999999999", G_MAXUINT64, IM_WIRE_ERROR_TOO_LARGE, 0 },
  { "", 10, IM_WIRE_ERROR_MALFORMED, 0 },
  { "-1", 10, IM_WIRE_ERROR_MALFORMED, 0 },
  { "+1", 10, IM_WIRE_ERROR_MALFORMED, 0 },
  { "12x", 100, IM_WIRE_ERROR_MALFORMED, 0 },
  { "a", 100, IM_WIRE_ERROR_MALFORMED, 0 },
};

static void
check_number (const NumberRow *row,
              gboolean (*read) (ImWord, guint64, guint64 *, GError **))
{
  g_autoptr (GError) error = NULL;
  guint64 value = 77;

  if (row->code >= 0)
    {
      g_assert_false (read (im_word (row->text), row->max, &value, &error));
      g_assert_error (error, IM_WIRE_ERROR, row->code);
      g_assert_cmpuint (value, ==, 77);
      return;
    }
  g_assert_true (read (im_word (row->text), row->max, &value, &error));
  g_assert_cmpuint (value, ==, row->value);
}

static void
test_numbers (void)
{
  static const NumberRow hex[] = {
    { "ff", 0xffffff, -1, 0xff },
    { "FF0000", 0xffffff, -1, 0xff0000 },
    { "1000000", 0xffffff, IM_WIRE_ERROR_TOO_LARGE, 0 },
    { "0x1", 0xff, IM_WIRE_ERROR_MALFORMED, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (decimal); i++)
    check_number (&decimal[i], im_word_number);
  for (guint i = 0; i < G_N_ELEMENTS (hex); i++)
    check_number (&hex[i], im_word_hex);
}

static void
test_number_stays (void)
{
  guint64 value;
  ImLine line;

  im_line_init (&line, "x 5", 3);
  g_assert_false (im_line_number (&line, 9, &value, NULL));
  assert_word (&line, "x");
  g_assert_true (im_line_number (&line, 9, &value, NULL));
  g_assert_cmpuint (value, ==, 5);
  g_assert_false (im_line_number (&line, 9, &value, NULL));
}

static void
test_cut (void)
{
  ImWord rest = im_word ("a=b=c");
  ImWord first;

  g_assert_true (im_word_cut (&rest, '=', &first));
  g_assert_true (im_word_is (first, "a"));
  g_assert_true (im_word_is (rest, "b=c"));
  g_assert_true (im_word_cut (&rest, '=', &first));
  g_assert_false (im_word_cut (&rest, '=', &first));
  g_assert_true (im_word_is (first, "c"));
  g_assert_cmpuint (rest.len, ==, 0);
  g_assert_false (im_word_cut (&rest, '=', &first));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/line/words", test_words);
  g_test_add_func ("/core/line/empty", test_empty);
  g_test_add_func ("/core/line/rest", test_rest);
  g_test_add_func ("/core/line/numbers", test_numbers);
  g_test_add_func ("/core/line/number-stays", test_number_stays);
  g_test_add_func ("/core/line/cut", test_cut);
  return g_test_run ();
}
