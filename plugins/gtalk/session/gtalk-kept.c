#include "gtalk-kept.h"

#include <string.h>

#include "auth-hash.h"

#define SALT_BYTES 12

gboolean
gtalk_cache_is_secret (const char *name)
{
  return strcmp (name, GTALK_KEPT_SALTED) == 0 ||
         strcmp (name, "oauth") == 0 ||
         strcmp (name, GTALK_KEPT_TOKEN) == 0;
}

/* "salt digest\ntext" */

/* Returns: (transfer full): the salted digest of the password, in base64 */
static char *
digest (const GtalkSession *session, const char *salt)
{
  const char *password = im_secret_peek (session->settings.password);
  guint8 mac[AUTH_HASH_MAX] = { 0 };

  auth_hash_hmac (AUTH_HASH_SHA256, salt, strlen (salt), password,
                  strlen (password), mac, NULL);
  return g_base64_encode (mac, auth_hash_size (AUTH_HASH_SHA256));
}

ImSecret *
gtalk_kept_load (GtalkSession *session, const char *name)
{
  g_autoptr (GBytes) data = gtalk_session_cached (session, name);
  g_autoptr (ImSecret) whole = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *expected = NULL;
  const char *text;
  const char *end;

  if (data == NULL)
    return NULL;
  whole = im_secret_new_take (
      g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data)));
  text = im_secret_peek (whole);
  end = strchr (text, '\n');
  if (end == NULL || !g_utf8_validate (end, -1, NULL))
    return NULL;
  {
    g_autofree char *head = g_strndup (text, (gsize) (end - text));

    words = g_strsplit (head, " ", 3);
  }
  if (g_strv_length (words) != 2)
    return NULL;
  expected = digest (session, words[0]);
  return strcmp (words[1], expected) == 0 ? im_secret_new (end + 1) : NULL;
}

void
gtalk_kept_store (GtalkSession *session, const char *name, const char *text)
{
  guint8 bytes[SALT_BYTES];
  ImEvent event = { .type = IM_EVENT_CACHE };
  g_autofree char *salt = NULL;
  g_autofree char *mac = NULL;
  g_autoptr (GBytes) data = NULL;

  if (text != NULL)
    {
      char *whole;

      session->host->ops->random (session->host, bytes, sizeof bytes);
      salt = g_base64_encode (bytes, sizeof bytes);
      mac = digest (session, salt);
      whole = g_strdup_printf ("%s %s\n%s", salt, mac, text);
      data = g_bytes_new_take (whole, strlen (whole));
    }
  event.cache = (ImEventCache){ .name = name, .data = data, .secret = TRUE };
  gtalk_session_emit (session, &event);
}
