/* Tickets of Passport. Whoever needs one asks for it by its site; how it is
 * got depends on the version:
 *
 *   8 to 11    nexus -> login, one ticket for everything     Passport 1.4
 *   12 to 14   RST, several sites; the server's arguments    Passport 3.0
 *   from 15    RST, several sites; one comes with a key      SSO
 *
 * One request is under way at a time, for all sites together. Tickets that
 * live for long are renewed before they end. */

#include "msnp-session-private.h"

#include <string.h>

#include "auth-passport14.h"

/* Tickets are renewed when this much of their life is over. */
#define RENEW_PERCENT 90

/* Never more often than this, whatever a server says of their life. */
#define MIN_RENEW_SECONDS 60
#define MAX_RENEW_SECONDS (24 * 3600)

/* After a renewal that failed. */
#define RENEW_AGAIN_SECONDS 300

typedef struct
{
  ImSecret *ticket; /* nullable */
  ImSecret *proof;  /* nullable: the key that came with it */
  ImSecret *before; /* nullable: what it took the place of */
} Ticket;

typedef struct
{
  AuthMsnSite site;
  MsnpTicketFunc func;
  gpointer user;
} Waiter;

struct _MsnpTickets
{
  Ticket tickets[AUTH_MSN_N_SITES];
  guint version;        /* which of the three ways */
  char *policy;         /* (nullable): what they are for: see above */
  gboolean complete;    /* they came, for @policy */
  gboolean signing_on;  /* the ladder waits */
  GArray *waiters;      /* Waiter */
  ImHttp *http;         /* (nullable): the request under way */
  gboolean nexus_first; /* it only asks where to sign in */
  char *url;            /* (nullable): where it went */
  guint redirects;
  char *nexus_login;    /* (nullable): where Passport 1.4 signs in */
  char *nexus_config;   /* (nullable) */
  gboolean nexus_saved; /* that is from an earlier sign-on */
  ImFailure failure;    /* of a request nobody waited for */
  gboolean failed;
  char *failure_text;   /* (nullable): strings of @failure */
  char *failure_host;   /* (nullable) */
  ImTimer *renew_timer;
  gboolean renewing;
};

static void request (MsnpSession *session);

/* --- Life --------------------------------------------------------------- */

void
msnp_tickets_init (MsnpSession *session)
{
  session->tickets = g_new0 (MsnpTickets, 1);
  session->tickets->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
}

static void
ticket_clear (Ticket *ticket)
{
  g_clear_pointer (&ticket->ticket, im_secret_unref);
  g_clear_pointer (&ticket->proof, im_secret_unref);
  g_clear_pointer (&ticket->before, im_secret_unref);
}

static void
stop_request (MsnpSession *session)
{
  MsnpTickets *tickets = session->tickets;
  ImHttp *http = g_steal_pointer (&tickets->http);

  if (http != NULL)
    session->host->ops->http_cancel (session->host, http);
}

static void
drop_renewal (MsnpSession *session)
{
  session->host->ops->timer_cancel (
      session->host, g_steal_pointer (&session->tickets->renew_timer));
}

static void
forget_failure (MsnpTickets *tickets)
{
  tickets->failed = FALSE;
  g_clear_pointer (&tickets->failure_text, g_free);
  g_clear_pointer (&tickets->failure_host, g_free);
}

void
msnp_tickets_discard (MsnpSession *session)
{
  MsnpTickets *tickets = session->tickets;

  stop_request (session);
  drop_renewal (session);
  forget_failure (tickets);
  for (guint i = 0; i < AUTH_MSN_N_SITES; i++)
    ticket_clear (&tickets->tickets[i]);
  tickets->complete = FALSE;
  tickets->renewing = FALSE;
}

void
msnp_tickets_clear (MsnpSession *session)
{
  MsnpTickets *tickets;

  if (session->tickets == NULL)
    return;
  msnp_tickets_discard (session);
  tickets = g_steal_pointer (&session->tickets);
  g_array_unref (tickets->waiters);
  g_free (tickets->policy);
  g_free (tickets->url);
  g_free (tickets->nexus_login);
  g_free (tickets->nexus_config);
  g_free (tickets);
}

