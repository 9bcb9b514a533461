#pragma once

/* Small XML documents as a tree, over libxml2.
 *
 * UTF-8 whatever they say, no document type, no entities but the five of XML,
 * no network. Depth, attributes, elements and bytes have ceilings
 * (im-limits.h). Names are compared by their local part, unless a function says
 * otherwise: services of SOAP change the namespaces with every release, and
 * none uses one local name for two things side by side. In XMPP the namespace
 * is half of the name. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"

typedef struct _XmlTree XmlTree;

/** An element, or the one that is not there: every accessor takes it and
 * answers as for an element that is empty. It lives as long as its tree. */
typedef struct _XmlNode XmlNode;

/**
 * xml_tree_parse:
 * @data: (nullable): a document
 * @len: its length in bytes
 * @error: return location
 *
 * Returns: (transfer full): the document, or %NULL with an %IM_WIRE_ERROR:
 *   %IM_WIRE_ERROR_TOO_LARGE beyond a ceiling, %IM_WIRE_ERROR_UNSUPPORTED for
 *   a document type, %IM_WIRE_ERROR_MALFORMED for what is no XML
 */
IM_API XmlTree *xml_tree_parse (const void *data, gsize len, GError **error);

IM_API void xml_tree_free (XmlTree *tree);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmlTree, xml_tree_free)

/** Returns: (transfer none): the outermost element */
IM_API const XmlNode *xml_tree_root (const XmlTree *tree);

/** Returns: whether @node is really there */
IM_API gboolean xml_node_exists (const XmlNode *node);

/** Returns: (transfer none): the local name, "" for the missing one */
IM_API const char *xml_node_name (const XmlNode *node);

/** Returns: (transfer none): its namespace, "" for none */
IM_API const char *xml_node_namespace (const XmlNode *node);

/** Returns: whether @node is named @name in the namespace @ns */
IM_API gboolean xml_node_is (const XmlNode *node, const char *ns,
                             const char *name);

/** Returns: (transfer none) (nullable): the language of its text, as xml:lang
 * says there or around it */
IM_API const char *xml_node_lang (const XmlNode *node);

/** Returns: (transfer none): the characters directly in @node, valid UTF-8,
 * "" if there are none */
IM_API const char *xml_node_text (const XmlNode *node);

/** Returns: (transfer none) (nullable): an attribute by its local name */
IM_API const char *xml_node_attribute (const XmlNode *node, const char *name);

/**
 * xml_node_attribute_ns:
 * @node: an element
 * @ns: (nullable): a namespace, or %NULL for attributes in none, which most
 *   are
 * @name: a local name
 *
 * Returns: (transfer none) (nullable): that attribute
 */
IM_API const char *xml_node_attribute_ns (const XmlNode *node, const char *ns,
                                          const char *name);

/**
 * xml_node_child:
 * @node: an element
 * @path: local names joined by slashes
 *
 * Returns: (transfer none): the first child of the first child ..., or the
 *   missing one; never %NULL
 */
IM_API const XmlNode *xml_node_child (const XmlNode *node, const char *path);

/** Returns: (transfer none): the text of xml_node_child() */
IM_API const char *xml_node_child_text (const XmlNode *node, const char *path);

/**
 * xml_node_first:
 * @node: an element
 * @name: (nullable): a local name, or %NULL for any
 *
 * Begins a walk over children; it is over at the missing one.
 *
 * Returns: (transfer none): the first child of that name
 */
IM_API const XmlNode *xml_node_first (const XmlNode *node, const char *name);

/** Returns: (transfer none): the first child named @name in the namespace
 * @ns, or the missing one */
IM_API const XmlNode *xml_node_first_ns (const XmlNode *node, const char *ns,
                                         const char *name);

/** Returns: (transfer none): the next sibling of @node named @name */
IM_API const XmlNode *xml_node_next (const XmlNode *node, const char *name);

/**
 * xml_node_find:
 * @node: an element
 * @name: a local name
 *
 * Returns: (transfer none): the first element of that name anywhere within
 *   @node, in the order of the document, or the missing one
 */
IM_API const XmlNode *xml_node_find (const XmlNode *node, const char *name);

/**
 * xml_escape:
 * @utf8: text
 *
 * Returns: (transfer full) (nullable): @utf8 as text or value of an attribute,
 *   or %NULL if it has characters XML cannot carry
 */
IM_API char *xml_escape (const char *utf8);
