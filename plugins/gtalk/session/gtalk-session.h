#pragma once

/* One signed-on user of Google Talk, or of any other XMPP server: from the SRV
 * record to the last stanza.
 *
 * The session does no I/O and knows no libpurple. It asks its #ImHost for
 * names, links, HTTP requests and timers, is driven by what happens on them
 * and by the commands below, and reports in #ImEvent. People are named by
 * their bare address; where one of several places is meant, by the full one.
 * Signing on is drawn in gtalk-negotiate.h. */

#include <glib.h>
#include "im-event.h"
#include "im-host.h"
#include "im-secret.h"
#include "im-text.h"

typedef struct _GtalkSession GtalkSession;

/** What the settings say of encryption; nothing undoes it silently. */
typedef enum
{
  GTALK_SECURITY_REQUIRED, /* STARTTLS, or TLS from the start by SRV record */
  GTALK_SECURITY_DIRECT,   /* TLS from the first byte */
  GTALK_SECURITY_OPTIONAL,
  GTALK_SECURITY_OFF,
} GtalkSecurity;

/** How the user proves who they are. */
typedef enum
{
  GTALK_SIGNIN_AUTO,   /* the strongest SASL mechanism there is */
  GTALK_SIGNIN_PLAIN,  /* PLAIN alone */
  GTALK_SIGNIN_TOKEN,  /* X-GOOGLE-TOKEN, after a token exchange over HTTPS */
  GTALK_SIGNIN_OAUTH2, /* X-OAUTH2: the password is a refresh token */
} GtalkSignin;

/** Deviations from the standards, each named for who needs it. A bit mask,
 * filled from the preset's "quirks". */
typedef enum
{
  GTALK_QUIRK_NONE = 0,
  /* Waits for each answer of the ladder before the next step. */
  GTALK_QUIRK_LOCK_STEP = 1 << 0,
  /* Speaks Google's dialect without having been told of it by the server's
   * features: shared status, roster attributes, settings, mail. */
  GTALK_QUIRK_GOOGLE = 1 << 1,
} GtalkQuirks;

/**
 * GtalkConfig:
 * @address: the account's address, maybe with a resource
 * @password: password, or refresh token
 * @resource: (nullable): what this place is called; the server chooses if
 *   %NULL
 * @server: (nullable): where to connect, instead of asking the domain's SRV
 *   records
 * @port: its port, or 0 for the usual one
 * @security: see #GtalkSecurity
 * @signin: see #GtalkSignin
 * @token_url: (nullable): the token service of X-GOOGLE-TOKEN: what comes
 *   before /ClientAuth and /IssueAuthToken
 * @oauth_url: (nullable): where a refresh token is exchanged
 * @client_id: (nullable): our name there
 * @client_secret: (nullable): what proves that it is ours
 * @domains: (nullable): names certificates may be for besides the address's
 *   domain (hosted domains), ending with %NULL
 * @quirks: deviations this network needs
 * @priority: of this place, -128 to 127
 * @caches: asked with the names of %IM_EVENT_CACHE; returns (transfer full)
 *   (nullable) what they last carried
 * @cache_user: handed to @caches
 * @client_name: what to call ourselves
 * @client_version: and our version
 * @status: state to sign on with
 * @status_text: (nullable): its text
 * @watch_mail: the user wants to be told of new mail
 *
 * Everything a session needs to know. Copied by gtalk_session_new().
 */
typedef struct
{
  const char *address;
  ImSecret *password;
  const char *resource;
  const char *server;
  guint16 port;
  GtalkSecurity security;
  GtalkSignin signin;
  const char *token_url;
  const char *oauth_url;
  const char *client_id;
  ImSecret *client_secret;
  const char *const *domains;
  GtalkQuirks quirks;
  int priority;
  GBytes *(*caches) (gpointer user, const char *name);
  gpointer cache_user;
  const char *client_name;
  const char *client_version;
  ImStatus status;
  const ImText *status_text;
  gboolean watch_mail;
} GtalkConfig;

/**
 * gtalk_session_new:
 * @host: who does the I/O; must outlive the session
 * @config: settings, copied; @caches is called from inside only
 *
 * Returns: (transfer full): a session that has not begun yet
 */
GtalkSession *gtalk_session_new (ImHost *host, const GtalkConfig *config);

/** Whether what is kept as @name stands in for the password: it belongs where
 * that is, or nowhere. */
gboolean gtalk_cache_is_secret (const char *name);

/** Begins to sign on. Events follow, %IM_EVENT_CLOSED at the latest. */
void gtalk_session_start (GtalkSession *session);

/** Reports in %IM_EVENT_CACHE what was not kept yet: the session is about to be
 * freed. */
void gtalk_session_settle (GtalkSession *session);

/**
 * gtalk_session_free:
 * @session: (nullable) (transfer full): a session in any state
 *
 * Signs off in order if signed on, closes every link, cancels everything and
 * frees it. Reports nothing. Not from inside an event.
 */
