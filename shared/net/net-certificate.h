#pragma once

/* What people want to know of a certificate. Everything in it was chosen by
 * whoever made it, so it is cleaned and cut before anybody sees it. */

#include <gio/gio.h>
#include "im-error.h"

/**
 * net_certificate_problem:
 * @certificate: what a server showed
 * @faults: what is wrong with it, not 0
 *
 * Returns: the fault that matters most, one of IM_PROBLEM_CERT_*
 */
ImProblem net_certificate_problem (GTlsCertificate *certificate,
                                   GTlsCertificateFlags faults);

/** Returns: (transfer full): the names it is for, with commas; "" if none */
char *net_certificate_subject (GTlsCertificate *certificate);

/** Returns: (transfer full): the name of who signed it; "" if none */
char *net_certificate_issuer (GTlsCertificate *certificate);

/** Returns: (transfer full): SHA-256 in hex pairs with colons */
char *net_certificate_fingerprint (GTlsCertificate *certificate);
