#pragma once

/* What the AIM and the ICQ module have in common. */

#include <purple.h>

#include "glue-buddies.h"
#include "glue-icons.h"
#include "glue-module.h"
#include "im-limits.h"

#define OSCAR_MODULE_INFO GLUE_MODULE_INFO, .actions = oscar_actions_menu

#define OSCAR_MODULE_CALLBACKS                                                \
  .close = glue_actions_close, .list_emblem = glue_actions_list_emblem,       \
  .status_text = glue_actions_status_text,                                    \
  .tooltip_text = glue_actions_tooltip_text,                                  \
  .offline_message = glue_actions_offline_message,                            \
  .convo_closed = glue_actions_convo_closed,                                  \
  .send_im = oscar_actions_send_im, .send_typing = glue_actions_send_typing, \
  .get_info = glue_actions_get_info,                                         \
  .set_status = glue_actions_set_status,                                     \
  .set_idle = glue_actions_set_idle, .set_info = oscar_actions_set_info,     \
  .normalize = oscar_actions_normalize, GLUE_BUDDIES_CALLBACKS,               \
  /* What every client of the time could show; the bytes are the servers'. */ \
  .icon_spec = { (char *) "gif,jpeg,bmp", 0, 0, 64, 64, IM_MAX_OWN_ICON,      \
                 PURPLE_ICON_SCALE_SEND },                                    \
  .set_buddy_icon = glue_icons_set,                                           \
  .chat_info = oscar_chats_info,                                              \
  .chat_info_defaults = oscar_chats_defaults,                                 \
  .get_chat_name = oscar_chats_name, .join_chat = oscar_chats_join,           \
  .chat_leave = oscar_chats_leave, .chat_send = oscar_chats_send,             \
  .chat_whisper = oscar_chats_whisper, .chat_invite = oscar_chats_invite,     \
  .struct_size = sizeof (PurplePluginProtocolInfo)

/**
 * oscar_module_load:
 * @plugin: the module, in load()
 * @protocol: which it is
 * @charset: default encoding of old clients
 *
 * Builds the account options: here, because unloading frees them and the init
 * function runs only once.
 *
 * Returns: whether to load
 */
gboolean oscar_module_load (PurplePlugin *plugin,
                            const GlueProtocol *protocol,
                            const char *charset);
