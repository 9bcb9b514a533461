#include <string.h>

#include "auth-oauth.h"

/* What goes to the token service, and what its answers mean. */

static void
test_form (void)
{
  g_autoptr (ImSecret) token = im_secret_new ("1/fFAGRNJru1FTz70BzhT3Zg");
  g_autoptr (ImSecret) whole =
      auth_oauth_refresh_body (token, "id.apps.example", "s3cr&t");
  g_autoptr (ImSecret) least = auth_oauth_refresh_body (token, NULL, NULL);

  g_assert_cmpstr (im_secret_peek (whole), ==,
                   "grant_type=refresh_token&"
                   "refresh_token=1%2FfFAGRNJru1FTz70BzhT3Zg&"
                   "client_id=id.apps.example&client_secret=s3cr%26t");
  g_assert_cmpstr (im_secret_peek (least), ==,
                   "grant_type=refresh_token&"
                   "refresh_token=1%2FfFAGRNJru1FTz70BzhT3Zg");
}

typedef struct
{
  guint status;
  const char *body;
  const char *access; /* NULL: refused */
  const char *refresh;
  guint life;
  ImProblem problem;
  const char *code;
} Row;

static const Row rows[] = {
  /* RFC 6749, 5.1 */
  { 200,
    "{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"token_type\":\"example\"}",
    NULL, NULL, 0, IM_PROBLEM_SIGNIN_ANSWER, "HTTP 200" },
  { 200,
    "{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"token_type\":\"Bearer\","
    "\"expires_in\":3600,\"refresh_token\":\"tGzv3JOkF0XG5Qx2TlKWIA\"}",
    "2YotnFZFEjr1zCsicMWpAA", "tGzv3JOkF0XG5Qx2TlKWIA", 3600, 0, NULL },
  { 200, "{\"access_token\":\"a\",\"expires_in\":\"60\"}", "a", NULL, 60, 0,
    NULL },
  { 200, "{\"access_token\":\"a\",\"expires_in\":-5}", "a", NULL, 0, 0, NULL },
  { 200, "{\"access_token\":\"a\",\"expires_in\":9e300}", "a", NULL, 0, 0,
    NULL },
  { 200, "{\"access_token\":\"a\",\"expires_in\":{}}", "a", NULL, 0, 0, NULL },
  { 200, "{\"access_token\":\"a\",\"refresh_token\":[1]}", "a", NULL, 0, 0,
    NULL },
  { 200, "{\"access_token\":\"a b\"}", NULL, NULL, 0,
    IM_PROBLEM_SIGNIN_ANSWER, "HTTP 200" },
  { 200, "{\"access_token\":\"\"}", NULL, NULL, 0, IM_PROBLEM_SIGNIN_ANSWER,
    "HTTP 200" },
  { 200, "[]", NULL, NULL, 0, IM_PROBLEM_SIGNIN_ANSWER, "HTTP 200" },
  { 200, "<html>", NULL, NULL, 0, IM_PROBLEM_SIGNIN_ANSWER, "HTTP 200" },
  { 200, "", NULL, NULL, 0, IM_PROBLEM_SIGNIN_ANSWER, "HTTP 200" },
  /* 5.2 */
  { 400, "{\"error\":\"invalid_grant\"}", NULL, NULL, 0,
    IM_PROBLEM_CONSENT_EXPIRED, "invalid_grant" },
  { 401, "{\"error\":\"invalid_client\",\"error_description\":\"who?\"}", NULL,
    NULL, 0, IM_PROBLEM_SIGNIN_ANSWER, "invalid_client" },
  { 200, "{\"error\":\"invalid_grant\",\"access_token\":\"a\"}", NULL, NULL, 0,
    IM_PROBLEM_CONSENT_EXPIRED, "invalid_grant" },
  { 400, "{\"access_token\":\"a\"}", NULL, NULL, 0, IM_PROBLEM_SIGNIN_ANSWER,
    "HTTP 400" },
  { 503, "<html>", NULL, NULL, 0, IM_PROBLEM_UNAVAILABLE, "HTTP 503" },
  { 400, "{\"error\":\"temporarily_unavailable\"}", NULL, NULL, 0,
    IM_PROBLEM_UNAVAILABLE, "temporarily_unavailable" },
  { 429, "", NULL, NULL, 0, IM_PROBLEM_RATE_LIMITED, "HTTP 429" },
};

static void
check (const Row *row, const AuthOauthReply *reply, gboolean in)
{
  g_assert_cmpint (in, ==, row->access != NULL);
  if (in)
    {
      g_assert_cmpstr (im_secret_peek (reply->access_token), ==, row->access);
      g_assert_cmpuint (reply->expires_in, ==, row->life);
      g_assert_null (reply->code);
    }
  else
    {
      g_assert_null (reply->access_token);
      g_assert_cmpint (reply->problem, ==, row->problem);
      g_assert_cmpstr (reply->code, ==, row->code);
    }
  g_assert_cmpint (reply->refresh_token != NULL, ==, row->refresh != NULL);
  if (row->refresh != NULL)
    g_assert_cmpstr (im_secret_peek (reply->refresh_token), ==, row->refresh);
}

static void
test_replies (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body =
          g_bytes_new_static (rows[i].body, strlen (rows[i].body));
      g_auto (AuthOauthReply) reply = { 0 };
      gboolean in = auth_oauth_read_reply (rows[i].status, body, &reply);

      check (&rows[i], &reply, in);
    }
}

/* An answer is not parsed deeper than it can be. */
static void
test_deep (void)
{
  g_autofree char *text = g_strnfill (60000, '[');
  g_autoptr (GBytes) body = g_bytes_new_static (text, 60000);
  g_auto (AuthOauthReply) reply = { 0 };

  g_assert_false (auth_oauth_read_reply (200, body, &reply));
  g_assert_cmpint (reply.problem, ==, IM_PROBLEM_SIGNIN_ANSWER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/auth/oauth/form", test_form);
  g_test_add_func ("/auth/oauth/replies", test_replies);
  g_test_add_func ("/auth/oauth/deep", test_deep);
  return g_test_run ();
}
