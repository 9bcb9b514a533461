#include "net-support.h"

static GSubprocess *servers;
static GHashTable *places; /* name to port or file */

/* --- waiting ---------------------------------------------------------- */

gint64
net_deadline (void)
{
  return g_get_monotonic_time () + NET_DEADLINE * G_USEC_PER_SEC;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
net_turn (gint64 until, const char *what)
{
  /* So that a loop with nothing in it comes back to see the deadline. */
  guint tick = g_timeout_add (200, on_tick, NULL);

  if (g_get_monotonic_time () > until)
    g_error ("waited %d s in vain for: %s", NET_DEADLINE, what);
  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

void
net_drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* --- the owner -------------------------------------------------------- */

static void
on_event (gpointer user, const ImEvent *event)
{
}

static void
on_debug (gpointer user, const char *line)
{
  NetOwner *owner = user;

  g_assert_nonnull (owner->net);
  g_string_append_printf (owner->lines, "%s\n", line);
  g_test_message ("%s", line);
}

static char *
fingerprint_of (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

static NetPin
on_pin_lookup (gpointer user, GTlsCertificate *certificate, const char *host)
{
  NetOwner *owner = user;
  const char *pin = g_hash_table_lookup (owner->pins, host);
  g_autofree char *now = fingerprint_of (certificate);

  g_assert_nonnull (owner->net);
  if (pin == NULL)
    return NET_PIN_NONE;
  return g_str_equal (pin, now) ? NET_PIN_MATCHES : NET_PIN_DIFFERS;
}

static void
on_pin_store (gpointer user, GTlsCertificate *certificate, const char *host)
{
  NetOwner *owner = user;

  owner->stored++;
  g_hash_table_replace (owner->pins, g_strdup (host),
                        fingerprint_of (certificate));
}

static void
on_ask (gpointer user, NetQuestion *question, const NetCertificate *about)
{
  NetOwner *owner = user;

  g_assert_nonnull (owner->net);
  g_assert_null (owner->question);
  owner->question = question;
  owner->asked++;
  owner->problem = about->problem;
  g_free (owner->subject);
  g_free (owner->issuer);
  g_free (owner->fingerprint);
  owner->subject = g_strdup (about->subject);
  owner->issuer = g_strdup (about->issuer);
  owner->fingerprint = g_strdup (about->fingerprint);
}

static void
on_ask_withdrawn (gpointer user, NetQuestion *question)
{
  NetOwner *owner = user;

  g_assert_true (owner->question == question);
  owner->question = NULL;
  owner->withdrawn++;
}

static const NetHostFuncs asking = {
  .event = on_event,
  .debug = on_debug,
  .pin_lookup = on_pin_lookup,
  .pin_store = on_pin_store,
  .ask = on_ask,
  .ask_withdrawn = on_ask_withdrawn,
};

static const NetHostFuncs mute = {
  .event = on_event,
  .debug = on_debug,
};

NetOwner *
net_owner_new (const NetProxy *proxy, gboolean answers)
{
  NetOwner *owner = g_new0 (NetOwner, 1);

  owner->lines = g_string_new (NULL);
  owner->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  owner->net = net_host_new (proxy, answers ? &asking : &mute, owner);
  owner->host = net_host_get (owner->net);
  return owner;
}

void
net_owner_free (NetOwner *owner)
{
  if (owner->net != NULL)
    net_host_close (g_steal_pointer (&owner->net));
  net_drain ();
  g_string_free (owner->lines, TRUE);
  g_hash_table_unref (owner->pins);
  g_free (owner->subject);
  g_free (owner->issuer);
  g_free (owner->fingerprint);
  g_free (owner);
}

/* --- links ------------------------------------------------------------ */

static void
on_opened (gpointer user, ImLink *link)
{
  NetPeer *peer = user;

  g_assert_true (peer->link == link);
  peer->opened++;
}

static void
on_bytes (gpointer user, ImLink *link, const guint8 *data, gsize len)
{
  NetPeer *peer = user;

  g_assert_true (peer->link == link);
  g_assert_cmpuint (peer->opened, >, 0);
  g_assert_cmpuint (len, >, 0);
  peer->largest = MAX (peer->largest, len);
  g_byte_array_append (peer->got, data, (guint)len);
}

static void
on_closed (gpointer user, ImLink *link, const GError *error)
{
  NetPeer *peer = user;

  g_assert_true (peer->link == link);
  g_assert_false (peer->closed);
  g_assert_true (error == NULL || error->domain == IM_PROBLEM);
  peer->closed = TRUE;
  peer->link = NULL;
  peer->error = error != NULL ? g_error_copy (error) : NULL;
}

static const ImLinkHandlers handlers = { on_opened, on_bytes, on_closed };

NetPeer *
net_peer_open (NetOwner *owner, const ImLinkTarget *target)
{
  NetPeer *peer = g_new0 (NetPeer, 1);

  peer->owner = owner;
  peer->got = g_byte_array_new ();
  peer->link =
      owner->host->ops->link_open (owner->host, target, &handlers, peer);
  g_assert_false (peer->closed);
  return peer;
}

NetPeer *
net_peer_open_to (NetOwner *owner, const char *host, guint16 port, gboolean tls)
{
  const ImLinkTarget target = { host, port, tls, NULL };

  return net_peer_open (owner, &target);
}

void
net_peer_write (NetPeer *peer, const char *text)
{
  ImHost *host = peer->owner->host;

  host->ops->link_write (host, peer->link, text, strlen (text));
}

void
net_peer_close (NetPeer *peer)
{
  ImHost *host = peer->owner->host;

  if (peer->link != NULL)
    host->ops->link_close (host, g_steal_pointer (&peer->link));
}

void
net_peer_free (NetPeer *peer)
{
  if (peer->owner->net != NULL)
    net_peer_close (peer);
  g_byte_array_unref (peer->got);
  g_clear_error (&peer->error);
  g_free (peer);
}

gboolean
net_peer_has (NetPeer *peer, const char *text)
{
  return peer->got->len == strlen (text) &&
         memcmp (peer->got->data, text, peer->got->len) == 0;
}

/* --- servers ---------------------------------------------------------- */

void
net_servers_start (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;

  places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  servers = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                  G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                              &error, PYTHON, SERVERS "/net_peers.py", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (servers));
  for (;;)
    {
      g_autofree char *line =
          g_data_input_stream_read_line (lines, NULL, NULL, &error);
      g_auto (GStrv) words = NULL;

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (g_str_equal (line, "ready"))
        break;
      words = g_strsplit (line, " ", 2);
      g_hash_table_replace (places, g_strdup (words[0]), g_strdup (words[1]));
    }
}

void
net_trust_authority (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database =
      g_tls_file_database_new (net_file ("ca"), &error);

  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

/* The servers end when their standard input does. */
void
net_servers_stop (void)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (servers), NULL, NULL);
  g_subprocess_wait (servers, NULL, NULL);
  g_clear_object (&servers);
  g_clear_pointer (&places, g_hash_table_unref);
}

const char *
net_file (const char *name)
{
  const char *place = g_hash_table_lookup (places, name);

  g_assert_nonnull (place);
  return place;
}

guint16
net_port (const char *name)
{
  return (guint16)g_ascii_strtoull (net_file (name), NULL, 10);
}

char *
net_servers_log (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) conn = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  g_socket_client_set_enable_proxy (client, FALSE);
  conn = g_socket_client_connect_to_host (client, "127.0.0.1", net_port ("log"),
                                          NULL, &error);
  g_assert_no_error (error);
  while ((n = g_input_stream_read (
              g_io_stream_get_input_stream (G_IO_STREAM (conn)), buffer,
              sizeof buffer, NULL, &error)) > 0)
    g_string_append_len (log, buffer, n);
  g_assert_no_error (error);
  return g_string_free (g_steal_pointer (&log), FALSE);
}
