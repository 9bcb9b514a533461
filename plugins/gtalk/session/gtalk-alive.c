/* A link on which nothing was said for a while is looked after: routers forget
 * it, and servers that are gone do not say so. Where the server counts stanzas
 * it is asked how far it is; else it is pinged, and any answer will do. */

#include "gtalk-parts.h"
#include "gtalk-resume.h"

#define PING "<ping xmlns='urn:xmpp:ping'/>"

/**
 * GtalkAlive:
 * @timer: (nullable): looks at the link when it fires
 */
struct _GtalkAlive
{
  ImTimer *timer;
};

static void on_time (gpointer user);

static void
wait_until (GtalkSession *session, gint64 due_ms)
{
  const ImHostOps *ops = session->host->ops;
  gint64 left = due_ms - ops->monotonic_ms (session->host);

  if (session->alive->timer != NULL)
    ops->timer_cancel (session->host, session->alive->timer);
  session->alive->timer = ops->timer_add (
      session->host, (guint) CLAMP (left, 1000, IM_KEEPALIVE_SECONDS * 1000),
      on_time, session);
}

/* Which link it was is not told: if there is another by now, that one was
 * resumed and does not mind. */
static void
on_pong (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (stanza == NULL && !session->gone &&
      session->state == GTALK_STATE_ONLINE)
    gtalk_session_lost (session, IM_PROBLEM_TIMED_OUT, NULL);
}

static void
on_time (gpointer user)
{
  GtalkSession *session = user;
  gint64 now = session->host->ops->monotonic_ms (session->host);
  gint64 due = now;

  session->alive->timer = NULL;
  if (session->stream != NULL && session->state == GTALK_STATE_ONLINE)
    {
      due = gtalk_stream_last_sent_ms (session->stream) +
            IM_KEEPALIVE_SECONDS * 1000;
      if (due <= now && gtalk_resume_is_counting (session))
        gtalk_resume_probe (session);
      else if (due <= now)
        gtalk_session_ask (session, NULL, "get", PING, on_pong, NULL, NULL);
    }
  wait_until (session, due > now ? due : now + IM_KEEPALIVE_SECONDS * 1000);
}

static void
online (GtalkSession *session)
{
  wait_until (session, session->host->ops->monotonic_ms (session->host) +
                           IM_KEEPALIVE_SECONDS * 1000);
}

static void
init (GtalkSession *session)
{
  session->alive = g_new0 (GtalkAlive, 1);
}

static void
clear (GtalkSession *session)
{
  if (session->alive == NULL)
    return;
  if (session->alive->timer != NULL)
    session->host->ops->timer_cancel (session->host, session->alive->timer);
  g_clear_pointer (&session->alive, g_free);
}

const GtalkPart gtalk_alive_part = {
  .init = init,
  .clear = clear,
  .online = online,
};
