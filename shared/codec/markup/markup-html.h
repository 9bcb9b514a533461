#pragma once

/* HTML-like markup of wires and hosts ⇄ #ImText.
 *
 * Two dialects are spoken: AIM's (upper case, FONT, BR; what AOL's clients
 * and every OSCAR client since exchange) and libpurple's (what Pidgin's editor
 * writes and its widgets show). Reading takes the union of both, from
 * anybody: it never fails, never looks back, costs time linear in the length
 * and drops what it does not know, keeping the text. Writing is always
 * balanced and escaped, from a short list of tags. There is no other way from
 * one markup to the other. */

#include <glib.h>
#include "im-api.h"
#include "im-text.h"

/**
 * MarkupDialect:
 * @MARKUP_AIM: messages to AIM users
 * @MARKUP_AIM_ASCII: the same with everything beyond ASCII as numeric
 *   references, for away texts and profiles, whose character set label
 *   servers do not keep
 * @MARKUP_PURPLE: what libpurple's callers pass and expect
 */
typedef enum
{
  MARKUP_AIM,
  MARKUP_AIM_ASCII,
  MARKUP_PURPLE,
} MarkupDialect;

/**
 * markup_html_parse:
 * @utf8: markup; what is not UTF-8 in it is repaired
 * @len: its length in bytes, or -1 up to the NUL
 * @dialect: whose it is. In AIM's a white page is the default of every
 *   client, not a style
 *
 * Reads markup. A '<' that starts no tag is text; scripts, style sheets,
 * titles, embedded binaries and comments are dropped; unsafe links lose their
 * target; styles nested deeper than %IM_MAX_MARKUP_DEPTH are ignored.
 *
 * Returns: (transfer full): the text, no longer than @utf8
 */
IM_API ImText *markup_html_parse (const char *utf8, gssize len,
                                  MarkupDialect dialect);

/**
 * markup_html_print:
 * @text: (nullable): a text
 * @dialect: for whom
 *
 * Returns: (transfer full): balanced, escaped markup without a HTML or BODY
 *   frame; newlines are BR tags
 */
IM_API char *markup_html_print (const ImText *text, MarkupDialect dialect);

/**
 * markup_plain_print:
 * @text: (nullable): a text
 * @newline: the line end wanted: "\n", or "\r\n" for ICQ
 *
 * Drops all style. The target of a link follows it in brackets, unless its
 * text says as much.
 *
 * Returns: (transfer full): UTF-8 text
 */
IM_API char *markup_plain_print (const ImText *text, const char *newline);

/**
 * markup_spell_links:
 * @text: (nullable): a text
 *
 * For who is shown style but no links.
 *
 * Returns: (transfer full): @text without links, their targets written out as
 *   markup_plain_print() does
 */
IM_API ImText *markup_spell_links (const ImText *text);

/**
 * markup_looks_html:
 * @utf8: a message that may be plain text
 *
 * ICQ clients write plain text, except some that frame their markup.
 *
 * Returns: whether @utf8 starts with an HTML tag
 */
IM_API gboolean markup_looks_html (const char *utf8);

/**
 * MarkupTokens:
 * @name: (nullable): for %n, who reads the text
 * @date: (nullable): for %d
 * @time: (nullable): for %t
 *
 * What the substitution tokens of AIM's away texts stand for, UTF-8 without
 * markup. A token without a value stays as it is.
 */
typedef struct
{
  const char *name;
  const char *date;
  const char *time;
} MarkupTokens;

/**
 * markup_aim_expand:
 * @text: an away text or automatic reply
 * @tokens: the values
 * @max: the most bytes the result may have
 *
 * Puts the values in place of the tokens, for showing.
 *
 * Returns: (transfer full): the expanded text, cut at @max
 */
IM_API ImText *markup_aim_expand (const ImText *text,
                                  const MarkupTokens *tokens, gsize max);
