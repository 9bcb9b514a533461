#include "im-host.h"

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
