#include "gtalk-negotiate.h"

#include <string.h>

#include "auth-sasl.h"
#include "gtalk-errors.h"
#include "gtalk-negotiate-private.h"
#include "gtalk-reach.h"
#include "gtalk-sasl.h"
#include "gtalk-token.h"

/* Where a server may send us on, one after the other. */
#define MAX_HOPS 3

#define CACHE "server"

/* --- what is known of the server ------------------------------------------ */

/* A key file: what a sign-on that costs fewer round trips has to know. */
void
gtalk_negotiate_load (GtalkSession *session, GBytes *cache)
{
  GtalkNegotiation *n = session->negotiation;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *pinned = NULL;

  if (cache == NULL || !g_key_file_load_from_bytes (file, cache, 0, NULL))
    return;
  n->known = gtalk_offer_load (file, CACHE);
  n->agent = g_key_file_get_string (file, CACHE, "agent", NULL);
  n->known_features = (GtalkStreamFeatures) g_key_file_get_integer (
      file, CACHE, "features", NULL);
  n->features_are_known =
      g_key_file_has_key (file, CACHE, "features", NULL);
  pinned = g_key_file_get_string (file, CACHE, "pinned", NULL);
  for (guint i = 0; pinned != NULL && i < AUTH_SASL_NONE; i++)
    if (strcmp (pinned, auth_sasl_wire_name ((AuthSaslName) i)) == 0)
      n->pinned = (AuthSaslName) i;
}

void
gtalk_negotiate_save (GtalkSession *session)
{
  const GtalkNegotiation *n = session->negotiation;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_autoptr (GBytes) data = NULL;
  ImEvent event = { .type = IM_EVENT_CACHE };
  gsize len;

  gtalk_offer_save (n->known, file, CACHE);
  if (n->agent != NULL)
    g_key_file_set_string (file, CACHE, "agent", n->agent);
  g_key_file_set_integer (file, CACHE, "features", (int) n->known_features);
  if (auth_sasl_wire_name (n->pinned) != NULL)
    g_key_file_set_string (file, CACHE, "pinned",
                           auth_sasl_wire_name (n->pinned));
  text = g_key_file_to_data (file, &len, NULL);
  data = g_bytes_new_take (g_steal_pointer (&text), len);
  event.cache = (ImEventCache){ .name = CACHE, .data = data };
  gtalk_session_emit (session, &event);
}

void
gtalk_negotiate_init (GtalkSession *session)
{
  session->negotiation = g_new0 (GtalkNegotiation, 1);
  session->negotiation->pinned = AUTH_SASL_PLAIN;
  session->negotiation->frame = NS_SASL;
}

void
gtalk_negotiate_clear (GtalkSession *session)
{
  GtalkNegotiation *n = g_steal_pointer (&session->negotiation);

  if (n == NULL)
    return;
  if (n->timer != NULL)
    session->host->ops->timer_cancel (session->host, n->timer);
  g_clear_pointer (&n->sasl, auth_sasl_free);
  gtalk_offer_free (n->offer);
  gtalk_offer_free (n->known);
  g_free (n->agent);
  g_clear_pointer (&n->token, im_secret_unref);
  g_clear_pointer (&n->salted, im_secret_unref);
  g_free (n->host);
  g_free (n->said);
  g_free (n);
}

GtalkStreamFeatures
gtalk_negotiate_features (const GtalkSession *session)
{
  return session->negotiation->known_features;
}

gboolean
gtalk_negotiate_has_carbons (const GtalkSession *session)
{
  return (session->negotiation->asked_inline & GTALK_INLINE_CARBONS) != 0;
}

/* --- deadlines ----------------------------------------------------------- */

static void
on_too_late (gpointer user)
{
  GtalkSession *session = user;

  session->negotiation->timer = NULL;
  gtalk_session_lost (session, IM_PROBLEM_TIMED_OUT, NULL);
}

/* Each step has its time; 0 stops the clock. */
void
gtalk_negotiate_arm (GtalkSession *session, guint seconds)
{
  GtalkNegotiation *n = session->negotiation;
  const ImHostOps *ops = session->host->ops;

  if (n->timer != NULL)
    ops->timer_cancel (session->host, n->timer);
  n->timer = seconds > 0 ? ops->timer_add (session->host, seconds * 1000,
                                           on_too_late, session)
                         : NULL;
}

