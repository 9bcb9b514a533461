#pragma once

/* What the files of shared/net share, and nobody else sees. */

#include <gio/gio.h>
#include <libsoup/soup.h>
#include "im-host.h"
#include "net-host.h"

/**
 * NetHost:
 * @base: what sessions see; must come first
 * @refs: the owner's reference and one for everything under way
 * @closed: nobody is called any more
 * @funcs: the owner's functions
 * @user: handed to each of them
 * @proxy: (owned strings): the account's proxy
 * @links: (set of ImLink): links a session can still hear from
 * @timers: (set of ImTimer): timers that have not fired
 * @https: (set of ImHttp): requests that were not answered
 * @lookups: (set of ImLookup): names that were asked for
 * @zombies: (owned): what a session may still point to after closing
 * @questions: (of NetQuestion): questions in the air
 * @answers: host name to what the user said of its certificate
 * @soup: (nullable): made with the first request
 * @jar: (nullable): the account's cookies, made with the first of them
 * @serial: the last number given to a link or request, for the debug log
 */
struct _NetHost
{
  ImHost base;
  guint refs;
  gboolean closed;
  const NetHostFuncs *funcs;
  gpointer user;
  NetProxy proxy;
  GHashTable *links;
  GHashTable *timers;
  GHashTable *https;
  GHashTable *lookups;
  GPtrArray *zombies;
  GList *questions;
  GHashTable *answers;
  SoupSession *soup;
  SoupCookieJar *jar;
  guint serial;
};

NetHost *net_host_ref (NetHost *net);
void net_host_unref (NetHost *net);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NetHost, net_host_unref)

/**
 * net_host_bury:
 * @net: a host that is closed or being closed
 * @object: (transfer full): something a session may still point to
 * @free_func: how to let go of it
 *
 * Keeps @object valid until the main loop has nothing better to do: whoever
 * closes a host from inside a callback returns into a session that does not
 * know of it yet.
 */
void net_host_bury (NetHost *net, gpointer object, GDestroyNotify free_func);

/** Empties a set. Returns: (transfer full): what was in it */
GPtrArray *net_host_take_all (GHashTable *set);

/* Runs @func once with @data from the default main context, after @ms
 * milliseconds. Returns: (transfer full): for net_source_clear() */
GSource *net_source_later (guint ms, GSourceFunc func, gpointer data);

/* Destroys and forgets *@source, which may be %NULL. */
void net_source_clear (GSource **source);
