#pragma once

/* Questions of a sign-on that only the user can answer. */

#include "glue-host.h"

/** For the table of glue-events.c. */
void glue_prompt_on_event (GlueHost *glue, const ImEvent *event);
