#pragma once

/* Where a network's web services are: what its preset or the account's web
 * address says, and else where servers of that kind have them. */

#include "glue-account.h"
#include "msnp-session.h"

/** The strings of #MsnpServices, owned. */
typedef struct
{
  char *urls[7];
} MsnpServiceUrls;

void msnp_service_urls_clear (MsnpServiceUrls *urls);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpServiceUrls, msnp_service_urls_clear)

/**
 * msnp_services_fill:
 * @network: a network
 * @ret_urls: (out): what @ret points into
 * @ret: (out): the service map
 *
 * A service the preset does not name is at its web address, or at the sign-in
 * server, under the path Escargot has it. Of two web addresses of an account
 * the second is where contacts and offline messages are.
 */
void msnp_services_fill (const GlueNetwork *network,
                         MsnpServiceUrls *ret_urls, MsnpServices *ret);
