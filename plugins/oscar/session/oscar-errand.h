#pragma once

/* Requests that need a connection of their own now and then: it is made for
 * the first one, several may be on their way, and after a while without any it
 * is closed again. */

#include "oscar-service.h"

/**
 * OscarErrandFuncs:
 * @foodgroup: what the connection is for
 * @encode: writes the request to @body; returns its subtype
 * @answer: what came of it: @snac, or %NULL and why there is none. Called
 *   once for each request, which is freed afterwards
 * @free: frees a request
 */
typedef struct _OscarErrandFuncs
{
  guint16 foodgroup;
  guint16 (*encode) (OscarSession *session, gpointer request, ImWriter *body);
  void (*answer) (OscarSession *session, gpointer request,
                  const OscarSnac *snac, ImProblem problem);
  void (*free) (gpointer request);
} OscarErrandFuncs;

OscarErrands *oscar_errands_new (OscarSession *session,
                                 const OscarErrandFuncs *funcs);
void oscar_errands_free (OscarErrands *errands);

/** Sends @request, which it takes, now or once the connection is up. */
void oscar_errands_add (OscarErrands *errands, gpointer request);

/** The session is over: nothing is answered any more. */
void oscar_errands_stop (OscarErrands *errands);
