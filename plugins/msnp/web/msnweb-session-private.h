#pragma once

/* What the files of the web gateway's session share; nobody else includes it.
 *
 *   msnweb-session.c   settings, life and death
 *   msnweb-address.c   addresses of people and places */

#include "im-host.h"
#include "im-limits.h"
#include "msnweb-session.h"

/** Networks, which are the numbers in front of addresses. */
enum
{
  MSNWEB_NETWORK_MSN = 1,
  MSNWEB_NETWORK_SKYPE = 8,
  MSNWEB_NETWORK_THREAD = 19,
};

/** What is awaited. The names are printed by msnweb_session_set_state(). */
typedef enum
{
  MSNWEB_STATE_NEW,
  MSNWEB_STATE_SIGNING_IN, /* the web's pages */
  MSNWEB_STATE_OPENING,    /* the gateway session, up to BND */
  MSNWEB_STATE_STARTING,   /* challenge, presence, subscriptions */
  MSNWEB_STATE_ONLINE,
  MSNWEB_STATE_LOST,       /* online for the user; waits to open anew */
  MSNWEB_STATE_CLOSED,
} MsnwebState;

struct _MsnwebSession
{
  grefcount refs;
  ImHost *host;
  MsnwebState state;
  gboolean gone;     /* freed by its owner, or over: reports nothing any more */
};

/* msnweb-session.c */

MsnwebSession *msnweb_session_ref (MsnwebSession *session);
void msnweb_session_unref (MsnwebSession *session);
/** The only writer of the state. */
void msnweb_session_set_state (MsnwebSession *session, MsnwebState state);
/** Reports @event, unless the session is over. */
void msnweb_session_emit (MsnwebSession *session, const ImEvent *event);
/** Ends the session: closes everything and reports why. */
void msnweb_session_fail (MsnwebSession *session, const ImFailure *failure);

/* msnweb-address.c */

/** Returns: the network of @address with what follows in @ret_id (out)
 * (optional), or 0 if none stands there */
guint msnweb_address_type (const char *address, const char **ret_id);
/** Whether both are of the same person, at whatever place. */
gboolean msnweb_address_equal (const char *one, const char *other);
/** Whether two places (GUIDs, in braces or not) are the same. */
gboolean msnweb_place_equal (const char *one, const char *other);
