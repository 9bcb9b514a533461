/* Conversations of several: threads, which the server keeps. Their addresses
 * are their names, and one stays a member until one leaves.
 *
 *   msnweb_session_start_chat ()  -> PUT THREAD        <- its address: open
 *   msnweb_session_open_chat ()   -> GET THREADS       <- as it is: open
 *   msnweb_chats_handle ()        <- NFY THREAD        how it is now, whole
 *   msnweb_chats_show ()          <- SDG               said, or what happened:
 *                                                      the first opens it
 *
 * A thread one was added to is known, but no window opens before somebody says
 * something there. */

#include "msnweb-session-private.h"

#include <string.h>

#include "msnweb-outgoing.h"
#include "msnweb-thread.h"

typedef struct
{
  grefcount refs;      /* whoever is told of it may leave it */
  guint number;
  char *id;            /* nullable: while it is made */
  char *topic;         /* "" for none */
  guint64 version;     /* of the newest description */
  GHashTable *members; /* owned address => whether they are admin, gint */
  gboolean open;       /* the user sees it */
} Chat;

struct _MsnwebChats
{
  GPtrArray *chats; /* owned Chat */
  guint last_number;
};

static Chat *
chat_ref (Chat *chat)
{
  g_ref_count_inc (&chat->refs);
  return chat;
}

static void
chat_unref (Chat *chat)
{
  if (!g_ref_count_dec (&chat->refs))
    return;
  g_free (chat->id);
  g_free (chat->topic);
  g_hash_table_unref (chat->members);
  g_free (chat);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Chat, chat_unref)

/* NULL if there are too many. */
static Chat *
new_chat (MsnwebSession *session, const char *id)
{
  MsnwebChats *self = session->chats;
  Chat *chat;

  if (self->chats->len >= IM_MAX_ROOMS)
    return NULL;
  chat = g_new0 (Chat, 1);
  g_ref_count_init (&chat->refs);
  chat->number = ++self->last_number;
  chat->id = g_strdup (id);
  chat->topic = g_strdup ("");
  chat->members =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (self->chats, chat);
  return chat;
}

static Chat *
find_chat (MsnwebSession *session, guint number)
{
  for (guint i = 0; i < session->chats->chats->len; i++)
    {
      Chat *chat = session->chats->chats->pdata[i];

      if (chat->number == number)
        return chat;
    }
  return NULL;
}

/* Whether nobody has left it meanwhile. */
static gboolean
is_there (MsnwebSession *session, const Chat *chat)
{
  return find_chat (session, chat->number) == chat;
}

static Chat *
find_thread (MsnwebSession *session, const char *id)
{
  for (guint i = 0; i < session->chats->chats->len; i++)
    {
      Chat *chat = session->chats->chats->pdata[i];

      if (chat->id != NULL && msnweb_address_equal (chat->id, id))
        return chat;
    }
  return NULL;
}

static Chat *
ensure_thread (MsnwebSession *session, const char *id)
{
  Chat *chat = find_thread (session, id);

  return chat != NULL ? chat : new_chat (session, id);
}

/* The chat a command is about. */
static Chat *
usable (MsnwebSession *session, guint number)
{
  Chat *chat = find_chat (session, number);

  return chat != NULL && chat->open && chat->id != NULL ? chat : NULL;
}

static void
forget (MsnwebSession *session, Chat *chat)
{
  chat->open = FALSE;
  g_ptr_array_remove (session->chats->chats, chat);
}

/* --- Telling ------------------------------------------------------------ */

static ImRank
rank_of (gboolean admin)
{
  return admin ? IM_RANK_MODERATOR : IM_RANK_NONE;
}

/* Those who are there, after we came. */
static void
report_present (MsnwebSession *session, const Chat *chat)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) ranks = g_array_new (FALSE, FALSE, sizeof (ImRank));
  ImEvent event = { .type = IM_EVENT_CHAT_MEMBERS };
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, chat->members);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      ImRank rank = rank_of (GPOINTER_TO_INT (value));

      g_ptr_array_add (names, g_strdup (key));
      g_array_append_val (ranks, rank);
    }
  if (names->len == 0)
    return;
  g_ptr_array_add (names, NULL);
  event.chat_members.chat = chat->number;
  event.chat_members.names = (const char *const *) names->pdata;
  event.chat_members.arrived = TRUE;
  event.chat_members.present = TRUE;
  event.chat_members.ranks = (const ImRank *) ranks->data;
  msnweb_session_emit (session, &event);
}

