/* TLS: which certificates are good, who is asked, what is remembered. */

#include "net-support.h"

static NetPeer *
open_tls (NetOwner *owner, const char *service)
{
  return net_peer_open_to (owner, "localhost", net_port (service), TRUE);
}

static void
check_echo (NetPeer *peer)
{
  guint opened = peer->opened;

  net_wait (peer->opened > opened || peer->closed || peer->opened > 0);
  g_assert_no_error (peer->error);
  g_byte_array_set_size (peer->got, 0);
  net_peer_write (peer, "hello");
  net_wait (peer->closed || net_peer_has (peer, "hello"));
  g_assert_no_error (peer->error);
}

static void
check_fails (NetPeer *peer, ImProblem problem)
{
  net_wait (peer->closed);
  g_assert_error (peer->error, IM_PROBLEM, (int)problem);
  g_assert_cmpuint (peer->opened, ==, 0);
}

static void
test_trusted (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) by_name = open_tls (owner, "tls-good");
  g_autoptr (NetPeer) by_address =
      net_peer_open_to (owner, "127.0.0.1", net_port ("tls-good"), TRUE);

  check_echo (by_name);
  check_echo (by_address);
  g_assert_cmpuint (owner->asked, ==, 0);
}

/* What a sign-in can be bound to: bytes both ends derive from the connection,
 * and the digest of the certificate. */
static void
test_binding (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  g_autoptr (NetPeer) peer = open_tls (owner, "tls-good");
  g_autoptr (NetPeer) plain =
      net_peer_open_to (owner, "127.0.0.1", net_port ("echo"), FALSE);
  const ImHostOps *ops = owner->host->ops;
  g_autoptr (GBytes) exported = NULL;
  g_autoptr (GBytes) digest = NULL;

  g_assert_null (ops->link_binding (owner->host, peer->link,
                                    IM_BINDING_EXPORTER));
  check_echo (peer);
  check_echo (plain);
  exported = ops->link_binding (owner->host, peer->link, IM_BINDING_EXPORTER);
  digest = ops->link_binding (owner->host, peer->link,
                              IM_BINDING_SERVER_END_POINT);
  g_assert_cmpuint (g_bytes_get_size (exported), ==, 32);
  g_assert_cmpuint (g_bytes_get_size (digest), ==, 32);
  g_assert_null (ops->link_binding (owner->host, plain->link,
                                    IM_BINDING_EXPORTER));
  /* TLS 1.3 has none. */
  g_assert_null (ops->link_binding (owner->host, peer->link,
                                    IM_BINDING_UNIQUE));
}

/* A server known by an address must still show the name we were told. */
static void
test_verify_name (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);
  const ImLinkTarget right = { "127.0.0.1", net_port ("tls-name"), TRUE,
                               "Chat.Example" };
  const ImLinkTarget wrong = { "127.0.0.1", net_port ("tls-good"), TRUE,
                               "chat.example" };
  g_autoptr (NetPeer) good = net_peer_open (owner, &right);
  g_autoptr (NetPeer) bad = net_peer_open (owner, &wrong);

  check_echo (good);
  check_fails (bad, IM_PROBLEM_CERT_NAME);
}

/* Without anybody to ask, each fault ends the link under its own name. */
static void
test_faults (void)
{
  static const struct
  {
    const char *service;
    ImProblem problem;
    const char *detail;
  } rows[] = {
    { "tls-self", IM_PROBLEM_CERT_SELF_SIGNED, "localhost" },
    { "tls-unknown", IM_PROBLEM_CERT_UNTRUSTED, "Unknown Authority" },
    { "tls-name", IM_PROBLEM_CERT_NAME, "chat.example, old.example" },
    { "tls-odd", IM_PROBLEM_CERT_NAME, "two\uFFFDlines, + é <b>" },
    { "tls-expired", IM_PROBLEM_CERT_EXPIRED, "Test Authority" },
    { "tls-future", IM_PROBLEM_CERT_NOT_YET_VALID, "Test Authority" },
  };
  g_autoptr (NetOwner) owner = net_owner_new (NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NetPeer) peer = open_tls (owner, rows[i].service);

      net_peer_write (peer, "secret");
      check_fails (peer, rows[i].problem);
      g_assert_cmpstr (peer->error->message, ==, rows[i].detail);
    }
}

