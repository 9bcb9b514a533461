#pragma once

/* libpurple's callbacks, turned into commands of a session. */

#include <purple.h>

#include "glue-host.h"

/** Returns: (transfer full) (element-type PurpleAccountOption): the settings
 * only MSN has */
GList *msnp_actions_options (void);

void msnp_actions_login (PurpleAccount *account);

int msnp_actions_send_im (PurpleConnection *gc, const char *who,
                          const char *message, PurpleMessageFlags flags);
gboolean msnp_actions_send_attention (PurpleConnection *gc, const char *who,
                                      guint type);
GList *msnp_actions_attention_types (PurpleAccount *account);
void msnp_actions_convo_closed (PurpleConnection *gc, const char *who);
/** Says what plays, if @status says that; whether it does. */
gboolean msnp_actions_take_tune (GlueHost *glue, PurpleStatus *status);
const char *msnp_actions_normalize (const PurpleAccount *account,
                                    const char *name);

/** For a module that is loaded and unloaded: the command "/nudge". */
void msnp_actions_register_commands (void);
void msnp_actions_unregister_commands (void);
