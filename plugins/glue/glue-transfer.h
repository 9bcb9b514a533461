#pragma once

/* Files the user sends, as libpurple's transfers. */

#include "glue-host.h"

/**
 * GlueFile:
 * @id: its number; see %IM_EVENT_TRANSFER
 * @to: for whom, or what the room is called
 * @chat: the room it is for, or 0
 * @name: its name
 * @source: its bytes; lasts until the transfer is over or cancelled
 *
 * What a session gets to send.
 */
struct _GlueFile
{
  guint id;
  const char *to;
  guint chat;
  const char *name;
  ImHttpSource source;
};

/**
 * glue_transfer_send:
 * @gc: a connection whose protocol can send files
 * @who: for whom, or what the room is called
 * @chat: the room it is for, or 0
 * @path: (nullable): which file; %NULL to ask the user
 *
 * For send_file and chat_send_file.
 */
void glue_transfer_send (PurpleConnection *gc, const char *who, guint chat,
                         const char *path);

/** %IM_EVENT_TRANSFER. */
void glue_transfer_on_event (GlueHost *glue, const ImEvent *event);

/** The connection ends, and with it what is under way. */
void glue_transfer_closing (GlueHost *glue);
