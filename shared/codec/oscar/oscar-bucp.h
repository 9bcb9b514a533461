#pragma once

/* BUCP (food group 0x17): sign-on by MD5 challenge, and the answer that all
 * sign-ons to an authorizer end with. */

#include <glib.h>
#include "oscar-flap-signon.h"
#include "oscar-tlv.h"

/* 17/06: which account wants to sign on. */
IM_API void oscar_bucp_encode_challenge_request (ImWriter *writer,
                                                 const char *name);
/** @ret is owned by the caller. */
IM_API gboolean oscar_bucp_decode_challenge_request (ImReader *body, char **ret,
                                                     GError **error);

/**
 * OscarBucpChallenge:
 * @key: what to hash the password with; points into the bytes being read
 * @truncate_password: only its first eight characters count
 *
 * 17/07.
 */
typedef struct
{
  ImReader key;
  gboolean truncate_password;
} OscarBucpChallenge;

IM_API gboolean oscar_bucp_decode_challenge (ImReader *body,
                                             OscarBucpChallenge *ret,
                                             GError **error);
IM_API void oscar_bucp_encode_challenge (ImWriter *writer,
                                         const OscarBucpChallenge *self);

/**
 * OscarBucpLogin:
 * @name: the account
 * @digest: 16 bytes of MD5
 * @strong: the digest is over the password's digest (TLV 0x004C)
 * @client: our program
 * @multi: an #OscarMultiConnection
 *
 * 17/02. Members are borrowed when encoding and owned after decoding.
 */
typedef struct
{
  char *name;
  GBytes *digest;
  gboolean strong;
  OscarClientId client;
  guint8 multi;
} OscarBucpLogin;

IM_API void oscar_bucp_login_clear (OscarBucpLogin *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarBucpLogin, oscar_bucp_login_clear)

IM_API void oscar_bucp_encode_login (ImWriter *writer,
                                     const OscarBucpLogin *self);
IM_API gboolean oscar_bucp_decode_login (ImReader *body, OscarBucpLogin *ret,
                                         GError **error);

/** A client the server would like us to use instead. */
typedef struct
{
  guint32 build;
  char *url;
  char *info_url;
  char *name;
  char *checksum;
} OscarRelease;

/**
 * OscarLoginReply:
 * @name: (nullable): the account as the server formats it
 * @host: (nullable): where to go on, as host, host:port or address:port
 * @cookie: (nullable): what to show there; single use, lives for a minute
 * @error: 0, or the reason of the refusal
 * @error_url: (nullable): a page about it
 * @disconnect_reason: 1 signed on elsewhere, 2 account deleted; or 0
 * @disconnect_url: (nullable): a page about that
 * @debug: a number of the server's, without meaning to us
 * @email: (nullable): of the account
 * @registration: who may find the account by that: 1 to 3; or 0
 * @password_url: (nullable): where to change the password
 * @tls_name: (nullable): the name in the next server's certificate
 * @tls_state: 0 no TLS there, 1 TLS, 2 TLS with resumption
 * @linked: (nullable): XML list of linked accounts (Open OSCAR Server)
 * @beta: the newest test version of AOL's client
 * @release: the newest version of AOL's client
 *
 * The TLVs of 17/03, of a SIGNOFF that ends a sign-on by roasted password,
 * and of a SIGNOFF that ends a session.
 */
typedef struct
{
  char *name;
  char *host;
  GBytes *cookie;
  guint16 error;
  char *error_url;
  guint16 disconnect_reason;
  char *disconnect_url;
  guint16 debug;
  char *email;
  guint16 registration;
  char *password_url;
  char *tls_name;
  guint16 tls_state;
  char *linked;
  OscarRelease beta;
  OscarRelease release;
} OscarLoginReply;

IM_API void oscar_login_reply_clear (OscarLoginReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarLoginReply, oscar_login_reply_clear)

/** Body of 17/03, or payload of a SIGNOFF frame; an empty one is fine. */
IM_API gboolean oscar_bucp_decode_login_reply (ImReader *body,
                                               OscarLoginReply *ret,
                                               GError **error);
IM_API void oscar_bucp_encode_login_reply (ImWriter *writer,
                                           const OscarLoginReply *self);

/** Returns: whether the reply lets us in: host and cookie, and no error */
IM_API gboolean oscar_login_reply_ok (const OscarLoginReply *self);

/** 17/0B: the one-time code that the empty 17/0A asked for. */
IM_API void oscar_bucp_encode_securid_reply (ImWriter *writer,
                                             const char *code);
/** @ret is owned by the caller. */
IM_API gboolean oscar_bucp_decode_securid_reply (ImReader *body, char **ret,
                                                 GError **error);
