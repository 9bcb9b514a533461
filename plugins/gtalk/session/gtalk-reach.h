#pragma once

/* From the account's domain to a server that can be connected to. */

#include "gtalk-session.h"

/** Asks for names and tries the first server. gtalk_negotiate_connect() is
 * called for each. */
void gtalk_reach_start (GtalkSession *session);

/**
 * gtalk_reach_next:
 * @session: a session that is reaching for a server
 * @error: (nullable): why the last one could not be reached
 *
 * Tries the next one. When there is none, the session fails with @error.
 *
 * Returns: whether there was one
 */
gboolean gtalk_reach_next (GtalkSession *session, const GError *error);

/** Forgets names and servers. */
void gtalk_reach_clear (GtalkSession *session);
