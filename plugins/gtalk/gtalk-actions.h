#pragma once

/* libpurple's callbacks, turned into commands of a GtalkSession. */

#include <purple.h>

#include "glue-account.h"
#include "glue-host.h"
#include "gtalk-session.h"

extern const GlueProtocol gtalk_protocol;

/** Returns: (transfer full) (element-type PurpleKeyValuePair): the sign-in
 * methods to choose from */
GList *gtalk_actions_signin_choices (void);

/** Returns: (transfer full) (element-type PurpleAccountOption): the settings
 * only this protocol has */
GList *gtalk_actions_options (void);

void gtalk_actions_login (PurpleAccount *account);
GList *gtalk_actions_menu (PurplePlugin *plugin, gpointer context);

int gtalk_actions_send_im (PurpleConnection *gc, const char *who,
                           const char *message, PurpleMessageFlags flags);
gboolean gtalk_actions_send_attention (PurpleConnection *gc, const char *who,
                                       guint type);
GList *gtalk_actions_attention_types (PurpleAccount *account);
gboolean gtalk_actions_can_receive_file (PurpleConnection *gc,
                                         const char *who);
void gtalk_actions_send_file (PurpleConnection *gc, const char *who,
                              const char *path);
gboolean gtalk_actions_room_can_receive_file (PurpleConnection *gc, int id);
void gtalk_actions_send_file_to_room (PurpleConnection *gc, int id,
                                      const char *path);
void gtalk_actions_convo_closed (PurpleConnection *gc, const char *who);
const char *gtalk_actions_normalize (const PurpleAccount *account,
                                     const char *name);
