#pragma once

/* Says in words what MSNP means: streams of commands, of which those of
 * clients are written again, and bodies of its web services. */

#include "vector-show.h"

/**
 * show_msnp:
 * @wire: "msnp" and the version for what servers send, with "-client" behind
 *   for clients; "msnp-soap" and "msnp-mail-data" for those bodies
 * @bytes: all of it
 * @step: how many bytes to feed at once
 * @show: receives what was understood
 * @error: return location
 *
 * Returns: %FALSE with an error of the first command not understood, or if
 *   bytes are left over
 */
gboolean show_msnp (const char *wire, const ImReader *bytes, gsize step,
                    Show *show, GError **error);
