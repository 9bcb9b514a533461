/* Web sign-in against a scripted host: what is asked, what each answer of the
 * pages comes to, what is kept of it; tickets instead; and the directory. */

#include <string.h>

#include <glib.h>

#include "auth-msn-web.h"
#include "im-limits.h"
#include "msnweb-proof.h"
#include "msnweb-roster.h"
#include "test-host.h"

#define LOGIN "https://login.example.com"
#define GATEWAY "https://gateway.example.com"
#define POST LOGIN "/ppsecure/post.srf?wa=wsignin1.0&id=64855"
#define PAGE(token, target)                                                    \
  "<html><script>var ServerData={sFTTag:'<input type=\"hidden\" "              \
  "name=\"PPFT\" id=\"i0327\" value=\"" token "\"/>',\nurlPost:'" target       \
  "'};</script></html>"

/* One account, and what it was last told. */
typedef struct
{
  TestHost *host;
  MsnwebConfig config;
  ImSecret *password;
  MsnwebProof *proof;
  GBytes *kept;
  guint told;
  gboolean good;
  ImProblem problem;
  guint code;
  char *url;
  char *detail;
} Setup;

static GBytes *
look_up (gpointer user, const char *name)
{
  const Setup *setup = user;

  g_assert_cmpstr (name, ==, "msnweb-cookies");
  return setup->kept != NULL ? g_bytes_ref (setup->kept) : NULL;
}

static void
on_told (gpointer user, const ImFailure *failure)
{
  Setup *setup = user;

  setup->told++;
  setup->good = failure == NULL;
  g_clear_pointer (&setup->url, g_free);
  g_clear_pointer (&setup->detail, g_free);
  if (failure == NULL)
    return;
  setup->problem = failure->problem;
  setup->code = failure->code;
  setup->url = g_strdup (failure->url);
  setup->detail = g_strdup (failure->detail);
}

/* Whoever has cookies is signed in: only where the password is kept. */
static void
on_event (gpointer user, const ImEvent *event)
{
  Setup *setup = user;

  g_assert_cmpint (event->type, ==, IM_EVENT_CACHE);
  g_assert_cmpstr (event->cache.name, ==, "msnweb-cookies");
  g_assert_true (event->cache.secret);
  g_clear_pointer (&setup->kept, g_bytes_unref);
  if (event->cache.data != NULL)
    setup->kept = g_bytes_ref (event->cache.data);
}

static void
setup_init (Setup *setup)
{
  *setup = (Setup){ .host = test_host_new () };
  test_host_on_event (setup->host, on_event, setup);
  setup->password = im_secret_new ("p&ss wörd longer than sixteen");
  setup->config = (MsnwebConfig){
    .address = "alice@example.com",
    .password = setup->password,
    .gateway = GATEWAY,
    .login = LOGIN "/",
    .caches = look_up,
    .cache_user = setup,
  };
}

