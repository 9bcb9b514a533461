#pragma once

/* FLAP: the frames every OSCAR connection is cut into.
 *
 *   2A  type  sequence (2)  length (2)  payload
 */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"

typedef enum
{
  OSCAR_FLAP_SIGNON = 1, /* the first frame each way */
  OSCAR_FLAP_DATA = 2,   /* exactly one SNAC */
  OSCAR_FLAP_ERROR = 3,
  OSCAR_FLAP_SIGNOFF = 4, /* empty, or TLVs saying why */
  OSCAR_FLAP_KEEPALIVE = 5,
} OscarFlapType;

/**
 * OscarFlap:
 * @type: an #OscarFlapType, or a number no one has named
 * @sequence: the peer's counter; not to be enforced
 * @payload: a cursor over the frame's payload, valid until the next
 *   oscar_flap_push() or oscar_flap_framer_clear()
 */
typedef struct
{
  guint8 type;
  guint16 sequence;
  ImReader payload;
} OscarFlap;

/**
 * OscarFlapFramer:
 * @buffer: (owned): bytes not yet handed out, and some that were
 * @taken: how many bytes at the start of @buffer were handed out
 *
 * Cuts a stream of bytes into frames. It holds the only buffer in which
 * received bytes wait, of at most %IM_MAX_FLAP_WAITING bytes.
 */
typedef struct
{
  GByteArray *buffer;
  gsize taken;
} OscarFlapFramer;

typedef enum
{
  OSCAR_FLAP_NEED_MORE, /* no whole frame yet */
  OSCAR_FLAP_GOT,
  OSCAR_FLAP_FAILED, /* this stream can only be closed */
} OscarFlapResult;

IM_API void oscar_flap_framer_init (OscarFlapFramer *framer);
IM_API void oscar_flap_framer_clear (OscarFlapFramer *framer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarFlapFramer, oscar_flap_framer_clear)

/**
 * oscar_flap_push:
 * @framer: a framer
 * @data: bytes from the link
 * @len: how many
 * @error: return location
 *
 * Appends what came. Payloads handed out before are no longer valid.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TOO_LARGE if the caller lets more than
 *   %IM_MAX_FLAP_WAITING bytes wait
 */
IM_API gboolean oscar_flap_push (OscarFlapFramer *framer, const void *data,
                                 gsize len, GError **error);

/**
 * oscar_flap_next:
 * @framer: a framer
 * @ret: (out): the next frame, set only with %OSCAR_FLAP_GOT
 * @error: return location, set only with %OSCAR_FLAP_FAILED
 *
 * Takes the next whole frame. A byte other than 0x2A where a frame should
 * begin is %IM_WIRE_ERROR_MALFORMED: the format has no way to find the next
 * one.
 */
IM_API OscarFlapResult oscar_flap_next (OscarFlapFramer *framer, OscarFlap *ret,
                                        GError **error);

/** Returns: how many bytes wait that belong to no frame handed out */
IM_API gsize oscar_flap_waiting (const OscarFlapFramer *framer);

/**
 * oscar_flap_at_truncated_signoff:
 * @framer: a framer whose stream has ended
 *
 * Open OSCAR Server ends sessions that announced no multi-connection level
 * with the four bytes 2A 04 and a sequence number, then closes.
 *
 * Returns: whether the stream ended in such a header, which counts as an
 *   empty SIGNOFF
 */
IM_API gboolean oscar_flap_at_truncated_signoff (const OscarFlapFramer *framer);

/**
 * oscar_flap_open:
 * @writer: where to append
 * @type: of the frame
 * @sequence: the caller's counter for this direction, counted on by one
 *
 * Begins a frame; its payload is appended next. Frames do not nest, but any
 * number may follow each other in one writer.
 *
 * Returns: the mark to hand to oscar_flap_close()
 */
IM_API gsize oscar_flap_open (ImWriter *writer, OscarFlapType type,
                              guint16 *sequence);

/** Ends the frame begun at @mark: its length becomes known. */
IM_API void oscar_flap_close (ImWriter *writer, gsize mark);

/** A whole frame with @len bytes of payload, which may be none. */
IM_API void oscar_flap_encode (ImWriter *writer, OscarFlapType type,
                               guint16 *sequence, const void *payload,
                               gsize len);
