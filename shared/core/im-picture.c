#include "im-picture.h"

#include <string.h>

#include "im-limits.h"
#include "im-reader.h"

static gboolean
starts_with (const ImReader *picture, const char *magic, gsize len)
{
  return im_reader_left (picture) >= len &&
         memcmp (picture->pos, magic, len) == 0;
}

/* "GIF89a", then the sides, little-endian. */
static gboolean
read_gif (ImReader *picture, guint *ret_width, guint *ret_height)
{
  guint16 width, height;

  if (!im_reader_skip (picture, 6, NULL) ||
      !im_reader_u16le (picture, &width, NULL) ||
      !im_reader_u16le (picture, &height, NULL))
    return FALSE;
  *ret_width = width;
  *ret_height = height;
  return TRUE;
}

/* Eight bytes of signature; the first chunk is the header. */
static gboolean
read_png (ImReader *picture, guint *ret_width, guint *ret_height)
{
  guint32 width, height;

  if (!im_reader_skip (picture, 12, NULL) ||
      !starts_with (picture, "IHDR", 4) || !im_reader_skip (picture, 4, NULL) ||
      !im_reader_u32 (picture, &width, NULL) ||
      !im_reader_u32 (picture, &height, NULL))
    return FALSE;
  *ret_width = width;
  *ret_height = height;
  return TRUE;
}

/* "BM", twelve bytes, the size of the header that follows: twelve in the
 * oldest form, whose sides are shorter. A negative height is upside down. */
static gboolean
read_bmp (ImReader *picture, guint *ret_width, guint *ret_height)
{
  guint32 header, width, height;
  guint16 short_width, short_height;

  if (!im_reader_skip (picture, 14, NULL) ||
      !im_reader_u32le (picture, &header, NULL))
    return FALSE;
  if (header == 12)
    {
      if (!im_reader_u16le (picture, &short_width, NULL) ||
          !im_reader_u16le (picture, &short_height, NULL))
        return FALSE;
      width = short_width;
      height = short_height;
    }
  else if (!im_reader_u32le (picture, &width, NULL) ||
           !im_reader_u32le (picture, &height, NULL))
    return FALSE;
  *ret_width = width;
  *ret_height = (gint32) height < 0 ? 0 - height : height;
  return TRUE;
}

/* Whether a segment of that number begins a frame: its sides stand there. */
static gboolean
is_frame (guint8 marker)
{
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
         marker != 0xc8 && marker != 0xcc;
}

/* Segments: FF, a number, and a length that counts itself. */
static gboolean
read_jpeg (ImReader *picture, guint *ret_width, guint *ret_height)
{
  guint8 lead, marker;
  guint16 len, width, height;

  if (!im_reader_skip (picture, 2, NULL))
    return FALSE;
  while (im_reader_u8 (picture, &lead, NULL) && lead == 0xff &&
         im_reader_u8 (picture, &marker, NULL))
    {
      /* Any number of FF may stand before the number. */
      while (marker == 0xff)
        if (!im_reader_u8 (picture, &marker, NULL))
          return FALSE;
      if (!im_reader_u16 (picture, &len, NULL) || len < 2)
        return FALSE;
      if (!is_frame (marker))
        {
          if (!im_reader_skip (picture, len - 2u, NULL))
            return FALSE;
          continue;
        }
      if (!im_reader_skip (picture, 1, NULL) ||
          !im_reader_u16 (picture, &height, NULL) ||
          !im_reader_u16 (picture, &width, NULL))
        return FALSE;
      *ret_width = width;
      *ret_height = height;
      return TRUE;
    }
  return FALSE;
}

static const struct
{
  const char *magic;
  gsize len;
  ImPictureType type;
  gboolean (*read) (ImReader *picture, guint *ret_width, guint *ret_height);
} kinds[] = {
  { "GIF87a", 6, IM_PICTURE_GIF, read_gif },
  { "GIF89a", 6, IM_PICTURE_GIF, read_gif },
  { "\xff\xd8\xff", 3, IM_PICTURE_JPEG, read_jpeg },
  { "\x89PNG\r\n\x1a\n", 8, IM_PICTURE_PNG, read_png },
  { "BM", 2, IM_PICTURE_BMP, read_bmp },
};

ImPictureType
im_picture_inspect (const void *data, gsize len, guint *ret_width,
                    guint *ret_height)
{
  ImReader picture;
  guint width, height;

  im_reader_init (&picture, data, len);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (starts_with (&picture, kinds[i].magic, kinds[i].len))
      {
        if (!kinds[i].read (&picture, &width, &height))
          return IM_PICTURE_NONE;
        if (ret_width != NULL)
          *ret_width = width;
        if (ret_height != NULL)
          *ret_height = height;
        return kinds[i].type;
      }
  return IM_PICTURE_NONE;
}

gboolean
im_picture_is_icon (const void *data, gsize len)
{
  guint width, height;

  return len <= IM_MAX_ICON &&
         im_picture_inspect (data, len, &width, &height) != IM_PICTURE_NONE &&
         width > 0 && height > 0 && width <= IM_MAX_ICON_PIXELS &&
         height <= IM_MAX_ICON_PIXELS;
}
