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

/* bitlbee compares our own name letter by letter with the account's, and
 * takes us for a stranger otherwise. */
static const char *
member_name (GlueHost *glue, const char *who)
{
  return is_own_name (glue, who) ? purple_account_get_username (glue->account)
                                 : who;
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

  if (conv != NULL && glue->gc != NULL)
    purple_conv_chat_set_nick (purple_conversation_get_chat_data (conv),
                               purple_account_get_username (glue->account));
}

void
glue_chat_on_left (GlueHost *glue, const ImEvent *event)
{
  PurpleConversation *conv = find_chat (glue, event->chat.chat);

  if (conv == NULL)
    return;
  purple_conversation_write (conv, NULL,
                             _("The connection to this room was lost."),
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
                    failure_words (event->chat.failure.problem));
}

static void
add_members (GlueHost *glue, PurpleConvChat *chat,
             const ImEventChatMembers *members)
{
  GList *names = NULL, *flags = NULL;

  for (const char *const *name = members->names; *name != NULL; name++)
    {
      const char *shown = member_name (glue, *name);

      if (purple_conv_chat_find_user (chat, shown))
        continue;
      names = g_list_prepend (names, (gpointer) shown);
      flags = g_list_prepend (flags, GINT_TO_POINTER (PURPLE_CBFLAGS_NONE));
    }
  if (names != NULL)
    purple_conv_chat_add_users (chat, names, NULL, flags, !members->present);
  g_list_free (names);
  g_list_free (flags);
}

static void
remove_members (GlueHost *glue, PurpleConvChat *chat,
                const ImEventChatMembers *members)
{
  for (const char *const *name = members->names; *name != NULL; name++)
    purple_conv_chat_remove_user (chat, member_name (glue, *name), NULL);
}

void
glue_chat_on_members (GlueHost *glue, const ImEvent *event)
{
  const ImEventChatMembers *members = &event->chat_members;
  PurpleConversation *conv = find_chat (glue, members->chat);

  if (conv == NULL)
    return;
  if (members->arrived)
    add_members (glue, purple_conversation_get_chat_data (conv), members);
  else
    remove_members (glue, purple_conversation_get_chat_data (conv), members);
}

void
glue_chat_on_message (GlueHost *glue, const ImEvent *event)
{
  const ImEventChatMessage *message = &event->chat_message;
  g_autofree char *html = glue_markup_print (message->text);

  serv_got_chat_in (glue->gc, (int) message->chat,
                    member_name (glue, message->from),
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
