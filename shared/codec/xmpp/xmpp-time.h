#pragma once

/* Points in time as stanzas carry them (XEP-0082), and as old ones did. */

#include <glib.h>
#include "im-api.h"

/**
 * xmpp_time_parse:
 * @text: (nullable): "2026-11-22T02:07:59Z", with a fraction or an offset
 *   maybe, or "20261122T02:07:59" as XEP-0091 wrote it, which is UTC
 *
 * Returns: unix time in seconds, or 0 if that is none or before 1970
 */
IM_API gint64 xmpp_time_parse (const char *text);

/** Returns: (transfer full): unix time @seconds as XEP-0082 writes it */
IM_API char *xmpp_time_print (gint64 seconds);
