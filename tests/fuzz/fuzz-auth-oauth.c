/* The answers of a service that exchanges refresh tokens. */

#include <string.h>

#include "auth-oauth.h"
#include "fuzz.h"

static void
check_token (const ImSecret *token)
{
  for (const char *p = im_secret_peek (token); *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint statuses[] = { 200, 400, 503 };
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_auto (AuthOauthReply) reply = { 0 };

      if (auth_oauth_read_reply (statuses[i], body, &reply))
        {
          g_assert_cmpuint (statuses[i], ==, 200);
          g_assert_cmpstr (im_secret_peek (reply.access_token), !=, "");
          check_token (reply.access_token);
          check_token (reply.refresh_token);
        }
      else
        {
          g_assert_null (reply.refresh_token);
          g_assert_true (g_utf8_validate (reply.code, -1, NULL));
        }
    }
  return 0;
}
