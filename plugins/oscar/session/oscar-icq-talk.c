/* ICQ's own messages: on channel 4 as they are, on channel 2 inside a
 * rendezvous with capability 1349, which old clients want answered.
 *
 *   oscar_icq_incoming () <- 04/07
 *     -> receive ()     one row of rows[] for each type
 *     -> send_answer () -> 04/0B reason 3: got it, our away text, X-Status
 *   oscar_icq_ask_xstatus (), _ask_away () -> 04/06, oscar_icq_answered () <- 04/0B */

#include "oscar-icq-state.h"

#include <string.h>

#include "im-charset.h"
#include "markup-html.h"
#include "oscar-rendezvous.h"

/* Of a message's fields: a page of contacts. More are nobody's. */
#define MAX_FIELDS 512

/* Answers that may wait for the rate limit: strangers can ask faster than we
 * may answer. */
#define MAX_ANSWERS_WAITING 50

/* One question about an X-Status in so many milliseconds: a list full of
 * moods should cost the user nothing. */
#define ASK_INTERVAL_MS 5000
#define MAX_TO_ASK 200

#define BLACK 0x000000
#define WHITE 0xffffff

/**
 * Received:
 * @icbm: what it came in
 * @who: the sender, as the server says; what the message says is not asked
 * @type: an #OscarIcqMessageType
 * @text: its fields
 * @extended: (nullable): the rest of what it came in
 */
typedef struct
{
  const OscarIcbm *icbm;
  const char *who;
  guint8 type;
  ImReader text;
  const OscarIcqExtended *extended;
} Received;

/* --- Answers ------------------------------------------------------------ */

typedef struct
{
  guint8 flags;
  GBytes *text; /* nullable */
  GBytes *rest; /* nullable */
} Answer;

static void
reader_over (ImReader *reader, GBytes *bytes)
{
  if (bytes != NULL)
    im_reader_init_bytes (reader, bytes);
}

static void
send_answer (OscarSession *session, const Received *received,
             const Answer *answer)
{
  const OscarIcqExtended *question = received->extended;
  OscarIcqExtended extended = { 0 };
  g_auto (ImWriter) data = { 0 };
  g_auto (ImWriter) body = { 0 };
  OscarIcbmClientError message = {
    .cookie = received->icbm->cookie,
    .channel = OSCAR_CHANNEL_RENDEZVOUS,
    .who = received->icbm->user.name,
    .reason = OSCAR_CLIENT_ERROR_CHANNEL,
  };

  if (oscar_conn_n_queued (session->bos) >= MAX_ANSWERS_WAITING)
    return;
  extended.version = question->version;
  extended.plugin = question->plugin;
  extended.caps = 3;
  extended.sequence = question->sequence;
  extended.type = question->type;
  extended.flags = answer->flags;
  reader_over (&extended.text, answer->text);
  reader_over (&extended.rest, answer->rest);
  im_writer_init (&data, IM_MAX_FLAP_SENT);
  oscar_icq_message_encode_extended (&data, &extended);
  im_reader_init (&message.data, data.bytes->data, data.bytes->len);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_client_error (&body, &message);
  oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_CLIENT_ERROR,
                        &body, OSCAR_PRIORITY_BACKGROUND);
}

/* Any answer says that we are there. Who is invisible gives none, but to
 * those who may see them. */
static gboolean
may_answer (const OscarSession *session, const Received *received)
{
  return received->extended != NULL && session->bos != NULL &&
         (session->status != IM_STATUS_INVISIBLE ||
          oscar_roster_lists_name (session->roster, OSCAR_ITEM_PERMIT,
                                   received->who));
}

static void
acknowledge (OscarSession *session, const Received *received)
{
  const Answer answer = { 0 };

  if (!session->gone && may_answer (session, received))
    send_answer (session, received, &answer);
}

/* In the code page of whoever asks if that will do. */
static GBytes *
encode_plain (const OscarSession *session, const char *who, const char *utf8)
{
  GBytes *bytes =
      im_charset_from_utf8 (utf8, oscar_icq_charset (session, who));

  return bytes != NULL ? bytes : g_bytes_new (utf8, strlen (utf8));
}

/* --- What they say ------------------------------------------------------ */

static GPtrArray *
split_fields (const OscarSession *session, const Received *received)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);
  const char *charset = oscar_icq_charset (session, received->who);
  ImReader text = received->text;
  char *field;

  while (fields->len < MAX_FIELDS &&
         (field = oscar_icq_message_next_field (&text, charset)) != NULL)
    g_ptr_array_add (fields, field);
  return fields;
}

