#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const ScenarioFuncs *protocol;

void
scenario_fail (const Scenario *play, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("%s:%u: %s\nevents so far:\n%s", play->path, play->line_number,
              text, test_host_log (play->test));
  abort ();
}

/* --- Links -------------------------------------------------------------- */

guint
scenario_link (const Scenario *play, const char *word)
{
  guint i = (guint) atoi (word);

  if (i >= test_host_n_links (play->test) || i >= SCENARIO_MAX_LINKS)
    scenario_fail (play, "there is no link %u", i);
  return i;
}

void
scenario_feed (Scenario *play, guint link, const char *data, gsize len)
{
  gsize step = play->bytewise ? 1 : len;

  for (gsize i = 0; i < len; i += step)
    if (!test_host_link (play->test, link)->closed)
      test_host_feed (play->test, link, data + i, MIN (step, len - i));
  test_host_settle (play->test);
}

GString *
scenario_sent (Scenario *play, guint link)
{
  g_autoptr (GBytes) bytes = test_host_take_written (play->test, link);
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);

  g_string_append_len (play->sent[link], data, (gssize) len);
  return play->sent[link];
}

static void
compare_target (const Scenario *play, guint link, char **words)
{
  const TestLink *record = test_host_link (play->test, link);
  g_autofree char *want = g_strjoinv (" ", words);
  g_autofree char *is = g_strdup_printf (
      "%s:%u%s%s%s", record->host, record->port, record->tls ? " tls" : "",
      record->verify_name ? " verify=" : "",
      record->verify_name ? record->verify_name : "");

  if (strcmp (is, want) != 0)
    scenario_fail (play, "link %u is %s, not %s", link, is, want);
}

/* link N is HOST:PORT [tls] [verify=NAME] | opens | closes [PROBLEM]
 * | closed */
static void
do_link (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", -1);
  guint link = scenario_link (play, words[0]);

  if (strcmp (words[1], "opens") == 0)
    test_host_open (play->test, link);
  else if (strcmp (words[1], "closes") == 0)
    test_host_drop (play->test, link,
                    words[2] ? test_host_problem (words[2]) : -1);
  else if (strcmp (words[1], "is") == 0)
    compare_target (play, link, words + 2);
  else if (strcmp (words[1], "closed") != 0)
    scenario_fail (play, "a link does not %s", words[1]);
  else if (!test_host_link (play->test, link)->closed)
    scenario_fail (play, "link %u is still open", link);
  test_host_settle (play->test);
}

/* --- Requests ----------------------------------------------------------- */

guint
scenario_request (const Scenario *play, const char *word)
{
  guint i = (guint) atoi (word);

  if (i >= test_host_n_requests (play->test))
    scenario_fail (play, "there is no request %u", i);
  return i;
}

void
scenario_answer (Scenario *play, guint request, guint status,
                 const char *const *headers, const char *body)
{
  static const char *const none[] = { NULL };
  g_autoptr (GBytes) data = g_bytes_new (body, strlen (body));
  ImHttpResponse response = {
    .status = status,
    .headers = headers != NULL ? headers : none,
    .body = data,
  };

  if (test_host_request (play->test, request)->over)
    scenario_fail (play, "request %u waits for nothing", request);
  test_host_answer (play->test, request, &response);
}

/* Headers and body, as one text to search. */
static char *
request_text (const TestRequest *record)
{
  GString *text = g_string_new (NULL);
  gsize len = 0;
  const char *body =
      record->body != NULL ? g_bytes_get_data (record->body, &len) : NULL;

  for (char **header = record->headers;
       header != NULL && header[0] != NULL && header[1] != NULL; header += 2)
    g_string_append_printf (text, "%s: %s\n", header[0], header[1]);
  if (body != NULL)
    g_string_append_len (text, body, (gssize) len);
  return g_string_free (text, FALSE);
}

/* STATUS [Name: value; Name: value] [| BODY] */
static void
answer_line (Scenario *play, guint request, const char *rest)
{
  g_auto (GStrv) halves = g_strsplit (rest, " | ", 2);
  g_auto (GStrv) words = g_strsplit (halves[0], " ", 2);
  g_auto (GStrv) lines = g_strsplit (words[1] ? words[1] : "", "; ", -1);
  g_autoptr (GPtrArray) headers = g_ptr_array_new ();
  g_autofree char *body = g_strcompress (halves[1] ? halves[1] : "");

  for (char **line = lines; *line != NULL; line++)
    {
      char *colon = strstr (*line, ": ");

      if (colon == NULL)
        continue;
      *colon = '\0';
      g_ptr_array_add (headers, *line);
      g_ptr_array_add (headers, colon + 2);
    }
  g_ptr_array_add (headers, NULL);
  scenario_answer (play, request, (guint) atoi (words[0]),
                   (const char *const *) headers->pdata, body);
}

