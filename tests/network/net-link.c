/* Links: what comes, what goes, how they end; the same with TLS as without. */

#include "net-support.h"

/* A way to talk to the servers. */
typedef struct
{
  gboolean tls;
  const char *prefix; /* of the servers' names */
} Way;

static const Way plain = { FALSE, "" };
static const Way with_tls = { TRUE, "tls-" };

static NetPeer *
open_to (NetOwner *owner, const Way *way, const char *name)
{
  g_autofree char *full = g_strconcat (way->prefix, name, NULL);

  return net_peer_open_to (owner, "127.0.0.1", net_port (full), way->tls);
}

static void
test_echo (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "echo");

  g_assert_cmpuint (peer->opened, ==, 0);
  net_wait (peer->opened == 1);
  net_peer_write (peer, "hello ");
  net_peer_write (peer, "there");
  net_wait (net_peer_has (peer, "hello there"));
  g_assert_false (peer->closed);
}

static void
test_by_name (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer =
      net_peer_open_to (owner, "localhost", net_port ("echo"), FALSE);

  net_wait (peer->opened == 1);
}

/* Bytes a session writes before the link is open are not lost. */
static void
test_write_early (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "echo");

  net_peer_write (peer, "early");
  net_wait (net_peer_has (peer, "early"));
  g_assert_cmpuint (peer->opened, ==, 1);
}

static void
test_pieces (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "pieces");

  for (guint i = 1; i <= strlen ("in little pieces"); i++)
    {
      net_peer_write (peer, ".");
      net_wait (peer->got->len == i);
    }
  net_wait (peer->closed);
  g_assert_true (net_peer_has (peer, "in little pieces"));
}

static void
check_counting (NetPeer *peer)
{
  g_assert_cmpuint (peer->got->len, ==, 4000000);
  for (guint32 i = 0; i < 1000000; i++)
    {
      guint32 number;

      memcpy (&number, peer->got->data + 4 * i, 4);
      g_assert_cmpuint (GUINT32_FROM_BE (number), ==, i);
    }
}

static void
test_burst (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "counting");

  net_wait (peer->closed);
  g_assert_no_error (peer->error);
  check_counting (peer);
  g_assert_cmpuint (peer->largest, <=, 16 * 1024);
}

/* Holding stops the flow within the call, and nothing of it is lost. */
static void
test_hold (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "counting");
  ImHost *host = owner->host;

  while (!peer->closed)
    {
      guint had;

      host->ops->link_hold (host, peer->link, TRUE);
      had = peer->got->len;
      net_drain ();
      g_assert_cmpuint (peer->got->len, ==, had);
      g_assert_false (peer->closed);
      host->ops->link_hold (host, peer->link, FALSE);
      net_wait (peer->closed || peer->got->len >= had + 300000);
    }
  g_assert_no_error (peer->error);
  check_counting (peer);
}

static void
test_slow_reader (gconstpointer way)
{
  const gsize size = 5 * 1024 * 1024;
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "digest");
  g_autofree guint8 *data = g_malloc (size);
  g_autofree char *digest = NULL;
  guint64 head = GUINT64_TO_BE (size);
  ImHost *host = owner->host;

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)(i * 7 + i / 251);
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
  net_wait (peer->opened == 1);
  host->ops->link_write (host, peer->link, &head, sizeof head);
  /* A large part, then one far too small to be sent alone each. */
  host->ops->link_write (host, peer->link, data, size / 2);
  for (gsize at = size / 2; at < size; at += 1024)
    host->ops->link_write (host, peer->link, data + at, MIN (1024, size - at));
  memset (data, 0, size);
  net_wait (peer->closed);
  g_assert_true (net_peer_has (peer, digest));
}

static void
test_last_words (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "last-words");

  net_wait (peer->closed);
  g_assert_no_error (peer->error);
  g_assert_true (net_peer_has (peer, "last words"));
}

static void
test_reset (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "reset");

  net_wait (peer->opened == 1);
  net_peer_write (peer, "!");
  net_wait (peer->closed);
  g_assert_error (peer->error, IM_PROBLEM, IM_PROBLEM_LOST);
  g_assert_true (net_peer_has (peer, "hello"));
}

/* Everything written before a link is closed arrives, although the peer's
 * own bytes are never read. */
static void
test_close_flushes (gconstpointer way)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_to (owner, way, "last-sent");
  g_autofree char *text = g_strnfill (500000, 'a');
  g_autofree char *log = g_strdup ("");

  g_free (net_servers_log ());
  net_wait (peer->opened == 1);
  net_peer_write (peer, text);
  net_peer_write (peer, "goodbye");
  net_peer_close (peer);
  while (*log == '\0')
    {
      net_drain ();
      g_free (log);
      log = net_servers_log ();
    }
  g_assert_cmpuint (strlen (log), ==, strlen ("heard goodbye\n") + 500000);
  g_assert_true (g_str_has_suffix (log, "agoodbye\n"));
  g_assert_false (peer->closed);
}

