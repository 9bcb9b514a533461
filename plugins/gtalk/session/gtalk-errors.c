#include "gtalk-errors.h"

#include <string.h>

#include "im-text.h"

/* Texts of servers are written for developers; more than this is no use. */
#define MAX_TEXT 200

typedef struct
{
  const char *condition;
  int meaning;
} Row;

static const Row streams[] = {
  { "conflict", IM_PROBLEM_SIGNED_ON_ELSEWHERE },
  { "system-shutdown", IM_PROBLEM_SERVER_CLOSING },
  { "reset", IM_PROBLEM_LOST },
  { "connection-timeout", IM_PROBLEM_TIMED_OUT },
  { "internal-server-error", IM_PROBLEM_UNAVAILABLE },
  { "undefined-condition", IM_PROBLEM_UNAVAILABLE },
  { "resource-constraint", IM_PROBLEM_UNAVAILABLE },
  { "remote-connection-failed", IM_PROBLEM_UNAVAILABLE },
  { "see-other-host", IM_PROBLEM_UNAVAILABLE },
  { "policy-violation", IM_PROBLEM_LOST },
  { "not-authorized", IM_PROBLEM_ACCOUNT_INVALID },
  { "host-unknown", IM_PROBLEM_NO_SUCH_ACCOUNT },
  { "host-gone", IM_PROBLEM_NO_SUCH_ACCOUNT },
};

/* RFC 6120, 6.5, and two of servers before it. */
static const Row sasl[] = {
  { "not-authorized", IM_PROBLEM_WRONG_PASSWORD },
  { "bad-auth", IM_PROBLEM_WRONG_PASSWORD },
  { "bad-protocol", IM_PROBLEM_WRONG_PASSWORD },
  { "credentials-expired", IM_PROBLEM_WRONG_PASSWORD },
  { "account-disabled", IM_PROBLEM_SUSPENDED },
  { "invalid-authzid", IM_PROBLEM_ACCOUNT_INVALID },
  { "encryption-required", IM_PROBLEM_TLS_NOT_OFFERED },
  { "incorrect-encoding", IM_PROBLEM_REFUSED_REQUEST },
  { "malformed-request", IM_PROBLEM_REFUSED_REQUEST },
  { "invalid-mechanism", IM_PROBLEM_NO_MECHANISM },
  { "mechanism-too-weak", IM_PROBLEM_NO_MECHANISM },
  { "temporary-auth-failure", IM_PROBLEM_UNAVAILABLE },
};

static const Row messages[] = {
  { "service-unavailable", IM_UNDELIVERED_OFFLINE },
  { "recipient-unavailable", IM_UNDELIVERED_OFFLINE },
  { "item-not-found", IM_UNDELIVERED_SERVER },
  { "not-allowed", IM_UNDELIVERED_NOT_ACCEPTED },
  { "forbidden", IM_UNDELIVERED_NOT_ACCEPTED },
  { "policy-violation", IM_UNDELIVERED_TOO_FAST },
  { "resource-constraint", IM_UNDELIVERED_MAILBOX_FULL },
  { "not-acceptable", IM_UNDELIVERED_NOT_ACCEPTED },
};

static const Row lists[] = {
  { "resource-constraint", IM_LIST_ERROR_FULL },
  { "not-acceptable", IM_LIST_ERROR_NAME },
  { "bad-request", IM_LIST_ERROR_NAME },
  { "jid-malformed", IM_LIST_ERROR_NAME },
  { "not-allowed", IM_LIST_ERROR_NAME },
};

static int
find (const Row *rows, guint n_rows, const char *condition, int otherwise)
{
  for (guint i = 0; i < n_rows; i++)
    if (strcmp (rows[i].condition, condition) == 0)
      return rows[i].meaning;
  return otherwise;
}

const char *
gtalk_error_condition (const XmlNode *error)
{
  const XmlNode *child = xml_node_first (error, NULL);

  while (xml_node_exists (child) && strcmp (xml_node_name (child), "text") == 0)
    child = xml_node_next (child, NULL);
  return xml_node_name (child);
}

static char *
dup_text (const XmlNode *error)
{
  const char *text = xml_node_child_text (error, "text");
  const char *condition = gtalk_error_condition (error);

  if (*text == '\0' || g_utf8_strlen (text, -1) > MAX_TEXT)
    text = condition;
  return *text != '\0' ? g_strdup (text) : NULL;
}

ImProblem
gtalk_error_of_stream (const XmlNode *error, char **ret_text)
{
  *ret_text = dup_text (error);
  return (ImProblem) find (streams, G_N_ELEMENTS (streams),
                           gtalk_error_condition (error), IM_PROBLEM_PROTOCOL);
}

ImProblem
gtalk_error_of_sasl (const XmlNode *failure, char **ret_text)
{
  *ret_text = dup_text (failure);
  return (ImProblem) find (sasl, G_N_ELEMENTS (sasl),
                           gtalk_error_condition (failure),
                           IM_PROBLEM_SIGNON_FAILED);
}

ImUndelivered
gtalk_error_of_message (const XmlNode *stanza)
{
  const XmlNode *error = xml_node_child (stanza, "error");

  if (xml_node_exists (xml_node_child (error, "blocked")))
    return IM_UNDELIVERED_YOU_BLOCK;
  return (ImUndelivered) find (messages, G_N_ELEMENTS (messages),
                               gtalk_error_condition (error),
                               IM_UNDELIVERED_SERVER);
}

ImListError
gtalk_error_of_list (const XmlNode *stanza)
{
  return (ImListError) find (
      lists, G_N_ELEMENTS (lists),
      gtalk_error_condition (xml_node_child (stanza, "error")),
      IM_LIST_ERROR_SERVER);
}
