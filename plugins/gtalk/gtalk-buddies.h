#pragma once

/* Edits of the roster as commands of a session, and what else can be done with
 * a buddy. */

#include "glue-buddies.h"

extern const GlueListFuncs gtalk_buddies_funcs;

/** Returns: (transfer full) (element-type PurpleMenuAction): what can be done
 * with a buddy beyond what every host offers */
GList *gtalk_buddies_menu (PurpleBlistNode *node);
