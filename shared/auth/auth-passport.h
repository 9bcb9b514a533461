#pragma once

/* What the generations of Passport have in common. */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"
#include "im-secret.h"

/**
 * AuthPassportOutcome:
 * @AUTH_PASSPORT_REFUSED: no ticket; the answer says why
 * @AUTH_PASSPORT_TICKET: there is at least one
 * @AUTH_PASSPORT_REDIRECT: the same is to be asked elsewhere
 */
typedef enum
{
  AUTH_PASSPORT_REFUSED,
  AUTH_PASSPORT_TICKET,
  AUTH_PASSPORT_REDIRECT,
} AuthPassportOutcome;

/**
 * auth_passport_url_ok:
 * @url: (nullable): where a service sends us
 *
 * Passwords travel there, so it must be https, name a host, carry no user
 * name, and consist of printable ASCII. Whether the host may be trusted is for
 * the session to judge.
 *
 * Returns: whether @url may be asked
 */
IM_API gboolean auth_passport_url_ok (const char *url);

/**
 * auth_passport_ticket_ok:
 * @ticket: (nullable): what a service calls a ticket
 *
 * Returns: whether it can be a word of a command: not empty, no longer than
 *   %IM_MAX_PASSPORT_TICKET, printable ASCII without spaces
 */
IM_API gboolean auth_passport_ticket_ok (const char *ticket);
