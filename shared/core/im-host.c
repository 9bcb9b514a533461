#include "im-host.h"

#include <string.h>

void
im_host_debug (ImHost *host, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  if (host->ops->debug == NULL)
    return;
  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  host->ops->debug (host, line);
}

void
im_host_http_ahead (ImHost *host, const char *url)
{
  if (url != NULL && host->ops->http_ahead != NULL)
    host->ops->http_ahead (host, url);
}

void
im_cookie_free (ImCookie *cookie)
{
  g_free (cookie->name);
  g_clear_pointer (&cookie->value, im_secret_unref);
  g_free (cookie->domain);
  g_free (cookie->path);
  g_free (cookie);
}

GPtrArray *
im_host_cookies (ImHost *host, const char *url)
{
  if (host->ops->cookies_list != NULL)
    return host->ops->cookies_list (host, url);
  return g_ptr_array_new_with_free_func ((GDestroyNotify)im_cookie_free);
}

ImSecret *
im_host_cookie (ImHost *host, const char *url, const char *name)
{
  g_autoptr (GPtrArray) cookies = im_host_cookies (host, url);

  for (guint i = 0; i < cookies->len; i++)
    {
      const ImCookie *cookie = cookies->pdata[i];

      if (strcmp (cookie->name, name) == 0 &&
          *im_secret_peek (cookie->value) != '\0')
        return im_secret_ref (cookie->value);
    }
  return NULL;
}
