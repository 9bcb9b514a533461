/* Messages of two: text, typing, attention, receipts; what comes back; and
 * carbons of what is said at other places. */

#include <string.h>

#include "gtalk-messages.h"

#include "gtalk-archive.h"
#include "gtalk-caps.h"
#include "gtalk-delay.h"
#include "gtalk-disco.h"
#include "gtalk-errors.h"
#include "gtalk-marks.h"
#include "gtalk-negotiate.h"
#include "gtalk-parts.h"
#include "gtalk-presence.h"
#include "gtalk-record.h"
#include "gtalk-resume.h"
#include "gtalk-rooms.h"
#include "gtalk-roster.h"
#include "im-charset.h"
#include "gtalk-words.h"
#include "xmpp-time.h"

#define NS_STATES "http://jabber.org/protocol/chatstates"
#define NS_RECEIPTS "urn:xmpp:receipts"
#define NS_ATTENTION "urn:xmpp:attention:0"
#define NS_CARBONS "urn:xmpp:carbons:2"
#define NS_FORWARD "urn:xmpp:forward:0"
#define NS_CORRECT "urn:xmpp:message-correct:0"

/* How often somebody may buzz us. */
#define BUZZ_MS 30000

/**
 * Pending:
 * @id: of the stanza; also the key
 * @number: what the host calls it
 * @to: recipient
 * @text: what was said
 * @accepted: the server has it; it may still come back
 */
typedef struct
{
  char *id;
  guint number;
  char *to;
  ImText *text;
  gboolean accepted;
} Pending;

/**
 * GtalkMessages:
 * @pending: (element-type Pending): messages that may still fail, oldest first
 * @last_number: the last number given to one
 * @places: (element-type utf8 utf8): bare address to the place a
 *   conversation is with
 * @last_from: (element-type utf8 GtalkSaid): what bare addresses said last
 * @last_to: (element-type utf8 GtalkSaid): what we said last, by whom to
 * @buzzed: (element-type utf8 gint64): when people on the list last did
 */
struct _GtalkMessages
{
  GQueue pending;
  guint last_number;
  GHashTable *places;
  GHashTable *last_from;
  GHashTable *last_to;
  GHashTable *buzzed;
};

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_free (pending->id);
  g_free (pending->to);
  im_text_free (pending->text);
  g_free (pending);
}

static void
said_free (gpointer data)
{
  gtalk_said_clear (data);
  g_free (data);
}

/* --- deliveries ------------------------------------------------------------------ */

static void
tell_delivery (GtalkSession *session, const Pending *pending,
               ImDelivery outcome, ImUndelivered reason)
{
  const ImEvent event = {
    .type = IM_EVENT_DELIVERY,
    .delivery = { .id = pending->number,
                  .to = pending->to,
                  .text = pending->text,
                  .outcome = outcome,
                  .reason = reason },
  };

  gtalk_session_emit (session, &event);
}

static void
accept (GtalkSession *session, Pending *pending)
{
  if (pending->accepted)
    return;
  pending->accepted = TRUE;
  tell_delivery (session, pending, IM_DELIVERY_ACCEPTED, IM_UNDELIVERED_NONE);
}

void
gtalk_messages_accepted (GtalkSession *session, guint tag)
{
  for (GList *l = session->messages->pending.head; l != NULL; l = l->next)
    if (((Pending *) l->data)->number == tag)
      {
        accept (session, l->data);
        return;
      }
}

void
gtalk_messages_abandon (GtalkSession *session)
{
  Pending *pending;

  while ((pending = g_queue_pop_head (&session->messages->pending)) != NULL)
    {
      if (!pending->accepted)
        tell_delivery (session, pending, IM_DELIVERY_UNKNOWN,
                       IM_UNDELIVERED_DISCONNECTED);
      pending_free (pending);
    }
}

static GList *
find_pending (GtalkSession *session, const char *id)
{
  for (GList *l = session->messages->pending.head; id != NULL && l != NULL;
       l = l->next)
    if (strcmp (((Pending *) l->data)->id, id) == 0)
      return l;
  return NULL;
}

/* Only whom it was sent to, or a server on the way, can say that it failed. */
static gboolean
may_bounce (GtalkSession *session, const Pending *pending, const char *from)
{
  g_autofree char *bare = NULL;
  g_autofree char *to = NULL;
  g_autoptr (XmppJid) jid = NULL;

  if (gtalk_session_is_own (session, from))
    return TRUE;
  bare = xmpp_jid_dup_bare (from);
  to = xmpp_jid_dup_bare (pending->to);
  if (strcmp (bare, to) == 0)
    return TRUE;
  jid = xmpp_jid_new (pending->to, NULL);
  return jid != NULL && strcmp (bare, jid->domain) == 0;
}

