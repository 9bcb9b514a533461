/* Messages of ours on channel 1, and what becomes of them.
 *
 * oscar_session_send_message () -> 04/06 with TLV 0x0003, kept in `pending`
 * until 04/0C (accepted), 04/01 (failed), or the end of the link (unknown).
 *
 * A server that is sent too much drops messages without a word. The limiter
 * of oscar-rate.c keeps that from happening, but cannot know everything: a
 * link that stalled delivers all at once, and Open OSCAR Server counts what
 * other sessions of the account send, too. So, when a server that otherwise
 * acknowledges owes an answer for long, or says that it is dropping:
 *
 *   oscar_outbox_doubt ()     -> 01/06, a question it answers in its turn
 *   oscar_outbox_answered ()  <- 01/07: if it counts so low that it drops,
 *     take_back ()               what has no answer by now waits to be sent
 *                                again, first of all */

#include "oscar-session-private.h"

#include <string.h>

#include "markup-html.h"
#include "oscar-icbm.h"
#include "oscar-icq-private.h"

/* Bytes of text in one message: what every client of the AIM era could
 * read. */
#define MAX_TEXT_BYTES 7000

/* After so long without an answer a message is asked about ... */
#define ANSWER_SECONDS 10
/* ... this often. */
#define MAX_DOUBTS 3

/* A message of ours without an answer yet. */
typedef struct
{
  guint id;
  guint32 request;
  guint64 cookie;
  char *to;
  ImText *text;
  OscarSendFlags flags;
  gint64 sent_ms;
  gboolean held;    /* the host was told that it waits */
  gboolean left;    /* at least once */
  gboolean doubted; /* before the question under way */
  guint doubts;
} Pending;

struct _OscarOutbox
{
  guint last_id;
  GHashTable *pending;   /* guint32 request id => owned Pending */
  gboolean acknowledges; /* the server does */
  guint32 question;      /* 01/06 under way, or 0 */
  ImTimer *timer;        /* until something is worth a question */
};

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_free (pending->to);
  im_text_free (pending->text);
  g_free (pending);
}

void
oscar_outbox_init (OscarSession *session)
{
  session->outbox = g_new0 (OscarOutbox, 1);
  session->outbox->pending =
      g_hash_table_new_full (NULL, NULL, NULL, pending_free);
}

void
oscar_outbox_clear (OscarSession *session)
{
  g_hash_table_unref (session->outbox->pending);
  g_free (session->outbox);
}

void
oscar_outbox_stop (OscarSession *session)
{
  session->outbox->question = 0;
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&session->outbox->timer));
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

/* --- What is sent ------------------------------------------------------- */

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

  if (g_hash_table_size (session->outbox->pending) < IM_MAX_PENDING_REQUESTS)
    return;
  g_hash_table_iter_init (&iter, session->outbox->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Pending *pending = value;

      if (!pending->held &&
          now_ms - pending->sent_ms > IM_PENDING_REQUEST_SECONDS * 1000)
        g_hash_table_iter_remove (&iter);
    }
}

static Pending *
pending_new (OscarSession *session, const char *to, const ImText *text,
             OscarSendFlags flags)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->id = ++session->outbox->last_id;
  pending->to = g_strdup (to);
  pending->text = im_text_copy (text);
  pending->flags = flags;
  pending->sent_ms = session->host->ops->monotonic_ms (session->host);
  session->host->ops->random (session->host, &pending->cookie,
                              sizeof pending->cookie);
  return pending;
}

/* Older clients say that they write only to who asked for it. AOL's servers
 * ask in our name; Open OSCAR Server does so for accounts that say so on their
 * list, and passes on what a message itself asks for. */
