#pragma once

/* What servers mean when they refuse: the numbers of the protocol, and the
 * words of the web services.
 *
 * wiki.nina.chat, Protocols/MSNP/Reference/Error_List; hypothetic.org's
 * protocol pages; github.com/subpurple/escargot for the faults. */

#include "im-event.h"
#include "msnp-soap.h"

typedef enum
{
  MSNP_ERROR_DONE = 1 << 0,   /* an edit that changes nothing: it is so */
  MSNP_ERROR_CLOSES = 1 << 1, /* the server hangs up, or may as well */
  MSNP_ERROR_TICKET = 1 << 2, /* once, a new ticket may help */
  MSNP_ERROR_OURS = 1 << 3,   /* we said something wrong; for the log */
} MsnpErrorTraits;

/**
 * MsnpError:
 * @first: the number
 * @last: the last one of this meaning
 * @traits: what else is known
 * @problem: why there is no session, if that ends one or a sign-on
 * @undelivered: why a message did not arrive, if that answers what one needs
 * @list: why the list cannot be edited so, if that answers an edit
 * @account: what came of it, if that answers a change of our account
 * @meaning: the protocol's words, for the log
 *
 * One row of the table of numbers.
 */
typedef struct
{
  guint first;
  guint last;
  MsnpErrorTraits traits;
  ImProblem problem;
  ImUndelivered undelivered;
  ImListError list;
  ImAccountOutcome account;
  const char *meaning;
} MsnpError;

/** Returns: (transfer none): what @code means; a row of its own for numbers
 * nobody knows */
IM_API const MsnpError *msnp_error_find (guint code);

/** What to do about a fault of a web service. */
typedef enum
{
  MSNP_FAULT_REFUSED,   /* nothing: see the reasons */
  MSNP_FAULT_DONE,      /* an edit that changes nothing: it is so */
  MSNP_FAULT_GONE,      /* nobody is there: a removal is done */
  MSNP_FAULT_STALE,     /* our copy of the list is old: read it again */
  MSNP_FAULT_FULL_SYNC, /* ask for everything, not for changes */
  MSNP_FAULT_NO_BOOK,   /* make an address book first */
  MSNP_FAULT_TICKET,    /* get a new ticket, and ask once more */
  MSNP_FAULT_SESSION,   /* the ticket is not that of a session: sign on anew */
  MSNP_FAULT_REDIRECT,  /* ask elsewhere, if it is named */
  MSNP_FAULT_LATER,     /* ask again after a while */
  MSNP_FAULT_MISSING,   /* the server does not have this service */
} MsnpFaultAct;

/**
 * MsnpFault:
 * @word: the service's name for it, or "" for what only HTTP says
 * @act: what to do
 * @problem: why there is no list, if there is none
 * @undelivered: why a message could not be left
 * @list: why the list cannot be edited so
 */
typedef struct
{
  const char *word;
  MsnpFaultAct act;
  ImProblem problem;
  ImUndelivered undelivered;
  ImListError list;
} MsnpFault;

/**
 * msnp_error_for_fault:
 * @status: of HTTP
 * @reply: (nullable): what the body says, if it could be read
 *
 * The service's own word counts most, then the code of the fault, then the
 * status.
 *
 * Returns: (transfer none) (nullable): what it means, or %NULL if nothing is
 *   wrong
 */
IM_API const MsnpFault *msnp_error_for_fault (guint status,
                                              const MsnpSoapReply *reply);
