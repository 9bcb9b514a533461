#include "gtalk-sasl2.h"

#include <string.h>

#include "gtalk-fast.h"
#include "gtalk-negotiate-private.h"

/* Whether nothing has to be waited for: what is written ahead is lost if the
 * server does not take our proof, and then the link is as well. */
static gboolean
may_go_ahead (const GtalkSession *session, const GtalkOffer *offer)
{
  const guint both = GTALK_INLINE_BIND | GTALK_INLINE_PIPELINING;

  return (offer->inlines & both) == both &&
         !session->negotiation->never_ahead &&
         !(session->settings.quirks & GTALK_QUIRK_LOCK_STEP) &&
         !gtalk_resume_is_possible (session);
}

/* --- asking ------------------------------------------------------------------ */

/* Random, and kept: the server knows our places apart by it. */
static const char *
agent_id (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;
  guint8 b[16];

  if (n->agent != NULL)
    return n->agent;
  session->host->ops->random (session->host, b, sizeof b);
  /* RFC 9562: version 4, variant 1. */
  b[6] = (guint8) ((b[6] & 0x0f) | 0x40);
  b[8] = (guint8) ((b[8] & 0x3f) | 0x80);
  n->agent = g_strdup_printf (
      "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
      b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
      b[12], b[13], b[14], b[15]);
  n->agent_is_new = TRUE;
  return n->agent;
}

static void
write_agent (GtalkSession *session, XmppWriter *w)
{
  xmpp_open (w, "user-agent", NULL);
  xmpp_attr (w, "id", agent_id (session));
  if (session->settings.client_name != NULL)
    xmpp_leaf (w, "software", NULL, session->settings.client_name);
  xmpp_close (w);
}

/* The server makes a resource of the tag. */
static void
write_bind (GtalkSession *session, const GtalkOffer *offer, XmppWriter *w)
{
  const char *tag = session->settings.resource != NULL
                        ? session->settings.resource
                        : session->settings.client_name;

  xmpp_open (w, "bind", NS_BIND2);
  if (tag != NULL)
    xmpp_leaf (w, "tag", NULL, tag);
  if (offer->inlines & GTALK_INLINE_CARBONS)
    xmpp_raw (w, "<enable xmlns='" NS_CARBONS "'/>");
  if (offer->inlines & GTALK_INLINE_COUNTING)
    xmpp_raw (w, "<enable xmlns='" NS_SM "' resume='true'/>");
  xmpp_close (w);
}

void
gtalk_sasl2_begin (GtalkSession *session, AuthSaslName name,
                   const char *encoded, const GtalkOffer *offer)
{
  GtalkNegotiation *n = session->negotiation;
  g_auto (XmppWriter) w = { 0 };

  n->asked_inline = offer->inlines;
  /* A new place would end what can still be gone on with. */
  if (gtalk_resume_is_possible (session) &&
      !(offer->inlines & GTALK_INLINE_RESUME))
    n->asked_inline = 0;
  n->bind_sent = FALSE;
  n->ahead = may_go_ahead (session, offer);
  xmpp_open (&w, "authenticate", NS_SASL2);
  xmpp_attr (&w, "mechanism", auth_sasl_wire_name (name));
  xmpp_leaf (&w, "initial-response", NULL, encoded);
  write_agent (session, &w);
  if (n->asked_inline & GTALK_INLINE_RESUME)
    gtalk_resume_write (session, &w);
  if (n->asked_inline & GTALK_INLINE_BIND)
    write_bind (session, offer, &w);
  if (name >= AUTH_SASL_HT_EXPORTER)
    xmpp_raw (&w, "<fast xmlns='" NS_FAST "'/>");
  gtalk_fast_request (session, offer, &w);
  xmpp_close (&w);
  gtalk_stream_send (session->stream, xmpp_writer_text (&w), -1);
  im_secret_wipe (w.out->str, w.out->len);
  /* SCRAM has one more message of ours. */
  if (name > AUTH_SASL_SCRAM_SHA_1)
    gtalk_sasl2_go_ahead (session);
}

void
gtalk_sasl2_go_ahead (GtalkSession *session)
{
  if (session->negotiation->ahead)
    gtalk_negotiate_bind (session);
}

/* --- what came along with success ---------------------------------------------- */

static void
bound (GtalkSession *session, const XmlNode *success)
{
  const XmlNode *bind = xml_node_first_ns (success, NS_BIND2, "bound");
  const XmlNode *enabled = xml_node_first_ns (bind, NS_SM, "enabled");
  const XmlNode *failed = xml_node_first_ns (success, NS_SM, "failed");
  const char *address =
      xml_node_child_text (success, "authorization-identifier");

  if (!gtalk_negotiate_adopt (session, address))
    return;
  if (gtalk_resume_is_possible (session))
    gtalk_resume_give_up (session, failed);
  else
    gtalk_negotiate_bind (session);
  if (xml_node_exists (enabled) && !session->gone)
    gtalk_resume_element (session, enabled);
  else if (session->negotiation->asked_inline & GTALK_INLINE_COUNTING)
    gtalk_resume_not_counting (session);
}

/* Signed in, and nothing else: the resource is bound as it always was, but in
 * this stream. */
static void
not_bound (GtalkSession *session)
{
  gtalk_negotiate_go_on (session);
}

void
gtalk_sasl2_signed_in (GtalkSession *session, const XmlNode *success)
{
  GtalkNegotiation *n = session->negotiation;
  const XmlNode *resumed = xml_node_first_ns (success, NS_SM, "resumed");

  gtalk_session_progress (session, IM_STEP_LISTS);
  gtalk_fast_renew (session, success);
  if (n->agent_is_new)
    gtalk_negotiate_save (session);
  n->agent_is_new = FALSE;
  /* Those of the stream as it is now follow. */
  n->got_features = FALSE;
  if (xml_node_exists (resumed) && gtalk_resume_is_possible (session) &&
      (n->asked_inline & GTALK_INLINE_RESUME))
    gtalk_resume_go_on (session, resumed);
  else if (xml_node_exists (xml_node_first_ns (success, NS_BIND2, "bound")) &&
           (n->asked_inline & GTALK_INLINE_BIND))
    bound (session, success);
  else if (n->ahead && n->bind_sent)
    gtalk_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                               "the server bound no address");
  else
    not_bound (session);
}

gboolean
gtalk_sasl2_refused (GtalkSession *session)
{
  GtalkNegotiation *n = session->negotiation;

  if (!n->ahead || !n->bind_sent)
    return FALSE;
  /* What was asked behind it came to nothing. */
  if (n->mechanism < AUTH_SASL_HT_EXPORTER)
    g_clear_pointer (&n->known, gtalk_offer_free);
  gtalk_session_reconnect (session);
  return TRUE;
}
