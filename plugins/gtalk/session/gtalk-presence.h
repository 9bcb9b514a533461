#pragma once

/* Who is where, for the other parts. */

#include "gtalk-session.h"

/** Returns: (transfer none) (nullable): the full address of the place of @who
 * (a bare address) that is most likely to have somebody in front of it */
const char *gtalk_presence_best (const GtalkSession *session, const char *who);

/**
 * gtalk_presence_caps:
 * @session: a session
 * @full: the full address of a place
 * @ret_node: (out): who made the client there, a URL
 *
 * Returns: (transfer none) (nullable): the hash of what that client can do,
 *   if it shows one of the kind everybody has
 */
const char *gtalk_presence_caps (const GtalkSession *session,
                                 const char *full, const char **ret_node);

/** Returns: what is known of the presence of @who (a bare address), without
 * the text; borrows @who */
ImEventPresence gtalk_presence_known (const GtalkSession *session,
                                      const char *who);

/** The stream is another, or was resumed: the server takes us for active. */
void gtalk_presence_resumed (GtalkSession *session);
/** Who is blocked is not there: forgets their places, and says so. */
void gtalk_presence_forget (GtalkSession *session, const char *who);

/** Sends our presence anew, unless that has to wait until we are hidden. */
void gtalk_presence_send (GtalkSession *session);

/** Whether any was sent on this stream. */
gboolean gtalk_presence_was_sent (const GtalkSession *session);

/** Whether the last one said something else of our being away, or there was
 * none: what a state shared by all places does not say. */
gboolean gtalk_presence_is_stale (const GtalkSession *session);
