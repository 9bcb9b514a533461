/* Messages of channel 1, both ways, and what becomes of ours.
 *
 * Ours:   oscar_session_send_message () -> 04/06 with TLV 0x0003, kept in
 *         `pending` until 04/0C (accepted), 04/01 (failed), or the end of the
 *         link (unknown).
 * Theirs: oscar_messages_incoming () <- 04/07 */

#include "oscar-session-private.h"

#include <string.h>

#include "markup-html.h"
#include "oscar-icbm.h"
#include "oscar-icq-private.h"

/* Bytes of text in one message: what every client of the AIM era could
 * read. */
#define MAX_TEXT_BYTES 7000

/* A message of ours without an answer yet. */
typedef struct
{
  guint id;
  guint32 request;
  guint64 cookie;
  char *to;
  ImText *text;
  gint64 sent_ms;
  gboolean held; /* the host was told that it waits */
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_free (pending->to);
  im_text_free (pending->text);
  g_free (pending);
}

void
oscar_messages_init (OscarSession *session)
{
  session->pending = g_hash_table_new_full (NULL, NULL, NULL, pending_free);
}

void
oscar_messages_clear (OscarSession *session)
{
  g_hash_table_unref (session->pending);
}

static void
report (OscarSession *session, const Pending *pending, ImDelivery outcome,
        ImUndelivered reason, guint code)
{
  ImEvent event = {
    .type = IM_EVENT_DELIVERY,
    .delivery = { pending->id, pending->to, pending->text, outcome, reason,
                  code },
  };

  oscar_session_emit (session, &event);
}

/* --- Sending ------------------------------------------------------------ */

/* ICQ users read plain text. */
static char *
wire_text (const OscarSession *session, const char *to, const ImText *text)
{
  if (session->settings.icq || oscar_name_is_uin (to))
    return markup_plain_print (text, "\r\n");
  return markup_html_print (text, MARKUP_AIM);
}

static gsize
wire_length (const char *utf8, GBytes *legacy)
{
  if (legacy != NULL)
    return g_bytes_get_size (legacy);
  if (oscar_text_choose_charset (utf8) == OSCAR_CHARSET_ASCII)
    return strlen (utf8);
  return (gsize) g_utf8_strlen (utf8, -1) * 2;
}

/* Servers that never acknowledge leave entries behind; they go when newer
 * ones come. */
static void
forget_old (OscarSession *session, gint64 now_ms)
{
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (session->pending) < IM_MAX_PENDING_REQUESTS)
    return;
  g_hash_table_iter_init (&iter, session->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Pending *pending = value;

      if (!pending->held &&
          now_ms - pending->sent_ms > IM_PENDING_REQUEST_SECONDS * 1000)
        g_hash_table_iter_remove (&iter);
    }
}

static Pending *
pending_new (OscarSession *session, const char *to, const ImText *text)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->id = ++session->last_message_id;
  pending->to = g_strdup (to);
  pending->text = im_text_copy (text);
  pending->sent_ms = session->host->ops->monotonic_ms (session->host);
  session->host->ops->random (session->host, &pending->cookie,
                              sizeof pending->cookie);
  return pending;
}

static guint32
transmit (OscarSession *session, const Pending *pending, const char *utf8,
          GBytes *legacy, OscarSendFlags flags)
{
  g_auto (ImWriter) body = { 0 };
  OscarIcbmMarks marks = flags & OSCAR_SEND_AUTO_REPLY
                             ? OSCAR_ICBM_AUTO_RESPONSE
                             : OSCAR_ICBM_WANTS_ACK | OSCAR_ICBM_STORE;
  gboolean icq = session->settings.icq || oscar_name_is_uin (pending->to);

  im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
  if (legacy != NULL)
    oscar_icq_encode_text (&body, pending->cookie, pending->to, legacy, marks);
  else
    oscar_icbm_encode_text (&body, pending->cookie, pending->to, utf8, icq,
                            marks);
  return oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_SEND,
                               &body, OSCAR_PRIORITY_USER);
}