static void
setup_clear (Setup *setup)
{
  if (setup->proof != NULL)
    msnweb_proof_free (setup->proof);
  g_assert_cmpuint (test_host_n_timers (setup->host), ==, 0);
  test_host_free (setup->host);
  im_secret_unref (setup->password);
  g_clear_pointer (&setup->kept, g_bytes_unref);
  g_free (setup->url);
  g_free (setup->detail);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

static void
begin (Setup *setup)
{
  setup->proof = msnweb_proof_new (test_host_get (setup->host), &setup->config);
  msnweb_proof_get (setup->proof, on_told, setup);
  test_host_settle (setup->host);
}

/* What the last request gets. */
static void
answer_with (Setup *setup, guint status, const char *const *headers,
             const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  const ImHttpResponse response = { status, headers, bytes };

  test_host_answer (setup->host, test_host_n_requests (setup->host) - 1,
                    &response);
  test_host_settle (setup->host);
}

static void
answer (Setup *setup, guint status, const char *body)
{
  static const char *const none[] = { NULL };

  answer_with (setup, status, none, body);
}

static const char *const let_in[] = {
  "Location",   LOGIN "/done",
  "Set-Cookie", "MSPAuth=auth; Domain=.example.com; Secure",
  "Set-Cookie", "MSPProf=prof; Domain=.example.com; Max-Age=3600",
  "Set-Cookie", "WLSSC=wlssc; Domain=.example.com",
  "Set-Cookie", "pres=0; Domain=.example.com",
  NULL,
};

static const TestRequest *
last_request (const Setup *setup)
{
  return test_host_request (setup->host,
                            test_host_n_requests (setup->host) - 1);
}

static char *
body_of (const TestRequest *request)
{
  return g_strndup (g_bytes_get_data (request->body, NULL),
                    g_bytes_get_size (request->body));
}

/* Up to the form being posted. */
static void
begin_form (Setup *setup)
{
  static const char *const cookies[] = { "Set-Cookie", "MSPOK=ok", "Set-Cookie",
                                         "MSPRequ=1", NULL };

  begin (setup);
  answer_with (setup, 200, cookies, PAGE ("PPFT-0001", POST));
  g_assert_cmpuint (test_host_n_requests (setup->host), ==, 2);
}

/* --- the pages --------------------------------------------------------- */

static void
test_success (void)
{
  g_auto (Setup) setup = { 0 };
  const TestRequest *request;
  g_autofree char *form = NULL;

  setup_init (&setup);
  begin (&setup);
  request = last_request (&setup);
  g_assert_cmpstr (request->method, ==, "GET");
  g_assert_cmpstr (request->url, ==,
                   LOGIN "/login.srf?wa=wsignin1.0&ct=1000000000"
                         "&rver=6.1.6206.0&sa=1&ntprob=-1&wp=MBI_SSL_SHARED"
                         "&wreply=https:%2F%2Fmail.live.com%2F%3Fowa%3D1%26"
                         "owasuffix%3Dowa%252f&id=64855&snsc=1&cbcxt=mail");
  g_assert_cmpstr (request->cookies, ==, "");
  setup_clear (&setup);

  setup_init (&setup);
  begin_form (&setup);
  request = last_request (&setup);
  form = body_of (request);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, POST);
  g_assert_cmpstr (request->content_type, ==,
                   "application/x-www-form-urlencoded");
  g_assert_true (request->secret);
  g_assert_cmpstr (request->cookies, ==,
                   "MSPOK=ok; MSPRequ=1; CkTst=G1000000000000");
  g_assert_cmpstr (form, ==,
                   "login=alice%40example.com&passwd=p%26ss+w%C3%B6rd+longer"
                   "+than+sixteen&PPFT=PPFT-0001&loginoptions=3");
  g_assert_cmpuint (setup.told, ==, 0);
  answer_with (&setup, 302, let_in, "");
  g_assert_cmpuint (setup.told, ==, 1);
  g_assert_true (setup.good);
  g_assert_null (msnweb_proof_uic (setup.proof));
  g_assert_null (msnweb_proof_ticket (setup.proof));
}

/* The cookies count, whatever the page says. */
static void
test_success_by_page (void)
{
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  begin_form (&setup);
  answer_with (&setup, 200, let_in,
               "sErrTxt:'no' captcha <input type=hidden name=t value=EwB>");
  g_assert_true (setup.good);
}

