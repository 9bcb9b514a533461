#include "gtalk-correct.h"

#include "glue-i18n.h"
#include "glue-markup.h"
#include "gtalk-actions.h"

static PurpleCmdId command;

/* Rooms say it back. */
static void
show (PurpleConversation *conv, const ImText *text)
{
  g_autofree char *html = glue_markup_print (text);
  /* Translators: a message that takes the place of the one before. */
  g_autofree char *line = g_strdup_printf (_("Correction: %s"), html);

  purple_conversation_write (conv, NULL, line, PURPLE_MESSAGE_SEND,
                             time (NULL));
}

static gboolean
correct (PurpleConversation *conv, GlueHost *glue, const ImText *text)
{
  const char *who = purple_conversation_get_name (conv);

  if (purple_conversation_get_type (conv) == PURPLE_CONV_TYPE_CHAT)
    return gtalk_session_correct_in_room (
        glue->session,
        (guint) purple_conv_chat_get_id (
            purple_conversation_get_chat_data (conv)),
        text);
  if (!gtalk_session_can_correct (glue->session, who) ||
      gtalk_session_correct_message (glue->session, who, text) == 0)
    return FALSE;
  show (conv, text);
  return TRUE;
}

static PurpleCmdRet
on_command (PurpleConversation *conv, const char *name, char **args,
            char **error, void *data)
{
  GlueHost *glue = glue_host_of (purple_conversation_get_gc (conv));
  g_autoptr (ImText) text = NULL;

  if (glue == NULL || args == NULL || args[0] == NULL)
    return PURPLE_CMD_RET_FAILED;
  text = glue_markup_parse (args[0]);
  if (correct (conv, glue, text))
    return PURPLE_CMD_RET_OK;
  *error = g_strdup (_("There is nothing to correct, or it is too long."));
  return PURPLE_CMD_RET_FAILED;
}

void
gtalk_correct_add_command (void)
{
  command = purple_cmd_register (
      "correct", "S", PURPLE_CMD_P_PRPL,
      PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_CHAT | PURPLE_CMD_FLAG_PRPL_ONLY,
      gtalk_protocol.id, on_command,
      _("correct &lt;message&gt;:  Say this in place of your last message."),
      NULL);
}

void
gtalk_correct_remove_command (void)
{
  purple_cmd_unregister (command);
}
