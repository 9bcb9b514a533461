#pragma once

/* Whether a certificate is good enough: the system's opinion, then what the
 * user said before, then the user.
 *
 * GIO and libsoup want an answer while the handshake waits, which no dialog
 * can give. So a #NetTrial refuses what is neither trusted nor pinned and
 * remembers it; the handshake fails before anything was sent; the user is
 * asked, and the caller connects again if the answer is yes. */

#include <gio/gio.h>
#include "net-host.h"

/** One handshake's judgement. */
typedef struct _NetTrial NetTrial;

/** Somebody who waits for a judgement. */
typedef struct _NetWait NetWait;

/**
 * NetVerdictFunc:
 * @user: as given to net_trust_judge()
 * @error: (nullable): why not; %NULL to try again
 *
 * The judgement. The wait it was for is gone.
 */
typedef void (*NetVerdictFunc) (gpointer user, const GError *error);

/**
 * net_trial_new:
 * @net: whose links
 * @host: the name the certificate is to be for
 *
 * Returns: (transfer full): a trial
 */
NetTrial *net_trial_new (NetHost *net, const char *host);

NetTrial *net_trial_ref (NetTrial *trial);
void net_trial_unref (NetTrial *trial);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetTrial, net_trial_unref)

/**
 * net_trial_end:
 * @trial: (transfer full): a trial
 *
 * Nobody cares for the handshake any more, which may go on for a while in
 * its thread: whatever it shows now is refused without asking.
 */
void net_trial_end (NetTrial *trial);

/**
 * net_trial_accept:
 * @trial: a trial
 * @certificate: what the peer shows
 * @faults: what the system does not like about it
 *
 * For handlers of accept-certificate signals.
 *
 * Returns: whether to go on
 */
gboolean net_trial_accept (NetTrial *trial, GTlsCertificate *certificate,
                           GTlsCertificateFlags faults);

/** Returns: whether the handshake failed because of its certificate */
gboolean net_trial_refused (NetTrial *trial);

/**
 * net_trust_judge:
 * @trial: a trial that refused a certificate
 * @func: called once, from the main loop
 * @user: handed to @func
 *
 * Looks for a verdict, asking the user unless they were asked about this
 * host before. Everybody who waits for the same host shares one question.
 *
 * Returns: (transfer none): for net_trust_withdraw(), until @func is called
 */
NetWait *net_trust_judge (NetTrial *trial, NetVerdictFunc func, gpointer user);

/** Nobody waits for @wait any more: @func will not be called. */
void net_trust_withdraw (NetWait *wait);

/** A table of answers, host name to what the user said. */
GHashTable *net_trust_answers_new (void);
