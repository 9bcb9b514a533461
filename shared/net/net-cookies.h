#pragma once

/* The account's cookies: a jar of libsoup's for each host, which only requests
 * that say so carry and fill. Nothing of it is on disk, and nothing of it is
 * logged. The first three functions are those of ImHostOps. */

#include <libsoup/soup.h>
#include "im-host.h"
#include "net-host.h"

GPtrArray *net_cookies_list (ImHost *host, const char *url);
void net_cookies_put (ImHost *host, const ImCookie *cookie);
void net_cookies_clear (ImHost *host);

/**
 * net_cookies_prepare:
 * @net: whose request it is
 * @soup: which makes it
 * @message: the request
 * @wanted: it carries cookies, and takes some
 */
void net_cookies_prepare (NetHost *net, SoupSession *soup, SoupMessage *message,
                          gboolean wanted);
