/* Conversations of several: a switchboard with more people in it. They have
 * no name on the wire and end when everybody has gone.
 *
 *   msnp_chats_adopt ()            a third came into a conversation of two
 *   msnp_session_start_chat ()     an empty one, for those we invite
 *   msnp_session_say_in_chat ()    said; or, when the link was lost or the
 *                                  server took everybody out for silence:
 *     reopen ()                    a new switchboard, and all called back
 *
 * One that shrinks to two stays what it is: the user sees one window. */

#include "msnp-talks.h"

#include <string.h>

#include "msnp-content.h"

/* How long those who are called back may take. */
#define COME_MS (30 * 1000)

/* Servers close switchboards after five minutes of silence. */
#define KEEP_MS (4 * 60 * 1000)

/* Nudges of all who are there, not more often than this. */
#define NUDGE_EVERY_MS 5000

typedef struct
{
  MsnpSession *session;
  guint number;
  char *name;
  MsnpSwitchboard *board; /* owned, nullable: until it is opened again */
  GPtrArray *absent;      /* owned char *: to be called back */
  GQueue queue;           /* owned MsnpOutgoing, until somebody is there */
  gboolean joined;        /* reported so */
  gboolean leaving;       /* the user left; what was said is still confirmed */
  gint64 called_ms;       /* when all were called back, or 0 */
  gint64 shaken_ms;       /* when somebody last nudged */
  ImTimer *announcing;
} Chat;

struct _MsnpChats
{
  GPtrArray *chats; /* owned Chat */
  guint last_number;
};

static const MsnpSwitchboardHandlers board_handlers;

static gint64
now_ms (MsnpSession *session)
{
  /* 0 stands for never. */
  return session->host->ops->monotonic_ms (session->host) + 1;
}

static void
chat_free (gpointer data)
{
  Chat *chat = data;
  ImHost *host = chat->session->host;

  host->ops->timer_cancel (host, chat->announcing);
  msnp_switchboard_close (chat->board);
  g_ptr_array_unref (chat->absent);
  g_queue_clear_full (&chat->queue, (GDestroyNotify)msnp_outgoing_free);
  g_free (chat->name);
  g_free (chat);
}

static Chat *
chat_new (MsnpSession *session)
{
  Chat *chat = g_new0 (Chat, 1);

  chat->session = session;
  chat->number = ++session->chats->last_number;
  chat->name = g_strdup_printf ("msn-chat-%u", chat->number);
  chat->absent = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&chat->queue);
  g_ptr_array_add (session->chats->chats, chat);
  msnp_talks_keep_watch (session);
  return chat;
}

void
msnp_chats_init (MsnpSession *session)
{
  session->chats = g_new0 (MsnpChats, 1);
  session->chats->chats = g_ptr_array_new_with_free_func (chat_free);
}

void
msnp_chats_clear (MsnpSession *session)
{
  if (session->chats == NULL)
    return;
  g_ptr_array_unref (session->chats->chats);
  g_clear_pointer (&session->chats, g_free);
}

static Chat *
find_chat (MsnpSession *session, guint number)
{
  for (guint i = 0; i < session->chats->chats->len; i++)
    {
      Chat *chat = session->chats->chats->pdata[i];

      if (chat->number == number && !chat->leaving)
        return chat;
    }
  return NULL;
}

guint
msnp_chats_n_boards (MsnpSession *session)
{
  guint n = 0;

  for (guint i = 0; i < session->chats->chats->len; i++)
    n += ((Chat *)session->chats->chats->pdata[i])->board != NULL;
  return n;
}

/* --- Telling ------------------------------------------------------------ */

static void
report_members (Chat *chat, GPtrArray *names, gboolean arrived,
                gboolean present)
{
  ImEvent event = { .type = IM_EVENT_CHAT_MEMBERS };

  if (chat->leaving || names->len == 0)
    return;
  g_ptr_array_add (names, NULL);
  event.chat_members.chat = chat->number;
  event.chat_members.names = (const char *const *)names->pdata;
  event.chat_members.arrived = arrived;
  event.chat_members.present = present;
  msnp_session_emit (chat->session, &event);
}

static void
report_member (Chat *chat, const char *who, gboolean arrived)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_ptr_array_add (names, (gpointer)who);
  report_members (chat, names, arrived, FALSE);
}

