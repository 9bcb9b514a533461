#pragma once

/* What the conditions of streams, sign-in and stanzas mean. */

#include "im-error.h"
#include "im-event.h"
#include "xml-tree.h"

/** Returns: what an error of a stream (its element) means; @ret_text
 * (transfer full) (nullable) is what the server says about it */
ImProblem gtalk_error_of_stream (const XmlNode *error, char **ret_text);

/** The same for a failure of SASL. */
ImProblem gtalk_error_of_sasl (const XmlNode *failure, char **ret_text);

/** Returns: (transfer none): the condition an error element names, "" for
 * none */
const char *gtalk_error_condition (const XmlNode *error);

/** Returns: why a message came back with this stanza */
ImUndelivered gtalk_error_of_message (const XmlNode *stanza);

/** Returns: why an edit of the list was refused with this stanza */
ImListError gtalk_error_of_list (const XmlNode *stanza);
