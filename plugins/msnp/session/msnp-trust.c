/* Where a server may send us: which names the settings vouch for, and what an
 * address for a link means. */

#include "msnp-session-private.h"

#include <arpa/inet.h>
#include <string.h>

static gboolean
is_within (const char *host, const char *domain)
{
  gsize host_len = strlen (host), domain_len = strlen (domain);

  if (g_ascii_strcasecmp (host, domain) == 0)
    return TRUE;
  return host_len > domain_len && host[host_len - domain_len - 1] == '.' &&
         g_ascii_strcasecmp (host + host_len - domain_len, domain) == 0;
}

/* login.example.net vouches for example.net, but a name of two labels does
 * not vouch for its whole top-level domain. */
static gboolean
vouches (const char *known, const char *host)
{
  const char *parent = strchr (known, '.');

  if (is_within (host, known))
    return TRUE;
  return !g_hostname_is_ip_address (known) && parent != NULL &&
         strchr (parent + 1, '.') != NULL && is_within (host, parent + 1);
}

static gboolean
url_vouches (const char *url, const char *host)
{
  g_autofree char *known = NULL;

  if (url == NULL || !g_uri_split (url, G_URI_FLAGS_NONE, NULL, NULL, &known,
                                   NULL, NULL, NULL, NULL, NULL))
    return FALSE;
  return known != NULL && vouches (known, host);
}

gboolean
msnp_signon_may_contact (const MsnpSession *session, const char *host)
{
  const MsnpSettings *settings = &session->settings;
  const char *const urls[] = { settings->nexus, settings->rst,
                               settings->address_book, settings->sharing,
                               settings->oim, settings->oim_store,
                               settings->gateway };

  if (vouches (settings->server, host))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    if (url_vouches (urls[i], host))
      return TRUE;
  for (guint i = 0; settings->domains[i] != NULL; i++)
    if (is_within (host, settings->domains[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_local_ipv4 (const guint8 *a)
{
  return a[0] == 0 || a[0] == 10 || a[0] == 127 ||
         (a[0] == 172 && (a[1] & 0xf0) == 16) ||
         (a[0] == 192 && a[1] == 168) || (a[0] == 169 && a[1] == 254);
}

static gboolean
is_local_ipv6 (const guint8 *a)
{
  static const guint8 zero[15];
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

  if (memcmp (a, mapped, sizeof mapped) == 0)
    return is_local_ipv4 (a + 12);
  return (memcmp (a, zero, sizeof zero) == 0 && a[15] <= 1) ||
         (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
}

/* Addresses that mean something else wherever they are used. */
static gboolean
is_local (const char *host)
{
  guint8 address[16];

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  if (inet_pton (AF_INET, host, address) == 1)
    return is_local_ipv4 (address);
  return inet_pton (AF_INET6, host, address) == 1 && is_local_ipv6 (address);
}

gboolean
msnp_signon_locate (MsnpSession *session, const MsnpServer *server,
                    MsnpServer *ret, ImFailure *failure)
{
  const char *known = session->settings.server;
  gboolean number = g_hostname_is_ip_address (server->host);

  ret->port = server->port;
  if (is_local (server->host) && !is_local (known))
    {
      if (!session->told_loopback)
        msnp_session_notice (session, IM_NOTICE_LOOPBACK, NULL, server->host);
      session->told_loopback = TRUE;
      ret->host = g_strdup (known);
      return TRUE;
    }
  if (!number && !msnp_signon_may_contact (session, server->host))
    {
      *failure = (ImFailure){ .problem = IM_PROBLEM_ADVERTISED_HOST,
                              .host = server->host, .port = server->port };
      return FALSE;
    }
  ret->host = g_strdup (server->host);
  return TRUE;
}