/* --- the ladder ---------------------------------------------------------- */

static gboolean
is_lock_step (const GtalkSession *session)
{
  return (session->settings.quirks & GTALK_QUIRK_LOCK_STEP) != 0;
}

static void
begin_stream (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  n->got_features = FALSE;
  /* Who we are is said to whom we trust. */
  gtalk_stream_begin (session->stream, gtalk_session_domain (session),
                      gtalk_stream_is_encrypted (session->stream)
                          ? gtalk_session_bare (session)
                          : NULL);
  gtalk_negotiate_arm (session, IM_STEP_SECONDS);
}

static void
ask_for_tls (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  if (n->step == GTALK_LADDER_TLS_ASKED)
    return;
  n->step = GTALK_LADDER_TLS_ASKED;
  gtalk_stream_send (session->stream, "<starttls xmlns='" NS_TLS "'/>", -1);
}

static void
begin_sign_in (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  n->step = GTALK_LADDER_SIGN_IN;
  begin_stream (session);
  if (!is_lock_step (session))
    gtalk_sasl_guess (session);
}

static void
on_opened (gpointer user, GtalkStream *stream)
{
  GtalkSession *session = user;
  GtalkNegotiation *n = session->negotiation;

  gtalk_session_progress (session, IM_STEP_SIGNING_IN);
  if (gtalk_stream_is_encrypted (stream) ||
      session->settings.security == GTALK_SECURITY_OFF)
    {
      begin_sign_in (session);
      return;
    }
  n->step = GTALK_LADDER_PLAIN;
  begin_stream (session);
  /* One who has no TLS is not spoken to any further, so asking costs
   * nothing. */
  if (session->settings.security == GTALK_SECURITY_REQUIRED &&
      !is_lock_step (session))
    ask_for_tls (session);
}

/* Whose server it is is settled with the first header; another name later
 * would be that of somebody who got between. Google's says another one than
 * it was asked for, always the same. */
static gboolean
is_same_server (GtalkNegotiation *n, const char *from)
{
  if (from == NULL)
    return TRUE;
  if (n->said == NULL)
    n->said = g_strdup (from);
  return xmpp_jid_equal (n->said, from);
}

static void
on_begun (gpointer user, GtalkStream *stream, const XmlNode *header)
{
  GtalkSession *session = user;
  const char *version = xml_node_attribute (header, "version");

  /* RFC 6120, 4.7.5: without it nothing of what follows exists. */
  if (version == NULL || g_ascii_strtoull (version, NULL, 10) < 1)
    gtalk_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                               "the server speaks a dialect older than "
                               "XMPP 1.0");
  else if (!is_same_server (session->negotiation,
                            xml_node_attribute (header, "from")))
    gtalk_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                               "the server changed its name");
}

static void
on_element (gpointer user, GtalkStream *stream, const XmlNode *element)
{
  gtalk_session_element (user, element);
}

static void
on_ended (gpointer user, GtalkStream *stream, const GError *error)
{
  gtalk_session_ended (user, error);
}

static const GtalkStreamHandlers handlers = { on_opened, on_begun, on_element,
                                              on_ended };

void
gtalk_negotiate_connect (GtalkSession *session, const ImLinkTarget *target)
{
  GtalkNegotiation *n = session->negotiation;

  gtalk_stream_close (g_steal_pointer (&session->stream));
  gtalk_resume_link_lost (session);
  gtalk_negotiate_arm (session, 0);
  n->step = GTALK_LADDER_CONNECT;
  n->asked_inline = 0;
  n->ahead = FALSE;
  g_clear_pointer (&n->sasl, auth_sasl_free);
  g_clear_pointer (&n->said, g_free);
  g_clear_pointer (&n->offer, gtalk_offer_free);
  g_free (n->host);
  n->host = g_strdup (target->host);
  n->port = target->port;
  n->direct = target->tls;
  session->stream =
      gtalk_stream_open (session->host, target, &handlers, session);
}

/* --- TLS ----------------------------------------------------------------- */

static void
start_tls (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  n->step = GTALK_LADDER_TLS;
  /* The handshake has a deadline of its own, and a question about the
   * certificate has none. */
  gtalk_negotiate_arm (session, 0);
  gtalk_stream_start_tls (session->stream, gtalk_session_domain (session));
}

