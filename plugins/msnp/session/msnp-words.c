/* What is said in conversations of two: text, typing, nudges, either way; and
 * the same by way of the notification server, for people of another network
 * (UUM, UBM). */

#include "msnp-talk.h"

#include <string.h>

#include "msnp-content.h"
#include "msnp-text.h"

/* Typing is told every few seconds, and believed for a little longer. */
#define TYPING_EVERY_MS 5000
#define TYPING_HOLDS_MS 7000

/* Nudges shake windows: not too often, either way. */
#define NUDGE_EVERY_MS 5000

/* --- What they say ------------------------------------------------------ */

/* They do not type any more. */
void
msnp_talk_stop_typing (MsnpTalk *talk)
{
  ImHost *host = talk->session->host;
  ImEvent event = { .type = IM_EVENT_TYPING };

  if (talk->typing == NULL)
    return;
  host->ops->timer_cancel (host, g_steal_pointer (&talk->typing));
  event.typing.from = talk->who;
  event.typing.state = IM_TYPING_STOPPED;
  msnp_session_emit (talk->session, &event);
}

static void
on_typing_over (gpointer user)
{
  MsnpTalk *talk = user;
  ImEvent event = { .type = IM_EVENT_TYPING };

  talk->typing = NULL;
  event.typing.from = talk->who;
  event.typing.state = IM_TYPING_STOPPED;
  msnp_session_emit (talk->session, &event);
}

static void
report_text (MsnpTalk *talk, const char *from, gboolean own, const ImText *text)
{
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  talk->unwanted = FALSE;
  if (!own)
    msnp_talk_stop_typing (talk);
  event.message.from = own ? talk->who : from;
  event.message.text = text;
  event.message.flags = own ? IM_MESSAGE_OWN : 0;
  msnp_session_emit (talk->session, &event);
}

static void
report_typing (MsnpTalk *talk)
{
  ImHost *host = talk->session->host;
  ImEvent event = { .type = IM_EVENT_TYPING };
  gboolean known = talk->typing != NULL;

  host->ops->timer_cancel (host, g_steal_pointer (&talk->typing));
  talk->typing =
      host->ops->timer_add (host, TYPING_HOLDS_MS, on_typing_over, talk);
  if (known)
    return;
  event.typing.from = talk->who;
  event.typing.state = IM_TYPING_TYPING;
  msnp_session_emit (talk->session, &event);
}

static void
report_nudge (MsnpTalk *talk)
{
  ImEvent event = { .type = IM_EVENT_ATTENTION };
  gint64 now = msnp_talk_now (talk->session);

  if (talk->shaken_ms != 0 && now - talk->shaken_ms < NUDGE_EVERY_MS)
    return;
  talk->shaken_ms = now;
  event.attention.from = talk->who;
  msnp_session_emit (talk->session, &event);
}

void
msnp_talk_on_message (gpointer user, MsnpSwitchboard *board, const char *from,
            gboolean own, const MsnpMime *mime)
{
  MsnpTalk *talk = user;
  g_autoptr (ImText) text = NULL;

  if (!own && msnp_talks_is_blocked (talk->session, from))
    return;
  /* Of what we said elsewhere, only words are of interest. */
  if (own && !msnp_mime_is (mime, "text/plain"))
    return;
  switch (msnp_content_receive (talk->session, board, from, mime, &text))
    {
    case MSNP_CONTENT_TEXT:
      report_text (talk, from, own, text);
      break;
    case MSNP_CONTENT_TYPING:
      report_typing (talk);
      break;
    case MSNP_CONTENT_NUDGE:
      report_nudge (talk);
      break;
    case MSNP_CONTENT_NOTHING:
      break;
    }
}

/* --- By way of the notification server ---------------------------------- */

/* Contacts of another network have no switchboards. */
static gboolean
is_elsewhere (MsnpSession *session, const char *who)
{
  const MsnpPerson *person = msnp_people_find (session->people, who);

  return session->version >= 14 && person != NULL &&
         person->network == MSNP_NETWORK_YAHOO;
}

/* Only failures are answered. */
static gboolean
on_relay_failed (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  MsnpOutgoing *out = data;

  if (command != NULL && command->error_code != 0)
    msnp_outgoing_report (session, out, IM_DELIVERY_FAILED,
                          msnp_talks_reason (command->error_code),
                          command->error_code);
  return FALSE;
}

static void
relay (MsnpSession *session, MsnpOutgoing *out)
{
  ImWriter *writer = msnp_conn_writer (session->ns);
  guint32 id = msnp_conn_next_id (session->ns);
  g_autofree char *body = NULL;
  g_autofree char *headers = msnp_text_encode (out->text, &body);
  g_autofree char *payload = g_strconcat (headers, "\r\n", body, NULL);

  msnp_open (writer, "UUM", id);
  msnp_add (writer, out->to);
  msnp_add_number (writer, MSNP_NETWORK_YAHOO);
  msnp_add_number (writer, 1);
  msnp_close_payload (writer, payload, strlen (payload));
  msnp_conn_expect (session->ns, id, on_relay_failed, out,
                    (GDestroyNotify)msnp_outgoing_free);
  msnp_conn_flush (session->ns);
}