void
msnp_tickets_set_nexus (MsnpSession *session, const char *login,
                        const char *config)
{
  MsnpTickets *tickets = session->tickets;

  if (!auth_passport_url_ok (login))
    return;
  g_free (tickets->nexus_login);
  g_free (tickets->nexus_config);
  tickets->nexus_login = g_strdup (login);
  tickets->nexus_config = g_strdup (config);
  tickets->nexus_saved = TRUE;
}

const char *
msnp_tickets_nexus_login (const MsnpSession *session)
{
  return session->tickets->nexus_login;
}

const char *
msnp_tickets_nexus_config (const MsnpSession *session)
{
  return session->tickets->nexus_config;
}

static void
forget_nexus (MsnpTickets *tickets)
{
  g_clear_pointer (&tickets->nexus_login, g_free);
  g_clear_pointer (&tickets->nexus_config, g_free);
  tickets->nexus_saved = FALSE;
}

static gboolean
is_passport14 (const MsnpTickets *tickets)
{
  return tickets->version < 12;
}

/* --- Handing out -------------------------------------------------------- */

static AuthMsnSite
signon_site (const MsnpTickets *tickets)
{
  return msnp_signon_mechanism (tickets->version) == MSNP_MECHANISM_SSO
             ? AUTH_MSN_SITE_CLEAR
             : AUTH_MSN_SITE_MAIL;
}

/* Passport 1.4 knows one ticket. */
static Ticket *
find_ticket (MsnpTickets *tickets, AuthMsnSite site)
{
  if (is_passport14 (tickets))
    site = AUTH_MSN_SITE_MAIL;
  return &tickets->tickets[site];
}

/* Those who wait may ask again from inside. */
static void
tell_waiters (MsnpSession *session, const ImFailure *failure)
{
  static const ImFailure none = { .problem = IM_PROBLEM_SIGNON_FAILED };
  g_autoptr (GArray) waiters = session->tickets->waiters;

  session->tickets->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  for (guint i = 0; i < waiters->len && !session->gone; i++)
    {
      const Waiter *waiter = &g_array_index (waiters, Waiter, i);
      g_autoptr (ImSecret) ticket = NULL;
      const Ticket *found = find_ticket (session->tickets, waiter->site);

      if (failure == NULL && found->ticket != NULL)
        ticket = im_secret_ref (found->ticket);
      waiter->func (session, ticket,
                    ticket != NULL ? NULL : failure != NULL ? failure : &none,
                    waiter->user);
    }
}

static void
tell_ladder (MsnpSession *session, const ImFailure *failure)
{
  MsnpTickets *tickets = session->tickets;
  const Ticket *found = &tickets->tickets[signon_site (tickets)];
  g_autoptr (ImSecret) ticket = NULL;
  g_autoptr (ImSecret) proof = NULL;

  if (!tickets->signing_on)
    return;
  tickets->signing_on = FALSE;
  if (failure == NULL && found->ticket != NULL)
    ticket = im_secret_ref (found->ticket);
  if (failure == NULL && found->proof != NULL)
    proof = im_secret_ref (found->proof);
  msnp_signon_ticket (session, ticket, proof, failure);
}

static void
succeed (MsnpSession *session)
{
  msnp_session_ref (session);
  session->tickets->complete = TRUE;
  session->tickets->renewing = FALSE;
  tell_ladder (session, NULL);
  if (!session->gone)
    tell_waiters (session, NULL);
  msnp_session_unref (session);
}

static void renew_in (MsnpSession *session, guint seconds);

/* Nobody is told of a renewal that failed while the old tickets work, and a
 * request that was made ahead may turn out not to be needed. */