static const char *
nth (const GPtrArray *fields, guint i)
{
  return i < fields->len ? g_ptr_array_index (fields, i) : "";
}

static gint32
color_of (guint32 bgr, guint32 usual)
{
  guint32 rgb = (bgr & 0xff) << 16 | (bgr & 0xff00) | (bgr >> 16 & 0xff);

  return rgb == usual ? IM_COLOR_NONE : (gint32) rgb;
}

/* The whole is the text, FE or not: it is a letter in the code page of
 * Russian clients. */
static void
receive_plain (OscarSession *session, const Received *received,
               const GPtrArray *fields)
{
  g_autofree char *utf8 =
      oscar_text_dup (&received->text,
                      oscar_icq_charset (session, received->who));
  g_autoptr (ImText) text = NULL;
  ImStyle style = IM_STYLE_INIT;
  const OscarIcqExtended *extended = received->extended;

  if (markup_looks_html (utf8))
    text = oscar_text_parse (session, received->who, utf8);
  else
    {
      if (extended != NULL && extended->has_colors)
        {
          style.color = color_of (extended->foreground, BLACK);
          style.background = color_of (extended->background, WHITE);
        }
      text = im_text_new ();
      im_text_append (text, utf8, -1, &style);
    }
  if (im_text_length (text) > 0)
    oscar_messages_report (session, received->icbm, text, 0);
}

static void
receive_url (OscarSession *session, const Received *received,
             const GPtrArray *fields)
{
  g_autoptr (ImText) text = im_text_new_plain (nth (fields, 0));
  ImStyle style = IM_STYLE_INIT;

  if (im_text_length (text) > 0)
    im_text_append (text, "\n", -1, NULL);
  style.link = nth (fields, 1);
  im_text_append (text, nth (fields, 1), -1, &style);
  oscar_messages_report (session, received->icbm, text, 0);
}

/* Pairs of UIN and nickname; the count in front of them may lie. */
static void
receive_contacts (OscarSession *session, const Received *received,
                  const GPtrArray *fields)
{
  g_autoptr (ImText) text = im_text_new ();
  guint64 count;

  if (!g_ascii_string_to_unsigned (nth (fields, 0), 10, 1, MAX_FIELDS, &count,
                                   NULL))
    return;
  for (guint i = 1; i + 1 < fields->len && i / 2 < count; i += 2)
    {
      g_autofree char *line =
          g_strdup_printf ("%s%s: %s", i > 1 ? "\n" : "", nth (fields, i),
                           nth (fields, i + 1));

      if (*nth (fields, i) != '\0')
        im_text_append (text, line, -1, NULL);
    }
  if (im_text_length (text) > 0)
    oscar_messages_report (session, received->icbm, text, IM_MESSAGE_CONTACTS);
}

/* name FE FE FE e-mail FE 3 FE text */
static void
receive_page (OscarSession *session, const Received *received,
              const GPtrArray *fields)
{
  g_autofree char *line = g_strdup_printf (
      "%s <%s>\n%s", nth (fields, 0), nth (fields, 3), nth (fields, 5));
  g_autoptr (ImText) text = im_text_new_plain (line);

  oscar_messages_report (session, received->icbm, text,
                         received->type == OSCAR_ICQ_EMAIL ? IM_MESSAGE_MAIL
                                                           : IM_MESSAGE_PAGER);
}

static void
report_auth (OscarSession *session, ImEventType type, const char *who,
             const char *reason)
{
  ImEvent event = { .type = type, .auth = { .who = who, .reason = reason } };

  oscar_session_emit (session, &event);
}

/* nick FE first FE last FE e-mail FE 1 FE reason */
static void
receive_auth_request (OscarSession *session, const Received *received,
                      const GPtrArray *fields)
{
  report_auth (session, IM_EVENT_AUTH_REQUEST, received->who, nth (fields, 5));
}

static void
receive_auth_reply (OscarSession *session, const Received *received,
                    const GPtrArray *fields)
{
  ImEvent event = { .type = IM_EVENT_AUTH_REPLY };

  event.auth.who = received->who;
  event.auth.granted = received->type == OSCAR_ICQ_AUTH_GRANTED;
  event.auth.reason = nth (fields, 0);
  if (event.auth.granted)
    oscar_roster_set_awaiting (session->roster, received->who, FALSE);
  oscar_session_emit (session, &event);
}

static void
receive_added (OscarSession *session, const Received *received,
               const GPtrArray *fields)
{
  report_auth (session, IM_EVENT_ADDED, received->who, NULL);
}

/* --- What they ask ------------------------------------------------------ */

