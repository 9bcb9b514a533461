#pragma once

/* ICQ's own messages: on channel 4 as they are, on channel 2 (and in the
 * answers to those, 04/0B) inside a little-endian structure. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"
#include "oscar-userinfo.h"

typedef enum
{
  OSCAR_ICQ_PLAIN = 0x01,
  OSCAR_ICQ_CHAT = 0x02,
  OSCAR_ICQ_FILE = 0x03,
  OSCAR_ICQ_URL = 0x04,
  OSCAR_ICQ_AUTH_REQUEST = 0x06,
  OSCAR_ICQ_AUTH_DENIED = 0x07,
  OSCAR_ICQ_AUTH_GRANTED = 0x08,
  OSCAR_ICQ_SERVER = 0x09,
  OSCAR_ICQ_ADDED = 0x0c,
  OSCAR_ICQ_WEB_PAGER = 0x0d,
  OSCAR_ICQ_EMAIL = 0x0e,
  OSCAR_ICQ_CONTACTS = 0x13,
  OSCAR_ICQ_PLUGIN = 0x1a,
  OSCAR_ICQ_AUTO_AWAY = 0xe8,
  OSCAR_ICQ_AUTO_OCCUPIED = 0xe9,
  OSCAR_ICQ_AUTO_NA = 0xea,
  OSCAR_ICQ_AUTO_DND = 0xeb,
  OSCAR_ICQ_AUTO_CHAT = 0xec,
} OscarIcqMessageType;

/**
 * OscarIcqMessage:
 * @sender: UIN
 * @type: an #OscarIcqMessageType
 * @flags: 1 normal, 3 auto-message, 0x80 to several people
 * @text: its fields, joined by the byte FE; points into the bytes being read
 *
 * TLV 0x0005 on channel 4.
 */
typedef struct
{
  guint32 sender;
  guint8 type;
  guint8 flags;
  ImReader text;
} OscarIcqMessage;

IM_API gboolean oscar_icq_message_decode (const ImReader *data,
                                          OscarIcqMessage *ret, GError **error);
IM_API void oscar_icq_message_encode (ImWriter *writer,
                                      const OscarIcqMessage *self);

/**
 * oscar_icq_message_next_field:
 * @text: a cursor over a message's text; moved past the field
 * @legacy: (nullable): the account's code page
 *
 * Returns: (transfer full) (nullable): the next field as tidy UTF-8, or
 *   %NULL when there are no more
 */
IM_API char *oscar_icq_message_next_field (ImReader *text, const char *legacy);

/**
 * OscarIcqExtended:
 * @version: of the sender's protocol, 8 to 10
 * @plugin: 16 bytes; all zero for messages
 * @caps: 3
 * @sequence: counts down from FFFF; an answer repeats it
 * @type: an #OscarIcqMessageType
 * @flags: as above
 * @status: of the sender, or what an answer says
 * @priority: of the message
 * @text: as above
 * @has_colors: whether there are colours
 * @foreground: 00BBGGRR
 * @background: 00BBGGRR
 * @rest: what follows: a GUID in text form that says how @text is encoded,
 *   or a plugin's block
 *
 * TLV 0x2711 of a rendezvous with capability 1349, and the data of 04/0B
 * with reason 3 on channel 2. Slices point into the bytes being read.
 */
typedef struct
{
  guint16 version;
  OscarCap plugin;
  guint32 caps;
  guint16 sequence;
  guint8 type;
  guint8 flags;
  guint16 status;
  guint16 priority;
  ImReader text;
  gboolean has_colors;
  guint32 foreground;
  guint32 background;
  ImReader rest;
} OscarIcqExtended;

IM_API gboolean oscar_icq_message_decode_extended (const ImReader *data,
                                                   OscarIcqExtended *ret,
                                                   GError **error);
IM_API void oscar_icq_message_encode_extended (ImWriter *writer,
                                               const OscarIcqExtended *self);
