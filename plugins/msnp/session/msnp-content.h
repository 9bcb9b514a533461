#pragma once

/* What people send besides text, and how it is answered: transfers are
 * declined, what cannot be shown is announced. For conversations of two and
 * of several alike. */

#include "im-text.h"
#include "msnp-session-private.h"
#include "msnp-switchboard.h"

typedef enum
{
  MSNP_CONTENT_NOTHING, /* for the client, or already dealt with */
  MSNP_CONTENT_TEXT,
  MSNP_CONTENT_TYPING,
  MSNP_CONTENT_NUDGE,
} MsnpContent;

/**
 * msnp_content_receive:
 * @session: a session
 * @board: where it was said
 * @from: by whom
 * @mime: what
 * @ret_text: (out) (transfer full): with %MSNP_CONTENT_TEXT, the text
 *
 * Reads a message. Invitations are declined and what cannot be shown is
 * reported here; the rest depends on the conversation.
 */
MsnpContent msnp_content_receive (MsnpSession *session, MsnpSwitchboard *board,
                                  const char *from, const MsnpMime *mime,
                                  ImText **ret_text);
