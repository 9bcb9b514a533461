#include "im-secret.h"

#include <string.h>

struct _ImSecret
{
  gatomicrefcount refs;
  char *text; /* owned; wiped */
};

ImSecret *
im_secret_new (const char *text)
{
  return im_secret_new_take (g_strdup (text != NULL ? text : ""));
}

ImSecret *
im_secret_new_take (char *text)
{
  ImSecret *secret = g_new0 (ImSecret, 1);

  g_atomic_ref_count_init (&secret->refs);
  secret->text = text;
  return secret;
}

ImSecret *
im_secret_ref (ImSecret *secret)
{
  g_atomic_ref_count_inc (&secret->refs);
  return secret;
}

void
im_secret_unref (ImSecret *secret)
{
  if (!g_atomic_ref_count_dec (&secret->refs))
    return;
  im_secret_wipe (secret->text, strlen (secret->text));
  g_free (secret->text);
  g_free (secret);
}

const char *
im_secret_peek (const ImSecret *secret)
{
  return secret != NULL ? secret->text : "";
}

void
im_secret_wipe (void *data, gsize len)
{
  explicit_bzero (data, len);
}