/* What the pages refuse with: one row for each thing they may say. */
static void
test_refusals (void)
{
  static const char *const to_terms[] = { "Location",
                                          "https://account.live.com/tou/accrue",
                                          NULL };
  static const char *const elsewhere[] = { "Location", LOGIN "/done", NULL };
  static const struct
  {
    guint status;
    const char *const *headers;
    const char *body;
    ImProblem problem;
    const char *url;
    const char *detail;
  } rows[] = {
    { 503, NULL, "", IM_PROBLEM_UNAVAILABLE, NULL, NULL },
    { 200, NULL,
      "sErrTxt:'That \\'<b>password</b>\\' is &quot;incorrect&quot;.',"
      "sErrorCode:'80041012'" PAGE ("x", POST),
      IM_PROBLEM_WRONG_PASSWORD, NULL, "That 'password' is \"incorrect\"." },
    { 200, NULL, "\"sErrorCode\":\"80041012\"", IM_PROBLEM_WRONG_PASSWORD, NULL,
      "80041012" },
    { 200, NULL, "sErrTxt:'No.' Captcha", IM_PROBLEM_WRONG_PASSWORD, LOGIN,
      "No." },
    { 200, NULL, "sErrTxt:'',sErrorCode:'' x/GetSessionState.srf?y",
      IM_PROBLEM_APP_PASSWORD, LOGIN, NULL },
    { 200, NULL, "<a href=\"https:\\/\\/account.live.com\\/proofs\\/Add\">",
      IM_PROBLEM_APP_PASSWORD, LOGIN, NULL },
    { 200, NULL, "x/identity/confirm?", IM_PROBLEM_APP_PASSWORD, LOGIN, NULL },
    { 200, NULL, "sProofData:'1'", IM_PROBLEM_APP_PASSWORD, LOGIN, NULL },
    { 200, NULL, "<input type=text name='otc'>", IM_PROBLEM_APP_PASSWORD, LOGIN,
      NULL },
    { 200, NULL, "type the CAPTCHA", IM_PROBLEM_NEEDS_WEB_PAGE, LOGIN, NULL },
    { 302, to_terms, "", IM_PROBLEM_NEEDS_WEB_PAGE,
      "https://account.live.com/tou/accrue", NULL },
    { 200, NULL, "urlPost:'https://account.live.com/x'",
      IM_PROBLEM_NEEDS_WEB_PAGE, "https://account.live.com/x", NULL },
    { 200, NULL, PAGE ("again", POST), IM_PROBLEM_WRONG_PASSWORD, NULL, NULL },
    { 200, NULL, "<html></html>", IM_PROBLEM_SIGNIN_ANSWER, NULL,
      "HTTP 200, MSPAuth?" },
    { 302, elsewhere, "", IM_PROBLEM_SIGNIN_ANSWER, NULL,
      "HTTP 302, MSPAuth?" },
  };
  static const char *const none[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Setup) setup = { 0 };

      g_test_message ("row %u: %s", i, rows[i].body);
      setup_init (&setup);
      begin_form (&setup);
      answer_with (&setup, rows[i].status,
                   rows[i].headers != NULL ? rows[i].headers : none,
                   rows[i].body);
      g_assert_cmpuint (setup.told, ==, 1);
      g_assert_false (setup.good);
      g_assert_cmpint (setup.problem, ==, rows[i].problem);
      g_assert_cmpstr (setup.url, ==, rows[i].url);
      g_assert_cmpstr (setup.detail, ==, rows[i].detail);
      /* Nobody tries a password again by itself. */
      g_assert_cmpuint (test_host_n_requests (setup.host), ==, 2);
      test_host_forbid (setup.host, "cache*");
    }
}

static void
test_unreachable (void)
{
  for (guint at = 0; at < 2; at++)
    {
      g_auto (Setup) setup = { 0 };

      setup_init (&setup);
      if (at == 0)
        begin (&setup);
      else
        begin_form (&setup);
      test_host_fail_request (setup.host, at, IM_PROBLEM_CONNECT_REFUSED);
      g_assert_false (setup.good);
      g_assert_cmpint (setup.problem, ==, IM_PROBLEM_CONNECT_REFUSED);
    }
}

/* A second form follows once, and not a third. */
static void
test_second_form (void)
{
  static const char form[] =
      "<input name=\"opid\" value=\"77\"><input name=\"PPFT\" value=\"&lt;b\">"
      "urlPost:'/second?x=1'";
  g_auto (Setup) setup = { 0 };
  g_autofree char *body = NULL;

  setup_init (&setup);
  begin_form (&setup);
  answer (&setup, 200, form);
  g_assert_cmpuint (setup.told, ==, 0);
  g_assert_cmpstr (last_request (&setup)->url, ==, LOGIN "/second?x=1");
  body = body_of (last_request (&setup));
  g_assert_cmpstr (body, ==, "opid=77&PPFT=%3Cb&type=28");
  answer (&setup, 200, form);
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_WRONG_PASSWORD);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 3);
}

