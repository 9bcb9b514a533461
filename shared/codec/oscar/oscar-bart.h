#pragma once

/* BART (food group 0x10): icons, status texts and other items, named by
 * type, flags and hash. Lists of such names stand in user info, in 01/1E and
 * in 01/21. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"
#include "oscar-text.h"

typedef enum
{
  OSCAR_BART_SMALL_ICON = 0x0000,
  OSCAR_BART_ICON = 0x0001,
  OSCAR_BART_STATUS_TEXT = 0x0002,
  OSCAR_BART_STATUS_LINK = 0x0009,
  OSCAR_BART_MOOD = 0x000e,
} OscarBartType;

typedef enum
{
  OSCAR_BART_CUSTOM = 0x01,
  OSCAR_BART_INLINE = 0x04,  /* data holds the item, not its hash */
  OSCAR_BART_UNKNOWN = 0x40, /* the server has not got it: upload */
  OSCAR_BART_REDIRECT = 0x80,
} OscarBartFlags;

/**
 * OscarBartItem:
 * @type: an #OscarBartType, or one nobody has named
 * @flags: #OscarBartFlags
 * @data: a hash, or the item itself; points into the bytes being read
 */
typedef struct
{
  guint16 type;
  guint8 flags;
  ImReader data;
} OscarBartItem;

/** Reads one BART id. */
IM_API gboolean oscar_bart_read (ImReader *reader, OscarBartItem *ret,
                                 GError **error);

/** Takes the next item of a list: %FALSE at its end, or with @error set. */
IM_API gboolean oscar_bart_next (ImReader *list, OscarBartItem *ret,
                                 GError **error);

/** Finds the first item of @type in @list, which stays where it is. */
IM_API gboolean oscar_bart_find (const ImReader *list, OscarBartType type,
                                 OscarBartItem *ret);

/** Writes one BART id; too long data makes the writer overflow. */
IM_API void oscar_bart_write (ImWriter *writer, OscarBartType type,
                              guint8 flags, const void *data, gsize len);

/**
 * oscar_bart_dup_text:
 * @item: a status text or status link
 *
 * Returns: (transfer full) (nullable): the text as UTF-8, %NULL if empty
 */
IM_API char *oscar_bart_dup_text (const OscarBartItem *item);

/** Writes a status text or link; %NULL or "" clears it. */
IM_API void oscar_bart_write_text (ImWriter *writer, OscarBartType type,
                                   const char *utf8);

/** Whether the item says "no icon" (the hash 02 01 D2 04 72). */
IM_API gboolean oscar_bart_is_clear (const OscarBartItem *item);

/* The service (a connection of its own). */

/** 10/02: @data is the whole item. */
IM_API void oscar_bart_encode_upload (ImWriter *writer, OscarBartType type,
                                      const void *data, gsize len);
/** @ret points into the bytes being read. */
IM_API gboolean oscar_bart_decode_upload (ImReader *body, guint16 *ret_type,
                                          ImReader *ret, GError **error);

typedef enum
{
  OSCAR_BART_OK = 0,
  OSCAR_BART_INVALID = 1,
  OSCAR_BART_NO_CUSTOM = 2,
  OSCAR_BART_TOO_SMALL = 3,
  OSCAR_BART_TOO_BIG = 4,
  OSCAR_BART_BAD_TYPE = 5,
  OSCAR_BART_BANNED = 6,
  OSCAR_BART_NOT_FOUND = 7,
} OscarBartCode;

/** 10/03. */
typedef struct
{
  guint8 code;
  OscarBartItem item;
} OscarBartUploaded;

IM_API gboolean oscar_bart_decode_uploaded (ImReader *body,
                                            OscarBartUploaded *ret,
                                            GError **error);
IM_API void oscar_bart_encode_uploaded (ImWriter *writer,
                                        const OscarBartUploaded *self);

/**
 * OscarBartQuery:
 * @owner: whose items
 * @count: how many
 * @items: their names; walk them with oscar_bart_next()
 *
 * 10/04 and 10/06.
 */
typedef struct
{
  OscarName owner;
  guint8 count;
  ImReader items;
} OscarBartQuery;

IM_API gboolean oscar_bart_decode_query (ImReader *body, OscarBartQuery *ret,
                                         GError **error);
/** Asks for one item. */
IM_API void oscar_bart_encode_query (ImWriter *writer, const char *owner,
                                     const OscarBartItem *item);

/**
 * OscarBartDownload:
 * @owner: whose item
 * @asked: what was asked for
 * @code: an #OscarBartCode; 10/05 has none
 * @found: what was found
 * @data: the item; empty if there is none, whatever @code says
 *
 * 10/05 and 10/07. Slices point into the bytes being read.
 */
typedef struct
{
  OscarName owner;
  OscarBartItem asked;
  guint8 code;
  OscarBartItem found;
  ImReader data;
} OscarBartDownload;

IM_API gboolean oscar_bart_decode_download (ImReader *body,
                                            OscarBartDownload *ret,
                                            GError **error);
IM_API gboolean oscar_bart_decode_download2 (ImReader *body,
                                             OscarBartDownload *ret,
                                             GError **error);
IM_API void oscar_bart_encode_download2 (ImWriter *writer,
                                         const OscarBartDownload *self);
