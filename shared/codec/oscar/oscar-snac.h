#pragma once

/* SNAC: the one message inside a FLAP data frame.
 *
 *   food group (2)  subtype (2)  flags (2)  request id (4)  body
 */

#include <glib.h>
#include "oscar-flap.h"
#include "oscar-types.h"

typedef enum
{
  OSCAR_SNAC_MORE = 0x0001,           /* more replies to this request follow */
  OSCAR_SNAC_OPTIONAL_BLOCK = 0x8000, /* a length block precedes the body */
} OscarSnacFlags;

/**
 * OscarSnac:
 * @foodgroup: an #OscarFoodgroup
 * @subtype: an #OscarSubtype of it
 * @flags: #OscarSnacFlags
 * @request_id: echoed in replies; not a sign that something is a reply
 * @body: a cursor over what follows, the optional block passed over
 */
typedef struct
{
  guint16 foodgroup;
  guint16 subtype;
  guint16 flags;
  guint32 request_id;
  ImReader body;
} OscarSnac;

/**
 * oscar_snac_decode:
 * @payload: a cursor over a data frame's payload; stays where it is
 * @ret: (out): header and body
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED
 */
IM_API gboolean oscar_snac_decode (const ImReader *payload, OscarSnac *ret,
                                   GError **error);

/**
 * oscar_snac_open:
 * @writer: where to append
 * @sequence: the FLAP counter of the connection, counted on by one
 * @foodgroup: food group
 * @subtype: subtype
 * @request_id: our number for it; its high bit should be clear
 *
 * Begins a data frame with a SNAC header; the body is appended next.
 *
 * Returns: the mark to hand to oscar_flap_close()
 */
IM_API gsize oscar_snac_open (ImWriter *writer, guint16 *sequence,
                              OscarFoodgroup foodgroup, OscarSubtype subtype,
                              guint32 request_id);

/** Only the header of a SNAC. */
IM_API void oscar_snac_encode_header (ImWriter *writer, guint16 foodgroup,
                                      guint16 subtype, guint16 flags,
                                      guint32 request_id);

/**
 * OscarSnacError:
 * @code: an #OscarErrorCode
 * @subcode: the food group's own number, or 0
 * @url: (nullable) (owned): a page about it
 * @text: (nullable) (owned): words about it
 */
typedef struct
{
  guint16 code;
  guint16 subcode;
  char *url;
  char *text;
} OscarSnacError;

IM_API void oscar_snac_error_clear (OscarSnacError *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarSnacError, oscar_snac_error_clear)

/** The body of subtype 0x0001 of any food group. */
IM_API gboolean oscar_snac_decode_error (ImReader *body, OscarSnacError *ret,
                                         GError **error);
IM_API void oscar_snac_encode_error (ImWriter *writer,
                                     const OscarSnacError *self);
