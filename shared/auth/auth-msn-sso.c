#include "auth-msn-sso.h"

#include <string.h>

#include <openssl/evp.h>

#include "auth-hash.h"
#include "im-limits.h"
#include "im-writer.h"

#define SHA1_SIZE 20
#define KEY_SIZE 24
#define BLOCK_SIZE 8

/* Longer ones exist nowhere: 64 characters are the rule. */
#define MAX_NONCE 1024

#define LABEL "WS-SecureConversation"

#define MODE_CBC 1
#define CIPHER_3DES 0x6603
#define HASH_SHA1 0x8004
#define HEADER_SIZE 28

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER, EVP_CIPHER_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

void
auth_msn_sso_sites (const char *policy, AuthPassport3Site ret[AUTH_MSN_N_SITES])
{
  static const AuthPassport3Site sites[AUTH_MSN_N_SITES] = {
    [AUTH_MSN_SITE_CLEAR] = { "messengerclear.live.com", NULL },
    [AUTH_MSN_SITE_MAIL] = { "messenger.msn.com", "?id=507" },
    [AUTH_MSN_SITE_CONTACTS] = { "contacts.msn.com", "MBI" },
    [AUTH_MSN_SITE_SECURE] = { "messengersecure.live.com", "MBI_SSL" },
    [AUTH_MSN_SITE_STORAGE] = { "storage.msn.com", "MBI" },
  };

  memcpy (ret, sites, sizeof sites);
  ret[AUTH_MSN_SITE_CLEAR].policy = policy;
}

/* HMAC of @head followed by @label. */
static gboolean
step (const guint8 *key, gsize key_len, const guint8 *head, const char *label,
      guint8 ret[SHA1_SIZE], GError **error)
{
  guint8 data[SHA1_SIZE + 64];
  gsize head_len = head != NULL ? SHA1_SIZE : 0;
  gsize len = head_len + strlen (label);

  g_assert (len <= sizeof data);
  if (head_len > 0)
    memcpy (data, head, head_len);
  memcpy (data + head_len, label, strlen (label));
  return auth_hash_hmac (AUTH_HASH_SHA1, key, key_len, data, len, ret, error);
}

static gboolean
derive (const guint8 *key, gsize key_len, const char *label,
        guint8 ret[KEY_SIZE], GError **error)
{
  guint8 first[SHA1_SIZE];
  guint8 second[SHA1_SIZE];
  guint8 third[SHA1_SIZE];
  guint8 fourth[SHA1_SIZE];

  if (!step (key, key_len, NULL, label, first, error) ||
      !step (key, key_len, first, label, second, error) ||
      !step (key, key_len, first, "", third, error) ||
      !step (key, key_len, third, label, fourth, error))
    return FALSE;
  memcpy (ret, second, SHA1_SIZE);
  memcpy (ret + SHA1_SIZE, fourth, KEY_SIZE - SHA1_SIZE);
  im_secret_wipe (second, sizeof second);
  im_secret_wipe (fourth, sizeof fourth);
  return TRUE;
}

/* @ret has room for @len and a block more. */
static gboolean
encrypt (const guint8 key[KEY_SIZE], const guint8 *iv, const char *text,
         gsize len, guint8 *ret, gsize *ret_len, GError **error)
{
  g_autoptr (EVP_CIPHER) cipher = EVP_CIPHER_fetch (NULL, "DES-EDE3-CBC", NULL);
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  int body = 0;
  int tail = 0;

  /* Padding is on, and is that of PKCS #7. */
  if (cipher == NULL || context == NULL ||
      !EVP_EncryptInit_ex2 (context, cipher, key, iv, NULL) ||
      !EVP_EncryptUpdate (context, ret, &body, (const guint8 *)text,
                          (int)len) ||
      !EVP_EncryptFinal_ex (context, ret + body, &tail))
    {
      g_set_error_literal (error, IM_PROBLEM, IM_PROBLEM_NO_MECHANISM,
                           "the cryptography settings of this computer forbid "
                           "3DES, which this sign-on needs");
      return FALSE;
    }
  *ret_len = (gsize)body + (gsize)tail;
  return TRUE;
}

static char *
join (const guint8 *iv, const guint8 hash[SHA1_SIZE], const guint8 *cipher,
      gsize cipher_len)
{
  const guint32 header[] = { HEADER_SIZE,        MODE_CBC,        CIPHER_3DES,
                             HASH_SHA1,          AUTH_MSN_SSO_IV, SHA1_SIZE,
                             (guint32)cipher_len };
  g_autoptr (GBytes) bytes = NULL;
  ImWriter writer;

  im_writer_init (&writer, HEADER_SIZE + AUTH_MSN_SSO_IV + SHA1_SIZE +
                               MAX_NONCE + BLOCK_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (header); i++)
    im_writer_u32le (&writer, header[i]);
  im_writer_raw (&writer, iv, AUTH_MSN_SSO_IV);
  im_writer_raw (&writer, hash, SHA1_SIZE);
  im_writer_raw (&writer, cipher, cipher_len);
  bytes = im_writer_finish (&writer, NULL);
  return g_base64_encode (g_bytes_get_data (bytes, NULL),
                          g_bytes_get_size (bytes));
}

static char *
prove (const guint8 *key, gsize key_len, const char *nonce, const guint8 *iv,
       GError **error)
{
  gsize nonce_len = strlen (nonce);
  guint8 cipher[MAX_NONCE + BLOCK_SIZE];
  guint8 hash_key[KEY_SIZE];
  guint8 cipher_key[KEY_SIZE];
  guint8 hash[SHA1_SIZE];
  gsize cipher_len;
  gboolean fine;

  fine = derive (key, key_len, LABEL "SESSION KEY HASH", hash_key, error) &&
         derive (key, key_len, LABEL "SESSION KEY ENCRYPTION", cipher_key,
                 error) &&
         auth_hash_hmac (AUTH_HASH_SHA1, hash_key, sizeof hash_key, nonce,
                         nonce_len, hash, error) &&
         encrypt (cipher_key, iv, nonce, nonce_len, cipher, &cipher_len, error);
  im_secret_wipe (hash_key, sizeof hash_key);
  im_secret_wipe (cipher_key, sizeof cipher_key);
  return fine ? join (iv, hash, cipher, cipher_len) : NULL;
}

/* GLib's decoder passes over what is not base64, so that is looked at first. */
static guint8 *
decode_base64 (const char *text, gsize *ret_len, GError **error)
{
  gsize len = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                            "wxyz0123456789+/");
  gsize padding = strspn (text + len, "=");

  if (len == 0 || text[len + padding] != '\0' || padding > 2 ||
      (len + padding) % 4 != 0)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "the key of a ticket is not base64");
      return NULL;
    }
  return g_base64_decode (text, ret_len);
}

char *
auth_msn_sso_proof (const ImSecret *key, const char *nonce,
                    const guint8 iv[AUTH_MSN_SSO_IV], GError **error)
{
  guint8 *bytes;
  gsize len;
  char *proof;

  if (strlen (nonce) > MAX_NONCE)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                           "the server's nonce is too long");
      return NULL;
    }
  bytes = decode_base64 (im_secret_peek (key), &len, error);
  if (bytes == NULL)
    return NULL;
  proof = prove (bytes, len, nonce, iv, error);
  im_secret_wipe (bytes, len);
  g_free (bytes);
  return proof;
}
