#pragma once

/* The part of the menu that is about the account itself and its entry in the
 * directory. */

#include <purple.h>

#include "glue-host.h"

/** Returns: (transfer full): @list with what both networks have */
GList *oscar_account_add (GList *list);

/** Returns: (transfer full): @list with what only AIM has */
GList *oscar_account_add_aim (GList *list);

/** For blist_node_menu of AIM. */
GList *oscar_account_buddy_menu (PurpleBlistNode *node);

/** Opens the form for the user's own directory entry. */
void oscar_account_edit_entry (GlueHost *glue, const ImEventProfile *profile);
