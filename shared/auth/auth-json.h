#pragma once

/* Answers of services in JSON, as far as sign-in needs it: one object with
 * text in it. Internal to this directory. */

#include <json-glib/json-glib.h>

/**
 * auth_json_parse:
 * @parser: which owns what is returned
 * @body: (nullable): of an answer
 * @max: bytes beyond which it is none
 *
 * Returns: (transfer none) (nullable): the object; %NULL for what is none, is
 *   no UTF-8, or nests deeper than any answer does
 */
JsonObject *auth_json_parse (JsonParser *parser, GBytes *body, gsize max);

/** Returns: (transfer none) (nullable): a member of @object (nullable), if it
 * is there and text */
const char *auth_json_text (JsonObject *object, const char *name);
