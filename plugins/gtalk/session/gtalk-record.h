#pragma once

/* What is off the record, for the other parts. */

#include "gtalk-session.h"
#include "xmpp-writer.h"

/** Writes into a message to @who that it is off the record, if it is. */
void gtalk_record_write (GtalkSession *session, const char *who,
                         XmppWriter *w);

/** Whether the server knows of that. */
gboolean gtalk_record_is_there (const GtalkSession *session);
