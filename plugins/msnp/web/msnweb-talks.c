/* What people say to each other: texts, typing, nudges, both ways. */

#include "msnweb-talks.h"

#include <string.h>

#include "msnweb-outgoing.h"

/* Nudges: ours to one person, theirs that are passed on. */
#define NUDGE_EVERY_MS (10 * 1000)
#define SHAKEN_EVERY_MS (5 * 1000)

/* People whose nudges are counted. */
#define MAX_NUDGED 256

/* Seconds by which the server's clock may be ahead of ours. */
#define CLOCK_SECONDS (24 * 3600)

struct _MsnwebTalks
{
  guint last_id;
  GQueue held;        /* owned MsnwebOutgoing: for the next session */
  GHashTable *nudged; /* owned address => when, gint64 * */
  gint64 shaken_ms;   /* when somebody last nudged, or 0 */
  char last_number[24];
};

static gint64
now_ms (const MsnwebSession *session)
{
  /* 0 stands for never. */
  return session->host->ops->monotonic_ms (session->host) + 1;
}

MsnwebSender
msnweb_talks_sender (const MsnwebSession *session)
{
  MsnwebSender sender = {
    .own = session->own,
    .epid = session->settings.machine,
    .nick = msnweb_presence_nick (session),
  };

  return sender;
}

guint
msnweb_talks_new_id (MsnwebSession *session)
{
  return ++session->talks->last_id;
}

guint64
msnweb_talks_new_number (MsnwebSession *session)
{
  guint64 number = 0;

  do
    {
      session->host->ops->random (session->host, &number, sizeof number);
      number >>= 1;
    }
  while (number == 0);
  /* Histories have it once more. */
  if (session->own != NULL)
    msnweb_seen_add (session->seen, session->own, number, 0, 0);
  return number;
}

const char *
msnweb_talks_last_id (const MsnwebSession *session)
{
  MsnwebTalks *self = session->talks;
  guint64 newest = msnweb_seen_newest (session->seen);

  if (newest == 0)
    return NULL;
  g_snprintf (self->last_number, sizeof self->last_number,
              "%" G_GUINT64_FORMAT, newest);
  return self->last_number;
}

/* --- Sending ------------------------------------------------------------ */

void
msnweb_talks_hold (MsnwebSession *session, MsnwebOutgoing *outgoing)
{
  GQueue *held = &session->talks->held;

  if (session->state == MSNWEB_STATE_CLOSED ||
      held->length >= IM_MAX_QUEUED_MESSAGES)
    {
      msnweb_outgoing_give_up (session, outgoing);
      msnweb_outgoing_unref (outgoing);
    }
  else
    g_queue_push_tail (held, outgoing);
}

guint
msnweb_session_send_message (MsnwebSession *session, const char *to,
                             const ImText *text)
{
  g_autofree char *address = msnweb_address_normalize (to);

  if (!msnweb_outgoing_fits (text))
    return 0;
  return msnweb_outgoing_send (session, address, 0, text);
}

void
msnweb_session_send_typing (MsnwebSession *session, const char *to,
                            ImTyping state)
{
  g_autofree char *address = msnweb_address_normalize (to);
  MsnwebSender sender = msnweb_talks_sender (session);

  if (!msnweb_session_is_up (session) || msnweb_presence_is_hidden (session) ||
      state == IM_TYPING_PAUSED)
    return;
  msnweb_commands_send (session,
                        msnweb_message_encode_typing (
                            &sender, address, state == IM_TYPING_TYPING),
                        NULL, NULL, NULL);
}

static gboolean
may_nudge (MsnwebSession *session, const char *address)
{
  GHashTable *nudged = session->talks->nudged;
  const gint64 *last = g_hash_table_lookup (nudged, address);
  gint64 now = now_ms (session);

  if (last != NULL && now - *last < NUDGE_EVERY_MS)
    return FALSE;
  if (g_hash_table_size (nudged) >= MAX_NUDGED)
    g_hash_table_remove_all (nudged);
  g_hash_table_insert (nudged, g_strdup (address),
                       g_memdup2 (&now, sizeof now));
  return TRUE;
}

gboolean
msnweb_session_send_nudge (MsnwebSession *session, const char *to)
{
  g_autofree char *address = msnweb_address_normalize (to);
  MsnwebSender sender = msnweb_talks_sender (session);

  if (!msnweb_session_is_up (session) || !may_nudge (session, address))
    return FALSE;
  msnweb_commands_send (session,
                        msnweb_message_encode_nudge (
                            &sender, address,
                            msnweb_talks_new_number (session)),
                        NULL, NULL, NULL);
  return TRUE;
}

/* --- Receiving ---------------------------------------------------------- */

static void
show_text (MsnwebSession *session, const MsnwebMessage *message, gboolean own)
{
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  event.message.from = own ? message->to : message->from;
  event.message.text = message->text;
  if (own)
    event.message.flags |= IM_MESSAGE_OWN;
  if (message->offline)
    event.message.flags |= IM_MESSAGE_OFFLINE;
  if (message->kind == MSNWEB_MESSAGE_CONTACTS)
    event.message.flags |= IM_MESSAGE_CONTACTS;
  if (message->delayed)
    event.message.time = message->time;
  msnweb_session_emit (session, &event);
}

