/* The AIM module: what libpurple sees of it. */

#include "glue-actions.h"
#include "glue-i18n.h"
#include "glue-list.h"
#include "oscar-account.h"
#include "oscar-actions.h"
#include "oscar-buddies.h"
#include "oscar-chats.h"
#include "oscar-module.h"

static PurplePluginProtocolInfo protocol_info;

static const char *
list_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  /* Also the name of the log directory: old logs are found under it. */
  return "aim";
}

static GList *
status_types (PurpleAccount *account)
{
  GList *list = NULL;

  list = glue_module_add_status (list, PURPLE_STATUS_AVAILABLE, "available",
                                  NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_AWAY, "away", NULL);
  list = glue_module_add_status (list, PURPLE_STATUS_INVISIBLE, "invisible",
                                  NULL);
  return glue_module_end_statuses (list);
}

static void
login (PurpleAccount *account)
{
  oscar_actions_login (account, &oscar_aim_protocol,
                       PURPLE_CONNECTION_HTML | PURPLE_CONNECTION_AUTO_RESP |
                           PURPLE_CONNECTION_NO_IMAGES);
}

static void
register_user (PurpleAccount *account)
{
  glue_actions_register (account, &oscar_aim_protocol);
}

static GHashTable *
text_table (PurpleAccount *account)
{
  return glue_module_text_table (_("Screen name"));
}

static PurplePluginProtocolInfo protocol_info = {
  .list_icon = list_icon,
  .status_types = status_types,
  .login = login,
  .register_user = register_user,
  .get_account_text_table = text_table,
  .blist_node_menu = oscar_account_buddy_menu,
  OSCAR_MODULE_CALLBACKS,
};

static gboolean
load (PurplePlugin *plugin)
{
  return oscar_module_load (plugin, &oscar_aim_protocol, "ISO-8859-1");
}

static PurplePluginInfo info = {
  OSCAR_MODULE_INFO,
  .id = (char *) "prpl-aim",
  .name = (char *) "AIM",
  .load = load,
  .extra_info = &protocol_info,
};

static void
init (PurplePlugin *plugin)
{
  glue_module_init (plugin);
  info.summary = (char *) _("AIM protocol plugin");
  info.description =
      (char *) _("Connects to servers that speak OSCAR as AIM did.");
}

PURPLE_INIT_PLUGIN (classic_aim, init, info)
