/* Every number servers are known to refuse with has a meaning. */

#include <string.h>

#include <glib.h>

#include "msnp-error.h"

/* wiki.nina.chat and hypothetic.org's pages, number by number. */
static const guint numbers[] = {
  200, 201, 203, 204, 205, 206, 207, 208, 209, 210, 213, 215, 216, 217,
  218, 219, 220, 223, 224, 225, 227, 228, 229, 230, 231, 232, 233, 234,
  240, 241, 280, 281, 282, 283, 285, 290, 300, 301, 302, 402, 403, 413,
  414, 415, 416, 417, 418, 419, 420, 500, 501, 502, 504, 508, 509, 510,
  511, 520, 540, 550, 560, 570, 580, 590, 598, 600, 601, 602, 603, 604,
  605, 606, 700, 707, 710, 711, 712, 713, 714, 715, 717, 718, 719, 726,
  731, 733, 734, 800, 910, 911, 912, 913, 914, 915, 916, 917, 918, 919,
  920, 921, 922, 923, 924, 926, 927, 928, 931, 933, 935,
};

static void
test_numbers (void)
{
  const MsnpError *unknown = msnp_error_find (999);
  guint next = 0;

  for (guint code = 0; code < 1100; code++)
    {
      const MsnpError *error = msnp_error_find (code);
      gboolean named = next < G_N_ELEMENTS (numbers) && numbers[next] == code;

      next += named;
      /* All of them are carriers of text messages. */
      if (!named && code > 550 && code < 598)
        continue;
      g_assert_true ((error != unknown) == named);
      g_assert_true (error->meaning != NULL && *error->meaning != '\0');
    }
  g_assert_cmpuint (next, ==, G_N_ELEMENTS (numbers));
}

/* What people see most. */
static void
test_reasons (void)
{
  g_assert_cmpint (msnp_error_find (911)->problem, ==,
                   IM_PROBLEM_SIGNON_FAILED);
  g_assert_true (msnp_error_find (911)->traits & MSNP_ERROR_TICKET);
  g_assert_true (msnp_error_find (928)->traits & MSNP_ERROR_TICKET);
  g_assert_cmpint (msnp_error_find (601)->problem, ==, IM_PROBLEM_UNAVAILABLE);
  g_assert_cmpint (msnp_error_find (923)->problem, ==,
                   IM_PROBLEM_SUSPENDED_AGE);
  g_assert_cmpint (msnp_error_find (927)->problem, ==, IM_PROBLEM_SUSPENDED);
  g_assert_cmpint (msnp_error_find (217)->undelivered, ==,
                   IM_UNDELIVERED_OFFLINE);
  g_assert_cmpint (msnp_error_find (913)->undelivered, ==,
                   IM_UNDELIVERED_HIDDEN);
  g_assert_cmpint (msnp_error_find (800)->undelivered, ==,
                   IM_UNDELIVERED_TOO_FAST);
  g_assert_cmpint (msnp_error_find (205)->list, ==,
                   IM_LIST_ERROR_NO_SUCH_USER);
  g_assert_cmpint (msnp_error_find (208)->list, ==,
                   IM_LIST_ERROR_NO_SUCH_USER);
  g_assert_cmpint (msnp_error_find (210)->list, ==, IM_LIST_ERROR_FULL);
  g_assert_cmpint (msnp_error_find (228)->list, ==, IM_LIST_ERROR_GROUP_EXISTS);
  g_assert_true (msnp_error_find (215)->traits & MSNP_ERROR_DONE);
  g_assert_cmpint (msnp_error_find (209)->account, ==, IM_ACCOUNT_BAD_NAME);
  g_assert_cmpint (msnp_error_find (999)->list, ==, IM_LIST_ERROR_SERVER);
}

