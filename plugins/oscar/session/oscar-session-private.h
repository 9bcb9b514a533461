#pragma once

/* What the files of the OSCAR session share; nobody else includes it. */

#include "im-host.h"
#include "im-limits.h"
#include "oscar-bart.h"
#include "oscar-conn.h"
#include "oscar-flap-signon.h"
#include "oscar-icbm.h"
#include "oscar-oservice.h"
#include "oscar-roster.h"
#include "oscar-session.h"
#include "oscar-types.h"
#include "oscar-userinfo.h"

/** What is awaited. The names are printed by oscar_session_set_state(). */
typedef enum
{
  OSCAR_STATE_NEW,
  OSCAR_STATE_AUTH_CONNECTING,  /* the link to the sign-in server */
  OSCAR_STATE_AUTH_CHALLENGE,   /* 17/07, the key to hash with */
  OSCAR_STATE_AUTH_LOGIN,       /* 17/03, cookie and address, or a refusal */
  OSCAR_STATE_AUTH_WEB,         /* the answer to a web request */
  OSCAR_STATE_AUTH_PROMPT,      /* the user's answer to a question */
  OSCAR_STATE_BOS_CONNECTING,   /* the link to the server that keeps us */
  OSCAR_STATE_BOS_SIGNON,       /* its SIGNON (lock-step only) */
  OSCAR_STATE_BOS_HOST_ONLINE,  /* 01/03: the cookie was good */
  OSCAR_STATE_BOS_VERSIONS,     /* 01/18 (lock-step only) */
  OSCAR_STATE_BOS_RATES,        /* 01/07 (lock-step only) */
  OSCAR_STATE_BOS_LISTS,        /* rights and the list */
  OSCAR_STATE_ONLINE,
  OSCAR_STATE_CLOSED,
} OscarState;

/** What must have come before we are online. */
typedef enum
{
  OSCAR_WAIT_LOCATE = 1 << 0,
  OSCAR_WAIT_BUDDY = 1 << 1,
  OSCAR_WAIT_ICBM = 1 << 2,
  OSCAR_WAIT_PD = 1 << 3,
  OSCAR_WAIT_FEEDBAG = 1 << 4,
  OSCAR_WAIT_LIST = 1 << 5,
  OSCAR_WAIT_ALL = (1 << 6) - 1,
} OscarWait;

/** An address with how to speak to it. */
typedef struct
{
  char *host;
  guint16 port;
  gboolean tls;
  char *verify_name; /* nullable */
} OscarAddress;

/** Our own copy of the settings; see #OscarConfig. */
typedef struct
{
  char *name;
  ImSecret *password;
  gboolean icq;
  char *server;
  guint16 port;
  OscarSecurity security;
  GStrv tls_domains;
  OscarSignonMethod signon;
  char *web_url;
  char *session_url;
  char *web_key;
  OscarQuirks quirks;
  char *charset;
  char *client_name;
  gboolean alone;
} OscarSettings;

typedef struct _OscarIcons OscarIcons;
typedef struct _OscarErrands OscarErrands;
typedef struct _OscarMove OscarMove;
typedef struct _OscarOutbox OscarOutbox;

struct _OscarSession
{
  grefcount refs;
  ImHost *host;
  OscarSettings settings;
  OscarState state;
  gboolean gone; /* freed by its owner, or over: reports nothing any more */

  /* Sign-on. */
  OscarConn *auth;
  ImHttp *http;               /* the web request under way */
  void (*http_answer) (OscarSession *session, const ImHttpResponse *response);
  ImSecret *token;            /* what clientLogin gave */
  gboolean token_again;       /* after a token was refused, once */
  guint prompts;              /* how often the user was asked */
  void (*prompt_answer) (OscarSession *session, const ImSecret *code);
  OscarAddress signin;        /* who is asked to let us in */
  OscarConn *bos;
  OscarConn *ahead;           /* to @home, waiting to become @bos */
  gboolean ahead_signon;      /* its SIGNON came already */
  OscarAddress home;          /* where the last sign-on was sent */
  OscarAddress bos_address;
  OscarAddress advertised;    /* what the server named, if we went elsewhere */
  gboolean told_loopback;     /* the user knows that we went elsewhere */
  GBytes *cookie;
  gboolean tried_again;       /* after a session was refused, once */
  gboolean careful;           /* one flight was refused, steps were not */
  gboolean was_careful;       /* what the saved address says of that */
  gboolean plain_again;       /* TLS "if available" was not */
  ImTimer *step_timer;
  ImTimer *signon_timer;

