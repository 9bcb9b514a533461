#include "msnp-session-private.h"

/* Nothing yet. */

void
msnp_oim_init (MsnpSession *session)
{
}

void
msnp_oim_clear (MsnpSession *session)
{
}

void
msnp_oim_handle_mail_data (MsnpSession *session, const char *xml)
{
}
