#pragma once

/* Text messages: one look for all of it, in the header X-MMS-IM-Format.
 *
 *   FN=Segoe%20UI; EF=BI; CO=ff; CS=1; PF=0; RL=1
 *
 * FN the font, EF any of B I U S, CO the colour as hexadecimal blue, green and
 * red without leading zeros, CS and PF numbers of Windows, RL writing from
 * right to left. wiki.nina.chat, Protocols/MSNP. */

#include "im-text.h"
#include "msnp-mime.h"

/** Bytes of headers and body a switchboard takes. */
#define MSNP_MAX_PAYLOAD 1664

/**
 * msnp_text_decode:
 * @mime: a text/plain
 *
 * Codes of Messenger Plus! are taken out. What is longer than
 * %IM_MAX_MESSAGE_TEXT is cut.
 *
 * Returns: (transfer full): what it says, as one run
 */
IM_API ImText *msnp_text_decode (const MsnpMime *mime);

/**
 * msnp_text_encode:
 * @text: what to say; it looks as its first run that shows anything
 * @ret_body: (out) (transfer full): its characters, lines ending in CR LF
 *
 * Returns: (transfer full): the headers without the empty line, for
 *   msnp_mime_split()
 */
IM_API char *msnp_text_encode (const ImText *text, char **ret_body);

/**
 * msnp_text_styled:
 * @utf8: characters
 * @format: (nullable): the value of X-MMS-IM-Format
 *
 * Returns: (transfer full): @utf8 as one run that looks like that, cut at
 *   %IM_MAX_MESSAGE_TEXT
 */
IM_API ImText *msnp_text_styled (const char *utf8, const char *format);

/** Returns: (transfer full): the value of X-MMS-IM-Format for @text; it looks
 * as its first run that shows anything */
IM_API char *msnp_text_format (const ImText *text);

/**
 * msnp_text_strip_plus:
 * @text: (transfer full): a name, a note or a message
 *
 * Messenger Plus! wrote colours and effects into texts: after a middle dot or
 * a control character, or in square brackets. "[b]" is only taken out where
 * a "[/b]" follows.
 *
 * Returns: (transfer full): @text without them
 */
IM_API char *msnp_text_strip_plus (char *text);
