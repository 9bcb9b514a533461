/* Which server the sign-on's link goes to, and what to do when it ends. */

#include "msnp-ladder.h"

#include <string.h>

#include "msnp-gateway.h"

static gboolean
is_unreachable (const GError *error)
{
  return error != NULL && error->domain == IM_PROBLEM &&
         (error->code == IM_PROBLEM_HOST_NOT_FOUND ||
          error->code == IM_PROBLEM_CONNECT_REFUSED ||
          error->code == IM_PROBLEM_UNREACHABLE ||
          error->code == IM_PROBLEM_TIMED_OUT);
}

static gboolean
is_hang_up (const GError *error)
{
  return error == NULL ||
         g_error_matches (error, IM_PROBLEM, IM_PROBLEM_LOST);
}

static gboolean
try_gateway (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;

  if (settings->connection != MSNP_CONNECTION_HTTP_IF_BLOCKED ||
      session->gateway != NULL || settings->gateway == NULL)
    return FALSE;
  im_host_debug (session->host, "msnp: blocked, going through the gateway");
  session->gateway = msnp_gateway_new (session->host, settings->gateway);
  session->link_host = session->gateway;
  msnp_ladder_go_to_settings (session);
  msnp_ladder_begin (session);
  return TRUE;
}

static void
fail_link (MsnpSession *session, const GError *error)
{
  ImProblem problem = IM_PROBLEM_LOST;

  if (error != NULL && error->domain == IM_PROBLEM)
    problem = (ImProblem) error->code;
  if (session->ladder->sent_away && is_unreachable (error) &&
      session->state == MSNP_STATE_CONNECTING)
    problem = IM_PROBLEM_ADVERTISED_HOST;
  msnp_ladder_fail (session, problem, 0, error != NULL ? error->message : NULL);
}

static gboolean
recover_connecting (MsnpSession *session, const GError *error)
{
  if (!is_unreachable (error))
    return FALSE;
  if (session->ladder->at_home)
    {
      msnp_ladder_go_to_settings (session);
      msnp_ladder_begin (session);
      return TRUE;
    }
  return try_gateway (session);
}

void
msnp_signon_ns_closed (MsnpSession *session, const GError *error)
{
  MsnpLadder *ladder = session->ladder;

  if (session->state == MSNP_STATE_CONNECTING &&
      recover_connecting (session, error))
    return;
  if (session->state == MSNP_STATE_VERSION && error == NULL &&
      ladder->careful && session->version == 0)
    {
      msnp_ladder_step_down (session);
      return;
    }
  if (session->state > MSNP_STATE_CONNECTING && !ladder->accepted &&
      is_hang_up (error) && msnp_ladder_try_in_steps (session))
    return;
  fail_link (session, error);
}

static void
open_link (MsnpSession *session)
{
  const MsnpServer *here = &session->ladder->here;
  ImLinkTarget target = { .host = here->host, .port = here->port };

  msnp_ladder_step (session, MSNP_STATE_CONNECTING, IM_STEP_SECONDS);
  session->ns =
      msnp_conn_open (session->link_host, &target, &msnp_ns_handlers, session);
}

void
msnp_ladder_begin (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  msnp_conn_close (g_steal_pointer (&session->ns));
  session->version = 0;
  ladder->accepted = FALSE;
  ladder->lists_done = FALSE;
  ladder->announced = FALSE;
  open_link (session);
}

/* --- Beginning ---------------------------------------------------------- */

static gboolean
begins_with_http (const char *url)
{
  return url != NULL && g_ascii_strncasecmp (url, "http:", 5) == 0;
}

/* Nothing that carries a password or a ticket may go unencrypted then. */
static gboolean
check_security (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;
  const char *const urls[] = { settings->nexus, settings->rst,
                               settings->address_book, settings->sharing,
                               settings->oim, settings->oim_store };

  if (settings->security != MSNP_SECURITY_REQUIRED)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    if (begins_with_http (urls[i]))
      {
        msnp_session_fail_simple (session, IM_PROBLEM_TLS_NOT_OFFERED, 0,
                                  urls[i]);
        return FALSE;
      }
  return TRUE;
}

static char *
host_of (const char *url)
{
  char *host = NULL;

  if (url != NULL)
    g_uri_split (url, G_URI_FLAGS_NONE, NULL, NULL, &host, NULL, NULL, NULL,
                 NULL, NULL);
  return host;
}

/* The two services of the list are asked at the same moment, for which there
 * have to be two connections; the one that brings the tickets is one if it
 * goes to the same place. */
static void
open_services_ahead (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;
  g_autofree char *rst = host_of (settings->rst);
  g_autofree char *sharing = host_of (settings->sharing);

  if (g_strcmp0 (rst, sharing) != 0)
    im_host_http_ahead (session->host, settings->sharing);
  im_host_http_ahead (session->host, settings->address_book);
}

/* What can be done before the server was asked anything. */
static void
begin_ahead (MsnpSession *session)
{
  guint version = msnp_ladder_guess_version (session);

  if (msnp_ladder_is_careful (session) || version < 8)
    return;
  msnp_tickets_prepare (session, version,
                        msnp_ladder_predict_policy (session, version));
  if (version >= 13)
    open_services_ahead (session);
}

void
msnp_signon_start (MsnpSession *session)
{
  const MsnpSettings *settings = &session->settings;

  if (!check_security (session))
    return;
  msnp_session_progress (session, IM_STEP_CONNECTING);
  if (session->gone)
    return;
  if (settings->connection == MSNP_CONNECTION_HTTP &&
      settings->gateway != NULL)
    {
      session->gateway = msnp_gateway_new (session->host, settings->gateway);
      session->link_host = session->gateway;
    }
  msnp_ladder_start_clock (session);
  msnp_ladder_choose_server (session);
  msnp_ladder_begin (session);
  begin_ahead (session);
}
