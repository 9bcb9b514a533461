#pragma once

/* What a picture from outside claims to be, read off its first bytes. Hosts
 * decode pictures with libraries of their own; this keeps from them what is
 * no picture at all, and what would unfold to far more than it shows. */

#include <glib.h>
#include "im-api.h"

typedef enum
{
  IM_PICTURE_NONE,
  IM_PICTURE_GIF,
  IM_PICTURE_JPEG,
  IM_PICTURE_PNG,
  IM_PICTURE_BMP,
} ImPictureType;

/**
 * im_picture_inspect:
 * @data: the picture
 * @len: its length in bytes
 * @ret_width: (out) (optional): its width in pixels
 * @ret_height: (out) (optional): its height in pixels
 *
 * Returns: what kind of picture it says it is; %IM_PICTURE_NONE if it is
 *   none of those, or too short to tell its size
 */
IM_API ImPictureType im_picture_inspect (const void *data, gsize len,
                                         guint *ret_width, guint *ret_height);

/** Whether @data may be shown as an icon: a picture with no side longer than
 * %IM_MAX_ICON_PIXELS, in %IM_MAX_ICON bytes. */
IM_API gboolean im_picture_is_icon (const void *data, gsize len);
