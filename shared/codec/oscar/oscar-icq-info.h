#pragma once

/* What ICQ's servers know about somebody, in eight replies, and how to change
 * and search it: chains of little-endian TLVs. */

#include <glib.h>
#include "im-event.h"
#include "oscar-icq.h"

typedef enum
{
  OSCAR_META_SEARCH_NAME = 0x0515,
  OSCAR_META_SEARCH_EMAIL = 0x0529,
  OSCAR_META_SEARCH_PAGES = 0x055f,
  OSCAR_META_SET_INFO = 0x0c3a,

  OSCAR_META_REPLY_WORK = 0x00d2,
  OSCAR_META_REPLY_MORE = 0x00dc,
  OSCAR_META_REPLY_NOTES = 0x00e6,
  OSCAR_META_REPLY_EMAILS = 0x00eb,
  OSCAR_META_REPLY_INTERESTS = 0x00f0,
  OSCAR_META_REPLY_AFFILIATIONS = 0x00fa,
  OSCAR_META_REPLY_CATEGORY = 0x010e,
  OSCAR_META_REPLY_SET_INFO = 0x0c3f,
} OscarMetaInfo;

/** Takes one field: see #ImField for how @value is written. */
typedef void (*OscarIcqTake) (gpointer user, ImFieldId id, const char *value);

/**
 * oscar_icq_decode_info:
 * @subtype: of the reply
 * @data: what follows its result
 * @legacy: (nullable): the account's code page
 * @take: called for every field that says something
 * @user: for it
 *
 * Servers leave out fields at the end, so a reply cut short is a reply.
 *
 * Returns: whether @subtype is one of the eight
 */
IM_API gboolean oscar_icq_decode_info (guint16 subtype, const ImReader *data,
                                       const char *legacy, OscarIcqTake take,
                                       gpointer user);

/** Returns: which of the eight @subtype is, as a bit; 0 for none */
IM_API guint oscar_icq_info_bit (guint16 subtype);
#define OSCAR_ICQ_INFO_ALL 0xff

/**
 * oscar_icq_write_field:
 * @writer: where to append
 * @field: what to search for, or to say about oneself
 *
 * Writes it as a little-endian TLV, in UTF-8: servers keep the bytes.
 *
 * Returns: %FALSE if there is no TLV for it
 */
IM_API gboolean oscar_icq_write_field (ImWriter *writer, const ImField *field);
