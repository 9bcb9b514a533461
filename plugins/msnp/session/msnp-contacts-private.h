#pragma once

/* What the files about the list of web services share, from version 13 on;
 * nobody else includes it.
 *
 *   msnp-contacts.c        reads the list, again when somebody else changed it
 *   msnp-contacts-book.c   takes over what was read
 *   msnp-contacts-edits.c  one edit after the other
 *   msnp-adl.c             what the notification server has to know of it
 *   msnp-calls.c           one question to a service, ticket and all */

#include "msnp-addressbook.h"
#include "msnp-error.h"
#include "msnp-list-private.h"
#include "msnp-soap.h"

typedef struct _MsnpCall MsnpCall;
typedef struct _MsnpFetch MsnpFetch;
typedef struct _MsnpCaller MsnpCaller;

/**
 * MsnpContacts:
 * @caller: what msnp-calls.c keeps
 * @fetch: (nullable): what msnp-contacts.c keeps while it reads the list
 * @signed_in: the notification server took us
 * @pending_ids: (element-type utf8 utf8): what memberships of the pending
 *   list are called, by address
 * @fetched_at: when the list was last asked for
 * @pushed_at: when the server last told of a change in words of its own
 * @again_timer: (nullable): until the list is asked for again
 * @tries: how often in vain
 * @queries: (owned): what msnp-adl.c waits for
 */
struct _MsnpContacts
{
  MsnpCaller *caller;
  MsnpFetch *fetch;
  gboolean signed_in;
  GHashTable *pending_ids;
  gint64 fetched_at;
  gint64 pushed_at;
  ImTimer *again_timer;
  guint tries;
  GPtrArray *queries;
};

/* --- msnp-calls.c --- */

/** Makes a request, maybe more than once: tickets change. */
typedef void (*MsnpCallMake) (const MsnpSoapCaller *caller, gconstpointer data,
                              MsnpSoapRequest *ret);

/**
 * MsnpCallResult:
 * @fault: (nullable): what went wrong, if anything
 * @reply: (nullable): what the service said, of edits and of faults
 * @body: (nullable): with %NULL for @fault the answer, of calls for a list
 * @detail: (nullable): words for the log and for the user
 */
typedef struct
{
  const MsnpFault *fault;
  const MsnpSoapReply *reply;
  GBytes *body;
  const char *detail;
} MsnpCallResult;

typedef void (*MsnpCallDone) (MsnpSession *session,
                              const MsnpCallResult *result, gpointer data);

/**
 * MsnpCallPlan:
 * @service: whom to ask
 * @list: the answer is a list, to be handed on as it is
 * @make: makes the request
 * @done: (nullable): what to do with the answer
 * @data: for both
 * @destroy: (nullable): frees @data when the call is over, or never came to
 *   an end
 */
typedef struct
{
  MsnpSoapService service;
  gboolean list;
  MsnpCallMake make;
  MsnpCallDone done;
  gpointer data;
  GDestroyNotify destroy;
} MsnpCallPlan;

void msnp_calls_init (MsnpSession *session);
void msnp_calls_clear (MsnpSession *session);
/** Asks. Nothing is called from inside. */
void msnp_call (MsnpSession *session, const MsnpCallPlan *plan);
/** Forgets all calls under way. */
void msnp_calls_cancel (MsnpSession *session);
/** Remembers what the service wants to be told next time. */
void msnp_calls_learn (MsnpSession *session, MsnpSoapService service,
                       const MsnpSoapReply *reply);

/* --- msnp-contacts.c --- */

/** Reads the list again, soon: an edit of ours showed that it is not as we
 * have it. */
void msnp_contacts_reread (MsnpSession *session);

/* --- msnp-contacts-book.c --- */

/** Makes the copy from nothing, and reports it. */
void msnp_contacts_load (MsnpSession *session, const MsnpBook *memberships,
                         const MsnpBook *book);
/** Changes the copy where the server has it otherwise now. */
void msnp_contacts_compare (MsnpSession *session, const MsnpBook *memberships,
                            const MsnpBook *book);

/* --- msnp-contacts-edits.c --- */

extern const MsnpWay msnp_contacts_way;

/* --- msnp-adl.c --- */

void msnp_adl_init (MsnpSession *session);
void msnp_adl_clear (MsnpSession *session);
/** Tells of one person that they are on @list now, or no more. */
void msnp_adl_change (MsnpSession *session, const MsnpPerson *person,
                      MsnpListFlags list, gboolean add);

/** @network is where somebody lives; 0 with the number of an error. */
typedef void (*MsnpQueryFunc) (MsnpSession *session, guint network,
                               guint code, gpointer data);
/** Asks in which network @address lives (FQY). @func is called once, or
 * @destroy if the session ends before. Never from inside. */
void msnp_adl_query (MsnpSession *session, const char *address,
                     MsnpQueryFunc func, gpointer data,
                     GDestroyNotify destroy);
