#pragma once

/* The user-info block: what a server tells of somebody, in presence, in
 * front of messages and in answers about them. */

#include <glib.h>
#include "oscar-text.h"
#include "oscar-tlv.h"
#include "oscar-types.h"

/** Which numbers of an #OscarUserInfo the block held. */
typedef enum
{
  OSCAR_USER_CLASS = 1 << 0,
  OSCAR_USER_CREATED = 1 << 1,
  OSCAR_USER_ONLINE_SINCE = 1 << 2,
  OSCAR_USER_IDLE = 1 << 3,
  OSCAR_USER_MEMBER_SINCE = 1 << 4,
  OSCAR_USER_STATUS = 1 << 5,
  OSCAR_USER_IP = 1 << 6,
  OSCAR_USER_SESSION_LENGTH = 1 << 7,
  OSCAR_USER_AWAY_SINCE = 1 << 8,
  OSCAR_USER_INSTANCE = 1 << 9,
  OSCAR_USER_PROFILE_SET = 1 << 10,
  OSCAR_USER_AWAY_SET = 1 << 11,
} OscarUserHas;

/**
 * OscarUserInfo:
 * @name: as the server formats it
 * @warning: in tenths of a percent
 * @has: which of the following are known
 * @user_class: #OscarUserClass flags
 * @created: unix time the account was made
 * @online_since: unix time of the sign-on
 * @idle_minutes: for how long
 * @member_since: unix time
 * @status: an #OscarStatus with its flags
 * @ip: the address the server sees, in our own info
 * @session_length: seconds
 * @away_since: unix time
 * @profile_set: unix time the profile was set
 * @away_set: unix time the away text was set
 * @instance: which of the account's sessions this is
 * @primary: this is the primary one of them
 * @caps: 16-byte capabilities
 * @short_caps: two-byte ones
 * @bart: BART items; see oscar-bart.h
 * @dc: ICQ's direct-connection info; see oscar_oservice_decode_dc()
 *
 * Nothing is owned: the slices point into the bytes being read.
 */
typedef struct
{
  OscarName name;
  guint16 warning;
  OscarUserHas has;
  guint32 user_class;
  guint32 created;
  guint32 online_since;
  guint32 idle_minutes;
  guint32 member_since;
  guint32 status;
  guint32 ip;
  guint32 session_length;
  guint32 away_since;
  guint32 profile_set;
  guint32 away_set;
  guint8 instance;
  gboolean primary;
  ImReader caps;
  ImReader short_caps;
  ImReader bart;
  ImReader dc;
} OscarUserInfo;

/**
 * oscar_userinfo_decode:
 * @reader: a cursor at the block, moved past it
 * @ret: (out): the user
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR
 */
IM_API gboolean oscar_userinfo_decode (ImReader *reader, OscarUserInfo *ret,
                                       GError **error);

/**
 * oscar_userinfo_next:
 * @blocks: a cursor over nothing but such blocks
 * @ret: (out): the next user
 * @error: return location
 *
 * Returns: %FALSE at the end, or with @error set
 */
IM_API gboolean oscar_userinfo_next (ImReader *blocks, OscarUserInfo *ret,
                                     GError **error);

/** Writes a block with the TLVs in the order Open OSCAR Server uses. */
IM_API void oscar_userinfo_encode (ImWriter *writer, const OscarUserInfo *self);

/** A capability as it is on the wire. */
typedef struct
{
  guint8 bytes[16];
} OscarCap;

/** The capability that the two bytes XXYY stand for:
 * 0946XXYY-4C7F-11D1-8222-444553540000. */
#define OSCAR_SHORT_CAP(number)                                                \
  {                                                                            \
    {                                                                          \
      0x09, 0x46, (number) >> 8, (number)&0xff, 0x4c, 0x7f, 0x11, 0xd1, 0x82,  \
          0x22, 0x44, 0x45, 0x53, 0x54, 0x00, 0x00                             \
    }                                                                          \
  }

typedef enum
{
  OSCAR_CAP_SHORT_CAPS = 0x0000,
  OSCAR_CAP_XHTML = 0x0002,
  OSCAR_CAP_HOST_STATUS_TEXT = 0x010a,
  OSCAR_CAP_VOICE = 0x1341,
  OSCAR_CAP_SEND_FILE = 0x1343,
  OSCAR_CAP_ICQ_DIRECT = 0x1344,
  OSCAR_CAP_DIRECT_IM = 0x1345,
  OSCAR_CAP_ICON = 0x1346,
  OSCAR_CAP_GET_FILE = 0x1348,
  OSCAR_CAP_ICQ_RELAY = 0x1349,
  OSCAR_CAP_GAMES = 0x134a,
  OSCAR_CAP_BUDDY_LIST = 0x134b,
  OSCAR_CAP_INTEROPERATE = 0x134d,
  OSCAR_CAP_UNICODE = 0x134e,
} OscarShortCap;

/* Capabilities of no short form. */
IM_API extern const OscarCap oscar_cap_chat;
IM_API extern const OscarCap oscar_cap_typing;
IM_API extern const OscarCap oscar_cap_xtraz;
IM_API extern const OscarCap oscar_cap_xtraz_script;
IM_API extern const OscarCap oscar_cap_html;
IM_API extern const OscarCap oscar_cap_rtf;

/** Whether the user announced @cap, in full or in short form. */
IM_API gboolean oscar_userinfo_has_cap (const OscarUserInfo *self,
                                        const OscarCap *cap);
IM_API gboolean oscar_userinfo_has_short_cap (const OscarUserInfo *self,
                                              OscarShortCap number);

/** Appends capabilities: the short ones in full form, then @others. */
IM_API void oscar_userinfo_write_caps (ImWriter *writer, const guint16 *numbers,
                                       guint n_numbers,
                                       const OscarCap *const *others,
                                       guint n_others);
