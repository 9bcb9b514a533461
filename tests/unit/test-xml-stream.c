/* XML in pieces. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "xml-stream.h"

#define XMPP_OPEN                                                              \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "                 \
  "xmlns:stream='http://etherx.jabber.org/streams' id='7' xml:lang='en' "      \
  "from='example.com' version='1.0'>"

static const XmlStreamForm xmpp = { .max_tree = 1024 * 1024 };

/* An element in one line: {namespace}name attributes: text, children. */
static void
describe (GString *out, const XmlNode *node, gboolean deep)
{
  g_string_append_printf (out, "%s{%s}", xml_node_name (node),
                          xml_node_namespace (node));
  if (xml_node_lang (node) != NULL)
    g_string_append_printf (out, "@%s", xml_node_lang (node));
  if (xml_node_attribute_ns (node, NULL, "id") != NULL)
    g_string_append_printf (out, "#%s", xml_node_attribute (node, "id"));
  if (!deep)
    return;
  g_string_append_printf (out, "'%s'", xml_node_text (node));
  for (const XmlNode *child = xml_node_first (node, NULL);
       xml_node_exists (child); child = xml_node_next (child, NULL))
    {
      g_string_append_c (out, '(');
      describe (out, child, TRUE);
      g_string_append_c (out, ')');
    }
}

static void
take_all (XmlStream *stream, GString *out)
{
  g_autoptr (GError) error = NULL;
  XmlStreamResult result;
  const XmlNode *node;

  while ((result = xml_stream_next (stream, &node, &error)) !=
         XML_STREAM_NEED_MORE)
    {
      static const char *const words[] = { "",     "open ", "",
                                           "end ", "close", "failed" };

      g_assert_true ((result == XML_STREAM_FAILED) == (error != NULL));
      g_string_append (out, words[result]);
      if (node != NULL)
        describe (out, node, result == XML_STREAM_TREE);
      if (error != NULL)
        {
          g_assert_true (error->domain == IM_WIRE_ERROR);
          g_string_append_printf (out, " %d", error->code);
          return;
        }
      g_string_append_c (out, '\n');
    }
}

static char *
read_in_pieces (const XmlStreamForm *form, const char *text, gsize len,
                gsize piece)
{
  g_autoptr (XmlStream) stream = xml_stream_new (form);
  GString *out = g_string_new (NULL);

  for (gsize at = 0; at < len; at += piece)
    {
      g_autofree char *copy = g_memdup2 (text + at, MIN (piece, len - at));

      xml_stream_push (stream, copy, MIN (piece, len - at));
      if (!g_str_has_suffix (out->str, "failed"))
        take_all (stream, out);
      if (strstr (out->str, "failed") != NULL)
        break;
    }
  return g_string_free (out, FALSE);
}

static const char talk[] = XMPP_OPEN
    " \n<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    "</stream:features>"
    "<message id='1' xml:lang='de'><body>a &lt;b&gt; \303\251</body>"
    "<g:x xmlns:g='google:x' g:id='5'><![CDATA[<c>]]></g:x></message>\n"
    "<presence/></stream:stream>";

static const char talk_read[] =
    "open stream{http://etherx.jabber.org/streams}@en#7\n"
    "features{http://etherx.jabber.org/streams}@en''"
    "(starttls{urn:ietf:params:xml:ns:xmpp-tls}@en'')\n"
    "message{jabber:client}@de#1''(body{jabber:client}@de'a <b> \303\251')"
    "(x{google:x}@de'<c>')\n"
    "presence{jabber:client}@en''\n"
    "close\n";

static void
test_pieces (void)
{
  for (gsize piece = 1; piece <= strlen (talk); piece++)
    {
      g_autofree char *read =
          read_in_pieces (&xmpp, talk, strlen (talk), piece);

      g_assert_cmpstr (read, ==, talk_read);
    }
}

