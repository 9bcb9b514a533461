#pragma once

/* What the files of the Google Talk session share; nobody else includes it.
 *
 *   gtalk-session.c    settings, life and death
 *   gtalk-stream.c     one stream: stanzas over a link, restarts, who waits
 *                      for which IQ
 *   gtalk-reach.c      which server: SRV records, their order, next try
 *   gtalk-negotiate.c  features, TLS, SASL, bind: the ladder
 *   gtalk-offer.c      how one can sign in to a server
 *   gtalk-sasl.c       the proof of who we are
 *   gtalk-sasl2.c      ... with a resource, in one exchange
 *   gtalk-fast.c       ... with a token of the last sign-on
 *   gtalk-kept.c       secrets kept beside the password
 *   gtalk-token.c      what X-GOOGLE-TOKEN needs over HTTPS
 *   gtalk-oauth.c      what X-OAUTH2 needs there
 *   gtalk-resume.c     stream management: what is not acknowledged yet
 *   gtalk-disco.c      what the server and we ourselves can do
 *   gtalk-caps.c       what other people's clients can do
 *   gtalk-roster.c     the list, its groups and subscriptions
 *   gtalk-presence.c   who is how, where; our own status
 *   gtalk-marks.c      who is told that what they said was seen
 *   gtalk-messages.c   messages of two, receipts, corrections, carbons
 *   gtalk-archive.c    what was said while we were away
 *   gtalk-rooms.c      conversations of many; see gtalk-rooms.h
 *   gtalk-blocking.c   whom the server keeps away
 *   gtalk-cards.c      vCards and pictures
 *   gtalk-own-card.c   our own vCard
 *   gtalk-avatar.c     pictures beside vCards
 *   gtalk-alive.c      whether the link is still there
 *   gtalk-calls.c      calls, declined
 *   gtalk-hiding.c     being invisible
 *   gtalk-shared.c     the state Google's servers share among all places
 *   gtalk-mail.c       mail in Google's mailbox
 *   gtalk-quiet.c      whether somebody looks
 *   gtalk-prefs.c      settings the server keeps for all places
 *   gtalk-record.c     what the server does not keep of what is said
 *   gtalk-upload.c     files for others to fetch
 *   gtalk-words.c      bold and italic, as marks */

#include "gtalk-session.h"
#include "gtalk-stream.h"
#include "im-limits.h"
#include "xml-tree.h"
#include "xmpp-jid.h"
#include "xmpp-writer.h"

/** What is awaited. The names are printed by gtalk_session_set_state(). */
typedef enum
{
  GTALK_STATE_NEW,
  GTALK_STATE_REACHING,    /* names and links */
  GTALK_STATE_NEGOTIATING, /* up to the bound resource */
  GTALK_STATE_STARTING,    /* roster */
  GTALK_STATE_ONLINE,
  GTALK_STATE_RESUMING,    /* online for the user, the link is not */
  GTALK_STATE_REBOUND,     /* the same, and there is a new stream */
  GTALK_STATE_CLOSED,
} GtalkState;

/** Our own copy of the settings; see #GtalkConfig. */
typedef struct
{
  XmppJid *jid;   /* as typed, then as bound */
  char *domain;   /* as typed: what servers and certificates are for */
  ImSecret *password;
  char *resource;
  char *server;
  guint16 port;
  GtalkSecurity security;
  GtalkSignin signin;
  char *token_url;
  char *oauth_url;
  char *client_id;
  ImSecret *client_secret; /* nullable */
  GStrv domains;
  GtalkQuirks quirks;
  char *client_name;
  char *client_version;
} GtalkSettings;

