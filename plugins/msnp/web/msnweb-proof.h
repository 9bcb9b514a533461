#pragma once

/* What the gateway is shown for a proof: the cookies of the sign-in pages
 * with a uic, or a ticket. Kept for the life of a session. */

#include "msnweb-session.h"

typedef struct _MsnwebProof MsnwebProof;

/** @failure is %NULL if there is a proof now. */
typedef void (*MsnwebProofFunc) (gpointer user, const ImFailure *failure);

/** Returns: (transfer full): nothing yet but what the last sign-on left */
MsnwebProof *msnweb_proof_new (ImHost *host, const MsnwebConfig *config);
void msnweb_proof_free (MsnwebProof *proof);

/** Tells @func when there is a proof; what the last sign-on left may do. One
 * question at a time: a new one takes the place of the last. */
void msnweb_proof_get (MsnwebProof *proof, MsnwebProofFunc func,
                       gpointer user);
/** The same, but what there is counts for nothing. */
void msnweb_proof_renew (MsnwebProof *proof, MsnwebProofFunc func,
                         gpointer user);
/** Forgets a question that is not answered. */
void msnweb_proof_stop (MsnwebProof *proof);

/** Returns: (transfer none) (nullable): the ticket, if it is one */
const ImSecret *msnweb_proof_ticket (const MsnwebProof *proof);
/** Returns: (transfer none) (nullable): the uic, if one was given */
const char *msnweb_proof_uic (const MsnwebProof *proof);
