#include "msn-engine.h"

#include <string.h>

/* Where the id of this place is kept, among what sessions cache. */
#define MACHINE_CACHE "machine"

const MsnEngine *
msn_engine_for (const PurpleAccount *account)
{
  const char *word =
      purple_account_get_string (account, "connection", "direct");

  return strcmp (word, "web") == 0 ? &msn_web : &msn_direct;
}

const MsnEngine *
msn_engine_of (const GlueHost *glue)
{
  return (const MsnEngine *) glue->protocol;
}

char *
msn_engine_machine (GlueHost *glue)
{
  g_autoptr (GBytes) kept = glue_cache_load (glue, MACHINE_CACHE);
  g_autofree char *uuid = NULL;
  g_autoptr (GBytes) fresh = NULL;

  if (kept != NULL && g_bytes_get_size (kept) == 36)
    uuid = g_strndup (g_bytes_get_data (kept, NULL), 36);
  if (uuid == NULL || !g_uuid_string_is_valid (uuid))
    {
      g_free (uuid);
      uuid = g_uuid_string_random ();
      fresh = g_bytes_new (uuid, strlen (uuid));
      glue_cache_store (glue, MACHINE_CACHE, fresh);
    }
  return g_strdup_printf ("{%s}", uuid);
}
