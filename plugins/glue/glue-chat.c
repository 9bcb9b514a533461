#include "glue-chat.h"

#include <string.h>

#include "glue-i18n.h"
#include "glue-markup.h"

static PurpleConversation *
find_chat (GlueHost *glue, guint number)
{
  return purple_find_chat (glue->gc, (int) number);
}

static gboolean
is_own_name (GlueHost *glue, const char *who)
{
  g_autofree char *theirs = glue->protocol->normalize (who);
  g_autofree char *ours = glue->protocol->normalize (
      purple_account_get_username (glue->account));

  return strcmp (theirs, ours) == 0;
}

/* Where rooms know us by a nickname of theirs, it hangs on the conversation. */
#define NICK_KEY "classic-nick"

/* Lines of before that came again, as history of the room. */
#define LINES_KEY "classic-lines"

/* Seconds by which our clock and a room's may differ for that. */
#define CLOCK_SECONDS 60

static gboolean
is_us (GlueHost *glue, PurpleConversation *conv, const char *who)
{
  const char *nick =
      conv != NULL ? purple_conversation_get_data (conv, NICK_KEY) : NULL;

  return nick != NULL ? strcmp (nick, who) == 0 : is_own_name (glue, who);
}

/* bitlbee compares our own name letter by letter with the account's, and
 * takes us for a stranger otherwise. Others show the nickname. */
static const char *
member_name (GlueHost *glue, PurpleConversation *conv, const char *who)
{
  gboolean has_nick =
      conv != NULL && purple_conversation_get_data (conv, NICK_KEY) != NULL;

  if (!is_us (glue, conv, who) || (has_nick && !glue_host_is_bitlbee ()))
    return who;
  return purple_account_get_username (glue->account);
}

static void
forget_nick (PurpleConversation *conv)
{
  g_free (purple_conversation_get_data (conv, NICK_KEY));
  purple_conversation_set_data (conv, NICK_KEY, NULL);
}

static void
forget_old_lines (PurpleConversation *conv)
{
  GHashTable *lines = purple_conversation_get_data (conv, LINES_KEY);

  if (lines != NULL)
    g_hash_table_unref (lines);
  purple_conversation_set_data (conv, LINES_KEY, NULL);
}

static void
on_deleting (PurpleConversation *conv, gpointer data)
{
  forget_nick (conv);
  forget_old_lines (conv);
}

static void
set_nick (GlueHost *glue, PurpleConversation *conv, const char *nick)
{
  static int handle;

  /* Once: conversations outlive connections. */
  if (nick != NULL && !g_atomic_int_get (&handle))
    {
      g_atomic_int_set (&handle, 1);
      purple_signal_connect (purple_conversations_get_handle (),
                             "deleting-conversation", &handle,
                             PURPLE_CALLBACK (on_deleting), NULL);
    }
  forget_nick (conv);
  if (nick != NULL)
    purple_conversation_set_data (conv, NICK_KEY, g_strdup (nick));
  purple_conv_chat_set_nick (
      purple_conversation_get_chat_data (conv),
      nick != NULL && !glue_host_is_bitlbee ()
          ? nick
          : purple_account_get_username (glue->account));
}

void
glue_chat_note (GlueHost *glue, guint chat, const char *html)
{
  PurpleConversation *conv = find_chat (glue, chat);

  if (conv == NULL)
    return;
  /* bitlbee drops error lines, but shows what is said. */
  if (glue_host_is_bitlbee ())
    serv_got_chat_in (glue->gc, (int) chat,
                      purple_account_get_protocol_name (glue->account),
                      PURPLE_MESSAGE_SYSTEM, html, time (NULL));
  else
    purple_conversation_write (conv, NULL, html, PURPLE_MESSAGE_ERROR,
                               time (NULL));
}

void
glue_chat_on_joined (GlueHost *glue, const ImEvent *event)
{
  PurpleConversation *conv = serv_got_joined_chat (
      glue->gc, (int) event->chat.chat, event->chat.name);

  if (conv == NULL || glue->gc == NULL)
    return;
  forget_old_lines (conv);
  set_nick (glue, conv, event->chat.nick);
}

/* Returns: (nullable): why we are not in a room, as far as it is its doing */
static const char *
end_words (ImRoomEnd end)
{
  switch (end)
    {
    case IM_ROOM_END_NONE:
      break;
    case IM_ROOM_END_KICKED:
      return _("You were removed from this room.");
    case IM_ROOM_END_BANNED:
      return _("You are banned from this room.");
    case IM_ROOM_END_DESTROYED:
      return _("This room does not exist any more.");
    case IM_ROOM_END_MEMBERS_ONLY:
      return _("Only members may enter this room.");
    case IM_ROOM_END_CLOSING:
      return _("The service of this room is being shut down.");
    case IM_ROOM_END_PASSWORD:
      return _("This room needs a password, or another one.");
    case IM_ROOM_END_NICK_TAKEN:
      return _("Your nickname is taken there.");
    case IM_ROOM_END_NICK_OTHER:
      return _("You must use the nickname you registered there.");
    case IM_ROOM_END_LOCKED:
      return _("The room does not exist yet, or is locked.");
    case IM_ROOM_END_NO_CREATING:
      return _("You may not create rooms there.");
    case IM_ROOM_END_FULL:
      return _("The room is full.");
    case IM_ROOM_END_BAD_NAME:
      return _("That name of a room or nickname is not allowed.");
    case IM_ROOM_END_UNREACHABLE:
      return _("The server of this room cannot be reached.");
    }
  return NULL;
}

