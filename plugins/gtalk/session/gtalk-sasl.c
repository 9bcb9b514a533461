#include "gtalk-sasl.h"

#include <string.h>

#include "gtalk-errors.h"
#include "gtalk-fast.h"
#include "gtalk-kept.h"
#include "gtalk-negotiate-private.h"
#include "gtalk-sasl2.h"
#include "gtalk-token.h"

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

/* The best first. */
static const struct
{
  const char *name;
  ImBinding binding;
} binding_rows[] = {
  { "tls-unique", IM_BINDING_UNIQUE },
  { "tls-exporter", IM_BINDING_EXPORTER },
  { "tls-server-end-point", IM_BINDING_SERVER_END_POINT },
};

void
gtalk_binding_clear (GtalkBinding *binding)
{
  g_clear_pointer (&binding->data, g_bytes_unref);
  binding->name = NULL;
}

GtalkBinding
gtalk_sasl_binding (GtalkSession *session, const char *name)
{
  GtalkBinding found = { NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (binding_rows); i++)
    if (strcmp (binding_rows[i].name, name) == 0)
      found.data =
          gtalk_stream_binding (session->stream, binding_rows[i].binding);
  if (found.data != NULL)
    found.name = name;
  return found;
}

/* The best both sides have. A server that offers to bind and does not say how
 * is from before XEP-0440: over TLS 1.2 it knows tls-unique, and over 1.3,
 * which has none, the exporter. */
static GtalkBinding
find_binding (GtalkSession *session, GStrv listed)
{
  GtalkBinding found = { NULL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (binding_rows) && found.data == NULL; i++)
    if (listed == NULL || gtalk_offer_has (listed, binding_rows[i].name))
      found = gtalk_sasl_binding (session, binding_rows[i].name);
  return found;
}

/* In some way, whatever the server says it can: that may have been changed on
 * the way here. */
static gboolean
can_bind (GtalkSession *session)
{
  g_auto (GtalkBinding) any = find_binding (session, NULL);

  return any.name != NULL;
}

/* --- choosing -------------------------------------------------------------- */

/**
 * Choice:
 * @name: the mechanism, or %AUTH_SASL_NONE
 * @sasl2: it goes in the frame of SASL2
 * @binding: its channel binding
 */
typedef struct
{
  AuthSaslName name;
  gboolean sasl2;
  GtalkBinding binding;
} Choice;

static void
choice_clear (Choice *choice)
{
  gtalk_binding_clear (&choice->binding);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choice, choice_clear)

/* @floor: the weakest to accept */
static AuthSaslName
choose_from (GtalkSession *session, GStrv offered,
             const GtalkBinding *binding, AuthSaslName floor)
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

  if (offered == NULL)
    return AUTH_SASL_NONE;
  if (session->settings.signin == GTALK_SIGNIN_PLAIN)
    {
      if (!gtalk_offer_has (offered, "PLAIN"))
        return AUTH_SASL_NONE;
      return auth_sasl_choose (plain, &policy);
    }
  return auth_sasl_choose ((const char *const *) offered, &policy);
}

/* The frame of SASL2 saves a round trip or two; a stronger mechanism in the old
 * one is worth them. XEP-0388, 2.1: not in plain. */
static Choice
choose (GtalkSession *session, const GtalkOffer *offer, AuthSaslName floor)
{
  Choice choice = { .binding = find_binding (session, offer->bindings) };
  AuthSaslName newer =
      choose_from (session, offer->mechanisms2, &choice.binding, floor);

  choice.name =
      choose_from (session, offer->mechanisms, &choice.binding, floor);
  choice.sasl2 = gtalk_stream_is_encrypted (session->stream) &&
                 newer != AUTH_SASL_NONE && newer <= choice.name;
  if (choice.sasl2)
    choice.name = newer;
  return choice;
}

/* A token saves another round trip, where a password would do as well. */
static void
prefer_token (GtalkSession *session, const GtalkOffer *offer, Choice *choice)
{
  g_auto (GtalkBinding) binding = { NULL, NULL };
  AuthSaslName token = gtalk_fast_usable (session, offer, &binding);

  if (!choice->sasl2 || token == AUTH_SASL_NONE)
    return;
  choice_clear (choice);
  choice->name = token;
  choice->binding = binding;
  binding = (GtalkBinding){ NULL, NULL };
}

static gboolean
offers_plus (GStrv offered)
{
  return gtalk_offer_has (offered, "SCRAM-SHA-256-PLUS") ||
         gtalk_offer_has (offered, "SCRAM-SHA-1-PLUS");
}

