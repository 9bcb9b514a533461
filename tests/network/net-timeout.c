/* How long we wait for what does not come, and that a link which is merely
 * quiet is not taken for one of those. All of it at the same time. */

#include "im-limits.h"
#include "net-support.h"

static void
check_timed_out (NetPeer *peer, gint64 seconds, gint64 since)
{
  gint64 waited;

  while (!peer->closed)
    g_main_context_iteration (NULL, TRUE);
  waited = (g_get_monotonic_time () - since) / G_USEC_PER_SEC;
  g_assert_error (peer->error, IM_PROBLEM, IM_PROBLEM_TIMED_OUT);
  g_assert_cmpint (waited, >=, seconds - 1);
  g_assert_cmpint (waited, <=, seconds + 5);
}

static void
test_all (void)
{
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  const NetProxy silent = { NET_PROXY_SOCKS5, "127.0.0.1", net_port ("mute") };
  g_autoptr (NetOwner) behind = net_owner_new (&silent, FALSE);
  g_autoptr (NetPeer) quiet =
      net_peer_open_to (owner, "127.0.0.1", net_port ("echo"), FALSE);
  g_autoptr (NetPeer) quiet_tls =
      net_peer_open_to (owner, "127.0.0.1", net_port ("tls-good"), TRUE);
  g_autoptr (NetPeer) no_answer =
      net_peer_open_to (owner, "127.0.0.1", net_port ("full"), FALSE);
  g_autoptr (NetPeer) no_handshake =
      net_peer_open_to (owner, "127.0.0.1", net_port ("mute"), TRUE);
  g_autoptr (NetPeer) no_proxy =
      net_peer_open_to (behind, "127.0.0.1", net_port ("echo"), FALSE);

  net_wait (quiet->opened == 1 && quiet_tls->opened == 1);
  check_timed_out (no_answer, IM_CONNECT_SECONDS, begun);
  check_timed_out (no_handshake, IM_TLS_SECONDS, begun);
  check_timed_out (no_proxy, IM_CONNECT_SECONDS, begun);

  /* GIO's timeout for connecting would have ended these by now. */
  net_wait (g_get_monotonic_time () >
            begun + (IM_CONNECT_SECONDS + 2) * G_USEC_PER_SEC);
  net_peer_write (quiet, "still there");
  net_peer_write (quiet_tls, "still there");
  net_wait (net_peer_has (quiet, "still there") &&
            net_peer_has (quiet_tls, "still there"));
}

static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  g_assert_error (error, IM_PROBLEM, IM_PROBLEM_TIMED_OUT);
  *(gboolean *)user = TRUE;
}

static void
test_http (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  gint64 begun = g_get_monotonic_time ();
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:%u/silence", net_port ("http"));
  const ImHttpRequest request = { .method = "GET", .url = url };
  gboolean answered = FALSE;

  owner->host->ops->http_send (owner->host, &request, on_answer, &answered);
  while (!answered)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=,
                   (IM_HTTP_SECONDS - 1) * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  net_servers_start ();
  net_trust_authority ();
  g_test_add_func ("/net/timeout/links", test_all);
  if (g_test_slow ())
    g_test_add_func ("/net/timeout/http", test_http);
  result = g_test_run ();
  net_servers_stop ();
  return result;
}
