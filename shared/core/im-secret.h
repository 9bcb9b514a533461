#pragma once

/* Passwords, tickets and tokens: counted references to text that is wiped
 * when the last one goes, and that no function of ours ever prints. */

#include <glib.h>
#include "im-api.h"

typedef struct _ImSecret ImSecret;

/**
 * im_secret_new:
 * @text: (nullable): the secret; %NULL counts as empty
 *
 * Returns: (transfer full): a copy that wipes itself
 */
IM_API ImSecret *im_secret_new (const char *text);

/**
 * im_secret_new_take:
 * @text: (transfer full): the secret, wiped and freed in the end
 *
 * Returns: (transfer full): the secret
 */
IM_API ImSecret *im_secret_new_take (char *text);

IM_API ImSecret *im_secret_ref (ImSecret *secret);
IM_API void im_secret_unref (ImSecret *secret);

/**
 * im_secret_peek:
 * @secret: (nullable): a secret
 *
 * Returns: (transfer none): its text, valid while @secret lives; "" for %NULL
 */
IM_API const char *im_secret_peek (const ImSecret *secret);

/**
 * im_secret_wipe:
 * @data: memory that held a secret
 * @len: its size
 *
 * Overwrites @data in a way the compiler may not remove.
 */
IM_API void im_secret_wipe (void *data, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImSecret, im_secret_unref)
