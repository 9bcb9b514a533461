#include "msnp-chats.h"

#include <errno.h>

#include "glue-chat.h"
#include "glue-host.h"
#include "glue-i18n.h"
#include "glue-markup.h"
#include "msn-engine.h"

/* bitlbee asks without a connection. */
GList *
msnp_chats_info (PurpleConnection *gc)
{
  struct proto_chat_entry *who = g_new0 (struct proto_chat_entry, 1);

  who->label = _("_Invite:");
  who->identifier = GLUE_CHAT_ROOM;
  who->required = TRUE;
  return g_list_append (NULL, who);
}

GHashTable *
msnp_chats_defaults (PurpleConnection *gc, const char *name)
{
  GHashTable *components =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  if (name != NULL)
    g_hash_table_insert (components, (gpointer) GLUE_CHAT_ROOM,
                         g_strdup (name));
  return components;
}

char *
msnp_chats_name (GHashTable *components)
{
  return g_strdup (g_hash_table_lookup (components, GLUE_CHAT_ROOM));
}

/* "Joining" is meeting somebody: the conversation begins with them. */
void
msnp_chats_join (PurpleConnection *gc, GHashTable *components)
{
  GlueHost *glue = glue_host_of (gc);
  const char *who = g_hash_table_lookup (components, GLUE_CHAT_ROOM);

  if (glue != NULL && who != NULL && *who != '\0')
    msn_engine_of (glue)->join (glue->session, who);
}

void
msnp_chats_leave (PurpleConnection *gc, int id)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL)
    msn_engine_of (glue)->leave_chat (glue->session, (guint) id);
}

int
msnp_chats_send (PurpleConnection *gc, int id, const char *message,
                 PurpleMessageFlags flags)
{
  GlueHost *glue = glue_host_of (gc);
  g_autoptr (ImText) text = glue_markup_parse (message);

  if (glue == NULL)
    return -ENOTCONN;
  return msn_engine_of (glue)->say_in_chat (glue->session, (guint) id, text)
             ? 0
             : -E2BIG;
}

void
msnp_chats_invite (PurpleConnection *gc, int id, const char *message,
                   const char *who)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL)
    msn_engine_of (glue)->invite (glue->session, (guint) id, who);
}

/* --- commands ----------------------------------------------------------- */

static PurpleCmdId topic_command, kick_command;

/* Which engine has what is only known in the conversation. */
static PurpleCmdRet
not_here (char **error)
{
  *error = g_strdup (
      _("Conversations of this kind know no topics and nobody in charge."));
  return PURPLE_CMD_RET_FAILED;
}

static PurpleCmdRet
run_topic (PurpleConversation *conv, const char *name, char **args,
           char **error, void *data)
{
  GlueHost *glue = glue_host_of (purple_conversation_get_gc (conv));

  if (glue == NULL || msn_engine_of (glue)->set_topic == NULL)
    return not_here (error);
  msn_engine_of (glue)->set_topic (
      glue->session,
      (guint) purple_conv_chat_get_id (PURPLE_CONV_CHAT (conv)), args[0]);
  return PURPLE_CMD_RET_OK;
}

static PurpleCmdRet
run_kick (PurpleConversation *conv, const char *name, char **args,
          char **error, void *data)
{
  GlueHost *glue = glue_host_of (purple_conversation_get_gc (conv));

  if (glue == NULL || msn_engine_of (glue)->kick == NULL)
    return not_here (error);
  msn_engine_of (glue)->kick (
      glue->session,
      (guint) purple_conv_chat_get_id (PURPLE_CONV_CHAT (conv)), args[0]);
  return PURPLE_CMD_RET_OK;
}

void
msnp_chats_register_commands (void)
{
  topic_command = purple_cmd_register (
      "topic", "s", PURPLE_CMD_P_PRPL,
      PURPLE_CMD_FLAG_CHAT | PURPLE_CMD_FLAG_PRPL_ONLY, MSN_ENGINE_ID,
      run_topic, _("topic &lt;text&gt;: say what the conversation is about"),
      NULL);
  kick_command = purple_cmd_register (
      "kick", "s", PURPLE_CMD_P_PRPL,
      PURPLE_CMD_FLAG_CHAT | PURPLE_CMD_FLAG_PRPL_ONLY, MSN_ENGINE_ID,
      run_kick, _("kick &lt;name&gt;: remove somebody from the conversation"),
      NULL);
}

void
msnp_chats_unregister_commands (void)
{
  purple_cmd_unregister (topic_command);
  purple_cmd_unregister (kick_command);
}
