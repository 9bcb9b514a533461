/* Conversations of two.
 *
 *   msnp_session_send_message ()   queued
 *     work ()                      a switchboard with somebody in it: said
 *       call ()                    none: one is asked for, and them into it
 *     on_joined ()                 they came: work () again
 *     on_refused (), on_closed ()  they cannot be called: try_later (), as an
 *                                  offline message, or failed
 *   msnp_talks_handle_ring ()      somebody calls us
 *     on_message ()                what they say
 *   watch ()                       every few seconds, while there is anything:
 *                                  waits that are over, idle switchboards
 *
 * Two people who call each other at once have two switchboards: what is said
 * is taken from each, and goes to the newest. When a third comes into one,
 * msnp-chats.c takes it over. */

#include "msnp-talks.h"

#include <string.h>

#include "msnp-content.h"
#include "msnp-error.h"
#include "msnp-text.h"

/* Switchboards on which nobody says anything are left: the official clients'
 * five minutes. */
#define IDLE_MS (5 * 60 * 1000)

/* How often watch () looks. */
#define WATCH_MS 5000

/* How long somebody may take to come when called. */
#define COME_MS (30 * 1000)

/* Tries to open a switchboard, and the wait before the second; it doubles. */
#define MAX_TRIES 3
#define FIRST_WAIT_MS 2000

/* Typing is told every few seconds, and believed for a little longer. */
#define TYPING_EVERY_MS 5000
#define TYPING_HOLDS_MS 7000

/* Nudges shake windows: not too often, either way. */
#define NUDGE_EVERY_MS 5000

/* Switchboards that are being opened because we are called. */
#define MAX_RINGING 16

/* A conversation with one person. */
typedef struct
{
  MsnpSession *session;
  char *who;
  GPtrArray *boards;  /* owned MsnpSwitchboard, the newest last */
  GQueue queue;       /* owned MsnpOutgoing, not sent yet */
  guint tries;        /* in a row that failed */
  gint64 retry_ms;    /* no try before this */
  MsnpSwitchboard *calling; /* borrowed, nullable: where they were called */
  gint64 called_ms;   /* when */
  gint64 typed_ms;    /* when we last said that we type; 0: long ago */
  gint64 nudged_ms;   /* when we last nudged */
  gint64 shaken_ms;   /* when they last did */
  ImTimer *typing;    /* they type until then */
  gboolean unwanted;  /* the user closed it */
} Talk;

struct _MsnpTalks
{
  GHashTable *talks; /* who => owned Talk */
  GQueue sent;       /* owned MsnpOutgoing */
  guint last_id;
  ImTimer *watch;
};

static const MsnpSwitchboardHandlers board_handlers;

static gint64
now_ms (MsnpSession *session)
{
  /* 0 stands for never. */
  return session->host->ops->monotonic_ms (session->host) + 1;
}

static void
talk_free (gpointer data)
{
  Talk *talk = data;
  ImHost *host = talk->session->host;

  host->ops->timer_cancel (host, talk->typing);
  g_ptr_array_unref (talk->boards);
  g_queue_clear_full (&talk->queue, (GDestroyNotify)msnp_outgoing_free);
  g_free (talk->who);
  g_free (talk);
}

static Talk *
ensure_talk (MsnpSession *session, const char *who)
{
  Talk *talk = g_hash_table_lookup (session->talks->talks, who);

  if (talk != NULL)
    return talk;
  talk = g_new0 (Talk, 1);
  talk->session = session;
  talk->who = g_strdup (who);
  talk->boards = g_ptr_array_new_with_free_func (
      (GDestroyNotify)msnp_switchboard_close);
  g_queue_init (&talk->queue);
  g_hash_table_insert (session->talks->talks, talk->who, talk);
  return talk;
}

void
msnp_talks_init (MsnpSession *session)
{
  session->talks = g_new0 (MsnpTalks, 1);
  session->talks->talks =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, talk_free);
  g_queue_init (&session->talks->sent);
}

