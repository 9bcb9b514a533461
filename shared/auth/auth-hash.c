#include "auth-hash.h"

#include <string.h>

#include <openssl/evp.h>

#include "im-secret.h"

typedef struct
{
  const char *name; /* as OpenSSL calls it */
  gsize size;
} HashInfo;

static const HashInfo hashes[] = {
  [AUTH_HASH_MD5] = { "MD5", 16 },
  [AUTH_HASH_SHA1] = { "SHA1", 20 },
  [AUTH_HASH_SHA256] = { "SHA256", 32 },
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD, EVP_MD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)

gsize
auth_hash_size (AuthHash hash)
{
  return hashes[hash].size;
}

static gboolean
refuse (AuthHash hash, GError **error)
{
  g_set_error (error, IM_PROBLEM, IM_PROBLEM_NO_MECHANISM,
               "the cryptography settings of this computer forbid %s, which "
               "this sign-on needs",
               hashes[hash].name);
  return FALSE;
}

static gboolean
feed_parts (EVP_MD_CTX *context, const AuthPart *parts, guint n_parts)
{
  for (guint i = 0; i < n_parts; i++)
    if (parts[i].len > 0 &&
        !EVP_DigestUpdate (context, parts[i].data, parts[i].len))
      return FALSE;
  return TRUE;
}

gboolean
auth_hash_parts (AuthHash hash, const AuthPart *parts, guint n_parts,
                 guint8 *ret, GError **error)
{
  /* Fetched, not EVP_md5(): only a fetch asks what the system allows. */
  g_autoptr (EVP_MD) md = EVP_MD_fetch (NULL, hashes[hash].name, NULL);
  g_autoptr (EVP_MD_CTX) context = EVP_MD_CTX_new ();
  guint8 digest[EVP_MAX_MD_SIZE];

  if (md == NULL || context == NULL ||
      !EVP_DigestInit_ex2 (context, md, NULL) ||
      !feed_parts (context, parts, n_parts) ||
      !EVP_DigestFinal_ex (context, digest, NULL))
    return refuse (hash, error);

  memcpy (ret, digest, hashes[hash].size);
  im_secret_wipe (digest, sizeof digest);
  return TRUE;
}

gboolean
auth_hash_bytes (AuthHash hash, const void *data, gsize len, guint8 *ret,
                 GError **error)
{
  const AuthPart part = { data, len };

  return auth_hash_parts (hash, &part, 1, ret, error);
}

gboolean
auth_hash_hmac (AuthHash hash, const void *key, gsize key_len, const void *data,
                gsize len, guint8 *ret, GError **error)
{
  guint8 mac[AUTH_HASH_MAX];
  gsize mac_len = 0;

  /* OpenSSL tells an empty key from a missing one by the pointer. */
  if (EVP_Q_mac (NULL, "HMAC", NULL, hashes[hash].name, NULL,
                 key_len > 0 ? key : "", key_len, len > 0 ? data : "", len, mac,
                 sizeof mac, &mac_len) == NULL ||
      mac_len != hashes[hash].size)
    return refuse (hash, error);

  memcpy (ret, mac, mac_len);
  im_secret_wipe (mac, sizeof mac);
  return TRUE;
}

gboolean
auth_hash_pbkdf2 (AuthHash hash, const char *password, gsize password_len,
                  const guint8 *salt, gsize salt_len, guint iterations,
                  guint8 *ret, GError **error)
{
  g_autoptr (EVP_MD) md = EVP_MD_fetch (NULL, hashes[hash].name, NULL);

  g_return_val_if_fail (iterations <= G_MAXINT && password_len <= G_MAXINT &&
                            salt_len <= G_MAXINT,
                        FALSE);
  if (md == NULL ||
      !PKCS5_PBKDF2_HMAC (password, (int) password_len, salt, (int) salt_len,
                          (int) iterations, md, (int) hashes[hash].size, ret))
    return refuse (hash, error);
  return TRUE;
}
