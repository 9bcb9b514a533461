#pragma once

/* From the many errors of GIO, its resolver, its TLS backend and libsoup to
 * the few a user can do something about. */

#include <gio/gio.h>
#include "im-error.h"

/** How far a connection had come when it failed. */
typedef enum
{
  NET_PHASE_PROXY,     /* the proxy was not reached yet */
  NET_PHASE_NEGOTIATE, /* the proxy tries to reach the peer */
  NET_PHASE_CONNECT,   /* the peer was not reached yet */
  NET_PHASE_HANDSHAKE, /* TLS was being set up */
  NET_PHASE_OPEN,      /* it worked before */
} NetPhase;

/**
 * net_error_map:
 * @phase: how far the connection had come
 * @error: an error of GIO or libsoup
 *
 * Returns: (transfer full): the same in the %IM_PROBLEM domain, its message
 *   a few words of the system without the name of the host
 */
GError *net_error_map (NetPhase phase, const GError *error);

/**
 * net_error_is_would_block:
 * @error: (nullable): an error
 *
 * Returns: whether @error only says that now is not the moment
 */
gboolean net_error_is_would_block (const GError *error);