static void
plain_features (GtalkSession *session, const XmlNode *features)
{
  gboolean offered = xml_node_exists (
      xml_node_first_ns (features, NS_TLS, "starttls"));

  if (offered)
    ask_for_tls (session);
  else if (session->settings.security == GTALK_SECURITY_OPTIONAL)
    {
      session->negotiation->step = GTALK_LADDER_SIGN_IN;
      gtalk_sasl_features (session, features);
    }
  else
    gtalk_session_fail_simple (session, IM_PROBLEM_TLS_NOT_OFFERED, NULL);
}

/* --- after signing in ----------------------------------------------------- */

static void
write_bind (GtalkSession *session)
{
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "iq", NULL);
  xmpp_attr (&w, "type", "set");
  xmpp_attr (&w, "id", BIND_ID);
  xmpp_open (&w, "bind", NS_BIND);
  if (session->settings.resource != NULL &&
      !session->negotiation->resource_refused)
    xmpp_leaf (&w, "resource", NULL, session->settings.resource);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_stream_send (session->stream, xmpp_writer_text (&w), -1);
}

/* A server that wants a session set up says so too late for one who does not
 * wait; others answer that they need none. */
static void
write_session (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  if (n->features_are_known && !(n->known_features & GTALK_STREAM_SESSION))
    return;
  gtalk_stream_send (session->stream,
                     "<iq type='set' id='" SESSION_ID "'><session xmlns='"
                     NS_SESSION "'/></iq>",
                     -1);
}

/* Written ahead of all answers: stanzas are handled in their order. */
void
gtalk_negotiate_bind (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  gboolean is_inline = (n->asked_inline & GTALK_INLINE_BIND) != 0;

  if (n->bind_sent)
    return;
  n->bind_sent = TRUE;
  gtalk_resume_forget (session);
  if (!is_inline)
    write_bind (session);
  if (n->asked_inline & GTALK_INLINE_COUNTING)
    gtalk_resume_count (session);
  else if (n->features_are_known)
    gtalk_resume_enable (session);
  if (!is_inline)
    write_session (session);
  gtalk_session_bound (session);
}

static void
go_on (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  n->asked_inline = 0;
  n->bind_sent = FALSE;
  n->step = GTALK_LADDER_BIND;
  if (gtalk_resume_try (session))
    n->step = GTALK_LADDER_RESUME;
  else if (!is_lock_step (session))
    gtalk_negotiate_bind (session);
}

void
gtalk_negotiate_go_on (GtalkSession *session)
{
  gtalk_negotiate_arm (session, IM_STEP_SECONDS);
  go_on (session);
}

void
gtalk_negotiate_signed_in (GtalkSession *session)
{
  gtalk_session_progress (session, IM_STEP_LISTS);
  begin_stream (session);
  go_on (session);
}

static GtalkStreamFeatures
read_features (const XmlNode *features)
{
  static const struct
  {
    const char *ns;
    const char *name;
    GtalkStreamFeatures bit;
  } rows[] = {
    { NS_SM, "sm", GTALK_STREAM_RESUMPTION },
    { "urn:xmpp:features:rosterver", "ver", GTALK_STREAM_ROSTER_VER },
    { "urn:xmpp:csi:0", "csi", GTALK_STREAM_CLIENT_STATE },
    { "urn:xmpp:features:pre-approval", "sub", GTALK_STREAM_PRE_APPROVAL },
  };
  const XmlNode *legacy = xml_node_first_ns (features, NS_SESSION, "session");
  GtalkStreamFeatures found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (xml_node_exists (
            xml_node_first_ns (features, rows[i].ns, rows[i].name)))
      found |= rows[i].bit;
  if (xml_node_exists (legacy) &&
      !xml_node_exists (xml_node_child (legacy, "optional")))
    found |= GTALK_STREAM_SESSION;
  return found;
}

static void
bound_features (GtalkSession *session, const XmlNode *features)
{
  GtalkNegotiation *n = session->negotiation;
  GtalkStreamFeatures found = read_features (features);
  gboolean news = !n->features_are_known || found != n->known_features;

  n->known_features = found;
  n->features_are_known = TRUE;
  if (news)
    gtalk_negotiate_save (session);
  if (n->step == GTALK_LADDER_BIND)
    gtalk_negotiate_bind (session);
  else if (n->step == GTALK_LADDER_DONE)
    gtalk_resume_enable (session);
}