/* Words come from github.com/subpurple/escargot and wiki.nina.chat. */
static const struct
{
  const char *word;
  MsnpFaultAct act;
  ImListError list;
} words[] = {
  { "ContactAlreadyExists", MSNP_FAULT_DONE, IM_LIST_ERROR_SERVER },
  { "ContactDoesNotExist", MSNP_FAULT_STALE, IM_LIST_ERROR_SERVER },
  { "InvalidPassportUser", MSNP_FAULT_REFUSED, IM_LIST_ERROR_NO_SUCH_USER },
  { "BadEmailArgument", MSNP_FAULT_REFUSED, IM_LIST_ERROR_BAD_ADDRESS },
  { "MemberAlreadyExists", MSNP_FAULT_DONE, IM_LIST_ERROR_SERVER },
  { "MemberDoesNotExist", MSNP_FAULT_DONE, IM_LIST_ERROR_SERVER },
  { "UserDoesNotExist", MSNP_FAULT_GONE, IM_LIST_ERROR_NO_SUCH_USER },
  { "GroupAlreadyExists", MSNP_FAULT_REFUSED, IM_LIST_ERROR_GROUP_EXISTS },
  { "BadArgumentLength", MSNP_FAULT_REFUSED,
    IM_LIST_ERROR_GROUP_NAME },
  { "QuotaLimitReached", MSNP_FAULT_REFUSED, IM_LIST_ERROR_FULL },
  { "FullSyncRequired", MSNP_FAULT_FULL_SYNC, IM_LIST_ERROR_UNAVAILABLE },
  { "ABDoesNotExist", MSNP_FAULT_NO_BOOK, IM_LIST_ERROR_UNAVAILABLE },
  { "PassportAuthFail", MSNP_FAULT_TICKET, IM_LIST_ERROR_NOT_ALLOWED },
  { "Forbidden", MSNP_FAULT_MISSING, IM_LIST_ERROR_SERVER },
  { "Redirect", MSNP_FAULT_REDIRECT, IM_LIST_ERROR_UNAVAILABLE },
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *word = g_strdup (words[i].word);
      const MsnpSoapReply reply = { .fault = (char *)"Client", .error = word };
      const MsnpFault *fault = msnp_error_for_fault (500, &reply);

      g_assert_cmpint (fault->act, ==, words[i].act);
      g_assert_cmpint (fault->list, ==, words[i].list);
    }
}

static void
test_offline_faults (void)
{
  static const struct
  {
    const char *word;
    MsnpFaultAct act;
    ImUndelivered undelivered;
  } rows[] = {
    { "AuthenticationFailed", MSNP_FAULT_TICKET, IM_UNDELIVERED_SERVER },
    { "SystemUnavailable", MSNP_FAULT_REFUSED, IM_UNDELIVERED_REFUSES_OFFLINE },
    { "InvalidContent", MSNP_FAULT_REFUSED, IM_UNDELIVERED_SERVER },
    { "SenderThrottleLimitExceeded", MSNP_FAULT_LATER,
      IM_UNDELIVERED_TOO_FAST },
    { "MessageTooLarge", MSNP_FAULT_REFUSED, IM_UNDELIVERED_TOO_LONG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *word = g_strdup (rows[i].word);
      const MsnpSoapReply reply = { .fault = word };
      const MsnpFault *fault = msnp_error_for_fault (500, &reply);

      g_assert_cmpint (fault->act, ==, rows[i].act);
      g_assert_cmpint (fault->undelivered, ==, rows[i].undelivered);
    }
}

static void
test_status (void)
{
  const MsnpSoapReply fine = { NULL };
  const MsnpSoapReply odd = { .fault = (char *)"Client",
                              .error = (char *)"SomethingNew" };
  const MsnpSoapReply full = { .fault = (char *)"Client",
                               .error = (char *)"FullSyncRequired" };

  g_assert_null (msnp_error_for_fault (200, &fine));
  g_assert_null (msnp_error_for_fault (200, NULL));
  g_assert_cmpint (msnp_error_for_fault (200, &full)->act, ==,
                   MSNP_FAULT_FULL_SYNC);
  g_assert_cmpint (msnp_error_for_fault (200, &odd)->act, ==,
                   MSNP_FAULT_REFUSED);
  g_assert_cmpint (msnp_error_for_fault (403, NULL)->act, ==,
                   MSNP_FAULT_SESSION);
  g_assert_cmpint (msnp_error_for_fault (404, NULL)->act, ==,
                   MSNP_FAULT_MISSING);
  g_assert_cmpint (msnp_error_for_fault (503, NULL)->act, ==, MSNP_FAULT_LATER);
  g_assert_cmpint (msnp_error_for_fault (500, &fine)->act, ==,
                   MSNP_FAULT_REFUSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/error/numbers", test_numbers);
  g_test_add_func ("/msnp/error/reasons", test_reasons);
  g_test_add_func ("/msnp/error/faults", test_faults);
  g_test_add_func ("/msnp/error/offline-faults", test_offline_faults);
  g_test_add_func ("/msnp/error/status", test_status);
  return g_test_run ();
}
