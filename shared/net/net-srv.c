#include "net-srv.h"

#include "net-private.h"
#include "net-proxy.h"

/**
 * ImLookup:
 * @net: its host
 * @cancel: of the question under way
 * @idle: (nullable): will say that there is nothing to ask
 * @func: whom to tell
 * @user: handed to it
 */
struct _ImLookup
{
  NetHost *net;
  GCancellable *cancel;
  GSource *idle;
  ImLookupFunc func;
  gpointer user;
};

static void
lookup_free (gpointer data)
{
  ImLookup *lookup = data;

  net_source_clear (&lookup->idle);
  g_clear_object (&lookup->cancel);
  g_free (lookup);
}

/* Returns: whether somebody still wants to know. @lookup is theirs no more. */
static gboolean
take (NetHost *net, ImLookup *lookup)
{
  return !net->closed && g_hash_table_steal (net->lookups, lookup);
}

static void
tell (ImLookup *lookup, ImLookupOutcome outcome, GList *targets)
{
  g_autoptr (GArray) servers = g_array_new (FALSE, FALSE, sizeof (ImServer));

  for (GList *l = targets; l != NULL; l = l->next)
    {
      ImServer server = { g_srv_target_get_hostname (l->data),
                          g_srv_target_get_port (l->data),
                          g_srv_target_get_priority (l->data) };

      g_array_append_val (servers, server);
    }
  lookup->func (lookup->user, outcome, (const ImServer *)servers->data,
                servers->len);
}

static ImLookupOutcome
outcome_of (GList *targets, const GError *error)
{
  if (targets != NULL)
    return IM_LOOKUP_FOUND;
  if (error == NULL)
    return IM_LOOKUP_REFUSED;
  return g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND)
             ? IM_LOOKUP_NONE
             : IM_LOOKUP_FAILED;
}

typedef struct
{
  NetHost *net;
  ImLookup *lookup; /* dead unless still in the host's set */
} Question;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (NetHost) net = question->net;
  ImLookup *lookup = question->lookup;
  g_autoptr (GError) error = NULL;
  GList *targets = g_resolver_lookup_service_finish (G_RESOLVER (source),
                                                     result, &error);

  g_free (question);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      take (net, lookup))
    {
      tell (lookup, outcome_of (targets, error), targets);
      lookup_free (lookup);
    }
  g_resolver_free_targets (targets);
}

static gboolean
on_nothing_to_ask (gpointer data)
{
  ImLookup *lookup = data;
  g_autoptr (NetHost) net = net_host_ref (lookup->net);

  if (take (net, lookup))
    {
      tell (lookup, IM_LOOKUP_NONE, NULL);
      lookup_free (lookup);
    }
  return G_SOURCE_REMOVE;
}

/* A proxy that resolves names is used so that nobody here learns them. */
static gboolean
may_ask (const NetHost *net)
{
  return !net_proxy_used (&net->proxy) ||
         net->proxy.type == NET_PROXY_SOCKS4;
}

static void
ask (ImLookup *lookup, const char *service, const char *domain)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Question *question = g_new (Question, 1);

  question->net = net_host_ref (lookup->net);
  question->lookup = lookup;
  lookup->cancel = g_cancellable_new ();
  g_resolver_lookup_service_async (resolver, service, "tcp", domain,
                                   lookup->cancel, on_answer, question);
}

ImLookup *
net_srv_lookup (ImHost *host, const char *service, const char *domain,
                ImLookupFunc func, gpointer user)
{
  NetHost *net = (NetHost *)host;
  ImLookup *lookup = g_new0 (ImLookup, 1);
  g_autofree char *spelled = net_proxy_spell (domain);

  lookup->net = net;
  lookup->func = func;
  lookup->user = user;
  if (net->closed)
    {
      net_host_bury (net, lookup, lookup_free);
      return lookup;
    }
  g_hash_table_add (net->lookups, lookup);
  if (spelled != NULL && !g_hostname_is_ip_address (spelled) && may_ask (net))
    ask (lookup, service, spelled);
  else
    lookup->idle = net_source_later (0, on_nothing_to_ask, lookup);
  return lookup;
}

void
net_srv_cancel (ImHost *host, ImLookup *lookup)
{
  NetHost *net = (NetHost *)host;

  if (lookup == NULL || !g_hash_table_steal (net->lookups, lookup))
    return;
  if (lookup->cancel != NULL)
    g_cancellable_cancel (lookup->cancel);
  lookup_free (lookup);
}

void
net_srv_close_all (NetHost *net)
{
  g_autoptr (GPtrArray) lookups = net_host_take_all (net->lookups);

  for (guint i = 0; i < lookups->len; i++)
    {
      ImLookup *lookup = lookups->pdata[i];

      if (lookup->cancel != NULL)
        g_cancellable_cancel (lookup->cancel);
      net_source_clear (&lookup->idle);
      net_host_bury (net, lookup, lookup_free);
    }
}
