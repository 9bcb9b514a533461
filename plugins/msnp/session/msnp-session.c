#include "msnp-session-private.h"

#include <string.h>

#include "msnp-gateway.h"

/* --- Names -------------------------------------------------------------- */

/* Hosts compare addresses all the time. */
void
msnp_address_fold (const char *address, char *ret, gsize size)
{
  gsize len;

  while (g_ascii_isspace (*address))
    address++;
  for (len = 0; address[len] != '\0' && len < size - 1; len++)
    ret[len] = address[len] >= 'A' && address[len] <= 'Z'
                   ? (char) (address[len] | 0x20)
                   : address[len];
  while (len > 0 && g_ascii_isspace (ret[len - 1]))
    len--;
  ret[len] = '\0';
}

char *
msnp_address_normalize (const char *address)
{
  gsize size = strlen (address) + 1;
  char *folded = g_malloc (size);

  msnp_address_fold (address, folded, size);
  return folded;
}

/* --- Reporting ---------------------------------------------------------- */

static const char *const state_names[] = {
  "new",     "connecting", "version",    "tickets", "signing in",
  "lists",   "announcing", "online",     "closed",
};

G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == MSNP_STATE_CLOSED + 1);

void
msnp_session_set_state (MsnpSession *session, MsnpState state)
{
  if (session->state == state)
    return;
  im_host_debug (session->host, "msnp: %s -> %s", state_names[session->state],
                 state_names[state]);
  session->state = state;
}

void
msnp_session_emit (MsnpSession *session, const ImEvent *event)
{
  if (!session->gone)
    session->host->ops->event (session->host, event);
}

void
msnp_session_progress (MsnpSession *session, ImStep step)
{
  ImEvent event = { .type = IM_EVENT_PROGRESS, .progress = { step, 0 } };

  msnp_session_emit (session, &event);
}

void
msnp_session_notice (MsnpSession *session, ImNotice kind, const char *who,
                     const char *text)
{
  ImEvent event = { .type = IM_EVENT_NOTICE };

  event.notice.kind = kind;
  event.notice.who = who;
  event.notice.text = text;
  msnp_session_emit (session, &event);
}

/* --- The end ------------------------------------------------------------ */

static void
stop (MsnpSession *session)
{
  msnp_signon_stop (session);
  msnp_tickets_discard (session);
  msnp_conn_close (g_steal_pointer (&session->ns));
}

/* Never while a part is at work. The gateway goes last: the others close links
 * of it. */
static void
clear_parts (MsnpSession *session)
{
  msnp_talks_clear (session);
  msnp_chats_clear (session);
  msnp_oim_clear (session);
  msnp_contacts_clear (session);
  msnp_lists_clear (session);
  msnp_mailbox_clear (session);
  msnp_own_clear (session);
  msnp_tickets_clear (session);
  session->link_host = session->host;
  g_clear_pointer (&session->gateway, msnp_gateway_free);
}

void
msnp_session_fail (MsnpSession *session, const ImFailure *failure)
{
  ImEvent event = { .type = IM_EVENT_CLOSED, .closed = *failure };

  if (session->gone)
    return;
  msnp_session_ref (session);
  msnp_session_set_state (session, MSNP_STATE_CLOSED);
  msnp_talks_abandon (session);
  msnp_session_emit (session, &event);
  if (!session->gone)
    {
      session->gone = TRUE;
      stop (session);
    }
  msnp_session_unref (session);
}

void
msnp_session_fail_simple (MsnpSession *session, ImProblem problem, guint code,
                          const char *detail)
{
  ImFailure failure = {
    .problem = problem, .code = code, .detail = detail,
    .host = session->settings.server, .port = session->settings.port,
  };

  msnp_session_fail (session, &failure);
}

/* --- Life --------------------------------------------------------------- */

static void
copy_services (MsnpSettings *settings, const MsnpServices *services)
{
  settings->nexus = g_strdup (services->nexus);
  settings->rst = g_strdup (services->rst);
  settings->address_book = g_strdup (services->address_book);
  settings->sharing = g_strdup (services->sharing);
  settings->oim = g_strdup (services->oim);
  settings->oim_store = g_strdup (services->oim_store);
  settings->gateway = g_strdup (services->gateway);
}

static void
copy_settings (MsnpSettings *settings, const MsnpConfig *config)
{
  static const char *const none[] = { NULL };
  const char *const *domains =
      config->domains != NULL ? config->domains : none;

  settings->address = msnp_address_normalize (config->address);
  settings->spelling = g_strstrip (g_strdup (config->address));
  settings->password = im_secret_ref (config->password);
  settings->server = g_strdup (config->server);
  settings->port = config->port;
  settings->security = config->security;
  settings->domains = g_strdupv ((GStrv) domains);
  settings->version = config->version;
  settings->connection = config->connection;
  settings->places = config->places;
  settings->machine =
      config->machine != NULL ? g_ascii_strdown (config->machine, -1) : NULL;
  settings->quirks = config->quirks;
  settings->place_name = g_strdup (config->place_name);
  copy_services (settings, &config->services);
}

static void
clear_settings (MsnpSettings *settings)
{
  g_free (settings->address);
  g_free (settings->spelling);
  im_secret_unref (settings->password);
  g_free (settings->server);
  g_strfreev (settings->domains);
  g_free (settings->machine);
  g_free (settings->nexus);
  g_free (settings->rst);
  g_free (settings->address_book);
  g_free (settings->sharing);
  g_free (settings->oim);
  g_free (settings->oim_store);
  g_free (settings->gateway);
  g_free (settings->place_name);
}

MsnpSession *
msnp_session_new (ImHost *host, const MsnpConfig *config)
{
  MsnpSession *session = g_new0 (MsnpSession, 1);

  g_ref_count_init (&session->refs);
  session->host = host;
  session->link_host = host;
  copy_settings (&session->settings, config);
  session->people = msnp_people_new ();
  msnp_tickets_init (session);
  msnp_signon_init (session, config->home);
  msnp_own_init (session, config);
  msnp_lists_init (session);
  msnp_contacts_init (session);
  msnp_talks_init (session);
  msnp_chats_init (session);
  msnp_oim_init (session, config->shown);
  msnp_mailbox_init (session);
  return session;
}

MsnpSession *
msnp_session_ref (MsnpSession *session)
{
  g_ref_count_inc (&session->refs);
  return session;
}

void
msnp_session_unref (MsnpSession *session)
{
  if (!g_ref_count_dec (&session->refs))
    return;
  msnp_signon_clear (session);
  msnp_people_free (session->people);
  clear_settings (&session->settings);
  g_free (session);
}

void
msnp_session_start (MsnpSession *session)
{
  msnp_session_ref (session);
  msnp_signon_start (session);
  msnp_session_unref (session);
}

/* Servers tell our watchers at once when we say goodbye, and after a while
 * when the link just ends. */
void
msnp_session_free (MsnpSession *session)
{
  if (session == NULL)
    return;
  session->gone = TRUE;
  if (session->ns != NULL && session->state >= MSNP_STATE_LISTS)
    {
      msnp_lists_leave (session);
      msnp_encode (msnp_conn_writer (session->ns), "OUT", 0, NULL);
    }
  stop (session);
  clear_parts (session);
  msnp_session_unref (session);
}

gboolean
msnp_session_is_online (const MsnpSession *session)
{
  return session->state == MSNP_STATE_ONLINE && !session->gone;
}

guint
msnp_session_version (const MsnpSession *session)
{
  return session->version;
}
