/* Text with style runs: what is kept, what is refused, where it is cut. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "im-text.h"

static const ImStyle plain = IM_STYLE_INIT;

static ImStyle
bold (void)
{
  ImStyle style = plain;

  style.flags = IM_STYLE_BOLD;
  return style;
}

/* Runs are in order, without gaps, none empty, and cover the text. */
static void
assert_covered (const ImText *text)
{
  gsize at = 0;

  for (guint i = 0; i < im_text_n_runs (text); i++)
    {
      const ImRun *run = im_text_run (text, i);

      g_assert_cmpuint (run->start, ==, at);
      g_assert_cmpuint (run->len, >, 0);
      at += run->len;
    }
  g_assert_cmpuint (at, ==, im_text_length (text));
  g_assert_cmpuint (at, ==, strlen (im_text_plain (text)));
  g_assert_true (g_utf8_validate (im_text_plain (text), -1, NULL));
}

static void
test_empty (void)
{
  g_autoptr (ImText) text = im_text_new ();
  g_autoptr (ImText) none = im_text_new_plain (NULL);
  g_autoptr (ImText) copy = im_text_copy (text);

  im_text_append (text, "", -1, NULL);
  im_text_append (text, "abc", 0, NULL);
  im_text_append (text, "\x01\x02", -1, NULL);
  g_assert_cmpuint (im_text_n_runs (text), ==, 0);
  g_assert_cmpstr (im_text_plain (text), ==, "");
  g_assert_cmpuint (im_text_length (none), ==, 0);
  g_assert_cmpuint (im_text_n_runs (copy), ==, 0);

  g_assert_cmpstr (im_text_plain (NULL), ==, "");
  g_assert_cmpuint (im_text_length (NULL), ==, 0);
  g_assert_cmpuint (im_text_n_runs (NULL), ==, 0);
  im_text_free (NULL);
}

static void
test_runs (void)
{
  g_autoptr (ImText) text = im_text_new_plain ("one ");
  ImStyle style = bold ();

  im_text_append (text, "two ", -1, &style);
  im_text_append (text, "three ", -1, &style);
  im_text_append (text, "four", -1, &plain);
  assert_covered (text);
  g_assert_cmpstr (im_text_plain (text), ==, "one two three four");
  g_assert_cmpuint (im_text_n_runs (text), ==, 3);
  g_assert_cmpuint (im_text_run (text, 1)->len, ==, strlen ("two three "));
  g_assert_cmpuint (im_text_run (text, 1)->style.flags, ==, IM_STYLE_BOLD);
}

/* Strings of a style are the text's own, and equal ones join runs. */
static void
test_strings (void)
{
  g_autoptr (ImText) text = im_text_new ();
  g_autoptr (ImText) copy = NULL;
  g_autofree char *font = g_strdup ("Arial");
  g_autofree char *link = g_strdup ("http://example.com/");
  ImStyle style = plain;

  style.font = font;
  style.link = link;
  im_text_append (text, "a", -1, &style);
  style.font = "Arial";
  im_text_append (text, "b", -1, &style);
  font[0] = link[0] = 'X';
  g_assert_cmpuint (im_text_n_runs (text), ==, 1);

  copy = im_text_copy (text);
  g_clear_pointer (&text, im_text_free);
  g_assert_cmpstr (im_text_run (copy, 0)->style.font, ==, "Arial");
  g_assert_cmpstr (im_text_run (copy, 0)->style.link, ==,
                   "http://example.com/");
  g_assert_cmpstr (im_text_plain (copy), ==, "ab");
}

/* An unsafe link leaves its words behind, without a seam. */
static void
test_unsafe_link (void)
{
  g_autoptr (ImText) text = im_text_new_plain ("see ");
  ImStyle style = plain;

  style.link = "javascript:alert(1)";
  im_text_append (text, "this", -1, &style);
  g_assert_cmpuint (im_text_n_runs (text), ==, 1);
  g_assert_null (im_text_run (text, 0)->style.link);
}

