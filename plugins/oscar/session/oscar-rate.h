#pragma once

/* The outgoing rate limiter: the arithmetic every OSCAR server does about us,
 * done before it does, so that no SNAC of ours is ever dropped.
 *
 * A server sorts SNACs into classes and keeps a moving average of the time
 * between them for each; below one threshold it warns, below the next it
 * drops silently, below the last it hangs up. Pure: time is handed in. */

#include <glib.h>

#include "oscar-oservice-rate.h"

typedef struct _OscarRate OscarRate;

OscarRate *oscar_rate_new (void);
void oscar_rate_free (OscarRate *rate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OscarRate, oscar_rate_free)

/**
 * oscar_rate_set_class:
 * @rate: a limiter
 * @params: a class as the server describes it
 * @now_ms: monotonic time
 *
 * Learns a class or its new parameters. What was sent before the server told
 * us its classes is charged as soon as its SNACs are mapped to a class.
 */
void oscar_rate_set_class (OscarRate *rate, const OscarRateClass *params,
                           gint64 now_ms);

/** Files @group / @subtype under class @id; unfiled SNACs are unlimited. */
void oscar_rate_map (OscarRate *rate, guint16 group, guint16 subtype,
                     guint16 id, gint64 now_ms);

/** Sets whether the server said it is dropping SNACs of class @id. */
void oscar_rate_set_limited (OscarRate *rate, guint16 id, gboolean limited);

/**
 * oscar_rate_wait_ms:
 * @rate: a limiter
 * @group: food group of a SNAC to send
 * @subtype: its subtype
 * @urgent: %FALSE for what nobody waits for: such SNACs leave room for others
 * @now_ms: monotonic time
 *
 * Returns: milliseconds to wait before it may be sent; 0 for now
 */
guint oscar_rate_wait_ms (OscarRate *rate, guint16 group, guint16 subtype,
                          gboolean urgent, gint64 now_ms);

/** Notes that such a SNAC was sent at @now_ms. */
void oscar_rate_charge (OscarRate *rate, guint16 group, guint16 subtype,
                        gint64 now_ms);

/** Whether the server may be dropping such SNACs: it said so, or counts lower
 * than we would ever go. */
gboolean oscar_rate_is_limited (OscarRate *rate, guint16 group,
                                guint16 subtype);

/** Returns: the class of a SNAC, or 0 if it is unlimited. */
guint16 oscar_rate_class_of (OscarRate *rate, guint16 group, guint16 subtype);
