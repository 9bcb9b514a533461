#pragma once

/* Telling people that what they wrote was read, where the user has chosen
 * that. A message is read when the conversation has the keyboard, when the
 * program says that nothing there is unread, or when it is answered. */

#include <purple.h>

#include "glue-host.h"

/** Returns: (transfer full): the setting */
PurpleAccountOption *gtalk_seen_option (void);

/** The user has read what @who wrote; tells them, if they are to know. */
void gtalk_seen_by_user (GlueHost *glue, const char *who);

/** Watches conversations of all accounts, from the first call on. Not before
 * one signs on: modules are loaded before conversations are. */
void gtalk_seen_watch (void);
void gtalk_seen_unwatch (void);
