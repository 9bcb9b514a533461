/* Markup of both dialects: the parser takes anything, and what the printer
 * makes of it reads back as the same text. */

#include <string.h>

#include "fuzz.h"
#include "im-limits.h"
#include "markup-html.h"

static void
check_text (const ImText *text)
{
  gsize at = 0;

  fuzz_assert_tidy (im_text_plain (text));
  g_assert_cmpuint (im_text_n_runs (text), <=, IM_MAX_TEXT_RUNS);
  for (guint i = 0; i < im_text_n_runs (text); i++)
    {
      const ImRun *run = im_text_run (text, i);

      g_assert_cmpuint (run->start, ==, at);
      g_assert_cmpuint (run->len, >, 0);
      g_assert_true (run->style.link == NULL ||
                     im_text_link_ok (run->style.link));
      at += run->len;
    }
  g_assert_cmpuint (at, ==, im_text_length (text));
}

/* Prints and reads back; the second print must equal the first. */
static void
check_round_trip (const ImText *text, MarkupDialect dialect)
{
  g_autofree char *printed = markup_html_print (text, dialect);
  g_autoptr (ImText) again = markup_html_parse (printed, -1, dialect);
  g_autofree char *reprinted = markup_html_print (again, dialect);

  fuzz_assert_tidy (printed);
  if (dialect == MARKUP_AIM_ASCII)
    g_assert_true (g_str_is_ascii (printed));
  g_assert_cmpstr (im_text_plain (again), ==, im_text_plain (text));
  g_assert_cmpstr (reprinted, ==, printed);
}

static void
check_plain (const ImText *text)
{
  const MarkupTokens tokens = { "%n<b>", "1/2/2006", "3:04" };
  g_autofree char *plain = markup_plain_print (text, "\n");
  g_autoptr (ImText) expanded = markup_aim_expand (text, &tokens, 256);

  fuzz_assert_tidy (plain);
  check_text (expanded);
  g_assert_cmpuint (im_text_length (expanded), <=, 256);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const MarkupDialect dialects[] = { MARKUP_AIM, MARKUP_AIM_ASCII,
                                            MARKUP_PURPLE };

  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      g_autoptr (ImText) text = markup_html_parse (
          size > 0 ? (const char *)data : "", (gssize)size, dialects[i]);

      check_text (text);
      check_round_trip (text, dialects[i]);
      check_plain (text);
    }
  return 0;
}
