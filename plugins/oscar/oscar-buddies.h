#pragma once

/* Edits of the buddy list and of privacy, sent to the server-stored list.
 * What the server itself has just changed is not sent back: see
 * GlueHost.applying. */

#include <purple.h>

#include "glue-host.h"

void oscar_buddies_add (PurpleConnection *gc, PurpleBuddy *buddy,
                        PurpleGroup *group);
void oscar_buddies_remove (PurpleConnection *gc, PurpleBuddy *buddy,
                           PurpleGroup *group);
void oscar_buddies_alias (PurpleConnection *gc, const char *who,
                          const char *alias);
void oscar_buddies_move (PurpleConnection *gc, const char *who,
                         const char *from, const char *to);
void oscar_buddies_rename_group (PurpleConnection *gc, const char *old_name,
                                 PurpleGroup *group, GList *moved);
void oscar_buddies_remove_group (PurpleConnection *gc, PurpleGroup *group);

void oscar_buddies_permit (PurpleConnection *gc, const char *who);
void oscar_buddies_unpermit (PurpleConnection *gc, const char *who);
void oscar_buddies_deny (PurpleConnection *gc, const char *who);
void oscar_buddies_undeny (PurpleConnection *gc, const char *who);
void oscar_buddies_set_privacy (PurpleConnection *gc);

/** Asks the user what to say to @buddy, and asks for permission (ICQ). */
void oscar_buddies_ask_permission (PurpleBuddy *buddy);

/** Returns: (transfer full) (element-type PurpleMenuAction): what can be done
 * with a buddy beyond what every host offers (ICQ) */
GList *oscar_buddies_menu (PurpleBlistNode *node);

/** Puts every buddy the server does not know on its list. */
void oscar_buddies_upload (GlueHost *glue);
