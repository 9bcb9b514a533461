#pragma once

/* Answers to the questions MSN servers ask while a session runs (CHL), and to
 * the salt of the oldest sign-on.
 *
 *   versions 6 to 10   hex (MD5 (challenge || key))
 *   from version 11    the same digest mixed with challenge and product id
 *
 * The product ids and their keys are those official clients had; servers
 * know them. Algorithms: wiki.nina.chat, Protocols/MSNP/Challenges; table:
 * github.com/subpurple/escargot. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-secret.h"

/** Hex digits of an answer, without NUL. */
#define AUTH_MSN_CHALLENGE_LEN 32

/**
 * AuthMsnProduct:
 * @id: what QRY names
 * @key: what goes into the answer
 * @first: the first version official clients used it with
 * @last: the last one
 */
typedef struct
{
  const char *id;
  const char *key;
  guint first;
  guint last;
} AuthMsnProduct;

/**
 * auth_msn_product_for:
 * @version: 6 to 18
 *
 * Returns: (transfer none): a product that may answer in @version
 */
IM_API const AuthMsnProduct *auth_msn_product_for (guint version);

/**
 * auth_msn_product_find:
 * @id: a product id
 *
 * Returns: (transfer none) (nullable): its row, or %NULL
 */
IM_API const AuthMsnProduct *auth_msn_product_find (const char *id);

/**
 * auth_msn_challenge_answer:
 * @product: who we say we are
 * @version: of the protocol, which decides the form
 * @challenge: what the server asked; any text
 * @ret: (out): 32 lower-case hex digits and a NUL, written only on success
 * @error: return location
 *
 * The lock of offline messages takes the answer for version 11, whatever the
 * session's version.
 *
 * Returns: %FALSE with %IM_PROBLEM_NO_MECHANISM if the system forbids MD5
 */
IM_API gboolean auth_msn_challenge_answer (
    const AuthMsnProduct *product, guint version, const char *challenge,
    char ret[AUTH_MSN_CHALLENGE_LEN + 1], GError **error);

/**
 * auth_msn_md5_answer:
 * @salt: of "USR t MD5 S salt"
 * @password: the password as typed
 * @ret: (out): 32 lower-case hex digits and a NUL, written only on success
 * @error: return location
 *
 * The sign-on before version 8: hex (MD5 (salt || password)). The link is not
 * encrypted and who listens can try passwords against it, so it is never
 * chosen automatically.
 *
 * Returns: as auth_msn_challenge_answer()
 */
IM_API gboolean auth_msn_md5_answer (const char *salt, const ImSecret *password,
                                     char ret[AUTH_MSN_CHALLENGE_LEN + 1],
                                     GError **error);
