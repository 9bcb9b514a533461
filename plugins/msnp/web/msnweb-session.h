#pragma once

/* One signed-on MSN user over the web gateway ("Protocol=mtp"): from the
 * sign-in page to the last poll.
 *
 * The session does no I/O and knows no libpurple. It asks its #ImHost for HTTP
 * requests and timers, and reports in #ImEvent. People are named by full
 * addresses of the network ("8:live:bob", "1:carol@example.com"), and
 * conversations of several by theirs ("19:...@thread.skype"). Sign-on is drawn
 * in msnweb-ladder.c.
 *
 * What is [PD] in comments is defined by this project, because no public
 * document says how it was. */

#include <glib.h>
#include "im-event.h"
#include "im-host.h"
#include "im-secret.h"
#include "im-text.h"

typedef struct _MsnwebSession MsnwebSession;

/** What the gateway is shown for a proof. */
typedef enum
{
  MSNWEB_AUTH_COOKIES, /* of the sign-in pages */
  MSNWEB_AUTH_TICKET,  /* of RST2, and no cookies */
} MsnwebAuth;

/** Deviations from the usual behaviour, each named for who needs it. A bit
 * mask, filled from the preset's "quirks". */
typedef enum
{
  MSNWEB_QUIRK_NONE = 0,
  /* Never two requests at once, as gateways before 2012 wanted it. The
   * session finds out by itself at the price of one lost gateway session. */
  MSNWEB_QUIRK_SERIAL = 1 << 0,
  /* No PNG: for gateways that answer it with an HTTP error. */
  MSNWEB_QUIRK_NO_PING = 1 << 1,
  /* Tells the server the list although there is a directory service: for
   * servers that know nobody's list by themselves. */
  MSNWEB_QUIRK_CONTACTS = 1 << 2,
} MsnwebQuirks;

/**
 * MsnwebConfig:
 * @address: e-mail address of the account as the user typed it
 * @password: (nullable): the password, never cut
 * @gateway: where the gateway is: scheme, host, port; no path
 * @login: where the sign-in pages are, in the same form
 * @uic: (nullable): where a uic is asked for, in the same form
 * @roster: (nullable): the directory service, in the same form
 * @rst: (nullable): the token service of %MSNWEB_AUTH_TICKET, a whole URL
 * @domains: (nullable): parent domains the gateway may move sessions to,
 *   ending with %NULL
 * @auth: see #MsnwebAuth
 * @plain: http is allowed to other hosts than loopback too ("off")
 * @quirks: deviations this network needs
 * @machine: this place: a GUID in braces, the same at every sign-on
 * @place_name: what this place is called for our other places
 * @caches: (nullable): asked with the names of %IM_EVENT_CACHE; returns
 *   (transfer full) (nullable) what they last carried. Called from
 *   msnweb_session_new() only
 * @cache_user: handed to @caches
 * @nick: (nullable): our display name
 * @status: state to sign on with
 * @message: (nullable): its personal message
 * @buddies: (nullable): who is on the list kept on this computer, ending with
 *   %NULL
 *
 * Everything a session needs to know. Copied by msnweb_session_new().
 */
typedef struct
{
  const char *address;
  ImSecret *password;
  const char *gateway;
  const char *login;
  const char *uic;
  const char *roster;
  const char *rst;
  const char *const *domains;
  MsnwebAuth auth;
  gboolean plain;
  MsnwebQuirks quirks;
  const char *machine;
  const char *place_name;
  GBytes *(*caches) (gpointer user, const char *name);
  gpointer cache_user;
  const char *nick;
  ImStatus status;
  const ImText *message;
  const char *const *buddies;
} MsnwebConfig;

/**
 * msnweb_session_new:
 * @host: who does the I/O; must outlive the session
 * @config: settings, copied
 *
 * Returns: (transfer full): a session that has not begun yet
 */
MsnwebSession *msnweb_session_new (ImHost *host, const MsnwebConfig *config);

/**
 * msnweb_session_start:
 * @session: a new session
 *
 * Begins to sign on. Events follow, %IM_EVENT_CLOSED at the latest.
 */
void msnweb_session_start (MsnwebSession *session);

/**
 * msnweb_session_free:
 * @session: (nullable) (transfer full): a session in any state
 *
 * Signs off in order if signed on (the goodbye is a farewell request), cancels
 * every request and timer and frees everything. Reports nothing. Not from
 * inside an event.
 */
void msnweb_session_free (MsnwebSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnwebSession, msnweb_session_free)

/** Whether the session is signed on for the user; also while a lost gateway
 * session is being replaced. */
gboolean msnweb_session_is_online (const MsnwebSession *session);

/* Commands. Those about other people and the list are quietly ignored before
 * %IM_EVENT_ONLINE; messages then fail with an %IM_EVENT_DELIVERY. */

/* What others see of us. */

