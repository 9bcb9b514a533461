/* The proof of who we are: which mechanism, its messages, what comes of it. */

#include <string.h>

#include "gtalk-errors.h"
#include "gtalk-negotiate-private.h"
#include "gtalk-token.h"

#define NS_BINDINGS "urn:xmpp:sasl-cb:0"
#define NS_GOOGLE_AUTH "http://www.google.com/talk/protocol/auth"

#define NONCE_BYTES 24

static AuthSaslSecret
secret_of (const GtalkSession *session)
{
  switch (session->settings.signin)
    {
    case GTALK_SIGNIN_TOKEN:
      return AUTH_SASL_BY_GOOGLE_TOKEN;
    case GTALK_SIGNIN_OAUTH2:
      return AUTH_SASL_BY_OAUTH2;
    case GTALK_SIGNIN_AUTO:
    case GTALK_SIGNIN_PLAIN:
      break;
    }
  return AUTH_SASL_BY_PASSWORD;
}

/* --- channel bindings ------------------------------------------------------ */

typedef struct
{
  const char *name;
  GBytes *data;
} Binding;

static const struct
{
  const char *name;
  ImBinding binding;
} binding_rows[] = {
  { "tls-unique", IM_BINDING_UNIQUE },
  { "tls-exporter", IM_BINDING_EXPORTER },
  { "tls-server-end-point", IM_BINDING_SERVER_END_POINT },
};

/* The best both sides have. A server that offers to bind and does not say how
 * is from before XEP-0440: over TLS 1.2 it knows tls-unique, and over 1.3,
 * which has none, the exporter. */
static Binding
find_binding (GtalkSession *session, GStrv listed)
{
  Binding found = { NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (binding_rows) && found.data == NULL; i++)
    if (listed == NULL ||
        g_strv_contains ((const char *const *) listed, binding_rows[i].name))
      {
        found.data = gtalk_stream_binding (session->stream,
                                           binding_rows[i].binding);
        found.name = binding_rows[i].name;
      }
  if (found.data == NULL)
    found.name = NULL;
  return found;
}

/* In some way, whatever the server says it can: that may have been changed on
 * the way here. */
static gboolean
can_bind (GtalkSession *session)
{
  Binding any = find_binding (session, NULL);

  g_clear_pointer (&any.data, g_bytes_unref);
  return any.name != NULL;
}

/* --- choosing -------------------------------------------------------------- */

/* @floor: the weakest to accept */
static AuthSaslName
choose (GtalkSession *session, GStrv offered, const Binding *binding,
        AuthSaslName floor)
{
  static const char *const plain[] = { "PLAIN", NULL };
  const AuthSaslPolicy policy = {
    .secret = secret_of (session),
    .encrypted = gtalk_stream_is_encrypted (session->stream),
    .binding = binding->name,
    .at_least = session->settings.signin == GTALK_SIGNIN_PLAIN
                    ? AUTH_SASL_PLAIN
                    : floor,
  };

  if (session->settings.signin == GTALK_SIGNIN_PLAIN)
    {
      if (!g_strv_contains ((const char *const *) offered, "PLAIN"))
        return AUTH_SASL_NONE;
      return auth_sasl_choose (plain, &policy);
    }
  return auth_sasl_choose ((const char *const *) offered, &policy);
}

static gboolean
offers_plus (GStrv offered)
{
  return g_strv_contains ((const char *const *) offered,
                          "SCRAM-SHA-256-PLUS") ||
         g_strv_contains ((const char *const *) offered, "SCRAM-SHA-1-PLUS");
}

static char *
new_nonce (GtalkSession *session)
{
  guint8 bytes[NONCE_BYTES];

  session->host->ops->random (session->host, bytes, sizeof bytes);
  return g_base64_encode (bytes, sizeof bytes);
}

/* Google's servers, which know many domains, want all of the address. */
static const char *
user_name (const GtalkSession *session)
{
  if (session->settings.quirks & GTALK_QUIRK_GOOGLE ||
      secret_of (session) != AUTH_SASL_BY_PASSWORD)
    return gtalk_session_bare (session);
  return session->settings.jid->node;
}

/* --- saying it ------------------------------------------------------------- */

