#pragma once

/* OSERVICE (food group 0x01): what every connection to a server needs.
 * Rate limits are in oscar-oservice-rate.h. 01/06, 01/0E and 01/16 have no
 * body. */

#include <glib.h>
#include "oscar-bart.h"
#include "oscar-tlv.h"
#include "oscar-userinfo.h"

/**
 * OscarFoodgroups:
 * @n: how many
 * @ids: food groups, in the order of the wire
 *
 * 01/03, 01/0B, 01/0C, 01/0D and the class ids of 01/08.
 */
typedef struct
{
  guint n;
  guint16 ids[IM_MAX_FOODGROUPS];
} OscarFoodgroups;

IM_API gboolean oscar_oservice_decode_foodgroups (ImReader *body,
                                                  OscarFoodgroups *ret,
                                                  GError **error);
IM_API void oscar_oservice_encode_foodgroups (ImWriter *writer,
                                              const OscarFoodgroups *self);

/** @tool and @tool_version are written in 01/02 only. */
typedef struct
{
  guint16 foodgroup;
  guint16 version;
  guint16 tool;
  guint16 tool_version;
} OscarFoodgroupVersion;

typedef struct
{
  guint n;
  OscarFoodgroupVersion list[IM_MAX_FOODGROUPS];
} OscarFoodgroupVersions;

/* 01/17 and 01/18: pairs of food group and version. */
IM_API gboolean oscar_oservice_decode_versions (ImReader *body,
                                                OscarFoodgroupVersions *ret,
                                                GError **error);
IM_API void oscar_oservice_encode_versions (ImWriter *writer,
                                            const OscarFoodgroupVersions *self);

/* 01/02: the same with the tools behind them. */
IM_API gboolean oscar_oservice_decode_client_online (
    ImReader *body, OscarFoodgroupVersions *ret, GError **error);
IM_API void
oscar_oservice_encode_client_online (ImWriter *writer,
                                     const OscarFoodgroupVersions *self);

/**
 * OscarRoom:
 * @exchange: number of the exchange the room is on
 * @cookie: (owned): its name on the wire, to be taken as it is
 * @instance: of that room
 */
typedef struct
{
  guint16 exchange;
  char *cookie;
  guint16 instance;
} OscarRoom;

IM_API void oscar_room_clear (OscarRoom *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarRoom, oscar_room_clear)
IM_API gboolean oscar_room_read (ImReader *reader, OscarRoom *ret,
                                 GError **error);
IM_API void oscar_room_write (ImWriter *writer, const OscarRoom *self);

/**
 * OscarServiceRequest:
 * @foodgroup: what is wanted
 * @room: for chat: which room; no cookie otherwise
 * @tls: ask for TLS on the new connection
 *
 * 01/04.
 */
typedef struct
{
  guint16 foodgroup;
  OscarRoom room;
  gboolean tls;
} OscarServiceRequest;

IM_API void oscar_service_request_clear (OscarServiceRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarServiceRequest,
                                  oscar_service_request_clear)
IM_API gboolean oscar_oservice_decode_service_request (ImReader *body,
                                                       OscarServiceRequest *ret,
                                                       GError **error);
IM_API void
oscar_oservice_encode_service_request (ImWriter *writer,
                                       const OscarServiceRequest *self);

/**
 * OscarServiceResponse:
 * @foodgroup: what it is for, 0 in a migration
 * @host: (nullable): host[:port]
 * @cookie: (nullable): what to show there
 * @tls_name: (nullable): the name in that server's certificate
 * @tls_state: 0 no TLS there
 *
 * 01/05, and the TLVs of 01/12.
 */
typedef struct
{
  guint16 foodgroup;
  char *host;
  GBytes *cookie;
  char *tls_name;
  guint16 tls_state;
} OscarServiceResponse;

IM_API void oscar_service_response_clear (OscarServiceResponse *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarServiceResponse,
                                  oscar_service_response_clear)
IM_API gboolean oscar_oservice_decode_service_response (
    ImReader *body, OscarServiceResponse *ret, GError **error);
IM_API void
oscar_oservice_encode_service_response (ImWriter *writer,
                                        const OscarServiceResponse *self);

/**
 * OscarMigration:
 * @foodgroups: what moves; none means everything
 * @to: where
 *
 * 01/12.
 */
typedef struct
{
  OscarFoodgroups foodgroups;
  OscarServiceResponse to;
} OscarMigration;

IM_API void oscar_migration_clear (OscarMigration *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarMigration, oscar_migration_clear)
IM_API gboolean oscar_oservice_decode_migration (ImReader *body,
                                                 OscarMigration *ret,
                                                 GError **error);
