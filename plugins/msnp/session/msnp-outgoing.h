#pragma once

/* A message of ours, from the moment the user wrote it to its outcome, for
 * conversations of two and of several alike. Every one ends in exactly one
 * %IM_DELIVERY_ACCEPTED, %IM_DELIVERY_FAILED or %IM_DELIVERY_UNKNOWN, and is
 * written to a link once at most. */

#include "msnp-session-private.h"
#include "msnp-switchboard.h"

/**
 * MsnpOutgoing:
 * @id: what reports name, or 0 for a nudge, of which none are made
 * @to: whom, or what the conversation is called
 * @chat: the number of the conversation of several, or 0
 * @text: (nullable): what; %NULL is a nudge
 * @held: it was reported that it waits for the server's rate limit
 * @board: (nullable): where it was said; not to be followed
 * @first_id: the transaction of its first part there
 * @n_parts: in how many parts
 * @n_confirmed: how many of them were passed on
 * @sent_ms: when, on the host's clock
 */
typedef struct
{
  guint id;
  char *to;
  guint chat;
  ImText *text;
  gboolean held;
  const MsnpSwitchboard *board;
  guint32 first_id;
  guint n_parts;
  guint n_confirmed;
  gint64 sent_ms;
} MsnpOutgoing;

/** Returns: (transfer full): a message with an id of its own, or with %NULL
 * for its text a nudge */
MsnpOutgoing *msnp_outgoing_new (MsnpSession *session, const char *to,
                                 guint chat, const ImText *text);
void msnp_outgoing_free (MsnpOutgoing *self);

/** Whether @text is short enough to be sent. */
gboolean msnp_outgoing_fits (const ImText *text);

/** Reports how things stand. */
void msnp_outgoing_report (MsnpSession *session, const MsnpOutgoing *self,
                           ImDelivery outcome, ImUndelivered reason,
                           guint code);
/** (transfer full): reports that it will not arrive, and frees it. */
void msnp_outgoing_fail (MsnpSession *session, MsnpOutgoing *self,
                         ImUndelivered reason, guint code);
/** Reports that it waits for the server's rate limit, once. */
void msnp_outgoing_hold (MsnpSession *session, MsnpOutgoing *self);
/** (transfer full): writes it and waits for what becomes of it. Somebody has
 * to be there. */
void msnp_outgoing_post (MsnpSession *session, MsnpSwitchboard *board,
                         MsnpOutgoing *self);

/* What was written and is not confirmed. */

/** ACK or NAK, for transaction @id of @board. */
void msnp_outgoing_confirmed (MsnpSession *session,
                              const MsnpSwitchboard *board, guint32 id,
                              gboolean passed_on);
/** Whatever waits on @board has lost whom it was for: nobody knows whether it
 * arrived. %NULL means all boards. */
void msnp_outgoing_lost (MsnpSession *session, const MsnpSwitchboard *board);
/** Whether anything waits on @board. */
gboolean msnp_outgoing_waits (MsnpSession *session,
                              const MsnpSwitchboard *board);
/** Whether anything on @board waits for longer than servers take. */
gboolean msnp_outgoing_is_overdue (MsnpSession *session,
                                   const MsnpSwitchboard *board);

/** Returns: (transfer full): a fresh GUID in braces */
char *msnp_guid_new (ImHost *host);
