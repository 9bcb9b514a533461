#include "xml-tree.h"

#include <string.h>

#include <libxml/parser.h>

#include "im-limits.h"

struct _XmlNode
{
  char *name;
  GString *text;
  char **attributes; /* name, value, name, value, NULL */
  XmlNode *parent;
  XmlNode *first;
  XmlNode *last;
  XmlNode *next;
};

struct _XmlTree
{
  XmlNode *root;
};

/* What is built while libxml2 reads. */
typedef struct
{
  xmlParserCtxtPtr parser;
  XmlNode *root;
  XmlNode *at;
  guint depth;
  guint n_elements;
  GError *error;
} Build;

static const XmlNode missing = { 0 };

static void
node_free (XmlNode *node)
{
  g_free (node->name);
  g_string_free (node->text, TRUE);
  g_strfreev (node->attributes);
  g_free (node);
}

/* Without recursion, though the depth is bounded. */
static void
free_nodes (XmlNode *root)
{
  XmlNode *node = root;

  while (node != NULL)
    {
      XmlNode *next = node->first;

      if (next != NULL)
        {
          node->first = NULL;
          node = next;
          continue;
        }
      next = node->next != NULL ? node->next : node->parent;
      if (node == root)
        next = NULL;
      node_free (node);
      node = next;
    }
}

static void
stop (Build *build, ImWireError code, const char *why)
{
  if (build->error == NULL)
    g_set_error (&build->error, IM_WIRE_ERROR, code, "XML: %s", why);
  xmlStopParser (build->parser);
}

static char **
dup_attributes (int n, const xmlChar **attributes)
{
  char **copy = g_new0 (char *, 2 * (gsize)n + 1);

  /* Five pointers each: name, prefix, namespace, value, its end. */
  for (int i = 0; i < n; i++, attributes += 5)
    {
      copy[2 * i] = g_strdup ((const char *)attributes[0]);
      copy[2 * i + 1] = g_strndup ((const char *)attributes[3],
                                   (gsize)(attributes[4] - attributes[3]));
    }
  return copy;
}

static void
on_start (void *user, const xmlChar *name, const xmlChar *prefix,
          const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
          int n_attributes, int n_defaulted, const xmlChar **attributes)
{
  Build *build = user;
  XmlNode *node;

  if (build->error != NULL)
    return;
  if (build->depth == IM_MAX_XML_DEPTH)
    return stop (build, IM_WIRE_ERROR_TOO_LARGE, "nested too deeply");
  if (n_attributes + n_namespaces > IM_MAX_XML_ATTRIBUTES)
    return stop (build, IM_WIRE_ERROR_TOO_LARGE, "too many attributes");
  if (build->n_elements++ == IM_MAX_XML_ELEMENTS)
    return stop (build, IM_WIRE_ERROR_TOO_LARGE, "too many elements");

  node = g_new0 (XmlNode, 1);
  node->name = g_strdup ((const char *)name);
  node->text = g_string_new (NULL);
  node->attributes = dup_attributes (n_attributes, attributes);
  node->parent = build->at;
  if (build->at == NULL)
    build->root = node;
  else if (build->at->last == NULL)
    build->at->first = node;
  else
    build->at->last->next = node;
  if (build->at != NULL)
    build->at->last = node;
  build->at = node;
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
    g_string_append_len (build->at->text, (const char *)text, len);
}

static void
on_doctype (void *user, const xmlChar *name, const xmlChar *external,
            const xmlChar *system)
{
  stop (user, IM_WIRE_ERROR_UNSUPPORTED, "it has a document type");
}

/* Only the five of XML, which libxml2 looks up by itself first. */
static xmlEntityPtr
on_entity (void *user, const xmlChar *name)
{
  return xmlGetPredefinedEntity (name);
}

static void
on_problem (void *user, xmlErrorPtr problem)
{
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
    .getEntity = on_entity,
    .serror = on_problem,
  };
  gboolean fine;

  build->parser = xmlCreatePushParserCtxt (&handler, build, NULL, 0, NULL);
  if (build->parser == NULL)
    g_error ("out of memory");
  /* NOENT: "&amp;" in a value becomes "&", where libxml2 otherwise hands over
   * "&#38;". There are no other entities, as document types end the reading
   * before anything in them is declared. */
  xmlCtxtUseOptions (build->parser, XML_PARSE_NONET | XML_PARSE_NOENT);
  fine = xmlParseChunk (build->parser, data, len, 1) == XML_ERR_OK &&
         build->parser->wellFormed && build->parser->nsWellFormed;
  if (build->parser->myDoc != NULL)
    xmlFreeDoc (build->parser->myDoc);
  xmlFreeParserCtxt (build->parser);
  return fine;
}

XmlTree *
xml_tree_parse (const void *data, gsize len, GError **error)
{
  Build build = { NULL };
  gboolean fine;
  XmlTree *tree;

  if (len > IM_MAX_XML_BYTES)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                           "XML: the document is too long");
      return NULL;
    }
  fine = len > 0 && parse (&build, data, (int)len);
  if (!fine || build.error != NULL || build.root == NULL)
    {
      if (build.error == NULL)
        g_set_error_literal (&build.error, IM_WIRE_ERROR,
                             IM_WIRE_ERROR_MALFORMED,
                             "XML: the document is not well formed");
      g_propagate_error (error, build.error);
      free_nodes (build.root);
      return NULL;
    }
  tree = g_new0 (XmlTree, 1);
  tree->root = build.root;
  return tree;
}

void
xml_tree_free (XmlTree *tree)
{
  free_nodes (tree->root);
  g_free (tree);
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
xml_node_text (const XmlNode *node)
{
  return node->text != NULL ? node->text->str : "";
}

const char *
xml_node_attribute (const XmlNode *node, const char *name)
{
  for (char **pair = node->attributes; pair != NULL && *pair != NULL; pair += 2)
    if (strcmp (pair[0], name) == 0)
      return pair[1];
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
