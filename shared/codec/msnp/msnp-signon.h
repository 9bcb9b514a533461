#pragma once

/* Signing on, and being sent from server to server: VER, CVR, INF, USR, XFR,
 * RNG, CHL and QRY, OUT.
 *
 *   VER t MSNP18 MSNP15 CVR0             the versions spoken, best first
 *   USR t MD5|TWN|SSO I address          who; answered with what to prove,
 *   USR t MD5|TWN|SSO S ...              and with the proof
 *   USR t OK address [nick] [verified [child]]
 *   XFR t NS host:port [0 host:port | U D]
 *   XFR t SB host:port CKI cookie [U host [direct]]
 *   RNG session host:port CKI cookie handle [nick] [U host [direct]]
 *
 * wiki.nina.chat, Protocols/MSNP, and what github.com/subpurple/escargot
 * sends. SBS and GCF say nothing a client has to know. */

#include "im-secret.h"
#include "im-writer.h"
#include "msnp-frame.h"
#include "msnp-param.h"

/**
 * msnp_signon_encode_version:
 * @writer: where to append
 * @trid: the transaction id
 * @versions: (array length=n_versions): what we speak, best first
 * @n_versions: how many
 */
IM_API void msnp_signon_encode_version (ImWriter *writer, guint32 trid,
                                        const guint *versions,
                                        guint n_versions);

/**
 * msnp_signon_decode_version:
 * @command: a VER
 * @ret: (out): the version to speak, or 0 if there is none in common, set
 *   only on success
 * @error: return location
 *
 * Servers that name several mean the first.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if no version is named, or one we
 *   cannot speak
 */
IM_API gboolean msnp_signon_decode_version (const MsnpCommand *command,
                                            guint *ret, GError **error);

/**
 * MsnpClient:
 * @name: "MSNMSGR", or "MSMSGS" before version 9
 * @version: "14.0.8117.416"
 * @id: "msmsgs", or "BC01" from 8.5 on
 *
 * What CVR claims to be.
 */
typedef struct
{
  const char *name;
  const char *version;
  const char *id;
} MsnpClient;

/** A CVR; @address (nullable) is written from version 8 on. The answer
 * recommends versions of a program that is no longer made. */
IM_API void msnp_signon_encode_client (ImWriter *writer, guint32 trid,
                                       const MsnpClient *client,
                                       const char *address);

/** Returns: whether an INF offers the MD5 sign-on of versions 2 to 7 */
IM_API gboolean msnp_signon_offers_md5 (const MsnpCommand *command);

typedef enum
{
  MSNP_MECHANISM_MD5, /* versions 2 to 7 */
  MSNP_MECHANISM_TWN, /* 8 to 14 */
  MSNP_MECHANISM_SSO, /* from 15 */
} MsnpMechanism;

/** Returns: the one official clients used in @version */
IM_API MsnpMechanism msnp_signon_mechanism (guint version);

/** "USR t ... I address": who wants to sign on. */
IM_API void msnp_signon_encode_user (ImWriter *writer, guint32 trid,
                                     MsnpMechanism mechanism,
                                     const char *address);

/**
 * msnp_signon_encode_proof:
 * @writer: where to append
 * @trid: the transaction id
 * @mechanism: the one the server asked for
 * @proof: the digest, or the ticket
 * @blob: (nullable): with SSO, the binary proof in base64
 * @machine: (nullable): from version 16, the place, a GUID in braces
 *
 * "USR t ... S ...". Servers decode percent codes in a ticket, so a percent
 * sign in it is encoded.
 */
IM_API void msnp_signon_encode_proof (ImWriter *writer, guint32 trid,
                                      MsnpMechanism mechanism,
                                      const ImSecret *proof, const char *blob,
                                      const char *machine);

typedef enum
{
  MSNP_USER_CHALLENGE, /* something is to be proven */
  MSNP_USER_OK,        /* signed on */
} MsnpUserStep;

/**
 * MsnpUser:
 * @step: what the server says
 * @mechanism: with %MSNP_USER_CHALLENGE, which
 * @challenge: (nullable): with it the salt, the arguments or the policy
 * @nonce: (nullable): with %MSNP_MECHANISM_SSO, what is to be encrypted
 * @address: (nullable): with %MSNP_USER_OK, what the server calls us, as it
 *   writes it
 * @nick: (nullable): our name, tidy, if it was said
 * @unverified: the account's address was never confirmed
 * @restricted: it is a child's account
 */
