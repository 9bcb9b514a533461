#include "auth-passport3.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "xml-tree.h"

/* What differs between the forms. */
typedef struct
{
  const char *soap;
  const char *wsse;
  const char *wsp;
  const char *wsa;
  const char *wst;
  const char *issue;
} Names;

static const Names names[] = {
  [AUTH_PASSPORT3_RST] = {
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://schemas.xmlsoap.org/ws/2003/06/secext",
    "http://schemas.xmlsoap.org/ws/2002/12/policy",
    "http://schemas.xmlsoap.org/ws/2004/03/addressing",
    "http://schemas.xmlsoap.org/ws/2004/04/trust",
    "http://schemas.xmlsoap.org/ws/2004/04/security/trust/Issue",
  },
  [AUTH_PASSPORT3_RST2] = {
    "http://www.w3.org/2003/05/soap-envelope",
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "http://schemas.xmlsoap.org/ws/2004/09/policy",
    "http://www.w3.org/2005/08/addressing",
    "http://schemas.xmlsoap.org/ws/2005/02/trust",
    "http://schemas.xmlsoap.org/ws/2005/02/trust/Issue",
  },
};

static void
free_wiped (gpointer data)
{
  GString *text = data;

  im_secret_wipe (text->str, text->allocated_len);
  g_string_free (text, TRUE);
}

static void
add_escaped (GString *out, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (out, escaped);
}

static void
add_envelope (GString *out, const Names *name)
{
  g_string_append_printf (
      out,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<Envelope xmlns=\"%s\" xmlns:wsse=\"%s\""
      " xmlns:saml=\"urn:oasis:names:tc:SAML:1.0:assertion\""
      " xmlns:wsp=\"%s\""
      " xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/"
      "oasis-200401-wss-wssecurity-utility-1.0.xsd\""
      " xmlns:wsa=\"%s\""
      " xmlns:wssc=\"http://schemas.xmlsoap.org/ws/2004/04/sc\""
      " xmlns:wst=\"%s\">",
      name->soap, name->wsse, name->wsp, name->wsa, name->wst);
}

/* The parameters say "lc" is 1033, the language: one pair, each text with its
 * length before it, in base64. */
static void
add_header (GString *out, const AuthPassport3Request *request)
{
  g_autofree char *password = xml_escape (im_secret_peek (request->password));

  g_string_append (out, "<Header>");
  if (request->form == AUTH_PASSPORT3_RST2)
    {
      g_string_append_printf (out, "<wsa:Action>%s</wsa:Action><wsa:To>",
                              names[request->form].issue);
      add_escaped (out, request->url);
      g_string_append (out, "</wsa:To>");
    }
  g_string_append (
      out,
      "<ps:AuthInfo xmlns:ps=\"http://schemas.microsoft.com/Passport/"
      "SoapServices/PPCRL\" Id=\"PPAuthInfo\">"
      "<ps:HostingApp>{7108E71A-9926-4FCB-BCC9-9A9D3F32E423}</ps:HostingApp>"
      "<ps:BinaryVersion>4</ps:BinaryVersion>"
      "<ps:UIVersion>1</ps:UIVersion>"
      "<ps:Cookies></ps:Cookies>"
      "<ps:RequestParams>AQAAAAIAAABsYwQAAAAxMDMz</ps:RequestParams>"
      "</ps:AuthInfo>"
      "<wsse:Security><wsse:UsernameToken Id=\"user\"><wsse:Username>");
  add_escaped (out, request->address);
  g_string_append (out,
                   "</wsse:Username><wsse:Password"
                   " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                   " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
                   " xsi:type=\"xsd:string\">");
  g_string_append (out, password);
  g_string_append (out, "</wsse:Password></wsse:UsernameToken></wsse:Security>"
                        "</Header>");
  im_secret_wipe (password, strlen (password));
}

static void
add_site (GString *out, AuthPassport3Form form, guint n,
          const AuthPassport3Site *site)
{
  const char *prefix = form == AUTH_PASSPORT3_RST2 ? "wsp" : "wsse";

  g_string_append_printf (out,
                          "<wst:RequestSecurityToken Id=\"RST%u\">"
                          "<wst:RequestType>%s</wst:RequestType>"
                          "<wsp:AppliesTo><wsa:EndpointReference><wsa:Address>",
                          n, names[form].issue);
  add_escaped (out, site->address);
  g_string_append (out,
                   "</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>");
  if (site->policy != NULL)
    {
      g_string_append_printf (out, "<%s:PolicyReference URI=\"", prefix);
      add_escaped (out, site->policy);
      g_string_append_printf (out, "\"></%s:PolicyReference>", prefix);
    }
  g_string_append (out, "</wst:RequestSecurityToken>");
}

static gboolean
can_carry (const char *text)
{
  g_autofree char *escaped =
      g_utf8_validate (text, -1, NULL) ? xml_escape (text) : NULL;

  if (escaped == NULL)
    return FALSE;
  im_secret_wipe (escaped, strlen (escaped));
  return TRUE;
}

