#pragma once

/* A host whose links go through the polling gateway: the bytes of a link are
 * bodies of HTTP requests, and what the server sends is fetched.
 *
 *   POST url?Action=open&Server=NS&IP=host   the first bytes of a link; SB for
 *                                            a switchboard
 *   POST url?SessionID=id                    more of them
 *   POST url?Action=poll&SessionID=id        none: what is new?
 *   X-MSN-Messenger: SessionID=id; GW-IP=address[; Session=close]
 *
 * One request is under way at a time. The id may change with each answer. The
 * address is not followed: a gateway is reached where the settings say. */

#include "im-host.h"

/**
 * msnp_gateway_new:
 * @host: who makes the requests and keeps time; must outlive the gateway
 * @url: of the gateway, up to and with "gateway.dll"
 *
 * Its links behave like those of @host, but for link_start_tls, which they
 * have not. Whether one leads to a switchboard is seen from the first command
 * written to it.
 *
 * Returns: (transfer full): a host like @host, but for its links
 */
ImHost *msnp_gateway_new (ImHost *host, const char *url);

/** (nullable) (transfer full): ends what is left of its links, quietly. */
void msnp_gateway_free (ImHost *gateway);
