/* Secrets are counted, comparable with nothing, and gone afterwards. */

#include <string.h>

#include <glib.h>

#include "im-error.h"
#include "im-secret.h"

static void
test_peek (void)
{
  g_autoptr (ImSecret) secret = im_secret_new ("hunter2");
  g_autoptr (ImSecret) empty = im_secret_new (NULL);
  g_autoptr (ImSecret) taken = im_secret_new_take (g_strdup ("taken"));

  g_assert_cmpstr (im_secret_peek (secret), ==, "hunter2");
  g_assert_cmpstr (im_secret_peek (empty), ==, "");
  g_assert_cmpstr (im_secret_peek (taken), ==, "taken");
  g_assert_cmpstr (im_secret_peek (NULL), ==, "");
}

static void
test_copy (void)
{
  char typed[] = "hunter2";
  g_autoptr (ImSecret) secret = im_secret_new (typed);

  memset (typed, 0, sizeof typed);
  g_assert_cmpstr (im_secret_peek (secret), ==, "hunter2");
}

static void
test_refs (void)
{
  ImSecret *secret = im_secret_new ("hunter2");
  ImSecret *other = im_secret_ref (secret);

  im_secret_unref (secret);
  g_assert_cmpstr (im_secret_peek (other), ==, "hunter2");
  im_secret_unref (other);
}

static void
test_wipe (void)
{
  char password[] = "hunter2";
  static const char zeros[sizeof password];

  im_secret_wipe (password, sizeof password);
  g_assert_cmpmem (password, sizeof password, zeros, sizeof zeros);
  im_secret_wipe (NULL, 0);
}

/* Trying again by itself must never hammer on a refusal. */
static void
test_heals (void)
{
  static const ImProblem never[] = {
    IM_PROBLEM_WRONG_PASSWORD,      IM_PROBLEM_SUSPENDED,
    IM_PROBLEM_SIGNED_ON_ELSEWHERE, IM_PROBLEM_CERT_UNTRUSTED,
    IM_PROBLEM_CERT_CHANGED,        IM_PROBLEM_TLS_NOT_OFFERED,
    IM_PROBLEM_NO_NETWORK,          IM_PROBLEM_NO_MECHANISM,
  };
  static const ImProblem always[] = {
    IM_PROBLEM_LOST,           IM_PROBLEM_TIMED_OUT,
    IM_PROBLEM_HOST_NOT_FOUND, IM_PROBLEM_CONNECT_REFUSED,
    IM_PROBLEM_UNAVAILABLE,    IM_PROBLEM_SERVER_CLOSING,
    IM_PROBLEM_RATE_LIMITED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_false (im_problem_heals (never[i]));
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    g_assert_true (im_problem_heals (always[i]));
  g_assert_cmpuint (im_wire_error_quark (), !=, im_problem_quark ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/secret/peek", test_peek);
  g_test_add_func ("/core/secret/copy", test_copy);
  g_test_add_func ("/core/secret/refs", test_refs);
  g_test_add_func ("/core/secret/wipe", test_wipe);
  g_test_add_func ("/core/error/heals", test_heals);
  return g_test_run ();
}