static void
encode (OscarSession *session, const Pending *pending, const char *utf8,
        GBytes *legacy, ImWriter *ret)
{
  OscarIcbmMarks marks = pending->flags & OSCAR_SEND_AUTO_REPLY
                             ? OSCAR_ICBM_AUTO_RESPONSE
                             : OSCAR_ICBM_WANTS_ACK | OSCAR_ICBM_STORE |
                                   OSCAR_ICBM_WANTS_TYPING;
  gboolean icq = session->settings.icq || oscar_name_is_uin (pending->to);

  im_writer_init (ret, IM_MAX_FLAP_PAYLOAD);
  if (legacy != NULL)
    oscar_icq_encode_text (ret, pending->cookie, pending->to, legacy, marks);
  else
    oscar_icbm_encode_text (ret, pending->cookie, pending->to, utf8, icq,
                            marks);
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

/* --- Sending ------------------------------------------------------------ */

static void expect_answer (OscarSession *session);

static void
has_left (OscarSession *session, Pending *pending)
{
  pending->held = FALSE;
  pending->left = TRUE;
  pending->sent_ms = session->host->ops->monotonic_ms (session->host);
  expect_answer (session);
}

static void
keep (OscarSession *session, Pending *pending, guint32 request)
{
  pending->request = request;
  pending->held = oscar_conn_is_queued (session->bos, request);
  g_hash_table_insert (session->outbox->pending, GUINT_TO_POINTER (request),
                       pending);
  if (pending->held)
    report (session, pending, IM_DELIVERY_HELD, IM_UNDELIVERED_NONE, 0);
  else
    has_left (session, pending);
}

guint
oscar_session_send_message (OscarSession *session, const char *to,
                            const ImText *text, OscarSendFlags flags)
{
  g_autofree char *utf8 = wire_text (session, to, text);
  g_autoptr (GBytes) legacy = oscar_icq_legacy_text (session, to, utf8);
  g_auto (ImWriter) body = { 0 };
  Pending *pending;
  ImUndelivered reason;
  guint id;

  if (wire_length (utf8, legacy) > MAX_TEXT_BYTES ||
      strlen (to) > IM_MAX_SCREEN_NAME)
    return 0;
  pending = pending_new (session, to, text, flags);
  id = pending->id;
  reason = reason_not_to_send (session);
  if (reason != IM_UNDELIVERED_NONE)
    {
      report (session, pending, IM_DELIVERY_FAILED, reason, 0);
      pending_free (pending);
      return id;
    }
  forget_old (session, pending->sent_ms);
  encode (session, pending, utf8, legacy, &body);
  keep (session, pending,
        oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_SEND,
                              &body, OSCAR_PRIORITY_USER));
  return id;
}

void
oscar_outbox_sent (OscarSession *session, guint32 request)
{
  Pending *pending = g_hash_table_lookup (session->outbox->pending,
                                          GUINT_TO_POINTER (request));

  if (pending == NULL)
    return;
  has_left (session, pending);
  report (session, pending, IM_DELIVERY_SENT, IM_UNDELIVERED_NONE, 0);
}

static int
by_id (gconstpointer a, gconstpointer b)
{
  guint left = ((const Pending *) a)->id, right = ((const Pending *) b)->id;

  return left < right ? -1 : left > right;
}

/* All without an answer, as they were said. */
static GList *
in_order (OscarSession *session)
{
  return g_list_sort (g_hash_table_get_values (session->outbox->pending),
                      by_id);
}

/* --- Answers ------------------------------------------------------------ */

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

  g_hash_table_steal_extended (session->outbox->pending,
                               GUINT_TO_POINTER (pending->request), NULL,
                               &stolen);
  if (pending->held)
    oscar_conn_unsend (session->bos, pending->request);
  report (session, pending, outcome, reason, code);
  pending_free (pending);
}