static void
receive_away_query (OscarSession *session, const Received *received,
                    const GPtrArray *fields)
{
  g_autofree char *utf8 = markup_plain_print (session->status_text, "\r\n");
  g_autoptr (GBytes) text = encode_plain (session, received->who, utf8);
  const Answer answer = { .flags = 3, .text = text };

  if (may_answer (session, received))
    send_answer (session, received, &answer);
}

static const char *
own_uin (const OscarSession *session)
{
  return session->self_name != NULL ? session->self_name
                                    : session->settings.name;
}

static void
answer_xstatus (OscarSession *session, const Received *received)
{
  OscarIcqState *icq = session->icq;
  const OscarXStatus status = { oscar_icq_mood_index (icq->mood),
                                icq->mood_title, icq->mood_text };
  g_autofree char *xml = NULL;
  g_auto (ImWriter) block = { 0 };
  g_autoptr (GBytes) rest = NULL;
  Answer answer = { 0 };

  if (icq->mood == NULL || !may_answer (session, received))
    return;
  xml = oscar_xtraz_print_reply (own_uin (session), &status);
  im_writer_init (&block, IM_MAX_FLAP_SENT);
  oscar_xtraz_write_block (&block, xml);
  rest = im_writer_finish (&block, NULL);
  answer.rest = rest;
  if (rest != NULL)
    send_answer (session, received, &answer);
}

/* Short messages of telephones come as XML, whose length stands at another
 * place than in the other plugins' blocks; so it is looked for. */
static void
receive_sms (OscarSession *session, const Received *received, const char *xml)
{
  g_autofree char *sender = oscar_xtraz_dup_element (xml, "sender");
  g_autofree char *words = oscar_xtraz_dup_element (xml, "text");
  g_autofree char *line = NULL;
  g_autoptr (ImText) text = NULL;

  if (words == NULL)
    return;
  line = g_strdup_printf ("%s%s%s", sender != NULL ? sender : "",
                          sender != NULL ? ": " : "", words);
  text = im_text_new_plain (line);
  oscar_messages_report (session, received->icbm, text, 0);
}

static char *
plugin_xml (const ImReader *data)
{
  return oscar_text_dup (data, "UTF-8");
}

static void
receive_plugin (OscarSession *session, const Received *received,
                const GPtrArray *fields)
{
  OscarIcqPlugin plugin;
  g_autofree char *xml = NULL;

  if (received->extended == NULL ||
      !oscar_icq_plugin_decode (&received->extended->rest, &plugin, NULL))
    return;
  xml = plugin_xml (&plugin.data);
  if (strstr (xml, "<sms_message>") != NULL)
    receive_sms (session, received, xml);
  else if (memcmp (&plugin.guid, &oscar_cap_xtraz_script,
                   sizeof plugin.guid) == 0 &&
           plugin.function == OSCAR_XTRAZ_NOTIFY &&
           oscar_xtraz_is_request (xml))
    answer_xstatus (session, received);
}

/* --- The table ---------------------------------------------------------- */

/* What has fewer fields is dropped: there is nothing in it to guess. */
static const struct
{
  guint8 type;
  guint fields;
  gboolean wants_ack; /* else the answer is an answer, or nothing */
  void (*receive) (OscarSession *session, const Received *received,
                   const GPtrArray *fields);
} rows[] = {
  { OSCAR_ICQ_PLAIN, 1, TRUE, receive_plain },
  { OSCAR_ICQ_URL, 2, TRUE, receive_url },
  { OSCAR_ICQ_AUTH_REQUEST, 6, TRUE, receive_auth_request },
  { OSCAR_ICQ_AUTH_DENIED, 1, TRUE, receive_auth_reply },
  { OSCAR_ICQ_AUTH_GRANTED, 0, TRUE, receive_auth_reply },
  { OSCAR_ICQ_ADDED, 0, TRUE, receive_added },
  { OSCAR_ICQ_WEB_PAGER, 6, TRUE, receive_page },
  { OSCAR_ICQ_EMAIL, 6, TRUE, receive_page },
  { OSCAR_ICQ_CONTACTS, 3, TRUE, receive_contacts },
  { OSCAR_ICQ_PLUGIN, 0, FALSE, receive_plugin },
  { OSCAR_ICQ_AUTO_AWAY, 0, FALSE, receive_away_query },
  { OSCAR_ICQ_AUTO_OCCUPIED, 0, FALSE, receive_away_query },
  { OSCAR_ICQ_AUTO_NA, 0, FALSE, receive_away_query },
  { OSCAR_ICQ_AUTO_DND, 0, FALSE, receive_away_query },
  { OSCAR_ICQ_AUTO_CHAT, 0, FALSE, receive_away_query },
};

