/* While the user is idle, Google's servers may keep back who comes and goes
 * (google:queue), and hand it over when somebody looks again. Other servers
 * know that by another name, which is the business of gtalk-presence.c. */

#include "gtalk-quiet.h"

#include "gtalk-disco.h"
#include "gtalk-negotiate.h"
#include "gtalk-parts.h"

#define NS_QUEUE "google:queue"

/**
 * GtalkQuiet:
 * @quiet: nobody looks
 * @told: the stream whose server was told so, or %NULL: another one knows of
 *   nothing
 */
struct _GtalkQuiet
{
  gboolean quiet;
  const GtalkStream *told;
};

static void
tell_queue (GtalkSession *session, const char *payload)
{
  gtalk_session_ask (session, NULL, "set", payload, NULL, NULL, NULL);
}

static void
tell (GtalkSession *session, gboolean quiet)
{
  if (gtalk_negotiate_features (session) & GTALK_STREAM_CLIENT_STATE ||
      !gtalk_disco_is_google (session, NS_QUEUE))
    return;
  if (quiet)
    tell_queue (session, "<query xmlns='" NS_QUEUE "'><enable/></query>");
  else
    {
      tell_queue (session, "<query xmlns='" NS_QUEUE "'><disable/></query>");
      tell_queue (session, "<query xmlns='" NS_QUEUE "'><flush/></query>");
    }
  session->quiet->told = quiet ? session->stream : NULL;
}

void
gtalk_quiet_set (GtalkSession *session, gboolean quiet)
{
  GtalkQuiet *state = session->quiet;

  state->quiet = quiet;
  if (session->state != GTALK_STATE_ONLINE || session->stream == NULL)
    return;
  if (quiet != (state->told == session->stream))
    tell (session, quiet);
}

/* A new stream, and still nobody looks. */
static void
features (GtalkSession *session)
{
  if (session->quiet->quiet)
    gtalk_quiet_set (session, TRUE);
}

static void
bound (GtalkSession *session)
{
  session->quiet->told = NULL;
}

static void
init (GtalkSession *session)
{
  session->quiet = g_new0 (GtalkQuiet, 1);
}

static void
clear (GtalkSession *session)
{
  g_clear_pointer (&session->quiet, g_free);
}

const GtalkPart gtalk_quiet_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .features = features,
};
