#include "gtalk-resume.h"

#include <string.h>

#include "gtalk-negotiate-private.h"

/* Stanzas after which the server is asked what it has, and how long a lone one
 * waits for that. */
#define ASK_AFTER 5
#define ASK_MS 2000

/* Somebody who sends stanzas one after the other that no program can read
 * would have us connect anew all day. */
#define MAX_SKIPPED 8

/* How long the server may take to say so before the link counts as dead. */
#define ANSWER_MS 30000

/**
 * Sent:
 * @xml: the stanza
 * @is_message: it is sent again even to another stream
 * @tag: what to call it when it is acknowledged, or 0
 */
typedef struct
{
  GBytes *xml;
  gboolean is_message;
  guint tag;
} Sent;

/**
 * GtalkResume:
 * @asked: enable was written in this stream
 * @enabled: the server said that it counts
 * @id: (nullable): what the stream is called when it is resumed
 * @handled: stanzas of the server's we handled
 * @sent: stanzas of ours since enable
 * @unacked: (element-type Sent): the last of them, which the server has not
 *   acknowledged
 * @carried: (element-type Sent): messages of a stream that is gone for good,
 *   which go over the next one
 * @since_ask: how many came after the last question
 * @timer: (nullable): the next question, or the deadline of its answer
 * @awaits: the server was asked
 * @skipped: stanzas nobody could read
 * @resumed: this stream goes on with an earlier one
 */
struct _GtalkResume
{
  gboolean asked;
  gboolean enabled;
  char *id;
  guint32 handled;
  guint32 sent;
  GQueue unacked;
  GQueue carried;
  guint since_ask;
  ImTimer *timer;
  gboolean awaits;
  guint skipped;
  gboolean resumed;
};

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  g_bytes_unref (sent->xml);
  g_free (sent);
}

void
gtalk_resume_init (GtalkSession *session)
{
  session->resume = g_new0 (GtalkResume, 1);
}

static void
stop_timer (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  if (resume->timer != NULL)
    session->host->ops->timer_cancel (session->host, resume->timer);
  resume->timer = NULL;
  resume->awaits = FALSE;
}

void
gtalk_resume_clear (GtalkSession *session)
{
  if (session->resume == NULL)
    return;
  stop_timer (session);
  g_queue_clear_full (&session->resume->unacked, sent_free);
  g_queue_clear_full (&session->resume->carried, sent_free);
  g_free (session->resume->id);
  g_clear_pointer (&session->resume, g_free);
}

gboolean
gtalk_resume_is_counting (const GtalkSession *session)
{
  return session->resume->asked;
}

gboolean
gtalk_resume_is_possible (const GtalkSession *session)
{
  return session->resume->id != NULL;
}

void
gtalk_resume_count (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  resume->asked = TRUE;
  resume->resumed = FALSE;
  resume->sent = 0;
  resume->handled = 0;
}

void
gtalk_resume_enable (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  if (resume->asked ||
      !(gtalk_negotiate_features (session) & GTALK_STREAM_RESUMPTION))
    return;
  gtalk_resume_count (session);
  gtalk_stream_send (session->stream,
                     "<enable xmlns='" NS_SM "' resume='true'/>", -1);
}

/* --- acknowledging ---------------------------------------------------------- */

static void
on_no_answer (gpointer user)
{
  GtalkSession *session = user;

  session->resume->timer = NULL;
  if (!gtalk_resume_renounce (session))
    gtalk_session_lost (session, IM_PROBLEM_TIMED_OUT, NULL);
}

static void
ask (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  stop_timer (session);
  /* There is nobody to ask, and there will be somebody else. */
  if (session->negotiation->step < GTALK_LADDER_BIND)
    return;
  resume->since_ask = 0;
  resume->awaits = TRUE;
  resume->timer = session->host->ops->timer_add (session->host, ANSWER_MS,
                                                 on_no_answer, session);
  gtalk_stream_send (session->stream, "<r xmlns='" NS_SM "'/>", -1);
}

void
gtalk_resume_probe (GtalkSession *session)
{
  if (!session->resume->awaits)
    ask (session);
}

static void
on_time_to_ask (gpointer user)
{
  GtalkSession *session = user;

  session->resume->timer = NULL;
  ask (session);
}

