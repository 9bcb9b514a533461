#pragma once

/* Mail in the mailbox of an account. */

#include "glue-host.h"

/** %IM_EVENT_MAIL: shown to who wants to know of mail, or asked. */
void glue_mail_on_event (GlueHost *glue, const ImEvent *event);
