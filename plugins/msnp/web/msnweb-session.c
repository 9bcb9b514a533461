#include "msnweb-session-private.h"

/* --- Reporting ---------------------------------------------------------- */

static const char *const state_names[] = {
  "new", "signing in", "opening", "starting", "online", "lost", "closed",
};

G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == MSNWEB_STATE_CLOSED + 1);

void
msnweb_session_set_state (MsnwebSession *session, MsnwebState state)
{
  if (session->state == state)
    return;
  im_host_debug (session->host, "msnweb: %s -> %s",
                 state_names[session->state], state_names[state]);
  session->state = state;
}

void
msnweb_session_emit (MsnwebSession *session, const ImEvent *event)
{
  if (!session->gone)
    session->host->ops->event (session->host, event);
}

void
msnweb_session_fail (MsnwebSession *session, const ImFailure *failure)
{
  ImEvent event = { .type = IM_EVENT_CLOSED, .closed = *failure };

  if (session->gone)
    return;
  msnweb_session_ref (session);
  msnweb_session_set_state (session, MSNWEB_STATE_CLOSED);
  msnweb_session_emit (session, &event);
  session->gone = TRUE;
  msnweb_session_unref (session);
}

/* --- Life --------------------------------------------------------------- */

MsnwebSession *
msnweb_session_new (ImHost *host, const MsnwebConfig *config)
{
  MsnwebSession *session = g_new0 (MsnwebSession, 1);

  g_ref_count_init (&session->refs);
  session->host = host;
  return session;
}

MsnwebSession *
msnweb_session_ref (MsnwebSession *session)
{
  g_ref_count_inc (&session->refs);
  return session;
}

void
msnweb_session_unref (MsnwebSession *session)
{
  if (g_ref_count_dec (&session->refs))
    g_free (session);
}

void
msnweb_session_start (MsnwebSession *session)
{
}

void
msnweb_session_free (MsnwebSession *session)
{
  if (session == NULL)
    return;
  session->gone = TRUE;
  msnweb_session_unref (session);
}

gboolean
msnweb_session_is_online (const MsnwebSession *session)
{
  return !session->gone && (session->state == MSNWEB_STATE_ONLINE ||
                            session->state == MSNWEB_STATE_LOST);
}