/* http N is METHOD URL | carries TEXT | lacks TEXT | answers ... | fails
 * PROBLEM | over */
static gboolean
do_http (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  guint request = scenario_request (play, words[0]);
  const TestRequest *record = test_host_request (play->test, request);
  const char *verb = words[1], *tail = words[2] ? words[2] : "";
  g_autofree char *text = request_text (record);
  g_autofree char *is =
      g_strdup_printf ("%s %s", record->method, record->url);

  /* No request of ours may ever be logged. */
  g_assert_true (record->secret);
  if (strcmp (verb, "is") == 0)
    {
      if (strcmp (is, tail) != 0)
        scenario_fail (play, "request %u is %s", request, is);
    }
  else if (strcmp (verb, "carries") == 0)
    {
      if (strstr (text, tail) == NULL)
        scenario_fail (play, "request %u is %s", request, text);
    }
  else if (strcmp (verb, "lacks") == 0)
    {
      if (strstr (text, tail) != NULL)
        scenario_fail (play, "request %u is %s", request, text);
    }
  else if (strcmp (verb, "answers") == 0)
    answer_line (play, request, tail);
  else if (strcmp (verb, "fails") == 0)
    test_host_fail_request (play->test, request, test_host_problem (tail));
  else if (strcmp (verb, "over") == 0)
    {
      if (!record->over)
        scenario_fail (play, "request %u still waits", request);
    }
  else
    return FALSE;
  test_host_settle (play->test);
  return TRUE;
}

/* --- The rest of the language ------------------------------------------- */

GBytes *
scenario_kept (const Scenario *play, const char *name)
{
  return g_hash_table_lookup (play->kept, name);
}

static void
reset (Scenario *play)
{
  play->funcs->reset (play);
  for (guint i = 0; i < SCENARIO_MAX_LINKS; i++)
    g_string_truncate (play->sent[i], 0);
}

/* again: the next sign-on of the same account, with what the last one left */
static void
do_again (Scenario *play)
{
  GHashTableIter iter;
  gpointer name;
  gpointer data;

  g_hash_table_iter_init (&iter, test_host_caches (play->test));
  while (g_hash_table_iter_next (&iter, &name, &data))
    g_hash_table_replace (play->kept, g_strdup (name), g_bytes_ref (data));
  reset (play);
  test_host_free (play->test);
  play->test = test_host_new ();
}

/* afresh: the same without it */
static void
do_afresh (Scenario *play)
{
  do_again (play);
  g_hash_table_remove_all (play->kept);
}

/* cache NAME is TEXT */
static void
do_cache (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  GBytes *bytes = test_host_cache (play->test, words[0]);
  gsize len = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;
  g_autofree char *is = g_strndup (data, len);

  if (bytes == NULL || !g_pattern_match_simple (words[2], is))
    scenario_fail (play, "kept is %s", bytes != NULL ? is : "nothing");
}

static void
check_count (const Scenario *play, const char *what, guint is, const char *want)
{
  if (is != (guint) atoi (want))
    scenario_fail (play, "%u %s", is, what);
}

static gboolean
check_log (Scenario *play, const char *verb, const char *pattern)
{
  guint count = test_host_count (play->test, pattern);

  if (strcmp (verb, "expect") == 0 && count == 0)
    scenario_fail (play, "expected %s", pattern);
  if (strcmp (verb, "once") == 0 && count != 1)
    scenario_fail (play, "expected once: %s", pattern);
  if (strcmp (verb, "forbid") == 0 && count > 0)
    scenario_fail (play, "did not expect %s", pattern);
  return strcmp (verb, "expect") == 0 || strcmp (verb, "once") == 0 ||
         strcmp (verb, "forbid") == 0;
}

static void
play_line (Scenario *play, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  const char *verb = words[0], *rest = words[1] ? words[1] : "";

  if (play->funcs->verb (play, verb, rest))
    return;
  if (strcmp (verb, "link") == 0)
    do_link (play, rest);
  else if (strcmp (verb, "http") == 0)
    {
      if (!do_http (play, rest))
        scenario_fail (play, "not for a request: %s", rest);
    }
  else if (strcmp (verb, "wait") == 0)
    test_host_advance (play->test, (guint) atoi (rest));
  else if (strcmp (verb, "cache") == 0)
    do_cache (play, rest);
  else if (strcmp (verb, "again") == 0)
    do_again (play);
  else if (strcmp (verb, "afresh") == 0)
    do_afresh (play);
  else if (strcmp (verb, "links") == 0)
    check_count (play, "links were asked for", test_host_n_links (play->test),
                 rest);
  else if (strcmp (verb, "requests") == 0)
    check_count (play, "requests were made", test_host_n_requests (play->test),
                 rest);
  else if (strcmp (verb, "forget") == 0)
    test_host_clear_log (play->test);
  else if (!check_log (play, verb, rest))
    scenario_fail (play, "no such verb: %s", verb);
}

