#pragma once

/* Connections beside the session's own: one food group each, asked for on
 * the session's connection (01/04), reached with a cookie of their own.
 *
 * The owner is told when it may send, what comes, and when it is over; a
 * refused request ends like a broken link. */

#include "oscar-oservice.h"
#include "oscar-session-private.h"

typedef struct _OscarService OscarService;

/**
 * OscarServiceHandlers:
 * @ready: the server takes SNACs now
 * @snac: a SNAC of the food group came
 * @closed: it is over, or never began. Close the service here or later
 */
typedef struct
{
  void (*ready) (gpointer user, OscarService *service);
  void (*snac) (gpointer user, OscarService *service, const OscarSnac *snac);
  void (*closed) (gpointer user, OscarService *service, ImProblem problem);
} OscarServiceHandlers;

/**
 * oscar_service_open:
 * @session: a signed-on session
 * @foodgroup: what for
 * @room: (nullable): for chat, which room; copied
 * @handlers: what to do when something happens
 * @user: handed to @handlers
 *
 * Returns: (transfer full) (nullable): a connection being made, or %NULL if
 *   there are %IM_MAX_SERVICES already
 */
OscarService *oscar_service_open (OscarSession *session, guint16 foodgroup,
                                  const OscarRoom *room,
                                  const OscarServiceHandlers *handlers,
                                  gpointer user);

/** Ends it and frees it; nothing is called any more. Allowed in handlers. */
void oscar_service_close (OscarService *service);

/** Whether SNACs may be sent. */
gboolean oscar_service_is_ready (const OscarService *service);

/** Sends a SNAC of the service's food group; see oscar_conn_send_snac(). */
guint32 oscar_service_send (OscarService *service, guint16 subtype,
                            ImWriter *body, OscarPriority priority);

/* What the session's connection says of services. */

/** 01/05. */
void oscar_services_response (OscarSession *session, const OscarSnac *snac);
/** 01/01: whether it answered a request for a service. */
gboolean oscar_services_error (OscarSession *session, guint32 request);
/** The session's connection is gone, and with it every service. */
void oscar_services_stop (OscarSession *session);
