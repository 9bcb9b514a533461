#pragma once

/* What the files of the MSN session share; nobody else includes it.
 *
 *   msnp-session.c     settings, life and death, commands that are one line
 *   msnp-conn.c        one link of MSNP: commands, transaction ids, answers
 *   msnp-ladder.c      from the first link to the lists; see msnp-ladder.h
 *   msnp-trust.c       where servers may send us
 *   msnp-tickets.c     Passport: what signs us on and what services want
 *   msnp-ns.c          the notification server's commands, one table
 *   msnp-presence.c    who is how; our own status, name, places
 *   msnp-people.c      everybody we know of: the one copy of the list
 *   msnp-lists.c       the list by commands, up to version 12
 *   msnp-contacts.c    the list by web services, from version 13
 *   msnp-talks.c       conversations of two: which switchboard, what waits
 *   msnp-words.c       what is said there: text, typing, nudges
 *   msnp-content.c     what else clients send each other
 *   msnp-outgoing.c    a message of ours, until its outcome
 *   msnp-switchboard.c one conversation's link
 *   msnp-chats.c       conversations of several
 *   msnp-oim.c         offline messages
 *   msnp-gateway.c     a host whose links go through the polling gateway
 *   msnp-info.c        what is known of somebody
 *   msnp-mail.c        the mailbox, notices of the service */

#include "auth-msn-sso.h"
#include "auth-passport3.h"
#include "im-host.h"
#include "im-limits.h"
#include "msnp-conn.h"
#include "msnp-frame.h"
#include "msnp-lists.h"
#include "msnp-people.h"
#include "msnp-presence.h"
#include "msnp-session.h"
#include "msnp-signon.h"
#include "msnp-types.h"

/** What is awaited. The names are printed by msnp_session_set_state(). */
typedef enum
{
  MSNP_STATE_NEW,
  MSNP_STATE_CONNECTING, /* the link to the first server */
  MSNP_STATE_VERSION,    /* VER and CVR */
  MSNP_STATE_TICKETS,    /* the web's answer */
  MSNP_STATE_SIGNING_IN, /* USR OK */
  MSNP_STATE_LISTS,      /* list and own settings */
  MSNP_STATE_ANNOUNCING, /* CHG sent, its echo awaited */
  MSNP_STATE_ONLINE,
  MSNP_STATE_CLOSED,
} MsnpState;

/** Our own copy of the settings; see #MsnpConfig. */
typedef struct
{
  char *address; /* as msnp_address_normalize() makes it */
  char *spelling; /* the same as the account has it, for what servers compare
                     letter by letter */
  ImSecret *password;
  char *server;
  guint16 port;
  MsnpSecurity security;
  GStrv domains;
  guint version;
  MsnpConnection connection;
  MsnpPlaces places;
  char *machine;
  char *nexus;
  char *rst;
  char *address_book;
  char *sharing;
  char *oim;
  char *oim_store;
  char *gateway;
  MsnpQuirks quirks;
  char *place_name;
} MsnpSettings;

typedef struct _MsnpLadder MsnpLadder;
typedef struct _MsnpTickets MsnpTickets;
typedef struct _MsnpOwn MsnpOwn;
typedef struct _MsnpLists MsnpLists;
typedef struct _MsnpContacts MsnpContacts;
typedef struct _MsnpTalks MsnpTalks;
typedef struct _MsnpChats MsnpChats;
typedef struct _MsnpOim MsnpOim;
typedef struct _MsnpMailbox MsnpMailbox;

/* Each part owns a struct only its file knows, made by its init and freed by
 * its clear function. */
struct _MsnpSession
{
  grefcount refs;
  ImHost *host;      /* timers, HTTP, events */
  ImHost *link_host; /* links: @host, or @gateway */
  ImHost *gateway;   /* (owned) (nullable): links through the polling gateway */
  MsnpSettings settings;
  MsnpState state;
  gboolean gone;     /* freed by its owner, or over: reports nothing any more */
  guint version;     /* spoken; 0 before VER was answered */
  gboolean told_loopback; /* the user knows that a server names dead places */
  MsnpConn *ns;      /* nullable: the notification server */
  MsnpPeople *people;
  MsnpLadder *ladder;
  MsnpTickets *tickets;
  MsnpOwn *own;
  MsnpLists *lists;
  MsnpContacts *contacts;
  MsnpTalks *talks;
  MsnpChats *chats;
  MsnpOim *oim;
  MsnpMailbox *mailbox;
};

/* msnp-session.c */

