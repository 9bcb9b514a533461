/* Every generation of Passport, and the answers to challenges, against
 * published vectors. */

#include <string.h>

#include <glib.h>

#include "auth-msn-challenge.h"
#include "auth-msn-sso.h"
#include "auth-passport14.h"
#include "auth-passport3.h"
#include "im-limits.h"
#include "xml-tree.h"

typedef struct
{
  guint version;
  const char *id;
  const char *challenge;
  const char *answer;
} ChallengeRow;

static const ChallengeRow challenges[] = {
  /* hypothetic.org, and comments of the Java MSN Library. */
  { 8, "msmsgs@msnmsgr.com", "15570131571988941333",
    "8f2f5a91b72102cd28355e9fc9000d6e" },
  { 8, "msmsgs@msnmsgr.com", "22299241447072743325",
    "20dba7e6e9817826b9cd5240cc8add99" },
  /* Tests of the MSN provider of the Eclipse Communication Framework. */
  { 11, "PROD0090YUAUV{2B", "22210219642164014968",
    "85ecb0db8f32113df79ce0892b9a102c" },
  { 11, "PROD0090YUAUV{2B", "36819795137093047918",
    "e7ad3cb09d3e9e4e7c720175984809e9" },
  { 11, "PROD0090YUAUV{2B", "21948129323261853323",
    "59bcf63ed21f44906c3d3e121ddbed65" },
  { 12, "PROD0090YUAUV{2B", "41525959199453244913",
    "dcb8ff529e4dd12cc43389851128d2db" },
  { 12, "PROD0090YUAUV{2B", "31744216663023315951",
    "d15553d0ea89c9f63bbb98a208fa4235" },
  { 12, "PROD0090YUAUV{2B", "14494180082586329971",
    "4e11d4cd56a65bdf04f60aa133db7ebc" },
  /* Tests of the Ruby gem "msn"; the second has 27 digits. */
  { 18, "PROD0113H11T8$X_", "11533365622852247127",
    "f086d1ded067186deca8dba2231602cf" },
  { 18, "PROD0113H11T8$X_", "237191752526424888127371168",
    "65b6b623c649c25629af048d34066040" },
  /* Computed apart, from the pages on challenges of wiki.nina.chat. The last
   * is the lock of Escargot's offline messages, with ten digits. */
  { 15, "PROD0119GSJUC$18", "15570131571988941333",
    "521fdf1c2586c53b01b2b2653dc9085f" },
  { 15, "PROD0120PW!CCV9@", "15570131571988941333",
    "9cb1df88322e338f23c67780a2ff14e1" },
  { 12, "PROD0101{0RM?UBW", "22210219642164014968",
    "64812169fe9717715f03c678fa4ab938" },
  { 18, "PROD0120PW!CCV9@", "1663122458434562624782678054",
    "f379e91748f9722568da550eccefec47" },
  { 11, "PROD0119GSJUC$18", "1850937852", "844559b18ac25f3affb9281fd729203c" },
};

static void
test_challenges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (challenges); i++)
    {
      const ChallengeRow *row = &challenges[i];
      const AuthMsnProduct *product = auth_msn_product_find (row->id);
      char answer[AUTH_MSN_CHALLENGE_LEN + 1];
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (product);
      g_assert_true (auth_msn_challenge_answer (
          product, row->version, row->challenge, answer, &error));
      g_assert_cmpstr (answer, ==, row->answer);
    }
}

static void
test_products (void)
{
  for (guint version = 6; version <= 18; version++)
    {
      const AuthMsnProduct *product = auth_msn_product_for (version);

      g_assert_cmpuint (product->first, <=, version);
      g_assert_cmpuint (product->last, >=, version);
    }
  g_assert_null (auth_msn_product_find ("nobody"));
}

/* A challenge is whatever a server writes. */
static void
test_odd_challenges (void)
{
  g_autofree char *text = g_strnfill (IM_MAX_MSNP_LINE, 'z');
  char answer[AUTH_MSN_CHALLENGE_LEN + 1];

  for (gsize len = 0; len <= IM_MAX_MSNP_LINE; len += len < 20 ? 1 : 1021)
    {
      g_autofree char *challenge = g_strndup (text, len);

      g_assert_true (auth_msn_challenge_answer (auth_msn_product_for (18), 18,
                                                challenge, answer, NULL));
      g_assert_cmpuint (strlen (answer), ==, AUTH_MSN_CHALLENGE_LEN);
    }
}

/* yellows111.darkok.xyz/msnp, and a session with a local Escargot. */
static void
test_md5 (void)
{
  g_autoptr (ImSecret) password = im_secret_new ("password");
  g_autoptr (ImSecret) secret = im_secret_new ("secret");
  char answer[AUTH_MSN_CHALLENGE_LEN + 1];

  g_assert_true (
      auth_msn_md5_answer ("1234567890.123456789", password, answer, NULL));
  g_assert_cmpstr (answer, ==, "f59af8f2fa91d38aff7c870c17f99903");
  g_assert_true (auth_msn_md5_answer ("4778dd8dca148a6", secret, answer, NULL));
  g_assert_cmpstr (answer, ==, "77901ab39d16c18dccc085cbd73b06cd");
}

