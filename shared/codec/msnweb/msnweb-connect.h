#pragma once

/* How a session of the web gateway begins, is kept and ends.
 *
 *   CNT 1 CON          who we are               <- CNT: or XFR: go elsewhere
 *   ATH 2 CON\USER     a proof                  <- ATH, or an error
 *   BND 3 CON\MSGR     our endpoint             <- BND: maybe a challenge
 *   PUT 4 MSGR\CHALLENGE
 *   PNG n CON          once in a while          <- PNG: when next
 *   OUT n CON
 *
 * The first three go together in the request that opens the session.
 * wiki.dequis.org, projects/msn/msnp24/traffic-analysis; msndevs/protocol-docs,
 * Commands and Authentication. */

#include "im-secret.h"
#include "msnweb-frame.h"

/** The product that answers challenges: see auth_msn_product_find(), with the
 * form of version 11. */
#define MSNWEB_PRODUCT "PROD0090YUAUV{2B"
#define MSNWEB_PRODUCT_VERSION 11

/** The site a ticket must be for. */
#define MSNWEB_TICKET_SITE "chatservice.live.com"
#define MSNWEB_TICKET_POLICY "MBI_SSL"

/** Returns: (transfer full): a CNT; @state (nullable) is what an XFR said */
IM_API MsnwebRequest msnweb_connect_encode (const char *state);

/**
 * msnweb_connect_encode_auth:
 * @ticket: (nullable): the ticket of RST2, or %NULL if the cookies of the
 *   request are the proof
 * @uic: (nullable): what msnweb_signin has as such
 *
 * Returns: (transfer full): an ATH
 */
IM_API MsnwebRequest msnweb_connect_encode_auth (const ImSecret *ticket,
                                                 const char *uic);

/** Returns: (transfer full): a BND; @epid is a GUID in braces */
IM_API MsnwebRequest msnweb_connect_encode_bind (const char *epid);

/** Returns: (transfer full): a PUT to MSGR\\CHALLENGE; @answer is of
 * auth_msn_challenge_answer() */
IM_API MsnwebRequest msnweb_connect_encode_challenge (const char *answer);

/** Returns: (transfer full): a PNG; @last_msg_id (nullable) is the newest
 * Message-ID that was seen */
IM_API MsnwebRequest msnweb_connect_encode_ping (const char *last_msg_id);

/** Returns: (transfer full): an OUT */
IM_API MsnwebRequest msnweb_connect_encode_out (void);

/**
 * MsnwebBound:
 * @version: of the messenger, 2
 * @utc: unix time by the server's clock, or 0
 * @nonce: (nullable): a challenge to answer
 * @token_expires: unix time at which the registration token does, or 0
 */
typedef struct
{
  guint version;
  gint64 utc;
  char *nonce;
  gint64 token_expires;
} MsnwebBound;

IM_API void msnweb_bound_clear (MsnwebBound *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebBound, msnweb_bound_clear)

/**
 * msnweb_connect_decode_bound:
 * @command: the answer to a BND
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no XML
 */
IM_API gboolean msnweb_connect_decode_bound (const MsnwebCommand *command,
                                             MsnwebBound *ret, GError **error);

/**
 * MsnwebElsewhere:
 * @host: where to open the session
 * @port: the port there, or 0 if none is named
 * @state: (nullable): to be shown there with CNT
 */
typedef struct
{
  char *host;
  guint16 port;
  char *state;
} MsnwebElsewhere;

IM_API void msnweb_elsewhere_clear (MsnwebElsewhere *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebElsewhere, msnweb_elsewhere_clear)

/**
 * msnweb_connect_decode_elsewhere:
 * @command: an XFR
 * @ret: (out): where to go, set only on success. Whether one may go there is
 *   for the session to judge
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if no place is named
 */
IM_API gboolean msnweb_connect_decode_elsewhere (const MsnwebCommand *command,
                                                 MsnwebElsewhere *ret,
                                                 GError **error);

/**
 * msnweb_connect_decode_ping:
 * @command: the answer to a PNG
 * @ret_wait: (out): seconds until the next one, 0 for none any more
 *
 * Returns: whether it says so
 */
IM_API gboolean msnweb_connect_decode_ping (const MsnwebCommand *command,
                                            guint *ret_wait);
