#pragma once

/* What is known of people: fields put into words, search results shown. */

#include "glue-host.h"

/** Returns: what a field is called, in the user's language */
const char *glue_people_label (ImFieldId id);

/** Returns: what stands in a field that is no free text, in the user's
 * language; any other @value as it is. Do not keep it. */
const char *glue_people_word (ImFieldId id, const char *value);

/** Appends @fields to @info, those of one kind in one row. */
void glue_people_add_fields (PurpleNotifyUserInfo *info,
                             const ImField *fields, guint n_fields);

/** Shows the nickname among @fields for a buddy that has no alias. */
void glue_people_apply_nick (GlueHost *glue, const char *who,
                             const ImField *fields, guint n_fields);

/** %IM_EVENT_FOUND. */
void glue_people_on_found (GlueHost *glue, const ImEvent *event);
