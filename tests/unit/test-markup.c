/* Markup both ways: tables, round trips, hostile input. */

#include <string.h>
#include <time.h>

#include <glib.h>

#include "im-limits.h"
#include "markup-html.h"

/* One line for a text: its runs as {style|characters}. */
static char *
describe (const ImText *text)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < im_text_n_runs (text); i++)
    {
      const ImRun *run = im_text_run (text, i);
      const ImStyle *style = &run->style;

      g_string_append_c (out, '{');
      for (guint flag = 0; flag < 6; flag++)
        if (style->flags & (1u << flag))
          g_string_append_c (out, "biusvp"[flag]);
      if (style->size != 0)
        g_string_append_printf (out, " size=%u", style->size);
      if (style->color != IM_COLOR_NONE)
        g_string_append_printf (out, " color=%06x", (guint)style->color);
      if (style->background != IM_COLOR_NONE)
        g_string_append_printf (out, " back=%06x", (guint)style->background);
      if (style->font != NULL)
        g_string_append_printf (out, " font=%s", style->font);
      if (style->link != NULL)
        g_string_append_printf (out, " link=%s", style->link);
      g_string_append_c (out, '|');
      g_string_append_len (out, im_text_plain (text) + run->start,
                           (gssize)run->len);
      g_string_append_c (out, '}');
    }
  return g_string_free (out, FALSE);
}

typedef struct
{
  const char *markup;
  const char *described;
} ParseRow;

