#pragma once

/* ImEvent to libpurple: one function for each event, one table. */

#include "glue-host.h"

/** Returns: (transfer full): what the events of one connection remember */
GlueEvents *glue_events_new (void);

void glue_events_free (GlueEvents *events);

/** Withdraws the questions that are still open: for close(). */
void glue_events_closing (GlueHost *glue);

/** Turns @event into libpurple calls; for glue_host_new(). */
void glue_events_dispatch (GlueHost *glue, const ImEvent *event);

/** Shows in its conversation that a message was not delivered, why, and what
 * it said. */
void glue_events_undelivered (GlueHost *glue, const ImEventDelivery *delivery);

/** The user closed the conversation with @who: what was said once in it may
 * be said again. */
void glue_events_conversation_closed (GlueHost *glue, const char *who);
