/* What people type into the server field, and what a networks file may say. */

#include <string.h>

#include <purple.h>

#include "glue-account.h"

typedef struct
{
  const char *typed;
  const char *host;
  int port;
} ServerRow;

static const ServerRow server_rows[] = {
  { "oscar.example.org", "oscar.example.org", 5190 },
  { "  oscar.example.org \t", "oscar.example.org", 5190 },
  { "oscar.example.org:443", "oscar.example.org", 443 },
  { "https://oscar.example.org:443/path?x", "oscar.example.org", 443 },
  { " aim://oscar.example.org/", "oscar.example.org", 5190 },
  { "oscar.example.org:", "oscar.example.org", 5190 },
  { "127.0.0.1:5190", "127.0.0.1", 5190 },
  { "::1", "::1", 5190 },
  { "[::1]", "::1", 5190 },
  { "[2001:db8::7]:5191", "2001:db8::7", 5191 },
  { "", NULL, 5190 },
  { NULL, NULL, 5190 },
  { "   ", NULL, 5190 },
  { "https://", NULL, 5190 },
  { "host:0", NULL, 5190 },
  { "host:65536", NULL, 5190 },
  { "host:aim", NULL, 5190 },
  { "[::1", NULL, 5190 },
  { "[::1]x", NULL, 5190 },
  { "user@host", NULL, 5190 },
  { "two hosts", NULL, 5190 },
};

static void
test_server (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (server_rows); i++)
    {
      int port = 5190;
      g_autofree char *host =
          glue_account_split_server (server_rows[i].typed, &port);

      g_assert_cmpstr (host, ==, server_rows[i].host);
      g_assert_cmpint (port, ==, server_rows[i].port);
    }
}

typedef struct
{
  const char *typed;
  const char *web;
  const char *session;
} WebRow;

static const WebRow web_rows[] = {
  { "https://api.example.org", "https://api.example.org", NULL },
  { " api.example.org:8443/login/ ", "https://api.example.org:8443/login",
    NULL },
  { "http://127.0.0.1:8081/", "http://127.0.0.1:8081", NULL },
  { "api.example.org  session.example.org", "https://api.example.org",
    "https://session.example.org" },
  { "", NULL, NULL },
  { NULL, NULL, NULL },
  { "https://", NULL, NULL },
  { "ftp://api.example.org", NULL, NULL },
  { "user:word@api.example.org", NULL, NULL },
  { "api.example.org/?a=b", NULL, NULL },
  { "api.example.org/#top", NULL, NULL },
  { "api.example.org ftp://x", NULL, NULL },
  { "api.example.org one two", NULL, NULL },
};

static void
test_web (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (web_rows); i++)
    {
      g_autofree char *session = NULL;
      g_autofree char *web =
          glue_networks_split_web (web_rows[i].typed, &session);

      g_assert_cmpstr (web, ==, web_rows[i].web);
      g_assert_cmpstr (session, ==, web_rows[i].session);
    }
}

static GPtrArray *
parse (const char *const *files)
{
  GPtrArray *networks =
      g_ptr_array_new_with_free_func ((GDestroyNotify) glue_network_free);

  for (; *files != NULL; files++)
    g_assert_true (
        glue_networks_parse (*files, strlen (*files), networks, NULL));
  return networks;
}

