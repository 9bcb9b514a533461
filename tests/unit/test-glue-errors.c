/* Every problem has the sentence users.md promises, a reason of libpurple's,
 * and is retried by the host exactly when trying again can help. */

#include <string.h>

#include <purple.h>

#include "glue-errors.h"
#include "im-limits.h"

/* A fixed moment: 2023-11-14 22:13:20 UTC. */
#define NOW 1700000000

#define LONGEST_SENTENCE 140

typedef struct
{
  ImFailure failure;
  PurpleConnectionError reason;
  const char *sentence;
} Row;

#define NETWORK PURPLE_CONNECTION_ERROR_NETWORK_ERROR
#define AUTH PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED
#define IMPOSSIBLE PURPLE_CONNECTION_ERROR_AUTHENTICATION_IMPOSSIBLE
#define OTHER PURPLE_CONNECTION_ERROR_OTHER_ERROR
#define SETTINGS PURPLE_CONNECTION_ERROR_INVALID_SETTINGS

static const Row rows[] = {
  { { IM_PROBLEM_WRONG_PASSWORD, .code = 5 },
    AUTH,
    "NINA did not accept this user name and password. (0x0005)" },
  { { IM_PROBLEM_NO_SUCH_ACCOUNT, .code = 8 },
    AUTH,
    "There is no account tester on NINA. Create one at "
    "https://example.org/join. (0x0008)" },
  { { IM_PROBLEM_ACCOUNT_DELETED },
    AUTH,
    "The account tester on NINA was deleted." },
  { { IM_PROBLEM_ACCOUNT_EXPIRED },
    AUTH,
    "The account tester on NINA has expired." },
  { { IM_PROBLEM_ACCOUNT_INVALID },
    AUTH,
    "The account tester is not valid on NINA." },
  { { IM_PROBLEM_SUSPENDED },
    OTHER,
    "NINA has suspended this account. Ask its operator." },
  { { IM_PROBLEM_SUSPENDED_AGE },
    OTHER,
    "NINA has suspended this account because of its owner's age." },
  { { IM_PROBLEM_WARNED },
    OTHER,
    "NINA does not admit this account yet: its warning level is too high. "
    "Try again in an hour." },
  { { IM_PROBLEM_RATE_LIMITED, .retry_after = 60, .code = 0x1d },
    NETWORK,
    "NINA asks us to slow down. Next try at 22:14. (0x001d)" },
  { { IM_PROBLEM_RATE_LIMITED },
    NETWORK,
    "NINA asks us to slow down. Try again later." },
  { { IM_PROBLEM_TOO_MANY_SESSIONS },
    OTHER,
    "NINA counts too many sign-ons of this account. Close others, or wait "
    "ten minutes." },
  { { IM_PROBLEM_CLIENT_TOO_OLD },
    OTHER,
    "NINA demands a newer client version." },
  { { IM_PROBLEM_NEEDS_CODE },
    IMPOSSIBLE,
    "NINA asks for a one-time code, and was given none." },
  { { IM_PROBLEM_WRONG_CODE },
    AUTH,
    "NINA did not accept the one-time code." },
  { { IM_PROBLEM_NEEDS_WEB_PAGE, .url = "https://example.org/terms" },
    IMPOSSIBLE,
    "NINA wants you to sign in on the web first: https://example.org/terms" },
  { { IM_PROBLEM_NEEDS_WEB_PAGE },
    IMPOSSIBLE,
    "NINA wants you to sign in on its web site first." },
  { { IM_PROBLEM_NOT_CONFIRMED, .url = "https://example.org/mail" },
    IMPOSSIBLE,
    "NINA wants you to confirm your e-mail address in a web browser first. "
    "https://example.org/mail" },
  { { IM_PROBLEM_TERMS },
    IMPOSSIBLE,
    "NINA wants you to sign in once in a web browser and accept its terms." },
  { { IM_PROBLEM_APP_PASSWORD },
    AUTH,
    "NINA uses 2-step verification for this account. Create an "
    "application-specific password and use it here." },
  { { IM_PROBLEM_APP_PASSWORD, .url = "https://example.org/safe" },
    AUTH,
    "NINA uses 2-step verification for this account. Create an "
    "application-specific password and use it here. "
    "https://example.org/safe" },
  { { IM_PROBLEM_WRONG_PASSWORD, .url = "https://example.org/in" },
    AUTH,
    "NINA did not accept this user name and password. If they are right, "
    "sign in once in a web browser: https://example.org/in" },
  { { IM_PROBLEM_CONSENT_EXPIRED },
    AUTH,
    "Your sign-in permission for NINA has expired or was withdrawn. "
    "Authorise again, and enter the new token as the password." },
  { { IM_PROBLEM_SERVICE_OFF },
    OTHER,
    "NINA has chat switched off for this account. Ask its administrator." },
  { { IM_PROBLEM_SIGNIN_ANSWER, .detail = "Strange\nword" },
    OTHER,
    "The sign-in service of NINA answered \"Strange word\"." },
  { { IM_PROBLEM_UNAVAILABLE },
    NETWORK,
    "NINA is temporarily unavailable. Reconnecting later." },
  { { IM_PROBLEM_REFUSED_REQUEST },
    OTHER,
    "NINA called our sign-on request wrong. Please report this." },
  { { IM_PROBLEM_SIGNON_FAILED, .code = 0x3039, .detail = "no\nwords" },
    OTHER,
    "NINA refused the sign-on without saying why. (no words, 0x3039)" },
  { { IM_PROBLEM_NO_MECHANISM },
    IMPOSSIBLE,
    "NINA offers no sign-in method that your settings allow." },
  { { IM_PROBLEM_WEAKENED },
    IMPOSSIBLE,
    "Somebody between here and NINA may have weakened the sign-in. Your "
    "password was not shown to them." },
  { { IM_PROBLEM_SIGNED_ON_ELSEWHERE },
    PURPLE_CONNECTION_ERROR_NAME_IN_USE,
    "You signed in somewhere else. Enable this account again to stay here." },
  { { IM_PROBLEM_SERVER_CLOSING },
    NETWORK,
    "NINA is restarting. Reconnecting soon." },
  { { IM_PROBLEM_SERVER_CLOSING, .retry_after = 90 },
    NETWORK,
    "NINA is restarting. Reconnecting at 22:14." },
  { { IM_PROBLEM_SESSION_REFUSED },
    NETWORK,
    "Sign-in worked, but NINA did not accept the session. Reconnecting "
    "soon." },
  { { IM_PROBLEM_PROTOCOL },
    NETWORK,
    "NINA sent something that cannot be understood." },
  { { IM_PROBLEM_TIMED_OUT }, NETWORK, "NINA did not answer in time." },
  { { IM_PROBLEM_LOST }, NETWORK, "The connection to NINA was lost." },
  { { IM_PROBLEM_HOST_NOT_FOUND, .host = "h.example" },
    NETWORK,
    "There is no server called h.example. Networks move: check "
    "https://example.org/join." },
  { { IM_PROBLEM_CONNECT_REFUSED,
      .host = "h.example",
      .port = 5190,
      .detail = "Connection refused" },
    NETWORK,
    "Nothing answers at h.example:5190. AIM servers usually use 5190, MSN "
    "servers 1863." },
  { { IM_PROBLEM_UNREACHABLE,
      .host = "h.example",
      .port = 5190,
      .detail = "No route to host" },
    NETWORK,
    "h.example:5190 cannot be reached from here. Check your own "
    "connection. (No route to host)" },
  { { IM_PROBLEM_ADVERTISED_HOST, .host = "10.0.0.1", .port = 5191 },
    NETWORK,
    "Sign-in worked, but the server sent us to 10.0.0.1:5191, which does not "
    "answer. The operator must fix the advertised address." },
  { { IM_PROBLEM_PROXY, .host = "h.example" },
    NETWORK,
    "The proxy did not connect us to h.example. Check the account's proxy "
    "settings." },
  { { IM_PROBLEM_NO_TLS_SUPPORT },
    PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT,
    "This computer has no TLS for this connection. Install "
    "glib-networking." },
  { { IM_PROBLEM_TLS_HANDSHAKE, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR,
    "h.example only speaks outdated encryption, or none. You can connect "
    "without it if you accept the risk." },
  { { IM_PROBLEM_TLS_NOT_OFFERED },
    PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT,
    "NINA sent us to an unencrypted server; your settings forbid that." },
  { { IM_PROBLEM_CERT_UNTRUSTED, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED,
    "Nobody this computer trusts vouches for the certificate of h.example." },
  { { IM_PROBLEM_CERT_SELF_SIGNED, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED,
    "The certificate of h.example is signed by nobody but itself." },
  { { IM_PROBLEM_CERT_NAME, .host = "h.example", .detail = "other.example" },
    PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH,
    "The server at h.example shows a certificate for other.example. Check "
    "the server name or ask the operator." },
  { { IM_PROBLEM_CERT_NAME, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH,
    "The server at h.example shows a certificate for another name. Check the "
    "server name or ask the operator." },
  { { IM_PROBLEM_CERT_EXPIRED, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_EXPIRED,
    "The certificate of h.example has expired. Its operator must renew it." },
  { { IM_PROBLEM_CERT_NOT_YET_VALID, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED,
    "The certificate of h.example is not valid yet. Is your computer's clock "
    "right?" },
  { { IM_PROBLEM_CERT_REVOKED, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
    "The certificate of h.example was revoked. Ask its operator." },
  { { IM_PROBLEM_CERT_CHANGED, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_FINGERPRINT_MISMATCH,
    "The certificate of h.example is not the one you accepted before. Ask "
    "its operator, then forget the old one." },
  { { IM_PROBLEM_CERT_OTHER, .host = "h.example" },
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
    "The certificate of h.example cannot be accepted. Ask its operator." },
  { { IM_PROBLEM_CLOCK, .detail = "3 hours" },
    OTHER,
    "Your computer clock is off by 3 hours. Correct it and try again." },
  { { IM_PROBLEM_NO_NETWORK },
    SETTINGS,
    "Choose a network in this account's settings." },
  { { IM_PROBLEM_SERVICE_CLOSED, .detail = "2017-12-15" },
    SETTINGS,
    "NINA closed on 2017-12-15. Choose a revival network or your own "
    "server." },
  { { IM_PROBLEM_SETTINGS, .detail = "the proxy needs a host and a port" },
    SETTINGS,
    "Check this account's settings: the proxy needs a host and a port." },
  { { IM_PROBLEM_OTHER },
    OTHER,
    "The connection to NINA ended for an unknown reason." },
};

static const GlueErrorContext context = {
  .network = "NINA",
  .account = "tester",
  .signup = "https://example.org/join",
  .hex_codes = TRUE,
  .now = NOW,
};

static void
test_sentences (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *sentence =
          glue_error_sentence (&rows[i].failure, &context);

      g_assert_cmpstr (sentence, ==, rows[i].sentence);
      g_assert_cmpuint (strlen (sentence), <=, LONGEST_SENTENCE);
      g_assert_cmpint (glue_error_reason (rows[i].failure.problem), ==,
                       rows[i].reason);
    }
}

static void
test_complete (void)
{
  for (guint problem = 0; problem <= IM_PROBLEM_OTHER; problem++)
    {
      gboolean found = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (rows) && !found; i++)
        found = rows[i].failure.problem == problem;
      if (!found)
        g_error ("problem %u has no row", problem);
    }
}

static void
test_heals (void)
{
  for (guint problem = 0; problem <= IM_PROBLEM_OTHER; problem++)
    {
      gboolean fatal =
          purple_connection_error_is_fatal (glue_error_reason (problem));

      if (fatal == im_problem_heals (problem))
        g_error ("problem %u: heals is %d, fatal is %d", problem, !fatal,
                 fatal);
    }
}

static void
test_without_signup (void)
{
  const GlueErrorContext bare = { .network = "h.example", .account = "tester" };
  const ImFailure unknown = { IM_PROBLEM_NO_SUCH_ACCOUNT, .code = 7 };
  const ImFailure lost = { IM_PROBLEM_HOST_NOT_FOUND };
  g_autofree char *first = glue_error_sentence (&unknown, &bare);
  g_autofree char *second = glue_error_sentence (&lost, &bare);

  g_assert_cmpstr (first, ==,
                   "There is no account tester on h.example. Ask its operator "
                   "for one. (7)");
  g_assert_cmpstr (second, ==,
                   "There is no server called h.example. Check its name.");
}

/* A server's words are quoted, not trusted. */
static void
test_detail (void)
{
  g_autofree char *hostile = g_strnfill (100000, 'x');
  ImFailure failure = { IM_PROBLEM_SIGNON_FAILED, .detail = hostile };
  g_autofree char *sentence = glue_error_sentence (&failure, &context);
  g_autofree char *broken = NULL;

  g_assert_cmpuint (strlen (sentence), <, 300);
  failure.detail = "a\xff%n%s\r\nb";
  broken = glue_error_sentence (&failure, &context);
  g_assert_true (g_utf8_validate (broken, -1, NULL));
  g_assert_null (strpbrk (broken, "\r\n"));
  g_assert_nonnull (strstr (broken, "%n%s"));
}

typedef struct
{
  ImEventDelivery delivery;
  const char *sentence;
} DeliveryRow;

static const DeliveryRow delivery_rows[] = {
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_OFFLINE,
      .code = 4 },
    "Not delivered: bob is offline. (0x0004)" },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_MAILBOX_FULL },
    "Not delivered: bob is offline, and the mailbox is full." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_REFUSES_OFFLINE },
    "Not delivered: bob is offline and takes no offline messages." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_YOU_BLOCK },
    "Not delivered: you block bob." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_TOO_FAST },
    "Not delivered to bob: messages were sent too fast." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_NOT_ACCEPTED },
    "Not delivered: bob does not accept this kind of message." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_TOO_LONG },
    "Not delivered to bob: the message is too long." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_YOU_WARNED },
    "Not delivered to bob: your warning level is too high." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_THEY_WARNED },
    "Not delivered: the warning level of bob is too high." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_SERVER },
    "Not delivered to bob: the server could not." },
  { { .to = "bob",
      .outcome = IM_DELIVERY_FAILED,
      .reason = IM_UNDELIVERED_DISCONNECTED },
    "Not delivered to bob: the connection is gone." },
  { { .to = "bob", .outcome = IM_DELIVERY_UNKNOWN },
    "Possibly not delivered to bob: the connection broke before the server "
    "answered." },
};

