#pragma once

/* The list: as commands up to version 12, as pieces of XML from 13 on.
 *
 *   2 to 7    LST t FL serial i n handle nick [groups]
 *             LSG t serial i n id name 0
 *   8 and 9   LST handle nick lists [groups]       LSG id name 0
 *   10, 11    LST N=handle [F=nick] [C=id] lists [groups]   LSG name id
 *   12        LST N=handle [F=nick] [C=id] lists type [groups]
 *   13 on     ADL, RML, FQY: <ml l="1"><d n="host"><c n="name" l="3" t="1"/>
 *
 * wiki.nina.chat, Protocols/MSNP, and what github.com/subpurple/escargot
 * sends. Groups and contacts are named by numbers up to version 9 and by
 * GUIDs after that; both are text here. */

#include "im-writer.h"
#include "msnp-frame.h"
#include "msnp-param.h"

/** Returns: (transfer none): the two letters of one list */
IM_API const char *msnp_list_word (MsnpListFlags list);

/** Returns: whether @word is the letters of a list, which is then in @ret */
IM_API gboolean msnp_list_decode_word (ImWord word, MsnpListFlags *ret);

/**
 * MsnpContact:
 * @handle: who
 * @nick: (nullable): their name, tidy
 * @id: (nullable): how edits name them, from version 10
 * @lists: which lists they are on
 * @groups: (nullable): ids of their groups
 */
typedef struct
{
  MsnpHandle handle;
  char *nick;
  char *id;
  guint lists;
  char **groups;
} MsnpContact;

IM_API void msnp_contact_clear (MsnpContact *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpContact, msnp_contact_clear)

/**
 * MsnpGroup:
 * @id: how edits name it
 * @name: tidy
 */
typedef struct
{
  char *id;
  char *name;
} MsnpGroup;

IM_API void msnp_group_clear (MsnpGroup *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpGroup, msnp_group_clear)

/**
 * MsnpSync:
 * @counted: @n_contacts and @n_groups were said, which is so from version 8
 * @n_contacts: LST lines that follow
 * @n_groups: LSG lines that follow
 *
 * The answer to SYN. Without numbers nothing changed, or the version counts
 * in each line.
 */
typedef struct
{
  gboolean counted;
  guint n_contacts;
  guint n_groups;
} MsnpSync;

/** Returns: %FALSE with an %IM_WIRE_ERROR if the numbers are none, or above
 * %IM_MAX_MSNP_CONTACTS */
IM_API gboolean msnp_lists_decode_sync (const MsnpCommand *command,
                                        guint version, MsnpSync *ret,
                                        GError **error);

/**
 * MsnpCount:
 * @index: which line of its list this is, counted from 1
 * @total: how many lines it has; 0 of 0 says the list is empty
 *
 * How lists were counted up to version 7; both are 0 in later ones.
 */
typedef struct
{
  guint index;
  guint total;
} MsnpCount;

/**
 * msnp_lists_decode_contact:
 * @command: an LST
 * @version: of the protocol
 * @ret: (out): who is on which lists, set only on success. Up to version 7 it
 *   is one list, and nobody (@handle.address is %NULL) if that is empty
 * @ret_count: (out): which line this is
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if nobody is named
 */
IM_API gboolean msnp_lists_decode_contact (const MsnpCommand *command,
                                           guint version, MsnpContact *ret,
                                           MsnpCount *ret_count,
                                           GError **error);

/** Reads an LSG, as msnp_lists_decode_contact() does an LST. */
IM_API gboolean msnp_lists_decode_group (const MsnpCommand *command,
                                         guint version, MsnpGroup *ret,
                                         MsnpCount *ret_count, GError **error);

/**
 * msnp_lists_decode_edit:
 * @command: an ADD, ADC or REM, asked for or not
 * @version: of the protocol
 * @ret: (out): whom it concerns, set only on success; the list in @lists, and
 *   maybe one group. From version 10 a contact may be named by @id alone
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if there is no list or nobody
 */
IM_API gboolean msnp_lists_decode_edit (const MsnpCommand *command,
                                        guint version, MsnpContact *ret,
                                        GError **error);

/**
 * msnp_lists_decode_group_edit:
 * @command: an ADG, REG or RMG, asked for or not
 * @version: of the protocol
 * @ret: (out): which group; the name is %NULL for an RMG
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if no group is named
 */
IM_API gboolean msnp_lists_decode_group_edit (const MsnpCommand *command,
                                              guint version, MsnpGroup *ret,
                                              GError **error);

/**
 * MsnpProperty:
 * @key: "MFN", "PHH" ...
 * @value: (nullable): what it is, tidy; %NULL if it was taken away
 */
typedef struct
{
  char *key;
  char *value;
} MsnpProperty;

IM_API void msnp_property_clear (MsnpProperty *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpProperty, msnp_property_clear)

/**
 * msnp_lists_decode_property:
 * @command: a PRP, or a BPR
 * @ret: (out): what it says
 * @ret_address: (out) (nullable): whom a BPR names; %NULL for us, and for
 *   the contact of the LST before
 * @error: return location
 *
 * Serial numbers of old versions are passed over.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if no key is named
 */
IM_API gboolean msnp_lists_decode_property (const MsnpCommand *command,
                                            MsnpProperty *ret,
                                            char **ret_address,
                                            GError **error);

/**
 * msnp_lists_decode_xml:
 * @payload: of an ADL, RML or FQY
 * @ret: (out) (transfer full) (element-type MsnpContact): who, with their
 *   lists and networks
 * @error: return location
 *
 * Entries that name nobody are passed over.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no XML
 */
IM_API gboolean msnp_lists_decode_xml (const ImReader *payload, GArray **ret,
                                       GError **error);

/**
 * MsnpMember:
 * @address: e-mail address, or "tel:" and a number
 * @network: where it lives, %MSNP_NETWORK_MSN if 0
 * @lists: of FORWARD, ALLOW and BLOCK; the others are left out, and BLOCK wins
 *   over ALLOW, as servers end the session otherwise
 */
typedef struct
{
  const char *address;
  guint network;
  guint lists;
} MsnpMember;

/**
 * msnp_lists_encode_xml:
 * @members: (array length=n_members): whom it is about
 * @n_members: how many
 * @initial: it is what is sent at sign-on
 * @max: bytes one payload may have
 *
 * Members of one domain are put together, in the order of their first.
 *
 * Returns: (transfer full) (element-type GBytes): payloads of ADL or RML; at
 *   least one if @initial
 */
IM_API GPtrArray *msnp_lists_encode_xml (const MsnpMember *members,
                                         guint n_members, gboolean initial,
                                         gsize max);
