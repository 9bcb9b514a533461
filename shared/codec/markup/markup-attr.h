#pragma once

/* Attributes of HTML tags, and what they say about style: colours, sizes,
 * fonts, and the part of CSS that text editors write. */

#include <glib.h>
#include "im-text.h"

/**
 * MarkupAttr:
 * @name: its name as written, not terminated
 * @name_len: the length of @name
 * @value: its value without quotes, references not yet decoded; may be empty
 * @value_len: the length of @value
 *
 * All point into the tag.
 */
typedef struct
{
  const char *name;
  gsize name_len;
  const char *value;
  gsize value_len;
} MarkupAttr;

/**
 * MarkupStyle:
 * @style: what is set; fonts and links are owned
 * @off: flags that are switched off ("font-weight: normal")
 *
 * What one tag changes about the style around it.
 */
typedef struct
{
  ImStyle style;
  ImStyleFlags off;
} MarkupStyle;

/**
 * markup_attr_next:
 * @cursor: (inout): where to read on, inside a tag after its name
 * @end: the tag's '>'
 * @ret: (out): the next attribute
 *
 * Returns: %FALSE if there is none
 */
gboolean markup_attr_next (const char **cursor, const char *end,
                           MarkupAttr *ret);

/**
 * markup_attr_is:
 * @attr: an attribute
 * @name: a name in lower case
 *
 * Returns: whether @attr is called @name
 */
gboolean markup_attr_is (const MarkupAttr *attr, const char *name);

/**
 * markup_attr_color:
 * @value: a colour, not terminated: "#rrggbb" with or without the sign,
 *   "#rgb", "rgb(r, g, b)" or one of HTML's sixteen names
 * @len: its length
 *
 * Returns: 0xRRGGBB, or %IM_COLOR_NONE
 */
gint32 markup_attr_color (const char *value, gsize len);

/**
 * markup_attr_link:
 * @value: where a link leads, not terminated
 * @len: its length
 *
 * Returns: (transfer full) (nullable): the link, or %NULL if it must not be
 *   one: see im_text_link_ok()
 */
char *markup_attr_link (const char *value, gsize len);

/**
 * markup_attr_font:
 * @style: (inout): what the tag changes
 * @attr: an attribute of a FONT tag
 *
 * Takes FACE, SIZE (absolute or relative to 3), PTSIZE and ABSZ (points),
 * COLOR, BACK and STYLE.
 */
void markup_attr_font (MarkupStyle *style, const MarkupAttr *attr);

/**
 * markup_attr_css:
 * @style: (inout): what the tag changes
 * @value: declarations, references not yet decoded, not terminated
 * @len: the length of @value
 *
 * Takes weight, slant, decoration, colours, family and size of the text.
 */
void markup_attr_css (MarkupStyle *style, const char *value, gsize len);

/** Frees what @style owns. */
void markup_style_clear (MarkupStyle *style);