static void
handle_features (GtalkSession *session, const XmlNode *features)
{
  GtalkNegotiation *n = session->negotiation;

  /* A stream has one list of them. */
  if (n->got_features)
    return;
  n->got_features = TRUE;
  switch (n->step)
    {
    case GTALK_LADDER_PLAIN:
    case GTALK_LADDER_TLS_ASKED:
      plain_features (session, features);
      break;
    case GTALK_LADDER_SIGN_IN:
      gtalk_sasl_features (session, features);
      break;
    case GTALK_LADDER_BIND:
    case GTALK_LADDER_RESUME:
    case GTALK_LADDER_DONE:
      bound_features (session, features);
      break;
    case GTALK_LADDER_CONNECT:
    case GTALK_LADDER_TLS:
      break;
    }
}

/* --- the bound resource --------------------------------------------------- */

gboolean
gtalk_negotiate_adopt (GtalkSession *session, const char *address)
{
  g_autoptr (XmppJid) jid = xmpp_jid_new (address, NULL);

  /* The server decides who we are, and may have another domain for us. */
  if (jid == NULL || jid->node == NULL)
    {
      gtalk_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                                 "the server bound no address");
      return FALSE;
    }
  xmpp_jid_free (session->settings.jid);
  session->settings.jid = g_steal_pointer (&jid);
  session->negotiation->step = GTALK_LADDER_DONE;
  gtalk_negotiate_arm (session, 0);
  return TRUE;
}

static void
bind_refused (GtalkSession *session, const XmlNode *iq)
{
  GtalkNegotiation *n = session->negotiation;
  const XmlNode *error = xml_node_child (iq, "error");
  const char *condition = gtalk_error_condition (error);

  if (strcmp (condition, "resource-constraint") == 0)
    gtalk_session_fail_simple (session, IM_PROBLEM_TOO_MANY_SESSIONS, NULL);
  else if (!n->resource_refused && session->settings.resource != NULL)
    {
      /* What was asked behind it came to nothing; another link is cleaner
       * than asking it all again. */
      n->resource_refused = TRUE;
      gtalk_session_reconnect (session);
    }
  else
    gtalk_session_fail_simple (session, IM_PROBLEM_SESSION_REFUSED, condition);
}

static gboolean
handle_iq (GtalkSession *session, const XmlNode *iq)
{
  const char *id = xml_node_attribute (iq, "id");
  const char *type = xml_node_attribute (iq, "type");

  if (g_strcmp0 (id, BIND_ID) != 0 ||
      session->negotiation->step != GTALK_LADDER_BIND)
    return FALSE;
  if (g_strcmp0 (type, "result") != 0)
    bind_refused (session, iq);
  else if (gtalk_negotiate_adopt (session,
                                  xml_node_child_text (iq, "bind/jid")))
    gtalk_resume_enable (session);
  return TRUE;
}

/* --- errors of the stream ------------------------------------------------- */

/* "host", "host:port", "[::1]:port" */
static gboolean
split_host (const char *text, char **ret_host, guint16 *ret_port)
{
  const char *port = strrchr (text, ':');
  guint64 number = 0;
  gsize len = strlen (text);

  if (*text == '[')
    {
      const char *end = strchr (text, ']');

      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return FALSE;
      port = end[1] == ':' ? end + 1 : NULL;
      *ret_host = g_strndup (text + 1, (gsize) (end - text - 1));
    }
  else
    {
      /* An address of IPv6 without a port. */
      if (port != NULL && memchr (text, ':', (gsize) (port - text)) != NULL)
        port = NULL;
      *ret_host = g_strndup (text, port != NULL ? (gsize) (port - text) : len);
    }
  if (port != NULL &&
      !g_ascii_string_to_unsigned (port + 1, 10, 1, 65535, &number, NULL))
    return FALSE;
  if (number != 0)
    *ret_port = (guint16) number;
  return **ret_host != '\0';
}

