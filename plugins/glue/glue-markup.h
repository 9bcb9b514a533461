#pragma once

/* libpurple's HTML on one side, ImText on the other. Everything the user
 * types comes as HTML in every host, even where it looks plain: bitlbee
 * escapes it whatever the connection's flags say. */

#include "im-text.h"

/** Returns: (transfer full): what the HTML of a host says; empty for %NULL */
ImText *glue_markup_parse (const char *html);

/** Returns: (transfer full): @text as HTML the host shows; "" for %NULL.
 * bitlbee knows bold and italic, but drops links, so there the target is
 * written out. */
char *glue_markup_print (const ImText *text);

/* What stands in a status is HTML as well, but for bitlbee, which neither
 * escapes nor strips it, and shows it in one line. */
/** Returns: (transfer full): what a host's status says; empty for %NULL */
ImText *glue_markup_parse_status (const char *message);
/** Returns: (transfer full): @text for the status of a buddy */
char *glue_markup_print_status (const ImText *text);
