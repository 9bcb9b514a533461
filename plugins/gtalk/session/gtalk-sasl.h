#pragma once

/* The proof of who we are: which mechanism, its messages, what comes of it.
 * It goes in the old frame (RFC 6120, 6) or in that of SASL2; the frames are
 * in gtalk-sasl.c and gtalk-sasl2.c. */

#include "auth-sasl.h"
#include "gtalk-session-private.h"

/**
 * GtalkBinding:
 * @name: (nullable): of a channel binding, as "tls-exporter"
 * @data: (nullable) (owned): its bytes; both are %NULL, or neither
 */
typedef struct
{
  const char *name;
  GBytes *data;
} GtalkBinding;

void gtalk_binding_clear (GtalkBinding *binding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GtalkBinding, gtalk_binding_clear)

/** Returns: (transfer full): the binding @name of this link, empty if it has
 * none */
GtalkBinding gtalk_sasl_binding (GtalkSession *session, const char *name);

/** Says who we are before the server has said what it offers, if the last
 * sign-on makes that safe. */
void gtalk_sasl_guess (GtalkSession *session);
void gtalk_sasl_features (GtalkSession *session, const XmlNode *features);
/** The answer to whether a weaker mechanism will do, if that was asked. */
gboolean gtalk_sasl_answer (GtalkSession *session, const char *answer);
gboolean gtalk_sasl_element (GtalkSession *session, const XmlNode *element);
