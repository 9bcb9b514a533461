/* Signing on and being sent elsewhere, in the words of every version. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "msnp-signon.h"

typedef struct
{
  MsnpFramer framer;
  MsnpCommand command;
} Reading;

static void
reading_clear (Reading *reading)
{
  msnp_framer_clear (&reading->framer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

/* Fails only for lines that are no command. */
static gboolean
read_line (Reading *reading, const char *line, gsize len)
{
  msnp_framer_init (&reading->framer, MSNP_FROM_SERVER);
  g_assert_true (msnp_push (&reading->framer, line, len, NULL));
  g_assert_true (msnp_push (&reading->framer, "\r\n", 2, NULL));
  return msnp_next (&reading->framer, &reading->command, NULL) == MSNP_GOT;
}

static const char *
text_or (const char *text)
{
  return text != NULL ? text : "-";
}

static char *
describe_user (const MsnpCommand *command, GError **error)
{
  g_auto (MsnpUser) user = { MSNP_USER_CHALLENGE };

  if (!msnp_signon_decode_user (command, &user, error))
    return NULL;
  if (user.step == MSNP_USER_CHALLENGE)
    return g_strdup_printf ("prove %u %s %s", user.mechanism,
                            text_or (user.challenge), text_or (user.nonce));
  return g_strdup_printf ("ok %s nick=%s%s%s", user.address,
                          text_or (user.nick),
                          user.unverified ? " unverified" : "",
                          user.restricted ? " restricted" : "");
}

static char *
describe_transfer (const MsnpCommand *command, GError **error)
{
  static const char *const kinds[] = { "server", "restart", "switchboard" };
  g_auto (MsnpTransfer) transfer = { MSNP_TRANSFER_SERVER };

  if (!msnp_signon_decode_transfer (command, &transfer, error))
    return NULL;
  return g_strdup_printf ("%s %s:%u %s%s", kinds[transfer.kind],
                          text_or (transfer.server.host), transfer.server.port,
                          text_or (transfer.cookie),
                          transfer.gateway_only ? " gateway" : "");
}

static char *
describe_ring (const MsnpCommand *command, GError **error)
{
  g_auto (MsnpRing) ring = { NULL };

  if (!msnp_signon_decode_ring (command, &ring, error))
    return NULL;
  return g_strdup_printf ("%s %s:%u %s %s nick=%s%s", ring.session,
                          ring.server.host, ring.server.port, ring.cookie,
                          ring.from.address, text_or (ring.nick),
                          ring.gateway_only ? " gateway" : "");
}

static char *
describe_version (const MsnpCommand *command, GError **error)
{
  guint version;

  if (!msnp_signon_decode_version (command, &version, error))
    return NULL;
  return g_strdup_printf ("%u", version);
}

static char *
describe_out (const MsnpCommand *command, GError **error)
{
  guint seconds;
  MsnpOutReason reason = msnp_signon_decode_out (command, &seconds);

  return g_strdup_printf ("%u %u", reason, seconds);
}

typedef struct
{
  char *(*describe) (const MsnpCommand *, GError **);
  const char *line;
  const char *meaning; /* NULL: malformed */
} Row;

