/* The ICQ module: what libpurple sees of it. */

#include "glue-actions.h"
#include "glue-i18n.h"
#include "glue-list.h"
#include "icq-actions.h"
#include "oscar-actions.h"
#include "oscar-buddies.h"
#include "oscar-chats.h"
#include "oscar-module.h"

static PurplePluginProtocolInfo protocol_info;

static const char *
list_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  /* Also the name of the log directory: old logs are found under it. */
  return "icq";
}

static GList *
status_types (PurpleAccount *account)
{
  GList *list = NULL;

  list = glue_module_add_status (list, PURPLE_STATUS_AVAILABLE, "available",
                                  NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_AVAILABLE, "free4chat",
                                  _("Free for chat"));
  list = glue_module_add_status (list, PURPLE_STATUS_AWAY, "away", NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_UNAVAILABLE, "dnd",
                                  _("Do not disturb"));
  list = glue_module_add_status (list, PURPLE_STATUS_EXTENDED_AWAY, "na",
                                  _("Not available"));
  list = glue_module_add_status (list, PURPLE_STATUS_UNAVAILABLE, "occupied",
                                  _("Occupied"));
  list = glue_module_add_status (list, PURPLE_STATUS_INVISIBLE, "invisible",
                                  NULL);
  return glue_module_end_statuses (icq_actions_add_mood_status (list));
}

/* Without PURPLE_CONNECTION_HTML: ICQ's messages are plain text, and hosts
 * should not offer styles that nobody will see. */
static void
login (PurpleAccount *account)
{
  oscar_actions_login (account, &oscar_icq_protocol,
                       PURPLE_CONNECTION_NO_IMAGES |
                           PURPLE_CONNECTION_SUPPORT_MOODS |
                           PURPLE_CONNECTION_SUPPORT_MOOD_MESSAGES);
}

static void
register_user (PurpleAccount *account)
{
  glue_actions_register (account, &oscar_icq_protocol);
}

static GHashTable *
text_table (PurpleAccount *account)
{
  return glue_module_text_table (_("ICQ number (UIN)"));
}

static PurplePluginProtocolInfo protocol_info = {
  .list_icon = list_icon,
  .status_types = status_types,
  .login = login,
  .register_user = register_user,
  .get_account_text_table = text_table,
  .blist_node_menu = oscar_buddies_menu,
  .get_moods = icq_actions_moods,
  OSCAR_MODULE_CALLBACKS,
};

static gboolean
load (PurplePlugin *plugin)
{
  return oscar_module_load (plugin, &oscar_icq_protocol, "ISO-8859-1");
}

static PurplePluginInfo info = {
  OSCAR_MODULE_INFO,
  .id = (char *) "prpl-icq",
  .name = (char *) "ICQ",
  .load = load,
  .extra_info = &protocol_info,
};

static void
init (PurplePlugin *plugin)
{
  glue_module_init (plugin);
  info.summary = (char *) _("ICQ protocol plugin");
  info.description =
      (char *) _("Connects to servers that speak OSCAR as ICQ did.");
}

PURPLE_INIT_PLUGIN (classic_icq, init, info)
