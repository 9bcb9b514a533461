/* The web sign-on: its form, its answers and its signature. */

#include <string.h>

#include "auth-oscar-client.h"

static void
test_form (void)
{
  g_autoptr (ImSecret) password = im_secret_new ("p@ss w\xc3\xb6rd&+");
  g_autoptr (ImSecret) code = im_secret_new ("123456");
  AuthOscarClientLogin login = {
    .name = "joe user1",
    .password = password,
    .key = "ma19CwYN9i9Mw5nY",
    .client = "it 1.0",
  };
  g_autoptr (GBytes) plain = auth_oscar_client_form (&login);
  g_autoptr (GBytes) full = NULL;
  const char *want =
      "clientName=it%201.0&devId=ma19CwYN9i9Mw5nY&f=json"
      "&pwd=p%40ss%20w%C3%B6rd%26%2B&s=joe%20user1";
  const char *want_full =
      "clientName=it%201.0&devId=ma19CwYN9i9Mw5nY&f=json&idType=ICQ"
      "&pwd=p%40ss%20w%C3%B6rd%26%2B&s=joe%20user1&securid=123456";

  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain),
                   want, strlen (want));
  login.icq = TRUE;
  login.code = code;
  full = auth_oscar_client_form (&login);
  g_assert_cmpmem (g_bytes_get_data (full, NULL), g_bytes_get_size (full),
                   want_full, strlen (want_full));
}

/* Computed by the rule in the header, checked against an independent
 * implementation. */
static void
test_session_key (void)
{
  g_autoptr (ImSecret) password = im_secret_new ("password");
  g_autoptr (ImSecret) secret = im_secret_new ("s3cr3tS3ss10n");
  g_autoptr (ImSecret) key =
      auth_oscar_client_session_key (password, secret, NULL);

  g_assert_cmpstr (im_secret_peek (key), ==,
                   "8upKrvF9D7ZW0c0XjNgVBdZgU+cyuN262iML5K9OWYM=");
}

#define SESSION_URL "https://api.oscar.aol.com/aim/startOSCARSession"

static void
test_signature (void)
{
  g_autoptr (ImSecret) key =
      im_secret_new ("8upKrvF9D7ZW0c0XjNgVBdZgU+cyuN262iML5K9OWYM=");
  /* The token came escaped from the server and is escaped once more. */
  g_autofree char *signature = auth_oscar_client_sign (
      SESSION_URL,
      "a=%252FwQA%2Btok%2Fen%3D%3D&distId=1717&f=xml&k=ma19CwYN9i9Mw5nY"
      "&ts=1300000000&useTLS=1",
      key, NULL);

  g_assert_cmpstr (signature, ==,
                   "xn0JpzU8hGWeBSwSZz7pivx+wJAg3iOebdS1fIGHKQo=");
}

static void
test_session_url (void)
{
  g_autoptr (ImSecret) token = im_secret_new ("%2FwQA+tok/en==");
  g_autoptr (ImSecret) key =
      im_secret_new ("8upKrvF9D7ZW0c0XjNgVBdZgU+cyuN262iML5K9OWYM=");
  const char *query = "a=%252FwQA%2Btok%2Fen%3D%3D&distId=1717&f=json"
                      "&k=ma19CwYN9i9Mw5nY&ts=1300000000&useTLS=1";
  AuthOscarClientSession session = {
    .url = SESSION_URL,
    .token = token,
    .session_key = key,
    .key = "ma19CwYN9i9Mw5nY",
    .distribution = 1717,
    .time = 1300000000,
    .tls = TRUE,
  };
  g_autoptr (ImSecret) url = auth_oscar_client_session_url (&session, NULL);
  g_autofree char *signature =
      auth_oscar_client_sign (SESSION_URL, query, key, NULL);
  g_autofree char *escaped = g_uri_escape_string (signature, NULL, FALSE);
  g_autofree char *want = g_strconcat (SESSION_URL "?", query, "&sig_sha256=",
                                       escaped, NULL);

  g_assert_cmpstr (im_secret_peek (url), ==, want);
}

static gboolean
parse (const char *text, AuthOscarClientReply *ret, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return auth_oscar_client_parse (body, ret, error);
}

static void
test_login_reply (void)
{
  g_auto (AuthOscarClientReply) reply = { 0 };

  g_assert_true (parse (
      "{\"response\":{\"statusCode\":200,\"statusText\":\"OK\",\"data\":{"
      "\"token\":{\"a\":\"TOKEN\",\"expiresIn\":\"86400\"},"
      "\"sessionSecret\":\"SECRET\",\"hostTime\":1300000000,"
      "\"loginId\":\"joeuser1\"}}}",
      &reply, NULL));
  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpuint (reply.detail, ==, 0);
  g_assert_cmpstr (reply.text, ==, "OK");
  g_assert_cmpstr (im_secret_peek (reply.token), ==, "TOKEN");
  g_assert_cmpstr (im_secret_peek (reply.session_secret), ==, "SECRET");
  g_assert_cmpint (reply.host_time, ==, 1300000000);
  g_assert_null (reply.host);
}

