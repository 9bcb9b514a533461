/* The MSN module: what libpurple sees of it. */

#include "glue-actions.h"
#include "glue-buddies.h"
#include "glue-i18n.h"
#include "glue-list.h"
#include "glue-module.h"
#include "msn-engine.h"
#include "msnp-actions.h"
#include "msnp-buddies.h"
#include "msnp-chats.h"
#include "msnp-menu.h"

static PurplePluginProtocolInfo protocol_info;

static const char *
list_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  /* Also the name of the log directory: old logs are found under it. */
  return "msn";
}

static GList *
add_tune (GList *list)
{
  return g_list_append (
      list, purple_status_type_new_with_attrs (
                PURPLE_STATUS_TUNE, "tune", NULL, FALSE, TRUE, TRUE,
                PURPLE_TUNE_ARTIST, _("Artist"),
                purple_value_new (PURPLE_TYPE_STRING), PURPLE_TUNE_ALBUM,
                _("Album"), purple_value_new (PURPLE_TYPE_STRING),
                PURPLE_TUNE_TITLE, _("Title"),
                purple_value_new (PURPLE_TYPE_STRING), NULL));
}

static GList *
status_types (PurpleAccount *account)
{
  GList *list = NULL;

  list = glue_module_add_status (list, PURPLE_STATUS_AVAILABLE, "available",
                                 NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_AWAY, "away", NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_AWAY, "brb",
                                 _("Be right back"));
  list = glue_module_add_status (list, PURPLE_STATUS_UNAVAILABLE, "busy",
                                 _("Busy"));
  list = glue_module_add_status (list, PURPLE_STATUS_UNAVAILABLE, "phone",
                                 _("On the phone"));
  list = glue_module_add_status (list, PURPLE_STATUS_AWAY, "lunch",
                                 _("Out to lunch"));
  list = glue_module_add_status (list, PURPLE_STATUS_INVISIBLE, "invisible",
                                 NULL);
  return glue_module_end_statuses (add_tune (list));
}

static void
register_user (PurpleAccount *account)
{
  glue_actions_register (account, &msn_engine_for (account)->protocol);
}

static GHashTable *
text_table (PurpleAccount *account)
{
  return glue_module_text_table (_("E-mail address"));
}

static PurplePluginProtocolInfo protocol_info = {
  .options = OPT_PROTO_MAIL_CHECK | OPT_PROTO_INVITE_MESSAGE,
  .list_icon = list_icon,
  .status_types = status_types,
  .login = msnp_actions_login,
  .close = glue_actions_close,
  .register_user = register_user,
  .get_account_text_table = text_table,
  .list_emblem = glue_actions_list_emblem,
  .status_text = glue_actions_status_text,
  .tooltip_text = glue_actions_tooltip_text,
  .offline_message = glue_actions_offline_message,
  .convo_closed = msnp_actions_convo_closed,
  .send_im = msnp_actions_send_im,
  .send_typing = glue_actions_send_typing,
  .send_attention = msnp_actions_send_attention,
  .get_attention_types = msnp_actions_attention_types,
  .get_info = glue_actions_get_info,
  .set_status = glue_actions_set_status,
  .set_idle = glue_actions_set_idle,
  .normalize = msnp_actions_normalize,
  GLUE_BUDDIES_CALLBACKS,
  .add_buddy_with_invite = glue_buddies_add_with_words,
  .blist_node_menu = msnp_buddies_menu,
  .chat_info = msnp_chats_info,
  .chat_info_defaults = msnp_chats_defaults,
  .get_chat_name = msnp_chats_name,
  .join_chat = msnp_chats_join,
  .chat_leave = msnp_chats_leave,
  .chat_send = msnp_chats_send,
  .chat_invite = msnp_chats_invite,
  .struct_size = sizeof (PurplePluginProtocolInfo),
};

static gboolean
load (PurplePlugin *plugin)
{
  GlueOptions options = {
    .kind = &msn_direct.protocol.kind,
    .security_label = _("Sign-in and contacts over HTTPS"),
    .security_off = _("Off: the password and the list travel unencrypted"),
    .web_label = _("Web address (for sign-in and contacts)"),
  };

  if (!glue_actions_probe (plugin))
    return FALSE;
  options.more = msnp_actions_options ();
  protocol_info.protocol_options = glue_account_options (&options);
  msnp_actions_register_commands ();
  msnp_chats_register_commands ();
  return TRUE;
}

static gboolean
unload (PurplePlugin *plugin)
{
  msnp_actions_unregister_commands ();
  msnp_chats_unregister_commands ();
  return TRUE;
}

static PurplePluginInfo info = {
  GLUE_MODULE_INFO,
  .id = (char *) "prpl-msn",
  .name = (char *) "MSN",
  .load = load,
  .unload = unload,
  .actions = msnp_menu,
  .extra_info = &protocol_info,
};

static void
init (PurplePlugin *plugin)
{
  glue_module_init (plugin);
  info.summary = (char *) _("MSN protocol plugin");
  info.description = (char *) _("Connects to servers that speak MSNP as MSN "
                                "Messenger did.");
}

PURPLE_INIT_PLUGIN (classic_msn, init, info)
