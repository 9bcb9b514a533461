/* The wake-up descriptor a forked process shares with its parent, as under
 * bitlbee: with the repair, no wake-up goes to the wrong one. */

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net-support.h"

#define ROUNDS 500

static guint arrived;

static gboolean
on_arrived (gpointer data)
{
  arrived++;
  return G_SOURCE_REMOVE;
}

/* Wakes the main loop again and again, each time after it went to sleep. */
static gpointer
knock (gpointer data)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_main_context_invoke (NULL, on_arrived, NULL);
      g_usleep (100);
    }
  return NULL;
}

/* The child: all it ever wakes for are the knocks. */
static int
sleep_and_wake (gboolean repaired)
{
  g_autoptr (GThread) thread = NULL;

  if (repaired)
    net_private_wakeup ();
  /* Has the knocks come from elsewhere, not from the loop's own thread. */
  g_assert_true (g_main_context_acquire (NULL));
  thread = g_thread_new ("knock", knock, NULL);
  while (arrived < ROUNDS)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}

static int
wakeup_descriptor (void)
{
  GPollFD fds[8];
  int timeout;
  int n = g_main_context_query (g_main_context_default (), G_MAXINT, &timeout,
                                fds, G_N_ELEMENTS (fds));

  g_assert_cmpint (n, ==, 1);
  return fds[0].fd;
}

/* The parent, which reads what it finds, as GLib would.
 * Returns: how many wake-ups of the child it took */
static guint
steal (int fd, pid_t child, gboolean *ret_ended)
{
  gint64 until = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  guint stolen = 0;

  *ret_ended = FALSE;
  while (!*ret_ended && g_get_monotonic_time () < until)
    {
      struct pollfd it = { fd, POLLIN };
      guint64 value;
      int status;

      if (poll (&it, 1, 1) > 0 && read (fd, &value, sizeof value) > 0)
        stolen++;
      if (waitpid (child, &status, WNOHANG) == child)
        {
          g_assert_cmpint (status, ==, 0);
          *ret_ended = TRUE;
        }
      /* Proof enough; an unrepaired child may well sleep for ever. */
      if (stolen >= 3)
        break;
    }
  return stolen;
}

static guint
count_stolen (gboolean repaired, gboolean *ret_ended)
{
  int fd = wakeup_descriptor ();
  pid_t child = fork ();
  guint stolen;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (sleep_and_wake (repaired));
  stolen = steal (fd, child, ret_ended);
  if (!*ret_ended)
    {
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);
    }
  return stolen;
}

static void
test_forked (void)
{
  gboolean ended;

  /* That the disease is there at all. */
  g_assert_cmpuint (count_stolen (FALSE, &ended), >, 0);

  g_assert_cmpuint (count_stolen (TRUE, &ended), ==, 0);
  g_assert_true (ended);
}

static void
test_harmless (void)
{
  net_private_wakeup ();
  net_private_wakeup ();
  arrived = ROUNDS - 1;
  g_idle_add (on_arrived, NULL);
  net_wait (arrived == ROUNDS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/wakeup/forked", test_forked);
  g_test_add_func ("/net/wakeup/harmless", test_harmless);
  return g_test_run ();
}
