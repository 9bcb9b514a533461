/* Digests and OSCAR password forms against published vectors. */

#include <string.h>

#include <glib.h>
#include <openssl/evp.h>

#include "auth-hash.h"
#include "auth-oscar-md5.h"
#include "auth-oscar-roast.h"

static char *
to_hex (const guint8 *data, gsize len)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return g_string_free (hex, FALSE);
}

typedef struct
{
  AuthHash hash;
  const char *text;
  const char *hex;
} HashRow;

/* RFC 1321 A.5; FIPS 180-2 appendices A and B; the empty strings are
 * RFC 1321's and NIST's. */
static const HashRow hash_rows[] = {
  { AUTH_HASH_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
  { AUTH_HASH_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
  { AUTH_HASH_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
  { AUTH_HASH_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
  { AUTH_HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
  { AUTH_HASH_SHA256, "",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { AUTH_HASH_SHA256, "abc",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
};

static void
test_hash (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hash_rows); i++)
    {
      const HashRow *row = &hash_rows[i];
      gsize len = strlen (row->text);
      AuthPart parts[] = { { row->text, len / 2 },
                           { NULL, 0 },
                           { row->text + len / 2, len - len / 2 } };
      guint8 digest[AUTH_HASH_MAX];
      g_autofree char *whole = NULL;
      g_autofree char *pieces = NULL;

      g_assert_true (auth_hash_bytes (row->hash, row->text, len, digest, NULL));
      whole = to_hex (digest, auth_hash_size (row->hash));
      g_assert_cmpstr (whole, ==, row->hex);

      g_assert_true (auth_hash_parts (row->hash, parts, G_N_ELEMENTS (parts),
                                      digest, NULL));
      pieces = to_hex (digest, auth_hash_size (row->hash));
      g_assert_cmpstr (pieces, ==, row->hex);
    }
}

typedef struct
{
  AuthHash hash;
  const char *key;
  const char *data;
  const char *hex;
} HmacRow;

/* RFC 2202 cases 2 (MD5, SHA-1), RFC 4231 case 2 (SHA-256). The empty key
 * and text: the widely published values for HMAC of nothing. */
static const HmacRow hmac_rows[] = {
  { AUTH_HASH_MD5, "Jefe", "what do ya want for nothing?",
    "750c783e6ab0b503eaa86e310a5db738" },
  { AUTH_HASH_SHA1, "Jefe", "what do ya want for nothing?",
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
  { AUTH_HASH_SHA256, "Jefe", "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
  { AUTH_HASH_SHA256, "", "",
    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static void
test_hmac (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hmac_rows); i++)
    {
      const HmacRow *row = &hmac_rows[i];
      guint8 mac[AUTH_HASH_MAX];
      g_autofree char *hex = NULL;

      g_assert_true (auth_hash_hmac (row->hash, row->key, strlen (row->key),
                                     row->data, strlen (row->data), mac, NULL));
      hex = to_hex (mac, auth_hash_size (row->hash));
      g_assert_cmpstr (hex, ==, row->hex);
    }
}

/* A key longer than the digest's block is hashed first: RFC 4231 case 6. */
static void
test_hmac_long_key (void)
{
  const char *data = "Test Using Larger Than Block-Size Key - Hash Key First";
  guint8 key[131];
  guint8 mac[AUTH_HASH_MAX];
  g_autofree char *hex = NULL;

  memset (key, 0xaa, sizeof key);
  g_assert_true (auth_hash_hmac (AUTH_HASH_SHA256, key, sizeof key, data,
                                 strlen (data), mac, NULL));
  hex = to_hex (mac, 32);
  g_assert_cmpstr (
      hex, ==,
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

typedef struct
{
  const char *password;
  const char *key;
  gboolean strong;
  const char *hex;
} BucpRow;

/* github.com/mk6i/open-oscar-server, the tests of its password hashes. */
static const BucpRow bucp_rows[] = {
  { "password123", "authkey456", FALSE, "047963820da7bbfe6a9b41a45c47cbcb" },
  { "", "", FALSE, "13fd0b9e89f4b836a7658b9dcaad2ad4" },
  { "password123", "authkey456", TRUE, "b90791cccb5c5771bdcbc93982f79484" },
  { "", "", TRUE, "1fa2b6995984b01468a37c7742900ac9" },
};

static void
test_bucp (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bucp_rows); i++)
    {
      const BucpRow *row = &bucp_rows[i];
      g_autoptr (ImSecret) password = im_secret_new (row->password);
      guint8 digest[AUTH_OSCAR_MD5_SIZE];
      g_autofree char *hex = NULL;

      g_assert_true (auth_oscar_md5_digest ((const guint8 *)row->key,
                                            strlen (row->key), password,
                                            row->strong, digest, NULL));
      hex = to_hex (digest, sizeof digest);
      g_assert_cmpstr (hex, ==, row->hex);
    }
}

typedef struct
{
  AuthOscarRoast table;
  const char *plain;
  gsize len;
  const char *hex;
} RoastRow;

/* The FLAP row and the un-roasting rows: open-oscar-server's tests. The Java
 * and Kerberos rows of "password" follow from the tables. */
static const RoastRow roast_rows[] = {
  { AUTH_OSCAR_ROAST_FLAP, "password", 8, "8347f2b74ee9a9f6" },
  { AUTH_OSCAR_ROAST_JAVA, "password", 8, "83d21feae250ded2" },
  { AUTH_OSCAR_ROAST_KERBEROS, "password", 8, "06f0b694a7b6e7b9" },
  { AUTH_OSCAR_ROAST_FLAP, "\xe3\x16\x91\xd4", 4, "10301010" },
  { AUTH_OSCAR_ROAST_KERBEROS, "\x66\x81\xd5\xf7", 4, "10101010" },
  { AUTH_OSCAR_ROAST_FLAP, "", 0, "" },
};

static void
test_roast (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (roast_rows); i++)
    {
      const RoastRow *row = &roast_rows[i];
      guint8 roasted[8];
      g_autofree char *hex = NULL;

      auth_oscar_roast (row->table, row->plain, row->len, roasted);
      hex = to_hex (roasted, row->len);
      g_assert_cmpstr (hex, ==, row->hex);

      auth_oscar_roast (row->table, roasted, row->len, roasted);
      g_assert_cmpmem (roasted, row->len, row->plain, row->len);
    }
}

/* Passwords may be longer than the table, which then repeats. */
static void
test_roast_long (void)
{
  guint8 zeros[20] = { 0 };
  g_autofree char *hex = NULL;

  auth_oscar_roast (AUTH_OSCAR_ROAST_FLAP, zeros, sizeof zeros, zeros);
  hex = to_hex (zeros, sizeof zeros);
  g_assert_cmpstr (hex, ==, "f32681c43986db9271a3b9e6537a957cf32681c4");
}

/* A system under a policy without MD5 gets a reason, not a crash and not a
 * sign-on with a wrong digest. */
static void
test_forbidden (void)
{
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  g_autoptr (GError) error = NULL;
  guint8 digest[AUTH_OSCAR_MD5_SIZE] = { 0x55 };

  g_assert_true (EVP_set_default_properties (NULL, "fips=yes"));
  g_assert_false (auth_oscar_md5_digest ((const guint8 *)"k", 1, password, TRUE,
                                         digest, &error));
  g_assert_error (error, IM_PROBLEM, IM_PROBLEM_NO_MECHANISM);
  g_assert_nonnull (strstr (error->message, "MD5"));
  g_assert_cmphex (digest[0], ==, 0x55);

  g_clear_error (&error);
  g_assert_false (
      auth_hash_hmac (AUTH_HASH_MD5, "k", 1, "d", 1, digest, &error));
  g_assert_error (error, IM_PROBLEM, IM_PROBLEM_NO_MECHANISM);
  g_assert_true (EVP_set_default_properties (NULL, ""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/hash/digest", test_hash);
  g_test_add_func ("/auth/hash/hmac", test_hmac);
  g_test_add_func ("/auth/hash/hmac/long-key", test_hmac_long_key);
  g_test_add_func ("/auth/oscar/md5", test_bucp);
  g_test_add_func ("/auth/oscar/roast", test_roast);
  g_test_add_func ("/auth/oscar/roast/long", test_roast_long);
  g_test_add_func ("/auth/forbidden", test_forbidden);
  return g_test_run ();
}
