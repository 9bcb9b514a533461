#pragma once

/* Signing in on the web's pages:
 *
 *   start ()
 *     `-- fetch ()          -> GET login.srf; redirects within the login host
 *           on_page ()      <- the form
 *             `-- post ()   -> POST post.srf: address and password
 *                   on_posted ()  <- cookies, or why not, or one more form
 *                     `-- finish ()
 *
 * What pages mean is known to shared/auth/auth-msn-web.c. */

#include "im-host.h"
#include "im-secret.h"

typedef struct _MsnwebSignin MsnwebSignin;

/**
 * MsnwebSigninConfig:
 * @login: where the pages are: scheme, host, port
 * @gateway: where their cookies have to be good
 * @address: who signs in
 * @password: (nullable): the password, never cut
 */
typedef struct
{
  const char *login;
  const char *gateway;
  const char *address;
  ImSecret *password;
} MsnwebSigninConfig;

/** @failure is %NULL if the cookies are there; borrowed. */
typedef void (*MsnwebSigninFunc) (gpointer user, const ImFailure *failure);

/** Returns: (transfer full): nothing under way; @config is copied */
MsnwebSignin *msnweb_signin_new (ImHost *host,
                                 const MsnwebSigninConfig *config);
/** (nullable) */
void msnweb_signin_free (MsnwebSignin *signin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnwebSignin, msnweb_signin_free)

/** Returns: whether all cookies that sign in are there */
gboolean msnweb_signin_is_done (const MsnwebSignin *signin);

/** Signs in, whatever cookies there are; @func is told once, later, and may
 * free @signin. */
void msnweb_signin_start (MsnwebSignin *signin, MsnwebSigninFunc func,
                          gpointer user);

/** Forgets what is under way. */
void msnweb_signin_stop (MsnwebSignin *signin);
