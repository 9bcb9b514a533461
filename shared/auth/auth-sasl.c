/* The driver, and the mechanisms that are one message: PLAIN (RFC 4616),
 * X-GOOGLE-TOKEN and X-OAUTH2 (Google's XMPP documents). SCRAM is in
 * auth-sasl-scram.c, hashed tokens are in auth-sasl-ht.c. */

#include "auth-sasl-private.h"

#include <string.h>

/* Strongest first: auth_sasl_choose() walks it in this order. */
static const struct
{
  const char *wire;
  AuthSaslSecret secret;
  gboolean binds;    /* needs a channel binding */
  gboolean reveals;  /* carries the secret itself */
} mechanisms[] = {
  [AUTH_SASL_SCRAM_SHA_256_PLUS] = { "SCRAM-SHA-256-PLUS",
                                     AUTH_SASL_BY_PASSWORD, TRUE, FALSE },
  [AUTH_SASL_SCRAM_SHA_1_PLUS] = { "SCRAM-SHA-1-PLUS", AUTH_SASL_BY_PASSWORD,
                                   TRUE, FALSE },
  [AUTH_SASL_SCRAM_SHA_256] = { "SCRAM-SHA-256", AUTH_SASL_BY_PASSWORD, FALSE,
                                FALSE },
  [AUTH_SASL_SCRAM_SHA_1] = { "SCRAM-SHA-1", AUTH_SASL_BY_PASSWORD, FALSE,
                              FALSE },
  [AUTH_SASL_OAUTH2] = { "X-OAUTH2", AUTH_SASL_BY_OAUTH2, FALSE, TRUE },
  [AUTH_SASL_TOKEN] = { "X-GOOGLE-TOKEN", AUTH_SASL_BY_GOOGLE_TOKEN, FALSE,
                        TRUE },
  [AUTH_SASL_PLAIN] = { "PLAIN", AUTH_SASL_BY_PASSWORD, FALSE, TRUE },
  /* Unbound, the proof is always the same: as good as the token. */
  [AUTH_SASL_HT_EXPORTER] = { "HT-SHA-256-EXPR", AUTH_SASL_BY_HASHED_TOKEN,
                              TRUE, TRUE },
  [AUTH_SASL_HT_END_POINT] = { "HT-SHA-256-ENDP", AUTH_SASL_BY_HASHED_TOKEN,
                               TRUE, TRUE },
  [AUTH_SASL_HT_UNBOUND] = { "HT-SHA-256-NONE", AUTH_SASL_BY_HASHED_TOKEN,
                             FALSE, TRUE },
};

G_STATIC_ASSERT (G_N_ELEMENTS (mechanisms) == AUTH_SASL_NONE);

const char *
auth_sasl_wire_name (AuthSaslName name)
{
  return name < AUTH_SASL_NONE ? mechanisms[name].wire : NULL;
}

static gboolean
allowed (AuthSaslName name, const AuthSaslPolicy *policy)
{
  return mechanisms[name].secret == policy->secret &&
         (policy->binding != NULL || !mechanisms[name].binds) &&
         (policy->encrypted || !mechanisms[name].reveals) &&
         (name <= policy->at_least || policy->secret != AUTH_SASL_BY_PASSWORD);
}

AuthSaslName
auth_sasl_choose (const char *const *offered, const AuthSaslPolicy *policy)
{
  for (guint i = 0; i < AUTH_SASL_NONE; i++)
    if (allowed ((AuthSaslName) i, policy) &&
        g_strv_contains (offered, mechanisms[i].wire))
      return (AuthSaslName) i;
  return AUTH_SASL_NONE;
}

AuthSasl *
auth_sasl_new (AuthSaslName name, const AuthSaslInput *input, GError **error)
{
  g_autoptr (AuthSasl) sasl = g_new0 (AuthSasl, 1);

  sasl->name = name;
  sasl->user = g_strdup (input->user);
  sasl->secret = im_secret_ref (input->secret);
  if (input->binding_data != NULL)
    sasl->binding = g_bytes_ref (input->binding_data);
  if (name <= AUTH_SASL_SCRAM_SHA_1 &&
      !auth_sasl_scram_init (sasl, input, error))
    return NULL;
  return g_steal_pointer (&sasl);
}

void
auth_sasl_free (AuthSasl *sasl)
{
  if (sasl == NULL)
    return;
  auth_sasl_scram_clear (&sasl->scram);
  g_free (sasl->user);
  im_secret_unref (sasl->secret);
  g_clear_pointer (&sasl->binding, g_bytes_unref);
  g_free (sasl);
}

static gboolean
is_scram (const AuthSasl *sasl)
{
  return sasl->name <= AUTH_SASL_SCRAM_SHA_1;
}

void
auth_sasl_set_offer (AuthSasl *sasl, const char *const *offered,
                     const char *const *bindings)
{
  if (is_scram (sasl))
    auth_sasl_scram_set_offer (&sasl->scram, offered, bindings);
}

static gboolean
is_hashed_token (const AuthSasl *sasl)
{
  return mechanisms[sasl->name].secret == AUTH_SASL_BY_HASHED_TOKEN;
}

/* NUL user NUL secret: nobody else to act for, then the two. */
static GBytes *
plain_message (const AuthSasl *sasl)
{
  GByteArray *out = g_byte_array_new ();
  const char *secret = im_secret_peek (sasl->secret);

  g_byte_array_append (out, (const guint8 *) "", 1);
  g_byte_array_append (out, (const guint8 *) sasl->user,
                       (guint) strlen (sasl->user) + 1);
  g_byte_array_append (out, (const guint8 *) secret, (guint) strlen (secret));
  return g_byte_array_free_to_bytes (out);
}

GBytes *
auth_sasl_first (AuthSasl *sasl)
{
  if (is_hashed_token (sasl))
    return auth_sasl_ht_first (sasl);
  return is_scram (sasl) ? auth_sasl_scram_first (sasl) : plain_message (sasl);
}

GBytes *
auth_sasl_answer (AuthSasl *sasl, GBytes *challenge, GError **error)
{
  if (is_scram (sasl))
    return auth_sasl_scram_answer (sasl, challenge, error);
  g_set_error (error, IM_PROBLEM, IM_PROBLEM_PROTOCOL,
               "a challenge to %s, which has none",
               auth_sasl_wire_name (sasl->name));
  return NULL;
}

gboolean
auth_sasl_finish (AuthSasl *sasl, GBytes *data, GError **error)
{
  if (is_hashed_token (sasl))
    return auth_sasl_ht_finish (sasl, data, error);
  return !is_scram (sasl) || auth_sasl_scram_finish (sasl, data, error);
}

char *
auth_sasl_salted (const AuthSasl *sasl)
{
  return is_scram (sasl) ? auth_sasl_scram_salted (sasl) : NULL;
}
