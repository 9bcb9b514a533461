#include "msnweb-error.h"

#include <string.h>

#include "im-charset.h"

/* Columns, short enough for a table. */
#define P(name) IM_PROBLEM_##name
#define U(name) IM_UNDELIVERED_##name
#define L(name) IM_LIST_ERROR_##name
#define STAYS MSNWEB_ERROR_STAYS
#define AGAIN MSNWEB_ERROR_RECONNECT
#define RENEW MSNWEB_ERROR_RENEW
#define ENDS MSNWEB_ERROR_ENDS

/* Characters of a server's words that are shown. */
#define MAX_WORDS 200

/* clang-format off */
static const MsnwebError rows[] = {
  { 200, 201, STAYS, P (PROTOCOL), U (SERVER), L (SERVER), TRUE,
    "bad syntax or parameter" },
  { 203, 204, STAYS, P (OTHER), U (SERVER), L (OTHER_NETWORK), FALSE,
    "unknown network" },
  { 205, 205, STAYS, P (NO_SUCH_ACCOUNT), U (SERVER), L (NO_SUCH_USER), FALSE,
    "no such user" },
  { 206, 206, STAYS, P (OTHER), U (SERVER), L (OTHER_NETWORK), FALSE,
    "unknown domain" },
  { 207, 207, STAYS, P (OTHER), U (SERVER), L (SERVER), TRUE,
    "already signed in" },
  { 208, 208, STAYS, P (NO_SUCH_ACCOUNT), U (SERVER), L (NO_SUCH_USER), FALSE,
    "no such user" },
  { 209, 209, STAYS, P (OTHER), U (SERVER), L (NAME), FALSE,
    "display name refused" },
  { 210, 210, STAYS, P (OTHER), U (SERVER), L (FULL), FALSE, "list full" },
  { 213, 213, STAYS, P (NO_SUCH_ACCOUNT), U (SERVER), L (NO_SUCH_USER), FALSE,
    "no such user" },
  { 215, 216, STAYS, P (OTHER), U (SERVER), L (SERVER), TRUE,
    "already so" },
  { 217, 217, STAYS, P (OTHER), U (OFFLINE), L (SERVER), FALSE,
    "not online, or not accepting" },
  { 218, 219, STAYS, P (OTHER), U (SERVER), L (SERVER), TRUE,
    "already so" },
  { 220, 220, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 223, 223, STAYS, P (OTHER), U (SERVER), L (TOO_MANY_GROUPS), FALSE,
    "too many groups" },
  { 224, 227, STAYS, P (OTHER), U (SERVER), L (NO_SUCH_GROUP), FALSE,
    "no such group" },
  { 228, 228, STAYS, P (OTHER), U (SERVER), L (GROUP_EXISTS), FALSE,
    "group exists" },
  { 229, 230, STAYS, P (OTHER), U (SERVER), L (GROUP_NAME), FALSE,
    "group not changed" },
  { 232, 234, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 240, 241, STAYS, P (OTHER), U (SERVER), L (SERVER), TRUE,
    "entry of the list refused" },
  { 280, 283, STAYS, P (OTHER), U (SERVER), L (SERVER), FALSE,
    "not transferred" },
  { 285, 285, STAYS, P (OTHER), U (TOO_LONG), L (SERVER), FALSE,
    "message too long" },
  { 290, 290, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 300, 300, STAYS, P (PROTOCOL), U (SERVER), L (SERVER), TRUE,
    "a field is missing" },
  { 302, 302, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "not logged in" },
  { 402, 403, STAYS, P (OTHER), U (SERVER), L (UNAVAILABLE), FALSE,
    "address book unavailable" },
  { 413, 417, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 418, 418, STAYS, P (OTHER), U (TOO_FAST), L (TOO_FAST), FALSE,
    "try again later" },
  { 419, 419, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 420, 420, STAYS, P (OTHER), U (SERVER), L (NOT_ALLOWED), FALSE,
    "no permission" },
  { 500, 501, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server fault" },
  { 502, 502, STAYS, P (OTHER), U (SERVER), L (SERVER), FALSE,
    "command disabled" },
  { 504, 504, STAYS, P (OTHER), U (SERVER), L (UNAVAILABLE), FALSE,
    "back end down" },
  { 508, 508, STAYS, P (OTHER), U (SERVER), L (UNAVAILABLE), FALSE,
    "partner unavailable" },
  { 509, 509, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 510, 510, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server fault" },
  { 511, 511, STAYS, P (OTHER), U (SERVER), L (UNAVAILABLE), FALSE,
    "back end down" },
  { 520, 520, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server fault" },
  { 537, 537, STAYS, P (OTHER), U (OFFLINE), L (SERVER), FALSE,
    "takes no offline messages" },
  { 540, 540, ENDS, P (CLIENT_TOO_OLD), U (SERVER), L (SERVER), FALSE,
    "challenge failed" },
  { 550, 598, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 600, 605, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server unavailable" },
  { 606, 606, STAYS, P (OTHER), U (NOT_ACCEPTED), L (SERVER), FALSE,
    "mobile messages" },
  { 700, 700, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "session failed" },
  { 707, 707, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "session failed" },
  { 710, 712, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "session failed" },
  { 713, 713, STAYS, P (OTHER), U (TOO_FAST), L (TOO_FAST), FALSE,
    "too fast" },
  { 714, 714, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "session failed" },
  { 715, 715, STAYS, P (OTHER), U (SERVER), L (SERVER), TRUE,
    "not expected" },
  { 717, 717, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "session failed" },
  { 718, 718, ENDS, P (SUSPENDED), U (SERVER), L (SERVER), FALSE,
    "user restricted" },
  { 719, 719, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "session failed" },
  { 726, 726, ENDS, P (SUSPENDED), U (SERVER), L (SERVER), FALSE,
    "user handled elsewhere" },
  { 731, 731, STAYS, P (PROTOCOL), U (SERVER), L (SERVER), TRUE,
    "bad syntax" },
  { 733, 733, ENDS, P (SIGNED_ON_ELSEWHERE), U (SERVER), L (SERVER), FALSE,
    "signed off by another place" },
  { 734, 734, ENDS, P (TOO_MANY_SESSIONS), U (SERVER), L (SERVER), FALSE,
    "too many places" },
  { 800, 800, STAYS, P (OTHER), U (TOO_FAST), L (TOO_FAST), FALSE,
    "too fast" },
  { 801, 801, STAYS, P (OTHER), U (SERVER), L (SERVER), FALSE,
    "not delivered" },
  { 803, 803, ENDS, P (RATE_LIMITED), U (SERVER), L (SERVER), FALSE,
    "too many sign-ins" },
  { 910, 910, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server busy" },
  { 911, 911, RENEW, P (WRONG_PASSWORD), U (SERVER), L (SERVER), FALSE,
    "authentication failed" },
  { 912, 912, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server busy" },
  { 913, 913, STAYS, P (OTHER), U (HIDDEN), L (SERVER), FALSE,
    "not allowed while hidden" },
  { 914, 916, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server unavailable" },
  { 917, 917, RENEW, P (WRONG_PASSWORD), U (SERVER), L (SERVER), FALSE,
    "authentication failed" },
  { 918, 919, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server busy" },
  { 920, 920, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "no new users" },
  { 921, 921, AGAIN, P (UNAVAILABLE), U (SERVER), L (UNAVAILABLE), FALSE,
    "server busy" },
  { 922, 922, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "session expired" },
  { 923, 923, ENDS, P (SUSPENDED_AGE), U (SERVER), L (SERVER), FALSE,
    "a parent must allow it" },
  { 924, 924, ENDS, P (NEEDS_WEB_PAGE), U (SERVER), L (SERVER), FALSE,
    "address not verified" },
  { 926, 927, ENDS, P (SUSPENDED_AGE), U (SERVER), L (SERVER), FALSE,
    "a parent must allow it" },
  { 928, 928, RENEW, P (WRONG_PASSWORD), U (SERVER), L (SERVER), FALSE,
    "bad ticket" },
  { 931, 931, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE,
    "account is on another server" },
  { 933, 933, STAYS, P (OTHER), U (SERVER), L (SERVER), TRUE,
    "entry of the list refused" },
  { 935, 935, RENEW, P (WRONG_PASSWORD), U (SERVER), L (SERVER), FALSE,
    "bad signature" },
  { 999, 999, AGAIN, P (LOST), U (SERVER), L (SERVER), FALSE, "logged off" },
};
/* clang-format on */

static const MsnwebError other_stays = { 0,         499,        STAYS,
                                         P (OTHER), U (SERVER), L (SERVER),
                                         FALSE,     "refused" };
static const MsnwebError other_ends = { 500,        G_MAXUINT,
                                        AGAIN,      P (UNAVAILABLE),
                                        U (SERVER), L (SERVER),
                                        FALSE,      "unknown error" };

const MsnwebError *
msnweb_error_find (guint code)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (code >= rows[i].first && code <= rows[i].last)
      return &rows[i];
  return code < 500 ? &other_stays : &other_ends;
}

void
msnweb_goodbye_clear (MsnwebGoodbye *self)
{
  g_clear_pointer (&self->words, g_free);
}

void
msnweb_error_decode_goodbye (const MsnwebCommand *command, MsnwebGoodbye *ret)
{
  g_autofree char *words = msnweb_command_words (command);
  g_autofree char *lower = g_ascii_strdown (words, -1);

  *ret = (MsnwebGoodbye){ AGAIN, P (LOST), NULL };
  /* In MSNP21 the reason is the word behind it. */
  if (strstr (words, "OTH") != NULL || strstr (lower, "elsewhere") != NULL ||
      strcmp (command->target, "OTH") == 0)
    *ret = (MsnwebGoodbye){ ENDS, P (SIGNED_ON_ELSEWHERE), NULL };
  else if (strstr (words, "SSD") != NULL || strstr (lower, "shut") != NULL ||
           strcmp (command->target, "SSD") == 0)
    ret->problem = P (SERVER_CLOSING);
  else if (*words != '\0' && strstr (lower, "expired") == NULL)
    {
      g_autofree char *line = im_charset_tidy_line (words);

      ret->words =
          g_utf8_substring (line, 0, MIN (g_utf8_strlen (line, -1), MAX_WORDS));
    }
}
