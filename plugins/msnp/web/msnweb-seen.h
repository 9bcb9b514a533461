#pragma once

/* What was shown already: servers send again what was not acknowledged, and
 * histories have everything once more. Outlives gateway sessions. */

#include <glib.h>

typedef struct _MsnwebSeen MsnwebSeen;

MsnwebSeen *msnweb_seen_new (void);
void msnweb_seen_free (MsnwebSeen *seen);

/**
 * msnweb_seen_add:
 * @seen: what is known
 * @from: who wrote a message, without parameters
 * @client_id: the number they gave it, or 0
 * @message_id: the number the server gave it, or 0
 * @ceiling: the largest number a server can have given by now
 *
 * Remembers the last 512 of either number.
 *
 * Returns: %FALSE if it was there already
 */
gboolean msnweb_seen_add (MsnwebSeen *seen, const char *from,
                          guint64 client_id, guint64 message_id,
                          guint64 ceiling);
/** Returns: the newest number of a server, or 0 */
guint64 msnweb_seen_newest (const MsnwebSeen *seen);
