/* The answers that go before X-GOOGLE-TOKEN. */

#include <string.h>

#include "auth-google.h"
#include "fuzz.h"

static void
check_page (const char *url)
{
  g_assert_true (url == NULL || g_str_has_prefix (url, "http") ||
                 g_ascii_strncasecmp (url, "http", 4) == 0);
}

static void
check_refusal (const AuthGoogleReply *reply)
{
  g_autofree char *picture =
      auth_google_picture ("https://tokens.example/accounts", reply);

  g_assert_null (reply->auth);
  g_assert_true (g_utf8_validate (reply->code, -1, NULL));
  check_page (reply->url);
  check_page (picture);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (ImSecret) token = auth_google_read_token (200, body);
  g_auto (AuthGoogleReply) in = { 0 };
  g_auto (AuthGoogleReply) out = { 0 };

  if (token != NULL)
    g_assert_null (strpbrk (im_secret_peek (token), " \r\n<"));
  if (!auth_google_read_reply (200, body, &in))
    check_refusal (&in);
  g_assert_false (auth_google_read_reply (403, body, &out));
  check_refusal (&out);
  return 0;
}
