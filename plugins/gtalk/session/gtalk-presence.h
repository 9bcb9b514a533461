#pragma once

/* Who is where, for the other parts. */

#include "gtalk-session.h"

/** Returns: (transfer none) (nullable): the full address of the place of @who
 * (a bare address) that is most likely to have somebody in front of it */
const char *gtalk_presence_best (const GtalkSession *session, const char *who);

/** Sends our presence anew. */
void gtalk_presence_send (GtalkSession *session);
