#include "auth-google.h"

#include <string.h>

/* Answers are a few short lines. */
#define MAX_BODY 16384

static void
append_field (GString *form, const char *name, const char *value)
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
auth_google_login_body (const char *email, const ImSecret *password,
                        const char *captcha_token, const char *captcha_answer)
{
  GString *form = g_string_new (NULL);

  append_field (form, "Email", email);
  append_field (form, "Passwd", im_secret_peek (password));
  append_field (form, "PersistentCookie", "false");
  append_field (form, "source", "googletalk");
  if (captcha_token != NULL && captcha_answer != NULL)
    {
      append_field (form, "logintoken", captcha_token);
      append_field (form, "logincaptcha", captcha_answer);
    }
  return im_secret_new_take (g_string_free (form, FALSE));
}

void
auth_google_reply_clear (AuthGoogleReply *self)
{
  g_clear_pointer (&self->sid, im_secret_unref);
  g_clear_pointer (&self->lsid, im_secret_unref);
  g_clear_pointer (&self->auth, im_secret_unref);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->captcha_token, g_free);
  g_clear_pointer (&self->captcha_url, g_free);
}

static const struct
{
  const char *code;
  ImProblem problem;
} problems[] = {
  { "BadAuthentication", IM_PROBLEM_WRONG_PASSWORD },
  { "NotVerified", IM_PROBLEM_NEEDS_WEB_PAGE },
  { "TermsNotAgreed", IM_PROBLEM_NEEDS_WEB_PAGE },
  { "CaptchaRequired", IM_PROBLEM_NEEDS_CODE },
  { "AccountDeleted", IM_PROBLEM_ACCOUNT_DELETED },
  { "AccountDisabled", IM_PROBLEM_SUSPENDED },
  { "ServiceDisabled", IM_PROBLEM_SUSPENDED },
  { "ServiceUnavailable", IM_PROBLEM_UNAVAILABLE },
  { "NeedsBrowser", IM_PROBLEM_NEEDS_WEB_PAGE },
  { "WebLoginRequired", IM_PROBLEM_NEEDS_WEB_PAGE },
};

static ImProblem
problem_of (const char *code, const char *info)
{
  /* Two-step verification: a password made for this program is wanted. */
  if (g_strcmp0 (info, "InvalidSecondFactor") == 0)
    return IM_PROBLEM_NEEDS_WEB_PAGE;
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (problems); i++)
    if (strcmp (problems[i].code, code) == 0)
      return problems[i].problem;
  return IM_PROBLEM_SIGNON_FAILED;
}

static char *
body_text (GBytes *body)
{
  gsize len = 0;
  const char *data = body != NULL ? g_bytes_get_data (body, &len) : NULL;

  if (len == 0 || len > MAX_BODY || memchr (data, '\0', len) != NULL ||
      !g_utf8_validate_len (data, len, NULL))
    return g_strdup ("");
  return g_strndup (data, len);
}

static const char *
value_of (char **lines, const char *name)
{
  gsize len = strlen (name);

  for (char **line = lines; *line != NULL; line++)
    if (strncmp (*line, name, len) == 0 && (*line)[len] == '=')
      return g_strchomp (*line) + len + 1;
  return NULL;
}

static ImSecret *
secret_of (char **lines, const char *name)
{
  const char *value = value_of (lines, name);

  return value != NULL && *value != '\0' ? im_secret_new (value) : NULL;
}

gboolean
auth_google_read_reply (guint status, GBytes *body, AuthGoogleReply *ret)
{
  g_autofree char *text = body_text (body);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  memset (ret, 0, sizeof *ret);
  if (status == 200)
    {
      ret->sid = secret_of (lines, "SID");
      ret->lsid = secret_of (lines, "LSID");
      ret->auth = secret_of (lines, "Auth");
    }
  im_secret_wipe (text, strlen (text));
  if (ret->auth != NULL || (ret->sid != NULL && ret->lsid != NULL))
    return TRUE;

  ret->code = g_strdup (value_of (lines, "Error"));
  ret->problem = problem_of (ret->code, value_of (lines, "Info"));
  ret->url = g_strdup (value_of (lines, "Url"));
  ret->captcha_token = g_strdup (value_of (lines, "CaptchaToken"));
  ret->captcha_url = g_strdup (value_of (lines, "CaptchaUrl"));
  return FALSE;
}

ImSecret *
auth_google_token_body (const AuthGoogleReply *reply)
{
  GString *form = g_string_new (NULL);

  append_field (form, "SID", im_secret_peek (reply->sid));
  append_field (form, "LSID", im_secret_peek (reply->lsid));
  append_field (form, "service", "mail");
  append_field (form, "Session", "true");
  return im_secret_new_take (g_string_free (form, FALSE));
}

ImSecret *
auth_google_read_token (guint status, GBytes *body)
{
  char *text = status == 200 ? g_strchomp (body_text (body)) : NULL;

  /* A token is one word; anything else is a page of apologies. */
  if (text == NULL || *text == '\0' || strpbrk (text, " \t\r\n<") != NULL)
    {
      g_free (text);
      return NULL;
    }
  return im_secret_new_take (text);
}
