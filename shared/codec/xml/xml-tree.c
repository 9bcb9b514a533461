#include "xml-tree.h"

#include <string.h>

#include "im-limits.h"
#include "xml-build.h"

/* What is built while libxml2 reads. */
typedef struct
{
  xmlParserCtxtPtr parser;
  XmlTree *tree;
  XmlNode *at;
  guint depth;
  GError *error;
} Build;

static const XmlNode missing = { 0 };

static void
stop (Build *build, ImWireError code, const char *why)
{
  if (build->error == NULL)
    g_set_error (&build->error, IM_WIRE_ERROR, code, "XML: %s", why);
  xmlStopParser (build->parser);
}

static void
on_start (void *user, const xmlChar *name, const xmlChar *prefix,
          const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
          int n_attributes, int n_defaulted, const xmlChar **attributes)
{
  XmlStart start = { name, uri, attributes, n_attributes };
  Build *build = user;

  if (build->error != NULL)
    return;
  if (build->depth == IM_MAX_XML_DEPTH)
    return stop (build, IM_WIRE_ERROR_TOO_LARGE, "nested too deeply");
  if (n_attributes + n_namespaces > IM_MAX_XML_ATTRIBUTES)
    return stop (build, IM_WIRE_ERROR_TOO_LARGE, "too many attributes");
  if (build->tree->n_elements == IM_MAX_XML_ELEMENTS)
    return stop (build, IM_WIRE_ERROR_TOO_LARGE, "too many elements");

  build->at = xml_build_add (build->tree, build->at, &start, NULL);
  build->depth++;
}

static void
on_end (void *user, const xmlChar *name, const xmlChar *prefix,
        const xmlChar *uri)
{
  Build *build = user;

  if (build->error != NULL || build->at == NULL)
    return;
  build->at = build->at->parent;
  build->depth--;
}

static void
on_text (void *user, const xmlChar *text, int len)
{
  Build *build = user;

  if (build->error == NULL && build->at != NULL)
    xml_build_text (build->tree, build->at, (const char *)text, (gsize)len);
}

static void
on_doctype (void *user, const xmlChar *name, const xmlChar *external,
            const xmlChar *system)
{
  stop (user, IM_WIRE_ERROR_UNSUPPORTED, "it has a document type");
}

static gboolean
parse (Build *build, const void *data, int len)
{
  xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .cdataBlock = on_text,
    .internalSubset = on_doctype,
    .getEntity = xml_build_on_entity,
    .serror = xml_build_on_problem,
  };
  gboolean fine;

  build->parser = xml_build_parser (&handler, build);
  fine = xmlParseChunk (build->parser, data, len, 1) == XML_ERR_OK &&
         build->parser->wellFormed && build->parser->nsWellFormed;
  xml_build_free_parser (build->parser);
  return fine;
}

XmlTree *
xml_tree_parse (const void *data, gsize len, GError **error)
{
  g_autoptr (XmlTree) tree = xml_build_tree ();
  Build build = { .tree = tree };
  const gsize mark = strlen (XML_BUILD_MARK);
  gboolean fine;

  if (len > IM_MAX_XML_BYTES)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                           "XML: the document is too long");
      return NULL;
    }
  if (len >= mark && memcmp (data, XML_BUILD_MARK, mark) == 0)
    {
      data = (const char *)data + mark;
      len -= mark;
    }
  fine = len > 0 && parse (&build, data, (int)len);
  if (fine && build.error == NULL && tree->root != NULL)
    return g_steal_pointer (&tree);
  if (build.error == NULL)
    g_set_error_literal (&build.error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                         "XML: the document is not well formed");
  g_propagate_error (error, build.error);
  return NULL;
}

const XmlNode *
xml_tree_root (const XmlTree *tree)
{
  return tree->root;
}

gboolean
xml_node_exists (const XmlNode *node)
{
  return node != &missing;
}

const char *
xml_node_name (const XmlNode *node)
{
  return node->name != NULL ? node->name : "";
}

const char *
xml_node_namespace (const XmlNode *node)
{
  return node->ns != NULL ? node->ns : "";
}

/* Most comparisons differ in the first letter; a call costs more than that. */
static inline gboolean
same (const char *a, const char *b)
{
  return *a == *b && strcmp (a, b) == 0;
}

gboolean
xml_node_is (const XmlNode *node, const char *ns, const char *name)
{
  return same (xml_node_name (node), name) &&
         strcmp (xml_node_namespace (node), ns) == 0;
}

const char *
xml_node_lang (const XmlNode *node)
{
  return node->lang;
}

const char *
xml_node_text (const XmlNode *node)
{
  return node->text != NULL ? node->text : "";
}

const char *
xml_node_attribute (const XmlNode *node, const char *name)
{
  for (guint i = 0; i < node->n_attributes; i++)
    if (same (node->attributes[i].name, name))
      return node->attributes[i].value;
  return NULL;
}

const char *
xml_node_attribute_ns (const XmlNode *node, const char *ns, const char *name)
{
  for (guint i = 0; i < node->n_attributes; i++)
    if (g_strcmp0 (node->attributes[i].ns, ns) == 0 &&
        strcmp (node->attributes[i].name, name) == 0)
      return node->attributes[i].value;
  return NULL;
}

static const XmlNode *
seek (const XmlNode *node, const char *name, gsize len)
{
  for (; node != NULL; node = node->next)
    if (name == NULL ||
        (strncmp (node->name, name, len) == 0 && node->name[len] == '\0'))
      return node;
  return &missing;
}

const XmlNode *
xml_node_child (const XmlNode *node, const char *path)
{
  while (*path != '\0' && node != &missing)
    {
      gsize len = strcspn (path, "/");

      node = seek (node->first, path, len);
      path += len + (path[len] == '/');
    }
  return node;
}

const char *
xml_node_child_text (const XmlNode *node, const char *path)
{
  return xml_node_text (xml_node_child (node, path));
}

const XmlNode *
xml_node_first (const XmlNode *node, const char *name)
{
  return seek (node->first, name, name != NULL ? strlen (name) : 0);
}

const XmlNode *
xml_node_first_ns (const XmlNode *node, const char *ns, const char *name)
{
  for (node = node->first; node != NULL; node = node->next)
    if (xml_node_is (node, ns, name))
      return node;
  return &missing;
}

const XmlNode *
xml_node_next (const XmlNode *node, const char *name)
{
  return seek (node->next, name, name != NULL ? strlen (name) : 0);
}

/* The element after @node in the order of the document, within @top. */
static const XmlNode *
after (const XmlNode *node, const XmlNode *top)
{
  if (node->first != NULL)
    return node->first;
  while (node != top && node->next == NULL)
    node = node->parent;
  return node == top ? NULL : node->next;
}

const XmlNode *
xml_node_find (const XmlNode *node, const char *name)
{
  const XmlNode *top = node;

  if (top == &missing)
    return top;
  while ((node = after (node, top)) != NULL)
    if (strcmp (node->name, name) == 0)
      return node;
  return &missing;
}

static gboolean
is_xml_char (gunichar c)
{
  return c == '\t' || c == '\n' || c == '\r' ||
         (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

char *
xml_escape (const char *utf8)
{
  for (const char *p = utf8; *p != '\0'; p = g_utf8_next_char (p))
    if (!is_xml_char (g_utf8_get_char (p)))
      return NULL;
  return g_markup_escape_text (utf8, -1);
}
