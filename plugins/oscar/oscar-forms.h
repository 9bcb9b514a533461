#pragma once

/* Forms of fields about people, for the account's menu. */

#include <purple.h>

#include "glue-host.h"

/** Appends a field for @field, with what stands in it. */
void oscar_forms_add_string (PurpleRequestFieldGroup *group, ImFieldId field,
                             const char *value);
void oscar_forms_add_bool (PurpleRequestFieldGroup *group, ImFieldId field,
                           gboolean value);

/**
 * oscar_forms_new_choice:
 * @id: of the field
 * @label: of the field
 * @chosen: which answer stands there, from 0
 *
 * Returns: (transfer full): a choice, to which answers are to be added
 */
PurpleRequestField *oscar_forms_new_choice (const char *id, const char *label,
                                            int chosen);

/** Returns: which answer was chosen, from 0 */
int oscar_forms_chosen (PurpleRequestField *field);

/**
 * oscar_forms_add_choice:
 * @group: where to append
 * @field: what to choose
 * @nth: of several fields for the same; 0 for the first or only one
 * @values: %NULL-terminated, in the order to show them
 * @value: (nullable): what stands there
 *
 * Appends a choice between @values, shown in the user's language, and saying
 * nothing.
 */
void oscar_forms_add_choice (PurpleRequestFieldGroup *group, ImFieldId field,
                             guint nth, const char *const *values,
                             const char *value);

/**
 * oscar_forms_get_choice:
 * @form: filled in
 * @field: a choice in it
 * @nth: which of several
 * @values: what oscar_forms_add_choice() was given
 * @ret: (out): what was chosen; "" for nothing
 *
 * Returns: whether that is another than stood there at first
 */
gboolean oscar_forms_get_choice (PurpleRequestFields *form, ImFieldId field,
                                 guint nth, const char *const *values,
                                 const char **ret);

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
