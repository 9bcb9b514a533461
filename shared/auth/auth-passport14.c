#include "auth-passport14.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "im-line.h"

#define SCHEME "Passport1.4"

/* Text of the wrong form: what follows is about buttons no client has. */
static const char advice[] = " Do one of the following or try again:";

gboolean
auth_passport_ticket_ok (const char *ticket)
{
  gsize len = ticket != NULL ? strlen (ticket) : 0;

  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isgraph (ticket[i]))
      return FALSE;
  return len > 0 && len <= IM_MAX_PASSPORT_TICKET;
}

gboolean
auth_passport_url_ok (const char *url)
{
  static const char https[] = "https://";
  gsize host;

  if (url == NULL || g_ascii_strncasecmp (url, https, sizeof https - 1) != 0)
    return FALSE;
  for (const char *p = url; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p) || *p == '\\')
      return FALSE;
  url += sizeof https - 1;
  host = strcspn (url, "/?#");
  return host > 0 && *url != ':' && memchr (url, '@', host) == NULL;
}

/* The value of the @n-th header @name, names compared without case. */
static const char *
find_header (const char *const *headers, const char *name, guint n)
{
  for (; headers[0] != NULL && headers[1] != NULL; headers += 2)
    if (g_ascii_strcasecmp (headers[0], name) == 0 && n-- == 0)
      return headers[1];
  return NULL;
}

/* One "key=value" of a list between commas; a value in single quotes may have
 * commas of its own. FALSE at the end. */
static gboolean
next_field (ImWord *list, ImWord *ret_key, ImWord *ret_value)
{
  while (list->len > 0 && (*list->text == ',' || *list->text == ' '))
    {
      list->text++;
      list->len--;
    }
  if (list->len == 0)
    return FALSE;
  for (gsize i = 0; i + 1 < list->len && list->text[i] != ','; i++)
    if (list->text[i] == '=' && list->text[i + 1] == '\'')
      {
        *ret_key = (ImWord){ list->text, i };
        *list = (ImWord){ list->text + i + 2, list->len - i - 2 };
        im_word_cut (list, '\'', ret_value);
        return TRUE;
      }
    else if (list->text[i] == '=')
      break;
  im_word_cut (list, ',', ret_value);
  if (!im_word_cut (ret_value, '=', ret_key))
    *ret_value = im_word ("");
  return TRUE;
}

static gboolean
key_is (ImWord key, const char *name)
{
  return key.len == strlen (name) &&
         g_ascii_strncasecmp (key.text, name, key.len) == 0;
}

static char *
find_field (const char *list, const char *name)
{
  ImWord rest = im_word (list);
  ImWord key;
  ImWord value;

  while (next_field (&rest, &key, &value))
    if (key_is (key, name))
      return im_word_dup (value);
  return NULL;
}

void
auth_passport14_nexus_clear (AuthPassport14Nexus *self)
{
  g_clear_pointer (&self->login_url, g_free);
  g_clear_pointer (&self->config_version, g_free);
}

gboolean
auth_passport14_parse_nexus (const char *const *headers,
                             AuthPassport14Nexus *ret, GError **error)
{
  const char *list = find_header (headers, "PassportURLs", 0);
  g_autofree char *login = list != NULL ? find_field (list, "DALogin") : NULL;
  g_autofree char *url = NULL;

  if (login != NULL)
    url = strstr (login, "://") != NULL ? g_strdup (login)
                                        : g_strconcat ("https://", login, NULL);
  if (!auth_passport_url_ok (url))
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "the sign-in service names no place to sign in");
      return FALSE;
    }
  ret->login_url = g_steal_pointer (&url);
  ret->config_version = find_field (list, "ConfigVersion");
  return TRUE;
}

/* Everything but letters, digits and dots: what else needs it depends on who
 * reads. */
static void
add_encoded (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || *p == '.')
      g_string_append_c (out, *p);
    else
      g_string_append_printf (out, "%%%02X", (guint8)*p);
}

