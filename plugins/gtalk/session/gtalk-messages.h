#pragma once

/* Messages of two, for the other parts. */

#include "gtalk-session.h"
#include "xml-tree.h"

/** Like gtalk_session_send_message(); @is_file: @text is where a file of ours
 * is. */
guint gtalk_messages_send (GtalkSession *session, const char *to,
                           const ImText *text, gboolean is_file);

/** What @who (a bare address) is told no longer goes to the place that answered
 * last: there may be nobody there any more (RFC 6121, 5.1). */
void gtalk_messages_unsettle (GtalkSession *session, const char *who);

/** Shows @message out of the archive: what @other (an address) said at @when,
 * or with @own what we said to them. */
void gtalk_messages_archived (GtalkSession *session, const XmlNode *message,
                              const char *other, gint64 when, gboolean own);