static void
bounced (GtalkSession *session, const XmlNode *stanza)
{
  GList *link = find_pending (session, xml_node_attribute (stanza, "id"));
  Pending *pending = link != NULL ? link->data : NULL;

  if (pending == NULL ||
      !may_bounce (session, pending, xml_node_attribute (stanza, "from")))
    return;
  g_queue_delete_link (&session->messages->pending, link);
  tell_delivery (session, pending, IM_DELIVERY_FAILED,
                 gtalk_error_of_message (stanza));
  pending_free (pending);
}

/* It arrived. Only whom it was sent to can know that. */
static void
received_receipt (GtalkSession *session, const char *id, const char *from)
{
  GList *link = find_pending (session, id);
  Pending *pending = link != NULL ? link->data : NULL;
  g_autofree char *bare = NULL;
  g_autofree char *to = NULL;

  if (pending == NULL)
    return;
  bare = xmpp_jid_dup_bare (from);
  to = xmpp_jid_dup_bare (pending->to);
  if (strcmp (bare, to) != 0)
    return;
  g_queue_unlink (&session->messages->pending, link);
  accept (session, pending);
  im_host_debug (session->host, "gtalk: %s arrived at their client", id);
  tell_delivery (session, pending, IM_DELIVERY_DELIVERED,
                 IM_UNDELIVERED_NONE);
  g_list_free_full (link, pending_free);
}

static void
remember (GtalkSession *session, Pending *pending)
{
  GQueue *queue = &session->messages->pending;

  g_queue_push_tail (queue, pending);
  if (queue->length > IM_MAX_UNACKED)
    pending_free (g_queue_pop_head (queue));
}

/* --- sending --------------------------------------------------------------------- */

/* A conversation stays with the place that answers, until it leaves. */
static const char *
recipient (GtalkSession *session, const char *to)
{
  const char *place;

  if (*xmpp_jid_resource (to) != '\0')
    return to;
  place = g_hash_table_lookup (session->messages->places, to);
  return place != NULL ? place : to;
}

static void
open_message (GtalkSession *session, XmppWriter *w, const char *to,
              const char *id)
{
  xmpp_open (w, "message", NULL);
  xmpp_attr (w, "to", to);
  xmpp_attr (w, "type", "chat");
  xmpp_attr (w, "id", id);
}

/* Who sees us online anyway learns nothing from being asked. A place that is
 * named has to know the question; somebody who is not there answers later, or
 * never. */
static gboolean
wants_receipt (GtalkSession *session, const char *address)
{
  return *xmpp_jid_resource (address) != '\0'
             ? (gtalk_caps_of (session, address) & GTALK_CAN_RECEIPTS) != 0
             : gtalk_roster_has (session, address, NULL);
}

static void
fail_at_once (GtalkSession *session, guint number, const char *to,
              const ImText *text)
{
  const Pending pending = { NULL, number, (char *) to, (ImText *) text,
                            FALSE };

  tell_delivery (session, &pending, IM_DELIVERY_FAILED,
                 IM_UNDELIVERED_DISCONNECTED);
}

/* Returns: (transfer none): what was said last in the conversation with @key */
static GtalkSaid *
said_of (GHashTable *table, const char *key)
{
  GtalkSaid *said = g_hash_table_lookup (table, key);

  if (said != NULL)
    return said;
  if (g_hash_table_size (table) >= IM_MAX_BUDDIES)
    g_hash_table_remove_all (table);
  said = g_new0 (GtalkSaid, 1);
  g_hash_table_replace (table, g_strdup (key), said);
  return said;
}

/* Whom a conversation is with: of somebody in a room, the resource too. */
static char *
key_of (GtalkSession *session, const char *to)
{
  return gtalk_rooms_window (session, to, TRUE) ? g_strdup (to)
                                                : xmpp_jid_dup_bare (to);
}

