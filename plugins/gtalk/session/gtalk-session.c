#include "gtalk-session.h"

#include <string.h>

#include "gtalk-fast.h"
#include "gtalk-kept.h"
#include "gtalk-negotiate-private.h"
#include "gtalk-oauth.h"
#include "gtalk-parts.h"
#include "gtalk-presence.h"
#include "gtalk-reach.h"
#include "gtalk-sasl.h"
#include "gtalk-token.h"

#define NS_STANZAS "urn:ietf:params:xml:ns:xmpp-stanzas"

/* Seconds before the second and later tries to reach a server again; chance
 * adds to them, so that not all of its users come back at once. */
#define AGAIN_FIRST_MS 500
#define AGAIN_MS 5000

/* Rooms first: what comes from one is about nobody's own address. */
static const GtalkPart *const parts[] = {
  &gtalk_rooms_part,
  &gtalk_roster_part,
  &gtalk_avatar_part,
  &gtalk_cards_part,
  &gtalk_hiding_part,
  &gtalk_presence_part,
  &gtalk_alive_part,
  &gtalk_disco_part,
  &gtalk_bookmarks_part,
  &gtalk_blocking_part,
  &gtalk_caps_part,
  &gtalk_calls_part,
  &gtalk_mail_part,
  &gtalk_prefs_part,
  &gtalk_quiet_part,
  &gtalk_record_part,
  &gtalk_shared_part,
  &gtalk_archive_part,
  &gtalk_marks_part,
  &gtalk_messages_part,
  &gtalk_upload_part,
};

#define FOR_PARTS(session, func)                                              \
  for (guint part_ = 0; part_ < G_N_ELEMENTS (parts) && !(session)->gone;     \
       part_++)                                                               \
    if (parts[part_]->func != NULL)                                           \
      parts[part_]->func (session)

/** An IQ of ours that was not answered yet. */
typedef struct
{
  GtalkSession *session;
  char *to; /* nullable: our own server */
  GtalkIqFunc func;
  gpointer data;
  GDestroyNotify destroy;
  ImTimer *timer;
} Question;

/* --- questions ------------------------------------------------------------- */

static void
question_free (gpointer data)
{
  Question *question = data;
  const ImHostOps *ops = question->session->host->ops;

  if (question->timer != NULL)
    ops->timer_cancel (question->session->host, question->timer);
  if (question->destroy != NULL)
    question->destroy (question->data);
  g_free (question->to);
  g_free (question);
}

static void
conclude (Question *question, const XmlNode *stanza)
{
  if (question->func != NULL)
    question->func (question->session, stanza, question->data);
  question_free (question);
}

static void
on_no_answer (gpointer user)
{
  Question *question = user;
  GtalkSession *session = gtalk_session_ref (question->session);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  question->timer = NULL;
  g_hash_table_iter_init (&iter, session->questions);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (value == question)
      {
        g_hash_table_iter_steal (&iter);
        g_free (key);
        break;
      }
  conclude (question, NULL);
  gtalk_session_unref (session);
}

static Question *
take_question (GtalkSession *session, const char *id)
{
  gpointer key;
  gpointer value;

  if (id == NULL ||
      !g_hash_table_steal_extended (session->questions, id, &key, &value))
    return NULL;
  g_free (key);
  return value;
}

/* Nobody answers any more. What is asked because of that waits for time to
 * pass; no station is reached by it. */
static void
conclude_all (GtalkSession *session)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, session->questions);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_ptr_array_add (all, value);
      g_hash_table_iter_steal (&iter);
      g_free (key);
    }
  session->dropping = TRUE;
  for (guint i = 0; i < all->len; i++)
    conclude (all->pdata[i], NULL);
  session->dropping = FALSE;
}

static gboolean
is_answer_of (const GtalkSession *session, const Question *question,
              const char *from)
{
  if (question->to == NULL ||
      xmpp_jid_equal (question->to, gtalk_session_bare (session)) ||
      xmpp_jid_equal (question->to, gtalk_session_domain (session)))
    return gtalk_session_is_own (session, from);
  return from != NULL && xmpp_jid_equal (from, question->to);
}

