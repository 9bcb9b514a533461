#pragma once

/* Messages left for people who are offline. They are announced in a
 * Mail-Data, fetched and deleted at one web service, and left at another:
 *
 *   <MD><E>...</E><Q>...</Q>
 *     <M><RT>time</RT><SZ>size</SZ><E>from</E><I>id</I><N>name</N></M></MD>
 *
 *   POST /rsi/rsi.asmx     GetMetadata, GetMessage, DeleteMessages
 *   POST /OimWS/oim.asmx   Store2
 *
 * wiki.nina.chat, Protocols/MSNP/MSNP13/OIM, and what
 * github.com/subpurple/escargot reads and sends (front/msn/http/other.py,
 * front/msn/misc.py). */

#include "im-secret.h"
#include "msnp-soap.h"

/**
 * MsnpWaiting:
 * @too_large: there are too many to be listed: msnp_oim_list() asks for them
 * @inbox: mails unread in the inbox
 * @folders: mails unread elsewhere
 * @messages: (element-type MsnpOimEntry): what waits, oldest first
 */
typedef struct
{
  gboolean too_large;
  guint inbox;
  guint folders;
  GArray *messages;
} MsnpWaiting;

/**
 * MsnpOimEntry:
 * @id: how the service calls it
 * @from: who left it; lower case
 * @nick: (nullable): their name, tidy
 * @time: unix time, or 0
 */
typedef struct
{
  char *id;
  char *from;
  char *nick;
  gint64 time;
} MsnpOimEntry;

IM_API void msnp_waiting_clear (MsnpWaiting *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpWaiting, msnp_waiting_clear)

/**
 * msnp_oim_decode_waiting:
 * @data: a Mail-Data, or "too-large"
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Entries that name no message or nobody are passed over, and what is beyond
 * %IM_MAX_MSNP_OIMS.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no XML
 */
IM_API gboolean msnp_oim_decode_waiting (const char *data, MsnpWaiting *ret,
                                         GError **error);

/**
 * MsnpOimRequest:
 * @action: (transfer none): the value of the header SOAPAction
 * @body: the rest, which wipes itself
 */
typedef struct
{
  const char *action;
  GBytes *body;
} MsnpOimRequest;

IM_API void msnp_oim_request_clear (MsnpOimRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpOimRequest, msnp_oim_request_clear)

/** GetMetadata: what waits. @ticket is for messenger.msn.com. */
IM_API void msnp_oim_list (const ImSecret *ticket, MsnpOimRequest *ret);

/** GetMessage: one of them. */
IM_API void msnp_oim_fetch (const ImSecret *ticket, const char *id,
                            MsnpOimRequest *ret);

/** DeleteMessages: those that were shown. */
IM_API void msnp_oim_delete (const ImSecret *ticket, const char *const *ids,
                             guint n_ids, MsnpOimRequest *ret);

/** Reads the answer to msnp_oim_list(), as msnp_oim_decode_waiting() does. */
IM_API gboolean msnp_oim_decode_list (GBytes *body, MsnpWaiting *ret,
                                      GError **error);

/**
 * MsnpOimMessage:
 * @from: who left it; lower case. Whoever shows it compares it with the entry
 * @nick: (nullable): their name, tidy
 * @text: what they wrote, tidy
 * @time: unix time, or 0
 * @run: (nullable): what was written in one go has the same, lower case
 * @sequence: its place therein, or 0
 */
typedef struct
{
  char *from;
  char *nick;
  char *text;
  gint64 time;
  char *run;
  guint sequence;
} MsnpOimMessage;

IM_API void msnp_oim_message_clear (MsnpOimMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpOimMessage, msnp_oim_message_clear)

/**
 * msnp_oim_decode_message:
 * @body: the answer to msnp_oim_fetch()
 * @ret: (out): the message, set only on success
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no message, or one from
 *   nobody; faults are for msnp_soap_decode()
 */
IM_API gboolean msnp_oim_decode_message (GBytes *body, MsnpOimMessage *ret,
                                         GError **error);

/**
 * MsnpOimStore:
 * @ticket: for messengersecure.live.com
 * @from: our address, as we signed on with it
 * @nick: what we call ourselves
 * @to: whom it is for
 * @version: of the protocol
 * @product: who we say we are
 * @lock_key: the answer to the lock, or "" to be asked
 * @run: a GUID in braces, for all that is written to somebody in one go
 * @sequence: counted from 1 in @run
 * @text: what to leave
 */
typedef struct
{
  const ImSecret *ticket;
  const char *from;
  const char *nick;
  const char *to;
  guint version;
  const char *product;
  const char *lock_key;
  const char *run;
  guint sequence;
  const char *text;
} MsnpOimStore;

/** Store2: leaves a message. */
IM_API void msnp_oim_store (const MsnpOimStore *store, MsnpOimRequest *ret);

/**
 * MsnpOimStored:
 * @reply: the fault, if there is one
 * @lock: (nullable): with a fault, what is to be answered with @lock_key: by
 *   auth_msn_challenge_answer() as in version 11
 * @new_ticket: with a fault, the ticket is no longer good
 */
typedef struct
{
  MsnpSoapReply reply;
  char *lock;
  gboolean new_ticket;
} MsnpOimStored;

IM_API void msnp_oim_stored_clear (MsnpOimStored *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpOimStored, msnp_oim_stored_clear)

/**
 * msnp_oim_decode_stored:
 * @body: the answer to msnp_oim_store()
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * A server that asks for both, an answer and another ticket, may be content
 * with the answer.
 *
 * Returns: %FALSE as msnp_soap_decode()
 */
IM_API gboolean msnp_oim_decode_stored (GBytes *body, MsnpOimStored *ret,
                                        GError **error);
