#include "msnweb-signin.h"

#include <string.h>

#include "auth-msn-web.h"
#include "im-limits.h"

/* Pages have some ten KiB of scripts. */
#define MAX_PAGE (256 * 1024)

struct _MsnwebSignin
{
  ImHost *host;
  char *login;
  char *gateway;
  char *address;
  ImSecret *password;
  MsnwebSigninFunc func;
  gpointer user;
  ImHttp *http;    /* nullable: the request under way */
  ImTimer *timer;  /* nullable: there is something to tell */
  ImProblem early; /* then */
  char *url;       /* nullable: where that request went */
  guint redirects;
  gboolean second; /* it is the second form */
};

MsnwebSignin *
msnweb_signin_new (ImHost *host, const MsnwebSigninConfig *config)
{
  MsnwebSignin *self = g_new0 (MsnwebSignin, 1);

  self->host = host;
  self->login = g_strdup (config->login);
  self->gateway = g_strdup (config->gateway);
  self->address = g_strdup (config->address);
  if (config->password != NULL)
    self->password = im_secret_ref (config->password);
  return self;
}

void
msnweb_signin_stop (MsnwebSignin *self)
{
  ImHttp *http = g_steal_pointer (&self->http);

  self->host->ops->timer_cancel (self->host, g_steal_pointer (&self->timer));
  if (http != NULL)
    self->host->ops->http_cancel (self->host, http);
}

void
msnweb_signin_free (MsnwebSignin *self)
{
  if (self == NULL)
    return;
  msnweb_signin_stop (self);
  g_free (self->login);
  g_free (self->gateway);
  g_free (self->address);
  g_clear_pointer (&self->password, im_secret_unref);
  g_free (self->url);
  g_free (self);
}

/* The name of a cookie that a request to @url would lack, or NULL. */
static const char *
missing_at (const MsnwebSignin *self, const char *url)
{
  for (guint i = 0; auth_msn_web_cookies[i] != NULL; i++)
    {
      g_autoptr (ImSecret) value =
          im_host_cookie (self->host, url, auth_msn_web_cookies[i]);

      if (value == NULL)
        return auth_msn_web_cookies[i];
    }
  return NULL;
}

gboolean
msnweb_signin_is_done (const MsnwebSignin *self)
{
  return missing_at (self, self->gateway) == NULL;
}

/* --- the end ----------------------------------------------------------- */

static char *
host_of (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return g_strdup (uri != NULL ? g_uri_get_host (uri) : NULL);
}

/* Whom we tell may free us. */
static void
fail (MsnwebSignin *self, ImProblem problem, guint code, const char *url,
      const char *detail)
{
  g_autofree char *host = host_of (self->login);
  const ImFailure failure = {
    .problem = problem,
    .host = host,
    .code = code,
    .url = url,
    .detail = detail,
  };

  self->func (self->user, &failure);
}

/* Cookies that do not get to where they are needed are as good as none: the
 * settings name hosts that do not belong together. */
static void
finish (MsnwebSignin *self)
{
  if (msnweb_signin_is_done (self))
    self->func (self->user, NULL);
  else
    fail (self, IM_PROBLEM_SETTINGS, 0, NULL,
          "the cookies of the sign-in pages are not for this gateway");
}

static void
fail_transport (MsnwebSignin *self, const GError *error)
{
  fail (self, (ImProblem)error->code, 0, NULL, error->message);
}

/* --- requests ---------------------------------------------------------- */

static void
request (MsnwebSignin *self, const AuthMsnWebForm *form, ImHttpFunc func)
{
  static const char *const headers[] = { "User-Agent", AUTH_MSN_WEB_AGENT,
                                         NULL };
  g_autoptr (GBytes) body = NULL;
  ImHttpRequest http = {
    .method = form != NULL ? "POST" : "GET",
    .url = self->url,
    .headers = headers,
    .max_body = MAX_PAGE,
    .secret = TRUE,
    .repeatable = form == NULL,
    .cookies = TRUE,
  };

  if (form != NULL)
    {
      const char *text = im_secret_peek (form->body);

      /* The body is borrowed from the secret, which goes with it. */
      body = g_bytes_new_with_free_func (text, strlen (text),
                                         (GDestroyNotify)im_secret_unref,
                                         im_secret_ref (form->body));
      http.content_type = AUTH_MSN_WEB_FORM_TYPE;
      http.body = body;
    }
  self->http = self->host->ops->http_send (self->host, &http, func, self);
}

static const char *
find_header (const ImHttpResponse *response, const char *name)
{
  for (guint i = 0; response->headers != NULL && response->headers[i] != NULL;
       i += 2)
    if (g_ascii_strcasecmp (response->headers[i], name) == 0)
      return response->headers[i + 1];
  return NULL;
}

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

static AuthMsnWebPage
page_of (MsnwebSignin *self, const ImHttpResponse *response)
{
  return (AuthMsnWebPage){
    .login = self->login,
    .url = self->url,
    .text = response->body,
    .now = self->host->ops->wall_s (self->host),
  };
}

