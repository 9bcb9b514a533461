/* Conversations of two.
 *
 *   msnp_session_send_message ()   queued (msnp-words.c)
 *     msnp_talk_work ()            a switchboard with somebody in it: said
 *       call ()                    none: one is asked for, and them into it
 *     on_joined ()                 they came: msnp_talk_work () again
 *     on_refused (), on_closed ()  they cannot be called: try_later (), as an
 *                                  offline message, or failed
 *   msnp_talks_handle_ring ()      somebody calls us
 *     msnp_talk_on_message ()      what they say (msnp-words.c)
 *   watch ()                       every few seconds, while there is anything:
 *                                  waits that are over, idle switchboards
 *
 * Two people who call each other at once have two switchboards: what is said
 * is taken from each, and goes to the newest. When a third comes into one,
 * msnp-chats.c takes it over. */

#include "msnp-talk.h"

#include <string.h>

#include "msnp-error.h"

/* Switchboards on which nobody says anything are left: the official clients'
 * five minutes. */
#define IDLE_MS (5 * 60 * 1000)

/* The same, when the user has closed the conversation. What the other one
 * just writes would be lost if we left at once. */
#define CLOSED_MS (60 * 1000)

/* How often watch () looks. */
#define WATCH_MS 5000

/* How long somebody may take to come when called. */
#define COME_MS (30 * 1000)

/* Tries to open a switchboard, and the wait before the second; it doubles. */
#define MAX_TRIES 3
#define FIRST_WAIT_MS 2000

/* Switchboards that are being opened because we are called. */
#define MAX_RINGING 16

static const MsnpSwitchboardHandlers board_handlers;

gint64
msnp_talk_now (MsnpSession *session)
{
  /* 0 stands for never. */
  return session->host->ops->monotonic_ms (session->host) + 1;
}

static void
talk_free (gpointer data)
{
  MsnpTalk *talk = data;
  ImHost *host = talk->session->host;

  host->ops->timer_cancel (host, talk->typing);
  g_ptr_array_unref (talk->boards);
  g_queue_clear_full (&talk->queue, (GDestroyNotify)msnp_outgoing_free);
  g_free (talk->who);
  g_free (talk);
}

MsnpTalk *
msnp_talk_ensure (MsnpSession *session, const char *who)
{
  MsnpTalk *talk = g_hash_table_lookup (session->talks->talks, who);

  if (talk != NULL)
    return talk;
  talk = g_new0 (MsnpTalk, 1);
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
    n += ((MsnpTalk *)value)->boards->len;
  return n;
}

gboolean
msnp_talks_may_open (MsnpSession *session)
{
  return n_boards (session) < IM_MAX_MSNP_SWITCHBOARDS;
}

/* --- Which switchboard -------------------------------------------------- */

static MsnpSwitchboard *
newest_board (const MsnpTalk *talk)
{
  return talk->boards->len > 0 ? talk->boards->pdata[talk->boards->len - 1]
                               : NULL;
}

/* The newest one in which they are. */
MsnpSwitchboard *
msnp_talk_board (const MsnpTalk *talk)
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
release_board (MsnpTalk *talk, MsnpSwitchboard *board)
{
  guint index;

  if (board == talk->calling)
    talk->calling = NULL;
  if (g_ptr_array_find (talk->boards, board, &index))
    g_ptr_array_steal_index (talk->boards, index);
}

/* What was said there and not confirmed, they may have or not. */
static void
close_board (MsnpTalk *talk, MsnpSwitchboard *board)
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
         code == 281 || code == 911 ||
         msnp_error_find (code)->problem == IM_PROBLEM_UNAVAILABLE;
}

/* Reports may cause anything, so the queue is taken off first. */
static void
fail_queue (MsnpTalk *talk, ImUndelivered reason, guint code)
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
store_queue (MsnpTalk *talk)
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
give_up (MsnpTalk *talk, guint code)
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
hold_queue (MsnpTalk *talk)
{
  g_autoptr (GList) all = g_list_copy (talk->queue.head);
  MsnpSession *session = talk->session;

  for (GList *l = all; l != NULL; l = l->next)
    if (g_queue_find (&talk->queue, l->data) != NULL)
      msnp_outgoing_hold (session, l->data);
}