/* @correction: it takes the place of what was said last. */
static guint
send (GtalkSession *session, const char *to, const ImText *text,
      gboolean is_file, gboolean correction)
{
  GtalkMessages *messages = session->messages;
  g_autofree char *bare = xmpp_jid_dup_bare (to);
  g_autofree char *key = key_of (session, to);
  const char *address =
      recipient (session, *xmpp_jid_resource (to) != '\0' ? to : bare);
  g_auto (XmppWriter) w = { 0 };
  Pending *pending;
  GtalkSaid *said;

  if (im_text_length (text) > IM_MAX_XMPP_BODY)
    return 0;
  messages->last_number++;
  if (!gtalk_session_is_online (session) || session->gone)
    {
      fail_at_once (session, messages->last_number, to, text);
      return messages->last_number;
    }
  pending = g_new0 (Pending, 1);
  pending->id = gtalk_session_new_id (session);
  pending->number = messages->last_number;
  pending->to = g_strdup (to);
  pending->text = im_text_copy (text);
  open_message (session, &w, address, pending->id);
  gtalk_words_write (&w, text, is_file);
  said = said_of (messages->last_to, key);
  if (correction)
    gtalk_words_write_replace (&w, said->first);
  else
    gtalk_said_set (said, pending->id);
  xmpp_leaf (&w, "active", NS_STATES, NULL);
  if (gtalk_rooms_window (session, to, TRUE))
    xmpp_leaf (&w, "x", NS_MUC_USER, NULL);
  if (wants_receipt (session, address))
    {
      xmpp_leaf (&w, "request", NS_RECEIPTS, NULL);
      gtalk_marks_write_request (&w);
    }
  gtalk_record_write (session, to, &w);
  xmpp_close (&w);
  remember (session, pending);
  gtalk_session_send_tagged (session, &w, pending->number);
  /* Where nobody counts, what left is all that can be known. */
  if (!gtalk_resume_is_counting (session))
    accept (session, pending);
  return messages->last_number;
}

guint
gtalk_session_send_message (GtalkSession *session, const char *to,
                            const ImText *text)
{
  return send (session, to, text, FALSE, FALSE);
}

guint
gtalk_messages_send (GtalkSession *session, const char *to,
                     const ImText *text, gboolean is_file)
{
  return send (session, to, text, is_file, FALSE);
}

gboolean
gtalk_session_can_correct (GtalkSession *session, const char *to)
{
  g_autofree char *key = key_of (session, to);
  const GtalkSaid *said =
      g_hash_table_lookup (session->messages->last_to, key);

  return said != NULL && said->first != NULL;
}

guint
gtalk_session_correct_message (GtalkSession *session, const char *to,
                               const ImText *text)
{
  return send (session, to, text, FALSE, TRUE);
}

