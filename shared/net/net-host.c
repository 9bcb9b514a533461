#include "net-private.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "net-cookies.h"
#include "net-http.h"
#include "net-link.h"
#include "net-proxy.h"
#include "net-srv.h"
#include "net-trust.h"

struct _ImTimer
{
  NetHost *net;    /* borrowed: dies before its host */
  GSource *source; /* owned; NULL once fired */
  ImTimerFunc func;
  gpointer user;
};

/* --- sources ---------------------------------------------------------- */

GSource *
net_source_later (guint ms, GSourceFunc func, gpointer data)
{
  GSource *source = ms > 0 ? g_timeout_source_new (ms) : g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, NULL);
  return source;
}

void
net_source_clear (GSource **source)
{
  GSource *old = g_steal_pointer (source);

  if (old == NULL)
    return;
  g_source_destroy (old);
  g_source_unref (old);
}

/* --- timers ----------------------------------------------------------- */

static void
timer_free (gpointer data)
{
  ImTimer *timer = data;

  net_source_clear (&timer->source);
  g_free (timer);
}

/* The timer outlives its function, which may well cancel it once more. */
static gboolean
on_timer (gpointer data)
{
  ImTimer *timer = data;
  NetHost *net = net_host_ref (timer->net);

  g_hash_table_steal (net->timers, timer);
  net_source_clear (&timer->source);
  timer->func (timer->user);
  timer_free (timer);
  net_host_unref (net);
  return G_SOURCE_REMOVE;
}

static ImTimer *
timer_add (ImHost *host, guint ms, ImTimerFunc func, gpointer user)
{
  NetHost *net = (NetHost *)host;
  ImTimer *timer = g_new0 (ImTimer, 1);

  timer->net = net;
  timer->func = func;
  timer->user = user;
  if (net->closed)
    {
      net_host_bury (net, timer, timer_free);
      return timer;
    }
  timer->source = net_source_later (ms, on_timer, timer);
  g_hash_table_add (net->timers, timer);
  return timer;
}

static void
timer_cancel (ImHost *host, ImTimer *timer)
{
  NetHost *net = (NetHost *)host;

  if (timer != NULL && g_hash_table_steal (net->timers, timer))
    timer_free (timer);
}

/* --- clocks, chance and reports --------------------------------------- */

static gint64
monotonic_ms (ImHost *host)
{
  return g_get_monotonic_time () / 1000;
}

static gint64
wall_s (ImHost *host)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
fill_random (ImHost *host, void *data, gsize len)
{
  guint8 *pos = data;

  while (len > 0)
    {
      gssize n = getrandom (pos, len, 0);

      /* Keys depend on it, so there is no second best. */
      if (n < 0 && errno != EINTR)
        g_error ("no random bytes: %s", g_strerror (errno));
      if (n > 0)
        {
          pos += n;
          len -= (gsize)n;
        }
    }
}

static void
report (ImHost *host, const ImEvent *event)
{
  NetHost *net = (NetHost *)host;

  if (!net->closed)
    net->funcs->event (net->user, event);
}

static void
debug (ImHost *host, const char *line)
{
  NetHost *net = (NetHost *)host;

  if (!net->closed)
    net->funcs->debug (net->user, line);
}

/* Two tables, because im_host_debug() formats nothing for a host that does
 * not listen. */
#define OPS(debug_func)                                                        \
  {                                                                            \
    .link_open = net_link_open, .link_write = net_link_write,                  \
    .link_hold = net_link_hold, .link_start_tls = net_link_start_tls,          \
    .link_close = net_link_close, .link_binding = net_link_binding,            \
    .srv_lookup = net_srv_lookup, .srv_cancel = net_srv_cancel,                \
    .timer_add = timer_add,                                                    \
    .timer_cancel = timer_cancel, .http_send = net_http_send,                  \
    .http_cancel = net_http_cancel, .http_ahead = net_http_ahead,              \
    .cookies_list = net_cookies_list, .cookie_put = net_cookies_put,           \
    .cookies_clear = net_cookies_clear,                                        \
    .monotonic_ms = monotonic_ms,                                              \
    .wall_s = wall_s, .random = fill_random, .event = report,                  \
    .debug = debug_func,                                                       \
  }

static const ImHostOps ops_talking = OPS (debug);
static const ImHostOps ops_silent = OPS (NULL);

/* --- life ------------------------------------------------------------- */

NetHost *
net_host_new (const NetProxy *proxy, const NetHostFuncs *funcs, gpointer user)
{
  NetHost *net = g_new0 (NetHost, 1);

  net->base.ops = funcs->debug != NULL ? &ops_talking : &ops_silent;
  net->refs = 1;
  net->funcs = funcs;
  net->user = user;
  net_proxy_copy (proxy, &net->proxy);
  net->links = g_hash_table_new (NULL, NULL);
  net->timers = g_hash_table_new (NULL, NULL);
  net->https = g_hash_table_new (NULL, NULL);
  net->lookups = g_hash_table_new (NULL, NULL);
  net->answers = net_trust_answers_new ();
  return net;
}

ImHost *
net_host_get (NetHost *net)
{
  return &net->base;
}

NetHost *
net_host_ref (NetHost *net)
{
  net->refs++;
  return net;
}

void
net_host_unref (NetHost *net)
{
  if (--net->refs > 0)
    return;
  g_assert (net->closed && net->questions == NULL);
  g_hash_table_unref (net->links);
  g_hash_table_unref (net->timers);
  g_clear_object (&net->jar);
  g_hash_table_unref (net->https);
  g_hash_table_unref (net->lookups);
  g_hash_table_unref (net->answers);
  net_proxy_clear (&net->proxy);
  g_free (net);
}

typedef struct
{
  gpointer object;
  GDestroyNotify free_func;
} Zombie;

static void
zombie_free (gpointer data)
{
  Zombie *zombie = data;

  zombie->free_func (zombie->object);
  g_free (zombie);
}

void
net_host_bury (NetHost *net, gpointer object, GDestroyNotify free_func)
{
  Zombie *zombie = g_new (Zombie, 1);

  zombie->object = object;
  zombie->free_func = free_func;
  g_ptr_array_add (net->zombies, zombie);
}

static gboolean
on_idle_free (gpointer data)
{
  NetHost *net = data;

  g_clear_pointer (&net->zombies, g_ptr_array_unref);
  net_host_unref (net);
  return G_SOURCE_REMOVE;
}

GPtrArray *
net_host_take_all (GHashTable *set)
{
  GPtrArray *all = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer object;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &object, NULL))
    g_ptr_array_add (all, object);
  g_hash_table_steal_all (set);
  return all;
}

static void
close_timers (NetHost *net)
{
  g_autoptr (GPtrArray) timers = net_host_take_all (net->timers);

  for (guint i = 0; i < timers->len; i++)
    {
      ImTimer *timer = timers->pdata[i];

      net_source_clear (&timer->source);
      net_host_bury (net, timer, timer_free);
    }
}

void
net_host_close (NetHost *net)
{
  g_return_if_fail (!net->closed);

  net->closed = TRUE;
  net->zombies = g_ptr_array_new_with_free_func (zombie_free);
  close_timers (net);
  net_link_close_all (net);
  net_http_close_all (net);
  net_srv_close_all (net);
  g_idle_add_full (G_PRIORITY_LOW, on_idle_free, net, NULL);
}
