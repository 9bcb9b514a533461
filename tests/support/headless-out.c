#include "headless-out.h"

#include <stdio.h>

#define MAX_DEPTH 8

static GString *line;
static char closers[MAX_DEPTH];
static guint depth;
static gboolean first, broken;

static void
put_quoted (const char *value)
{
  g_autofree char *valid = NULL;

  if (!g_utf8_validate (value, -1, NULL))
    {
      valid = g_utf8_make_valid (value, -1);
      value = valid;
      broken = TRUE;
    }
  g_string_append_c (line, '"');
  for (const char *c = value; *c != '\0'; c++)
    if (*c == '"' || *c == '\\')
      g_string_append_printf (line, "\\%c", *c);
    else if ((guchar) *c < 0x20)
      g_string_append_printf (line, "\\u%04x", (guchar) *c);
    else
      g_string_append_c (line, *c);
  g_string_append_c (line, '"');
}

static void
put_key (const char *key)
{
  if (!first)
    g_string_append_c (line, ',');
  first = FALSE;
  if (key != NULL)
    {
      put_quoted (key);
      g_string_append_c (line, ':');
    }
}

void
out_begin (const char *event)
{
  g_assert (line == NULL);
  line = g_string_new ("{");
  depth = 0;
  first = TRUE;
  broken = FALSE;
  out_string ("event", event);
}

void
out_string (const char *key, const char *value)
{
  put_key (key);
  if (value == NULL)
    g_string_append (line, "null");
  else
    put_quoted (value);
}

void
out_int (const char *key, gint64 value)
{
  put_key (key);
  g_string_append_printf (line, "%" G_GINT64_FORMAT, value);
}

void
out_bool (const char *key, gboolean value)
{
  put_key (key);
  g_string_append (line, value ? "true" : "false");
}

void
out_open (const char *key, char bracket)
{
  g_assert (depth < MAX_DEPTH);
  put_key (key);
  g_string_append_c (line, bracket);
  closers[depth++] = bracket == '[' ? ']' : '}';
  first = TRUE;
}

void
out_close (void)
{
  g_assert (depth > 0);
  g_string_append_c (line, closers[--depth]);
  first = FALSE;
}

void
out_end (void)
{
  g_assert (depth == 0);
  if (broken)
    out_bool ("broken", TRUE);
  g_string_append (line, "}\n");
  fwrite (line->str, 1, line->len, stdout);
  fflush (stdout);
  g_string_free (line, TRUE);
  line = NULL;
}
