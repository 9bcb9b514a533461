/* The cursor over received bytes: what it reads, and that a failed read
 * neither moves it nor touches its result. */

#include <string.h>

#include <glib.h>

#include "im-reader.h"

static const guint8 sample[] = {
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08
};

/* Every integer read, at every number of bytes left. */
typedef struct
{
  const char *name;
  gsize size;
  guint64 value; /* of the sample's first bytes */
} IntegerRow;

static const IntegerRow integer_rows[] = {
  { "u8", 1, 0x01 },
  { "u16", 2, 0x0102 },
  { "u32", 4, 0x01020304 },
  { "u64", 8, G_GUINT64_CONSTANT (0x0102030405060708) },
  { "u16le", 2, 0x0201 },
  { "u32le", 4, 0x04030201 },
};

#define READ(type, function)                                                   \
  {                                                                            \
    type value = (type)0x5555555555555555;                                     \
    ok = function (reader, &value, error);                                     \
    *ret = value;                                                              \
    *ret_untouched = value == (type)0x5555555555555555;                        \
  }

static gboolean
read_integer (guint row, ImReader *reader, guint64 *ret,
              gboolean *ret_untouched, GError **error)
{
  gboolean ok = FALSE;

  switch (row)
    {
    case 0:
      READ (guint8, im_reader_u8);
      break;
    case 1:
      READ (guint16, im_reader_u16);
      break;
    case 2:
      READ (guint32, im_reader_u32);
      break;
    case 3:
      READ (guint64, im_reader_u64);
      break;
    case 4:
      READ (guint16, im_reader_u16le);
      break;
    case 5:
      READ (guint32, im_reader_u32le);
      break;
    default:
      g_assert_not_reached ();
    }
  return ok;
}

static void
test_integers (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (integer_rows); row++)
    for (gsize len = 0; len <= sizeof sample; len++)
      {
        /* A copy of the exact size, so that a sanitizer sees overreads. */
        g_autofree guint8 *bytes = g_memdup2 (sample, len);
        g_autoptr (GError) error = NULL;
        ImReader reader;
        guint64 value;
        gboolean untouched;

        im_reader_init (&reader, bytes, len);
        if (read_integer (row, &reader, &value, &untouched, &error))
          {
            g_assert_cmpuint (len, >=, integer_rows[row].size);
            g_assert_no_error (error);
            g_assert_cmphex (value, ==, integer_rows[row].value);
            g_assert_cmpuint (im_reader_left (&reader), ==,
                              len - integer_rows[row].size);
          }
        else
          {
            g_assert_cmpuint (len, <, integer_rows[row].size);
            g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED);
            g_assert_true (untouched);
            g_assert_cmpuint (im_reader_left (&reader), ==, len);
          }
      }
}

static void
test_empty (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) rest = NULL;
  g_autofree char *text = NULL;
  const guint8 *data;
  ImReader reader;
  ImReader sub;

  im_reader_init (&reader, NULL, 0);
  g_assert_cmpuint (im_reader_left (&reader), ==, 0);
  im_reader_init_bytes (&reader, nothing);
  g_assert_cmpuint (im_reader_left (&reader), ==, 0);

  g_assert_true (im_reader_skip (&reader, 0, NULL));
  g_assert_true (im_reader_raw (&reader, 0, &data, NULL));
  g_assert_true (im_reader_sub (&reader, 0, &sub, NULL));
  g_assert_cmpuint (im_reader_left (&sub), ==, 0);
  g_assert_false (im_reader_skip (&reader, 1, NULL));

  rest = im_reader_rest (&reader);
  g_assert_cmpuint (g_bytes_get_size (rest), ==, 0);
  text = im_reader_dup_string (&reader);
  g_assert_cmpstr (text, ==, "");
}

