/* Small XML documents: what is in them, and what is refused. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "xml-tree.h"

static XmlTree *
parse (const char *text, GError **error)
{
  return xml_tree_parse (text, strlen (text), error);
}

static void
test_accessors (void)
{
  g_autoptr (XmlTree) tree =
      parse ("<?xml version='1.0'?><!-- no --><S:a xmlns:S='urn:s' x='1&amp;2'"
             " S:y='3'><b>one&lt;</b><c><d/><b>two</b></c><b><![CDATA[<3>]]>"
             "&#x26;</b></S:a>",
             NULL);
  const XmlNode *root = xml_tree_root (tree);
  const XmlNode *b = xml_node_first (root, "b");

  g_assert_cmpstr (xml_node_name (root), ==, "a");
  g_assert_cmpstr (xml_node_attribute (root, "x"), ==, "1&2");
  g_assert_cmpstr (xml_node_attribute (root, "y"), ==, "3");
  g_assert_null (xml_node_attribute (root, "z"));
  g_assert_cmpstr (xml_node_text (b), ==, "one<");
  g_assert_cmpstr (xml_node_name (xml_node_next (b, NULL)), ==, "c");
  b = xml_node_next (b, "b");
  g_assert_cmpstr (xml_node_text (b), ==, "<3>&");
  g_assert_false (xml_node_exists (xml_node_next (b, "b")));
  g_assert_cmpstr (xml_node_child_text (root, "c/b"), ==, "two");
  g_assert_cmpstr (xml_node_text (xml_node_find (root, "d")), ==, "");
  g_assert_true (xml_node_exists (xml_node_find (root, "d")));
}

/* SEC-M-21: whatever is missing answers as if it were empty. */
static void
test_missing (void)
{
  g_autoptr (XmlTree) tree = parse ("<a><b/></a>", NULL);
  const XmlNode *no = xml_node_child (xml_tree_root (tree), "b/c/d");

  g_assert_false (xml_node_exists (no));
  g_assert_cmpstr (xml_node_name (no), ==, "");
  g_assert_cmpstr (xml_node_text (no), ==, "");
  g_assert_null (xml_node_attribute (no, "x"));
  g_assert_cmpstr (xml_node_child_text (no, "x/y"), ==, "");
  g_assert_false (xml_node_exists (xml_node_first (no, NULL)));
  g_assert_false (xml_node_exists (xml_node_next (no, NULL)));
  g_assert_false (xml_node_exists (xml_node_find (no, "x")));
  /* The search stays inside the element. */
  g_assert_false (xml_node_exists (
      xml_node_find (xml_node_child (xml_tree_root (tree), "b"), "a")));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    ImWireError code;
  } rows[] = {
    { "", IM_WIRE_ERROR_MALFORMED },
    { "hello", IM_WIRE_ERROR_MALFORMED },
    { "<a>", IM_WIRE_ERROR_MALFORMED },
    { "<a></b>", IM_WIRE_ERROR_MALFORMED },
    { "<a/><b/>", IM_WIRE_ERROR_MALFORMED },
    { "<a>&b;</a>", IM_WIRE_ERROR_MALFORMED },
    { "<a>t=1&p=2</a>", IM_WIRE_ERROR_MALFORMED },
    { "<a>\xff</a>", IM_WIRE_ERROR_MALFORMED },
    { "<a>\x01</a>", IM_WIRE_ERROR_MALFORMED },
    { "<p:a/>", IM_WIRE_ERROR_MALFORMED },
    { "<?xml version='1.0' encoding='UTF-16'?><a>\377\330x</a>",
      IM_WIRE_ERROR_MALFORMED },
    { "<!DOCTYPE a><a/>", IM_WIRE_ERROR_UNSUPPORTED },
    { "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", IM_WIRE_ERROR_UNSUPPORTED },
    { "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
      IM_WIRE_ERROR_UNSUPPORTED },
    { "<!DOCTYPE a [<!ENTITY b SYSTEM 'http://127.0.0.1/'>]><a>&b;</a>",
      IM_WIRE_ERROR_UNSUPPORTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (parse (rows[i].text, &error) != NULL)
        g_error ("%s was understood", rows[i].text);
      g_assert_error (error, IM_WIRE_ERROR, (int)rows[i].code);
    }
}

