#pragma once

/* A ticket of RST2 for the gateway, instead of cookies: one POST, and perhaps
 * another where the service says so. What is asked and answered is known to
 * shared/auth/auth-passport3.c. */

#include "im-host.h"
#include "im-secret.h"

typedef struct _MsnwebTicket MsnwebTicket;

/** One of @ticket and @failure is %NULL; borrowed. */
typedef void (*MsnwebTicketFunc) (gpointer user, ImSecret *ticket,
                                  const ImFailure *failure);

/**
 * msnweb_ticket_new:
 * @host: the outside
 * @rst: the token service, a whole URL
 * @address: who signs in
 * @password: (nullable): the password
 *
 * Returns: (transfer full): nothing under way
 */
MsnwebTicket *msnweb_ticket_new (ImHost *host, const char *rst,
                                 const char *address, ImSecret *password);
/** (nullable) */
void msnweb_ticket_free (MsnwebTicket *ticket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnwebTicket, msnweb_ticket_free)

/** Asks; @func is told once, later, and may free @ticket. */
void msnweb_ticket_start (MsnwebTicket *ticket, MsnwebTicketFunc func,
                          gpointer user);

/** Forgets what is under way. */
void msnweb_ticket_stop (MsnwebTicket *ticket);
