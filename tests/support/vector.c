#include "vector.h"

#include <string.h>

typedef enum
{
  PART_NONE,
  PART_BYTES,
  PART_TEXT,
  PART_REWRITTEN,
  PART_DUMP,
} Part;

void
vector_free (Vector *vector)
{
  g_free (vector->id);
  g_free (vector->title);
  g_free (vector->source);
  g_free (vector->sender);
  g_free (vector->wire);
  g_free (vector->because);
  g_free (vector->dump);
  g_clear_pointer (&vector->bytes, g_byte_array_unref);
  g_clear_pointer (&vector->rewritten, g_byte_array_unref);
  g_free (vector);
}

static gboolean
bad_line (GError **error, const char *line)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "not a line of a vector: %s", line);
  return FALSE;
}

static gboolean
add_hex (GByteArray *bytes, const char *line, GError **error)
{
  for (const char *p = line; *p != '\0';)
    {
      guint8 byte;

      if (g_ascii_isspace (*p))
        {
          p++;
          continue;
        }
      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        return bad_line (error, line);
      byte = (guint8)(g_ascii_xdigit_value (p[0]) << 4 |
                      g_ascii_xdigit_value (p[1]));
      g_byte_array_append (bytes, &byte, 1);
      p += 2;
    }
  return TRUE;
}

/* One line of a text protocol; vector.h says how it is written. */
static void
add_text (GByteArray *bytes, const char *line)
{
  for (const char *p = line; *p != '\0'; p++)
    {
      guint8 byte = (guint8)*p;

      if (*p == '\\' && p[1] == '\0')
        return;
      if (*p == '\\' && p[1] == 'x' && g_ascii_isxdigit (p[2]) &&
          g_ascii_isxdigit (p[3]))
        {
          byte = (guint8)(g_ascii_xdigit_value (p[2]) << 4 |
                          g_ascii_xdigit_value (p[3]));
          p += 3;
        }
      else if (*p == '\\')
        {
          p++;
          byte = *p == 'r' ? '\r' : *p == 'n' ? '\n' : (guint8)*p;
        }
      g_byte_array_append (bytes, &byte, 1);
    }
  g_byte_array_append (bytes, (const guint8 *)"\r\n", 2);
}

static Part
begin_part (Vector *vector, const char *key)
{
  if (strcmp (key, "bytes") == 0)
    return PART_BYTES;
  if (strcmp (key, "text") == 0)
    return PART_TEXT;
  if (strcmp (key, "dump") == 0)
    return PART_DUMP;
  if (strcmp (key, "rewritten") != 0)
    return PART_NONE;
  if (vector->rewritten == NULL)
    vector->rewritten = g_byte_array_new ();
  return PART_REWRITTEN;
}

static gboolean
set_key (Vector *vector, const char *key, const char *value)
{
  const struct
  {
    const char *key;
    char **member;
  } keys[] = {
    { "id", &vector->id },         { "title", &vector->title },
    { "source", &vector->source }, { "sender", &vector->sender },
    { "wire", &vector->wire },     { "because", &vector->because },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (key, keys[i].key) == 0 && *keys[i].member == NULL)
      {
        *keys[i].member = g_strdup (value);
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_line (Vector *vector, Part *part, GString *dump, char *line,
           GError **error)
{
  char *colon;

  if (*part == PART_DUMP && (g_str_has_prefix (line, "  ") || *line == '\0'))
    {
      if (*line != '\0')
        g_string_append_printf (dump, "%s\n", line + 2);
      return TRUE;
    }
  if (*part == PART_TEXT && g_str_has_prefix (line, "  "))
    {
      add_text (vector->bytes, line + 2);
      return TRUE;
    }
  if (*line == '#' || *line == '\0')
    return TRUE;
  colon = strchr (line, ':');
  if (colon == NULL)
    {
      if (*part != PART_BYTES && *part != PART_REWRITTEN)
        return bad_line (error, line);
      return add_hex (*part == PART_BYTES ? vector->bytes : vector->rewritten,
                      line, error);
    }
  *colon = '\0';
  *part = begin_part (vector, line);
  if (*part != PART_NONE)
    return TRUE;
  return set_key (vector, line, g_strstrip (colon + 1)) ||
         bad_line (error, line);
}

Vector *
vector_load (const char *path, GError **error)
{
  g_autoptr (Vector) vector = g_new0 (Vector, 1);
  g_autoptr (GString) dump = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Part part = PART_NONE;

  vector->bytes = g_byte_array_new ();
  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!take_line (vector, &part, dump, lines[i], error))
      return NULL;
  vector->dump = g_strdup (dump->str);
  if (vector->id == NULL || vector->title == NULL || vector->source == NULL ||
      vector->sender == NULL || vector->wire == NULL)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "id, title, source, sender or wire is missing");
      return NULL;
    }
  return g_steal_pointer (&vector);
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
vector_list (const char *dir)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GDir *listing = g_dir_open (dir, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (listing)) != NULL)
    if (g_str_has_suffix (name, ".vec"))
      g_ptr_array_add (paths, g_build_filename (dir, name, NULL));
  g_dir_close (listing);
  g_assert_cmpuint (paths->len, >, 0);
  g_ptr_array_sort (paths, by_name);
  return paths;
}
