#include "auth-oscar-client.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "auth-hash.h"

/* Objects and lists in one answer. Real ones have three; the parser calls
 * itself for each that lies in another. */
#define MAX_NESTING 64

/* --- The form ----------------------------------------------------------- */

/* RFC 3986, upper-case digits, nothing but the unreserved left alone. */
static void
append_pct (GString *out, const char *text)
{
  g_string_append_uri_escaped (out, text, NULL, FALSE);
}

static void
append_field (GString *out, const char *name, const char *value)
{
  if (out->len > 0)
    g_string_append_c (out, '&');
  g_string_append (out, name);
  g_string_append_c (out, '=');
  append_pct (out, value);
}

static void
wipe_string (gpointer data)
{
  GString *string = data;

  im_secret_wipe (string->str, string->len);
  g_string_free (string, TRUE);
}

GBytes *
auth_oscar_client_form (const AuthOscarClientLogin *login)
{
  /* With room for all of it, so that no copy is left behind by growing. */
  GString *form = g_string_sized_new (
      512 + 3 * (strlen (login->name) + strlen (login->key) +
                 strlen (login->client) +
                 strlen (im_secret_peek (login->password)) +
                 strlen (im_secret_peek (login->code))));

  append_field (form, "clientName", login->client);
  append_field (form, "devId", login->key);
  append_field (form, "f", "json");
  if (login->icq)
    append_field (form, "idType", "ICQ");
  append_field (form, "pwd", im_secret_peek (login->password));
  append_field (form, "s", login->name);
  if (login->code != NULL)
    append_field (form, "securid", im_secret_peek (login->code));
  return g_bytes_new_with_free_func (form->str, form->len, wipe_string, form);
}

/* --- The envelope ------------------------------------------------------- */

void
auth_oscar_client_reply_clear (AuthOscarClientReply *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->page, g_free);
  g_clear_pointer (&self->token, im_secret_unref);
  g_clear_pointer (&self->session_secret, im_secret_unref);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->cookie, g_bytes_unref);
  g_clear_pointer (&self->tls_name, g_free);
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? json_node_get_object (node)
             : NULL;
}

/* %NULL for what is no text, or an empty one. */
static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;
  const char *text = NULL;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_get_string (node);
  return text != NULL && *text != '\0' ? text : NULL;
}

static gint64
get_number (JsonObject *object, const char *name, gint64 max)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;
  const char *text = get_text (object, name);
  gint64 number = 0;

  if (text != NULL)
    g_ascii_string_to_signed (text, 10, 0, max, &number, NULL);
  else if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
           json_node_get_value_type (node) == G_TYPE_INT64)
    number = json_node_get_int (node);
  return number >= 0 && number <= max ? number : 0;
}

static ImSecret *
get_secret (JsonObject *object, const char *name)
{
  const char *text = get_text (object, name);

  return text != NULL ? im_secret_new (text) : NULL;
}

static GBytes *
decode_base64 (const char *text)
{
  gsize len;
  guint8 *data = g_base64_decode (text, &len);

  if (len > 0)
    return g_bytes_new_take (data, len);
  g_free (data);
  return NULL;
}

/* A page is opened by a person: nothing but the web. */
static char *
get_page (JsonObject *object, const char *name)
{
  const char *text = get_text (object, name);

  if (text == NULL || !(g_str_has_prefix (text, "https://") ||
                        g_str_has_prefix (text, "http://")))
    return NULL;
  return g_strdup (text);
}

static void
read_envelope (JsonObject *response, AuthOscarClientReply *ret)
{
  JsonObject *data = get_object (response, "data");
  JsonObject *token = get_object (data, "token");
  const char *cookie = get_text (data, "cookie");

  ret->status = (guint) get_number (response, "statusCode", G_MAXUINT16);
  ret->detail = (guint) get_number (response, "statusDetailCode", G_MAXUINT16);
  ret->text = g_strdup (get_text (response, "statusText"));
  ret->page = get_page (data, "redirectURL");
  ret->token = get_secret (token, "a");
  ret->session_secret = get_secret (data, "sessionSecret");
  ret->host_time = get_number (data, "hostTime", G_MAXINT64);
  ret->host = g_strdup (get_text (data, "host"));
  ret->port = (guint16) get_number (data, "port", G_MAXUINT16);
  ret->cookie = cookie != NULL ? decode_base64 (cookie) : NULL;
  ret->tls_name = g_strdup (get_text (data, "tlsCertName"));
}

