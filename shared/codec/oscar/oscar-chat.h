#pragma once

/* CHAT_NAV (food group 0x0D) and CHAT (0x0E): rooms and what is said in
 * them. 0D/02 has no body; 0E/03 and 0E/04 are user-info blocks
 * (oscar_userinfo_next()). */

#include <glib.h>
#include "oscar-oservice.h"

/**
 * OscarRoomInfo:
 * @room: which room
 * @detail: how much is told
 * @name: (nullable): for people
 * @full_name: (nullable): on the wire
 * @charset: (nullable): of the room
 * @language: (nullable): of the room
 * @flags: of the room
 * @created: unix time, or 0
 * @max_message: bytes of a message, or 0
 * @max_visible: bytes of its visible part, or 0
 * @max_occupants: or 0
 * @create_permission: of an exchange
 *
 * A room, as in 0D/08, 0D/09, 0E/02.
 */
typedef struct
{
  OscarRoom room;
  guint8 detail;
  char *name;
  char *full_name;
  char *charset;
  char *language;
  guint16 flags;
  guint32 created;
  guint16 max_message;
  guint16 max_visible;
  guint16 max_occupants;
  guint8 create_permission;
} OscarRoomInfo;

IM_API void oscar_room_info_clear (OscarRoomInfo *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarRoomInfo, oscar_room_info_clear)

/* 0D/08 and 0E/02; also the value of a room in 0D/09. */
IM_API gboolean oscar_chat_decode_room (ImReader *body, OscarRoomInfo *ret,
                                        GError **error);
IM_API void oscar_chat_encode_room (ImWriter *writer,
                                    const OscarRoomInfo *self);

/** 0D/08 for a room called @name on @exchange. */
IM_API void oscar_chat_encode_create (ImWriter *writer, guint16 exchange,
                                      const char *name);

/**
 * OscarChatNavInfo:
 * @max_rooms: one may be in at once, or 0
 * @has_room: whether it is about a room
 * @room: that room
 *
 * 0D/09. Descriptions of exchanges are passed over.
 */
typedef struct
{
  guint8 max_rooms;
  gboolean has_room;
  OscarRoomInfo room;
} OscarChatNavInfo;

IM_API void oscar_chat_nav_info_clear (OscarChatNavInfo *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarChatNavInfo, oscar_chat_nav_info_clear)
IM_API gboolean oscar_chat_decode_nav_info (ImReader *body,
                                            OscarChatNavInfo *ret,
                                            GError **error);

/**
 * OscarChatMessage:
 * @cookie: the sender's number for it
 * @channel: 3
 * @is_public: for all in the room
 * @reflect: 0E/05: send it back to us too
 * @whisper_to: (nullable): 0E/05: for this one only
 * @has_sender: 0E/06: whether @sender is known
 * @sender: who said it
 * @text: (nullable): what, as UTF-8 with AIM markup
 *
 * 0E/05 and 0E/06. Strings are borrowed when encoding and owned after
 * decoding; what @sender points at is in the bytes being read.
 */
typedef struct
{
  guint64 cookie;
  guint16 channel;
  gboolean is_public;
  gboolean reflect;
  char *whisper_to;
  gboolean has_sender;
  OscarUserInfo sender;
  char *text;
} OscarChatMessage;

IM_API void oscar_chat_message_clear (OscarChatMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarChatMessage, oscar_chat_message_clear)
IM_API gboolean oscar_chat_decode_message (ImReader *body,
                                           OscarChatMessage *ret,
                                           GError **error);
IM_API void oscar_chat_encode_message (ImWriter *writer,
                                       const OscarChatMessage *self);