/* Returns: (transfer full): the same, with who did it and what they say */
static char *
left_words (const ImEventChat *chat)
{
  const char *why = end_words (chat->end);
  GString *text = g_string_new (
      why != NULL ? why : _("The connection to this room was lost."));

  if (chat->by != NULL)
    {
      /* Translators: who removed us from a room. */
      g_string_append_printf (text, _(" By: %s."), chat->by);
    }
  if (chat->words != NULL)
    g_string_append_printf (text, " (%s)", chat->words);
  return g_string_free (text, FALSE);
}

void
glue_chat_on_left (GlueHost *glue, const ImEvent *event)
{
  PurpleConversation *conv = find_chat (glue, event->chat.chat);
  g_autofree char *words = NULL;
  g_autofree char *html = NULL;

  if (conv == NULL)
    return;
  words = left_words (&event->chat);
  html = g_markup_escape_text (words, -1);
  purple_conversation_write (conv, NULL, html,
                             PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_ERROR,
                             time (NULL));
  if (glue->gc != NULL)
    serv_got_chat_left (glue->gc, (int) event->chat.chat);
}

static const char *
failure_words (ImProblem problem)
{
  switch (problem)
    {
    case IM_PROBLEM_UNAVAILABLE:
      return _("The network has no chat rooms at the moment.");
    case IM_PROBLEM_REFUSED_REQUEST:
      return _("The network does not allow this room.");
    case IM_PROBLEM_TIMED_OUT:
      return _("The network did not answer.");
    case IM_PROBLEM_TLS_NOT_OFFERED:
      return _("Rooms are not encrypted there; your settings forbid that.");
    default:
      return _("The connection to the room failed.");
    }
}

void
glue_chat_on_failed (GlueHost *glue, const ImEvent *event)
{
  GHashTable *components = g_hash_table_new (g_str_hash, g_str_equal);
  /* Translators: the name of a room. */
  g_autofree char *sentence = g_strdup_printf (
      _("You could not enter the room %s."), event->chat.name);

  g_hash_table_insert (components, (gpointer) GLUE_CHAT_ROOM,
                       (gpointer) event->chat.name);
  purple_serv_got_join_chat_failed (glue->gc, components);
  g_hash_table_unref (components);
  if (glue->gc != NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR, sentence,
                    event->chat.end != IM_ROOM_END_NONE
                        ? end_words (event->chat.end)
                        : failure_words (event->chat.failure.problem));
}

static PurpleConvChatBuddyFlags
rank_flags (const ImEventChatMembers *members, guint i)
{
  switch (members->ranks != NULL ? members->ranks[i] : IM_RANK_NONE)
    {
    case IM_RANK_NONE:
      break;
    case IM_RANK_VOICE:
      return PURPLE_CBFLAGS_VOICE;
    case IM_RANK_MODERATOR:
      return PURPLE_CBFLAGS_OP;
    case IM_RANK_OWNER:
      return PURPLE_CBFLAGS_FOUNDER;
    }
  return PURPLE_CBFLAGS_NONE;
}

static void
add_members (GlueHost *glue, PurpleConversation *conv,
             const ImEventChatMembers *members)
{
  PurpleConvChat *chat = purple_conversation_get_chat_data (conv);
  GList *names = NULL, *flags = NULL;

  for (guint i = 0; members->names[i] != NULL; i++)
    {
      const char *shown = member_name (glue, conv, members->names[i]);
      PurpleConvChatBuddyFlags rank = rank_flags (members, i);

      if (!purple_conv_chat_find_user (chat, shown))
        {
          names = g_list_prepend (names, (gpointer) shown);
          flags = g_list_prepend (flags, GINT_TO_POINTER (rank));
        }
      else if (members->ranks != NULL &&
               purple_conv_chat_user_get_flags (chat, shown) != rank)
        purple_conv_chat_user_set_flags (chat, shown, rank);
    }
  if (names != NULL)
    purple_conv_chat_add_users (chat, names, NULL, flags, !members->present);
  g_list_free (names);
  g_list_free (flags);
}

static void
remove_members (GlueHost *glue, PurpleConversation *conv,
                const ImEventChatMembers *members)
{
  for (const char *const *name = members->names; *name != NULL; name++)
    purple_conv_chat_remove_user (purple_conversation_get_chat_data (conv),
                                  member_name (glue, conv, *name),
                                  members->words);
}

