#include "gtalk-token.h"

#include <string.h>

#include "auth-google.h"
#include "gtalk-negotiate.h"
#include "gtalk-oauth.h"
#include "gtalk-session-private.h"

#define FORM "application/x-www-form-urlencoded"

/**
 * GtalkToken:
 * @http: (nullable): the request under way
 * @reply: what the sign-in said
 * @captcha: (nullable): to send back with the user's answer
 * @asking: the user was asked, and has not answered yet
 * @short_cut: the token that came with the sign-in was used, and a better
 *   one may be had for what else came
 */
struct _GtalkToken
{
  ImHttp *http;
  AuthGoogleReply reply;
  char *captcha;
  gboolean asking;
  gboolean short_cut;
};

void
gtalk_token_init (GtalkSession *session)
{
  session->token = g_new0 (GtalkToken, 1);
}

void
gtalk_token_clear (GtalkSession *session)
{
  GtalkToken *token = g_steal_pointer (&session->token);

  if (token == NULL)
    return;
  if (token->http != NULL)
    session->host->ops->http_cancel (session->host, token->http);
  auth_google_reply_clear (&token->reply);
  g_free (token->captcha);
  g_free (token);
}

static void
fail (GtalkSession *session, ImProblem problem, const char *detail,
      const char *url)
{
  const ImFailure failure = {
    .problem = problem,
    .detail = detail,
    .url = url,
  };

  gtalk_negotiate_token (session, NULL, &failure);
}

/* Only a word nobody knows is quoted: the others have sentences. */
static void
fail_as (GtalkSession *session, const AuthGoogleReply *reply)
{
  fail (session, reply->problem,
        reply->problem == IM_PROBLEM_SIGNIN_ANSWER ? reply->code : NULL,
        reply->url);
}

gboolean
gtalk_token_check_url (GtalkSession *session, const char *url)
{
  if (url != NULL && g_str_has_prefix (url, "https://"))
    return TRUE;
  fail (session, IM_PROBLEM_SETTINGS,
        "this sign-in needs the https address of a token service", NULL);
  return FALSE;
}

ImHttp *
gtalk_token_post (GtalkSession *session, const char *url, ImSecret *form,
                  ImHttpFunc func)
{
  const char *text = im_secret_peek (form);
  g_autoptr (GBytes) body = g_bytes_new_with_free_func (
      text, strlen (text), (GDestroyNotify) im_secret_unref,
      im_secret_ref (form));
  const ImHttpRequest request = {
    .method = "POST",
    .url = url,
    .content_type = FORM,
    .body = body,
    .max_body = IM_MAX_SIGNIN_ANSWER,
    .secret = TRUE,
  };

  return session->host->ops->http_send (session->host, &request, func,
                                        session);
}

void
gtalk_token_unreachable (GtalkSession *session, const GError *error)
{
  fail (session, (ImProblem) error->code, error->message, NULL);
}

static void
post (GtalkSession *session, const char *path, ImSecret *form,
      ImHttpFunc func)
{
  g_autofree char *url =
      g_strconcat (session->settings.token_url, path, NULL);

  session->token->http = gtalk_token_post (session, url, form, func);
}

/* --- the token ------------------------------------------------------------ */

/* It says why in the same words as the sign-in. */
static void
no_token (GtalkSession *session, const ImHttpResponse *response)
{
  g_auto (AuthGoogleReply) reply = { 0 };

  if (auth_google_read_reply (response->status, response->body, &reply))
    fail (session, IM_PROBLEM_SIGNIN_ANSWER, "no token", NULL);
  else
    fail_as (session, &reply);
}

static void
on_token (gpointer user, const ImHttpResponse *response, const GError *error)
{
  GtalkSession *session = user;
  g_autoptr (ImSecret) token = NULL;

  session->token->http = NULL;
  if (response == NULL)
    {
      gtalk_token_unreachable (session, error);
      return;
    }
  token = auth_google_read_token (response->status, response->body);
  if (token != NULL)
    gtalk_negotiate_token (session, token, NULL);
  else
    no_token (session, response);
}

static void
issue (GtalkSession *session)
{
  g_autoptr (ImSecret) form =
      auth_google_token_body (&session->token->reply);

  session->token->short_cut = FALSE;
  post (session, "/IssueAuthToken", form, on_token);
}

/* --- the sign-in ----------------------------------------------------------- */

static void
refused (GtalkSession *session)
{
  GtalkToken *token = session->token;
  const AuthGoogleReply *reply = &token->reply;
  g_autofree char *picture =
      auth_google_picture (session->settings.token_url, reply);
  ImEvent event = { .type = IM_EVENT_PROMPT };

  if (reply->captcha_token == NULL || picture == NULL)
    {
      /* A puzzle without a picture can only be solved elsewhere. */
      if (reply->problem == IM_PROBLEM_NEEDS_CODE)
        fail (session, IM_PROBLEM_NEEDS_WEB_PAGE, NULL, reply->url);
      else
        fail_as (session, reply);
      return;
    }
  g_free (token->captcha);
  token->captcha = g_strdup (reply->captcha_token);
  token->asking = TRUE;
  event.prompt = (ImEventPrompt){ .kind = IM_PROMPT_CAPTCHA, .text = picture };
  gtalk_session_emit (session, &event);
}

static void
on_reply (gpointer user, const ImHttpResponse *response, const GError *error)
{
  GtalkSession *session = user;
  GtalkToken *token = session->token;

  token->http = NULL;
  if (response == NULL)
    {
      gtalk_token_unreachable (session, error);
      return;
    }
  auth_google_reply_clear (&token->reply);
  if (!auth_google_read_reply (response->status, response->body,
                               &token->reply))
    refused (session);
  else if (token->reply.auth != NULL)
    {
      token->short_cut = token->reply.sid != NULL && token->reply.lsid != NULL;
      gtalk_negotiate_token (session, token->reply.auth, NULL);
    }
  else
    issue (session);
}

static void
sign_in (GtalkSession *session, const char *answer)
{
  g_autoptr (ImSecret) form = auth_google_login_body (
      gtalk_session_bare (session), session->settings.password,
      answer != NULL ? session->token->captcha : NULL, answer);

  post (session, "/ClientAuth", form, on_reply);
}

void
gtalk_token_start (GtalkSession *session)
{
  switch (session->settings.signin)
    {
    case GTALK_SIGNIN_TOKEN:
      if (gtalk_token_check_url (session, session->settings.token_url))
        sign_in (session, NULL);
      break;
    case GTALK_SIGNIN_OAUTH2:
      gtalk_oauth_start (session);
      break;
    case GTALK_SIGNIN_AUTO:
    case GTALK_SIGNIN_PLAIN:
      break;
    }
}

void
gtalk_token_renew (GtalkSession *session)
{
  if (session->settings.signin == GTALK_SIGNIN_OAUTH2)
    gtalk_oauth_renew (session);
  else if (session->token->short_cut)
    issue (session);
  else
    sign_in (session, NULL);
}

gboolean
gtalk_token_is_asking (const GtalkSession *session)
{
  return session->token != NULL && session->token->asking;
}

void
gtalk_token_answer (GtalkSession *session, const char *answer)
{
  GtalkToken *token = session->token;

  if (!token->asking)
    return;
  token->asking = FALSE;
  if (answer == NULL)
    fail (session, IM_PROBLEM_NEEDS_WEB_PAGE, NULL, token->reply.url);
  else
    sign_in (session, answer);
}