static gboolean
receive (OscarSession *session, const Received *received)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].type == received->type)
      {
        g_autoptr (GPtrArray) fields = split_fields (session, received);

        if (rows[i].wants_ack)
          acknowledge (session, received);
        if (fields->len >= rows[i].fields)
          rows[i].receive (session, received, fields);
        else
          im_host_debug (session->host, "oscar: ICQ message %02x of %s has "
                         "%u fields", received->type, received->who,
                         fields->len);
        return TRUE;
      }
  return FALSE;
}

static gboolean
incoming_plain (OscarSession *session, const OscarIcbm *icbm)
{
  OscarIcqMessage message;
  Received received = { icbm, icbm->user.name.text };

  if (!oscar_icq_message_decode (&icbm->data, &message, NULL))
    return TRUE; /* unreadable, and nobody waits */
  received.type = message.type;
  received.text = message.text;
  return receive (session, &received);
}

static gboolean
incoming_extended (OscarSession *session, const OscarIcbm *icbm)
{
  static const OscarCap relay = OSCAR_SHORT_CAP (OSCAR_CAP_ICQ_RELAY);
  OscarRendezvous rendezvous;
  OscarIcqExtended message;
  Received received = { icbm, icbm->user.name.text };

  if (!oscar_rendezvous_decode (&icbm->data, &rendezvous, NULL) ||
      memcmp (&rendezvous.cap, &relay, sizeof relay) != 0)
    return FALSE;
  if (rendezvous.type != OSCAR_RENDEZVOUS_PROPOSE ||
      !oscar_icq_message_decode_extended (&rendezvous.service, &message, NULL))
    return TRUE;
  received.type = message.type;
  received.text = message.text;
  received.extended = &message;
  return receive (session, &received);
}

gboolean
oscar_icq_incoming (OscarSession *session, const OscarIcbm *icbm)
{
  if (icbm->channel == OSCAR_CHANNEL_ICQ)
    return incoming_plain (session, icbm);
  return icbm->channel == OSCAR_CHANNEL_RENDEZVOUS &&
         incoming_extended (session, icbm);
}

/* --- Asking --------------------------------------------------------------- */

/* Completes @extended and sends it. */
static void
send_question (OscarSession *session, const char *who,
               OscarIcqExtended *extended, OscarPriority priority)
{
  OscarIcqState *icq = session->icq;
  g_auto (ImWriter) data = { 0 };
  g_auto (ImWriter) body = { 0 };
  OscarRendezvous rendezvous = {
    .type = OSCAR_RENDEZVOUS_PROPOSE,
    .cap = OSCAR_SHORT_CAP (OSCAR_CAP_ICQ_RELAY),
    .sequence = 1,
    .host_check = TRUE,
  };
  gsize tlv;

  extended->version = 10;
  extended->caps = 3;
  extended->sequence = icq->sequence--;
  im_writer_init (&data, IM_MAX_FLAP_SENT);
  oscar_icq_message_encode_extended (&data, extended);
  session->host->ops->random (session->host, &rendezvous.cookie,
                              sizeof rendezvous.cookie);
  im_reader_init (&rendezvous.service, data.bytes->data, data.bytes->len);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  tlv = oscar_icbm_open_send (&body, rendezvous.cookie,
                              OSCAR_CHANNEL_RENDEZVOUS, who);
  oscar_rendezvous_encode (&body, &rendezvous);
  im_writer_close16 (&body, tlv);
  oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_SEND, &body,
                        priority);
  if (g_hash_table_size (icq->asked) >= MAX_TO_ASK)
    g_hash_table_remove_all (icq->asked);
  g_hash_table_insert (icq->asked,
                       g_memdup2 (&rendezvous.cookie,
                                  sizeof rendezvous.cookie),
                       g_strdup (who));
}

static void
ask_for_xstatus (OscarSession *session, const char *who)
{
  g_autofree char *xml = oscar_xtraz_print_request (own_uin (session));
  g_auto (ImWriter) block = { 0 };
  OscarIcqExtended question = { .type = OSCAR_ICQ_PLUGIN, .priority = 1 };

  im_writer_init (&block, IM_MAX_FLAP_SENT);
  oscar_xtraz_write_block (&block, xml);
  im_reader_init (&question.rest, block.bytes->data, block.bytes->len);
  send_question (session, who, &question, OSCAR_PRIORITY_BACKGROUND);
}

