#pragma once

/* The link of one conversation: a switchboard.
 *
 *   msnp_switchboard_call ()     XFR t SB          -> address and cookie
 *                                USR t handle cookie, CAL t who, one write
 *   msnp_switchboard_answer ()   RNG               -> ANS t handle cookie id
 *
 * It knows who takes part and which messages came whole. What is said, what
 * waits and whom to tell is its owner's business: msnp-talks.c for two,
 * msnp-chats.c for several. */

#include "msnp-session-private.h"
#include "msnp-signon.h"

#include "msnp-mime.h"

typedef struct _MsnpSwitchboard MsnpSwitchboard;

/**
 * MsnpSwitchboardHandlers:
 * @ready: the server let us in; for what was called, nobody else is there yet
 * @joined: @who takes part from now on; @present: they did before us
 * @left: @who no longer does; @idle: the server took them out because nobody
 *   said anything
 * @refused: calling @who failed with the server's number @code
 * @message: @from said something whole. @own: at another place of ours
 * @confirmed: what msnp_switchboard_send() gave @id for was passed on, or not
 * @closed: it is over, by itself: free it with msnp_switchboard_close().
 *   @code is the server's reason, or 0
 *
 * What its owner does when something happens. Each may call anything,
 * msnp_switchboard_close() included. Addresses are in lower case.
 */
typedef struct
{
  void (*ready) (gpointer user, MsnpSwitchboard *board);
  void (*joined) (gpointer user, MsnpSwitchboard *board, const char *who,
                  gboolean present);
  void (*left) (gpointer user, MsnpSwitchboard *board, const char *who,
                gboolean idle);
  void (*refused) (gpointer user, MsnpSwitchboard *board, const char *who,
                   guint code);
  void (*message) (gpointer user, MsnpSwitchboard *board, const char *from,
                   gboolean own, const MsnpMime *mime);
  void (*confirmed) (gpointer user, MsnpSwitchboard *board, guint32 id,
                     gboolean passed_on);
  void (*closed) (gpointer user, MsnpSwitchboard *board, guint code);
} MsnpSwitchboardHandlers;

/** Asks for a switchboard.
 *
 * Returns: (transfer full): one being made */
MsnpSwitchboard *msnp_switchboard_call (MsnpSession *session,
                                        const MsnpSwitchboardHandlers *handlers,
                                        gpointer user);

/** Goes where somebody waits for us.
 *
 * Returns: (transfer full) (nullable): a switchboard being made, or %NULL if
 *   the address is none to go to */
MsnpSwitchboard *
msnp_switchboard_answer (MsnpSession *session, const MsnpRing *ring,
                         const MsnpSwitchboardHandlers *handlers,
                         gpointer user);

/** Hands it to another owner. */
void msnp_switchboard_set_user (MsnpSwitchboard *board,
                                const MsnpSwitchboardHandlers *handlers,
                                gpointer user);

/** (nullable) (transfer full): leaves. Nothing is called any more. */
void msnp_switchboard_close (MsnpSwitchboard *board);

/** Calls @who into it, as soon as we are in ourselves. */
void msnp_switchboard_invite (MsnpSwitchboard *board, const char *who);

/** Whether we are in. */
gboolean msnp_switchboard_is_ready (const MsnpSwitchboard *board);

/** Returns: (transfer none): what the conversation is called, or "" */
const char *msnp_switchboard_id (const MsnpSwitchboard *board);

/** How many people take part, other places of ours not counted. */
guint msnp_switchboard_n_members (const MsnpSwitchboard *board);
/** Returns: (transfer none): the address of one of them */
const char *msnp_switchboard_member (const MsnpSwitchboard *board, guint i);
gboolean msnp_switchboard_has (const MsnpSwitchboard *board, const char *who);

/** Returns: what the clients of all who take part can do (#MsnpCaps) */
guint32 msnp_switchboard_caps (const MsnpSwitchboard *board);

/** When something was last said either way, on the host's clock. */
gint64 msnp_switchboard_last_ms (const MsnpSwitchboard *board);

/** How the server confirms what it passes on. */
typedef enum
{
  MSNP_CONFIRM_NEVER = 'U',
  MSNP_CONFIRM_FAILURE = 'N',
  MSNP_CONFIRM_ALWAYS = 'A',
  MSNP_CONFIRM_PEER = 'D', /* always; for application/x-msnmsgrp2p alone */
} MsnpConfirm;

/**
 * msnp_switchboard_send:
 * @board: one that is ready
 * @confirm: whether the outcome matters
 * @payload: headers, an empty line, a body
 * @len: its length in bytes, at most %MSNP_MAX_PAYLOAD
 *
 * Says something to everybody there. Escargot confirms also what nobody was
 * there to hear, so ask msnp_switchboard_n_members() first.
 *
 * Returns: what the confirmation will name
 */
guint32 msnp_switchboard_send (MsnpSwitchboard *board, MsnpConfirm confirm,
                               const void *payload, gsize len);
