#pragma once

/* The list as web services keep it, from version 13 on: what is asked of the
 * address book and of the memberships beside it, and how they say no.
 * msnp-addressbook.h reads the answers that are lists.
 *
 *   POST /abservice/abservice.asmx        contacts and groups
 *   POST /abservice/SharingService.asmx   who may see us, who has us
 *
 * wiki.nina.chat, Protocols/MSNP/MSNP13/Contact_List, and what
 * github.com/subpurple/escargot reads (front/msn/http/abservice.py). */

#include "im-secret.h"
#include "msnp-types.h"
#include "xml-tree.h"

/** What a POST to any of the services carries as its type. */
#define MSNP_SOAP_TYPE "text/xml; charset=utf-8"

typedef enum
{
  MSNP_SOAP_CONTACTS, /* abservice.asmx */
  MSNP_SOAP_SHARING,  /* SharingService.asmx */
} MsnpSoapService;

/** Returns: (transfer none): where it is on every server known */
IM_API const char *msnp_soap_path (MsnpSoapService service);

/**
 * MsnpSoapCaller:
 * @ticket: for contacts.msn.com, as it came
 * @cache_key: (nullable): the last one the service gave
 */
typedef struct
{
  const ImSecret *ticket;
  const char *cache_key;
} MsnpSoapCaller;

/**
 * MsnpSoapRequest:
 * @service: whom to ask
 * @action: (transfer none): the value of the header SOAPAction
 * @body: the rest, which wipes itself
 */
typedef struct
{
  MsnpSoapService service;
  const char *action;
  GBytes *body;
} MsnpSoapRequest;

IM_API void msnp_soap_request_clear (MsnpSoapRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpSoapRequest, msnp_soap_request_clear)

/* Each of these makes one request. Text is escaped; characters XML cannot
 * carry are left out. Everything is always asked for as a whole: servers that
 * are asked for changes refuse, or forget some. */

/** FindMembership: all lists but the forward list. */
IM_API void msnp_soap_find_membership (const MsnpSoapCaller *caller,
                                       MsnpSoapRequest *ret);

/** ABFindAll: contacts and groups, as clients before 2009 asked. */
IM_API void msnp_soap_find_all (const MsnpSoapCaller *caller,
                                MsnpSoapRequest *ret);

/** ABFindContactsPaged: the same, as later ones did; one page is asked for
 * that holds all. */
IM_API void msnp_soap_find_paged (const MsnpSoapCaller *caller,
                                  MsnpSoapRequest *ret);

/** ABAdd: an account that never had a list needs one. */
IM_API void msnp_soap_add_book (const MsnpSoapCaller *caller,
                                const char *address, MsnpSoapRequest *ret);

/**
 * MsnpSoapInvitation:
 * @address: who is to be on our list
 * @network: where they live; 0 and %MSNP_NETWORK_MSN are the network itself
 * @alias: (nullable): what we call them
 * @name: (nullable): what we call ourselves, which goes with @text
 * @text: (nullable): words for them
 */
typedef struct
{
  const char *address;
  guint network;
  const char *alias;
  const char *name;
  const char *text;
} MsnpSoapInvitation;

/** ABContactAdd; the answer names the contact. */
IM_API void msnp_soap_add_contact (const MsnpSoapCaller *caller,
                                   const MsnpSoapInvitation *invitation,
                                   MsnpSoapRequest *ret);

/** ABContactUpdate: what we call somebody, "" for what they call
 * themselves. */
IM_API void msnp_soap_set_alias (const MsnpSoapCaller *caller,
                                 const char *contact, const char *alias,
                                 MsnpSoapRequest *ret);

/** ABContactUpdate: whether somebody of our address book is also a contact. */
IM_API void msnp_soap_set_messenger (const MsnpSoapCaller *caller,
                                     const char *contact, gboolean messenger,
                                     MsnpSoapRequest *ret);

