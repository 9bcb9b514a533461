#pragma once

/* How people are: what we publish, and what is pushed about others.
 *
 *   PUT n MSGR\PRESENCE    layers, Uri /user, <user> with services
 *   NFY 0 MSGR\PUT         somebody came or changed
 *   NFY 0 MSGR\DEL         somebody, or one of their places, left
 *
 * A service stands in <s n="IM"> for the account and in <sep n="IM" epid="">
 * for one place: IM has the status, PE the name and the message, PD what a
 * place is called, SKP the same for Skype. msndevs/protocol-docs, ServiceData;
 * msnp-sharp's wiki, KB_MSNP21. */

#include "msnp-types.h"
#include "msnweb-frame.h"

/** Bytes of no message we publish are more than that many characters. */
#define MSNWEB_MAX_MESSAGE_CHARS 128

/**
 * MsnwebPlace:
 * @epid: the endpoint, in braces and lower case
 * @name: (nullable): what its owner calls it; only of our own places
 */
typedef struct
{
  char *epid;
  char *name;
} MsnwebPlace;

typedef enum
{
  MSNWEB_NOTIFY_FULL,
  MSNWEB_NOTIFY_PARTIAL,
  MSNWEB_NOTIFY_SYNC,
} MsnwebNotify;

/**
 * MsnwebUser:
 * @gone: it is a DEL: what is named is no more
 * @who: whose, without parameters
 * @epid: (nullable): the place that says so
 * @kind: how much of it this is
 * @im: the account's service IM is named, so somebody comes or leaves
 * @has_status: and the status is
 * @status: then; a word nobody knows counts as online
 * @nick: (nullable): the name they gave themselves, if it is said
 * @message: (nullable): their message, if it is said; "" is none
 * @places: (element-type MsnwebPlace): the places that are named
 *
 * Begins zeroed.
 */
typedef struct
{
  gboolean gone;
  char *who;
  char *epid;
  MsnwebNotify kind;
  gboolean im;
  gboolean has_status;
  MsnpStatus status;
  char *nick;
  char *message;
  GPtrArray *places;
} MsnwebUser;

IM_API void msnweb_user_clear (MsnwebUser *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebUser, msnweb_user_clear)

/**
 * msnweb_user_decode:
 * @command: an NFY
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_UNSUPPORTED if it is not about /user,
 *   else with another %IM_WIRE_ERROR
 */
IM_API gboolean msnweb_user_decode (const MsnwebCommand *command,
                                    MsnwebUser *ret, GError **error);

/**
 * msnweb_user_decode_published:
 * @command: the answer to a PUT
 * @ret: (out): what is stored of us now; @who is %NULL if it does not say
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for a body that is there and is none
 */
IM_API gboolean msnweb_user_decode_published (const MsnwebCommand *command,
                                              MsnwebUser *ret, GError **error);

/** What a notification means for the status of who it is about. */
typedef enum
{
  MSNWEB_STAY,   /* as they were; name and message may change */
  MSNWEB_CHANGE, /* their status is that of the notification */
  MSNWEB_LEAVE,  /* they are offline */
} MsnwebChange;

/** Returns: what @user says about the status: a DEL of a place alone is
 * nothing, and a full PUT without status is somebody who hides */
IM_API MsnwebChange msnweb_user_change (const MsnwebUser *user);

/** Which of it to publish. */
typedef enum
{
  MSNWEB_PART_STATUS = 1 << 0,
  MSNWEB_PART_NICK = 1 << 1,
  MSNWEB_PART_MESSAGE = 1 << 2,
  MSNWEB_PART_PLACE = 1 << 3, /* what we can do, what the place is called */
  MSNWEB_PART_ALL = (1 << 4) - 1,
} MsnwebParts;

/**
 * MsnwebSelf:
 * @own: our address without parameters
 * @epid: our endpoint, in braces
 * @status: not %MSNP_STATUS_OFFLINE
 * @nick: (nullable): our display name
 * @message: (nullable): our message; cut where it is too long
 * @place: (nullable): what this place is called
 *
 * What there is to publish.
 */
typedef struct
{
  const char *own;
  const char *epid;
  MsnpStatus status;
  const char *nick;
  const char *message;
  const char *place;
} MsnwebSelf;

/** Returns: (transfer full): a PUT to MSGR\\PRESENCE of those parts */
IM_API MsnwebRequest msnweb_user_encode (const MsnwebSelf *self,
                                         MsnwebParts parts);

/** Returns: (transfer full): a DEL to MSGR\\PRESENCE that signs off our place
 * @epid, in braces */
IM_API MsnwebRequest msnweb_user_encode_sign_off (const MsnwebSelf *self,
                                                  const char *epid);

/** Returns: (transfer full): a PUT to MSGR\\ACTIVEENDPOINT: the user is here
 * for so many seconds; 0: no more */
IM_API MsnwebRequest msnweb_user_encode_active (guint seconds);