/* Pages in every dress they had. */
static void
test_dresses (void)
{
  static const struct
  {
    const char *page;
    const char *url;
    const char *token;
  } rows[] = {
    { "sFT:'tok\\x26en',urlPost:'" POST "'", POST, "tok%26en" },
    { "\"sFT\":\"a\\u0026b\",\"urlPost\":\"https:\\/\\/login.example.com\\/p?a"
      "\\u0026b\"",
      LOGIN "/p?a&b", "a%26b" },
    { "\"sFTTag\":\"<input type=\\\"hidden\\\" name=\\\"PPFT\\\" "
      "value=\\\"x>&amp;\\\"\\/>\" urlPost = '/p'",
      LOGIN "/p", "x%3E%26" },
    { "<form><input value=v1 name=\"other\"><INPUT VALUE=v2 NAME=PPFT></form>",
      LOGIN "/ppsecure/post.srf", "v2" },
    /* Forms for other hosts, other schemes, other ports. */
    { PAGE ("t", "https://evil.example.org/x"), LOGIN "/ppsecure/post.srf",
      "t" },
    { PAGE ("t", "http://login.example.com/x"), LOGIN "/ppsecure/post.srf",
      "t" },
    { PAGE ("t", "https://login.example.com:444/x"), LOGIN "/ppsecure/post.srf",
      "t" },
    { PAGE ("t", "https://a@login.example.com/x"), LOGIN "/ppsecure/post.srf",
      "t" },
    { PAGE ("t", "javascript:alert(1)"), LOGIN "/ppsecure/post.srf", "t" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Setup) setup = { 0 };
      g_autofree char *body = NULL;
      g_autofree char *token =
          g_strdup_printf ("&PPFT=%s&loginoptions=3", rows[i].token);

      g_test_message ("row %u: %s", i, rows[i].page);
      setup_init (&setup);
      begin (&setup);
      answer (&setup, 200, rows[i].page);
      g_assert_cmpuint (test_host_n_requests (setup.host), ==, 2);
      g_assert_true (
          g_str_has_prefix (last_request (&setup)->url, rows[i].url));
      if (strcmp (rows[i].url, LOGIN "/ppsecure/post.srf") == 0)
        g_assert_true (g_str_has_suffix (last_request (&setup)->url,
                                         "&cbcxt=mail&bk=1000000000"));
      body = body_of (last_request (&setup));
      g_assert_true (g_str_has_suffix (body, token));
      answer (&setup, 500, "");
    }
}

/* Tags that do not end are passed over, and quickly: a page full of them takes
 * no time worth speaking of. */
static void
test_endless_tags (void)
{
  g_auto (Setup) setup = { 0 };
  g_autoptr (GString) page = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    g_string_append (page, "<input ' ");
  g_string_append (page, "'\"" PAGE ("late", POST));
  setup_init (&setup);
  begin (&setup);
  answer (&setup, 200, page->str);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 2);
  answer (&setup, 500, "");
}

static void
test_changed_page (void)
{
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  begin (&setup);
  answer (&setup, 200, "<html>urlPost:'" POST "'</html>");
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_SIGNIN_ANSWER);
  g_assert_cmpstr (setup.detail, ==, "the sign-in page has changed");
}

static void
test_page_status (void)
{
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  begin (&setup);
  answer (&setup, 404, PAGE ("x", POST));
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_UNAVAILABLE);
  g_assert_cmpuint (setup.code, ==, 404);
}

/* Five redirects on the login host, and none to another. */
static void
test_redirects (void)
{
  static const char *const on[] = { "Location", "/more", NULL };
  static const char *const away[] = { "Location", "https://evil.example.org/",
                                      NULL };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  begin (&setup);
  for (guint i = 0; i < 5; i++)
    {
      answer_with (&setup, 302, on, "");
      g_assert_cmpstr (last_request (&setup)->url, ==, LOGIN "/more");
    }
  answer_with (&setup, 302, on, "");
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_UNAVAILABLE);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 6);
  setup_clear (&setup);

  setup_init (&setup);
  begin (&setup);
  answer_with (&setup, 302, away, "");
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_UNAVAILABLE);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 1);
}

