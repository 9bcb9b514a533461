#include "auth-msn-web.h"

#include <string.h>

#include "auth-form.h"
#include "auth-json.h"
#include "auth-passport.h"
#include "im-charset.h"
#include "im-limits.h"
#include "markup-attr.h"
#include "markup-entity.h"
#include "markup-html.h"

/* What Outlook.com's mail asked with. */
#define QUERY                                                                  \
  "&rver=6.1.6206.0&sa=1&ntprob=-1&wp=MBI_SSL_SHARED"                          \
  "&wreply=https:%2F%2Fmail.live.com%2F%3Fowa%3D1%26owasuffix%3Dowa%252f"      \
  "&id=64855&snsc=1&cbcxt=mail"

#define POST_PATH "/ppsecure/post.srf"

/* Of a page's words this much is shown. */
#define MAX_WORDS 300

#define MAX_UIC 4096

/* Of an input: tokens have less than 1 KiB. */
#define MAX_TAG 4096

const char *const auth_msn_web_cookies[] = { "MSPAuth", "MSPProf", "WLSSC",
                                             NULL };

char *
auth_msn_web_page_url (const char *login, gint64 now)
{
  return g_strdup_printf ("%s/login.srf?wa=wsignin1.0&ct=%" G_GINT64_FORMAT
                          "%s",
                          login, now, QUERY);
}

/* --- addresses --------------------------------------------------------- */

static GUri *
parse (const char *url)
{
  GUri *uri = g_uri_parse (
      url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);

  if (uri != NULL && g_uri_get_host (uri) != NULL &&
      g_uri_get_userinfo (uri) == NULL)
    return uri;
  g_clear_pointer (&uri, g_uri_unref);
  return NULL;
}

