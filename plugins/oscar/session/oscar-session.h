#pragma once

/* One signed-on AIM or ICQ user: from the sign-in server to the last FLAP.
 *
 * The session does no I/O and knows no libpurple. It asks its #ImHost for
 * links and timers, is driven by what happens on them and by the commands
 * below, and reports in #ImEvent. Sign-on is drawn in oscar-signon.h. */

#include <glib.h>
#include "im-event.h"
#include "im-host.h"
#include "im-secret.h"
#include "im-text.h"

typedef struct _OscarSession OscarSession;

/** How the user proves who they are. */
typedef enum
{
  OSCAR_SIGNON_AUTO,        /* what the network's preset prefers */
  OSCAR_SIGNON_MD5,         /* BUCP, strong digest */
  OSCAR_SIGNON_MD5_WEAK,    /* BUCP, digest of the early servers */
  OSCAR_SIGNON_ROASTED,     /* the password itself, barely hidden */
  OSCAR_SIGNON_KERBEROS,    /* UAS: one request over HTTPS */
  OSCAR_SIGNON_WEB,         /* clientLogin: two requests over HTTPS */
} OscarSignonMethod;

/** What the settings say of encryption; nothing undoes it silently. */
typedef enum
{
  OSCAR_SECURITY_REQUIRED,
  OSCAR_SECURITY_OPTIONAL,
  OSCAR_SECURITY_OFF,
} OscarSecurity;

/** Deviations from the usual behaviour, each named for who needs it. A bit
 * mask, filled from the preset's "quirks". */
typedef enum
{
  OSCAR_QUIRK_NONE = 0,
  /* Waits for the server's signon, host-online and version frames before the
   * next step. AOL's documents ask for it; servers proven to take everything
   * in one flight (Open OSCAR Server) do not need it. */
  OSCAR_QUIRK_LOCK_STEP = 1 << 0,
  /* The token of clientLogin is the cookie of the session, in base64, for the
   * sign-in server's own port. Open OSCAR Server of July 2026 needs it: it has
   * another service where startOSCARSession should be
   * (github.com/mk6i/open-oscar-server, server/webapi/handlers). Found out
   * from what that service says; the quirk saves asking. */
  OSCAR_QUIRK_TOKEN_IS_COOKIE = 1 << 1,
  /* Keeps sessions at the address where it signs people on, as Open OSCAR
   * Server does unless set up otherwise: even a first sign-on can connect
   * there ahead of time. */
  OSCAR_QUIRK_ONE_ADDRESS = 1 << 2,
} OscarQuirks;

/**
 * OscarConfig:
 * @name: screen name, UIN or e-mail address as the user typed it
 * @password: the password
 * @icq: this is an ICQ account: plain text, ICQ identification
 * @server: host of the sign-in server
 * @port: its port
 * @security: whether links must, may or must not be encrypted
 * @tls_domains: (nullable): host names or parent domains, ending with %NULL,
 *   a redirect's certificate may be for besides @server
 * @signon: the sign-on to use
 * @web_url: (nullable): where the sign-ons over HTTPS are: an absolute URL,
 *   encrypted unless @security is off
 * @session_url: (nullable): where the session of clientLogin is asked for, if
 *   not at @web_url
 * @web_key: (nullable): the developer key to name there
 * @quirks: deviations this network needs
 * @charset: encoding of unlabelled text from old clients, as iconv names it
 * @client_name: what to call ourselves to the server
 * @alone: other sessions of the account are to end; the sign-ons over HTTPS
 *   have no way to say so
 * @list_cache: (nullable): what the last %IM_EVENT_CACHE "list" carried
 * @home: (nullable): what the last %IM_EVENT_CACHE "home" carried: the
 *   address the last sign-on was sent to, connected to ahead of time
 * @status: state to sign on with
 * @status_text: (nullable): its text
 * @profile: (nullable): what to publish about ourselves
 *
 * Everything a session needs to know. Copied by oscar_session_new().
 */
typedef struct
{
  const char *name;
  ImSecret *password;
  gboolean icq;
  const char *server;
  guint16 port;
  OscarSecurity security;
  const char *const *tls_domains;
  OscarSignonMethod signon;
  const char *web_url;
  const char *session_url;
  const char *web_key;
  OscarQuirks quirks;
  const char *charset;
  const char *client_name;
  gboolean alone;
  GBytes *list_cache;
  GBytes *home;
  ImStatus status;
  const ImText *status_text;
  const ImText *profile;
} OscarConfig;

/**
 * oscar_session_new:
 * @host: who does the I/O; must outlive the session
 * @config: settings, copied
 *
 * Returns: (transfer full): a session that has not begun yet
 */
OscarSession *oscar_session_new (ImHost *host, const OscarConfig *config);

/**
 * oscar_session_start:
 * @session: a new session
 *
 * Begins to sign on. Events follow, %IM_EVENT_CLOSED at the latest.
 */
