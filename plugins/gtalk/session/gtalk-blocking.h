#pragma once

/* Whom the server keeps away, for the list: Google's servers keep that there. */

#include "gtalk-session.h"

/** The list says that @who (a bare address) is blocked, or is not. */
void gtalk_blocking_set (GtalkSession *session, const char *who,
                         gboolean blocked);

/** It has said so of everybody. */
void gtalk_blocking_known (GtalkSession *session);