typedef struct _GtalkReach GtalkReach;
typedef struct _GtalkNegotiation GtalkNegotiation;
typedef struct _GtalkFast GtalkFast;
typedef struct _GtalkToken GtalkToken;
typedef struct _GtalkOauth GtalkOauth;
typedef struct _GtalkResume GtalkResume;
typedef struct _GtalkDisco GtalkDisco;
typedef struct _GtalkCaps GtalkCaps;
typedef struct _GtalkRoster GtalkRoster;
typedef struct _GtalkPresence GtalkPresence;
typedef struct _GtalkMarks GtalkMarks;
typedef struct _GtalkMessages GtalkMessages;
typedef struct _GtalkArchive GtalkArchive;
typedef struct _GtalkRooms GtalkRooms;
typedef struct _GtalkBlocking GtalkBlocking;
typedef struct _GtalkCards GtalkCards;
typedef struct _GtalkAvatars GtalkAvatars;
typedef struct _GtalkAlive GtalkAlive;
typedef struct _GtalkCalls GtalkCalls;
typedef struct _GtalkHiding GtalkHiding;
typedef struct _GtalkMail GtalkMail;
typedef struct _GtalkPrefs GtalkPrefs;
typedef struct _GtalkQuiet GtalkQuiet;
typedef struct _GtalkRecord GtalkRecord;
typedef struct _GtalkUploads GtalkUploads;
typedef struct _GtalkShared GtalkShared;

/* Each part owns a struct only its file knows, made by its init and freed by
 * its clear function. */
struct _GtalkSession
{
  grefcount refs;
  ImHost *host;
  GtalkSettings settings;
  GtalkState state;
  gboolean gone;       /* freed by its owner, or over: reports nothing more */
  GtalkStream *stream; /* nullable */
  GtalkReach *reach;
  GtalkNegotiation *negotiation;
  GtalkFast *fast;
  GtalkToken *token;
  GtalkOauth *oauth;
  GtalkResume *resume;
  GtalkDisco *disco;
  GtalkCaps *caps;
  GtalkRoster *roster;
  GtalkPresence *presence;
  GtalkMarks *marks;
  GtalkMessages *messages;
  GtalkArchive *archive;
  GtalkRooms *rooms;
  GtalkBlocking *blocking;
  GtalkCards *cards;
  GtalkAvatars *avatars;
  GtalkAlive *alive;
  GtalkCalls *calls;
  GtalkHiding *hiding;
  GtalkShared *shared;
  GtalkMail *mail;
  GtalkPrefs *prefs;
  GtalkQuiet *quiet;
  GtalkRecord *record;
  GtalkUploads *uploads;
  ImStatus status;
  ImText *status_text;   /* nullable */
  int priority;
  gint64 lost_ms;        /* when the link was lost that is missed, or 0 */
  ImTimer *again_timer;  /* nullable: the next try to reach the server */
  GHashTable *questions; /* owned id => owned question: IQs without answer */
  gboolean dropping;     /* they are told that there will be none */
  char *id_prefix;       /* nobody can guess the ids of a connection */
  guint last_id;
  const GtalkConfig *config; /* while the session is made */
};

/* gtalk-session.c */

GtalkSession *gtalk_session_ref (GtalkSession *session);
void gtalk_session_unref (GtalkSession *session);
/** The only writer of the state. */
void gtalk_session_set_state (GtalkSession *session, GtalkState state);
/** Reports @event, unless the session is over. */
void gtalk_session_emit (GtalkSession *session, const ImEvent *event);
void gtalk_session_progress (GtalkSession *session, ImStep step);
void gtalk_session_notice (GtalkSession *session, ImNotice kind,
                           const char *who, const char *text);
/** Ends the session: closes everything and reports why. */
void gtalk_session_fail (GtalkSession *session, const ImFailure *failure);
void gtalk_session_fail_simple (GtalkSession *session, ImProblem problem,
                                const char *detail);
/** Returns: (transfer full) (nullable): what the last %IM_EVENT_CACHE called
 * @name carried; while parts are made only */
GBytes *gtalk_session_cached (GtalkSession *session, const char *name);
/** Our bare address, our full one once bound, and our domain. */
const char *gtalk_session_bare (const GtalkSession *session);
const char *gtalk_session_full (const GtalkSession *session);
const char *gtalk_session_domain (const GtalkSession *session);

