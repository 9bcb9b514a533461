#pragma once

/* Hosts and the account's proxy in GIO's words. Used for links and HTTP alike, so that
 * nothing goes another way than the user chose. */

#include <gio/gio.h>
#include "net-host.h"

/**
 * net_proxy_spell:
 * @name: the name or the address of a host, perhaps from a server
 *
 * Returns: (transfer full) (nullable): the same in ASCII, as DNS spells it,
 *   or %NULL if it cannot be one, in which case GIO would just warn
 */
char *net_proxy_spell (const char *name);

/** Whether @proxy is one at all. */
gboolean net_proxy_used (const NetProxy *proxy);

/**
 * net_proxy_check:
 * @proxy: a proxy
 * @error: return location
 *
 * A proxy without a host would be a direct connection, which is not what was
 * asked for.
 *
 * Returns: %TRUE if connections can be made, else %IM_PROBLEM_SETTINGS
 */
gboolean net_proxy_check (const NetProxy *proxy, GError **error);

/**
 * net_proxy_resolver:
 * @proxy: a proxy that passed net_proxy_check()
 * @for_soup: leave the password of an HTTP proxy out: libsoup 3.2 asks such
 *   a proxy for itself in an endless loop, and wants it on the authenticate
 *   signal instead
 *
 * Returns: (transfer full): a resolver that always says @proxy
 */
GProxyResolver *net_proxy_resolver (const NetProxy *proxy, gboolean for_soup);

/** Deep copies of the strings in @proxy, which may be %NULL for none. */
void net_proxy_copy (const NetProxy *proxy, NetProxy *ret);
void net_proxy_clear (NetProxy *proxy);
