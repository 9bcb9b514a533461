#pragma once

/* What fuzz targets of whole sessions share: scripts of operations, what
 * events may say, and what a session leaves behind. */

#include "fuzz.h"
#include "im-event.h"
#include "test-host.h"

/** Returns: the next byte of a script, 0 behind its end */
guint8 fuzz_next_byte (ImReader *script);

/** Returns: at most the next @len bytes of it */
ImReader fuzz_next_bytes (ImReader *script, gsize len);

/** Asserts that what of @event is shown to people is tidy, and no longer than
 * it may be. */
void fuzz_check_event (const ImEvent *event);

/** Returns: the newest link that takes bytes but for @skip others, or -1 */
int fuzz_live_link (TestHost *host, guint skip);

/** Feeds bytes to a link, unless it is closed. */
void fuzz_feed (TestHost *host, guint link, const void *data, gsize len);

/** Asserts that of a session that was freed nothing is left: no timer, no open
 * link, no request. */
void fuzz_assert_nothing_left (TestHost *host);
