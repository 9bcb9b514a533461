#pragma once

/* What the files of the web gateway's session share; nobody else includes it.
 *
 *   msnweb-session.c   settings, life and death
 *   msnweb-gateway.c   HTTP: opening, sending, polling, what failures mean
 *   msnweb-trust.c     where a gateway session may be
 *   msnweb-commands.c  numbers, answers and deadlines of commands; who gets
 *                      what the server says
 *   msnweb-ladder.c    from the sign-in to being online, and back there after
 *                      a loss
 *   msnweb-proof.c     what signs us in
 *   msnweb-presence.c  what others see of us; our other places
 *   msnweb-people.c    everybody else, and the list
 *   msnweb-outgoing.c  a message of ours, until its outcome
 *   msnweb-talks.c     what people say to each other
 *   msnweb-chats.c     threads: conversations of several
 *   msnweb-history.c   what was said while we were away
 *   msnweb-notices.c   mail, and that the list was changed elsewhere
 *   msnweb-seen.c      what was shown already */

#include "im-host.h"
#include "im-limits.h"
#include "msnweb-address.h"
#include "msnweb-connect.h"
#include "msnweb-error.h"
#include "msnweb-frame.h"
#include "msnweb-gateway.h"
#include "msnweb-message.h"
#include "msnweb-seen.h"
#include "msnweb-session.h"
#include "msnweb-user.h"

/** What is awaited. The names are printed by msnweb_session_set_state(). */
typedef enum
{
  MSNWEB_STATE_NEW,
  MSNWEB_STATE_SIGNING_IN, /* the web's pages */
  MSNWEB_STATE_OPENING,    /* the gateway session, up to BND */
  MSNWEB_STATE_STARTING,   /* challenge, presence, subscriptions */
  MSNWEB_STATE_ONLINE,
  MSNWEB_STATE_LOST,       /* waits to open the gateway session anew */
  MSNWEB_STATE_CLOSED,
} MsnwebState;

/** Our own copy of the settings; see #MsnwebConfig. */
typedef struct
{
  char *address;
  ImSecret *password;
  char *gateway;
  char *roster;
  GStrv domains;
  MsnwebAuth auth;
  gboolean plain;
  MsnwebQuirks quirks;
  char *machine; /* in braces and lower case */
  char *place_name;
} MsnwebSettings;

typedef struct _MsnwebCommands MsnwebCommands;
typedef struct _MsnwebLadder MsnwebLadder;
typedef struct _MsnwebOwn MsnwebOwn;
typedef struct _MsnwebPeople MsnwebPeople;
typedef struct _MsnwebTalks MsnwebTalks;
typedef struct _MsnwebChats MsnwebChats;
typedef struct _MsnwebHistory MsnwebHistory;

/* Each part owns a struct only its file knows, made by its init and freed by
 * its clear function. */
struct _MsnwebSession
{
  grefcount refs;
  ImHost *host;
  MsnwebSettings settings;
  MsnwebState state;
  gboolean gone;     /* freed by its owner, or over: reports nothing any more */
  gboolean told;     /* IM_EVENT_ONLINE was reported */
  gint64 skew_s;     /* what to add to our clock for the server's */
  char *own;         /* (nullable): our address, once a session was opened */
  MsnwebGateway *gateway; /* (nullable): without usable settings */
  MsnwebCommands *commands;
  MsnwebLadder *ladder;
  MsnwebOwn *presence;
  MsnwebPeople *people;
  MsnwebTalks *talks;
  MsnwebChats *chats;
  MsnwebHistory *history;
  MsnwebSeen *seen;  /* messages */
};

/**
 * MsnwebPart:
 * @init: makes the part's struct
 * @clear: frees it; nothing is called afterwards
 * @bound: (nullable): a gateway session is bound: says all it has to, which
 *   leaves in one request
 * @online: (nullable): the session is online, for the first time or again
 * @lost: (nullable): the gateway session is gone, and every command of it was
 *   told so
 * @over: (nullable): there will be no other: says what becomes of what waits
 *
 * What the session tells its parts, in the order of the table in
 * msnweb-session.c.
 */
typedef struct
{
  void (*init) (MsnwebSession *session, const MsnwebConfig *config);
  void (*clear) (MsnwebSession *session);
  void (*bound) (MsnwebSession *session);
  void (*online) (MsnwebSession *session);
  void (*lost) (MsnwebSession *session);
  void (*over) (MsnwebSession *session);
} MsnwebPart;

extern const MsnwebPart msnweb_presence_part;
extern const MsnwebPart msnweb_people_part;
extern const MsnwebPart msnweb_talks_part;
extern const MsnwebPart msnweb_chats_part;
extern const MsnwebPart msnweb_history_part;

/* msnweb-session.c */

MsnwebSession *msnweb_session_ref (MsnwebSession *session);
void msnweb_session_unref (MsnwebSession *session);
/** The only writer of the state. */
void msnweb_session_set_state (MsnwebSession *session, MsnwebState state);
/** Reports @event, unless the session is over. */
void msnweb_session_emit (MsnwebSession *session, const ImEvent *event);
/** Reports a step of the sign-on. */
void msnweb_session_progress (MsnwebSession *session, ImStep step);
/** Ends the session: closes everything and reports why. */
void msnweb_session_fail (MsnwebSession *session, const ImFailure *failure);
/** The same for a problem that needs no more words. */
void msnweb_session_fail_simple (MsnwebSession *session, ImProblem problem,
                                 guint code, const char *detail);
/** Reports a notice of @kind. Strings may be %NULL. */
void msnweb_session_notice (MsnwebSession *session, ImNotice kind,
                            const char *who, const char *text);
