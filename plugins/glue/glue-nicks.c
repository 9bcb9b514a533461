#include "glue-nicks.h"

#include <string.h>

#define CACHE "nicks"
#define GROUP "nicks"

static GKeyFile *
kept (GlueHost *glue)
{
  if (glue->nicks == NULL)
    {
      g_autoptr (GBytes) data = glue_cache_load (glue, CACHE);

      glue->nicks = g_key_file_new ();
      if (data != NULL)
        g_key_file_load_from_bytes (glue->nicks, data, G_KEY_FILE_NONE, NULL);
    }
  return glue->nicks;
}

/* Names with other characters are names already. */
static gboolean
is_number (const char *who)
{
  return *who != '\0' && who[strspn (who, "0123456789")] == '\0';
}

/* bitlbee makes nicks of Latin letters unless its user wants others, too. Of a
 * name without any, the number is left. */
static char *
name_for_bitlbee (const char *who, const char *nick)
{
  g_autofree char *latin = g_str_to_ascii (nick, "C");

  for (const char *p = latin; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      return g_strdup (nick);
  return g_strdup_printf ("%s %s", nick, who);
}

/* bitlbee lets the nick of somebody who is there alone: it is only told of the
 * name while they seem to be gone. */
static void
rename_present (GlueHost *glue, const char *who, const char *nick,
                PurpleStatus *status)
{
  g_autofree char *id = g_strdup (purple_status_get_id (status));
  g_autofree char *message =
      g_strdup (purple_status_get_attr_string (status, "message"));

  purple_prpl_got_user_status (glue->account, who,
                               glue->protocol->status_ids[IM_STATUS_OFFLINE],
                               NULL);
  serv_got_alias (glue->gc, who, nick);
  purple_prpl_got_user_status (glue->account, who, id, "message", message,
                               NULL);
}

static void
show (GlueHost *glue, const char *who, const char *nick)
{
  PurpleBuddy *buddy = purple_find_buddy (glue->account, who);
  PurpleStatus *status;
  g_autofree char *shown = NULL;

  if (glue_host_is_bitlbee ())
    nick = shown = name_for_bitlbee (who, nick);
  if (buddy == NULL ||
      g_strcmp0 (purple_buddy_get_server_alias (buddy), nick) == 0)
    return;
  status = purple_presence_get_active_status (
      purple_buddy_get_presence (buddy));
  if (glue_host_is_bitlbee () && purple_status_is_online (status) &&
      purple_buddy_get_local_buddy_alias (buddy) == NULL)
    rename_present (glue, who, nick, status);
  else
    serv_got_alias (glue->gc, who, nick);
}

void
glue_nicks_recall (GlueHost *glue, const char *who)
{
  g_autofree char *nick =
      is_number (who)
          ? g_key_file_get_string (kept (glue), GROUP, who, NULL)
          : NULL;

  if (nick != NULL && *nick != '\0')
    show (glue, who, nick);
}

static void
keep (GlueHost *glue, const char *who, const char *nick)
{
  g_autofree char *before =
      g_key_file_get_string (kept (glue), GROUP, who, NULL);
  g_autoptr (GBytes) data = NULL;
  char *text;
  gsize len;

  if (g_strcmp0 (before, nick) == 0)
    return;
  g_key_file_set_string (glue->nicks, GROUP, who, nick);
  text = g_key_file_to_data (glue->nicks, &len, NULL);
  data = g_bytes_new_take (text, len);
  glue_cache_store (glue, CACHE, data);
}

void
glue_nicks_learn (GlueHost *glue, const char *who, const char *nick)
{
  if (purple_find_buddy (glue->account, who) == NULL)
    return;
  if (is_number (who))
    keep (glue, who, nick);
  show (glue, who, nick);
}

void
glue_nicks_free (GlueHost *glue)
{
  g_clear_pointer (&glue->nicks, g_key_file_unref);
}