/* Cut anywhere, what was whole is handed out, and the end is missed. */
static void
test_cut (void)
{
  for (gsize len = 0; len < strlen (talk); len++)
    {
      g_autoptr (XmlStream) stream = xml_stream_new (&xmpp);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autofree char *copy = g_memdup2 (talk, len);

      xml_stream_push (stream, copy, len);
      take_all (stream, out);
      g_assert_true (g_str_has_prefix (talk_read, out->str));
      xml_stream_finish (stream);
      take_all (stream, out);
      g_assert_nonnull (strstr (out->str, "failed"));
    }
}

static void
test_attributes (void)
{
  g_autoptr (XmlStream) stream = xml_stream_new (&xmpp);
  const XmlNode *node;
  const char *text =
      XMPP_OPEN "<a xmlns:g='google:x' g:t='1' t='2'><b xmlns='n'/>"
                "<b/></a>";

  xml_stream_push (stream, text, strlen (text));
  g_assert_cmpint (xml_stream_next (stream, &node, NULL), ==,
                   XML_STREAM_OPENED);
  g_assert_cmpstr (xml_node_attribute (node, "from"), ==, "example.com");
  g_assert_cmpint (xml_stream_next (stream, &node, NULL), ==, XML_STREAM_TREE);
  g_assert_cmpstr (xml_node_attribute_ns (node, NULL, "t"), ==, "2");
  g_assert_cmpstr (xml_node_attribute_ns (node, "google:x", "t"), ==, "1");
  g_assert_null (xml_node_attribute_ns (node, "other", "t"));
  g_assert_true (xml_node_is (node, "jabber:client", "a"));
  g_assert_false (xml_node_is (node, "n", "a"));
  node = xml_node_first_ns (node, "jabber:client", "b");
  g_assert_true (xml_node_exists (node));
  g_assert_false (xml_node_exists (xml_node_first_ns (node, "n", "b")));
}

/* SEC: what was written before encryption began is not believed after it. */
static void
test_restart (void)
{
  g_autoptr (XmlStream) stream = xml_stream_new (&xmpp);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *before = XMPP_OPEN "<proceed/><message id='injected'/><mess";
  const XmlNode *node;

  xml_stream_push (stream, before, strlen (before));
  g_assert_cmpint (xml_stream_next (stream, &node, NULL), ==,
                   XML_STREAM_OPENED);
  g_assert_cmpint (xml_stream_next (stream, &node, NULL), ==, XML_STREAM_TREE);
  xml_stream_restart (stream);
  take_all (stream, out);
  g_assert_cmpstr (out->str, ==, "");
  xml_stream_push (stream, talk, strlen (talk));
  take_all (stream, out);
  g_assert_cmpstr (out->str, ==, talk_read);
}

typedef struct
{
  const char *text;
  const char *read;
} Row;