static const ParseRow parse_rows[] = {
  { "", "" },
  { "hello", "{|hello}" },
  { "two\nlines", "{|two\nlines}" },

  /* As AOL's clients frame their messages. */
  { "<HTML><BODY BGCOLOR=\"#ffffff\"><FONT LANG=\"0\">hi there</FONT></BODY>"
    "</HTML>",
    "{|hi there}" },
  { "<HTML><BODY BGCOLOR=\"#ff8040\"><FONT FACE=\"Comic Sans MS\" SIZE=4 "
    "COLOR=#0000ff BACK=\"#ffff00\" PTSIZE=14>x</FONT></BODY></HTML>",
    "{ size=4 color=0000ff back=ffff00 font=Comic Sans MS|x}" },
  { "<BODY BGCOLOR=black>x</BODY>", "{ back=000000|x}" },
  { "<font ptsize=10>a</font><FONT ABSZ=24>b", "{ size=2|a}{ size=6|b}" },
  { "one<BR>two<br/>three<BR />", "{|one\ntwo\nthree\n}" },

  /* Styles: alone, nested, crossed, never closed, closed too often. */
  { "<b>b</b><i>i</i><u>u</u><s>s</s><sub>v</sub><sup>p</sup>",
    "{b|b}{i|i}{u|u}{s|s}{v|v}{p|p}" },
  { "<strong>a</strong><em>b</em><strike>c</strike><del>d</del>",
    "{b|a}{i|b}{s|cd}" },
  { "a<b>b<i>c</i>d</b>e", "{|a}{b|b}{bi|c}{b|d}{|e}" },
  { "<b>x<i>y</b>z</i>w", "{b|x}{bi|y}{i|z}{|w}" },
  { "<b>bold to the end", "{b|bold to the end}" },
  { "</b></font>plain</i>", "{|plain}" },
  { "<b><b>x</b>y</b>z", "{b|xy}{|z}" },
  { "<font color=red><font size=5>x</font>y</font>z",
    "{ size=5 color=ff0000|x}{ color=ff0000|y}{|z}" },

  /* Colours and sizes in every spelling. */
  { "<font color=\"#F80\">x", "{ color=ff8800|x}" },
  { "<font color=ff8000>x", "{ color=ff8000|x}" },
  { "<font color='rgb(1, 2,300)'>x", "{ color=0102ff|x}" },
  { "<font color=Navy>x", "{ color=000080|x}" },
  { "<font color=#12345>x", "{|x}" },
  { "<font color=nonsense>x", "{|x}" },
  { "<font color=\"rgb(1,2)\">x", "{|x}" },
  { "<font size=+2>a<font size=-1>b<font size=99>c<font size=0>d",
    "{ size=5|a}{ size=2|b}{ size=7|c}{ size=1|d}" },
  { "<font size=big>x", "{|x}" },
  { "<font face=\"Verdana, Arial, sans-serif\">x", "{ font=Verdana|x}" },
  { "<font face=\"a&lt;b\">x", "{|x}" },
  { "<font face=\"\" color=\"\" size=\"\">x", "{|x}" },

  /* What editors based on CSS write. */
  { "<span style='font-weight: bold; font-style:italic; "
    "text-decoration: underline line-through'>x</span>y",
    "{bius|x}{|y}" },
  { "<b><span style=\"font-weight:normal\">x</span>y</b>", "{|x}{b|y}" },
  { "<u><span style='text-decoration:none'>x</span></u>", "{|x}" },
  { "<span style='color: #ff0000; background: yellow; font-size: x-large; "
    "font-family: &quot;Times New Roman&quot;, serif'>x",
    "{ size=5 color=ff0000 back=ffff00 font=Times New Roman|x}" },
  { "<span style='font-size: 12.5pt'>a</span>"
    "<span style='font-size: 24px'>b</span>"
    "<span style='font-size: 3em; font-weight: 700; ;:;color'>c</span>",
    "{ size=3|a}{ size=5|b}{b|c}" },

  /* Links, and what must not be one. */
  { "<a href=\"http://example.com/?a=1&amp;b=2\">x</a>y",
    "{ link=http://example.com/?a=1&b=2|x}{|y}" },
  { "<A HREF=http://example.com/>x</A>", "{ link=http://example.com/|x}" },
  { "<a target=_blank href='mailto:a@b.example'>x",
    "{ link=mailto:a@b.example|x}" },
  { "<a href=\"javascript:alert(1)\">x</a>", "{|x}" },
  { "<a href=\"file:///etc/passwd\">x</a>", "{|x}" },
  { "<a href=\"data:text/html,x\">x</a>", "{|x}" },
  { "<a href=\"aim:goim?screenname=x\">x</a>", "{|x}" },
  { "<a href=\"smb://host/share\">x</a>", "{|x}" },
  { "<a href=\"\\\\host\\share\">x</a>", "{|x}" },
  { "<a href=\"java\nscript:alert(1)\">x</a>", "{|x}" },
  { "<a href=\"&#106;avascript:alert(1)\">x</a>", "{|x}" },
  { "<a href=\"http://a/&quot; onclick=&quot;x\">x</a>", "{|x}" },
  { "<a href=\"http://\">x</a>", "{|x}" },
  { "<a>x</a>", "{|x}" },

  /* References. */
  { "&lt;b&gt; &amp; &quot;q&quot; &apos;", "{|<b> & \"q\" '}" },
  { "&LT;&AMP;", "{|<&}" },
  { "&eacute;&szlig;&euro;&nbsp;.&yuml;", "{|é\xc3\x9f€ .ÿ}" },
  { "&#1078;&#x436;&#X436;", "{|жжж}" },
  { "&#128512;", "{|😀}" },
  { "&#146;", "{|’}" },
  { "&#0;&#xD800;&#xdfff;&#x110000;&#129;", "{|\xef\xbf\xbd\xef\xbf\xbd"
                                            "\xef\xbf\xbd\xef\xbf\xbd"
                                            "\xef\xbf\xbd}" },
  { "a&#7;b&#13;c&#10;d", "{|abc\nd}" },
  { "&#00000000000000000000000000000000000000000000000000000000000000065;",
    "{|A}" },
  { "&#99999999999999999999999999999999999999999999999999999999999999999;",
    "{|\xef\xbf\xbd}" },
  { "&#65 &#; &#x; &#xg; & &; &bogus; &amp", "{|&#65 &#; &#x; &#xg; & &; "
                                             "&bogus; &amp}" },
  { "?a=1&copy=2", "{|?a=1&copy=2}" },
  { "&amp;lt;", "{|&lt;}" },

  /* What looks like a tag and is none. */
  { "I <3 you", "{|I <3 you}" },
  { "a < b > c << d", "{|a < b > c << d}" },
  { "<", "{|<}" },
  { "</", "{|</}" },
  { "</>x", "{|</>x}" },
  { "<-- <", "{|<-- <}" },
  { "<b", "{|<b}" },
  { "<b <i>x</i>", "{|<b }{i|x}" },
  { "<http://example.com/>", "{|<http://example.com/>}" },
  { "<me@example.com>", "{|<me@example.com>}" },
  { "<font color=\"red>x", "{ color=ff0000|x}" },

  /* What is dropped. */
  { "a<blink>b</blink>c<x-y z>", "{|abc<x-y z>}" },
  { "a<!-- <b>hidden</b> -->b<!DOCTYPE html>c<?xml version='1.0'?>d",
    "{|abcd}" },
  { "a<!-- never closed", "{|a<!-- never closed}" },
  { "a<script>alert('<b>')</script>b", "{|ab}" },
  { "a<STYLE type=x>p { color: red }</style >b", "{|ab}" },
  { "<head><title>t</title></head>x", "{|x}" },
  { "a<script>alert(1)", "{|a}" },
  { "pic<IMG SRC=\"file:///x\" ID=1 DATASIZE=9>ture", "{|picture}" },
  { "a<BINARY><DATA ID=\"1\" SIZE=\"4\">\x01\x02<b></DATA></BINARY>b",
    "{|ab}" },
  { "a<BINARY><DATA ID=1 SIZE=999999>\x01\x02", "{|a}" },

  /* Blocks stand on lines of their own. */
  { "<p>one</p><p>two</p>", "{|one\ntwo}" },
  { "<div>one<br></div><div>two</div>three", "{|one\ntwo\nthree}" },
  { "<ul><li>a<li>b</ul>", "{|a\nb}" },
  { "a<hr>b", "{|a\nb}" },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (parse_rows); i++)
    {
      const ParseRow *row = &parse_rows[i];
      g_autoptr (ImText) text = markup_html_parse (row->markup, -1, MARKUP_AIM);
      g_autofree char *described = describe (text);

      g_assert_cmpstr (described, ==, row->described);
    }
}