/* yellows111.darkok.xyz/msnp; a C++ example elsewhere has the same inputs. */
static void
test_proof (void)
{
  static const guint8 iv[AUTH_MSN_SSO_IV] = { 0 };
  g_autoptr (ImSecret) key = im_secret_new ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  g_autoptr (GError) error = NULL;
  g_autofree char *proof = auth_msn_sso_proof (
      key,
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", iv,
      &error);

  g_assert_no_error (error);
  g_assert_cmpstr (
      proof, ==,
      "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAAAAAAAAAA7XgT5ohvaZdoXdrWUUcMF2G8"
      "OK2JohyYcK5l5MJSitab33scxJeK/RQXcUr0L+R2ZA9CEAzn0izmUzSMp2LZdxSbHtnuxCmp"
      "tgtoScHp9E26HjQVkA9YJxgK/HM=");
}

/* Other lengths are padded, and the header tells how long it became. */
static void
test_proof_lengths (void)
{
  static const guint8 iv[AUTH_MSN_SSO_IV] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  g_autoptr (ImSecret) key = im_secret_new ("UDmOO8Ep5vU+vQUjcziMW6fI43rIeKLD");

  for (gsize len = 0; len < 80; len++)
    {
      g_autofree char *nonce = g_strnfill (len, 'n');
      g_autofree char *proof = auth_msn_sso_proof (key, nonce, iv, NULL);
      gsize size;
      g_autofree guint8 *bytes = g_base64_decode (proof, &size);

      g_assert_cmpuint (size, ==, 56 + (len / 8 + 1) * 8);
      g_assert_cmpuint (bytes[24], ==, (len / 8 + 1) * 8);
      g_assert_cmpmem (bytes + 28, 8, iv, 8);
    }
}