static void
fail (MsnpSession *session, const ImFailure *failure)
{
  MsnpTickets *tickets = session->tickets;

  im_host_debug (session->host, "msnp: no tickets: %s",
                 failure->detail != NULL ? failure->detail : "refused");
  if (tickets->renewing)
    {
      tickets->renewing = FALSE;
      renew_in (session, RENEW_AGAIN_SECONDS);
    }
  else if (!tickets->signing_on && tickets->waiters->len == 0)
    {
      forget_failure (tickets);
      tickets->failed = TRUE;
      tickets->failure_text = g_strdup (failure->detail);
      tickets->failure_host = g_strdup (failure->host);
      tickets->failure = *failure;
      tickets->failure.detail = tickets->failure_text;
      tickets->failure.host = tickets->failure_host;
      tickets->failure.url = NULL;
      return;
    }
  msnp_session_ref (session);
  tell_ladder (session, failure);
  if (!session->gone)
    tell_waiters (session, failure);
  msnp_session_unref (session);
}

/* @page (nullable) is where to go in a browser. */
static void
fail_at_page (MsnpSession *session, ImProblem problem, const char *detail,
              const char *page)
{
  const char *url = session->tickets->url;
  g_autofree char *host = NULL;
  ImFailure failure = { .problem = problem, .detail = detail, .url = page };

  if (url != NULL)
    g_uri_split (url, G_URI_FLAGS_NONE, NULL, NULL, &host, NULL, NULL, NULL,
                 NULL, NULL);
  failure.host = host;
  fail (session, &failure);
}

static void
fail_simple (MsnpSession *session, ImProblem problem, const char *detail)
{
  fail_at_page (session, problem, detail, NULL);
}

static void
fail_http (MsnpSession *session, const GError *error)
{
  fail_simple (session,
               error->domain == IM_PROBLEM ? (ImProblem) error->code
                                           : IM_PROBLEM_UNAVAILABLE,
               error->message);
}

/* --- Asking ------------------------------------------------------------- */

static void
send_request (MsnpSession *session, ImHttpRequest *http, ImHttpFunc func)
{
  MsnpTickets *tickets = session->tickets;

  stop_request (session);
  http->url = tickets->url;
  http->max_body = IM_MAX_HTTP_BODY;
  http->secret = TRUE;
  tickets->http =
      session->host->ops->http_send (session->host, http, func, session);
}

static void
set_url (MsnpTickets *tickets, const char *url)
{
  char *copy = g_strdup (url);

  g_free (tickets->url);
  tickets->url = copy;
}

/* Where a service sends us, password in hand. */
static gboolean
may_follow (MsnpSession *session, const char *url)
{
  g_autofree char *host = NULL;

  if (session->tickets->redirects++ == IM_MAX_SIGNON_REDIRECTS)
    {
      fail_simple (session, IM_PROBLEM_PROTOCOL, "redirected too often");
      return FALSE;
    }
  if (auth_passport_url_ok (url))
    g_uri_split (url, G_URI_FLAGS_NONE, NULL, NULL, &host, NULL, NULL, NULL,
                 NULL, NULL);
  if (host != NULL && msnp_signon_may_contact (session, host))
    return TRUE;
  fail_simple (session, IM_PROBLEM_CERT_NAME, host);
  return FALSE;
}

static gboolean
has_url (MsnpSession *session, const char *url)
{
  if (url != NULL && *url != '\0')
    return TRUE;
  fail_simple (session, IM_PROBLEM_SETTINGS, NULL);
  return FALSE;
}

/* --- Passport 1.4 ------------------------------------------------------- */

static void ask_login (MsnpSession *session);
static void ask_nexus (MsnpSession *session);

static void
keep (Ticket *ticket, ImSecret *fresh, ImSecret *proof)
{
  g_clear_pointer (&ticket->before, im_secret_unref);
  ticket->before = g_steal_pointer (&ticket->ticket);
  ticket->ticket = fresh != NULL ? im_secret_ref (fresh) : NULL;
  g_clear_pointer (&ticket->proof, im_secret_unref);
  ticket->proof = proof != NULL ? im_secret_ref (proof) : NULL;
}

static void
note_config (MsnpSession *session, const char *config)
{
  MsnpTickets *tickets = session->tickets;

  if (config == NULL || g_strcmp0 (config, tickets->nexus_config) == 0)
    return;
  forget_nexus (tickets);
}