/** Takes on @status, with @message (nullable) as the personal message. */
void msnweb_session_set_status (MsnwebSession *session, ImStatus status,
                                const ImText *message);
/** Says that we have been idle for @seconds; 0 is back again. */
void msnweb_session_set_idle (MsnwebSession *session, guint seconds);
/** Changes our display name; an empty one is ignored. %IM_EVENT_ACCOUNT tells
 * the outcome. */
void msnweb_session_set_nick (MsnwebSession *session, const char *nick);

/** Tells what is known of @who: an %IM_EVENT_PROFILE. */
void msnweb_session_get_info (MsnwebSession *session, const char *who);

/* Talking. */

/**
 * msnweb_session_send_message:
 * @session: a session
 * @to: recipient
 * @text: what to say. Style is sent as far as all of it looks the same
 *
 * Sends, in as many pieces as it takes. Whatever becomes of it is reported
 * once in %IM_EVENT_DELIVERY, which can come before this returns. It is never
 * sent again by itself: what stays unanswered is %IM_DELIVERY_UNKNOWN.
 *
 * Returns: an id, or 0 if @text is too long for one message
 */
guint msnweb_session_send_message (MsnwebSession *session, const char *to,
                                   const ImText *text);
/** Tells @to whether the user is typing. The host repeats %IM_TYPING_TYPING
 * every few seconds. */
void msnweb_session_send_typing (MsnwebSession *session, const char *to,
                                 ImTyping state);
/** Nudges @to. Returns %FALSE if it cannot be sent: offline, or too soon. */
gboolean msnweb_session_send_nudge (MsnwebSession *session, const char *to);

/* Conversations of several (threads). They have numbers of the session's, as
 * rooms do; commands about one we are not in are ignored. */

/**
 * msnweb_session_start_chat:
 * @session: a session
 *
 * Makes a conversation of several with ourselves alone, into which people are
 * invited. %IM_EVENT_CHAT_JOINED or %IM_EVENT_CHAT_FAILED follows.
 *
 * Returns: its number, or 0 if we are not online
 */
guint msnweb_session_start_chat (MsnwebSession *session);
/** The same with @who in it from the start. */
guint msnweb_session_widen_talk (MsnwebSession *session, const char *who);
/** Adds @who; a refusal is an %IM_EVENT_CHAT_REFUSED. */
void msnweb_session_invite (MsnwebSession *session, guint chat,
                            const char *who);
/** Leaves @chat for good: others see it. */
void msnweb_session_leave_chat (MsnwebSession *session, guint chat);
/** Removes @who, which administrators may; a refusal is an
 * %IM_EVENT_CHAT_REFUSED. */
void msnweb_session_kick (MsnwebSession *session, guint chat,
                          const char *who);
/** Returns %FALSE if @text is too long or we are not in @chat. What is said
 * comes back as %IM_EVENT_CHAT_MESSAGE. */
gboolean msnweb_session_say_in_chat (MsnwebSession *session, guint chat,
                                     const ImText *text);
/** Changes what @chat is about; a refusal is an %IM_EVENT_CHAT_REFUSED. */
void msnweb_session_set_topic (MsnwebSession *session, guint chat,
                               const char *topic);
/** Enters again the chat named @name ("19:..."), of which we are a member
 * already; nobody can join one without being added. %IM_EVENT_CHAT_JOINED or
 * %IM_EVENT_CHAT_FAILED follows. Returns: its number, or 0 if we are not
 * online */
guint msnweb_session_open_chat (MsnwebSession *session, const char *name);

/* The list. No server keeps what is changed here: it is kept on this computer
 * only [PD]. */

/** Tells the server for this session that @who is on the list. @group, @alias
 * and @words (nullable) go nowhere. */
void msnweb_session_add_buddy (MsnwebSession *session, const char *who,
                               const char *group, const char *alias,
                               const char *words);
/** The same for @who, who is not any more in any group. */
void msnweb_session_remove_buddy (MsnwebSession *session, const char *who,
                                  const char *group);
/** Answers an %IM_EVENT_AUTH_REQUEST of @who: granted, they are told to the
 * server as by msnweb_session_add_buddy(); else nothing is sent. */
void msnweb_session_reply_auth (MsnwebSession *session, const char *who,
                                gboolean grant);

/* Other places. */

/** Signs off the other places of this account. */
void msnweb_session_sign_off_places (MsnwebSession *session);
/** Returns: how many other places are signed on */
guint msnweb_session_n_places (const MsnwebSession *session);

/**
 * msnweb_address_normalize:
 * @address: an address, perhaps without the number of its network
 *
 * "bob@x" becomes "1:bob@x", "live:bob" becomes "8:live:bob"; a known number
 * in front stays; parameters behind ";" go.
 *
 * Returns: (transfer full): the form to compare, in lower case
 */
char *msnweb_address_normalize (const char *address);

/** The same into @ret, cut to @size - 1 bytes. */
void msnweb_address_fold (const char *address, char *ret, gsize size);
