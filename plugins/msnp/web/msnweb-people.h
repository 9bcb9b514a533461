#pragma once

/* What is known of a person; see msnweb-people.c. */

#include "msnweb-session-private.h"

/**
 * MsnwebSomebody:
 * @address: as we name them; the key
 * @listed: on the user's list
 * @blocked: not to reach us
 * @asked: the user was asked whether they may have us
 * @stale: nothing was heard since the last loss
 * @status: how they are
 * @idle_since: unix time, or 0
 * @name: (nullable): what the directory calls them
 * @nick: (nullable): what they call themselves
 * @message: (nullable): their message, "" for none
 */
typedef struct
{
  char *address;
  gboolean listed;
  gboolean blocked;
  gboolean asked;
  gboolean stale;
  ImStatus status;
  gint64 idle_since;
  char *name;
  char *nick;
  char *message;
} MsnwebSomebody;

/** Returns: (transfer none) (nullable): who has @address, as we name them */
MsnwebSomebody *msnweb_people_find (const MsnwebSession *session,
                                    const char *address);
