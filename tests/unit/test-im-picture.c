/* Pictures from outside: kind and size, and what is kept from the hosts. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "im-picture.h"

typedef struct
{
  const char *name;
  ImPictureType type;
  guint width, height;
  gsize len;
  const char *bytes;
} Row;

#define BYTES(text) sizeof text - 1, text

static const Row rows[] = {
  { "gif", IM_PICTURE_GIF, 48, 32,
    BYTES ("GIF89a\x30\0\x20\0\x80\0\0") },
  { "old-gif", IM_PICTURE_GIF, 1024, 1, BYTES ("GIF87a\0\4\1\0") },
  { "png", IM_PICTURE_PNG, 64, 65,
    BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x41\x08\2") },
  { "bmp", IM_PICTURE_BMP, 16, 24,
    BYTES ("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x10\0\0\0\xe8\xff\xff\xff") },
  { "old-bmp", IM_PICTURE_BMP, 16, 24,
    BYTES ("BM\0\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x10\0\x18\0") },
  { "jpeg", IM_PICTURE_JPEG, 48, 52,
    BYTES ("\xff\xd8\xff\xe0\0\4JF\xff\xff\xc4\0\2\xff\xc2\0\x11\x08\0\x34\0\x30"
           "\3") },
  { "text", IM_PICTURE_NONE, 0, 0, BYTES ("<html>no</html>") },
  { "nothing", IM_PICTURE_NONE, 0, 0, BYTES ("") },
  { "png-without-header", IM_PICTURE_NONE, 0, 0,
    BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIDAT\0\0\0\x40\0\0\0\x41") },
  { "jpeg-segment-too-short", IM_PICTURE_NONE, 0, 0,
    BYTES ("\xff\xd8\xff\xe0\0\1\xff\xc0\0\x11\x08\0\x34\0\x30\3") },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  guint width = 0, height = 0;

  g_assert_cmpint (im_picture_inspect (row->bytes, row->len, &width, &height),
                   ==, row->type);
  g_assert_cmpuint (width, ==, row->width);
  g_assert_cmpuint (height, ==, row->height);
  g_assert_cmpint (im_picture_is_icon (row->bytes, row->len), ==,
                   row->type != IM_PICTURE_NONE);
}

/* However little of it there is, nothing behind it is read. */
static void
test_cut (gconstpointer data)
{
  const Row *row = data;

  for (gsize len = 0; len < row->len; len++)
    {
      g_autofree char *some = g_memdup2 (row->bytes, len);

      im_picture_inspect (some, len, NULL, NULL);
    }
}

static void
test_sides (void)
{
  guint8 gif[] = "GIF89a\0\0\0\0";
  const guint sides[] = { 0, 1, IM_MAX_ICON_PIXELS, IM_MAX_ICON_PIXELS + 1 };
  const gboolean fine[] = { FALSE, TRUE, TRUE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint at = 6; at < 10; at += 2)
      {
        gif[6] = gif[8] = 1;
        gif[7] = gif[9] = 0;
        gif[at] = sides[i] & 0xff;
        gif[at + 1] = (guint8) (sides[i] >> 8);
        g_assert_cmpint (im_picture_is_icon (gif, 10), ==, fine[i]);
      }
}

static void
test_bytes (void)
{
  g_autofree char *gif = g_malloc0 (IM_MAX_ICON + 1);

  memcpy (gif, "GIF89a\1\0\1\0", 10);
  g_assert_true (im_picture_is_icon (gif, IM_MAX_ICON - 1));
  g_assert_true (im_picture_is_icon (gif, IM_MAX_ICON));
  g_assert_false (im_picture_is_icon (gif, IM_MAX_ICON + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *whole =
          g_strconcat ("/im/picture/", rows[i].name, NULL);
      g_autofree char *cut = g_strconcat (whole, "/cut", NULL);

      g_test_add_data_func (whole, &rows[i], test_row);
      g_test_add_data_func (cut, &rows[i], test_cut);
    }
  g_test_add_func ("/im/picture/sides", test_sides);
  g_test_add_func ("/im/picture/bytes", test_bytes);
  return g_test_run ();
}
