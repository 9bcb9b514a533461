/* SRV records, with a resolver that answers from a table. */

#include "net-support.h"

/* --- a resolver ---------------------------------------------------------- */

typedef GResolver FakeResolver;
typedef GResolverClass FakeResolverClass;

static GType fake_resolver_get_type (void);

G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static guint asked;

static void
fake_lookup_async (GResolver *resolver, const char *name, GCancellable *cancel,
                   GAsyncReadyCallback callback, gpointer user)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancel, callback, user);
  GList *list = NULL;

  asked++;
  if (strcmp (name, "_xmpp-client._tcp.two.example") == 0)
    {
      list = g_list_append (list, g_srv_target_new ("b.example", 5223, 20, 0));
      list = g_list_append (list, g_srv_target_new ("a.example", 5222, 10, 0));
      g_task_return_pointer (task, g_srv_target_list_sort (list), NULL);
    }
  else if (strcmp (name, "_xmpp-client._tcp.refusing.example") == 0)
    {
      list = g_list_append (list, g_srv_target_new (".", 0, 0, 0));
      g_task_return_pointer (task, g_srv_target_list_sort (list), NULL);
    }
  else if (strcmp (name, "_xmpp-client._tcp.silent.example") == 0)
    g_task_return_new_error (task, G_RESOLVER_ERROR,
                             G_RESOLVER_ERROR_TEMPORARY_FAILURE, "silence");
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR,
                             G_RESOLVER_ERROR_NOT_FOUND, "nothing");
}

static GList *
fake_lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  klass->lookup_service_async = fake_lookup_async;
  klass->lookup_service_finish = fake_lookup_finish;
}

static void
fake_resolver_init (FakeResolver *self)
{
}

/* --- what was said ------------------------------------------------------- */

typedef struct
{
  guint calls;
  ImLookupOutcome outcome;
  GString *servers;
} Answer;

static void
note (gpointer user, ImLookupOutcome outcome, const ImServer *servers,
      guint n_servers)
{
  Answer *answer = user;

  answer->calls++;
  answer->outcome = outcome;
  for (guint i = 0; i < n_servers; i++)
    g_string_append_printf (answer->servers, "%s:%u@%u ", servers[i].host,
                            servers[i].port, servers[i].priority);
}

static ImLookup *
look_up (NetOwner *owner, const char *domain, Answer *answer)
{
  answer->servers = g_string_new (NULL);
  return owner->host->ops->srv_lookup (owner->host, "xmpp-client", domain,
                                       note, answer);
}

static void
check (const NetProxy *proxy, const char *domain, ImLookupOutcome outcome,
       const char *servers)
{
  g_autoptr (NetOwner) owner = net_owner_new (proxy, FALSE);
  Answer answer = { 0 };

  look_up (owner, domain, &answer);
  g_assert_cmpuint (answer.calls, ==, 0);
  net_wait (answer.calls > 0);
  net_drain ();
  g_assert_cmpuint (answer.calls, ==, 1);
  g_assert_cmpint (answer.outcome, ==, outcome);
  g_assert_cmpstr (answer.servers->str, ==, servers);
  g_string_free (answer.servers, TRUE);
}

static void
test_answers (void)
{
  check (NULL, "two.example", IM_LOOKUP_FOUND,
         "a.example:5222@10 b.example:5223@20 ");
  check (NULL, "none.example", IM_LOOKUP_NONE, "");
  check (NULL, "refusing.example", IM_LOOKUP_REFUSED, "");
  check (NULL, "silent.example", IM_LOOKUP_FAILED, "");
}

/* Nobody is asked about what has no name, or whose name is the proxy's
 * business. */
static void
test_unasked (void)
{
  const NetProxy tor = { NET_PROXY_TOR, "127.0.0.1", 9050, NULL, NULL };
  const NetProxy socks4 = { NET_PROXY_SOCKS4, "127.0.0.1", 1080, NULL, NULL };
  guint before = asked;

  check (NULL, "192.0.2.7", IM_LOOKUP_NONE, "");
  check (NULL, "not a name", IM_LOOKUP_NONE, "");
  check (&tor, "two.example", IM_LOOKUP_NONE, "");
  g_assert_cmpuint (asked, ==, before);
  check (&socks4, "two.example", IM_LOOKUP_FOUND,
         "a.example:5222@10 b.example:5223@20 ");
}

static void
test_cancel (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  Answer answer = { 0 };
  ImLookup *lookup = look_up (owner, "two.example", &answer);

  owner->host->ops->srv_cancel (owner->host, lookup);
  owner->host->ops->srv_cancel (owner->host, NULL);
  net_drain ();
  g_assert_cmpuint (answer.calls, ==, 0);
  g_string_free (answer.servers, TRUE);
}

static void
test_host_closes (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  Answer early = { 0 };
  Answer late = { 0 };
  ImLookup *lookup = look_up (owner, "two.example", &early);

  net_host_close (g_steal_pointer (&owner->net));
  owner->host->ops->srv_cancel (owner->host, lookup);
  look_up (owner, "192.0.2.7", &late);
  net_drain ();
  g_assert_cmpuint (early.calls + late.calls, ==, 0);
  g_string_free (early.servers, TRUE);
  g_string_free (late.servers, TRUE);
}

int
main (int argc, char **argv)
{
  g_autoptr (GResolver) resolver = g_object_new (fake_resolver_get_type (),
                                                 NULL);

  g_test_init (&argc, &argv, NULL);
  g_resolver_set_default (resolver);
  g_test_add_func ("/net/srv/answers", test_answers);
  g_test_add_func ("/net/srv/unasked", test_unasked);
  g_test_add_func ("/net/srv/cancel", test_cancel);
  g_test_add_func ("/net/srv/host-closes", test_host_closes);
  return g_test_run ();
}