static void
test_refused (void)
{
  static const Row rows[] = {
    { "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "failed 3" },
    { "<a>&b;</a>", "open a{}\nfailed 2" },
    { "<a><b></c></a>", "open a{}\nfailed 2" },
    { "<a><b:c/></a>", "open a{}\nfailed 2" },
    { "<a b='1' b='2'/>", "failed 2" },
    { "<a><b>\001</b></a>", "open a{}\nfailed 2" },
    { "<a><b>\377</b></a>", "open a{}\nfailed 2" },
    { "<a><b/></a><c/>", "open a{}\nb{}''\nclose\nfailed 2" },
    { "<a><b/></a>x", "open a{}\nb{}''\nclose\nfailed 2" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><a><b>\303\251</b></a>",
      "open a{}\nb{}'\303\251'\nclose\n" },
    { "\357\273\277<a/>", "open a{}\nclose\n" },
    { "\377\376<\000a\000/\000>\000", "failed 2" },
    { "hello", "failed 2" },
    { "HTTP/1.1 200 OK\r\n\r\n", "failed 2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize piece = 1; piece <= 64; piece += 63)
      {
        g_autofree char *read =
            read_in_pieces (&xmpp, rows[i].text, strlen (rows[i].text), piece);

        g_test_message ("row %u", i);
        g_assert_cmpstr (read, ==, rows[i].read);
      }
}

static char *
repeat (const char *before, const char *what, guint n, const char *after)
{
  GString *text = g_string_new (before);

  for (guint i = 0; i < n; i++)
    g_string_append (text, what);
  g_string_append (text, after);
  return g_string_free (text, FALSE);
}

static gboolean
is_too_large (const XmlStreamForm *form, const char *text)
{
  g_autofree char *read = read_in_pieces (form, text, strlen (text), 60000);

  return g_str_has_suffix (read, "failed 1");
}

static void
test_ceilings (void)
{
  static const XmlStreamForm small = { .max_bytes = 1000, .max_tree = 500 };
  g_autofree char *deep = repeat ("", "<a>", IM_MAX_XML_DEPTH, "");
  g_autofree char *deeper = repeat ("", "<a>", IM_MAX_XML_DEPTH + 1, "");
  g_autofree char *tag =
      repeat ("<a><b c='", "x", IM_MAX_XML_UNREAD + 70000, "");
  g_autofree char *comment =
      repeat ("<a><!--", "x", IM_MAX_XML_UNREAD + 70000, "");
  g_autofree char *wide = repeat ("<a><b>", "<c/>", 10, "</b></a>");
  g_autofree char *text = repeat ("<a><b>", "x", 600, "</b></a>");
  g_autofree char *fine = repeat ("<a>", "<b>xxx</b>", 99, "</a>");
  g_autofree char *many = repeat ("<a>", "<b>xxx</b>", 100, "</a>");

  g_assert_false (is_too_large (&xmpp, deep));
  g_assert_true (is_too_large (&xmpp, deeper));
  g_assert_true (is_too_large (&xmpp, tag));
  g_assert_true (is_too_large (&xmpp, comment));
  g_assert_false (is_too_large (&xmpp, wide));
  g_assert_true (is_too_large (&small, wide));
  g_assert_true (is_too_large (&small, text));
  g_assert_false (is_too_large (&small, fine));
  g_assert_true (is_too_large (&small, many));
}

/* Trees by name, wherever they are; and some ends. */
static void
test_names (void)
{
  static const char *const trees[] = { "c", "f", NULL };
  static const char *const ends[] = { "d", NULL };
  static const XmlStreamForm form = { .max_tree = 4000,
                                      .trees = trees,
                                      .ends = ends };
  static const char text[] = "<a><b>dropped<c>1<c>2</c></c></b><d><e><f/></e>"
                             "</d><d/></a>";

  for (gsize piece = 1; piece <= strlen (text); piece++)
    {
      g_autofree char *read =
          read_in_pieces (&form, text, strlen (text), piece);

      g_assert_cmpstr (read, ==,
                       "open a{}\nc{}'1'(c{}'2')\nf{}''\nend d{}\nend d{}\n"
                       "close\n");
    }
}

static void
test_finish (void)
{
  g_autoptr (XmlStream) stream = xml_stream_new (&xmpp);
  g_autoptr (XmlStream) none = xml_stream_new (&xmpp);
  g_autoptr (GString) out = g_string_new (NULL);

  xml_stream_push (stream, "<a>", 3);
  xml_stream_push (stream, NULL, 0);
  xml_stream_push (stream, "</a>\n", 5);
  xml_stream_finish (stream);
  take_all (stream, out);
  g_assert_cmpstr (out->str, ==, "open a{}\nclose\n");
  xml_stream_finish (none);
  g_string_truncate (out, 0);
  take_all (none, out);
  g_assert_cmpstr (out->str, ==, "failed 2");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/stream/pieces", test_pieces);
  g_test_add_func ("/xml/stream/cut", test_cut);
  g_test_add_func ("/xml/stream/attributes", test_attributes);
  g_test_add_func ("/xml/stream/restart", test_restart);
  g_test_add_func ("/xml/stream/refused", test_refused);
  g_test_add_func ("/xml/stream/ceilings", test_ceilings);
  g_test_add_func ("/xml/stream/names", test_names);
  g_test_add_func ("/xml/stream/finish", test_finish);
  return g_test_run ();
}