void
msnp_talks_clear (MsnpSession *session)
{
  MsnpTalks *talks = session->talks;

  if (talks == NULL)
    return;
  session->host->ops->timer_cancel (session->host, talks->watch);
  g_hash_table_unref (talks->talks);
  g_queue_clear_full (&talks->sent, (GDestroyNotify)msnp_outgoing_free);
  g_free (talks);
  session->talks = NULL;
}

guint
msnp_talks_next_id (MsnpSession *session)
{
  /* 0 is none. */
  if (++session->talks->last_id == 0)
    session->talks->last_id = 1;
  return session->talks->last_id;
}

GQueue *
msnp_talks_sent (MsnpSession *session)
{
  return &session->talks->sent;
}

static guint
n_boards (MsnpSession *session)
{
  GHashTableIter iter;
  gpointer value;
  guint n = msnp_chats_n_boards (session);

  g_hash_table_iter_init (&iter, session->talks->talks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((Talk *)value)->boards->len;
  return n;
}

gboolean
msnp_talks_may_open (MsnpSession *session)
{
  return n_boards (session) < IM_MAX_MSNP_SWITCHBOARDS;
}

/* --- Which switchboard -------------------------------------------------- */

static MsnpSwitchboard *
newest_board (const Talk *talk)
{
  return talk->boards->len > 0 ? talk->boards->pdata[talk->boards->len - 1]
                               : NULL;
}

/* The newest one in which they are. */
static MsnpSwitchboard *
peopled_board (const Talk *talk)
{
  for (guint i = talk->boards->len; i > 0; i--)
    {
      MsnpSwitchboard *board = talk->boards->pdata[i - 1];

      if (msnp_switchboard_is_ready (board) &&
          msnp_switchboard_has (board, talk->who))
        return board;
    }
  return NULL;
}

/* Takes a switchboard out of a conversation without closing it. */
static void
release_board (Talk *talk, MsnpSwitchboard *board)
{
  guint index;

  if (board == talk->calling)
    talk->calling = NULL;
  if (g_ptr_array_find (talk->boards, board, &index))
    g_ptr_array_steal_index (talk->boards, index);
}

/* What was said there and not confirmed, they may have or not. */
static void
close_board (Talk *talk, MsnpSwitchboard *board)
{
  release_board (talk, board);
  msnp_outgoing_lost (talk->session, board);
  msnp_switchboard_close (board);
}

/* --- What becomes of messages ------------------------------------------- */

ImUndelivered
msnp_talks_reason (guint code)
{
  return code == 0 ? IM_UNDELIVERED_DISCONNECTED
                   : msnp_error_find (code)->undelivered;
}

gboolean
msnp_talks_is_rate (guint code)
{
  return msnp_talks_reason (code) == IM_UNDELIVERED_TOO_FAST;
}

gboolean
msnp_talks_may_retry (guint code)
{
  /* Nothing was said, the link failed, the server is busy; a cookie that was
   * too old. */
  return code == 0 || msnp_talks_is_rate (code) || code == 280 ||
         code == 281 || code == 500 || (code >= 600 && code < 700) ||
         code == 910 || code == 911 || code == 912 ||
         (code >= 918 && code <= 922);
}

/* Reports may cause anything, so the queue is taken off first. */
static void
fail_queue (Talk *talk, ImUndelivered reason, guint code)
{
  MsnpSession *session = talk->session;
  GQueue queue = talk->queue;
  MsnpOutgoing *out;

  g_queue_init (&talk->queue);
  while ((out = g_queue_pop_head (&queue)) != NULL)
    msnp_outgoing_fail (session, out, reason, code);
}

static gboolean
has_offline_messages (const MsnpSession *session)
{
  return session->version >= 11 && session->settings.oim_store != NULL;
}

static void
store_queue (Talk *talk)
{
  MsnpSession *session = talk->session;
  GQueue queue = talk->queue;
  MsnpOutgoing *out;

  g_queue_init (&talk->queue);
  while ((out = g_queue_pop_head (&queue)) != NULL)
    {
      /* Nobody notices a nudge that waits. */
      if (out->text != NULL)
        msnp_oim_send (session, out->id, out->to, out->text);
      msnp_outgoing_free (out);
    }
}

/* They cannot be called: the server keeps what is for them, if it does
 * that. */
static void
give_up (Talk *talk, guint code)
{
  ImUndelivered reason = msnp_talks_reason (code);

  talk->tries = 0;
  talk->retry_ms = 0;
  if (has_offline_messages (talk->session) &&
      (reason == IM_UNDELIVERED_OFFLINE || msnp_talks_may_retry (code)))
    store_queue (talk);
  else
    fail_queue (talk, reason, code);
}

static void
hold_queue (Talk *talk)
{
  g_autoptr (GList) all = g_list_copy (talk->queue.head);
  MsnpSession *session = talk->session;

  for (GList *l = all; l != NULL; l = l->next)
    if (g_queue_find (&talk->queue, l->data) != NULL)
      msnp_outgoing_hold (session, l->data);
}

static void
try_later (Talk *talk, guint code)
{
  if (g_queue_is_empty (&talk->queue))
    return;
  if (!msnp_talks_may_retry (code) || ++talk->tries >= MAX_TRIES)
    {
      give_up (talk, code);
      return;
    }
  talk->retry_ms =
      now_ms (talk->session) + (FIRST_WAIT_MS << (talk->tries - 1));
  msnp_talks_keep_watch (talk->session);
  if (msnp_talks_is_rate (code))
    hold_queue (talk);
}

/* --- Calling ------------------------------------------------------------ */

static void
call (Talk *talk)
{
  MsnpSession *session = talk->session;
  MsnpSwitchboard *board;

  if (!msnp_talks_may_open (session))
    {
      fail_queue (talk, IM_UNDELIVERED_TOO_FAST, 0);
      return;
    }
  board = msnp_switchboard_call (session, &board_handlers, talk);
  msnp_switchboard_invite (board, talk->who);
  g_ptr_array_add (talk->boards, board);
  talk->calling = board;
  talk->called_ms = now_ms (session);
  msnp_talks_keep_watch (session);
}

static void
say_queue (Talk *talk, MsnpSwitchboard *board)
{
  MsnpSession *session = talk->session;
  GQueue queue = talk->queue;
  MsnpOutgoing *out;

  g_queue_init (&talk->queue);
  talk->tries = 0;
  talk->typed_ms = 0;
  while ((out = g_queue_pop_head (&queue)) != NULL)
    {
      /* Reports may cause anything. */
      if (!msnp_switchboard_is_ready (board) ||
          !msnp_switchboard_has (board, talk->who))
        g_queue_push_tail (&talk->queue, out);
      else
        msnp_outgoing_post (session, board, out);
    }
}

/* Whether the list says that calling is useless. */
static gboolean
is_known_offline (const Talk *talk)
{
  const MsnpPerson *person =
      msnp_people_find (talk->session->people, talk->who);

  return person != NULL && (person->lists & MSNP_LIST_FORWARD) != 0 &&
         person->status == MSNP_STATUS_OFFLINE;
}

/* Does what can be done for what waits. */
static void
work (Talk *talk)
{
  MsnpSwitchboard *board = peopled_board (talk);

  if (g_queue_is_empty (&talk->queue))
    return;
  if (board != NULL)
    say_queue (talk, board);
  else if (talk->calling != NULL || now_ms (talk->session) < talk->retry_ms)
    return;
  /* Somebody who called us is on their way in. */
  else if (newest_board (talk) != NULL &&
           !msnp_switchboard_is_ready (newest_board (talk)))
    return;
  else if (is_known_offline (talk) && has_offline_messages (talk->session))
    store_queue (talk);
  else
    call (talk);
}

/* --- What happens on a switchboard -------------------------------------- */

/* Whoever called us has gone again, and somebody they called as well is
 * there. */
static void
move_board (Talk *talk, MsnpSwitchboard *board)
{
  Talk *other = ensure_talk (talk->session, msnp_switchboard_member (board, 0));

  release_board (talk, board);
  g_ptr_array_add (other->boards, board);
  msnp_switchboard_set_user (board, &board_handlers, other);
  work (other);
}

static void
on_ready (gpointer user, MsnpSwitchboard *board)
{
  Talk *talk = user;

  if (board != talk->calling && msnp_switchboard_n_members (board) == 0)
    close_board (talk, board);
  else if (board != talk->calling && !msnp_switchboard_has (board, talk->who))
    move_board (talk, board);
  work (talk);
}

static void
on_joined (gpointer user, MsnpSwitchboard *board, const char *who,
           gboolean present)
{
  Talk *talk = user;

  if (strcmp (who, talk->who) == 0 &&
      msnp_switchboard_n_members (board) == 1)
    {
      if (board == talk->calling)
        talk->calling = NULL;
      work (talk);
      return;
    }
  if (msnp_switchboard_n_members (board) < 2)
    return;
  /* What was said there is still confirmed there. */
  release_board (talk, board);
  msnp_chats_adopt (talk->session, board, who, present);
  work (talk);
}

/* They do not type any more. */
static void
stop_typing (Talk *talk)
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
  Talk *talk = user;
  ImEvent event = { .type = IM_EVENT_TYPING };

  talk->typing = NULL;
  event.typing.from = talk->who;
  event.typing.state = IM_TYPING_STOPPED;
  msnp_session_emit (talk->session, &event);
}

