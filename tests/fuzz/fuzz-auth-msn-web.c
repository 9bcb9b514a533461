/* The pages of a web sign-in: whatever they are, there is a verdict, forms go
 * nowhere but to the login host, and words are tidy. */

#include <string.h>

#include "auth-msn-web.h"
#include "fuzz.h"

#define LOGIN "https://login.example.com"

static void
check_form (const AuthMsnWebForm *form)
{
  g_assert_true (g_str_has_prefix (form->url, LOGIN "/"));
  for (const char *p = im_secret_peek (form->body); *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p));
}

static void
judge (const AuthMsnWebPage *page, const char *location, gboolean second)
{
  const AuthMsnWebAnswer answer = { *page, 200, location, FALSE, second };
  g_auto (AuthMsnWebVerdict) verdict = { 0 };

  auth_msn_web_judge (&answer, &verdict);
  g_assert_cmpint (verdict.outcome, !=, AUTH_MSN_WEB_ACCEPTED);
  if (verdict.words != NULL)
    fuzz_assert_tidy (verdict.words);
  for (const char *p = verdict.url; p != NULL && *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p));
  if (verdict.outcome == AUTH_MSN_WEB_AGAIN)
    check_form (&verdict.form);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (ImSecret) password = im_secret_new ("p&ss word");
  g_autoptr (GBytes) text = g_bytes_new (data, size);
  const AuthMsnWebPage page = { LOGIN, LOGIN "/login.srf?wa=1", text, 1 };
  g_autofree char *location = g_strndup ((const char *)data, MIN (size, 200));
  g_autofree char *uic = auth_msn_web_read_uic (200, text);
  g_auto (AuthMsnWebForm) form = { 0 };

  if (auth_msn_web_fill (&page, "a@b", password, &form))
    check_form (&form);
  judge (&page, NULL, FALSE);
  judge (&page, location, TRUE);
  return 0;
}