/* --- Files -------------------------------------------------------------- */

static gboolean
is_comment (const char *line)
{
  return *line == '#' || *line == '\0' || g_str_has_prefix (line, "title:");
}

/* Returns: from which of @lines the first @steps can be played as well as from
 * the first: all before "afresh" is forgotten by it */
static guint
find_start (char **lines, guint steps)
{
  guint start = 0;

  for (guint i = 0; lines[i] != NULL && i < steps; i++)
    if (g_str_has_prefix (lines[i], "afresh"))
      start = i;
  return start;
}

/* Plays the first @steps lines, or the last that count of them; "use FILE" is
 * one. */
static void
play_file (Scenario *play, const char *path, guint steps)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = steps == G_MAXUINT ? 0 : find_start (lines, steps);
       lines[i] != NULL && i < steps; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (is_comment (line))
        continue;
      if (g_str_has_prefix (line, "use "))
        {
          g_autofree char *dir = g_path_get_dirname (path);
          g_autofree char *other = g_build_filename (dir, line + 4, NULL);

          play_file (play, other, G_MAXUINT);
          continue;
        }
      play->path = path;
      play->line_number = i + 1;
      play_line (play, line);
    }
}

static guint
count_lines (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  lines = g_strsplit (text, "\n", -1);
  return g_strv_length (lines);
}

/* What a session leaves behind after its end would fire into nothing. */
static void
check_nothing_left (Scenario *play)
{
  g_assert_cmpuint (test_host_n_timers (play->test), ==, 0);
  for (guint i = 0; i < test_host_n_links (play->test); i++)
    g_assert_true (test_host_link (play->test, i)->closed);
  for (guint i = 0; i < test_host_n_requests (play->test); i++)
    g_assert_true (test_host_request (play->test, i)->over ||
                   test_host_request (play->test, i)->farewell);
}

static void
play_scenario (const char *path, gboolean bytewise, guint steps)
{
  Scenario play = { .path = path, .bytewise = bytewise, .funcs = protocol };

  play.test = test_host_new ();
  play.kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                     (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < SCENARIO_MAX_LINKS; i++)
    play.sent[i] = g_string_new (NULL);
  reset (&play);
  play_file (&play, path, steps);
  reset (&play);
  check_nothing_left (&play);
  for (guint i = 0; i < SCENARIO_MAX_LINKS; i++)
    g_string_free (play.sent[i], TRUE);
  g_hash_table_unref (play.kept);
  test_host_free (play.test);
}

static void
test_whole (gconstpointer path)
{
  play_scenario (path, FALSE, G_MAXUINT);
}

static void
test_bytewise (gconstpointer path)
{
  play_scenario (path, TRUE, G_MAXUINT);
}

static void
test_cut (gconstpointer path)
{
  guint lines = count_lines (path);

  for (guint steps = 0; steps < lines; steps++)
    play_scenario (path, FALSE, steps);
}

static void
add_scenario (const char *dir, const char *file)
{
  static const struct
  {
    const char *name;
    void (*func) (gconstpointer path);
  } ways[] = {
    { "whole", test_whole },
    { "bytewise", test_bytewise },
    { "cut", test_cut },
  };
  g_autofree char *name = g_strndup (file, strlen (file) - strlen (".scn"));

  /* Floods take minutes under the sanitizers when they are cut. */
  for (guint i = 0; i < (g_str_has_suffix (name, "-large")
                             ? 1
                             : G_N_ELEMENTS (ways));
       i++)
    {
      g_autofree char *test = g_strdup_printf ("/%s/%s/%s", protocol->name,
                                               name, ways[i].name);

      g_test_add_data_func_full (test, g_build_filename (dir, file, NULL),
                                 ways[i].func, g_free);
    }
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

int
scenario_main (int argc, char **argv, const ScenarioFuncs *funcs)
{
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  protocol = funcs;
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  dir = g_dir_open (argv[1], 0, NULL);
  g_assert_nonnull (dir);
  while ((file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ".scn"))
      g_ptr_array_add (files, g_strdup (file));
  g_ptr_array_sort (files, by_name);
  for (guint i = 0; i < files->len; i++)
    add_scenario (argv[1], g_ptr_array_index (files, i));
  return g_test_run ();
}
