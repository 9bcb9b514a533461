#pragma once

/* Rendezvous (ICBM channel 2, TLV 0x0005): offers of files, direct
 * connections, chat rooms and more, and what becomes of them. */

#include <glib.h>
#include "oscar-oservice.h"
#include "oscar-userinfo.h"

typedef enum
{
  OSCAR_RENDEZVOUS_PROPOSE = 0,
  OSCAR_RENDEZVOUS_CANCEL = 1,
  OSCAR_RENDEZVOUS_ACCEPT = 2,
  OSCAR_RENDEZVOUS_NAK = 3,
} OscarRendezvousType;

typedef enum
{
  OSCAR_CANCEL_UNKNOWN = 0,
  OSCAR_CANCEL_DECLINED = 1,
  OSCAR_CANCEL_TIMEOUT = 2,
  OSCAR_CANCEL_ELSEWHERE = 3, /* another session of theirs accepted */
} OscarCancelReason;

/**
 * OscarRendezvous:
 * @type: an #OscarRendezvousType
 * @cookie: that of the ICBM
 * @cap: what it is about
 * @sequence: 1 for an initial proposal, 2 and 3 for counter-proposals
 * @has_reason: whether @reason is there
 * @reason: an #OscarCancelReason
 * @ip: proposed address, or the proxy's; 0 if there is none
 * @own_ip: the requester's own
 * @verified_ip: the requester's as the server sees it
 * @port: to connect to, or the proxy's pin
 * @port_check: @port with every bit turned, against address translators
 * @ip_check: @ip with every bit turned
 * @host_check: ask the server whether the other side can do it
 * @proxy: go through a proxy
 * @tls: with TLS
 * @text: (nullable): words of invitation
 * @service: data whose form @cap decides
 *
 * Strings are slices into the bytes being read, absent if their pos is %NULL.
 */
typedef struct
{
  guint16 type;
  guint64 cookie;
  OscarCap cap;
  guint16 sequence;
  gboolean has_reason;
  guint16 reason;
  guint32 ip;
  guint32 own_ip;
  guint32 verified_ip;
  guint16 port;
  guint16 port_check;
  guint32 ip_check;
  gboolean host_check;
  gboolean proxy;
  gboolean tls;
  ImReader text;
  ImReader text_charset;
  ImReader service;
  ImReader service_charset;
} OscarRendezvous;

IM_API gboolean oscar_rendezvous_decode (const ImReader *data,
                                         OscarRendezvous *ret, GError **error);
/** The value of TLV 0x0005. */
IM_API void oscar_rendezvous_encode (ImWriter *writer,
                                     const OscarRendezvous *self);

/** Service data of a chat invitation is a room: oscar_room_read(). */

/** Service data of an offered file. */
typedef struct
{
  gboolean several;
  guint16 count;
  guint32 total;
  ImReader name;
} OscarFileOffer;

IM_API gboolean oscar_rendezvous_decode_file (const ImReader *service,
                                              OscarFileOffer *ret,
                                              GError **error);
IM_API void oscar_rendezvous_write_file (ImWriter *writer,
                                         const OscarFileOffer *self);