  /* The running session; see oscar-bos.c. */
  OscarWait waiting;
  ImTimer *rights_timer;
  ImTimer *slice_timer;
  ImTimer *list_timer;        /* an edit waits for its answer */
  ImTimer *quiet_timer;       /* others edited the list */
  guint32 list_request;       /* 13/04 to compare, or 0 */
  OscarRoster *roster;
  gboolean roster_done;
  gboolean list_cut;          /* the server has more than we take */
  gboolean list_is_cached;    /* the list came from @list_cache */
  guint32 list_stamp;         /* when it last changed, by the server's clock */
  guint32 sent_stamp;         /* what we asked about, 0 if we just asked */
  gboolean stamp_ahead;       /* see send_list_query() */
  GBytes *list_cache;
  guint32 signed_on_at;       /* by the server's clock, 0 if unknown */
  GQueue early;               /* owned GBytes: SNACs that came before the list */
  gboolean left;              /* a SIGNOFF said why; the end needs no reason */
  char *self_name;
  guint self_warning;
  guint32 places_request; /* 01/0E that asks about other sessions, or 0 */

  GQueue services;            /* owned OscarService, see oscar-service.h */
  GPtrArray *rooms;           /* owned Room, see oscar-rooms.c */
  struct _OscarService *chat_nav; /* nullable */
  guint last_room;
  ImTimer *nav_timer;
  ImTimer *room_timer;        /* the next room's turn */
  GHashTable *warnings;       /* guint32 request id => owned char * name */
  OscarMove *move;            /* see oscar-move.c */
  OscarErrands *account_errands; /* see oscar-account.c */
  OscarErrands *search_errands;  /* see oscar-search.c */
  guint32 lookup_request;        /* 0A/02 without an answer, or 0 */
  guint32 entry_request;         /* 02/0B without an answer, or 0 */
  OscarIcons *icons;  /* see oscar-icons.c */

  /* What others see of us. */
  ImStatus status;
  ImText *status_text;
  ImText *profile;
  guint idle_seconds;

  OscarOutbox *outbox; /* messages of ours; see oscar-outbox.c */

  /* Questions about others; see oscar-info.c. */
  GQueue info_queue;          /* owned char *: away texts to fetch, in turn */
  GHashTable *info_asked;     /* guint32 request id => owned char * name */
  guint32 info_request;       /* the background one in flight, or 0 */

  struct _OscarIcqState *icq; /* see oscar-icq-private.h */
};

/* oscar-session.c */

OscarSession *oscar_session_ref (OscarSession *session);
void oscar_session_unref (OscarSession *session);

/** The only writer of the state. */
void oscar_session_set_state (OscarSession *session, OscarState state);

/** Reports @event, unless the session is over. */
void oscar_session_emit (OscarSession *session, const ImEvent *event);

/** Reports a step of the sign-on. */
void oscar_session_progress (OscarSession *session, ImStep step);

/** Reports a notice of @kind. Strings may be %NULL. */
void oscar_session_notice (OscarSession *session, ImNotice kind,
                           const char *who, const char *text);

/** Ends the session: closes everything and reports why. */
void oscar_session_fail (OscarSession *session, const ImFailure *failure);

/** The same for a problem that needs no more words than @host and @detail. */
void oscar_session_fail_simple (OscarSession *session, ImProblem problem,
                                const char *host, guint16 port,
                                const char *detail);

