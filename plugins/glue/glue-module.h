#pragma once

/* What all modules have in common. */

#include <purple.h>

/** The oldest libpurple with all we call: 2.12 added the fingerprints. */
#define GLUE_MODULE_INFO                                                      \
  .magic = PURPLE_PLUGIN_MAGIC, .major_version = 2, .minor_version = 12,      \
  .type = PURPLE_PLUGIN_PROTOCOL, .priority = PURPLE_PRIORITY_DEFAULT,        \
  /* libpurple does not write to it. */                                       \
  .version = (char *) PURPLE_CLASSIC_VERSION

/** For the init function: where networks and translations are. */
void glue_module_init (PurplePlugin *plugin);

/** Appends a state with a message; @name is its name, or %NULL for the
 * primitive's. */
GList *glue_module_add_status (GList *list, PurpleStatusPrimitive primitive,
                               const char *id, const char *name);

/** Appends what every account has: offline and mobile. */
GList *glue_module_end_statuses (GList *list);

/** What the user name field is called. */
GHashTable *glue_module_text_table (const char *login_label);
