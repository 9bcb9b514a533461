#pragma once

/* What the tests of shared/net share: a host whose owner writes everything
 * down, links that do, servers to talk to, and waiting with a deadline. */

#include <gio/gio.h>
#include <string.h>

#include "im-host.h"
#include "net-host.h"

/* Seconds after which a test that waits is given up. */
#define NET_DEADLINE 20

/**
 * NetOwner:
 * @net: the host; %NULL once closed
 * @host: the same for sessions
 * @lines: debug lines
 * @question: (nullable): waiting for an answer
 * @asked: how many questions came
 * @withdrawn: ... and were withdrawn
 * @problem: of the last question
 * @subject: ... and what else it said
 * @pins: host name to fingerprint
 * @stored: how often a pin was stored
 */
typedef struct
{
  NetHost *net;
  ImHost *host;
  GString *lines;
  NetQuestion *question;
  guint asked;
  guint withdrawn;
  ImProblem problem;
  char *subject;
  char *issuer;
  char *fingerprint;
  GHashTable *pins;
  guint stored;
} NetOwner;

/** @answers: whether the owner can be asked about certificates. */
NetOwner *net_owner_new (const NetProxy *proxy, gboolean answers);

/** Closes the host unless that was done, and lets the main loop drain. */
void net_owner_free (NetOwner *owner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetOwner, net_owner_free)

/**
 * NetPeer:
 * @owner: whose link it is
 * @link: (nullable): the link; %NULL once it ended
 * @opened: how often it was opened
 * @got: the bytes that came
 * @closed: whether it ended by itself
 * @error: why
 * @largest: the most bytes that came in one call
 */
typedef struct
{
  NetOwner *owner;
  ImLink *link;
  guint opened;
  GByteArray *got;
  gboolean closed;
  GError *error;
  gsize largest;
} NetPeer;

NetPeer *net_peer_open (NetOwner *owner, const ImLinkTarget *target);
NetPeer *net_peer_open_to (NetOwner *owner, const char *host, guint16 port,
                           gboolean tls);
void net_peer_write (NetPeer *peer, const char *text);
void net_peer_close (NetPeer *peer);
void net_peer_free (NetPeer *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetPeer, net_peer_free)

/* Each runs the main loop until it is so, or fails the test. */
#define net_wait(condition)                                                    \
  G_STMT_START                                                                 \
  {                                                                            \
    gint64 until_ = net_deadline ();                                           \
    while (!(condition))                                                       \
      net_turn (until_, #condition);                                           \
  }                                                                            \
  G_STMT_END

gint64 net_deadline (void);
void net_turn (gint64 until, const char *what);

/** Runs the main loop until nothing is left to do at once. */
void net_drain (void);

/** Whether what came is just @text. */
gboolean net_peer_has (NetPeer *peer, const char *text);

/** Starts tests/servers/net_peers.py; for the main function. */
void net_servers_start (void);
void net_servers_stop (void);

/** Has this process trust the servers' authority, and no other. */
void net_trust_authority (void);

/** The port @name listens at. */
guint16 net_port (const char *name);

/** The file @name the servers made. */
const char *net_file (const char *name);

/** What the servers wrote down since the last call. */
char *net_servers_log (void);