static void
handle_login (MsnpSession *session, AuthPassport14Reply *reply)
{
  MsnpTickets *tickets = session->tickets;

  switch (reply->outcome)
    {
    case AUTH_PASSPORT_TICKET:
      keep (&tickets->tickets[AUTH_MSN_SITE_MAIL], reply->ticket, NULL);
      note_config (session, reply->config_version);
      succeed (session);
      break;
    case AUTH_PASSPORT_REDIRECT:
      if (may_follow (session, reply->location))
        {
          set_url (tickets, reply->location);
          ask_login (session);
        }
      break;
    case AUTH_PASSPORT_REFUSED:
      note_config (session, reply->config_version);
      fail_simple (session, reply->problem, reply->text);
      break;
    }
}

static void
on_login (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnpSession *session = user;
  MsnpTickets *tickets = session->tickets;
  g_auto (AuthPassport14Reply) reply = { 0 };

  tickets->http = NULL;
  if (error != NULL && tickets->nexus_saved)
    {
      /* What was said last time may not hold any more. */
      forget_nexus (tickets);
      ask_nexus (session);
    }
  else if (error != NULL)
    fail_http (session, error);
  else
    {
      auth_passport14_parse_reply (response->status, response->headers,
                                   &reply);
      handle_login (session, &reply);
    }
}

/* Asks @url of the tickets. */
static void
ask_login (MsnpSession *session)
{
  MsnpTickets *tickets = session->tickets;
  g_autoptr (GError) error = NULL;
  g_autoptr (ImSecret) authorization = auth_passport14_authorization (
      session->settings.spelling, session->settings.password,
      tickets->policy != NULL ? tickets->policy : "", &error);
  const char *headers[] = { "Authorization", NULL, NULL };
  ImHttpRequest http = { .method = "GET", .headers = headers };

  if (authorization == NULL)
    {
      fail_simple (session, IM_PROBLEM_PROTOCOL, error->message);
      return;
    }
  headers[1] = im_secret_peek (authorization);
  send_request (session, &http, on_login);
}

static void
go_to_login (MsnpSession *session)
{
  MsnpTickets *tickets = session->tickets;

  set_url (tickets, tickets->nexus_login);
  ask_login (session);
}

static void
handle_nexus (MsnpSession *session, const AuthPassport14Nexus *nexus)
{
  MsnpTickets *tickets = session->tickets;

  if (!may_follow (session, nexus->login_url))
    return;
  msnp_tickets_set_nexus (session, nexus->login_url, nexus->config_version);
  tickets->nexus_saved = FALSE;
  /* Asked ahead: the server has not said yet what the ticket is for. */
  if (tickets->signing_on || tickets->waiters->len > 0)
    go_to_login (session);
}

static void
on_nexus (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnpSession *session = user;
  g_auto (AuthPassport14Nexus) nexus = { 0 };
  g_autoptr (GError) wrong = NULL;

  session->tickets->http = NULL;
  if (error != NULL)
    fail_http (session, error);
  else if (response->status >= 500)
    fail_simple (session, IM_PROBLEM_UNAVAILABLE, NULL);
  else if (!auth_passport14_parse_nexus (response->headers, &nexus, &wrong))
    fail_simple (session, IM_PROBLEM_PROTOCOL, wrong->message);
  else
    handle_nexus (session, &nexus);
}

static void
ask_nexus (MsnpSession *session)
{
  ImHttpRequest http = { .method = "GET" };

  if (!has_url (session, session->settings.nexus))
    return;
  set_url (session->tickets, session->settings.nexus);
  send_request (session, &http, on_nexus);
}

/* --- Passport 3.0 ------------------------------------------------------- */

static void ask_rst (MsnpSession *session);

static void
on_renew (gpointer user)
{
  MsnpSession *session = user;

  session->tickets->renew_timer = NULL;
  session->tickets->renewing = TRUE;
  request (session);
}

static void
renew_in (MsnpSession *session, guint seconds)
{
  drop_renewal (session);
  session->tickets->renew_timer = session->host->ops->timer_add (
      session->host, seconds * 1000, on_renew, session);
}

/* By the server's clock if it said when they were made, else by ours. */
static gint64
lifetime (MsnpSession *session, const AuthPassport3Token *token)
{
  gint64 from = token->created != 0
                    ? token->created
                    : session->host->ops->wall_s (session->host);

  return token->expires - from;
}

