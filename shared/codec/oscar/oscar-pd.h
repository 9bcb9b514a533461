#pragma once

/* PD (food group 0x09): permit and deny lists of clients without a feedbag.
 * 09/02 has no body; 09/05 to 09/08, 09/0A and 09/0B are lists of names
 * (oscar_text_write_names(), oscar_text_next_name()). */

#include <glib.h>
#include "oscar-tlv.h"

/** 09/03; what the server did not say is 0. */
typedef struct
{
  guint16 max_permits;
  guint16 max_denies;
  guint16 max_temporary;
} OscarPdRights;

IM_API gboolean oscar_pd_decode_rights (ImReader *body, OscarPdRights *ret,
                                        GError **error);
IM_API void oscar_pd_encode_rights (ImWriter *writer,
                                    const OscarPdRights *self);

/** 09/04: which #OscarUserClass may see us. */
IM_API void oscar_pd_encode_group_mask (ImWriter *writer, guint32 mask);
IM_API gboolean oscar_pd_decode_group_mask (ImReader *body, guint32 *ret,
                                            GError **error);

/** 09/09: @ret_code, then names to be walked in @body. */
IM_API gboolean oscar_pd_decode_error (ImReader *body, guint16 *ret_code,
                                       GError **error);
