#pragma once

/* A refresh token for an access token (RFC 6749, section 6), as steps: what to
 * post, and what the answer means. The access token then goes into X-OAUTH2
 * (auth-sasl.h).
 *
 *   POST the token address   refresh token, our name there
 *   <- JSON                  access token, its life, perhaps another refresh
 *                            token that replaces ours; or an error
 *
 * Sources: RFC 6749 and RFC 6750; the Google Talk developer documents on
 * OAuth. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-secret.h"

/**
 * auth_oauth_refresh_body:
 * @refresh_token: what the user was given when they agreed
 * @client_id: (nullable): our name at the service
 * @client_secret: (nullable): its secret, where the service gave one
 *
 * Returns: (transfer full): a form to post; a secret
 */
IM_API ImSecret *auth_oauth_refresh_body (const ImSecret *refresh_token,
                                          const char *client_id,
                                          const char *client_secret);

/**
 * AuthOauthReply:
 * @access_token: (nullable): the token to sign in with
 * @refresh_token: (nullable): what replaces the old one, if anything does
 * @expires_in: seconds the access token is good for; 0 if nobody says
 * @problem: what went wrong, if there is no token
 * @code: (nullable): the service's word for that
 *
 * An answer of the token service.
 */
typedef struct
{
  ImSecret *access_token;
  ImSecret *refresh_token;
  guint expires_in;
  ImProblem problem;
  char *code;
} AuthOauthReply;

IM_API void auth_oauth_reply_clear (AuthOauthReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthOauthReply, auth_oauth_reply_clear)

/**
 * auth_oauth_read_reply:
 * @status: of HTTP
 * @body: of the answer
 * @ret: (out): what it says
 *
 * Returns: whether there is an access token
 */
IM_API gboolean auth_oauth_read_reply (guint status, GBytes *body,
                                       AuthOauthReply *ret);
