#pragma once

/* The answers that are lists: FindMembership, ABFindAll and
 * ABFindContactsPaged. 10,000 contacts are 26 MB of XML, so they are read in
 * slices, and only what is asked about is kept.
 *
 *   Envelope/Body/FindMembershipResponse/.../Service
 *     Memberships/Membership   MemberRole, Members/Member
 *     Info/Handle/Type         Messenger
 *   Envelope/Body/ABFindAllResponse/...
 *     groups/Group             groupId, groupInfo/name
 *     contacts/Contact         contactId, contactInfo
 *
 * wiki.nina.chat, Protocols/MSNP/MSNP13/Contact_List, and the templates of
 * github.com/subpurple/escargot. */

#include "msnp-lists.h"
#include "msnp-soap.h"

/**
 * MsnpMembership:
 * @handle: who; the number alone for %MSNP_NETWORK_PHONE
 * @list: the one list of ALLOW, BLOCK, REVERSE and PENDING
 * @id: (nullable): what the list calls it, for msnp_soap_delete_member()
 * @nick: (nullable): their name, tidy
 * @text: (nullable): what they wrote when they added us, tidy
 */
typedef struct
{
  MsnpHandle handle;
  MsnpListFlags list;
  char *id;
  char *nick;
  char *text;
} MsnpMembership;

/**
 * MsnpAbContact:
 * @handle: who
 * @id: what the address book calls them
 * @nick: (nullable): the name they gave themselves, tidy
 * @alias: (nullable): the name we gave them, tidy
 * @groups: (nullable): ids of their groups
 * @messenger: is a contact, and not merely in the address book
 */
typedef struct
{
  MsnpHandle handle;
  char *id;
  char *nick;
  char *alias;
  char **groups;
  gboolean messenger;
} MsnpAbContact;

/** How a setting is stored that was a command before. */
typedef enum
{
  MSNP_SETTING_UNSET,
  MSNP_SETTING_YES, /* BLP AL, GTC A */
  MSNP_SETTING_NO,  /* BLP BL, GTC N */
} MsnpSetting;

/**
 * MsnpBook:
 * @reply: a fault, or what the service says besides
 * @memberships: (element-type MsnpMembership): in the order of the answer
 * @contacts: (element-type MsnpAbContact): likewise. Somebody with addresses
 *   in several networks has a row for each, with one id
 * @groups: (element-type MsnpGroup): likewise
 * @own_nick: (nullable): what we call ourselves, tidy
 * @allow_others: whether people on neither list may see us
 * @ask: whether to ask when somebody adds us
 */
typedef struct
{
  MsnpSoapReply reply;
  GArray *memberships;
  GArray *contacts;
  GArray *groups;
  char *own_nick;
  MsnpSetting allow_others;
  MsnpSetting ask;
} MsnpBook;

IM_API void msnp_book_clear (MsnpBook *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpBook, msnp_book_clear)

/** Reads one answer. */
typedef struct _MsnpBookReader MsnpBookReader;

IM_API MsnpBookReader *msnp_book_reader_new (void);
IM_API void msnp_book_reader_free (MsnpBookReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnpBookReader, msnp_book_reader_free)

/**
 * msnp_book_reader_push:
 * @reader: a reader
 * @data: (nullable): bytes of an answer
 * @len: how many; a slice of 256 KiB takes some milliseconds
 * @error: return location
 *
 * Entries without an id or address, those that were deleted, and those of
 * services other than Messenger are passed over; so are circles.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no answer, or more than
 *   %IM_MAX_MSNP_BOOK bytes or %IM_MAX_MSNP_CONTACTS entries of one kind;
 *   then every further call fails
 */
IM_API gboolean msnp_book_reader_push (MsnpBookReader *reader, const void *data,
                                       gsize len, GError **error);

/**
 * msnp_book_reader_finish:
 * @reader: a reader, with nothing left in it afterwards
 * @ret: (out): what the answer says, set only on success; maybe a fault
 * @error: return location
 *
 * Returns: %FALSE as msnp_book_reader_push(), and with
 *   %IM_WIRE_ERROR_TRUNCATED if the end is missing
 */
IM_API gboolean msnp_book_reader_finish (MsnpBookReader *reader, MsnpBook *ret,
                                         GError **error);
