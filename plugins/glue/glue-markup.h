#pragma once

/* libpurple's HTML on one side, ImText on the other. Everything the user
 * types comes as HTML in every host, even where it looks plain: bitlbee
 * escapes it whatever the connection's flags say. */

#include "im-text.h"

/** Returns: (transfer full): what the HTML of a host says; empty for %NULL */
ImText *glue_markup_parse (const char *html);

/** Returns: (transfer full): @text as HTML every host shows; "" for %NULL */
char *glue_markup_print (const ImText *text);
