/* SCRAM (RFC 5802, RFC 7677), with and without channel binding.
 *
 *   -> gs2 "n=" user ",r=" nonce
 *   <- "r=" nonce+ ",s=" salt ",i=" iterations
 *   -> "c=" binding ",r=" nonce+ ",p=" proof
 *   <- "v=" signature
 *
 * The password is salted by as many rounds of PBKDF2 as the server says; the
 * result may be kept, so that the next sign-on costs none. */

#include <string.h>

#include "auth-sasl-private.h"

/* Fewer rounds are an invitation to guess (RFC 7677); more than any server
 * has would only keep us busy. */
#define MIN_ITERATIONS 4096
#define MAX_ITERATIONS 10000000

#define MIN_NONCE 16

/* A challenge is a line of text; no server needs more. */
#define MAX_CHALLENGE 8192

void
auth_sasl_scram_clear (AuthScram *scram)
{
  g_free (scram->nonce);
  g_free (scram->gs2);
  g_clear_pointer (&scram->bound, g_bytes_unref);
  g_free (scram->first_bare);
  g_clear_pointer (&scram->salt, g_bytes_unref);
  if (scram->known != NULL)
    im_secret_wipe (scram->known, strlen (scram->known));
  g_free (scram->known);
  g_free (scram->offer);
  im_secret_wipe (scram, sizeof *scram);
}

/* Names and passwords are compared in their prepared form (SASLprep): NFKC
 * is what of it matters for text that people type. */
static char *
prepare (const char *text, GError **error)
{
  char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFKC);

  if (normal == NULL)
    g_set_error_literal (error, IM_PROBLEM, IM_PROBLEM_SETTINGS,
                         "name or password contains characters that cannot "
                         "be used");
  return normal;
}

/* "," and "=" separate attributes. */
static char *
escape_name (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *p = name; *p != '\0'; p++)
    if (*p == '=')
      g_string_append (out, "=3D");
    else if (*p == ',')
      g_string_append (out, "=2C");
    else
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

/* "y" claims that the server has no binding at all, which it checks; so it is
 * only said when that is what we saw. */
static char *
gs2_header (AuthSaslName name, const AuthSaslInput *input)
{
  if (name == AUTH_SASL_SCRAM_SHA_256_PLUS ||
      name == AUTH_SASL_SCRAM_SHA_1_PLUS)
    return g_strdup_printf ("p=%s,,", input->binding);
  return g_strdup (input->can_bind && !input->plus_offered ? "y,," : "n,,");
}

static GBytes *
bound_bytes (const AuthScram *scram, GBytes *binding_data)
{
  GByteArray *out = g_byte_array_new ();
  gsize len = 0;
  const guint8 *data =
      binding_data != NULL ? g_bytes_get_data (binding_data, &len) : NULL;

  g_byte_array_append (out, (const guint8 *) scram->gs2,
                       (guint) strlen (scram->gs2));
  if (scram->gs2[0] == 'p')
    g_byte_array_append (out, data, (guint) len);
  return g_byte_array_free_to_bytes (out);
}

gboolean
auth_sasl_scram_init (AuthSasl *sasl, const AuthSaslInput *input,
                      GError **error)
{
  AuthScram *scram = &sasl->scram;
  g_autofree char *name = prepare (input->user, error);
  g_autofree char *escaped = NULL;

  if (name == NULL)
    return FALSE;
  g_return_val_if_fail (input->nonce != NULL &&
                            strlen (input->nonce) >= MIN_NONCE &&
                            strchr (input->nonce, ',') == NULL,
                        FALSE);
  scram->hash = sasl->name == AUTH_SASL_SCRAM_SHA_256 ||
                        sasl->name == AUTH_SASL_SCRAM_SHA_256_PLUS
                    ? AUTH_HASH_SHA256
                    : AUTH_HASH_SHA1;
  scram->nonce = g_strdup (input->nonce);
  scram->gs2 = gs2_header (sasl->name, input);
  scram->bound = bound_bytes (scram, input->binding_data);
  escaped = escape_name (name);
  scram->first_bare = g_strdup_printf ("n=%s,r=%s", escaped, scram->nonce);
  scram->known = g_strdup (input->salted);
  return TRUE;
}

GBytes *
auth_sasl_scram_first (AuthSasl *sasl)
{
  AuthScram *scram = &sasl->scram;
  char *message = g_strconcat (scram->gs2, scram->first_bare, NULL);

  scram->state = AUTH_SCRAM_SENT_FIRST;
  return g_bytes_new_take (message, strlen (message));
}

static gboolean
refuse (GError **error, ImProblem problem, const char *why)
{
  g_set_error_literal (error, IM_PROBLEM, (int) problem, why);
  return FALSE;
}

/* --- XEP-0474: what the server says it has said ---------------------------- */

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
append_sorted (GString *out, const char *const *words)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (; *words != NULL; words++)
    g_ptr_array_add (sorted, (gpointer) *words);
  g_ptr_array_sort (sorted, compare);
  for (guint i = 0; i < sorted->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, '\x1e');
      g_string_append (out, sorted->pdata[i]);
    }
}

