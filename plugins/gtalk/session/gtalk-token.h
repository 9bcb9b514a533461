#pragma once

/* The token exchange over HTTPS that goes before X-GOOGLE-TOKEN; its steps
 * are in auth-google.h. It runs beside names, TCP and TLS. */

#include "gtalk-session.h"

void gtalk_token_init (GtalkSession *session);
void gtalk_token_clear (GtalkSession *session);

/** Begins the exchange, where the sign-in needs one.
 * gtalk_negotiate_token() is told of the outcome. */
void gtalk_token_start (GtalkSession *session);

/** The server did not take the token: gets another, once. */
void gtalk_token_renew (GtalkSession *session);

/** The user's answer to a puzzle, or %NULL. */
void gtalk_token_answer (GtalkSession *session, const char *answer);