static void
report_member (MsnwebSession *session, const Chat *chat, const char *who,
               gboolean arrived, gboolean admin)
{
  const char *names[] = { who, NULL };
  ImRank rank = rank_of (admin);
  ImEvent event = { .type = IM_EVENT_CHAT_MEMBERS };

  if (!chat->open)
    return;
  event.chat_members.chat = chat->number;
  event.chat_members.names = names;
  event.chat_members.arrived = arrived;
  event.chat_members.ranks = arrived ? &rank : NULL;
  msnweb_session_emit (session, &event);
}

static void
report_topic (MsnwebSession *session, const Chat *chat, const char *by)
{
  ImEvent event = { .type = IM_EVENT_CHAT_TOPIC };

  if (!chat->open)
    return;
  event.chat_topic.chat = chat->number;
  event.chat_topic.by = by;
  event.chat_topic.topic = chat->topic;
  msnweb_session_emit (session, &event);
}

static void
report_state (MsnwebSession *session, ImEventType type, const Chat *chat,
              ImRoomEnd end, const char *by, ImProblem problem)
{
  ImEvent event = { .type = type };

  event.chat.chat = chat->number;
  event.chat.name = chat->id != NULL ? chat->id : "";
  event.chat.nick = session->own;
  event.chat.end = end;
  event.chat.by = by;
  event.chat.failure.problem = problem;
  msnweb_session_emit (session, &event);
}

static void
open_chat (MsnwebSession *session, Chat *chat)
{
  if (chat->open)
    return;
  chat->open = TRUE;
  report_state (session, IM_EVENT_CHAT_JOINED, chat, IM_ROOM_END_NONE, NULL,
                IM_PROBLEM_OTHER);
  if (is_there (session, chat))
    report_present (session, chat);
  if (is_there (session, chat) && *chat->topic != '\0')
    report_topic (session, chat, NULL);
}

/* It could not be opened. */
static void
fail_chat (MsnwebSession *session, Chat *chat, ImProblem problem)
{
  g_autoptr (Chat) kept = chat_ref (chat);

  report_state (session, IM_EVENT_CHAT_FAILED, kept, IM_ROOM_END_NONE, NULL,
                problem);
  forget (session, kept);
}

/* We are not in it any more, without having asked. */
static void
end_chat (MsnwebSession *session, Chat *chat, const char *by)
{
  g_autoptr (Chat) kept = chat_ref (chat);

  if (kept->open)
    report_state (session, IM_EVENT_CHAT_LEFT, kept, IM_ROOM_END_KICKED, by,
                  IM_PROBLEM_OTHER);
  forget (session, kept);
}

/* --- What it is like ---------------------------------------------------- */

static void
set_topic (MsnwebSession *session, Chat *chat, const char *topic,
           const char *by)
{
  if (topic == NULL || strcmp (topic, chat->topic) == 0)
    return;
  g_free (chat->topic);
  chat->topic = g_strdup (topic);
  report_topic (session, chat, by);
}

/* Whether that is news. */
static gboolean
add_member (MsnwebSession *session, Chat *chat, const MsnwebMember *member)
{
  gpointer admin;
  gboolean known = g_hash_table_lookup_extended (
      chat->members, member->address, NULL, &admin);

  if ((known && GPOINTER_TO_INT (admin) == member->admin) ||
      (!known &&
       g_hash_table_size (chat->members) >= IM_MAX_MSNP_PARTICIPANTS))
    return FALSE;
  g_hash_table_insert (chat->members, g_strdup (member->address),
                       GINT_TO_POINTER (member->admin));
  report_member (session, chat, member->address, TRUE, member->admin);
  return TRUE;
}

static void
remove_member (MsnwebSession *session, Chat *chat, const char *who)
{
  g_autofree char *name = g_strdup (who);

  if (g_hash_table_remove (chat->members, name))
    report_member (session, chat, name, FALSE, FALSE);
}

static gboolean
is_own (const MsnwebSession *session, const char *address)
{
  return session->own != NULL && msnweb_address_equal (address, session->own);
}

static gboolean
has_member (const GPtrArray *members, const char *who)
{
  for (guint i = 0; i < members->len; i++)
    if (msnweb_address_equal (((const MsnwebMember *) members->pdata[i])->address,
                              who))
      return TRUE;
  return FALSE;
}

static void
set_members (MsnwebSession *session, Chat *chat, const GPtrArray *members)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, chat->members);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!has_member (members, key))
      g_ptr_array_add (gone, g_strdup (key));
  for (guint i = 0; i < gone->len; i++)
    remove_member (session, chat, gone->pdata[i]);
  for (guint i = 0; i < members->len; i++)
    add_member (session, chat, members->pdata[i]);
}

