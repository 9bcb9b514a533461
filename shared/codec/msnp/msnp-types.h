#pragma once

/* Numbers and words MSNP fixes, and who is meant by an address. */

#include <glib.h>
#include "im-api.h"

/* The versions that exist for us; what differs between them is asked with
 * plain comparisons of these numbers. */
#define MSNP_VERSION_MIN 2
#define MSNP_VERSION_MAX 18

typedef enum
{
  MSNP_LIST_FORWARD = 1 << 0, /* FL: our contacts */
  MSNP_LIST_ALLOW = 1 << 1,   /* AL: may see us */
  MSNP_LIST_BLOCK = 1 << 2,   /* BL: may not */
  MSNP_LIST_REVERSE = 1 << 3, /* RL: have us; the server's to change */
  MSNP_LIST_PENDING = 1 << 4, /* PL: asked to have us; from version 10 */
} MsnpListFlags;

typedef enum
{
  MSNP_NETWORK_NONE = 0, /* not said: the network itself */
  MSNP_NETWORK_MSN = 1,
  MSNP_NETWORK_OFFICE = 2,
  MSNP_NETWORK_PHONE = 4,
  MSNP_NETWORK_MOBILE = 8,
  MSNP_NETWORK_CIRCLE = 9,
  MSNP_NETWORK_YAHOO = 32,
} MsnpNetwork;

/* MSNP_STATUS_OFFLINE is the server's to say; a client asks for HIDDEN. */
typedef enum
{
  MSNP_STATUS_ONLINE,     /* NLN */
  MSNP_STATUS_BUSY,       /* BSY */
  MSNP_STATUS_IDLE,       /* IDL */
  MSNP_STATUS_RIGHT_BACK, /* BRB */
  MSNP_STATUS_AWAY,       /* AWY */
  MSNP_STATUS_PHONE,      /* PHN */
  MSNP_STATUS_LUNCH,      /* LUN */
  MSNP_STATUS_HIDDEN,     /* HDN */
  MSNP_STATUS_OFFLINE,    /* FLN */
} MsnpStatus;

/* What a client announces it can do; only what something here asks about. */
typedef enum
{
  MSNP_CAP_MOBILE = 1 << 0, /* reached on a telephone */
  MSNP_CAP_INK_GIF = 1 << 2,
  MSNP_CAP_INK_ISF = 1 << 3,
  MSNP_CAP_WEBCAM = 1 << 4,
  MSNP_CAP_CHUNKS = 1 << 5, /* joins messages sent in parts */
  MSNP_CAP_WEB = 1 << 9,
  MSNP_CAP_WINKS = 1 << 15,
  MSNP_CAP_BOT = 1 << 17,
  MSNP_CAP_VOICE_CLIPS = 1 << 18,
} MsnpCaps;
