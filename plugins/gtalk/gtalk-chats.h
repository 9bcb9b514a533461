#pragma once

/* libpurple's chat callbacks to session commands. */

#include <purple.h>

GList *gtalk_chats_info (PurpleConnection *gc);
GHashTable *gtalk_chats_defaults (PurpleConnection *gc, const char *name);
char *gtalk_chats_name (GHashTable *components);
void gtalk_chats_join (PurpleConnection *gc, GHashTable *components);
void gtalk_chats_reject (PurpleConnection *gc, GHashTable *components);
void gtalk_chats_leave (PurpleConnection *gc, int id);
int gtalk_chats_send (PurpleConnection *gc, int id, const char *message,
                      PurpleMessageFlags flags);
void gtalk_chats_whisper (PurpleConnection *gc, int id, const char *who,
                          const char *message);
void gtalk_chats_invite (PurpleConnection *gc, int id, const char *message,
                         const char *who);
void gtalk_chats_set_topic (PurpleConnection *gc, int id, const char *topic);
char *gtalk_chats_real_name (PurpleConnection *gc, int id, const char *who);

/** Whether @address names somebody in a room, so that its resource is half of
 * the name. Addresses said to be that stay it: libpurple files conversations
 * under their normalised names and must find them again. */
gboolean gtalk_chats_is_occupant (const char *address);

/** Adds what can be typed in rooms: /nick, /topic, /kick, /ban, /msg,
 * /invite. */
void gtalk_chats_add_commands (void);
void gtalk_chats_remove_commands (void);
