#include "msnweb-roster.h"

/* After a change: who makes one makes more. And the least between two
 * questions that follow from changes. */
#define SOON_MS 2000
#define AGAIN_MS (60 * 1000)

struct _MsnwebRoster
{
  ImHost *host;
  char *url;
  const MsnwebRosterHandlers *handlers;
  gpointer user;
  ImHttp *http;     /* nullable: the question under way */
  ImTimer *timer;   /* nullable: the next one */
  gint64 asked_ms;  /* when it was asked again last, or -1 */
  gboolean refused; /* and there was no list since */
};

MsnwebRoster *
msnweb_roster_new (ImHost *host, const char *url,
                   const MsnwebRosterHandlers *handlers, gpointer user)
{
  MsnwebRoster *self = g_new0 (MsnwebRoster, 1);

  self->host = host;
  self->url = g_strconcat (url, MSNWEB_ROSTER_PATH, NULL);
  self->handlers = handlers;
  self->user = user;
  self->asked_ms = -1;
  return self;
}

void
msnweb_roster_stop (MsnwebRoster *self)
{
  ImHttp *http = g_steal_pointer (&self->http);

  self->host->ops->timer_cancel (self->host, g_steal_pointer (&self->timer));
  if (http != NULL)
    self->host->ops->http_cancel (self->host, http);
}

void
msnweb_roster_free (MsnwebRoster *self)
{
  if (self == NULL)
    return;
  msnweb_roster_stop (self);
  g_free (self->url);
  g_free (self);
}

static void
take_list (MsnwebRoster *self, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  gboolean cut;
  g_autoptr (GPtrArray) people =
      msnweb_contacts_decode_roster (body, &cut, &error);

  if (people == NULL)
    {
      self->handlers->failed (self->user, error->message);
      return;
    }
  self->refused = FALSE;
  self->handlers->list (self->user, people, cut);
}

static gboolean
is_refusal (guint status)
{
  return status == 400 || status == 401 || status == 403;
}

/* The handlers may free us. */
static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnwebRoster *self = user;
  g_autofree char *why = NULL;

  self->http = NULL;
  if (response != NULL && response->status == 200)
    {
      take_list (self, response->body);
      return;
    }
  if (response != NULL && is_refusal (response->status) && !self->refused)
    {
      self->refused = TRUE;
      self->handlers->refused (self->user);
      return;
    }
  why = response != NULL ? g_strdup_printf ("HTTP %u", response->status)
                         : g_strdup (error->message);
  self->handlers->failed (self->user, why);
}

void
msnweb_roster_fetch (MsnwebRoster *self)
{
  const ImHttpRequest request = {
    .method = "GET",
    .url = self->url,
    .max_body = IM_MAX_HTTP_BODY,
    .repeatable = TRUE,
    .cookies = TRUE,
  };

  msnweb_roster_stop (self);
  self->http =
      self->host->ops->http_send (self->host, &request, on_answer, self);
}

static void
on_timer (gpointer user)
{
  MsnwebRoster *self = user;

  self->timer = NULL;
  self->asked_ms = self->host->ops->monotonic_ms (self->host);
  msnweb_roster_fetch (self);
}

void
msnweb_roster_changed (MsnwebRoster *self)
{
  gint64 now = self->host->ops->monotonic_ms (self->host);
  gint64 wait = SOON_MS;

  if (self->timer != NULL)
    return;
  if (self->asked_ms >= 0)
    wait = MAX (wait, self->asked_ms + AGAIN_MS - now);
  self->timer =
      self->host->ops->timer_add (self->host, (guint)wait, on_timer, self);
}
