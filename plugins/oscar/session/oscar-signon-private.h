#pragma once

/* What the files of the sign-on share: each method has its own, and ends in
 * oscar_signon_finish(). Nobody else includes this. */

#include "oscar-bucp.h"
#include "oscar-session-private.h"

/* oscar-signon.c */

/** Starts the clocks of the sign-on; not before a link is open, since a person
 * may be looking at a certificate until then. */
void oscar_signon_start_clock (OscarSession *session);

/** Ends the session for a problem at the sign-in server. */
void oscar_signon_fail (OscarSession *session, ImProblem problem,
                        const char *detail);

/** The same, for bytes that cannot be read: @what says which. */
void oscar_signon_fail_protocol (OscarSession *session, const char *what,
                                 const GError *error);

/** Where every method ends: goes to the session's server with the cookie, or
 * tells the user of the refusal. @default_port counts where the reply names
 * none; 0 is that of the sign-in server. */
void oscar_signon_finish (OscarSession *session, const OscarLoginReply *reply,
                          guint16 default_port);

/** The same for the TLVs of 17/03 or of a SIGNOFF. */
void oscar_signon_handle_reply (OscarSession *session, const ImReader *body);

/** What a method does with the code the user gave. */
typedef void (*OscarSignonCode) (OscarSession *session, const ImSecret *code);

/** Asks the user for a one-time code, as long as they take; ends the session
 * if they have none, or were asked too often. */
void oscar_signon_prompt (OscarSession *session, ImPrompt kind,
                          const char *text, OscarSignonCode answer);

/* For the handlers of the methods that speak FLAP. */
void oscar_signon_on_signon (gpointer user, OscarConn *conn);
void oscar_signon_on_signoff (gpointer user, OscarConn *conn, ImReader *body);
void oscar_signon_on_closed (gpointer user, OscarConn *conn,
                             const GError *error);

/* oscar-signon-place.c */

/** Reads host, host:port, [v6], [v6]:port, or a bare IPv6 address. */
gboolean oscar_signon_parse_address (const char *text, guint16 default_port,
                                     OscarAddress *ret);

/* oscar-signon-http.c */

/** What a method does with a web answer that came. */
typedef void (*OscarSignonAnswer) (OscarSession *session,
                                   const ImHttpResponse *response);

/** Turns to @url as the sign-in server; ends the session if the settings do
 * not allow that, or it is none. */
gboolean oscar_signon_use_url (OscarSession *session, const char *url);

/** Sends @request, which carries a credential, to the sign-in server; what
 * keeps an answer from coming ends the session. */
void oscar_signon_fetch (OscarSession *session, ImHttpRequest *request,
                         OscarSignonAnswer answer);

/** Whether @response is of @type, whatever parameters follow that. */
gboolean oscar_signon_is_type (const ImHttpResponse *response,
                               const char *type);

/** Ends the session for an answer that is not what a sign-in server says. */
void oscar_signon_fail_http (OscarSession *session,
                             const ImHttpResponse *response);

/** Returns: (transfer full): the bytes written, which wipe themselves */
GBytes *oscar_signon_secret_bytes (ImWriter *writer);

/* oscar-signon-uas.c */

void oscar_signon_uas_start (OscarSession *session);

/* oscar-signon-web.c */

void oscar_signon_web_start (OscarSession *session);

/** What statusCode and statusDetailCode of clientLogin mean, or of
 * startOSCARSession if @in_session. @retry_after is set for those that name a
 * time without saying so. */
ImProblem oscar_signon_web_problem (guint status, guint detail,
                                    gboolean in_session, guint *retry_after);

/* oscar-signon-bucp.c, oscar-signon-flap.c */

extern const OscarConnHandlers oscar_signon_bucp_handlers;
extern const OscarConnHandlers oscar_signon_flap_handlers;
