#pragma once

/* Writing XML for the web services. Not for modules. */

#include <glib.h>

/** Appends text, escaped; what XML cannot carry is left out. */
void msnp_xml_text (GString *out, const char *utf8);

/** Appends "<name>text</name>". */
void msnp_xml_element (GString *out, const char *name, const char *utf8);

/**
 * msnp_xml_string:
 * @out: where to append
 * @name: of the element
 * @utf8: text the user wrote
 *
 * Like msnp_xml_element(), and says that it is a string: Escargot's parser
 * guesses types, and would read 007 as 7.
 */
void msnp_xml_string (GString *out, const char *name, const char *utf8);

/** Returns: (transfer full): room for @len bytes and, escaped, for @n_texts
 * texts, so that nothing secret among them is moved and left behind */
GString *msnp_xml_with_room (gsize len, const char *const *texts,
                             guint n_texts);

/** Returns: (transfer full): the bytes of @out, which wipe themselves */
GBytes *msnp_xml_finish_secret (GString *out);
