#pragma once

/* Mail in the account's mailbox, for the other parts. */

#include "gtalk-session.h"

/** Whether the server tells of mail. */
gboolean gtalk_mail_is_there (const GtalkSession *session);

/** ... and the user wants to know. */
gboolean gtalk_mail_is_watched (const GtalkSession *session);