IM_API void oscar_oservice_encode_migration (ImWriter *writer,
                                             const OscarMigration *self);

/* 01/0F is one or more user-info blocks: walk it with oscar_userinfo_next().
 * The first is the account as a whole, more are its sessions. */

/**
 * OscarEvil:
 * @level: our new warning level, tenths of a percent
 * @named: whether @who is known
 * @who: who warned us
 *
 * 01/10.
 */
typedef struct
{
  guint16 level;
  gboolean named;
  OscarUserInfo who;
} OscarEvil;

IM_API gboolean oscar_oservice_decode_evil (ImReader *body, OscarEvil *ret,
                                            GError **error);
IM_API void oscar_oservice_encode_evil (ImWriter *writer,
                                        const OscarEvil *self);

/** 01/11: seconds since the user last did something; 0 is "back". */
IM_API void oscar_oservice_encode_idle (ImWriter *writer, guint32 seconds);
IM_API gboolean oscar_oservice_decode_idle (ImReader *body, guint32 *ret,
                                            GError **error);

typedef enum
{
  OSCAR_MOTD_UPGRADE_MANDATORY = 1,
  OSCAR_MOTD_UPGRADE_ADVISABLE = 2,
  OSCAR_MOTD_NOTICE = 3,
  OSCAR_MOTD_NORMAL = 4,
  OSCAR_MOTD_NEWS = 6,
} OscarMotdType;

/** 01/13. @text is %NULL if the server has nothing to say. */
typedef struct
{
  guint16 type;
  char *text;
} OscarMotd;

IM_API void oscar_motd_clear (OscarMotd *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarMotd, oscar_motd_clear)
IM_API gboolean oscar_oservice_decode_motd (ImReader *body, OscarMotd *ret,
                                            GError **error);
IM_API void oscar_oservice_encode_motd (ImWriter *writer,
                                        const OscarMotd *self);

typedef enum
{
  OSCAR_PRIVACY_SHOW_IDLE = 1 << 0,
  OSCAR_PRIVACY_SHOW_MEMBER_SINCE = 1 << 1,
} OscarPrivacyFlags;

/** 01/14. */
IM_API void oscar_oservice_encode_privacy_flags (ImWriter *writer,
                                                 guint32 flags);
IM_API gboolean oscar_oservice_decode_privacy_flags (ImReader *body,
                                                     guint32 *ret,
                                                     GError **error);

/**
 * OscarDc:
 * @ip: inside address
 * @port: of the peer-to-peer listener
 * @type: 0 disabled, 4 normal
 * @protocol: 7 to 11
 * @cookie: for such connections
 * @web_port: 0x50
 * @features: 3
 * @info_time: and the next two, when things last changed; some clients put
 *   their fingerprint here
 * @unknown: the last word
 *
 * ICQ's direct-connection info: 37 bytes.
 */
typedef struct
{
  guint32 ip;
  guint32 port;
  guint8 type;
  guint16 protocol;
  guint32 cookie;
  guint32 web_port;
  guint32 features;
  guint32 info_time;
  guint32 ext_info_time;
  guint32 ext_status_time;
  guint16 unknown;
} OscarDc;

/** Reads the value of TLV 0x000C of user info or 01/1E. */
IM_API gboolean oscar_oservice_decode_dc (const ImReader *value, OscarDc *ret,
                                          GError **error);

/** What of an #OscarSetFields is sent. */
typedef enum
{
  OSCAR_SET_STATUS = 1 << 0,
  OSCAR_SET_ERROR = 1 << 1, /* the meaningless TLV 0x0008 of ICQ clients */
  OSCAR_SET_DC = 1 << 2,
  OSCAR_SET_TEXT = 1 << 3, /* available message; NULL clears it */
} OscarSetWhich;

/**
 * OscarSetFields:
 * @which: members that count
 * @status: an #OscarStatus with its flags
 * @error: 0
 * @dc: direct-connection info
 * @text: (nullable): available message, UTF-8
 *
 * 01/1E. @text is borrowed when encoding and owned after decoding.
 */
typedef struct
{
  OscarSetWhich which;
  guint32 status;
  guint16 error;
  OscarDc dc;
  char *text;
} OscarSetFields;

IM_API void oscar_set_fields_clear (OscarSetFields *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarSetFields, oscar_set_fields_clear)
IM_API void oscar_oservice_encode_set_fields (ImWriter *writer,
                                              const OscarSetFields *self);
IM_API gboolean oscar_oservice_decode_set_fields (ImReader *body,
                                                  OscarSetFields *ret,
                                                  GError **error);

/* 01/21 is a list of BART items: walk it with oscar_bart_next(). Items of
 * type icon with %OSCAR_BART_UNKNOWN want to be uploaded. */
