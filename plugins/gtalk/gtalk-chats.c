#include "gtalk-chats.h"

#include <errno.h>
#include <string.h>

#include "glue-chat.h"
#include "glue-i18n.h"
#include "glue-markup.h"
#include "gtalk-actions.h"
#include "xmpp-jid.h"

static GtalkSession *
session_of (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL ? glue->session : NULL;
}

/* --- entering ------------------------------------------------------------- */

/* bitlbee asks without a connection, and fills in what is called "handle" and
 * "password". */
GList *
gtalk_chats_info (PurpleConnection *gc)
{
  struct proto_chat_entry *room = g_new0 (struct proto_chat_entry, 1);
  struct proto_chat_entry *nick = g_new0 (struct proto_chat_entry, 1);
  struct proto_chat_entry *password = g_new0 (struct proto_chat_entry, 1);

  room->label = _("_Room:");
  room->identifier = GLUE_CHAT_ROOM;
  room->required = TRUE;
  nick->label = _("_Nickname:");
  nick->identifier = GLUE_CHAT_NICK;
  password->label = _("_Password:");
  password->identifier = GLUE_CHAT_PASSWORD;
  password->secret = TRUE;
  return g_list_append (g_list_append (g_list_append (NULL, room), nick),
                        password);
}

GHashTable *
gtalk_chats_defaults (PurpleConnection *gc, const char *name)
{
  GHashTable *components =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  const char *address =
      gc != NULL ? purple_account_get_username (
                       purple_connection_get_account (gc))
                 : NULL;

  if (name != NULL)
    g_hash_table_insert (components, (gpointer) GLUE_CHAT_ROOM,
                         g_strdup (name));
  if (address != NULL)
    g_hash_table_insert (components, (gpointer) GLUE_CHAT_NICK,
                         g_strndup (address, strcspn (address, "@")));
  return components;
}

char *
gtalk_chats_name (GHashTable *components)
{
  return g_strdup (g_hash_table_lookup (components, GLUE_CHAT_ROOM));
}

void
gtalk_chats_join (PurpleConnection *gc, GHashTable *components)
{
  GtalkSession *session = session_of (gc);
  const char *name = g_hash_table_lookup (components, GLUE_CHAT_ROOM);
  const char *key = g_hash_table_lookup (components, GLUE_CHAT_KEY);

  if (session == NULL || name == NULL || *name == '\0')
    return;
  if (key != NULL)
    gtalk_session_join_invited (session, name, key);
  else
    gtalk_session_join_room (
        session, name, g_hash_table_lookup (components, GLUE_CHAT_NICK),
        g_hash_table_lookup (components, GLUE_CHAT_PASSWORD));
}

void
gtalk_chats_reject (PurpleConnection *gc, GHashTable *components)
{
  GtalkSession *session = session_of (gc);
  const char *name = g_hash_table_lookup (components, GLUE_CHAT_ROOM);
  const char *key = g_hash_table_lookup (components, GLUE_CHAT_KEY);

  if (session != NULL && name != NULL && key != NULL)
    gtalk_session_decline_invite (session, name, key);
}

/* --- inside ----------------------------------------------------------------- */

void
gtalk_chats_leave (PurpleConnection *gc, int id)
{
  GtalkSession *session = session_of (gc);

  if (session != NULL)
    gtalk_session_leave_room (session, (guint) id);
}

static int
say (PurpleConnection *gc, int id, const char *message, const char *whisper_to)
{
  GtalkSession *session = session_of (gc);
  g_autoptr (ImText) text = glue_markup_parse (message);

  if (session == NULL)
    return -ENOTCONN;
  return gtalk_session_say_in_room (session, (guint) id, text, whisper_to)
             ? 0
             : -E2BIG;
}

int
gtalk_chats_send (PurpleConnection *gc, int id, const char *message,
                  PurpleMessageFlags flags)
{
  return say (gc, id, message, NULL);
}

void
gtalk_chats_whisper (PurpleConnection *gc, int id, const char *who,
                     const char *message)
{
  say (gc, id, message, who);
}

void
gtalk_chats_invite (PurpleConnection *gc, int id, const char *message,
                    const char *who)
{
  GtalkSession *session = session_of (gc);

  if (session != NULL)
    gtalk_session_invite_to_room (session, (guint) id, who, message);
}

void
gtalk_chats_set_topic (PurpleConnection *gc, int id, const char *topic)
{
  GtalkSession *session = session_of (gc);

  if (session != NULL)
    gtalk_session_set_topic (session, (guint) id, topic);
}

/* --- who is who --------------------------------------------------------------- */

static GHashTable *room_addresses;

