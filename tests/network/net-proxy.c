/* Proxies: what they are told, and what is never tried without them. */

#include "net-support.h"

/* What the servers want to hear. */
#define USER "us:er@home/%20 é"
#define PASSWORD "p@ss:w/ord%41 ü"

/**
 * Way:
 * @service: the proxy's name among the servers
 * @password: (nullable): what we say to it
 * @line: what it writes down when asked for a name, before the port
 * @tail: ... and after it
 *
 * A proxy that gets the name, so that nobody near us learns where we go.
 */
typedef struct
{
  const char *name;
  NetProxyType type;
  const char *service;
  const char *password;
  const char *line;
  const char *tail;
} Way;

static const Way ways[] = {
  { "leaky/socks4a", NET_PROXY_SOCKS4A, "socks4", "-",
    "socks4 name chat.invalid ", " as " USER },
  { "proxy/socks5", NET_PROXY_SOCKS5, "socks5", NULL,
    "socks5 name chat.invalid ", "" },
  { "proxy/socks5-password", NET_PROXY_SOCKS5, "socks5-password", PASSWORD,
    "socks5 name chat.invalid ", "" },
  { "proxy/tor", NET_PROXY_TOR, "socks5", NULL, "socks5 name chat.invalid ",
    "" },
  { "proxy/http", NET_PROXY_HTTP, "http-proxy", NULL,
    "http CONNECT chat.invalid:", "" },
  { "proxy/http-password", NET_PROXY_HTTP, "http-proxy-password", PASSWORD,
    "http CONNECT chat.invalid:", "" },
};

static NetOwner *
owner_behind (const Way *way)
{
  const NetProxy proxy = {
    .type = way->type,
    .host = "127.0.0.1",
    .port = net_port (way->service),
    .user = way->password != NULL ? USER : NULL,
    .password = way->password,
  };

  g_free (net_servers_log ());
  return net_owner_new (&proxy, TRUE);
}

static void
check_log (const char *expected)
{
  g_autofree char *log = net_servers_log ();

  g_assert_cmpstr (log, ==, expected);
}

static void
check_echo (NetPeer *peer)
{
  net_peer_write (peer, "hello");
  net_wait (peer->closed || net_peer_has (peer, "hello"));
  g_assert_no_error (peer->error);
}

static void
test_name (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (NetOwner) owner = owner_behind (way);
  g_autoptr (NetPeer) peer =
      net_peer_open_to (owner, "chat.invalid", net_port ("echo"), FALSE);
  g_autofree char *line =
      g_strdup_printf ("%s%u%s\n", way->line, net_port ("echo"), way->tail);

  check_echo (peer);
  check_log (line);
}

/* TLS is spoken to the server, not to the proxy. */
static void
test_tls (gconstpointer data)
{
  g_autoptr (NetOwner) owner = owner_behind (data);
  const ImLinkTarget target = { "chat.invalid", net_port ("tls-name"), TRUE,
                                "chat.example" };
  g_autoptr (NetPeer) peer = net_peer_open (owner, &target);

  check_echo (peer);
}

/* SOCKS 4 knows no names: the one proxy that has us ask for them. */
static void
test_socks4 (void)
{
  const Way way = { "", NET_PROXY_SOCKS4, "socks4", NULL, NULL, NULL };
  g_autoptr (NetOwner) owner = owner_behind (&way);
  g_autoptr (NetPeer) peer =
      net_peer_open_to (owner, "localhost", net_port ("echo"), FALSE);
  g_autofree char *line =
      g_strdup_printf ("socks4 address 127.0.0.1 %u as \n", net_port ("echo"));

  check_echo (peer);
  check_log (line);
}

/* --- what goes wrong -------------------------------------------------- */

static void
check_fails (const NetProxy *proxy, const char *host, ImProblem problem)
{
  g_autoptr (NetOwner) owner = net_owner_new (proxy, TRUE);
  g_autoptr (NetPeer) peer =
      net_peer_open_to (owner, host, net_port ("echo"), FALSE);

  g_assert_false (peer->closed);
  net_wait (peer->closed);
  g_assert_error (peer->error, IM_PROBLEM, (int)problem);
  g_assert_cmpuint (peer->opened, ==, 0);
  g_test_message ("%s", peer->error->message);
}

