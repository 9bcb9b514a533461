/* The Google Talk module: what libpurple sees of it. */

#include "glue-actions.h"
#include "glue-bookmarks.h"
#include "glue-i18n.h"
#include "glue-icons.h"
#include "glue-list.h"
#include "glue-module.h"
#include "gtalk-actions.h"
#include "gtalk-buddies.h"
#include "im-limits.h"
#include "gtalk-chats.h"
#include "gtalk-correct.h"
#include "gtalk-google.h"
#include "gtalk-seen.h"

static PurplePluginProtocolInfo protocol_info;

static const char *
list_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  return "google-talk";
}

static GList *
status_types (PurpleAccount *account)
{
  GList *list = NULL;

  list = glue_module_add_status (list, PURPLE_STATUS_AVAILABLE, "available",
                                 NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_AVAILABLE, "freeforchat",
                                 _("Free for chat"));
  list = glue_module_add_status (list, PURPLE_STATUS_AWAY, "away", NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_EXTENDED_AWAY,
                                 "extended_away", NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_UNAVAILABLE, "dnd",
                                 _("Do not disturb"));
  list = glue_module_add_status (list, PURPLE_STATUS_INVISIBLE, "invisible",
                                 NULL);
  return glue_module_end_statuses (list);
}

static void
register_user (PurpleAccount *account)
{
  glue_actions_register (account, &gtalk_protocol);
}

static GHashTable *
text_table (PurpleAccount *account)
{
  return glue_module_text_table (_("Address (name@domain)"));
}

static PurplePluginProtocolInfo protocol_info = {
  .options = OPT_PROTO_INVITE_MESSAGE | OPT_PROTO_CHAT_TOPIC |
             OPT_PROTO_MAIL_CHECK,
  .list_icon = list_icon,
  .status_types = status_types,
  .login = gtalk_actions_login,
  .close = glue_actions_close,
  .register_user = register_user,
  .get_account_text_table = text_table,
  .list_emblem = glue_actions_list_emblem,
  .status_text = glue_actions_status_text,
  .tooltip_text = glue_actions_tooltip_text,
  .offline_message = glue_actions_offline_message,
  .convo_closed = gtalk_actions_convo_closed,
  .send_im = gtalk_actions_send_im,
  .chat_info = gtalk_chats_info,
  .chat_info_defaults = gtalk_chats_defaults,
  .get_chat_name = gtalk_chats_name,
  .join_chat = gtalk_chats_join,
  .reject_chat = gtalk_chats_reject,
  .chat_leave = gtalk_chats_leave,
  .chat_send = gtalk_chats_send,
  .chat_whisper = gtalk_chats_whisper,
  .chat_invite = gtalk_chats_invite,
  .set_chat_topic = gtalk_chats_set_topic,
  .get_cb_real_name = gtalk_chats_real_name,
  .send_typing = glue_actions_send_typing,
  .get_info = glue_actions_get_info,
  .can_receive_file = gtalk_actions_can_receive_file,
  .send_file = gtalk_actions_send_file,
  .chat_can_receive_file = gtalk_actions_room_can_receive_file,
  .chat_send_file = gtalk_actions_send_file_to_room,
  .icon_spec = { (char *) "png,jpeg,gif", 0, 0, 96, 96, IM_MAX_OWN_XMPP_ICON,
                 PURPLE_ICON_SCALE_SEND },
  .set_buddy_icon = glue_icons_set,
  .send_attention = gtalk_actions_send_attention,
  .get_attention_types = gtalk_actions_attention_types,
  .set_status = glue_actions_set_status,
  .set_idle = glue_actions_set_idle,
  .normalize = gtalk_actions_normalize,
  .add_buddy = glue_buddies_add,
  .add_buddy_with_invite = glue_buddies_add_with_words,
  .remove_buddy = glue_buddies_remove,
  .alias_buddy = glue_buddies_alias,
  .group_buddy = glue_buddies_move,
  .rename_group = glue_buddies_rename_group,
  .remove_group = glue_buddies_remove_group,
  .add_deny = glue_buddies_deny,
  .rem_deny = glue_buddies_undeny,
  .buddy_free = glue_list_buddy_free,
  .blist_node_menu = gtalk_buddies_menu,
  .struct_size = sizeof (PurplePluginProtocolInfo),
};

static gboolean
load (PurplePlugin *plugin)
{
  GlueOptions options = {
    .kind = &gtalk_protocol.kind,
    .direct = _("Required, TLS from the start"),
    .web_label = _("Web address (for sign-in with a token)"),
  };

  if (!glue_actions_probe (plugin))
    return FALSE;
  options.signon = gtalk_actions_signin_choices ();
  options.more = gtalk_actions_options ();
  protocol_info.protocol_options = glue_account_options (&options);
  gtalk_chats_add_commands ();
  gtalk_google_add_commands ();
  gtalk_correct_add_command ();
  return TRUE;
}

static gboolean
unload (PurplePlugin *plugin)
{
  gtalk_chats_remove_commands ();
  gtalk_google_remove_commands ();
  gtalk_correct_remove_command ();
  gtalk_seen_unwatch ();
  glue_bookmarks_unwatch ();
  return TRUE;
}

static PurplePluginInfo info = {
  GLUE_MODULE_INFO,
  .id = (char *) "prpl-googletalk",
  .name = (char *) "Google Talk (XMPP)",
  .load = load,
  .unload = unload,
  .actions = gtalk_actions_menu,
  .extra_info = &protocol_info,
};

static void
init (PurplePlugin *plugin)
{
  glue_module_init (plugin);
  info.summary = (char *) _("Google Talk (XMPP) protocol plugin");
  info.description = (char *) _("Connects to servers that speak XMPP, and "
                                "Google's dialect of it.");
}

PURPLE_INIT_PLUGIN (classic_googletalk, init, info)