/* We are in, and so are all who were there before @newcomer (nullable). */
static void
announce (Chat *chat, const char *newcomer)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  ImHost *host = chat->session->host;
  ImEvent event = { .type = IM_EVENT_CHAT_JOINED };

  if (chat->joined || chat->leaving || chat->board == NULL)
    return;
  host->ops->timer_cancel (host, g_steal_pointer (&chat->announcing));
  chat->joined = TRUE;
  g_ptr_array_add (names, g_strdup (chat->session->settings.address));
  for (guint i = 0; i < msnp_switchboard_n_members (chat->board); i++)
    {
      const char *who = msnp_switchboard_member (chat->board, i);

      if (g_strcmp0 (who, newcomer) != 0)
        g_ptr_array_add (names, g_strdup (who));
    }
  event.chat.chat = chat->number;
  event.chat.name = chat->name;
  msnp_session_emit (chat->session, &event);
  report_members (chat, names, TRUE, TRUE);
}

static void
on_announce (gpointer user)
{
  Chat *chat = user;

  chat->announcing = NULL;
  announce (chat, NULL);
}

static ImProblem
problem_of (guint code)
{
  switch (msnp_talks_reason (code))
    {
    case IM_UNDELIVERED_HIDDEN:
      return IM_PROBLEM_REFUSED_REQUEST;
    case IM_UNDELIVERED_DISCONNECTED:
      return IM_PROBLEM_LOST;
    default:
      return IM_PROBLEM_UNAVAILABLE;
    }
}

/* Reports may cause anything, so the queue is taken off first. */
static void
fail_queue (Chat *chat, ImUndelivered reason, guint code)
{
  MsnpSession *session = chat->session;
  GQueue queue = chat->queue;
  MsnpOutgoing *out;

  g_queue_init (&chat->queue);
  while ((out = g_queue_pop_head (&queue)) != NULL)
    msnp_outgoing_fail (session, out, reason, code);
}

/* Freed later, by msnp_chats_watch (): handlers may be at work with it. */
static void
forget (Chat *chat)
{
  chat->leaving = TRUE;
  g_clear_pointer (&chat->board, msnp_switchboard_close);
  msnp_talks_keep_watch (chat->session);
}

/* --- Who is there ------------------------------------------------------- */

static gboolean
has_people (const Chat *chat)
{
  return chat->board != NULL && msnp_switchboard_is_ready (chat->board) &&
         msnp_switchboard_n_members (chat->board) > 0;
}

static void
not_absent (Chat *chat, const char *who)
{
  for (guint i = 0; i < chat->absent->len; i++)
    if (strcmp (chat->absent->pdata[i], who) == 0)
      {
        g_ptr_array_remove_index (chat->absent, i);
        return;
      }
}

static void
add_absent (Chat *chat, const char *who)
{
  not_absent (chat, who);
  g_ptr_array_add (chat->absent, g_strdup (who));
}

static void
say_queue (Chat *chat)
{
  MsnpOutgoing *out;

  while (has_people (chat) && (out = g_queue_pop_head (&chat->queue)) != NULL)
    msnp_outgoing_post (chat->session, chat->board, out);
}

/* Everybody is called back into a new switchboard. */
static void
reopen (Chat *chat)
{
  if (chat->board == NULL)
    chat->board =
        msnp_switchboard_call (chat->session, &board_handlers, chat);
  for (guint i = 0; i < chat->absent->len; i++)
    msnp_switchboard_invite (chat->board, chat->absent->pdata[i]);
  chat->called_ms = now_ms (chat->session);
  msnp_talks_keep_watch (chat->session);
}

/* Nobody comes back. */
static void
nobody (Chat *chat, guint code)
{
  chat->called_ms = 0;
  fail_queue (chat, msnp_talks_reason (code), code);
}

/* The link is gone. Who was there is called back when something is said. */
static void
lose_board (Chat *chat)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  MsnpSwitchboard *board = g_steal_pointer (&chat->board);

  if (board == NULL)
    return;
  for (guint i = 0; i < msnp_switchboard_n_members (board); i++)
    {
      add_absent (chat, msnp_switchboard_member (board, i));
      g_ptr_array_add (names, g_strdup (msnp_switchboard_member (board, i)));
    }
  msnp_outgoing_lost (chat->session, board);
  report_members (chat, names, FALSE, FALSE);
  msnp_switchboard_close (board);
}

/* --- What happens on the switchboard ------------------------------------ */

