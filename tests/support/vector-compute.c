#include "vector-compute.h"

#include <string.h>
#include "auth-msn-challenge.h"
#include "auth-msn-sso.h"
#include "auth-oscar-md5.h"
#include "auth-oscar-roast.h"
#include "auth-passport14.h"
#include "im-writer.h"
#include "oscar-bart.h"
#include "oscar-feedbag.h"
#include "oscar-peer.h"
#include "oscar-uas.h"

static GByteArray *
argument (char **args, guint n)
{
  GByteArray *bytes = g_byte_array_new ();
  const char *text = args[n];

  g_assert_nonnull (text);
  if (!g_str_has_prefix (text, "hex:"))
    return g_byte_array_append (bytes, (const guint8 *)text,
                                (guint)strlen (text));
  for (const char *p = text + 4; p[0] != '\0' && p[1] != '\0'; p += 2)
    {
      guint8 byte = (guint8)(g_ascii_xdigit_value (p[0]) << 4 |
                             g_ascii_xdigit_value (p[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static void
add_hex (GString *out, const guint8 *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (out, "%02X", bytes[i]);
}

static void
md5 (char **args, gboolean strong, GString *out)
{
  g_autoptr (ImSecret) password = im_secret_new (args[1]);
  g_autoptr (GByteArray) key = argument (args, 2);
  g_autoptr (GError) error = NULL;
  guint8 digest[AUTH_OSCAR_MD5_SIZE];

  auth_oscar_md5_digest (key->data, key->len, password, strong, digest, &error);
  g_assert_no_error (error);
  add_hex (out, digest, sizeof digest);
}

static void
weak_md5 (char **args, GString *out)
{
  md5 (args, FALSE, out);
}

static void
strong_md5 (char **args, GString *out)
{
  md5 (args, TRUE, out);
}

static void
roast (char **args, AuthOscarRoast table, GString *out)
{
  g_autoptr (GByteArray) bytes = argument (args, 1);

  auth_oscar_roast (table, bytes->data, bytes->len, bytes->data);
  add_hex (out, bytes->data, bytes->len);
}

static void
roast_flap (char **args, GString *out)
{
  roast (args, AUTH_OSCAR_ROAST_FLAP, out);
}

static void
roast_java (char **args, GString *out)
{
  roast (args, AUTH_OSCAR_ROAST_JAVA, out);
}

static void
roast_kerberos (char **args, GString *out)
{
  roast (args, AUTH_OSCAR_ROAST_KERBEROS, out);
}

/* The attributes an item has after one bit of its preferences was set. */
static void
buddy_pref (char **args, GString *out)
{
  g_auto (OscarFeedbagItem) item = { NULL };
  guint pref = (guint)g_ascii_strtoull (args[1], NULL, 16);

  g_assert_false (oscar_feedbag_item_get_pref (&item, pref, FALSE));
  g_assert_true (oscar_feedbag_item_get_pref (&item, pref, TRUE));
  oscar_feedbag_item_set_pref (&item, pref, TRUE);
  g_assert_true (oscar_feedbag_item_get_pref (&item, pref, FALSE));
  add_hex (out, g_bytes_get_data (item.attributes, NULL),
           g_bytes_get_size (item.attributes));
}

/* Once over all bytes, and once in two pieces at an odd place. */
static void
oft_checksum (char **args, GString *out)
{
  g_autoptr (GByteArray) bytes = argument (args, 1);
  guint times = args[2] != NULL ? (guint)atoi (args[2]) : 1;
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint32 whole;
  guint32 parts;
  gsize cut;

  for (guint i = 0; i < times; i++)
    g_byte_array_append (all, bytes->data, bytes->len);
  cut = MIN (101, all->len / 2);
  whole = oscar_peer_oft_checksum (OSCAR_OFT_CHECKSUM_START, all->data,
                                   all->len, 0);
  parts = oscar_peer_oft_checksum (OSCAR_OFT_CHECKSUM_START, all->data, cut, 0);
  parts = oscar_peer_oft_checksum (parts, all->data + cut, all->len - cut, cut);
  g_assert_cmphex (whole, ==, parts);
  g_string_append_printf (out, "%08X", whole);
}

static void
icon_checksum (char **args, GString *out)
{
  g_autoptr (GByteArray) bytes = argument (args, 1);

  g_string_append_printf (out, "%04X",
                          oscar_peer_icon_checksum (bytes->data, bytes->len));
}

static void
clear_icon (char **args, GString *out)
{
  g_autoptr (GByteArray) bytes = argument (args, 1);
  OscarBartItem item = { OSCAR_BART_ICON, 0, { NULL, NULL } };

  im_reader_init (&item.data, bytes->data, bytes->len);
  g_string_append (out, oscar_bart_is_clear (&item) ? "yes" : "no");
}

static void
uas_refused (char **args, GString *out)
{
  g_string_append_printf (out, "%04X", OSCAR_UAS_ERROR_REFUSED);
}

/* product version challenge */
static void
msn_challenge (char **args, GString *out)
{
  const AuthMsnProduct *product = auth_msn_product_find (args[1]);
  char answer[AUTH_MSN_CHALLENGE_LEN + 1];
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (product);
  auth_msn_challenge_answer (product, (guint)atoi (args[2]), args[3], answer,
                             &error);
  g_assert_no_error (error);
  g_string_append (out, answer);
}

/* salt password */
static void
msn_md5 (char **args, GString *out)
{
  g_autoptr (ImSecret) password = im_secret_new (args[2]);
  char answer[AUTH_MSN_CHALLENGE_LEN + 1];
  g_autoptr (GError) error = NULL;

  auth_msn_md5_answer (args[1], password, answer, &error);
  g_assert_no_error (error);
  g_string_append (out, answer);
}

/* key nonce, with an initialisation vector of zeros */
static void
msn_proof (char **args, GString *out)
{
  static const guint8 zeros[AUTH_MSN_SSO_IV];
  g_autoptr (ImSecret) key = im_secret_new (args[1]);
  g_autoptr (GError) error = NULL;
  g_autofree char *proof = auth_msn_sso_proof (key, args[2], zeros, &error);

  g_assert_no_error (error);
  g_string_append (out, proof);
}

static void
msn_policy (char **args, GString *out)
{
  g_autofree char *policy = auth_passport3_policy (args[1]);

  g_string_append (out, policy);
}

/* address password arguments */
static void
msn_authorization (char **args, GString *out)
{
  g_autoptr (ImSecret) password = im_secret_new (args[2]);
  g_autoptr (GError) error = NULL;
  g_autoptr (ImSecret) header =
      auth_passport14_authorization (args[1], password, args[3], &error);

  g_assert_no_error (error);
  g_string_append (out, im_secret_peek (header));
}

/* name value, of a header */
static void
msn_nexus (char **args, GString *out)
{
  const char *const headers[] = { args[1], args[2], NULL };
  g_auto (AuthPassport14Nexus) nexus = { NULL };
  g_autoptr (GError) error = NULL;

  auth_passport14_parse_nexus (headers, &nexus, &error);
  g_assert_no_error (error);
  g_string_append (out, nexus.login_url);
}

/* status name value, of a header */
static void
msn_login (char **args, GString *out)
{
  const char *const headers[] = { args[2], args[3], NULL };
  g_auto (AuthPassport14Reply) reply = { 0 };

  auth_passport14_parse_reply ((guint)atoi (args[1]), headers, &reply);
  if (reply.outcome == AUTH_PASSPORT_TICKET)
    g_string_append (out, im_secret_peek (reply.ticket));
  else
    g_string_append_printf (out, "problem %d", reply.problem);
}

static void
compute_line (const char *line, GString *out)
{
  static const struct
  {
    const char *name;
    void (*func) (char **args, GString *out);
  } functions[] = {
    { "weak-md5", weak_md5 },
    { "strong-md5", strong_md5 },
    { "roast-flap", roast_flap },
    { "roast-java", roast_java },
    { "roast-kerberos", roast_kerberos },
    { "buddy-pref", buddy_pref },
    { "oft-checksum", oft_checksum },
    { "icon-checksum", icon_checksum },
    { "clear-icon", clear_icon },
    { "uas-refused", uas_refused },
    { "msn-challenge", msn_challenge },
    { "msn-md5", msn_md5 },
    { "msn-proof", msn_proof },
    { "msn-policy", msn_policy },
    { "msn-authorization", msn_authorization },
    { "msn-nexus", msn_nexus },
    { "msn-login", msn_login },
  };
  g_auto (GStrv) sides = g_strsplit (line, " = ", 2);
  g_auto (GStrv) args = NULL;
  g_autoptr (GError) error = NULL;

  g_shell_parse_argv (sides[0], NULL, &args, &error);
  g_assert_no_error (error);
  g_string_append_printf (out, "%s = ", sides[0]);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (args[0], functions[i].name) == 0)
      {
        functions[i].func (args, out);
        g_string_append_c (out, '\n');
        return;
      }
  g_error ("nothing computes \"%s\"", args[0]);
}

char *
vector_compute (const char *dump)
{
  g_auto (GStrv) lines = g_strsplit (dump, "\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      compute_line (lines[i], out);
  return g_string_free (out, FALSE);
}