static void
test_network (void)
{
  const char *const files[] = {
    "[retro]\nname=Retro\nprotocols=aim;icq;\nhost=h.example\nport=5193\n"
    "tls=required\nsignon=kerberos\nweb_url=https://kdc.example/\n"
    "web_key=key\nquirks=\ndomains=example.org; example.net\n"
    "signup=https://example.org/\nclosed=2020-01-31\nfuture=yes\n",
    NULL
  };
  g_autoptr (GPtrArray) networks = parse (files);
  const GlueNetwork *network = networks->pdata[0];

  g_assert_cmpuint (networks->len, ==, 1);
  g_assert_cmpstr (network->id, ==, "retro");
  g_assert_cmpstr (network->name, ==, "Retro");
  g_assert_true (
      g_strv_contains ((const char *const *) network->protocols, "icq"));
  g_assert_cmpuint (network->port, ==, 5193);
  g_assert_cmpint (network->security, ==, GLUE_SECURITY_REQUIRED);
  g_assert_cmpstr (network->signon, ==, "kerberos");
  g_assert_cmpstr (network->web_url, ==, "https://kdc.example");
  g_assert_null (network->session_url);
  g_assert_cmpstr (network->web_key, ==, "key");
  g_assert_cmpuint (g_strv_length (network->quirks), ==, 0);
  g_assert_cmpstr (network->domains[1], ==, "example.net");
  g_assert_cmpstr (network->signup, ==, "https://example.org/");
  g_assert_cmpstr (network->closed, ==, "2020-01-31");
}

/* Name, protocols and host are enough in a user's file; the rest is what is
 * safe with an unknown server. */
static void
test_short_network (void)
{
  const char *const files[] = {
    "[mine]\nname=Mine\nprotocols=aim\nhost=h.example\n", NULL
  };
  g_autoptr (GPtrArray) networks = parse (files);
  const GlueNetwork *network = networks->pdata[0];

  g_assert_cmpuint (network->port, ==, 5190);
  g_assert_cmpint (network->security, ==, GLUE_SECURITY_OFF);
  g_assert_cmpstr (network->signon, ==, "auto");
  g_assert_null (network->quirks[0]);
  g_assert_null (network->signup);
  g_assert_null (network->closed);
}

static void
test_override (void)
{
  const char *const files[] = {
    "[a]\nname=A\nprotocols=aim\nhost=old.example\nport=1\n"
    "[b]\nname=B\nprotocols=aim\nhost=b.example\n",
    "[a]\nname=A\nprotocols=aim\nhost=new.example\n", NULL
  };
  g_autoptr (GPtrArray) networks = parse (files);
  const GlueNetwork *last = networks->pdata[1];

  g_assert_cmpuint (networks->len, ==, 2);
  g_assert_cmpstr (last->host, ==, "new.example");
  g_assert_cmpuint (last->port, ==, 5190);
}

/* One bad group must not take the others with it. */
static void
test_bad_groups (void)
{
  const char *const files[] = {
    "[Upper]\nname=A\nprotocols=aim\nhost=h\n"
    "[custom]\nname=A\nprotocols=aim\nhost=h\n"
    "[none]\nname=A\nprotocols=aim\nhost=h\n"
    "[../../up]\nname=A\nprotocols=aim\nhost=h\n"
    "[noname]\nprotocols=aim\nhost=h\n"
    "[nohost]\nname=A\nprotocols=aim\nhost=\n"
    "[noprotocols]\nname=A\nhost=h\n"
    "[port]\nname=A\nprotocols=aim\nhost=h\nport=65536\n"
    "[word]\nname=A\nprotocols=aim\nhost=h\nport=high\n"
    "[tls]\nname=A\nprotocols=aim\nhost=h\ntls=maybe\n"
    "[good]\nname=A\nprotocols=aim\nhost=h\n",
    NULL
  };
  g_autoptr (GPtrArray) networks = parse (files);
  const GlueNetwork *network = networks->pdata[0];

  g_assert_cmpuint (networks->len, ==, 1);
  g_assert_cmpstr (network->id, ==, "good");
}

static void
test_garbage (void)
{
  const char garbage[] = "not a key file";
  g_autoptr (GPtrArray) networks = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (glue_networks_parse (garbage, strlen (garbage),
                                               networks, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (networks->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glue/account/server", test_server);
  g_test_add_func ("/glue/account/web", test_web);
  g_test_add_func ("/glue/account/network", test_network);
  g_test_add_func ("/glue/account/short-network", test_short_network);
  g_test_add_func ("/glue/account/override", test_override);
  g_test_add_func ("/glue/account/bad-groups", test_bad_groups);
  g_test_add_func ("/glue/account/garbage", test_garbage);
  return g_test_run ();
}
