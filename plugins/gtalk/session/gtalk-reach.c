/* Which server: what the settings name, or the domain's SRV records, in their
 * order, until one can be connected to.
 *
 *   _xmpps-client, _xmpp-client (asked together)
 *      found ──► each target by priority ──► TLS at once, or STARTTLS
 *      none  ──► the domain itself, port 5222
 *      refused by all there are ──► the domain offers no chat
 */

#include "gtalk-reach.h"

#include <stdlib.h>
#include <string.h>

#include "gtalk-negotiate.h"
#include "gtalk-session-private.h"

#define PORT 5222
#define PORT_TLS 5223

/* More than any domain names; each may take its time. */
#define MAX_TARGETS 12

typedef struct
{
  char *host;
  guint16 port;
  guint16 priority;
  gboolean tls;
} Target;

/**
 * GtalkReach:
 * @lookups: of either service, while asked
 * @outcomes: what came of it
 * @targets: (element-type Target): where to try, in this order
 * @next: which of them is next
 * @error: (nullable): why the last one failed
 */
struct _GtalkReach
{
  ImLookup *lookups[2];
  ImLookupOutcome outcomes[2];
  GArray *targets;
  guint next;
  GError *error;
};

static const char *const services[] = { "xmpps-client", "xmpp-client" };

static void
target_clear (gpointer data)
{
  g_free (((Target *) data)->host);
}

void
gtalk_reach_clear (GtalkSession *session)
{
  GtalkReach *reach = g_steal_pointer (&session->reach);

  if (reach == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (reach->lookups); i++)
    if (reach->lookups[i] != NULL)
      session->host->ops->srv_cancel (session->host, reach->lookups[i]);
  g_array_unref (reach->targets);
  g_clear_error (&reach->error);
  g_free (reach);
}

static void
add_target (GtalkReach *reach, const char *host, guint16 port,
            guint16 priority, gboolean tls)
{
  Target target = { g_strdup (host), port, priority, tls };

  g_array_append_val (reach->targets, target);
}

/* --- trying -------------------------------------------------------------- */

static void
try_target (GtalkSession *session, const Target *target)
{
  const char *domain = gtalk_session_domain (session);
  const ImLinkTarget link = {
    .host = target->host,
    .port = target->port,
    .tls = target->tls,
    .verify_name = domain,
    .alpn = "xmpp-client",
    .prompt_acks = TRUE,
  };

  gtalk_negotiate_connect (session, &link);
}

static void
give_up (GtalkSession *session)
{
  GtalkReach *reach = session->reach;
  const Target *last =
      &g_array_index (reach->targets, Target, reach->targets->len - 1);
  g_autofree char *host = g_strdup (last->host);
  g_autoptr (GError) error = g_steal_pointer (&reach->error);
  ImFailure failure = {
    .problem = (ImProblem) error->code,
    .host = host,
    .port = last->port,
    .detail = error->message,
  };

  gtalk_session_fail (session, &failure);
}

gboolean
gtalk_reach_next (GtalkSession *session, const GError *error)
{
  GtalkReach *reach = session->reach;

  if (error != NULL)
    {
      g_clear_error (&reach->error);
      reach->error = g_error_copy (error);
    }
  if (reach->next < reach->targets->len)
    {
      try_target (session,
                  &g_array_index (reach->targets, Target, reach->next++));
      return TRUE;
    }
  /* A session that was lost is tried to be found for a while. */
  if (error != NULL && session->state != GTALK_STATE_RESUMING)
    give_up (session);
  return FALSE;
}

/* --- names --------------------------------------------------------------- */

static int
by_priority (gconstpointer a, gconstpointer b)
{
  const Target *first = a;
  const Target *second = b;

  return (int) first->priority - (int) second->priority;
}

/* Both kinds of records are one set; where priorities are the same, TLS from
 * the first byte costs a round trip less. */
static void
names_known (GtalkSession *session)
{
  GtalkReach *reach = session->reach;

  if (reach->targets->len > 0)
    g_array_sort (reach->targets, by_priority);
  else if (reach->outcomes[0] == IM_LOOKUP_REFUSED &&
           reach->outcomes[1] == IM_LOOKUP_REFUSED)
    {
      gtalk_session_fail_simple (session, IM_PROBLEM_UNAVAILABLE,
                                 "the domain says that it offers no chat");
      return;
    }
  else
    add_target (reach, gtalk_session_domain (session),
                session->settings.security == GTALK_SECURITY_DIRECT ? PORT_TLS
                                                                    : PORT,
                0, session->settings.security == GTALK_SECURITY_DIRECT);
  gtalk_reach_next (session, NULL);
}

static void
answered (GtalkSession *session, guint service, ImLookupOutcome outcome,
          const ImServer *servers, guint n_servers)
{
  GtalkReach *reach = session->reach;

  reach->lookups[service] = NULL;
  reach->outcomes[service] = outcome;
  for (guint i = 0;
       i < n_servers && reach->targets->len < MAX_TARGETS * (service + 1); i++)
    add_target (reach, servers[i].host, servers[i].port, servers[i].priority,
                service == 0);
  if (reach->lookups[0] == NULL && reach->lookups[1] == NULL)
    names_known (session);
}

static void
on_tls_servers (gpointer user, ImLookupOutcome outcome,
                const ImServer *servers, guint n_servers)
{
  answered (user, 0, outcome, servers, n_servers);
}

static void
on_servers (gpointer user, ImLookupOutcome outcome, const ImServer *servers,
            guint n_servers)
{
  answered (user, 1, outcome, servers, n_servers);
}

static void
look_up (GtalkSession *session)
{
  static const ImLookupFunc funcs[] = { on_tls_servers, on_servers };
  const ImHostOps *ops = session->host->ops;
  GtalkReach *reach = session->reach;

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      reach->outcomes[i] = IM_LOOKUP_NONE;
      /* The settings may rule one of them out. */
      if ((i == 0 && session->settings.security == GTALK_SECURITY_OFF) ||
          (i == 1 && session->settings.security == GTALK_SECURITY_DIRECT))
        continue;
      reach->lookups[i] = ops->srv_lookup (session->host, services[i],
                                           gtalk_session_domain (session),
                                           funcs[i], session);
    }
}

void
gtalk_reach_start (GtalkSession *session)
{
  const GtalkSettings *settings = &session->settings;
  gboolean direct = settings->security == GTALK_SECURITY_DIRECT;

  gtalk_reach_clear (session);
  session->reach = g_new0 (GtalkReach, 1);
  session->reach->targets = g_array_new (FALSE, FALSE, sizeof (Target));
  g_array_set_clear_func (session->reach->targets, target_clear);
  if (settings->server != NULL)
    {
      guint16 usual = direct ? PORT_TLS : PORT;

      add_target (session->reach, settings->server,
                  settings->port != 0 ? settings->port : usual, 0, direct);
      gtalk_reach_next (session, NULL);
    }
  else if (session->host->ops->srv_lookup != NULL)
    look_up (session);
  else
    names_known (session);
}