/* Returns: whether there was room */
static gboolean
remember (GtalkSession *session, GQueue *queue, const char *xml, gsize len,
          guint tag)
{
  Sent *sent;

  if (queue->length >= IM_MAX_UNACKED_STANZAS)
    {
      gtalk_session_fail_simple (session, IM_PROBLEM_TIMED_OUT,
                                 "the server acknowledges nothing");
      return FALSE;
    }
  sent = g_new (Sent, 1);
  sent->xml = g_bytes_new (xml, len);
  sent->is_message = g_str_has_prefix (xml, "<message");
  sent->tag = tag;
  g_queue_push_tail (queue, sent);
  return TRUE;
}

void
gtalk_resume_sent (GtalkSession *session, const char *xml, gsize len,
                   guint tag)
{
  GtalkResume *resume = session->resume;

  if (!resume->asked)
    {
      /* Between two streams, neither of which knows the other. */
      if (session->state == GTALK_STATE_RESUMING &&
          g_str_has_prefix (xml, "<message"))
        remember (session, &resume->carried, xml, len, tag);
      return;
    }
  if (!remember (session, &resume->unacked, xml, len, tag))
    return;
  resume->sent++;
  if (session->stream == NULL || session->state == GTALK_STATE_RESUMING)
    return;
  if (++resume->since_ask >= ASK_AFTER && !resume->awaits)
    ask (session);
  else if (resume->timer == NULL)
    resume->timer = session->host->ops->timer_add (session->host, ASK_MS,
                                                   on_time_to_ask, session);
}

void
gtalk_resume_received (GtalkSession *session)
{
  if (session->resume->enabled)
    session->resume->handled++;
}

gboolean
gtalk_resume_skip (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  if (resume->id == NULL || resume->skipped == MAX_SKIPPED)
    return FALSE;
  resume->skipped++;
  gtalk_resume_received (session);
  return TRUE;
}

static void
answer (GtalkSession *session)
{
  g_autofree char *xml = g_strdup_printf ("<a xmlns='" NS_SM "' h='%u'/>",
                                          session->resume->handled);

  gtalk_stream_send (session->stream, xml, -1);
}

/* Returns: whether @element carries a number that can be */
static gboolean
drop_acked (GtalkSession *session, const XmlNode *element)
{
  GtalkResume *resume = session->resume;
  const char *text = xml_node_attribute (element, "h");
  guint64 h;
  guint32 left;

  if (text == NULL ||
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &h, NULL))
    return FALSE;
  /* Both count modulo 2^32. */
  left = resume->sent - (guint32) h;
  if (left > resume->unacked.length)
    return FALSE;
  while (resume->unacked.length > left)
    {
      Sent *sent = g_queue_pop_head (&resume->unacked);

      if (sent->tag != 0)
        gtalk_messages_accepted (session, sent->tag);
      sent_free (sent);
    }
  return TRUE;
}

static void
acknowledged (GtalkSession *session, const XmlNode *element)
{
  if (!drop_acked (session, element))
    {
      gtalk_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                                 "the server acknowledged more than was sent");
      return;
    }
  stop_timer (session);
  if (session->resume->unacked.length > 0)
    session->resume->timer = session->host->ops->timer_add (
        session->host, ASK_MS, on_time_to_ask, session);
}

/* --- going on ----------------------------------------------------------------- */

void
gtalk_resume_forget (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  if (!resume->asked)
    return;
  stop_timer (session);
  resume->asked = resume->enabled = FALSE;
  g_clear_pointer (&resume->id, g_free);
  g_queue_clear_full (&resume->unacked, sent_free);
}

/* The stream is gone for good; what is asked again anyway is dropped, messages
 * are not. They keep their ids, so that who has them already can tell. */
static void
carry_over (GtalkSession *session)
{
  GtalkResume *resume = session->resume;
  Sent *sent;

  g_clear_pointer (&resume->id, g_free);
  resume->enabled = FALSE;
  resume->asked = FALSE;
  while ((sent = g_queue_pop_head (&resume->unacked)) != NULL)
    if (sent->is_message)
      g_queue_push_tail (&resume->carried, sent);
    else
      sent_free (sent);
}

void
gtalk_resume_link_lost (GtalkSession *session)
{
  stop_timer (session);
  session->resume->since_ask = 0;
  if (session->resume->id == NULL)
    carry_over (session);
}

