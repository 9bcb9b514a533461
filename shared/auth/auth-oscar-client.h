#pragma once

/* The web sign-on of the last AIM and ICQ clients, clientLogin and
 * startOSCARSession: what is posted, what comes back, and how the second
 * request is signed.
 *
 *   POST <base>/auth/clientLogin           name and password
 *     <- a token, a session secret, the server's clock
 *   GET <base>/aim/startOSCARSession?...   token, clock, signature
 *     <- host, port and cookie of the session's server
 *
 * With K the developer key and T the token,
 *
 *   key   BASE64 (HMAC-SHA256 (password, session secret))
 *   query a=T&distId=...&f=json&k=K&ts=...&useTLS=...   names in order
 *   sig   BASE64 (HMAC-SHA256 (key, "GET&" pct (url) "&" pct (query)))
 *
 * where the key is used as its base64 text. Both forms are Pidgin's,
 * libpurple/protocols/oscar/clientlogin.c. Answers are asked for in JSON. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-secret.h"

/**
 * AuthOscarClientLogin:
 * @name: screen name or UIN
 * @password: its password
 * @key: the developer key
 * @client: what to call ourselves
 * @icq: @name is a UIN
 * @code: (nullable): the one-time code that was asked for
 *
 * What clientLogin wants to know.
 */
typedef struct
{
  const char *name;
  const ImSecret *password;
  const char *key;
  const char *client;
  gboolean icq;
  const ImSecret *code;
} AuthOscarClientLogin;

/**
 * auth_oscar_client_form:
 * @login: who signs in
 *
 * Returns: (transfer full): the body to post, of type
 *   application/x-www-form-urlencoded; it wipes itself
 */
IM_API GBytes *auth_oscar_client_form (const AuthOscarClientLogin *login);

/**
 * AuthOscarClientReply:
 * @status: statusCode; 200 is good
 * @detail: statusDetailCode, or 0
 * @text: (nullable): the server's words for it
 * @page: (nullable): a page the server names, http or https
 * @token: (nullable): what startOSCARSession is asked with
 * @session_secret: (nullable): what the session key is made of
 * @host_time: unix time of the server's clock, or 0
 * @host: (nullable): the session's server
 * @port: its port, or 0
 * @cookie: (nullable): what to show there
 * @tls_name: (nullable): the name in its certificate; it is encrypted then
 *
 * The envelope of both answers.
 */
typedef struct
{
  guint status;
  guint detail;
  char *text;
  char *page;
  ImSecret *token;
  ImSecret *session_secret;
  gint64 host_time;
  char *host;
  guint16 port;
  GBytes *cookie;
  char *tls_name;
} AuthOscarClientReply;

IM_API void auth_oscar_client_reply_clear (AuthOscarClientReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthOscarClientReply,
                                  auth_oscar_client_reply_clear)

/**
 * auth_oscar_client_parse:
 * @body: of the answer, whatever its HTTP status
 * @ret: (out): what it says
 * @error: return location
 *
 * Children may come in any order, and numbers as strings; what is absent or of
 * another type is left empty.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR: %IM_WIRE_ERROR_UNSUPPORTED for XML,
 *   %IM_WIRE_ERROR_MALFORMED for what has no envelope
 */
IM_API gboolean auth_oscar_client_parse (GBytes *body,
                                         AuthOscarClientReply *ret,
                                         GError **error);

/**
 * auth_oscar_client_cookie:
 * @token: a token that is base64 in the alphabet for URLs
 *
 * Returns: (transfer full) (nullable): the bytes it stands for
 */
IM_API GBytes *auth_oscar_client_cookie (const ImSecret *token);

/**
 * auth_oscar_client_session_key:
 * @password: the password as typed
 * @session_secret: of the reply
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the key to sign with, or %NULL if the
 *   system forbids SHA-256
 */
IM_API ImSecret *auth_oscar_client_session_key (const ImSecret *password,
                                                const ImSecret *session_secret,
                                                GError **error);

/**
 * auth_oscar_client_sign:
 * @url: scheme, host and path
 * @query: names and percent-encoded values, in order of the names
 * @session_key: as auth_oscar_client_session_key() makes it
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the signature, not percent-encoded
 */
IM_API char *auth_oscar_client_sign (const char *url, const char *query,
                                     const ImSecret *session_key,
                                     GError **error);

/**
 * AuthOscarClientSession:
 * @url: of startOSCARSession
 * @token: of the reply
 * @session_key: to sign with
 * @key: the developer key
 * @distribution: number of the client's distribution
 * @time: the server's clock
 * @tls: whether the session's server should be encrypted
 *
 * What startOSCARSession wants to know.
 */
typedef struct
{
  const char *url;
  const ImSecret *token;
  const ImSecret *session_key;
  const char *key;
  guint distribution;
  gint64 time;
  gboolean tls;
} AuthOscarClientSession;

/**
 * auth_oscar_client_session_url:
 * @session: what is asked for
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the whole signed URL
 */
IM_API ImSecret *
auth_oscar_client_session_url (const AuthOscarClientSession *session,
                               GError **error);
