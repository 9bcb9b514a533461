/* BUCP, sign-on by challenge. SIGNON and 17/06 leave in one flight; the
 * password never does, only a digest of it with the server's key. */

#include "oscar-signon-private.h"

#include "auth-oscar-md5.h"

/* A password whose network keeps only its first eight characters. */
static ImSecret *
password_for (const OscarSession *session, const OscarBucpChallenge *challenge)
{
  if (!challenge->truncate_password)
    return im_secret_ref (session->settings.password);
  return im_secret_new_take (
      g_strndup (im_secret_peek (session->settings.password), 8));
}

static void
send_login (OscarSession *session, const OscarBucpChallenge *challenge)
{
  gboolean strong = session->settings.signon != OSCAR_SIGNON_MD5_WEAK;
  g_autoptr (ImSecret) password = password_for (session, challenge);
  g_autoptr (GError) error = NULL;
  g_auto (ImWriter) body = { 0 };
  guint8 digest[AUTH_OSCAR_MD5_SIZE];
  g_autoptr (GBytes) bytes = NULL;
  OscarBucpLogin login = {
    .name = session->settings.name,
    .strong = strong,
    .multi = oscar_session_multi (session),
  };

  if (!auth_oscar_md5_digest (challenge->key.pos,
                              im_reader_left (&challenge->key), password,
                              strong, digest, &error))
    {
      oscar_signon_fail (session, IM_PROBLEM_NO_MECHANISM, error->message);
      return;
    }
  bytes = g_bytes_new (digest, sizeof digest);
  login.digest = bytes;
  oscar_session_client_id (session, &login.client);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_bucp_encode_login (&body, &login);
  if (oscar_conn_send_snac (session->auth, OSCAR_FG_BUCP, OSCAR_BUCP_LOGIN,
                            &body, OSCAR_PRIORITY_USER) == 0)
    oscar_signon_fail (session, IM_PROBLEM_SETTINGS,
                       "the user name is too long");
}

static void
handle_challenge (OscarSession *session, const ImReader *body)
{
  OscarBucpChallenge challenge;
  g_autoptr (GError) error = NULL;
  ImReader reader = *body;

  /* One challenge, one answer: a server that asks again wants more digests
   * of one password. */
  if (session->state != OSCAR_STATE_AUTH_CHALLENGE)
    return;
  if (!oscar_bucp_decode_challenge (&reader, &challenge, &error))
    {
      oscar_signon_fail_protocol (session, "sign-on challenge", error);
      return;
    }
  oscar_session_set_state (session, OSCAR_STATE_AUTH_LOGIN);
  oscar_signon_step (session, IM_STEP_SECONDS);
  send_login (session, &challenge);
}

static void
send_code (OscarSession *session, const ImSecret *code)
{
  g_auto (ImWriter) body = { 0 };

  oscar_session_set_state (session, OSCAR_STATE_AUTH_LOGIN);
  oscar_signon_start_clock (session);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_bucp_encode_securid_reply (&body, im_secret_peek (code));
  if (oscar_conn_send_snac (session->auth, OSCAR_FG_BUCP,
                            OSCAR_BUCP_SECURID_REPLY, &body,
                            OSCAR_PRIORITY_USER) == 0)
    oscar_signon_fail (session, IM_PROBLEM_WRONG_CODE, NULL);
}

static void
on_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
  OscarSession *session = user;

  switch (OSCAR_SNAC (snac->foodgroup, snac->subtype))
    {
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_BUCP_CHALLENGE):
      handle_challenge (session, &snac->body);
      break;
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_BUCP_LOGIN_REPLY):
      oscar_signon_handle_reply (session, &snac->body);
      break;
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_BUCP_SECURID_REQUEST):
      if (session->state == OSCAR_STATE_AUTH_LOGIN)
        oscar_signon_prompt (session, IM_PROMPT_CODE, NULL, send_code);
      break;
    case OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_SUBTYPE_ERROR):
      oscar_signon_fail (session, IM_PROBLEM_REFUSED_REQUEST, NULL);
      break;
    default:
      break;
    }
}

static void
on_opened (gpointer user, OscarConn *conn)
{
  OscarSession *session = user;
  g_auto (ImWriter) signon = { 0 };
  g_auto (ImWriter) request = { 0 };
  g_autoptr (GBytes) payload = NULL;
  const OscarFlapSignon empty = { .version = 1 };

  oscar_session_set_state (session, OSCAR_STATE_AUTH_CHALLENGE);
  oscar_signon_start_clock (session);
  im_writer_init (&signon, IM_MAX_FLAP_SENT);
  oscar_flap_encode_signon (&signon, &empty);
  payload = im_writer_finish (&signon, NULL);
  oscar_conn_send_flap (conn, OSCAR_FLAP_SIGNON, payload);
  im_writer_init (&request, IM_MAX_FLAP_SENT);
  oscar_bucp_encode_challenge_request (&request, session->settings.name);
  oscar_conn_send_snac (conn, OSCAR_FG_BUCP, OSCAR_BUCP_CHALLENGE_REQUEST,
                        &request, OSCAR_PRIORITY_USER);
  oscar_session_progress (session, IM_STEP_SIGNING_IN);
}

const OscarConnHandlers oscar_signon_bucp_handlers = {
  .opened = on_opened,
  .signon = oscar_signon_on_signon,
  .signoff = oscar_signon_on_signoff,
  .snac = on_snac,
  .closed = oscar_signon_on_closed,
};
