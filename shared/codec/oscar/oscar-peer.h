#pragma once

/* What is spoken between two clients: OFT for files, ODC for direct
 * messages, and the frames by which the ARS proxy joins them. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"
#include "oscar-text.h"
#include "oscar-userinfo.h"

/**
 * oscar_peer_oft_checksum:
 * @state: %OSCAR_OFT_CHECKSUM_START, or the result for the bytes before
 * @data: (nullable): bytes of the file
 * @len: how many
 * @offset: where in the file they begin
 *
 * Returns: the checksum up to and with them
 */
IM_API guint32 oscar_peer_oft_checksum (guint32 state, const guint8 *data,
                                        gsize len, guint64 offset);

#define OSCAR_OFT_CHECKSUM_START 0xffff0000u

/** Returns: the checksum of a buddy icon, as in ICBM TLV 0x0008 */
IM_API guint16 oscar_peer_icon_checksum (const guint8 *data, gsize len);

typedef enum
{
  OSCAR_OFT_PROMPT = 0x0101,
  OSCAR_OFT_RESUME_ACCEPT = 0x0106,
  OSCAR_OFT_ACK = 0x0202,
  OSCAR_OFT_DONE = 0x0204,
  OSCAR_OFT_RESUME = 0x0205,
  OSCAR_OFT_RESUME_ACK = 0x0207,
} OscarOftType;

/** The length of a header with a name of up to 64 bytes. */
#define OSCAR_OFT_HEADER 256

/**
 * OscarOft:
 * @type: an #OscarOftType
 * @cookie: that of the ICBM; 0 in a prompt
 * @encryption: 0
 * @compression: 0
 * @files: how many
 * @files_left: with the current one
 * @parts: 1
 * @parts_left: 1
 * @total_size: of all files
 * @size: of this one
 * @time: unix time it was changed
 * @checksum: of this one
 * @fork_received_checksum: of a resource fork
 * @fork_size: of a resource fork
 * @created: unix time, or 0
 * @fork_checksum: of a resource fork
 * @received: bytes so far
 * @received_checksum: of those
 * @flags: 0x20, in a done frame 1
 * @list_name_offset: 0x1C
 * @list_size_offset: 0x11
 * @charset: of @name, an #OscarCharset
 * @name: of the file, parts of a path divided by the byte 1; nothing about
 *   it is safe. Points into the bytes being read
 */
typedef struct
{
  guint16 type;
  guint64 cookie;
  guint16 encryption;
  guint16 compression;
  guint16 files;
  guint16 files_left;
  guint16 parts;
  guint16 parts_left;
  guint32 total_size;
  guint32 size;
  guint32 time;
  guint32 checksum;
  guint32 fork_received_checksum;
  guint32 fork_size;
  guint32 created;
  guint32 fork_checksum;
  guint32 received;
  guint32 received_checksum;
  guint8 flags;
  guint8 list_name_offset;
  guint8 list_size_offset;
  guint16 charset;
  ImReader name;
} OscarOft;

/**
 * oscar_peer_oft_length:
 * @reader: what came so far; stays where it is
 * @ret: (out): the length of the whole header
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED if the first six bytes are
 *   not all there, with %IM_WIRE_ERROR_MALFORMED or
 *   %IM_WIRE_ERROR_TOO_LARGE if they are no header's
 */
IM_API gboolean oscar_peer_oft_length (const ImReader *reader, gsize *ret,
                                       GError **error);
IM_API gboolean oscar_peer_decode_oft (ImReader *reader, OscarOft *ret,
                                       GError **error);
IM_API void oscar_peer_encode_oft (ImWriter *writer, const OscarOft *self);

typedef enum
{
  OSCAR_ODC_AUTO_RESPONSE = 0x01,
  OSCAR_ODC_TYPING_PACKET = 0x02,
  OSCAR_ODC_TYPED = 0x04,
  OSCAR_ODC_TYPING = 0x08,
  OSCAR_ODC_COOKIE = 0x60,
} OscarOdcFlags;

/** The length of a header; the payload follows. */
#define OSCAR_ODC_HEADER 76

/**
 * OscarOdc:
 * @cookie: that of the ICBM
 * @length: bytes of payload that follow; the reader judges them
 * @charset: of the payload's text
 * @flags: #OscarOdcFlags
 * @name: of the sender, cut at 31 bytes
 */
typedef struct
{
  guint64 cookie;
  guint32 length;
  guint16 charset;
  guint16 flags;
  OscarName name;
} OscarOdc;

IM_API gboolean oscar_peer_decode_odc (ImReader *reader, OscarOdc *ret,
                                       GError **error);
IM_API void oscar_peer_encode_odc (ImWriter *writer, const OscarOdc *self);

typedef enum
{
  OSCAR_ARS_ERROR = 1,
  OSCAR_ARS_CREATE = 2,
  OSCAR_ARS_CREATED = 3,
  OSCAR_ARS_JOIN = 4,
  OSCAR_ARS_READY = 5,
} OscarArsType;

/**
 * OscarArs:
 * @type: an #OscarArsType
 * @flags: 0
 * @code: of an error
 * @name: ours, in create and join
 * @pin: what the other side needs to join, in created and join
 * @ip: of the proxy, in created
 * @cookie: that of the ICBM, in create and join
 * @cap: what the connection is for, in create and join
 */
typedef struct
{
  guint16 type;
  guint16 flags;
  guint16 code;
  OscarName name;
  guint16 pin;
  guint32 ip;
  guint64 cookie;
  OscarCap cap;
} OscarArs;

/** A whole frame, its length included. */
IM_API gboolean oscar_peer_decode_ars (ImReader *reader, OscarArs *ret,
                                       GError **error);
IM_API void oscar_peer_encode_ars (ImWriter *writer, const OscarArs *self);
