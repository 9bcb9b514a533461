#pragma once

/* What the AIM and the ICQ module have in common. */

#include <purple.h>

#include "glue-host.h"
#include "glue-icons.h"
#include "im-limits.h"

/** The oldest libpurple with all we call: 2.12 added the fingerprints. */
#define OSCAR_MODULE_INFO                                                     \
  .magic = PURPLE_PLUGIN_MAGIC, .major_version = 2, .minor_version = 12,      \
  .type = PURPLE_PLUGIN_PROTOCOL, .priority = PURPLE_PRIORITY_DEFAULT,        \
  /* libpurple does not write to it. */                                       \
  .version = (char *) PURPLE_CLASSIC_VERSION,                                \
  .actions = oscar_actions_menu

#define OSCAR_MODULE_CALLBACKS                                                \
  .close = glue_actions_close, .list_emblem = glue_actions_list_emblem,       \
  .status_text = glue_actions_status_text,                                    \
  .tooltip_text = glue_actions_tooltip_text,                                  \
  .offline_message = glue_actions_offline_message,                            \
  .convo_closed = glue_actions_convo_closed,                                  \
  .send_im = oscar_actions_send_im, .send_typing = oscar_actions_send_typing, \
  .get_info = oscar_actions_get_info,                                         \
  .set_status = oscar_actions_set_status,                                     \
  .set_idle = oscar_actions_set_idle, .set_info = oscar_actions_set_info,     \
  .normalize = oscar_actions_normalize, .add_buddy = oscar_buddies_add,       \
  .remove_buddy = oscar_buddies_remove, .alias_buddy = oscar_buddies_alias,   \
  .group_buddy = oscar_buddies_move,                                          \
  .rename_group = oscar_buddies_rename_group,                                 \
  .remove_group = oscar_buddies_remove_group,                                 \
  .buddy_free = glue_list_buddy_free, .add_permit = oscar_buddies_permit,     \
  .rem_permit = oscar_buddies_unpermit, .add_deny = oscar_buddies_deny,       \
  .rem_deny = oscar_buddies_undeny,                                           \
  .set_permit_deny = oscar_buddies_set_privacy,                               \
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

/** For the init function: translations. */
void oscar_module_init (PurplePlugin *plugin);

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

/** Appends a state with a message; @name is its name, or %NULL for the
 * primitive's. */
GList *oscar_module_add_status (GList *list, PurpleStatusPrimitive primitive,
                                const char *id, const char *name);

/** Appends what every account has: offline and mobile. */
GList *oscar_module_end_statuses (GList *list);

/** What the user name field is called. */
GHashTable *oscar_module_text_table (const char *login_label);