void
auth_sasl_scram_set_offer (AuthScram *scram, const char *const *mechanisms,
                           const char *const *bindings)
{
  GString *offer = g_string_new (NULL);

  append_sorted (offer, mechanisms);
  if (bindings != NULL)
    {
      g_string_append_c (offer, '\x1f');
      append_sorted (offer, bindings);
    }
  g_free (scram->offer);
  scram->offer = g_string_free (offer, FALSE);
}

static gboolean
check_offer (const AuthScram *scram, char **words, GError **error)
{
  guint8 digest[AUTH_HASH_MAX];
  gsize len;

  for (; *words != NULL; words++)
    {
      g_autofree guint8 *shown = NULL;

      if (!g_str_has_prefix (*words, "h=") || scram->offer == NULL)
        continue;
      if (!auth_hash_bytes (scram->hash, scram->offer, strlen (scram->offer),
                            digest, error))
        return FALSE;
      shown = g_base64_decode (*words + 2, &len);
      if (len != auth_hash_size (scram->hash) ||
          memcmp (shown, digest, len) != 0)
        return refuse (error, IM_PROBLEM_WEAKENED,
                       "the server offered something else");
    }
  return TRUE;
}

/* --- the conversation ------------------------------------------------------ */

/* The server's first message, in the order the RFC fixes. */
typedef struct
{
  const char *nonce;
  const char *salt;
  const char *iterations;
} ServerFirst;

static gboolean
parse_server_first (char **words, ServerFirst *ret, GError **error)
{
  /* An attribute "m" would be an extension that must be understood. */
  if (words[0] == NULL || words[1] == NULL || words[2] == NULL ||
      !g_str_has_prefix (words[0], "r=") ||
      !g_str_has_prefix (words[1], "s=") || !g_str_has_prefix (words[2], "i="))
    return refuse (error, IM_PROBLEM_PROTOCOL, "not a SCRAM challenge");
  ret->nonce = words[0] + 2;
  ret->salt = words[1] + 2;
  ret->iterations = words[2] + 2;
  return TRUE;
}

static gboolean
accept_server_first (AuthScram *scram, const ServerFirst *first,
                     GError **error)
{
  guint64 iterations;
  gsize salt_len;
  guint8 *salt;

  if (!g_str_has_prefix (first->nonce, scram->nonce) ||
      strlen (first->nonce) == strlen (scram->nonce))
    return refuse (error, IM_PROBLEM_PROTOCOL,
                   "the server's nonce is not an answer to ours");
  if (!g_ascii_string_to_unsigned (first->iterations, 10, MIN_ITERATIONS,
                                   MAX_ITERATIONS, &iterations, NULL))
    return refuse (error, IM_PROBLEM_PROTOCOL,
                   "the server's iteration count is out of range");
  salt = g_base64_decode (first->salt, &salt_len);
  scram->iterations = (guint) iterations;
  scram->salt = g_bytes_new_take (salt, salt_len);
  if (salt_len == 0)
    return refuse (error, IM_PROBLEM_PROTOCOL, "the server's salt is empty");
  return TRUE;
}

/* "hash:iterations:salt:", what a kept result must begin with. */
static char *
salted_prefix (const AuthScram *scram)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (scram->salt, &len);
  g_autofree char *salt = g_base64_encode (data, len);

  return g_strdup_printf ("%s:%u:%s:",
                          scram->hash == AUTH_HASH_SHA256 ? "sha256" : "sha1",
                          scram->iterations, salt);
}

static gboolean
use_known (AuthScram *scram)
{
  g_autofree char *prefix = salted_prefix (scram);
  g_autofree guint8 *bytes = NULL;
  gsize len;

  if (scram->known == NULL || !g_str_has_prefix (scram->known, prefix))
    return FALSE;
  bytes = g_base64_decode (scram->known + strlen (prefix), &len);
  if (len != auth_hash_size (scram->hash))
    return FALSE;
  memcpy (scram->salted, bytes, len);
  im_secret_wipe (bytes, len);
  return TRUE;
}

static gboolean
salt_password (AuthSasl *sasl, GError **error)
{
  AuthScram *scram = &sasl->scram;
  g_autofree char *password = NULL;
  gsize salt_len;
  const guint8 *salt = g_bytes_get_data (scram->salt, &salt_len);
  gboolean done;

  if (use_known (scram))
    return TRUE;
  password = prepare (im_secret_peek (sasl->secret), error);
  if (password == NULL)
    return FALSE;
  done = auth_hash_pbkdf2 (scram->hash, password, strlen (password), salt,
                           salt_len, scram->iterations, scram->salted, error);
  im_secret_wipe (password, strlen (password));
  return done;
}