static guint16
unused_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return port;
}

static void
test_refused (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer =
      net_peer_open_to (owner, "127.0.0.1", unused_port (), FALSE);

  net_wait (peer->closed);
  g_assert_error (peer->error, IM_PROBLEM, IM_PROBLEM_CONNECT_REFUSED);
  g_assert_null (strstr (peer->error->message, "127.0.0.1"));
}

static void
test_no_such_name (void)
{
  static const char *const names[] = {
    "nowhere.invalid",
    "",
    "a b",
    "..",
    "x.invalid:80",
    "\xff\xfe.invalid",
    "a\nb.invalid",
    "xn--\xc3\xa9.invalid",
    /* A label of 70 characters; 63 are allowed. */
    "0123456789012345678901234567890123456789012345678901234567890123456789"
    ".invalid",
  };
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (NetPeer) peer = net_peer_open_to (owner, names[i], 80, FALSE);
      /* Test logs are UTF-8. */
      g_autofree char *name = g_strescape (names[i], NULL);

      net_wait (peer->closed);
      g_test_message ("\"%s\": %s", name, peer->error->message);
      g_assert_error (peer->error, IM_PROBLEM, IM_PROBLEM_HOST_NOT_FOUND);
    }
}

/* --- timers and the rest ---------------------------------------------- */

typedef struct
{
  NetOwner *owner;
  ImTimer *other;
  char order[8];
} Ticks;

static void
on_first (gpointer user)
{
  Ticks *ticks = user;

  strcat (ticks->order, "1");
}

static void
on_second (gpointer user)
{
  Ticks *ticks = user;
  ImHost *host = ticks->owner->host;

  strcat (ticks->order, "2");
  host->ops->timer_cancel (host, ticks->other);
  host->ops->timer_cancel (host, NULL);
}

static void
test_timers (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  ImHost *host = owner->host;
  Ticks ticks = { owner, NULL, "" };
  gint64 before = host->ops->monotonic_ms (host);

  host->ops->timer_add (host, 30, on_second, &ticks);
  host->ops->timer_add (host, 0, on_first, &ticks);
  ticks.other = host->ops->timer_add (host, 60, on_first, &ticks);
  g_assert_cmpstr (ticks.order, ==, "");
  net_wait (strlen (ticks.order) == 2);
  g_assert_cmpstr (ticks.order, ==, "12");
  g_assert_cmpint (host->ops->monotonic_ms (host), >=, before + 29);

  host->ops->timer_add (host, 50, on_second, &ticks);
  net_wait (strlen (ticks.order) == 3);
  g_assert_cmpstr (ticks.order, ==, "122");

  /* What has not fired when the host is closed never does. */
  host->ops->timer_add (host, 1, on_first, &ticks);
  net_host_close (g_steal_pointer (&owner->net));
  before = g_get_monotonic_time ();
  net_wait (g_get_monotonic_time () > before + 20000);
  g_assert_cmpstr (ticks.order, ==, "122");
}

static void
test_clock_and_chance (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  ImHost *host = owner->host;
  guint8 a[64] = { 0 };
  guint8 b[64] = { 0 };

  g_assert_cmpint (host->ops->wall_s (host), >, 1700000000);
  host->ops->random (host, a, sizeof a);
  host->ops->random (host, b, sizeof b);
  g_assert_true (memcmp (a, b, sizeof a) != 0);
}

/* --- all of it -------------------------------------------------------- */

static void
add (const char *name, const Way *way, GTestDataFunc func)
{
  g_autofree char *path = g_strdup_printf ("/net/link/%s%s", way->prefix, name);

  g_test_add_data_func (path, way, func);
}

static void
add_all (const Way *way)
{
  add ("echo", way, test_echo);
  add ("write-early", way, test_write_early);
  add ("pieces", way, test_pieces);
  add ("burst", way, test_burst);
  add ("hold", way, test_hold);
  add ("slow-reader", way, test_slow_reader);
  add ("last-words", way, test_last_words);
  add ("reset", way, test_reset);
  add ("close-flushes", way, test_close_flushes);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  net_servers_start ();
  net_trust_authority ();
  add_all (&plain);
  add_all (&with_tls);
  g_test_add_func ("/net/link/by-name", test_by_name);
  g_test_add_func ("/net/link/refused", test_refused);
  g_test_add_func ("/net/link/no-such-name", test_no_such_name);
  g_test_add_func ("/net/timers", test_timers);
  g_test_add_func ("/net/clock-and-chance", test_clock_and_chance);
  result = g_test_run ();
  net_servers_stop ();
  return result;
}
