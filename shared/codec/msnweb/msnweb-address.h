#pragma once

/* Addresses of the web gateway: who, and maybe where.
 *
 *   8:live:bob;epid={bbbbbbbb-0000-4000-8000-000000000002}
 *   | |             an endpoint: one program one is signed in with
 *   | id, whose case does not matter
 *   type: 1 Microsoft account, 8 Skype, 19 thread ...
 *
 * msnp-sharp's wiki, KB_MSNP21; github.com/Delthas/JavaSkype. */

#include <glib.h>
#include "im-api.h"

/** Types that matter; there are others. */
#define MSNWEB_TYPE_PASSPORT 1
#define MSNWEB_TYPE_SKYPE 8
#define MSNWEB_TYPE_THREAD 19

/**
 * msnweb_address_normalize:
 * @address: (nullable): what a user typed, or an address of the network
 *
 * "bob@example.com" becomes "1:bob@example.com" and "live:bob" becomes
 * "8:live:bob"; a known type in front stays. Parameters are cut off, the id
 * is in lower case.
 *
 * Returns: (transfer full): how we name them; "" for nothing
 */
IM_API char *msnweb_address_normalize (const char *address);

/**
 * msnweb_address_bare:
 * @address: (nullable): an address as it came
 *
 * Returns: (transfer full) (nullable): it without parameters, the id in lower
 *   case, or %NULL if it is no address: of a type we know or not
 */
IM_API char *msnweb_address_bare (const char *address);

/** Returns: the type of an address, or 0 if it is none */
IM_API guint msnweb_address_type (const char *address);

/** Returns: (transfer none): what follows the type; "" if it is no address */
IM_API const char *msnweb_address_id (const char *address);

/**
 * msnweb_address_epid:
 * @address: (nullable): an address as it came
 *
 * Returns: (transfer full) (nullable): its endpoint in braces and lower case
 */
IM_API char *msnweb_address_epid (const char *address);

/** Returns: whether two addresses (nullable) name the same person or thread,
 * wherever they are */
IM_API gboolean msnweb_address_equal (const char *a, const char *b);

/** Returns: (transfer full): @address at the endpoint @epid (nullable) */
IM_API char *msnweb_address_at (const char *address, const char *epid);

/** Returns: (transfer full): a GUID in braces and lower case, however it is
 * written; "" for nothing */
IM_API char *msnweb_epid_normalize (const char *epid);

/** Returns: whether two endpoints (nullable) are the same, braces and case
 * aside */
IM_API gboolean msnweb_epid_equal (const char *a, const char *b);