static void
show_typing (MsnwebSession *session, const MsnwebMessage *message)
{
  ImEvent event = { .type = IM_EVENT_TYPING };

  event.typing.from = message->from;
  event.typing.state = message->kind == MSNWEB_MESSAGE_TYPING
                           ? IM_TYPING_TYPING
                           : IM_TYPING_STOPPED;
  msnweb_session_emit (session, &event);
}

static void
show_nudge (MsnwebSession *session, const MsnwebMessage *message)
{
  MsnwebTalks *self = session->talks;
  ImEvent event = { .type = IM_EVENT_ATTENTION };
  gint64 now = now_ms (session);

  if (message->delayed ||
      (self->shaken_ms != 0 && now - self->shaken_ms < SHAKEN_EVERY_MS))
    return;
  self->shaken_ms = now;
  event.attention.from = message->from;
  msnweb_session_emit (session, &event);
}

static void
show_theirs (MsnwebSession *session, const MsnwebMessage *message)
{
  switch (message->kind)
    {
    case MSNWEB_MESSAGE_TEXT:
    case MSNWEB_MESSAGE_CONTACTS:
      show_text (session, message, FALSE);
      break;
    case MSNWEB_MESSAGE_TYPING:
    case MSNWEB_MESSAGE_CLEAR_TYPING:
      show_typing (session, message);
      break;
    case MSNWEB_MESSAGE_NUDGE:
      show_nudge (session, message);
      break;
    case MSNWEB_MESSAGE_WINK:
      msnweb_session_notice (session, IM_NOTICE_UNSHOWN, message->from,
                             "wink");
      break;
    case MSNWEB_MESSAGE_FILES:
      msnweb_session_notice (session, IM_NOTICE_DECLINED, message->from, NULL);
      break;
    case MSNWEB_MESSAGE_CALL:
      msnweb_session_notice (session, IM_NOTICE_CALLED, message->from, NULL);
      break;
    case MSNWEB_MESSAGE_LIST_CHANGED:
    case MSNWEB_MESSAGE_ACTIVITY:
    case MSNWEB_MESSAGE_OTHER:
      break;
    }
}

static gboolean
is_own (const MsnwebSession *session, const char *address)
{
  return session->own != NULL && msnweb_address_equal (address, session->own);
}

static gboolean
is_fresh (MsnwebSession *session, const MsnwebMessage *message)
{
  gint64 latest = session->host->ops->wall_s (session->host) + CLOCK_SECONDS;

  return msnweb_seen_add (session->seen, message->from, message->client_id,
                          message->message_id, (guint64) latest * 1000);
}

void
msnweb_talks_show (MsnwebSession *session, MsnwebMessage *message)
{
  gboolean own = is_own (session, message->from);

  if (!is_fresh (session, message) ||
      (own && msnweb_epid_equal (message->epid, session->settings.machine)))
    return;
  if (message->kind == MSNWEB_MESSAGE_TEXT)
    msnweb_history_note (session);
  if (message->kind == MSNWEB_MESSAGE_LIST_CHANGED)
    {
      if (own)
        msnweb_people_changed_elsewhere (session);
    }
  else if (message->thread != NULL)
    msnweb_chats_show (session, message);
  else if (!own)
    show_theirs (session, message);
  else if (message->kind == MSNWEB_MESSAGE_TEXT)
    show_text (session, message, TRUE);
}

/* It is acknowledged also if we cannot read it: else it comes again with each
 * session. */
void
msnweb_talks_handle (MsnwebSession *session, const MsnwebCommand *command)
{
  const char *ack_id = msnweb_message_ack_id (command);
  g_auto (MsnwebMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  if (ack_id != NULL)
    msnweb_commands_send (session, msnweb_request_ack (ack_id), NULL, NULL,
                          NULL);
  if (msnweb_message_decode (command,
                             session->host->ops->wall_s (session->host),
                             &message, &error))
    msnweb_talks_show (session, &message);
  else
    im_host_debug (session->host, "msnweb: %s", error->message);
}

/* --- Life --------------------------------------------------------------- */

/* What the user wrote meanwhile. */
static void
online (MsnwebSession *session)
{
  GQueue held = session->talks->held;
  MsnwebOutgoing *outgoing;

  g_queue_init (&session->talks->held);
  while ((outgoing = g_queue_pop_head (&held)) != NULL)
    {
      msnweb_outgoing_post (session, outgoing);
      msnweb_outgoing_unref (outgoing);
    }
}

static void
over (MsnwebSession *session)
{
  GQueue *held = &session->talks->held;
  MsnwebOutgoing *outgoing;

  while ((outgoing = g_queue_pop_head (held)) != NULL)
    {
      msnweb_outgoing_give_up (session, outgoing);
      msnweb_outgoing_unref (outgoing);
    }
}

static void
init (MsnwebSession *session, const MsnwebConfig *config)
{
  session->talks = g_new0 (MsnwebTalks, 1);
  g_queue_init (&session->talks->held);
  session->talks->nudged =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
clear (MsnwebSession *session)
{
  MsnwebTalks *self = session->talks;

  g_queue_clear_full (&self->held, (GDestroyNotify) msnweb_outgoing_unref);
  g_hash_table_unref (self->nudged);
  g_free (self);
}

const MsnwebPart msnweb_talks_part = {
  .init = init,
  .clear = clear,
  .online = online,
  .over = over,
};
