#pragma once

/* One connection of an account, and what it has from its host: the account's
 * proxy, certificates asked about and pinned, files to keep, words for the
 * user. What one host lacks has its detour here.
 *
 * A GlueHost lives from login() to close(). Its gc is the one answer to "may
 * I still call libpurple?": cleared first thing in close(), looked at again
 * after every call that can run somebody else's code. */

#include <purple.h>

#include "glue-account.h"
#include "glue-session.h"
#include "im-event.h"
#include "im-text.h"
#include "net-host.h"

typedef struct _GlueHost GlueHost;
typedef struct _GlueEvents GlueEvents;
typedef struct _GlueList GlueList;
typedef struct _GlueListFuncs GlueListFuncs;
typedef struct _GlueFile GlueFile;
typedef struct _GlueBookmark GlueBookmark;

/**
 * GlueHostFuncs:
 * @dispatch: turns an event into libpurple calls
 * @closing: the last moment to call libpurple
 * @free: the last moment at all: frees events and list
 *
 * What the layer above does for a connection.
 */
typedef struct
{
  void (*dispatch) (GlueHost *glue, const ImEvent *event);
  void (*closing) (GlueHost *glue);
  void (*free) (GlueHost *glue);
} GlueHostFuncs;

/**
 * GlueProtocol:
 * @id: libpurple's id, as "prpl-aim"
 * @kind: what its settings are read by
 * @hex_codes: whether people write this protocol's error codes in hexadecimal
 * @status_ids: libpurple's status id for each state
 * @normalize: (transfer full): the form of a name to compare
 * @session_settle: (nullable): reports what is worth keeping of a session that
 *   is about to end
 * @commands: what every session can do
 * @typing_seconds: how often "typing" is to be said again, or 0
 * @take_status: (nullable): takes a status that says no state, such as what
 *   plays; whether it was one
 * @answer_prompt: goes on with what %IM_EVENT_PROMPT asked, or with %NULL ends
 * @fetch_icon: fetches the picture of somebody
 * @set_icon: makes a picture (nullable) ours
 * @reply_auth: answers somebody who asked to put us on their list
 * @ask_permission: (nullable): asks the user what to say to a buddy who wants
 *   to be asked before being added, and says it
 * @list: what the user may do to the list; see glue-buddies.h
 * @deny_reasons: whether a refusal can say why
 * @send_file: (nullable): sends a file, or begins to
 * @cancel_file: (nullable): forgets the one with that number
 * @keep_room: (nullable): has the server remember a room
 * @forget_room: (nullable): and no longer does
 * @edit_profile: (nullable): lets the user change what is known of them
 *
 * What the common code has to know of a protocol.
 */
typedef struct
{
  const char *id;
  GlueKind kind;
  gboolean hex_codes;
  const char *status_ids[IM_N_STATUSES];
  char *(*normalize) (const char *name);
  void (*session_settle) (gpointer session);
  const GlueSessionFuncs *commands;
  guint typing_seconds;
  gboolean (*take_status) (GlueHost *glue, PurpleStatus *status);
  void (*answer_prompt) (gpointer session, const char *answer);
  void (*fetch_icon) (gpointer session, const char *who);
  void (*set_icon) (gpointer session, GBytes *picture);
  void (*reply_auth) (gpointer session, const char *who, gboolean grant,
                      const char *reason);
  void (*ask_permission) (PurpleBuddy *buddy);
  const GlueListFuncs *list;
  gboolean deny_reasons;
  void (*send_file) (gpointer session, const GlueFile *file);
  void (*cancel_file) (gpointer session, guint id);
  void (*keep_room) (gpointer session, const GlueBookmark *bookmark);
  void (*forget_room) (gpointer session, const char *room);
  void (*edit_profile) (GlueHost *glue, const ImEventProfile *profile);
} GlueProtocol;