static void
keep_tokens (MsnpSession *session, const AuthPassport3Reply *reply,
             const AuthPassport3Site *sites)
{
  gint64 shortest = 0;

  for (guint i = 0; i < AUTH_MSN_N_SITES; i++)
    {
      const AuthPassport3Token *token =
          auth_passport3_find (reply, sites[i].address);

      if (token == NULL || token->ticket == NULL)
        continue;
      keep (&session->tickets->tickets[i], token->ticket, token->proof);
      if (token->expires != 0)
        {
          gint64 life = MAX (lifetime (session, token), 1);

          shortest = shortest == 0 ? life : MIN (shortest, life);
        }
    }
  if (shortest > 0)
    renew_in (session, (guint) CLAMP (shortest * RENEW_PERCENT / 100,
                                      MIN_RENEW_SECONDS, MAX_RENEW_SECONDS));
}

static void
fill_sites (const MsnpTickets *tickets, const char *policy,
            AuthPassport3Site ret[AUTH_MSN_N_SITES])
{
  gboolean sso = signon_site (tickets) == AUTH_MSN_SITE_CLEAR;

  auth_msn_sso_sites (sso ? policy : AUTH_MSN_SSO_POLICY, ret);
  if (!sso)
    ret[AUTH_MSN_SITE_MAIL].policy = policy;
}

static void
handle_rst (MsnpSession *session, const AuthPassport3Reply *reply)
{
  MsnpTickets *tickets = session->tickets;
  AuthPassport3Site sites[AUTH_MSN_N_SITES];
  const AuthPassport3Token *token;

  switch (reply->outcome)
    {
    case AUTH_PASSPORT_TICKET:
      fill_sites (tickets, "", sites);
      token =
          auth_passport3_find (reply, sites[signon_site (tickets)].address);
      if (token == NULL || token->ticket == NULL)
        {
          fail_simple (session,
                       reply->n_refused > 0 ? reply->problem
                                            : IM_PROBLEM_PROTOCOL,
                       reply->text);
          break;
        }
      keep_tokens (session, reply, sites);
      succeed (session);
      break;
    case AUTH_PASSPORT_REDIRECT:
      if (may_follow (session, reply->location))
        {
          set_url (tickets, reply->location);
          ask_rst (session);
        }
      break;
    case AUTH_PASSPORT_REFUSED:
      fail_at_page (session, reply->problem,
                    reply->text != NULL ? reply->text : reply->fault,
                    reply->page);
      break;
    }
}

static void
on_rst (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnpSession *session = user;
  g_auto (AuthPassport3Reply) reply = { 0 };
  g_autoptr (GError) wrong = NULL;

  session->tickets->http = NULL;
  if (error != NULL)
    fail_http (session, error);
  else if (auth_passport3_parse (response->body, &reply, &wrong))
    handle_rst (session, &reply);
  else if (response->status >= 400)
    {
      g_autofree char *status = g_strdup_printf ("HTTP %u", response->status);

      fail_simple (session, IM_PROBLEM_UNAVAILABLE, status);
    }
  else
    fail_simple (session, IM_PROBLEM_PROTOCOL, wrong->message);
}