void gtalk_session_free (GtalkSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GtalkSession, gtalk_session_free)

/** Whether the session is signed on. */
gboolean gtalk_session_is_online (const GtalkSession *session);

/** Goes on with what %IM_EVENT_PROMPT asked, or with %NULL ends. */
void gtalk_session_answer_prompt (GtalkSession *session, const char *answer);

/** What a server or a place can do; menus look at it. */
typedef enum
{
  GTALK_FEATURE_BLOCKING,     /* XEP-0191 or Google's */
  GTALK_FEATURE_ROOMS,        /* XEP-0045 */
  GTALK_FEATURE_MAIL,         /* google:mail:notify */
  GTALK_FEATURE_OFF_RECORD,   /* google:nosave */
  GTALK_FEATURE_UPLOAD,       /* XEP-0363 */
} GtalkFeature;

gboolean gtalk_session_has (const GtalkSession *session,
                            GtalkFeature feature);

/* Commands. Those about other people and the list are quietly ignored before
 * %IM_EVENT_ONLINE; messages then fail with an %IM_EVENT_DELIVERY. */

/** Takes on @status, with @text (nullable). */
void gtalk_session_set_status (GtalkSession *session, ImStatus status,
                               const ImText *text);
/** Says that we have been idle for @seconds; 0 is back again. */
void gtalk_session_set_idle (GtalkSession *session, guint seconds);
/** Publishes our picture; %NULL removes it. */
void gtalk_session_set_icon (GtalkSession *session, GBytes *picture);
/** Fetches the picture of @who that was reported last. */
void gtalk_session_fetch_icon (GtalkSession *session, const char *who);

/**
 * gtalk_session_send_message:
 * @session: a session
 * @to: recipient, a bare or full address
 * @text: what to say
 *
 * Returns: an id, or 0 if @text is too long. Whatever becomes of it is
 *   reported in %IM_EVENT_DELIVERY
 */
guint gtalk_session_send_message (GtalkSession *session, const char *to,
                                  const ImText *text);
/** Says @text in place of what was said to @to last; like
 * gtalk_session_send_message(). */
guint gtalk_session_correct_message (GtalkSession *session, const char *to,
                                     const ImText *text);
/** Whether anything was said to @to that can be corrected. */
gboolean gtalk_session_can_correct (GtalkSession *session, const char *to);
/** The user has seen what @who said: tells them, if they asked (XEP-0333), see
 * us and we do not hide. */
void gtalk_session_seen (GtalkSession *session, const char *who);

void gtalk_session_send_typing (GtalkSession *session, const char *to,
                                ImTyping state);
/** Buzzes @to (XEP-0224). Returns whether their client knows that. */
gboolean gtalk_session_send_attention (GtalkSession *session, const char *to);
void gtalk_session_gone (GtalkSession *session, const char *who);

/** Asks who @who is: vCard, client, last activity; %IM_EVENT_PROFILE
 * answers. */
void gtalk_session_get_info (GtalkSession *session, const char *who);

/* Files go to the server (XEP-0363), and where they are is told to whom they
 * are for. */

/**
 * GtalkFile:
 * @id: what the file is called in %IM_EVENT_TRANSFER; the caller's choice
 * @to: for whom, a bare or full address, or what the room is called
 * @chat: the room it is for, or 0
 * @name: its name, without a folder
 * @source: its bytes; @sent is not called
 */
typedef struct
{
  guint id;
  const char *to;
  guint chat;
  const char *name;
  ImHttpSource source;
} GtalkFile;

/** Sends @file, copied; its source must last until %IM_EVENT_TRANSFER says that
 * it was sent or was not, or it is cancelled. May report from inside. */
void gtalk_session_send_file (GtalkSession *session, const GtalkFile *file);

/** Forgets the file @id. */
void gtalk_session_cancel_file (GtalkSession *session, guint id);

/** Asks what our own vCard says; %IM_EVENT_PROFILE with @own set answers. */
void gtalk_session_get_own_fields (GtalkSession *session);
/** Has it say @fields, and nothing in place of those that are not there; what no
 * field is for stays. %IM_EVENT_ACCOUNT tells what came of it. */
void gtalk_session_set_own_fields (GtalkSession *session,
                                   const ImField *fields, guint n_fields);

/* The roster. A buddy may stand in several groups. */

/** Adds @who and asks to see them, with @words (nullable). */
void gtalk_session_add_buddy (GtalkSession *session, const char *who,
                              const char *group, const char *alias,
                              const char *words);
void gtalk_session_remove_buddy (GtalkSession *session, const char *who,
                                 const char *group);
void gtalk_session_move_buddy (GtalkSession *session, const char *who,
                               const char *from, const char *to);
void gtalk_session_alias_buddy (GtalkSession *session, const char *who,
                                const char *alias);
void gtalk_session_rename_group (GtalkSession *session, const char *from,
                                 const char *to);