/* --- the form ---------------------------------------------------------- */

static void post (MsnwebSignin *self, AuthMsnWebForm *form);

/* Why a page that let us in, as it seems, did not. */
static char *
explain (const MsnwebSignin *self, const ImHttpResponse *response,
         const AuthMsnWebVerdict *verdict)
{
  if (verdict->problem != IM_PROBLEM_SIGNIN_ANSWER)
    return g_strdup (verdict->words);
  return g_strdup_printf ("HTTP %u, %s?", response->status,
                          missing_at (self, self->login));
}

static void
on_posted (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnwebSignin *self = user;
  AuthMsnWebAnswer answer;
  g_auto (AuthMsnWebVerdict) verdict = { 0 };
  g_autofree char *detail = NULL;

  self->http = NULL;
  if (error != NULL)
    {
      fail_transport (self, error);
      return;
    }
  answer = (AuthMsnWebAnswer){
    .page = page_of (self, response),
    .status = response->status,
    .location = find_header (response, "Location"),
    .complete =
        missing_at (self, self->login) == NULL || msnweb_signin_is_done (self),
    .second = self->second,
  };
  auth_msn_web_judge (&answer, &verdict);
  switch (verdict.outcome)
    {
    case AUTH_MSN_WEB_ACCEPTED:
      finish (self);
      break;
    case AUTH_MSN_WEB_AGAIN:
      self->second = TRUE;
      post (self, &verdict.form);
      break;
    case AUTH_MSN_WEB_REFUSED:
      detail = explain (self, response, &verdict);
      fail (self, verdict.problem,
            response->status >= 500 ? response->status : 0, verdict.url,
            detail);
      break;
    }
}

/* What a script of the page would set, to see whether cookies work. */
static void
put_test_cookie (MsnwebSignin *self)
{
  g_autofree char *host = host_of (self->login);
  g_autofree char *value = g_strdup_printf (
      "G%" G_GINT64_FORMAT "000", self->host->ops->wall_s (self->host));
  g_autoptr (ImSecret) secret = im_secret_new (value);
  ImCookie cookie = {
    (char *)AUTH_MSN_WEB_TEST_COOKIE, secret, host, (char *)"/", 0, FALSE
  };

  if (host != NULL && self->host->ops->cookie_put != NULL)
    self->host->ops->cookie_put (self->host, &cookie);
}

static void
post (MsnwebSignin *self, AuthMsnWebForm *form)
{
  g_free (self->url);
  self->url = g_strdup (form->url);
  request (self, form, on_posted);
}

/* --- the page ---------------------------------------------------------- */

static void fetch (MsnwebSignin *self, const char *url);

static void
follow (MsnwebSignin *self, const ImHttpResponse *response)
{
  g_autofree char *url = auth_msn_web_follow (
      self->login, self->url, find_header (response, "Location"));

  if (url == NULL || self->redirects == IM_MAX_SIGNON_REDIRECTS)
    {
      fail (self, IM_PROBLEM_UNAVAILABLE, response->status, NULL, NULL);
      return;
    }
  self->redirects++;
  fetch (self, url);
}

static void
on_page (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnwebSignin *self = user;
  g_auto (AuthMsnWebForm) form = { 0 };
  AuthMsnWebPage page;

  self->http = NULL;
  if (error != NULL)
    {
      fail_transport (self, error);
      return;
    }
  if (is_redirect (response->status))
    {
      follow (self, response);
      return;
    }
  if (response->status != 200)
    {
      fail (self, IM_PROBLEM_UNAVAILABLE, response->status, NULL, NULL);
      return;
    }
  page = page_of (self, response);
  if (!auth_msn_web_fill (&page, self->address, self->password, &form))
    {
      fail (self, IM_PROBLEM_SIGNIN_ANSWER, 0, self->login,
            "the sign-in page has changed");
      return;
    }
  put_test_cookie (self);
  post (self, &form);
}

static void
fetch (MsnwebSignin *self, const char *url)
{
  char *copy = g_strdup (url);

  g_free (self->url);
  self->url = copy;
  request (self, NULL, on_page);
}

/* --- the start --------------------------------------------------------- */

static void
on_early (gpointer user)
{
  MsnwebSignin *self = user;

  self->timer = NULL;
  fail (self, self->early, 0, NULL, NULL);
}

void
msnweb_signin_start (MsnwebSignin *self, MsnwebSigninFunc func, gpointer user)
{
  g_autofree char *url = NULL;

  msnweb_signin_stop (self);
  self->func = func;
  self->user = user;
  self->redirects = 0;
  self->second = FALSE;
  if (self->password == NULL || *im_secret_peek (self->password) == '\0')
    {
      self->early = IM_PROBLEM_WRONG_PASSWORD;
      self->timer = self->host->ops->timer_add (self->host, 0, on_early, self);
      return;
    }
  url =
      auth_msn_web_page_url (self->login, self->host->ops->wall_s (self->host));
  fetch (self, url);
}
