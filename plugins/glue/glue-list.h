#pragma once

/* The server-stored list and privacy settings, put into the host's buddy
 * list. The server decides about what is on its list; what never was is the
 * user's own and stays. Commands in the other direction are the protocol's
 * business; they look at GlueHost.applying first. */

#include "glue-host.h"

/**
 * GlueBuddy:
 * @on_list: the server's list of this connection has it
 * @added: the user put it there during this connection
 * @flags: what list and presence say they are
 * @warning: their warning level in percent
 * @member_since: unix time, or 0
 * @client: (nullable): what their client can do
 * @note: (nullable): the user's note, from the server
 *
 * What hangs on a PurpleBuddy while connected.
 */
typedef struct
{
  gboolean on_list;
  gboolean added;
  ImPeerFlags flags;
  guint warning;
  gint64 member_since;
  char *client;
  char *note;
} GlueBuddy;

/** Returns: (transfer full): no list yet */
GlueList *glue_list_new (void);

void glue_list_free (GlueList *list);

/** Frees what hangs on the buddies of @glue: for close(). */
void glue_list_closing (GlueHost *glue);

/** Returns: (transfer none): what hangs on @buddy, made if need be */
GlueBuddy *glue_list_buddy (PurpleBuddy *buddy);

/** Returns: (transfer none) (nullable): what hangs on @buddy, if anything */
const GlueBuddy *glue_list_peek (PurpleBuddy *buddy);

/** Frees what hangs on @buddy, if anything: for buddy_free. */
void glue_list_buddy_free (PurpleBuddy *buddy);

/* Events; each may run the host's code. */
void glue_list_on_group (GlueHost *glue, const ImEvent *event);
void glue_list_on_group_gone (GlueHost *glue, const ImEvent *event);
void glue_list_on_buddy (GlueHost *glue, const ImEvent *event);
void glue_list_on_buddy_gone (GlueHost *glue, const ImEvent *event);
void glue_list_on_done (GlueHost *glue, const ImEvent *event);
void glue_list_on_error (GlueHost *glue, const ImEvent *event);
void glue_list_on_privacy (GlueHost *glue, const ImEvent *event);

/**
 * glue_list_privacy_changed:
 * @glue: a host
 *
 * For set_permit_deny, which libpurple also calls by itself after every
 * sign-on: what an account says then is old, or under bitlbee nothing at all,
 * and must not overwrite what the server keeps.
 *
 * Returns: whether the user changed the mode, so that it is to be sent
 */
gboolean glue_list_privacy_changed (GlueHost *glue);