void
oscar_outbox_host_ack (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbmAck ack;
  Pending *pending;

  if (!oscar_icbm_decode_ack (&reader, &ack, NULL))
    return;
  session->outbox->acknowledges = TRUE;
  pending = g_hash_table_find (session->outbox->pending, has_cookie,
                               &ack.cookie);
  if (pending != NULL)
    finish (session, pending, IM_DELIVERY_ACCEPTED, IM_UNDELIVERED_NONE, 0);
  expect_answer (session);
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
oscar_outbox_error (OscarSession *session, guint32 request,
                      const OscarSnacError *error)
{
  Pending *pending = g_hash_table_lookup (session->outbox->pending,
                                          GUINT_TO_POINTER (request));

  if (pending == NULL)
    return FALSE;
  finish (session, pending, IM_DELIVERY_FAILED, undelivered (error),
          error->code);
  return TRUE;
}

/* --- What was dropped --------------------------------------------------- */

/* Automatic replies want no answer. */
static gboolean
is_owed_an_answer (const Pending *pending)
{
  return !pending->held && !(pending->flags & OSCAR_SEND_AUTO_REPLY) &&
         pending->doubts < MAX_DOUBTS;
}

static gint64
age_of (const OscarSession *session, const Pending *pending)
{
  return session->host->ops->monotonic_ms (session->host) - pending->sent_ms;
}

static void
on_timer (gpointer user)
{
  OscarSession *session = user;
  GHashTableIter iter;
  gpointer value;
  gboolean late = FALSE;

  session->outbox->timer = NULL;
  g_hash_table_iter_init (&iter, session->outbox->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    late |= is_owed_an_answer (value) &&
            age_of (session, value) >= ANSWER_SECONDS * 1000;
  if (late)
    oscar_outbox_doubt (session);
  expect_answer (session);
}

/* Looks again when the oldest message has waited long enough. */
static void
expect_answer (OscarSession *session)
{
  OscarOutbox *outbox = session->outbox;
  GHashTableIter iter;
  gpointer value;
  gint64 oldest = -1;

  if (outbox->timer != NULL || !outbox->acknowledges || session->bos == NULL)
    return;
  g_hash_table_iter_init (&iter, outbox->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_owed_an_answer (value))
      oldest = MAX (oldest, age_of (session, value));
  if (oldest >= 0)
    outbox->timer = session->host->ops->timer_add (
        session->host,
        (guint) CLAMP (ANSWER_SECONDS * 1000 - oldest, 1000,
                       ANSWER_SECONDS * 1000),
        on_timer, session);
}

void
oscar_outbox_doubt (OscarSession *session)
{
  GHashTableIter iter;
  gpointer value;
  gboolean any = FALSE;

  if (!session->outbox->acknowledges || session->bos == NULL)
    return;
  g_hash_table_iter_init (&iter, session->outbox->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Pending *pending = value;

      pending->doubted = is_owed_an_answer (pending);
      pending->doubts += pending->doubted;
      any |= pending->doubted;
    }
  if (any)
    session->outbox->question =
        oscar_bos_send (session, OSCAR_FG_OSERVICE,
                        OSCAR_OSERVICE_RATE_QUERY, NULL);
}

static void
take_back (OscarSession *session, Pending *pending)
{
  g_autofree char *utf8 = wire_text (session, pending->to, pending->text);
  g_autoptr (GBytes) legacy =
      oscar_icq_legacy_text (session, pending->to, utf8);
  g_auto (ImWriter) body = { 0 };

  im_host_debug (session->host, "oscar: message %u was dropped", pending->id);
  pending->doubted = FALSE;
  g_hash_table_steal (session->outbox->pending,
                      GUINT_TO_POINTER (pending->request));
  encode (session, pending, utf8, legacy, &body);
  keep (session, pending,
        oscar_conn_resend_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_SEND,
                                &body));
}

void
oscar_outbox_answered (OscarSession *session, guint32 request)
{
  g_autoptr (GList) all = NULL;

  if (session->outbox->question == 0 || session->outbox->question != request)
    return;
  session->outbox->question = 0;
  if (!oscar_conn_is_limited (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_SEND))
    return;
  all = in_order (session);
  for (GList *l = g_list_last (all); l != NULL && session->bos != NULL;
       l = l->prev)
    if (((Pending *) l->data)->doubted)
      take_back (session, l->data);
  expect_answer (session);
}

/* --- The end ------------------------------------------------------------ */

/* What waits for the rate limit and never left was certainly not sent; of the
 * rest nobody knows, unless this server never acknowledges anything. */
void
oscar_outbox_abandon (OscarSession *session)
{
  g_autoptr (GList) all = in_order (session);

  for (GList *l = all; l != NULL; l = l->next)
    {
      Pending *pending = l->data;
      gint64 age = session->host->ops->monotonic_ms (session->host) -
                   pending->sent_ms;

      if (pending->held && !pending->left)
        report (session, pending, IM_DELIVERY_FAILED,
                IM_UNDELIVERED_DISCONNECTED, 0);
      else if (pending->held || age < IM_PENDING_REQUEST_SECONDS * 1000)
        report (session, pending, IM_DELIVERY_UNKNOWN,
                IM_UNDELIVERED_DISCONNECTED, 0);
    }
  g_hash_table_remove_all (session->outbox->pending);
}
