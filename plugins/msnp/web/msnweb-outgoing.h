#pragma once

/* A message of ours, from the moment the user wrote it to its outcome, for
 * people and threads alike. Every one ends in exactly one report, and none is
 * written twice: what left and was not answered is possibly undelivered; what
 * did not leave before the gateway session was lost goes into the next. */

#include "msnweb-session-private.h"

/** Whether @text is short enough to be sent. */
gboolean msnweb_outgoing_fits (const ImText *text);

/**
 * msnweb_outgoing_send:
 * @session: a session
 * @to: an address, as we name them
 * @chat: the number of the conversation of several, or 0
 * @text: what to say; it fits
 *
 * Returns: the number reports name
 */
guint msnweb_outgoing_send (MsnwebSession *session, const char *to, guint chat,
                            const ImText *text);
