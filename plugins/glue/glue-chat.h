#pragma once

/* Rooms: chat events to libpurple's chats. A room's number is the session's,
 * which is also the id libpurple knows the chat by. */

#include "glue-host.h"

/* Components of a chat in libpurple's hands. */
#define GLUE_CHAT_ROOM "room"
#define GLUE_CHAT_EXCHANGE "exchange"
#define GLUE_CHAT_NICK "handle"
#define GLUE_CHAT_PASSWORD "password"
/* Only in those of an invitation: what the session wants back. */
#define GLUE_CHAT_KEY "key"

/** Says something about a room in it, in our own words. */
void glue_chat_note (GlueHost *glue, guint chat, const char *html);

/* One for each chat event of #ImEventType; for the table of glue-events.c. */
void glue_chat_on_joined (GlueHost *glue, const ImEvent *event);
void glue_chat_on_left (GlueHost *glue, const ImEvent *event);
void glue_chat_on_failed (GlueHost *glue, const ImEvent *event);
void glue_chat_on_members (GlueHost *glue, const ImEvent *event);
void glue_chat_on_message (GlueHost *glue, const ImEvent *event);
void glue_chat_on_topic (GlueHost *glue, const ImEvent *event);
void glue_chat_on_invite (GlueHost *glue, const ImEvent *event);
void glue_chat_on_refused (GlueHost *glue, const ImEvent *event);