/** The same for an error of a link to @address. */
void oscar_session_fail_link (OscarSession *session, const GError *error,
                              const OscarAddress *address);

/** The client identification of section 9 of the sign-on documents. */
void oscar_session_client_id (const OscarSession *session,
                              OscarClientId *ret);

void oscar_address_clear (OscarAddress *address);

/** Whether other sessions of the account may go on. */
guint8 oscar_session_multi (const OscarSession *session);

/** Whether @name is a UIN: digits only. */
gboolean oscar_name_is_uin (const char *name);

/* oscar-signon.c */

void oscar_signon_start (OscarSession *session);
/** Forgets links and timers of the sign-on. */
void oscar_signon_stop (OscarSession *session);
/** Where a server sends us, in its own words. */
typedef struct
{
  const char *host;     /* nullable: host[:port] */
  const char *tls_name; /* nullable: the name in its certificate */
  guint16 tls_state;    /* 0: no TLS there */
  guint16 default_port; /* if it names none; 0: that of the sign-in server */
} OscarPlace;

/** Judges such words by the settings: which address they mean, whether it may
 * be gone to, and how. %FALSE with @failure, whose strings live as long as
 * @ret. */
gboolean oscar_signon_locate (OscarSession *session, const OscarPlace *place,
                              OscarAddress *ret, ImFailure *failure);
/** The session's server took the cookie. */
void oscar_signon_accepted (OscarSession *session);
/** It did not, or its link failed with @error (%NULL: it just closed). */
void oscar_signon_bos_failed (OscarSession *session, const GError *error);
/** What a numbered refusal means; @at_bos for one by the session's server. */
ImProblem oscar_signon_problem (guint16 code, gboolean at_bos);
/** Starts the clock of the next step anew, or stops it with 0 seconds. */
void oscar_signon_step (OscarSession *session, guint seconds);

/* oscar-bos.c */

/** The versions of food groups we speak. */
void oscar_bos_fill_versions (OscarFoodgroupVersions *ret);
/** The link to the session's server is up and the cookie known. */
void oscar_bos_begin (OscarSession *session, gboolean signon_seen);
extern const OscarConnHandlers oscar_bos_handlers;
/** Sends to it; see oscar_conn_send_snac(). */
guint32 oscar_bos_send (OscarSession *session, guint16 group, guint16 subtype,
                        ImWriter *body);
/** The host knows the whole list. */
void oscar_bos_list_done (OscarSession *session);
/** Forgets everything that belongs to one connection to it. */
void oscar_bos_stop (OscarSession *session);

/* oscar-own.c */

/** Everything about us that is set before anybody sees us. */
void oscar_own_send_all (OscarSession *session);
/** Announces what we can do anew, after it changed. */
void oscar_own_announce (OscarSession *session);
void oscar_own_handle_info (OscarSession *session, const OscarSnac *snac);
void oscar_own_handle_warned (OscarSession *session, const OscarSnac *snac);

/* oscar-list.c */

/** A sign-on begins: an empty list, or the saved one. */
void oscar_list_start (OscarSession *session);
/** Whether nothing of @who is to be heard. */
gboolean oscar_session_is_ignored (const OscarSession *session,
                                   const char *who);
/** Asks for the list, or whether the saved one is still good. */
void oscar_list_query (OscarSession *session);
void oscar_list_handle_reply (OscarSession *session, const OscarSnac *snac);
void oscar_list_handle_unchanged (OscarSession *session,
                                  const OscarSnac *snac);
void oscar_list_handle_change (OscarSession *session, const OscarSnac *snac);
void oscar_list_handle_status (OscarSession *session, const OscarSnac *snac);
void oscar_list_handle_error (OscarSession *session, const OscarSnac *snac);
void oscar_list_handle_auth_requested (OscarSession *session,
                                       const OscarSnac *snac);
void oscar_list_handle_auth_response (OscarSession *session,
                                      const OscarSnac *snac);
