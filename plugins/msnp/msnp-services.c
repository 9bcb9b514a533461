#include "msnp-services.h"

#include <string.h>

/* Which address a path hangs on. */
typedef enum
{
  BASE_LOGIN,
  BASE_CONTACTS,
  BASE_PLAIN, /* the server itself, unencrypted: gateways are no others */
} Base;

typedef struct
{
  const char *name;
  Base base;
  const char *path;
} Service;

/* Paths of Microsoft's services, which Escargot and its like keep. The order
 * is that of store(). */
static const Service services[] = {
  { "nexus", BASE_LOGIN, "/rdr/pprdr.asp" },
  { "rst", BASE_LOGIN, "/RST.srf" },
  { "address-book", BASE_CONTACTS, "/abservice/abservice.asmx" },
  { "sharing", BASE_CONTACTS, "/abservice/SharingService.asmx" },
  { "oim", BASE_CONTACTS, "/rsi/rsi.asmx" },
  { "oim-store", BASE_CONTACTS, "/OimWS/oim.asmx" },
  { "gateway", BASE_PLAIN, "/gateway/gateway.dll" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (services) ==
                 G_N_ELEMENTS (((MsnpServiceUrls *) NULL)->urls));

void
msnp_service_urls_clear (MsnpServiceUrls *urls)
{
  for (guint i = 0; i < G_N_ELEMENTS (urls->urls); i++)
    g_clear_pointer (&urls->urls[i], g_free);
}

static char *
address_of (const char *scheme, const char *host)
{
  /* Addresses of IPv6 stand in brackets. */
  return strchr (host, ':') != NULL
             ? g_strdup_printf ("%s://[%s]", scheme, host)
             : g_strdup_printf ("%s://%s", scheme, host);
}

static char *
login_address (const GlueNetwork *network)
{
  if (network->web_url != NULL)
    return g_strdup (network->web_url);
  return address_of (network->security == GLUE_SECURITY_OFF ? "http"
                                                            : "https",
                     network->host);
}

void
msnp_services_fill (const GlueNetwork *network, MsnpServiceUrls *ret_urls,
                    MsnpServices *ret)
{
  g_autofree char *login = login_address (network);
  g_autofree char *plain = address_of ("http", network->host);
  const char *bases[] = {
    [BASE_LOGIN] = login,
    [BASE_CONTACTS] =
        network->session_url != NULL ? network->session_url : login,
    [BASE_PLAIN] = network->security == GLUE_SECURITY_OFF ? login : plain,
  };

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      const char *url = glue_network_service (network, services[i].name);

      ret_urls->urls[i] =
          url != NULL
              ? g_strdup (url)
              : g_strconcat (bases[services[i].base], services[i].path, NULL);
    }
  *ret = (MsnpServices){
    .nexus = ret_urls->urls[0],
    .rst = ret_urls->urls[1],
    .address_book = ret_urls->urls[2],
    .sharing = ret_urls->urls[3],
    .oim = ret_urls->urls[4],
    .oim_store = ret_urls->urls[5],
    .gateway = ret_urls->urls[6],
  };
}
