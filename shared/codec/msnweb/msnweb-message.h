#pragma once

/* What people write to each other: SDG, in layers.
 *
 *   Messaging: 2.0
 *   Client-Message-ID: 6065485300424671233     the sender's, 64 bits
 *   Message-Type: Text
 *   IM-Display-Name: Alice
 *   Content-Type: text/plain; charset=UTF-8
 *   Content-Length: 27
 *   X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=0; PF=0
 *
 * Received ones also have Message-ID, which is the server's and counts
 * milliseconds, and Original-Arrival-Time. One that has an outer Ack-Id is to
 * be answered with msnweb_request_ack(). msnp-sharp's wiki, KB_MSNP21;
 * msndevs/protocol-docs, Messaging; github.com/miranda-ng/miranda-ng. */

#include "im-text.h"
#include "msnweb-frame.h"

/** Bytes of content servers surely take. */
#define MSNWEB_MAX_CONTENT 8000

typedef enum
{
  MSNWEB_MESSAGE_TEXT, /* somebody says something: see text */
  MSNWEB_MESSAGE_TYPING,
  MSNWEB_MESSAGE_CLEAR_TYPING,
  MSNWEB_MESSAGE_NUDGE,
  MSNWEB_MESSAGE_WINK,         /* what we cannot show */
  MSNWEB_MESSAGE_FILES,        /* somebody offers files */
  MSNWEB_MESSAGE_CALL,         /* somebody called */
  MSNWEB_MESSAGE_CONTACTS,     /* names of people, one a line in text */
  MSNWEB_MESSAGE_ACTIVITY,     /* of a thread: see msnweb_activity_decode() */
  MSNWEB_MESSAGE_LIST_CHANGED, /* the list was changed elsewhere */
  MSNWEB_MESSAGE_OTHER,        /* nothing to show */
} MsnwebMessageKind;

/**
 * MsnwebMessage:
 * @kind: what it is
 * @type: the word for that
 * @from: who wrote it, without parameters
 * @epid: (nullable): at which place
 * @to: whom it is for, without parameters
 * @thread: (nullable): the thread it belongs to
 * @name: (nullable): what the sender calls themselves, tidy
 * @ack_id: (nullable): what has to be acknowledged
 * @message_id: the server's number, or 0
 * @client_id: the sender's number, or 0
 * @time: unix time at which it was sent
 * @delayed: that is a while ago
 * @offline: it was stored for us
 * @text: (nullable): what to show. An action begins with "/me "
 * @content: (nullable): with %MSNWEB_MESSAGE_ACTIVITY, what happened
 *
 * Begins zeroed.
 */
typedef struct
{
  MsnwebMessageKind kind;
  char *type;
  char *from;
  char *epid;
  char *to;
  char *thread;
  char *name;
  char *ack_id;
  guint64 message_id;
  guint64 client_id;
  gint64 time;
  gboolean delayed;
  gboolean offline;
  ImText *text;
  char *content;
} MsnwebMessage;

IM_API void msnweb_message_clear (MsnwebMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebMessage, msnweb_message_clear)
IM_API void msnweb_message_free (MsnwebMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnwebMessage, msnweb_message_free)

/**
 * msnweb_message_decode:
 * @command: an SDG that is no answer: its number is 0
 * @now: unix time
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * What cannot be read may still want to be acknowledged: see
 * msnweb_message_ack_id().
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no message, or does not
 *   say from whom, for whom and of what type it is
 */
IM_API gboolean msnweb_message_decode (const MsnwebCommand *command, gint64 now,
                                       MsnwebMessage *ret, GError **error);

/** Returns: (transfer none) (nullable): the outer Ack-Id of an SDG */
IM_API const char *msnweb_message_ack_id (const MsnwebCommand *command);

/**
 * msnweb_message_read_content:
 * @message: with its type; kind, text and content are set
 * @content: what it carries, UTF-8
 * @format: (nullable): the value of X-MMS-IM-Format
 * @media: (nullable): the value of Content-Type
 *
 * Understands a content, for messages of a history too.
 */
void msnweb_message_read_content (MsnwebMessage *message, const char *content,
                                  const char *format, const char *media);

/** Sets the times of @message, from what is known of it; @arrival (nullable)
 * is as XEP-0082 writes it. */
void msnweb_message_read_time (MsnwebMessage *message, const char *arrival,
                               gint64 now);

/**
 * MsnwebSender:
 * @own: our address without parameters
 * @epid: our endpoint, in braces
 * @nick: (nullable): our display name
 */
typedef struct
{
  const char *own;
  const char *epid;
  const char *nick;
} MsnwebSender;

/**
 * msnweb_message_split:
 * @sender: who writes
 * @text: a message
 *
 * Returns: (transfer full) (element-type ImText): the messages to send it as,
 *   each small enough
 */
IM_API GPtrArray *msnweb_message_split (const MsnwebSender *sender,
                                        const ImText *text);

/**
 * msnweb_message_encode_text:
 * @sender: who writes
 * @to: to whom, or to which thread
 * @client_id: its number, random and not 0
 * @text: what; "/me " at its start makes it an action
 *
 * Returns: (transfer full): an SDG
 */
IM_API MsnwebRequest msnweb_message_encode_text (const MsnwebSender *sender,
                                                 const char *to,
                                                 guint64 client_id,
                                                 const ImText *text);

/** Returns: (transfer full): an SDG: we type, or (%FALSE) stopped without
 * sending */
IM_API MsnwebRequest msnweb_message_encode_typing (const MsnwebSender *sender,
                                                   const char *to,
                                                   gboolean typing);

/** Returns: (transfer full): an SDG that shakes their window */
IM_API MsnwebRequest msnweb_message_encode_nudge (const MsnwebSender *sender,
                                                  const char *to,
                                                  guint64 client_id);