/* Larger than any of it can become, so that nothing secret is moved and left
 * behind. */
static gsize
room_for (const AuthPassport3Request *request)
{
  gsize room = 4096 + 6 * strlen (request->url) +
               6 * strlen (request->address) +
               6 * strlen (im_secret_peek (request->password));

  for (guint i = 0; i < request->n_sites; i++)
    room +=
        512 + 6 * strlen (request->sites[i].address) +
        6 * strlen (request->sites[i].policy != NULL ? request->sites[i].policy
                                                     : "");
  return room;
}

GBytes *
auth_passport3_encode (const AuthPassport3Request *request, GError **error)
{
  static const AuthPassport3Site tb = { AUTH_PASSPORT3_TB, NULL };
  GString *out;

  if (!can_carry (request->address) ||
      !can_carry (im_secret_peek (request->password)))
    {
      g_set_error_literal (error, IM_PROBLEM, IM_PROBLEM_REFUSED_REQUEST,
                           "name or password contain a character this server "
                           "cannot receive");
      return NULL;
    }
  out = g_string_sized_new (room_for (request));
  add_envelope (out, &names[request->form]);
  add_header (out, request);
  g_string_append (out,
                   "<Body><ps:RequestMultipleSecurityTokens xmlns:ps=\"http://"
                   "schemas.microsoft.com/Passport/SoapServices/PPCRL\""
                   " Id=\"RSTS\">");
  add_site (out, request->form, 0, &tb);
  for (guint i = 0; i < request->n_sites; i++)
    add_site (out, request->form, i + 1, &request->sites[i]);
  g_string_append (out,
                   "</ps:RequestMultipleSecurityTokens></Body></Envelope>");
  return g_bytes_new_with_free_func (out->str, out->len, free_wiped, out);
}

char *
auth_passport3_policy (const char *args)
{
  g_autofree char *policy = g_uri_unescape_string (args, NULL);

  /* What does not decode is passed on as it came. */
  if (policy == NULL)
    policy = g_strdup (args);
  return g_strconcat ("?", g_strdelimit (policy, ",", '&'), NULL);
}

static void
token_clear (gpointer data)
{
  AuthPassport3Token *token = data;

  g_free (token->address);
  g_clear_pointer (&token->ticket, im_secret_unref);
  g_clear_pointer (&token->proof, im_secret_unref);
}

void
auth_passport3_reply_clear (AuthPassport3Reply *self)
{
  g_clear_pointer (&self->tokens, g_array_unref);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->page, g_free);
  g_clear_pointer (&self->fault, g_free);
  g_clear_pointer (&self->text, g_free);
}

static gint64
read_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

static ImSecret *
secret_or_null (const char *text)
{
  return auth_passport_ticket_ok (text) ? im_secret_new (text) : NULL;
}

/* "LifeTime" in the first form, "Lifetime" in the second. */
static gint64
read_either_time (const XmlNode *response, const char *first,
                  const char *second)
{
  gint64 time = read_time (xml_node_child_text (response, first));

  return time != 0 ? time : read_time (xml_node_child_text (response, second));
}

static void
read_token (const XmlNode *response, AuthPassport3Reply *ret)
{
  AuthPassport3Token token = {
    .address = g_strdup (
        xml_node_child_text (response, "AppliesTo/EndpointReference/Address")),
    .ticket = secret_or_null (xml_node_child_text (
        response, "RequestedSecurityToken/BinarySecurityToken")),
    .proof = secret_or_null (
        xml_node_child_text (response, "RequestedProofToken/BinarySecret")),
    .created = read_either_time (response, "LifeTime/Created",
                                 "Lifetime/Created"),
    .expires = read_either_time (response, "LifeTime/Expires",
                                 "Lifetime/Expires"),
  };

  g_array_append_val (ret->tokens, token);
  if (token.ticket != NULL)
    ret->outcome = AUTH_PASSPORT_TICKET;
}

/* Codes have a prefix of some namespace; nobody uses one name in two. */
static const char *
fault_code (const XmlNode *fault)
{
  const char *code = xml_node_child_text (fault, "Code/Subcode/Value");
  const char *colon;

  if (*code == '\0')
    code = xml_node_child_text (fault, "faultcode");
  if (*code == '\0')
    code = xml_node_child_text (fault, "Code/Value");
  colon = strrchr (code, ':');
  return colon != NULL ? colon + 1 : code;
}

