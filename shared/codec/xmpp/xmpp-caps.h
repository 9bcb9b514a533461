#pragma once

/* Entity capabilities: one hash for all that a client can do (XEP-0115). */

#include "xml-tree.h"

/**
 * xmpp_caps_hash:
 * @query: a query element of disco#info
 *
 * Returns: (transfer full) (nullable): the hash, base64 of SHA-1, or %NULL if
 *   the answer is one that must not be hashed: a feature, identity or form
 *   that is there twice, or "<" in a part, which would let one answer pass for
 *   another
 */
IM_API char *xmpp_caps_hash (const XmlNode *query);
