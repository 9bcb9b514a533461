#pragma once

/* Conversations of several, which have no names to join by: they begin with
 * people. */

#include <purple.h>

GList *msnp_chats_info (PurpleConnection *gc);
GHashTable *msnp_chats_defaults (PurpleConnection *gc, const char *name);
char *msnp_chats_name (GHashTable *components);
void msnp_chats_join (PurpleConnection *gc, GHashTable *components);
void msnp_chats_leave (PurpleConnection *gc, int id);
int msnp_chats_send (PurpleConnection *gc, int id, const char *message,
                     PurpleMessageFlags flags);
void msnp_chats_invite (PurpleConnection *gc, int id, const char *message,
                        const char *who);
/** For a module that is loaded and unloaded: "/topic" and "/kick", of which
 * only the web gateway knows. */
void msnp_chats_register_commands (void);
void msnp_chats_unregister_commands (void);
