/* The second half of USR: proving who we are, and what follows from it. */

#include "msnp-ladder.h"

#include <string.h>

#include "auth-msn-challenge.h"

static void
signed_in (MsnpSession *session, const MsnpUser *user)
{
  MsnpLadder *ladder = session->ladder;

  ladder->accepted = TRUE;
  msnp_ladder_forget_challenge (ladder);
  msnp_ladder_step (session, MSNP_STATE_LISTS, IM_SIGNON_SECONDS);
  if (user->nick != NULL)
    msnp_own_learn_nick (session, user->nick);
  msnp_signon_report_home (session);
  msnp_session_progress (session, IM_STEP_LISTS);
  if (session->gone)
    return;
  msnp_conn_keep_alive (session->ns);
  if (session->version >= 13)
    {
      if (!ladder->piped)
        msnp_contacts_start (session);
      msnp_contacts_signed_in (session);
    }
  else if (!ladder->piped)
    msnp_lists_start (session);
}

static gboolean
on_proof (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  g_auto (MsnpUser) answer = { 0 };
  g_autoptr (GError) error = NULL;

  if (!msnp_ladder_came (session, command))
    return FALSE;
  if (msnp_command_is (command, "XFR"))
    msnp_signon_transfer (session, command);
  else if (!msnp_signon_decode_user (command, &answer, &error))
    msnp_ladder_fail_protocol (session, error);
  else if (answer.step != MSNP_USER_OK)
    msnp_ladder_fail (session, IM_PROBLEM_PROTOCOL, 0, "a second challenge");
  else
    signed_in (session, &answer);
  return FALSE;
}

/* What the server takes behind the proof, before it has said OK. Escargot
 * works through a flight in order; what needs the list to be known waits. */
static void
pipe_rest (MsnpSession *session)
{
  if (msnp_ladder_is_careful (session))
    return;
  session->ladder->piped = TRUE;
  if (session->version < 13)
    {
      msnp_lists_start (session);
      msnp_own_announce (session);
    }
  else
    {
      /* The service wants to know of the session, so the proof goes first. */
      msnp_conn_flush (session->ns);
      msnp_contacts_start (session);
    }
}

static void
prove (MsnpSession *session, const ImSecret *proof, const char *blob)
{
  guint32 id = msnp_conn_next_id (session->ns);

  msnp_conn_cork (session->ns);
  msnp_signon_encode_proof (msnp_conn_writer (session->ns), id,
                            msnp_signon_mechanism (session->version), proof,
                            blob,
                            session->version >= 16 ? session->settings.machine
                                                   : NULL);
  msnp_conn_expect (session->ns, id, on_proof, NULL, NULL);
  msnp_ladder_step (session, MSNP_STATE_SIGNING_IN, IM_STEP_SECONDS);
  pipe_rest (session);
  if (session->ns != NULL)
    msnp_conn_uncork (session->ns);
}

static void
fail_mechanism (MsnpSession *session, const GError *error)
{
  msnp_ladder_fail (session,
                    error->domain == IM_PROBLEM ? (ImProblem) error->code
                                                : IM_PROBLEM_PROTOCOL,
                    0, error->message);
}

static void
prove_digest (MsnpSession *session, const char *salt)
{
  char digest[AUTH_MSN_CHALLENGE_LEN + 1];
  g_autoptr (GError) error = NULL;
  g_autoptr (ImSecret) proof = NULL;

  if (!auth_msn_md5_answer (salt, session->settings.password, digest, &error))
    {
      fail_mechanism (session, error);
      return;
    }
  proof = im_secret_new (digest);
  prove (session, proof, NULL);
}

static void
prove_key (MsnpSession *session, const ImSecret *ticket, const ImSecret *key)
{
  guint8 iv[AUTH_MSN_SSO_IV];
  g_autofree char *blob = NULL;
  g_autoptr (GError) error = NULL;

  session->host->ops->random (session->host, iv, sizeof iv);
  blob = key != NULL ? auth_msn_sso_proof (key, session->ladder->nonce, iv,
                                           &error)
                     : NULL;
  if (key == NULL)
    msnp_ladder_fail (session, IM_PROBLEM_PROTOCOL, 0,
                      "the ticket came without its key");
  else if (blob == NULL)
    fail_mechanism (session, error);
  else
    prove (session, ticket, blob);
}

void
msnp_signon_ticket (MsnpSession *session, const ImSecret *ticket,
                    const ImSecret *proof, const ImFailure *failure)
{
  if (session->state != MSNP_STATE_TICKETS)
    return;
  if (failure != NULL)
    msnp_session_fail (session, failure);
  else if (msnp_signon_mechanism (session->version) == MSNP_MECHANISM_SSO)
    prove_key (session, ticket, proof);
  else
    prove (session, ticket, NULL);
}

void
msnp_ladder_challenged (MsnpSession *session, MsnpUser *user)
{
  MsnpLadder *ladder = session->ladder;

  if (user->mechanism != msnp_signon_mechanism (session->version) ||
      user->challenge == NULL)
    {
      msnp_ladder_fail (session, IM_PROBLEM_NO_MECHANISM, 0, NULL);
      return;
    }
  if (user->mechanism == MSNP_MECHANISM_MD5)
    {
      prove_digest (session, user->challenge);
      return;
    }
  if (user->mechanism == MSNP_MECHANISM_TWN && session->version >= 12)
    msnp_ladder_remember_args (session, user->challenge);
  msnp_ladder_forget_challenge (ladder);
  ladder->challenge = g_steal_pointer (&user->challenge);
  ladder->nonce = g_steal_pointer (&user->nonce);
  msnp_ladder_step (session, MSNP_STATE_TICKETS, IM_HTTP_SECONDS);
  msnp_tickets_sign_on (session, ladder->challenge);
}