static ImUndelivered
reason_not_to_send (const OscarSession *session)
{
  if (!oscar_session_is_online (session) || session->bos == NULL)
    return IM_UNDELIVERED_DISCONNECTED;
  if (oscar_conn_n_queued (session->bos) >= IM_MAX_QUEUED_MESSAGES)
    return IM_UNDELIVERED_TOO_FAST;
  return IM_UNDELIVERED_NONE;
}

guint
oscar_session_send_message (OscarSession *session, const char *to,
                            const ImText *text, OscarSendFlags flags)
{
  g_autofree char *utf8 = wire_text (session, to, text);
  g_autoptr (GBytes) legacy = oscar_icq_legacy_text (session, to, utf8);
  Pending *pending;
  ImUndelivered reason;
  guint id;

  if (wire_length (utf8, legacy) > MAX_TEXT_BYTES ||
      strlen (to) > IM_MAX_SCREEN_NAME)
    return 0;
  pending = pending_new (session, to, text);
  id = pending->id;
  reason = reason_not_to_send (session);
  if (reason != IM_UNDELIVERED_NONE)
    {
      report (session, pending, IM_DELIVERY_FAILED, reason, 0);
      pending_free (pending);
      return id;
    }
  forget_old (session, pending->sent_ms);
  pending->request = transmit (session, pending, utf8, legacy, flags);
  g_hash_table_insert (session->pending, GUINT_TO_POINTER (pending->request),
                       pending);
  if (oscar_conn_is_queued (session->bos, pending->request))
    {
      pending->held = TRUE;
      report (session, pending, IM_DELIVERY_HELD, IM_UNDELIVERED_NONE, 0);
    }
  return id;
}

void
oscar_messages_sent (OscarSession *session, guint32 request)
{
  Pending *pending =
      g_hash_table_lookup (session->pending, GUINT_TO_POINTER (request));

  if (pending == NULL)
    return;
  pending->held = FALSE;
  pending->sent_ms = session->host->ops->monotonic_ms (session->host);
  report (session, pending, IM_DELIVERY_SENT, IM_UNDELIVERED_NONE, 0);
}

static gboolean
has_cookie (gpointer key, gpointer value, gpointer cookie)
{
  return ((Pending *) value)->cookie == *(guint64 *) cookie;
}

static void
finish (OscarSession *session, Pending *pending, ImDelivery outcome,
        ImUndelivered reason, guint code)
{
  gpointer stolen = NULL;

  g_hash_table_steal_extended (session->pending,
                               GUINT_TO_POINTER (pending->request), NULL,
                               &stolen);
  report (session, pending, outcome, reason, code);
  pending_free (pending);
}

void
oscar_messages_host_ack (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbmAck ack;
  Pending *pending;

  if (!oscar_icbm_decode_ack (&reader, &ack, NULL))
    return;
  pending = g_hash_table_find (session->pending, has_cookie, &ack.cookie);
  if (pending != NULL)
    finish (session, pending, IM_DELIVERY_ACCEPTED, IM_UNDELIVERED_NONE, 0);
}

static ImUndelivered
undelivered (const OscarSnacError *error)
{
  switch (error->code)
    {
    case OSCAR_ERROR_NOT_LOGGED_ON:
      if (error->subcode == 0x0f)
        return IM_UNDELIVERED_MAILBOX_FULL;
      if (error->subcode == 0x0e)
        return IM_UNDELIVERED_REFUSES_OFFLINE;
      return IM_UNDELIVERED_OFFLINE;
    case OSCAR_ERROR_IN_LOCAL_DENY:
      return IM_UNDELIVERED_YOU_BLOCK;
    case OSCAR_ERROR_RATE_TO_HOST:
    case OSCAR_ERROR_RATE_TO_CLIENT:
      return IM_UNDELIVERED_TOO_FAST;
    case OSCAR_ERROR_NOT_SUPPORTED_BY_CLIENT:
    case OSCAR_ERROR_REFUSED_BY_CLIENT:
      return IM_UNDELIVERED_NOT_ACCEPTED;
    case OSCAR_ERROR_REPLY_TOO_BIG:
    case OSCAR_ERROR_BUSTED_PAYLOAD:
      return IM_UNDELIVERED_TOO_LONG;
    case OSCAR_ERROR_TOO_EVIL_SENDER:
      return IM_UNDELIVERED_YOU_WARNED;
    case OSCAR_ERROR_TOO_EVIL_RECEIVER:
      return IM_UNDELIVERED_THEY_WARNED;
    default:
      return IM_UNDELIVERED_SERVER;
    }
}

