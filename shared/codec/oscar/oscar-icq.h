#pragma once

/* ICQ (food group 0x15): what ICQ's own servers answered, wrapped in one TLV
 * whose inside is little-endian:
 *
 *   length (2)  our UIN (4)  type (2)  sequence (2)  data
 *
 * Meta requests and replies (types 07D0 and 07DA) begin their data with a
 * subtype (2). */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"

typedef enum
{
  OSCAR_ICQ_OFFLINE_REQUEST = 0x003c,
  OSCAR_ICQ_OFFLINE_DELETE = 0x003e,
  OSCAR_ICQ_OFFLINE_MESSAGE = 0x0041,
  OSCAR_ICQ_OFFLINE_END = 0x0042,
  OSCAR_ICQ_META_REQUEST = 0x07d0,
  OSCAR_ICQ_META_REPLY = 0x07da,
} OscarIcqType;

typedef enum
{
  OSCAR_META_SET_PERMISSIONS = 0x0424,
  OSCAR_META_FULL_INFO = 0x04b2,
  OSCAR_META_SHORT_INFO = 0x04ba,
  OSCAR_META_SEARCH_UIN = 0x051f,

  OSCAR_META_REPLY_BASIC = 0x00c8,
  OSCAR_META_REPLY_SHORT = 0x0104,
  OSCAR_META_REPLY_FOUND = 0x01a4,
  OSCAR_META_REPLY_LAST = 0x01ae,
} OscarMetaSubtype;

typedef enum
{
  OSCAR_META_OK = 0x0a,
  OSCAR_META_ERROR = 0x14,
  OSCAR_META_NOTHING = 0x32,
} OscarMetaResult;

/**
 * OscarIcq:
 * @uin: of the account, not of whom it is about
 * @type: an #OscarIcqType
 * @sequence: to match a reply with its request
 * @subtype: of meta requests and replies, else 0
 * @result: of meta replies an #OscarMetaResult, else 0
 * @data: what follows; points into the bytes being read
 *
 * 15/02 and 15/03.
 */
typedef struct
{
  guint32 uin;
  guint16 type;
  guint16 sequence;
  guint16 subtype;
  guint8 result;
  ImReader data;
} OscarIcq;

IM_API gboolean oscar_icq_decode (ImReader *body, OscarIcq *ret,
                                  GError **error);

/** Where the two lengths of an envelope are to be filled in. */
typedef struct
{
  gsize outer;
  gsize inner;
} OscarIcqMark;

/**
 * oscar_icq_open:
 * @writer: where to append
 * @self: the envelope; @data is not written
 *
 * Begins a body up to where its data begins.
 *
 * Returns: what to hand to oscar_icq_close()
 */
IM_API OscarIcqMark oscar_icq_open (ImWriter *writer, const OscarIcq *self);
IM_API void oscar_icq_close (ImWriter *writer, OscarIcqMark mark);

/** Meta requests about one UIN: %OSCAR_META_FULL_INFO and its like. */
IM_API void oscar_icq_encode_uin_request (ImWriter *writer, guint32 uin,
                                          guint16 sequence,
                                          OscarMetaSubtype subtype,
                                          guint32 about);
/** A whole body without data: %OSCAR_ICQ_OFFLINE_REQUEST and its like. */
IM_API void oscar_icq_encode_plain (ImWriter *writer, guint32 uin,
                                    OscarIcqType type, guint16 sequence);

/**
 * oscar_icq_read_string:
 * @reader: a cursor at a little-endian length that counts a final NUL
 * @legacy: (nullable): the account's code page, see oscar_text_dup()
 * @ret: (out) (transfer full): tidy UTF-8
 * @error: return location
 */
IM_API gboolean oscar_icq_read_string (ImReader *reader, const char *legacy,
                                       char **ret, GError **error);
/** Writes such a string; %NULL counts as "". */
IM_API void oscar_icq_write_string (ImWriter *writer, const char *text);

/**
 * OscarIcqOffline:
 * @sender: who wrote it
 * @time: unix time
 * @type: an #OscarIcqMessageType
 * @flags: of the message
 * @text: (owned): its fields, joined by U+00FE where there are several
 *
 * Data of %OSCAR_ICQ_OFFLINE_MESSAGE.
 */
typedef struct
{
  guint32 sender;
  gint64 time;
  guint8 type;
  guint8 flags;
  char *text;
} OscarIcqOffline;

IM_API void oscar_icq_offline_clear (OscarIcqOffline *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarIcqOffline, oscar_icq_offline_clear)
/** A date that does not exist is %IM_WIRE_ERROR_MALFORMED. */
IM_API gboolean oscar_icq_decode_offline (const ImReader *data,
                                          const char *legacy,
                                          OscarIcqOffline *ret, GError **error);

/**
 * OscarIcqFound:
 * @uin: the user
 * @nick: and the other names
 * @free: no authorization is needed to add them
 * @status: 0 offline, 1 online, 2 does not say
 * @gender: 0 unknown, 1 female, 2 male
 * @age: years, 0 unknown
 * @left: in the last reply, how many more there would be
 *
 * Data of %OSCAR_META_REPLY_FOUND and %OSCAR_META_REPLY_LAST. Servers leave
 * out fields at the end; they are 0 then, and strings %NULL.
 */
typedef struct
{
  guint32 uin;
  char *nick;
  char *first;
  char *last;
  char *email;
  gboolean free;
  guint16 status;
  guint8 gender;
  guint16 age;
  guint32 left;
} OscarIcqFound;

IM_API void oscar_icq_found_clear (OscarIcqFound *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarIcqFound, oscar_icq_found_clear)
IM_API gboolean oscar_icq_decode_found (const ImReader *data,
                                        const char *legacy, OscarIcqFound *ret,
                                        GError **error);

/** Data of %OSCAR_META_REPLY_SHORT. */
typedef struct
{
  char *nick;
  char *first;
  char *last;
  char *email;
  gboolean free;
  guint8 gender;
} OscarIcqShort;

IM_API void oscar_icq_short_clear (OscarIcqShort *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarIcqShort, oscar_icq_short_clear)
IM_API gboolean oscar_icq_decode_short (const ImReader *data,
                                        const char *legacy, OscarIcqShort *ret,
                                        GError **error);
