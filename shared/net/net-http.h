#pragma once

/* HTTP requests through libsoup: one session per host, made when the first
 * request is. Redirects are handed to the caller, cookies (net-cookies.h) are
 * kept and sent where that is asked for, and what does not fit under the
 * request's ceiling is not waited for. The functions are those of
 * ImHostOps. */

#include "im-host.h"
#include "net-host.h"

ImHttp *net_http_send (ImHost *host, const ImHttpRequest *request,
                       ImHttpFunc func, gpointer user);
void net_http_cancel (ImHost *host, ImHttp *http);
void net_http_ahead (ImHost *host, const char *url);

/** Forgets every request of a host that is being closed. */
void net_http_close_all (NetHost *net);