/* Lengths near the top of the address space must not wrap. */
static void
test_huge (void)
{
  static const gsize lengths[] = { 9, 0x80000000, G_MAXSSIZE, G_MAXSIZE - 1,
                                   G_MAXSIZE };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      const guint8 *data = NULL;
      ImReader reader;
      ImReader sub = { NULL, NULL };

      im_reader_init (&reader, sample, sizeof sample);
      g_assert_false (im_reader_skip (&reader, lengths[i], NULL));
      g_assert_false (im_reader_raw (&reader, lengths[i], &data, NULL));
      g_assert_false (im_reader_sub (&reader, lengths[i], &sub, NULL));
      g_assert_null (data);
      g_assert_null (sub.pos);
      g_assert_cmpuint (im_reader_left (&reader), ==, sizeof sample);
    }
}

typedef gboolean (*SubFunc) (ImReader *, ImReader *, GError **);

typedef struct
{
  SubFunc read;
  guint8 bytes[6];
  gsize len;
  gssize inner; /* bytes in the sub-reader, -1 for failure */
} SubRow;

static const SubRow sub_rows[] = {
  { im_reader_sub8, { 0 }, 0, -1 },
  { im_reader_sub8, { 0 }, 1, 0 },
  { im_reader_sub8, { 2, 'a', 'b', 'c' }, 4, 2 },
  { im_reader_sub8, { 3, 'a', 'b' }, 3, -1 },
  { im_reader_sub8, { 255, 'a' }, 2, -1 },
  { im_reader_sub16, { 0 }, 1, -1 },
  { im_reader_sub16, { 0, 0 }, 2, 0 },
  { im_reader_sub16, { 0, 2, 'a', 'b', 'c' }, 5, 2 },
  { im_reader_sub16, { 0, 3, 'a', 'b' }, 4, -1 },
  { im_reader_sub16, { 0xff, 0xff, 'a' }, 3, -1 },
  { im_reader_sub16le, { 0 }, 1, -1 },
  { im_reader_sub16le, { 2, 0, 'a', 'b', 'c' }, 5, 2 },
  { im_reader_sub16le, { 3, 0, 'a', 'b' }, 4, -1 },
  { im_reader_sub16le, { 0, 1, 'a', 'b' }, 4, -1 },
};

static void
test_sub (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sub_rows); i++)
    {
      const SubRow *row = &sub_rows[i];
      g_autofree guint8 *bytes = g_memdup2 (row->bytes, row->len);
      g_autoptr (GError) error = NULL;
      ImReader reader;
      ImReader sub = { NULL, NULL };

      im_reader_init (&reader, bytes, row->len);
      if (row->read (&reader, &sub, &error))
        {
          g_assert_cmpint ((gssize)im_reader_left (&sub), ==, row->inner);
          /* The box ends where the cursor goes on. */
          g_assert_true (sub.end == reader.pos);
          g_assert_false (im_reader_skip (&sub, (gsize)row->inner + 1, NULL));
        }
      else
        {
          g_assert_cmpint (row->inner, ==, -1);
          g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED);
          g_assert_cmpuint (im_reader_left (&reader), ==, row->len);
          g_assert_null (sub.pos);
        }
    }
}

static void
test_rest (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("ab\0cd", 5);
  g_autoptr (GBytes) rest = NULL;
  g_autofree char *text = NULL;
  ImReader reader;

  im_reader_init_bytes (&reader, bytes);
  g_assert_true (im_reader_skip (&reader, 1, NULL));
  rest = im_reader_rest (&reader);
  g_assert_cmpmem (g_bytes_get_data (rest, NULL), g_bytes_get_size (rest),
                   "b\0cd", 4);
  g_assert_cmpuint (im_reader_left (&reader), ==, 0);

  im_reader_init_bytes (&reader, bytes);
  text = im_reader_dup_string (&reader);
  g_assert_cmpstr (text, ==, "ab");
  g_assert_cmpuint (im_reader_left (&reader), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/reader/integers", test_integers);
  g_test_add_func ("/core/reader/empty", test_empty);
  g_test_add_func ("/core/reader/huge", test_huge);
  g_test_add_func ("/core/reader/sub", test_sub);
  g_test_add_func ("/core/reader/rest", test_rest);
  return g_test_run ();
}