static void
test_delivery (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (delivery_rows); i++)
    {
      g_autofree char *sentence =
          glue_error_undelivered (&delivery_rows[i].delivery, TRUE);

      g_assert_cmpstr (sentence, ==, delivery_rows[i].sentence);
    }
}

static void
test_list (void)
{
  const ImEventListError full = { .who = "bob",
                                  .group = "Friends",
                                  .reason = IM_LIST_ERROR_FULL,
                                  .code = 12 };
  const ImEventListError group = { .group = "Friends",
                                   .reason = IM_LIST_ERROR_SERVER };
  g_autofree char *first = glue_error_list (&full, TRUE);
  g_autofree char *second = glue_error_list (&group, TRUE);
  g_autofree char *third = glue_error_list (&full, FALSE);

  g_assert_cmpstr (
      first, ==, "bob could not be added: the server's list is full. (0x000c)");
  g_assert_cmpstr (second, ==, "The server refused a change for Friends.");
  g_assert_cmpstr (
      third, ==, "bob could not be added: the server's list is full. (12)");
}

/* Each reason has a sentence of its own, with the name in it. */
static void
test_list_complete (void)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (ImListError reason = IM_LIST_ERROR_FULL;
       reason <= IM_LIST_ERROR_NOT_ALLOWED; reason++)
    {
      const ImEventListError error = { .who = "bob", .reason = reason };
      char *sentence = glue_error_list (&error, FALSE);

      g_assert_nonnull (strstr (sentence, "bob"));
      g_assert_true (g_hash_table_add (seen, sentence));
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glue/errors/sentences", test_sentences);
  g_test_add_func ("/glue/errors/complete", test_complete);
  g_test_add_func ("/glue/errors/list-complete", test_list_complete);
  g_test_add_func ("/glue/errors/heals", test_heals);
  g_test_add_func ("/glue/errors/without-signup", test_without_signup);
  g_test_add_func ("/glue/errors/detail", test_detail);
  g_test_add_func ("/glue/errors/delivery", test_delivery);
  g_test_add_func ("/glue/errors/list", test_list);
  return g_test_run ();
}
