#include "gtalk-google.h"

#include <string.h>

#include "glue-i18n.h"
#include "glue-markup.h"
#include "gtalk-actions.h"

static GtalkSession *
session_of (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL ? glue->session : NULL;
}

/* --- settings --------------------------------------------------------------- */

typedef struct
{
  const char *id;
  GtalkSetting setting;
  const char *label;
} Row;

static const Row rows[] = {
  { "mail", GTALK_SETTING_MAIL, N_("Tell me of new mail") },
  { "archive", GTALK_SETTING_ARCHIVE, N_("Save chat history on the server") },
  { "auto-accept", GTALK_SETTING_AUTO_ACCEPT,
    N_("Add suggested contacts without asking") },
};

/* Other programs of the user heed what the server says of mail: here, one can
 * only stop to listen. */
static void
change (GlueHost *glue, GtalkSetting setting, gboolean on)
{
  if (setting == GTALK_SETTING_MAIL)
    {
      purple_account_set_check_mail (glue->account, on);
      gtalk_session_watch_mail (glue->session, on);
      if (!on)
        return;
    }
  gtalk_session_change_setting (glue->session, setting, on);
}

static gboolean
holds (GlueHost *glue, GtalkSetting setting, gboolean *ret_on)
{
  if (!gtalk_session_get_setting (glue->session, setting, ret_on))
    return FALSE;
  if (setting == GTALK_SETTING_MAIL)
    *ret_on = *ret_on && purple_account_get_check_mail (glue->account);
  return TRUE;
}

static void
settings_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  gboolean was;

  for (guint i = 0; glue != NULL && i < G_N_ELEMENTS (rows); i++)
    if (purple_request_fields_exists (form, rows[i].id) &&
        holds (glue, rows[i].setting, &was))
      {
        gboolean on = purple_request_fields_get_bool (form, rows[i].id);

        if (on != was)
          change (glue, rows[i].setting, on);
      }
}

static void
edit_settings (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);
  PurpleRequestFields *form;
  PurpleRequestFieldGroup *group;
  gboolean on;

  if (glue == NULL)
    return;
  form = purple_request_fields_new ();
  group = purple_request_field_group_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (holds (glue, rows[i].setting, &on))
      purple_request_field_group_add_field (
          group, purple_request_field_bool_new (rows[i].id, _(rows[i].label),
                                                on));
  purple_request_fields_add_group (form, group);
  if (purple_request_fields (
          glue->gc, _("Google Talk Settings"),
          _("How shall the server treat your account?"),
          _("This holds for all programs you sign on with."), form, _("OK"),
          G_CALLBACK (settings_done), _("Cancel"), NULL, glue->account, NULL,
          NULL, glue->gc) == NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("This program has no forms to fill in."), NULL);
}

static gboolean
has_settings (GlueHost *glue)
{
  gboolean on;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (holds (glue, rows[i].setting, &on))
      return TRUE;
  return FALSE;
}

/* --- earlier statuses ---------------------------------------------------------- */

/* Returns: how many there are; @field (nullable) gets them */
static guint
add_texts (PurpleRequestField *field, GlueHost *glue, gboolean busy)
{
  g_autoptr (GPtrArray) texts =
      gtalk_session_status_texts (glue->session, busy);

  for (guint i = 0; field != NULL && i < texts->len; i++)
    {
      g_autofree char *label = g_strdup_printf (
          "%s: %s", busy ? _("Do not disturb") : _("Available"),
          (const char *) texts->pdata[i]);

      purple_request_field_choice_add (field, label);
    }
  return texts->len;
}

static gboolean
has_texts (GlueHost *glue)
{
  return add_texts (NULL, glue, FALSE) + add_texts (NULL, glue, TRUE) > 0;
}

/* The list may have changed while the form was open: what was read counts. */
static void
text_chosen (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  PurpleRequestField *field = purple_request_fields_get_field (form, "text");
  const char *label = g_list_nth_data (
      purple_request_field_choice_get_labels (field),
      (guint) purple_request_field_choice_get_value (field));
  const char *colon = label != NULL ? strstr (label, ": ") : NULL;
  gboolean busy = label != NULL && g_str_has_prefix (label,
                                                     _("Do not disturb"));
  g_autoptr (ImText) text = NULL;
  g_autofree char *html = NULL;

  if (glue == NULL || colon == NULL)
    return;
  text = im_text_new_plain (colon + 2);
  html = glue_markup_print_status (text);
  purple_account_set_status (glue->account, busy ? "dnd" : "available", TRUE,
                             "message", html, NULL);
}