static ImProblem
problem_of (const char *code)
{
  static const struct
  {
    const char *code;
    ImProblem problem;
  } problems[] = {
    { "FailedAuthentication", IM_PROBLEM_WRONG_PASSWORD },
    { "Client", IM_PROBLEM_REFUSED_REQUEST },
    { "Sender", IM_PROBLEM_REFUSED_REQUEST },
    { "InvalidRequest", IM_PROBLEM_REFUSED_REQUEST },
    { "BadRequest", IM_PROBLEM_REFUSED_REQUEST },
    { "RequestFailed", IM_PROBLEM_UNAVAILABLE },
    { "Server", IM_PROBLEM_UNAVAILABLE },
    { "Receiver", IM_PROBLEM_UNAVAILABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    if (strcmp (problems[i].code, code) == 0)
      return problems[i].problem;
  return IM_PROBLEM_SIGNON_FAILED;
}

static char *
tidy (const char *text)
{
  return *text != '\0' ? im_charset_to_utf8 ((const guint8 *)text,
                                             strlen (text), "UTF-8", NULL)
                       : NULL;
}

static void
read_fault (const XmlNode *fault, AuthPassport3Reply *ret)
{
  const char *code = fault_code (fault);
  const char *words = xml_node_child_text (fault, "faultstring");

  if (ret->fault != NULL)
    return;
  if (*words == '\0')
    words = xml_node_child_text (fault, "Reason/Text");
  ret->fault = tidy (code);
  ret->text = tidy (words);
  ret->problem = problem_of (code);
}

/* What only a browser can do: a second step, terms, an account to confirm.
 * github.com/EionRobb/skype4pidgin. */
static void
read_page (const XmlNode *envelope, AuthPassport3Reply *ret)
{
  static const char *const names_of_page[] = { "flowurl", "inlineauthurl" };

  for (guint i = 0; i < G_N_ELEMENTS (names_of_page); i++)
    {
      const char *page =
          xml_node_text (xml_node_find (envelope, names_of_page[i]));

      if (!auth_passport_url_ok (page))
        continue;
      ret->problem = IM_PROBLEM_NEEDS_WEB_PAGE;
      ret->page = g_strdup (page);
      return;
    }
}

/* A fault of the whole; TRUE if there was one. */
static gboolean
read_refusal (const XmlNode *envelope, AuthPassport3Reply *ret)
{
  const XmlNode *fault = xml_node_child (envelope, "Fault");
  const char *where;

  if (!xml_node_exists (fault))
    fault = xml_node_child (envelope, "Body/Fault");
  if (!xml_node_exists (fault))
    return FALSE;
  read_fault (fault, ret);
  read_page (envelope, ret);
  where = xml_node_text (xml_node_find (fault, "redirectUrl"));
  if (*where == '\0')
    return TRUE;
  ret->problem = IM_PROBLEM_PROTOCOL;
  if (auth_passport_url_ok (where))
    {
      ret->outcome = AUTH_PASSPORT_REDIRECT;
      ret->location = g_strdup (where);
    }
  return TRUE;
}

static void
read_collection (const XmlNode *collection, AuthPassport3Reply *ret)
{
  for (const XmlNode *child = xml_node_first (collection, NULL);
       xml_node_exists (child); child = xml_node_next (child, NULL))
    if (strcmp (xml_node_name (child), "RequestSecurityTokenResponse") == 0)
      {
        if (ret->tokens->len < IM_MAX_PASSPORT_TOKENS)
          read_token (child, ret);
      }
    else if (strcmp (xml_node_name (child), "Fault") == 0)
      {
        ret->n_refused++;
        read_fault (child, ret);
      }
}

gboolean
auth_passport3_parse (GBytes *body, AuthPassport3Reply *ret, GError **error)
{
  gsize len;
  const void *data = g_bytes_get_data (body, &len);
  g_autoptr (XmlTree) tree = NULL;
  const XmlNode *envelope;
  const char *status;

  *ret = (AuthPassport3Reply){ .problem = IM_PROBLEM_PROTOCOL };
  tree = xml_tree_parse (data, len, error);
  if (tree == NULL)
    return FALSE;
  envelope = xml_tree_root (tree);
  if (strcmp (xml_node_name (envelope), "Envelope") != 0)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "the sign-in service sent no envelope");
      return FALSE;
    }
  ret->tokens = g_array_new (FALSE, TRUE, sizeof (AuthPassport3Token));
  g_array_set_clear_func (ret->tokens, token_clear);
  status = xml_node_child_text (envelope, "Header/pp/reqstatus");
  ret->status = (guint32)g_ascii_strtoull (status, NULL, 16);
  if (!read_refusal (envelope, ret))
    read_collection (
        xml_node_child (envelope,
                        "Body/RequestSecurityTokenResponseCollection"),
        ret);
  return TRUE;
}

const AuthPassport3Token *
auth_passport3_find (const AuthPassport3Reply *reply, const char *address)
{
  for (guint i = 0; reply->tokens != NULL && i < reply->tokens->len; i++)
    {
      const AuthPassport3Token *token =
          &g_array_index (reply->tokens, AuthPassport3Token, i);

      if (g_ascii_strcasecmp (token->address, address) == 0)
        return token;
    }
  return NULL;
}