/* "UBM from network to network type length": 1 text, 2 typing, 3 a nudge. */
void
msnp_talks_handle_relayed (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpHandle) handle = { NULL };
  g_auto (MsnpMime) mime = { NULL };
  ImWord type = msnp_command_param (command, 4);
  g_autoptr (ImText) text = NULL;
  MsnpTalk *talk;

  if (!msnp_handle_decode (msnp_command_param (command, 0), &handle, NULL) ||
      msnp_talks_is_blocked (session, handle.address) ||
      !msnp_mime_decode (&command->payload, &mime, NULL))
    return;
  talk = msnp_talk_ensure (session, handle.address);
  if (im_word_is (type, "2"))
    report_typing (talk);
  else if (im_word_is (type, "3"))
    report_nudge (talk);
  else if (im_word_is (type, "1") && msnp_mime_is (&mime, "text/plain"))
    {
      text = msnp_text_decode (&mime);
      if (im_text_length (text) > 0)
        report_text (talk, handle.address, FALSE, text);
    }
}

/* --- What the user wants ------------------------------------------------ */

static ImUndelivered
reason_not_to_send (MsnpSession *session, const char *who)
{
  const MsnpTalk *talk = g_hash_table_lookup (session->talks->talks, who);

  if (!msnp_session_is_online (session) || session->ns == NULL)
    return IM_UNDELIVERED_DISCONNECTED;
  if (msnp_talks_is_blocked (session, who))
    return IM_UNDELIVERED_YOU_BLOCK;
  if (talk != NULL && talk->queue.length >= IM_MAX_QUEUED_MESSAGES)
    return IM_UNDELIVERED_TOO_FAST;
  return IM_UNDELIVERED_NONE;
}

guint
msnp_session_send_message (MsnpSession *session, const char *to,
                           const ImText *text)
{
  g_autofree char *who = msnp_address_normalize (to);
  ImUndelivered reason;
  MsnpOutgoing *out;
  MsnpTalk *talk;
  guint id;

  if (!msnp_outgoing_fits (text) || strlen (who) > IM_MAX_MSNP_HANDLE)
    return 0;
  out = msnp_outgoing_new (session, who, 0, text);
  id = out->id;
  reason = reason_not_to_send (session, who);
  if (reason != IM_UNDELIVERED_NONE)
    {
      msnp_outgoing_fail (session, out, reason, 0);
      return id;
    }
  if (is_elsewhere (session, who))
    {
      relay (session, out);
      return id;
    }
  talk = msnp_talk_ensure (session, who);
  talk->unwanted = FALSE;
  g_queue_push_tail (&talk->queue, out);
  msnp_talk_work (talk);
  return id;
}

void
msnp_session_send_typing (MsnpSession *session, const char *to, ImTyping state)
{
  g_autofree char *who = msnp_address_normalize (to);
  MsnpTalk *talk = g_hash_table_lookup (session->talks->talks, who);
  MsnpSwitchboard *board = talk != NULL ? msnp_talk_board (talk) : NULL;
  g_auto (ImWriter) payload = { 0 };
  gint64 now = msnp_talk_now (session);

  /* There are no words for having stopped. */
  if (board == NULL || state != IM_TYPING_TYPING ||
      (talk->typed_ms != 0 && now - talk->typed_ms < TYPING_EVERY_MS))
    return;
  talk->typed_ms = now;
  im_writer_init (&payload, MSNP_MAX_PAYLOAD);
  msnp_mime_encode_typing (&payload, session->settings.address);
  msnp_switchboard_send (board, MSNP_CONFIRM_NEVER, payload.bytes->data,
                         payload.bytes->len);
}

gboolean
msnp_session_send_nudge (MsnpSession *session, const char *to)
{
  g_autofree char *who = msnp_address_normalize (to);
  gint64 now = msnp_talk_now (session);
  MsnpTalk *talk;

  if (reason_not_to_send (session, who) != IM_UNDELIVERED_NONE ||
      is_elsewhere (session, who))
    return FALSE;
  talk = msnp_talk_ensure (session, who);
  if ((talk->nudged_ms != 0 && now - talk->nudged_ms < NUDGE_EVERY_MS) ||
      (msnp_talk_board (talk) == NULL && msnp_talk_is_known_offline (talk)))
    return FALSE;
  talk->nudged_ms = now;
  talk->unwanted = FALSE;
  g_queue_push_tail (&talk->queue, msnp_outgoing_new (session, who, 0, NULL));
  msnp_talk_work (talk);
  return TRUE;
}
