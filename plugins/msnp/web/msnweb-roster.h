#pragma once

/* Asking the directory who is on the list. It knows us by our cookies, and is
 * no part of the gateway: whatever becomes of it, the session goes on. */

#include "im-host.h"
#include "msnweb-contacts.h"

typedef struct _MsnwebRoster MsnwebRoster;

/**
 * MsnwebRosterHandlers:
 * @list: the list (element-type MsnwebPerson), borrowed; @cut: it is longer
 * @refused: our cookies are not good any more: when there are others,
 *   msnweb_roster_fetch(). Not called again before a list came, so that nobody
 *   is asked for ever
 * @failed: there is no list now; @why is for the log
 *
 * What becomes of a question.
 */
typedef struct
{
  void (*list) (gpointer user, const GPtrArray *people, gboolean cut);
  void (*refused) (gpointer user);
  void (*failed) (gpointer user, const char *why);
} MsnwebRosterHandlers;

/**
 * msnweb_roster_new:
 * @host: the outside
 * @url: where the directory is: scheme, host, port
 * @handlers: must outlive it
 * @user: handed to each of them
 *
 * Returns: (transfer full): nothing asked yet
 */
MsnwebRoster *msnweb_roster_new (ImHost *host, const char *url,
                                 const MsnwebRosterHandlers *handlers,
                                 gpointer user);
/** (nullable): forgets a question too */
void msnweb_roster_free (MsnwebRoster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnwebRoster, msnweb_roster_free)

/** Asks now: there are cookies. A question under way is made anew. */
void msnweb_roster_fetch (MsnwebRoster *roster);

/** The list was changed elsewhere: asks soon, but not every time somebody says
 * so. */
void msnweb_roster_changed (MsnwebRoster *roster);

/** Forgets what is under way. */
void msnweb_roster_stop (MsnwebRoster *roster);
