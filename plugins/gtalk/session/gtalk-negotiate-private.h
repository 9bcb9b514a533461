#pragma once

/* What the files of the ladder share: gtalk-negotiate.c has the steps,
 * gtalk-sasl.c the proof of who we are, gtalk-sasl2.c the newer frame for it,
 * gtalk-fast.c tokens. */

#include "auth-sasl.h"
#include "gtalk-negotiate.h"
#include "gtalk-offer.h"
#include "gtalk-resume.h"
#include "gtalk-session-private.h"

#define NS_CLIENT "jabber:client"
#define NS_STREAMS "http://etherx.jabber.org/streams"
#define NS_TLS "urn:ietf:params:xml:ns:xmpp-tls"
#define NS_SASL "urn:ietf:params:xml:ns:xmpp-sasl"
#define NS_BIND "urn:ietf:params:xml:ns:xmpp-bind"
#define NS_SESSION "urn:ietf:params:xml:ns:xmpp-session"
#define NS_SM "urn:xmpp:sm:3"
#define NS_SASL2 "urn:xmpp:sasl:2"
#define NS_BIND2 "urn:xmpp:bind:0"
#define NS_FAST "urn:xmpp:fast:0"
#define NS_CARBONS "urn:xmpp:carbons:2"

/* Only the server answers before a resource is bound. */
#define BIND_ID "bind"
#define SESSION_ID "session"

typedef enum
{
  GTALK_LADDER_CONNECT,
  GTALK_LADDER_PLAIN,     /* a header was sent in plain */
  GTALK_LADDER_TLS_ASKED, /* ... and starttls */
  GTALK_LADDER_TLS,
  GTALK_LADDER_SIGN_IN,
  GTALK_LADDER_RESUME,
  GTALK_LADDER_BIND,
  GTALK_LADDER_DONE,
} GtalkLadder;

/**
 * GtalkNegotiation:
 * @step: how far we are
 * @timer: (nullable): the step's deadline
 * @got_features: of this stream
 * @host: where we are connected to
 * @port: its port
 * @direct: TLS from the first byte
 * @said: (nullable): who the server says it is on this link
 * @hops: how often a server sent us on
 * @tls_again: a link was made anew after a certificate was accepted
 * @resource_refused: let the server choose one
 * @bind_sent: in this stream
 * @offer: (nullable): how one can sign in to this stream
 * @sasl: (nullable): at work
 * @mechanism: which it is
 * @frame: the namespace of its messages
 * @asked_inline: what was asked for along with it, a mask of #GtalkInline
 * @ahead: what comes after it is asked for without waiting
 * @never_ahead: the server does not take that
 * @guessed: it was chosen before the server said what it offers
 * @token: (nullable): for the mechanisms that want one
 * @tokens_refused: how many the server did not take
 * @salted: (nullable): saves the work of SCRAM
 * @known: (nullable): the offer of the last time
 * @agent: (nullable): what this client calls itself to the server
 * @agent_is_new: it was not kept yet
 * @known_features: of the stream after sign-in
 * @features_are_known: from this time or the last
 * @pinned: the weakest mechanism to accept
 * @asks_weaker: the user was asked whether a weaker one will do
 */
struct _GtalkNegotiation
{
  GtalkLadder step;
  ImTimer *timer;
  gboolean got_features;
  char *host;
  guint16 port;
  gboolean direct;
  char *said;
  guint hops;
  gboolean tls_again;
  gboolean resource_refused;
  gboolean bind_sent;
  GtalkOffer *offer;
  AuthSasl *sasl;
  AuthSaslName mechanism;
  const char *frame;
  guint asked_inline;
  gboolean ahead;
  gboolean never_ahead;
  gboolean guessed;
  ImSecret *token;
  guint tokens_refused;
  ImSecret *salted;
  GtalkOffer *known;
  char *agent;
  gboolean agent_is_new;
  GtalkStreamFeatures known_features;
  gboolean features_are_known;
  AuthSaslName pinned;
  gboolean asks_weaker;
};

/** Learns what the last sign-on kept; for gtalk_session_new(). */
void gtalk_negotiate_load (GtalkSession *session, GBytes *cache);
/** Keeps what the next one may use. */
void gtalk_negotiate_save (GtalkSession *session);
/** The server believes us; a new stream begins. */
void gtalk_negotiate_signed_in (GtalkSession *session);
/** Gives the step so many seconds; 0 stops the clock. */
void gtalk_negotiate_arm (GtalkSession *session, guint seconds);
/** Resumption succeeded, or did not. */
void gtalk_negotiate_resumed (GtalkSession *session);
void gtalk_negotiate_not_resumed (GtalkSession *session);
/** What SASL2 needs of the ladder: writes all that follows a sign-in, once for
 * each; takes the address that came along (whether it is one); goes on
 * without one. */
void gtalk_negotiate_bind (GtalkSession *session);
gboolean gtalk_negotiate_adopt (GtalkSession *session, const char *address);
void gtalk_negotiate_go_on (GtalkSession *session);
