/* Replays saved inputs through a fuzz target: every file of the given
 * directories whole, and short ones cut at every length as well. */

#include <string.h>

#include "fuzz.h"

/* Longer inputs are cut at this many places only. */
#define MAX_CUTS 600

static guint n_inputs;

/* An allocation of the exact size, so that a sanitizer sees overreads. */
static void
replay (const char *bytes, gsize len)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, len);

  LLVMFuzzerTestOneInput (copy, len);
}

static void
replay_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize step;
  gsize len;

  if (!g_file_get_contents (path, &bytes, &len, &error))
    g_error ("%s", error->message);
  n_inputs++;
  step = len / MAX_CUTS + 1;
  for (gsize cut = 0; cut < len; cut += step)
    replay (bytes, cut);
  replay (bytes, len);
}

static void
replay_directory (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      replay_file (path);
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      replay_file (file);
    }
}

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    replay_directory (argv[i]);
  g_print ("%u inputs replayed\n", n_inputs);
  return n_inputs > 0 ? 0 : 1;
}
