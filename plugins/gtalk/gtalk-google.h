#pragma once

/* What Google's servers have besides: mail, settings they keep, conversations
 * off the record. Each is offered where the server has it. */

#include <purple.h>

#include "gtalk-session.h"

/** Appends to @list the account actions the server of @gc has. */
GList *gtalk_google_add_actions (GList *list, PurpleConnection *gc);

/** Appends to @list what the menu of the buddy @node offers besides. */
GList *gtalk_google_add_entries (GList *list, GtalkSession *session,
                                 PurpleBuddy *buddy);

/** Registers the commands of conversations of two. */
void gtalk_google_add_commands (void);
void gtalk_google_remove_commands (void);
