#include "auth-google.h"

#include <string.h>

#include "auth-form.h"

/* Answers are a few short lines. */
#define MAX_BODY 16384

ImSecret *
auth_google_login_body (const char *email, const ImSecret *password,
                        const char *captcha_token, const char *captcha_answer)
{
  GString *form = g_string_new (NULL);

  auth_form_add (form, "Email", email);
  auth_form_add (form, "Passwd", im_secret_peek (password));
  auth_form_add (form, "PersistentCookie", "false");
  auth_form_add (form, "source", "googletalk");
  if (captcha_token != NULL && captcha_answer != NULL)
    {
      auth_form_add (form, "logintoken", captcha_token);
      auth_form_add (form, "logincaptcha", captcha_answer);
    }
  return auth_form_end (form);
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
  { "NotVerified", IM_PROBLEM_NOT_CONFIRMED },
  { "TermsNotAgreed", IM_PROBLEM_TERMS },
  { "CaptchaRequired", IM_PROBLEM_NEEDS_CODE },
  { "AccountDeleted", IM_PROBLEM_ACCOUNT_DELETED },
  { "AccountDisabled", IM_PROBLEM_SUSPENDED },
  { "ServiceDisabled", IM_PROBLEM_SERVICE_OFF },
  { "ServiceUnavailable", IM_PROBLEM_UNAVAILABLE },
  { "NeedsBrowser", IM_PROBLEM_NEEDS_WEB_PAGE },
  { "WebLoginRequired", IM_PROBLEM_NEEDS_WEB_PAGE },
};

static ImProblem
problem_of (guint status, const char *code, const char *info)
{
  if (g_strcmp0 (info, "InvalidSecondFactor") == 0)
    return IM_PROBLEM_APP_PASSWORD;
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (problems); i++)
    if (strcmp (problems[i].code, code) == 0)
      return problems[i].problem;
  return code == NULL && status >= 500 && status <= 599
             ? IM_PROBLEM_UNAVAILABLE
             : IM_PROBLEM_SIGNIN_ANSWER;
}

/* An address to open, or nothing of the kind. */
static char *
dup_page (const char *text)
{
  g_autoptr (GUri) uri =
      text != NULL ? g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL) : NULL;

  if (uri == NULL || strpbrk (text, " \t<>\"") != NULL ||
      (strcmp (g_uri_get_scheme (uri), "https") != 0 &&
       strcmp (g_uri_get_scheme (uri), "http") != 0))
    return NULL;
  return g_strdup (text);
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
  ret->problem = problem_of (status, ret->code, value_of (lines, "Info"));
  if (ret->code == NULL)
    ret->code = g_strdup_printf ("HTTP %u", status);
  ret->url = dup_page (value_of (lines, "Url"));
  ret->captcha_token = g_strdup (value_of (lines, "CaptchaToken"));
  ret->captcha_url = g_strdup (value_of (lines, "CaptchaUrl"));
  return FALSE;
}

char *
auth_google_picture (const char *service, const AuthGoogleReply *reply)
{
  g_autofree char *base = g_strconcat (service, "/", NULL);
  g_autofree char *whole =
      reply->captcha_url != NULL
          ? g_uri_resolve_relative (base, reply->captcha_url,
                                    G_URI_FLAGS_ENCODED, NULL)
          : NULL;

  return dup_page (whole);
}

ImSecret *
auth_google_token_body (const AuthGoogleReply *reply)
{
  GString *form = g_string_new (NULL);

  auth_form_add (form, "SID", im_secret_peek (reply->sid));
  auth_form_add (form, "LSID", im_secret_peek (reply->lsid));
  auth_form_add (form, "service", "mail");
  auth_form_add (form, "Session", "true");
  return auth_form_end (form);
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
