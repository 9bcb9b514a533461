#include "msnp-buddies.h"

#include "glue-i18n.h"
#include "msnp-session.h"

static void
add (gpointer session, const char *who, const char *group, const char *alias,
     const char *words)
{
  msnp_session_add_buddy (session, who, group, alias, words);
}

static void
remove_buddy (gpointer session, const char *who, const char *group)
{
  msnp_session_remove_buddy (session, who, group);
}

static void
move (gpointer session, const char *who, const char *from, const char *to)
{
  msnp_session_move_buddy (session, who, from, to);
}

static void
alias_buddy (gpointer session, const char *who, const char *alias)
{
  msnp_session_alias_buddy (session, who, alias);
}

static void
rename_group (gpointer session, const char *from, const char *to)
{
  msnp_session_rename_group (session, from, to);
}

static void
remove_group (gpointer session, const char *group)
{
  msnp_session_remove_group (session, group);
}

static void
permit (gpointer session, const char *who, gboolean listed)
{
  msnp_session_permit (session, who, listed);
}

static void
deny (gpointer session, const char *who, gboolean listed)
{
  msnp_session_deny (session, who, listed);
}

static void
set_privacy (gpointer session, ImPrivacyMode mode)
{
  msnp_session_set_privacy (session, mode);
}

const GlueListFuncs msnp_buddies_funcs = {
  .add = add,
  .remove = remove_buddy,
  .move = move,
  .alias = alias_buddy,
  .rename_group = rename_group,
  .remove_group = remove_group,
  .permit = permit,
  .deny = deny,
  .privacy = set_privacy,
};

/* --- menu --------------------------------------------------------------- */

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
    msnp_session_widen_talk (glue->session,
                             purple_buddy_get_name ((PurpleBuddy *) node));
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