/* A description of the whole; older ones may come later. */
static void
describe (MsnwebSession *session, Chat *chat, const MsnwebThread *thread)
{
  if (thread->version != 0 && thread->version < chat->version)
    return;
  chat->version = MAX (chat->version, thread->version);
  if (thread->members != NULL && session->own != NULL &&
      !has_member (thread->members, session->own))
    {
      end_chat (session, chat, NULL);
      return;
    }
  if (thread->members != NULL)
    set_members (session, chat, thread->members);
  if (is_there (session, chat))
    set_topic (session, chat, thread->topic, NULL);
}

void
msnweb_chats_handle (MsnwebSession *session, const MsnwebCommand *command)
{
  g_auto (MsnwebThread) thread = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (Chat) kept = NULL;
  Chat *chat = NULL;

  if (!msnweb_thread_decode (command, &thread, &error))
    im_host_debug (session->host, "msnweb: %s", error->message);
  else
    chat = ensure_thread (session, thread.id);
  if (chat == NULL)
    return;
  kept = chat_ref (chat);
  describe (session, chat, &thread);
}

/* --- Asking how it is --------------------------------------------------- */

static const MsnwebThread *
find_description (const GPtrArray *threads, const char *id)
{
  for (guint i = 0; threads != NULL && i < threads->len; i++)
    {
      const MsnwebThread *thread = threads->pdata[i];

      if (msnweb_address_equal (thread->id, id))
        return thread;
    }
  return NULL;
}

/* @data is the number of a chat that waits to be opened, or is. */
static void
on_described (MsnwebSession *session, MsnwebOutcome outcome,
              const MsnwebCommand *answer, gpointer data)
{
  Chat *chat = find_chat (session, GPOINTER_TO_UINT (data));
  g_autoptr (Chat) kept = NULL;
  g_autoptr (GPtrArray) threads = NULL;
  const MsnwebThread *thread = NULL;

  if (chat == NULL || chat->id == NULL)
    return;
  kept = chat_ref (chat);
  if (outcome == MSNWEB_ANSWERED)
    {
      threads = msnweb_thread_decode_all (answer, NULL);
      thread = find_description (threads, chat->id);
    }
  if (thread != NULL && !thread->left && thread->members != NULL &&
      has_member (thread->members, session->own))
    {
      describe (session, chat, thread);
      if (is_there (session, chat))
        open_chat (session, chat);
    }
  else if (!chat->open)
    fail_chat (session, chat,
               outcome == MSNWEB_ANSWERED || outcome == MSNWEB_REFUSED
                   ? IM_PROBLEM_REFUSED_REQUEST
                   : IM_PROBLEM_LOST);
}

static void
ask (MsnwebSession *session, const Chat *chat)
{
  const char *ids[] = { chat->id, NULL };

  msnweb_commands_send (session, msnweb_thread_encode_query (ids),
                        on_described, GUINT_TO_POINTER (chat->number), NULL);
}

guint
msnweb_session_open_chat (MsnwebSession *session, const char *name)
{
  g_autofree char *id = msnweb_address_normalize (name);
  g_autoptr (Chat) kept = NULL;
  Chat *chat;

  if (!msnweb_session_is_up (session) ||
      msnweb_address_type (id) != MSNWEB_TYPE_THREAD)
    return 0;
  chat = ensure_thread (session, id);
  if (chat == NULL)
    return 0;
  kept = chat_ref (chat);
  if (!chat->open && g_hash_table_contains (chat->members, session->own))
    open_chat (session, chat);
  else if (!chat->open)
    ask (session, chat);
  return chat->number;
}

/* --- What happens in it -------------------------------------------------- */

static void
lose_member (MsnwebSession *session, Chat *chat, const MsnwebMember *member,
             const char *by)
{
  if (!is_own (session, member->address))
    remove_member (session, chat, member->address);
  else
    end_chat (session, chat, by);
}

