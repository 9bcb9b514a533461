#pragma once

/* The account's menu. */

#include <purple.h>

/** Returns: (transfer full) (element-type PurplePluginAction): what can be
 * done in the version spoken */
GList *msnp_menu (PurplePlugin *plugin, gpointer context);

/** Returns: (transfer full) (element-type PurplePluginAction): @list (transfer
 * full) and what only links to the servers offer, in the version spoken */
GList *msnp_menu_more (gpointer session, GList *list);
