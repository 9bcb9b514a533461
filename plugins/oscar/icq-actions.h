#pragma once

/* What only ICQ has: white pages, one's own entry there, X-Status, encodings
 * of single contacts. */

#include <purple.h>

#include "glue-host.h"

/** Returns: (transfer full): @list with ICQ's account actions */
GList *icq_actions_add (GList *list);

/** Opens the form for what the white pages say of the user. */
void icq_actions_edit_profile (GlueHost *glue, const ImEventProfile *profile);

/** Returns: (transfer full): @list with what ICQ can do with @buddy */
GList *icq_actions_add_buddy (GList *list, PurpleBuddy *buddy);

/** Tells the session of encodings chosen for contacts. */
void icq_actions_load_encodings (GlueHost *glue);

/** For get_moods: X-Status pictures, static. */
PurpleMood *icq_actions_moods (PurpleAccount *account);

/** Appends the status type that carries them. */
GList *icq_actions_add_mood_status (GList *list);

/** Publishes the account's mood, if it has one. */
void icq_actions_publish_mood (GlueHost *glue);
