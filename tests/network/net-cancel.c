/* Cutting off: links, requests, timers and questions are ended at every
 * point of their lives, from outside and from inside every callback. Nothing
 * may be called afterwards, no descriptor may stay open; that no memory does
 * is for the sanitizers to say. */

#include "net-support.h"

#define LINKS 2
#define HTTPS 2
#define TIMERS 3

typedef enum
{
  CUT_EACH,      /* the session gives up everything it has */
  CUT_HOST,      /* the host is closed */
  CUT_HOST_USED, /* ... and the session goes on for a while */
  N_CUTS,
} Cut;

/**
 * Scene:
 * @host: where the links go
 * @service: whom they talk to
 * @tls: they speak TLS at once
 * @upgrade: ... or later
 * @web: the service the requests go to
 * @page: what they are for
 *
 * What is going on when it is cut off.
 */
typedef struct
{
  const char *name;
  const char *host;
  const char *service;
  gboolean tls;
  gboolean upgrade;
  const char *web;
  const char *page;
  NetProxyType proxy;
  const char *proxy_service;
} Scene;

static const Scene scenes[] = {
  { "plain", "127.0.0.1", "echo", FALSE, FALSE, "http", "/hello" },
  { "name", "localhost", "echo", FALSE, FALSE, "http", "/moved" },
  { "no-name", "nowhere.invalid", "echo", FALSE, FALSE, "http", "/nothing" },
  { "tls", "localhost", "tls-good", TRUE, FALSE, "https-good", "/hello" },
  { "question", "localhost", "tls-self", TRUE, FALSE, "https-self", "/hello" },
  { "upgrade", "127.0.0.1", "starttls", FALSE, TRUE, "http", "/silence" },
  { "upgrade-question", "127.0.0.1", "starttls-self", FALSE, TRUE, "http",
    "/cut" },
  { "burst", "127.0.0.1", "counting", FALSE, FALSE, "http", "/endless" },
  { "tls-burst", "localhost", "tls-counting", TRUE, FALSE, "https-good",
    "/endless" },
  { "mute", "127.0.0.1", "mute", TRUE, FALSE, "http", "/silence" },
  { "last-words", "127.0.0.1", "last-words", FALSE, FALSE, "http", "/bomb" },
  { "reset", "127.0.0.1", "reset", FALSE, FALSE, "http", "/garbage" },
  { "socks", "localhost", "tls-good", TRUE, FALSE, "https-good", "/hello",
    NET_PROXY_SOCKS5, "socks5" },
  { "http-proxy", "localhost", "echo", FALSE, FALSE, "https-good", "/hello",
    NET_PROXY_HTTP, "http-proxy" },
};

/** A request or a timer, and whose it is. */
typedef struct _Storm Storm;
typedef struct
{
  Storm *storm;
  gpointer thing;
} Slot;

/**
 * Storm:
 * @calls: callbacks so far
 * @cut_at: the callback to cut at, or 0
 * @cutting: callbacks that belong to the cut itself are fine
 * @over: it was cut; nothing may be called any more
 */
struct _Storm
{
  const Scene *scene;
  NetHost *net;
  ImHost *host;
  ImLink *links[LINKS];
  Slot https[HTTPS];
  Slot timers[TIMERS];
  NetQuestion *question;
  guint upgrades;
  guint calls;
  guint cut_at;
  Cut cut;
  gboolean cutting;
  gboolean over;
};

static void storm_cut (Storm *storm);

/* Every callback begins here. Returns: whether to go on as usual */
static gboolean
called (Storm *storm)
{
  if (storm->over)
    g_error ("%s: called after the cut", storm->scene->name);
  if (++storm->calls != storm->cut_at)
    return TRUE;
  storm_cut (storm);
  return FALSE;
}

/* --- what a session does ---------------------------------------------- */

static void
on_opened (gpointer user, ImLink *link)
{
  Storm *storm = user;

  if (called (storm))
    storm->host->ops->link_write (storm->host, link, "STARTTLS", 8);
}

static void
on_bytes (gpointer user, ImLink *link, const guint8 *data, gsize len)
{
  Storm *storm = user;
  const ImHostOps *ops = storm->host->ops;

  if (!called (storm))
    return;
  if (storm->scene->upgrade && storm->upgrades++ < LINKS)
    ops->link_start_tls (storm->host, link, "localhost");
  else
    ops->link_write (storm->host, link, data, MIN (len, 100));
}

