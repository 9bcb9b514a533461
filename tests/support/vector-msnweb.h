#pragma once

/* Says in words what commands of MSN's web gateway mean; those of clients are
 * written again. */

#include "vector-show.h"

/**
 * show_msnweb:
 * @wire: "msnweb" for what servers send, "msnweb-client" for clients, and
 *   "msnweb-older" for either in MSNP21, which is only recognised;
 *   "msnweb-roster" for the directory's answer
 * @bytes: all of it, as it is in one body of HTTP
 * @show: receives what was understood
 * @error: return location
 *
 * Returns: %FALSE with an error of the first command not understood
 */
gboolean show_msnweb (const char *wire, const ImReader *bytes, Show *show,
                      GError **error);