MsnpSession *msnp_session_ref (MsnpSession *session);
void msnp_session_unref (MsnpSession *session);
/** The only writer of the state. */
void msnp_session_set_state (MsnpSession *session, MsnpState state);
/** Reports @event, unless the session is over. */
void msnp_session_emit (MsnpSession *session, const ImEvent *event);
/** Reports a step of the sign-on. */
void msnp_session_progress (MsnpSession *session, ImStep step);
/** Reports a notice of @kind. Strings may be %NULL. */
void msnp_session_notice (MsnpSession *session, ImNotice kind, const char *who,
                          const char *text);
/** Ends the session: closes everything and reports why. */
void msnp_session_fail (MsnpSession *session, const ImFailure *failure);
/** The same for a problem that needs no more words. */
void msnp_session_fail_simple (MsnpSession *session, ImProblem problem,
                               guint code, const char *detail);

/* msnp-ladder.c, where the sign-on is drawn. */

void msnp_signon_init (MsnpSession *session, GBytes *home);
void msnp_signon_clear (MsnpSession *session);
void msnp_signon_start (MsnpSession *session);
/** Forgets the timers of the sign-on. */
void msnp_signon_stop (MsnpSession *session);
/** The list is known, whichever way it came: says CHG, and is online when it
 * is answered. Called once by msnp-lists.c or msnp-contacts.c. */
void msnp_signon_lists_done (MsnpSession *session);
/** CHG was answered, or refused with @code. */
void msnp_signon_announced (MsnpSession *session, guint code);
/** The link to the notification server is up. */
void msnp_signon_ns_opened (MsnpSession *session);
/** The link to the notification server ended, by itself. */
void msnp_signon_ns_closed (MsnpSession *session, const GError *error);
/** An error that answers nobody's command. */
void msnp_signon_error (MsnpSession *session, guint code);
/** XFR: another server is responsible for us. */
void msnp_signon_transfer (MsnpSession *session, const MsnpCommand *command);
/** The answer to msnp_tickets_sign_on(): @ticket, with SSO its @proof, or a
 * @failure. */
void msnp_signon_ticket (MsnpSession *session, const ImSecret *ticket,
                         const ImSecret *proof, const ImFailure *failure);
/** Something worth keeping for the next sign-on was learnt. */
void msnp_signon_report_home (MsnpSession *session);
/** What a numbered error of the notification server means for the session. */
ImProblem msnp_signon_problem (guint code);

/* msnp-trust.c */

/** Whether a link or a request may go to @host, a name the server gave: one
 * the settings name, or within their domains. */
gboolean msnp_signon_may_contact (const MsnpSession *session,
                                  const char *host);
/**
 * msnp_signon_locate:
 * @session: a session
 * @server: where a server sends us
 * @ret: (out): where to go
 * @failure: (out): why not; its strings live as long as @server
 *
 * Judges an address for a link. Servers behind NAT send the whole world to
 * addresses of their own: the sign-in host is gone to instead, and the user
 * told once.
 *
 * Returns: %FALSE with @failure if it may not be gone to
 */
gboolean msnp_signon_locate (MsnpSession *session, const MsnpServer *server,
                             MsnpServer *ret, ImFailure *failure);

/* msnp-tickets.c. Passport 1.4, 3.0 and SSO end in the same few outcomes. */

void msnp_tickets_init (MsnpSession *session);
void msnp_tickets_clear (MsnpSession *session);

/** @ticket is borrowed and %NULL with a @failure. */
typedef void (*MsnpTicketFunc) (MsnpSession *session, const ImSecret *ticket,
                                const ImFailure *failure, gpointer user);

/** Hands over a ticket for @site, now or when a fresh one has come. @user is
 * the caller's, alive until the call or msnp_tickets_forget(). */
void msnp_tickets_want (MsnpSession *session, AuthMsnSite site,
                        MsnpTicketFunc func, gpointer user);
/** Forgets who waits with @user. */
void msnp_tickets_forget (MsnpSession *session, gpointer user);
/** A service said that the ticket for @site is too old. */
void msnp_tickets_expire (MsnpSession *session, AuthMsnSite site);
/** Begins what can be done before the server was asked, for @version. @policy
 * (nullable) is what it will likely name. */
void msnp_tickets_prepare (MsnpSession *session, guint version,
                           const char *policy);
/** Answers with msnp_signon_ticket(), now or later. @challenge is what "USR t
 * ... S" named. */
void msnp_tickets_sign_on (MsnpSession *session, const char *challenge);
/** Forgets every ticket: the server does not take them. */
void msnp_tickets_discard (MsnpSession *session);
/** Where Passport 1.4 signs in, as the nexus said; see msnp-ladder.c for where
 * it is kept. All nullable. */
void msnp_tickets_set_nexus (MsnpSession *session, const char *login,
                             const char *config);
const char *msnp_tickets_nexus_login (const MsnpSession *session);
const char *msnp_tickets_nexus_config (const MsnpSession *session);

/* msnp-ns.c */