static const Row rows[] = {
  /* Sessions with a local Escargot, of versions 7, 8, 12, 15 and 18. */
  { describe_version, "VER 1 MSNP12", "12" },
  { describe_version, "VER 1 0", "0" },
  { describe_user, "USR 3 MD5 S 4778dd8dca148a6", "prove 0 4778dd8dca148a6 -" },
  { describe_user, "USR 4 OK alice@example.com Alice%20Test 1",
    "ok alice@example.com nick=Alice Test" },
  { describe_user, "USR 3 TWN S ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1",
    "prove 1 ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1 -" },
  { describe_user, "USR 4 OK alice@example.com 1 0",
    "ok alice@example.com nick=-" },
  { describe_user,
    "USR 3 SSO S MBI_KEY_OLD AAAA+/==", "prove 2 MBI_KEY_OLD AAAA+/==" },
  { describe_user, "USR 1 OK alice@example.com Alice%20Test",
    "ok alice@example.com nick=Alice Test" },
  { describe_transfer, "XFR 11 SB 127.0.0.1:1864 CKI 27000a14f4126c7fe47a",
    "switchboard 127.0.0.1:1864 27000a14f4126c7fe47a" },
  { describe_ring,
    "RNG b3ec962dea579032481123b12a03de9 127.0.0.1:1864 CKI "
    "2ba7e2c2f8a91f4487c2 alice@example.com Alice%20Test",
    "b3ec962dea579032481123b12a03de9 127.0.0.1:1864 2ba7e2c2f8a91f4487c2 "
    "alice@example.com nick=Alice Test" },
  /* wiki.nina.chat. */
  { describe_transfer, "XFR 3 NS 207.46.106.118:1863 0 65.54.239.210:1863",
    "server 207.46.106.118:1863 -" },
  { describe_transfer, "XFR 3 NS 207.46.106.118:1863 U D",
    "server 207.46.106.118:1863 -" },
  { describe_transfer, "XFR 0 NS 0", "restart -:0 -" },
  { describe_transfer,
    "XFR 15 SB 207.46.108.37:1863 CKI 17262740.1050826919.32308 U "
    "messenger.msn.com 1",
    "switchboard 207.46.108.37:1863 17262740.1050826919.32308" },
  { describe_transfer, "XFR 15 SB 10.0.0.7:1863 CKI 1.2 U messenger.msn.com 0",
    "switchboard 10.0.0.7:1863 1.2 gateway" },
  { describe_ring,
    "RNG 11752013 207.46.108.38:1863 CKI 849102291.520491113 "
    "bob@example.com Bob U messenger.msn.com 0",
    "11752013 207.46.108.38:1863 849102291.520491113 bob@example.com "
    "nick=Bob gateway" },
  { describe_out, "OUT", "0 0" },
  { describe_out, "OUT OTH", "1 0" },
  { describe_out, "OUT SSD", "2 0" },
  { describe_out, "OUT MIG", "3 0" },
  { describe_out, "OUT TOU", "4 0" },
  { describe_out, "OUT RCT 5", "5 300" },
  /* Composed. */
  { describe_version, "VER 1 MSNP18 MSNP15 CVR0", "18" },
  { describe_version, "VER 1 MSNP19", NULL },
  { describe_version, "VER 1 MSNP1", NULL },
  { describe_version, "VER 1 MSNP", NULL },
  { describe_version, "VER 1 CVR0", NULL },
  { describe_version, "VER 1", NULL },
  { describe_user, "USR 4 OK alice@example.com Alice 0 1",
    "ok alice@example.com nick=Alice unverified restricted" },
  { describe_user, "USR 4 OK alice@example.com Alice",
    "ok alice@example.com nick=Alice" },
  { describe_user, "USR 4 OK Alice@Example.com 0 0",
    "ok Alice@Example.com nick=- unverified" },
  { describe_user, "USR 4 OK alice@example.com",
    "ok alice@example.com nick=-" },
  { describe_user, "USR 4 OK", NULL },
  { describe_user, "USR 4 SSO S MBI_KEY_OLD", NULL },
  { describe_user, "USR 4 MD5 S a\002b", NULL },
  { describe_user, "USR 4 TWN I x", NULL },
  { describe_user, "USR 4", NULL },
  { describe_transfer, "XFR 3 NS example.com", "server example.com:1863 -" },
  { describe_transfer, "XFR 3 NS [::1]:99 some more words", "server ::1:99 -" },
  { describe_transfer, "XFR 3 NS", NULL },
  { describe_transfer, "XFR 3 XX example.com", NULL },
  { describe_transfer, "XFR 3 NS example.com:99999", NULL },
  { describe_transfer, "XFR 3 NS exa/mple.com", NULL },
  { describe_transfer, "XFR 3 SB example.com:1 CKI", NULL },
  { describe_transfer, "XFR 3 SB example.com:1 XXX 12", NULL },
  { describe_transfer, "XFR 3 SB", NULL },
  { describe_ring, "RNG 1 h:2 CKI 3 bob@example.com U",
    "1 h:2 3 bob@example.com nick=U" },
  { describe_ring, "RNG 1 h:2 CKI 3 bob@example.com U U host 0",
    "1 h:2 3 bob@example.com nick=U gateway" },
  { describe_ring, "RNG 1 h:2 CKI 3 bob@example.com U host 0",
    "1 h:2 3 bob@example.com nick=- gateway" },
  { describe_ring, "RNG 1 h:2 CKI 3 bob@example.com",
    "1 h:2 3 bob@example.com nick=-" },
  { describe_ring, "RNG 1 h:2 CKI 3", NULL },
  { describe_ring, "RNG 1 h:2 CKI", NULL },
  { describe_ring, "RNG", NULL },
  { describe_out, "OUT RCT", "5 0" },
  { describe_out, "OUT RCT 4294967295", "5 3600" },
  { describe_out, "OUT RCT -1", "5 0" },
  { describe_out, "OUT XYZ", "0 0" },
};