gboolean
oscar_messages_error (OscarSession *session, guint32 request,
                      const OscarSnacError *error)
{
  Pending *pending =
      g_hash_table_lookup (session->pending, GUINT_TO_POINTER (request));

  if (pending == NULL)
    return FALSE;
  finish (session, pending, IM_DELIVERY_FAILED, undelivered (error),
          error->code);
  return TRUE;
}

static int
by_id (gconstpointer a, gconstpointer b)
{
  guint left = ((const Pending *) a)->id, right = ((const Pending *) b)->id;

  return left < right ? -1 : left > right;
}

/* What waits for the rate limit was certainly not sent; of the rest nobody
 * knows, unless this server never acknowledges anything. */
void
oscar_messages_abandon (OscarSession *session)
{
  g_autoptr (GList) all =
      g_list_sort (g_hash_table_get_values (session->pending), by_id);

  for (GList *l = all; l != NULL; l = l->next)
    {
      Pending *pending = l->data;
      gint64 age = session->host->ops->monotonic_ms (session->host) -
                   pending->sent_ms;

      if (pending->held)
        report (session, pending, IM_DELIVERY_FAILED,
                IM_UNDELIVERED_DISCONNECTED, 0);
      else if (age < IM_PENDING_REQUEST_SECONDS * 1000)
        report (session, pending, IM_DELIVERY_UNKNOWN,
                IM_UNDELIVERED_DISCONNECTED, 0);
    }
  g_hash_table_remove_all (session->pending);
}

void
oscar_session_send_typing (OscarSession *session, const char *to,
                           ImTyping state)
{
  static const OscarTypingEvent events[] = {
    [IM_TYPING_STOPPED] = OSCAR_TYPING_FINISHED,
    [IM_TYPING_TYPING] = OSCAR_TYPING_BEGUN,
    [IM_TYPING_PAUSED] = OSCAR_TYPING_TYPED,
  };
  g_auto (ImWriter) body = { 0 };

  if (!oscar_session_is_online (session) || session->bos == NULL)
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_typing (&body, to, events[state]);
  oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_TYPING, &body,
                        OSCAR_PRIORITY_USER);
}

/* --- Receiving ---------------------------------------------------------- */

ImText *
oscar_text_parse (const OscarSession *session, const char *from,
                  const char *utf8)
{
  if (oscar_name_is_uin (from) && !markup_looks_html (utf8))
    return im_text_new_plain (utf8);
  return markup_html_parse (utf8, -1, MARKUP_AIM);
}

void
oscar_messages_report (OscarSession *session, const OscarIcbm *icbm,
                       ImText *text, ImMessageFlags flags)
{
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  event.message.flags = flags;
  event.message.from = icbm->user.name.text;
  event.message.text = text;
  if (icbm->marks & OSCAR_ICBM_AUTO_RESPONSE)
    event.message.flags |= IM_MESSAGE_AUTO_REPLY;
  if (icbm->marks & OSCAR_ICBM_HAS_TIME)
    {
      event.message.flags |= IM_MESSAGE_OFFLINE;
      event.message.time = icbm->time;
      if (oscar_icq_is_repeated (session, icbm, im_text_plain (text)))
        return;
    }
  if (im_text_truncate (text, IM_MAX_MESSAGE_TEXT))
    event.message.flags |= IM_MESSAGE_TRUNCATED;
  oscar_session_emit (session, &event);
}