static void
test_accepted (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) first = open_tls (owner, "tls-self");
  g_autoptr (NetPeer) second = NULL;

  net_peer_write (first, "early ");
  net_wait (owner->question != NULL);
  g_assert_cmpint (owner->problem, ==, IM_PROBLEM_CERT_SELF_SIGNED);
  g_assert_cmpstr (owner->subject, ==, "localhost, 127.0.0.1");
  g_assert_cmpstr (owner->issuer, ==, "localhost");
  g_assert_cmpuint (strlen (owner->fingerprint), ==, 32 * 3 - 1);
  net_question_answer (g_steal_pointer (&owner->question), TRUE);
  g_assert_cmpuint (first->opened, ==, 0);
  net_wait (first->closed || net_peer_has (first, "early "));
  g_assert_no_error (first->error);
  g_assert_cmpuint (owner->stored, ==, 1);

  second = open_tls (owner, "tls-self");
  check_echo (second);
  g_assert_cmpuint (owner->asked, ==, 1);
  g_assert_cmpuint (owner->withdrawn, ==, 0);
}

/* What the user accepted yesterday is not asked about today. */
static void
test_pinned (void)
{
  g_autoptr (NetOwner) yesterday = net_owner_new (NULL, TRUE);
  g_autoptr (NetOwner) today = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) first = open_tls (yesterday, "tls-expired");
  g_autoptr (NetPeer) second = NULL;

  net_wait (yesterday->question != NULL);
  net_question_answer (g_steal_pointer (&yesterday->question), TRUE);
  check_echo (first);

  g_hash_table_unref (today->pins);
  today->pins = g_hash_table_ref (yesterday->pins);
  second = open_tls (today, "tls-expired");
  check_echo (second);
  g_assert_cmpuint (today->asked, ==, 0);
}

static void
test_changed (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) peer = NULL;

  g_hash_table_replace (owner->pins, g_strdup ("localhost"),
                        g_strdup ("another fingerprint"));
  peer = open_tls (owner, "tls-self");
  check_fails (peer, IM_PROBLEM_CERT_CHANGED);
  g_assert_cmpuint (owner->asked, ==, 0);
}

/* The same while the host lives, whether or not the pin could be stored. */
static void
test_changed_meanwhile (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) first = open_tls (owner, "tls-self");
  g_autoptr (NetPeer) second = NULL;

  net_wait (owner->question != NULL);
  net_question_answer (g_steal_pointer (&owner->question), TRUE);
  check_echo (first);
  g_hash_table_remove_all (owner->pins);
  second = open_tls (owner, "tls-self2");
  check_fails (second, IM_PROBLEM_CERT_CHANGED);
  g_assert_cmpuint (owner->asked, ==, 1);
}

static void
test_refused (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) first = open_tls (owner, "tls-name");
  g_autoptr (NetPeer) second = NULL;

  net_wait (owner->question != NULL);
  g_assert_cmpint (owner->problem, ==, IM_PROBLEM_CERT_NAME);
  net_question_answer (g_steal_pointer (&owner->question), FALSE);
  g_assert_false (first->closed);
  check_fails (first, IM_PROBLEM_CERT_NAME);
  g_assert_cmpuint (owner->stored, ==, 0);

  /* No means no, for as long as the host lives. */
  second = open_tls (owner, "tls-self");
  check_fails (second, IM_PROBLEM_CERT_SELF_SIGNED);
  g_assert_cmpuint (owner->asked, ==, 1);
}

static void
check_three_at_once (gboolean accept)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  NetPeer *peers[3];

  for (guint i = 0; i < 3; i++)
    peers[i] = open_tls (owner, "tls-self");
  /* The last of them to arrive finds the question already asked. */
  for (guint i = 0; i < 3; i++)
    net_wait (strstr (owner->lines->str, "link 1: handshaking -> judging") &&
              strstr (owner->lines->str, "link 2: handshaking -> judging") &&
              strstr (owner->lines->str, "link 3: handshaking -> judging"));
  net_wait (owner->question != NULL);
  net_question_answer (g_steal_pointer (&owner->question), accept);
  for (guint i = 0; i < 3; i++)
    {
      if (accept)
        check_echo (peers[i]);
      else
        check_fails (peers[i], IM_PROBLEM_CERT_SELF_SIGNED);
      net_peer_free (peers[i]);
    }
  g_assert_cmpuint (owner->asked, ==, 1);
}

static void
test_three_accepted (void)
{
  check_three_at_once (TRUE);
}

