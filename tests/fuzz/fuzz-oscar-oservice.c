/* What every connection to a server needs: rates, versions, redirections,
 * migrations, and the small families that announce rights. */

#include "fuzz.h"
#include "oscar-buddy.h"
#include "oscar-oservice-rate.h"
#include "oscar-oservice.h"
#include "oscar-pd.h"

FUZZ_ROUND_TRIP (foodgroups, OscarFoodgroups, oscar_oservice_decode_foodgroups,
                 oscar_oservice_encode_foodgroups, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (versions, OscarFoodgroupVersions,
                 oscar_oservice_decode_versions, oscar_oservice_encode_versions,
                 fuzz_owns_nothing)
FUZZ_ROUND_TRIP (client_online, OscarFoodgroupVersions,
                 oscar_oservice_decode_client_online,
                 oscar_oservice_encode_client_online, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (request, OscarServiceRequest,
                 oscar_oservice_decode_service_request,
                 oscar_oservice_encode_service_request,
                 oscar_service_request_clear)
FUZZ_ROUND_TRIP (response, OscarServiceResponse,
                 oscar_oservice_decode_service_response,
                 oscar_oservice_encode_service_response,
                 oscar_service_response_clear)
FUZZ_ROUND_TRIP (migration, OscarMigration, oscar_oservice_decode_migration,
                 oscar_oservice_encode_migration, oscar_migration_clear)
FUZZ_ROUND_TRIP (evil, OscarEvil, oscar_oservice_decode_evil,
                 oscar_oservice_encode_evil, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (motd, OscarMotd, oscar_oservice_decode_motd,
                 oscar_oservice_encode_motd, oscar_motd_clear)
FUZZ_ROUND_TRIP (set_fields, OscarSetFields, oscar_oservice_decode_set_fields,
                 oscar_oservice_encode_set_fields, oscar_set_fields_clear)
FUZZ_ROUND_TRIP (rate_change, OscarRateChange, oscar_rate_decode_change,
                 oscar_rate_encode_change, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (buddy_rights, OscarBuddyRights, oscar_buddy_decode_rights,
                 oscar_buddy_encode_rights, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (pd_rights, OscarPdRights, oscar_pd_decode_rights,
                 oscar_pd_encode_rights, fuzz_owns_nothing)

static void
rates (const ImReader *body)
{
  ImReader copy = *body;
  g_autoptr (GError) error = NULL;
  OscarRateMember member;
  OscarRateWalk walk;
  OscarRates self;
  guint members = 0;

  if (!oscar_rate_decode_reply (&copy, &self, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  oscar_rate_walk_init (&walk, &self);
  while (oscar_rate_walk_next (&walk, &member))
    members++;
  g_assert_cmpuint (members, <=, im_reader_left (body) / 4);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = {
    rates,      rate_change,  foodgroups, versions, client_online,
    request,    response,     migration,  evil,     motd,
    set_fields, buddy_rights, pd_rights,
  };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