struct _GlueHost
{
  PurpleConnection *gc; /* NULL once closed */
  PurpleAccount *account;
  const GlueProtocol *protocol;
  GlueSettings *settings; /* owned */
  GlueEvents *events;     /* owned; freed by funcs->free */
  GlueList *list;         /* owned; freed by funcs->free */
  gpointer session;       /* owned; freed by protocol->commands */
  NetHost *net;           /* owned */
  char *news;             /* owned, nullable: what the server last had to say
                           * that was not worth a window */

  /* While positive, changes to buddies and privacy come from the server and
   * must not be sent back to it. */
  guint applying;

  /*< private >*/
  const GlueHostFuncs *funcs;
  guint depth;          /* calls of the layer above on the stack */
  guint start_timer;    /* waits for the time the server named */
  GQueue questions;     /* owned Question; the first one is being asked */
  guint question_idle;  /* is about to ask it */
  GList *transfers;     /* see glue-transfer.c */
  GKeyFile *nicks;      /* (nullable) see glue-nicks.h */
  GHashTable *unkept;   /* (nullable) see glue-record.h */
  GHashTable *own_pins; /* (nullable) host -> fingerprint, where no pool is */
};

/** Returns: whether the program is bitlbee */
gboolean glue_host_is_bitlbee (void);

/**
 * glue_host_new:
 * @gc: a connection in login()
 * @protocol: static
 * @settings: (transfer full): what the account says
 * @funcs: static
 * @ret_failure: (out): why it cannot be
 *
 * Returns: (nullable): a host, or %NULL if the proxy settings name a proxy
 *   that may not be bypassed and cannot be used
 */
GlueHost *glue_host_new (PurpleConnection *gc, const GlueProtocol *protocol,
                         GlueSettings *settings, const GlueHostFuncs *funcs,
                         ImFailure *ret_failure);

/**
 * glue_host_start:
 * @glue: a host whose session is set
 *
 * Begins the session now, or when the time has come that the server named when it
 * last refused this account.
 */
void glue_host_start (GlueHost *glue);

/**
 * glue_host_close:
 * @glue: (transfer full): a host
 *
 * For close(): nothing of libpurple is called once it returns. Session and
 * links end at once, or, if an event is just being delivered, right after it.
 */
void glue_host_close (GlueHost *glue);

/** Returns: (nullable): the host of @gc, if it is signed on or about to */
GlueHost *glue_host_of (PurpleConnection *gc);

/**
 * glue_host_failure:
 * @glue: a host
 * @failure: why the connection is over
 *
 * Says so to the user; libpurple closes the connection soon after.
 */
void glue_host_failure (GlueHost *glue, const ImFailure *failure);

/** Says why a sign-on cannot begin, when there is no host yet. */
void glue_host_refuse (PurpleConnection *gc, const GlueProtocol *protocol,
                       const GlueSettings *settings,
                       const ImFailure *failure);

/** Tells the user something that belongs to no conversation: plain text. */
void glue_tell_user (GlueHost *glue, PurpleNotifyMsgType type,
                     const char *primary, const char *secondary);

/**
 * glue_conversation_note:
 * @glue: a host
 * @who: with whom the conversation is
 * @html: what to show
 * @error: whether something went wrong
 *
 * Writes a line that is nobody's message into the conversation with @who,
 * opening it if something went wrong. Seen in every host.
 */
void glue_conversation_note (GlueHost *glue, const char *who,
                             const char *html, gboolean error);

/** Writes to the debug log. */
void glue_debug (GlueHost *glue, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/**
 * glue_cache_load:
 * @glue: a host
 * @name: of lower-case letters, digits and "-"
 *
 * Returns: (transfer full) (nullable): what was stored for this account on
 *   this network under @name
 */
GBytes *glue_cache_load (GlueHost *glue, const char *name);

/** Stores @data under @name, for nobody but the user to read; %NULL deletes
 * it. */
void glue_cache_store (GlueHost *glue, const char *name, GBytes *data);
