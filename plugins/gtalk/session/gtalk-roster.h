#pragma once

/* The list, for the other parts. */

#include "gtalk-session.h"

/** What one may see of the other. */
typedef enum
{
  GTALK_SEES_THEM = 1 << 0, /* subscription "to" */
  GTALK_SEEN_BY_THEM = 1 << 1, /* "from" */
  GTALK_SEES_BOTH = GTALK_SEES_THEM | GTALK_SEEN_BY_THEM,
} GtalkSubscription;

/** Returns: whether @who (a bare address) is on the list; their subscription is
 * then in @ret (nullable) */
gboolean gtalk_roster_has (const GtalkSession *session, const char *who,
                           GtalkSubscription *ret);

/** Returns: (transfer container) (element-type utf8): the bare addresses of
 * those who see us */
GPtrArray *gtalk_roster_viewers (const GtalkSession *session);

/** Whether the server knows Google's attributes, or is said to. */
gboolean gtalk_roster_is_google (const GtalkSession *session);

/** Blocks @who (a bare address), or no longer, in Google's way: as an
 * attribute of theirs on the list. */
void gtalk_roster_set_blocked (GtalkSession *session, const char *who,
                               gboolean blocked);
