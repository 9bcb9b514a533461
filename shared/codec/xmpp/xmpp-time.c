#include "xmpp-time.h"

#include <string.h>

/* Returns: (transfer full): @text with the dashes XEP-0091 leaves out */
static char *
add_dashes (const char *text)
{
  for (guint i = 0; i < 8; i++)
    if (!g_ascii_isdigit (text[i]))
      return g_strdup (text);
  return g_strdup_printf ("%.4s-%.2s-%s", text, text + 4, text + 6);
}

gint64
xmpp_time_parse (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *dashed = NULL;

  if (text == NULL)
    return 0;
  dashed = add_dashes (text);
  time = g_date_time_new_from_iso8601 (dashed, utc);
  return time != NULL ? MAX (0, g_date_time_to_unix (time)) : 0;
}

char *
xmpp_time_print (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  if (time == NULL)
    time = g_date_time_new_from_unix_utc (0);
  return g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}
