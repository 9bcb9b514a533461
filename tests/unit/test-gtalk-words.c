/* Bold and italic as marks, both ways. */

#include "gtalk-words.h"
#include "markup-html.h"

static void
check_mark (const char *html, const char *expected)
{
  g_autoptr (ImText) text = markup_html_parse (html, -1, MARKUP_PURPLE);
  g_autofree char *line = gtalk_words_mark (text);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_mark (void)
{
  static const char *const rows[][2] = {
    { "plain", "plain" },
    { "", "" },
    { "<b>bold</b>", "*bold*" },
    { "<i>it</i> and <s>out</s>", "_it_ and ~out~" },
    { "<b>two words</b> more", "*two words* more" },
    { "a<b> b </b>c", "a *b* c" },
    { "<b>a <i>b</i> c</b>", "*a _b_ c*" },
    { "<b>a</b><i>b</i>", "*a*_b_" },
    { "<b><i>both</i></b>", "*_both_*" },
    { "<b>one<br>two</b>", "*one*\n*two*" },
    { "<b> </b>", " " },
    { "a &lt; b &amp; c &gt; d", "a < b & c > d" },
    { "<b>&lt;b&gt;</b>", "*<b>*" },
    { "<u>under</u>", "under" },
    { "<a href=\"http://x.test/a_b\">http://x.test/a_b</a>",
      "http://x.test/a_b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_mark (rows[i][0], rows[i][1]);
}

static void
check_style (const char *line, const char *expected)
{
  g_autoptr (ImText) text = gtalk_words_style (line);
  g_autofree char *html = markup_html_print (text, MARKUP_PURPLE);

  /* Nothing is ever lost. */
  g_assert_cmpstr (im_text_plain (text), ==, line);
  g_assert_cmpstr (html, ==, expected);
}

static void
test_style (void)
{
  static const char *const rows[][2] = {
    { "plain", "plain" },
    { "*bold*", "<b>*bold*</b>" },
    { "a *b c* d", "a <b>*b c*</b> d" },
    { "_it_, ~out~.", "<i>_it_</i>, <s>~out~</s>." },
    { "*a _b_ c*", "<b>*a <i>_b_</i> c*</b>" },
    { "*_both_*", "<b>*<i>_both_</i>*</b>" },
    { "`*code*` *b*", "`*code*` <b>*b*</b>" },
    { "2*3*4", "2*3*4" },
    { "2 * 3 * 4", "2 * 3 * 4" },
    { "a_b_c", "a_b_c" },
    { "_foo_bar", "_foo_bar" },
    { "*é*è", "*é*è" },
    { "*open", "*open" },
    { "*open\nclosed*", "*open<br>closed*" },
    { "**", "**" },
    { "***", "***" },
    { "* a*", "* a*" },
    { "*a *", "*a *" },
    { "*<b>* & <i>", "<b>*&lt;b&gt;*</b> &amp; &lt;i&gt;" },
    { "```\n*a*\n```\n*b*", "```<br>*a*<br>```<br><b>*b*</b>" },
    { "> *quoted*", "&gt; <b>*quoted*</b>" },
    { "see http://x.test/_a_/b", "see http://x.test/_a_/b" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_style (rows[i][0], rows[i][1]);
}

/* Lines of nothing but marks take no longer than others. */
static void
test_torture (void)
{
  static const char *const pieces[] = { " *a", " *a _b ~c `d", "*_~`", "*_" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) line = g_string_new (NULL);
      g_autoptr (ImText) text = NULL;
      gint64 began = g_get_monotonic_time ();

      while (line->len < 1024 * 1024)
        g_string_append (line, pieces[i]);
      text = gtalk_words_style (line->str);
      g_assert_cmpstr (im_text_plain (text), ==, line->str);
      g_assert_cmpint (g_get_monotonic_time () - began, <,
                       20 * G_USEC_PER_SEC);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gtalk/words/mark", test_mark);
  g_test_add_func ("/gtalk/words/style", test_style);
  g_test_add_func ("/gtalk/words/torture", test_torture);
  return g_test_run ();
}
