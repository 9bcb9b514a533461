#pragma once

/* Edits of the buddy list and of privacy as commands of a session, and what
 * else can be done with a buddy. */

#include <purple.h>

#include "glue-buddies.h"

extern const GlueListFuncs oscar_buddies_funcs;

/** Asks the user what to say to @buddy, and asks for permission (ICQ). */
void oscar_buddies_ask_permission (PurpleBuddy *buddy);

/** Returns: (transfer full) (element-type PurpleMenuAction): what can be done
 * with a buddy beyond what every host offers (ICQ) */
GList *oscar_buddies_menu (PurpleBlistNode *node);
