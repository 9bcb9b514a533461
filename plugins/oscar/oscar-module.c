#include "oscar-module.h"

#include "glue-account.h"
#include "glue-actions.h"
#include "glue-i18n.h"
#include "oscar-actions.h"

void
oscar_module_init (PurplePlugin *plugin)
{
  glue_networks_set_module_path (plugin->path);
}

gboolean
oscar_module_load (PurplePlugin *plugin, const GlueProtocol *protocol,
                   const char *charset)
{
  PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO (plugin);
  GlueOptions options = { 0 };

  if (!glue_actions_probe (plugin))
    return FALSE;
  options.kind = &protocol->kind;
  options.signon = oscar_actions_signon_choices ();
  options.web_label = _("Web address (for sign-in over HTTPS)");
  options.charset = charset;
  info->protocol_options = glue_account_options (&options);
  return TRUE;
}

GList *
oscar_module_add_status (GList *list, PurpleStatusPrimitive primitive,
                         const char *id, const char *name)
{
  return g_list_append (
      list, purple_status_type_new_with_attrs (
                primitive, id, name, TRUE, TRUE, FALSE, "message",
                /* Translators: the text that goes with a status. */
                _("Message"), purple_value_new (PURPLE_TYPE_STRING), NULL));
}

GList *
oscar_module_end_statuses (GList *list)
{
  list = g_list_append (
      list, purple_status_type_new_full (PURPLE_STATUS_MOBILE, "mobile", NULL,
                                         FALSE, FALSE, TRUE));
  return g_list_append (
      list, purple_status_type_new_full (PURPLE_STATUS_OFFLINE, "offline",
                                         NULL, TRUE, TRUE, FALSE));
}

GHashTable *
oscar_module_text_table (const char *login_label)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);

  /* The table owns nothing: both live as long as the module. */
  g_hash_table_insert (table, (gpointer) "login_label",
                       (gpointer) login_label);
  return table;
}