/** ABContactUpdate: a setting of ours, like "MSN.IM.BLP". */
IM_API void msnp_soap_set_own (const MsnpSoapCaller *caller, const char *name,
                               const char *value, MsnpSoapRequest *ret);

/** ABContactUpdate: what we call ourselves. */
IM_API void msnp_soap_set_own_name (const MsnpSoapCaller *caller,
                                    const char *name, MsnpSoapRequest *ret);

/** ABContactDelete. */
IM_API void msnp_soap_delete_contact (const MsnpSoapCaller *caller,
                                      const char *contact,
                                      MsnpSoapRequest *ret);

/** ABGroupAdd; the answer names the group. */
IM_API void msnp_soap_add_group (const MsnpSoapCaller *caller, const char *name,
                                 MsnpSoapRequest *ret);

/** ABGroupUpdate. */
IM_API void msnp_soap_rename_group (const MsnpSoapCaller *caller,
                                    const char *group, const char *name,
                                    MsnpSoapRequest *ret);

/** ABGroupDelete. */
IM_API void msnp_soap_delete_group (const MsnpSoapCaller *caller,
                                    const char *group, MsnpSoapRequest *ret);

/** ABGroupContactAdd. */
IM_API void msnp_soap_add_to_group (const MsnpSoapCaller *caller,
                                    const char *group, const char *contact,
                                    MsnpSoapRequest *ret);

/** ABGroupContactDelete. */
IM_API void msnp_soap_remove_from_group (const MsnpSoapCaller *caller,
                                         const char *group, const char *contact,
                                         MsnpSoapRequest *ret);

/**
 * MsnpSoapMember:
 * @list: one of ALLOW, BLOCK, REVERSE and PENDING
 * @address: e-mail address, or a telephone number without "tel:" for
 *   %MSNP_NETWORK_PHONE
 * @network: where they live; 0 and %MSNP_NETWORK_MSN are the network itself
 * @id: (nullable): what the list calls the membership, if it ends
 */
typedef struct
{
  MsnpListFlags list;
  const char *address;
  guint network;
  const char *id;
} MsnpSoapMember;

/** AddMember. */
IM_API void msnp_soap_add_member (const MsnpSoapCaller *caller,
                                  const MsnpSoapMember *member,
                                  MsnpSoapRequest *ret);

/** DeleteMember. The address goes with the id, as servers that do not know
 * one look for the other. */
IM_API void msnp_soap_delete_member (const MsnpSoapCaller *caller,
                                     const MsnpSoapMember *member,
                                     MsnpSoapRequest *ret);

/**
 * MsnpSoapReply:
 * @fault: (nullable): the code of a fault, without its prefix; %NULL if there
 *   is none
 * @error: (nullable): with a fault, the service's own word for it:
 *   msnp_error_for_fault() knows what it means
 * @text: (nullable): with a fault, what the service says, tidy
 * @redirect: (nullable): with a fault, where to ask instead; https
 * @host: (nullable): where to ask in future, if the session trusts it
 * @cache_key: (nullable): to be sent with the next request, as it came
 * @id: (nullable): what was made: a contact or a group
 */
typedef struct
{
  char *fault;
  char *error;
  char *text;
  char *redirect;
  char *host;
  char *cache_key;
  char *id;
} MsnpSoapReply;

IM_API void msnp_soap_reply_clear (MsnpSoapReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpSoapReply, msnp_soap_reply_clear)

/**
 * msnp_soap_decode:
 * @body: the answer to an edit, or one that should be a list and has no
 *   status 200
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Faults come with status 200 too, and some beside the body of the envelope.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no envelope of SOAP
 */
IM_API gboolean msnp_soap_decode (GBytes *body, MsnpSoapReply *ret,
                                  GError **error);

/** Reads a Fault or a ServiceHeader into @ret, which keeps what it had
 * from others. */
IM_API void msnp_soap_read_part (const XmlNode *part, MsnpSoapReply *ret);
