#define _GNU_SOURCE /* dup3 */
#include "net-host.h"

#ifdef __linux__
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#endif

/* bitlbee makes the default main context and then forks a child for each
 * client. The eventfd by which threads wake that context is one kernel
 * object in all of them: the parent polls and reads it too, and a wake-up it
 * takes is lost to the child, which sleeps on with its TLS handshake or name
 * long done. GLib offers no way to replace the descriptor, but its number
 * can be made to mean another object. */

#ifdef __linux__

/* GLib wakes by an eventfd on Linux, and at the time we are called nothing
 * else in the default context is one. */
static gboolean
is_eventfd (int fd)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *what = g_file_read_link (path, NULL);

  return g_strcmp0 (what, "anon_inode:[eventfd]") == 0;
}

static void
replace (int fd)
{
  int fresh = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);

  if (fresh < 0)
    return;
  if (dup3 (fresh, fd, O_CLOEXEC) < 0)
    g_debug ("net: descriptor %d stays shared", fd);
  close (fresh);
}

static void
replace_all (GMainContext *context)
{
  GPollFD fds[256];
  int timeout;
  int n = g_main_context_query (context, G_MAXINT, &timeout, fds,
                                G_N_ELEMENTS (fds));

  for (int i = 0; i < MIN (n, (int)G_N_ELEMENTS (fds)); i++)
    if (is_eventfd (fds[i].fd))
      replace (fds[i].fd);
}

void
net_private_wakeup (void)
{
  static gboolean done = FALSE;
  GMainContext *context = g_main_context_default ();

  if (done || !g_main_context_acquire (context))
    return;
  done = TRUE;
  replace_all (context);
  /* A wake-up may have been waiting in the old one. */
  g_main_context_wakeup (context);
  g_main_context_release (context);
}

#else

void
net_private_wakeup (void)
{
}

#endif