static void
test_three_refused (void)
{
  check_three_at_once (FALSE);
}

static void
test_withdrawn (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) first = open_tls (owner, "tls-self");
  g_autoptr (NetPeer) second = open_tls (owner, "tls-self");
  g_autoptr (NetPeer) third = NULL;

  net_wait (strstr (owner->lines->str, "link 1: handshaking -> judging") &&
            strstr (owner->lines->str, "link 2: handshaking -> judging"));
  net_wait (owner->question != NULL);
  net_peer_close (first);
  g_assert_cmpuint (owner->withdrawn, ==, 0);
  net_peer_close (second);
  g_assert_cmpuint (owner->withdrawn, ==, 1);
  g_assert_null (owner->question);

  /* It was not answered, so it is asked again; and a host that is closed
   * takes its question along. */
  third = open_tls (owner, "tls-self");
  net_wait (owner->question != NULL);
  net_host_close (g_steal_pointer (&owner->net));
  g_assert_cmpuint (owner->withdrawn, ==, 2);
  net_drain ();
  g_assert_false (third->closed);
}

static void
test_no_handshake (void)
{
  static const char *const services[] = { "tls-garbage", "tls-hangup",
                                          "tls-old", "last-words" };
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      g_autoptr (NetPeer) peer = open_tls (owner, services[i]);

      net_peer_write (peer, "secret");
      check_fails (peer, IM_PROBLEM_TLS_HANDSHAKE);
      g_test_message ("%s: %s", services[i], peer->error->message);
    }
}

/* --- STARTTLS --------------------------------------------------------- */

static NetPeer *
open_to_upgrade (NetOwner *owner, const char *service)
{
  NetPeer *peer =
      net_peer_open_to (owner, "127.0.0.1", net_port (service), FALSE);

  net_wait (peer->opened == 1);
  net_peer_write (peer, "STARTTLS");
  net_wait (net_peer_has (peer, "GO"));
  g_byte_array_set_size (peer->got, 0);
  owner->host->ops->link_start_tls (owner->host, peer->link, "localhost");
  g_assert_cmpuint (peer->opened, ==, 1);
  return peer;
}

static void
test_upgrade (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) peer = open_to_upgrade (owner, "starttls");

  /* This must not leave in the clear. */
  net_peer_write (peer, "inside");
  net_wait (peer->closed || net_peer_has (peer, "inside"));
  g_assert_no_error (peer->error);
  g_assert_cmpuint (peer->opened, ==, 2);
}

static void
test_upgrade_judged (void)
{
  g_autoptr (NetOwner) owner = net_owner_new (NULL, TRUE);
  g_autoptr (NetPeer) first = open_to_upgrade (owner, "starttls-self");
  g_autoptr (NetPeer) second = NULL;

  net_wait (owner->question != NULL);
  net_question_answer (g_steal_pointer (&owner->question), TRUE);
  /* Only the session can take the steps up to here again. */
  net_wait (first->closed);
  g_assert_error (first->error, IM_PROBLEM, IM_PROBLEM_LOST);
  g_assert_true (im_problem_heals (IM_PROBLEM_LOST));

  second = open_to_upgrade (owner, "starttls-self");
  net_wait (second->opened == 2);
  check_echo (second);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  net_servers_start ();
  net_trust_authority ();
  g_test_add_func ("/net/tls/trusted", test_trusted);
  g_test_add_func ("/net/tls/binding", test_binding);
  g_test_add_func ("/net/tls/verify-name", test_verify_name);
  g_test_add_func ("/net/tls/faults", test_faults);
  g_test_add_func ("/net/tls/accepted", test_accepted);
  g_test_add_func ("/net/tls/pinned", test_pinned);
  g_test_add_func ("/net/tls/changed", test_changed);
  g_test_add_func ("/net/tls/changed-meanwhile", test_changed_meanwhile);
  g_test_add_func ("/net/tls/refused", test_refused);
  g_test_add_func ("/net/tls/three-accepted", test_three_accepted);
  g_test_add_func ("/net/tls/three-refused", test_three_refused);
  g_test_add_func ("/net/tls/withdrawn", test_withdrawn);
  g_test_add_func ("/net/tls/no-handshake", test_no_handshake);
  g_test_add_func ("/net/tls/upgrade", test_upgrade);
  g_test_add_func ("/net/tls/upgrade-judged", test_upgrade_judged);
  result = g_test_run ();
  net_servers_stop ();
  return result;
}
