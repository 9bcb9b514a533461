#include "msnweb-ticket.h"

#include <string.h>

#include "auth-passport3.h"
#include "im-limits.h"
#include "msnweb-connect.h"

#define MAX_REDIRECTS 3

struct _MsnwebTicket
{
  ImHost *host;
  char *rst;
  char *address;
  ImSecret *password; /* nullable */
  MsnwebTicketFunc func;
  gpointer user;
  ImHttp *http;    /* nullable: the request under way */
  ImTimer *timer;  /* nullable: it cannot even be asked */
  ImProblem early; /* then */
  char *url;       /* nullable: where that request went */
  guint redirects;
};

MsnwebTicket *
msnweb_ticket_new (ImHost *host, const char *rst, const char *address,
                   ImSecret *password)
{
  MsnwebTicket *self = g_new0 (MsnwebTicket, 1);

  self->host = host;
  self->rst = g_strdup (rst);
  self->address = g_strdup (address);
  if (password != NULL)
    self->password = im_secret_ref (password);
  return self;
}

void
msnweb_ticket_stop (MsnwebTicket *self)
{
  ImHttp *http = g_steal_pointer (&self->http);

  self->host->ops->timer_cancel (self->host, g_steal_pointer (&self->timer));
  if (http != NULL)
    self->host->ops->http_cancel (self->host, http);
}

void
msnweb_ticket_free (MsnwebTicket *self)
{
  if (self == NULL)
    return;
  msnweb_ticket_stop (self);
  g_free (self->rst);
  g_free (self->address);
  g_clear_pointer (&self->password, im_secret_unref);
  g_free (self->url);
  g_free (self);
}

/* @page (nullable) is where to go in a browser. */
static void
fail_at_page (MsnwebTicket *self, ImProblem problem, const char *detail,
              const char *page)
{
  g_autoptr (GUri) uri = g_uri_parse (self->rst, G_URI_FLAGS_NONE, NULL);
  const ImFailure failure = {
    .problem = problem,
    .host = uri != NULL ? g_uri_get_host (uri) : NULL,
    .url = page,
    .detail = detail,
  };

  self->func (self->user, NULL, &failure);
}

static void
fail (MsnwebTicket *self, ImProblem problem, const char *detail)
{
  fail_at_page (self, problem, detail, NULL);
}

static void
on_early (gpointer user)
{
  MsnwebTicket *self = user;

  self->timer = NULL;
  fail (self, self->early, NULL);
}

static void
fail_early (MsnwebTicket *self, ImProblem problem)
{
  self->early = problem;
  self->timer = self->host->ops->timer_add (self->host, 0, on_early, self);
}

/* The host itself, and its neighbours: login.example.net vouches for
 * example.net, but example.net not for all of net. */
static gboolean
is_neighbour (const char *known, const char *host)
{
  const char *parent = strchr (known, '.');
  gsize len;

  if (g_ascii_strcasecmp (known, host) == 0)
    return TRUE;
  if (g_hostname_is_ip_address (known) || parent == NULL ||
      strchr (parent + 1, '.') == NULL)
    return FALSE;
  len = strlen (parent);
  return g_ascii_strcasecmp (host, parent + 1) == 0 ||
         (strlen (host) > len &&
          g_ascii_strcasecmp (host + strlen (host) - len, parent) == 0);
}

static gboolean
may_follow (MsnwebTicket *self, const char *location)
{
  g_autoptr (GUri) home = g_uri_parse (self->rst, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) target = NULL;

  if (self->redirects == MAX_REDIRECTS || !auth_passport_url_ok (location))
    return FALSE;
  target = g_uri_parse (location, G_URI_FLAGS_NONE, NULL);
  self->redirects++;
  return home != NULL && target != NULL && g_uri_get_host (home) != NULL &&
         g_uri_get_host (target) != NULL &&
         is_neighbour (g_uri_get_host (home), g_uri_get_host (target));
}

static void ask (MsnwebTicket *self, const char *url);

static void
take_reply (MsnwebTicket *self, const AuthPassport3Reply *reply)
{
  const AuthPassport3Token *token;

  switch (reply->outcome)
    {
    case AUTH_PASSPORT_TICKET:
      token = auth_passport3_find (reply, MSNWEB_TICKET_SITE);
      if (token != NULL && token->ticket != NULL)
        self->func (self->user, token->ticket, NULL);
      else
        fail (self,
              reply->n_refused > 0 ? reply->problem : IM_PROBLEM_SIGNIN_ANSWER,
              reply->text);
      break;
    case AUTH_PASSPORT_REDIRECT:
      if (may_follow (self, reply->location))
        ask (self, reply->location);
      else
        fail (self, IM_PROBLEM_CERT_NAME, NULL);
      break;
    case AUTH_PASSPORT_REFUSED:
      fail_at_page (self, reply->problem, reply->text, reply->page);
      break;
    }
}

static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnwebTicket *self = user;
  g_auto (AuthPassport3Reply) reply = { 0 };

  self->http = NULL;
  if (error != NULL)
    fail (self, (ImProblem)error->code, error->message);
  else if (auth_passport3_parse (response->body, &reply, NULL))
    take_reply (self, &reply);
  else
    fail (self,
          response->status >= 500 ? IM_PROBLEM_UNAVAILABLE
                                  : IM_PROBLEM_PROTOCOL,
          NULL);
}

/* @url may be what a reply says. */
static void
ask (MsnwebTicket *self, const char *url)
{
  static const AuthPassport3Site site = { MSNWEB_TICKET_SITE,
                                          MSNWEB_TICKET_POLICY };
  char *copy = g_strdup (url);
  const AuthPassport3Request request = {
    .form = AUTH_PASSPORT3_RST2,
    .url = copy,
    .address = self->address,
    .password = self->password,
    .sites = &site,
    .n_sites = 1,
  };
  g_autoptr (GBytes) body = auth_passport3_encode (&request, NULL);
  const ImHttpRequest http = {
    .method = "POST",
    .url = copy,
    .content_type = AUTH_PASSPORT3_TYPE,
    .body = body,
    .max_body = IM_MAX_SIGNIN_ANSWER,
    .secret = TRUE,
  };

  g_free (self->url);
  self->url = copy;
  if (body != NULL)
    self->http =
        self->host->ops->http_send (self->host, &http, on_answer, self);
  else
    fail_early (self, IM_PROBLEM_REFUSED_REQUEST);
}

void
msnweb_ticket_start (MsnwebTicket *self, MsnwebTicketFunc func, gpointer user)
{
  msnweb_ticket_stop (self);
  self->func = func;
  self->user = user;
  self->redirects = 0;
  if (self->password == NULL || *im_secret_peek (self->password) == '\0')
    fail_early (self, IM_PROBLEM_WRONG_PASSWORD);
  else
    ask (self, self->rst);
}