static void
write_auth (GtalkSession *session, AuthSaslName name, GBytes *first)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (first, &len);
  g_autofree char *encoded = len > 0 ? g_base64_encode (data, len)
                                     : g_strdup ("=");
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "auth", NS_SASL);
  xmpp_attr (&w, "mechanism", auth_sasl_wire_name (name));
  xmpp_attr (&w, "xmlns:ga", NS_GOOGLE_AUTH);
  /* The server may give us an address of another domain it has. */
  xmpp_attr (&w, "ga:client-uses-full-bind-result", "true");
  if (name == AUTH_SASL_OAUTH2)
    xmpp_attr (&w, "ga:service", "oauth2");
  xmpp_text (&w, encoded);
  xmpp_close (&w);
  gtalk_stream_send (session->stream, xmpp_writer_text (&w), -1);
  im_secret_wipe (encoded, strlen (encoded));
  im_secret_wipe (w.out->str, w.out->len);
}

static gboolean
begin (GtalkSession *session, AuthSaslName name, GStrv offered,
       const Binding *binding)
{
  GtalkNegotiation *n = session->negotiation;
  g_autofree char *nonce = new_nonce (session);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = NULL;
  const AuthSaslInput input = {
    .user = user_name (session),
    .secret = n->token != NULL ? n->token : session->settings.password,
    .nonce = nonce,
    .binding = binding->name,
    .binding_data = binding->data,
    .plus_offered = offers_plus (offered),
    .can_bind = can_bind (session),
    .salted = n->salted != NULL ? im_secret_peek (n->salted) : NULL,
  };

  g_clear_pointer (&n->sasl, auth_sasl_free);
  n->sasl = auth_sasl_new (name, &input, &error);
  if (n->sasl == NULL)
    {
      gtalk_session_fail_simple (session, (ImProblem) error->code,
                                 error->message);
      return FALSE;
    }
  n->mechanism = name;
  first = auth_sasl_first (n->sasl);
  write_auth (session, name, first);
  return TRUE;
}

/* A token takes two requests; it was asked for when the sign-on began. */
static gboolean
waits_for_token (const GtalkSession *session)
{
  return secret_of (session) != AUTH_SASL_BY_PASSWORD &&
         session->negotiation->token == NULL;
}

void
gtalk_sasl_guess (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  g_autoptr (GBytes) data = NULL;
  Binding binding;
  AuthSaslName name;

  n->guessed = FALSE;
  if (n->known_mechanisms == NULL || waits_for_token (session) ||
      !gtalk_stream_is_encrypted (session->stream))
    return;
  binding = find_binding (session, n->known_bindings);
  data = binding.data;
  name = choose (session, n->known_mechanisms, &binding, n->pinned);
  if (name != AUTH_SASL_NONE)
    n->guessed = begin (session, name, n->known_mechanisms, &binding);
}

static void
nothing_fits (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  g_autofree char *offered = g_strjoinv (", ", n->mechanisms);

  gtalk_session_fail_simple (session, IM_PROBLEM_NO_MECHANISM, offered);
}

/* Weaker than last time may be a server that was set up anew, or somebody in
 * between: only the user can know. */
static void
ask_for_weaker (GtalkSession *session, AuthSaslName name)
{
  GtalkNegotiation *n = session->negotiation;
  ImEvent event = { .type = IM_EVENT_PROMPT };

  n->asks_weaker = TRUE;
  gtalk_negotiate_arm (session, 0);
  event.prompt = (ImEventPrompt){ .kind = IM_PROMPT_WEAKER,
                                  .text = auth_sasl_wire_name (name) };
  gtalk_session_emit (session, &event);
}

/* Knows what the server offers, and has what to prove it with. */
static void
sign_in (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  Binding binding = find_binding (session, n->bindings);
  g_autoptr (GBytes) data = binding.data;
  AuthSaslName name = choose (session, n->mechanisms, &binding, n->pinned);
  AuthSaslName weaker =
      choose (session, n->mechanisms, &binding, AUTH_SASL_PLAIN);

  if (name != AUTH_SASL_NONE)
    begin (session, name, n->mechanisms, &binding);
  else if (weaker != AUTH_SASL_NONE)
    ask_for_weaker (session, weaker);
  else
    nothing_fits (session);
}

gboolean
gtalk_sasl_answer (GtalkSession *session, const char *answer)
{
  GtalkNegotiation *n = session->negotiation;

  if (!n->asks_weaker)
    return FALSE;
  n->asks_weaker = FALSE;
  if (answer == NULL)
    {
      gtalk_session_fail_simple (session, IM_PROBLEM_WEAKENED, NULL);
      return TRUE;
    }
  /* What is used now is what counts from here. */
  n->pinned = AUTH_SASL_NONE;
  if (session->stream == NULL)
    gtalk_session_reconnect (session);
  else
    {
      gtalk_negotiate_arm (session, IM_STEP_SECONDS);
      sign_in (session);
    }
  return TRUE;
}

