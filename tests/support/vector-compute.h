#pragma once

#include <glib.h>

/**
 * vector_compute:
 * @dump: lines of "function arguments = result"; an argument is a quoted
 *   text, or hex: followed by bytes
 *
 * Computes every line anew.
 *
 * Returns: (transfer full): the lines with the results found
 */
char *vector_compute (const char *dump);