/* Only over TLS: who is asked there has to prove the same name. */
static gboolean
go_elsewhere (GtalkSession *session, const XmlNode *error)
{
  GtalkNegotiation *n = session->negotiation;
  g_autofree char *host = NULL;
  guint16 port = n->port;
  ImLinkTarget target = {
    .verify_name = gtalk_session_domain (session),
    .tls = n->direct,
    .alpn = "xmpp-client",
    .prompt_acks = TRUE,
  };

  if (strcmp (gtalk_error_condition (error), "see-other-host") != 0 ||
      !gtalk_stream_is_encrypted (session->stream) || n->hops >= MAX_HOPS ||
      !split_host (xml_node_child_text (error, "see-other-host"), &host,
                   &port) ||
      !gtalk_session_interrupt (session))
    return FALSE;
  n->hops++;
  target.host = host;
  target.port = port;
  gtalk_negotiate_connect (session, &target);
  return TRUE;
}

/* A server need not wait while somebody thinks about a question. */
static gboolean
is_asking (const GtalkSession *session)
{
  const GtalkNegotiation *n = session->negotiation;

  return n->step == GTALK_LADDER_SIGN_IN &&
         (n->asks_weaker || gtalk_token_is_asking (session));
}

/* What was written ahead was too much for the server, whatever it said. */
static gboolean
too_early (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  if (n->step != GTALK_LADDER_SIGN_IN || !n->ahead || !n->bind_sent ||
      n->never_ahead)
    return FALSE;
  n->never_ahead = TRUE;
  gtalk_session_reconnect (session);
  return TRUE;
}

void
gtalk_negotiate_stream_error (GtalkSession *session, const XmlNode *error)
{
  g_autofree char *text = NULL;
  ImProblem problem;

  if (go_elsewhere (session, error) || too_early (session) ||
      (strcmp (gtalk_error_condition (error), "not-well-formed") == 0 &&
       gtalk_resume_renounce (session)))
    return;
  if (is_asking (session))
    {
      gtalk_stream_close (g_steal_pointer (&session->stream));
      return;
    }
  problem = gtalk_error_of_stream (error, &text);
  /* What we said is what it does not bear, and would be said again. */
  if (problem == IM_PROBLEM_PROTOCOL ||
      strcmp (gtalk_error_condition (error), "policy-violation") == 0)
    gtalk_session_fail_simple (session, problem, text);
  else
    gtalk_session_lost (session, problem, text);
}

/* --- the session's calls --------------------------------------------------- */

gboolean
gtalk_negotiate_element (GtalkSession *session, const XmlNode *element)
{
  GtalkNegotiation *n = session->negotiation;

  if (xml_node_is (element, NS_STREAMS, "features"))
    handle_features (session, element);
  else if (xml_node_is (element, NS_STREAMS, "error"))
    gtalk_negotiate_stream_error (session, element);
  else if (n->step == GTALK_LADDER_TLS_ASKED &&
           xml_node_is (element, NS_TLS, "proceed"))
    start_tls (session);
  else if (n->step == GTALK_LADDER_TLS_ASKED &&
           xml_node_is (element, NS_TLS, "failure"))
    gtalk_session_fail_simple (session, IM_PROBLEM_TLS_NOT_OFFERED, NULL);
  else if (n->step == GTALK_LADDER_SIGN_IN)
    return gtalk_sasl_element (session, element);
  else if (xml_node_is (element, NS_CLIENT, "iq"))
    return handle_iq (session, element);
  else
    return FALSE;
  return TRUE;
}

void
gtalk_negotiate_not_resumed (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  if (!(n->asked_inline & GTALK_INLINE_BIND))
    n->step = GTALK_LADDER_BIND;
  gtalk_negotiate_bind (session);
}

void
gtalk_negotiate_resumed (GtalkSession *session)
{
  session->negotiation->step = GTALK_LADDER_DONE;
  gtalk_negotiate_arm (session, 0);
}

gboolean
gtalk_negotiate_ended (GtalkSession *session, const GError *error)
{
  GtalkNegotiation *n = session->negotiation;

  gtalk_negotiate_arm (session, 0);
  /* A certificate that was refused is no reason to ask others. */
  if (n->step == GTALK_LADDER_CONNECT && error != NULL &&
      im_problem_heals ((ImProblem) error->code))
    return gtalk_reach_next (session, error) || session->gone;
  if (is_asking (session))
    return TRUE;
  /* The user accepted the certificate of a link that has to be made anew. */
  if (n->step == GTALK_LADDER_TLS && !n->tls_again &&
      g_error_matches (error, IM_PROBLEM, IM_PROBLEM_LOST))
    {
      n->tls_again = TRUE;
      gtalk_session_reconnect (session);
      return TRUE;
    }
  return too_early (session);
}
