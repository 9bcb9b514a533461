#pragma once

/* Passport 1.4, "Tweener": the sign-on of MSNP8 to MSNP11.
 *
 *   GET https://<nexus>/rdr/pprdr.asp
 *     <- PassportURLs: ...,DALogin=login.example.com/login2.srf,...
 *   GET https://login.example.com/login2.srf
 *   Authorization: Passport1.4 OrgVerb=GET,...,sign-in=...,pwd=...,<args>
 *     <- 200 Authentication-Info: Passport1.4 da-status=success,from-PP='...'
 *     <- 302 Location: https://elsewhere/login2.srf
 *     <- 401 WWW-Authenticate: Passport1.4 da-status=failed...
 *
 * [MS-PASS]; the MSNP wiki's page "Passport 1.4". Headers are names and values
 * in turn, as in #ImHttpResponse. */

#include "auth-passport.h"

/**
 * AuthPassport14Nexus:
 * @login_url: where to sign in; https
 * @config_version: (nullable): changes when cached answers get stale
 */
typedef struct
{
  char *login_url;
  char *config_version;
} AuthPassport14Nexus;

IM_API void auth_passport14_nexus_clear (AuthPassport14Nexus *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthPassport14Nexus,
                                  auth_passport14_nexus_clear)

/**
 * auth_passport14_parse_nexus:
 * @headers: of the answer
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Microsoft wrote the address without "https://", others do with it. One that
 * begins with "http://" is refused.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_MALFORMED if no place to sign in is
 *   named
 */
IM_API gboolean auth_passport14_parse_nexus (const char *const *headers,
                                             AuthPassport14Nexus *ret,
                                             GError **error);

/**
 * auth_passport14_authorization:
 * @address: who signs in
 * @password: the password as typed
 * @args: the word after "USR t TWN S", which is passed on as it came
 * @error: return location
 *
 * Returns: (transfer full): the value of the Authorization header, or %NULL
 *   with %IM_WIRE_ERROR_MALFORMED if @args cannot be part of a header
 */
IM_API ImSecret *auth_passport14_authorization (const char *address,
                                                const ImSecret *password,
                                                const char *args,
                                                GError **error);

/**
 * AuthPassport14Reply:
 * @outcome: what it comes to
 * @ticket: (nullable): with %AUTH_PASSPORT_TICKET, the word for USR
 * @location: (nullable): with %AUTH_PASSPORT_REDIRECT, where to ask
 * @problem: with %AUTH_PASSPORT_REFUSED, why
 * @text: (nullable): the service's words for the user
 * @config_version: (nullable): if it is not the cached nexus's, that is stale
 */
typedef struct
{
  AuthPassportOutcome outcome;
  ImSecret *ticket;
  char *location;
  ImProblem problem;
  char *text;
  char *config_version;
} AuthPassport14Reply;

IM_API void auth_passport14_reply_clear (AuthPassport14Reply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthPassport14Reply,
                                  auth_passport14_reply_clear)

/**
 * auth_passport14_parse_reply:
 * @status: of HTTP
 * @headers: of the answer
 * @ret: (out): what it comes to
 *
 * There is no answer that means nothing: what cannot be understood is
 * refused with %IM_PROBLEM_PROTOCOL, or with %IM_PROBLEM_UNAVAILABLE if the
 * status says that.
 */
IM_API void auth_passport14_parse_reply (guint status,
                                         const char *const *headers,
                                         AuthPassport14Reply *ret);