static void
try_later (MsnpTalk *talk, guint code)
{
  if (g_queue_is_empty (&talk->queue))
    return;
  if (!msnp_talks_may_retry (code) || ++talk->tries >= MAX_TRIES)
    {
      give_up (talk, code);
      return;
    }
  talk->retry_ms =
      msnp_talk_now (talk->session) + (FIRST_WAIT_MS << (talk->tries - 1));
  msnp_talks_keep_watch (talk->session);
  if (msnp_talks_is_rate (code))
    hold_queue (talk);
}

/* --- Calling ------------------------------------------------------------ */

static void
call (MsnpTalk *talk)
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
  talk->called_ms = msnp_talk_now (session);
  msnp_talks_keep_watch (session);
}

static void
say_queue (MsnpTalk *talk, MsnpSwitchboard *board)
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
gboolean
msnp_talk_is_known_offline (const MsnpTalk *talk)
{
  const MsnpPerson *person =
      msnp_people_find (talk->session->people, talk->who);

  return person != NULL && (person->lists & MSNP_LIST_FORWARD) != 0 &&
         person->status == MSNP_STATUS_OFFLINE;
}

/* Does what can be done for what waits. */
void
msnp_talk_work (MsnpTalk *talk)
{
  MsnpSwitchboard *board = msnp_talk_board (talk);

  if (g_queue_is_empty (&talk->queue))
    return;
  if (board != NULL)
    say_queue (talk, board);
  else if (talk->calling != NULL ||
           msnp_talk_now (talk->session) < talk->retry_ms)
    return;
  /* Somebody who called us is on their way in. */
  else if (newest_board (talk) != NULL &&
           !msnp_switchboard_is_ready (newest_board (talk)))
    return;
  else if (msnp_talk_is_known_offline (talk) &&
           has_offline_messages (talk->session))
    store_queue (talk);
  else
    call (talk);
}

/* --- What happens on a switchboard -------------------------------------- */

/* Whoever called us has gone again, and somebody they called as well is
 * there. */
static void
move_board (MsnpTalk *talk, MsnpSwitchboard *board)
{
  MsnpTalk *other =
      msnp_talk_ensure (talk->session, msnp_switchboard_member (board, 0));

  release_board (talk, board);
  g_ptr_array_add (other->boards, board);
  msnp_switchboard_set_user (board, &board_handlers, other);
  msnp_talk_work (other);
}

static void
on_ready (gpointer user, MsnpSwitchboard *board)
{
  MsnpTalk *talk = user;

  if (board != talk->calling && msnp_switchboard_n_members (board) == 0)
    close_board (talk, board);
  else if (board != talk->calling && !msnp_switchboard_has (board, talk->who))
    move_board (talk, board);
  msnp_talk_work (talk);
}

static void
on_joined (gpointer user, MsnpSwitchboard *board, const char *who,
           gboolean present)
{
  MsnpTalk *talk = user;

  if (strcmp (who, talk->who) == 0 &&
      msnp_switchboard_n_members (board) == 1)
    {
      if (board == talk->calling)
        talk->calling = NULL;
      msnp_talk_work (talk);
      return;
    }
  if (msnp_switchboard_n_members (board) < 2)
    return;
  /* What was said there is still confirmed there. */
  release_board (talk, board);
  msnp_chats_adopt (talk->session, board, who, present);
  msnp_talk_work (talk);
}

static void
on_left (gpointer user, MsnpSwitchboard *board, const char *who, gboolean idle)
{
  MsnpTalk *talk = user;

  if (msnp_switchboard_n_members (board) > 0)
    return;
  close_board (talk, board);
  msnp_talk_stop_typing (talk);
  msnp_talk_work (talk);
}

static void
on_refused (gpointer user, MsnpSwitchboard *board, const char *who, guint code)
{
  MsnpTalk *talk = user;

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
  MsnpTalk *talk = user;

  msnp_outgoing_confirmed (talk->session, board, id, passed_on);
}

static void
on_closed (gpointer user, MsnpSwitchboard *board, guint code)
{
  MsnpTalk *talk = user;

  close_board (talk, board);
  if (talk->calling == NULL && msnp_talk_board (talk) == NULL)
    try_later (talk, code);
}

