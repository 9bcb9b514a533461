#pragma once

/* Google's token exchange over HTTPS, as steps: what to post, and what the
 * answer means. The token then goes into X-GOOGLE-TOKEN (auth-sasl.h).
 *
 *   POST .../ClientAuth or .../ClientLogin   name and password
 *   <- SID=, LSID= and perhaps Auth=         or Error= and why
 *   POST .../IssueAuthToken                  SID and LSID
 *   <- the token
 *
 * Sources: the Google Talk developer documents on X-GOOGLE-TOKEN and
 * ClientLogin; tcllib's SASL::XGoogleToken. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-secret.h"

/**
 * auth_google_login_body:
 * @email: the full address
 * @password: the password
 * @captcha_token: (nullable): from a refusal that asked for a captcha
 * @captcha_answer: (nullable): what the user read in it
 *
 * Returns: (transfer full): a form for ClientAuth; a secret
 */
IM_API ImSecret *auth_google_login_body (const char *email,
                                         const ImSecret *password,
                                         const char *captcha_token,
                                         const char *captcha_answer);

/**
 * AuthGoogleReply:
 * @sid: (nullable): session
 * @lsid: (nullable): the other half of it
 * @auth: (nullable): a token already, where the server gives one
 * @problem: what went wrong, if there is neither
 * @code: the server's word for that, or its HTTP status
 * @url: (nullable): a page to go to, over http or https
 * @captcha_token: (nullable): to send back with the answer
 * @captcha_url: (nullable): the picture, relative to the service
 *
 * An answer to the login.
 */
typedef struct
{
  ImSecret *sid;
  ImSecret *lsid;
  ImSecret *auth;
  ImProblem problem;
  char *code;
  char *url;
  char *captcha_token;
  char *captcha_url;
} AuthGoogleReply;

IM_API void auth_google_reply_clear (AuthGoogleReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthGoogleReply, auth_google_reply_clear)

/**
 * auth_google_read_reply:
 * @status: of HTTP
 * @body: of the answer
 * @ret: (out): what it says
 *
 * Returns: whether it lets us in: a session, or a token already
 */
IM_API gboolean auth_google_read_reply (guint status, GBytes *body,
                                        AuthGoogleReply *ret);

/**
 * auth_google_picture:
 * @service: address of the token service, without a "/" at its end
 * @reply: a refusal that asks for a captcha
 *
 * Returns: (transfer full) (nullable): where its picture is
 */
IM_API char *auth_google_picture (const char *service,
                                  const AuthGoogleReply *reply);

/** Returns: (transfer full): a form for IssueAuthToken; a secret */
IM_API ImSecret *auth_google_token_body (const AuthGoogleReply *reply);

/** Returns: (transfer full) (nullable): the token in the answer to that */
IM_API ImSecret *auth_google_read_token (guint status, GBytes *body);
