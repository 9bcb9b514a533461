#pragma once

/* Forms as web pages post them (application/x-www-form-urlencoded), for
 * sign-ins over HTTPS. */

#include <glib.h>
#include "im-secret.h"

/** Adds "@name=@value" to @form, with an "&" in front unless it is the
 * first. */
void auth_form_add (GString *form, const char *name, const char *value);

/** Returns: (transfer full): what @form (transfer full) says, as a secret */
ImSecret *auth_form_end (GString *form);
