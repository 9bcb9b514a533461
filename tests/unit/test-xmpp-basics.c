/* Addresses, times, capabilities, and what a writer writes. */

#include <string.h>

#include "xml-tree.h"
#include "xmpp-caps.h"
#include "xmpp-jid.h"
#include "xmpp-time.h"
#include "xmpp-writer.h"

typedef struct
{
  const char *text;
  const char *node;
  const char *domain;
  const char *resource;
} JidRow;

static const JidRow jids[] = {
  { "mina@gtalk.example", "mina", "gtalk.example", NULL },
  { "Mina@GTalk.Example/Phone", "mina", "gtalk.example", "Phone" },
  { "gtalk.example", NULL, "gtalk.example", NULL },
  { "gtalk.example/echo", NULL, "gtalk.example", "echo" },
  { "mina@gtalk.example./x", "mina", "gtalk.example", "x" },
  { "a@b/c@d/e f", "a", "b", "c@d/e f" },
  { "\xc3\x89va@b", "\xc3\xa9va", "b", NULL },
  { "space\\20cadet@b", "space\\20cadet", "b", NULL },
  { "", NULL, NULL, NULL },
  { "@b", NULL, NULL, NULL },
  { "a@", NULL, NULL, NULL },
  { "a@b/", NULL, NULL, NULL },
  { "/r", NULL, NULL, NULL },
  { "a b@c", NULL, NULL, NULL },
  { "a@b@c", NULL, NULL, NULL },
  { "a<b>@c", NULL, NULL, NULL },
  { "a\n@c", NULL, NULL, NULL },
  { "a@c/\x01", NULL, NULL, NULL },
  { "a@c/\xff", NULL, NULL, NULL },
};

static void
test_jids (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (jids); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (XmppJid) jid = xmpp_jid_new (jids[i].text, &error);

      if (jids[i].domain == NULL)
        {
          g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
          g_assert_null (jid);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (jid->node, ==, jids[i].node);
      g_assert_cmpstr (jid->domain, ==, jids[i].domain);
      g_assert_cmpstr (jid->resource, ==, jids[i].resource);
    }
}