/* Scheme, host and port: there is no reason for a page to change any. */
static gboolean
same_place (GUri *a, GUri *b)
{
  return g_strcmp0 (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0 &&
         g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0 &&
         g_uri_get_port (a) == g_uri_get_port (b);
}

static gboolean
is_printable (const char *url)
{
  for (; *url != '\0'; url++)
    if (!g_ascii_isgraph (*url))
      return FALSE;
  return TRUE;
}

char *
auth_msn_web_follow (const char *login, const char *from, const char *location)
{
  g_autofree char *url = NULL;
  g_autoptr (GUri) target = NULL;
  g_autoptr (GUri) home = parse (login);

  if (location == NULL || *location == '\0' || !is_printable (location))
    return NULL;
  url = g_uri_resolve_relative (
      from, location, G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  target = url != NULL ? parse (url) : NULL;
  if (home == NULL || target == NULL || !same_place (home, target))
    return NULL;
  return g_steal_pointer (&url);
}

/* --- what stands in a page --------------------------------------------- */

static char *
text_of (const AuthMsnWebPage *page)
{
  gsize len = 0;
  const guint8 *data =
      page->text != NULL ? g_bytes_get_data (page->text, &len) : NULL;

  return im_charset_to_utf8 (data, len, "UTF-8", "ISO-8859-1");
}

/* The character "\uXXXX" or "\xXX" stands for. */
static gsize
hex_escape (const char *p, gunichar *ret)
{
  guint digits = p[1] == 'u' ? 4 : 2;
  gunichar c = 0;

  for (guint i = 0; i < digits; i++)
    {
      int value = g_ascii_xdigit_value (p[2 + i]);

      if (value < 0)
        return 0;
      c = c * 16 + (gunichar)value;
    }
  *ret = c != 0 && g_unichar_validate (c) ? c : 0xfffd;
  return 2 + digits;
}

/* One escape of a script's string; returns its length. */
static gsize
unescape_one (const char *p, GString *out)
{
  gunichar c;
  gsize len;

  if ((p[1] == 'u' || p[1] == 'x') && (len = hex_escape (p, &c)) > 0)
    {
      g_string_append_unichar (out, c);
      return len;
    }
  if (p[1] == 'n' || p[1] == 't' || p[1] == 'r')
    g_string_append_c (out, ' ');
  else if (p[1] != '\0')
    g_string_append_c (out, p[1]);
  return p[1] != '\0' ? 2 : 1;
}

/* The whole page as if all of it were a script's string: tags that stand in
 * one become tags. */
static char *
unescape (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  while (*text != '\0')
    {
      if (*text == '\\')
        text += unescape_one (text, out);
      else
        g_string_append_c (out, *text++);
    }
  return g_string_free (out, FALSE);
}

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$';
}

static const char *
skip_spaces (const char *p)
{
  return p + strspn (p, " \t\n");
}

/* What follows a name in a script: name:'value' or "name": "value". */
static const char *
value_at (const char *p)
{
  if (*p == '"' || *p == '\'')
    p++;
  p = skip_spaces (p);
  if (*p != ':' && *p != '=')
    return NULL;
  p = skip_spaces (p + 1);
  return *p == '"' || *p == '\'' ? p : NULL;
}

/* NULL for one that does not end. */
static char *
read_string (const char *quote)
{
  GString *out = g_string_new (NULL);
  const char *p = quote + 1;

  while (*p != '\0' && *p != *quote)
    {
      if (*p == '\\')
        p += unescape_one (p, out);
      else
        g_string_append_c (out, *p++);
    }
  return g_string_free (out, *p == '\0');
}

/* The first value of @name in a script that is not empty. */
static char *
script_value (const char *text, const char *name)
{
  for (const char *p = text; (p = strstr (p, name)) != NULL; p++)
    {
      const char *quote;
      g_autofree char *value = NULL;

      if (p > text && is_name_char (p[-1]))
        continue;
      quote = value_at (p + strlen (name));
      if (quote == NULL)
        continue;
      value = read_string (quote);
      if (value != NULL && *value != '\0')
        return g_steal_pointer (&value);
    }
  return NULL;
}

/* Where a tag ends; quotes may have a '>' in them. A quote that does not end is
 * no reason to read the whole page for every tag. */
static const char *
end_of_tag (const char *p)
{
  const char *tag = p;
  char quote = '\0';

  for (; *p != '\0' && p - tag < MAX_TAG; p++)
    {
      if (quote != '\0')
        quote = *p == quote ? '\0' : quote;
      else if (*p == '"' || *p == '\'')
        quote = *p;
      else if (*p == '>')
        return p;
    }
  return NULL;
}

/* The value of one input, decoded, if it is the one called @name. */
static char *
input_value (const char *tag, const char *end, const char *name)
{
  const char *cursor = tag;
  g_autofree char *value = NULL;
  gboolean found = FALSE;
  MarkupAttr attr;

  while (markup_attr_next (&cursor, end, &attr))
    {
      g_autofree char *decoded =
          markup_entity_decode_all (attr.value, attr.value_len);

      if (markup_attr_is (&attr, "name"))
        found = strcmp (decoded, name) == 0;
      else if (markup_attr_is (&attr, "value") && value == NULL)
        value = g_steal_pointer (&decoded);
    }
  return found ? g_steal_pointer (&value) : NULL;
}

static const char *
next_input (const char *p)
{
  for (; (p = strchr (p, '<')) != NULL; p++)
    if (g_ascii_strncasecmp (p + 1, "input", 5) == 0 && !is_name_char (p[6]) &&
        p[6] != '\0')
      return p;
  return NULL;
}

/* An input of the page, wherever it is; @plain is the page unescaped. */
static char *
find_input (const char *plain, const char *name)
{
  for (const char *p = plain; (p = next_input (p)) != NULL; p++)
    {
      const char *end = end_of_tag (p);
      g_autofree char *value = NULL;

      if (end == NULL)
        continue;
      value = input_value (p + 6, end, name);
      if (value != NULL && *value != '\0')
        return g_steal_pointer (&value);
    }
  return NULL;
}

static char *
find_token (const char *text, const char *plain)
{
  char *token = find_input (plain, "PPFT");

  return token != NULL ? token : script_value (text, "sFT");
}

/* --- the form ---------------------------------------------------------- */

static char *
usual_target (const AuthMsnWebPage *page)
{
  const char *query = strchr (page->url, '?');

  return g_strdup_printf ("%s" POST_PATH "%s%sbk=%" G_GINT64_FORMAT,
                          page->login, query != NULL ? query : "?",
                          query != NULL ? "&" : "", page->now);
}

static char *
target_of (const AuthMsnWebPage *page, const char *text)
{
  g_autofree char *named = script_value (text, "urlPost");
  char *target = auth_msn_web_follow (page->login, page->url, named);

  return target != NULL ? target : usual_target (page);
}

void
auth_msn_web_form_clear (AuthMsnWebForm *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->body, im_secret_unref);
}