/* --- what stands before and after -------------------------------------- */

static void
test_settings (void)
{
  static const struct
  {
    const char *login;
    gboolean plain;
    gboolean good;
  } rows[] = {
    { "http://login.example.com", FALSE, FALSE },
    { "http://login.example.com", TRUE, TRUE },
    { "http://127.0.0.1:8080", FALSE, TRUE },
    { "ftp://login.example.com", TRUE, FALSE },
    { "", FALSE, FALSE },
    { NULL, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Setup) setup = { 0 };

      setup_init (&setup);
      setup.config.login = rows[i].login;
      setup.config.plain = rows[i].plain;
      begin (&setup);
      g_assert_cmpuint (test_host_n_requests (setup.host), ==, rows[i].good);
      if (!rows[i].good)
        g_assert_cmpint (setup.problem, ==, IM_PROBLEM_SETTINGS);
    }
}

static void
test_no_password (void)
{
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  setup.config.password = NULL;
  begin (&setup);
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_WRONG_PASSWORD);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 0);
}

/* Cookies for another domain are of no use to this gateway. */
static void
test_other_domain (void)
{
  static const char *const cookies[] = {
    "Set-Cookie", "MSPAuth=a", "Set-Cookie", "MSPProf=b",
    "Set-Cookie", "WLSSC=c",   NULL,
  };
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  begin_form (&setup);
  answer_with (&setup, 302, cookies, "");
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_SETTINGS);
}

/* Signs in, and takes what is to be kept. */
static void
sign_in (Setup *setup)
{
  begin_form (setup);
  answer_with (setup, 302, let_in, "");
  g_assert_true (setup->good);
  g_assert_nonnull (setup->kept);
}

static void
test_kept (void)
{
  g_auto (Setup) first = { 0 };
  g_auto (Setup) second = { 0 };
  g_autofree char *text = NULL;

  setup_init (&first);
  sign_in (&first);
  text = g_strndup (g_bytes_get_data (first.kept, NULL),
                    g_bytes_get_size (first.kept));
  g_assert_cmpstr (text, ==,
                   "cookies 1 " LOGIN " alice@example.com\n"
                   "MSPAuth\t.example.com\t/\t0\t1\tauth\n"
                   "MSPProf\t.example.com\t/\t1000003600\t0\tprof\n"
                   "WLSSC\t.example.com\t/\t0\t0\twlssc");

  setup_init (&second);
  second.kept = g_bytes_ref (first.kept);
  begin (&second);
  g_assert_true (second.good);
  g_assert_cmpuint (test_host_n_requests (second.host), ==, 0);
}

/* Kept cookies are for who and where they were made, and while they last. */
static void
test_kept_for_others (void)
{
  for (guint i = 0; i < 4; i++)
    {
      g_auto (Setup) first = { 0 };
      g_auto (Setup) second = { 0 };

      setup_init (&first);
      sign_in (&first);
      setup_init (&second);
      second.kept = g_bytes_ref (first.kept);
      if (i == 0)
        second.config.address = "bob@example.com";
      else if (i == 1)
        second.config.login = "https://other.example.com";
      else if (i == 2)
        test_host_advance (second.host, 3600 * 1000);
      else
        {
          g_bytes_unref (second.kept);
          second.kept = g_bytes_new_static ("cookies 1\n\t\t\nx", 14);
        }
      begin (&second);
      g_assert_cmpuint (second.told, ==, 0);
      g_assert_cmpuint (test_host_n_requests (second.host), ==, 1);
    }
}

/* What is refused is forgotten, here and on the disk. */
static void
test_renew (void)
{
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  sign_in (&setup);
  msnweb_proof_get (setup.proof, on_told, &setup);
  test_host_settle (setup.host);
  g_assert_cmpuint (setup.told, ==, 2);
  msnweb_proof_renew (setup.proof, on_told, &setup);
  g_assert_null (setup.kept);
  g_assert_cmpuint (setup.told, ==, 2);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 3);
  g_assert_cmpstr (last_request (&setup)->cookies, ==, "");
  answer (&setup, 200, PAGE ("2", POST));
  answer_with (&setup, 302, let_in, "");
  g_assert_cmpuint (setup.told, ==, 3);
  g_assert_true (setup.good);
}

