#pragma once

/* The exchange of a refresh token for an access token, which X-OAUTH2 shows;
 * its steps are in auth-oauth.h. It runs beside names, TCP and TLS, and not at
 * all while the last access token is good.
 *
 * The account's password is the refresh token the user was given. A service
 * may put another in its place with each exchange: that one is kept in
 * %IM_EVENT_CACHE, as long as the password stays the same. */

#include "gtalk-session.h"

void gtalk_oauth_init (GtalkSession *session);
void gtalk_oauth_clear (GtalkSession *session);

/** Learns what the last sign-on kept; for gtalk_session_new(). */
void gtalk_oauth_load (GtalkSession *session, GBytes *cache);

/** Gets an access token; gtalk_negotiate_token() is told. */
void gtalk_oauth_start (GtalkSession *session);

/** The server did not take it: gets another. */
void gtalk_oauth_renew (GtalkSession *session);
