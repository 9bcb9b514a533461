#pragma once

#include <purple.h>

/** Returns: (transfer full) (element-type PurpleMenuAction): what can be done
 * with a buddy beyond what every host offers */
GList *msnp_buddies_menu (PurpleBlistNode *node);
