#include "auth-form.h"

#include <string.h>

void
auth_form_add (GString *form, const char *name, const char *value)
{
  /* Form encoding is percent encoding with "+" for spaces. */
  g_autofree char *escaped = g_uri_escape_string (value, " ", FALSE);

  if (form->len > 0)
    g_string_append_c (form, '&');
  g_string_append_printf (form, "%s=%s", name,
                          g_strdelimit (escaped, " ", '+'));
  im_secret_wipe (escaped, strlen (escaped));
}

ImSecret *
auth_form_end (GString *form)
{
  return im_secret_new_take (g_string_free (form, FALSE));
}
