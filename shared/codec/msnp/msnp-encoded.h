#pragma once

/* Text in headers that may hold ASCII only: encoded words of RFC 2047.
 *
 *   =?utf-8?B?QWxpY2U=?=     =?iso-8859-1?Q?Andr=E9?= */

#include <glib.h>
#include "im-api.h"

/**
 * msnp_encoded_decode:
 * @value: the raw value of a header
 *
 * Spaces between two encoded words are dropped. What is no encoded word
 * stands for itself; so does one that cannot be decoded. Microsoft put the
 * charset in quotation marks and left spaces in the text.
 *
 * Returns: (transfer full): what it says, one line of tidy UTF-8
 */
IM_API char *msnp_encoded_decode (const char *value);

/**
 * msnp_encoded_encode:
 * @utf8: text
 * @max: bytes of it to take, cut at a character
 *
 * Returns: (transfer full): it as one encoded word
 */
IM_API char *msnp_encoded_encode (const char *utf8, gsize max);
