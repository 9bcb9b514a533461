#pragma once

/* One signed-on MSN user: from the dispatch server to the last switchboard.
 *
 * The session does no I/O and knows no libpurple. It asks its #ImHost for
 * links, HTTP requests and timers, is driven by what happens on them and by
 * the commands below, and reports in #ImEvent. People are named by their
 * address in lower case. Sign-on is drawn in msnp-ladder.c. */

#include <glib.h>
#include "im-event.h"
#include "im-host.h"
#include "im-secret.h"
#include "im-text.h"

typedef struct _MsnpSession MsnpSession;

/** What the settings say of encryption of what carries passwords, tickets and
 * the list; the links of MSNP itself have none anywhere. */
typedef enum
{
  MSNP_SECURITY_REQUIRED, /* services over https only */
  MSNP_SECURITY_OPTIONAL, /* as their URLs say */
  MSNP_SECURITY_OFF,      /* http: for servers on the own machine */
} MsnpSecurity;

/** How the servers are reached. */
typedef enum
{
  MSNP_CONNECTION_DIRECT,
  MSNP_CONNECTION_HTTP,            /* through the polling gateway */
  MSNP_CONNECTION_HTTP_IF_BLOCKED, /* so, if their port cannot be reached */
} MsnpConnection;

/** What other places of the same account are to do. */
typedef enum
{
  MSNP_PLACES_KEEP,     /* stay signed on, where the version allows it */
  MSNP_PLACES_SIGN_OFF,
} MsnpPlaces;

/** Deviations from the usual behaviour, each named for who needs it. A bit
 * mask, filled from the preset's "quirks". */
typedef enum
{
  MSNP_QUIRK_NONE = 0,
  /* Waits for each answer of the notification server before the next step.
   * Microsoft's documents draw it so; Escargot takes what is sent in one
   * flight. */
  MSNP_QUIRK_LOCK_STEP = 1 << 0,
} MsnpQuirks;

/**
 * MsnpServices:
 * @nexus: where Passport 1.4 asks for its sign-in address
 * @rst: where tickets of Passport 3.0 come from
 * @address_book: ABFindAll and the edits
 * @sharing: FindMembership and the edits
 * @oim: reading and deleting offline messages
 * @oim_store: sending them
 * @gateway: the polling gateway, up to and with "gateway.dll"
 *
 * The service map: absolute URLs, each %NULL where the network has none.
 */
typedef struct
{
  const char *nexus;
  const char *rst;
  const char *address_book;
  const char *sharing;
  const char *oim;
  const char *oim_store;
  const char *gateway;
} MsnpServices;

/**
 * MsnpConfig:
 * @address: e-mail address of the account as the user typed it
 * @password: the password, never cut
 * @server: host of the dispatch or notification server
 * @port: its port
 * @security: see #MsnpSecurity
 * @domains: (nullable): host names or parent domains, ending with %NULL,
 *   servers and services may be redirected to besides the hosts named here
 * @version: the only version to offer, or 0: 18, 15 and 12, whichever the
 *   server takes
 * @connection: how the servers are reached
 * @places: what happens to other places, from version 16
 * @machine: this place: a GUID in braces, the same at every sign-on
 * @services: where the rest is
 * @quirks: deviations this network needs
 * @list_cache: (nullable): what the last %IM_EVENT_CACHE "list" carried
 * @home: (nullable): what the last %IM_EVENT_CACHE "home" carried
 * @shown: (nullable): what the last %IM_EVENT_CACHE "shown" carried
 * @nick: (nullable): our display name, if the user chose one here
 * @place_name: what this place is called for our other places
 * @status: state to sign on with
 * @message: (nullable): its personal message
 *
 * Everything a session needs to know. Copied by msnp_session_new().
 */
typedef struct
{
  const char *address;
  ImSecret *password;
  const char *server;
  guint16 port;
  MsnpSecurity security;
  const char *const *domains;
  guint version;
  MsnpConnection connection;
  MsnpPlaces places;
  const char *machine;
  MsnpServices services;
  MsnpQuirks quirks;
  GBytes *list_cache;
  GBytes *home;
  GBytes *shown;
  const char *nick;
  const char *place_name;
  ImStatus status;
  const ImText *message;
} MsnpConfig;

/**
 * msnp_session_new:
 * @host: who does the I/O; must outlive the session
 * @config: settings, copied
 *
 * Returns: (transfer full): a session that has not begun yet
 */
MsnpSession *msnp_session_new (ImHost *host, const MsnpConfig *config);

/**
 * msnp_session_start:
 * @session: a new session
 *
 * Begins to sign on. Events follow, %IM_EVENT_CLOSED at the latest.
 */
void msnp_session_start (MsnpSession *session);

/**
 * msnp_session_free:
 * @session: (nullable) (transfer full): a session in any state
 *
 * Signs off in order if signed on, closes every link, cancels every request
 * and timer and frees everything. Reports nothing. Not from inside an event.
 */
void msnp_session_free (MsnpSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnpSession, msnp_session_free)

/** Whether the session is signed on. */
gboolean msnp_session_is_online (const MsnpSession *session);

/** Returns: the version spoken, or 0 before that is known */
guint msnp_session_version (const MsnpSession *session);

/* Commands. Those about other people and the list are quietly ignored before
 * %IM_EVENT_ONLINE; messages then fail with an %IM_EVENT_DELIVERY. */

/* What others see of us. */

/** Takes on @status, with @message (nullable) as the personal message. */
void msnp_session_set_status (MsnpSession *session, ImStatus status,
                              const ImText *message);