static void
handle_answer (GtalkSession *session, const XmlNode *iq)
{
  const char *id = xml_node_attribute (iq, "id");
  const Question *question =
      id != NULL ? g_hash_table_lookup (session->questions, id) : NULL;

  /* Who was not asked has nothing to answer. */
  if (question != NULL &&
      is_answer_of (session, question, xml_node_attribute (iq, "from")))
    conclude (take_question (session, id), iq);
}

/* Who sees one of them knows no other. */
char *
gtalk_session_new_id (GtalkSession *session)
{
  guint32 chance;

  session->host->ops->random (session->host, &chance, sizeof chance);
  return g_strdup_printf ("%s%u-%08x", session->id_prefix, ++session->last_id,
                          chance);
}

void
gtalk_session_ask (GtalkSession *session, const char *to, const char *type,
                   const char *payload, GtalkIqFunc func, gpointer data,
                   GDestroyNotify destroy)
{
  Question *question = g_new0 (Question, 1);
  char *id = gtalk_session_new_id (session);
  gboolean hopeless =
      session->dropping ||
      g_hash_table_size (session->questions) >= IM_MAX_QUESTIONS;
  g_auto (XmppWriter) w = { 0 };

  question->session = session;
  question->to = g_strdup (to);
  question->func = func;
  question->data = data;
  question->destroy = destroy;
  question->timer = session->host->ops->timer_add (
      session->host, hopeless ? 0 : IM_IQ_SECONDS * 1000, on_no_answer,
      question);
  xmpp_open (&w, "iq", NULL);
  xmpp_attr (&w, "type", type);
  xmpp_attr (&w, "id", id);
  xmpp_attr (&w, "to", to);
  xmpp_raw (&w, payload);
  xmpp_close (&w);
  g_hash_table_insert (session->questions, id, question);
  if (!hopeless)
    gtalk_session_send (session, &w);
}

/* --- answers ----------------------------------------------------------------- */

static void
open_answer (const XmlNode *iq, const char *type, XmppWriter *w)
{
  xmpp_open (w, "iq", NULL);
  xmpp_attr (w, "type", type);
  xmpp_attr (w, "id", xml_node_attribute (iq, "id"));
  xmpp_attr (w, "to", xml_node_attribute (iq, "from"));
}

void
gtalk_session_answer (GtalkSession *session, const XmlNode *iq,
                      const char *payload)
{
  g_auto (XmppWriter) w = { 0 };

  open_answer (iq, "result", &w);
  if (payload != NULL)
    xmpp_raw (&w, payload);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

void
gtalk_session_answer_error (GtalkSession *session, const XmlNode *iq,
                            const char *type, const char *condition)
{
  g_auto (XmppWriter) w = { 0 };

  open_answer (iq, "error", &w);
  xmpp_open (&w, "error", NULL);
  xmpp_attr (&w, "type", type);
  xmpp_leaf (&w, condition, NS_STANZAS, NULL);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

void
gtalk_session_send (GtalkSession *session, const XmppWriter *stanza)
{
  gtalk_session_send_tagged (session, stanza, 0);
}

void
gtalk_session_send_tagged (GtalkSession *session, const XmppWriter *stanza,
                           guint tag)
{
  const char *xml = xmpp_writer_text (stanza);
  gsize len = xmpp_writer_length (stanza);

  if (session->gone || session->dropping)
    return;
  gtalk_resume_sent (session, xml, len, tag);
  /* While the stream is being resumed, what waits is sent when it is. */
  if (session->stream != NULL && session->state != GTALK_STATE_RESUMING)
    gtalk_stream_send (session->stream, xml, (gssize) len);
}

/* --- what comes in ------------------------------------------------------------ */

static gboolean
offer (GtalkSession *session, const XmlNode *stanza, gsize member)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts) && !session->gone; i++)
    {
      GtalkStanzaFunc func =
          G_STRUCT_MEMBER (GtalkStanzaFunc, parts[i], member);

      if (func != NULL && func (session, stanza))
        return TRUE;
    }
  return session->gone;
}