static void
on_left (gpointer user, MsnpSwitchboard *board, const char *who, gboolean idle)
{
  Talk *talk = user;

  if (msnp_switchboard_n_members (board) > 0)
    return;
  close_board (talk, board);
  stop_typing (talk);
  work (talk);
}

static void
on_refused (gpointer user, MsnpSwitchboard *board, const char *who, guint code)
{
  Talk *talk = user;

  /* They are there, or about to be. */
  if (code == 215 || msnp_switchboard_has (board, talk->who))
    return;
  close_board (talk, board);
  try_later (talk, code);
}

static void
on_confirmed (gpointer user, MsnpSwitchboard *board, guint32 id,
              gboolean passed_on)
{
  Talk *talk = user;

  msnp_outgoing_confirmed (talk->session, board, id, passed_on);
}

static void
on_closed (gpointer user, MsnpSwitchboard *board, guint code)
{
  Talk *talk = user;

  close_board (talk, board);
  if (talk->calling == NULL && peopled_board (talk) == NULL)
    try_later (talk, code);
}

/* --- What they say ------------------------------------------------------ */

static gboolean
is_blocked (const MsnpSession *session, const char *who)
{
  const MsnpPerson *person = msnp_people_find (session->people, who);

  return person != NULL && (person->lists & MSNP_LIST_BLOCK) != 0;
}

