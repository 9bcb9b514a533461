#pragma once

/* That somebody has seen what was said to them (XEP-0333). Who asks for it is
 * told once for all that was said before, and only where the user wants it. */

#include "gtalk-session.h"
#include "xml-tree.h"
#include "xmpp-writer.h"

/** Returns: whether @who (a bare address) may learn that somebody is here: who
 * is on the list and sees us, while we do not hide */
gboolean gtalk_marks_may_know (const GtalkSession *session, const char *who);

/** Writes into a message that we want to know when it is seen. */
void gtalk_marks_write_request (XmppWriter *w);

/** Remembers @stanza, of the place @from of @who (its bare address), if they
 * want to know when it is seen. */
void gtalk_marks_note (GtalkSession *session, const XmlNode *stanza,
                       const char *from, const char *who);

/** What @who (a bare address) said was seen at another place of ours. */
void gtalk_marks_forget (GtalkSession *session, const char *who);

/** Returns: (nullable): the id of our message that was seen, borrowed from
 * @stanza */
const char *gtalk_marks_read (const XmlNode *stanza);
