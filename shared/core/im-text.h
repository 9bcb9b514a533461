#pragma once

/* Message text with style runs, independent of any wire's markup.
 *
 * An #ImText is valid UTF-8 without control characters (C0, DEL and C1) but
 * tab and newline,
 * split into consecutive runs of one style each. Codecs build it from their
 * markup, the glue prints it as the host's; nothing else turns one markup
 * into another, so there is one place where links and attributes are judged. */

#include <glib.h>
#include "im-api.h"

typedef enum
{
  IM_STYLE_BOLD = 1 << 0,
  IM_STYLE_ITALIC = 1 << 1,
  IM_STYLE_UNDERLINE = 1 << 2,
  IM_STYLE_STRIKE = 1 << 3,
  IM_STYLE_SUB = 1 << 4,
  IM_STYLE_SUP = 1 << 5,
} ImStyleFlags;

#define IM_COLOR_NONE (-1)

/**
 * ImStyle:
 * @flags: bold and so on
 * @size: 1 to 7 as in HTML, or 0 for the reader's own size
 * @color: 0xRRGGBB, or %IM_COLOR_NONE
 * @background: 0xRRGGBB, or %IM_COLOR_NONE
 * @font: (nullable): a font family
 * @link: (nullable): a URI that passed im_text_link_ok()
 *
 * How a run looks.
 */
typedef struct
{
  ImStyleFlags flags;
  guint8 size;
  gint32 color;
  gint32 background;
  const char *font;
  const char *link;
} ImStyle;

#define IM_STYLE_INIT                                                         \
  {                                                                           \
    0, 0, IM_COLOR_NONE, IM_COLOR_NONE, NULL, NULL                            \
  }

/**
 * ImRun:
 * @start: offset of its first byte in im_text_plain()
 * @len: its length in bytes; never 0
 * @style: how it looks; strings owned by the text
 */
typedef struct
{
  gsize start;
  gsize len;
  ImStyle style;
} ImRun;

typedef struct _ImText ImText;

/**
 * im_text_new:
 *
 * Returns: (transfer full): an empty text
 */
IM_API ImText *im_text_new (void);

/**
 * im_text_new_plain:
 * @utf8: (nullable): text
 *
 * Returns: (transfer full): @utf8 in one run without style
 */
IM_API ImText *im_text_new_plain (const char *utf8);

IM_API ImText *im_text_copy (const ImText *text);
IM_API void im_text_free (ImText *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImText, im_text_free)

/**
 * im_text_append:
 * @text: a text
 * @utf8: characters; repaired if they are not valid UTF-8, control
 *   characters but tab and newline dropped
 * @len: their length in bytes, or -1 up to the NUL
 * @style: (nullable): how they look; copied. An unsafe link is dropped
 *
 * Appends characters, joining them to the last run if they look the same.
 * Beyond %IM_MAX_TEXT_RUNS runs, style changes are ignored.
 */
IM_API void im_text_append (ImText *text, const char *utf8, gssize len,
                            const ImStyle *style);

/**
 * im_text_plain:
 * @text: (nullable): a text
 *
 * Returns: (transfer none): its characters, valid UTF-8; "" for %NULL
 */
IM_API const char *im_text_plain (const ImText *text);

/** Returns: the length of im_text_plain() in bytes */
IM_API gsize im_text_length (const ImText *text);

/** Returns: how many runs there are */
IM_API guint im_text_n_runs (const ImText *text);

/** Returns: (transfer none): run number @i, counted from 0 */
IM_API const ImRun *im_text_run (const ImText *text, guint i);

/**
 * im_text_truncate:
 * @text: a text
 * @max: bytes to keep at most
 *
 * Cuts at a character boundary.
 *
 * Returns: %TRUE if anything was cut
 */
IM_API gboolean im_text_truncate (ImText *text, gsize max);

/**
 * im_text_slice:
 * @text: a text
 * @start: offset of the first byte
 * @end: offset after the last, at most im_text_length(); both at character
 *   boundaries
 *
 * Returns: (transfer full): that part of it, looking the same
 */
IM_API ImText *im_text_slice (const ImText *text, gsize start, gsize end);

/**
 * im_text_halve:
 * @text: a text
 * @ret_head: (out): its first part
 * @ret_tail: (out): the rest
 *
 * Parts it at the line end nearest to its middle, or where there is none at
 * the space. What it is parted at belongs to neither.
 *
 * Returns: %FALSE if it has neither
 */
IM_API gboolean im_text_halve (const ImText *text, ImText **ret_head,
                               ImText **ret_tail);

/**
 * im_text_link_ok:
 * @uri: a link from a peer
 *
 * Only http, https, ftp, mailto and xmpp links of printable characters are
 * worth clicking on; anything else (file:, javascript:, UNC paths, aim: links
 * that make the reader's client act) is somebody's trick.
 *
 * Returns: whether @uri may be shown as a link
 */
IM_API gboolean im_text_link_ok (const char *uri);
