#pragma once

/* BUDDY (food group 0x03): presence.
 *
 * 03/0B and 03/0C are one or more user-info blocks (oscar_userinfo_next()).
 * 03/04, 03/05, 03/0A, 03/0F and 03/10 are lists of names
 * (oscar_text_write_names(), oscar_text_next_name()). */

#include <glib.h>
#include "oscar-tlv.h"
#include "oscar-userinfo.h"

typedef enum
{
  OSCAR_BUDDY_WANTS_BART = 1 << 0,
  OSCAR_BUDDY_WANTS_INITIAL_DEPARTS = 1 << 1,
} OscarBuddyFlags;

/** 03/02; without flags the body is empty. */
IM_API void oscar_buddy_encode_rights_query (ImWriter *writer, guint16 flags);
IM_API gboolean oscar_buddy_decode_rights_query (ImReader *body, guint16 *ret,
                                                 GError **error);

/** 03/03; what the server did not say is 0. */
typedef struct
{
  guint16 max_buddies;
  guint16 max_watchers;
  guint16 max_broadcast;
  guint16 max_temporary;
} OscarBuddyRights;

IM_API gboolean oscar_buddy_decode_rights (ImReader *body,
                                           OscarBuddyRights *ret,
                                           GError **error);
IM_API void oscar_buddy_encode_rights (ImWriter *writer,
                                       const OscarBuddyRights *self);
