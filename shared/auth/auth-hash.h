#pragma once

/* Digests and keyed digests for the sign-in mechanisms, over OpenSSL.
 *
 * The old networks are built on MD5, which a system's crypto policy may
 * forbid. Then every function here fails with %IM_PROBLEM_NO_MECHANISM and a
 * message naming the digest: the policy is the owner's decision, and is not
 * worked around. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"

typedef enum
{
  AUTH_HASH_MD5,    /* 16 bytes */
  AUTH_HASH_SHA1,   /* 20 bytes */
  AUTH_HASH_SHA256, /* 32 bytes */
} AuthHash;

/** The size of the longest digest, in bytes. */
#define AUTH_HASH_MAX 32

/**
 * AuthPart:
 * @data: (nullable): bytes
 * @len: how many
 *
 * A piece of what is hashed, so that callers need not join secrets in a
 * buffer of their own.
 */
typedef struct
{
  const void *data;
  gsize len;
} AuthPart;

/**
 * auth_hash_size:
 * @hash: a digest
 *
 * Returns: its size in bytes, at most %AUTH_HASH_MAX
 */
IM_API gsize auth_hash_size (AuthHash hash);

/**
 * auth_hash_parts:
 * @hash: a digest
 * @parts: (array length=n_parts): what to hash, one after the other
 * @n_parts: how many
 * @ret: (out): auth_hash_size() raw bytes, written only on success
 * @error: return location
 *
 * Returns: %FALSE with %IM_PROBLEM_NO_MECHANISM if the system refuses @hash
 */
IM_API gboolean auth_hash_parts (AuthHash hash, const AuthPart *parts,
                                 guint n_parts, guint8 *ret, GError **error);

/**
 * auth_hash_bytes:
 * @hash: a digest
 * @data: (nullable): what to hash
 * @len: how many bytes
 * @ret: (out): auth_hash_size() raw bytes, written only on success
 * @error: return location
 *
 * Returns: as auth_hash_parts()
 */
IM_API gboolean auth_hash_bytes (AuthHash hash, const void *data, gsize len,
                                 guint8 *ret, GError **error);

/**
 * auth_hash_hmac:
 * @hash: the digest inside
 * @key: (nullable): the key
 * @key_len: its length in bytes
 * @data: (nullable): what to authenticate
 * @len: how many bytes
 * @ret: (out): auth_hash_size() raw bytes, written only on success
 * @error: return location
 *
 * HMAC as in RFC 2104.
 *
 * Returns: as auth_hash_parts()
 */
IM_API gboolean auth_hash_hmac (AuthHash hash, const void *key, gsize key_len,
                                const void *data, gsize len, guint8 *ret,
                                GError **error);

/**
 * auth_hash_pbkdf2:
 * @hash: the digest inside
 * @password: what to derive from
 * @password_len: its length in bytes
 * @salt: bytes
 * @salt_len: how many
 * @iterations: rounds, at least 1
 * @ret: (out): auth_hash_size() raw bytes, written only on success
 * @error: return location
 *
 * PBKDF2 with HMAC as in RFC 8018. Takes as long as @iterations says.
 *
 * Returns: as auth_hash_parts()
 */
IM_API gboolean auth_hash_pbkdf2 (AuthHash hash, const char *password,
                                  gsize password_len, const guint8 *salt,
                                  gsize salt_len, guint iterations,
                                  guint8 *ret, GError **error);
