#pragma once

/* The list: what the server is told of it, and the directory it is read from.
 *
 *   PUT n MSGR\SUBSCRIPTIONS   what shall be pushed
 *   PUT n MSGR\CONTACTS        who is on the list, for this session
 *   DEL n MSGR\CONTACTS        who no longer is
 *
 *   GET <directory>/people/abcore   <ab><persons><Person>...
 *
 * msndevs/protocol-docs, Subscriptions; github.com/miranda-ng/miranda-ng and
 * github.com/bitlbee/bitlbee for the rest. */

#include "msnp-types.h"
#include "msnweb-frame.h"

/** Returns: (transfer full): a PUT to MSGR\\SUBSCRIPTIONS for presence,
 * messages and what comes from partners */
IM_API MsnwebRequest msnweb_contacts_encode_subscriptions (void);

/** One entry: an address without parameters, and the lists it is on: forward
 * and either allow or block. */
typedef struct
{
  const char *address;
  MsnpListFlags lists;
} MsnwebContact;

/**
 * msnweb_contacts_encode:
 * @contacts: (array length=n_contacts): from where to begin
 * @n_contacts: how many there are, above zero
 * @initial: it is the list, or a part of it; else a later change
 * @remove: they are taken from it
 * @ret_used: (out): how many of them are in the command
 *
 * Others than type 1 and 8 are left out.
 *
 * Returns: (transfer full): a PUT, or a DEL, of as many as one command takes;
 *   without a body if none of them is of a type that counts
 */
IM_API MsnwebRequest msnweb_contacts_encode (const MsnwebContact *contacts,
                                             gsize n_contacts, gboolean initial,
                                             gboolean remove, gsize *ret_used);

/** What is asked of the directory, behind its address. */
#define MSNWEB_ROSTER_PATH                                                     \
  "/people/abcore?SerializeAs=xml&market=en-gb"                                \
  "&appid=3C48F07D-DE71-490C-B263-A78CFB1CA351&version=W5.M2"

/**
 * MsnwebBuddy:
 * @address: as we name them
 * @blocked: they are not to reach us
 * @pending: they ask to have us on their list
 */
typedef struct
{
  char *address;
  gboolean blocked;
  gboolean pending;
} MsnwebBuddy;

/**
 * MsnwebPerson:
 * @name: (nullable): what to call them, tidy
 * @buddies: (element-type MsnwebBuddy): ways to reach them, Skype first;
 *   never empty
 *
 * Somebody on the list.
 */
typedef struct
{
  char *name;
  GPtrArray *buddies;
} MsnwebPerson;

/**
 * msnweb_contacts_decode_roster:
 * @body: the directory's answer
 * @ret_cut: (out): there are more than %IM_MAX_MSNP_CONTACTS
 * @error: return location
 *
 * People who are hidden, and who cannot be reached here, are left out.
 *
 * Returns: (transfer full) (element-type MsnwebPerson): who is on the list,
 *   or %NULL with an %IM_WIRE_ERROR for what is none
 */
IM_API GPtrArray *
msnweb_contacts_decode_roster (GBytes *body, gboolean *ret_cut, GError **error);
