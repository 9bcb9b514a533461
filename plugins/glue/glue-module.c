#include "glue-module.h"

#include "glue-i18n.h"
#include "glue-networks.h"

void
glue_module_init (PurplePlugin *plugin)
{
  glue_networks_set_module_path (plugin->path);
}

GList *
glue_module_add_status (GList *list, PurpleStatusPrimitive primitive,
                         const char *id, const char *name)
{
  return g_list_append (
      list, purple_status_type_new_with_attrs (
                primitive, id, name, TRUE, TRUE, FALSE, "message",
                /* Translators: the text that goes with a status. */
                _("Message"), purple_value_new (PURPLE_TYPE_STRING), NULL));
}

GList *
glue_module_end_statuses (GList *list)
{
  list = g_list_append (
      list, purple_status_type_new_full (PURPLE_STATUS_MOBILE, "mobile", NULL,
                                         FALSE, FALSE, TRUE));
  return g_list_append (
      list, purple_status_type_new_full (PURPLE_STATUS_OFFLINE, "offline",
                                         NULL, TRUE, TRUE, FALSE));
}

GHashTable *
glue_module_text_table (const char *login_label)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);

  /* The table owns nothing: both live as long as the module. */
  g_hash_table_insert (table, (gpointer) "login_label",
                       (gpointer) login_label);
  return table;
}
