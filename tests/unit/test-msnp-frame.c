/* The framer: streams cut anywhere, ceilings, what has a payload. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "msnp-frame.h"
#include "msnp-param.h"

/* "VERB#trid|word|word{payload}" for every command, one a line. */
static void
describe (const MsnpCommand *command, GString *out)
{
  g_string_append (out, command->verb);
  if (command->has_trid)
    g_string_append_printf (out, "#%u", command->trid);
  for (guint i = 0; i < command->n_params; i++)
    g_string_append_printf (out, "|%.*s", (int)command->params[i].len,
                            command->params[i].text);
  if (command->has_payload)
    g_string_append_printf (out, "{%.*s}",
                            (int)im_reader_left (&command->payload),
                            (const char *)command->payload.pos);
  g_string_append_c (out, '\n');
}

static char *
frames_of (MsnpFramer *framer, const char *data, gsize len, gsize step,
           GError **error)
{
  GString *out = g_string_new (NULL);

  for (gsize at = 0; at < len; at += step)
    {
      MsnpCommand command;
      MsnpResult result;

      g_assert_true (msnp_push (framer, data + at, MIN (step, len - at), NULL));
      while ((result = msnp_next (framer, &command, error)) == MSNP_GOT)
        describe (&command, out);
      if (result == MSNP_FAILED)
        {
          g_string_append (out, "FAILED\n");
          break;
        }
    }
  return g_string_free (out, FALSE);
}

typedef struct
{
  MsnpSender sender;
  const char *stream;
  const char *frames;
} Row;

static const Row rows[] = {
  { MSNP_FROM_SERVER, "VER 1 MSNP12\r\nUSR 4 OK a@b.c 1 0\r\n",
    "VER#1|MSNP12\nUSR#4|OK|a@b.c|1|0\n" },
  { MSNP_FROM_SERVER, "VER 1 MSNP12\nQNG 60\n", "VER#1|MSNP12\nQNG|60\n" },
  { MSNP_FROM_SERVER, "\r\nQNG 60\r\n\n", "QNG|60\n" },
  /* An empty list of groups leaves its space behind. */
  { MSNP_FROM_SERVER, "LST N=a@b.c F=A C=x 3 1 \r\n",
    "LST|N=a@b.c|F=A|C=x|3|1\n" },
  { MSNP_FROM_SERVER, "MSG Hotmail Hotmail 5\r\na\r\nb\nQNG\r\n",
    "MSG|Hotmail|Hotmail{a\r\nb\n}\nQNG\n" },
  { MSNP_FROM_CLIENT, "MSG 3 A 2\r\nhiPNG\r\nUUX 4 1\r\nx",
    "MSG#3|A{hi}\nPNG\nUUX#4{x}\n" },
  { MSNP_FROM_SERVER, "UUX 9 0\r\nUBX a@b.c 0\r\nUBX 1:a@b.c 1\r\nx",
    "UUX#9|0\nUBX|a@b.c{}\nUBX|1:a@b.c{x}\n" },
  { MSNP_FROM_SERVER, "ADL 6 OK\r\nADL 0 3\r\nabcRML 0 1\r\nxRML 7 OK\r\n",
    "ADL#6|OK\nADL#0{abc}\nRML#0{x}\nRML#7|OK\n" },
  { MSNP_FROM_SERVER, "QRY 5\r\nGCF 0 2\r\nhi", "QRY#5\nGCF#0{hi}\n" },
  { MSNP_FROM_SERVER, "GTC A\r\nGTC 5 1 A\r\nPRP MFN x\r\nPRP 6 MFN x\r\n",
    "GTC|A\nGTC#5|1|A\nPRP|MFN|x\nPRP#6|MFN|x\n" },
  { MSNP_FROM_SERVER, "911 4\r\n241 5 3\r\n540 6\r\n715\r\n",
    "911#4\n241#5|3\n540#6\n715\n" },
  { MSNP_FROM_SERVER, "ZZZ a 12\r\nQNG\r\n", "ZZZ|a|12\nQNG\n" },
  { MSNP_FROM_SERVER, "UUN 4 OK\r\nPUT 5 OK 2\r\nhi",
    "UUN#4|OK\nPUT#5|OK{hi}\n" },
  /* SEC-M-05: lengths that are none, or too large. */
  { MSNP_FROM_SERVER, "MSG a b -1\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "MSG a b 2147483648\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "MSG a b 4294967295\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "MSG a b 18446744073709551616\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "MSG a b 12x\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "MSG a b \r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "MSG\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "USR\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "USR x OK\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "USR 4294967296 OK\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "usr 4 OK\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, "HTTP/1.1 200 OK\r\n", "FAILED\n" },
  { MSNP_FROM_SERVER, " QNG\r\n", "FAILED\n" },
};

static void
test_streams (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize len = strlen (rows[i].stream);

      for (gsize step = 1; step <= len; step++)
        {
          g_autofree char *frames = NULL;
          g_auto (MsnpFramer) framer;
          g_autoptr (GError) error = NULL;

          msnp_framer_init (&framer, rows[i].sender);
          frames = frames_of (&framer, rows[i].stream, len, step, &error);
          g_assert_cmpstr (frames, ==, rows[i].frames);
          g_assert_true ((error != NULL) ==
                         g_str_has_suffix (frames, "FAILED\n"));
        }
    }
}

