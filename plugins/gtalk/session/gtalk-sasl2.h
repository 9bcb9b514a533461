#pragma once

/* The frame of SASL2 (XEP-0388), and what comes along with it: the resource
 * (Bind 2, XEP-0386) with stream management and carbons, or going on with the
 * last stream (XEP-0198), and tokens (see gtalk-fast.h).
 *
 *   authenticate [bind, resume, token] ─► challenge ─► response ─►
 *   success [address, enabled or resumed, token], features
 *
 * The stream goes on, so the roster may be asked for as soon as success is
 * there, or at once of a server that says so (XEP-0305). */

#include "gtalk-offer.h"
#include "gtalk-sasl.h"

/** Opens the exchange with the first message of a mechanism: @encoded, in
 * base64. */
void gtalk_sasl2_begin (GtalkSession *session, AuthSaslName name,
                        const char *encoded, const GtalkOffer *offer);

/** Nothing more of ours is waited for: of a server that lets us, asks for
 * what comes after the sign-in. */
void gtalk_sasl2_go_ahead (GtalkSession *session);

/** The server believes us, and has proved itself. */
void gtalk_sasl2_signed_in (GtalkSession *session, const XmlNode *success);

/** It does not; whether the sign-on goes on by itself. */
gboolean gtalk_sasl2_refused (GtalkSession *session);
