/* A proof, from what there is:
 *
 *   msnweb_proof_get ()
 *     |-- cookies of the last sign-on, or of this one
 *     |-- msnweb_signin_start ()   the web's pages
 *     |     `-- ask_uic ()         a uic for the cookies, if somebody gives one
 *     `-- msnweb_ticket_start ()   RST2, instead of all that
 *
 * Cookies are kept for the next sign-on as a secret, with whose and from where
 * they are: they are worth a password for a while. */

#include "msnweb-proof.h"

#include <string.h>

#include "auth-msn-web.h"
#include "im-limits.h"
#include "msnweb-signin.h"
#include "msnweb-ticket.h"
#include "msnweb-trust.h"

#define CACHE "msnweb-cookies"
#define CACHE_HEAD "cookies 1"

/* What is kept holds few and short cookies; anything else is not ours. */
#define MAX_CACHE (64 * 1024)
#define MAX_KEPT 16

#define UIC_SECONDS 10

struct _MsnwebProof
{
  ImHost *host;
  MsnwebAuth auth;
  char *address;
  char *login; /* nullable */
  char *gateway;
  char *uic_url;         /* nullable */
  gboolean usable;       /* settings allow to send a password there */
  MsnwebSignin *signin;  /* nullable */
  MsnwebTicket *tickets; /* nullable */
  MsnwebProofFunc func;
  gpointer user;
  ImTimer *timer;   /* nullable: there is something to tell */
  ImHttp *http;     /* nullable: the uic is asked for */
  char *uic;        /* nullable */
  ImSecret *ticket; /* nullable */
};

/* --- what was kept ----------------------------------------------------- */

static char *
cache_head (const MsnwebProof *self)
{
  return g_strdup_printf (CACHE_HEAD " %s %s", self->login, self->address);
}

/* One line: name, domain, path, expiry, 0 or 1, value; the value is last. */
static void
take_kept (MsnwebProof *self, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "\t", 6);
  ImCookie cookie = { 0 };
  g_autoptr (ImSecret) value = NULL;

  if (g_strv_length (parts) != 6 || *parts[0] == '\0' || *parts[1] == '\0')
    return;
  value = im_secret_new (parts[5]);
  cookie.name = parts[0];
  cookie.domain = parts[1];
  cookie.path = parts[2];
  cookie.expires = g_ascii_strtoll (parts[3], NULL, 10);
  cookie.secure = strcmp (parts[4], "1") == 0;
  cookie.value = value;
  self->host->ops->cookie_put (self->host, &cookie);
  im_secret_wipe (parts[5], strlen (parts[5]));
}

static void
restore (MsnwebProof *self, const MsnwebConfig *config)
{
  g_autoptr (GBytes) kept = config->caches != NULL
                                ? config->caches (config->cache_user, CACHE)
                                : NULL;
  g_autofree char *head = cache_head (self);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize len;
  const char *data;

  if (kept == NULL || self->host->ops->cookie_put == NULL)
    return;
  data = g_bytes_get_data (kept, &len);
  if (len > MAX_CACHE)
    return;
  text = g_strndup (data, len);
  lines = g_strsplit (text, "\n", MAX_KEPT + 2);
  if (lines[0] != NULL && strcmp (lines[0], head) == 0)
    for (guint i = 1; lines[i] != NULL && i <= MAX_KEPT; i++)
      take_kept (self, lines[i]);
  for (guint i = 0; lines[i] != NULL; i++)
    im_secret_wipe (lines[i], strlen (lines[i]));
  im_secret_wipe (text, len);
}

static void
report_cache (MsnwebProof *self, GBytes *data)
{
  const ImEvent event = {
    .type = IM_EVENT_CACHE,
    .cache = { .name = CACHE, .data = data, .secret = TRUE },
  };

  self->host->ops->event (self->host, &event);
}

