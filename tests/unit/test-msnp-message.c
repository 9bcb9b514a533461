/* Messages: headers and bodies, texts and their looks, parts. */

#include <string.h>

#include <glib.h>

#include "msnp-mime.h"
#include "msnp-text.h"

#define TEXT_HEAD                                                              \
  "MIME-Version: 1.0\r\n"                                                      \
  "Content-Type: text/plain; charset=UTF-8\r\n"

static void
decode (MsnpMime *mime, const void *payload, gsize len)
{
  g_autoptr (GError) error = NULL;
  ImReader reader;

  im_reader_init (&reader, payload, len);
  g_assert_true (msnp_mime_decode (&reader, mime, &error));
  g_assert_no_error (error);
}

static void
decode_text (MsnpMime *mime, const char *payload)
{
  decode (mime, payload, strlen (payload));
}

/* SEC-M-04: any of the parts of a message may be missing. */
static void
test_shapes (void)
{
  static const struct
  {
    const char *payload;
    guint n_headers;
    const char *body;
  } rows[] = {
    { "", 0, "" },
    { "\r\n", 0, "" },
    { "\r\nbody", 0, "body" },
    { "A: b", 1, "" },
    { "A: b\r\n", 1, "" },
    { "A: b\r\n\r\n", 1, "" },
    { "A: b\nC:d\n\nx\ny", 2, "x\ny" },
    { "A: b\r\n\tc\r\nD:\r\n\r\n", 2, "" },
    { "no header\r\n: none\r\nA: b\r\n\r\n", 1, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (MsnpMime) mime = { NULL };
      g_autofree char *body = NULL;

      decode_text (&mime, rows[i].payload);
      body = msnp_mime_dup_body (&mime);
      g_assert_cmpuint (mime.n_headers, ==, rows[i].n_headers);
      g_assert_cmpstr (body, ==, rows[i].body);
    }
}

static void
test_headers (void)
{
  g_auto (MsnpMime) mime = { NULL };
  g_autofree char *shown = NULL;

  decode_text (&mime, "content-TYPE:text/Plain\r\nFolded: a\r\n\tb\r\n"
                      "Name: caf\351\033\r\n\r\n");
  g_assert_true (msnp_mime_is (&mime, "text/plain"));
  g_assert_false (msnp_mime_is (&mime, "text/plai"));
  g_assert_cmpstr (msnp_mime_get (&mime, "FOLDED"), ==, "a  \tb");
  g_assert_null (msnp_mime_get (&mime, "Fold"));
  shown = msnp_mime_dup (&mime, "name");
  g_assert_cmpstr (shown, ==, "caf\303\251");
}

static void
test_header_ceiling (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (MsnpMime) mime = { NULL };
  g_autoptr (GError) error = NULL;
  ImReader reader;

  for (guint i = 0; i < IM_MAX_MIME_HEADERS; i++)
    g_string_append (text, "A: b\r\n");
  decode_text (&mime, text->str);
  msnp_mime_clear (&mime);
  g_string_append (text, "A: b\r\n");
  im_reader_init (&reader, text->str, text->len);
  g_assert_false (msnp_mime_decode (&reader, &mime, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

/* SEC-M-20: charsets that lie, or do not exist. */
static void
test_charsets (void)
{
  static const struct
  {
    const char *type;
    const char *body;
    const char *text;
  } rows[] = {
    { "text/plain; charset=UTF-8", "caf\303\251", "caf\303\251" },
    { "text/plain; charset=\"utf-8\"", "caf\303\251", "caf\303\251" },
    { "text/plain; charset=UTF-8", "caf\351", "caf\303\251" },
    { "text/plain; charset=ISO-8859-1", "caf\351", "caf\303\251" },
    { "text/plain; charset=no-such-thing", "caf\351", "caf\303\251" },
    { "text/plain; charset=", "a", "a" },
    { "text/plain; charset=\"", "a", "a" },
    { "text/plain", "a\r\nb\033", "a\nb" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *payload = g_strconcat ("Content-Type: ", rows[i].type,
                                              "\r\n\r\n", rows[i].body, NULL);
      g_auto (MsnpMime) mime = { NULL };
      g_autofree char *text = NULL;

      decode_text (&mime, payload);
      text = msnp_mime_dup_body (&mime);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static char *
written (void (*write) (ImWriter *writer))
{
  g_autoptr (GBytes) bytes = NULL;
  ImWriter writer;

  im_writer_init (&writer, 1000);
  write (&writer);
  bytes = im_writer_finish (&writer, NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
write_typing (ImWriter *writer)
{
  msnp_mime_encode_typing (writer, "alice@example.com");
}

/* Sizes are those a local Escargot counted; the bytes are those small clients
 * compare literally. */
static void
test_controls (void)
{
  g_autofree char *typing = written (write_typing);
  g_autofree char *nudge = written (msnp_mime_encode_nudge);
  g_auto (MsnpMime) mime = { NULL };

  g_assert_cmpstr (typing, ==,
                   "MIME-Version: 1.0\r\n"
                   "Content-Type: text/x-msmsgscontrol\r\n"
                   "TypingUser: alice@example.com\r\n\r\n\r\n");
  g_assert_cmpstr (nudge, ==,
                   "MIME-Version: 1.0\r\n"
                   "Content-Type: text/x-msnmsgr-datacast\r\n\r\n"
                   "ID: 1\r\n\r\n");
  decode_text (&mime, nudge);
  g_assert_cmpuint (msnp_mime_datacast (&mime), ==, 1);
}

static void
test_datacasts (void)
{
  static const struct
  {
    const char *body;
    guint id;
  } rows[] = {
    { "ID: 2\r\nData: <msnobj/>\r\n", 2 },
    { "ID: x", 0 },
    { "ID: -1", 0 },
    { "ID: 99999999999", 0 },
    { "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *payload =
          g_strconcat ("A: b\r\n\r\n", rows[i].body, NULL);
      g_auto (MsnpMime) mime = { NULL };

      decode_text (&mime, payload);
      g_assert_cmpuint (msnp_mime_datacast (&mime), ==, rows[i].id);
    }
}

static ImText *
text_of (const char *format, const char *body)
{
  g_autofree char *payload = g_strconcat (TEXT_HEAD "X-MMS-IM-Format: ", format,
                                          "\r\n\r\n", body, NULL);
  g_auto (MsnpMime) mime = { NULL };

  decode_text (&mime, payload);
  return msnp_text_decode (&mime);
}

static void
test_formats (void)
{
  static const struct
  {
    const char *format;
    ImStyleFlags flags;
    gint32 color;
    const char *font;
  } rows[] = {
    { "FN=Segoe%20UI; EF=BI; CO=ff; CS=1; PF=0; RL=1",
      IM_STYLE_BOLD | IM_STYLE_ITALIC, 0xff0000, "Segoe UI" },
    { "FN=Arial; EF=; CO=0; CS=0; PF=0", 0, IM_COLOR_NONE, "Arial" },
    { "EF=us;CO=ff0000", IM_STYLE_UNDERLINE | IM_STYLE_STRIKE, 0x0000ff, NULL },
    { "CO=FF00", 0, 0x00ff00, NULL },
    { "CO=1ff0000", 0, IM_COLOR_NONE, NULL },
    { "CO=", 0, IM_COLOR_NONE, NULL },
    { "FN=; EF; =; ;;; CO", 0, IM_COLOR_NONE, NULL },
    { "FN=a%0Ab%1B", 0, IM_COLOR_NONE, "a b" },
    { "FN=A; FN=B", 0, IM_COLOR_NONE, "A" },
    { "", 0, IM_COLOR_NONE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (ImText) text = text_of (rows[i].format, "hi");
      const ImStyle *style = &im_text_run (text, 0)->style;

      g_assert_cmpstr (im_text_plain (text), ==, "hi");
      g_assert_cmpuint (style->flags, ==, rows[i].flags);
      g_assert_cmphex (style->color, ==, rows[i].color);
      g_assert_cmpstr (style->font, ==, rows[i].font);
    }
}

static void
test_text_ceiling (void)
{
  g_autofree char *fits = g_strnfill (IM_MAX_MESSAGE_TEXT, 'a');
  g_autofree char *too_long = g_strnfill (IM_MAX_MESSAGE_TEXT + 1, 'a');
  g_autoptr (ImText) first = text_of ("", fits);
  g_autoptr (ImText) second = text_of ("", too_long);

  g_assert_cmpuint (im_text_length (first), ==, IM_MAX_MESSAGE_TEXT);
  g_assert_cmpuint (im_text_length (second), ==, IM_MAX_MESSAGE_TEXT);
}

static void
test_font_ceiling (void)
{
  g_autoptr (GString) format = g_string_new ("FN=");
  g_autoptr (ImText) text = NULL;

  for (guint i = 0; i < IM_MAX_FONT_NAME; i++)
    g_string_append (format, "%C3%A9");
  text = text_of (format->str, "hi");
  g_assert_cmpuint (strlen (im_text_run (text, 0)->style.font), ==,
                    IM_MAX_FONT_NAME);
}

static void
test_encode (void)
{
  g_autoptr (ImText) text = im_text_new ();
  g_autofree char *headers = NULL;
  g_autofree char *body = NULL;
  ImStyle style = IM_STYLE_INIT;

  im_text_append (text, "\n", -1, &style);
  style.flags = IM_STYLE_BOLD | IM_STYLE_STRIKE;
  style.color = 0xff8000;
  style.font = "Comic Sans MS";
  im_text_append (text, "red", -1, &style);
  headers = msnp_text_encode (text, &body);
  g_assert_cmpstr (body, ==, "\r\nred");
  g_assert_cmpstr (headers, ==,
                   TEXT_HEAD "X-MMS-IM-Format: FN=Comic%20Sans%20MS; EF=BS; "
                             "CO=80ff; CS=0; PF=0\r\n");
}

/* A local Escargot counted 114 bytes. */
static void
test_encode_size (void)
{
  g_autoptr (ImText) text = im_text_new ();
  g_autoptr (GPtrArray) parts = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *body = NULL;
  ImStyle style = IM_STYLE_INIT;

  style.font = "Arial";
  im_text_append (text, "hi", -1, &style);
  headers = msnp_text_encode (text, &body);
  parts =
      msnp_mime_split (headers, body, strlen (body), MSNP_MAX_PAYLOAD, "{1}");
  g_assert_cmpuint (parts->len, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (parts->pdata[0]), ==, 114);
}

static void
test_rtl (void)
{
  g_autoptr (ImText) text = im_text_new_plain ("1. \327\251\327\234\327\225");
  g_autofree char *body = NULL;
  g_autofree char *headers = msnp_text_encode (text, &body);

  g_assert_nonnull (strstr (headers, "; RL=1\r\n"));
}

static void
test_plus (void)
{
  static const struct
  {
    const char *wire;
    const char *text;
  } rows[] = {
    { "plain", "plain" },
    { "\302\267$4red", "red" },
    { "\302\267$12,3red\302\2670 x", "red x" },
    { "\302\267$#ff0000red", "red" },
    { "\302\267$(255,0,0)red", "red" },
    { "\302\267#bold\302\267#", "bold" },
    { "\302\267$", "\302\267$" },
    { "a \302\267 b", "a \302\267 b" },
    { "[b]x[/b]", "x" },
    { "[c=4]x[/c]", "x" },
    { "[c=#ff0000]x[/c=12]", "x" },
    { "[a=1][b]x[/b][/a]", "x" },
    { "[b]x", "[b]x" },
    { "x[/b]", "x[/b]" },
    { "[/b]x[b]", "[/b]x[b]" },
    { "array[i] = 1", "array[i] = 1" },
    { "[", "[" },
    { "[c", "[c" },
    { "[c=", "[c=" },
    /* One of two openings goes; which one does not show. */
    { "[b][b]x[/b]", "[b]x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = msnp_text_strip_plus (g_strdup (rows[i].wire));

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static MsnpJoin
push (MsnpJoiner *joiner, const char *sender, const char *payload, gint64 now,
      GBytes **joined)
{
  g_auto (MsnpMime) mime = { NULL };

  decode_text (&mime, payload);
  return msnp_joiner_push (joiner, sender, &mime, now, joined);
}

static void
test_split_and_join (void)
{
  g_autoptr (MsnpJoiner) joiner = msnp_joiner_new ();
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GBytes) joined = NULL;
  g_auto (MsnpMime) mime = { NULL };

  while (body->len < 5000)
    g_string_append (body, "\342\202\254");
  parts = msnp_mime_split (TEXT_HEAD, body->str, body->len, MSNP_MAX_PAYLOAD,
                           "{AB}");
  g_assert_cmpuint (parts->len, ==, 4);
  for (guint i = 0; i < parts->len; i++)
    {
      g_auto (MsnpMime) part = { NULL };
      gsize len;
      const char *data = g_bytes_get_data (parts->pdata[i], &len);

      g_assert_cmpuint (len, <=, MSNP_MAX_PAYLOAD);
      decode (&part, data, len);
      g_assert_true (g_utf8_validate_len ((const char *)part.body.pos,
                                          im_reader_left (&part.body), NULL));
      g_assert_cmpint (msnp_joiner_push (joiner, "bob", &part, 0, &joined), ==,
                       i < 3 ? MSNP_JOIN_HELD : MSNP_JOIN_DONE);
    }
  decode (&mime, g_bytes_get_data (joined, NULL), g_bytes_get_size (joined));
  g_assert_true (msnp_mime_is (&mime, "text/plain"));
  g_assert_null (msnp_mime_get (&mime, "Chunks"));
  g_assert_cmpmem (mime.body.pos, im_reader_left (&mime.body), body->str,
                   body->len);
}

/* SEC-M-27: bodies of every length are split, or refused. */
static void
test_split_lengths (void)
{
  g_autofree char *body = g_strnfill (200000, 'x');

  for (gsize len = 0; len < 200000; len += 1 + len / 7)
    {
      g_autoptr (GPtrArray) parts =
          msnp_mime_split (TEXT_HEAD, body, len, MSNP_MAX_PAYLOAD, "{AB}");

      if (parts == NULL)
        g_assert_cmpuint (len, >, 60 * 1500);
      else
        g_assert_cmpuint (parts->len, <=, IM_MAX_MSNP_CHUNKS);
    }
  g_assert_null (msnp_mime_split (TEXT_HEAD, body, 200, 80, "{AB}"));
}

static void
test_join_odd (void)
{
  static const struct
  {
    const char *payload;
    MsnpJoin result;
  } rows[] = {
    { "A: b\r\n\r\nx", MSNP_JOIN_WHOLE },
    { "Message-ID: {1}\r\n\r\nx", MSNP_JOIN_WHOLE },
    { "Chunks: 2\r\n\r\nx", MSNP_JOIN_WHOLE },
    { "Message-ID: {1}\r\nChunk: 1\r\n\r\nx", MSNP_JOIN_DROPPED },
    { "Message-ID: {1}\r\nChunks: 0\r\n\r\nx", MSNP_JOIN_DROPPED },
    { "Message-ID: {1}\r\nChunks: -1\r\n\r\nx", MSNP_JOIN_DROPPED },
    { "Message-ID: {1}\r\nChunks: 65\r\n\r\nx", MSNP_JOIN_DROPPED },
    { "Message-ID: {1}\r\nChunks: 64\r\n\r\nx", MSNP_JOIN_HELD },
    { "Message-ID: {1}\r\nChunks: 64\r\n\r\nx", MSNP_JOIN_DROPPED },
    { "Message-ID: {1}\r\nChunk: 64\r\n\r\nx", MSNP_JOIN_DROPPED },
    { "Message-ID: {1}\r\nChunk: 0\r\n\r\nx", MSNP_JOIN_DROPPED },
    { "Message-ID: {1}\r\nChunk: 63\r\n\r\nx", MSNP_JOIN_HELD },
    { "Message-ID: {1}\r\nChunk: 63\r\n\r\nx", MSNP_JOIN_DROPPED },
  };
  g_autoptr (MsnpJoiner) joiner = msnp_joiner_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) joined = NULL;

      g_assert_cmpint (push (joiner, "bob", rows[i].payload, 0, &joined), ==,
                       rows[i].result);
      g_assert_null (joined);
    }
}

static void
test_join_owner_and_time (void)
{
  static const char first[] = "Message-ID: {1}\r\nChunks: 2\r\n\r\nx";
  static const char second[] = "Message-ID: {1}\r\nChunk: 1\r\n\r\ny";
  g_autoptr (MsnpJoiner) joiner = msnp_joiner_new ();
  g_autoptr (GBytes) joined = NULL;

  g_assert_cmpint (push (joiner, "bob", first, 0, &joined), ==, MSNP_JOIN_HELD);
  g_assert_cmpint (push (joiner, "eve", second, 0, &joined), ==,
                   MSNP_JOIN_DROPPED);
  g_assert_cmpint (push (joiner, "bob", second, IM_MSNP_CHUNK_SECONDS, &joined),
                   ==, MSNP_JOIN_DROPPED);
  push (joiner, "bob", first, 100, &joined);
  g_assert_cmpint (
      push (joiner, "bob", second, 100 + IM_MSNP_CHUNK_SECONDS - 1, &joined),
      ==, MSNP_JOIN_DONE);
}

static void
test_join_ceilings (void)
{
  g_autofree char *half = g_strnfill (IM_MAX_MSNP_JOINED / 2, 'x');
  g_autofree char *big =
      g_strconcat ("Message-ID: {0}\r\nChunk: 1\r\n\r\n", half, half, NULL);
  g_autoptr (MsnpJoiner) joiner = msnp_joiner_new ();
  g_autoptr (GBytes) joined = NULL;

  push (joiner, "bob", "Message-ID: {0}\r\nChunks: 2\r\n\r\nx", 0, &joined);
  g_assert_cmpint (push (joiner, "bob", big, 0, &joined), ==,
                   MSNP_JOIN_DROPPED);
  for (guint i = 0; i <= IM_MAX_MSNP_CHUNK_SETS; i++)
    {
      g_autofree char *first =
          g_strdup_printf ("Message-ID: {%u}\r\nChunks: 2\r\n\r\nx", i);

      g_assert_cmpint (push (joiner, "bob", first, 0, &joined), ==,
                       MSNP_JOIN_HELD);
    }
  /* The oldest made room. */
  g_assert_cmpint (
      push (joiner, "bob", "Message-ID: {0}\r\nChunk: 1\r\n\r\ny", 0, &joined),
      ==, MSNP_JOIN_DROPPED);
  g_assert_cmpint (
      push (joiner, "bob", "Message-ID: {1}\r\nChunk: 1\r\n\r\ny", 0, &joined),
      ==, MSNP_JOIN_DONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/mime/shapes", test_shapes);
  g_test_add_func ("/msnp/mime/headers", test_headers);
  g_test_add_func ("/msnp/mime/header-ceiling", test_header_ceiling);
  g_test_add_func ("/msnp/mime/charsets", test_charsets);
  g_test_add_func ("/msnp/mime/controls", test_controls);
  g_test_add_func ("/msnp/mime/datacasts", test_datacasts);
  g_test_add_func ("/msnp/text/formats", test_formats);
  g_test_add_func ("/msnp/text/text-ceiling", test_text_ceiling);
  g_test_add_func ("/msnp/text/font-ceiling", test_font_ceiling);
  g_test_add_func ("/msnp/text/encode", test_encode);
  g_test_add_func ("/msnp/text/encode-size", test_encode_size);
  g_test_add_func ("/msnp/text/right-to-left", test_rtl);
  g_test_add_func ("/msnp/text/plus", test_plus);
  g_test_add_func ("/msnp/join/split", test_split_and_join);
  g_test_add_func ("/msnp/join/split-lengths", test_split_lengths);
  g_test_add_func ("/msnp/join/odd", test_join_odd);
  g_test_add_func ("/msnp/join/owner-and-time", test_join_owner_and_time);
  g_test_add_func ("/msnp/join/ceilings", test_join_ceilings);
  return g_test_run ();
}