/* bitlbee shows no new names: there, one leaves and another comes. */
static void
rename_member (GlueHost *glue, PurpleConversation *conv,
               const ImEventChatMembers *members)
{
  PurpleConvChat *chat = purple_conversation_get_chat_data (conv);
  const char *old = members->names[0];
  gboolean ours = is_us (glue, conv, old);

  if (!glue_host_is_bitlbee ())
    purple_conv_chat_rename_user (chat, old, members->renamed);
  else if (!ours)
    {
      purple_conv_chat_remove_user (chat, old, NULL);
      purple_conv_chat_add_user (chat, members->renamed, NULL,
                                 PURPLE_CBFLAGS_NONE, TRUE);
    }
  if (ours)
    set_nick (glue, conv, members->renamed);
}

void
glue_chat_on_members (GlueHost *glue, const ImEvent *event)
{
  const ImEventChatMembers *members = &event->chat_members;
  PurpleConversation *conv = find_chat (glue, members->chat);

  if (conv == NULL)
    return;
  if (members->renamed != NULL)
    rename_member (glue, conv, members);
  else if (members->arrived)
    add_members (glue, conv, members);
  else
    remove_members (glue, conv, members);
}

/* Of our own lines libpurple keeps no name in the room. */
static gboolean
is_of (const PurpleConvMessage *line, const char *who, gboolean mine)
{
  return mine ? (line->flags & PURPLE_MESSAGE_SEND) != 0
              : g_strcmp0 (line->who, who) == 0;
}

/* A window outlives connections, and rooms tell again what is in it already.
 * Each line of it stands for one that comes. */
static gboolean
is_in_window (PurpleConversation *conv, const ImEventChatMessage *message,
              const char *html)
{
  gint64 when = message->time;
  GHashTable *used = purple_conversation_get_data (conv, LINES_KEY);

  for (GList *l = purple_conversation_get_message_history (conv); l != NULL;
       l = l->next)
    {
      const PurpleConvMessage *line = l->data;

      if (line->when < when - CLOCK_SECONDS ||
          line->when > when + CLOCK_SECONDS ||
          !is_of (line, message->from, message->mine) ||
          g_strcmp0 (line->what, html) != 0 ||
          (used != NULL && g_hash_table_contains (used, line)))
        continue;
      if (used == NULL)
        {
          used = g_hash_table_new (NULL, NULL);
          purple_conversation_set_data (conv, LINES_KEY, used);
        }
      g_hash_table_add (used, (gpointer) line);
      return TRUE;
    }
  return FALSE;
}

void
glue_chat_on_message (GlueHost *glue, const ImEvent *event)
{
  const ImEventChatMessage *message = &event->chat_message;
  PurpleConversation *conv = find_chat (glue, message->chat);
  const char *who = member_name (glue, conv, message->from);
  g_autofree char *said = glue_markup_print (message->text);
  g_autofree char *html =
      message->correction
          /* Translators: a message that takes the place of the one before. */
          ? g_strdup_printf (_("Correction: %s"), said)
          : g_steal_pointer (&said);

  if (message->time != 0 && conv != NULL &&
      is_in_window (conv, message, html))
    return;
  serv_got_chat_in (glue->gc, (int) message->chat, who,
                    message->whisper ? PURPLE_MESSAGE_WHISPER : 0, html,
                    message->time != 0 ? (time_t) message->time : time (NULL));
}

void
glue_chat_on_topic (GlueHost *glue, const ImEvent *event)
{
  PurpleConversation *conv = find_chat (glue, event->chat_topic.chat);

  if (conv != NULL)
    purple_conv_chat_set_topic (purple_conversation_get_chat_data (conv),
                                event->chat_topic.by, event->chat_topic.topic);
}

void
glue_chat_on_invite (GlueHost *glue, const ImEvent *event)
{
  const ImEventChatInvite *invite = &event->chat_invite;
  GHashTable *components =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert (components, (gpointer) GLUE_CHAT_ROOM,
                       g_strdup (invite->name));
  g_hash_table_insert (components, (gpointer) GLUE_CHAT_KEY,
                       g_strdup (invite->key));
  /* libpurple owns the components from here on. */
  serv_got_chat_invite (glue->gc, invite->name, invite->from, invite->text,
                        components);
}

static const char *
refusal_words (const ImEventChatRefused *refused)
{
  switch (refused->wish)
    {
    case IM_ROOM_WISH_NICK:
      return refused->why == IM_ROOM_WHY_NOT_TAKEN
                 ? _("That nickname is taken.")
                 : _("That nickname is not allowed here.");
    case IM_ROOM_WISH_TOPIC:
      return _("You may not change the topic of this room.");
    case IM_ROOM_WISH_KICK:
      return _("You may not remove them from this room.");
    case IM_ROOM_WISH_INVITE:
      if (refused->why == IM_ROOM_WHY_NOT_DECLINED)
        return _("They declined your invitation.");
      break;
    }
  return _("They could not be invited into this room.");
}

void
glue_chat_on_refused (GlueHost *glue, const ImEvent *event)
{
  const ImEventChatRefused *refused = &event->chat_refused;
  g_autofree char *text =
      refused->who != NULL
          ? g_strdup_printf ("%s: %s", refused->who, refusal_words (refused))
          : g_strdup (refusal_words (refused));
  g_autofree char *html = g_markup_escape_text (text, -1);

  glue_chat_note (glue, refused->chat, html);
}
