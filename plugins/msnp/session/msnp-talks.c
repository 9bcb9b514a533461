#include "msnp-session-private.h"

/* Nothing yet. */

void
msnp_talks_init (MsnpSession *session)
{
}

void
msnp_talks_clear (MsnpSession *session)
{
}

void
msnp_talks_abandon (MsnpSession *session)
{
}

void
msnp_talks_handle_ring (MsnpSession *session, const MsnpCommand *command)
{
}

void
msnp_talks_presence (MsnpSession *session, const char *who, gboolean online)
{
}

void
msnp_talks_handle_relayed (MsnpSession *session, const MsnpCommand *command)
{
}