static gboolean
refuse (GError **error, ImWireError code, const char *why)
{
  g_set_error_literal (error, IM_WIRE_ERROR, (int) code, why);
  return FALSE;
}

/* Counted, not followed: comments and quotes are the parser's to understand,
 * and no two understand them alike. */
static gboolean
nests_too_deep (const char *text, gsize len)
{
  guint count = 0;

  for (gsize i = 0; i < len; i++)
    count += text[i] == '{' || text[i] == '[';
  return count > MAX_NESTING;
}

static gboolean
check_text (const char *text, gsize len, GError **error)
{
  gsize first = 0;

  while (first < len && g_ascii_isspace (text[first]))
    first++;
  if (first < len && text[first] == '<')
    return refuse (error, IM_WIRE_ERROR_UNSUPPORTED,
                   "the server answers in XML, and was asked for JSON");
  if (first == len || text[first] != '{' || !g_utf8_validate (text, len, NULL))
    return refuse (error, IM_WIRE_ERROR_MALFORMED, "not JSON");
  if (nests_too_deep (text, len))
    return refuse (error, IM_WIRE_ERROR_TOO_LARGE, "too much JSON");
  return TRUE;
}

gboolean
auth_oscar_client_parse (GBytes *body, AuthOscarClientReply *ret,
                         GError **error)
{
  gsize len;
  const char *text = g_bytes_get_data (body, &len);
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;
  JsonObject *response = NULL;

  if (!check_text (text, len, error))
    return FALSE;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) len, NULL))
    return refuse (error, IM_WIRE_ERROR_MALFORMED, "not JSON");
  root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    response = get_object (json_node_get_object (root), "response");
  if (response == NULL || !json_object_has_member (response, "statusCode"))
    return refuse (error, IM_WIRE_ERROR_MALFORMED, "no status in the answer");
  memset (ret, 0, sizeof *ret);
  read_envelope (response, ret);
  return TRUE;
}

GBytes *
auth_oscar_client_cookie (const ImSecret *token)
{
  g_autofree char *text = g_strdup (im_secret_peek (token));

  return decode_base64 (g_strdelimit (g_strdelimit (text, "-", '+'), "_", '/'));
}

/* --- The signature ------------------------------------------------------ */

static char *
hmac_base64 (const char *key, const char *text, GError **error)
{
  guint8 mac[AUTH_HASH_MAX];
  char *encoded;

  if (!auth_hash_hmac (AUTH_HASH_SHA256, key, strlen (key), text,
                       strlen (text), mac, error))
    return NULL;
  encoded = g_base64_encode (mac, auth_hash_size (AUTH_HASH_SHA256));
  im_secret_wipe (mac, sizeof mac);
  return encoded;
}

ImSecret *
auth_oscar_client_session_key (const ImSecret *password,
                               const ImSecret *session_secret, GError **error)
{
  char *key = hmac_base64 (im_secret_peek (password),
                           im_secret_peek (session_secret), error);

  return key != NULL ? im_secret_new_take (key) : NULL;
}

char *
auth_oscar_client_sign (const char *url, const char *query,
                        const ImSecret *session_key, GError **error)
{
  g_autoptr (GString) base = g_string_new ("GET&");

  append_pct (base, url);
  g_string_append_c (base, '&');
  append_pct (base, query);
  return hmac_base64 (im_secret_peek (session_key), base->str, error);
}

static void
append_number (GString *out, const char *name, gint64 number)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
  append_field (out, name, text);
}

ImSecret *
auth_oscar_client_session_url (const AuthOscarClientSession *session,
                               GError **error)
{
  g_autoptr (GString) query = g_string_new (NULL);
  g_autofree char *signature = NULL;

  append_field (query, "a", im_secret_peek (session->token));
  append_number (query, "distId", session->distribution);
  append_field (query, "f", "json");
  append_field (query, "k", session->key);
  append_number (query, "ts", session->time);
  append_number (query, "useTLS", session->tls ? 1 : 0);
  signature = auth_oscar_client_sign (session->url, query->str,
                                      session->session_key, error);
  if (signature == NULL)
    return NULL;
  append_field (query, "sig_sha256", signature);
  return im_secret_new_take (
      g_strconcat (session->url, "?", query->str, NULL));
}