gboolean
auth_msn_web_fill (const AuthMsnWebPage *page, const char *address,
                   const ImSecret *password, AuthMsnWebForm *ret)
{
  g_autofree char *text = text_of (page);
  g_autofree char *plain = unescape (text);
  g_autofree char *token = find_token (text, plain);
  GString *form;

  if (token == NULL)
    return FALSE;
  form = g_string_new (NULL);
  auth_form_add (form, "login", address);
  auth_form_add (form, "passwd", im_secret_peek (password));
  auth_form_add (form, "PPFT", token);
  auth_form_add (form, "loginoptions", "3");
  ret->url = target_of (page, text);
  ret->body = auth_form_end (form);
  return TRUE;
}

/* --- what an answer means ---------------------------------------------- */

void
auth_msn_web_verdict_clear (AuthMsnWebVerdict *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->words, g_free);
  auth_msn_web_form_clear (&self->form);
}

static gboolean
mentions (const char *text, const char *word)
{
  gsize len = strlen (word);

  for (; *text != '\0'; text++)
    if (g_ascii_strncasecmp (text, word, len) == 0)
      return TRUE;
  return FALSE;
}

/* Its words without tags and references, in one line. */
static char *
readable (const char *markup)
{
  g_autoptr (ImText) text = markup_html_parse (markup, -1, MARKUP_PURPLE);

  im_text_truncate (text, MAX_WORDS);
  return im_charset_tidy_line (im_text_plain (text));
}

static gboolean
has_otc (const char *plain)
{
  for (const char *p = plain; (p = next_input (p)) != NULL; p++)
    {
      const char *end = end_of_tag (p);
      const char *cursor = p + 6;
      MarkupAttr attr;

      while (end != NULL && markup_attr_next (&cursor, end, &attr))
        if (markup_attr_is (&attr, "name") && attr.value_len == 3 &&
            memcmp (attr.value, "otc", 3) == 0)
          return TRUE;
    }
  return FALSE;
}