static void
apply_activity (MsnwebSession *session, Chat *chat,
                const MsnwebActivity *activity)
{
  g_autoptr (Chat) kept = chat_ref (chat);

  if (activity->kind == MSNWEB_ACTIVITY_TOPIC)
    set_topic (session, kept, activity->topic, activity->initiator);
  for (guint i = 0; activity->targets != NULL && i < activity->targets->len &&
                    is_there (session, kept);
       i++)
    {
      const MsnwebMember *member = activity->targets->pdata[i];

      if (activity->kind == MSNWEB_ACTIVITY_REMOVED)
        lose_member (session, chat, member, activity->initiator);
      else if (activity->kind == MSNWEB_ACTIVITY_ROLE ||
               (activity->kind == MSNWEB_ACTIVITY_ADDED &&
                !g_hash_table_contains (chat->members, member->address)))
        add_member (session, chat, member);
    }
}

/* What happened while we were away is in the description. */
static void
show_activity (MsnwebSession *session, const MsnwebMessage *message)
{
  g_auto (MsnwebActivity) activity = { 0 };
  Chat *chat = find_thread (session, message->thread);

  if (message->delayed || !msnweb_activity_decode (message, &activity, NULL))
    return;
  if (chat == NULL && activity.kind != MSNWEB_ACTIVITY_REMOVED)
    chat = new_chat (session, message->thread);
  if (chat != NULL)
    apply_activity (session, chat, &activity);
}

static void
show_words (MsnwebSession *session, const Chat *chat, const char *from,
            const ImText *text, gint64 time)
{
  ImEvent event = { .type = IM_EVENT_CHAT_MESSAGE };

  event.chat_message.chat = chat->number;
  event.chat_message.from = from;
  event.chat_message.text = text;
  event.chat_message.mine = is_own (session, from);
  event.chat_message.time = time;
  msnweb_session_emit (session, &event);
}

void
msnweb_chats_show (MsnwebSession *session, const MsnwebMessage *message)
{
  g_autoptr (Chat) kept = NULL;
  Chat *chat;

  if (message->kind == MSNWEB_MESSAGE_ACTIVITY)
    {
      show_activity (session, message);
      return;
    }
  if (message->kind != MSNWEB_MESSAGE_TEXT)
    return;
  chat = ensure_thread (session, message->thread);
  if (chat == NULL)
    return;
  kept = chat_ref (chat);
  if (!chat->open && g_hash_table_size (chat->members) == 0 &&
      msnweb_session_is_up (session))
    ask (session, chat);
  open_chat (session, chat);
  if (is_there (session, chat))
    show_words (session, chat, message->from, message->text,
                message->delayed ? message->time : 0);
}

gboolean
msnweb_session_say_in_chat (MsnwebSession *session, guint number,
                            const ImText *text)
{
  Chat *chat = usable (session, number);

  if (chat == NULL || !msnweb_outgoing_fits (text))
    return FALSE;
  show_words (session, chat, session->own, text, 0);
  chat = usable (session, number);
  if (chat != NULL)
    msnweb_outgoing_send (session, chat->id, number, text);
  return TRUE;
}

/* --- Making one --------------------------------------------------------- */

/* The description may have come before. If something was said there even
 * before that, it is open already. */
static gboolean
take_over (MsnwebSession *session, Chat *chat, const char *id)
{
  Chat *other = find_thread (session, id);

  if (other != NULL && other->open)
    return FALSE;
  chat->id = g_strdup (id);
  if (other == NULL)
    return TRUE;
  chat->version = other->version;
  g_free (chat->topic);
  chat->topic = g_steal_pointer (&other->topic);
  g_hash_table_unref (chat->members);
  chat->members = g_hash_table_ref (other->members);
  forget (session, other);
  return TRUE;
}

static void
on_made (MsnwebSession *session, MsnwebOutcome outcome,
         const MsnwebCommand *answer, gpointer data)
{
  Chat *chat = find_chat (session, GPOINTER_TO_UINT (data));
  g_auto (MsnwebThread) thread = { 0 };

  if (chat == NULL)
    {
      /* The user closed it before it was there. */
      if (outcome == MSNWEB_ANSWERED &&
          msnweb_thread_decode (answer, &thread, NULL))
        msnweb_commands_send (
            session, msnweb_thread_encode_remove (thread.id, session->own),
            NULL, NULL, NULL);
      return;
    }
  if (outcome != MSNWEB_ANSWERED)
    fail_chat (session, chat,
               outcome == MSNWEB_REFUSED ? IM_PROBLEM_REFUSED_REQUEST
                                         : IM_PROBLEM_LOST);
  else if (!msnweb_thread_decode (answer, &thread, NULL))
    fail_chat (session, chat, IM_PROBLEM_PROTOCOL);
  else if (take_over (session, chat, thread.id))
    {
      g_autoptr (Chat) kept = chat_ref (chat);

      open_chat (session, kept);
    }
  else
    forget (session, chat);
}

