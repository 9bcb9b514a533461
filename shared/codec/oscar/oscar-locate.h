#pragma once

/* LOCATE (food group 0x02): profiles, away texts, capabilities. 02/02 has no
 * body. */

#include <glib.h>
#include "oscar-tlv.h"
#include "oscar-userinfo.h"

/** 02/03; what the server did not say is 0. Lengths are in bytes. */
typedef struct
{
  guint16 max_profile;
  guint16 max_caps;
  guint16 max_emails;
  guint16 max_certificates;
  guint16 max_short_caps;
} OscarLocateRights;

IM_API gboolean oscar_locate_decode_rights (ImReader *body,
                                            OscarLocateRights *ret,
                                            GError **error);
IM_API void oscar_locate_encode_rights (ImWriter *writer,
                                        const OscarLocateRights *self);

/**
 * OscarLocateInfo:
 * @profile_type: (nullable): MIME type of @profile
 * @profile: what the user says about themselves
 * @away_type: (nullable): MIME type of @away
 * @away: the away text; in 02/04 an empty one ends being away, in 02/06 it
 *   is there only while they are away
 * @caps: 16-byte capabilities
 * @profile_time: unix time it was set, or 0
 * @away_time: unix time it was set, or 0
 * @store: 02/04 only: 1 to keep the profile beyond this session
 *
 * 02/04, and what follows the user info in 02/06. Slices whose pos is %NULL
 * are absent; after decoding they point into the bytes being read.
 */
typedef struct
{
  ImReader profile_type;
  ImReader profile;
  ImReader away_type;
  ImReader away;
  ImReader caps;
  guint32 profile_time;
  guint32 away_time;
  guint8 store;
} OscarLocateInfo;

IM_API void oscar_locate_encode_set_info (ImWriter *writer,
                                          const OscarLocateInfo *self);
IM_API gboolean oscar_locate_decode_set_info (ImReader *body,
                                              OscarLocateInfo *ret,
                                              GError **error);

/** Lets @slice point at the characters of @text, or be empty for "". */
IM_API void oscar_locate_set_slice (ImReader *slice, const char *text);

/** The type to send text with that is ASCII with entities. Open OSCAR Server
 * calls every away text this, so it is the only honest one. */
#define OSCAR_LOCATE_ASCII "text/aolrtf; charset=\"us-ascii\""

typedef enum
{
  OSCAR_LOCATE_WANT_PROFILE = 1 << 0,
  OSCAR_LOCATE_WANT_AWAY = 1 << 1,
  OSCAR_LOCATE_WANT_CAPS = 1 << 2,
} OscarLocateWant;

/** 02/15 (rate class 1: cheap) and 02/05 (class 3: shared with messages). */
typedef struct
{
  guint32 want;
  OscarName name;
} OscarLocateQuery;

IM_API void oscar_locate_encode_query2 (ImWriter *writer, guint32 want,
                                        const char *name);
IM_API gboolean oscar_locate_decode_query2 (ImReader *body,
                                            OscarLocateQuery *ret,
                                            GError **error);
IM_API void oscar_locate_encode_query (ImWriter *writer, guint16 want,
                                       const char *name);
IM_API gboolean oscar_locate_decode_query (ImReader *body,
                                           OscarLocateQuery *ret,
                                           GError **error);

/** 02/06. Everything points into the bytes being read. */
typedef struct
{
  OscarUserInfo user;
  OscarLocateInfo info;
} OscarLocateReply;

IM_API gboolean oscar_locate_decode_reply (ImReader *body,
                                           OscarLocateReply *ret,
                                           GError **error);
IM_API void oscar_locate_encode_reply (ImWriter *writer,
                                       const OscarLocateReply *self);

/* Texts of such a reply as UTF-8 with AIM markup; %NULL if absent. Owned by
 * the caller. */
IM_API char *oscar_locate_dup_profile (const OscarLocateInfo *self,
                                       const char *legacy);
IM_API char *oscar_locate_dup_away (const OscarLocateInfo *self,
                                    const char *legacy);