/** Tells every part. */
void msnweb_session_bound (MsnwebSession *session);
void msnweb_session_online (MsnwebSession *session);
void msnweb_session_lost (MsnwebSession *session);
/** Whether commands leave now: the session is bound. */
gboolean msnweb_session_is_up (const MsnwebSession *session);

/* msnweb-commands.c */

/** What became of a command. */
typedef enum
{
  MSNWEB_ANSWERED,
  MSNWEB_REFUSED,   /* with a number */
  MSNWEB_TOO_LARGE, /* for HTTP */
  MSNWEB_LATE,      /* no answer in time */
  MSNWEB_LOST,      /* the session was, before an answer */
  MSNWEB_UNSENT,    /* ... before it left */
} MsnwebOutcome;

/** Whom to tell; @answer is %NULL but with the first two. */
typedef void (*MsnwebAnswerFunc) (MsnwebSession *session,
                                  MsnwebOutcome outcome,
                                  const MsnwebCommand *answer, gpointer data);

extern const MsnwebGatewayHandlers msnweb_commands_handlers;

void msnweb_commands_init (MsnwebSession *session);
void msnweb_commands_clear (MsnwebSession *session);
/**
 * msnweb_commands_send:
 * @session: a session
 * @request: what to send; its contents are taken
 * @func: (nullable): whom to tell what became of it, once
 * @data: handed to it
 * @destroy: (nullable): frees @data
 *
 * Sends a command together with whatever else is said in this turn of the main
 * loop. Without a gateway session it waits for one.
 */
void msnweb_commands_send (MsnwebSession *session, MsnwebRequest request,
                           MsnwebAnswerFunc func, gpointer data,
                           GDestroyNotify destroy);
/** Forgets the gateway session: everybody who waits is told. */
void msnweb_commands_lose (MsnwebSession *session);
/** Forgets everybody who waits without telling them. */
void msnweb_commands_discard (MsnwebSession *session);
/** Returns: (transfer full): the last words: what was not sent yet, and OUT */
GBytes *msnweb_commands_farewell (MsnwebSession *session);

/* msnweb-ladder.c, where the sign-on is drawn. */

void msnweb_ladder_init (MsnwebSession *session, const MsnwebConfig *config);
void msnweb_ladder_clear (MsnwebSession *session);
void msnweb_ladder_start (MsnwebSession *session);
/** Forgets all that is under way. */
void msnweb_ladder_stop (MsnwebSession *session);
/** The gateway session is open, its first answers follow. */
void msnweb_ladder_opened (MsnwebSession *session);
/** The gateway session ended, if not by us. */
void msnweb_ladder_ended (MsnwebSession *session, MsnwebEnd how,
                          ImProblem problem, const char *detail);
/** An error that is about the session, or answered a command that is none of
 * the ladder's. */
void msnweb_ladder_error (MsnwebSession *session, guint code,
                          const char *words);
/** OUT: the server ends the session. */
void msnweb_ladder_handle_out (MsnwebSession *session,
                               const MsnwebCommand *command);
/** Our presence was published; %FALSE: it was refused. */
void msnweb_ladder_published (MsnwebSession *session, gboolean good,
                              guint code);
/** Our cookies were refused by the directory: signs in again, once, and then
 * msnweb_people_signed_in() is called. */
void msnweb_ladder_renew (MsnwebSession *session);

/* msnweb-presence.c */

/** Returns: (transfer none) (nullable): our display name */
const char *msnweb_presence_nick (const MsnwebSession *session);
/** Whether we appear offline. */
gboolean msnweb_presence_is_hidden (const MsnwebSession *session);
/** What the server says about ourselves. */
void msnweb_presence_handle_own (MsnwebSession *session,
                                 const MsnwebUser *user);

/* msnweb-people.c */

/** Returns: what a word of the wire means; hidden is offline */
ImStatus msnweb_people_status (MsnpStatus status);
/** NFY PUT and DEL: how somebody is. */
void msnweb_people_handle (MsnwebSession *session,
                           const MsnwebCommand *command);
/** The list was changed elsewhere: asks the directory again, though not every
 * time. */
void msnweb_people_changed_elsewhere (MsnwebSession *session);
/** There is a proof: asks the directory. */
void msnweb_people_signed_in (MsnwebSession *session);

/* msnweb-talks.c */

/** SDG: somebody says something. */
void msnweb_talks_handle (MsnwebSession *session,
                          const MsnwebCommand *command);
/** Shows a message, unless it was shown already; its fields may be changed. */
void msnweb_talks_show (MsnwebSession *session, MsnwebMessage *message);
/** Who we are, for messages. */
MsnwebSender msnweb_talks_sender (const MsnwebSession *session);
/** Returns: (transfer none) (nullable): the newest number of a message, for
 * PNG; valid until the next message */
const char *msnweb_talks_last_id (const MsnwebSession *session);
/** A number for a message: 63 bits, random and not 0. */
guint64 msnweb_talks_new_number (MsnwebSession *session);

/* msnweb-history.c */

/** A message was shown, or one of ours was accepted. */
void msnweb_history_note (MsnwebSession *session);

/* msnweb-chats.c */

/** A message to or in a thread. */
void msnweb_chats_show (MsnwebSession *session, const MsnwebMessage *message);
/** NFY of a thread: how it is now. */
void msnweb_chats_handle (MsnwebSession *session,
                          const MsnwebCommand *command);

/* msnweb-notices.c */

/** NFY HOTMAIL: there is mail. */
void msnweb_notices_handle_mail (MsnwebSession *session,
                                 const MsnwebCommand *command);
/** NFY ABCH: the list was changed. */
void msnweb_notices_handle_list (MsnwebSession *session,
                                 const MsnwebCommand *command);