static void
handle_text (OscarSession *session, const OscarIcbm *icbm)
{
  g_autofree char *utf8 = NULL;
  g_autoptr (ImText) text = NULL;
  g_autoptr (GError) error = NULL;

  if (!oscar_icbm_dup_text (&icbm->fragments,
                            oscar_icq_charset (session, icbm->user.name.text),
                            &utf8, &error))
    {
      im_host_debug (session->host, "oscar: unreadable message from %s: %s",
                     icbm->user.name.text, error->message);
      return;
    }
  text = oscar_text_parse (session, icbm->user.name.text, utf8);
  if (im_text_length (text) > 0)
    oscar_messages_report (session, icbm, text, 0);
}

/* An offer waits for an answer; "cannot" is one. */
static void
decline (OscarSession *session, const OscarIcbm *icbm)
{
  g_auto (ImWriter) body = { 0 };
  OscarIcbmClientError answer = {
    .cookie = icbm->cookie,
    .channel = icbm->channel,
    .who = icbm->user.name,
    .reason = OSCAR_CLIENT_ERROR_UNSUPPORTED,
  };
  ImReader data = icbm->data;
  guint16 kind;

  /* Only a proposal is one; cancelling needs no answer. */
  if (icbm->channel == OSCAR_CHANNEL_RENDEZVOUS &&
      (!im_reader_u16 (&data, &kind, NULL) || kind != 0))
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_client_error (&body, &answer);
  oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_CLIENT_ERROR,
                        &body, OSCAR_PRIORITY_BACKGROUND);
  oscar_session_notice (session, IM_NOTICE_DECLINED, icbm->user.name.text,
                        NULL);
}

void
oscar_messages_incoming (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbm icbm;
  g_autoptr (GError) error = NULL;

  if (!oscar_icbm_decode_incoming (&reader, &icbm, &error))
    {
      im_host_debug (session->host, "oscar: unreadable 04/07: %s",
                     error->message);
      return;
    }
  /* A message of nobody cannot be shown anywhere. */
  if (!oscar_name_is_usable (icbm.user.name.text))
    return;
  if (oscar_session_is_ignored (session, icbm.user.name.text))
    return;
  oscar_icq_seen (session, &icbm.user);
  if (icbm.channel == OSCAR_CHANNEL_TEXT)
    handle_text (session, &icbm);
  else if (oscar_icq_incoming (session, &icbm))
    return;
  else if (session->bos != NULL &&
           (icbm.channel != OSCAR_CHANNEL_RENDEZVOUS ||
            !oscar_rooms_invited (session, &icbm)))
    decline (session, &icbm);
}

void
oscar_messages_typing (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbmTyping typing;
  ImEvent event = { .type = IM_EVENT_TYPING };

  if (!oscar_icbm_decode_typing (&reader, &typing, NULL) ||
      !oscar_name_is_usable (typing.who.text) ||
      oscar_session_is_ignored (session, typing.who.text))
    return;
  event.typing.from = typing.who.text;
  event.typing.state = typing.event == OSCAR_TYPING_BEGUN ? IM_TYPING_TYPING
                       : typing.event == OSCAR_TYPING_TYPED
                           ? IM_TYPING_PAUSED
                           : IM_TYPING_STOPPED;
  oscar_session_emit (session, &event);
}

void
oscar_messages_missed (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbmMissed missed;

  while (oscar_icbm_next_missed (&reader, &missed, NULL))
    {
      ImEvent event = { .type = IM_EVENT_NOTICE };

      if (!oscar_name_is_usable (missed.from.name.text))
        continue;
      event.notice.kind = IM_NOTICE_MISSED;
      event.notice.who = missed.from.name.text;
      event.notice.count = missed.count;
      oscar_session_emit (session, &event);
    }
}