static void
choose_text (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);
  PurpleRequestFields *form;
  PurpleRequestFieldGroup *group;
  PurpleRequestField *field;

  if (glue == NULL)
    return;
  form = purple_request_fields_new ();
  group = purple_request_field_group_new (NULL);
  field = purple_request_field_choice_new ("text", _("Status"), 0);
  add_texts (field, glue, FALSE);
  add_texts (field, glue, TRUE);
  purple_request_field_group_add_field (group, field);
  purple_request_fields_add_group (form, group);
  if (purple_request_fields (glue->gc, _("Use an Earlier Status"), NULL,
                             _("The server remembers what you have used, here "
                               "and elsewhere."),
                             form, _("OK"), G_CALLBACK (text_chosen),
                             _("Cancel"), NULL, glue->account, NULL, NULL,
                             glue->gc) == NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("This program has no forms to fill in."), NULL);
}

/* --- mail --------------------------------------------------------------------- */

static void
show_mail (PurplePluginAction *action)
{
  GtalkSession *session = session_of (action->context);

  if (session != NULL)
    gtalk_session_show_mail (session);
}

static void
open_inbox (PurplePluginAction *action)
{
  GtalkSession *session = session_of (action->context);

  if (session != NULL && gtalk_session_mailbox_url (session) != NULL)
    purple_notify_uri (action->context, gtalk_session_mailbox_url (session));
}

GList *
gtalk_google_add_actions (GList *list, PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue == NULL || !gtalk_session_is_online (glue->session))
    return list;
  if (has_settings (glue))
    list = g_list_append (list,
                          purple_plugin_action_new (
                              _("Google Talk Settings..."), edit_settings));
  if (has_texts (glue))
    list = g_list_append (list, purple_plugin_action_new (
                                    _("Use an Earlier Status..."),
                                    choose_text));
  if (!gtalk_session_has (glue->session, GTALK_FEATURE_MAIL))
    return list;
  list = g_list_append (
      list, purple_plugin_action_new (_("Show New Mail"), show_mail));
  if (gtalk_session_mailbox_url (glue->session) != NULL)
    list = g_list_append (
        list, purple_plugin_action_new (_("Open Inbox"), open_inbox));
  return list;
}

/* --- off the record ------------------------------------------------------------ */

static void
set_off_record (PurpleBlistNode *node, gpointer off)
{
  PurpleBuddy *buddy = (PurpleBuddy *) node;
  GtalkSession *session = session_of (
      purple_account_get_connection (purple_buddy_get_account (buddy)));

  if (session != NULL)
    gtalk_session_set_off_record (session, purple_buddy_get_name (buddy),
                                  GPOINTER_TO_INT (off));
}

GList *
gtalk_google_add_entries (GList *list, GtalkSession *session,
                          PurpleBuddy *buddy)
{
  gboolean off;

  if (!gtalk_session_has (session, GTALK_FEATURE_OFF_RECORD))
    return list;
  off = gtalk_session_is_off_record (session, purple_buddy_get_name (buddy));
  return g_list_append (
      list, purple_menu_action_new (off ? _("Go Back on the Record")
                                        : _("Go Off the Record"),
                                    G_CALLBACK (set_off_record),
                                    GINT_TO_POINTER (!off), NULL));
}

static PurpleCmdId record_command;

static PurpleCmdRet
run_record (PurpleConversation *conv, const char *name, char **args,
            char **error, void *data)
{
  GtalkSession *session = session_of (purple_conversation_get_gc (conv));
  const char *who = purple_conversation_get_name (conv);
  gboolean off;

  if (session == NULL ||
      !gtalk_session_has (session, GTALK_FEATURE_OFF_RECORD))
    {
      *error = g_strdup (_("This server has no conversations off the "
                           "record."));
      return PURPLE_CMD_RET_FAILED;
    }
  off = args != NULL && args[0] != NULL
            ? strcmp (args[0], "on") == 0
            : !gtalk_session_is_off_record (session, who);
  if (args != NULL && args[0] != NULL && !off && strcmp (args[0], "off") != 0)
    return PURPLE_CMD_RET_FAILED;
  gtalk_session_set_off_record (session, who, off);
  return PURPLE_CMD_RET_OK;
}

/* "otr" is the word of a plugin for encryption. */
void
gtalk_google_add_commands (void)
{
  record_command = purple_cmd_register (
      "norecord", "w", PURPLE_CMD_P_PRPL,
      PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY |
          PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
      gtalk_protocol.id, run_record,
      _("norecord [on|off]:  Ask the server not to keep this conversation."),
      NULL);
}

void
gtalk_google_remove_commands (void)
{
  purple_cmd_unregister (record_command);
}
