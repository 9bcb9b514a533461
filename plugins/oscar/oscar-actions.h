#pragma once

/* libpurple's callbacks, turned into commands of an OscarSession. AIM and ICQ
 * share all of them; what differs is in their modules. */

#include <purple.h>

#include "glue-host.h"
#include "oscar-session.h"

extern const GlueProtocol oscar_aim_protocol;
extern const GlueProtocol oscar_icq_protocol;

/** Returns: (transfer none) (nullable): the session of @gc */
OscarSession *oscar_actions_session (PurpleConnection *gc);

/** Returns: (transfer full): the sign-in methods to choose from, for
 * glue_account_options() */
GList *oscar_actions_signon_choices (void);

/** Signs on: the rest of the modules' login(). */
void oscar_actions_login (PurpleAccount *account,
                          const GlueProtocol *protocol,
                          PurpleConnectionFlags flags);

/** Returns: (transfer full) (element-type PurplePluginAction): the account's
 * menu */
GList *oscar_actions_menu (PurplePlugin *plugin, gpointer context);

int oscar_actions_send_im (PurpleConnection *gc, const char *who,
                           const char *message, PurpleMessageFlags flags);
void oscar_actions_set_info (PurpleConnection *gc, const char *info);
const char *oscar_actions_normalize (const PurpleAccount *account,
                                     const char *name);