static void
report_text (Talk *talk, const char *from, gboolean own, const ImText *text)
{
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  talk->unwanted = FALSE;
  if (!own)
    stop_typing (talk);
  event.message.from = own ? talk->who : from;
  event.message.text = text;
  event.message.flags = own ? IM_MESSAGE_OWN : 0;
  msnp_session_emit (talk->session, &event);
}

static void
report_typing (Talk *talk)
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
report_nudge (Talk *talk)
{
  ImEvent event = { .type = IM_EVENT_ATTENTION };
  gint64 now = now_ms (talk->session);

  if (talk->shaken_ms != 0 && now - talk->shaken_ms < NUDGE_EVERY_MS)
    return;
  talk->shaken_ms = now;
  event.attention.from = talk->who;
  msnp_session_emit (talk->session, &event);
}

static void
on_message (gpointer user, MsnpSwitchboard *board, const char *from,
            gboolean own, const MsnpMime *mime)
{
  Talk *talk = user;
  g_autoptr (ImText) text = NULL;

  if (!own && is_blocked (talk->session, from))
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

static const MsnpSwitchboardHandlers board_handlers = {
  .ready = on_ready,
  .joined = on_joined,
  .left = on_left,
  .refused = on_refused,
  .message = on_message,
  .confirmed = on_confirmed,
  .closed = on_closed,
};

/* --- Being called ------------------------------------------------------- */

static guint
n_ringing (MsnpSession *session)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, session->talks->talks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Talk *talk = value;

      for (guint i = 0; i < talk->boards->len; i++)
        n += !msnp_switchboard_is_ready (talk->boards->pdata[i]);
    }
  return n;
}