static void
handle_iq (GtalkSession *session, const XmlNode *iq)
{
  const char *type = xml_node_attribute (iq, "type");

  if (g_strcmp0 (type, "result") == 0 || g_strcmp0 (type, "error") == 0)
    handle_answer (session, iq);
  else if ((g_strcmp0 (type, "get") == 0 || g_strcmp0 (type, "set") == 0) &&
           !offer (session, iq, G_STRUCT_OFFSET (GtalkPart, query)))
    gtalk_session_answer_error (session, iq, "cancel", "service-unavailable");
}

void
gtalk_session_element (GtalkSession *session, const XmlNode *element)
{
  const char *name = xml_node_name (element);

  if (gtalk_negotiate_element (session, element) ||
      gtalk_resume_element (session, element))
    return;
  /* Nothing is believed of a server that has not signed us on. */
  if (session->negotiation->step < GTALK_LADDER_BIND ||
      strcmp (xml_node_namespace (element), NS_CLIENT) != 0)
    return;
  if (strcmp (name, "message") == 0)
    offer (session, element, G_STRUCT_OFFSET (GtalkPart, message));
  else if (strcmp (name, "presence") == 0)
    offer (session, element, G_STRUCT_OFFSET (GtalkPart, presence));
  else if (strcmp (name, "iq") == 0)
    handle_iq (session, element);
  else
    return;
  if (!session->gone)
    gtalk_resume_received (session);
}

/* --- stations ----------------------------------------------------------------- */

void
gtalk_session_bound (GtalkSession *session)
{
  /* What was asked in another stream is not answered in this one. */
  conclude_all (session);
  gtalk_session_set_state (session, session->state == GTALK_STATE_RESUMING
                                        ? GTALK_STATE_REBOUND
                                        : GTALK_STATE_STARTING);
  FOR_PARTS (session, bound);
  if (session->state == GTALK_STATE_REBOUND && session->stream != NULL)
    gtalk_resume_send_carried (session);
}

void
gtalk_session_roster_known (GtalkSession *session)
{
  const ImEvent event = { .type = IM_EVENT_ONLINE };

  if (session->dropping || (session->state != GTALK_STATE_STARTING &&
                            session->state != GTALK_STATE_REBOUND))
    return;
  if (session->state == GTALK_STATE_STARTING)
    {
      gtalk_session_set_state (session, GTALK_STATE_ONLINE);
      gtalk_session_emit (session, &event);
    }
  else
    gtalk_session_set_state (session, GTALK_STATE_ONLINE);
  FOR_PARTS (session, online);
}

void
gtalk_session_features_known (GtalkSession *session)
{
  if (!session->dropping)
    FOR_PARTS (session, features);
}

void
gtalk_session_services_known (GtalkSession *session)
{
  if (!session->dropping)
    FOR_PARTS (session, services);
}

void
gtalk_session_resumed (GtalkSession *session)
{
  gtalk_session_set_state (session, GTALK_STATE_ONLINE);
  gtalk_presence_resumed (session);
}

/* --- losing and finding again --------------------------------------------------- */

static void
on_again (gpointer user)
{
  GtalkSession *session = user;

  session->again_timer = NULL;
  gtalk_reach_start (session);
}

static void
stop_again (GtalkSession *session)
{
  if (session->again_timer != NULL)
    session->host->ops->timer_cancel (session->host, session->again_timer);
  session->again_timer = NULL;
}

static void
reach_in (GtalkSession *session, guint ms)
{
  guint16 chance;

  session->host->ops->random (session->host, &chance, sizeof chance);
  stop_again (session);
  session->again_timer = session->host->ops->timer_add (
      session->host, ms + chance % (ms + 1), on_again, session);
}

