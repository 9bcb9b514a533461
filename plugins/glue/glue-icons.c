#include "glue-icons.h"

void
glue_icons_on_icon (GlueHost *glue, const ImEvent *event)
{
  const ImEventIcon *icon = &event->icon;
  PurpleBuddy *buddy = purple_find_buddy (glue->account, icon->who);
  const char *have;
  gsize len;
  const void *data;

  /* bitlbee shows no pictures, so none are fetched for it. */
  if (buddy == NULL || glue_host_is_bitlbee ())
    return;
  have = purple_buddy_icons_get_checksum_for_user (buddy);
  if (icon->hash == NULL)
    {
      if (have != NULL)
        purple_buddy_icons_set_for_user (glue->account, icon->who, NULL, 0,
                                         NULL);
      return;
    }
  if (icon->data == NULL)
    {
      if (g_strcmp0 (have, icon->hash) != 0)
        glue->protocol->fetch_icon (glue->session, icon->who);
      return;
    }
  data = g_bytes_get_data (icon->data, &len);
  purple_buddy_icons_set_for_user (glue->account, icon->who,
                                   g_memdup2 (data, len), len, icon->hash);
}

static void
publish (GlueHost *glue, PurpleStoredImage *image)
{
  g_autoptr (GBytes) data = NULL;

  if (image != NULL)
    data = g_bytes_new (purple_imgstore_get_data (image),
                        purple_imgstore_get_size (image));
  glue->protocol->set_icon (glue->session, data);
}

void
glue_icons_online (GlueHost *glue)
{
  PurpleStoredImage *image =
      purple_buddy_icons_find_account_icon (glue->account);

  if (image == NULL)
    return;
  publish (glue, image);
  purple_imgstore_unref (image);
}

void
glue_icons_set (PurpleConnection *gc, PurpleStoredImage *image)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL)
    publish (glue, image);
}
