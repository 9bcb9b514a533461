/* Every vector, five ways: understood whole, written again, fed byte by
 * byte, cut at every length, and with every byte spoilt. The directory is
 * the last argument, and its name the protocol's; with --print FILE the
 * program only prints what it makes of a vector, for those who write one, and
 * with --seeds DIRECTORY FILE ... it writes the messages of vectors as seeds
 * for tests/fuzz/fuzz-oscar-message. */

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include "vector-compute.h"
#include "vector-oscar.h"
#include "vector.h"

static void
assert_bytes (const Show *show, const GByteArray *expected)
{
  g_assert_false (show->again.overflow);
  g_assert_cmpmem (show->again.bytes->data, show->again.bytes->len,
                   expected->data, expected->len);
}

static void
understand (const Vector *vector, const GByteArray *bytes, gsize step,
            Show *show)
{
  g_autoptr (GError) error = NULL;
  gboolean understood =
      show_stream (vector->wire, bytes->data, bytes->len, step, show, &error);

  g_assert_no_error (error);
  g_assert_true (understood);
}

static void
test_decode (gconstpointer data)
{
  const Vector *vector = data;
  g_auto (Show) show = { NULL };

  g_test_summary (vector->title);
  show_init (&show);
  understand (vector, vector->bytes, vector->bytes->len, &show);
  g_assert_false (show.unknown);
  g_assert_cmpstr (show.text->str, ==, vector->dump);
}

static void
test_encode (gconstpointer data)
{
  const Vector *vector = data;
  g_auto (Show) show = { NULL };
  g_auto (Show) again = { NULL };

  show_init (&show);
  understand (vector, vector->bytes, vector->bytes->len, &show);
  if (show.no_encoder)
    {
      /* Only servers write this, and nobody here needs one that does. */
      g_assert_cmpstr (vector->sender, ==, "server");
      return;
    }
  if (vector->rewritten == NULL)
    {
      assert_bytes (&show, vector->bytes);
      return;
    }
  g_assert_nonnull (vector->because);
  assert_bytes (&show, vector->rewritten);
  show_init (&again);
  understand (vector, vector->rewritten, vector->rewritten->len, &again);
  g_assert_cmpstr (again.text->str, ==, vector->dump);
}

static void
test_bytewise (gconstpointer data)
{
  const Vector *vector = data;
  g_auto (Show) show = { NULL };

  show_init (&show);
  understand (vector, vector->bytes, 1, &show);
  g_assert_cmpstr (show.text->str, ==, vector->dump);
}

/* Bytes in a block of just their size, so that a sanitizer sees any read
 * beyond them. Either they are understood or there is an error of the wire;
 * what was understood can be written. */
static void
survive (const ShowUnit *unit, const guint8 *bytes, gsize len)
{
  g_autofree guint8 *copy = g_memdup2 (bytes, len);
  g_autoptr (GError) error = NULL;
  g_auto (Show) show = { NULL };
  ShowUnit part = *unit;

  show_init (&show);
  im_reader_init (&part.payload, copy, len);
  if (show_unit (&part, &show, &error))
    {
      g_assert_no_error (error);
      g_assert_true (g_utf8_validate (show.text->str, -1, NULL));
    }
  else
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == IM_WIRE_ERROR);
    }
}

static void
cut_unit (const ShowUnit *unit, gpointer user)
{
  for (gsize len = 0; len <= im_reader_left (&unit->payload); len++)
    survive (unit, unit->payload.pos, len);
}

static void
test_cut (gconstpointer data)
{
  const Vector *vector = data;
  gsize whole = 0;

  show_units (vector->wire, vector->bytes->data, vector->bytes->len, cut_unit,
              NULL);
  /* The stream itself: only at a boundary of frames is it complete. */
  for (gsize len = 1; len < vector->bytes->len; len++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (Show) show = { NULL };

      show_init (&show);
      if (show_stream (vector->wire, vector->bytes->data, len, len, &show,
                       &error))
        {
          g_assert_true (g_str_has_prefix (vector->dump, show.text->str) ||
                         strstr (show.text->str, "cut off") != NULL);
          whole++;
        }
      else
        g_assert_true (error->domain == IM_WIRE_ERROR);
    }
  g_assert_cmpuint (whole, <, vector->bytes->len);
}

static void
spoil_unit (const ShowUnit *unit, gpointer user)
{
  static const guint8 masks[] = { 0xff, 0x80, 0x01 };
  gsize len = im_reader_left (&unit->payload);
  g_autofree guint8 *bytes = g_memdup2 (unit->payload.pos, len);

  for (gsize i = 0; i < len; i++)
    for (guint m = 0; m < G_N_ELEMENTS (masks); m++)
      {
        bytes[i] ^= masks[m];
        survive (unit, bytes, len);
        bytes[i] ^= masks[m];
      }
}