static gboolean
is_known_ring (const Talk *talk, const char *id)
{
  for (guint i = 0; i < talk->boards->len; i++)
    if (g_str_equal (msnp_switchboard_id (talk->boards->pdata[i]), id))
      return TRUE;
  return FALSE;
}

void
msnp_talks_handle_ring (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpRing) ring = { NULL };
  MsnpSwitchboard *board;
  Talk *talk;

  if (!msnp_signon_decode_ring (command, &ring, NULL) ||
      is_blocked (session, ring.from.address) ||
      !msnp_talks_may_open (session) || n_ringing (session) >= MAX_RINGING)
    {
      im_host_debug (session->host, "msnp: a call is not answered");
      return;
    }
  talk = ensure_talk (session, ring.from.address);
  if (is_known_ring (talk, ring.session))
    return;
  board = msnp_switchboard_answer (session, &ring, &board_handlers, talk);
  if (board == NULL)
    return;
  g_ptr_array_add (talk->boards, board);
  talk->unwanted = FALSE;
  msnp_talks_keep_watch (session);
}

/* --- Looking after it --------------------------------------------------- */

static gboolean
is_idle (Talk *talk, MsnpSwitchboard *board, gint64 now)
{
  if (!msnp_switchboard_is_ready (board) ||
      msnp_outgoing_waits (talk->session, board))
    return FALSE;
  return talk->unwanted || now - msnp_switchboard_last_ms (board) >= IDLE_MS;
}

static void
watch_boards (Talk *talk, gint64 now)
{
  for (guint i = talk->boards->len; i > 0; i--)
    {
      MsnpSwitchboard *board = talk->boards->pdata[i - 1];

      if (!g_queue_is_empty (&talk->queue) && board == newest_board (talk))
        continue;
      if (is_idle (talk, board, now))
        close_board (talk, board);
    }
}

/* Whoever was called does not come. */
static void
watch_call (Talk *talk, gint64 now)
{
  if (talk->calling == NULL || now - talk->called_ms < COME_MS)
    return;
  close_board (talk, talk->calling);
  try_later (talk, 0);
}

static void
watch_confirmations (Talk *talk)
{
  for (guint i = 0; i < talk->boards->len; i++)
    {
      MsnpSwitchboard *board = talk->boards->pdata[i];

      if (!msnp_outgoing_is_overdue (talk->session, board))
        continue;
      close_board (talk, board);
      return;
    }
}

/* Returns whether there is anything left to watch. */
static gboolean
watch_talk (Talk *talk, gint64 now)
{
  watch_confirmations (talk);
  watch_call (talk, now);
  watch_boards (talk, now);
  work (talk);
  return talk->boards->len > 0 || !g_queue_is_empty (&talk->queue);
}

static gboolean
is_forgettable (gpointer key, gpointer value, gpointer data)
{
  Talk *talk = value;

  return talk->boards->len == 0 && g_queue_is_empty (&talk->queue) &&
         talk->typing == NULL;
}

static void
watch (gpointer user)
{
  MsnpSession *session = user;
  g_autoptr (GList) all = g_hash_table_get_values (session->talks->talks);
  gint64 now = now_ms (session);
  gboolean again = FALSE;

  session->talks->watch = NULL;
  msnp_session_ref (session);
  for (GList *l = all; l != NULL; l = l->next)
    again |= watch_talk (l->data, now);
  again |= msnp_chats_watch (session, now);
  g_hash_table_foreach_remove (session->talks->talks, is_forgettable, NULL);
  if (again)
    msnp_talks_keep_watch (session);
  msnp_session_unref (session);
}

