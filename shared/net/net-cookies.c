#include "net-cookies.h"

#include "net-private.h"

static SoupCookieJar *
want_jar (NetHost *net)
{
  if (net->jar == NULL)
    net->jar = soup_cookie_jar_new ();
  return net->jar;
}

static ImCookie *
from_soup (SoupCookie *soup)
{
  ImCookie *cookie = g_new0 (ImCookie, 1);
  GDateTime *expires = soup_cookie_get_expires (soup);

  cookie->name = g_strdup (soup_cookie_get_name (soup));
  cookie->value = im_secret_new (soup_cookie_get_value (soup));
  cookie->domain = g_strdup (soup_cookie_get_domain (soup));
  cookie->path = g_strdup (soup_cookie_get_path (soup));
  cookie->expires = expires != NULL ? g_date_time_to_unix (expires) : 0;
  cookie->secure = soup_cookie_get_secure (soup);
  return cookie;
}

GPtrArray *
net_cookies_list (ImHost *host, const char *url)
{
  NetHost *net = (NetHost *)host;
  GPtrArray *cookies =
      g_ptr_array_new_with_free_func ((GDestroyNotify)im_cookie_free);
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  GSList *list;

  if (net->closed || net->jar == NULL || uri == NULL)
    return cookies;
  list = soup_cookie_jar_get_cookie_list (net->jar, uri, TRUE);
  for (GSList *l = list; l != NULL; l = l->next)
    g_ptr_array_add (cookies, from_soup (l->data));
  g_slist_free_full (list, (GDestroyNotify)soup_cookie_free);
  return cookies;
}

void
net_cookies_put (ImHost *host, const ImCookie *cookie)
{
  NetHost *net = (NetHost *)host;
  SoupCookie *soup;

  if (net->closed)
    return;
  soup = soup_cookie_new (cookie->name, im_secret_peek (cookie->value),
                          cookie->domain, cookie->path, -1);
  soup_cookie_set_secure (soup, cookie->secure);
  if (cookie->expires != 0)
    {
      g_autoptr (GDateTime) expires =
          g_date_time_new_from_unix_utc (cookie->expires);

      soup_cookie_set_expires (soup, expires);
    }
  soup_cookie_jar_add_cookie (want_jar (net), soup);
}

void
net_cookies_clear (ImHost *host)
{
  NetHost *net = (NetHost *)host;
  GSList *list =
      net->jar != NULL ? soup_cookie_jar_all_cookies (net->jar) : NULL;

  for (GSList *l = list; l != NULL; l = l->next)
    soup_cookie_jar_delete_cookie (net->jar, l->data);
  g_slist_free_full (list, (GDestroyNotify)soup_cookie_free);
}

void
net_cookies_prepare (NetHost *net, SoupSession *soup, SoupMessage *message,
                     gboolean wanted)
{
  if (!wanted)
    soup_message_disable_feature (message, SOUP_TYPE_COOKIE_JAR);
  else if (!soup_session_has_feature (soup, SOUP_TYPE_COOKIE_JAR))
    soup_session_add_feature (soup, SOUP_SESSION_FEATURE (want_jar (net)));
}
