#pragma once

/* OSERVICE rate limits: 01/07, 01/08 and 01/0A. */

#include <glib.h>
#include "im-limits.h"
#include "im-reader.h"
#include "im-writer.h"

/**
 * OscarRateClass:
 * @id: of the class
 * @window: SNACs the average runs over
 * @clear: average, in milliseconds between SNACs, above which a limit ends
 * @alert: below which the server warns
 * @limit: below which it drops
 * @disconnect: below which it closes
 * @current: the average now
 * @max: it grows to this at most
 * @last: long form only: time since the last SNAC, in units that differ
 *   from server to server
 * @state: long form only: 1 while the server drops
 */
typedef struct
{
  guint16 id;
  guint32 window;
  guint32 clear;
  guint32 alert;
  guint32 limit;
  guint32 disconnect;
  guint32 current;
  guint32 max;
  guint32 last;
  guint8 state;
} OscarRateClass;

/**
 * OscarRates:
 * @n: how many classes
 * @classes: the classes
 * @long_form: whether they came with @last and @state
 * @members: which SNACs belong to which class; points into the bytes being
 *   read, see oscar_rate_walk_init()
 *
 * 01/07.
 */
typedef struct
{
  guint n;
  OscarRateClass classes[IM_MAX_RATE_CLASSES];
  gboolean long_form;
  ImReader members;
} OscarRates;

/**
 * oscar_rate_decode_reply:
 * @body: body of 01/07
 * @ret: (out): the classes
 * @error: return location
 *
 * Classes come in two forms of 30 and 35 bytes, and which one depends on
 * server and announced version in ways that differ. So the form is told by
 * what follows the classes: only the right one makes sense to the end.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if neither does
 */
IM_API gboolean oscar_rate_decode_reply (ImReader *body, OscarRates *ret,
                                         GError **error);

/** A SNAC and the class it counts in. */
typedef struct
{
  guint16 class_id;
  guint16 foodgroup;
  guint16 subtype;
} OscarRateMember;

/** A walk over the members of the classes. */
typedef struct
{
  ImReader rest;
  guint16 class_id;
  guint16 left;
} OscarRateWalk;

/** Begins a walk over @rates, which must have been decoded. */
IM_API void oscar_rate_walk_init (OscarRateWalk *walk, const OscarRates *rates);

/** Returns: %FALSE at the end */
IM_API gboolean oscar_rate_walk_next (OscarRateWalk *walk,
                                      OscarRateMember *ret);

typedef enum
{
  OSCAR_RATE_CHANGED = 1, /* new parameters */
  OSCAR_RATE_WARNING = 2,
  OSCAR_RATE_LIMITED = 3, /* the server is dropping */
  OSCAR_RATE_CLEARED = 4,
} OscarRateCode;

/**
 * OscarRateChange:
 * @code: an #OscarRateCode
 * @n: how many classes
 * @classes: the classes
 * @long_form: as above
 *
 * 01/0A.
 */
typedef struct
{
  guint16 code;
  guint n;
  OscarRateClass classes[IM_MAX_RATE_CLASSES];
  gboolean long_form;
} OscarRateChange;

IM_API gboolean oscar_rate_decode_change (ImReader *body, OscarRateChange *ret,
                                          GError **error);
IM_API void oscar_rate_encode_change (ImWriter *writer,
                                      const OscarRateChange *self);

/** 01/08 (and 01/09): the classes to be told of. */
IM_API void oscar_rate_encode_subscribe (ImWriter *writer,
                                         const OscarRates *rates);