/** Says that we have been idle for @seconds; 0 is back again. */
void msnp_session_set_idle (MsnpSession *session, guint seconds);
/** Says what plays; all %NULL when nothing does. */
void msnp_session_set_media (MsnpSession *session, const char *title,
                             const char *artist, const char *album);
/** Changes our display name; an empty one is ignored. %IM_EVENT_ACCOUNT tells
 * the outcome. */
void msnp_session_set_nick (MsnpSession *session, const char *nick);

/** The telephone numbers a list may carry. */
typedef enum
{
  MSNP_PHONE_HOME,   /* PHH */
  MSNP_PHONE_WORK,   /* PHW */
  MSNP_PHONE_MOBILE, /* PHM */
} MsnpPhone;

/** Publishes a telephone number of ours; %NULL or "" removes it. */
void msnp_session_set_phone (MsnpSession *session, MsnpPhone phone,
                             const char *number);
/** Returns: (transfer none) (nullable): a telephone number of ours */
const char *msnp_session_phone (const MsnpSession *session, MsnpPhone phone);
/** Whether the version spoken carries telephone numbers. */
gboolean msnp_session_has_phones (const MsnpSession *session);

/** Tells what is known of @who: an %IM_EVENT_PROFILE. */
void msnp_session_get_info (MsnpSession *session, const char *who);

/* Talking. */

/**
 * msnp_session_send_message:
 * @session: a session
 * @to: recipient
 * @text: what to say
 *
 * Sends, through a switchboard opened for it if need be, or as an offline
 * message. Whatever becomes of it is reported in %IM_EVENT_DELIVERY, which can
 * come before this returns.
 *
 * Returns: an id, or 0 if @text is too long for one message
 */
guint msnp_session_send_message (MsnpSession *session, const char *to,
                                 const ImText *text);
/** Tells @to whether the user is typing. Opens no switchboard for it. */
void msnp_session_send_typing (MsnpSession *session, const char *to,
                               ImTyping state);
/** Nudges @to. Returns %FALSE if it cannot be sent: offline, or too soon. */
gboolean msnp_session_send_nudge (MsnpSession *session, const char *to);
/** The user closed the conversation with @who: its switchboard may go. */
void msnp_session_close_talk (MsnpSession *session, const char *who);

/* Conversations of several. They have numbers of the session's, as rooms do;
 * commands about one we are not in are ignored. */

/**
 * msnp_session_start_chat:
 * @session: a session
 *
 * Opens an empty conversation of several, into which people are invited.
 * %IM_EVENT_CHAT_JOINED or %IM_EVENT_CHAT_FAILED follows.
 *
 * Returns: its number, or 0 if we are not online
 */
guint msnp_session_start_chat (MsnpSession *session);
/** Makes the conversation with @who one of several: the same, but @who is in
 * it. */
guint msnp_session_widen_talk (MsnpSession *session, const char *who);
void msnp_session_invite (MsnpSession *session, guint chat, const char *who);
void msnp_session_leave_chat (MsnpSession *session, guint chat);
/** Returns %FALSE if @text is too long or we are not in @chat. What is said
 * comes back as %IM_EVENT_CHAT_MESSAGE. */
gboolean msnp_session_say_in_chat (MsnpSession *session, guint chat,
                                   const ImText *text);

/* The server-stored list. Each command changes the session's copy at once and
 * sends the edit; a refusal is taken back and reported in
 * %IM_EVENT_LIST_ERROR. */

/** Adds @who to @group (made if need be), telling them @words (nullable). */
void msnp_session_add_buddy (MsnpSession *session, const char *who,
                             const char *group, const char *alias,
                             const char *words);
void msnp_session_remove_buddy (MsnpSession *session, const char *who,
                                const char *group);
void msnp_session_move_buddy (MsnpSession *session, const char *who,
                              const char *from, const char *to);
/** Sets the name the user gave @who; %NULL or "" removes it. Kept by servers
 * from version 13 on. */
void msnp_session_alias_buddy (MsnpSession *session, const char *who,
                               const char *alias);
void msnp_session_rename_group (MsnpSession *session, const char *from,
                                const char *to);
void msnp_session_remove_group (MsnpSession *session, const char *group);

/** %IM_PRIVACY_DENY_LISTED lets those not listed see us, and
 * %IM_PRIVACY_ALLOW_LISTED does not (BLP); there are no other modes. */
void msnp_session_set_privacy (MsnpSession *session, ImPrivacyMode mode);
void msnp_session_permit (MsnpSession *session, const char *who,
                          gboolean listed);
void msnp_session_deny (MsnpSession *session, const char *who,
                        gboolean listed);
/** Answers an %IM_EVENT_AUTH_REQUEST of @who. */
void msnp_session_reply_auth (MsnpSession *session, const char *who,
                              gboolean grant);
/** Asks the server to invite somebody without an account by e-mail. */
void msnp_session_invite_by_mail (MsnpSession *session, const char *address);

/* Other places. */

/** Signs off the other places of this account. */
void msnp_session_sign_off_places (MsnpSession *session);
/** Returns: how many other places are signed on */
guint msnp_session_n_places (const MsnpSession *session);

/**
 * msnp_session_mailbox_url:
 * @session: a session
 *
 * Returns: (transfer none) (nullable): the page of the account's mailbox, if
 *   the network has one
 */
const char *msnp_session_mailbox_url (const MsnpSession *session);

/**
 * msnp_address_normalize:
 * @address: an address
 *
 * Returns: (transfer full): the form to compare: lower case, no spaces
 *   around
 */
char *msnp_address_normalize (const char *address);

/** The same into @ret, cut to @size - 1 bytes. */
void msnp_address_fold (const char *address, char *ret, gsize size);
