#pragma once

/* SRV records, for ImHostOps. */

#include "net-host.h"

ImLookup *net_srv_lookup (ImHost *host, const char *service,
                          const char *domain, ImLookupFunc func,
                          gpointer user);
void net_srv_cancel (ImHost *host, ImLookup *lookup);

/** Forgets every lookup of @net, which is being closed. */
void net_srv_close_all (NetHost *net);
