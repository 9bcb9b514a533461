#pragma once

/* TLVs: tag (2), length (2), value. They come in three packings:
 *
 *   rest chain     until the end of what holds them
 *   count block    behind a count of TLVs (2)
 *   length block   behind a count of bytes (2)
 *
 * Order means nothing, unknown tags are passed over, and of a repeated tag
 * the first counts. */

#include <glib.h>
#include <stddef.h>
#include "im-reader.h"
#include "im-writer.h"

typedef struct
{
  guint16 tag;
  ImReader value;
} OscarTlv;

/**
 * OscarTlvChain:
 * @rest: what was not walked yet
 * @left: how many more TLVs are tolerated
 *
 * A walk over TLVs. Copy it to walk twice.
 */
typedef struct
{
  ImReader rest;
  guint left;
} OscarTlvChain;

typedef enum
{
  OSCAR_TLV_END, /* there are no more */
  OSCAR_TLV_GOT,
  OSCAR_TLV_FAILED, /* the bytes end inside a TLV, or there are too many */
} OscarTlvStep;

/** A chain over all that is left in @reader, which stays where it is. */
IM_API void oscar_tlv_chain_init (OscarTlvChain *chain, const ImReader *reader);

/**
 * oscar_tlv_read_count_block:
 * @reader: a cursor at the count
 * @ret: (out): a chain over just those TLVs
 * @error: return location
 *
 * Passes over a count block, all of which must be there.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED, or with
 *   %IM_WIRE_ERROR_TOO_LARGE above %IM_MAX_TLVS
 */
IM_API gboolean oscar_tlv_read_count_block (ImReader *reader,
                                            OscarTlvChain *ret, GError **error);

/** The same for a length block. */
IM_API gboolean oscar_tlv_read_length_block (ImReader *reader,
                                             OscarTlvChain *ret,
                                             GError **error);

/**
 * oscar_tlv_next:
 * @chain: a chain
 * @ret: (out): the next TLV, set only with %OSCAR_TLV_GOT
 * @error: return location, set only with %OSCAR_TLV_FAILED
 */
IM_API OscarTlvStep oscar_tlv_next (OscarTlvChain *chain, OscarTlv *ret,
                                    GError **error);

/**
 * oscar_tlv_find:
 * @chain: a chain, which stays where it is
 * @tag: what to look for
 * @ret: (out) (optional): the first value with it
 *
 * Returns: whether it was found before the chain ends or breaks
 */
IM_API gboolean oscar_tlv_find (const OscarTlvChain *chain, guint16 tag,
                                ImReader *ret);

/**
 * oscar_tlv_uint:
 * @tlv: a TLV holding a number
 * @ret: (out): the number
 * @error: return location
 *
 * Reads a number of one, two or four bytes: servers do not agree on the
 * width of several TLVs, and the length says which it is.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_MALFORMED for another length
 */
IM_API gboolean oscar_tlv_uint (const OscarTlv *tlv, guint32 *ret,
                                GError **error);

/** The same for fields that are 16 or 8 bits wide here; larger numbers are
 * malformed. */
IM_API gboolean oscar_tlv_u16 (const OscarTlv *tlv, guint16 *ret,
                               GError **error);
IM_API gboolean oscar_tlv_u8 (const OscarTlv *tlv, guint8 *ret, GError **error);

/**
 * oscar_tlv_dup_string:
 * @tlv: a TLV holding text without a charset of its own
 *
 * Returns: (transfer full): the text as tidy UTF-8, cut at a NUL
 */
IM_API char *oscar_tlv_dup_string (const OscarTlv *tlv);

/** Returns: (transfer full): the value as it is */
IM_API GBytes *oscar_tlv_dup_bytes (const OscarTlv *tlv);

/** Sets *@field once: the first TLV of its tag counts. */
IM_API void oscar_tlv_take_string (const OscarTlv *tlv, char **field);
IM_API void oscar_tlv_take_bytes (const OscarTlv *tlv, GBytes **field);

/* Writers. A %NULL string or blob writes nothing at all; "" writes an empty
 * TLV. */
IM_API void oscar_tlv_write_empty (ImWriter *writer, guint16 tag);
IM_API void oscar_tlv_write_u8 (ImWriter *writer, guint16 tag, guint8 value);
IM_API void oscar_tlv_write_u16 (ImWriter *writer, guint16 tag, guint16 value);
IM_API void oscar_tlv_write_u32 (ImWriter *writer, guint16 tag, guint32 value);
IM_API void oscar_tlv_write_string (ImWriter *writer, guint16 tag,
                                    const char *text);
IM_API void oscar_tlv_write_bytes (ImWriter *writer, guint16 tag,
                                   GBytes *bytes);
IM_API void oscar_tlv_write_raw (ImWriter *writer, guint16 tag,
                                 const void *data, gsize len);

/** Begins a TLV whose value is appended next; end it with
 * im_writer_close16(). */
IM_API gsize oscar_tlv_open (ImWriter *writer, guint16 tag);

/* Structs that mirror a list of TLVs are described by a table, which serves
 * decoder and encoder alike. */

typedef enum
{
  OSCAR_FIELD_U8,      /* guint8 */
  OSCAR_FIELD_U16,     /* guint16 */
  OSCAR_FIELD_U32,     /* guint32 */
  OSCAR_FIELD_STRING,  /* char *, owned */
  OSCAR_FIELD_BYTES,   /* GBytes *, owned */
  OSCAR_FIELD_PRESENT, /* gboolean: the tag alone says it */
  OSCAR_FIELD_SLICE,   /* ImReader into the bytes being read; pos is NULL if
                          the TLV was not there */
} OscarFieldKind;

/**
 * OscarField:
 * @tag: of the TLV
 * @kind: what it holds
 * @always: numbers are written even if they are 0
 * @offset: of the member in the struct
 */
typedef struct
{
  guint16 tag;
  guint8 kind;
  guint8 always;
  guint16 offset;
} OscarField;

/** A row of such a table. */
#define OSCAR_FIELD(tag, kind, type, member)                                   \
  {                                                                            \
    tag, OSCAR_FIELD_##kind, FALSE, offsetof (type, member)                    \
  }
#define OSCAR_FIELD_ALWAYS(tag, kind, type, member)                            \
  {                                                                            \
    tag, OSCAR_FIELD_##kind, TRUE, offsetof (type, member)                     \
  }

/**
 * oscar_tlv_decode_fields:
 * @chain: a chain; walked to its end
 * @fields: the table
 * @n_fields: its rows
 * @self: (inout): the struct, zeroed before; on failure partly set, so the
 *   caller clears it
 * @error: return location
 *
 * Returns: %FALSE if the chain breaks or a number has no readable width
 */
IM_API gboolean oscar_tlv_decode_fields (OscarTlvChain *chain,
                                         const OscarField *fields,
                                         guint n_fields, gpointer self,
                                         GError **error);

/** The same for all that is left in @reader. */
IM_API gboolean oscar_tlv_decode_rest (ImReader *reader,
                                       const OscarField *fields, guint n_fields,
                                       gpointer self, GError **error);

/** Writes the TLVs of @self in the order of the table. */
IM_API void oscar_tlv_encode_fields (ImWriter *writer, const OscarField *fields,
                                     guint n_fields, gconstpointer self);

/** Frees the strings and blobs of @self and sets them to %NULL. */
IM_API void oscar_tlv_clear_fields (const OscarField *fields, guint n_fields,
                                    gpointer self);
