#include "msnp-gateway.h"

/* Nothing yet: links go where @host leads them. */

ImHost *
msnp_gateway_new (ImHost *host, const char *url)
{
  return host;
}

void
msnp_gateway_free (ImHost *gateway)
{
}
