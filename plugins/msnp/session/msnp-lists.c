#include "msnp-session-private.h"

/* Nothing yet. */

void
msnp_lists_init (MsnpSession *session)
{
}

void
msnp_lists_clear (MsnpSession *session)
{
}

void
msnp_lists_start (MsnpSession *session)
{
}

void
msnp_lists_handle (MsnpSession *session, const MsnpCommand *command)
{
}