/* Codes by app or message, proofs of who one is. */
static gboolean
wants_second_step (const char *plain)
{
  static const char *const marks[] = { "GetSessionState", "/proofs/",
                                       "/identity/confirm", "sProofData" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (strstr (plain, marks[i]) != NULL)
      return TRUE;
  return has_otc (plain);
}

/* Terms to accept, an account to confirm. */
static gboolean
is_account_page (const char *url)
{
  g_autoptr (GUri) uri = url != NULL && is_printable (url) ? parse (url) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  return (strcmp (scheme, "https") == 0 || strcmp (scheme, "http") == 0) &&
         g_ascii_strcasecmp (g_uri_get_host (uri), "account.live.com") == 0;
}

static void
refuse (AuthMsnWebVerdict *verdict, ImProblem problem, const char *url)
{
  verdict->outcome = AUTH_MSN_WEB_REFUSED;
  verdict->problem = problem;
  verdict->url = g_strdup (url);
}

/* A refusal in so many words. */
static gboolean
judge_error (const AuthMsnWebAnswer *answer, const char *text,
             AuthMsnWebVerdict *ret)
{
  g_autofree char *words = script_value (text, "sErrTxt");
  g_autofree char *code = script_value (text, "sErrorCode");

  if (words == NULL && code == NULL)
    return FALSE;
  /* Where it also asks who is a robot, the password may be right. */
  refuse (ret, IM_PROBLEM_WRONG_PASSWORD,
          mentions (text, "captcha") ? answer->page.login : NULL);
  ret->words = readable (words != NULL ? words : code);
  return TRUE;
}

/* The second form has no password in it. */
static gboolean
judge_again (const AuthMsnWebAnswer *answer, const char *text,
             const char *plain, AuthMsnWebVerdict *ret)
{
  g_autofree char *opid = NULL;
  g_autofree char *token = NULL;
  GString *form;

  if (answer->second)
    return FALSE;
  opid = find_input (plain, "opid");
  if (opid == NULL)
    opid = script_value (text, "opid");
  token = find_token (text, plain);
  if (opid == NULL || token == NULL)
    return FALSE;
  form = g_string_new (NULL);
  auth_form_add (form, "opid", opid);
  auth_form_add (form, "PPFT", token);
  auth_form_add (form, "type", "28");
  ret->outcome = AUTH_MSN_WEB_AGAIN;
  ret->form.url = target_of (&answer->page, text);
  ret->form.body = auth_form_end (form);
  return TRUE;
}

static gboolean
judge_account_page (const AuthMsnWebAnswer *answer, const char *text,
                    AuthMsnWebVerdict *ret)
{
  g_autofree char *target = script_value (text, "urlPost");

  if (is_account_page (answer->location))
    refuse (ret, IM_PROBLEM_NEEDS_WEB_PAGE, answer->location);
  else if (is_account_page (target))
    refuse (ret, IM_PROBLEM_NEEDS_WEB_PAGE, target);
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_login_form (const char *text, const char *plain)
{
  g_autofree char *token = find_token (text, plain);
  g_autofree char *target = script_value (text, "urlPost");

  return token != NULL && target != NULL;
}

/* The order is part of it: the earlier says more. */
static void
judge_page (const AuthMsnWebAnswer *answer, const char *text, const char *plain,
            AuthMsnWebVerdict *ret)
{
  const char *login = answer->page.login;

  if (judge_error (answer, text, ret))
    return;
  if (wants_second_step (plain))
    refuse (ret, IM_PROBLEM_APP_PASSWORD, login);
  else if (mentions (plain, "captcha"))
    refuse (ret, IM_PROBLEM_NEEDS_WEB_PAGE, login);
  else if (!judge_account_page (answer, text, ret) &&
           !judge_again (answer, text, plain, ret))
    refuse (ret,
            is_login_form (text, plain) ? IM_PROBLEM_WRONG_PASSWORD
                                        : IM_PROBLEM_SIGNIN_ANSWER,
            NULL);
}

void
auth_msn_web_judge (const AuthMsnWebAnswer *answer, AuthMsnWebVerdict *ret)
{
  g_autofree char *body = text_of (&answer->page);
  g_autofree char *location = NULL;
  g_autofree char *text = NULL;
  g_autofree char *plain = NULL;

  *ret = (AuthMsnWebVerdict){ 0 };
  if (answer->status >= 500)
    {
      refuse (ret, IM_PROBLEM_UNAVAILABLE, NULL);
      return;
    }
  if (answer->complete)
    {
      ret->outcome = AUTH_MSN_WEB_ACCEPTED;
      return;
    }
  /* A page may be nothing but the address it sends one to. */
  location = im_charset_tidy (answer->location);
  text = g_strdup_printf ("%s\n%s", body, location != NULL ? location : "");
  plain = unescape (text);
  judge_page (answer, text, plain, ret);
}

/* --- the uic ----------------------------------------------------------- */

char *
auth_msn_web_read_uic (guint status, GBytes *body)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = auth_json_parse (parser, body, IM_MAX_SIGNIN_ANSWER);
  const char *escaped = auth_json_text (object, "MappingContainer");
  g_autofree char *uic = NULL;

  if (status != 200 || escaped == NULL || strlen (escaped) > MAX_UIC)
    return NULL;
  uic = g_uri_unescape_string (escaped, NULL);
  return auth_passport_ticket_ok (uic) ? g_steal_pointer (&uic) : NULL;
}
