#pragma once

/* A host whose links go through the polling gateway. */

#include "im-host.h"

/**
 * msnp_gateway_new:
 * @host: who makes the requests and keeps time; must outlive the gateway
 * @url: of the gateway, up to and with "gateway.dll"
 *
 * Returns: (transfer full): a host like @host, but for its links
 */
ImHost *msnp_gateway_new (ImHost *host, const char *url);

/** (nullable) (transfer full): ends what is left of its links, quietly. */
void msnp_gateway_free (ImHost *gateway);
