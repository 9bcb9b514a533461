#pragma once

/* Elements of XML and patterns of them, for players of scenarios. It is read
 * with GLib's parser, not with the one that is being tested.
 *
 * A pattern is an element, too. An element fits it if it has the same name in
 * the same namespace, the attributes and children the pattern has, and its
 * text; others do not matter, nor does the order of children. "*" and "?" in
 * values and text stand for anything. Instead of a value
 *
 *   $name   takes what is there for later, or is what was taken before
 *   !       says that there must be no such attribute */

#include <glib.h>

typedef struct _XmlPattern XmlPattern;

/**
 * xml_pattern_parse:
 * @text: one element, as in a stream of XMPP: without a prefix it is of
 *   jabber:client, and "stream:" is known
 *
 * Returns: (transfer full) (nullable): what it says; %NULL if it is no
 *   element
 */
XmlPattern *xml_pattern_parse (const char *text);
void xml_pattern_free (XmlPattern *pattern);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmlPattern, xml_pattern_free)

/**
 * xml_pattern_fits:
 * @pattern: what is wanted
 * @element: what there is
 * @names: (element-type utf8 utf8): what "$name" stands for; gets what is
 *   taken, if it fits
 */
gboolean xml_pattern_fits (const XmlPattern *pattern,
                           const XmlPattern *element, GHashTable *names);

/**
 * xml_pattern_split:
 * @sent: what a client wrote
 *
 * Takes the first element off what is written in a stream: "<stream:stream>"
 * as if it were empty, "</stream:stream>" as it is, others whole.
 * Declarations and space before it are dropped.
 *
 * Returns: (transfer full) (nullable): %NULL if there is none, or half of one
 */
char *xml_pattern_split (GString *sent);