void gtalk_session_remove_group (GtalkSession *session, const char *group);
void gtalk_session_block (GtalkSession *session, const char *who,
                          gboolean blocked);
void gtalk_session_reply_auth (GtalkSession *session, const char *who,
                               gboolean grant);
/** Asks @who again to be allowed to see them. */
void gtalk_session_request_auth (GtalkSession *session, const char *who,
                                 const char *words);
/** Takes back that @who may see us. */
void gtalk_session_revoke_auth (GtalkSession *session, const char *who);

/* What only Google's servers have; nothing happens where gtalk_session_has()
 * says that they have not. */

/** From now on the user wants to be told of new mail, or not. */
void gtalk_session_watch_mail (GtalkSession *session, gboolean watched);
/** Asks for the unread mail; an %IM_EVENT_MAIL answers. */
void gtalk_session_show_mail (GtalkSession *session);
/** Returns: (transfer none) (nullable): where the mailbox is in the web */
const char *gtalk_session_mailbox_url (const GtalkSession *session);

/** Whether the server keeps nothing of what is said to @who. */
gboolean gtalk_session_is_off_record (const GtalkSession *session,
                                      const char *who);
/** Asks it not to, for both sides; %IM_EVENT_RECORD answers. */
void gtalk_session_set_off_record (GtalkSession *session, const char *who,
                                   gboolean off);

/** Returns: (transfer container) (element-type utf8): the texts of statuses the
 * server remembers, the newest first: of being available, or @busy */
GPtrArray *gtalk_session_status_texts (const GtalkSession *session,
                                       gboolean busy);

/** Settings the server keeps for all programs of the user. */
typedef enum
{
  GTALK_SETTING_AUTO_ACCEPT, /* suggested contacts are added unasked */
  GTALK_SETTING_MAIL,        /* new mail is told of */
  GTALK_SETTING_ARCHIVE,     /* what is said is kept */
  GTALK_N_SETTINGS,
} GtalkSetting;

/** Returns: whether the server has that setting; @ret_on is its value */
gboolean gtalk_session_get_setting (const GtalkSession *session,
                                    GtalkSetting setting, gboolean *ret_on);
void gtalk_session_change_setting (GtalkSession *session,
                                   GtalkSetting setting, gboolean on);

/* Rooms have numbers of the session's; commands about one we are not in are
 * ignored. */

/** Joins @room (name@service, or a name at the server's own service) as @nick
 * (nullable); 0 if we are not online. */
guint gtalk_session_join_room (GtalkSession *session, const char *room,
                               const char *nick, const char *password);
/** Makes a private room of Google's kind, or the server's, and invites
 * @who (nullable). */
guint gtalk_session_start_room (GtalkSession *session, const char *who);
guint gtalk_session_join_invited (GtalkSession *session, const char *name,
                                  const char *key);
/** Says no to who asked us into @name. */
void gtalk_session_decline_invite (GtalkSession *session, const char *name,
                                   const char *key);
/**
 * GtalkBookmark:
 * @room: its address, or a name at the server's own service
 * @title: (nullable): what we call it
 * @nick: (nullable): what we are called there
 * @password: (nullable): of the room
 * @autojoin: it is entered at sign-on
 */
typedef struct
{
  const char *room;
  const char *title;
  const char *nick;
  const char *password;
  gboolean autojoin;
} GtalkBookmark;

/** Has the server remember a room, or forget it, where it can. */
void gtalk_session_keep_room (GtalkSession *session,
                              const GtalkBookmark *bookmark);
void gtalk_session_forget_room (GtalkSession *session, const char *room);
void gtalk_session_leave_room (GtalkSession *session, guint chat);
gboolean gtalk_session_say_in_room (GtalkSession *session, guint chat,
                                    const ImText *text,
                                    const char *whisper_to);
/** Says @text in @chat in place of what we said there last. Returns whether
 * there is such a thing, and @text is not too long. */
gboolean gtalk_session_correct_in_room (GtalkSession *session, guint chat,
                                        const ImText *text);
void gtalk_session_invite_to_room (GtalkSession *session, guint chat,
                                   const char *who, const char *words);
void gtalk_session_set_topic (GtalkSession *session, guint chat,
                              const char *topic);
void gtalk_session_change_nick (GtalkSession *session, guint chat,
                                const char *nick);
/** Removes @nick, with @words (nullable); @ban also for the future. */
void gtalk_session_kick (GtalkSession *session, guint chat, const char *nick,
                         const char *words, gboolean ban);

/** Returns: (transfer full) (nullable): where to write to @nick alone: their
 * own bare address if the room tells it, else one in the room */
char *gtalk_session_occupant_address (const GtalkSession *session, guint chat,
                                      const char *nick);

/**
 * gtalk_address_normalize:
 * @address: an address
 *
 * Returns: (transfer full): the form to compare: bare, as RFC 7622 prepares
 *   it. What is no address comes back in lower case
 */
char *gtalk_address_normalize (const char *address);