static void
on_closed (gpointer user, ImLink *link, const GError *error)
{
  Storm *storm = user;

  for (guint i = 0; i < LINKS; i++)
    if (storm->links[i] == link)
      storm->links[i] = NULL;
  /* Not every session knows that this one needs nothing more. */
  storm->host->ops->link_write (storm->host, link, "x", 1);
  storm->host->ops->link_close (storm->host, link);
  called (storm);
}

static const ImLinkHandlers handlers = { on_opened, on_bytes, on_closed };

static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  Slot *slot = user;

  slot->thing = NULL;
  called (slot->storm);
}

static void
on_timer (gpointer user)
{
  static const ImEvent event = { .type = IM_EVENT_ROSTER_DONE };
  Slot *slot = user;
  Storm *storm = slot->storm;

  slot->thing = NULL;
  if (!called (storm))
    return;
  storm->host->ops->event (storm->host, &event);
  if (!storm->over && storm->question != NULL)
    net_question_answer (g_steal_pointer (&storm->question), TRUE);
}

/* --- what an owner does ----------------------------------------------- */

static void
on_event (gpointer user, const ImEvent *event)
{
  called (user);
}

static NetPin
on_pin_lookup (gpointer user, GTlsCertificate *certificate, const char *host)
{
  called (user);
  return NET_PIN_NONE;
}

static void
on_pin_store (gpointer user, GTlsCertificate *certificate, const char *host)
{
  called (user);
}

static void
on_ask (gpointer user, NetQuestion *question, const NetCertificate *about)
{
  Storm *storm = user;

  storm->question = question;
  called (storm);
}

static void
on_ask_withdrawn (gpointer user, NetQuestion *question)
{
  Storm *storm = user;

  g_assert_true (storm->question == question);
  storm->question = NULL;
  if (!storm->cutting)
    called (storm);
}

static const NetHostFuncs funcs = {
  .event = on_event,
  .pin_lookup = on_pin_lookup,
  .pin_store = on_pin_store,
  .ask = on_ask,
  .ask_withdrawn = on_ask_withdrawn,
};

/* --- storms ----------------------------------------------------------- */

static void
open_links (Storm *storm)
{
  const ImLinkTarget target = { storm->scene->host,
                                net_port (storm->scene->service),
                                storm->scene->tls, NULL };

  for (guint i = 0; i < LINKS; i++)
    storm->links[i] =
        storm->host->ops->link_open (storm->host, &target, &handlers, storm);
}

static void
send_https (Storm *storm)
{
  const Scene *scene = storm->scene;
  g_autofree char *url = g_strdup_printf (
      "%s://localhost:%u%s",
      g_str_has_prefix (scene->web, "https") ? "https" : "http",
      net_port (scene->web), scene->page);
  const ImHttpRequest request = { .method = "GET",
                                  .url = url,
                                  .max_body = 1000000 };

  for (guint i = 0; i < HTTPS; i++)
    {
      storm->https[i].storm = storm;
      storm->https[i].thing = storm->host->ops->http_send (
          storm->host, &request, on_answer, &storm->https[i]);
    }
}

static void
add_timers (Storm *storm)
{
  for (guint i = 0; i < TIMERS; i++)
    {
      storm->timers[i].storm = storm;
      storm->timers[i].thing = storm->host->ops->timer_add (
          storm->host, 4 * i, on_timer, &storm->timers[i]);
    }
}

static void
give_up (Storm *storm)
{
  const ImHostOps *ops = storm->host->ops;

  for (guint i = 0; i < LINKS; i++)
    if (storm->links[i] != NULL)
      ops->link_close (storm->host, g_steal_pointer (&storm->links[i]));
  for (guint i = 0; i < HTTPS; i++)
    if (storm->https[i].thing != NULL)
      ops->http_cancel (storm->host, g_steal_pointer (&storm->https[i].thing));
  for (guint i = 0; i < TIMERS; i++)
    ops->timer_cancel (storm->host, g_steal_pointer (&storm->timers[i].thing));
}

/* A session in whose event the host was closed does not know before its next
 * call returns, if then. */