extern const MsnpConnHandlers msnp_ns_handlers;

/* msnp-presence.c */

void msnp_own_init (MsnpSession *session, const MsnpConfig *config);
void msnp_own_clear (MsnpSession *session);
/** Says everything about us that others see: UUX and CHG. */
void msnp_own_announce (MsnpSession *session);
/** Our display name: as chosen, as the server has it, or the address. */
const char *msnp_own_nick (const MsnpSession *session);
/** The server told us our name (USR, PRP MFN, ABFindAll). */
void msnp_own_learn_nick (MsnpSession *session, const char *nick);
/** The server told us a telephone number of ours (PRP PHH, PHW, PHM). */
void msnp_own_learn_phone (MsnpSession *session, const char *key,
                           const char *number);
/** UBN: somebody, maybe another place of ours, has a short notice. */
void msnp_own_handle_notice (MsnpSession *session, const MsnpCommand *command);
/** Signed on: what waited for that. */
void msnp_own_online (MsnpSession *session);
/** Whether we appear offline. */
gboolean msnp_own_is_hidden (const MsnpSession *session);
/** NLN, ILN, FLN and UBX. */
void msnp_presence_handle (MsnpSession *session, const MsnpCommand *command);
void msnp_presence_handle_extra (MsnpSession *session,
                                 const MsnpCommand *command);

/* msnp-lists.c: SYN and what follows; ADD, ADC, REM, ADG, REG, RMG, BLP, GTC,
 * PRP. Also what the server says of them by itself. */

void msnp_lists_init (MsnpSession *session);
void msnp_lists_clear (MsnpSession *session);
/** Asks for the list: USR was answered. */
void msnp_lists_start (MsnpSession *session);
void msnp_lists_handle (MsnpSession *session, const MsnpCommand *command);
/** Signed on: asks about those who wait to have us. */
void msnp_lists_online (MsnpSession *session);
/** Says what can still be said of edits that wait: we are signing off. */
void msnp_lists_leave (MsnpSession *session);

/* msnp-contacts.c: FindMembership, ABFindAll, the edits; ADL, RML, FQY.
 *
 * The first requests leave together with the proof of the sign-on. A server
 * that works on them before the proof refuses them (HTTP 403 or a fault);
 * they are made once more when the sign-on was answered. */

void msnp_contacts_init (MsnpSession *session);
void msnp_contacts_clear (MsnpSession *session);
/** The ticket for contacts is there, maybe before USR was answered: begins
 * to ask for the list. */
void msnp_contacts_start (MsnpSession *session);
/** USR was answered: ADL may be sent once the list is known. */
void msnp_contacts_signed_in (MsnpSession *session);
void msnp_contacts_handle (MsnpSession *session, const MsnpCommand *command);
/** Somebody changed the list by other means: it is asked for again, but not
 * every time. */
void msnp_contacts_changed_elsewhere (MsnpSession *session);
/** Tells the other places and the next sign-on our display name. */
void msnp_contacts_publish_nick (MsnpSession *session, const char *nick);

/* msnp-talks.c, msnp-chats.c, msnp-switchboard.h */

void msnp_talks_init (MsnpSession *session);
void msnp_talks_clear (MsnpSession *session);
/** Reports everything without an answer as possibly undelivered. */
void msnp_talks_abandon (MsnpSession *session);
/** RNG: somebody calls. */
void msnp_talks_handle_ring (MsnpSession *session, const MsnpCommand *command);
/** @who went offline, or came. */
void msnp_talks_presence (MsnpSession *session, const char *who,
                          gboolean online);
/** UBM: a message by way of the notification server. */
void msnp_talks_handle_relayed (MsnpSession *session,
                                const MsnpCommand *command);
void msnp_chats_init (MsnpSession *session);
void msnp_chats_clear (MsnpSession *session);

/* msnp-oim.c */

void msnp_oim_init (MsnpSession *session, GBytes *shown);
void msnp_oim_clear (MsnpSession *session);
/** The mail data of sign-on, or news of it, in XML; "too-large" asks the
 * service. */
void msnp_oim_handle_mail_data (MsnpSession *session, const char *xml);
/** Sends to somebody offline. The delivery of @id is reported. */
void msnp_oim_send (MsnpSession *session, guint id, const char *to,
                    const ImText *text);

/* msnp-mail.c: MSG of the notification server, NOT, URL. */

void msnp_mailbox_init (MsnpSession *session);
void msnp_mailbox_clear (MsnpSession *session);
void msnp_mailbox_handle_message (MsnpSession *session,
                                  const MsnpCommand *command);
void msnp_mailbox_handle_notification (MsnpSession *session,
                                       const MsnpCommand *command);
/** Signed on: asks for the page of the mailbox. */
void msnp_mailbox_online (MsnpSession *session);