static gboolean
is_hashed_token (AuthSaslName name)
{
  return name >= AUTH_SASL_HT_EXPORTER && name < AUTH_SASL_NONE;
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
write_auth (GtalkSession *session, AuthSaslName name, const char *encoded)
{
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
  im_secret_wipe (w.out->str, w.out->len);
}

static ImSecret *
secret_for (const GtalkSession *session, AuthSaslName name)
{
  if (is_hashed_token (name))
    return gtalk_fast_token (session);
  return session->negotiation->token != NULL ? session->negotiation->token
                                             : session->settings.password;
}

static AuthSasl *
new_mechanism (GtalkSession *session, const Choice *choice,
               const GtalkOffer *offer)
{
  const GtalkNegotiation *n = session->negotiation;
  g_autofree char *nonce = new_nonce (session);
  g_autoptr (GError) error = NULL;
  const AuthSaslInput input = {
    .user = user_name (session),
    .secret = secret_for (session, choice->name),
    .nonce = nonce,
    .binding = choice->binding.name,
    .binding_data = choice->binding.data,
    .plus_offered = offers_plus (choice->sasl2 ? offer->mechanisms2
                                               : offer->mechanisms),
    .can_bind = can_bind (session),
    .salted = n->salted != NULL ? im_secret_peek (n->salted) : NULL,
  };
  AuthSasl *sasl = auth_sasl_new (choice->name, &input, &error);

  if (sasl == NULL)
    gtalk_session_fail_simple (session, (ImProblem) error->code,
                               error->message);
  return sasl;
}

static gboolean
begin (GtalkSession *session, const Choice *choice, const GtalkOffer *offer)
{
  GtalkNegotiation *n = session->negotiation;
  g_autoptr (GBytes) first = NULL;
  g_autofree char *encoded = NULL;
  gsize len;
  const guint8 *data;

  g_clear_pointer (&n->sasl, auth_sasl_free);
  n->sasl = new_mechanism (session, choice, offer);
  if (n->sasl == NULL)
    return FALSE;
  n->mechanism = choice->name;
  n->frame = choice->sasl2 ? NS_SASL2 : NS_SASL;
  first = auth_sasl_first (n->sasl);
  data = g_bytes_get_data (first, &len);
  encoded = len > 0 ? g_base64_encode (data, len) : g_strdup ("=");
  if (choice->sasl2)
    gtalk_sasl2_begin (session, choice->name, encoded, offer);
  else
    write_auth (session, choice->name, encoded);
  im_secret_wipe (encoded, strlen (encoded));
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
  g_auto (Choice) choice = { .name = AUTH_SASL_NONE };

  n->guessed = FALSE;
  if (n->known == NULL || waits_for_token (session) ||
      !gtalk_stream_is_encrypted (session->stream))
    return;
  choice = choose (session, n->known, n->pinned);
  prefer_token (session, n->known, &choice);
  if (choice.name != AUTH_SASL_NONE)
    n->guessed = begin (session, &choice, n->known);
}

static void
nothing_fits (GtalkSession *session)
{
  const GtalkOffer *offer = session->negotiation->offer;
  g_autofree char *offered =
      g_strjoinv (", ", *offer->mechanisms != NULL ? offer->mechanisms
                                                   : offer->mechanisms2);

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
  g_auto (Choice) choice = choose (session, n->offer, n->pinned);
  g_auto (Choice) weaker = choose (session, n->offer, AUTH_SASL_PLAIN);

  prefer_token (session, n->offer, &choice);
  if (choice.name != AUTH_SASL_NONE)
    begin (session, &choice, n->offer);
  else if (weaker.name != AUTH_SASL_NONE)
    ask_for_weaker (session, weaker.name);
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

/* What was guessed goes in a frame the server does not know any more, so it
 * will not answer in any. */
static gboolean
guessed_the_frame (const GtalkNegotiation *n)
{
  return strcmp (n->frame, NS_SASL2) != 0 || *n->offer->mechanisms2 != NULL;
}

void
gtalk_sasl_features (GtalkSession *session, const XmlNode *features)
{
  GtalkNegotiation *n = session->negotiation;

  gtalk_offer_free (n->offer);
  n->offer = gtalk_offer_read (features);
  if (n->guessed && !guessed_the_frame (n))
    {
      g_clear_pointer (&n->known, gtalk_offer_free);
      gtalk_session_reconnect (session);
      return;
    }
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

/* What the frame in use offers. */
static GStrv
offered (const GtalkNegotiation *n)
{
  return strcmp (n->frame, NS_SASL2) == 0 ? n->offer->mechanisms2
                                          : n->offer->mechanisms;
}

static void
handle_challenge (GtalkSession *session, const XmlNode *element)
{
  GtalkNegotiation *n = session->negotiation;
  g_autoptr (GBytes) challenge = decode (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_auto (XmppWriter) w = { 0 };
  g_autofree char *encoded = NULL;

  if (n->got_features)
    auth_sasl_set_offer (n->sasl, (const char *const *) offered (n),
                         (const char *const *) n->offer->bindings);
  answer = auth_sasl_answer (n->sasl, challenge, &error);
  if (answer == NULL)
    {
      fail (session, error);
      return;
    }
  encoded = g_base64_encode (g_bytes_get_data (answer, NULL),
                             g_bytes_get_size (answer));
  xmpp_leaf (&w, "response", n->frame, encoded);
  gtalk_stream_send (session->stream, xmpp_writer_text (&w), -1);
  if (strcmp (n->frame, NS_SASL2) == 0)
    gtalk_sasl2_go_ahead (session);
}

static void
keep_salted (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  g_autofree char *salted = auth_sasl_salted (n->sasl);

  if (salted == NULL || strcmp (salted, im_secret_peek (n->salted)) == 0)
    return;
  gtalk_kept_store (session, GTALK_KEPT_SALTED, salted);
  g_clear_pointer (&n->salted, im_secret_unref);
  n->salted = im_secret_new_take (g_steal_pointer (&salted));
}

/* What the server showed, for the next guess. */
static void
learn (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  gboolean news = FALSE;

  if (n->offer != NULL && !gtalk_offer_equal (n->offer, n->known))
    {
      gtalk_offer_free (n->known);
      n->known = g_steal_pointer (&n->offer);
      news = TRUE;
    }
  if (secret_of (session) == AUTH_SASL_BY_PASSWORD &&
      session->settings.signin == GTALK_SIGNIN_AUTO &&
      !is_hashed_token (n->mechanism) && n->mechanism < n->pinned)
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
  gboolean sasl2 = strcmp (n->frame, NS_SASL2) == 0;
  const XmlNode *shown =
      sasl2 ? xml_node_first_ns (element, NS_SASL2, "additional-data")
            : element;
  g_autoptr (GBytes) data = decode (shown);
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
  if (sasl2)
    gtalk_sasl2_signed_in (session, element);
  else
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

/* Takes the real list, which is there already or behind this; nothing weaker
 * than the last time is chosen from it. */
static void
try_again (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  n->guessed = FALSE;
  if (strcmp (n->frame, NS_SASL2) == 0 && gtalk_sasl2_refused (session))
    return;
  if (n->got_features)
    sign_in (session);
}

/* What was guessed may be gone. */
static gboolean
guess_again (GtalkSession *session, ImProblem problem)
{
  GtalkNegotiation *n = session->negotiation;

  if (!n->guessed || (problem != IM_PROBLEM_NO_MECHANISM &&
                      problem != IM_PROBLEM_REFUSED_REQUEST))
    return FALSE;
  if (problem == IM_PROBLEM_REFUSED_REQUEST)
    {
      /* About bindings we were wrong. Prosody 0.12 has lost the link's own
       * after a failure, so this takes another. */
      g_clear_pointer (&n->known, gtalk_offer_free);
      gtalk_session_reconnect (session);
    }
  else
    try_again (session);
  return TRUE;
}

/* We said that the server offers no binding, and it knows better. */
static gboolean
was_weakened (const GtalkNegotiation *n, ImProblem problem)
{
  return problem == IM_PROBLEM_REFUSED_REQUEST && n->got_features &&
         (n->mechanism == AUTH_SASL_SCRAM_SHA_256 ||
          n->mechanism == AUTH_SASL_SCRAM_SHA_1) &&
         !offers_plus (offered (n));
}

static void
fail_for (GtalkSession *session, ImProblem problem, const char *text)
{
  if (problem == IM_PROBLEM_WRONG_PASSWORD)
    text = NULL;
  if (problem == IM_PROBLEM_WRONG_PASSWORD &&
      secret_of (session) == AUTH_SASL_BY_OAUTH2)
    problem = IM_PROBLEM_CONSENT_EXPIRED;
  if (was_weakened (session->negotiation, problem))
    problem = IM_PROBLEM_WEAKENED;
  gtalk_session_fail_simple (session, problem, text);
}

static void
handle_failure (GtalkSession *session, const XmlNode *failure)
{
  GtalkNegotiation *n = session->negotiation;
  g_autofree char *text = NULL;
  ImProblem problem = gtalk_error_of_sasl (failure, &text);

  g_clear_pointer (&n->sasl, auth_sasl_free);
  if (is_hashed_token (n->mechanism))
    {
      gtalk_fast_refused (session);
      try_again (session);
      return;
    }
  if (guess_again (session, problem))
    return;
  n->guessed = FALSE;
  if (problem != IM_PROBLEM_WRONG_PASSWORD || !renew_token (session))
    fail_for (session, problem, text);
}

gboolean
gtalk_sasl_element (GtalkSession *session, const XmlNode *element)
{
  const GtalkNegotiation *n = session->negotiation;

  if (n->sasl == NULL || strcmp (xml_node_namespace (element), n->frame) != 0)
    return FALSE;
  if (xml_node_is (element, n->frame, "challenge"))
    handle_challenge (session, element);
  else if (xml_node_is (element, n->frame, "success"))
    handle_success (session, element);
  else if (xml_node_is (element, n->frame, "failure"))
    handle_failure (session, element);
  else if (xml_node_is (element, NS_SASL2, "continue"))
    gtalk_session_fail_simple (session, IM_PROBLEM_NEEDS_CODE, NULL);
  else
    return FALSE;
  return TRUE;
}