/* Every verb with none to three words is a command or an error. */
static void
test_missing_words (void)
{
  static const char *const words[] = { "", " 1", " 1 x", " 1 2 3", " x y" };
  char verb[4] = "AAA";

  for (guint i = 0; i < 26 * 26 * 26; i++)
    for (guint w = 0; w < G_N_ELEMENTS (words); w++)
      {
        g_autofree char *frames = NULL;
        g_autofree char *text = NULL;
        g_auto (MsnpFramer) framer;

        verb[0] = (char)('A' + i / 676);
        verb[1] = (char)('A' + i / 26 % 26);
        verb[2] = (char)('A' + i % 26);
        text = g_strconcat (verb, words[w], "\r\n", NULL);
        msnp_framer_init (&framer, MSNP_FROM_SERVER);
        frames = frames_of (&framer, text, strlen (text), strlen (text), NULL);
        g_assert_true (*frames == '\0' || strstr (frames, verb) != NULL ||
                       strcmp (frames, "FAILED\n") == 0);
      }
}

static void
test_list_error (void)
{
  static const char stream[] = "241 5 3\r\nabc241 5 3\r\nQNG\r\n";
  g_autofree char *frames = NULL;
  g_auto (MsnpFramer) framer;

  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  msnp_framer_expect_list_error (&framer, 5);
  frames = frames_of (&framer, stream, sizeof stream - 1, 1, NULL);
  g_assert_cmpstr (frames, ==, "241#5{abc}\n241#5|3\nQNG\n");
}

static MsnpResult
push_all (const char *data, gsize len, GError **error)
{
  g_auto (MsnpFramer) framer;
  MsnpCommand command;

  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  g_assert_true (msnp_push (&framer, data, len, error));
  return msnp_next (&framer, &command, error);
}

/* "QNG " and @len - 4 characters. */
static char *
long_line (gsize len)
{
  char *line = g_malloc (len + 3);

  memset (line, 'x', len);
  memcpy (line, "QNG ", 4);
  strcpy (line + len, "\r\n");
  return line;
}

