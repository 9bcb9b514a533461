#pragma once

/* The one place that turns what went wrong into libpurple's reasons and into
 * sentences for people: what happened, in whose name, what to do; the
 * server's code last, in brackets. */

#include <purple.h>

#include "im-event.h"

/**
 * GlueErrorContext:
 * @network: what people call the network
 * @account: the account's name, as the user typed it
 * @signup: (nullable): the page where accounts are made
 * @hex_codes: whether this protocol's documents write codes in hexadecimal
 * @now: unix time, for "next try at"
 *
 * In whose name a sentence speaks.
 */
typedef struct
{
  const char *network;
  const char *account;
  const char *signup;
  gboolean hex_codes;
  gint64 now;
} GlueErrorContext;

/**
 * glue_error_reason:
 * @problem: what happened
 *
 * Returns: libpurple's word for it. It is one that libpurple retries exactly
 *   if im_problem_heals() says that trying again can help
 */
PurpleConnectionError glue_error_reason (ImProblem problem);

/**
 * glue_error_sentence:
 * @failure: what happened
 * @context: in whose name
 *
 * Returns: (transfer full): plain text in the user's language
 */
char *glue_error_sentence (const ImFailure *failure,
                           const GlueErrorContext *context);

/**
 * glue_error_certificate:
 * @problem: one of IM_PROBLEM_CERT_*
 * @host: the name the certificate was to be for
 * @subject: the name it is for; may be ""
 *
 * Returns: (transfer full): what is wrong with it, one sentence to ask about
 */
char *glue_error_certificate (ImProblem problem, const char *host,
                              const char *subject);

/**
 * glue_error_undelivered:
 * @delivery: a message that failed, or whose fate is unknown
 * @hex_codes: as in #GlueErrorContext
 *
 * Returns: (transfer full): plain text that says so and why, without the
 *   message
 */
char *glue_error_undelivered (const ImEventDelivery *delivery,
                              gboolean hex_codes);

/** Returns: (transfer full): why an edit of the list was refused */
char *glue_error_list (const ImEventListError *error, gboolean hex_codes);