/* libpurple means a white background when it says so. */
static void
test_parse_purple (void)
{
  g_autoptr (ImText) text = markup_html_parse (
      "<body bgcolor='#ffffff'><font back=\"#000\">x</font>y</body>", -1,
      MARKUP_PURPLE);
  g_autofree char *described = describe (text);

  g_assert_cmpstr (described, ==, "{ back=000000|x}{ back=ffffff|y}");
}

static void
test_parse_length (void)
{
  g_autoptr (ImText) cut =
      markup_html_parse ("<b>bold</b> more", 5, MARKUP_AIM);
  g_autoptr (ImText) nul = markup_html_parse ("a\0b", 3, MARKUP_AIM);
  g_autoptr (ImText) nuls =
      markup_html_parse ("&lt\0\0\0;<font color=red\0\0\0\0>x", 28, MARKUP_AIM);
  g_autoptr (ImText) wild =
      markup_html_parse ("<b>\xc3(\xff</b>", -1, MARKUP_AIM);

  g_assert_cmpstr (im_text_plain (cut), ==, "bo");
  g_assert_cmpstr (im_text_plain (nul), ==,
                   "a\xef\xbf\xbd"
                   "b");
  g_assert_true (g_str_has_prefix (im_text_plain (nuls), "&lt"));
  g_assert_cmpint (im_text_run (nuls, 0)->style.color, ==, IM_COLOR_NONE);
  g_assert_cmpstr (im_text_plain (wild), ==, "\xef\xbf\xbd(\xef\xbf\xbd");
}

static char *
convert (const char *markup, MarkupDialect from, MarkupDialect to)
{
  g_autoptr (ImText) text = markup_html_parse (markup, -1, from);

  return markup_html_print (text, to);
}

typedef struct
{
  const char *aim;
  const char *ascii; /* NULL where it is the same as aim */
  const char *purple;
} PrintRow;

static const PrintRow print_rows[] = {
  { "", NULL, "" },
  { "hello", NULL, "hello" },
  { "a &lt;b&gt; &amp; &quot;c&quot; 'd'", NULL,
    "a &lt;b&gt; &amp; &quot;c&quot; 'd'" },
  { "one<BR>two", NULL, "one<br>two" },
  { "<B>x</B>y", NULL, "<b>x</b>y" },
  { "<B>x<I>y</I></B><I>z</I>", NULL, "<b>x<i>y</i></b><i>z</i>" },
  { "<S><SUB>x</SUB></S><SUP>y</SUP>", NULL,
    "<s><sub>x</sub></s><sup>y</sup>" },
  { "<FONT FACE=\"Arial\" SIZE=\"4\" COLOR=\"#ff0000\" BACK=\"#00ff00\">"
    "x</FONT>",
    NULL,
    "<font face=\"Arial\" size=\"4\" color=\"#ff0000\" back=\"#00ff00\">"
    "x</font>" },
  { "<A HREF=\"http://a.example/?x=1&amp;y='2'\">a <B>b</B></A>c", NULL,
    "<a href=\"http://a.example/?x=1&amp;y='2'\">a <b>b</b></a>c" },
  { "é 漢 😀", "&#233; &#28450; &#128512;", "é 漢 😀" },
  { "<A HREF=\"http://ä.example/\">ö</A>",
    "<A HREF=\"http://&#228;.example/\">&#246;</A>",
    "<a href=\"http://ä.example/\">ö</a>" },
};

