/* HT-SHA-256 (hashed token): a token the server gave out earlier, proved by
 * both sides in one round trip. XEP-0484; draft-schmaus-kitten-sasl-ht.
 *
 *   -> user NUL HMAC (token, "Initiator" binding)
 *   <- HMAC (token, "Responder" binding), along with success */

#include <string.h>

#include "auth-sasl-private.h"

static gboolean
make_proof (const AuthSasl *sasl, const char *role, guint8 *ret)
{
  const char *token = im_secret_peek (sasl->secret);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  gsize len = 0;
  const guint8 *bound =
      sasl->binding != NULL ? g_bytes_get_data (sasl->binding, &len) : NULL;

  g_byte_array_append (data, (const guint8 *) role, (guint) strlen (role));
  g_byte_array_append (data, bound, (guint) len);
  return auth_hash_hmac (AUTH_HASH_SHA256, token, strlen (token), data->data,
                         data->len, ret, NULL);
}

GBytes *
auth_sasl_ht_first (AuthSasl *sasl)
{
  GByteArray *out = g_byte_array_new ();
  guint8 proof[AUTH_HASH_MAX] = { 0 };

  g_byte_array_append (out, (const guint8 *) sasl->user,
                       (guint) strlen (sasl->user) + 1);
  if (make_proof (sasl, "Initiator", proof))
    g_byte_array_append (out, proof,
                         (guint) auth_hash_size (AUTH_HASH_SHA256));
  return g_byte_array_free_to_bytes (out);
}

gboolean
auth_sasl_ht_finish (AuthSasl *sasl, GBytes *data, GError **error)
{
  guint8 proof[AUTH_HASH_MAX];
  gsize len = 0;
  const guint8 *shown = data != NULL ? g_bytes_get_data (data, &len) : NULL;

  if (make_proof (sasl, "Responder", proof) &&
      len == auth_hash_size (AUTH_HASH_SHA256) &&
      memcmp (shown, proof, len) == 0)
    return TRUE;
  g_set_error_literal (error, IM_PROBLEM, IM_PROBLEM_SIGNON_FAILED,
                       "the server failed to prove its identity");
  return FALSE;
}
