#include "msnp-buddies.h"

#include "glue-i18n.h"
#include "msn-engine.h"

static GlueHost *
host_of_buddy (PurpleBlistNode *node)
{
  return glue_host_of (
      purple_account_get_connection (purple_buddy_get_account (
          (PurpleBuddy *) node)));
}

static void
start_chat (PurpleBlistNode *node, gpointer data)
{
  GlueHost *glue = host_of_buddy (node);

  if (glue != NULL)
    msn_engine_of (glue)->widen_talk (
        glue->session, purple_buddy_get_name ((PurpleBuddy *) node));
}

GList *
msnp_buddies_menu (PurpleBlistNode *node)
{
  if (!PURPLE_BLIST_NODE_IS_BUDDY (node) || host_of_buddy (node) == NULL ||
      !purple_presence_is_online (
          purple_buddy_get_presence ((PurpleBuddy *) node)))
    return NULL;
  /* bitlbee looks for an entry of this name when it is told to "chat
   * with" somebody; it speaks English. */
  return g_list_append (
      NULL, purple_menu_action_new (_("Initiate _Chat"),
                                    G_CALLBACK (start_chat), NULL, NULL));
}