gboolean
gtalk_resume_renounce (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  if (!resume->resumed)
    return FALSE;
  resume->resumed = FALSE;
  g_clear_pointer (&resume->id, g_free);
  gtalk_session_begin_anew (session);
  return TRUE;
}

void
gtalk_resume_send_carried (GtalkSession *session)
{
  Sent *sent;

  while ((sent = g_queue_pop_head (&session->resume->carried)) != NULL)
    {
      gsize len;
      const char *xml = g_bytes_get_data (sent->xml, &len);

      gtalk_stream_send (session->stream, xml, (gssize) len);
      gtalk_resume_sent (session, xml, len, sent->tag);
      sent_free (sent);
    }
}

void
gtalk_resume_write (GtalkSession *session, XmppWriter *w)
{
  const GtalkResume *resume = session->resume;

  if (resume->id == NULL)
    return;
  xmpp_open (w, "resume", NS_SM);
  xmpp_attr (w, "previd", resume->id);
  xmpp_attr_number (w, "h", resume->handled);
  xmpp_close (w);
}

gboolean
gtalk_resume_try (GtalkSession *session)
{
  g_auto (XmppWriter) w = { 0 };

  if (!gtalk_resume_is_possible (session))
    return FALSE;
  gtalk_resume_write (session, &w);
  gtalk_stream_send (session->stream, xmpp_writer_text (&w), -1);
  return TRUE;
}

static void
send_again (GtalkSession *session, const Sent *sent)
{
  gtalk_stream_send (session->stream, g_bytes_get_data (sent->xml, NULL),
                     (gssize) g_bytes_get_size (sent->xml));
}

void
gtalk_resume_go_on (GtalkSession *session, const XmlNode *element)
{
  GtalkResume *resume = session->resume;

  if (!drop_acked (session, element))
    {
      gtalk_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                                 "the server acknowledged more than was sent");
      return;
    }
  resume->resumed = TRUE;
  gtalk_negotiate_resumed (session);
  gtalk_session_resumed (session);
  for (GList *l = resume->unacked.head; l != NULL; l = l->next)
    send_again (session, l->data);
  if (resume->unacked.length > 0)
    ask (session);
}

void
gtalk_resume_give_up (GtalkSession *session, const XmlNode *failed)
{
  drop_acked (session, failed);
  carry_over (session);
  gtalk_negotiate_not_resumed (session);
  if (session->stream != NULL)
    gtalk_resume_send_carried (session);
}

static void
enabled (GtalkSession *session, const XmlNode *element)
{
  GtalkResume *resume = session->resume;
  const char *can = xml_node_attribute (element, "resume");

  resume->enabled = TRUE;
  g_free (resume->id);
  resume->id = g_strcmp0 (can, "true") == 0 || g_strcmp0 (can, "1") == 0
                   ? g_strdup (xml_node_attribute (element, "id"))
                   : NULL;
}

void
gtalk_resume_not_counting (GtalkSession *session)
{
  GtalkResume *resume = session->resume;

  stop_timer (session);
  resume->asked = FALSE;
  g_queue_clear_full (&resume->unacked, sent_free);
}

/* Answers to resume. */
static void
resume_answered (GtalkSession *session, const XmlNode *element)
{
  if (strcmp (xml_node_name (element), "resumed") == 0)
    gtalk_resume_go_on (session, element);
  else if (strcmp (xml_node_name (element), "failed") == 0)
    gtalk_resume_give_up (session, element);
}

/* Each is believed only where it was asked for: one that came early would have
 * us go on before the link is encrypted, or with whom nobody signed in. */
gboolean
gtalk_resume_element (GtalkSession *session, const XmlNode *element)
{
  const char *name = xml_node_name (element);
  GtalkLadder step = session->negotiation->step;

  if (strcmp (xml_node_namespace (element), NS_SM) != 0)
    return FALSE;
  if (step == GTALK_LADDER_RESUME)
    resume_answered (session, element);
  else if (step < GTALK_LADDER_BIND)
    return TRUE;
  else if (strcmp (name, "r") == 0)
    answer (session);
  else if (strcmp (name, "a") == 0)
    acknowledged (session, element);
  else if (strcmp (name, "enabled") == 0 && session->resume->asked &&
           !session->resume->enabled)
    enabled (session, element);
  else if (strcmp (name, "failed") == 0 && !session->resume->enabled)
    gtalk_resume_not_counting (session);
  return TRUE;
}