static const MsnpSwitchboardHandlers board_handlers = {
  .ready = on_ready,
  .joined = on_joined,
  .left = on_left,
  .refused = on_refused,
  .message = msnp_talk_on_message,
  .confirmed = on_confirmed,
  .closed = on_closed,
};

gboolean
msnp_talks_is_blocked (const MsnpSession *session, const char *who)
{
  const MsnpPerson *person = msnp_people_find (session->people, who);

  return person != NULL && (person->lists & MSNP_LIST_BLOCK) != 0;
}

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
      const MsnpTalk *talk = value;

      for (guint i = 0; i < talk->boards->len; i++)
        n += !msnp_switchboard_is_ready (talk->boards->pdata[i]);
    }
  return n;
}

static gboolean
is_known_ring (const MsnpTalk *talk, const char *id)
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
  MsnpTalk *talk;

  if (!msnp_signon_decode_ring (command, &ring, NULL) ||
      msnp_talks_is_blocked (session, ring.from.address) ||
      !msnp_talks_may_open (session) || n_ringing (session) >= MAX_RINGING)
    {
      im_host_debug (session->host, "msnp: a call is not answered");
      return;
    }
  talk = msnp_talk_ensure (session, ring.from.address);
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
is_idle (MsnpTalk *talk, MsnpSwitchboard *board, gint64 now)
{
  if (!msnp_switchboard_is_ready (board) ||
      msnp_outgoing_waits (talk->session, board))
    return FALSE;
  return now - msnp_switchboard_last_ms (board) >=
         (talk->unwanted ? CLOSED_MS : IDLE_MS);
}

static void
watch_boards (MsnpTalk *talk, gint64 now)
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
watch_call (MsnpTalk *talk, gint64 now)
{
  if (talk->calling == NULL || now - talk->called_ms < COME_MS)
    return;
  close_board (talk, talk->calling);
  try_later (talk, 0);
}

static void
watch_confirmations (MsnpTalk *talk)
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
watch_talk (MsnpTalk *talk, gint64 now)
{
  watch_confirmations (talk);
  watch_call (talk, now);
  watch_boards (talk, now);
  msnp_talk_work (talk);
  return talk->boards->len > 0 || !g_queue_is_empty (&talk->queue);
}

static gboolean
is_forgettable (gpointer key, gpointer value, gpointer data)
{
  MsnpTalk *talk = value;

  return talk->boards->len == 0 && g_queue_is_empty (&talk->queue) &&
         talk->typing == NULL;
}

static void
watch (gpointer user)
{
  MsnpSession *session = user;
  g_autoptr (GList) all = g_hash_table_get_values (session->talks->talks);
  gint64 now = msnp_talk_now (session);
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
  MsnpTalk *talk = g_hash_table_lookup (session->talks->talks, who);

  if (talk == NULL)
    return;
  if (online)
    msnp_talk_work (talk);
  else if (talk->boards->len == 0)
    msnp_talk_stop_typing (talk);
}

void
msnp_talks_abandon (MsnpSession *session)
{
  g_autoptr (GList) all = g_hash_table_get_values (session->talks->talks);

  for (GList *l = all; l != NULL; l = l->next)
    {
      MsnpTalk *talk = l->data;

      talk->calling = NULL;
      g_ptr_array_set_size (talk->boards, 0);
      fail_queue (talk, IM_UNDELIVERED_DISCONNECTED, 0);
    }
  msnp_chats_abandon (session);
  msnp_oim_abandon (session);
  msnp_outgoing_lost (session, NULL);
}

/* --- What the user wants ------------------------------------------------ */

void
msnp_session_close_talk (MsnpSession *session, const char *who)
{
  g_autofree char *address = msnp_address_normalize (who);
  MsnpTalk *talk = g_hash_table_lookup (session->talks->talks, address);

  if (talk == NULL)
    return;
  talk->unwanted = TRUE;
}

guint
msnp_session_widen_talk (MsnpSession *session, const char *who)
{
  g_autofree char *address = msnp_address_normalize (who);
  MsnpTalk *talk = g_hash_table_lookup (session->talks->talks, address);
  MsnpSwitchboard *board = talk != NULL ? msnp_talk_board (talk) : NULL;
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