void oscar_list_handle_authorized_ahead (OscarSession *session,
                                         const OscarSnac *snac);
void oscar_list_handle_added (OscarSession *session, const OscarSnac *snac);

/* oscar-outbox.c */

void oscar_outbox_init (OscarSession *session);
void oscar_outbox_clear (OscarSession *session);
void oscar_outbox_stop (OscarSession *session);
/** Reports everything without an answer as possibly undelivered. */
void oscar_outbox_abandon (OscarSession *session);
void oscar_outbox_host_ack (OscarSession *session, const ImReader *body);
/** An error SNAC 04/01; whether @request was a message of ours. */
gboolean oscar_outbox_error (OscarSession *session, guint32 request,
                             const OscarSnacError *error);
/** A message that had to wait has left. */
void oscar_outbox_sent (OscarSession *session, guint32 request);
/** The server may have dropped messages: finds out which, and sends them
 * again. */
void oscar_outbox_doubt (OscarSession *session);
/** It has answered the question @request of ours, about rates. */
void oscar_outbox_answered (OscarSession *session, guint32 request);

/* oscar-messages.c */

void oscar_messages_incoming (OscarSession *session, const ImReader *body);
/** Reports the message @icbm as @text. */
void oscar_messages_report (OscarSession *session, const OscarIcbm *icbm,
                            ImText *text, ImMessageFlags flags);
void oscar_messages_typing (OscarSession *session, const ImReader *body);
void oscar_messages_missed (OscarSession *session, const ImReader *body);

/* oscar-info.c */

void oscar_info_init (OscarSession *session);
void oscar_info_clear (OscarSession *session);
void oscar_info_reply (OscarSession *session, guint32 request,
                       const ImReader *body);
void oscar_info_error (OscarSession *session, guint32 request);
/** Fetches the away text of @who when there is nothing better to do. */
void oscar_info_fetch_away (OscarSession *session, const char *who);
/** Fills @ret from a block. @ret points into @info. */
void oscar_info_presence (OscarSession *session, const OscarUserInfo *info,
                          ImEventPresence *ret);
/** 03/0B and 03/0C. */
void oscar_info_arrived (OscarSession *session, const ImReader *body);
void oscar_info_departed (OscarSession *session, const ImReader *body);

/* oscar-move.c */

void oscar_move_init (OscarSession *session);
void oscar_move_clear (OscarSession *session);
void oscar_move_stop (OscarSession *session);
/** Whether another server is being connected to: the end of the connection to
 * this one is then no end. */
gboolean oscar_move_is_under_way (const OscarSession *session);
/** 01/0B, 01/0D, 01/12. */
void oscar_move_handle_pause (OscarSession *session, const OscarSnac *snac);
void oscar_move_handle_resume (OscarSession *session, const OscarSnac *snac);
void oscar_move_handle_migrate (OscarSession *session, const OscarSnac *snac);

/* oscar-warn.c */

void oscar_warn_init (OscarSession *session);
void oscar_warn_clear (OscarSession *session);
/** 04/09. */
void oscar_warn_handle_reply (OscarSession *session, const OscarSnac *snac);
/** 04/01: whether @request was a warning. */
gboolean oscar_warn_error (OscarSession *session, guint32 request,
                           guint16 code);
/** 08/02. */
void oscar_warn_handle_popup (OscarSession *session, const OscarSnac *snac);

/* oscar-account.c */

extern const struct _OscarErrandFuncs oscar_account_errands;

/* oscar-rooms.c */

void oscar_rooms_init (OscarSession *session);
void oscar_rooms_clear (OscarSession *session);
/** An invitation among the offers of channel 2. Whether it was one. */
gboolean oscar_rooms_invited (OscarSession *session, const OscarIcbm *icbm);

/* Text: what is common to messages, away texts and profiles. */

/** Reads wire markup: AIM markup, or plain text for a UIN that sends none. */
ImText *oscar_text_parse (const OscarSession *session, const char *from,
                          const char *utf8);
