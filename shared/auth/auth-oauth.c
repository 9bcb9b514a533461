#include "auth-oauth.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "auth-form.h"

/* An answer is one small object; tokens may be a few thousand bytes. */
#define MAX_BODY 65536
#define MAX_TOKEN 16384
#define MAX_NESTING 32

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

/* The parser calls itself for each object in another. */
static gboolean
nests_too_deep (const char *text, gsize len)
{
  guint count = 0;

  for (gsize i = 0; i < len && count <= MAX_NESTING; i++)
    count += text[i] == '{' || text[i] == '[';
  return count > MAX_NESTING;
}

static JsonObject *
parse (JsonParser *parser, GBytes *body)
{
  gsize len = 0;
  const char *text = body != NULL ? g_bytes_get_data (body, &len) : NULL;
  JsonNode *root;

  if (len == 0 || len > MAX_BODY || memchr (text, '\0', len) != NULL ||
      !g_utf8_validate_len (text, len, NULL) || nests_too_deep (text, len) ||
      !json_parser_load_from_data (parser, text, (gssize) len, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
             ? json_node_get_object (root)
             : NULL;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* RFC 6749, appendix A: visible ASCII and spaces; a space would be none of a
 * token that goes into a header. */
static ImSecret *
get_token (JsonObject *object, const char *name)
{
  const char *text = get_text (object, name);

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
  const char *type = get_text (object, "token_type");

  return type == NULL || g_ascii_strcasecmp (type, "bearer") == 0;
}

gboolean
auth_oauth_read_reply (guint status, GBytes *body, AuthOauthReply *ret)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonObject *object = parse (parser, body);
  const char *code = get_text (object, "error");

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
