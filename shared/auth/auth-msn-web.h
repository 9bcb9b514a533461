#pragma once

/* Signing in to MSN on the pages of its web site, as a browser would.
 *
 *   GET  <login>/login.srf?wa=wsignin1.0&...     a page with a form, cookies
 *   POST <login>/ppsecure/post.srf?...           the form: address, password,
 *                                                and the page's flow token
 *   <- cookies MSPAuth, MSPProf and WLSSC, or a page that says why not
 *   POST <uic>/v1/User/Initialization            maybe: a uic for these cookies
 *
 * Pages are scripts: what is looked for is found wherever it stands. Here is
 * what to ask and what answers mean; cookies and redirects are the session's.
 * wiki.dequis.org, projects/msn/msnp24/traffic-analysis; for the pages
 * github.com/Delthas/JavaSkype and github.com/EionRobb/skype4pidgin. */

#include "im-error.h"
#include "im-secret.h"
#include "im-api.h"

/** What a browser of the time says it is; pages for others are different. */
#define AUTH_MSN_WEB_AGENT                                                     \
  "Mozilla/5.0 (Windows NT 6.1; rv:31.0) Gecko/20100101 Firefox/31.0"

#define AUTH_MSN_WEB_FORM_TYPE "application/x-www-form-urlencoded"

/** The cookies that sign in, ending with %NULL. */
IM_API extern const char *const auth_msn_web_cookies[];

/** The cookie the page's script would set; its value is "G" and milliseconds.
 */
#define AUTH_MSN_WEB_TEST_COOKIE "CkTst"

/** Returns: (transfer full): where the page is; @login is "https://host" */
IM_API char *auth_msn_web_page_url (const char *login, gint64 now);

/**
 * auth_msn_web_follow:
 * @login: where the sign-in pages are
 * @from: the address that was asked
 * @location: (nullable): where it sends us
 *
 * Returns: (transfer full) (nullable): where that is, if it is on the host of
 *   @login and as well encrypted, else %NULL
 */
IM_API char *auth_msn_web_follow (const char *login, const char *from,
                                  const char *location);

/**
 * AuthMsnWebForm:
 * @url: where to post it
 * @body: what
 *
 * A form filled in. Begins zeroed.
 */
typedef struct
{
  char *url;
  ImSecret *body;
} AuthMsnWebForm;

IM_API void auth_msn_web_form_clear (AuthMsnWebForm *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthMsnWebForm, auth_msn_web_form_clear)

/**
 * AuthMsnWebPage:
 * @login: where the sign-in pages are
 * @url: where this one was
 * @text: (nullable): what it is, any bytes
 * @now: unix time
 */
typedef struct
{
  const char *login;
  const char *url;
  GBytes *text;
  gint64 now;
} AuthMsnWebPage;

/**
 * auth_msn_web_fill:
 * @page: the sign-in page
 * @address: who signs in
 * @password: the password as typed; never cut
 * @ret: (out): the form to post
 *
 * A form that goes anywhere but to the host of the pages is posted to where
 * such forms usually go.
 *
 * Returns: %FALSE if the page has no flow token: it has changed
 */
IM_API gboolean auth_msn_web_fill (const AuthMsnWebPage *page,
                                   const char *address,
                                   const ImSecret *password,
                                   AuthMsnWebForm *ret);

typedef enum
{
  AUTH_MSN_WEB_ACCEPTED,
  AUTH_MSN_WEB_REFUSED,
  AUTH_MSN_WEB_AGAIN, /* another form is to be posted */
} AuthMsnWebOutcome;

/**
 * AuthMsnWebAnswer:
 * @page: what came, and from where
 * @status: of HTTP
 * @location: (nullable): the header of that name
 * @complete: all cookies that sign in are there
 * @second: it answers the second form: there is no third
 */
typedef struct
{
  AuthMsnWebPage page;
  guint status;
  const char *location;
  gboolean complete;
  gboolean second;
} AuthMsnWebAnswer;

/**
 * AuthMsnWebVerdict:
 * @outcome: what it comes to
 * @problem: with %AUTH_MSN_WEB_REFUSED, why
 * @url: (nullable): with it, a page to open in a browser
 * @words: (nullable): with it, the page's own words, tidy
 * @form: with %AUTH_MSN_WEB_AGAIN, what to post
 */
typedef struct
{
  AuthMsnWebOutcome outcome;
  ImProblem problem;
  char *url;
  char *words;
  AuthMsnWebForm form;
} AuthMsnWebVerdict;

IM_API void auth_msn_web_verdict_clear (AuthMsnWebVerdict *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthMsnWebVerdict, auth_msn_web_verdict_clear)

/**
 * auth_msn_web_judge:
 * @answer: what came back for a form
 * @ret: (out): what it comes to; there is always something
 *
 * The cookies count more than what a page says.
 */
IM_API void auth_msn_web_judge (const AuthMsnWebAnswer *answer,
                                AuthMsnWebVerdict *ret);

/** What is posted for a uic, as JSON, and where it is behind the address of
 * the service. The addresses in it are of a service that is not needed. */
#define AUTH_MSN_WEB_UIC_PATH "/v1/User/Initialization"
#define AUTH_MSN_WEB_UIC_BODY                                                  \
  "{\"trouterurl\":\"https://\",\"connectionid\":\"a\"}"

/** Returns: (transfer full) (nullable): the uic in an answer */
IM_API char *auth_msn_web_read_uic (guint status, GBytes *body);
