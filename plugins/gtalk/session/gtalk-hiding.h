#pragma once

/* Being invisible, for the other parts. */

#include "gtalk-session.h"

/** Whether presence may be sent: nobody who should not learns of us by it. */
gboolean gtalk_hiding_allows (const GtalkSession *session);

/** The user chose another state: sees to what it needs of the server, and
 * sends presence. */
void gtalk_hiding_apply (GtalkSession *session);

/** The server hides us, or does not any more. */
void gtalk_hiding_set (GtalkSession *session, gboolean hidden);

/** Nothing hides us: we are busy from now on, and the user is told.
 * @by_places: for the sake of another program of theirs. */
void gtalk_hiding_give_up (GtalkSession *session, gboolean by_places);
