#pragma once

/* A stream that is read from a function, in the main loop: GIO would read
 * anything that is no socket in a thread. */

#include <gio/gio.h>

/** Returns: how many bytes were put into @buffer, 0 at the end, -1 if there
 * are none to be had any more */
typedef gssize (*NetBodyFunc) (gpointer user, void *buffer, gsize len);

/**
 * net_body_new:
 * @func: where the bytes are from
 * @user: (transfer full): handed to it
 * @destroy: frees @user
 *
 * Returns: (transfer full): a stream of them
 */
GInputStream *net_body_new (NetBodyFunc func, gpointer user,
                            GDestroyNotify destroy);