static void
test_jid_length (void)
{
  g_autofree char *part = g_strnfill (1024, 'a');
  g_autofree char *text = g_strconcat (part, "@b", NULL);
  g_autofree char *fits = g_strconcat (part + 1, "@b", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (XmppJid) jid = xmpp_jid_new (text, &error);

  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
  jid = xmpp_jid_new (fits, NULL);
  g_assert_nonnull (jid);
}

static void
test_jid_forms (void)
{
  g_autoptr (XmppJid) jid = xmpp_jid_new ("Mina@b/One", NULL);
  g_autoptr (XmppJid) other = xmpp_jid_with_resource (jid, "Two");
  g_autofree char *bare = xmpp_jid_dup_bare ("MINA@B/One");
  g_autofree char *wrong = xmpp_jid_dup_bare ("No Address");

  g_assert_cmpstr (jid->full, ==, "mina@b/One");
  g_assert_cmpstr (jid->bare, ==, "mina@b");
  g_assert_cmpstr (other->full, ==, "mina@b/Two");
  g_assert_cmpstr (bare, ==, "mina@b");
  g_assert_cmpstr (wrong, ==, "no address");
  g_assert_cmpstr (xmpp_jid_resource ("a@b/c/d"), ==, "c/d");
  g_assert_cmpstr (xmpp_jid_resource ("a@b"), ==, "");
  g_assert_true (xmpp_jid_equal ("A@b/r", "a@B/r"));
  g_assert_false (xmpp_jid_equal ("a@b/r", "a@b/R"));
  g_assert_false (xmpp_jid_equal ("a@b", "a@b/r"));
}

/* XEP-0106, examples. */
/* Short ways to the bare address and to a comparison must not be other ways. */
static void
test_jid_shortcuts (void)
{
  static const char *const forms[] = { "a*b@c.d/e", "a@b*c", "a@b/*", "*",
                                       "a@*",       "*@b",   "a@b*/d" };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    for (int c = 1; c < 128; c++)
      {
        const char one[] = { (char)c, '\0' };
        g_auto (GStrv) halves = g_strsplit (forms[i], "*", 2);
        g_autofree char *text = g_strconcat (halves[0], one, halves[1], NULL);
        g_autofree char *bare = xmpp_jid_dup_bare (text);
        g_autoptr (XmppJid) jid = xmpp_jid_new (text, NULL);

        if (jid == NULL)
          continue;
        g_assert_cmpstr (bare, ==, jid->bare);
        g_assert_true (xmpp_jid_equal (text, jid->full));
        g_assert_cmpint (xmpp_jid_equal (text, jid->bare), ==,
                         jid->resource == NULL);
      }
}

static void
test_jid_display (void)
{
  static const char *const rows[][2] = {
    { "space\\20cadet@b", "space cadet@b" },
    { "call\\20me\\20\\22ishmael\\22@b", "call me \"ishmael\"@b" },
    { "d\\27artagnan@b", "d'artagnan@b" },
    { "c\\3a\\5c5commas@b", "c:\\5commas@b" },
    { "a\\2@b", "a\\2@b" },
    { "a\\zz@b", "a\\zz@b" },
    { "b\\20", "b\\20" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown = xmpp_jid_dup_display (rows[i][0]);

      g_assert_cmpstr (shown, ==, rows[i][1]);
    }
}

static void
test_times (void)
{
  const gint64 when = 1795313279;
  g_autofree char *printed = xmpp_time_print (when);

  g_assert_cmpstr (printed, ==, "2026-11-22T02:07:59Z");
  g_assert_cmpint (xmpp_time_parse (printed), ==, when);
  g_assert_cmpint (xmpp_time_parse ("20261122T02:07:59"), ==, when);
  g_assert_cmpint (xmpp_time_parse ("2026-11-22T02:07:59.123456Z"), ==, when);
  g_assert_cmpint (xmpp_time_parse ("2026-11-22T03:07:59+01:00"), ==, when);
  g_assert_cmpint (xmpp_time_parse ("1960-01-01T00:00:00Z"), ==, 0);
  g_assert_cmpint (xmpp_time_parse ("yesterday"), ==, 0);
  g_assert_cmpint (xmpp_time_parse (""), ==, 0);
  g_assert_cmpint (xmpp_time_parse (NULL), ==, 0);
}

static void
test_writer (void)
{
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "message", "jabber:client");
  xmpp_attr (&w, "to", "o'neill@b/a&b\n\"<>");
  xmpp_attr (&w, "id", NULL);
  xmpp_attr_number (&w, "n", -5);
  xmpp_leaf (&w, "body", NULL, "a<b>&'\"\r\n\x01\xef\xbf\xbe\xf0\x9f\x99\x82");
  xmpp_leaf (&w, "active", "ns", NULL);
  xmpp_open (&w, "x", NULL);
  xmpp_raw (&w, "<y/>");
  xmpp_close (&w);
  xmpp_leaf (&w, "bad", NULL, "a\xff");
  xmpp_close (&w);
  g_assert_cmpstr (
      xmpp_writer_text (&w), ==,
      "<message xmlns='jabber:client' to='o&apos;neill@b/a&amp;b&#10;\"&lt;&gt;'"
      " n='-5'><body>a&lt;b&gt;&amp;'\"&#13;\n\xf0\x9f\x99\x82</body>"
      "<active xmlns='ns'/><x><y/></x><bad>a\xef\xbf\xbd</bad></message>");
  g_assert_cmpuint (xmpp_writer_length (&w), ==,
                    strlen (xmpp_writer_text (&w)));
}

/* What is written is read back the same. */
static void
test_writer_round_trip (void)
{
  const char *text = " a\t<b>]]>&amp; '\"\r\n";
  g_auto (XmppWriter) w = { 0 };
  g_autoptr (XmlTree) tree = NULL;

  xmpp_open (&w, "m", NULL);
  xmpp_attr (&w, "a", text);
  xmpp_text (&w, text);
  xmpp_close (&w);
  tree = xml_tree_parse (xmpp_writer_text (&w), xmpp_writer_length (&w), NULL);
  g_assert_nonnull (tree);
  g_assert_cmpstr (xml_node_text (xml_tree_root (tree)), ==, text);
  g_assert_cmpstr (xml_node_attribute (xml_tree_root (tree), "a"), ==, text);
}

static char *
hash (const char *xml)
{
  g_autoptr (XmlTree) tree = xml_tree_parse (xml, strlen (xml), NULL);

  g_assert_nonnull (tree);
  return xmpp_caps_hash (xml_tree_root (tree));
}

#define DISCO "http://jabber.org/protocol/disco#info"

/* XEP-0115, 5.2 and 5.3. */
static void
test_caps (void)
{
  g_autofree char *simple = hash (
      "<query xmlns='" DISCO "'><identity category='client' "
      "name='Exodus 0.9.1' type='pc'/>"
      "<feature var='http://jabber.org/protocol/caps'/>"
      "<feature var='" DISCO "'/>"
      "<feature var='http://jabber.org/protocol/disco#items'/>"
      "<feature var='http://jabber.org/protocol/muc'/></query>");
  g_autofree char *rich = hash (
      "<query xmlns='" DISCO "'>"
      "<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>"
      "<identity xml:lang='el' category='client' name='\xce\xa8 0.11' "
      "type='pc'/>"
      "<feature var='http://jabber.org/protocol/caps'/>"
      "<feature var='" DISCO "'/>"
      "<feature var='http://jabber.org/protocol/disco#items'/>"
      "<feature var='http://jabber.org/protocol/muc'/>"
      "<x xmlns='jabber:x:data' type='result'>"
      "<field var='FORM_TYPE' type='hidden'>"
      "<value>urn:xmpp:dataforms:softwareinfo</value></field>"
      "<field var='ip_version'><value>ipv4</value><value>ipv6</value></field>"
      "<field var='os'><value>Mac</value></field>"
      "<field var='os_version'><value>10.5.1</value></field>"
      "<field var='software'><value>Psi</value></field>"
      "<field var='software_version'><value>0.11</value></field>"
      "</x></query>");

  g_assert_cmpstr (simple, ==, "QgayPKawpkPSDYmwT/WM94uAlu0=");
  g_assert_cmpstr (rich, ==, "q07IKJEyjvHSyhy//CH0CxmKi8w=");
}

/* Answers made to have the hash of another. */
static void
test_caps_forged (void)
{
  g_assert_null (hash ("<q><feature var='a'/><feature var='a'/></q>"));
  g_assert_null (hash ("<q><feature var='a&lt;b'/></q>"));
  g_assert_null (hash ("<q><identity category='a' type='b'/>"
                       "<identity category='a' type='b'/></q>"));
  g_assert_null (hash ("<q><identity category='c' type='t' name='a&lt;b'/></q>"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xmpp/jid/parts", test_jids);
  g_test_add_func ("/xmpp/jid/length", test_jid_length);
  g_test_add_func ("/xmpp/jid/forms", test_jid_forms);
  g_test_add_func ("/xmpp/jid/shortcuts", test_jid_shortcuts);
  g_test_add_func ("/xmpp/jid/display", test_jid_display);
  g_test_add_func ("/xmpp/time", test_times);
  g_test_add_func ("/xmpp/writer/forms", test_writer);
  g_test_add_func ("/xmpp/writer/round-trip", test_writer_round_trip);
  g_test_add_func ("/xmpp/caps/published", test_caps);
  g_test_add_func ("/xmpp/caps/forged", test_caps_forged);
  return g_test_run ();
}
