#pragma once

/* What we say we can do, and what others say (XEP-0030, XEP-0115). */

#include "gtalk-session.h"
#include "xmpp-writer.h"

/** Writes our capabilities into a presence. */
void gtalk_disco_write_caps (GtalkSession *session, XmppWriter *w);

/** Whether the account's server has the feature @var. */
gboolean gtalk_disco_server_has (const GtalkSession *session,
                                 const char *var);

/** Whether the server has @var, one of Google's extensions, or is said to have
 * all of them. Of one alone nothing follows about another. */
gboolean gtalk_disco_is_google (const GtalkSession *session,
                                const char *var);

/** Whether server and account have said what they can do. */
gboolean gtalk_disco_is_known (const GtalkSession *session);

/** Whether our own account has it: its archive, its nodes. */
gboolean gtalk_disco_account_has (const GtalkSession *session,
                                  const char *var);

/** Whether it is known what server and account have. */
gboolean gtalk_disco_features_known (const GtalkSession *session);

/** Returns: (transfer none) (nullable): the address of the first service of
 * our server's that is an @identity ("category/type") with the feature
 * @var */
const char *gtalk_disco_service (const GtalkSession *session,
                                 const char *identity, const char *var);

/** Whether our own account has said what it has. */
gboolean gtalk_disco_account_known (const GtalkSession *session);
/** Returns: (transfer none) (nullable): what the service @jid says of itself in
 * the field @var of its form @form */
const char *gtalk_disco_service_value (const GtalkSession *session,
                                       const char *jid, const char *form,
                                       const char *var);

/** Whether it is known which services there are. */
gboolean gtalk_disco_services_known (const GtalkSession *session);
