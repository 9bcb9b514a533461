#include "msnp-session-private.h"

/* Nothing yet. */

void
msnp_contacts_init (MsnpSession *session)
{
}

void
msnp_contacts_clear (MsnpSession *session)
{
}

void
msnp_contacts_start (MsnpSession *session)
{
}

void
msnp_contacts_signed_in (MsnpSession *session)
{
}

void
msnp_contacts_handle (MsnpSession *session, const MsnpCommand *command)
{
}

void
msnp_contacts_changed_elsewhere (MsnpSession *session)
{
}

void
msnp_contacts_publish_nick (MsnpSession *session, const char *nick)
{
}