static gboolean
is_kept (const ImCookie *cookie)
{
  static const char *const more[] = { "MSPPre", "MSPCID", "PPAuth" };

  for (guint i = 0; auth_msn_web_cookies[i] != NULL; i++)
    if (strcmp (cookie->name, auth_msn_web_cookies[i]) == 0)
      return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (more); i++)
    if (strcmp (cookie->name, more[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
write_cookie (GString *out, const ImCookie *cookie)
{
  const char *value = im_secret_peek (cookie->value);

  /* No cookie has any of these; one that had would become two. */
  if (strpbrk (cookie->name, "\t\n") == NULL &&
      strpbrk (cookie->domain, "\t\n") == NULL &&
      strpbrk (cookie->path, "\t\n") == NULL && strchr (value, '\n') == NULL)
    g_string_append_printf (out, "\n%s\t%s\t%s\t%" G_GINT64_FORMAT "\t%d\t%s",
                            cookie->name, cookie->domain, cookie->path,
                            cookie->expires, cookie->secure, value);
}

static void
wipe_string (gpointer data)
{
  GString *string = data;

  im_secret_wipe (string->str, string->len);
  g_string_free (string, TRUE);
}

static void
keep (MsnwebProof *self)
{
  g_autoptr (GPtrArray) cookies = im_host_cookies (self->host, self->gateway);
  g_autofree char *head = cache_head (self);
  /* With its final size at once: growing would leave copies behind. */
  GString *out = g_string_sized_new (MAX_CACHE);
  g_autoptr (GBytes) data = NULL;

  g_string_append (out, head);
  for (guint i = 0; i < cookies->len; i++)
    if (is_kept (cookies->pdata[i]))
      write_cookie (out, cookies->pdata[i]);
  data = g_bytes_new_with_free_func (out->str, out->len, wipe_string, out);
  report_cache (self, data);
}

/* --- life -------------------------------------------------------------- */

/* Nobody listens in, or the user does not mind. */
static gboolean
is_usable (const char *url, gboolean plain)
{
  MsnwebTrust *trust = msnweb_trust_new (url, NULL);
  gboolean usable = trust != NULL && (plain || msnweb_trust_is_private (trust));

  msnweb_trust_free (trust);
  return usable;
}

/* "https://host/" is meant as "https://host". */
static char *
base_of (const char *url)
{
  char *base = g_strdup (url);
  gsize len = base != NULL ? strlen (base) : 0;

  while (len > 0 && base[len - 1] == '/')
    base[--len] = '\0';
  return base;
}

MsnwebProof *
msnweb_proof_new (ImHost *host, const MsnwebConfig *config)
{
  MsnwebProof *self = g_new0 (MsnwebProof, 1);
  gboolean cookies = config->auth == MSNWEB_AUTH_COOKIES;

  self->host = host;
  self->auth = config->auth;
  self->address = g_strdup (config->address);
  self->login = base_of (config->login);
  self->gateway = base_of (config->gateway);
  if (is_usable (config->uic, config->plain))
    self->uic_url = base_of (config->uic);
  self->usable =
      is_usable (cookies ? config->login : config->rst, config->plain);
  if (!self->usable)
    return self;
  if (!cookies)
    {
      self->tickets = msnweb_ticket_new (host, config->rst, config->address,
                                         config->password);
      return self;
    }
  self->signin = msnweb_signin_new (
      host, &(MsnwebSigninConfig){ self->login, self->gateway, self->address,
                                   config->password });
  restore (self, config);
  return self;
}

void
msnweb_proof_stop (MsnwebProof *self)
{
  ImHttp *http = g_steal_pointer (&self->http);

  self->host->ops->timer_cancel (self->host, g_steal_pointer (&self->timer));
  if (http != NULL)
    self->host->ops->http_cancel (self->host, http);
  if (self->signin != NULL)
    msnweb_signin_stop (self->signin);
  if (self->tickets != NULL)
    msnweb_ticket_stop (self->tickets);
}

void
msnweb_proof_free (MsnwebProof *self)
{
  if (self == NULL)
    return;
  msnweb_proof_stop (self);
  msnweb_signin_free (self->signin);
  msnweb_ticket_free (self->tickets);
  g_free (self->address);
  g_free (self->login);
  g_free (self->gateway);
  g_free (self->uic_url);
  g_free (self->uic);
  g_clear_pointer (&self->ticket, im_secret_unref);
  g_free (self);
}

/* --- the uic ----------------------------------------------------------- */

static void
on_uic (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnwebProof *self = user;

  self->http = NULL;
  g_clear_pointer (&self->uic, g_free);
  if (response != NULL)
    self->uic = auth_msn_web_read_uic (response->status, response->body);
  /* It is no proof by itself, and gateways do without it. */
  if (self->uic == NULL)
    im_host_debug (self->host, "msnweb: no uic (%s)",
                   error != NULL ? error->message : "answered without");
  self->func (self->user, NULL);
}

static void
ask_uic (MsnwebProof *self)
{
  static const char body_text[] = AUTH_MSN_WEB_UIC_BODY;
  g_autofree char *url =
      g_strconcat (self->uic_url, AUTH_MSN_WEB_UIC_PATH, NULL);
  g_autoptr (GBytes) body =
      g_bytes_new_static (body_text, sizeof body_text - 1);
  const ImHttpRequest request = {
    .method = "POST",
    .url = url,
    .content_type = "application/json",
    .body = body,
    .max_body = IM_MAX_SIGNIN_ANSWER,
    .cookies = TRUE,
    .seconds = UIC_SECONDS,
  };

  self->http = self->host->ops->http_send (self->host, &request, on_uic, self);
}

/* --- a proof ----------------------------------------------------------- */

static void
on_signed_in (gpointer user, const ImFailure *failure)
{
  MsnwebProof *self = user;

  if (failure != NULL)
    {
      self->func (self->user, failure);
      return;
    }
  keep (self);
  if (self->uic_url != NULL)
    ask_uic (self);
  else
    self->func (self->user, NULL);
}

static void
on_ticket (gpointer user, ImSecret *ticket, const ImFailure *failure)
{
  MsnwebProof *self = user;

  if (ticket != NULL)
    self->ticket = im_secret_ref (ticket);
  self->func (self->user, failure);
}

static gboolean
has_proof (const MsnwebProof *self)
{
  return self->auth == MSNWEB_AUTH_COOKIES
             ? msnweb_signin_is_done (self->signin)
             : self->ticket != NULL;
}

/* Later, as everything is told. */
static void
on_timer (gpointer user)
{
  MsnwebProof *self = user;
  static const ImFailure unusable = {
    .problem = IM_PROBLEM_SETTINGS,
    .detail = "the sign-in address must begin with https://",
  };

  self->timer = NULL;
  if (!self->usable)
    self->func (self->user, &unusable);
  else if (self->uic == NULL && self->uic_url != NULL && self->signin != NULL)
    ask_uic (self);
  else
    self->func (self->user, NULL);
}

void
msnweb_proof_get (MsnwebProof *self, MsnwebProofFunc func, gpointer user)
{
  msnweb_proof_stop (self);
  self->func = func;
  self->user = user;
  if (!self->usable || has_proof (self))
    self->timer = self->host->ops->timer_add (self->host, 0, on_timer, self);
  else if (self->signin != NULL)
    msnweb_signin_start (self->signin, on_signed_in, self);
  else
    msnweb_ticket_start (self->tickets, on_ticket, self);
}

void
msnweb_proof_renew (MsnwebProof *self, MsnwebProofFunc func, gpointer user)
{
  msnweb_proof_stop (self);
  g_clear_pointer (&self->uic, g_free);
  g_clear_pointer (&self->ticket, im_secret_unref);
  if (self->signin != NULL)
    {
      if (self->host->ops->cookies_clear != NULL)
        self->host->ops->cookies_clear (self->host);
      report_cache (self, NULL);
    }
  msnweb_proof_get (self, func, user);
}

const ImSecret *
msnweb_proof_ticket (const MsnwebProof *self)
{
  return self->ticket;
}

const char *
msnweb_proof_uic (const MsnwebProof *self)
{
  return self->uic;
}
