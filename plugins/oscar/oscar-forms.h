#pragma once

/* Forms of fields about people, for the account's menu. */

#include <purple.h>

#include "glue-host.h"

/** Appends a field for @field, with what stands in it. */
void oscar_forms_add_string (PurpleRequestFieldGroup *group, ImFieldId field,
                             const char *value);
void oscar_forms_add_bool (PurpleRequestFieldGroup *group, ImFieldId field,
                           gboolean value);

/** Returns: (nullable): what the user wrote */
const char *oscar_forms_get_string (PurpleRequestFields *form,
                                    ImFieldId field);
gboolean oscar_forms_get_bool (PurpleRequestFields *form, ImFieldId field);

/** Whether a text is another than stood there at first. */
gboolean oscar_forms_was_changed (PurpleRequestFields *form, ImFieldId field);

/**
 * oscar_forms_show:
 * @glue: a host
 * @title: of the window
 * @primary: what it is about
 * @secondary: (nullable): more about that
 * @form: (transfer full): what to fill in
 * @done: called with the #PurpleConnection and the form
 *
 * Shows a form. Where the host has none, the user is told so.
 */
void oscar_forms_show (GlueHost *glue, const char *title, const char *primary,
                       const char *secondary, PurpleRequestFields *form,
                       GCallback done);
