#pragma once

/* Where a gateway session may be: cookies go there. A server that names another
 * host is followed to the settings' own, from one server of a domain to the
 * next, and on this computer; nowhere else, and never from https to http. */

#include <glib.h>

typedef struct _MsnwebTrust MsnwebTrust;

/**
 * msnweb_trust_new:
 * @url: what the settings say: scheme, host, port; what follows does not
 *   count
 * @domains: (nullable): parent domains whose hosts are all as good, if the
 *   settings' own host is in one of them
 *
 * Returns: (transfer full) (nullable): %NULL if @url is none of http or https
 */
MsnwebTrust *msnweb_trust_new (const char *url, const char *const *domains);
/** (nullable) (transfer full) */
void msnweb_trust_free (MsnwebTrust *trust);

/** Returns: (transfer none): "https" or "http" */
const char *msnweb_trust_scheme (const MsnwebTrust *trust);
/** Returns: (transfer none): host and, if it is not the scheme's, port of the
 * settings */
const char *msnweb_trust_home (const MsnwebTrust *trust);
/** Whether nobody listens in: it is https, or this computer. */
gboolean msnweb_trust_is_private (const MsnwebTrust *trust);

/**
 * msnweb_trust_judge:
 * @trust: the settings
 * @where: host and maybe port, as a server named them
 *
 * Returns: (transfer full) (nullable): the same, tidy, or %NULL if it may not
 *   be gone to
 */
char *msnweb_trust_judge (const MsnwebTrust *trust, const char *where);
/** The same for a whole URL, of which only host and port are used. */
char *msnweb_trust_judge_url (const MsnwebTrust *trust, const char *url);