static void
on_ready (gpointer user, MsnpSwitchboard *board)
{
  announce (user, NULL);
}

static void
on_joined (gpointer user, MsnpSwitchboard *board, const char *who,
           gboolean present)
{
  Chat *chat = user;

  not_absent (chat, who);
  chat->called_ms = 0;
  announce (chat, who);
  report_member (chat, who, TRUE);
  say_queue (chat);
}

static void
on_left (gpointer user, MsnpSwitchboard *board, const char *who, gboolean idle)
{
  Chat *chat = user;

  if (idle)
    add_absent (chat, who);
  if (msnp_switchboard_n_members (board) == 0)
    msnp_outgoing_lost (chat->session, board);
  announce (chat, NULL);
  report_member (chat, who, FALSE);
}

static void
on_refused (gpointer user, MsnpSwitchboard *board, const char *who, guint code)
{
  Chat *chat = user;
  ImEvent event = { .type = IM_EVENT_NOTICE };

  if (code == 215)
    return;
  not_absent (chat, who);
  if (chat->leaving)
    return;
  event.notice.kind = IM_NOTICE_NOT_INVITED;
  event.notice.who = who;
  event.notice.text = chat->name;
  event.notice.count = code;
  msnp_session_emit (chat->session, &event);
  if (chat->absent->len == 0 && !has_people (chat))
    nobody (chat, code);
}

static void
on_confirmed (gpointer user, MsnpSwitchboard *board, guint32 id,
              gboolean passed_on)
{
  Chat *chat = user;

  msnp_outgoing_confirmed (chat->session, board, id, passed_on);
  if (chat->leaving && !msnp_outgoing_waits (chat->session, board))
    forget (chat);
}

static void
on_closed (gpointer user, MsnpSwitchboard *board, guint code)
{
  Chat *chat = user;
  ImEvent event = { .type = IM_EVENT_CHAT_FAILED };

  lose_board (chat);
  if (chat->leaving)
    {
      forget (chat);
      return;
    }
  if (chat->joined)
    {
      nobody (chat, code);
      return;
    }
  fail_queue (chat, msnp_talks_reason (code), code);
  event.chat.chat = chat->number;
  event.chat.name = chat->name;
  event.chat.failure.problem = problem_of (code);
  event.chat.failure.code = code;
  forget (chat);
  msnp_session_emit (chat->session, &event);
}

/* --- What is said ------------------------------------------------------- */

static void
report_text (Chat *chat, const char *from, const ImText *text, gboolean mine)
{
  ImEvent event = { .type = IM_EVENT_CHAT_MESSAGE };

  event.chat_message.chat = chat->number;
  event.chat_message.from = from;
  event.chat_message.text = text;
  event.chat_message.mine = mine;
  msnp_session_emit (chat->session, &event);
}

static void
report_nudge (Chat *chat, const char *from)
{
  ImEvent event = { .type = IM_EVENT_ATTENTION };
  gint64 now = now_ms (chat->session);

  if (chat->shaken_ms != 0 && now - chat->shaken_ms < NUDGE_EVERY_MS)
    return;
  chat->shaken_ms = now;
  event.attention.from = from;
  msnp_session_emit (chat->session, &event);
}

