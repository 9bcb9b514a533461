#pragma once

/* What came of changes to the account, in words. */

#include "glue-host.h"

/** %IM_EVENT_ACCOUNT. A new password is stored once it holds. */
void glue_changes_on_account (GlueHost *glue, const ImEvent *event);
