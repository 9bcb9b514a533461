#pragma once

/* The server-stored list (feedbag): buddies, groups, privacy, and whatever
 * other clients keep there, which is never touched.
 *
 * Every item is known twice, as the server has it and as the user wants it.
 * An edit changes the second; the difference is sent as one batch, and while
 * a batch is in flight further edits add up to the next. What the server
 * refuses goes back to what the server has. So edits need no undo lists, a
 * hundred new buddies are one batch, and clients editing at once end with the
 * same list, and nothing lost. */

#include <glib.h>

#include "im-host.h"
#include "im-writer.h"
#include "oscar-feedbag.h"

typedef struct _OscarRoster OscarRoster;

/**
 * OscarRosterFuncs:
 * @send: send a feedbag SNAC; returns its request id, 0 if it cannot be sent
 * @begin: (nullable): several SNACs follow, to leave in one write
 * @end: (nullable): that was the last of them
 * @unsettled: (nullable): others edit the list; oscar_roster_tidy() is due
 *   when they have stopped for a while
 * @random: a random number
 * @event: tell the host
 *
 * What the list needs of its session.
 */
typedef struct
{
  guint32 (*send) (gpointer user, guint16 subtype, ImWriter *body);
  void (*begin) (gpointer user);
  void (*end) (gpointer user);
  void (*unsettled) (gpointer user);
  guint16 (*random) (gpointer user);
  void (*event) (gpointer user, const ImEvent *event);
} OscarRosterFuncs;

OscarRoster *oscar_roster_new (const OscarRosterFuncs *funcs, gpointer user);
void oscar_roster_free (OscarRoster *roster);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OscarRoster, oscar_roster_free)

/* --- The list as the server has it --- */

/**
 * oscar_roster_load:
 * @roster: a list
 * @item: (inout): an item of 13/06, or of a saved copy; what it owns is taken
 *
 * Adds what the server has. An item with the ids of an earlier one is
 * ignored.
 *
 * Returns: %FALSE if the list has %IM_MAX_FEEDBAG_ITEMS already
 */
gboolean oscar_roster_load (OscarRoster *roster, OscarFeedbagItem *item);

/** Forgets everything loaded, for a list that is fetched anew. */
void oscar_roster_clear (OscarRoster *roster);

/**
 * oscar_roster_report:
 * @roster: a loaded list
 * @max: how many items to go through at most
 *
 * Reports groups and buddies to the host, a slice at a time; with the last
 * slice also %IM_EVENT_PRIVACY and %IM_EVENT_ROSTER_DONE. Edits made before
 * are sent then.
 *
 * Returns: %TRUE if there is more to report
 */
gboolean oscar_roster_report (OscarRoster *roster, guint max);

/** A change made by the server or by another client of ours: 13/08, 13/09
 * or 13/0A. */
void oscar_roster_push (OscarRoster *roster, guint16 subtype,
                        const ImReader *body);

/**
 * oscar_roster_tidy:
 * @roster: a list
 *
 * Repairs what clients that edit at once do to each other: orders without the
 * other's buddies, buddies in a group that the other deleted.
 *
 * Returns: %TRUE if what came first was not clear, so that the list is to be
 *   fetched and compared
 */
gboolean oscar_roster_tidy (OscarRoster *roster);

/** Takes over what differs in the @items of 13/06, which may come in parts;
 * edits under way are kept. */
void oscar_roster_compare (OscarRoster *roster, ImReader *items);
/** That was the last part: what was not among them is gone. */
void oscar_roster_compared (OscarRoster *roster);

/** The answer to a batch (13/0E), by request id. */
void oscar_roster_status (OscarRoster *roster, guint32 request,
                          const ImReader *body);

/** An error SNAC in answer to a batch. Whether @request was ours. */
gboolean oscar_roster_error (OscarRoster *roster, guint32 request,
                             guint16 code);

/**
 * oscar_roster_expire:
 * @roster: a list
 *
 * Takes a batch that nobody answered for done: small servers carry edits out
 * without a word, and later edits must not wait for ever.
 */
void oscar_roster_expire (OscarRoster *roster);

/** Returns: how many items the server has */
guint oscar_roster_n_items (const OscarRoster *roster);

/**
 * oscar_roster_save:
 * @roster: a loaded list
 * @writer: where to
 *
 * Writes the items as the server has them, each as on the wire.
 */
void oscar_roster_save (const OscarRoster *roster, ImWriter *writer);

/** Whether @who stands on the list as an item of @item_class, as in
 * oscar_roster_list_name(). */
gboolean oscar_roster_lists_name (const OscarRoster *roster,
                                  guint16 item_class, const char *who);

/** Whether @who stands on the list as a buddy. */
gboolean oscar_roster_has_buddy (const OscarRoster *roster, const char *who);

/** Calls @func for every buddy, with the alias the server keeps or %NULL. */
void oscar_roster_foreach_buddy (const OscarRoster *roster,
                                 void (*func) (gpointer user, const char *who,
                                               const char *alias),
                                 gpointer user);

/* --- Edits; see oscar-session.h --- */

void oscar_roster_add_buddy (OscarRoster *roster, const char *who,
                             const char *group, const char *alias);
void oscar_roster_remove_buddy (OscarRoster *roster, const char *who,
                                const char *group);
void oscar_roster_move_buddy (OscarRoster *roster, const char *who,
                              const char *from, const char *to);
void oscar_roster_alias_buddy (OscarRoster *roster, const char *who,
                               const char *alias);
void oscar_roster_rename_group (OscarRoster *roster, const char *from,
                                const char *to);
void oscar_roster_remove_group (OscarRoster *roster, const char *group);

void oscar_roster_set_privacy (OscarRoster *roster, ImPrivacyMode mode);
/** Puts @who on the permit (or deny) list, or takes them off it. */
void oscar_roster_list_name (OscarRoster *roster, guint16 item_class,
                             const char *who, gboolean listed);

/** Makes the icon with @hash ours; one that says "no icon" is only written over
 * another. */
void oscar_roster_set_icon (OscarRoster *roster, const guint8 *hash, gsize len,
                            gboolean is_none);

/** Marks @who as awaiting (or no longer awaiting) authorisation. */
void oscar_roster_set_awaiting (OscarRoster *roster, const char *who,
                                gboolean awaiting);
