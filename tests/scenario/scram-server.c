#include "scram-server.h"

#include <string.h>

/* The least a client may accept, for time's sake. */
#define ITERATIONS 4096
#define SALT "pepper"
#define SHA1_BYTES 20

/**
 * ScramServer:
 * @password: of the user
 * @said: the first messages of both, as the proofs sign them
 */
struct _ScramServer
{
  char *password;
  char *said;
};

ScramServer *
scram_server_new (const char *password)
{
  ScramServer *server = g_new0 (ScramServer, 1);

  server->password = g_strdup (password);
  return server;
}

void
scram_server_free (ScramServer *server)
{
  g_free (server->password);
  g_free (server->said);
  g_free (server);
}

static void
hmac (const guint8 *key, const void *data, gsize len, guint8 *out)
{
  g_autoptr (GHmac) sum = g_hmac_new (G_CHECKSUM_SHA1, key, SHA1_BYTES);
  gsize size = SHA1_BYTES;

  g_hmac_update (sum, data, (gssize) len);
  g_hmac_get_digest (sum, out, &size);
}

/* RFC 5802, 2.2: Hi() */
static void
salt_password (const ScramServer *server, guint8 *out)
{
  g_autoptr (GHmac) first =
      g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) server->password,
                  strlen (server->password));
  guint8 block[SHA1_BYTES];
  gsize size = SHA1_BYTES;

  g_hmac_update (first, (const guint8 *) SALT "\0\0\0\1", strlen (SALT) + 4);
  g_hmac_get_digest (first, block, &size);
  memcpy (out, block, SHA1_BYTES);
  for (guint i = 1; i < ITERATIONS; i++)
    {
      g_autoptr (GHmac) next =
          g_hmac_new (G_CHECKSUM_SHA1, (const guint8 *) server->password,
                      strlen (server->password));

      g_hmac_update (next, block, SHA1_BYTES);
      size = SHA1_BYTES;
      g_hmac_get_digest (next, block, &size);
      for (guint j = 0; j < SHA1_BYTES; j++)
        out[j] ^= block[j];
    }
}

static char *
decode (const char *base64)
{
  gsize len;
  g_autofree guchar *data = g_base64_decode (base64, &len);

  return g_strndup ((const char *) data, len);
}

char *
scram_server_challenge (ScramServer *server, const char *first)
{
  g_autofree char *text = decode (first);
  g_autofree char *salt = g_base64_encode ((const guchar *) SALT,
                                           strlen (SALT));
  g_autofree char *challenge = NULL;
  const char *bare = strstr (text, "n=");
  const char *nonce = strstr (text, ",r=");

  if (bare == NULL || nonce == NULL)
    return NULL;
  challenge = g_strdup_printf ("r=%s+server,s=%s,i=%d", nonce + 3, salt,
                               ITERATIONS);
  server->said = g_strconcat (bare, ",", challenge, NULL);
  return g_base64_encode ((const guchar *) challenge, strlen (challenge));
}

static gboolean
is_proof (const guint8 *salted, const char *signed_text, const char *proof)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 key[SHA1_BYTES], stored[SHA1_BYTES], signature[SHA1_BYTES];
  gsize size = SHA1_BYTES, len;
  g_autofree guchar *sent = g_base64_decode (proof, &len);

  hmac (salted, "Client Key", strlen ("Client Key"), key);
  g_checksum_update (sum, key, SHA1_BYTES);
  g_checksum_get_digest (sum, stored, &size);
  hmac (stored, signed_text, strlen (signed_text), signature);
  for (guint i = 0; i < SHA1_BYTES; i++)
    key[i] ^= signature[i];
  return len == SHA1_BYTES && memcmp (sent, key, SHA1_BYTES) == 0;
}

char *
scram_server_prove (ScramServer *server, const char *final)
{
  g_autofree char *text = decode (final);
  char *proof = strstr (text, ",p=");
  guint8 salted[SHA1_BYTES], key[SHA1_BYTES], signature[SHA1_BYTES];
  g_autofree char *signed_text = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *answer = NULL;

  if (proof == NULL || server->said == NULL)
    return NULL;
  *proof = '\0';
  signed_text = g_strconcat (server->said, ",", text, NULL);
  salt_password (server, salted);
  if (!is_proof (salted, signed_text, proof + 3))
    return NULL;
  hmac (salted, "Server Key", strlen ("Server Key"), key);
  hmac (key, signed_text, strlen (signed_text), signature);
  encoded = g_base64_encode (signature, SHA1_BYTES);
  answer = g_strconcat ("v=", encoded, NULL);
  return g_base64_encode ((const guchar *) answer, strlen (answer));
}
