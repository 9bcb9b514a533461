#pragma once

/* What conversations of two and of several share. */

#include "msnp-outgoing.h"
#include "msnp-session-private.h"
#include "msnp-switchboard.h"

/** Returns: a fresh number for a message */
guint msnp_talks_next_id (MsnpSession *session);

/** Returns: (transfer none): what was sent and is not confirmed, oldest
 * first; for msnp-outgoing.c */
GQueue *msnp_talks_sent (MsnpSession *session);

/** Makes sure that waits and idle switchboards are looked after. */
void msnp_talks_keep_watch (MsnpSession *session);

/** Counts one switchboard more. Returns %FALSE if there are too many. */
gboolean msnp_talks_may_open (MsnpSession *session);

/** Whether nothing of @who is to be shown. */
gboolean msnp_talks_is_blocked (const MsnpSession *session, const char *who);

/** What a server's number says about a message that could not be sent. */
ImUndelivered msnp_talks_reason (guint code);

/** Whether trying later may help. */
gboolean msnp_talks_may_retry (guint code);

/** Whether @code means that we ask for too much. */
gboolean msnp_talks_is_rate (guint code);

/** Somebody came into the switchboard of a conversation of two: (transfer
 * full) it goes on as one of several. @newcomer (nullable) is who. */
guint msnp_chats_adopt (MsnpSession *session, MsnpSwitchboard *board,
                        const char *newcomer, gboolean present);

/** Looks after waits and idle switchboards; returns %TRUE if that is needed
 * again. */
gboolean msnp_chats_watch (MsnpSession *session, gint64 now_ms);

/** How many switchboards conversations of several have. */
guint msnp_chats_n_boards (MsnpSession *session);

/** Reports what waits as failed, and leaves. */
void msnp_chats_abandon (MsnpSession *session);

/** Reports offline messages that are not stored yet. */
void msnp_oim_abandon (MsnpSession *session);