/* Each form reads as each other, and prints as itself again. */
static void
test_round_trips (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (print_rows); i++)
    {
      const PrintRow *row = &print_rows[i];
      const char *forms[3] = { row->aim,
                               row->ascii != NULL ? row->ascii : row->aim,
                               row->purple };

      for (guint from = 0; from < 3; from++)
        for (guint to = 0; to < 3; to++)
          {
            g_autofree char *printed =
                convert (forms[from], (MarkupDialect)from, (MarkupDialect)to);

            g_assert_cmpstr (printed, ==, forms[to]);
          }
    }
}

static void
test_ascii_is_ascii (void)
{
  g_autofree char *printed =
      convert ("<font face='Ünï'>\xc2\x80 \xef\xbf\xbd 🙂 \xf4\x8f\xbf\xbf",
               MARKUP_PURPLE, MARKUP_AIM_ASCII);

  g_assert_true (g_str_is_ascii (printed));
  g_assert_nonnull (strstr (printed, "&#128578;"));
}

typedef struct
{
  const char *markup;
  const char *plain;
} PlainRow;

static const PlainRow plain_rows[] = {
  { "", "" },
  { "a<br>b\nc", "a\r\nb\r\nc" },
  { "<b>x</b> &lt;y&gt;", "x <y>" },
  { "<a href=\"http://a.example/\">here</a>!", "here (http://a.example/)!" },
  { "<a href=\"http://a.example/\">he<b>re</b></a>!",
    "here (http://a.example/)!" },
  { "<a href=\"http://a.example/\">http://a.example/</a>",
    "http://a.example/" },
  { "<a href=\"http://a.example/\">a.example</a>", "a.example" },
  { "<a href=\"mailto:a@b.example\">a@b.example</a>", "a@b.example" },
  { "<a href=\"http://a.example\">b</a><a href=\"http://b.example\">b</a>",
    "b (http://a.example)b (http://b.example)" },
};

static void
test_plain (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (plain_rows); i++)
    {
      g_autoptr (ImText) text =
          markup_html_parse (plain_rows[i].markup, -1, MARKUP_PURPLE);
      g_autofree char *plain = markup_plain_print (text, "\r\n");

      g_assert_cmpstr (plain, ==, plain_rows[i].plain);
    }
}

/* As in plain text, and the style stays. */
static const PlainRow spelled_rows[] = {
  { "a <b>b</b>", "a <b>b</b>" },
  { "<a href=\"http://a.example/\">he<b>re</b></a>!",
    "he<b>re</b> (http://a.example/)!" },
  { "<a href=\"http://a.example/\">a.example</a>", "a.example" },
  { "<a href=\"http://a.example/?b&amp;c\">b</a>",
    "b (http://a.example/?b&amp;c)" },
};

static void
test_spell_links (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (spelled_rows); i++)
    {
      g_autoptr (ImText) text =
          markup_html_parse (spelled_rows[i].markup, -1, MARKUP_PURPLE);
      g_autoptr (ImText) spelled = markup_spell_links (text);
      g_autofree char *printed = markup_html_print (spelled, MARKUP_PURPLE);

      g_assert_cmpstr (printed, ==, spelled_rows[i].plain);
    }
}

static void
test_looks_html (void)
{
  g_assert_true (markup_looks_html ("<HTML><BODY>x"));
  g_assert_true (markup_looks_html (" \r\n<html lang=en>x"));
  g_assert_false (markup_looks_html ("<htmlish>"));
  g_assert_false (markup_looks_html ("<b>x</b>"));
  g_assert_false (markup_looks_html ("<html"));
  g_assert_false (markup_looks_html (""));
}

static void
test_expand (void)
{
  const MarkupTokens tokens = { "<Joe>", "1/2/2006", "3:04:05 PM" };
  const MarkupTokens none = { NULL, NULL, NULL };
  g_autoptr (ImText) text = markup_html_parse (
      "Hi <b>%n</b>, since %t on %d. 100%% %x %", -1, MARKUP_AIM);
  g_autoptr (ImText) expanded = markup_aim_expand (text, &tokens, 1024);
  g_autoptr (ImText) same = markup_aim_expand (text, &none, 1024);
  g_autofree char *printed = markup_html_print (expanded, MARKUP_PURPLE);

  g_assert_cmpstr (printed, ==,
                   "Hi <b>&lt;Joe&gt;</b>, since 3:04:05 PM on 1/2/2006. "
                   "100%% %x %");
  g_assert_cmpstr (im_text_plain (same), ==, im_text_plain (text));
}