static void
test_line_ceiling (void)
{
  g_autofree char *fits = long_line (IM_MAX_MSNP_LINE);
  g_autofree char *too_long = long_line (IM_MAX_MSNP_LINE + 1);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (push_all (fits, IM_MAX_MSNP_LINE + 2, &error), ==, MSNP_GOT);
  g_assert_cmpint (push_all (too_long, IM_MAX_MSNP_LINE + 3, &error), ==,
                   MSNP_FAILED);
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  /* Certain before the end has come. */
  g_assert_cmpint (push_all (too_long, IM_MAX_MSNP_LINE + 1, &error), ==,
                   MSNP_NEED_MORE);
  g_assert_cmpint (push_all (too_long, IM_MAX_MSNP_LINE + 2, &error), ==,
                   MSNP_FAILED);
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static void
test_word_ceiling (void)
{
  g_autoptr (GString) line = g_string_new ("QNG");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < IM_MAX_MSNP_PARAMS; i++)
    g_string_append (line, " x");
  g_string_append (line, "\r\n");
  g_assert_cmpint (push_all (line->str, line->len, &error), ==, MSNP_GOT);
  g_string_insert (line, 3, " x");
  g_assert_cmpint (push_all (line->str, line->len, &error), ==, MSNP_FAILED);
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static void
test_payload_ceiling (void)
{
  static const struct
  {
    const char *head;
    guint max;
  } payloads[] = {
    { "MSG a b", IM_MAX_MSNP_MESSAGE }, { "UBX a", IM_MAX_MSNP_MESSAGE },
    { "NOT", IM_MAX_MSNP_MESSAGE },     { "ADL 0", IM_MAX_MSNP_LIST },
    { "FQY 1", IM_MAX_MSNP_LIST },      { "GCF 0", IM_MAX_MSNP_CONFIG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (payloads); i++)
    for (guint over = 0; over < 2; over++)
      {
        g_autofree char *line = g_strdup_printf ("%s %u\r\n", payloads[i].head,
                                                 payloads[i].max + over);
        g_autoptr (GError) error = NULL;
        MsnpResult result = push_all (line, strlen (line), &error);

        g_assert_cmpint (result, ==, over ? MSNP_FAILED : MSNP_NEED_MORE);
        if (over)
          g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
      }
}

static void
test_waiting_ceiling (void)
{
  g_autofree char *bytes = g_malloc0 (IM_MAX_MSNP_WAITING);
  g_autoptr (GError) error = NULL;
  g_auto (MsnpFramer) framer;

  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  g_assert_true (msnp_push (&framer, bytes, IM_MAX_MSNP_WAITING, &error));
  g_assert_false (msnp_push (&framer, bytes, 1, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static void
test_encode (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  ImWriter writer;

  im_writer_init (&writer, 1000);
  msnp_encode (&writer, "VER", 1, "MSNP18", "CVR0", NULL);
  msnp_encode (&writer, "PNG", 0, NULL);
  msnp_open (&writer, "PRP", 2);
  msnp_add (&writer, "MFN");
  msnp_add_text (&writer, "Zo\303\251 100% \343\200\200<a>");
  msnp_close (&writer);
  /* Nobody slips a command of their own into ours. */
  msnp_encode (&writer, "CAL", 3, "a@b.c\r\nOUT", NULL);
  msnp_open (&writer, "MSG", 4);
  msnp_add (&writer, "A");
  msnp_close_payload (&writer, "hi", 2);
  bytes = im_writer_finish (&writer, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==,
                   "VER 1 MSNP18 CVR0\r\n"
                   "PNG\r\n"
                   "PRP 2 MFN Zo%C3%A9%20100%25%20%E3%80%80%3Ca%3E\r\n"
                   "CAL 3 a@b.c%0D%0AOUT\r\n"
                   "MSG 4 A 2\r\nhi");
}

static void
test_text (void)
{
  static const struct
  {
    const char *wire;
    const char *text;
  } texts[] = {
    { "Alice%20Test", "Alice Test" },
    { "%3cb%3E", "<b>" },
    { "a\302\240b%0Ac", "a\302\240b c" },
    { "100%", "100%" },
    { "%zz%4", "%zz%4" },
    { "a%00b", "a%00b" },
    { "%1B[31m", "[31m" },
    { "caf\351", "caf\303\251" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = msnp_param_dup_text (im_word (texts[i].wire));

      g_assert_cmpstr (text, ==, texts[i].text);
    }
}

static void
test_handles (void)
{
  static const struct
  {
    const char *word;
    const char *address;
    guint network;
    const char *endpoint;
  } handles[] = {
    { "Bob@Example.com", "bob@example.com", 0, NULL },
    { "1:bob@example.com", "bob@example.com", 1, NULL },
    { "32:bob@yahoo.com;{AB-1}", "bob@yahoo.com", 32, "{ab-1}" },
    { "bob@example.com;{5d3e02ab}", "bob@example.com", 0, "{5d3e02ab}" },
    { "tel:+15551234", "tel:+15551234", 0, NULL },
    { "", NULL, 0, NULL },
    { "1:", NULL, 0, NULL },
    { ";{x}", NULL, 0, NULL },
    { "bob@example.com;", NULL, 0, NULL },
    { "b\001@example.com", NULL, 0, NULL },
    { "b\351@example.com", NULL, 0, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handles); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (MsnpHandle) handle = { NULL };

      g_assert_true (
          msnp_handle_decode (im_word (handles[i].word), &handle, &error) ==
          (handles[i].address != NULL));
      g_assert_cmpstr (handle.address, ==, handles[i].address);
      g_assert_cmpstr (handle.endpoint, ==, handles[i].endpoint);
      g_assert_cmpuint (handle.network, ==, handles[i].network);
    }
}

static void
test_handle_ceiling (void)
{
  char name[IM_MAX_MSNP_HANDLE + 2];
  g_autoptr (GError) error = NULL;
  g_auto (MsnpHandle) handle = { NULL };

  memset (name, 'a', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  g_assert_false (msnp_handle_decode (im_word (name), &handle, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_true (msnp_handle_decode (im_word (name + 1), &handle, &error));
}

static void
test_servers (void)
{
  static const struct
  {
    const char *word;
    const char *host;
    guint port;
  } servers[] = {
    { "127.0.0.1:1864", "127.0.0.1", 1864 },
    { "ns.example.com", "ns.example.com", 1863 },
    { "[::1]:5", "::1", 5 },
    { "::1:5", "::1", 5 },
    { "ns:0", NULL, 0 },
    { "ns:65536", NULL, 0 },
    { "ns:", NULL, 0 },
    { ":1863", NULL, 0 },
    { "", NULL, 0 },
    { "a/b:1863", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_auto (MsnpServer) server = { NULL };

      g_assert_true (msnp_server_decode (im_word (servers[i].word), &server,
                                         NULL) == (servers[i].host != NULL));
      g_assert_cmpstr (server.host, ==, servers[i].host);
      g_assert_cmpuint (server.port, ==, servers[i].port);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/frame/streams", test_streams);
  g_test_add_func ("/msnp/frame/missing-words", test_missing_words);
  g_test_add_func ("/msnp/frame/list-error", test_list_error);
  g_test_add_func ("/msnp/frame/line-ceiling", test_line_ceiling);
  g_test_add_func ("/msnp/frame/word-ceiling", test_word_ceiling);
  g_test_add_func ("/msnp/frame/payload-ceiling", test_payload_ceiling);
  g_test_add_func ("/msnp/frame/waiting-ceiling", test_waiting_ceiling);
  g_test_add_func ("/msnp/frame/encode", test_encode);
  g_test_add_func ("/msnp/param/text", test_text);
  g_test_add_func ("/msnp/param/handles", test_handles);
  g_test_add_func ("/msnp/param/handle-ceiling", test_handle_ceiling);
  g_test_add_func ("/msnp/param/servers", test_servers);
  return g_test_run ();
}