static void
on_message (gpointer user, MsnpSwitchboard *board, const char *from,
            gboolean own, const MsnpMime *mime)
{
  Chat *chat = user;
  g_autoptr (ImText) text = NULL;

  if (chat->leaving || (!own && msnp_talks_is_blocked (chat->session, from)) ||
      (own && !msnp_mime_is (mime, "text/plain")))
    return;
  switch (msnp_content_receive (chat->session, board, from, mime, &text))
    {
    case MSNP_CONTENT_TEXT:
      announce (chat, NULL);
      report_text (chat, from, text, own);
      break;
    case MSNP_CONTENT_NUDGE:
      report_nudge (chat, from);
      break;
    /* Hosts show nobody typing in rooms. */
    case MSNP_CONTENT_TYPING:
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

/* --- Becoming one of several -------------------------------------------- */

guint
msnp_chats_adopt (MsnpSession *session, MsnpSwitchboard *board,
                  const char *newcomer, gboolean present)
{
  Chat *chat = chat_new (session);
  guint number = chat->number;

  chat->board = board;
  msnp_switchboard_set_user (board, &board_handlers, chat);
  if (newcomer == NULL)
    {
      /* Whoever asked learns the number first. */
      chat->announcing =
          session->host->ops->timer_add (session->host, 0, on_announce, chat);
      return number;
    }
  announce (chat, present ? NULL : newcomer);
  if (!present)
    report_member (chat, newcomer, TRUE);
  return number;
}

guint
msnp_session_start_chat (MsnpSession *session)
{
  Chat *chat;

  if (!msnp_session_is_online (session) || session->ns == NULL ||
      !msnp_talks_may_open (session))
    return 0;
  chat = chat_new (session);
  chat->board = msnp_switchboard_call (session, &board_handlers, chat);
  return chat->number;
}

void
msnp_session_invite (MsnpSession *session, guint number, const char *who)
{
  g_autofree char *address = msnp_address_normalize (who);
  Chat *chat = find_chat (session, number);

  if (chat == NULL || !msnp_session_is_online (session) ||
      strlen (address) > IM_MAX_MSNP_HANDLE)
    return;
  if (chat->board != NULL)
    {
      msnp_switchboard_invite (chat->board, address);
      return;
    }
  add_absent (chat, address);
  reopen (chat);
}

void
msnp_session_leave_chat (MsnpSession *session, guint number)
{
  Chat *chat = find_chat (session, number);

  if (chat == NULL)
    return;
  chat->leaving = TRUE;
  chat->called_ms = 0;
  fail_queue (chat, IM_UNDELIVERED_DISCONNECTED, 0);
  /* Leaving before the server has confirmed would leave it unsaid whether
   * they got it. */
  if (chat->board == NULL || !msnp_outgoing_waits (session, chat->board))
    forget (chat);
}

gboolean
msnp_session_say_in_chat (MsnpSession *session, guint number,
                          const ImText *text)
{
  Chat *chat = find_chat (session, number);

  if (chat == NULL || !chat->joined || !msnp_outgoing_fits (text))
    return FALSE;
  g_queue_push_tail (&chat->queue,
                     msnp_outgoing_new (session, chat->name, number, text));
  report_text (chat, session->settings.address, text, TRUE);
  if (!msnp_session_is_online (session) || session->ns == NULL)
    fail_queue (chat, IM_UNDELIVERED_DISCONNECTED, 0);
  else if (has_people (chat))
    say_queue (chat);
  else if (chat->called_ms == 0 && chat->absent->len == 0)
    fail_queue (chat, IM_UNDELIVERED_OFFLINE, 0);
  else if (chat->called_ms == 0)
    reopen (chat);
  return TRUE;
}

/* --- Looking after it --------------------------------------------------- */

static void
keep_open (Chat *chat, gint64 now)
{
  g_auto (ImWriter) payload = { 0 };

  if (!has_people (chat) ||
      now - msnp_switchboard_last_ms (chat->board) < KEEP_MS)
    return;
  im_writer_init (&payload, 1024);
  msnp_mime_begin (&payload, "text/x-keepalive");
  msnp_mime_end (&payload);
  msnp_mime_end (&payload);
  msnp_switchboard_send (chat->board, MSNP_CONFIRM_NEVER, payload.bytes->data,
                         payload.bytes->len);
}

static void
watch_chat (Chat *chat, gint64 now)
{
  if (chat->board != NULL &&
      msnp_outgoing_is_overdue (chat->session, chat->board))
    lose_board (chat);
  if (chat->called_ms != 0 && now - chat->called_ms >= COME_MS)
    nobody (chat, 217);
  keep_open (chat, now);
}

gboolean
msnp_chats_watch (MsnpSession *session, gint64 now_ms)
{
  GPtrArray *chats = session->chats->chats;

  for (guint i = 0; i < chats->len; i++)
    watch_chat (chats->pdata[i], now_ms);
  for (guint i = chats->len; i > 0; i--)
    {
      const Chat *chat = chats->pdata[i - 1];

      if (chat->leaving && chat->board == NULL)
        g_ptr_array_remove_index (chats, i - 1);
    }
  return chats->len > 0;
}

void
msnp_chats_abandon (MsnpSession *session)
{
  GPtrArray *chats = session->chats->chats;

  for (guint i = 0; i < chats->len; i++)
    {
      Chat *chat = chats->pdata[i];

      g_clear_pointer (&chat->board, msnp_switchboard_close);
      chat->called_ms = 0;
      fail_queue (chat, IM_UNDELIVERED_DISCONNECTED, 0);
    }
}