static void
test_proof_refused (void)
{
  static const char *const keys[] = { "",      "=",    "!!!!", "AAA",
                                      "AAAA=", "A===", "AA A", "AAAA\n" };
  static const guint8 iv[AUTH_MSN_SSO_IV] = { 0 };
  g_autofree char *nonce = g_strnfill (1025, 'n');
  g_autoptr (ImSecret) good = im_secret_new ("AAAA");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (ImSecret) key = im_secret_new (keys[i]);
      g_autoptr (GError) why = NULL;

      g_assert_null (auth_msn_sso_proof (key, "nonce", iv, &why));
      g_assert_error (why, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
    }
  g_assert_null (auth_msn_sso_proof (good, nonce, iv, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
}

typedef struct
{
  const char *name;
  const char *value;
  const char *url; /* or NULL: refused */
  const char *config;
} NexusRow;

/* The MSNP wiki's page "Passport 1.4", and what Escargot sends. */
static const NexusRow nexus_rows[] = {
  { "PassportURLs",
    "DARealm=Passport.Net,DALogin=login.passport.com/login2.srf,"
    "ConfigVersion=15",
    "https://login.passport.com/login2.srf", "15" },
  { "PassportURLs",
    "DARealm=Passport.Net, DALogin=login.live.com/login2.srf,DAReg=https://x",
    "https://login.live.com/login2.srf", NULL },
  { "PassportURLs", "DALogin=https://127.0.0.1/login",
    "https://127.0.0.1/login", NULL },
  { "Passporturls", "DALogin=https://example.org/login",
    "https://example.org/login", NULL },
  { "PassportURLs", "DALogin=http://example.org/login", NULL, NULL },
  { "PassportURLs", "DALogin=", NULL, NULL },
  { "PassportURLs", "DALogin", NULL, NULL },
  { "PassportURLs", "", NULL, NULL },
  { "PassportURLs", "DALogin=https://", NULL, NULL },
  { "PassportURLs", "DALogin=https:///login", NULL, NULL },
  { "PassportURLs", "DALogin=https://bank.example@evil.example/", NULL, NULL },
  { "PassportURLs", "DALogin=a b", NULL, NULL },
  { "Elsewhere", "DALogin=https://example.org/login", NULL, NULL },
};

static void
test_nexus (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (nexus_rows); i++)
    {
      const NexusRow *row = &nexus_rows[i];
      const char *const headers[] = { "Content-Length", "0", row->name,
                                      row->value, NULL };
      g_auto (AuthPassport14Nexus) nexus = { NULL };
      g_autoptr (GError) error = NULL;

      g_assert_true (auth_passport14_parse_nexus (headers, &nexus, &error) ==
                     (row->url != NULL));
      g_assert_cmpstr (nexus.login_url, ==, row->url);
      g_assert_cmpstr (nexus.config_version, ==, row->config);
      if (row->url == NULL)
        g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
    }
}

static void
test_authorization (void)
{
  g_autoptr (ImSecret) password = im_secret_new ("p@ss, w=ord%\303\251");
  g_autoptr (GError) error = NULL;
  g_autoptr (ImSecret) header = auth_passport14_authorization (
      "alice@example.com", password,
      "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (
      im_secret_peek (header), ==,
      "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,"
      "sign-in=alice%40example.com,pwd=p%40ss%2C%20w%3Dord%25%C3%A9,"
      "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1");
  g_assert_null (auth_passport14_authorization ("a@b.c", password,
                                                "lc=1\r\nHost: x", &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
}

typedef struct
{
  guint status;
  const char *name;
  const char *value;
  AuthPassportOutcome outcome;
  const char *got; /* the ticket or the place */
  ImProblem problem;
  const char *text;
} ReplyRow;

static const ReplyRow reply_rows[] = {
  /* The MSNP wiki's page "Passport 1.4". */
  { 200, "Authentication-Info",
    "Passport1.4 dastatus=success,from-PP='t=token&p=profile',"
    "ru=http://messenger.msn.com",
    AUTH_PASSPORT_TICKET, "t=token&p=profile" },
  { 401, "WWW-Authenticate",
    "Passport1.4 dastatus=failed,srealm=Passport.NET,ts=-1,prompt,"
    "cburl=http://www.passportimages.com/XPPassportLogo.gif",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_WRONG_PASSWORD },
  /* A local Escargot. */
  { 200, "authentication-info",
    "Passport1.4 da-status=success,from-PP='1c25f943e59427d0de6b'",
    AUTH_PASSPORT_TICKET, "1c25f943e59427d0de6b" },
  { 401, "WWW-Authenticate", "Passport1.4 da-status=failed",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_WRONG_PASSWORD },
  /* [MS-PASS]. */
  { 200, "Authentication-Info", "Passport1.4 da-status=logout",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_SIGNON_FAILED },
  /* Composed. */
  { 401, "WWW-Authenticate",
    "Passport1.4 da-status=failed-noretry,cbtxt=Your%20account%20is%20locked."
    "%20Do%20one%20of%20the%20following%20or%20try%20again%3A%20x",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_SUSPENDED,
    "Your account is locked." },
  { 401, "WWW-Authenticate", "Passport1.4 da-status=failed,cbtxt=a%1Bb%C3",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_WRONG_PASSWORD, "ab\303\203" },
  { 401, "WWW-Authenticate", "Basic realm=x", AUTH_PASSPORT_REFUSED, NULL,
    IM_PROBLEM_WRONG_PASSWORD },
  { 200, "Authentication-Info",
    "Passport1.4 da-status=success,from-PP='a,b',x=y", AUTH_PASSPORT_TICKET,
    "a,b" },
  { 200, "Authentication-Info", "Passport1.4 da-status=success,from-PP=ab,x=y",
    AUTH_PASSPORT_TICKET, "ab" },
  { 200, "Authentication-Info", "Passport1.4 da-status=success,from-PP='open",
    AUTH_PASSPORT_TICKET, "open" },
  { 200, "Authentication-Info", "Passport1.4 da-status=success,from-PP=''",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_PROTOCOL },
  { 200, "Authentication-Info", "Passport1.4 da-status=success",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_PROTOCOL },
  { 200, "Authentication-Info", "Passport1.4 da-status=success,from-PP='a b'",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_PROTOCOL },
  { 200, "Authentication-Info", "Passport1.4", AUTH_PASSPORT_REFUSED, NULL,
    IM_PROBLEM_PROTOCOL },
  { 200, "X", "", AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_PROTOCOL },
  { 503, "X", "", AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_UNAVAILABLE },
  { 404, "X", "", AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_PROTOCOL },
  { 302, "Location", "https://loginnet.passport.com/login2.srf?lc=1033",
    AUTH_PASSPORT_REDIRECT,
    "https://loginnet.passport.com/login2.srf?lc=1033" },
  { 302, "Location", "http://loginnet.passport.com/login2.srf",
    AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_PROTOCOL },
  { 302, "X", "", AUTH_PASSPORT_REFUSED, NULL, IM_PROBLEM_PROTOCOL },
};

static void
test_replies (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reply_rows); i++)
    {
      const ReplyRow *row = &reply_rows[i];
      const char *const headers[] = { "Connection", "close", row->name,
                                      row->value, NULL };
      g_auto (AuthPassport14Reply) reply = { 0 };

      auth_passport14_parse_reply (row->status, headers, &reply);
      g_assert_cmpint (reply.outcome, ==, row->outcome);
      g_assert_cmpstr (reply.text, ==, row->text);
      if (row->outcome == AUTH_PASSPORT_TICKET)
        g_assert_cmpstr (im_secret_peek (reply.ticket), ==, row->got);
      else if (row->outcome == AUTH_PASSPORT_REDIRECT)
        g_assert_cmpstr (reply.location, ==, row->got);
      else
        g_assert_cmpint (reply.problem, ==, row->problem);
    }
}

/* The MSNP wiki's redirect, with [MS-PASS]'s note that the nexus changed. */
static void
test_redirect (void)
{
  static const char *const headers[] = {
    "Authentication-Info",
    "Passport1.4 da-status=redir",
    "Location",
    "https://loginnet.passport.com/login2.srf?lc=1033",
    "PassportConfig",
    "ConfigVersion=14",
    NULL,
  };
  g_auto (AuthPassport14Reply) reply = { 0 };

  auth_passport14_parse_reply (302, headers, &reply);
  g_assert_cmpint (reply.outcome, ==, AUTH_PASSPORT_REDIRECT);
  g_assert_cmpstr (reply.location, ==,
                   "https://loginnet.passport.com/login2.srf?lc=1033");
  g_assert_cmpstr (reply.config_version, ==, "14");
}

static void
test_ticket_ceiling (void)
{
  g_autofree char *ticket = g_strnfill (IM_MAX_PASSPORT_TICKET + 1, 't');

  g_assert_false (auth_passport_ticket_ok (ticket));
  g_assert_true (auth_passport_ticket_ok (ticket + 1));
}

/* wiki.nina.chat, SOAPTweener. */
static void
test_policy (void)
{
  g_autofree char *policy = auth_passport3_policy (
      "lc=1033,id=507,tw=40,fs=1,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,"
      "ct=1144678795,kpp=1,kv=7,ver=2.1.6000.1,rn=henwjH6T,"
      "tpf=9fae2e057425cab598a766a38ccd447a");
  g_autofree char *broken = auth_passport3_policy ("a=%zz,b");

  g_assert_cmpstr (policy, ==,
                   "?lc=1033&id=507&tw=40&fs=1&ru=http://messenger.msn.com&"
                   "ct=1144678795&kpp=1&kv=7&ver=2.1.6000.1&rn=henwjH6T&"
                   "tpf=9fae2e057425cab598a766a38ccd447a");
  g_assert_cmpstr (broken, ==, "?a=%zz&b");
}

static XmlTree *
encoded (AuthPassport3Form form, const char *typed)
{
  const AuthPassport3Site site = { "messenger.msn.com", "?lc=1033&id=507" };
  g_autoptr (ImSecret) password = im_secret_new (typed);
  const AuthPassport3Request request = {
    .form = form,
    .url = "https://example.com/RST2.srf",
    .address = "alice@passport.com",
    .password = password,
    .sites = &site,
    .n_sites = 1,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = auth_passport3_encode (&request, &error);
  XmlTree *tree;

  g_assert_no_error (error);
  tree = xml_tree_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                         &error);
  g_assert_no_error (error);
  return tree;
}

static void
assert_asks (const XmlNode *asked, const char *address, const char *policy)
{
  g_assert_cmpstr (
      xml_node_child_text (asked, "AppliesTo/EndpointReference/Address"), ==,
      address);
  g_assert_cmpstr (
      xml_node_attribute (xml_node_child (asked, "PolicyReference"), "URI"), ==,
      policy);
}

/* wiki.nina.chat, SOAPTweener: the official client's request. */
static void
test_request (void)
{
  for (guint form = AUTH_PASSPORT3_RST; form <= AUTH_PASSPORT3_RST2; form++)
    {
      g_autoptr (XmlTree) tree = encoded (form, "0<&>\"'7");
      const XmlNode *root = xml_tree_root (tree);
      const XmlNode *info = xml_node_child (root, "Header/AuthInfo");
      const XmlNode *user =
          xml_node_child (root, "Header/Security/UsernameToken");
      const XmlNode *asked =
          xml_node_child (root, "Body/RequestMultipleSecurityTokens/"
                                "RequestSecurityToken");

      g_assert_cmpstr (xml_node_attribute (info, "Id"), ==, "PPAuthInfo");
      g_assert_cmpstr (xml_node_child_text (info, "HostingApp"), ==,
                       "{7108E71A-9926-4FCB-BCC9-9A9D3F32E423}");
      g_assert_cmpstr (xml_node_child_text (info, "BinaryVersion"), ==, "4");
      g_assert_cmpstr (xml_node_child_text (user, "Username"), ==,
                       "alice@passport.com");
      g_assert_cmpstr (xml_node_child_text (user, "Password"), ==, "0<&>\"'7");
      g_assert_cmpstr (
          xml_node_attribute (xml_node_child (user, "Password"), "type"), ==,
          "xsd:string");
      assert_asks (asked, AUTH_PASSPORT3_TB, NULL);
      asked = xml_node_next (asked, NULL);
      assert_asks (asked, "messenger.msn.com", "?lc=1033&id=507");
      g_assert_false (xml_node_exists (xml_node_next (asked, NULL)));
    }
}

static void
test_request_refused (void)
{
  static const char *const passwords[] = { "a\001b", "\033", "\377" };

  for (guint i = 0; i < G_N_ELEMENTS (passwords); i++)
    {
      g_autoptr (ImSecret) password = im_secret_new (passwords[i]);
      const AuthPassport3Request request = {
        .url = "https://example.com/RST.srf",
        .address = "alice@passport.com",
        .password = password,
      };
      g_autoptr (GError) error = NULL;

      g_assert_null (auth_passport3_encode (&request, &error));
      g_assert_error (error, IM_PROBLEM, IM_PROBLEM_REFUSED_REQUEST);
    }
}

/* wiki.nina.chat, SOAPTweener. The page has lost the escapes of the ticket's
 * ampersand, and its number of the person is made up. */
static const char redirect[] =
    "<?xml version='1.0' encoding='UTF-8'?><S:Envelope xmlns:S='http://"
    "schemas.xmlsoap.org/soap/envelope/' xmlns:wsse='http://schemas.xml"
    "soap.org/ws/2002/04/secext' xmlns:psf='http://schemas.microsoft.co"
    "m/Passport/SoapServices/SOAPFault'><S:Header><psf:pp xmlns:psf=\"ht"
    "tp://schemas.microsoft.com/Passport/SoapServices/SOAPFault\"><psf:s"
    "erverVersion>1</psf:serverVersion><psf:authstate>0x80048800</psf:a"
    "uthstate><psf:reqstatus>0x80048852</psf:reqstatus><psf:serverInfo "
    "Path=\"Live1\" RollingUpgradeState=\"Unknown\" LocVersion=\"0\" ServerTi"
    "me=\"2006-07-20T06:06:59Z\">TK2PPMLOG3B05 2006.05.16.18.44.49</psf:s"
    "erverInfo><psf:cookies/><psf:response/></psf:pp></S:Header><S:Faul"
    "t><faultcode>psf:Redirect</faultcode><psf:redirectUrl>https://logi"
    "n.live.com/pp400/RST.srf</psf:redirectUrl><faultstring>Authenticat"
    "ion Failure</faultstring></S:Fault></S:Envelope>";

static const char success[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\" ?><S:Envelope xmlns:S=\"http:/"
    "/schemas.xmlsoap.org/soap/envelope/\"><S:Header><psf:pp xmlns:psf=\""
    "http://schemas.microsoft.com/Passport/SoapServices/SOAPFault\"><psf"
    ":serverVersion>1</psf:serverVersion><psf:PUID> 00034001DE5F4C53 </"
    "psf:PUID><psf:configVersion>3.0.869.0</psf:configVersion><psf:uiVe"
    "rsion>3.0.869.0</psf:uiVersion><psf:authstate>0x48803</psf:authsta"
    "te><psf:reqstatus>0x0</psf:reqstatus><psf:serverInfo Path=\"Live1\" "
    "RollingUpgradeState=\"ExclusiveNew\" LocVersion=\"0\" ServerTime=\"2006"
    "-04-03T15:09:17Z\">BAYPPLOGN3B12 2006.01.27.13.57.29</psf:serverInf"
    "o><psf:cookies/><psf:response/></psf:pp></S:Header><S:Body><wst:Re"
    "questSecurityTokenResponseCollection xmlns:S=\"http://schemas.xmlso"
    "ap.org/soap/envelope/\" xmlns:wst=\"http://schemas.xmlsoap.org/ws/20"
    "04/04/trust\" xmlns:wsse=\"http://schemas.xmlsoap.org/ws/2003/06/sec"
    "ext\" xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-20040"
    "1-wss-wssecurity-utility-1.0.xsd\" xmlns:saml=\"urn:oasis:names:tc:S"
    "AML:1.0:assertion\" xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2002/1"
    "2/policy\" xmlns:psf=\"http://schemas.microsoft.com/Passport/SoapSer"
    "vices/SOAPFault\"><wst:RequestSecurityTokenResponse><wst:TokenType>"
    "urn:passport:legacy</wst:TokenType><wsp:AppliesTo xmlns:wsa=\"http:"
    "//schemas.xmlsoap.org/ws/2004/03/addressing\"><wsa:EndpointReferenc"
    "e><wsa:Address>http://Passport.NET/tb</wsa:Address></wsa:EndpointR"
    "eference></wsp:AppliesTo><wst:LifeTime><wsu:Created>2006-04-03T15:"
    "09:17Z</wsu:Created><wsu:Expires>2006-04-04T15:09:17Z</wsu:Expires"
    "></wst:LifeTime><wst:RequestedSecurityToken><EncryptedData xmlns=\""
    "http://www.w3.org/2001/04/xmlenc#\" Id=\"BinaryDAToken0\" Type=\"http:"
    "//www.w3.org/2001/04/xmlenc#Element\"><EncryptionMethod algorithm=\""
    "http://www.w3.org/2001/04/xmlenc#tripledes-cbc\"></EncryptionMethod"
    "><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Key"
    "Name>http://Passport.NET/STS</ds:KeyName></ds:KeyInfo><CipherData>"
    "<CipherValue>AfiQDIvIPHyZ/aJmpm/hoaJCzRMYbhNZT1VZDvuoYuXpWLBVCa+dH"
    "stPX7/3qaq0YbAzROTU6mi0ovQ6BYOVD8tgwb3yzfdm6OMd77RWKpZMMc3sLKEbxzu"
    "tc6tpG7euj0Y5nlIyCRUFJATcqpvOOFS3EYchcOe7UG5si/w+4CUnPk+YG/X2+lJt6"
    "yEaD7+oxu7vCueResAJoqwi2fOu/3hSh0k9Meqd4QYmaijkLZT3jy+GQu/8Jku6f+o"
    "0DiKoQzg0JYfaKV7ROfznRXWxUoUiigv7EiAcgG+Ri9kaB0E54QecOuh23mCoiowVd"
    "Dexh19Ep24Am1KexozOXuLdwEsO5S3IHSdC0xZzFl3Fa4XKRFeEfeYJ6OFvTu9FoiL"
    "q+c9XX7OmroVbaOWE1Bi4C8es2bObPjkxg5JEl2M6vFlWEJUbTQ==</CipherValue"
    "></CipherData></EncryptedData></wst:RequestedSecurityToken><wst:Re"
    "questedTokenReference><wsse:KeyIdentifier ValueType=\"urn:passport\""
    "></wsse:KeyIdentifier><wsse:Reference URI=\"#BinaryDAToken0\"></wsse"
    ":Reference></wst:RequestedTokenReference><wst:RequestedProofToken>"
    "<wst:BinarySecret>UDmOO8Ep5vU+vQUjcziMW6fI43rIeKLD</wst:BinarySecr"
    "et></wst:RequestedProofToken></wst:RequestSecurityTokenResponse><w"
    "st:RequestSecurityTokenResponse><wst:TokenType>urn:passport:legacy"
    "</wst:TokenType><wsp:AppliesTo xmlns:wsa=\"http://schemas.xmlsoap.o"
    "rg/ws/2004/03/addressing\"><wsa:EndpointReference><wsa:Address>mess"
    "enger.msn.com</wsa:Address></wsa:EndpointReference></wsp:AppliesTo"
    "><wst:LifeTime><wsu:Created>2006-04-03T15:09:17Z</wsu:Created><wsu"
    ":Expires>2006-04-03T15:17:37Z</wsu:Expires></wst:LifeTime><wst:Req"
    "uestedSecurityToken><wsse:BinarySecurityToken Id=\"PPToken1\">t=7rl6"
    "lZ8V0AwqPJX7V0sI7UTeVeSI2IsNyUs54yhGxkw75Wk3FKmZPRlt5HRk5zTutPTRdA"
    "4Z0HZlSEzrNDATrJkbticILv0GB7UV1hs18Lv3!htfM2GRQhudbsLMYI2Tylbfp!3W"
    "DZYNo$&amp;p=7p*vh1jxRHI5149VnAwA9pzqQhV4NspMqdEpizzDolZdz6lDrkjis"
    "Foc4tKXlmxb5dIe7JKgr5Qmr8ULvHcU0bX6XUbcVQ4ra1dkLzpNltx47fkxjHLMJJi"
    "CFq*uOn9ijQLDNtw752hZvd0duHXMygF3y9rKDMhr27*WSs!10nbysjJ7gn70SyRWi"
    "bFc1rnQlRHyCdf6ZTBhw$</wsse:BinarySecurityToken></wst:RequestedSec"
    "urityToken><wst:RequestedTokenReference><wsse:KeyIdentifier ValueT"
    "ype=\"urn:passport\"></wsse:KeyIdentifier><wsse:Reference URI=\"#PPTo"
    "ken1\"></wsse:Reference></wst:RequestedTokenReference></wst:Request"
    "SecurityTokenResponse></wst:RequestSecurityTokenResponseCollection"
    "></S:Body></S:Envelope>";

/* A local Escargot: the fault stands where the body should. */
static const char escargot_refusal[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
    "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\""
    " xmlns:wsse=\"http://schemas.xmlsoap.org/ws/2003/06/secext\""
    " xmlns:psf=\"http://schemas.microsoft.com/Passport/SoapServices/SOAPFault"
    "\"><S:Header><psf:pp><psf:reqstatus>0x80048823</psf:reqstatus></psf:pp>"
    "</S:Header><S:Fault><faultcode>wsse:FailedAuthentication</faultcode>"
    "<faultstring>Authentication Failure</faultstring></S:Fault></S:Envelope>";

static const char rst2_refusal[] =
    "<S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\""
    " xmlns:wst=\"w\" xmlns:psf=\"p\"><S:Body><S:Fault><S:Code>"
    "<S:Value>S:Sender</S:Value><S:Subcode><S:Value>wst:FailedAuthentication"
    "</S:Value></S:Subcode></S:Code><S:Reason><S:Text>No</S:Text></S:Reason>"
    "<S:Detail><psf:error><psf:value>0x80048821</psf:value></psf:error>"
    "</S:Detail></S:Fault></S:Body></S:Envelope>";

static const char client_fault[] =
    "<S:Envelope xmlns:S='s'><S:Fault><faultcode>S:Client</faultcode>"
    "<faultstring>Invalid Request</faultstring></S:Fault></S:Envelope>";

/* One of two sites was refused. */
static const char mixed[] =
    "<S:Envelope xmlns:S='s' xmlns:w='w'><S:Body>"
    "<w:RequestSecurityTokenResponseCollection><w:RequestSecurityTokenResponse>"
    "<w:AppliesTo><w:EndpointReference><w:Address>contacts.msn.com</w:Address>"
    "</w:EndpointReference></w:AppliesTo><w:Lifetime><w:Expires>"
    "2026-11-23T00:00:00Z</w:Expires></w:Lifetime><w:RequestedSecurityToken>"
    "<w:BinarySecurityToken Id='Compact2'>t=1&amp;p=</w:BinarySecurityToken>"
    "</w:RequestedSecurityToken></w:RequestSecurityTokenResponse><S:Fault>"
    "<faultcode>w:FailedAuthentication</faultcode></S:Fault>"
    "</w:RequestSecurityTokenResponseCollection></S:Body></S:Envelope>";

static void
read_answer (const char *text, AuthPassport3Reply *reply)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert_true (auth_passport3_parse (body, reply, &error));
  g_assert_no_error (error);
}

static void
test_success (void)
{
  g_auto (AuthPassport3Reply) reply = { 0 };
  const AuthPassport3Token *token;

  read_answer (success, &reply);
  g_assert_cmpint (reply.outcome, ==, AUTH_PASSPORT_TICKET);
  g_assert_cmpuint (reply.tokens->len, ==, 2);
  token = auth_passport3_find (&reply, "http://Passport.NET/tb");
  g_assert_null (token->ticket);
  g_assert_cmpstr (im_secret_peek (token->proof), ==,
                   "UDmOO8Ep5vU+vQUjcziMW6fI43rIeKLD");
  g_assert_cmpint (token->expires, ==, 1144163357);
  token = auth_passport3_find (&reply, "messenger.msn.com");
  g_assert_true (g_str_has_prefix (im_secret_peek (token->ticket),
                                   "t=7rl6lZ8V0AwqPJX7V0sI7UTeVe"));
  g_assert_nonnull (strstr (im_secret_peek (token->ticket), "$&p=7p*vh1"));
  g_assert_null (token->proof);
  g_assert_cmpint (token->expires, ==, 1144077457);
  g_assert_null (auth_passport3_find (&reply, "elsewhere"));
}

static void
test_answers (void)
{
  static const struct
  {
    const char *text;
    AuthPassportOutcome outcome;
    ImProblem problem;
    guint32 status;
    const char *fault;
    const char *location;
  } rows[] = {
    { redirect, AUTH_PASSPORT_REDIRECT, IM_PROBLEM_PROTOCOL, 0x80048852,
      "Redirect", "https://login.live.com/pp400/RST.srf" },
    { escargot_refusal, AUTH_PASSPORT_REFUSED, IM_PROBLEM_WRONG_PASSWORD,
      0x80048823, "FailedAuthentication", NULL },
    { rst2_refusal, AUTH_PASSPORT_REFUSED, IM_PROBLEM_WRONG_PASSWORD, 0,
      "FailedAuthentication", NULL },
    { client_fault, AUTH_PASSPORT_REFUSED, IM_PROBLEM_REFUSED_REQUEST, 0,
      "Client", NULL },
    { "<Envelope/>", AUTH_PASSPORT_REFUSED, IM_PROBLEM_PROTOCOL, 0, NULL,
      NULL },
    { "<Envelope><Fault/></Envelope>", AUTH_PASSPORT_REFUSED,
      IM_PROBLEM_SIGNON_FAILED, 0, NULL, NULL },
    { "<Envelope><Fault><redirectUrl>http://x/</redirectUrl></Fault>"
      "</Envelope>",
      AUTH_PASSPORT_REFUSED, IM_PROBLEM_PROTOCOL, 0, NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (AuthPassport3Reply) reply = { 0 };

      read_answer (rows[i].text, &reply);
      g_assert_cmpint (reply.outcome, ==, rows[i].outcome);
      g_assert_cmpint (reply.problem, ==, rows[i].problem);
      g_assert_cmphex (reply.status, ==, rows[i].status);
      g_assert_cmpstr (reply.fault, ==, rows[i].fault);
      g_assert_cmpstr (reply.location, ==, rows[i].location);
      g_assert_null (auth_passport3_find (&reply, "messenger.msn.com"));
    }
}

static void
test_partly_refused (void)
{
  g_auto (AuthPassport3Reply) reply = { 0 };
  const AuthPassport3Token *token;

  read_answer (mixed, &reply);
  g_assert_cmpint (reply.outcome, ==, AUTH_PASSPORT_TICKET);
  g_assert_cmpuint (reply.n_refused, ==, 1);
  g_assert_cmpint (reply.problem, ==, IM_PROBLEM_WRONG_PASSWORD);
  token = auth_passport3_find (&reply, "contacts.msn.com");
  g_assert_cmpstr (im_secret_peek (token->ticket), ==, "t=1&p=");
  g_assert_cmpint (token->expires, ==, 1795392000);
}

/* SEC-M-21: cut anywhere, an answer is an error and never a ticket; with any
 * one of its elements renamed it still is an answer. */
static void
test_damaged (void)
{
  gsize len = strlen (success);

  for (gsize cut = 0; cut < len; cut += 7)
    {
      g_autofree char *copy = g_memdup2 (success, cut);
      g_autoptr (GBytes) body = g_bytes_new (copy, cut);
      g_auto (AuthPassport3Reply) reply = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (auth_passport3_parse (body, &reply, &error));
      g_assert_true (error->domain == IM_WIRE_ERROR);
      g_assert_cmpint (reply.outcome, ==, AUTH_PASSPORT_REFUSED);
    }
}

static void
test_missing_elements (void)
{
  static const char *const elements[] = {
    "Address",
    "EndpointReference",
    "AppliesTo",
    "LifeTime",
    "Expires",
    "RequestedSecurityToken",
    "BinarySecurityToken",
    "RequestedProofToken",
    "BinarySecret",
    "RequestSecurityTokenResponse",
    "RequestSecurityTokenResponseCollection",
    "Body",
    "Header",
    "reqstatus",
  };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (GString) text = g_string_new (success);
      g_autofree char *from = g_strconcat (":", elements[i], NULL);
      g_auto (AuthPassport3Reply) reply = { 0 };

      g_assert_cmpuint (g_string_replace (text, from, ":gone", 0), >=, 2);
      read_answer (text->str, &reply);
      auth_passport3_find (&reply, "messenger.msn.com");
    }
}

static void
test_token_ceiling (void)
{
  g_autoptr (GString) text =
      g_string_new ("<Envelope><Body><RequestSecurityTokenResponseCollection>");
  g_auto (AuthPassport3Reply) reply = { 0 };

  for (guint i = 0; i <= IM_MAX_PASSPORT_TOKENS; i++)
    g_string_append (text, "<RequestSecurityTokenResponse/>");
  g_string_append (text, "</RequestSecurityTokenResponseCollection></Body>"
                         "</Envelope>");
  read_answer (text->str, &reply);
  g_assert_cmpuint (reply.tokens->len, ==, IM_MAX_PASSPORT_TOKENS);
  g_assert_cmpint (reply.outcome, ==, AUTH_PASSPORT_REFUSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/msn/challenge/vectors", test_challenges);
  g_test_add_func ("/auth/msn/challenge/products", test_products);
  g_test_add_func ("/auth/msn/challenge/odd", test_odd_challenges);
  g_test_add_func ("/auth/msn/md5", test_md5);
  g_test_add_func ("/auth/msn/sso/proof", test_proof);
  g_test_add_func ("/auth/msn/sso/lengths", test_proof_lengths);
  g_test_add_func ("/auth/msn/sso/refused", test_proof_refused);
  g_test_add_func ("/auth/passport14/nexus", test_nexus);
  g_test_add_func ("/auth/passport14/authorization", test_authorization);
  g_test_add_func ("/auth/passport14/replies", test_replies);
  g_test_add_func ("/auth/passport14/redirect", test_redirect);
  g_test_add_func ("/auth/passport14/ticket-ceiling", test_ticket_ceiling);
  g_test_add_func ("/auth/passport3/policy", test_policy);
  g_test_add_func ("/auth/passport3/request", test_request);
  g_test_add_func ("/auth/passport3/request-refused", test_request_refused);
  g_test_add_func ("/auth/passport3/success", test_success);
  g_test_add_func ("/auth/passport3/answers", test_answers);
  g_test_add_func ("/auth/passport3/partly-refused", test_partly_refused);
  g_test_add_func ("/auth/passport3/damaged", test_damaged);
  g_test_add_func ("/auth/passport3/missing-elements", test_missing_elements);
  g_test_add_func ("/auth/passport3/token-ceiling", test_token_ceiling);
  return g_test_run ();
}
