#pragma once

/* When something was said that was held back on its way (XEP-0203, and XEP-0091
 * before it). */

#include "gtalk-session.h"
#include "xml-tree.h"

/**
 * gtalk_delay_read:
 * @session: a session
 * @stanza: a message
 * @keeper: who holds such messages back: a server, or a room
 *
 * Anybody can write a stamp into what they say. That of @keeper counts, else
 * the oldest one there is. Clocks differ, so what is yet to come today counts
 * as now; what is later is no time at all.
 *
 * Returns: unix time, or 0 if @stanza was not held back
 */
gint64 gtalk_delay_read (const GtalkSession *session, const XmlNode *stanza,
                         const char *keeper);
