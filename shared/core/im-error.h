#pragma once

/* Error domains, and the one vocabulary of reasons a session can end with.
 *
 * Bytes that cannot be read raise %IM_WIRE_ERROR. Everything a user may have
 * to act upon is an #ImProblem, raised in the %IM_PROBLEM domain by links,
 * sign-in mechanisms and sessions alike; the glue turns it into a sentence.
 * Nothing here knows libpurple or GIO. */

#include <glib.h>
#include "im-api.h"

#define IM_WIRE_ERROR (im_wire_error_quark ())

/**
 * ImWireError:
 * @IM_WIRE_ERROR_TRUNCATED: the bytes end before the structure does
 * @IM_WIRE_ERROR_TOO_LARGE: a length or count is above the ceiling for it
 * @IM_WIRE_ERROR_MALFORMED: the bytes contradict the format
 * @IM_WIRE_ERROR_UNSUPPORTED: well formed, but a form we do not speak
 */
typedef enum
{
  IM_WIRE_ERROR_TRUNCATED,
  IM_WIRE_ERROR_TOO_LARGE,
  IM_WIRE_ERROR_MALFORMED,
  IM_WIRE_ERROR_UNSUPPORTED,
} ImWireError;

#define IM_PROBLEM (im_problem_quark ())

/**
 * ImProblem:
 *
 * Why a connection ended or a sign-on was refused. One value per sentence
 * the user can be shown.
 */
typedef enum
{
  /* Sign-in. */
  IM_PROBLEM_WRONG_PASSWORD,      /* name and password do not match */
  IM_PROBLEM_NO_SUCH_ACCOUNT,
  IM_PROBLEM_ACCOUNT_DELETED,
  IM_PROBLEM_ACCOUNT_EXPIRED,
  IM_PROBLEM_ACCOUNT_INVALID,
  IM_PROBLEM_SUSPENDED,
  IM_PROBLEM_SUSPENDED_AGE,
  IM_PROBLEM_WARNED,              /* warning level too high to sign on */
  IM_PROBLEM_RATE_LIMITED,        /* too many sign-ons; see retry_after */
  IM_PROBLEM_TOO_MANY_SESSIONS,
  IM_PROBLEM_CLIENT_TOO_OLD,
  IM_PROBLEM_NEEDS_CODE,          /* a one-time code was asked for, and not given */
  IM_PROBLEM_WRONG_CODE,
  IM_PROBLEM_NEEDS_WEB_PAGE,      /* see url */
  IM_PROBLEM_NOT_CONFIRMED,       /* the account's e-mail address; see url */
  IM_PROBLEM_TERMS,               /* not accepted yet; see url */
  IM_PROBLEM_APP_PASSWORD,        /* two-step verification: a password made for
                                     this program is wanted */
  IM_PROBLEM_CONSENT_EXPIRED,     /* a refresh token is no longer good */
  IM_PROBLEM_SERVICE_OFF,         /* the account may not use this service */
  IM_PROBLEM_SIGNIN_ANSWER,       /* the token service said something we do not
                                     know; detail is its word */
  IM_PROBLEM_UNAVAILABLE,         /* the service says: not now */
  IM_PROBLEM_REFUSED_REQUEST,     /* the server called our request wrong */
  IM_PROBLEM_SIGNON_FAILED,       /* refused, for a reason only it knows */
  IM_PROBLEM_NO_MECHANISM,        /* none both sides and settings allow */
  IM_PROBLEM_WEAKENED,            /* somebody in between may have weakened it */

  /* The running session. */
  IM_PROBLEM_SIGNED_ON_ELSEWHERE,
  IM_PROBLEM_SERVER_CLOSING,
  IM_PROBLEM_SESSION_REFUSED,     /* sign-in worked, the session did not */
  IM_PROBLEM_PROTOCOL,            /* bytes we cannot make sense of */
  IM_PROBLEM_TIMED_OUT,           /* no answer in time */
  IM_PROBLEM_LOST,                /* the link broke */

  /* Links. */
  IM_PROBLEM_HOST_NOT_FOUND,
  IM_PROBLEM_CONNECT_REFUSED,
  IM_PROBLEM_UNREACHABLE,
  IM_PROBLEM_ADVERTISED_HOST,     /* the address the server gave is dead */
  IM_PROBLEM_PROXY,
  IM_PROBLEM_NO_TLS_SUPPORT,      /* this computer cannot do TLS */
  IM_PROBLEM_TLS_HANDSHAKE,
  IM_PROBLEM_TLS_NOT_OFFERED,     /* required, and the server has none */
  IM_PROBLEM_CERT_UNTRUSTED,
  IM_PROBLEM_CERT_SELF_SIGNED,
  IM_PROBLEM_CERT_NAME,
  IM_PROBLEM_CERT_EXPIRED,
  IM_PROBLEM_CERT_NOT_YET_VALID,
  IM_PROBLEM_CERT_REVOKED,
  IM_PROBLEM_CERT_CHANGED,        /* differs from the one pinned */
  IM_PROBLEM_CERT_OTHER,
  IM_PROBLEM_CLOCK,               /* this computer's clock is off */

  /* Settings. */
  IM_PROBLEM_NO_NETWORK,          /* no network was chosen */
  IM_PROBLEM_SERVICE_CLOSED,      /* the chosen one no longer exists */
  IM_PROBLEM_SETTINGS,

  IM_PROBLEM_OTHER,
} ImProblem;

/**
 * ImFailure:
 * @problem: what happened
 * @host: (nullable): the host concerned
 * @port: its port, or 0
 * @code: the server's own number for it, or 0
 * @url: (nullable): a page the server names for it
 * @detail: (nullable): UTF-8 words of the server or the system, for brackets
 * @retry_after: seconds the server wants us to wait, or 0
 *
 * A problem with everything its sentence needs. Strings are borrowed when the
 * struct is part of an event.
 */
typedef struct
{
  ImProblem problem;
  const char *host;
  guint16 port;
  guint code;
  const char *url;
  const char *detail;
  guint retry_after;
} ImFailure;

IM_API GQuark im_wire_error_quark (void);
IM_API GQuark im_problem_quark (void);

/**
 * im_problem_heals:
 * @problem: a problem
 *
 * Whether trying again by itself can help. Wrong passwords, suspended
 * accounts, refused certificates and "signed on elsewhere" do not heal, and
 * retrying them makes things worse.
 *
 * Returns: %TRUE if the host may reconnect on its own schedule
 */
IM_API gboolean im_problem_heals (ImProblem problem);