void
gtalk_session_send_typing (GtalkSession *session, const char *to,
                           ImTyping state)
{
  static const char *const words[] = {
    [IM_TYPING_STOPPED] = "active",
    [IM_TYPING_TYPING] = "composing",
    [IM_TYPING_PAUSED] = "paused",
  };
  g_autofree char *bare = xmpp_jid_dup_bare (to);
  g_auto (XmppWriter) w = { 0 };

  /* Who is not there does not want to know. */
  if (session->state != GTALK_STATE_ONLINE ||
      gtalk_presence_best (session, bare) == NULL)
    return;
  open_message (session, &w, recipient (session, bare), NULL);
  xmpp_leaf (&w, words[state], NS_STATES, NULL);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

gboolean
gtalk_session_send_attention (GtalkSession *session, const char *to)
{
  g_autofree char *bare = xmpp_jid_dup_bare (to);
  g_auto (XmppWriter) w = { 0 };

  if (session->state != GTALK_STATE_ONLINE ||
      gtalk_presence_best (session, bare) == NULL)
    return FALSE;
  xmpp_open (&w, "message", NULL);
  xmpp_attr (&w, "to", recipient (session, bare));
  xmpp_attr (&w, "type", "headline");
  xmpp_leaf (&w, "attention", NS_ATTENTION, NULL);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
  return TRUE;
}

void
gtalk_messages_unsettle (GtalkSession *session, const char *who)
{
  g_hash_table_remove (session->messages->places, who);
}

void
gtalk_session_gone (GtalkSession *session, const char *who)
{
  g_autofree char *bare = xmpp_jid_dup_bare (who);

  gtalk_messages_unsettle (session, bare);
  gtalk_rooms_window (session, who, FALSE);
}

/* --- receiving -------------------------------------------------------------------- */

static void
read_state (GtalkSession *session, const XmlNode *stanza, const char *who)
{
  static const struct
  {
    const char *word;
    ImTyping state;
  } rows[] = {
    { "composing", IM_TYPING_TYPING }, { "paused", IM_TYPING_PAUSED },
    { "active", IM_TYPING_STOPPED },   { "inactive", IM_TYPING_STOPPED },
    { "gone", IM_TYPING_STOPPED },
  };
  ImEvent event = { .type = IM_EVENT_TYPING, .typing = { .from = who } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (xml_node_exists (
            xml_node_first_ns (stanza, NS_STATES, rows[i].word)))
      {
        event.typing.state = rows[i].state;
        gtalk_session_emit (session, &event);
        return;
      }
}

/* That one was online when a message came is told to friends only, and not by
 * who hides. */
static void
acknowledge (GtalkSession *session, const XmlNode *stanza, const char *from,
             const char *who)
{
  const char *id = xml_node_attribute (stanza, "id");
  g_auto (XmppWriter) w = { 0 };

  if (id == NULL ||
      !xml_node_exists (xml_node_first_ns (stanza, NS_RECEIPTS, "request")) ||
      !gtalk_marks_may_know (session, who))
    return;
  open_message (session, &w, from, NULL);
  xmpp_open (&w, "received", NS_RECEIPTS);
  xmpp_attr (&w, "id", id);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

static void
tell_text (GtalkSession *session, const char *who, const XmlNode *stanza,
           gint64 when, ImMessageFlags flags)
{
  g_autoptr (ImText) text = gtalk_words_read (stanza);
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  if (text == NULL)
    return;
  if (im_text_truncate (text, IM_MAX_MESSAGE_TEXT))
    flags |= IM_MESSAGE_TRUNCATED;
  if (when != 0)
    flags |= IM_MESSAGE_OFFLINE;
  event.message = (ImEventMessage){
    .from = who, .text = text, .flags = flags, .time = when
  };
  gtalk_session_emit (session, &event);
}

/* From now on what is said to @who goes to the place @full. */
static void
settle_at (GtalkSession *session, const char *who, const char *full)
{
  GHashTable *places = session->messages->places;
  const char *known = g_hash_table_lookup (places, who);

  gtalk_caps_want (session, full);
  if (g_strcmp0 (known, full) == 0)
    return;
  if (g_hash_table_size (places) >= IM_MAX_BUDDIES)
    g_hash_table_remove_all (places);
  g_hash_table_replace (places, g_strdup (who), g_strdup (full));
}

static void
show (GtalkSession *session, const XmlNode *stanza, const char *who,
      gint64 when, gboolean own)
{
  ImMessageFlags flags = own ? IM_MESSAGE_OWN : 0;

  /* Our own server vouches for what we said ourselves. */
  if (own ? xml_node_exists (
                xml_node_first_ns (stanza, NS_CORRECT, "replace"))
          : gtalk_said_note (said_of (session->messages->last_from, who),
                             stanza))
    flags |= IM_MESSAGE_CORRECTION;
  tell_text (session, who, stanza, when, flags);
}

/* Who is on the list may shake our window, now and then. */
static void
buzz (GtalkSession *session, const char *who)
{
  const ImEvent event = { .type = IM_EVENT_ATTENTION, .attention = { who } };
  gint64 now = session->host->ops->monotonic_ms (session->host);
  const gint64 *last = g_hash_table_lookup (session->messages->buzzed, who);

  if (!gtalk_roster_has (session, who, NULL) ||
      (last != NULL && now < *last + BUZZ_MS))
    return;
  g_hash_table_replace (session->messages->buzzed, g_strdup (who),
                        g_memdup2 (&now, sizeof now));
  gtalk_session_emit (session, &event);
}

/* @copied: it went to another place of ours, which answers for itself. */
static void
receive (GtalkSession *session, const XmlNode *stanza, const char *from,
         gboolean copied)
{
  g_autofree char *who = xmpp_jid_dup_bare (from);
  const char *body = xml_node_child_text (stanza, "body");
  const char *receipt = xml_node_attribute (
      xml_node_first_ns (stanza, NS_RECEIPTS, "received"), "id");
  const char *mark = gtalk_marks_read (stanza);
  gint64 when =
      gtalk_delay_read (session, stanza, gtalk_session_domain (session));

  if (xml_node_exists (xml_node_first_ns (stanza, NS_ATTENTION, "attention")) &&
      when == 0 && !copied)
    buzz (session, who);
  if (receipt != NULL)
    received_receipt (session, receipt, from);
  /* What was seen has arrived. */
  if (mark != NULL)
    received_receipt (session, mark, from);
  if (*body != '\0')
    {
      if (when == 0 && !copied && *xmpp_jid_resource (from) != '\0')
        settle_at (session, who, from);
      if (!gtalk_archive_is_new (session, stanza, from))
        return;
      /* First: whoever is told may look at it at once. */
      if (!copied)
        gtalk_marks_note (session, stanza, from, who);
      show (session, stanza, who, when, FALSE);
      if (!copied)
        acknowledge (session, stanza, from, who);
    }
  if (when == 0)
    read_state (session, stanza, who);
}

void
gtalk_messages_archived (GtalkSession *session, const XmlNode *message,
                         const char *other, gint64 when, gboolean own)
{
  g_autofree char *who = xmpp_jid_dup_bare (other);

  show (session, message, who, when, own);
}

/* --- carbons ------------------------------------------------------------------------ */

/* Returns: whether a copy of @inner is worth anything here: errors are for who
 * sent what failed, and rooms speak for themselves. */
static gboolean
is_worth_copying (const XmlNode *inner)
{
  const char *type = xml_node_attribute (inner, "type");

  return g_strcmp0 (type, "error") != 0 && g_strcmp0 (type, "groupchat") != 0;
}

/* Only our own account's server makes copies; anybody else's would be words put
 * into somebody's mouth. */
static gboolean
carbon (GtalkSession *session, const XmlNode *stanza)
{
  const XmlNode *sent = xml_node_first_ns (stanza, NS_CARBONS, "sent");
  const XmlNode *received = xml_node_first_ns (stanza, NS_CARBONS, "received");
  const XmlNode *copy = xml_node_exists (sent) ? sent : received;
  const XmlNode *inner;
  const char *from;
  const char *other;

  if (!xml_node_exists (copy))
    return FALSE;
  inner = xml_node_child (xml_node_first_ns (copy, NS_FORWARD, "forwarded"),
                          "message");
  from = xml_node_attribute (stanza, "from");
  other = xml_node_attribute (inner, copy == sent ? "to" : "from");
  if (from == NULL || strcmp (from, gtalk_session_bare (session)) != 0 ||
      other == NULL || !is_worth_copying (inner))
    return TRUE;
  if (copy == sent)
    {
      g_autofree char *who = xmpp_jid_dup_bare (other);

      /* Whoever answered there, or said so, has seen it. */
      if (*xml_node_child_text (inner, "body") != '\0' ||
          gtalk_marks_read (inner) != NULL)
        gtalk_marks_forget (session, who);
      if (*xml_node_child_text (inner, "body") != '\0' &&
          gtalk_archive_is_new (session, inner,
                                xml_node_attribute (inner, "from")))
        show (session, inner, who, 0, TRUE);
    }
  else
    receive (session, inner, other, TRUE);
  return TRUE;
}

static gboolean
message (GtalkSession *session, const XmlNode *stanza)
{
  const char *type = xml_node_attribute (stanza, "type");
  const char *from = xml_node_attribute (stanza, "from");

  if (carbon (session, stanza))
    return TRUE;
  if (g_strcmp0 (type, "error") == 0)
    bounced (session, stanza);
  else if (g_strcmp0 (type, "groupchat") == 0)
    return FALSE;
  else
    receive (session, stanza,
             from != NULL ? from : gtalk_session_domain (session), FALSE);
  return TRUE;
}

static void
features (GtalkSession *session)
{
  if (gtalk_disco_server_has (session, NS_CARBONS) &&
      !gtalk_negotiate_has_carbons (session))
    gtalk_session_ask (session, NULL, "set",
                       "<enable xmlns='" NS_CARBONS "'/>", NULL, NULL, NULL);
}

static void
init (GtalkSession *session)
{
  session->messages = g_new0 (GtalkMessages, 1);
  session->messages->places =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  session->messages->last_from =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, said_free);
  session->messages->last_to =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, said_free);
  session->messages->buzzed =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
clear (GtalkSession *session)
{
  if (session->messages == NULL)
    return;
  g_queue_clear_full (&session->messages->pending, pending_free);
  g_hash_table_unref (session->messages->places);
  g_hash_table_unref (session->messages->last_from);
  g_hash_table_unref (session->messages->last_to);
  g_hash_table_unref (session->messages->buzzed);
  g_clear_pointer (&session->messages, g_free);
}

const GtalkPart gtalk_messages_part = {
  .init = init,
  .clear = clear,
  .features = features,
  .message = message,
};
