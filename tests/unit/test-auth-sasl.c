/* SASL mechanisms and Google's tokens, as conversations in structs. */

#include <string.h>

#include "auth-google.h"
#include "auth-sasl.h"

typedef struct
{
  const char *source;
  AuthSaslName name;
  const char *user;
  const char *password;
  const char *nonce;
  const char *binding;
  guint8 binding_start; /* 32 bytes counting up from here */
  gboolean can_bind;
  const char *client_first;
  const char *server_first;
  const char *client_final;
  const char *server_final;
} Conversation;

#define PLUS_NONCE "cN0nce+0123456789abc"
#define PLUS_FIRST                                                            \
  "r=" PLUS_NONCE "sN0nce/XYZ987654321,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=4096"

static const Conversation conversations[] = {
  { "RFC 5802 section 5", AUTH_SASL_SCRAM_SHA_1, "user", "pencil",
    "fyko+d2lbbFgONRv9qkxdawL", NULL, 0, FALSE,
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
  { "RFC 7677 section 3", AUTH_SASL_SCRAM_SHA_256, "user", "pencil",
    "rOprNGfwEbeRWgbNEkqO", NULL, 0, FALSE,
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
  { "computed: channel binding tls-exporter", AUTH_SASL_SCRAM_SHA_256_PLUS,
    "mina", "Tea & Biscuits", PLUS_NONCE, "tls-exporter", 0x00, TRUE,
    "p=tls-exporter,,n=mina,r=" PLUS_NONCE, PLUS_FIRST,
    "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,"
    "r=" PLUS_NONCE "sN0nce/XYZ987654321,"
    "p=hdl/1tsEdpj1baEnmyVzsCNrFph8l3baQwzp5VUUiwg=",
    "v=Jan5cnMzyw9IYpMPFNLUGnAKwxj9/95OD1NiAZA6GCk=" },
  { "computed: channel binding tls-server-end-point",
    AUTH_SASL_SCRAM_SHA_1_PLUS, "mina", "Tea & Biscuits", PLUS_NONCE,
    "tls-server-end-point", 0x20, TRUE,
    "p=tls-server-end-point,,n=mina,r=" PLUS_NONCE, PLUS_FIRST,
    "c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6"
    "Ozw9Pj8=,r=" PLUS_NONCE "sN0nce/XYZ987654321,"
    "p=7NoRqWMDOrEdL4BEAUNgeOPDt2Q=",
    "v=EqqkXhtDPyKrtYXTaJsdYsL2R3A=" },
  { "computed: could bind, server offers none", AUTH_SASL_SCRAM_SHA_256,
    "mina", "Tea & Biscuits", PLUS_NONCE, NULL, 0, TRUE,
    "y,,n=mina,r=" PLUS_NONCE, PLUS_FIRST,
    "c=eSws,r=" PLUS_NONCE "sN0nce/XYZ987654321,"
    "p=nLdyGfO90ipQANfY8ROReovWTFF0oHn4vKadaCe1GlY=",
    "v=mYjMSchJLdNrpjPSyx2PQ/YGrK1ex2He1feZXjHDrYg=" },
};

static GBytes *
binding_bytes (const Conversation *talk)
{
  guint8 bytes[32];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (talk->binding_start + i);
  return talk->binding != NULL ? g_bytes_new (bytes, sizeof bytes) : NULL;
}

static AuthSasl *
begin (const Conversation *talk, const char *salted)
{
  g_autoptr (ImSecret) password = im_secret_new (talk->password);
  g_autoptr (GBytes) data = binding_bytes (talk);
  g_autoptr (GError) error = NULL;
  AuthSaslInput input = {
    .user = talk->user,
    .secret = password,
    .nonce = talk->nonce,
    .binding = talk->binding,
    .binding_data = data,
    .can_bind = talk->can_bind,
    .salted = salted,
  };
  AuthSasl *sasl = auth_sasl_new (talk->name, &input, &error);

  g_assert_no_error (error);
  return sasl;
}

static void
assert_says (GBytes *bytes, const char *text)
{
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   text, strlen (text));
}

static GBytes *
line (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static char *
hold (const Conversation *talk, const char *salted)
{
  g_autoptr (AuthSasl) sasl = begin (talk, salted);
  g_autoptr (GBytes) first = auth_sasl_first (sasl);
  g_autoptr (GBytes) challenge = line (talk->server_first);
  g_autoptr (GBytes) verdict = line (talk->server_final);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) final = NULL;

  assert_says (first, talk->client_first);
  final = auth_sasl_answer (sasl, challenge, &error);
  g_assert_no_error (error);
  assert_says (final, talk->client_final);
  g_assert_true (auth_sasl_finish (sasl, verdict, &error));
  return auth_sasl_salted (sasl);
}

static void
test_scram (gconstpointer data)
{
  const Conversation *talk = data;
  g_autofree char *kept = NULL;
  g_autofree char *kept_again = NULL;

  g_test_summary (talk->source);
  kept = hold (talk, NULL);
  /* With what was kept, even a wrong password is never looked at. */
  {
    Conversation blind = *talk;

    blind.password = "nobody asks";
    kept_again = hold (&blind, kept);
  }
  g_assert_cmpstr (kept, ==, kept_again);
}

/* Each of these must end the sign-in. */
static void
test_scram_refuses (void)
{
  static const char *const challenges[] = {
    "",
    "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "r=somebodyElsesNonce12345,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095",
    "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=10000001",
    "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096",
    "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
    "m=new,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "s=W22ZaJ0SNY7soEsUEjb6gQ==,r=rOprNGfwEbeRWgbNEkqOx,i=4096",
    "e=other-error",
  };

  for (guint i = 0; i < G_N_ELEMENTS (challenges); i++)
    {
      g_autoptr (AuthSasl) sasl = begin (&conversations[1], NULL);
      g_autoptr (GBytes) first = auth_sasl_first (sasl);
      g_autoptr (GBytes) challenge = line (challenges[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (auth_sasl_answer (sasl, challenge, &error));
      g_assert_error (error, IM_PROBLEM, IM_PROBLEM_PROTOCOL);
    }
}

/* XEP-0474; both digests were computed by hand. */
static void
test_scram_offer (void)
{
  static const char *const mechanisms[] = {
    "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS",
    NULL
  };
  static const char *const fewer[] = { "SCRAM-SHA-256", "SCRAM-SHA-1", NULL };
  static const char *const bindings[] = { "tls-server-end-point",
                                          "tls-exporter", NULL };
  static const char without[] = "1/F18WbSM7JD3TVanmuEVqGOvCTWesjVuqsM8W/TcZE=";
  static const char with[] = "DiH10h/+iKy8nQZJ+5mswopQ3TcNKFyU22RB46m2ews=";
  static const struct
  {
    const char *const *mechanisms;
    const char *const *bindings;
    const char *digest;
    gboolean good;
  } rows[] = {
    { mechanisms, NULL, without, TRUE },
    { mechanisms, bindings, with, TRUE },
    { fewer, bindings, with, FALSE },
    { mechanisms, NULL, with, FALSE },
    { mechanisms, bindings, "", FALSE },
    { NULL, NULL, with, TRUE }, /* nobody knows what was offered */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (AuthSasl) sasl = begin (&conversations[1], NULL);
      g_autoptr (GBytes) first = auth_sasl_first (sasl);
      g_autofree char *text = g_strdup_printf (
          "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,h=%s",
          rows[i].digest);
      g_autoptr (GBytes) challenge = line (text);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) answer = NULL;

      if (rows[i].mechanisms != NULL)
        auth_sasl_set_offer (sasl, rows[i].mechanisms, rows[i].bindings);
      answer = auth_sasl_answer (sasl, challenge, &error);
      if (rows[i].good)
        g_assert_no_error (error);
      else
        g_assert_error (error, IM_PROBLEM, IM_PROBLEM_WEAKENED);
    }
}

static void
test_scram_proves_the_server (void)
{
  static const char *const verdicts[] = { "", "v=", "v=AAAA", "e=invalid",
                                          "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" };

  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      g_autoptr (AuthSasl) sasl = begin (&conversations[1], NULL);
      g_autoptr (GBytes) first = auth_sasl_first (sasl);
      g_autoptr (GBytes) challenge = line (conversations[1].server_first);
      g_autoptr (GBytes) final = auth_sasl_answer (sasl, challenge, NULL);
      g_autoptr (GBytes) verdict = line (verdicts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (final);
      g_assert_false (auth_sasl_finish (sasl, verdict, &error));
      g_assert_error (error, IM_PROBLEM, IM_PROBLEM_SIGNON_FAILED);
      g_assert_null (auth_sasl_salted (sasl));
    }
  {
    g_autoptr (AuthSasl) sasl = begin (&conversations[1], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_false (auth_sasl_finish (sasl, NULL, &error));
    g_assert_error (error, IM_PROBLEM, IM_PROBLEM_SIGNON_FAILED);
  }
}

static void
test_plain (void)
{
  static const struct
  {
    AuthSaslName name;
    const char *user;
    const char *secret;
    const char *base64;
  } rows[] = {
    /* RFC 4616 and RFC 6120 section 9.1.1 by their form; computed. */
    { AUTH_SASL_PLAIN, "mina", "Tea & Biscuits",
      "AG1pbmEAVGVhICYgQmlzY3VpdHM=" },
    { AUTH_SASL_PLAIN, "mina@gtalk.example", "Tea & Biscuits",
      "AG1pbmFAZ3RhbGsuZXhhbXBsZQBUZWEgJiBCaXNjdWl0cw==" },
    { AUTH_SASL_PLAIN, "juliet", "r0m30myr0m30",
      "AGp1bGlldAByMG0zMG15cjBtMzA=" },
    { AUTH_SASL_TOKEN, "mina", "DQAAAHcAAAD-sample_Token",
      "AG1pbmEARFFBQUFIY0FBQUQtc2FtcGxlX1Rva2Vu" },
    { AUTH_SASL_OAUTH2, "mina@gtalk.example", "ya29.sample-access-token",
      "AG1pbmFAZ3RhbGsuZXhhbXBsZQB5YTI5LnNhbXBsZS1hY2Nlc3MtdG9rZW4=" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (ImSecret) secret = im_secret_new (rows[i].secret);
      AuthSaslInput input = { .user = rows[i].user, .secret = secret };
      g_autoptr (AuthSasl) sasl = auth_sasl_new (rows[i].name, &input, NULL);
      g_autoptr (GBytes) first = auth_sasl_first (sasl);
      g_autofree char *base64 = g_base64_encode (
          g_bytes_get_data (first, NULL), g_bytes_get_size (first));

      g_assert_cmpstr (base64, ==, rows[i].base64);
      g_assert_true (auth_sasl_finish (sasl, NULL, NULL));
    }
}

static GBytes *
unbase64 (const char *text)
{
  gsize len;
  guint8 *data = g_base64_decode (text, &len);

  return g_bytes_new_take (data, len);
}

/* Computed independently from XEP-0484 and draft-schmaus-kitten-sasl-ht. */
static void
test_hashed_token (void)
{
  static const struct
  {
    AuthSaslName name;
    const char *first;
    const char *verdict;
  } rows[] = {
    { AUTH_SASL_HT_UNBOUND,
      "bWluYQCZFqbVh4rQPXSucZZ8SmMbKmfQUUynHV4lNUicbYKbjQ==",
      "5pNT4ly6FRVJs87ygA0YpBsBxWTvvrPY2CRKag+O//A=" },
    { AUTH_SASL_HT_EXPORTER,
      "bWluYQACwcqsaM/QlbRYE5hrbxnKl7DWA5po/VG+irbvb1T2qg==",
      "ki4AA2uazYClY0Z6zZRTVaSRstfTnuXxj9iGZ8OuXJE=" },
  };
  guint8 bytes[32];
  g_autoptr (ImSecret) token = im_secret_new ("secret-token:fast-Zx81");
  g_autoptr (GBytes) binding = NULL;

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) i;
  binding = g_bytes_new (bytes, sizeof bytes);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      AuthSaslInput input = {
        .user = "mina",
        .secret = token,
        .binding_data =
            rows[i].name == AUTH_SASL_HT_UNBOUND ? NULL : binding,
      };
      g_autoptr (AuthSasl) sasl = auth_sasl_new (rows[i].name, &input, NULL);
      g_autoptr (GBytes) first = auth_sasl_first (sasl);
      g_autoptr (GBytes) verdict = unbase64 (rows[i].verdict);
      g_autoptr (GBytes) other = unbase64 (rows[1 - i].verdict);
      g_autofree char *base64 = g_base64_encode (
          g_bytes_get_data (first, NULL), g_bytes_get_size (first));
      g_autoptr (GError) error = NULL;

      g_assert_cmpstr (base64, ==, rows[i].first);
      g_assert_true (auth_sasl_finish (sasl, verdict, NULL));
      g_assert_false (auth_sasl_finish (sasl, NULL, NULL));
      g_assert_false (auth_sasl_finish (sasl, other, &error));
      g_assert_error (error, IM_PROBLEM, IM_PROBLEM_SIGNON_FAILED);
    }
}

static void
test_choose (void)
{
  const char *all[] = { "PLAIN",       "DIGEST-MD5",         "SCRAM-SHA-1",
                        "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "X-OAUTH2",
                        "X-GOOGLE-TOKEN", NULL };
  const char *plain[] = { "PLAIN", "LOGIN", "CRAM-MD5", NULL };
  const char *seed[] = { "X-GOOGLE-TOKEN", NULL };
  AuthSaslPolicy policy = { AUTH_SASL_BY_PASSWORD, TRUE, "tls-exporter",
                            AUTH_SASL_PLAIN };

  g_assert_cmpint (auth_sasl_choose (all, &policy), ==,
                   AUTH_SASL_SCRAM_SHA_256_PLUS);
  policy.binding = NULL;
  g_assert_cmpint (auth_sasl_choose (all, &policy), ==,
                   AUTH_SASL_SCRAM_SHA_256);
  g_assert_cmpint (auth_sasl_choose (plain, &policy), ==, AUTH_SASL_PLAIN);
  g_assert_cmpint (auth_sasl_choose (seed, &policy), ==, AUTH_SASL_NONE);
  /* What is weaker than last time is not taken for it. */
  policy.at_least = AUTH_SASL_SCRAM_SHA_1;
  g_assert_cmpint (auth_sasl_choose (plain, &policy), ==, AUTH_SASL_NONE);
  policy.at_least = AUTH_SASL_PLAIN;
  /* In the clear, nothing that shows the secret. */
  policy.encrypted = FALSE;
  g_assert_cmpint (auth_sasl_choose (plain, &policy), ==, AUTH_SASL_NONE);
  policy.secret = AUTH_SASL_BY_GOOGLE_TOKEN;
  g_assert_cmpint (auth_sasl_choose (all, &policy), ==, AUTH_SASL_NONE);
  policy.encrypted = TRUE;
  g_assert_cmpint (auth_sasl_choose (all, &policy), ==, AUTH_SASL_TOKEN);
}

static void
test_google_login (void)
{
  g_autoptr (ImSecret) password = im_secret_new ("p&ss w=rd+é");
  g_autoptr (ImSecret) body =
      auth_google_login_body ("mina@gtalk.example", password, NULL, NULL);

  g_assert_cmpstr (im_secret_peek (body), ==,
                   "Email=mina%40gtalk.example&Passwd=p%26ss+w%3Drd%2B%C3%A9&"
                   "PersistentCookie=false&source=googletalk");
}

static void
test_google_replies (void)
{
  static const struct
  {
    guint status;
    const char *body;
    gboolean in;
    ImProblem problem;
  } rows[] = {
    { 200, "SID=a=b\nLSID=c\nAuth=d==\n", TRUE, 0 },
    { 200, "SID=a\r\nLSID=c\r\n", TRUE, 0 },
    { 200, "SID=a\n", FALSE, IM_PROBLEM_SIGNIN_ANSWER },
    { 403, "Error=BadAuthentication\n", FALSE, IM_PROBLEM_WRONG_PASSWORD },
    { 403, "Error=BadAuthentication\nInfo=InvalidSecondFactor\n", FALSE,
      IM_PROBLEM_APP_PASSWORD },
    { 403,
      "Url=http://www.google.com/login/captcha\nError=CaptchaRequired\n"
      "CaptchaToken=tok\nCaptchaUrl=Captcha?ctoken=abc\n",
      FALSE, IM_PROBLEM_NEEDS_CODE },
    { 403, "Error=NotVerified\n", FALSE, IM_PROBLEM_NOT_CONFIRMED },
    { 403, "Error=TermsNotAgreed\n", FALSE, IM_PROBLEM_TERMS },
    { 403, "Error=AccountDeleted\n", FALSE, IM_PROBLEM_ACCOUNT_DELETED },
    { 403, "Error=AccountDisabled\n", FALSE, IM_PROBLEM_SUSPENDED },
    { 403, "Error=ServiceDisabled\n", FALSE, IM_PROBLEM_SERVICE_OFF },
    { 503, "Error=ServiceUnavailable\n", FALSE, IM_PROBLEM_UNAVAILABLE },
    { 502, "<html>bad gateway</html>", FALSE, IM_PROBLEM_UNAVAILABLE },
    { 403, "Error=NeedsBrowser\n", FALSE, IM_PROBLEM_NEEDS_WEB_PAGE },
    { 403, "Error=WebLoginRequired\n", FALSE, IM_PROBLEM_NEEDS_WEB_PAGE },
    { 403, "Error=Unknown\n", FALSE, IM_PROBLEM_SIGNIN_ANSWER },
    { 403, "SID=a\nLSID=b\n", FALSE, IM_PROBLEM_SIGNIN_ANSWER },
    { 404, "<html>", FALSE, IM_PROBLEM_SIGNIN_ANSWER },
    { 200, "\xff\xfe", FALSE, IM_PROBLEM_SIGNIN_ANSWER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body = line (rows[i].body);
      g_auto (AuthGoogleReply) reply = { 0 };

      g_assert_cmpint (auth_google_read_reply (rows[i].status, body, &reply),
                       ==, rows[i].in);
      if (!rows[i].in)
        g_assert_cmpint (reply.problem, ==, rows[i].problem);
      if (i == 0)
        {
          g_autoptr (ImSecret) form = auth_google_token_body (&reply);

          g_assert_cmpstr (im_secret_peek (reply.auth), ==, "d==");
          g_assert_cmpstr (im_secret_peek (form), ==,
                           "SID=a%3Db&LSID=c&service=mail&Session=true");
        }
      if (i == 5)
        {
          g_assert_cmpstr (reply.captcha_token, ==, "tok");
          g_assert_cmpstr (reply.captcha_url, ==, "Captcha?ctoken=abc");
        }
    }
}

/* Where the user is sent has to be a page. */
static void
test_google_pages (void)
{
  static const struct
  {
    const char *body;
    const char *url;
    const char *picture;
  } rows[] = {
    { "Error=CaptchaRequired\nUrl=http://a.example/x?y=1&z=2\n"
      "CaptchaUrl=Captcha?ctoken=abc\n",
      "http://a.example/x?y=1&z=2",
      "https://www.example/accounts/Captcha?ctoken=abc" },
    { "Error=CaptchaRequired\nUrl=javascript:alert(1)\n"
      "CaptchaUrl=https://b.example/c.png\n",
      NULL, "https://b.example/c.png" },
    { "Error=CaptchaRequired\nUrl=http://a.example/\"><b>\n"
      "CaptchaUrl=file:///etc/passwd\n",
      NULL, NULL },
    { "Error=CaptchaRequired\nUrl=\n", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body = line (rows[i].body);
      g_auto (AuthGoogleReply) reply = { 0 };
      g_autofree char *picture = NULL;

      g_assert_false (auth_google_read_reply (403, body, &reply));
      picture = auth_google_picture ("https://www.example/accounts", &reply);
      g_assert_cmpstr (reply.url, ==, rows[i].url);
      g_assert_cmpstr (picture, ==, rows[i].picture);
    }
}

static void
test_google_token (void)
{
  g_autoptr (GBytes) good = line ("APh-token_1\n");
  g_autoptr (GBytes) page = line ("<html>sorry</html>");
  g_autoptr (ImSecret) token = auth_google_read_token (200, good);

  g_assert_cmpstr (im_secret_peek (token), ==, "APh-token_1");
  g_assert_null (auth_google_read_token (200, page));
  g_assert_null (auth_google_read_token (403, good));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (conversations); i++)
    {
      g_autofree char *path = g_strdup_printf (
          "/auth/sasl/%s/%u", auth_sasl_wire_name (conversations[i].name), i);

      g_test_add_data_func (path, &conversations[i], test_scram);
    }
  g_test_add_func ("/auth/sasl/scram/refuses", test_scram_refuses);
  g_test_add_func ("/auth/sasl/scram/offer", test_scram_offer);
  g_test_add_func ("/auth/sasl/scram/proves-the-server",
                   test_scram_proves_the_server);
  g_test_add_func ("/auth/sasl/plain", test_plain);
  g_test_add_func ("/auth/sasl/hashed-token", test_hashed_token);
  g_test_add_func ("/auth/sasl/choose", test_choose);
  g_test_add_func ("/auth/google/login", test_google_login);
  g_test_add_func ("/auth/google/replies", test_google_replies);
  g_test_add_func ("/auth/google/pages", test_google_pages);
  g_test_add_func ("/auth/google/token", test_google_token);
  return g_test_run ();
}