/** Whether an answer or a push with this "from" (nullable) speaks for our own
 * account: none, our bare or full address, and for what only a server does
 * also the domain. */
gboolean gtalk_session_is_own (const GtalkSession *session, const char *from);

/** A link of ours is gone, or the server said that it will be: the session is
 * resumed, or ends with that. */
void gtalk_session_lost (GtalkSession *session, ImProblem problem,
                         const char *detail);
/** The same for the end of a stream. */
void gtalk_session_ended (GtalkSession *session, const GError *error);
/** Lets go of the link and of what could be resumed, and makes another; for
 * the user the session goes on. */
void gtalk_session_begin_anew (GtalkSession *session);
/** Lets go of the link and makes another. */
void gtalk_session_reconnect (GtalkSession *session);
/** The link is to be made anew, elsewhere: whether the session lives through
 * that. */
gboolean gtalk_session_interrupt (GtalkSession *session);
/** An element came: to whom it goes. */
void gtalk_session_element (GtalkSession *session, const XmlNode *element);

/* Sending. Everything sent while an element is handled, or between the cork
 * and uncork of the stream, leaves in one write. */

/** Returns: (transfer full): an id for a stanza */
char *gtalk_session_new_id (GtalkSession *session);

/** Sends a whole stanza. What the server does not acknowledge is sent again
 * when the stream is resumed. */
void gtalk_session_send (GtalkSession *session, const XmppWriter *stanza);

/** The same for a message: gtalk_messages_accepted() is called with @tag when
 * the server has it. */
void gtalk_session_send_tagged (GtalkSession *session,
                                const XmppWriter *stanza, guint tag);
/** The server has the message sent with @tag. */
void gtalk_messages_accepted (GtalkSession *session, guint tag);
/** Nothing will come of what the server has not acknowledged: says so. */
void gtalk_messages_abandon (GtalkSession *session);

/** Whom to tell of the answer to an IQ; @stanza is %NULL if there will be none:
 * the link is gone for good, or nothing came in time. */
typedef void (*GtalkIqFunc) (GtalkSession *session, const XmlNode *stanza,
                             gpointer data);

/**
 * gtalk_session_ask:
 * @session: a session
 * @to: (nullable): whom; %NULL for our own account's server
 * @type: "get" or "set"
 * @payload: the child element, well-formed XML
 * @func: (nullable): whom to tell
 * @data: handed to it
 * @destroy: (nullable): frees @data
 *
 * Sends an IQ. Only an answer that comes from whom was asked counts.
 */
void gtalk_session_ask (GtalkSession *session, const char *to,
                        const char *type, const char *payload,
                        GtalkIqFunc func, gpointer data,
                        GDestroyNotify destroy);
/** Answers an IQ of type get or set with a result; @payload may be %NULL. */
void gtalk_session_answer (GtalkSession *session, const XmlNode *iq,
                           const char *payload);
/** ... or with an error. */
void gtalk_session_answer_error (GtalkSession *session, const XmlNode *iq,
                                 const char *type, const char *condition);

/* The stations of a sign-on, in this order. A resumed stream goes from the
 * first to the last without the others. */

/** A resource is bound: everything may ask what it needs, in one write. */
void gtalk_session_bound (GtalkSession *session);
/** The roster is known: presence goes out, and the session is online. */
void gtalk_session_roster_known (GtalkSession *session);
/** The stream was resumed: what was not acknowledged is sent again. */
void gtalk_session_resumed (GtalkSession *session);
/** What features the server has is known. */
void gtalk_session_features_known (GtalkSession *session);
/** What other services it has is known. */
void gtalk_session_services_known (GtalkSession *session);

/** What a part does with a stanza; whether it was theirs. The table of who is
 * asked about what is in gtalk-session.c. */
typedef gboolean (*GtalkStanzaFunc) (GtalkSession *session,
                                     const XmlNode *stanza);