ImSecret *
auth_passport14_authorization (const char *address, const ImSecret *password,
                               const char *args, GError **error)
{
  const char *typed = im_secret_peek (password);
  GString *value;

  for (const char *p = args; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      {
        g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                             "the server's words for the sign-in service "
                             "cannot be passed on");
        return NULL;
      }
  /* Of its final size, so that no copy of the password stays behind. */
  value = g_string_sized_new (128 + 3 * strlen (address) + 3 * strlen (typed) +
                              strlen (args));
  g_string_append (value, SCHEME " OrgVerb=GET,"
                                 "OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,"
                                 "sign-in=");
  add_encoded (value, address);
  g_string_append (value, ",pwd=");
  add_encoded (value, typed);
  if (*args != '\0')
    g_string_append_printf (value, ",%s", args);
  return im_secret_new_take (g_string_free (value, FALSE));
}

void
auth_passport14_reply_clear (AuthPassport14Reply *self)
{
  g_clear_pointer (&self->ticket, im_secret_unref);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->config_version, g_free);
}

/* What follows the scheme in the first such header that has it. */
static const char *
find_fields (const char *const *headers, const char *name)
{
  const char *value;

  for (guint n = 0; (value = find_header (headers, name, n)) != NULL; n++)
    if (g_ascii_strncasecmp (value, SCHEME, strlen (SCHEME)) == 0)
      return value + strlen (SCHEME);
  return NULL;
}

/* Both spellings are in the documents. */
static char *
find_status (const char *fields)
{
  char *status = find_field (fields, "da-status");

  return status != NULL ? status : find_field (fields, "dastatus");
}

static char *
find_text (const char *fields)
{
  g_autofree char *encoded = find_field (fields, "cbtxt");
  g_autofree char *raw = NULL;
  char *text;
  char *cut;

  if (encoded == NULL || *encoded == '\0')
    return NULL;
  raw = g_uri_unescape_string (encoded, NULL);
  if (raw == NULL)
    return NULL;
  text = im_charset_guess_to_utf8 ((const guint8 *)raw, strlen (raw), NULL);
  cut = strstr (text, advice);
  if (cut != NULL)
    *cut = '\0';
  return text;
}

static void
read_success (const char *fields, AuthPassport14Reply *ret)
{
  char *ticket = find_field (fields, "from-PP");

  ret->problem = IM_PROBLEM_PROTOCOL;
  if (auth_passport_ticket_ok (ticket))
    {
      ret->outcome = AUTH_PASSPORT_TICKET;
      ret->ticket = im_secret_new_take (ticket);
      return;
    }
  g_free (ticket);
}

static void
read_redirect (const char *const *headers, AuthPassport14Reply *ret)
{
  const char *location = find_header (headers, "Location", 0);

  ret->problem = IM_PROBLEM_PROTOCOL;
  if (!auth_passport_url_ok (location))
    return;
  ret->outcome = AUTH_PASSPORT_REDIRECT;
  ret->location = g_strdup (location);
}

static void
read_failure (guint status, const char *da_status, AuthPassport14Reply *ret)
{
  if (da_status == NULL)
    ret->problem = status == 401   ? IM_PROBLEM_WRONG_PASSWORD
                   : status >= 500 ? IM_PROBLEM_UNAVAILABLE
                                   : IM_PROBLEM_PROTOCOL;
  else if (g_ascii_strcasecmp (da_status, "failed") == 0)
    ret->problem = IM_PROBLEM_WRONG_PASSWORD;
  else if (g_ascii_strcasecmp (da_status, "failed-noretry") == 0)
    ret->problem = IM_PROBLEM_SUSPENDED;
  else
    ret->problem = IM_PROBLEM_SIGNON_FAILED;
}

void
auth_passport14_parse_reply (guint status, const char *const *headers,
                             AuthPassport14Reply *ret)
{
  const char *good = find_fields (headers, "Authentication-Info");
  const char *bad = find_fields (headers, "WWW-Authenticate");
  const char *fields = good != NULL ? good : bad;
  const char *config = find_header (headers, "PassportConfig", 0);
  g_autofree char *da_status = fields != NULL ? find_status (fields) : NULL;

  *ret = (AuthPassport14Reply){ AUTH_PASSPORT_REFUSED };
  if (config != NULL)
    ret->config_version = find_field (config, "ConfigVersion");
  if (status == 200 && g_strcmp0 (da_status, "success") == 0)
    read_success (fields, ret);
  else if (status / 100 == 3 || g_strcmp0 (da_status, "redir") == 0)
    read_redirect (headers, ret);
  else
    {
      read_failure (status, da_status, ret);
      ret->text = fields != NULL ? find_text (fields) : NULL;
    }
}