/* From here on, nothing is sent until there is a stream again. */
static void
begin_to_resume (GtalkSession *session)
{
  if (session->lost_ms == 0)
    session->lost_ms = session->host->ops->monotonic_ms (session->host);
  gtalk_resume_link_lost (session);
  gtalk_session_set_state (session, GTALK_STATE_RESUMING);
}

gboolean
gtalk_session_interrupt (GtalkSession *session)
{
  if (!gtalk_session_is_online (session))
    conclude_all (session);
  else if (gtalk_resume_is_possible (session))
    begin_to_resume (session);
  else
    return FALSE;
  return TRUE;
}

void
gtalk_session_reconnect (GtalkSession *session)
{
  gtalk_resume_link_lost (session);
  conclude_all (session);
  gtalk_stream_close (g_steal_pointer (&session->stream));
  reach_in (session, 0);
}

void
gtalk_session_begin_anew (GtalkSession *session)
{
  begin_to_resume (session);
  gtalk_stream_close (g_steal_pointer (&session->stream));
  reach_in (session, AGAIN_FIRST_MS);
}

static gboolean
may_resume (const GtalkSession *session, ImProblem problem)
{
  /* A link that is lost before the one before it was made up for has nothing
   * to resume; what waited for it is carried over all the same. */
  return im_problem_heals (problem) && gtalk_session_is_online (session) &&
         (gtalk_resume_is_possible (session) || session->lost_ms != 0) &&
         (session->lost_ms == 0 ||
          session->host->ops->monotonic_ms (session->host) <
              session->lost_ms + IM_RESUME_SECONDS * 1000);
}

void
gtalk_session_lost (GtalkSession *session, ImProblem problem,
                    const char *detail)
{
  gboolean first = session->state == GTALK_STATE_ONLINE;

  if (!may_resume (session, problem))
    {
      gtalk_session_fail_simple (session, problem, detail);
      return;
    }
  begin_to_resume (session);
  gtalk_stream_close (g_steal_pointer (&session->stream));
  reach_in (session, first ? AGAIN_FIRST_MS : AGAIN_MS);
}

void
gtalk_session_ended (GtalkSession *session, const GError *error)
{
  ImProblem problem =
      error != NULL ? (ImProblem) error->code : IM_PROBLEM_LOST;
  const char *detail = error != NULL ? error->message : NULL;

  gtalk_stream_close (g_steal_pointer (&session->stream));
  if (session->gone || gtalk_negotiate_ended (session, error))
    return;
  if (problem == IM_PROBLEM_PROTOCOL &&
      session->negotiation->step == GTALK_LADDER_DONE &&
      !gtalk_resume_skip (session))
    gtalk_session_fail_simple (session, problem, detail);
  else
    gtalk_session_lost (session, problem, detail);
}

/* --- reports -------------------------------------------------------------------- */

void
gtalk_session_set_state (GtalkSession *session, GtalkState state)
{
  static const char *const names[] = {
    [GTALK_STATE_NEW] = "new",
    [GTALK_STATE_REACHING] = "reaching",
    [GTALK_STATE_NEGOTIATING] = "negotiating",
    [GTALK_STATE_STARTING] = "starting",
    [GTALK_STATE_ONLINE] = "online",
    [GTALK_STATE_RESUMING] = "resuming",
    [GTALK_STATE_REBOUND] = "rebound",
    [GTALK_STATE_CLOSED] = "closed",
  };

  if (session->state == state)
    return;
  im_host_debug (session->host, "gtalk: %s -> %s", names[session->state],
                 names[state]);
  session->state = state;
  if (state == GTALK_STATE_ONLINE)
    session->lost_ms = 0;
}

void
gtalk_session_emit (GtalkSession *session, const ImEvent *event)
{
  if (!session->gone)
    session->host->ops->event (session->host, event);
}

