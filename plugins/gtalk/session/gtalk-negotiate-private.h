#pragma once

/* What the files of the ladder share: gtalk-negotiate.c has the steps,
 * gtalk-sasl.c the proof of who we are. */

#include "auth-sasl.h"
#include "gtalk-negotiate.h"
#include "gtalk-resume.h"
#include "gtalk-session-private.h"

#define NS_CLIENT "jabber:client"
#define NS_STREAMS "http://etherx.jabber.org/streams"
#define NS_TLS "urn:ietf:params:xml:ns:xmpp-tls"
#define NS_SASL "urn:ietf:params:xml:ns:xmpp-sasl"
#define NS_BIND "urn:ietf:params:xml:ns:xmpp-bind"
#define NS_SESSION "urn:ietf:params:xml:ns:xmpp-session"
#define NS_SM "urn:xmpp:sm:3"

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
 * @mechanisms: (nullable): what this stream offers
 * @bindings: (nullable): and which channel bindings, where it says so
 * @sasl: (nullable): at work
 * @mechanism: which it is
 * @guessed: it was chosen before the server said what it offers
 * @token: (nullable): for the mechanisms that want one
 * @tokens_refused: how many the server did not take
 * @salted: (nullable): saves the work of SCRAM
 * @known_mechanisms: (nullable): of the last time
 * @known_bindings: (nullable): of the last time
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
  GStrv mechanisms;
  GStrv bindings;
  AuthSasl *sasl;
  AuthSaslName mechanism;
  gboolean guessed;
  ImSecret *token;
  guint tokens_refused;
  ImSecret *salted;
  GStrv known_mechanisms;
  GStrv known_bindings;
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

/* gtalk-sasl.c */

/** Says who we are before the server has said what it offers, if the last
 * sign-on makes that safe. */
void gtalk_sasl_guess (GtalkSession *session);
void gtalk_sasl_features (GtalkSession *session, const XmlNode *features);
/** The answer to whether a weaker mechanism will do, if that was asked. */
gboolean gtalk_sasl_answer (GtalkSession *session, const char *answer);
gboolean gtalk_sasl_element (GtalkSession *session, const XmlNode *element);
