#pragma once

/* Single sign-on of MSNP15 and later: which tickets are asked for, and the
 * proof that we hold the key that came with the first.
 *
 *   key1    the proof token, base64-decoded; 24 bytes
 *   key2    derive (key1, "WS-SecureConversationSESSION KEY HASH")
 *   key3    derive (key1, "WS-SecureConversationSESSION KEY ENCRYPTION")
 *   hash    HMAC-SHA1 (key2, nonce)
 *   cipher  3DES-CBC (key3, iv, nonce padded as in PKCS #7)
 *   proof   base64 of a header of seven little-endian words, iv, hash, cipher
 *
 * where the nonce is the text of USR as it stands. After the page on MSNP15 of
 * wiki.nina.chat, and yellows111.darkok.xyz/msnp. */

#include "auth-passport3.h"

/** Bytes of the initialisation vector, which must be random. */
#define AUTH_MSN_SSO_IV 8

/** The policy both kinds of live servers name in "USR t SSO S". */
#define AUTH_MSN_SSO_POLICY "MBI_KEY_OLD"

/** The sites tickets are asked for, in the order of auth_msn_sso_sites(). */
typedef enum
{
  AUTH_MSN_SITE_CLEAR,    /* the notification server, with a proof token */
  AUTH_MSN_SITE_MAIL,     /* reading offline messages */
  AUTH_MSN_SITE_CONTACTS, /* address book and memberships */
  AUTH_MSN_SITE_SECURE,   /* sending offline messages */
  AUTH_MSN_SITE_STORAGE,  /* the profile */
  AUTH_MSN_N_SITES,
} AuthMsnSite;

/**
 * auth_msn_sso_sites:
 * @policy: what the server named; borrowed
 * @ret: (out): the sites to ask for
 */
IM_API void auth_msn_sso_sites (const char *policy,
                                AuthPassport3Site ret[AUTH_MSN_N_SITES]);

/**
 * auth_msn_sso_proof:
 * @key: the proof token of messengerclear.live.com, base64
 * @nonce: the last word of "USR t SSO S policy nonce"
 * @iv: random bytes
 * @error: return location
 *
 * Returns: (transfer full): the word for USR, or %NULL with
 *   %IM_WIRE_ERROR_MALFORMED if @key is not base64, %IM_PROBLEM_NO_MECHANISM
 *   if the system forbids SHA-1 or 3DES
 */
IM_API char *auth_msn_sso_proof (const ImSecret *key, const char *nonce,
                                 const guint8 iv[AUTH_MSN_SSO_IV],
                                 GError **error);
