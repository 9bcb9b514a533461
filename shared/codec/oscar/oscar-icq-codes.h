#pragma once

/* The words behind the numbers in what ICQ's servers know about people:
 * countries (mostly telephone codes), languages, occupations. */

#include <glib.h>
#include "im-api.h"
#include "im-event.h"

/**
 * oscar_icq_code_name:
 * @field: what the number is about: %IM_FIELD_COUNTRY and the other countries,
 *   %IM_FIELD_LANGUAGE or %IM_FIELD_OCCUPATION
 * @code: the number
 *
 * Returns: (nullable): its English name; %NULL for numbers that say nothing
 */
IM_API const char *oscar_icq_code_name (ImFieldId field, guint16 code);

/** Returns: the number of @name; 0, which is "not said", if it has none */
IM_API guint16 oscar_icq_code_of (ImFieldId field, const char *name);

/** Returns: (nullable): the names of @field one after the other, from 0 */
IM_API const char *oscar_icq_code_nth (ImFieldId field, guint nth);
