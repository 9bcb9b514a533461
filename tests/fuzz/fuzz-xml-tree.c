/* XML: what is understood is UTF-8, and the missing element is always there
 * to be asked. */

#include "fuzz.h"
#include "xml-tree.h"

static void
walk (const XmlNode *node)
{
  g_assert_true (g_utf8_validate (xml_node_text (node), -1, NULL));
  xml_node_attribute (node, "a");
  xml_node_child_text (node, "a/b");
  for (const XmlNode *child = xml_node_first (node, NULL);
       xml_node_exists (child); child = xml_node_next (child, NULL))
    walk (child);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XmlTree) tree = xml_tree_parse (data, size, &error);

  g_assert_true ((tree == NULL) == (error != NULL));
  if (tree == NULL)
    return 0;
  walk (xml_tree_root (tree));
  xml_node_find (xml_tree_root (tree), "a");
  return 0;
}
