#pragma once

/* The answer to an OSCAR sign-on challenge (BUCP, family 0x0017).
 *
 * With K the challenge, P the password and S the words
 * "AOL Instant Messenger (SM)" (their 26 bytes, no NUL):
 *
 *   weak    MD5 (K || P || S)        sent without TLV 0x004C
 *   strong  MD5 (K || MD5 (P) || S)  sent with an empty TLV 0x004C
 *
 * Both forms: github.com/mk6i/open-oscar-server, state/user.go. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-secret.h"

#define AUTH_OSCAR_MD5_SIZE 16

/**
 * auth_oscar_md5_digest:
 * @key: (nullable): the challenge of the server, raw bytes
 * @key_len: how many
 * @password: the password as typed, already cut to what the network keeps
 * @strong: which form
 * @ret: (out): the digest, written only on success
 * @error: return location
 *
 * Returns: %FALSE with %IM_PROBLEM_NO_MECHANISM if the system forbids MD5
 */
IM_API gboolean auth_oscar_md5_digest (const guint8 *key, gsize key_len,
                                       const ImSecret *password,
                                       gboolean strong,
                                       guint8 ret[AUTH_OSCAR_MD5_SIZE],
                                       GError **error);