gboolean
gtalk_chats_is_occupant (const char *address)
{
  g_autofree char *bare = NULL;

  if (room_addresses == NULL || *xmpp_jid_resource (address) == '\0')
    return FALSE;
  bare = xmpp_jid_dup_bare (address);
  return g_hash_table_contains (room_addresses, bare);
}

char *
gtalk_chats_real_name (PurpleConnection *gc, int id, const char *who)
{
  GtalkSession *session = session_of (gc);
  char *address = session != NULL ? gtalk_session_occupant_address (
                                        session, (guint) id, who)
                                  : NULL;

  if (address != NULL && *xmpp_jid_resource (address) != '\0')
    {
      if (room_addresses == NULL)
        room_addresses =
            g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_add (room_addresses, xmpp_jid_dup_bare (address));
    }
  return address;
}

/* --- commands --------------------------------------------------------------- */

typedef enum
{
  COMMAND_NICK,
  COMMAND_TOPIC,
  COMMAND_KICK,
  COMMAND_BAN,
  COMMAND_MSG,
  COMMAND_INVITE,
} Command;

static const struct
{
  const char *name;
  const char *args; /* as purple_cmd_register() wants them */
  PurpleCmdFlag more;
  const char *help;
} commands[] = {
  [COMMAND_NICK] = { "nick", "s", 0,
                     N_("nick &lt;nickname&gt;:  Change your nickname.") },
  [COMMAND_TOPIC] = { "topic", "s", 0,
                      N_("topic &lt;topic&gt;:  Change the topic.") },
  [COMMAND_KICK] = { "kick", "ws", PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
                     N_("kick &lt;nickname&gt; [reason]:  Remove somebody "
                        "from the room.") },
  [COMMAND_BAN] = { "ban", "ws", PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
                    N_("ban &lt;nickname&gt; [reason]:  Remove somebody for "
                       "good.") },
  [COMMAND_MSG] = { "msg", "ws", 0,
                    N_("msg &lt;nickname&gt; &lt;message&gt;:  Say something "
                       "to one person alone.") },
  [COMMAND_INVITE] = { "invite", "ws", PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
                       N_("invite &lt;address&gt; [message]:  Ask somebody "
                          "into the room.") },
};

static PurpleCmdId registered[G_N_ELEMENTS (commands)];

/* What is whispered comes back from nobody. */
static void
whisper (PurpleConversation *conv, PurpleConnection *gc, int id, char **args)
{
  PurpleConvChat *chat = purple_conversation_get_chat_data (conv);
  /* Translators: to whom something is said, and what. */
  g_autofree char *line = g_strdup_printf (_("(to %s) %s"), args[0], args[1]);

  if (say (gc, id, args[1], args[0]) == 0)
    purple_conv_chat_write (chat, purple_conv_chat_get_nick (chat), line,
                            PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_WHISPER,
                            time (NULL));
}

static PurpleCmdRet
on_command (PurpleConversation *conv, const char *name, char **args,
            char **error, void *data)
{
  PurpleConnection *gc = purple_conversation_get_gc (conv);
  GtalkSession *session = gc != NULL ? session_of (gc) : NULL;
  int id = purple_conv_chat_get_id (purple_conversation_get_chat_data (conv));
  Command command = (Command) GPOINTER_TO_INT (data);

  if (session == NULL || args == NULL || args[0] == NULL)
    return PURPLE_CMD_RET_FAILED;
  switch (command)
    {
    case COMMAND_NICK:
      gtalk_session_change_nick (session, (guint) id, args[0]);
      break;
    case COMMAND_TOPIC:
      gtalk_session_set_topic (session, (guint) id, args[0]);
      break;
    case COMMAND_KICK:
    case COMMAND_BAN:
      gtalk_session_kick (session, (guint) id, args[0], args[1],
                          command == COMMAND_BAN);
      break;
    case COMMAND_MSG:
      whisper (conv, gc, id, args);
      break;
    case COMMAND_INVITE:
      gtalk_session_invite_to_room (session, (guint) id, args[0], args[1]);
      break;
    }
  return PURPLE_CMD_RET_OK;
}

void
gtalk_chats_add_commands (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    registered[i] = purple_cmd_register (
        commands[i].name, commands[i].args, PURPLE_CMD_P_PRPL,
        PURPLE_CMD_FLAG_CHAT | PURPLE_CMD_FLAG_PRPL_ONLY | commands[i].more,
        gtalk_protocol.id, on_command, _(commands[i].help),
        GINT_TO_POINTER (i));
}

void
gtalk_chats_remove_commands (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    purple_cmd_unregister (registered[i]);
}
