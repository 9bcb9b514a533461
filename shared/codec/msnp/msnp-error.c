#include "msnp-error.h"

#include <string.h>

/* Columns, short enough for a table. */
#define P(name) IM_PROBLEM_##name
#define U(name) IM_UNDELIVERED_##name
#define L(name) IM_LIST_ERROR_##name
#define A(name) IM_ACCOUNT_##name

#define NONE ((MsnpErrorTraits)0)
#define DONE MSNP_ERROR_DONE
#define CLOSES MSNP_ERROR_CLOSES
#define OURS MSNP_ERROR_OURS
#define OURS_CLOSES ((MsnpErrorTraits)(MSNP_ERROR_OURS | MSNP_ERROR_CLOSES))
#define TICKET_CLOSES ((MsnpErrorTraits)(MSNP_ERROR_TICKET | MSNP_ERROR_CLOSES))

/* clang-format off */
static const MsnpError rows[] = {
  { 200, 200, OURS, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "syntax error" },
  { 201, 201, NONE, P (ACCOUNT_INVALID), U (SERVER), L (BAD_ADDRESS),
    A (REFUSED), "invalid parameter" },
  { 203, 203, NONE, P (ACCOUNT_INVALID), U (SERVER), L (BAD_ADDRESS),
    A (REFUSED), "invalid user of another network" },
  { 204, 204, CLOSES, P (SIGNON_FAILED), U (SERVER), L (OTHER_NETWORK),
    A (REFUSED), "unroutable network" },
  /* Escargot also answers a second sign-on with it. */
  { 205, 205, NONE, P (SESSION_REFUSED), U (SERVER), L (NO_SUCH_USER),
    A (REFUSED), "no such user" },
  { 206, 206, NONE, P (ACCOUNT_INVALID), U (SERVER), L (BAD_ADDRESS),
    A (REFUSED), "domain missing" },
  { 207, 207, NONE, P (SESSION_REFUSED), U (SERVER), L (SERVER), A (REFUSED),
    "already signed in" },
  { 208, 208, NONE, P (NO_SUCH_ACCOUNT), U (SERVER), L (NO_SUCH_USER),
    A (REFUSED), "unknown user" },
  { 209, 209, NONE, P (SIGNON_FAILED), U (SERVER), L (NAME), A (BAD_NAME),
    "name refused" },
  { 210, 210, NONE, P (SIGNON_FAILED), U (SERVER), L (FULL), A (REFUSED),
    "list full" },
  { 213, 213, NONE, P (SIGNON_FAILED), U (SERVER), L (NAME), A (BAD_NAME),
    "invalid change of name" },
  { 215, 215, DONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (DONE),
    "already there" },
  { 216, 216, DONE, P (SIGNON_FAILED), U (OFFLINE), L (SERVER), A (REFUSED),
    "not on the list, or not online" },
  { 217, 217, NONE, P (SIGNON_FAILED), U (OFFLINE), L (SERVER), A (REFUSED),
    "not online, or not accepting" },
  { 218, 218, DONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (DONE),
    "already in that mode" },
  { 219, 219, NONE, P (SIGNON_FAILED), U (SERVER), L (BLOCKED), A (REFUSED),
    "on the opposite list" },
  { 220, 220, NONE, P (SIGNON_FAILED), U (NOT_ACCEPTED), L (SERVER),
    A (REFUSED), "accepts no pages" },
  { 223, 223, NONE, P (SIGNON_FAILED), U (SERVER), L (TOO_MANY_GROUPS),
    A (REFUSED), "too many groups" },
  { 224, 224, NONE, P (SIGNON_FAILED), U (SERVER), L (NO_SUCH_GROUP), A (REFUSED),
    "no such group" },
  { 225, 225, DONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "contact is not in the group" },
  { 227, 227, NONE, P (SIGNON_FAILED), U (SERVER), L (GROUP_NOT_EMPTY),
    A (REFUSED), "group not empty" },
  { 228, 228, NONE, P (SIGNON_FAILED), U (SERVER), L (GROUP_EXISTS),
    A (REFUSED), "a group has that name" },
  { 229, 229, NONE, P (SIGNON_FAILED), U (SERVER), L (GROUP_NAME),
    A (REFUSED), "name of a group too long" },
  { 230, 230, NONE, P (SIGNON_FAILED), U (SERVER), L (DEFAULT_GROUP),
    A (REFUSED), "the default group cannot be removed" },
  { 231, 231, NONE, P (SIGNON_FAILED), U (SERVER), L (NO_SUCH_GROUP), A (REFUSED),
    "added to a missing group" },
  { 232, 234, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (BAD_PHONE),
    "invalid telephone number" },
  { 240, 240, OURS_CLOSES, P (PROTOCOL), U (SERVER), L (SERVER), A (REFUSED),
    "empty domain in the list" },
  { 241, 241, OURS_CLOSES, P (PROTOCOL), U (SERVER), L (SERVER), A (REFUSED),
    "bad list" },
  { 280, 281, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "switchboard failed" },
  { 282, 283, OURS, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "bad message from client to client" },
  { 285, 285, NONE, P (SIGNON_FAILED), U (TOO_LONG), L (SERVER), A (REFUSED),
    "message too long" },
  { 290, 290, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "balance of text messages" },
  { 300, 300, OURS, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "required field missing" },
  { 301, 301, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "too many found" },
  { 302, 302, CLOSES, P (SESSION_REFUSED), U (DISCONNECTED), L (SERVER),
    A (REFUSED), "not signed in" },
  { 402, 403, NONE, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "error of the list" },
  { 413, 419, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "subscription to text messages" },
  { 420, 420, NONE, P (SIGNON_FAILED), U (SERVER), L (NOT_ALLOWED), A (REFUSED),
    "no permission" },
  { 500, 501, NONE, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "error inside the server" },
  { 502, 502, NONE, P (REFUSED_REQUEST), U (SERVER), L (SERVER),
    A (UNSUPPORTED), "command disabled" },
  { 504, 504, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "error between networks" },
  { 508, 509, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "error between networks, or of pages" },
  { 510, 511, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (TRY_LATER),
    "file operation failed" },
  { 520, 520, NONE, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "out of memory" },
  { 540, 540, OURS_CLOSES, P (SESSION_REFUSED), U (DISCONNECTED), L (SERVER),
    A (REFUSED), "wrong answer to the challenge" },
  { 550, 598, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "error of a telephone company" },
  { 600, 600, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server busy" },
  { 601, 601, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server unavailable" },
  { 602, 603, NONE, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "another server or the database is down" },
  { 604, 604, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server going down" },
  { 605, 605, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server unavailable" },
  { 606, 606, NONE, P (UNAVAILABLE), U (SERVER), L (SERVER), A (TRY_LATER),
    "paging unavailable" },
  { 700, 700, NONE, P (UNAVAILABLE), U (SERVER), L (SERVER), A (TRY_LATER),
    "could not create a connection" },
  { 707, 707, NONE, P (UNAVAILABLE), U (SERVER), L (SERVER), A (TRY_LATER),
    "could not create a connection" },
  { 710, 710, OURS, P (REFUSED_REQUEST), U (SERVER), L (SERVER), A (REFUSED),
    "bad parameters of CVR" },
  { 711, 712, NONE, P (UNAVAILABLE), U (SERVER), L (SERVER), A (TRY_LATER),
    "session restricted or overloaded" },
  { 713, 714, NONE, P (RATE_LIMITED), U (TOO_FAST), L (TOO_FAST),
    A (TRY_LATER), "too many sessions" },
  { 715, 715, OURS, P (SESSION_REFUSED), U (SERVER), L (SERVER), A (REFUSED),
    "not expected" },
  { 717, 717, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "bad friend file" },
  { 718, 719, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "restricted session" },
  { 726, 726, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "session with another network" },
  { 731, 731, OURS_CLOSES, P (SESSION_REFUSED), U (SERVER), L (SERVER),
    A (REFUSED), "CVR not expected" },
  { 733, 733, CLOSES, P (SIGNED_ON_ELSEWHERE), U (DISCONNECTED), L (SERVER),
    A (REFUSED), "signed out from another place" },
  { 734, 734, CLOSES, P (TOO_MANY_SESSIONS), U (DISCONNECTED), L (SERVER),
    A (REFUSED), "too many places" },
  { 800, 800, NONE, P (RATE_LIMITED), U (TOO_FAST), L (TOO_FAST),
    A (TRY_LATER), "changing too fast" },
  { 910, 910, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server busy" },
  { 911, 911, TICKET_CLOSES, P (SIGNON_FAILED), U (SERVER), L (SERVER),
    A (REFUSED), "authentication failed" },
  { 912, 912, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server busy" },
  { 913, 913, NONE, P (SIGNON_FAILED), U (HIDDEN), L (SERVER), A (REFUSED),
    "not while appearing offline" },
  { 914, 916, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server unavailable" },
  { 917, 917, TICKET_CLOSES, P (SIGNON_FAILED), U (SERVER), L (SERVER),
    A (REFUSED), "authentication failed" },
  { 918, 919, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server busy" },
  { 920, 920, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "no new users now" },
  { 921, 922, CLOSES, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE),
    A (TRY_LATER), "server busy" },
  { 923, 923, CLOSES, P (SUSPENDED_AGE), U (SERVER), L (SERVER), A (REFUSED),
    "child account without consent" },
  { 924, 924, CLOSES, P (ACCOUNT_INVALID), U (SERVER), L (SERVER),
    A (UNCONFIRMED), "address not confirmed" },
  { 926, 927, CLOSES, P (SUSPENDED), U (SERVER), L (SERVER), A (REFUSED),
    "account limited or suspended" },
  { 928, 928, TICKET_CLOSES, P (SIGNON_FAILED), U (SERVER), L (SERVER),
    A (REFUSED), "bad ticket" },
  { 931, 931, CLOSES, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "the account is on another server" },
  { 933, 933, OURS, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "invalid contact in the list" },
  { 935, 935, NONE, P (SIGNON_FAILED), U (SERVER), L (SERVER), A (REFUSED),
    "invalid signature" },
};

static const MsnpError unknown = { 0, 0, NONE, P (SIGNON_FAILED), U (SERVER),
                                   L (SERVER), A (REFUSED), "unknown" };

#define F(name) MSNP_FAULT_##name

static const MsnpFault faults[] = {
  /* The address book and the memberships. */
  { "ContactAlreadyExists", F (DONE), P (OTHER), U (SERVER), L (SERVER) },
  { "ContactDoesNotExist", F (STALE), P (OTHER), U (SERVER), L (SERVER) },
  { "InvalidPassportUser", F (REFUSED), P (OTHER), U (SERVER),
    L (NO_SUCH_USER) },
  { "BadEmailArgument", F (REFUSED), P (OTHER), U (SERVER), L (BAD_ADDRESS) },
  { "MemberAlreadyExists", F (DONE), P (OTHER), U (SERVER), L (SERVER) },
  { "MemberDoesNotExist", F (DONE), P (OTHER), U (SERVER), L (SERVER) },
  { "UserDoesNotExist", F (GONE), P (OTHER), U (SERVER), L (NO_SUCH_USER) },
  { "GroupAlreadyExists", F (REFUSED), P (OTHER), U (SERVER),
    L (GROUP_EXISTS) },
  { "GroupDoesNotExist", F (STALE), P (OTHER), U (SERVER), L (NO_SUCH_GROUP) },
  { "BadArgumentLength", F (REFUSED), P (OTHER), U (SERVER),
    L (GROUP_NAME) },
  { "QuotaLimitReached", F (REFUSED), P (OTHER), U (SERVER), L (FULL) },
  { "FullSyncRequired", F (FULL_SYNC), P (UNAVAILABLE), U (SERVER),
    L (UNAVAILABLE) },
  { "ABDoesNotExist", F (NO_BOOK), P (UNAVAILABLE), U (SERVER),
    L (UNAVAILABLE) },
  { "PassportAuthFail", F (TICKET), P (SESSION_REFUSED), U (SERVER),
    L (NOT_ALLOWED) },
  { "FailedAuthentication", F (TICKET), P (SESSION_REFUSED), U (SERVER),
    L (NOT_ALLOWED) },
  { "Forbidden", F (MISSING), P (OTHER), U (SERVER), L (SERVER) },
  { "Redirect", F (REDIRECT), P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE) },
  /* Messages that are left. With a lock there is something to answer, which
   * is not for this table. */
  { "AuthenticationFailed", F (TICKET), P (SESSION_REFUSED), U (SERVER),
    L (NOT_ALLOWED) },
  { "SystemUnavailable", F (REFUSED), P (UNAVAILABLE), U (REFUSES_OFFLINE),
    L (UNAVAILABLE) },
  { "InvalidContent", F (REFUSED), P (OTHER), U (SERVER), L (SERVER) },
  { "SenderThrottleLimitExceeded", F (LATER), P (RATE_LIMITED), U (TOO_FAST),
    L (TOO_FAST) },
  { "MessageTooLarge", F (REFUSED), P (OTHER), U (TOO_LONG), L (SERVER) },
};

static const MsnpFault not_ours = { "", F (SESSION), P (SESSION_REFUSED),
                                    U (SERVER), L (NOT_ALLOWED) };
static const MsnpFault busy = { "", F (LATER), P (UNAVAILABLE), U (SERVER),
                                L (UNAVAILABLE) };
static const MsnpFault missing = { "", F (MISSING), P (UNAVAILABLE),
                                   U (SERVER), L (SERVER) };
static const MsnpFault refused = { "", F (REFUSED), P (UNAVAILABLE),
                                   U (SERVER), L (SERVER) };
/* clang-format on */

const MsnpError *
msnp_error_find (guint code)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows) && rows[i].first <= code; i++)
    if (code <= rows[i].last)
      return &rows[i];
  return &unknown;
}

static const MsnpFault *
find_word (const char *word)
{
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (faults); i++)
    if (strcmp (faults[i].word, word) == 0)
      return &faults[i];
  return NULL;
}

const MsnpFault *
msnp_error_for_fault (guint status, const MsnpSoapReply *reply)
{
  const MsnpFault *fault = NULL;

  if (reply != NULL)
    fault = find_word (reply->error);
  if (fault == NULL && reply != NULL)
    fault = find_word (reply->fault);
  if (fault != NULL)
    return fault;
  if (status == 401 || status == 403)
    return &not_ours;
  if (status == 404 || status == 405 || status == 501)
    return &missing;
  if (status == 503)
    return &busy;
  if (status != 200 || (reply != NULL && reply->fault != NULL))
    return &refused;
  return NULL;
}
