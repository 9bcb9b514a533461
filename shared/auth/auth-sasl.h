#pragma once

/* SASL mechanisms as pure steps (RFC 4422): which one to use, what to say
 * first, what to answer, and whether the server proved itself. Nothing here
 * sends anything, and base64 is the caller's.
 *
 *   auth_sasl_choose ()    from what the server offers and the policy allows
 *   auth_sasl_new ()       a mechanism at work
 *   auth_sasl_first ()     the initial response
 *   auth_sasl_answer ()    to each challenge
 *   auth_sasl_finish ()    with what came along with success
 *
 * A mechanism that was told to finish and did not agree must be treated as a
 * failed sign-in: the server does not know the password. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-secret.h"

typedef enum
{
  AUTH_SASL_SCRAM_SHA_256_PLUS,
  AUTH_SASL_SCRAM_SHA_1_PLUS,
  AUTH_SASL_SCRAM_SHA_256,
  AUTH_SASL_SCRAM_SHA_1,
  AUTH_SASL_OAUTH2, /* X-OAUTH2, Google's */
  AUTH_SASL_TOKEN,  /* X-GOOGLE-TOKEN */
  AUTH_SASL_PLAIN,
  AUTH_SASL_HT_EXPORTER,  /* HT-SHA-256-EXPR, bound by tls-exporter */
  AUTH_SASL_HT_END_POINT, /* HT-SHA-256-ENDP, by tls-server-end-point */
  AUTH_SASL_HT_UNBOUND,   /* HT-SHA-256-NONE */
  AUTH_SASL_NONE,         /* nothing fits */
} AuthSaslName;

/** How the user proves who they are. */
typedef enum
{
  AUTH_SASL_BY_PASSWORD,
  AUTH_SASL_BY_GOOGLE_TOKEN,
  AUTH_SASL_BY_OAUTH2,
  AUTH_SASL_BY_HASHED_TOKEN, /* one the server gave for the next sign-on */
} AuthSaslSecret;

/**
 * AuthSaslPolicy:
 * @secret: what there is to prove it with
 * @encrypted: the link is encrypted and its certificate was judged; without
 *   it nothing that carries the secret itself is chosen
 * @binding: (nullable): name of a channel binding both sides know, as
 *   "tls-exporter"; %NULL if there is none
 * @at_least: the weakest mechanism to accept: what worked last time, or
 *   %AUTH_SASL_PLAIN
 */
typedef struct
{
  AuthSaslSecret secret;
  gboolean encrypted;
  const char *binding;
  AuthSaslName at_least;
} AuthSaslPolicy;

/** Returns: (transfer none) (nullable): its name on the wire */
IM_API const char *auth_sasl_wire_name (AuthSaslName name);

/**
 * auth_sasl_choose:
 * @offered: (array zero-terminated=1): the server's mechanisms
 * @policy: what we may use
 *
 * Returns: the strongest of them that @policy allows, or %AUTH_SASL_NONE
 */
IM_API AuthSaslName auth_sasl_choose (const char *const *offered,
                                      const AuthSaslPolicy *policy);

/**
 * AuthSaslInput:
 * @user: localpart, or the full address where a server wants that; UTF-8
 * @secret: password or token
 * @nonce: (nullable): SCRAM only: at least 18 random printable characters
 *   without a comma
 * @binding: (nullable): as in #AuthSaslPolicy
 * @binding_data: (nullable): its bytes; of a hashed token, those of the
 *   binding its mechanism names
 * @plus_offered: the server offers a -PLUS mechanism
 * @can_bind: our TLS could do some channel binding
 * @salted: (nullable): what auth_sasl_salted() gave last time; spares the
 *   iterations if salt and count are still the same
 */
typedef struct
{
  const char *user;
  ImSecret *secret;
  const char *nonce;
  const char *binding;
  GBytes *binding_data;
  gboolean plus_offered;
  gboolean can_bind;
  const char *salted;
} AuthSaslInput;

typedef struct _AuthSasl AuthSasl;

/**
 * auth_sasl_new:
 * @name: a mechanism
 * @input: what it needs; copied
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the mechanism, or %NULL with
 *   %IM_PROBLEM_SETTINGS if user or password cannot be used in it
 */
IM_API AuthSasl *auth_sasl_new (AuthSaslName name, const AuthSaslInput *input,
                                GError **error);
IM_API void auth_sasl_free (AuthSasl *sasl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AuthSasl, auth_sasl_free)

/**
 * auth_sasl_set_offer:
 * @sasl: a mechanism
 * @offered: (array zero-terminated=1): all mechanisms the server said it has
 * @bindings: (array zero-terminated=1) (nullable): and its channel bindings,
 *   where it named them
 *
 * A server may send a digest of both in its challenge (XEP-0474): one that
 * differs means that somebody changed them on the way.
 */
IM_API void auth_sasl_set_offer (AuthSasl *sasl,
                                 const char *const *offered,
                                 const char *const *bindings);

/** Returns: (transfer full): the initial response, raw */
IM_API GBytes *auth_sasl_first (AuthSasl *sasl);

/**
 * auth_sasl_answer:
 * @sasl: a mechanism
 * @challenge: raw bytes of the server
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the response, or %NULL with an
 *   %IM_PROBLEM if the challenge is not to be answered; %IM_PROBLEM_WEAKENED if
 *   the server offered something else than what was seen
 */
IM_API GBytes *auth_sasl_answer (AuthSasl *sasl, GBytes *challenge,
                                 GError **error);

/**
 * auth_sasl_finish:
 * @sasl: a mechanism the server called successful
 * @data: (nullable): what came with that, raw
 * @error: return location
 *
 * Returns: %FALSE with %IM_PROBLEM_SIGNON_FAILED if the server did not prove
 *   that it knows the password
 */
IM_API gboolean auth_sasl_finish (AuthSasl *sasl, GBytes *data,
                                  GError **error);

/**
 * auth_sasl_salted:
 * @sasl: a SCRAM mechanism that finished
 *
 * Returns: (transfer full) (nullable): text to keep where passwords are kept,
 *   for AuthSaslInput.salted
 */
IM_API char *auth_sasl_salted (const AuthSasl *sasl);