static void
test_stop (void)
{
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  begin_form (&setup);
  msnweb_proof_stop (setup.proof);
  g_assert_true (last_request (&setup)->over);
  msnweb_proof_get (setup.proof, on_told, &setup);
  msnweb_proof_stop (setup.proof);
  test_host_advance (setup.host, 1000);
  g_assert_cmpuint (setup.told, ==, 0);
}

/* A uic is asked for with the cookies, and done without. */
static void
test_uic (void)
{
  static const struct
  {
    guint status;
    const char *body;
    const char *uic;
  } rows[] = {
    { 200, "{\"MappingContainer\":\"dGVzdC11aWM%3D\"}", "dGVzdC11aWM=" },
    { 200, "{\"MappingContainer\":7}", NULL },
    { 200, "{\"MappingContainer\":\"a b\"}", NULL },
    { 200, "{}", NULL },
    { 200, "[", NULL },
    { 403, "{\"MappingContainer\":\"x\"}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Setup) setup = { 0 };
      g_autofree char *body = NULL;

      setup_init (&setup);
      setup.config.uic = "https://uic.example.com";
      begin_form (&setup);
      answer_with (&setup, 302, let_in, "");
      g_assert_cmpuint (setup.told, ==, 0);
      g_assert_cmpstr (last_request (&setup)->url, ==,
                       "https://uic.example.com/v1/User/Initialization");
      g_assert_nonnull (strstr (last_request (&setup)->cookies, "WLSSC=wlssc"));
      g_assert_cmpuint (last_request (&setup)->seconds, ==, 10);
      body = body_of (last_request (&setup));
      g_assert_cmpstr (body, ==,
                       "{\"trouterurl\":\"https://\",\"connectionid\":\"a\"}");
      answer (&setup, rows[i].status, rows[i].body);
      g_assert_true (setup.good);
      g_assert_cmpstr (msnweb_proof_uic (setup.proof), ==, rows[i].uic);
    }
}

static void
test_uic_unreachable (void)
{
  g_auto (Setup) setup = { 0 };

  setup_init (&setup);
  setup.config.uic = "https://uic.example.com";
  begin_form (&setup);
  answer_with (&setup, 302, let_in, "");
  test_host_fail_request (setup.host, 2, IM_PROBLEM_TIMED_OUT);
  g_assert_true (setup.good);
}

/* --- tickets ----------------------------------------------------------- */

#define RST LOGIN "/RST2.srf"
#define SOAP(body)                                                             \
  "<S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\">"           \
  "<S:Body>" body "</S:Body></S:Envelope>"
#define TOKEN                                                                  \
  SOAP ("<wst:RequestSecurityTokenResponseCollection "                         \
        "xmlns:wst=\"http://schemas.xmlsoap.org/ws/2005/02/trust\">"           \
        "<wst:RequestSecurityTokenResponse><wsp:AppliesTo "                    \
        "xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\">"          \
        "<wsa:EndpointReference xmlns:wsa=\"http://www.w3.org/2005/08/"        \
        "addressing\"><wsa:Address>chatservice.live.com</wsa:Address>"         \
        "</wsa:EndpointReference></wsp:AppliesTo><wst:RequestedSecurityToken>" \
        "<wsse:BinarySecurityToken xmlns:wsse=\"http://docs.oasis-open.org/"   \
        "wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">"            \
        "t=rps-test-ticket&amp;p=</wsse:BinarySecurityToken>"                  \
        "</wst:RequestedSecurityToken></wst:RequestSecurityTokenResponse>"     \
        "</wst:RequestSecurityTokenResponseCollection>")
#define REDIRECT(url)                                                          \
  SOAP ("<S:Fault xmlns:psf=\"http://schemas.microsoft.com/Passport/"          \
        "SoapServices/SOAPFault\"><faultcode>psf:Redirect</faultcode>"         \
        "<psf:redirectUrl>" url "</psf:redirectUrl></S:Fault>")

static void
begin_ticket (Setup *setup)
{
  setup_init (setup);
  setup->config.auth = MSNWEB_AUTH_TICKET;
  setup->config.rst = RST;
  setup->config.login = NULL;
  begin (setup);
}

static void
test_ticket (void)
{
  g_auto (Setup) setup = { 0 };
  g_autofree char *body = NULL;

  begin_ticket (&setup);
  g_assert_cmpstr (last_request (&setup)->url, ==, RST);
  g_assert_null (last_request (&setup)->cookies);
  g_assert_true (last_request (&setup)->secret);
  body = body_of (last_request (&setup));
  g_assert_nonnull (strstr (body, "chatservice.live.com"));
  answer (&setup, 200, TOKEN);
  g_assert_true (setup.good);
  g_assert_cmpstr (im_secret_peek (msnweb_proof_ticket (setup.proof)), ==,
                   "t=rps-test-ticket&p=");
  test_host_forbid (setup.host, "cache*");
}

static void
test_ticket_redirects (void)
{
  g_auto (Setup) setup = { 0 };

  begin_ticket (&setup);
  for (guint i = 0; i < 3; i++)
    {
      answer (&setup, 200, REDIRECT ("https://msn.example.com/RST2.srf"));
      g_assert_cmpstr (last_request (&setup)->url, ==,
                       "https://msn.example.com/RST2.srf");
    }
  answer (&setup, 200, REDIRECT ("https://msn.example.com/RST2.srf"));
  g_assert_cmpuint (setup.told, ==, 1);
  g_assert_false (setup.good);
  setup_clear (&setup);

  begin_ticket (&setup);
  answer (&setup, 200, REDIRECT ("https://msn.example.org/RST2.srf"));
  g_assert_false (setup.good);
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_CERT_NAME);
}

static void
test_ticket_refused (void)
{
  g_auto (Setup) setup = { 0 };

  begin_ticket (&setup);
  answer (&setup, 200,
          SOAP ("<S:Fault><faultcode>wsse:FailedAuthentication</faultcode>"
                "<faultstring>no</faultstring></S:Fault>"));
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_WRONG_PASSWORD);
}

