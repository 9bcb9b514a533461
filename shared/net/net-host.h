#pragma once

/* The #ImHost of the real world: GIO links, libsoup, main-loop timers.
 *
 * One per account connection. Everything asynchronous runs in the default
 * main context of the one thread there is, holds a reference and looks at
 * whether the host was closed before it does anything else; net_host_close()
 * therefore ends all of it at any moment, and nothing is called afterwards. */

#include <gio/gio.h>
#include "im-host.h"

typedef struct _NetHost NetHost;

typedef enum
{
  NET_PROXY_NONE,
  NET_PROXY_HTTP,
  NET_PROXY_SOCKS4,  /* names are resolved here */
  NET_PROXY_SOCKS4A, /* ... by the proxy */
  NET_PROXY_SOCKS5,  /* ... by the proxy */
  NET_PROXY_TOR,     /* SOCKS5; without a host nothing is connected at all */
} NetProxyType;

/** The account's proxy. Strings may be %NULL. */
typedef struct
{
  NetProxyType type;
  const char *host;
  guint16 port;
  const char *user;
  const char *password;
} NetProxy;

typedef enum
{
  NET_PIN_NONE,    /* nothing is known of this host */
  NET_PIN_MATCHES, /* the user accepted just this certificate */
  NET_PIN_DIFFERS, /* the user accepted another one: an error, no question */
} NetPin;

/** A question in the air; see NetHostFuncs.ask. */
typedef struct _NetQuestion NetQuestion;

/**
 * NetCertificate:
 * @certificate: what the server showed
 * @host: the name it was to be for
 * @problem: what is wrong with it, one of IM_PROBLEM_CERT_*
 * @subject: the name it is for, for people; "" if it has none
 * @issuer: who signed it, for people
 * @fingerprint: SHA-256 in hex pairs with colons
 *
 * A certificate that the system does not trust. Borrowed during the call.
 */
typedef struct
{
  GTlsCertificate *certificate;
  const char *host;
  ImProblem problem;
  const char *subject;
  const char *issuer;
  const char *fingerprint;
} NetCertificate;

/**
 * NetHostFuncs:
 * @event: where session events go
 * @debug: (nullable): where debug lines go
 * @pin_lookup: (nullable): what is remembered about a host's certificate;
 *   @host is in lower case
 * @pin_store: (nullable): remember it
 * @ask: (nullable): ask the user about a certificate and answer with
 *   net_question_answer(), now or later. Asked once per host: who else
 *   connects there waits for the same answer, and it holds while the
 *   #NetHost lives. Never asked about a revoked certificate or one that
 *   differs from its pin. Without it, nothing untrusted is accepted
 * @ask_withdrawn: (nullable): everybody the question was asked for is gone;
 *   it is invalid when this returns
 *
 * What the owner of a #NetHost does for it.
 */
typedef struct
{
  void (*event) (gpointer user, const ImEvent *event);
  void (*debug) (gpointer user, const char *line);
  NetPin (*pin_lookup) (gpointer user, GTlsCertificate *certificate,
                        const char *host);
  void (*pin_store) (gpointer user, GTlsCertificate *certificate,
                     const char *host);
  void (*ask) (gpointer user, NetQuestion *question,
               const NetCertificate *certificate);
  void (*ask_withdrawn) (gpointer user, NetQuestion *question);
} NetHostFuncs;

/**
 * net_host_new:
 * @proxy: (nullable): the proxy for everything; copied
 * @funcs: the owner's functions; must outlive the host
 * @user: handed to each of them
 *
 * Returns: (transfer full): a host
 */
IM_API NetHost *net_host_new (const NetProxy *proxy, const NetHostFuncs *funcs,
                              gpointer user);

/** Returns: (transfer none): @net as sessions know it */
IM_API ImHost *net_host_get (NetHost *net);

/**
 * net_host_close:
 * @net: (transfer full): a host
 *
 * Flushes and closes every link, forgets every timer, request and question;
 * requests that say farewell have some seconds more.
 * Only @ask_withdrawn is called from inside, and nothing afterwards. May be
 * called from inside any callback but @debug. A session that did not know
 * may go on using the host, its links and timers, in vain, until the main
 * loop has nothing better to do; one that is to sign off in order is freed
 * first.
 */
IM_API void net_host_close (NetHost *net);

/**
 * net_question_answer:
 * @question: a question that was not withdrawn; invalid afterwards
 * @accept: whether the user trusts the certificate
 *
 * An accepted certificate is pinned and the connection tried again; a refused
 * one ends the link with its problem. A link that had upgraded to TLS ends
 * with %IM_PROBLEM_LOST when its certificate is accepted, since only the
 * session can get it back to that point.
 */
IM_API void net_question_answer (NetQuestion *question, gboolean accept);

/**
 * net_private_wakeup:
 *
 * Gives this process a wake-up descriptor of its own, if the default main
 * context shares one with the process it was forked from, as under bitlbee's
 * fork mode, where every threaded GIO operation otherwise stalls for seconds.
 * Does its work once per process; harmless anywhere.
 */
IM_API void net_private_wakeup (void);
