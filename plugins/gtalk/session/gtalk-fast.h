#pragma once

/* A token instead of the password for the next sign-on, in one round trip
 * (FAST, XEP-0484):
 *
 *   password ─► success + token ─ kept ─► next sign-on ─► success (+ token)
 *                                              │ refused
 *                                              └─► forgotten; the password
 *
 * A token is shown, hashed, to nobody but the server it came from: under TLS
 * whose certificate is for the same name, by the mechanism it was made for. It
 * is kept where the password is, see gtalk-kept.h. */

#include "gtalk-offer.h"
#include "gtalk-sasl.h"

void gtalk_fast_load (GtalkSession *session);
void gtalk_fast_clear (GtalkSession *session);

/**
 * gtalk_fast_usable:
 * @session: a session
 * @offer: what the server offers
 * @ret_binding: (out): the channel binding the token's mechanism wants; to be
 *   cleared
 *
 * Returns: the mechanism of the token we have, or %AUTH_SASL_NONE if there is
 *   none that can be used here and now
 */
AuthSaslName gtalk_fast_usable (GtalkSession *session, const GtalkOffer *offer,
                                GtalkBinding *ret_binding);

/** Returns: (transfer none): the token */
ImSecret *gtalk_fast_token (const GtalkSession *session);

/** Asks for a token, if the server gives any and we have none. */
void gtalk_fast_request (GtalkSession *session, const GtalkOffer *offer,
                         XmppWriter *w);

/** The server believes us, with what came along (@success). */
void gtalk_fast_renew (GtalkSession *session, const XmlNode *success);

/** It did not believe the token. */
void gtalk_fast_refused (GtalkSession *session);
