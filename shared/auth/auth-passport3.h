#pragma once

/* Passport 3.0: one POST of SOAP to RST.srf or RST2.srf returns tickets for
 * several sites.
 *
 *   RST   MSNP12 and later      wiki.nina.chat, Protocols/MSNP/MSNP13/
 *   RST2  clients of 2009 on    SOAPTweener; the same with newer namespaces
 *
 * Faults come with HTTP status 200 too, so only the body is read. */

#include "auth-passport.h"

/** What a POST carries as its type. */
#define AUTH_PASSPORT3_TYPE "text/xml; charset=utf-8"

/** The site every request begins with: the ticket for more tickets. */
#define AUTH_PASSPORT3_TB "http://Passport.NET/tb"

/**
 * AuthPassport3Site:
 * @address: as the service calls it
 * @policy: (nullable): what kind of ticket
 */
typedef struct
{
  const char *address;
  const char *policy;
} AuthPassport3Site;

typedef enum
{
  AUTH_PASSPORT3_RST,
  AUTH_PASSPORT3_RST2,
} AuthPassport3Form;

/**
 * AuthPassport3Request:
 * @form: which of the two
 * @url: where it is sent, which RST2 repeats inside
 * @address: who signs in
 * @password: the password as typed; never cut
 * @sites: (array length=n_sites): beyond %AUTH_PASSPORT3_TB
 * @n_sites: how many
 */
typedef struct
{
  AuthPassport3Form form;
  const char *url;
  const char *address;
  const ImSecret *password;
  const AuthPassport3Site *sites;
  guint n_sites;
} AuthPassport3Request;

/**
 * auth_passport3_encode:
 * @request: what to ask for
 * @error: return location
 *
 * The password says of itself that it is a string: Escargot's parser guesses
 * types, and would read 007 as 7.
 *
 * Returns: (transfer full): the body, which wipes itself, or %NULL with
 *   %IM_PROBLEM_REFUSED_REQUEST if name or password have characters that XML
 *   cannot carry
 */
IM_API GBytes *auth_passport3_encode (const AuthPassport3Request *request,
                                      GError **error);

/**
 * auth_passport3_policy:
 * @args: the word after "USR t TWN S"
 *
 * Returns: (transfer full): the policy for messenger.msn.com it stands for:
 *   decoded, its commas turned into "&", with a "?" in front
 */
IM_API char *auth_passport3_policy (const char *args);

/**
 * AuthPassport3Token:
 * @address: the site
 * @ticket: (nullable): what is shown there
 * @proof: (nullable): the key that goes with it, base64
 * @created: unix time by the server's clock, or 0 if it was not said
 * @expires: unix time, or 0 if it was not said
 */
typedef struct
{
  char *address;
  ImSecret *ticket;
  ImSecret *proof;
  gint64 created;
  gint64 expires;
} AuthPassport3Token;

/**
 * AuthPassport3Reply:
 * @outcome: what it comes to; with %AUTH_PASSPORT_TICKET some sites may still
 *   have been refused
 * @tokens: (element-type AuthPassport3Token): what was given
 * @n_refused: how many sites were not
 * @location: (nullable): with %AUTH_PASSPORT_REDIRECT, where to ask
 * @problem: with %AUTH_PASSPORT_REFUSED or @n_refused, why (the first)
 * @page: (nullable): with %AUTH_PASSPORT_REFUSED, where to go in a browser;
 *   https
 * @fault: (nullable): the fault's code without its prefix
 * @text: (nullable): the service's words, tidy
 * @status: psf:reqstatus as a number, or 0
 */
typedef struct
{
  AuthPassportOutcome outcome;
  GArray *tokens;
  guint n_refused;
  char *location;
  ImProblem problem;
  char *page;
  char *fault;
  char *text;
  guint32 status;
} AuthPassport3Reply;

IM_API void auth_passport3_reply_clear (AuthPassport3Reply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthPassport3Reply,
                                  auth_passport3_reply_clear)

/**
 * auth_passport3_parse:
 * @body: of the answer, in either form
 * @ret: (out): what it comes to; always to be cleared
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no envelope of SOAP
 */
IM_API gboolean auth_passport3_parse (GBytes *body, AuthPassport3Reply *ret,
                                      GError **error);

/**
 * auth_passport3_find:
 * @reply: an answer
 * @address: a site. Tokens are told by this: their ids differ from server to
 *   server
 *
 * Returns: (transfer none) (nullable): its token
 */
IM_API const AuthPassport3Token *
auth_passport3_find (const AuthPassport3Reply *reply, const char *address);
