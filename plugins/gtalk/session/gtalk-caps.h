#pragma once

/* What other people's clients can do (XEP-0115): a client's presence carries a
 * hash of its abilities, so that each version of each client is asked once
 * ever, by whoever has it. */

#include "gtalk-session.h"

/** Abilities that make a difference here. The values are kept on disk. */
typedef enum
{
  GTALK_CAN_RECEIPTS = 1 << 0,  /* XEP-0184 */
  GTALK_CAN_ATTENTION = 1 << 1, /* XEP-0224 */
} GtalkAbilities;

/** Returns: what the place @full (a full address) is known to be able to do; 0
 * if that is not known */
GtalkAbilities gtalk_caps_of (const GtalkSession *session, const char *full);

/** Somebody talks with the place @full: asks it what it can do, unless that is
 * known. */
void gtalk_caps_want (GtalkSession *session, const char *full);
