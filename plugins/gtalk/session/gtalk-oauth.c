#include "gtalk-oauth.h"

#include <string.h>

#include "auth-oauth.h"
#include "gtalk-negotiate.h"
#include "gtalk-session-private.h"
#include "gtalk-token.h"

#define CACHE "oauth"

/* Seconds before its end at which an access token counts as too old. */
#define MARGIN 60

/**
 * GtalkOauth:
 * @http: (nullable): the exchange under way
 * @refresh: (nullable): what took the password's place
 * @access: (nullable): the last access token
 * @expires: unix time at which it is no longer good
 */
struct _GtalkOauth
{
  ImHttp *http;
  ImSecret *refresh;
  ImSecret *access;
  gint64 expires;
};

void
gtalk_oauth_init (GtalkSession *session)
{
  session->oauth = g_new0 (GtalkOauth, 1);
}

void
gtalk_oauth_clear (GtalkSession *session)
{
  GtalkOauth *oauth = g_steal_pointer (&session->oauth);

  if (oauth == NULL)
    return;
  if (oauth->http != NULL)
    session->host->ops->http_cancel (session->host, oauth->http);
  g_clear_pointer (&oauth->refresh, im_secret_unref);
  g_clear_pointer (&oauth->access, im_secret_unref);
  g_free (oauth);
}

/* --- what is kept --------------------------------------------------------- */

/* What is kept belongs to a password: with another, it is of no use. */
static char *
owner (const GtalkSession *session)
{
  return g_compute_checksum_for_string (
      G_CHECKSUM_SHA256, im_secret_peek (session->settings.password), -1);
}

static ImSecret *
get_secret (GKeyFile *file, const char *key)
{
  char *text = g_key_file_get_string (file, CACHE, key, NULL);

  return text != NULL ? im_secret_new_take (text) : NULL;
}

void
gtalk_oauth_load (GtalkSession *session, GBytes *cache)
{
  GtalkOauth *oauth = session->oauth;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *want = owner (session);
  g_autofree char *have = NULL;

  if (cache == NULL || !g_key_file_load_from_bytes (file, cache, 0, NULL))
    return;
  have = g_key_file_get_string (file, CACHE, "for", NULL);
  if (g_strcmp0 (have, want) != 0)
    return;
  oauth->refresh = get_secret (file, "refresh");
  oauth->access = get_secret (file, "access");
  oauth->expires = g_key_file_get_int64 (file, CACHE, "expires", NULL);
}

static void
emit_cache (GtalkSession *session, GBytes *data)
{
  ImEvent event = { .type = IM_EVENT_CACHE };

  event.cache = (ImEventCache){ .name = CACHE, .data = data, .secret = TRUE };
  gtalk_session_emit (session, &event);
}

static void
keep (GtalkSession *session)
{
  const GtalkOauth *oauth = session->oauth;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *whose = owner (session);
  g_autoptr (GBytes) data = NULL;
  gsize len;
  char *text;

  g_key_file_set_string (file, CACHE, "for", whose);
  if (oauth->refresh != NULL)
    g_key_file_set_string (file, CACHE, "refresh",
                           im_secret_peek (oauth->refresh));
  g_key_file_set_string (file, CACHE, "access",
                         im_secret_peek (oauth->access));
  g_key_file_set_int64 (file, CACHE, "expires", oauth->expires);
  text = g_key_file_to_data (file, &len, NULL);
  data = g_bytes_new (text, len);
  emit_cache (session, data);
  im_secret_wipe (text, len);
  g_free (text);
}

/* --- the exchange ---------------------------------------------------------- */

static void
take (GtalkSession *session, AuthOauthReply *reply)
{
  GtalkOauth *oauth = session->oauth;

  g_clear_pointer (&oauth->access, im_secret_unref);
  oauth->access = g_steal_pointer (&reply->access_token);
  oauth->expires =
      reply->expires_in > 0
          ? session->host->ops->wall_s (session->host) + reply->expires_in
          : 0;
  if (reply->refresh_token != NULL)
    {
      g_clear_pointer (&oauth->refresh, im_secret_unref);
      oauth->refresh = g_steal_pointer (&reply->refresh_token);
    }
  keep (session);
  gtalk_negotiate_token (session, oauth->access, NULL);
}

static void
refused (GtalkSession *session, const AuthOauthReply *reply)
{
  const ImFailure failure = {
    .problem = reply->problem,
    .detail = reply->problem == IM_PROBLEM_SIGNIN_ANSWER ? reply->code : NULL,
  };

  if (reply->problem == IM_PROBLEM_CONSENT_EXPIRED)
    emit_cache (session, NULL);
  gtalk_negotiate_token (session, NULL, &failure);
}

static void
on_reply (gpointer user, const ImHttpResponse *response, const GError *error)
{
  GtalkSession *session = user;
  g_auto (AuthOauthReply) reply = { 0 };

  session->oauth->http = NULL;
  if (response == NULL)
    gtalk_token_unreachable (session, error);
  else if (auth_oauth_read_reply (response->status, response->body, &reply))
    take (session, &reply);
  else
    refused (session, &reply);
}

static void
exchange (GtalkSession *session)
{
  GtalkOauth *oauth = session->oauth;
  const GtalkSettings *settings = &session->settings;
  g_autoptr (ImSecret) form = auth_oauth_refresh_body (
      oauth->refresh != NULL ? oauth->refresh : settings->password,
      settings->client_id,
      settings->client_secret != NULL
          ? im_secret_peek (settings->client_secret)
          : NULL);

  oauth->http =
      gtalk_token_post (session, settings->oauth_url, form, on_reply);
}

void
gtalk_oauth_start (GtalkSession *session)
{
  GtalkOauth *oauth = session->oauth;
  gint64 now = session->host->ops->wall_s (session->host);

  if (!gtalk_token_check_url (session, session->settings.oauth_url))
    return;
  if (oauth->access != NULL && now + MARGIN < oauth->expires)
    gtalk_negotiate_token (session, oauth->access, NULL);
  else
    exchange (session);
}

void
gtalk_oauth_renew (GtalkSession *session)
{
  exchange (session);
}
