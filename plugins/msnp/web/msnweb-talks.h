#pragma once

/* What msnweb-talks.c and msnweb-outgoing.c know of each other. */

#include "msnweb-session-private.h"

typedef struct _MsnwebOutgoing MsnwebOutgoing;

void msnweb_outgoing_unref (MsnwebOutgoing *outgoing);
/** Writes it and waits for what becomes of it. */
void msnweb_outgoing_post (MsnwebSession *session, MsnwebOutgoing *outgoing);
/** Reports that it will not be sent. */
void msnweb_outgoing_give_up (MsnwebSession *session,
                              MsnwebOutgoing *outgoing);

/** (transfer full): keeps it for the next gateway session, or, if there will be
 * none, gives it up. */
void msnweb_talks_hold (MsnwebSession *session, MsnwebOutgoing *outgoing);
/** Returns: a number for reports */
guint msnweb_talks_new_id (MsnwebSession *session);
