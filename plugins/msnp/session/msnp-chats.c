#include "msnp-session-private.h"

/* Nothing yet. */

void
msnp_chats_init (MsnpSession *session)
{
}

void
msnp_chats_clear (MsnpSession *session)
{
}
