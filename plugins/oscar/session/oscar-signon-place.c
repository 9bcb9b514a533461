/* Where a server may send us: which address its words mean, whether the
 * settings vouch for it, and how it has to be spoken to. */

#include "oscar-signon-private.h"

#include <string.h>

static gboolean
is_numeric (const char *host)
{
  return g_hostname_is_ip_address (host);
}

static gboolean
is_loopback (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 ||
         (is_numeric (host) &&
          (g_str_has_prefix (host, "127.") || strcmp (host, "::1") == 0 ||
           strcmp (host, "0.0.0.0") == 0 || strcmp (host, "::") == 0));
}

static gboolean
is_within (const char *host, const char *domain)
{
  gsize host_len = strlen (host), domain_len = strlen (domain);

  if (g_ascii_strcasecmp (host, domain) == 0)
    return TRUE;
  return host_len > domain_len &&
         host[host_len - domain_len - 1] == '.' &&
         g_ascii_strcasecmp (host + host_len - domain_len, domain) == 0;
}

/* login.example.net vouches for example.net, but a name of two labels does
 * not vouch for its whole top-level domain. */
static gboolean
vouches (const char *server, const char *host)
{
  const char *parent = strchr (server, '.');

  if (is_within (host, server))
    return TRUE;
  return !is_numeric (server) && parent != NULL &&
         strchr (parent + 1, '.') != NULL && is_within (host, parent + 1);
}

static gboolean
same_trust (const OscarSession *session, const char *host)
{
  if (vouches (session->settings.server, host) ||
      vouches (session->signin.host, host))
    return TRUE;
  for (guint i = 0; session->settings.tls_domains[i] != NULL; i++)
    if (is_within (host, session->settings.tls_domains[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_host_character (char c)
{
  return g_ascii_isalnum (c) || c == '.' || c == '-' || c == '_' || c == ':';
}

static gboolean
parse_port (const char *text, guint16 *ret)
{
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;
  *ret = (guint16) port;
  return TRUE;
}

gboolean
oscar_signon_parse_address (const char *text, guint16 default_port,
                            OscarAddress *ret)
{
  g_autofree char *copy = g_strdup (text);
  char *host = copy, *rest = NULL;
  guint16 port = default_port;

  if (*host == '[')
    {
      char *end = strchr (++host, ']');

      if (end == NULL)
        return FALSE;
      *end = '\0';
      rest = end[1] == ':' ? end + 2 : (end[1] == '\0' ? NULL : end);
    }
  else
    {
      char *colon = strrchr (host, ':');

      if (colon != NULL && strchr (host, ':') == colon)
        {
          *colon = '\0';
          rest = colon + 1;
        }
    }
  for (const char *p = host; *p != '\0'; p++)
    if (!is_host_character (*p))
      return FALSE;
  /* "1.2.3.4:5:6" is no IPv6 address, whose dots come last. */
  if (strchr (host, '.') != NULL && strchr (strchr (host, '.'), ':') != NULL)
    return FALSE;
  if (*host == '\0' || (rest != NULL && !parse_port (rest, &port)))
    return FALSE;
  ret->host = g_strdup (host);
  ret->port = port;
  return TRUE;
}

/* --- A server's words -------------------------------------------------- */

/* The certificate must be for a name that the settings, or the sign-in
 * server within its own domain, vouch for. A server known by number is
 * judged by the name that sent us there. */
static const char *
name_to_verify (const OscarSession *session, const char *tls_name,
                const char *host)
{
  if (tls_name != NULL && same_trust (session, tls_name))
    return tls_name;
  if (is_numeric (host))
    return session->signin.host;
  return same_trust (session, host) ? host : NULL;
}

static gboolean
refuse (ImFailure *failure, ImProblem problem, const OscarAddress *address,
        const char *detail)
{
  memset (failure, 0, sizeof *failure);
  failure->problem = problem;
  failure->host = address->host;
  failure->port = address->port;
  failure->detail = detail;
  return FALSE;
}

static gboolean
decide_tls (OscarSession *session, const char *tls_name, gboolean offered,
            OscarAddress *address, ImFailure *failure)
{
  const char *name;

  address->tls =
      session->settings.security != OSCAR_SECURITY_OFF &&
      (offered || session->settings.security == OSCAR_SECURITY_REQUIRED);
  if (!address->tls)
    return TRUE;
  /* A server behind a TLS terminator does not know that we came encrypted
   * and names its plain address. With such set-ups the terminator's own
   * port leads to all of the server. */
  if (!offered)
    {
      g_free (address->host);
      address->host = g_strdup (session->settings.server);
      address->port = session->settings.port;
    }
  name = name_to_verify (session, tls_name, address->host);
  if (name == NULL)
    return refuse (failure, IM_PROBLEM_CERT_NAME, address,
                   session->signin.host);
  if (g_ascii_strcasecmp (name, address->host) != 0)
    address->verify_name = g_strdup (name);
  return TRUE;
}

/* Servers behind NAT tell the whole world to come to 127.0.0.1. */
static void
repair_loopback (OscarSession *session, OscarAddress *address)
{
  if (!is_loopback (address->host) || is_loopback (session->settings.server))
    return;
  if (!session->told_loopback)
    oscar_session_notice (session, IM_NOTICE_LOOPBACK, NULL, address->host);
  session->told_loopback = TRUE;
  g_free (address->host);
  address->host = g_strdup (session->settings.server);
}

gboolean
oscar_signon_locate (OscarSession *session, const OscarPlace *place,
                     OscarAddress *ret, ImFailure *failure)
{
  gboolean offered = place->tls_state != 0 || place->tls_name != NULL;
  guint16 port = place->default_port != 0 ? place->default_port
                                          : session->settings.port;

  oscar_address_clear (ret);
  if (place->host == NULL ||
      !oscar_signon_parse_address (place->host, port, ret))
    return refuse (failure, IM_PROBLEM_PROTOCOL, ret,
                   "the server named no usable address");
  repair_loopback (session, ret);
  return decide_tls (session, place->tls_name, offered, ret, failure);
}