static char *
repeat (const char *piece, gsize total)
{
  GString *out = g_string_sized_new (total + 16);

  while (out->len < total)
    g_string_append (out, piece);
  return g_string_free (out, FALSE);
}

/* Away texts made of placeholders once overflowed a buffer. */
static void
test_expand_bounded (void)
{
  g_autofree char *name = repeat ("N", IM_MAX_SCREEN_NAME);
  g_autofree char *many = repeat ("%n%d%t", 24000);
  const MarkupTokens tokens = { name, name, name };
  g_autoptr (ImText) text = im_text_new_plain (many);

  g_test_bug ("CVE-2005-2103");
  for (gsize max = IM_MAX_PROFILE_TEXT - 1; max <= IM_MAX_PROFILE_TEXT + 1;
       max++)
    {
      g_autoptr (ImText) out = markup_aim_expand (text, &tokens, max);

      g_assert_cmpuint (im_text_length (out), ==, max);
    }
}

/* 64 KiB of what once made parsers read everything again for every byte.
 * Ten times as much must take about ten times as long: quadratic ones take a
 * hundred times. */
static const char *const hostile[] = {
  "<",
  "<b",
  "<b ",
  "</",
  "<b><b><b>",
  "<b>x",
  "<b></b>",
  "</b>",
  "<!--",
  "<!-",
  "<!a ",
  "<?x ",
  "<a href=\"",
  "<a href='x\"",
  "<a \" =\"",
  "<a x=\"<a\" y='",
  "<a href=\"http://a\">",
  "<a href=\"http://a\"><b>x</b>",
  "<font color=red size=7 face=x>y",
  "<span style=\"color:red;color:blue\">y",
  "<script>",
  "<script></script>",
  "<BINARY><DATA ID=1>",
  "&",
  "&#",
  "&#0;",
  "&#99999999999999999999;",
  "&amp;",
  "&amp",
  "&aaaaaaaaaaaaaa",
  "<p>x",
  "<br>",
  "<div>",
  "\xff",
  "<b>\xff",
  "=\"",
};

static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64
time_of (const char *markup)
{
  gint64 start = cpu_time ();
  g_autoptr (ImText) text = markup_html_parse (markup, -1, MARKUP_AIM);
  g_autofree char *printed = markup_html_print (text, MARKUP_PURPLE);
  g_autofree char *plain = markup_plain_print (text, "\n");

  g_assert_true (g_utf8_validate (printed, -1, NULL));
  return cpu_time () - start;
}

static void
test_hostile_linear (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *small = repeat (hostile[i], 65536);
      g_autofree char *large = repeat (hostile[i], 655360);
      gint64 base = time_of (small);

      /* Caches may be unkind once, not three times in a row. */
      for (guint tries = 0; tries < 3; tries++)
        {
          gint64 taken = time_of (large);

          if (taken < 40 * MAX (base, 2000))
            break;
          g_assert_cmpuint (tries, <, 2);
          base = MAX (base, time_of (small));
        }
    }
}

/* Whatever comes in, what goes out is balanced, escaped, and reads back as
 * the same characters. */
static void
check_printed (const char *printed)
{
  GQueue open = G_QUEUE_INIT;

  for (const char *p = strchr (printed, '<'); p != NULL;
       p = strchr (p + 1, '<'))
    {
      gboolean closing = p[1] == '/';
      const char *name = p + 1 + closing;
      gsize len = strcspn (name, " >");
      g_autofree char *word = g_strndup (name, len);

      g_assert_nonnull (strchr (name, '>'));
      if (strcmp (word, "br") == 0)
        continue;
      if (!closing)
        {
          g_queue_push_tail (&open, g_steal_pointer (&word));
          continue;
        }
      g_autofree char *last = g_queue_pop_tail (&open);
      g_assert_cmpstr (last, ==, word);
    }
  g_assert_true (g_queue_is_empty (&open));
}

static const char *const soup[] = {
  "<b>",
  "</b>",
  "<i>",
  "</i>",
  "<a href=\"http://x.example/\">",
  "</a>",
  "<font color=red>",
  "<font face=\"A B\" size=3>",
  "</font>",
  "<br>",
  "<span style='font-weight:bold;color:#abc'>",
  "</span>",
  "<p>",
  "</p>",
  "text",
  "&lt;",
  "&#65;",
  "<",
  ">",
  "&",
  "\"",
  "'",
  "é",
  "\xc3",
  "<!--",
  "-->",
  "<script>",
  "</script>",
  "%n",
  " ",
  "\n",
  "<body bgcolor=red>",
};