static GError *
parse_nested (guint depth)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GError *error = NULL;
  XmlTree *tree;

  for (guint i = 0; i < depth; i++)
    g_string_append (text, "<a>");
  for (guint i = 0; i < depth; i++)
    g_string_append (text, "</a>");
  tree = parse (text->str, &error);
  g_clear_pointer (&tree, xml_tree_free);
  return error;
}

/* SEC: a document that claims another encoding makes libxml2 write to the
 * terminal, which may be somebody's chat window. */
static void
test_encodings (void)
{
  static const char *const texts[] = {
    "<?xml version='1.0' encoding='ISO-2022-JP'?><a>\303\251</a>",
    "<?xml version='1.0' encoding='nonsense'?><a>\303\251</a>",
    "\357\273\277<?xml version='1.0'?><a>\303\251</a>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (XmlTree) tree =
          xml_tree_parse (texts[i], strlen (texts[i]), NULL);

      g_assert_nonnull (tree);
      g_assert_cmpstr (xml_node_text (xml_tree_root (tree)), ==, "\303\251");
    }
}

static void
test_depth (void)
{
  g_autoptr (GError) fine = parse_nested (IM_MAX_XML_DEPTH);
  g_autoptr (GError) deep = parse_nested (IM_MAX_XML_DEPTH + 1);
  g_autoptr (GError) abyss = parse_nested (100000);

  g_assert_no_error (fine);
  g_assert_error (deep, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
  g_assert_error (abyss, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static GError *
parse_with_attributes (guint n)
{
  g_autoptr (GString) text = g_string_new ("<a");
  GError *error = NULL;
  XmlTree *tree;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, " a%u=''", i);
  g_string_append (text, "/>");
  tree = parse (text->str, &error);
  g_clear_pointer (&tree, xml_tree_free);
  return error;
}

static void
test_attributes (void)
{
  g_autoptr (GError) fine = parse_with_attributes (IM_MAX_XML_ATTRIBUTES);
  g_autoptr (GError) many = parse_with_attributes (IM_MAX_XML_ATTRIBUTES + 1);

  g_assert_no_error (fine);
  g_assert_error (many, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static GError *
parse_siblings (guint n)
{
  g_autoptr (GString) text = g_string_new ("<a>");
  GError *error = NULL;
  XmlTree *tree;

  for (guint i = 1; i < n; i++)
    g_string_append (text, "<b/>");
  g_string_append (text, "</a>");
  tree = parse (text->str, &error);
  g_clear_pointer (&tree, xml_tree_free);
  return error;
}

static void
test_elements (void)
{
  g_autoptr (GError) fine = parse_siblings (IM_MAX_XML_ELEMENTS);
  g_autoptr (GError) many = parse_siblings (IM_MAX_XML_ELEMENTS + 1);

  g_assert_no_error (fine);
  g_assert_error (many, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static void
test_size (void)
{
  g_autofree char *text = g_strnfill (IM_MAX_XML_BYTES + 1, ' ');
  g_autoptr (GError) error = NULL;
  XmlTree *tree;

  memcpy (text + IM_MAX_XML_BYTES - 4, "<a/>", 4);
  tree = xml_tree_parse (text, IM_MAX_XML_BYTES, &error);
  g_assert_no_error (error);
  xml_tree_free (tree);
  g_assert_null (xml_tree_parse (text, IM_MAX_XML_BYTES + 1, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

static void
test_escape (void)
{
  g_autofree char *escaped = xml_escape ("a<b>&\"'\303\251\t");

  g_assert_cmpstr (escaped, ==, "a&lt;b&gt;&amp;&quot;&apos;\303\251\t");
  g_assert_null (xml_escape ("\001"));
  g_assert_null (xml_escape ("a\033"));
  g_assert_null (xml_escape ("\357\277\277"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xml/tree/accessors", test_accessors);
  g_test_add_func ("/xml/tree/missing", test_missing);
  g_test_add_func ("/xml/tree/refused", test_refused);
  g_test_add_func ("/xml/tree/encodings", test_encodings);
  g_test_add_func ("/xml/tree/depth", test_depth);
  g_test_add_func ("/xml/tree/attributes", test_attributes);
  g_test_add_func ("/xml/tree/elements", test_elements);
  g_test_add_func ("/xml/tree/size", test_size);
  g_test_add_func ("/xml/tree/escape", test_escape);
  return g_test_run ();
}
