#include "net-proxy.h"

#include <string.h>

#include "im-secret.h"

/* Longest name DNS knows, in bytes. */
#define MAX_NAME 253

/* Scheme as GIO's proxy extensions are named, and the port these proxies
 * listen on when none is given. */
static const struct
{
  const char *scheme;
  guint16 port;
} kinds[] = {
  [NET_PROXY_NONE] = { "direct", 0 },
  [NET_PROXY_HTTP] = { "http", 8080 },
  [NET_PROXY_SOCKS4] = { "socks4", 1080 },
  [NET_PROXY_SOCKS4A] = { "socks4a", 1080 },
  [NET_PROXY_SOCKS5] = { "socks5", 1080 },
  [NET_PROXY_TOR] = { "socks5", 9050 },
};

char *
net_proxy_spell (const char *name)
{
  g_autofree char *ascii = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    return NULL;
  ascii = g_hostname_to_ascii (name);
  if (ascii == NULL || *ascii == '\0' || strlen (ascii) > MAX_NAME)
    return NULL;
  for (const char *p = ascii; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-._:%", *p) == NULL)
      return NULL;
  return g_steal_pointer (&ascii);
}

gboolean
net_proxy_used (const NetProxy *proxy)
{
  return proxy->type != NET_PROXY_NONE;
}

gboolean
net_proxy_check (const NetProxy *proxy, GError **error)
{
  if (!net_proxy_used (proxy) || proxy->host != NULL)
    return TRUE;

  g_set_error_literal (error, IM_PROBLEM, IM_PROBLEM_SETTINGS,
                       "the proxy has no host");
  return FALSE;
}

/* "user:password@", each escaped so that any character survives; "" without
 * a user. */
static char *
userinfo (const NetProxy *proxy, gboolean for_soup)
{
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;

  if (proxy->user == NULL || *proxy->user == '\0' ||
      (for_soup && proxy->type == NET_PROXY_HTTP))
    return g_strdup ("");

  user = g_uri_escape_string (proxy->user, NULL, FALSE);
  if (proxy->password == NULL || *proxy->password == '\0')
    return g_strdup_printf ("%s@", user);

  password = g_uri_escape_string (proxy->password, NULL, FALSE);
  return g_strdup_printf ("%s:%s@", user, password);
}

static void
free_wiped (char *text)
{
  if (text == NULL)
    return;
  im_secret_wipe (text, strlen (text));
  g_free (text);
}

GProxyResolver *
net_proxy_resolver (const NetProxy *proxy, gboolean for_soup)
{
  GProxyResolver *resolver;
  gboolean v6;
  char *who;
  char *uri;

  if (!net_proxy_used (proxy))
    return g_simple_proxy_resolver_new ("direct://", NULL);

  who = userinfo (proxy, for_soup);
  v6 = strchr (proxy->host, ':') != NULL;
  uri = g_strdup_printf (
      v6 ? "%s://%s[%s]:%u" : "%s://%s%s:%u", kinds[proxy->type].scheme, who,
      proxy->host, proxy->port != 0 ? proxy->port : kinds[proxy->type].port);
  resolver = g_simple_proxy_resolver_new (uri, NULL);
  free_wiped (who);
  free_wiped (uri);
  return resolver;
}

void
net_proxy_copy (const NetProxy *proxy, NetProxy *ret)
{
  *ret = (NetProxy){ NET_PROXY_NONE };
  if (proxy == NULL)
    return;
  ret->type = proxy->type;
  ret->port = proxy->port;
  ret->host = proxy->host != NULL ? net_proxy_spell (proxy->host) : NULL;
  ret->user = g_strdup (proxy->user);
  ret->password = g_strdup (proxy->password);
}

void
net_proxy_clear (NetProxy *proxy)
{
  g_free ((char *)proxy->host);
  g_free ((char *)proxy->user);
  free_wiped ((char *)proxy->password);
  *proxy = (NetProxy){ NET_PROXY_NONE };
}
