/* Every number a sign-in server may refuse with, and what the user is told
 * about it: the words themselves are test-glue-errors.c's. */

#include "oscar-signon-private.h"

/* Shutko's list of SRV_AUTH_FAILED codes, with what today's servers send. */
static const struct
{
  guint16 code;
  ImProblem problem;
  ImProblem at_bos;
} codes[] = {
#define BOTH(code, word) { code, IM_PROBLEM_##word, IM_PROBLEM_##word }
  BOTH (0x0001, WRONG_PASSWORD),
  BOTH (0x0002, UNAVAILABLE),
  BOTH (0x0003, SIGNON_FAILED),
  BOTH (0x0004, WRONG_PASSWORD),
  BOTH (0x0005, WRONG_PASSWORD),
  BOTH (0x0006, REFUSED_REQUEST),
  BOTH (0x0007, NO_SUCH_ACCOUNT),
  BOTH (0x0008, NO_SUCH_ACCOUNT),
  BOTH (0x0009, ACCOUNT_EXPIRED),
  BOTH (0x000a, UNAVAILABLE),
  BOTH (0x000b, UNAVAILABLE),
  BOTH (0x000c, UNAVAILABLE),
  BOTH (0x000d, UNAVAILABLE),
  BOTH (0x000e, UNAVAILABLE),
  BOTH (0x000f, UNAVAILABLE),
  BOTH (0x0010, UNAVAILABLE),
  BOTH (0x0011, SUSPENDED),
  BOTH (0x0012, UNAVAILABLE),
  BOTH (0x0013, UNAVAILABLE),
  BOTH (0x0014, UNAVAILABLE),
  BOTH (0x0015, UNAVAILABLE),
  BOTH (0x0016, RATE_LIMITED),
  BOTH (0x0017, RATE_LIMITED),
  { 0x0018, IM_PROBLEM_RATE_LIMITED, IM_PROBLEM_TOO_MANY_SESSIONS },
  BOTH (0x0019, WARNED),
  BOTH (0x001a, UNAVAILABLE),
  BOTH (0x001b, CLIENT_TOO_OLD),
  BOTH (0x001c, CLIENT_TOO_OLD),
  BOTH (0x001d, RATE_LIMITED),
  BOTH (0x001e, UNAVAILABLE),
  BOTH (0x0020, WRONG_CODE),
  BOTH (0x0022, SUSPENDED_AGE),
  BOTH (0x001f, SIGNON_FAILED),
  BOTH (0x0021, SIGNON_FAILED),
  BOTH (0x7777, SIGNON_FAILED),
};

static void
test_codes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_test_message ("code 0x%04x", codes[i].code);
      g_assert_cmpint (oscar_signon_problem (codes[i].code, FALSE), ==,
                       codes[i].problem);
      g_assert_cmpint (oscar_signon_problem (codes[i].code, TRUE), ==,
                       codes[i].at_bos);
    }
}

static const struct
{
  guint status;
  guint detail;
  gboolean in_session;
  ImProblem problem;
  guint retry_after;
} web_rows[] = {
  { 330, 3011, FALSE, IM_PROBLEM_WRONG_PASSWORD, 0 },
  { 330, 3012, FALSE, IM_PROBLEM_NEEDS_CODE, 0 },
  { 330, 3013, FALSE, IM_PROBLEM_NEEDS_CODE, 0 },
  { 330, 3014, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 330, 3015, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 330, 3016, FALSE, IM_PROBLEM_NEEDS_CODE, 0 },
  { 330, 3017, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 330, 3018, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 401, 3019, FALSE, IM_PROBLEM_ACCOUNT_INVALID, 0 },
  { 330, 3020, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 401, 3020, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 330, 3021, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 401, 3021, FALSE, IM_PROBLEM_NEEDS_WEB_PAGE, 0 },
  { 330, 0, FALSE, IM_PROBLEM_WRONG_PASSWORD, 0 },
  { 400, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 460, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 461, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 462, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  /* Open OSCAR Server of July 2026 and a wrong password. */
  { 401, 0, FALSE, IM_PROBLEM_WRONG_PASSWORD, 0 },
  { 401, 1014, TRUE, IM_PROBLEM_SESSION_REFUSED, 0 },
  { 401, 0, TRUE, IM_PROBLEM_RATE_LIMITED, 600 },
  { 401, 3019, TRUE, IM_PROBLEM_RATE_LIMITED, 600 },
  { 403, 0, TRUE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 405, 0, FALSE, IM_PROBLEM_UNAVAILABLE, 0 },
  { 408, 0, FALSE, IM_PROBLEM_UNAVAILABLE, 0 },
  { 430, 0, FALSE, IM_PROBLEM_RATE_LIMITED, 60 },
  { 430, 0, TRUE, IM_PROBLEM_RATE_LIMITED, 60 },
  { 440, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 441, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 442, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 443, 0, FALSE, IM_PROBLEM_REFUSED_REQUEST, 0 },
  { 500, 0, FALSE, IM_PROBLEM_UNAVAILABLE, 0 },
  { 607, 0, FALSE, IM_PROBLEM_RATE_LIMITED, 600 },
  { 607, 0, TRUE, IM_PROBLEM_RATE_LIMITED, 600 },
  { 0, 0, FALSE, IM_PROBLEM_SIGNON_FAILED, 0 },
  { 999, 3011, FALSE, IM_PROBLEM_SIGNON_FAILED, 0 },
};

static void
test_web (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (web_rows); i++)
    {
      guint retry_after = 1;

      g_test_message ("%u/%u", web_rows[i].status, web_rows[i].detail);
      g_assert_cmpint (
          oscar_signon_web_problem (web_rows[i].status, web_rows[i].detail,
                                    web_rows[i].in_session, &retry_after),
          ==, web_rows[i].problem);
      g_assert_cmpuint (retry_after, ==, web_rows[i].retry_after);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscar/signon/codes", test_codes);
  g_test_add_func ("/oscar/signon/web", test_web);
  return g_test_run ();
}
