#pragma once

/* libpurple's chat callbacks to session commands. */

#include <purple.h>

GList *oscar_chats_info (PurpleConnection *gc);
GHashTable *oscar_chats_defaults (PurpleConnection *gc, const char *name);
char *oscar_chats_name (GHashTable *components);
void oscar_chats_join (PurpleConnection *gc, GHashTable *components);
void oscar_chats_leave (PurpleConnection *gc, int id);
int oscar_chats_send (PurpleConnection *gc, int id, const char *message,
                      PurpleMessageFlags flags);
void oscar_chats_whisper (PurpleConnection *gc, int id, const char *who,
                          const char *message);
void oscar_chats_invite (PurpleConnection *gc, int id, const char *message,
                         const char *who);
