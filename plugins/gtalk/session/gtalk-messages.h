#pragma once

/* Messages of two, for the other parts. */

#include "gtalk-session.h"
#include "xml-tree.h"

/** Shows @message out of the archive: what @other (an address) said at @when,
 * or with @own what we said to them. */
void gtalk_messages_archived (GtalkSession *session, const XmlNode *message,
                              const char *other, gint64 when, gboolean own);