/* --- what the server says --------------------------------------------------- */

static GStrv
read_list (const XmlNode *list, const char *name, const char *attribute)
{
  GPtrArray *words = g_ptr_array_new ();

  for (const XmlNode *node = xml_node_first (list, name);
       xml_node_exists (node) && words->len < IM_MAX_SASL_MECHANISMS;
       node = xml_node_next (node, name))
    {
      const char *word = attribute != NULL
                             ? xml_node_attribute (node, attribute)
                             : xml_node_text (node);

      if (word != NULL)
        g_ptr_array_add (words, g_strdup (word));
    }
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (words, FALSE);
}

void
gtalk_sasl_features (GtalkSession *session, const XmlNode *features)
{
  GtalkNegotiation *n = session->negotiation;
  const XmlNode *bindings =
      xml_node_first_ns (features, NS_BINDINGS, "sasl-channel-binding");

  g_strfreev (n->mechanisms);
  g_clear_pointer (&n->bindings, g_strfreev);
  n->mechanisms =
      read_list (xml_node_first_ns (features, NS_SASL, "mechanisms"),
                 "mechanism", NULL);
  if (xml_node_exists (bindings))
    n->bindings = read_list (bindings, "channel-binding", "type");
  /* What was guessed is answered on its own; the token's exchange has
   * deadlines of its own. */
  if (waits_for_token (session))
    gtalk_negotiate_arm (session, 0);
  else if (!n->guessed)
    sign_in (session);
}

void
gtalk_negotiate_token (GtalkSession *session, ImSecret *token,
                       const ImFailure *failure)
{
  GtalkNegotiation *n = session->negotiation;

  if (failure != NULL)
    {
      gtalk_session_fail (session, failure);
      return;
    }
  g_clear_pointer (&n->token, im_secret_unref);
  n->token = im_secret_ref (token);
  if (n->step != GTALK_LADDER_SIGN_IN)
    return;
  if (session->stream == NULL)
    gtalk_session_reconnect (session);
  else if (n->got_features)
    {
      gtalk_negotiate_arm (session, IM_STEP_SECONDS);
      sign_in (session);
    }
}

static GBytes *
decode (const XmlNode *element)
{
  const char *text = xml_node_text (element);
  gsize len = 0;
  guint8 *data;

  if (strcmp (text, "=") == 0)
    text = "";
  data = g_base64_decode (text, &len);
  return g_bytes_new_take (data, len);
}

static void
fail (GtalkSession *session, const GError *error)
{
  gtalk_session_fail_simple (session, (ImProblem) error->code, error->message);
}

