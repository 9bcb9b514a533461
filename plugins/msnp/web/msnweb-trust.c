#include "msnweb-trust.h"

#include <stdio.h>
#include <string.h>

/* Bytes of a name servers may give. */
#define MAX_WHERE 300

struct _MsnwebTrust
{
  char *scheme;
  char *host; /* lower case, without brackets */
  char *home;
  GStrv domains;
};

/* The domain of Microsoft's own gateways, each server a host. */
#define OWN_DOMAIN "gateway.messenger.live.com"

static gboolean
is_local (const char *host)
{
  guint a, b, c;
  char rest[2];

  if (g_ascii_strcasecmp (host, "localhost") == 0 || strcmp (host, "::1") == 0)
    return TRUE;
  return g_hostname_is_ip_address (host) && strncmp (host, "127.", 4) == 0 &&
         sscanf (host, "127.%u.%u.%u%1s", &a, &b, &c, rest) == 3;
}

static gboolean
is_within (const char *host, const char *domain)
{
  gsize len = strlen (host), end = strlen (domain);

  if (len == end)
    return g_ascii_strcasecmp (host, domain) == 0;
  return len > end && host[len - end - 1] == '.' &&
         g_ascii_strcasecmp (host + len - end, domain) == 0;
}

static gboolean
share_domain (const MsnwebTrust *self, const char *host)
{
  if (is_within (self->host, OWN_DOMAIN) && is_within (host, OWN_DOMAIN))
    return TRUE;
  for (char **domain = self->domains; *domain != NULL; domain++)
    if (is_within (self->host, *domain) && is_within (host, *domain))
      return TRUE;
  return FALSE;
}

static gboolean
may_go (const MsnwebTrust *self, const char *host)
{
  return g_ascii_strcasecmp (host, self->host) == 0 ||
         share_domain (self, host) ||
         (is_local (host) && is_local (self->host));
}

/* "host", "host:port", "[address]:port". Whatever else a server writes there
 * is for no URL of ours. */
static gboolean
is_plain_host (const char *host)
{
  return *host != '\0' &&
         strspn (host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                       "0123456789.-:_") == strlen (host);
}

static char *
print_home (GUri *uri, const char *scheme)
{
  int port = g_uri_get_port (uri);
  int usual = strcmp (scheme, "https") == 0 ? 443 : 80;
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);
  gboolean v6 = strchr (host, ':') != NULL;

  if (port <= 0 || port == usual)
    return g_strdup_printf ("%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "");
  return g_strdup_printf ("%s%s%s:%d", v6 ? "[" : "", host, v6 ? "]" : "",
                          port);
}

static GUri *
parse (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL ||
      g_uri_get_userinfo (uri) != NULL ||
      !is_plain_host (g_uri_get_host (uri)))
    return NULL;
  return g_steal_pointer (&uri);
}

MsnwebTrust *
msnweb_trust_new (const char *url, const char *const *domains)
{
  static const char *const none[] = { NULL };
  g_autoptr (GUri) uri = url != NULL ? parse (url) : NULL;
  MsnwebTrust *self;

  if (uri == NULL || (strcmp (g_uri_get_scheme (uri), "https") != 0 &&
                      strcmp (g_uri_get_scheme (uri), "http") != 0))
    return NULL;
  self = g_new0 (MsnwebTrust, 1);
  self->scheme = g_strdup (g_uri_get_scheme (uri));
  self->host = g_ascii_strdown (g_uri_get_host (uri), -1);
  self->home = print_home (uri, self->scheme);
  self->domains =
      g_strdupv ((GStrv) (domains != NULL ? domains : none));
  return self;
}

void
msnweb_trust_free (MsnwebTrust *self)
{
  if (self == NULL)
    return;
  g_free (self->scheme);
  g_free (self->host);
  g_free (self->home);
  g_strfreev (self->domains);
  g_free (self);
}

const char *
msnweb_trust_scheme (const MsnwebTrust *self)
{
  return self->scheme;
}

const char *
msnweb_trust_home (const MsnwebTrust *self)
{
  return self->home;
}

gboolean
msnweb_trust_is_private (const MsnwebTrust *self)
{
  return strcmp (self->scheme, "https") == 0 || is_local (self->host);
}

char *
msnweb_trust_judge_url (const MsnwebTrust *self, const char *url)
{
  g_autoptr (GUri) uri = strlen (url) <= 8 * MAX_WHERE ? parse (url) : NULL;

  if (uri == NULL || strcmp (g_uri_get_scheme (uri), self->scheme) != 0 ||
      !may_go (self, g_uri_get_host (uri)))
    return NULL;
  return print_home (uri, self->scheme);
}

char *
msnweb_trust_judge (const MsnwebTrust *self, const char *where)
{
  g_autofree char *url = NULL;

  if (strlen (where) > MAX_WHERE ||
      strpbrk (where, "/?#@\\ \t\r\n") != NULL)
    return NULL;
  url = g_strdup_printf ("%s://%s", self->scheme, where);
  return msnweb_trust_judge_url (self, url);
}