void
gtalk_session_progress (GtalkSession *session, ImStep step)
{
  const ImEvent event = { .type = IM_EVENT_PROGRESS, .progress = { step, 0 } };

  /* For the user, a session that is resumed never went away. */
  if (session->state < GTALK_STATE_ONLINE)
    gtalk_session_emit (session, &event);
}

void
gtalk_session_notice (GtalkSession *session, ImNotice kind, const char *who,
                      const char *text)
{
  const ImEvent event = {
    .type = IM_EVENT_NOTICE,
    .notice = { .kind = kind, .who = who, .text = text },
  };

  gtalk_session_emit (session, &event);
}

static void
stop (GtalkSession *session)
{
  stop_again (session);
  gtalk_reach_clear (session);
  gtalk_token_clear (session);
  gtalk_oauth_clear (session);
  gtalk_stream_close (g_steal_pointer (&session->stream));
}

void
gtalk_session_fail (GtalkSession *session, const ImFailure *failure)
{
  ImEvent event = { .type = IM_EVENT_CLOSED, .closed = *failure };

  if (session->gone)
    return;
  gtalk_session_ref (session);
  gtalk_session_settle (session);
  gtalk_session_set_state (session, GTALK_STATE_CLOSED);
  /* What was asked comes to nothing, and says so while somebody listens. */
  conclude_all (session);
  gtalk_resume_link_lost (session);
  gtalk_messages_abandon (session);
  gtalk_session_emit (session, &event);
  session->gone = TRUE;
  stop (session);
  gtalk_session_unref (session);
}

void
gtalk_session_fail_simple (GtalkSession *session, ImProblem problem,
                           const char *detail)
{
  g_autofree char *words = g_strdup (detail);
  const ImFailure failure = {
    .problem = problem,
    .host = session->settings.server != NULL
                ? session->settings.server
                : session->settings.jid->domain,
    .detail = words,
  };

  gtalk_session_fail (session, &failure);
}

/* --- who we are ----------------------------------------------------------------- */

const char *
gtalk_session_bare (const GtalkSession *session)
{
  return session->settings.jid->bare;
}

const char *
gtalk_session_full (const GtalkSession *session)
{
  return session->settings.jid->full;
}

const char *
gtalk_session_domain (const GtalkSession *session)
{
  return session->settings.domain;
}

gboolean
gtalk_session_is_own (const GtalkSession *session, const char *from)
{
  return from == NULL || *from == '\0' ||
         xmpp_jid_equal (from, gtalk_session_bare (session)) ||
         xmpp_jid_equal (from, gtalk_session_full (session)) ||
         xmpp_jid_equal (from, gtalk_session_domain (session));
}

gboolean
gtalk_session_is_online (const GtalkSession *session)
{
  return session->state == GTALK_STATE_ONLINE ||
         session->state == GTALK_STATE_RESUMING ||
         session->state == GTALK_STATE_REBOUND;
}

char *
gtalk_address_normalize (const char *address)
{
  return xmpp_jid_dup_bare (address);
}

/* --- life ------------------------------------------------------------------------- */

GtalkSession *
gtalk_session_ref (GtalkSession *session)
{
  g_ref_count_inc (&session->refs);
  return session;
}

static void
settings_clear (GtalkSettings *settings)
{
  xmpp_jid_free (settings->jid);
  im_secret_unref (settings->password);
  g_free (settings->domain);
  g_free (settings->resource);
  g_free (settings->server);
  g_free (settings->token_url);
  g_free (settings->oauth_url);
  g_free (settings->client_id);
  g_clear_pointer (&settings->client_secret, im_secret_unref);
  g_strfreev (settings->domains);
  g_free (settings->client_name);
  g_free (settings->client_version);
}

void
gtalk_session_unref (GtalkSession *session)
{
  if (!g_ref_count_dec (&session->refs))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i]->clear (session);
  gtalk_resume_clear (session);
  gtalk_fast_clear (session);
  gtalk_negotiate_clear (session);
  g_hash_table_unref (session->questions);
  settings_clear (&session->settings);
  im_text_free (session->status_text);
  g_free (session->id_prefix);
  g_free (session);
}