static void
test_repair (void)
{
  static const struct
  {
    const char *in;
    gssize len;
    const char *out;
  } rows[] = {
    { "a\tb\nc\rd\x7f\x01"
      "e",
      -1, "a\tb\ncde" },
    { "é\xc2\x9b"
      "1m\xc2\xa0",
      -1, "é1m\xc2\xa0" },
    { "a\0b", 3,
      "a\xef\xbf\xbd"
      "b" },
    { "\xc3(", -1, "\xef\xbf\xbd(" },
    { "é\x02漢\x1b[0m🙂", -1, "é漢[0m🙂" },
    { "\xed\xa0\x80", -1, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "0123456789\xff", -1, "0123456789\xef\xbf\xbd" },
    { "漢字", 4, "漢\xef\xbf\xbd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (ImText) text = im_text_new ();

      im_text_append (text, rows[i].in, rows[i].len, NULL);
      g_assert_cmpstr (im_text_plain (text), ==, rows[i].out);
      assert_covered (text);
    }
}

/* Styles at the limit of their number and beyond: the characters stay. */
static void
test_run_limit (void)
{
  g_autoptr (ImText) text = im_text_new ();
  ImStyle style = bold ();

  for (guint i = 1; i <= IM_MAX_TEXT_RUNS + 1; i++)
    {
      im_text_append (text, "x", 1, i % 2 ? &style : NULL);
      g_assert_cmpuint (im_text_n_runs (text), ==, MIN (i, IM_MAX_TEXT_RUNS));
    }
  g_assert_cmpuint (im_text_length (text), ==, IM_MAX_TEXT_RUNS + 1);
  assert_covered (text);
}

static void
test_truncate (void)
{
  const gsize whole = strlen ("aé") + strlen ("漢🙂");

  for (gsize max = 0; max <= whole + 1; max++)
    {
      g_autoptr (ImText) text = im_text_new_plain ("aé");
      ImStyle style = bold ();

      im_text_append (text, "漢🙂", -1, &style);
      g_assert_true (im_text_truncate (text, max) == (max < whole));
      g_assert_cmpuint (im_text_length (text), <=, max);
      assert_covered (text);
      /* No more than one character was given up for the boundary. */
      g_assert_cmpuint (im_text_length (text) + 4, >, MIN (max, whole));

      im_text_append (text, "!", 1, &style);
      assert_covered (text);
    }
}

static void
assert_halves (const char *text, const char *head, const char *tail)
{
  g_autoptr (ImText) whole = im_text_new_plain (text);
  g_autoptr (ImText) before = NULL;
  g_autoptr (ImText) after = NULL;

  g_assert_true (im_text_halve (whole, &before, &after));
  g_assert_cmpstr (im_text_plain (before), ==, head);
  g_assert_cmpstr (im_text_plain (after), ==, tail);
  assert_covered (before);
  assert_covered (after);
}

static void
test_halve (void)
{
  g_autoptr (ImText) word = im_text_new_plain ("漢字");
  g_autoptr (ImText) head = NULL;
  g_autoptr (ImText) tail = NULL;

  assert_halves ("one\ntwo\nthree and four", "one\ntwo", "three and four");
  assert_halves ("a\nb c d e f g h", "a", "b c d e f g h");
  assert_halves ("漢字 漢 字漢", "漢字 漢", "字漢");
  assert_halves ("aaaaaaaa b", "aaaaaaaa", "b");
  assert_halves ("a bbbbbbbb", "a", "bbbbbbbb");
  assert_halves ("\n", "", "");
  g_assert_false (im_text_halve (word, &head, &tail));
}

static void
test_slice (void)
{
  g_autoptr (ImText) text = im_text_new_plain ("aé");
  g_autoptr (ImText) part = NULL;
  ImStyle style = bold ();

  im_text_append (text, "漢🙂", -1, &style);
  part = im_text_slice (text, 1, 6);
  g_assert_cmpstr (im_text_plain (part), ==, "é漢");
  g_assert_cmpuint (im_text_n_runs (part), ==, 2);
  g_assert_cmpint (im_text_run (part, 0)->style.flags, ==, 0);
  g_assert_cmpint (im_text_run (part, 1)->style.flags, ==, IM_STYLE_BOLD);
  assert_covered (part);
}

static void
test_links (void)
{
  static const char *const good[] = {
    "http://example.com",  "HTTPS://example.com/?a=b&c=d#e",
    "ftp://example.com/x", "mailto:a@example.com",
    "xmpp:a@example.com",  "http://пример.example/путь",
    "http://[::1]:80/",    "http://example.com/it's",
  };
  static const char *const bad[] = {
    "",
    "example.com",
    "http:",
    "http://",
    "mailto:",
    "http:/example.com",
    " http://example.com",
    "http://example.com/a b",
    "http://example.com/\n",
    "http://example.com/\t",
    "http://example.com/\x7f",
    "http://example.com/\"onclick=",
    "http://example.com/<b>",
    "http://example.com\\@evil.example",
    "http://example.com/\xff",
    "http://example.com/\xe2\x80\xae"
    "cod.exe",
    "http://example.com/\xe2\x80\xa8",
    "http://example.com/\xc2\xa0",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "vbscript:x",
    "data:text/html,x",
    "file:///etc/passwd",
    "smb://host/share",
    "aim:goim?screenname=x",
    "\\\\host\\share",
    "//host/share",
    "/etc/passwd",
    "C:\\windows",
    "httpx://example.com",
    "javascript://http://",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (!im_text_link_ok (good[i]))
      g_error ("refused: %s", good[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (im_text_link_ok (bad[i]))
      g_error ("allowed: %s", bad[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/text/empty", test_empty);
  g_test_add_func ("/core/text/runs", test_runs);
  g_test_add_func ("/core/text/strings", test_strings);
  g_test_add_func ("/core/text/unsafe-link", test_unsafe_link);
  g_test_add_func ("/core/text/repair", test_repair);
  g_test_add_func ("/core/text/run-limit", test_run_limit);
  g_test_add_func ("/core/text/truncate", test_truncate);
  g_test_add_func ("/core/text/halve", test_halve);
  g_test_add_func ("/core/text/slice", test_slice);
  g_test_add_func ("/core/text/links", test_links);
  return g_test_run ();
}