static void
handle_challenge (GtalkSession *session, const XmlNode *element)
{
  const GtalkNegotiation *n = session->negotiation;
  g_autoptr (GBytes) challenge = decode (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_auto (XmppWriter) w = { 0 };
  g_autofree char *encoded = NULL;

  if (n->got_features)
    auth_sasl_set_offer (n->sasl, (const char *const *) n->mechanisms,
                         (const char *const *) n->bindings);
  answer = auth_sasl_answer (n->sasl, challenge, &error);
  if (answer == NULL)
    {
      fail (session, error);
      return;
    }
  encoded = g_base64_encode (g_bytes_get_data (answer, NULL),
                             g_bytes_get_size (answer));
  xmpp_leaf (&w, "response", NS_SASL, encoded);
  gtalk_stream_send (session->stream, xmpp_writer_text (&w), -1);
}

/* Kept where the password is: whoever has it can sign in. */
static void
keep_salted (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  g_autofree char *salted = auth_sasl_salted (n->sasl);
  g_autoptr (GBytes) data = NULL;
  ImEvent event = { .type = IM_EVENT_CACHE };

  if (salted == NULL || strcmp (salted, im_secret_peek (n->salted)) == 0)
    return;
  data = g_bytes_new (salted, strlen (salted));
  event.cache =
      (ImEventCache){ .name = "salted", .data = data, .secret = TRUE };
  gtalk_session_emit (session, &event);
  g_clear_pointer (&n->salted, im_secret_unref);
  n->salted = im_secret_new_take (g_steal_pointer (&salted));
}

/* The list the server showed, for the next guess. */
static void
learn (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  gboolean news = FALSE;

  if (n->mechanisms != NULL &&
      (n->known_mechanisms == NULL ||
       !g_strv_equal ((const char *const *) n->mechanisms,
                      (const char *const *) n->known_mechanisms)))
    {
      g_strfreev (n->known_mechanisms);
      g_strfreev (n->known_bindings);
      n->known_mechanisms = g_strdupv (n->mechanisms);
      n->known_bindings = g_strdupv (n->bindings);
      news = TRUE;
    }
  if (secret_of (session) == AUTH_SASL_BY_PASSWORD &&
      session->settings.signin == GTALK_SIGNIN_AUTO &&
      n->mechanism < n->pinned)
    {
      n->pinned = n->mechanism;
      news = TRUE;
    }
  if (news)
    gtalk_negotiate_save (session);
}

static void
handle_success (GtalkSession *session, const XmlNode *element)
{
  GtalkNegotiation *n = session->negotiation;
  g_autoptr (GBytes) data = decode (element);
  g_autoptr (GError) error = NULL;

  if (!auth_sasl_finish (n->sasl, data, &error))
    {
      fail (session, error);
      return;
    }
  n->tokens_refused = 0;
  keep_salted (session);
  learn (session);
  g_clear_pointer (&n->sasl, auth_sasl_free);
  gtalk_negotiate_signed_in (session);
}

/* A token lives for minutes; one that is too old is no wrong password. */
static gboolean
renew_token (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  if (n->token == NULL || n->tokens_refused++ > 0)
    return FALSE;
  g_clear_pointer (&n->token, im_secret_unref);
  gtalk_negotiate_arm (session, 0);
  gtalk_token_renew (session);
  return TRUE;
}

/* What was guessed may be gone; the real list is there already, or behind
 * this. Nothing weaker than the last time is chosen from it. */
static gboolean
guess_again (GtalkSession *session, ImProblem problem)
{
  GtalkNegotiation *n = session->negotiation;

  if (!n->guessed || (problem != IM_PROBLEM_NO_MECHANISM &&
                      problem != IM_PROBLEM_REFUSED_REQUEST))
    return FALSE;
  n->guessed = FALSE;
  if (problem == IM_PROBLEM_REFUSED_REQUEST)
    {
      /* About bindings we were wrong. Prosody 0.12 has lost the link's own
       * after a failure, so this takes another. */
      g_clear_pointer (&n->known_mechanisms, g_strfreev);
      gtalk_session_reconnect (session);
    }
  else if (n->got_features)
    sign_in (session);
  return TRUE;
}

/* We said that the server offers no binding, and it knows better. */
static gboolean
was_weakened (const GtalkNegotiation *n, ImProblem problem)
{
  return problem == IM_PROBLEM_REFUSED_REQUEST && n->got_features &&
         (n->mechanism == AUTH_SASL_SCRAM_SHA_256 ||
          n->mechanism == AUTH_SASL_SCRAM_SHA_1) &&
         !offers_plus (n->mechanisms);
}

static void
handle_failure (GtalkSession *session, const XmlNode *failure)
{
  GtalkNegotiation *n = session->negotiation;
  g_autofree char *text = NULL;
  ImProblem problem = gtalk_error_of_sasl (failure, &text);

  g_clear_pointer (&n->sasl, auth_sasl_free);
  if (guess_again (session, problem))
    return;
  n->guessed = FALSE;
  if (problem == IM_PROBLEM_WRONG_PASSWORD && renew_token (session))
    return;
  if (problem == IM_PROBLEM_WRONG_PASSWORD &&
      secret_of (session) == AUTH_SASL_BY_OAUTH2)
    problem = IM_PROBLEM_CONSENT_EXPIRED;
  if (was_weakened (n, problem))
    problem = IM_PROBLEM_WEAKENED;
  gtalk_session_fail_simple (session, problem,
                             problem == IM_PROBLEM_WRONG_PASSWORD ||
                                     problem == IM_PROBLEM_CONSENT_EXPIRED
                                 ? NULL
                                 : text);
}

gboolean
gtalk_sasl_element (GtalkSession *session, const XmlNode *element)
{
  if (session->negotiation->sasl == NULL)
    return FALSE;
  if (xml_node_is (element, NS_SASL, "challenge"))
    handle_challenge (session, element);
  else if (xml_node_is (element, NS_SASL, "success"))
    handle_success (session, element);
  else if (xml_node_is (element, NS_SASL, "failure"))
    handle_failure (session, element);
  else
    return FALSE;
  return TRUE;
}
