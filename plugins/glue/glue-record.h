#pragma once

/* Conversations the server does not keep: none of ours does then, either. */

#include "glue-host.h"

/** %IM_EVENT_RECORD: says so in the conversation, and begins or ends its log.
 * One that is opened later is treated likewise. */
void glue_record_on_event (GlueHost *glue, const ImEvent *event);

/** Whether the conversation with @who is off the record. */
gboolean glue_record_is_off (GlueHost *glue, const char *who);

/** The host goes away. */
void glue_record_closing (GlueHost *glue);
