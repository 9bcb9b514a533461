#include "glue-record.h"

#include "glue-i18n.h"

/* On a conversation whose log we have ended. */
#define LOG_ENDED "classic-log-ended"

static void
end_log (PurpleConversation *conv)
{
  if (!purple_conversation_is_logging (conv))
    return;
  purple_conversation_set_logging (conv, FALSE);
  purple_conversation_set_data (conv, LOG_ENDED, GINT_TO_POINTER (TRUE));
}

static void
resume_log (PurpleConversation *conv)
{
  if (purple_conversation_get_data (conv, LOG_ENDED) == NULL)
    return;
  purple_conversation_set_data (conv, LOG_ENDED, NULL);
  purple_conversation_set_logging (conv, TRUE);
}

static void
say (GlueHost *glue, const char *who, gboolean kept)
{
  g_autofree char *html = g_markup_escape_text (
      kept ? _("This conversation is on the record again: it may be kept.")
           : _("This conversation is off the record: it is not kept on the "
               "server, nor here."),
      -1);

  glue_conversation_note (glue, who, html, FALSE);
}

gboolean
glue_record_is_off (GlueHost *glue, const char *who)
{
  g_autofree char *name = glue->protocol->normalize (who);

  return glue->unkept != NULL && g_hash_table_contains (glue->unkept, name);
}

/* Before its first line. */
static void
on_conversation (PurpleConversation *conv, GlueHost *glue)
{
  const char *who = purple_conversation_get_name (conv);

  if (purple_conversation_get_account (conv) != glue->account ||
      purple_conversation_get_type (conv) != PURPLE_CONV_TYPE_IM ||
      !glue_record_is_off (glue, who))
    return;
  end_log (conv);
  say (glue, who, FALSE);
}

static void
watch (GlueHost *glue)
{
  if (glue->unkept != NULL)
    return;
  glue->unkept =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  purple_signal_connect (purple_conversations_get_handle (),
                         "conversation-created", &glue->unkept,
                         PURPLE_CALLBACK (on_conversation), glue);
}

void
glue_record_on_event (GlueHost *glue, const ImEvent *event)
{
  const ImEventRecord *record = &event->record;
  PurpleConversation *conv = purple_find_conversation_with_account (
      PURPLE_CONV_TYPE_IM, record->who, glue->account);
  char *name = glue->protocol->normalize (record->who);

  watch (glue);
  if (record->kept)
    {
      g_hash_table_remove (glue->unkept, name);
      g_free (name);
    }
  else
    g_hash_table_add (glue->unkept, name);
  if (conv == NULL)
    return;
  if (record->kept)
    resume_log (conv);
  else
    end_log (conv);
  say (glue, record->who, record->kept);
}

void
glue_record_closing (GlueHost *glue)
{
  if (glue->unkept == NULL)
    return;
  purple_signals_disconnect_by_handle (&glue->unkept);
  g_clear_pointer (&glue->unkept, g_hash_table_unref);
}