static void
go_on (Storm *storm)
{
  const ImHostOps *ops = storm->host->ops;

  for (guint i = 0; i < LINKS; i++)
    if (storm->links[i] != NULL)
      {
        ops->link_write (storm->host, storm->links[i], "more", 4);
        ops->link_hold (storm->host, storm->links[i], TRUE);
        ops->link_hold (storm->host, storm->links[i], FALSE);
        ops->link_start_tls (storm->host, storm->links[i], NULL);
      }
  give_up (storm);
  open_links (storm);
  send_https (storm);
  add_timers (storm);
  give_up (storm);
}

static void
storm_cut (Storm *storm)
{
  storm->cutting = TRUE;
  switch (storm->cut)
    {
    case CUT_EACH:
      give_up (storm);
      break;
    case CUT_HOST:
      net_host_close (g_steal_pointer (&storm->net));
      break;
    case CUT_HOST_USED:
      net_host_close (g_steal_pointer (&storm->net));
      go_on (storm);
      break;
    case N_CUTS:
      g_assert_not_reached ();
    }
  storm->over = TRUE;
  g_assert_null (storm->question);
}

static void
storm_begin (Storm *storm, const Scene *scene)
{
  const NetProxy proxy = {
    .type = scene->proxy,
    .host = "127.0.0.1",
    .port = scene->proxy_service != NULL ? net_port (scene->proxy_service) : 0,
  };

  storm->scene = scene;
  storm->net = net_host_new (&proxy, &funcs, storm);
  storm->host = net_host_get (storm->net);
  open_links (storm);
  send_https (storm);
  add_timers (storm);
}

static void
storm_end (Storm *storm)
{
  net_drain ();
  if (storm->net != NULL)
    net_host_close (g_steal_pointer (&storm->net));
  net_drain ();
  /* What is still under way keeps its own memory, not this. */
  storm->over = TRUE;
}

static guint
open_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* One storm, cut inside the callback @cut_at. Returns: whether it came */
static gboolean
cut_inside (const Scene *scene, Cut cut, guint cut_at)
{
  Storm *storm = g_new0 (Storm, 1);
  gint64 until = g_get_monotonic_time () + 400 * 1000;
  gboolean came;

  storm->cut = cut;
  storm->cut_at = cut_at;
  storm_begin (storm, scene);
  while (!storm->over && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  came = storm->over;
  if (!came)
    storm_cut (storm);
  storm_end (storm);
  g_free (storm);
  return came;
}

static void
cut_after (const Scene *scene, Cut cut, gint64 delay_us)
{
  Storm *storm = g_new0 (Storm, 1);
  gint64 until = g_get_monotonic_time () + delay_us;

  storm->cut = cut;
  storm_begin (storm, scene);
  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  storm_cut (storm);
  storm_end (storm);
  g_free (storm);
}

/* Links that were closed in order wait for their peers for a while. */
static void
check_all_closed (guint before)
{
  net_wait (open_descriptors () <= before);
}

/* In the first storm the process opens things of its own. */
static void
warm_up (const Scene *scene)
{
  cut_inside (scene, CUT_HOST, 12);
  net_drain ();
}

static void
test_inside (gconstpointer data)
{
  const Scene *scene = data;
  guint cycles = 0;
  guint before;

  warm_up (scene);
  before = open_descriptors ();
  for (guint at = 1; at <= 24; at++)
    for (Cut cut = 0; cut < N_CUTS; cut++)
      {
        cycles++;
        if (!cut_inside (scene, cut, at))
          at = 24;
      }
  check_all_closed (before);
  g_test_message ("%u cycles", cycles);
}

static void
test_after (gconstpointer data)
{
  const Scene *scene = data;
  guint before;

  warm_up (scene);
  before = open_descriptors ();
  for (gint64 delay = 0; delay < 16 * 1000; delay += 400)
    cut_after (scene, (Cut)((delay / 400) % N_CUTS), delay);
  check_all_closed (before);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  net_servers_start ();
  net_trust_authority ();
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *inside =
          g_strdup_printf ("/net/cancel/inside/%s", scenes[i].name);
      g_autofree char *after =
          g_strdup_printf ("/net/cancel/after/%s", scenes[i].name);

      g_test_add_data_func (inside, &scenes[i], test_inside);
      g_test_add_data_func (after, &scenes[i], test_after);
    }
  result = g_test_run ();
  net_servers_stop ();
  return result;
}