static void
test_commands (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (Reading) reading;
      g_autofree char *meaning = NULL;

      g_test_message ("%s", rows[i].line);
      g_assert_true (read_line (&reading, rows[i].line, strlen (rows[i].line)));
      meaning = rows[i].describe (&reading.command, &error);
      g_assert_cmpstr (meaning, ==, rows[i].meaning);
      g_assert_true ((meaning == NULL) == (error != NULL));
      if (error != NULL)
        g_assert_true (error->domain == IM_WIRE_ERROR);
    }
}

/* Cut anywhere, a command means something or fails with a reason. */
static void
test_cut (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize len = 3; len < strlen (rows[i].line); len++)
      {
        g_autoptr (GError) error = NULL;
        g_auto (Reading) reading;
        g_autofree char *meaning = NULL;

        if (!read_line (&reading, rows[i].line, len))
          continue;
        meaning = rows[i].describe (&reading.command, &error);
        g_assert_true ((meaning == NULL) == (error != NULL));
      }
}

static void
test_unknown_mechanism (void)
{
  g_auto (MsnpUser) user = { MSNP_USER_CHALLENGE };
  g_autoptr (GError) error = NULL;
  g_auto (Reading) reading;

  g_assert_true (read_line (&reading, "USR 3 CTP S x", 13));
  g_assert_false (msnp_signon_decode_user (&reading.command, &user, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_UNSUPPORTED);
}

static void
test_cookie_ceiling (void)
{
  for (gsize len = IM_MAX_MSNP_COOKIE; len <= IM_MAX_MSNP_COOKIE + 1; len++)
    {
      g_autofree char *cookie = g_strnfill (len, 'x');
      g_autofree char *line = g_strconcat ("XFR 1 SB h:1 CKI ", cookie, NULL);
      g_auto (MsnpTransfer) transfer = { MSNP_TRANSFER_SERVER };
      g_auto (Reading) reading;

      g_assert_true (read_line (&reading, line, strlen (line)));
      g_assert_true (
          msnp_signon_decode_transfer (&reading.command, &transfer, NULL) ==
          (len == IM_MAX_MSNP_COOKIE));
    }
}

static void
test_challenge (void)
{
  g_autofree char *challenge = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Reading) reading;
  g_auto (Reading) empty;

  g_assert_true (read_line (&reading, "CHL 0 15570131571988941333", 26));
  challenge = msnp_signon_decode_challenge (&reading.command, &error);
  g_assert_cmpstr (challenge, ==, "15570131571988941333");
  g_assert_true (read_line (&empty, "CHL 0", 5));
  g_assert_null (msnp_signon_decode_challenge (&empty.command, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
}

static void
test_mechanisms (void)
{
  g_auto (Reading) old;
  g_auto (Reading) other;

  g_assert_true (read_line (&old, "INF 2 MD5", 9));
  g_assert_true (msnp_signon_offers_md5 (&old.command));
  g_assert_true (read_line (&other, "INF 2 CTP", 9));
  g_assert_false (msnp_signon_offers_md5 (&other.command));
  g_assert_cmpint (msnp_signon_mechanism (7), ==, MSNP_MECHANISM_MD5);
  g_assert_cmpint (msnp_signon_mechanism (8), ==, MSNP_MECHANISM_TWN);
  g_assert_cmpint (msnp_signon_mechanism (14), ==, MSNP_MECHANISM_TWN);
  g_assert_cmpint (msnp_signon_mechanism (15), ==, MSNP_MECHANISM_SSO);
}

static void
encode_signon (ImWriter *writer)
{
  static const guint versions[] = { 18, 15, 12 };
  static const MsnpClient client = { "MSNMSGR", "7.5.0324", "msmsgs" };
  static const MsnpClient old = { "MSMSGS", "4.7.2009", "" };
  g_autoptr (ImSecret) digest = im_secret_new ("77901ab39d16c18d");
  g_autoptr (ImSecret) ticket = im_secret_new ("t=4f%35&p=");

  msnp_signon_encode_version (writer, 1, versions, G_N_ELEMENTS (versions));
  msnp_signon_encode_client (writer, 2, &client, "alice@example.com");
  msnp_signon_encode_client (writer, 3, &old, NULL);
  msnp_signon_encode_user (writer, 4, MSNP_MECHANISM_MD5, "alice@example.com");
  msnp_signon_encode_user (writer, 5, MSNP_MECHANISM_SSO, "alice@example.com");
  msnp_signon_encode_proof (writer, 6, MSNP_MECHANISM_MD5, digest, NULL, NULL);
  msnp_signon_encode_proof (writer, 7, MSNP_MECHANISM_TWN, ticket, NULL, NULL);
  msnp_signon_encode_proof (writer, 8, MSNP_MECHANISM_SSO, ticket,
                            "HAAA+/=", "{G}");
  msnp_signon_encode_answer (writer, 9, "PROD0090YUAUV{2B",
                             "85ecb0db8f32113df79ce0892b9a102c");
}

static void
test_encode (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  ImWriter writer;

  im_writer_init (&writer, 4096);
  encode_signon (&writer);
  bytes = im_writer_finish (&writer, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (
      text, ==,
      "VER 1 MSNP18 MSNP15 MSNP12 CVR0\r\n"
      "CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0324 msmsgs "
      "alice@example.com\r\n"
      "CVR 3 0x0409 winnt 5.1 i386 MSMSGS 4.7.2009\r\n"
      "USR 4 MD5 I alice@example.com\r\n"
      "USR 5 SSO I alice@example.com\r\n"
      "USR 6 MD5 S 77901ab39d16c18d\r\n"
      "USR 7 TWN S t=4f%2535&p=\r\n"
      "USR 8 SSO S t=4f%2535&p= HAAA+/= {G}\r\n"
      "QRY 9 PROD0090YUAUV{2B 32\r\n85ecb0db8f32113df79ce0892b9a102c");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/signon/commands", test_commands);
  g_test_add_func ("/msnp/signon/cut", test_cut);
  g_test_add_func ("/msnp/signon/unknown-mechanism", test_unknown_mechanism);
  g_test_add_func ("/msnp/signon/cookie-ceiling", test_cookie_ceiling);
  g_test_add_func ("/msnp/signon/challenge", test_challenge);
  g_test_add_func ("/msnp/signon/mechanisms", test_mechanisms);
  g_test_add_func ("/msnp/signon/encode", test_encode);
  return g_test_run ();
}
