#pragma once

/* What the files of the SASL mechanisms share. */

#include "auth-hash.h"
#include "auth-sasl.h"

typedef enum
{
  AUTH_SCRAM_NEW,
  AUTH_SCRAM_SENT_FIRST,
  AUTH_SCRAM_SENT_PROOF,
  AUTH_SCRAM_DONE,
} AuthScramState;

/**
 * AuthScram:
 * @state: what was said so far
 * @hash: the digest
 * @nonce: ours
 * @gs2: the header about channel binding
 * @bound: header and binding data, which the proof covers
 * @first_bare: our first message without the header
 * @salt: of the server
 * @iterations: of the server
 * @salted: the password after salting, auth_hash_size() bytes
 * @known: (nullable): AuthSaslInput.salted
 * @signature: what the server must show in the end
 * @offer: (nullable): what the server said it offers, as its digest covers it
 */
typedef struct
{
  AuthScramState state;
  AuthHash hash;
  char *nonce;
  char *gs2;
  GBytes *bound;
  char *first_bare;
  GBytes *salt;
  guint iterations;
  guint8 salted[AUTH_HASH_MAX];
  char *known;
  guint8 signature[AUTH_HASH_MAX];
  char *offer;
} AuthScram;

/**
 * AuthSasl:
 * @binding: (nullable): AuthSaslInput.binding_data, for hashed tokens
 */
struct _AuthSasl
{
  AuthSaslName name;
  char *user;
  ImSecret *secret;
  GBytes *binding;
  AuthScram scram;
};

gboolean auth_sasl_scram_init (AuthSasl *sasl, const AuthSaslInput *input,
                               GError **error);
void auth_sasl_scram_set_offer (AuthScram *scram,
                                const char *const *mechanisms,
                                const char *const *bindings);
void auth_sasl_scram_clear (AuthScram *scram);
GBytes *auth_sasl_scram_first (AuthSasl *sasl);
GBytes *auth_sasl_scram_answer (AuthSasl *sasl, GBytes *challenge,
                                GError **error);
gboolean auth_sasl_scram_finish (AuthSasl *sasl, GBytes *data, GError **error);
char *auth_sasl_scram_salted (const AuthSasl *sasl);

GBytes *auth_sasl_ht_first (AuthSasl *sasl);
gboolean auth_sasl_ht_finish (AuthSasl *sasl, GBytes *data, GError **error);
