#pragma once

/* Whether somebody looks, for gtalk-presence.c. */

#include "gtalk-session.h"

/** Nobody does, or somebody does again: the server may keep what can wait, or
 * has to tell it now. */
void gtalk_quiet_set (GtalkSession *session, gboolean quiet);
