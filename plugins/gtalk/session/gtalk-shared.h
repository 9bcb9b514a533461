#pragma once

/* The state all places of a user share, for gtalk-hiding.c. */

#include "gtalk-session.h"

/** Whether the server has one. */
gboolean gtalk_shared_is_there (const GtalkSession *session);

/** Asks for it; gtalk_hiding_apply() is called when it is known. */
void gtalk_shared_ask (GtalkSession *session);

/** Makes it what the user chose, and sends the presence that goes with it. */
void gtalk_shared_apply (GtalkSession *session);