void oscar_session_start (OscarSession *session);

/**
 * oscar_session_free:
 * @session: (nullable) (transfer full): a session in any state
 *
 * Signs off in order if signed on, closes every link, cancels every timer and
 * frees everything. Reports nothing. Not from inside an event: whoever wants
 * to go then stops listening and frees later.
 */
void oscar_session_free (OscarSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OscarSession, oscar_session_free)

/**
 * oscar_session_answer_prompt:
 * @session: a session that reported %IM_EVENT_PROMPT
 * @answer: (nullable): what the user typed; %NULL if they do not want to
 *
 * Goes on with the sign-on, or ends it. Ignored if nothing is asked.
 */
void oscar_session_answer_prompt (OscarSession *session, const char *answer);

/* Commands. Those about other people and the list are quietly ignored before
 * %IM_EVENT_ONLINE; messages then fail with an %IM_EVENT_DELIVERY. */

typedef enum
{
  OSCAR_SEND_AUTO_REPLY = 1 << 0,
} OscarSendFlags;

/**
 * oscar_session_send_message:
 * @session: a session
 * @to: recipient
 * @text: what to say
 * @flags: how
 *
 * Sends, or holds until the server's rate limit allows it. Whatever becomes
 * of it is reported in %IM_EVENT_DELIVERY, which can come before this returns;
 * a message that is too long is refused on the spot.
 *
 * Returns: an id, or 0 if @text is too long for one message
 */
guint oscar_session_send_message (OscarSession *session, const char *to,
                                  const ImText *text, OscarSendFlags flags);

/** Asks in how many places we are signed on: %IM_NOTICE_PLACES. */
void oscar_session_ask_places (OscarSession *session);

/** Tells @to whether the user is typing. */
void oscar_session_send_typing (OscarSession *session, const char *to,
                                ImTyping state);

/**
 * oscar_session_set_status:
 * @session: a session
 * @status: the state to be in; %IM_STATUS_OFFLINE is not one
 * @text: (nullable): away text, or available message
 */
void oscar_session_set_status (OscarSession *session, ImStatus status,
                               const ImText *text);

/** Tells the server we have been idle for @seconds; 0 is back again. */
void oscar_session_set_idle (OscarSession *session, guint seconds);

/** Says how the user feels (ICQ's X-Status): a word of %IM_EVENT_MOOD, and
 * the title and text that go with it. All may be %NULL; without a title the
 * word is one. */
void oscar_session_set_mood (OscarSession *session, const char *mood,
                             const char *title, const char *text);

/**
 * oscar_session_set_encoding:
 * @session: a session
 * @who: an ICQ user
 * @charset: (nullable): the encoding their client uses, as iconv names it;
 *   %NULL for the account's
 *
 * Text to @who is sent in it where it can be.
 */
void oscar_session_set_encoding (OscarSession *session, const char *who,
                                 const char *charset);

/** Publishes what the user says about themselves; %NULL publishes nothing. */
void oscar_session_set_profile (OscarSession *session, const ImText *profile);

/** Asks for profile and away text of @who; %IM_EVENT_PROFILE answers. */
void oscar_session_get_info (OscarSession *session, const char *who);

/**
 * oscar_session_search:
 * @session: a session
 * @fields: what is known of whom is looked for: a number as %IM_FIELD_NAME,
 *   or an e-mail address, or names and more; empty ones do not count
 * @n_fields: how many
 *
 * Searches ICQ's white pages, or AIM's directory, which knows nobody by
 * number; %IM_EVENT_FOUND answers.
 */
void oscar_session_search (OscarSession *session, const ImField *fields,
                           guint n_fields);

/** Asks what white pages or directory say of ourselves: an %IM_EVENT_PROFILE
 * whose own is set answers. */
void oscar_session_get_own_fields (OscarSession *session);
/** Changes that. Fields not named stay on ICQ, and go on AIM; an empty value
 * clears a field. */
void oscar_session_set_own_fields (OscarSession *session,
                                   const ImField *fields, guint n_fields);

/* The server-stored list. Each command changes the session's copy at once and
 * sends the edit; a refusal is taken back and reported in
 * %IM_EVENT_LIST_ERROR. Names match without regard to case and spaces,
 * group names exactly. */
void oscar_session_add_buddy (OscarSession *session, const char *who,
                              const char *group, const char *alias);
void oscar_session_remove_buddy (OscarSession *session, const char *who,
                                 const char *group);
void oscar_session_move_buddy (OscarSession *session, const char *who,
                               const char *from, const char *to);
/** Sets the alias wherever @who stands; %NULL or "" removes it. */
void oscar_session_alias_buddy (OscarSession *session, const char *who,
                                const char *alias);
void oscar_session_rename_group (OscarSession *session, const char *from,
                                 const char *to);
void oscar_session_remove_group (OscarSession *session, const char *group);

