#pragma once

/* The web gateway's transport: one gateway session takes the place of one
 * connection. Bytes of commands are bodies of HTTP requests, and so is what
 * the server says.
 *
 *   POST ...?Version=1&Protocol=mtp&Action=open&Server=NS&IP=none   open
 *   POST ...?SessionID=a.b                                          send
 *   POST ...?SessionID=a.b&Action=poll&Lifespan=60                  wait
 *   X-MSN-Messenger: SessionID=a.b; GW-IP=address[; Session=close]
 *   X-MSN-Host: the server that keeps the session
 *
 * In parallel, one poll and at most one sending are under way; in series, one
 * request. The first is tried, and the second kept to once a server has
 * refused it. What is in doubt is repeated byte by byte, once; everything else
 * ends the session. What bodies mean is not known here.
 *
 * wiki.dequis.org, projects/msn/msnp24/traffic-analysis; the rest is defined
 * by this project. */

#include "im-host.h"
#include "im-reader.h"

typedef struct _MsnwebGateway MsnwebGateway;

/** How a gateway session ended, if not by us. */
typedef enum
{
  MSNWEB_END_CLOSED,     /* in order, by the server, all was read */
  MSNWEB_END_LOST,       /* see problem */
  MSNWEB_END_REFUSED,    /* our cookies were (401, 403) */
  MSNWEB_END_NO_GATEWAY, /* there is none where it should be (404, 410) */
  MSNWEB_END_SERIAL,     /* lost, because two requests at once are one too
                            many: from now on there is one. Open it again */
} MsnwebEnd;

/**
 * MsnwebGatewayHandlers:
 * @opened: a session was opened; what came with it follows
 * @take: what to send next, at most @max bytes but for a single command.
 *   Returns: (transfer full) (nullable): the body of a request, %NULL if
 *   nothing waits
 * @read: commands came: takes some of them from @reader, which is then called
 *   again in another turn of the main loop. Returns %FALSE with @error if the
 *   rest cannot be read, which ends the session
 * @too_large: what was taken last is too large for the server (413)
 * @ended: the session is over; @detail may be %NULL
 */
typedef struct
{
  void (*opened) (gpointer user);
  GBytes *(*take) (gpointer user, gsize max);
  gboolean (*read) (gpointer user, ImReader *reader, GError **error);
  void (*too_large) (gpointer user);
  void (*ended) (gpointer user, MsnwebEnd end, ImProblem problem,
                 const char *detail);
} MsnwebGatewayHandlers;

/**
 * MsnwebGatewayConfig:
 * @url: where it is: scheme, host, port
 * @domains: (nullable): parent domains sessions may be moved to
 * @cookies: our cookies are what signs us in
 * @serial: never two requests at once
 */
typedef struct
{
  const char *url;
  const char *const *domains;
  gboolean cookies;
  gboolean serial;
} MsnwebGatewayConfig;

/** Returns: (transfer full): a gateway without a session. @host, @handlers and
 * @user must outlive it; @config is copied */
MsnwebGateway *msnweb_gateway_new (ImHost *host,
                                   const MsnwebGatewayConfig *config,
                                   const MsnwebGatewayHandlers *handlers,
                                   gpointer user);
/** (nullable) (transfer full): quietly. Not from inside a handler. */
void msnweb_gateway_free (MsnwebGateway *gateway);

/**
 * msnweb_gateway_open:
 * @gateway: a gateway
 * @where: (nullable): host and maybe port a server named, or %NULL for the
 *   settings' own
 *
 * Forgets the last session and begins another, with what @take gives.
 *
 * Returns: %FALSE if a session may not be moved there; nothing has changed
 */
gboolean msnweb_gateway_open (MsnwebGateway *gateway, const char *where);
/** There is something to send: it leaves with all that is said in this turn of
 * the main loop. */
void msnweb_gateway_kick (MsnwebGateway *gateway);
/** Forgets the session, quietly. */
void msnweb_gateway_drop (MsnwebGateway *gateway);
/** Forgets the session after last words, of which nobody hears what became. */
void msnweb_gateway_leave (MsnwebGateway *gateway, GBytes *body);
/** Whether a session was opened and not lost. */
gboolean msnweb_gateway_is_open (const MsnwebGateway *gateway);
/** Returns: (transfer none) (nullable): our name on Skype, as the server that
 * opened the session said */
const char *msnweb_gateway_skype_id (const MsnwebGateway *gateway);
