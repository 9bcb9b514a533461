#include "auth-msn-challenge.h"

#include <string.h>

#include "auth-hash.h"

#define FIRST_MIXED_VERSION 11
#define NEWEST_VERSION 21

#define MAGIC G_GUINT64_CONSTANT (0x0e79a9c1)
#define MODULUS G_GUINT64_CONSTANT (0x7fffffff)

/* In this order a version gets the first that is in its range: the ids of
 * clients that were widespread come before the rest. */
static const AuthMsnProduct products[] = {
  { "msmsgs@msnmsgr.com", "Q1P7W2E4J9R8U3S5", 6, 10 },
  { "PROD0090YUAUV{2B", "YMM8C_H7KCQ2S_KL", 11, 12 },
  { "PROD0112J1LW7%NB", "RH96F{PHI8PPX_TJ", 13, 14 },
  { "PROD0119GSJUC$18", "ILTXC!4IXB5FB*PX", 15, NEWEST_VERSION },
  { "PROD0038W!61ZTF9", "VT6PX?UQTM4WM%YR", 6, 10 },
  { "PROD0058#7IL2{QD", "QHDCY@7R1TB6W?5B", 6, 10 },
  { "PROD0061VRRZH@4F", "JXQ6J@TUOGYV@N0M", 6, 10 },
  { "PROD00504RLUG%WL", "I2EBK%PYNLZL5_J4", 6, 10 },
  { "PROD0076ENE8*@AW", "CEQJ8}OE0!WTSWII", 6, 10 },
  { "PROD0101{0RM?UBW", "CFHUR$52U_{VIX5T", 11, 12 },
  { "PROD01065C%ZFN6F", "O4BG@C7BWLYQX?5G", 13, 14 },
  { "PROD0113H11T8$X_", "RG@XY*28Q5QHS%Q5", 15, NEWEST_VERSION },
  { "PROD0114ES4Z%Q5W", "PK}_A_0N_K%O?A9S", 15, NEWEST_VERSION },
  { "PROD0118R6%2WYOS", "YIXPX@5I2P0UT*LK", 15, NEWEST_VERSION },
  { "PROD0120PW!CCV9@", "C1BX{V4W}Q3*10SM", 15, NEWEST_VERSION },
};

const AuthMsnProduct *
auth_msn_product_for (guint version)
{
  for (guint i = 0; i < G_N_ELEMENTS (products); i++)
    if (version >= products[i].first && version <= products[i].last)
      return &products[i];
  return &products[0];
}

const AuthMsnProduct *
auth_msn_product_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (products); i++)
    if (strcmp (products[i].id, id) == 0)
      return &products[i];
  return NULL;
}

static guint32
get_le32 (const guint8 *bytes)
{
  return bytes[0] | (guint32)bytes[1] << 8 | (guint32)bytes[2] << 16 |
         (guint32)bytes[3] << 24;
}

static void
put_hex (const guint8 digest[16], char ret[AUTH_MSN_CHALLENGE_LEN + 1])
{
  for (guint i = 0; i < 16; i++)
    g_snprintf (ret + 2 * i, 3, "%02x", digest[i]);
}

/* Challenge and product id, with zeros (the digit) up to a multiple of eight
 * bytes. */
static GString *
padded (const AuthMsnProduct *product, const char *challenge)
{
  GString *text = g_string_new (challenge);

  g_string_append (text, product->id);
  while (text->len % 8 != 0)
    g_string_append_c (text, '0');
  return text;
}

/* Sums stay far below 2^63, so nothing wraps before it is reduced. */
static void
mix (guint8 digest[16], const GString *text)
{
  const guint8 *bytes = (const guint8 *)text->str;
  guint64 factor[4];
  guint64 high = 0;
  guint64 low = 0;

  for (guint i = 0; i < 4; i++)
    factor[i] = get_le32 (digest + 4 * i) & MODULUS;
  for (gsize i = 0; i < text->len; i += 8)
    {
      guint64 t = MAGIC * get_le32 (bytes + i) % MODULUS + high;

      t = (factor[0] * t + factor[1]) % MODULUS;
      high = (get_le32 (bytes + i + 4) + t) % MODULUS;
      high = (factor[2] * high + factor[3]) % MODULUS;
      low += high + t;
    }
  high = (high + factor[1]) % MODULUS;
  low = (low + factor[3]) % MODULUS;
  for (guint i = 0; i < 16; i++)
    digest[i] ^= (guint8)((i & 4 ? low : high) >> 8 * (i & 3));
}

gboolean
auth_msn_challenge_answer (const AuthMsnProduct *product, guint version,
                           const char *challenge,
                           char ret[AUTH_MSN_CHALLENGE_LEN + 1], GError **error)
{
  const AuthPart parts[] = {
    { challenge, strlen (challenge) },
    { product->key, strlen (product->key) },
  };
  guint8 digest[16];

  if (!auth_hash_parts (AUTH_HASH_MD5, parts, G_N_ELEMENTS (parts), digest,
                        error))
    return FALSE;
  if (version >= FIRST_MIXED_VERSION)
    {
      GString *text = padded (product, challenge);

      mix (digest, text);
      g_string_free (text, TRUE);
    }
  put_hex (digest, ret);
  return TRUE;
}

gboolean
auth_msn_md5_answer (const char *salt, const ImSecret *password,
                     char ret[AUTH_MSN_CHALLENGE_LEN + 1], GError **error)
{
  const char *typed = im_secret_peek (password);
  const AuthPart parts[] = {
    { salt, strlen (salt) },
    { typed, strlen (typed) },
  };
  guint8 digest[16];

  if (!auth_hash_parts (AUTH_HASH_MD5, parts, G_N_ELEMENTS (parts), digest,
                        error))
    return FALSE;
  put_hex (digest, ret);
  return TRUE;
}