static void
test_fates (void)
{
  static const struct
  {
    NetProxyType type;
    const char *service;
    const char *password;
    const char *host;
    ImProblem problem;
  } rows[] = {
    { NET_PROXY_SOCKS5, "socks5", NULL, "refused.example",
      IM_PROBLEM_CONNECT_REFUSED },
    { NET_PROXY_SOCKS5, "socks5", NULL, "forbidden.example", IM_PROBLEM_PROXY },
    { NET_PROXY_SOCKS5, "socks5-password", "wrong", "x.example",
      IM_PROBLEM_PROXY },
    { NET_PROXY_SOCKS5, "socks5-password", NULL, "x.example",
      IM_PROBLEM_PROXY },
    { NET_PROXY_SOCKS5, "last-words", NULL, "x.example", IM_PROBLEM_PROXY },
    { NET_PROXY_HTTP, "http-proxy", NULL, "forbidden.example",
      IM_PROBLEM_PROXY },
    { NET_PROXY_HTTP, "http-proxy-password", "wrong", "x.example",
      IM_PROBLEM_PROXY },
    { NET_PROXY_HTTP, "last-words", NULL, "x.example", IM_PROBLEM_PROXY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const NetProxy proxy = { rows[i].type, "127.0.0.1",
                               net_port (rows[i].service), USER,
                               rows[i].password };

      check_fails (&proxy, rows[i].host, rows[i].problem);
    }
}

/* A proxy that is not there is the proxy's fault, not the server's. */
static void
test_unreachable (void)
{
  const NetProxy refusing = { NET_PROXY_SOCKS5, "127.0.0.1", 1 };
  const NetProxy nowhere = { NET_PROXY_HTTP, "proxy.invalid", 8080 };

  check_fails (&refusing, "127.0.0.1", IM_PROBLEM_PROXY);
  check_fails (&nowhere, "127.0.0.1", IM_PROBLEM_PROXY);
}

/* Who asked for a proxy and named none is not connected without. */
static void
test_no_host (void)
{
  static const NetProxyType types[] = { NET_PROXY_TOR, NET_PROXY_SOCKS5,
                                        NET_PROXY_SOCKS4, NET_PROXY_HTTP };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const NetProxy unset = { types[i], NULL, 0 };
      const NetProxy empty = { types[i], "", 9050 };
      const NetProxy odd = { types[i], "not a host", 9050 };

      check_fails (&unset, "127.0.0.1", IM_PROBLEM_SETTINGS);
      check_fails (&empty, "127.0.0.1", IM_PROBLEM_SETTINGS);
      check_fails (&odd, "127.0.0.1", IM_PROBLEM_SETTINGS);
    }
}

/* Nor does the environment decide for the user. */
static void
test_environment (void)
{
  g_autoptr (NetOwner) owner = NULL;
  g_autoptr (NetPeer) peer = NULL;

  g_setenv ("all_proxy", "socks5://127.0.0.1:1", TRUE);
  g_setenv ("http_proxy", "http://127.0.0.1:1", TRUE);
  owner = net_owner_new (NULL, FALSE);
  peer = net_peer_open_to (owner, "localhost", net_port ("echo"), FALSE);
  check_echo (peer);
  g_unsetenv ("all_proxy");
  g_unsetenv ("http_proxy");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  net_servers_start ();
  net_trust_authority ();
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *name = g_strdup_printf ("/net/%s-name", ways[i].name);
      g_autofree char *tls = g_strdup_printf ("/net/%s-tls", ways[i].name);

      g_test_add_data_func (name, &ways[i], test_name);
      g_test_add_data_func (tls, &ways[i], test_tls);
    }
  g_test_add_func ("/net/leaky/socks4", test_socks4);
  g_test_add_func ("/net/proxy/fates", test_fates);
  g_test_add_func ("/net/proxy/unreachable", test_unreachable);
  g_test_add_func ("/net/proxy/no-host", test_no_host);
  g_test_add_func ("/net/proxy/environment", test_environment);
  result = g_test_run ();
  net_servers_stop ();
  return result;
}
