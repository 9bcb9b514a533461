#pragma once

/* From a connected link to a bound resource. What can be written together is,
 * because the network's round trips are all the time this takes:
 *
 *   plain link   header, starttls ─────────► proceed ─► TLS
 *   TLS          header, auth (*) ─────────► challenge ─► response
 *                features, else ─► auth
 *   success      header, bind, session, and all that parts of the session
 *                want to ask, or header, resume ───────────► answers
 *
 * (*) when the mechanism is known from the last time; the server's features
 * come along with its answer and are still judged. It is not guessed the first
 * time: what would have to be assumed of the server is how strong its
 * mechanisms are.
 *
 * Where there is SASL2 the last two lines are one, see gtalk-sasl2.h.
 *
 * RFC 6120; what is written together was tried with Prosody 0.12.3. With
 * %GTALK_QUIRK_LOCK_STEP each step waits for the one before. */

#include "gtalk-session.h"
#include "im-host.h"
#include "xml-tree.h"

/** Features of the server's stream after sign-in. */
typedef enum
{
  GTALK_STREAM_RESUMPTION = 1 << 0,  /* urn:xmpp:sm:3 */
  GTALK_STREAM_ROSTER_VER = 1 << 1,  /* urn:xmpp:features:rosterver */
  GTALK_STREAM_SESSION = 1 << 2,     /* session, not optional */
  GTALK_STREAM_CLIENT_STATE = 1 << 3, /* urn:xmpp:csi:0 */
  GTALK_STREAM_PRE_APPROVAL = 1 << 4, /* urn:xmpp:features:pre-approval */
} GtalkStreamFeatures;

void gtalk_negotiate_init (GtalkSession *session);
void gtalk_negotiate_clear (GtalkSession *session);

/** Connects to @target and climbs the ladder. */
void gtalk_negotiate_connect (GtalkSession *session,
                              const ImLinkTarget *target);

/** An element before the resource is bound, or one that belongs to the ladder
 * still; whether it was. */
gboolean gtalk_negotiate_element (GtalkSession *session,
                                  const XmlNode *element);

/** The stream ended before the session was online; whether the ladder goes on
 * by itself. */
gboolean gtalk_negotiate_ended (GtalkSession *session, const GError *error);

/** Returns: what the server's stream can do, as far as it is known: from this
 * connection, or from the last one */
GtalkStreamFeatures gtalk_negotiate_features (const GtalkSession *session);

/** Whether carbons came with the resource. */
gboolean gtalk_negotiate_has_carbons (const GtalkSession *session);

/** Judges a stream error: what it means for the user, and where to go if it
 * names another host. */
void gtalk_negotiate_stream_error (GtalkSession *session,
                                   const XmlNode *error);

/** The token exchange is done: @token, or why there is none. */
void gtalk_negotiate_token (GtalkSession *session, ImSecret *token,
                            const ImFailure *failure);
