#include "oscar-buddies.h"

#include "glue-i18n.h"
#include "glue-list.h"
#include "icq-actions.h"
#include "oscar-actions.h"

static void
add (gpointer session, const char *who, const char *group, const char *alias,
     const char *words)
{
  oscar_session_add_buddy (session, who, group, alias);
}

GLUE_LIST_WRITE_EDITS (oscar_session)
GLUE_LIST_WRITE_PRIVACY (oscar_session)

const GlueListFuncs oscar_buddies_funcs = {
  .add = add,
  GLUE_LIST_EDITS,
  GLUE_LIST_PRIVACY,
};

/* --- menus -------------------------------------------------------------- */

/* The buddy may have been removed while the question stood. */
static void
ask_with_reason (PurpleBuddy *buddy, const char *reason)
{
  GSList *all = purple_blist_get_buddies ();
  OscarSession *session = NULL;

  if (g_slist_find (all, buddy) != NULL)
    session = oscar_actions_session (
        purple_account_get_connection (purple_buddy_get_account (buddy)));
  g_slist_free (all);
  if (session != NULL)
    oscar_session_request_auth (session, purple_buddy_get_name (buddy),
                                reason != NULL ? reason : "");
}

void
oscar_buddies_ask_permission (PurpleBuddy *buddy)
{
  PurpleAccount *account = purple_buddy_get_account (buddy);
  const char *usual = _("Please let me see when you are online.");
  /* Translators: a user's name. */
  g_autofree char *primary = g_strdup_printf (
      _("%s wants to be asked before being added."),
      purple_buddy_get_alias (buddy));

  if (purple_request_input (
          purple_account_get_connection (account), _("Ask for Permission"),
          primary, _("What do you want to say to them?"), usual, TRUE, FALSE,
          NULL, _("Ask"), G_CALLBACK (ask_with_reason), _("Cancel"), NULL,
          account, purple_buddy_get_name (buddy), NULL, buddy) == NULL)
    ask_with_reason (buddy, usual);
}

static void
ask_permission (PurpleBlistNode *node, gpointer data)
{
  oscar_buddies_ask_permission ((PurpleBuddy *) node);
}

GList *
oscar_buddies_menu (PurpleBlistNode *node)
{
  PurpleBuddy *buddy = (PurpleBuddy *) node;
  const GlueBuddy *ours;
  GList *list = NULL;

  if (!PURPLE_BLIST_NODE_IS_BUDDY (node))
    return NULL;
  ours = glue_list_peek (buddy);
  if (ours != NULL && ours->flags & IM_PEER_AWAITS_AUTH)
    list = g_list_append (
        list, purple_menu_action_new (_("Ask for Permission"),
                                      G_CALLBACK (ask_permission), NULL,
                                      NULL));
  return icq_actions_add_buddy (list, buddy);
}
