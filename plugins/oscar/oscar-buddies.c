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

static void
remove_buddy (gpointer session, const char *who, const char *group)
{
  oscar_session_remove_buddy (session, who, group);
}

static void
move (gpointer session, const char *who, const char *from, const char *to)
{
  oscar_session_move_buddy (session, who, from, to);
}

static void
alias_buddy (gpointer session, const char *who, const char *alias)
{
  oscar_session_alias_buddy (session, who, alias);
}

static void
rename_group (gpointer session, const char *from, const char *to)
{
  oscar_session_rename_group (session, from, to);
}

static void
remove_group (gpointer session, const char *group)
{
  oscar_session_remove_group (session, group);
}

static void
permit (gpointer session, const char *who, gboolean listed)
{
  oscar_session_permit (session, who, listed);
}

static void
deny (gpointer session, const char *who, gboolean listed)
{
  oscar_session_deny (session, who, listed);
}

static void
set_privacy (gpointer session, ImPrivacyMode mode)
{
  oscar_session_set_privacy (session, mode);
}

const GlueListFuncs oscar_buddies_funcs = {
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