static gboolean
sign (const AuthScram *scram, const char *role, const char *auth_message,
      guint8 *ret_key, guint8 *ret_signature, gboolean stored, GError **error)
{
  gsize size = auth_hash_size (scram->hash);
  guint8 digest[AUTH_HASH_MAX];

  /* The client signs with the hash of its key, the server with its key. */
  return auth_hash_hmac (scram->hash, scram->salted, size, role, strlen (role),
                         ret_key, error) &&
         (!stored || auth_hash_bytes (scram->hash, ret_key, size, digest,
                                      error)) &&
         auth_hash_hmac (scram->hash, stored ? digest : ret_key, size,
                         auth_message, strlen (auth_message), ret_signature,
                         error);
}

static char *
make_proof (AuthScram *scram, const char *auth_message, GError **error)
{
  guint8 key[AUTH_HASH_MAX], signature[AUTH_HASH_MAX], unused[AUTH_HASH_MAX];
  gsize size = auth_hash_size (scram->hash);
  char *proof;

  if (!sign (scram, "Client Key", auth_message, key, signature, TRUE, error) ||
      !sign (scram, "Server Key", auth_message, unused, scram->signature,
             FALSE, error))
    return NULL;
  for (gsize i = 0; i < size; i++)
    key[i] ^= signature[i];
  proof = g_base64_encode (key, size);
  im_secret_wipe (key, sizeof key);
  return proof;
}

static GBytes *
final_message (AuthSasl *sasl, const char *server_first, const char *nonce,
               GError **error)
{
  AuthScram *scram = &sasl->scram;
  gsize len;
  const guint8 *bound = g_bytes_get_data (scram->bound, &len);
  g_autofree char *binding = g_base64_encode (bound, len);
  g_autofree char *bare = g_strdup_printf ("c=%s,r=%s", binding, nonce);
  g_autofree char *auth_message =
      g_strdup_printf ("%s,%s,%s", scram->first_bare, server_first, bare);
  g_autofree char *proof = make_proof (scram, auth_message, error);
  char *message;

  if (proof == NULL)
    return NULL;
  message = g_strdup_printf ("%s,p=%s", bare, proof);
  scram->state = AUTH_SCRAM_SENT_PROOF;
  return g_bytes_new_take (message, strlen (message));
}

static char *
as_text (GBytes *bytes)
{
  gsize len = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  if (len == 0 || len > MAX_CHALLENGE || memchr (data, '\0', len) != NULL)
    return g_strdup ("");
  return g_strndup (data, len);
}

static gboolean
check_signature (AuthScram *scram, const char *text, GError **error)
{
  gsize size = auth_hash_size (scram->hash), len = 0;
  g_autofree guint8 *shown = NULL;
  g_auto (GStrv) words = g_strsplit (text, ",", 2);

  if (words[0] != NULL && g_str_has_prefix (words[0], "v="))
    shown = g_base64_decode (words[0] + 2, &len);
  if (len != size || memcmp (shown, scram->signature, size) != 0)
    return refuse (error, IM_PROBLEM_SIGNON_FAILED,
                   "the server failed to prove its identity");
  scram->state = AUTH_SCRAM_DONE;
  return TRUE;
}

GBytes *
auth_sasl_scram_answer (AuthSasl *sasl, GBytes *challenge, GError **error)
{
  AuthScram *scram = &sasl->scram;
  g_autofree char *text = as_text (challenge);
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  ServerFirst first;

  /* Some servers send the signature as a last challenge. */
  if (scram->state == AUTH_SCRAM_SENT_PROOF)
    return check_signature (scram, text, error) ? g_bytes_new (NULL, 0) : NULL;
  if (scram->state != AUTH_SCRAM_SENT_FIRST)
    {
      refuse (error, IM_PROBLEM_PROTOCOL, "a challenge out of turn");
      return NULL;
    }
  if (!parse_server_first (words, &first, error) ||
      !check_offer (scram, words + 3, error) ||
      !accept_server_first (scram, &first, error) ||
      !salt_password (sasl, error))
    return NULL;
  return final_message (sasl, text, first.nonce, error);
}

gboolean
auth_sasl_scram_finish (AuthSasl *sasl, GBytes *data, GError **error)
{
  AuthScram *scram = &sasl->scram;
  g_autofree char *text = as_text (data);

  if (scram->state == AUTH_SCRAM_DONE)
    return TRUE;
  if (scram->state != AUTH_SCRAM_SENT_PROOF)
    return refuse (error, IM_PROBLEM_SIGNON_FAILED,
                   "the server called it a success before it asked");
  return check_signature (scram, text, error);
}

char *
auth_sasl_scram_salted (const AuthSasl *sasl)
{
  const AuthScram *scram = &sasl->scram;
  g_autofree char *prefix = NULL;
  g_autofree char *bytes = NULL;

  if (scram->state != AUTH_SCRAM_DONE)
    return NULL;
  prefix = salted_prefix (scram);
  bytes = g_base64_encode (scram->salted, auth_hash_size (scram->hash));
  return g_strconcat (prefix, bytes, NULL);
}
