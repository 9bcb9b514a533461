#pragma once

/* What bodies of XML need on both ways. There are no namespaces in them.
 * Internal to this directory. */

#include "im-reader.h"
#include "xml-tree.h"

/**
 * msnweb_xml_parse:
 * @body: of a command; not moved
 * @error: return location
 *
 * What is no UTF-8 becomes replacement characters, as it does in messages.
 *
 * Returns: (transfer full): the document, or %NULL as xml_tree_parse()
 */
XmlTree *msnweb_xml_parse (const ImReader *body, GError **error);

/** Returns: the text of a child as a number, or 0 if it is none */
guint64 msnweb_xml_number (const XmlNode *node, const char *path);

/** Returns: (transfer full) (nullable): the text of a child, or %NULL if there
 * is no such child */
char *msnweb_xml_dup (const XmlNode *node, const char *path);

/** Returns: whether the text of a child is "true" or "1" */
gboolean msnweb_xml_is_true (const XmlNode *node, const char *path);

/** Appends text, or the value of an attribute, escaped. What XML cannot carry
 * and control characters are left out. */
void msnweb_xml_text (GString *out, const char *utf8);

/** Appends an element; nothing if @text is %NULL. */
void msnweb_xml_leaf (GString *out, const char *name, const char *text);
