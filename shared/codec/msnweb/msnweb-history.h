#pragma once

/* What was said while one was away, or at other places.
 *
 *   GET n MSGR\RECENTCONVERSATIONS      from when, how many
 *   GET n MSGR\MESSAGESBYCONVERSATION   of one of them, page by page
 *
 * github.com/Delthas/JavaSkype; github.com/miranda-ng/miranda-ng;
 * msndevs/protocol-docs, Synchronizing. */

#include "msnweb-thread.h"

/** Returns: (transfer full): a GET for conversations since @start,
 * milliseconds since 1970, 0 for all */
IM_API MsnwebRequest msnweb_history_encode_recent (guint64 start,
                                                   guint page_size);

/**
 * msnweb_history_encode_conversation:
 * @id: an address: of somebody or of a thread
 * @start: milliseconds since 1970
 * @sync_state: (nullable): of the page before
 * @page_size: how many messages
 *
 * Returns: (transfer full): a GET for messages of a conversation
 */
IM_API MsnwebRequest msnweb_history_encode_conversation (const char *id,
                                                         guint64 start,
                                                         const char *sync_state,
                                                         guint page_size);

/**
 * MsnwebConversation:
 * @id: with whom, or the thread
 * @has_more: another page can be asked for
 * @sync_state: (nullable): what to say then
 * @messages: (element-type MsnwebMessage): oldest first
 * @has_thread: @thread says what is known of it
 * @thread: then
 */
typedef struct
{
  char *id;
  gboolean has_more;
  char *sync_state;
  GPtrArray *messages;
  gboolean has_thread;
  MsnwebThread thread;
} MsnwebConversation;

IM_API void msnweb_conversation_clear (MsnwebConversation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebConversation, msnweb_conversation_clear)
IM_API void msnweb_conversation_free (MsnwebConversation *self);

/**
 * msnweb_history_decode_recent:
 * @command: the answer to msnweb_history_encode_recent()
 * @own: our address: a message of ours is for whom the conversation is with,
 *   and others' are for us
 * @now: unix time
 * @error: return location
 *
 * Messages without a sender or a type are left out.
 *
 * Returns: (transfer full) (element-type MsnwebConversation): them, or %NULL
 *   with an %IM_WIRE_ERROR
 */
IM_API GPtrArray *msnweb_history_decode_recent (const MsnwebCommand *command,
                                                const char *own, gint64 now,
                                                GError **error);

/**
 * msnweb_history_decode_conversation:
 * @command: the answer to msnweb_history_encode_conversation()
 * @own: our address
 * @now: unix time
 * @ret: (out): it, set only on success
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR
 */
IM_API gboolean msnweb_history_decode_conversation (
    const MsnwebCommand *command, const char *own, gint64 now,
    MsnwebConversation *ret, GError **error);
