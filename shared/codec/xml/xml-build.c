#include "xml-build.h"

#include <string.h>

#include <libxml/parserInternals.h>

/* Most trees are one message; a small first block comes out of the allocator's
 * own cache, where larger ones are searched for and joined every time. */
#define FIRST_BLOCK_SIZE 1000
#define BLOCK_SIZE 4000

struct _XmlBlock
{
  XmlBlock *next;
  gsize used;
  gsize size;
  /* Aligned for every type that is kept in it. */
  gint64 data[];
};

static void *
take (XmlTree *tree, gsize size)
{
  XmlBlock *block = tree->blocks;
  void *taken;

  size = (size + sizeof (gint64) - 1) & ~(sizeof (gint64) - 1);
  if (block == NULL || block->size - block->used < size)
    {
      gsize room =
          MAX (size, block == NULL ? FIRST_BLOCK_SIZE : BLOCK_SIZE);

      block = g_malloc (sizeof *block + room);
      block->used = 0;
      block->size = room;
      block->next = tree->blocks;
      tree->blocks = block;
    }
  taken = (char *)block->data + block->used;
  block->used += size;
  tree->used += size;
  return taken;
}

static char *
take_text (XmlTree *tree, const void *text, gsize len)
{
  char *copy = take (tree, len + 1);

  memcpy (copy, text, len);
  copy[len] = '\0';
  return copy;
}

static const char *
take_string (XmlTree *tree, const xmlChar *text)
{
  return text != NULL ? take_text (tree, text, strlen ((const char *)text))
                      : NULL;
}

XmlTree *
xml_build_tree (void)
{
  return g_new0 (XmlTree, 1);
}

void
xml_tree_free (XmlTree *tree)
{
  while (tree->blocks != NULL)
    {
      XmlBlock *next = tree->blocks->next;

      g_free (tree->blocks);
      tree->blocks = next;
    }
  g_free (tree);
}

/* Five pointers each: name, prefix, namespace, value, its end. */
static void
add_attributes (XmlTree *tree, XmlNode *node, const XmlStart *start)
{
  const xmlChar **from = start->attributes;

  node->n_attributes = (guint)start->n_attributes;
  node->attributes = take (tree, node->n_attributes * sizeof *node->attributes);
  for (guint i = 0; i < node->n_attributes; i++, from += 5)
    {
      XmlAttribute *attribute = &node->attributes[i];

      attribute->name = take_string (tree, from[0]);
      attribute->ns = take_string (tree, from[2]);
      attribute->value = take_text (tree, from[3], (gsize)(from[4] - from[3]));
      if (strcmp (attribute->name, "lang") == 0 && from[1] != NULL &&
          strcmp ((const char *)from[1], "xml") == 0)
        node->lang = attribute->value;
    }
}

/* Children are nearly always in the namespace of what they are in. */
static const char *
share_namespace (XmlTree *tree, const XmlNode *parent, const xmlChar *ns)
{
  if (parent != NULL && parent->ns != NULL && ns != NULL &&
      strcmp (parent->ns, (const char *)ns) == 0)
    return parent->ns;
  return take_string (tree, ns);
}

XmlNode *
xml_build_add (XmlTree *tree, XmlNode *parent, const XmlStart *start,
               const char *lang)
{
  XmlNode *node = take (tree, sizeof *node);

  *node = (XmlNode){ .parent = parent };
  node->name = take_string (tree, start->name);
  node->ns = share_namespace (tree, parent, start->ns);
  if (parent != NULL)
    node->lang = parent->lang;
  else if (lang != NULL)
    node->lang = take_text (tree, lang, strlen (lang));
  if (start->n_attributes > 0)
    add_attributes (tree, node, start);
  if (parent == NULL)
    tree->root = node;
  else if (parent->last == NULL)
    parent->first = node;
  else
    parent->last->next = node;
  if (parent != NULL)
    parent->last = node;
  tree->n_elements++;
  return node;
}

void
xml_build_text (XmlTree *tree, XmlNode *node, const char *text, gsize len)
{
  if (node->text_len + len >= node->text_room)
    {
      /* Twice as much every time, so what is left behind stays small. */
      gsize room = MAX (node->text_len + len + 1, 2 * node->text_room);
      char *bigger = take (tree, room);

      if (node->text_len > 0)
        memcpy (bigger, node->text, node->text_len);
      node->text = bigger;
      node->text_room = room;
    }
  memcpy (node->text + node->text_len, text, len);
  node->text_len += len;
  node->text[node->text_len] = '\0';
}

xmlParserCtxtPtr
xml_build_parser (xmlSAXHandler *handler, gpointer user)
{
  xmlParserCtxtPtr parser =
      xmlCreatePushParserCtxt (handler, user, NULL, 0, NULL);

  if (parser == NULL)
    g_error ("out of memory");
  /* NOENT: "&amp;" in a value becomes "&", where libxml2 otherwise hands over
   * "&#38;". There are no other entities, as document types end the reading
   * before anything in them is declared. */
  xmlCtxtUseOptions (parser,
                     XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
  xmlSwitchEncoding (parser, XML_CHAR_ENCODING_UTF8);
  return parser;
}

void
xml_build_free_parser (xmlParserCtxtPtr parser)
{
  if (parser->myDoc != NULL)
    xmlFreeDoc (parser->myDoc);
  xmlFreeParserCtxt (parser);
}

/* Only the five of XML, which libxml2 looks up by itself first. */
xmlEntityPtr
xml_build_on_entity (void *user, const xmlChar *name)
{
  return xmlGetPredefinedEntity (name);
}

void
xml_build_on_problem (void *user, xmlErrorPtr problem)
{
}
