#include "auth-oscar-md5.h"

#include <string.h>

#include "auth-hash.h"

static const char salt[] = "AOL Instant Messenger (SM)";

gboolean
auth_oscar_md5_digest (const guint8 *key, gsize key_len,
                       const ImSecret *password, gboolean strong,
                       guint8 ret[AUTH_OSCAR_MD5_SIZE], GError **error)
{
  const char *typed = im_secret_peek (password);
  guint8 hashed[AUTH_OSCAR_MD5_SIZE];
  AuthPart parts[] = {
    { key, key_len },
    { typed, strlen (typed) },
    { salt, sizeof salt - 1 },
  };
  gboolean ok;

  if (strong)
    {
      if (!auth_hash_bytes (AUTH_HASH_MD5, typed, strlen (typed), hashed,
                            error))
        return FALSE;
      parts[1].data = hashed;
      parts[1].len = sizeof hashed;
    }
  ok = auth_hash_parts (AUTH_HASH_MD5, parts, G_N_ELEMENTS (parts), ret, error);
  if (strong)
    im_secret_wipe (hashed, sizeof hashed);
  return ok;
}
