/* The oldest sign-on: name and roasted password in the very first frame. The
 * answer comes in the SIGNOFF that ends the connection.
 *
 * Roasting hides a password from nobody who reads the line, so this happens
 * only if the user or the network's description asks for it. */

#include "oscar-signon-private.h"

#include <string.h>

#include "auth-oscar-roast.h"

static GBytes *
roast (const ImSecret *password)
{
  const char *typed = im_secret_peek (password);
  gsize len = strlen (typed);
  guint8 *roasted = g_malloc (len + 1);

  auth_oscar_roast (AUTH_OSCAR_ROAST_FLAP, typed, len, roasted);
  return g_bytes_new_take (roasted, len);
}

static void
on_opened (gpointer user, OscarConn *conn)
{
  OscarSession *session = user;
  g_autoptr (GBytes) roasted = roast (session->settings.password);
  OscarFlapSignon signon = {
    .version = 1,
    .name = session->settings.name,
    .roasted = roasted,
    .multi = oscar_session_multi (session),
  };
  g_auto (ImWriter) writer = { 0 };
  g_autoptr (GBytes) payload = NULL;

  oscar_session_set_state (session, OSCAR_STATE_AUTH_LOGIN);
  oscar_signon_start_clock (session);
  oscar_session_client_id (session, &signon.client);
  im_writer_init (&writer, IM_MAX_FLAP_SENT);
  oscar_flap_encode_signon (&writer, &signon);
  payload = im_writer_finish (&writer, NULL);
  if (payload == NULL)
    {
      oscar_signon_fail (session, IM_PROBLEM_SETTINGS,
                         "the user name or the password is too long");
      return;
    }
  oscar_conn_send_flap (conn, OSCAR_FLAP_SIGNON, payload);
  oscar_session_progress (session, IM_STEP_SIGNING_IN);
}

/* Open OSCAR Server refuses in a SNAC those it has seen use BUCP before. */
static void
on_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
  if (OSCAR_SNAC (snac->foodgroup, snac->subtype) ==
      OSCAR_SNAC (OSCAR_FG_BUCP, OSCAR_BUCP_LOGIN_REPLY))
    oscar_signon_handle_reply (user, &snac->body);
}

const OscarConnHandlers oscar_signon_flap_handlers = {
  .opened = on_opened,
  .signon = oscar_signon_on_signon,
  .signoff = oscar_signon_on_signoff,
  .snac = on_snac,
  .closed = oscar_signon_on_closed,
};