void oscar_session_set_privacy (OscarSession *session, ImPrivacyMode mode);
void oscar_session_permit (OscarSession *session, const char *who,
                           gboolean listed);
void oscar_session_deny (OscarSession *session, const char *who,
                         gboolean listed);

/** Asks @who to be allowed to see them (ICQ). */
void oscar_session_request_auth (OscarSession *session, const char *who,
                                 const char *reason);
/** Lets @who see us before they ask (ICQ). */
void oscar_session_authorize_ahead (OscarSession *session, const char *who);
/** Puts @who on the list of those whose messages are dropped (ICQ), or takes
 * them off it. */
void oscar_session_ignore (OscarSession *session, const char *who,
                           gboolean listed);
/** Whether @who stands on that list. */
gboolean oscar_session_ignores (const OscarSession *session, const char *who);
/** Answers such a request of @who. */
void oscar_session_reply_auth (OscarSession *session, const char *who,
                               gboolean grant, const char *reason);

/** Warns @who, by our name or anonymously; an %IM_EVENT_NOTICE tells what came
 * of it. */
void oscar_session_warn (OscarSession *session, const char *who,
                         gboolean anonymous);

/* Chat rooms. Rooms have numbers of the session's; commands about a room one
 * is not in are ignored. */

/**
 * oscar_session_join_room:
 * @session: a session
 * @exchange: 4 for rooms of users, 5 for those of the operator
 * @name: what the room is called; made if it does not exist
 *
 * %IM_EVENT_CHAT_JOINED or %IM_EVENT_CHAT_FAILED follows.
 *
 * Returns: the room's number, or 0 if we are not online
 */
guint oscar_session_join_room (OscarSession *session, guint16 exchange,
                               const char *name);

/** The same for an %IM_EVENT_CHAT_INVITE with that @name and @key; also 0 if
 * @key is none. */
guint oscar_session_join_invited (OscarSession *session, const char *name,
                                  const char *key);
void oscar_session_leave_room (OscarSession *session, guint chat);

/**
 * oscar_session_say_in_room:
 * @session: a session
 * @chat: a room
 * @text: what to say
 * @whisper_to: (nullable): to whom alone
 *
 * What is said to all comes back as %IM_EVENT_CHAT_MESSAGE.
 *
 * Returns: %FALSE if it could not be sent: too long, or not in the room
 */
gboolean oscar_session_say_in_room (OscarSession *session, guint chat,
                                    const ImText *text,
                                    const char *whisper_to);
void oscar_session_invite_to_room (OscarSession *session, guint chat,
                                   const char *who, const char *words);

/* Icons. %IM_EVENT_ICON says who has which. */

/** Fetches the picture of @who that was reported last; an %IM_EVENT_ICON brings
 * it, if there is one. */
void oscar_session_fetch_icon (OscarSession *session, const char *who);

/**
 * oscar_session_set_icon:
 * @session: a signed-on session
 * @picture: (nullable): our own icon, %NULL to have none
 *
 * Says in the list which icon is ours, and gives the picture to the server
 * when it asks for it. What is longer than %IM_MAX_OWN_ICON is ignored.
 */
void oscar_session_set_icon (OscarSession *session, GBytes *picture);

/* The account itself. %IM_EVENT_ACCOUNT tells the outcome of each. */

/** Writes our name with other spaces and capitals; it stays the same. */
void oscar_session_format_name (OscarSession *session, const char *name);
void oscar_session_change_email (OscarSession *session, const char *address);
/** Asks which address the account has. */
void oscar_session_ask_email (OscarSession *session);
void oscar_session_change_password (OscarSession *session, ImSecret *old,
                                    ImSecret *fresh);
/** Asks for the mail with which a new account is confirmed. */
void oscar_session_confirm_account (OscarSession *session);
/** Whether nobody on the way can read what is sent: services are asked for
 * as the session itself is connected. */
gboolean oscar_session_is_encrypted (const OscarSession *session);

/** Whether the session is signed on. */
gboolean oscar_session_is_online (const OscarSession *session);

/**
 * oscar_name_equal:
 * @a: a name
 * @b: another
 *
 * Returns: whether both are the same account: ASCII case and spaces aside
 */
gboolean oscar_name_equal (const char *a, const char *b);

/**
 * oscar_name_normalize:
 * @name: a name
 *
 * Returns: (transfer full): the form to compare and to hash: no spaces,
 *   ASCII lower case
 */
char *oscar_name_normalize (const char *name);

/** Returns: whether @name names anybody: it is not empty or all spaces */
gboolean oscar_name_is_usable (const char *name);

/**
 * oscar_name_normalize_into:
 * @name: a name
 * @ret: (out): where the same form goes, with a NUL
 * @size: room there, in bytes; what does not fit is cut off
 */
void oscar_name_normalize_into (const char *name, char *ret, gsize size);