/* Numbers as strings, other order, things nobody has heard of. */
static void
test_session_reply (void)
{
  g_auto (AuthOscarClientReply) reply = { 0 };

  g_assert_true (parse (
      " {\"response\":{\"data\":{\"tlsCertName\":\"bos.example.net\","
      "\"new\":[1,{\"x\":null}],\"cookie\":\"Y29va2ll\",\"port\":\"5193\","
      "\"host\":\"10.0.0.7\"},\"statusText\":\"Ok\",\"statusCode\":\"200\"}}",
      &reply, NULL));
  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpstr (reply.host, ==, "10.0.0.7");
  g_assert_cmpuint (reply.port, ==, 5193);
  g_assert_cmpstr (reply.tls_name, ==, "bos.example.net");
  g_assert_cmpmem (g_bytes_get_data (reply.cookie, NULL),
                   g_bytes_get_size (reply.cookie), "cookie", 6);
}

static void
test_failure_reply (void)
{
  g_auto (AuthOscarClientReply) reply = { 0 };
  g_auto (AuthOscarClientReply) wrong = { 0 };

  g_assert_true (parse (
      "{\"response\":{\"statusCode\":330,\"statusText\":\"No\","
      "\"statusDetailCode\":3014,"
      "\"data\":{\"redirectURL\":\"https://example.net/ask\"}}}",
      &reply, NULL));
  g_assert_cmpuint (reply.status, ==, 330);
  g_assert_cmpuint (reply.detail, ==, 3014);
  g_assert_cmpstr (reply.page, ==, "https://example.net/ask");

  /* Members of other types than they should have are not there. */
  g_assert_true (parse (
      "{\"response\":{\"statusCode\":-1,\"statusText\":{},\"data\":{"
      "\"token\":\"x\",\"hostTime\":1.5,\"host\":7,\"port\":70000,"
      "\"cookie\":\"!!!\",\"redirectURL\":\"file:///etc/passwd\"}}}",
      &wrong, NULL));
  g_assert_cmpuint (wrong.status, ==, 0);
  g_assert_null (wrong.text);
  g_assert_null (wrong.token);
  g_assert_cmpint (wrong.host_time, ==, 0);
  g_assert_null (wrong.host);
  g_assert_cmpuint (wrong.port, ==, 0);
  g_assert_null (wrong.cookie);
  g_assert_null (wrong.page);
}

static const struct
{
  const char *text;
  ImWireError code;
} bad_rows[] = {
  { "", IM_WIRE_ERROR_MALFORMED },
  { "  \n", IM_WIRE_ERROR_MALFORMED },
  { "oops", IM_WIRE_ERROR_MALFORMED },
  { "[]", IM_WIRE_ERROR_MALFORMED },
  { "{}", IM_WIRE_ERROR_MALFORMED },
  { "{\"response\":7}", IM_WIRE_ERROR_MALFORMED },
  { "{\"response\":{}}", IM_WIRE_ERROR_MALFORMED },
  { "{\"response\":{\"statusCode\":200", IM_WIRE_ERROR_MALFORMED },
  { "{\"response\":{\"statusCode\":200}} more", IM_WIRE_ERROR_MALFORMED },
  { "{\"a\":\"\xff\"}", IM_WIRE_ERROR_MALFORMED },
  { "<?xml version=\"1.0\"?><response/>", IM_WIRE_ERROR_UNSUPPORTED },
  { " <html>", IM_WIRE_ERROR_UNSUPPORTED },
};

static void
test_bad_replies (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"response\":");

  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      AuthOscarClientReply reply = { .status = 7 };
      g_autoptr (GError) error = NULL;

      g_assert_false (parse (bad_rows[i].text, &reply, &error));
      g_assert_error (error, IM_WIRE_ERROR, (int) bad_rows[i].code);
      g_assert_cmpuint (reply.status, ==, 7);
    }
  for (guint i = 0; i < 30000; i++)
    g_string_append (deep, "[");
  {
    AuthOscarClientReply reply = { 0 };
    g_autoptr (GError) error = NULL;

    g_assert_false (parse (deep->str, &reply, &error));
    g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
  }
}

static void
test_cookie (void)
{
  g_autoptr (ImSecret) token = im_secret_new ("-_8=");
  g_autoptr (ImSecret) empty = im_secret_new ("");
  g_autoptr (GBytes) cookie = auth_oscar_client_cookie (token);

  g_assert_cmpmem (g_bytes_get_data (cookie, NULL), g_bytes_get_size (cookie),
                   "\xfb\xff", 2);
  g_assert_null (auth_oscar_client_cookie (empty));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/oscar-client/form", test_form);
  g_test_add_func ("/auth/oscar-client/session-key", test_session_key);
  g_test_add_func ("/auth/oscar-client/signature", test_signature);
  g_test_add_func ("/auth/oscar-client/session-url", test_session_url);
  g_test_add_func ("/auth/oscar-client/reply/login", test_login_reply);
  g_test_add_func ("/auth/oscar-client/reply/session", test_session_reply);
  g_test_add_func ("/auth/oscar-client/reply/failure", test_failure_reply);
  g_test_add_func ("/auth/oscar-client/reply/bad", test_bad_replies);
  g_test_add_func ("/auth/oscar-client/cookie", test_cookie);
  return g_test_run ();
}
