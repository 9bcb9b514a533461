#pragma once

/* Secrets that stand in for the password from one sign-on to the next: the
 * salted key of SCRAM, the token of FAST. They count only as long as the
 * password is the one they were made with: who types another one is not signed
 * in by what is left of the old. */

#include "gtalk-session-private.h"

#define GTALK_KEPT_SALTED "salted"
#define GTALK_KEPT_TOKEN "fast"

/** Returns: (transfer full) (nullable): what was kept as @name, if it belongs
 * to the password of the settings; while parts are made only */
ImSecret *gtalk_kept_load (GtalkSession *session, const char *name);

/** Keeps @text as @name where passwords are kept; forgets it if %NULL. */
void gtalk_kept_store (GtalkSession *session, const char *name,
                       const char *text);
