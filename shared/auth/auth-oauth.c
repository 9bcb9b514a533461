#include "auth-oauth.h"

#include <string.h>

#include "auth-form.h"
#include "auth-json.h"

/* An answer is one small object; tokens may be a few thousand bytes. */
#define MAX_BODY 65536
#define MAX_TOKEN 16384

/* A day; what lives longer is renewed all the same. */
#define MAX_LIFE 86400

ImSecret *
auth_oauth_refresh_body (const ImSecret *refresh_token, const char *client_id,
                         const char *client_secret)
{
  GString *form = g_string_new (NULL);

  auth_form_add (form, "grant_type", "refresh_token");
  auth_form_add (form, "refresh_token", im_secret_peek (refresh_token));
  if (client_id != NULL)
    auth_form_add (form, "client_id", client_id);
  if (client_secret != NULL)
    auth_form_add (form, "client_secret", client_secret);
  return auth_form_end (form);
}

void
auth_oauth_reply_clear (AuthOauthReply *self)
{
  g_clear_pointer (&self->access_token, im_secret_unref);
  g_clear_pointer (&self->refresh_token, im_secret_unref);
  g_clear_pointer (&self->code, g_free);
}

/* RFC 6749, appendix A: visible ASCII and spaces; a space would be none of a
 * token that goes into a header. */
static ImSecret *
get_token (JsonObject *object, const char *name)
{
  const char *text = auth_json_text (object, name);

  if (text == NULL || *text == '\0' || strlen (text) > MAX_TOKEN)
    return NULL;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return NULL;
  return im_secret_new (text);
}

/* Some services write the number as text. */
static guint
get_life (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "expires_in");
  gint64 life = 0;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return 0;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    life = g_ascii_strtoll (json_node_get_string (node), NULL, 10);
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    life = json_node_get_int (node);
  return (guint) CLAMP (life, 0, MAX_LIFE);
}

static ImProblem
problem_of (guint status, const char *code)
{
  static const struct
  {
    const char *code;
    ImProblem problem;
  } rows[] = {
    { "invalid_grant", IM_PROBLEM_CONSENT_EXPIRED },
    { "access_denied", IM_PROBLEM_CONSENT_EXPIRED },
    { "server_error", IM_PROBLEM_UNAVAILABLE },
    { "temporarily_unavailable", IM_PROBLEM_UNAVAILABLE },
    { "slow_down", IM_PROBLEM_RATE_LIMITED },
  };

  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].code, code) == 0)
      return rows[i].problem;
  if (status == 429)
    return IM_PROBLEM_RATE_LIMITED;
  return status >= 500 && status <= 599 ? IM_PROBLEM_UNAVAILABLE
                                        : IM_PROBLEM_SIGNIN_ANSWER;
}

static gboolean
is_bearer (JsonObject *object)
{
  const char *type = auth_json_text (object, "token_type");

  return type == NULL || g_ascii_strcasecmp (type, "bearer") == 0;
}

gboolean
auth_oauth_read_reply (guint status, GBytes *body, AuthOauthReply *ret)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonObject *object = auth_json_parse (parser, body, MAX_BODY);
  const char *code = auth_json_text (object, "error");

  memset (ret, 0, sizeof *ret);
  if (status == 200 && object != NULL && code == NULL && is_bearer (object))
    ret->access_token = get_token (object, "access_token");
  if (ret->access_token != NULL)
    {
      ret->refresh_token = get_token (object, "refresh_token");
      ret->expires_in = get_life (object);
      return TRUE;
    }
  ret->problem = problem_of (status, code);
  ret->code = code != NULL ? g_strdup (code)
                           : g_strdup_printf ("HTTP %u", status);
  return FALSE;
}