static void
test_ticket_page (void)
{
  g_auto (Setup) setup = { 0 };

  begin_ticket (&setup);
  answer (&setup, 200,
          SOAP ("<S:Fault xmlns:p=\"urn:p\"><faultcode>wst:FailedAuthentication"
                "</faultcode><p:flowurl>https://account.live.com/flow"
                "</p:flowurl></S:Fault>"));
  g_assert_cmpint (setup.problem, ==, IM_PROBLEM_NEEDS_WEB_PAGE);
  g_assert_cmpstr (setup.url, ==, "https://account.live.com/flow");
}

/* --- the directory ----------------------------------------------------- */

typedef struct
{
  guint lists;
  guint people;
  guint refused;
  guint failed;
} Seen;

static void
on_list (gpointer user, const GPtrArray *people, gboolean cut)
{
  Seen *seen = user;

  seen->lists++;
  seen->people = people->len;
}

static void
on_refused (gpointer user)
{
  ((Seen *)user)->refused++;
}

static void
on_failed (gpointer user, const char *why)
{
  g_assert_nonnull (why);
  ((Seen *)user)->failed++;
}

static const MsnwebRosterHandlers roster_handlers = { on_list, on_refused,
                                                      on_failed };

#define PEOPLE                                                                 \
  "<ab><persons><Person><nickname>Bob</nickname><contacts><Contact>"           \
  "<sourceId>SKYPE</sourceId><objectId>bob</objectId></Contact></contacts>"    \
  "</Person></persons></ab>"