void
oscar_icq_ask_away (OscarSession *session, const char *who)
{
  const OscarIcqPeer *peer = oscar_icq_peer (session, who);
  OscarIcqExtended question = { .flags = 3, .priority = 1 };

  if (peer == NULL || !peer->relay || peer->away_query == 0 ||
      session->status == IM_STATUS_INVISIBLE)
    return;
  question.type = peer->away_query;
  send_question (session, who, &question, OSCAR_PRIORITY_USER);
}

static void ask_later (OscarSession *session);

static void
on_ask_timer (gpointer user)
{
  OscarSession *session = user;
  OscarIcqState *icq = session->icq;
  g_autofree char *who = g_queue_pop_head (&icq->to_ask);
  const OscarIcqPeer *peer = who != NULL ? oscar_icq_peer (session, who) : NULL;

  icq->ask_timer = NULL;
  if (session->bos == NULL || session->gone)
    return;
  /* They may have gone, or stopped wanting to be asked. Whoever is invisible
   * asks nobody. */
  if (peer != NULL && peer->mood != NULL && peer->relay && peer->xtraz &&
      session->status != IM_STATUS_INVISIBLE)
    ask_for_xstatus (session, who);
  ask_later (session);
}

static void
ask_later (OscarSession *session)
{
  OscarIcqState *icq = session->icq;

  if (icq->ask_timer == NULL && icq->to_ask.length > 0)
    icq->ask_timer = session->host->ops->timer_add (
        session->host, ASK_INTERVAL_MS, on_ask_timer, session);
}

void
oscar_icq_ask_xstatus (OscarSession *session, const char *who)
{
  OscarIcqState *icq = session->icq;

  if (icq->to_ask.length >= MAX_TO_ASK || !session->settings.icq ||
      !oscar_roster_has_buddy (session->roster, who))
    return;
  g_queue_push_tail (&icq->to_ask, g_strdup (who));
  ask_later (session);
}

static void
report_xstatus (OscarSession *session, const char *who,
                const OscarXStatus *status)
{
  const OscarIcqPeer *peer = oscar_icq_peer (session, who);
  g_autoptr (ImText) title = im_text_new_plain (status->title);
  g_autoptr (ImText) text = im_text_new_plain (status->text);
  ImEvent event = { .type = IM_EVENT_MOOD };

  if (peer == NULL || peer->mood == NULL)
    return;
  im_text_truncate (title, IM_MAX_PROFILE_TEXT);
  im_text_truncate (text, IM_MAX_PROFILE_TEXT);
  event.mood = (ImEventMood) { who, peer->mood, title, text };
  oscar_session_emit (session, &event);
}

static void
report_away (OscarSession *session, const char *who, const ImReader *words)
{
  g_autofree char *utf8 =
      oscar_text_dup (words, oscar_icq_charset (session, who));
  g_autoptr (ImText) text = im_text_new_plain (utf8);
  ImEvent event = { .type = IM_EVENT_PROFILE };

  im_text_truncate (text, IM_MAX_PROFILE_TEXT);
  event.profile.presence.who = who;
  event.profile.found = TRUE;
  event.profile.away = text;
  if (im_text_length (text) > 0)
    oscar_session_emit (session, &event);
}

static void
take_answer (OscarSession *session, const char *who, const ImReader *data)
{
  OscarIcqExtended extended;
  OscarIcqPlugin plugin;
  g_autofree char *xml = NULL;
  g_auto (OscarXStatus) status = { 0 };

  if (!oscar_icq_message_decode_extended (data, &extended, NULL))
    return;
  if (extended.type >= OSCAR_ICQ_AUTO_AWAY &&
      extended.type <= OSCAR_ICQ_AUTO_CHAT)
    report_away (session, who, &extended.text);
  if (extended.type != OSCAR_ICQ_PLUGIN ||
      !oscar_icq_plugin_decode (&extended.rest, &plugin, NULL))
    return;
  xml = plugin_xml (&plugin.data);
  if (oscar_xtraz_parse_reply (xml, &status))
    report_xstatus (session, who, &status);
}

/* Only what was asked for counts, and only from whom it was asked. */
void
oscar_icq_answered (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbmClientError answer;
  const char *asked;
  g_autofree char *who = NULL;

  if (!oscar_icbm_decode_client_error (&reader, &answer, NULL))
    return;
  asked = g_hash_table_lookup (session->icq->asked, &answer.cookie);
  if (asked == NULL || !oscar_name_equal (asked, answer.who.text))
    return;
  who = g_strdup (asked);
  g_hash_table_remove (session->icq->asked, &answer.cookie);
  if (answer.reason == OSCAR_CLIENT_ERROR_CHANNEL)
    take_answer (session, who, &answer.data);
}