void
msnp_talks_keep_watch (MsnpSession *session)
{
  ImHost *host = session->host;

  if (session->talks != NULL && session->talks->watch == NULL)
    session->talks->watch =
        host->ops->timer_add (host, WATCH_MS, watch, session);
}

void
msnp_talks_presence (MsnpSession *session, const char *who, gboolean online)
{
  Talk *talk = g_hash_table_lookup (session->talks->talks, who);

  if (talk == NULL)
    return;
  if (online)
    work (talk);
  else if (talk->boards->len == 0)
    stop_typing (talk);
}

void
msnp_talks_abandon (MsnpSession *session)
{
  g_autoptr (GList) all = g_hash_table_get_values (session->talks->talks);

  for (GList *l = all; l != NULL; l = l->next)
    {
      Talk *talk = l->data;

      talk->calling = NULL;
      g_ptr_array_set_size (talk->boards, 0);
      fail_queue (talk, IM_UNDELIVERED_DISCONNECTED, 0);
    }
  msnp_chats_abandon (session);
  msnp_oim_abandon (session);
  msnp_outgoing_lost (session, NULL);
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
  Talk *talk;

  if (!msnp_handle_decode (msnp_command_param (command, 0), &handle, NULL) ||
      is_blocked (session, handle.address) ||
      !msnp_mime_decode (&command->payload, &mime, NULL))
    return;
  talk = ensure_talk (session, handle.address);
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
  const Talk *talk = g_hash_table_lookup (session->talks->talks, who);

  if (!msnp_session_is_online (session) || session->ns == NULL)
    return IM_UNDELIVERED_DISCONNECTED;
  if (is_blocked (session, who))
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
  Talk *talk;
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
  talk = ensure_talk (session, who);
  talk->unwanted = FALSE;
  g_queue_push_tail (&talk->queue, out);
  work (talk);
  return id;
}

void
msnp_session_send_typing (MsnpSession *session, const char *to, ImTyping state)
{
  g_autofree char *who = msnp_address_normalize (to);
  Talk *talk = g_hash_table_lookup (session->talks->talks, who);
  MsnpSwitchboard *board = talk != NULL ? peopled_board (talk) : NULL;
  g_auto (ImWriter) payload = { 0 };
  gint64 now = now_ms (session);

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
  gint64 now = now_ms (session);
  Talk *talk;

  if (reason_not_to_send (session, who) != IM_UNDELIVERED_NONE ||
      is_elsewhere (session, who))
    return FALSE;
  talk = ensure_talk (session, who);
  if ((talk->nudged_ms != 0 && now - talk->nudged_ms < NUDGE_EVERY_MS) ||
      (peopled_board (talk) == NULL && is_known_offline (talk)))
    return FALSE;
  talk->nudged_ms = now;
  talk->unwanted = FALSE;
  g_queue_push_tail (&talk->queue, msnp_outgoing_new (session, who, 0, NULL));
  work (talk);
  return TRUE;
}

void
msnp_session_close_talk (MsnpSession *session, const char *who)
{
  g_autofree char *address = msnp_address_normalize (who);
  Talk *talk = g_hash_table_lookup (session->talks->talks, address);

  if (talk == NULL)
    return;
  /* What still waits is said first. */
  talk->unwanted = TRUE;
  watch_boards (talk, now_ms (session));
}

guint
msnp_session_widen_talk (MsnpSession *session, const char *who)
{
  g_autofree char *address = msnp_address_normalize (who);
  Talk *talk = g_hash_table_lookup (session->talks->talks, address);
  MsnpSwitchboard *board = talk != NULL ? peopled_board (talk) : NULL;
  guint chat;

  if (!msnp_session_is_online (session))
    return 0;
  if (board != NULL)
    {
      release_board (talk, board);
      return msnp_chats_adopt (session, board, NULL, TRUE);
    }
  chat = msnp_session_start_chat (session);
  if (chat != 0)
    msnp_session_invite (session, chat, address);
  return chat;
}
