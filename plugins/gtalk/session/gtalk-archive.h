#pragma once

/* The archive of our account (XEP-0313), for the other parts. Messages come
 * three ways: live, stored by the server while we were away, and out of its
 * archive; each is shown the first way it comes. */

#include "gtalk-session.h"
#include "xml-tree.h"

/**
 * gtalk_archive_is_new:
 * @session: a session
 * @stanza: a message with a text that came to us, or a copy of one
 * @from: (nullable): who sent it
 *
 * Remembers @stanza. Returns: whether it was not shown yet
 */
gboolean gtalk_archive_is_new (GtalkSession *session, const XmlNode *stanza,
                               const char *from);