static guint
make_chat (MsnwebSession *session, const char *const *others)
{
  Chat *chat;

  if (!msnweb_session_is_up (session))
    return 0;
  chat = new_chat (session, NULL);
  if (chat == NULL)
    return 0;
  msnweb_commands_send (session,
                        msnweb_thread_encode_create (session->own, others),
                        on_made, GUINT_TO_POINTER (chat->number), NULL);
  return chat->number;
}

guint
msnweb_session_start_chat (MsnwebSession *session)
{
  return make_chat (session, NULL);
}

guint
msnweb_session_widen_talk (MsnwebSession *session, const char *who)
{
  g_autofree char *address = msnweb_address_normalize (who);
  const char *others[] = { address, NULL };

  return make_chat (session, others);
}

/* --- Changing one ------------------------------------------------------- */

/* What the user wants of a chat. */
typedef struct
{
  guint number;
  ImRoomWish wish;
  char *who; /* nullable */
} Wish;

static void
free_wish (gpointer data)
{
  Wish *wish = data;

  g_free (wish->who);
  g_free (wish);
}

static void
on_wish (MsnwebSession *session, MsnwebOutcome outcome,
         const MsnwebCommand *answer, gpointer data)
{
  const Wish *wish = data;
  ImEvent event = { .type = IM_EVENT_CHAT_REFUSED };

  if (outcome == MSNWEB_ANSWERED || usable (session, wish->number) == NULL)
    return;
  event.chat_refused.chat = wish->number;
  event.chat_refused.wish = wish->wish;
  event.chat_refused.who = wish->who;
  event.chat_refused.why = IM_ROOM_WHY_NOT_ALLOWED;
  msnweb_session_emit (session, &event);
}

static void
send_wish (MsnwebSession *session, guint number, MsnwebRequest request,
           ImRoomWish what, const char *who)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->number = number;
  wish->wish = what;
  wish->who = g_strdup (who);
  if (msnweb_session_is_up (session))
    {
      msnweb_commands_send (session, request, on_wish, wish, free_wish);
      return;
    }
  msnweb_request_clear (&request);
  on_wish (session, MSNWEB_UNSENT, NULL, wish);
  free_wish (wish);
}

void
msnweb_session_invite (MsnwebSession *session, guint number, const char *who)
{
  g_autofree char *address = msnweb_address_normalize (who);
  const Chat *chat = usable (session, number);

  if (chat != NULL)
    send_wish (session, number,
               msnweb_thread_encode_add (chat->id, address, FALSE),
               IM_ROOM_WISH_INVITE, address);
}

void
msnweb_session_kick (MsnwebSession *session, guint number, const char *who)
{
  g_autofree char *address = msnweb_address_normalize (who);
  const Chat *chat = usable (session, number);

  if (chat != NULL)
    send_wish (session, number,
               msnweb_thread_encode_remove (chat->id, address),
               IM_ROOM_WISH_KICK, address);
}

void
msnweb_session_set_topic (MsnwebSession *session, guint number,
                          const char *topic)
{
  const Chat *chat = usable (session, number);

  if (chat != NULL)
    send_wish (session, number,
               msnweb_thread_encode_topic (chat->id,
                                           topic != NULL ? topic : ""),
               IM_ROOM_WISH_TOPIC, NULL);
}

void
msnweb_session_leave_chat (MsnwebSession *session, guint number)
{
  Chat *chat = find_chat (session, number);

  if (chat == NULL)
    return;
  if (chat->id != NULL && msnweb_session_is_up (session))
    msnweb_commands_send (
        session, msnweb_thread_encode_remove (chat->id, session->own), NULL,
        NULL, NULL);
  forget (session, chat);
}

/* --- Life --------------------------------------------------------------- */

/* Back after a loss: what changed meanwhile. */
static void
online (MsnwebSession *session)
{
  for (guint i = 0; i < session->chats->chats->len; i++)
    {
      const Chat *chat = session->chats->chats->pdata[i];

      if (chat->open && chat->id != NULL)
        ask (session, chat);
    }
}

static void
init (MsnwebSession *session, const MsnwebConfig *config)
{
  session->chats = g_new0 (MsnwebChats, 1);
  session->chats->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) chat_unref);
}

static void
clear (MsnwebSession *session)
{
  g_ptr_array_unref (session->chats->chats);
  g_free (session->chats);
}

const MsnwebPart msnweb_chats_part = {
  .init = init,
  .clear = clear,
  .online = online,
};
