#pragma once

/* What the tree and the stream have in common: elements, where they are kept,
 * and how libxml2's events become them. Not for modules. */

#include <libxml/parser.h>

#include "xml-tree.h"

typedef struct
{
  const char *name;
  const char *ns; /* NULL: none */
  const char *value;
} XmlAttribute;

struct _XmlNode
{
  const char *name;
  const char *ns;   /* NULL: none */
  const char *lang; /* NULL: nobody said */
  char *text;       /* NULL: none */
  gsize text_len;
  gsize text_room;
  XmlAttribute *attributes;
  guint n_attributes;
  XmlNode *parent;
  XmlNode *first;
  XmlNode *last;
  XmlNode *next;
};

typedef struct _XmlBlock XmlBlock;

/**
 * XmlTree:
 * @root: the outermost element
 * @blocks: (owned): where elements and their text are. There are hundreds of
 *   thousands in a list of contacts, and all of a tree go at once
 * @used: bytes of all that
 * @n_elements: how many
 */
struct _XmlTree
{
  XmlNode *root;
  XmlBlock *blocks;
  gsize used;
  guint n_elements;
};

/** An attribute and all that libxml2 says about it. */
typedef struct
{
  const xmlChar *name;
  const xmlChar *ns;
  const xmlChar **attributes; /* five pointers each */
  int n_attributes;
} XmlStart;

XmlTree *xml_build_tree (void);

/**
 * xml_build_add:
 * @tree: where it belongs
 * @parent: (nullable): the element it is in; %NULL for the outermost
 * @start: what libxml2 says of it
 * @lang: (nullable): the language around it
 *
 * Returns: the new element, the last in @parent
 */
XmlNode *xml_build_add (XmlTree *tree, XmlNode *parent, const XmlStart *start,
                        const char *lang);

/** Appends characters to what is directly in @node. */
void xml_build_text (XmlTree *tree, XmlNode *node, const char *text, gsize len);

/** The byte order mark of UTF-8, which says only that it is UTF-8. */
#define XML_BUILD_MARK "\357\273\277"

/**
 * xml_build_parser:
 * @handler: which refuses what must not occur
 * @user: for @handler
 *
 * Everything is taken for UTF-8. libxml2 would guess other encodings from the
 * first bytes and the declaration, read them differently when they come in
 * pieces, and complain about them on the terminal.
 *
 * Returns: a parser, for what follows a mark
 */
xmlParserCtxtPtr xml_build_parser (xmlSAXHandler *handler, gpointer user);

void xml_build_free_parser (xmlParserCtxtPtr parser);

/** Handlers for every parser: only the five entities of XML, no messages on
 * the terminal. */
xmlEntityPtr xml_build_on_entity (void *user, const xmlChar *name);
void xml_build_on_problem (void *user, xmlErrorPtr problem);