static void
test_soup (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      GString *markup = g_string_new (NULL);
      guint pieces = (guint)g_test_rand_int_range (1, 40);

      while (pieces-- > 0)
        g_string_append (markup,
                         soup[g_test_rand_int_range (0, G_N_ELEMENTS (soup))]);

      g_autofree char *input = g_string_free (markup, FALSE);
      g_autoptr (ImText) text = markup_html_parse (input, -1, MARKUP_AIM);
      g_autofree char *printed = markup_html_print (text, MARKUP_PURPLE);
      g_autoptr (ImText) again = markup_html_parse (printed, -1, MARKUP_PURPLE);
      g_autofree char *first = describe (text);
      g_autofree char *second = describe (again);

      check_printed (printed);
      g_assert_cmpstr (second, ==, first);
    }
}

/* Depth at the limit and around it. */
static void
test_depth (void)
{
  for (guint depth = IM_MAX_MARKUP_DEPTH - 1; depth <= IM_MAX_MARKUP_DEPTH + 1;
       depth++)
    {
      GString *markup = g_string_new (NULL);

      for (guint i = 0; i + 1 < depth; i++)
        g_string_append (markup, "<b>");
      g_string_append (markup, "<i>x</i>");
      for (guint i = 0; i + 1 < depth; i++)
        g_string_append (markup, "</b>");
      g_string_append (markup, "y");

      g_autofree char *input = g_string_free (markup, FALSE);
      g_autoptr (ImText) text = markup_html_parse (input, -1, MARKUP_AIM);
      g_autofree char *described = describe (text);

      g_assert_cmpstr (described, ==,
                       depth <= IM_MAX_MARKUP_DEPTH ? "{bi|x}{|y}"
                                                    : "{b|x}{|y}");
    }
}

static void
test_link_length (void)
{
  for (gsize len = IM_MAX_LINK - 1; len <= IM_MAX_LINK + 1; len++)
    {
      g_autofree char *path = repeat ("a", len - strlen ("http://"));
      g_autofree char *markup =
          g_strdup_printf ("<a href=\"http://%s\">x</a>", path);
      g_autoptr (ImText) text = markup_html_parse (markup, -1, MARKUP_AIM);

      g_assert_cmpstr (im_text_plain (text), ==, "x");
      g_assert_true ((im_text_run (text, 0)->style.link != NULL) ==
                     (len <= IM_MAX_LINK));
    }
}

/* The most styles, links and fonts one message can hold must not print as
 * megabytes. */
static void
test_print_bounded (void)
{
  g_autofree char *font = repeat ("F", IM_MAX_FONT_NAME);
  g_autofree char *link = repeat ("l", IM_MAX_LINK - 16);
  g_autofree char *head = g_strdup_printf (
      "<a href=\"http://%s\"><font face=\"%s\" color=#123456>", link, font);
  g_autofree char *body = repeat ("a<b>b</b>", 60000);
  g_autofree char *markup = g_strconcat (head, body, NULL);
  g_autofree char *printed = convert (markup, MARKUP_AIM, MARKUP_PURPLE);

  g_assert_cmpuint (strlen (printed), <, 256 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/markup/parse", test_parse);
  g_test_add_func ("/markup/parse/purple", test_parse_purple);
  g_test_add_func ("/markup/parse/length", test_parse_length);
  g_test_add_func ("/markup/parse/depth", test_depth);
  g_test_add_func ("/markup/parse/link-length", test_link_length);
  g_test_add_func ("/markup/parse/hostile-linear", test_hostile_linear);
  g_test_add_func ("/markup/print/round-trips", test_round_trips);
  g_test_add_func ("/markup/print/ascii", test_ascii_is_ascii);
  g_test_add_func ("/markup/print/plain", test_plain);
  g_test_add_func ("/markup/print/spell-links", test_spell_links);
  g_test_add_func ("/markup/print/soup", test_soup);
  g_test_add_func ("/markup/print/bounded", test_print_bounded);
  g_test_add_func ("/markup/looks-html", test_looks_html);
  g_test_add_func ("/markup/aim/expand", test_expand);
  g_test_add_func ("/markup/aim/expand/bounded", test_expand_bounded);
  return g_test_run ();
}
