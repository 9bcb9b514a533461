#pragma once

/* What a sign-on by token needs over HTTPS before its mechanism: the exchange
 * of X-GOOGLE-TOKEN is here, its steps in auth-google.h; that of X-OAUTH2 is
 * in gtalk-oauth.h. Either runs beside names, TCP and TLS. */

#include "gtalk-session.h"
#include "im-host.h"

void gtalk_token_init (GtalkSession *session);
void gtalk_token_clear (GtalkSession *session);

/** Begins the exchange, where the sign-in needs one.
 * gtalk_negotiate_token() is told of the outcome. */
void gtalk_token_start (GtalkSession *session);

/** The server did not take the token: gets another, once. */
void gtalk_token_renew (GtalkSession *session);

/** Whether the user looks at a puzzle: that may take its time. */
gboolean gtalk_token_is_asking (const GtalkSession *session);

/** The user's answer to a puzzle, or %NULL. */
void gtalk_token_answer (GtalkSession *session, const char *answer);

/* For gtalk-oauth.c. */

/** Whether secrets may go to @url (nullable); if not, the session fails. */
gboolean gtalk_token_check_url (GtalkSession *session, const char *url);

/** Posts @form to @url; nothing of it is logged. */
ImHttp *gtalk_token_post (GtalkSession *session, const char *url,
                          ImSecret *form, ImHttpFunc func);

/** There was no answer; fails the sign-on. */
void gtalk_token_unreachable (GtalkSession *session, const GError *error);