static void
copy_settings (GtalkSettings *to, const GtalkConfig *config)
{
  to->jid = xmpp_jid_new (config->address, NULL);
  if (to->jid == NULL)
    to->jid = xmpp_jid_new ("invalid", NULL);
  to->domain = g_strdup (to->jid->domain);
  to->password = im_secret_ref (config->password);
  to->resource = g_strdup (to->jid->resource != NULL ? to->jid->resource
                                                     : config->resource);
  to->server = g_strdup (config->server);
  to->port = config->port;
  to->security = config->security;
  to->signin = config->signin;
  to->token_url = g_strdup (config->token_url);
  to->oauth_url = g_strdup (config->oauth_url);
  to->client_id = g_strdup (config->client_id);
  to->client_secret = config->client_secret != NULL
                          ? im_secret_ref (config->client_secret)
                          : NULL;
  to->domains = g_strdupv ((char **) config->domains);
  to->quirks = config->quirks;
  to->client_name = g_strdup (config->client_name);
  to->client_version = g_strdup (config->client_version);
}

GBytes *
gtalk_session_cached (GtalkSession *session, const char *name)
{
  const GtalkConfig *config = session->config;

  return config != NULL && config->caches != NULL
             ? config->caches (config->cache_user, name)
             : NULL;
}

static void
load_caches (GtalkSession *session)
{
  g_autoptr (GBytes) server = gtalk_session_cached (session, "server");
  g_autoptr (GBytes) oauth = gtalk_session_cached (session, "oauth");

  gtalk_negotiate_load (session, server);
  gtalk_oauth_load (session, oauth);
  session->negotiation->salted =
      gtalk_kept_load (session, GTALK_KEPT_SALTED);
  gtalk_fast_load (session);
}

GtalkSession *
gtalk_session_new (ImHost *host, const GtalkConfig *config)
{
  GtalkSession *session = g_new0 (GtalkSession, 1);
  guint8 chance[6];
  g_autofree char *encoded = NULL;

  g_ref_count_init (&session->refs);
  session->host = host;
  copy_settings (&session->settings, config);
  session->questions =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, question_free);
  host->ops->random (host, chance, sizeof chance);
  encoded = g_base64_encode (chance, sizeof chance);
  session->id_prefix = g_strconcat (encoded, "-", NULL);
  session->status = config->status;
  session->status_text = config->status_text != NULL
                             ? im_text_copy (config->status_text)
                             : NULL;
  session->priority = config->priority;
  gtalk_negotiate_init (session);
  gtalk_resume_init (session);
  gtalk_token_init (session);
  gtalk_oauth_init (session);
  session->config = config;
  load_caches (session);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    parts[i]->init (session);
  session->config = NULL;
  return session;
}

void
gtalk_session_start (GtalkSession *session)
{
  if (session->settings.jid->node == NULL)
    {
      gtalk_session_fail_simple (session, IM_PROBLEM_SETTINGS,
                                 "the address lacks the part before the @");
      return;
    }
  gtalk_session_set_state (session, GTALK_STATE_REACHING);
  gtalk_session_progress (session, IM_STEP_CONNECTING);
  gtalk_token_start (session);
  if (!session->gone)
    gtalk_reach_start (session);
}

void
gtalk_session_free (GtalkSession *session)
{
  if (session == NULL)
    return;
  if (!session->gone && session->stream != NULL &&
      session->negotiation->step == GTALK_LADDER_DONE)
    gtalk_stream_send (session->stream, "<presence type='unavailable'/>", -1);
  session->gone = TRUE;
  g_hash_table_remove_all (session->questions);
  stop (session);
  gtalk_session_unref (session);
}

void
gtalk_session_answer_prompt (GtalkSession *session, const char *answer)
{
  if (!session->gone && !gtalk_sasl_answer (session, answer))
    gtalk_token_answer (session, answer);
}
