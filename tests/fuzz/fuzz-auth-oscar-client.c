/* The answers of the web sign-on. */

#include "auth-oscar-client.h"
#include "fuzz.h"

static void
check_text (const char *text)
{
  g_assert_true (text == NULL ||
                 (*text != '\0' && g_utf8_validate (text, -1, NULL)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_auto (AuthOscarClientReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) cookie = NULL;

  if (!auth_oscar_client_parse (body, &reply, &error))
    {
      g_assert_nonnull (error);
      g_assert_null (reply.token);
      return 0;
    }
  check_text (reply.text);
  check_text (reply.page);
  check_text (reply.host);
  check_text (reply.tls_name);
  g_assert_cmpint (reply.host_time, >=, 0);
  if (reply.token != NULL)
    cookie = auth_oscar_client_cookie (reply.token);
  return 0;
}