/* Asks @url of the tickets. */
static void
ask_rst (MsnpSession *session)
{
  MsnpTickets *tickets = session->tickets;
  AuthPassport3Site sites[AUTH_MSN_N_SITES];
  g_autofree char *policy =
      signon_site (tickets) == AUTH_MSN_SITE_CLEAR
          ? g_strdup (tickets->policy)
          : auth_passport3_policy (tickets->policy);
  AuthPassport3Request rst = {
    .form = strstr (tickets->url, "RST2") != NULL ? AUTH_PASSPORT3_RST2
                                                  : AUTH_PASSPORT3_RST,
    .url = tickets->url,
    .address = session->settings.spelling,
    .password = session->settings.password,
    .sites = sites,
    .n_sites = AUTH_MSN_N_SITES,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  ImHttpRequest http = { .method = "POST",
                         .content_type = AUTH_PASSPORT3_TYPE,
                         .repeatable = TRUE };

  fill_sites (tickets, policy, sites);
  body = auth_passport3_encode (&rst, &error);
  if (body == NULL)
    {
      fail_simple (session, IM_PROBLEM_REFUSED_REQUEST, error->message);
      return;
    }
  http.body = body;
  send_request (session, &http, on_rst);
}

/* --- Both --------------------------------------------------------------- */

static void
request (MsnpSession *session)
{
  MsnpTickets *tickets = session->tickets;

  tickets->redirects = 0;
  forget_failure (tickets);
  if (is_passport14 (tickets))
    {
      if (tickets->nexus_login != NULL)
        go_to_login (session);
      else
        ask_nexus (session);
    }
  else if (has_url (session, session->settings.rst))
    {
      set_url (tickets, session->settings.rst);
      ask_rst (session);
    }
}

static void
set_policy (MsnpSession *session, guint version, const char *policy)
{
  MsnpTickets *tickets = session->tickets;

  if (tickets->version == version && g_strcmp0 (tickets->policy, policy) == 0)
    return;
  if (tickets->version != 0)
    msnp_tickets_discard (session);
  tickets->version = version;
  g_free (tickets->policy);
  tickets->policy = g_strdup (policy);
}

/* What matters of a version here: which way tickets come. */
static guint
way_of (guint version)
{
  if (version < 12)
    return 8;
  return msnp_signon_mechanism (version) == MSNP_MECHANISM_SSO ? 15 : 12;
}

void
msnp_tickets_prepare (MsnpSession *session, guint version, const char *policy)
{
  MsnpTickets *tickets = session->tickets;

  if (way_of (version) == 8)
    {
      tickets->version = 8;
      if (tickets->nexus_login == NULL)
        ask_nexus (session);
      else
        im_host_http_ahead (session->host, tickets->nexus_login);
    }
  else if (policy != NULL)
    {
      set_policy (session, way_of (version), policy);
      request (session);
    }
  else
    im_host_http_ahead (session->host, session->settings.rst);
}

void
msnp_tickets_sign_on (MsnpSession *session, const char *challenge)
{
  MsnpTickets *tickets = session->tickets;
  guint way = way_of (session->version);
  gboolean nexus_under_way =
      way == 8 && tickets->version == 8 && tickets->http != NULL;

  tickets->signing_on = TRUE;
  if (nexus_under_way)
    {
      g_free (tickets->policy);
      tickets->policy = g_strdup (challenge);
      return;
    }
  set_policy (session, way, challenge);
  /* A ticket of Passport 1.4 lives for seconds. */
  if (way == 8 && tickets->complete)
    msnp_tickets_discard (session);
  if (tickets->complete)
    tell_ladder (session, NULL);
  else if (tickets->failed)
    {
      ImFailure failure = tickets->failure;

      tell_ladder (session, &failure);
    }
  else if (tickets->http == NULL)
    request (session);
}

void
msnp_tickets_want (MsnpSession *session, AuthMsnSite site, MsnpTicketFunc func,
                   gpointer user)
{
  MsnpTickets *tickets = session->tickets;
  const Ticket *found = find_ticket (tickets, site);
  Waiter waiter = { site, func, user };

  if (found->ticket != NULL && (tickets->http == NULL || tickets->renewing))
    {
      g_autoptr (ImSecret) ticket = im_secret_ref (found->ticket);

      func (session, ticket, NULL, user);
      return;
    }
  g_array_append_val (tickets->waiters, waiter);
  if (tickets->http == NULL)
    request (session);
}

void
msnp_tickets_forget (MsnpSession *session, gpointer user)
{
  GArray *waiters = session->tickets->waiters;

  for (guint i = waiters->len; i > 0; i--)
    if (g_array_index (waiters, Waiter, i - 1).user == user)
      g_array_remove_index (waiters, i - 1);
}

/* Some servers take no ticket but the one the session was signed on with, so
 * a renewed one that is refused gives way to the one before it. */
void
msnp_tickets_expire (MsnpSession *session, AuthMsnSite site)
{
  Ticket *ticket = find_ticket (session->tickets, site);

  g_clear_pointer (&ticket->ticket, im_secret_unref);
  ticket->ticket = g_steal_pointer (&ticket->before);
}