static void
test_directory (void)
{
  g_auto (Setup) setup = { 0 };
  Seen seen = { 0 };
  g_autoptr (MsnwebRoster) roster = NULL;

  setup_init (&setup);
  test_host_set_cookie (setup.host, "https://people.example.com", "WLSSC=w");
  roster =
      msnweb_roster_new (test_host_get (setup.host),
                         "https://people.example.com", &roster_handlers, &seen);
  msnweb_roster_fetch (roster);
  g_assert_cmpstr (last_request (&setup)->url, ==,
                   "https://people.example.com/people/abcore?SerializeAs=xml"
                   "&market=en-gb&appid=3C48F07D-DE71-490C-B263-A78CFB1CA351"
                   "&version=W5.M2");
  g_assert_cmpstr (last_request (&setup)->cookies, ==, "WLSSC=w");
  /* Refused once: new cookies may help. Twice: they do not. */
  answer (&setup, 400, "");
  g_assert_cmpuint (seen.refused, ==, 1);
  msnweb_roster_fetch (roster);
  answer (&setup, 403, "");
  g_assert_cmpuint (seen.refused, ==, 1);
  g_assert_cmpuint (seen.failed, ==, 1);
  msnweb_roster_fetch (roster);
  answer (&setup, 200, PEOPLE);
  g_assert_cmpuint (seen.lists, ==, 1);
  g_assert_cmpuint (seen.people, ==, 1);
  msnweb_roster_fetch (roster);
  answer (&setup, 401, "");
  g_assert_cmpuint (seen.refused, ==, 2);
  msnweb_roster_fetch (roster);
  answer (&setup, 200, "<json>{}");
  g_assert_cmpuint (seen.failed, ==, 2);
}

/* Changes are asked about soon, but once a minute at most. */
static void
test_directory_changes (void)
{
  g_auto (Setup) setup = { 0 };
  Seen seen = { 0 };
  g_autoptr (MsnwebRoster) roster = NULL;

  setup_init (&setup);
  roster =
      msnweb_roster_new (test_host_get (setup.host),
                         "https://people.example.com", &roster_handlers, &seen);
  msnweb_roster_changed (roster);
  msnweb_roster_changed (roster);
  test_host_advance (setup.host, 1999);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 0);
  test_host_advance (setup.host, 1);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 1);
  answer (&setup, 200, PEOPLE);
  test_host_advance (setup.host, 10000);
  msnweb_roster_changed (roster);
  test_host_advance (setup.host, 49999);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 1);
  test_host_advance (setup.host, 1);
  g_assert_cmpuint (test_host_n_requests (setup.host), ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnweb/signin/success", test_success);
  g_test_add_func ("/msnweb/signin/success-by-page", test_success_by_page);
  g_test_add_func ("/msnweb/signin/refusals", test_refusals);
  g_test_add_func ("/msnweb/signin/unreachable", test_unreachable);
  g_test_add_func ("/msnweb/signin/second-form", test_second_form);
  g_test_add_func ("/msnweb/signin/dresses", test_dresses);
  g_test_add_func ("/msnweb/signin/endless-tags", test_endless_tags);
  g_test_add_func ("/msnweb/signin/changed-page", test_changed_page);
  g_test_add_func ("/msnweb/signin/page-status", test_page_status);
  g_test_add_func ("/msnweb/signin/redirects", test_redirects);
  g_test_add_func ("/msnweb/signin/settings", test_settings);
  g_test_add_func ("/msnweb/signin/no-password", test_no_password);
  g_test_add_func ("/msnweb/signin/other-domain", test_other_domain);
  g_test_add_func ("/msnweb/signin/kept", test_kept);
  g_test_add_func ("/msnweb/signin/kept-for-others", test_kept_for_others);
  g_test_add_func ("/msnweb/signin/renew", test_renew);
  g_test_add_func ("/msnweb/signin/stop", test_stop);
  g_test_add_func ("/msnweb/signin/uic", test_uic);
  g_test_add_func ("/msnweb/signin/uic-unreachable", test_uic_unreachable);
  g_test_add_func ("/msnweb/ticket/success", test_ticket);
  g_test_add_func ("/msnweb/ticket/redirects", test_ticket_redirects);
  g_test_add_func ("/msnweb/ticket/refused", test_ticket_refused);
  g_test_add_func ("/msnweb/ticket/page", test_ticket_page);
  g_test_add_func ("/msnweb/roster/refusals", test_directory);
  g_test_add_func ("/msnweb/roster/changes", test_directory_changes);
  return g_test_run ();
}