typedef struct
{
  MsnpUserStep step;
  MsnpMechanism mechanism;
  char *challenge;
  char *nonce;
  char *address;
  char *nick;
  gboolean unverified;
  gboolean restricted;
} MsnpUser;

IM_API void msnp_user_clear (MsnpUser *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpUser, msnp_user_clear)

/**
 * msnp_signon_decode_user:
 * @command: a USR, of either kind of server
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Flags are read from the end: some servers send a name in versions that have
 * none.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if words are missing,
 *   %IM_WIRE_ERROR_UNSUPPORTED for a mechanism nobody knows
 */
IM_API gboolean msnp_signon_decode_user (const MsnpCommand *command,
                                         MsnpUser *ret, GError **error);

typedef enum
{
  MSNP_TRANSFER_SERVER,      /* another server is responsible for us */
  MSNP_TRANSFER_RESTART,     /* sign on again over this connection */
  MSNP_TRANSFER_SWITCHBOARD, /* a place for a conversation */
} MsnpTransferKind;

/**
 * MsnpTransfer:
 * @kind: where to
 * @server: which; no host with %MSNP_TRANSFER_RESTART
 * @cookie: (nullable): what opens a switchboard, once
 * @gateway_only: it is reached through the polling gateway alone
 */
typedef struct
{
  MsnpTransferKind kind;
  MsnpServer server;
  char *cookie;
  gboolean gateway_only;
} MsnpTransfer;

IM_API void msnp_transfer_clear (MsnpTransfer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpTransfer, msnp_transfer_clear)

/**
 * msnp_signon_decode_transfer:
 * @command: an XFR
 * @ret: (out): where to go, set only on success
 * @error: return location
 *
 * Whether that server may be trusted is for the session to judge. Words that
 * follow what is known are passed over.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if it names no place
 */
IM_API gboolean msnp_signon_decode_transfer (const MsnpCommand *command,
                                             MsnpTransfer *ret, GError **error);

/**
 * MsnpRing:
 * @session: what the conversation is called
 * @server: where it is held
 * @cookie: what opens it, once
 * @from: who calls
 * @nick: (nullable): their name, tidy
 * @gateway_only: it is reached through the polling gateway alone
 */
typedef struct
{
  char *session;
  MsnpServer server;
  char *cookie;
  MsnpHandle from;
  char *nick;
  gboolean gateway_only;
} MsnpRing;

IM_API void msnp_ring_clear (MsnpRing *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpRing, msnp_ring_clear)

/** Reads a RNG, as msnp_signon_decode_transfer() does an XFR. */
IM_API gboolean msnp_signon_decode_ring (const MsnpCommand *command,
                                         MsnpRing *ret, GError **error);

typedef enum
{
  MSNP_OUT_NONE,      /* no reason */
  MSNP_OUT_ELSEWHERE, /* OTH: signed on at another place */
  MSNP_OUT_CLOSING,   /* SSD: the server goes down */
  MSNP_OUT_MIGRATED,  /* MIG: the list was moved */
  MSNP_OUT_TERMS,     /* TOU: there are terms to accept on the web */
  MSNP_OUT_LATER,     /* RCT: come back in some minutes */
} MsnpOutReason;

/**
 * msnp_signon_decode_out:
 * @command: an OUT
 * @ret_seconds: (out): with %MSNP_OUT_LATER, how long to stay away, at most
 *   %IM_MAX_RETRY_SECONDS; else 0
 *
 * Returns: why the server hangs up
 */
IM_API MsnpOutReason msnp_signon_decode_out (const MsnpCommand *command,
                                             guint *ret_seconds);

/**
 * msnp_signon_decode_challenge:
 * @command: a CHL
 * @error: return location
 *
 * Returns: (transfer full): what is to be answered, or %NULL with an
 *   %IM_WIRE_ERROR if it is nothing, or more than %IM_MAX_MSNP_CHALLENGE
 *   bytes
 */
IM_API char *msnp_signon_decode_challenge (const MsnpCommand *command,
                                           GError **error);

/** A QRY: the answer of 32 hex digits, and who says so. */
IM_API void msnp_signon_encode_answer (ImWriter *writer, guint32 trid,
                                       const char *product, const char *answer);
