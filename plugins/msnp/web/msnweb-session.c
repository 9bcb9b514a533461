#include "msnweb-session-private.h"

#include <string.h>

#include "msnweb-trust.h"

/* In the order in which they say what they have to. */
static const MsnwebPart *const parts[] = {
  &msnweb_presence_part, &msnweb_people_part,  &msnweb_talks_part,
  &msnweb_chats_part,    &msnweb_history_part,
};

/* --- Names -------------------------------------------------------------- */

void
msnweb_address_fold (const char *address, char *ret, gsize size)
{
  g_autofree char *folded = msnweb_address_normalize (address);

  g_strlcpy (ret, folded, size);
}

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
msnweb_session_progress (MsnwebSession *session, ImStep step)
{
  ImEvent event = { .type = IM_EVENT_PROGRESS, .progress = { step, 0 } };

  msnweb_session_emit (session, &event);
}

void
msnweb_session_notice (MsnwebSession *session, ImNotice kind, const char *who,
                       const char *text)
{
  ImEvent event = { .type = IM_EVENT_NOTICE };

  event.notice.kind = kind;
  event.notice.who = who;
  event.notice.text = text;
  msnweb_session_emit (session, &event);
}

/* --- Telling the parts -------------------------------------------------- */

void
msnweb_session_bound (MsnwebSession *session)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts) && !session->gone; i++)
    if (parts[i]->bound != NULL)
      parts[i]->bound (session);
}

void
msnweb_session_online (MsnwebSession *session)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts) && !session->gone; i++)
    if (parts[i]->online != NULL)
      parts[i]->online (session);
}

void
msnweb_session_lost (MsnwebSession *session)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts) && !session->gone; i++)
    if (parts[i]->lost != NULL)
      parts[i]->lost (session);
}

/* --- The end ------------------------------------------------------------ */

static void
stop (MsnwebSession *session)
{
  msnweb_ladder_stop (session);
  if (session->gateway != NULL)
    msnweb_gateway_drop (session->gateway);
}

/* Everything that waits is told first: the last event is the end. */
void
msnweb_session_fail (MsnwebSession *session, const ImFailure *failure)
{
  ImEvent event = { .type = IM_EVENT_CLOSED, .closed = *failure };

  if (session->gone || session->state == MSNWEB_STATE_CLOSED)
    return;
  msnweb_session_ref (session);
  msnweb_session_set_state (session, MSNWEB_STATE_CLOSED);
  stop (session);
  msnweb_commands_lose (session);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i]->over != NULL)
      parts[i]->over (session);
  msnweb_session_emit (session, &event);
  session->gone = TRUE;
  msnweb_session_unref (session);
}

void
msnweb_session_fail_simple (MsnwebSession *session, ImProblem problem,
                            guint code, const char *detail)
{
  ImFailure failure = { .problem = problem, .code = code, .detail = detail };

  msnweb_session_fail (session, &failure);
}

/* --- Life --------------------------------------------------------------- */

static void
copy_settings (MsnwebSettings *settings, const MsnwebConfig *config)
{
  static const char *const none[] = { NULL };

  settings->address = g_strstrip (g_strdup (config->address));
  settings->password = im_secret_ref (config->password);
  settings->gateway = g_strdup (config->gateway);
  settings->roster = g_strdup (config->roster);
  settings->domains = g_strdupv (
      (GStrv) (config->domains != NULL ? config->domains : none));
  settings->auth = config->auth;
  settings->plain = config->plain;
  settings->quirks = config->quirks;
  settings->machine = msnweb_epid_normalize (config->machine);
  settings->place_name = g_strdup (config->place_name);
}

static void
clear_settings (MsnwebSettings *settings)
{
  g_free (settings->address);
  im_secret_unref (settings->password);
  g_free (settings->gateway);
  g_free (settings->roster);
  g_strfreev (settings->domains);
  g_free (settings->machine);
  g_free (settings->place_name);
}

/* Cookies go to the gateway: in the open only on this computer, or where the
 * user has said so. */
static void
make_gateway (MsnwebSession *session)
{
  const MsnwebSettings *settings = &session->settings;
  const MsnwebGatewayConfig config = {
    .url = settings->gateway,
    .domains = (const char *const *) settings->domains,
    .cookies = settings->auth == MSNWEB_AUTH_COOKIES,
    .serial = (settings->quirks & MSNWEB_QUIRK_SERIAL) != 0,
  };
  MsnwebTrust *trust = msnweb_trust_new (config.url, config.domains);

  if (trust != NULL && (settings->plain || msnweb_trust_is_private (trust)))
    session->gateway = msnweb_gateway_new (
        session->host, &config, &msnweb_commands_handlers, session);
  msnweb_trust_free (trust);
}

MsnwebSession *
msnweb_session_new (ImHost *host, const MsnwebConfig *config)
{
  MsnwebSession *session = g_new0 (MsnwebSession, 1);

  g_ref_count_init (&session->refs);
  session->host = host;
  copy_settings (&session->settings, config);
  make_gateway (session);
  session->seen = msnweb_seen_new ();
  msnweb_commands_init (session);
  msnweb_ladder_init (session, config);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i]->init (session, config);
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
  if (!g_ref_count_dec (&session->refs))
    return;
  msnweb_commands_clear (session);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i]->clear (session);
  msnweb_ladder_clear (session);
  msnweb_gateway_free (session->gateway);
  msnweb_seen_free (session->seen);
  clear_settings (&session->settings);
  g_free (session->own);
  g_free (session);
}

void
msnweb_session_start (MsnwebSession *session)
{
  msnweb_session_ref (session);
  msnweb_ladder_start (session);
  msnweb_session_unref (session);
}

/* What was said in this turn still leaves, with the goodbye behind it. */
void
msnweb_session_free (MsnwebSession *session)
{
  g_autoptr (GBytes) farewell = NULL;

  if (session == NULL)
    return;
  session->gone = TRUE;
  if (session->gateway != NULL && msnweb_gateway_is_open (session->gateway))
    {
      farewell = msnweb_commands_farewell (session);
      msnweb_gateway_leave (session->gateway, farewell);
    }
  stop (session);
  msnweb_commands_discard (session);
  msnweb_session_unref (session);
}

gboolean
msnweb_session_is_online (const MsnwebSession *session)
{
  return session->told && !session->gone &&
         session->state != MSNWEB_STATE_CLOSED;
}

gboolean
msnweb_session_is_up (const MsnwebSession *session)
{
  return !session->gone && (session->state == MSNWEB_STATE_STARTING ||
                            session->state == MSNWEB_STATE_ONLINE);
}
