/* What the notification server says that answers nobody's command. */

#include "msnp-session-private.h"

#include "auth-msn-challenge.h"

/* Seconds until a server that goes down is worth trying again. */
#define CLOSING_SECONDS 60

typedef void (*Handle) (MsnpSession *session, const MsnpCommand *command);

/* --- Questions ---------------------------------------------------------- */

/* Every product of ours may answer; which one is asked is not said. */
static void
handle_challenge (MsnpSession *session, const MsnpCommand *command)
{
  const AuthMsnProduct *product = auth_msn_product_for (session->version);
  char answer[AUTH_MSN_CHALLENGE_LEN + 1];
  g_autoptr (GError) error = NULL;
  g_autofree char *challenge = msnp_signon_decode_challenge (command, &error);

  if (challenge == NULL || product == NULL ||
      !auth_msn_challenge_answer (product, session->version, challenge, answer,
                                  &error))
    {
      im_host_debug (session->host, "msnp: a challenge cannot be answered: %s",
                     error != NULL ? error->message : "too old a version");
      return;
    }
  msnp_signon_encode_answer (msnp_conn_writer (session->ns),
                             msnp_conn_next_id (session->ns), product->id,
                             answer);
}

/* --- Farewells ---------------------------------------------------------- */

static void
handle_out (MsnpSession *session, const MsnpCommand *command)
{
  guint seconds;
  ImFailure failure = { .problem = IM_PROBLEM_LOST,
                        .host = session->settings.server,
                        .port = session->settings.port };

  switch (msnp_signon_decode_out (command, &seconds))
    {
    case MSNP_OUT_ELSEWHERE:
      failure.problem = IM_PROBLEM_SIGNED_ON_ELSEWHERE;
      break;
    case MSNP_OUT_CLOSING:
      failure.problem = IM_PROBLEM_SERVER_CLOSING;
      failure.retry_after = CLOSING_SECONDS;
      break;
    case MSNP_OUT_LATER:
      failure.problem = IM_PROBLEM_SERVER_CLOSING;
      failure.retry_after = seconds;
      break;
    case MSNP_OUT_TERMS:
      failure.problem = IM_PROBLEM_NEEDS_WEB_PAGE;
      break;
    case MSNP_OUT_MIGRATED:
    case MSNP_OUT_NONE:
      break;
    }
  msnp_session_fail (session, &failure);
}

/* --- The table ---------------------------------------------------------- */

static void
pass_over (MsnpSession *session, const MsnpCommand *command)
{
}

static const struct
{
  char verb[4];
  Handle handle;
} handlers[] = {
  { "ADC", msnp_lists_handle },
  { "ADD", msnp_lists_handle },
  { "ADG", msnp_lists_handle },
  { "ADL", msnp_contacts_handle },
  { "BLP", msnp_lists_handle },
  { "BPR", msnp_lists_handle },
  { "CHG", pass_over },
  { "CHL", handle_challenge },
  { "FLN", msnp_presence_handle },
  { "FQY", msnp_contacts_handle },
  { "GCF", pass_over },
  { "GTC", msnp_lists_handle },
  { "ILN", msnp_presence_handle },
  { "IPG", msnp_mailbox_handle_notification },
  { "LSG", msnp_lists_handle },
  { "LST", msnp_lists_handle },
  { "MSG", msnp_mailbox_handle_message },
  { "NLN", msnp_presence_handle },
  { "NOT", msnp_mailbox_handle_notification },
  { "OUT", handle_out },
  { "PRP", msnp_lists_handle },
  { "QRY", pass_over },
  { "REA", msnp_lists_handle },
  { "REG", msnp_lists_handle },
  { "REM", msnp_lists_handle },
  { "RMG", msnp_lists_handle },
  { "RML", msnp_contacts_handle },
  { "RNG", msnp_talks_handle_ring },
  { "SBP", msnp_lists_handle },
  { "SBS", pass_over },
  { "SYN", msnp_lists_handle },
  { "UBM", msnp_talks_handle_relayed },
  { "UBN", msnp_own_handle_notice },
  { "UBX", msnp_presence_handle_extra },
  { "URL", pass_over },
  { "UUN", pass_over },
  { "UUX", pass_over },
  { "XFR", msnp_signon_transfer },
};

/* Nothing but what belongs to the sign-on is believed before it is done. */
static gboolean
comes_too_early (const MsnpSession *session, const MsnpCommand *command)
{
  return session->state < MSNP_STATE_SIGNING_IN &&
         !msnp_command_is (command, "CHL") &&
         !msnp_command_is (command, "XFR") &&
         !msnp_command_is (command, "OUT");
}

static void
on_command (gpointer user, MsnpConn *conn, const MsnpCommand *command)
{
  MsnpSession *session = user;

  if (session->gone)
    return;
  if (command->error_code != 0)
    {
      msnp_signon_error (session, command->error_code);
      return;
    }
  if (comes_too_early (session, command))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (msnp_command_is (command, handlers[i].verb))
      {
        handlers[i].handle (session, command);
        return;
      }
  im_host_debug (session->host, "msnp: %s is not known", command->verb);
}

static void
on_opened (gpointer user, MsnpConn *conn)
{
  msnp_signon_ns_opened (user);
}

static void
on_closed (gpointer user, MsnpConn *conn, const GError *error)
{
  msnp_signon_ns_closed (user, error);
}

const MsnpConnHandlers msnp_ns_handlers = {
  .opened = on_opened,
  .command = on_command,
  .closed = on_closed,
};