static void
test_spoil (gconstpointer data)
{
  const Vector *vector = data;

  show_units (vector->wire, vector->bytes->data, vector->bytes->len, spoil_unit,
              NULL);
}

static void
test_compute (gconstpointer data)
{
  const Vector *vector = data;
  g_autofree char *found = vector_compute (vector->dump);

  g_test_summary (vector->title);
  g_assert_cmpstr (found, ==, vector->dump);
}

static void
add (const char *protocol, const Vector *vector, const char *verb,
     GTestDataFunc func)
{
  g_autofree char *path =
      g_strdup_printf ("/%s/vector/%s/%s", protocol, vector->id, verb);

  g_test_add_data_func (path, vector, func);
}

static int
print (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Vector) vector = vector_load (path, &error);
  g_auto (Show) show = { NULL };
  g_auto (GStrv) lines = NULL;
  gboolean fine;

  g_assert_no_error (error);
  show_init (&show);
  fine = show_stream (vector->wire, vector->bytes->data, vector->bytes->len,
                      vector->bytes->len, &show, &error);
  if (!show.no_encoder && fine &&
      (show.again.bytes->len != vector->bytes->len ||
       memcmp (show.again.bytes->data, vector->bytes->data,
               vector->bytes->len) != 0))
    {
      printf ("rewritten:");
      for (guint i = 0; i < show.again.bytes->len; i++)
        printf ("%s%02X", i % 32 == 0 ? "\n" : " ", show.again.bytes->data[i]);
      printf ("\nbecause:\n");
    }
  printf ("dump:\n");
  lines = g_strsplit (show.text->str, "\n", -1);
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    printf ("  %s\n", lines[i]);
  if (!fine)
    g_printerr ("%s: %s\n", path, error->message);
  return fine ? 0 : 1;
}

typedef struct
{
  const char *dir;
  guint n;
} Seeds;

/* The first byte is what fuzz-oscar-message tells wires apart by. */
static int
wire_number (const ShowUnit *unit)
{
  static const char *const others[] = { "oft", "odc", "ars", "uas" };
  static const guint8 flap_types[] = { 2, 1, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (strcmp (unit->wire, others[i]) == 0)
      return (int)(G_N_ELEMENTS (flap_types) + i);
  for (guint i = 0; i < G_N_ELEMENTS (flap_types); i++)
    if (unit->flap_type == flap_types[i])
      return (int)i;
  return -1;
}

static void
write_seed (const ShowUnit *unit, gpointer user)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int number = wire_number (unit);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  Seeds *seeds = user;
  guint8 first;

  if (number < 0)
    return;
  first = (guint8)number;
  g_byte_array_append (bytes, &first, 1);
  g_byte_array_append (bytes, unit->payload.pos,
                       (guint)im_reader_left (&unit->payload));
  name =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);
  path = g_build_filename (seeds->dir, name, NULL);
  if (g_file_set_contents (path, (const char *)bytes->data, bytes->len, NULL))
    seeds->n++;
}

static int
write_seeds (const char *dir, char **files)
{
  Seeds seeds = { dir, 0 };

  for (; *files != NULL; files++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Vector) vector = vector_load (*files, &error);

      g_assert_no_error (error);
      if (strcmp (vector->wire, "compute") != 0)
        show_units (vector->wire, vector->bytes->data, vector->bytes->len,
                    write_seed, &seeds);
    }
  printf ("%u seeds\n", seeds.n);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GPtrArray) vectors = NULL;
  g_autofree char *protocol = NULL;

  if (argc == 3 && strcmp (argv[1], "--print") == 0)
    return print (argv[2]);
  if (argc > 3 && strcmp (argv[1], "--seeds") == 0)
    return write_seeds (argv[2], argv + 3);
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  protocol = g_path_get_basename (argv[1]);
  paths = vector_list (argv[1]);
  vectors = g_ptr_array_new_with_free_func ((GDestroyNotify)vector_free);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (GError) error = NULL;
      Vector *vector = vector_load (paths->pdata[i], &error);

      if (error != NULL)
        g_error ("%s: %s", (const char *)paths->pdata[i], error->message);
      g_ptr_array_add (vectors, vector);
      if (strcmp (vector->wire, "compute") == 0)
        {
          add (protocol, vector, "compute", test_compute);
          continue;
        }
      add (protocol, vector, "decode", test_decode);
      add (protocol, vector, "encode", test_encode);
      add (protocol, vector, "bytewise", test_bytewise);
      add (protocol, vector, "cut", test_cut);
      add (protocol, vector, "spoil", test_spoil);
    }
  return g_test_run ();
}
