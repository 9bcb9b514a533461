#pragma once

/* What the web gateway means when it refuses or says goodbye.
 *
 *   217 9 MSGR 39      a number in place of the verb; words follow, for the log
 *   OUT 0 CON 21       a reason, in words
 *
 * The numbers are those of MSNP with a few of their own:
 * github.com/bitlbee/bitlbee, github.com/msndevs/msnp-sharp,
 * github.com/miranda-ng/miranda-ng. */

#include "im-event.h"
#include "msnweb-frame.h"

/** What becomes of the session. */
typedef enum
{
  MSNWEB_ERROR_STAYS,     /* it goes on */
  MSNWEB_ERROR_RECONNECT, /* it is over, a new one may work */
  MSNWEB_ERROR_RENEW,     /* the proof is refused: a new one may work once */
  MSNWEB_ERROR_ENDS,      /* it is over, and trying again makes it worse */
} MsnwebErrorClass;

/**
 * MsnwebError:
 * @first: the number
 * @last: the last one of this meaning
 * @class: what becomes of the session
 * @problem: why it ended, if it did; its failure has the number as code
 * @undelivered: why a message did not arrive, if that answers one
 * @list: why an edit of the list fails, if that answers one
 * @log_only: nobody needs to be told, but for a message that is not delivered
 * @meaning: in English, for the log
 */
typedef struct
{
  guint first;
  guint last;
  MsnwebErrorClass class;
  ImProblem problem;
  ImUndelivered undelivered;
  ImListError list;
  gboolean log_only;
  const char *meaning;
} MsnwebError;

/** Returns: (transfer none): what @code means; one row of its own each for
 * numbers below 500 nobody knows, and for those above, which end the
 * session */
IM_API const MsnwebError *msnweb_error_find (guint code);

/** Feature set already bound, after BND; harmless. */
#define MSNWEB_ERROR_BOUND 715

/** Lacks the rights to do that: not an admin of a thread. */
#define MSNWEB_ERROR_NO_RIGHT 420

/** The session is too old, or nobody proved anew in time. */
#define MSNWEB_ERROR_EXPIRED 922

/**
 * MsnwebGoodbye:
 * @class: %MSNWEB_ERROR_RECONNECT or %MSNWEB_ERROR_ENDS
 * @problem: why
 * @words: (nullable): the server's own, tidy, where there is nothing better
 *   to say
 */
typedef struct
{
  MsnwebErrorClass class;
  ImProblem problem;
  char *words;
} MsnwebGoodbye;

IM_API void msnweb_goodbye_clear (MsnwebGoodbye *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebGoodbye, msnweb_goodbye_clear)

/** Reads an OUT of the server. */
IM_API void msnweb_error_decode_goodbye (const MsnwebCommand *command,
                                         MsnwebGoodbye *ret);
