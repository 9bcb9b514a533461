#include "oscar-buddies.h"

#include "glue-i18n.h"
#include "glue-list.h"
#include "icq-actions.h"
#include "oscar-actions.h"

/* The session to tell of a change the user made; NULL if the server made it. */
static OscarSession *
session_to_tell (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL && glue->applying == 0 ? glue->session : NULL;
}

void
oscar_buddies_add (PurpleConnection *gc, PurpleBuddy *buddy,
                   PurpleGroup *group)
{
  OscarSession *session = session_to_tell (gc);

  if (session == NULL)
    return;
  glue_list_buddy (buddy)->added = TRUE;
  oscar_session_add_buddy (session, purple_buddy_get_name (buddy),
                           purple_group_get_name (group),
                           purple_buddy_get_local_buddy_alias (buddy));
}

void
oscar_buddies_remove (PurpleConnection *gc, PurpleBuddy *buddy,
                      PurpleGroup *group)
{
  OscarSession *session = session_to_tell (gc);

  if (session != NULL)
    oscar_session_remove_buddy (session, purple_buddy_get_name (buddy),
                                purple_group_get_name (group));
}

void
oscar_buddies_alias (PurpleConnection *gc, const char *who, const char *alias)
{
  OscarSession *session = session_to_tell (gc);

  if (session != NULL)
    oscar_session_alias_buddy (session, who, alias);
}

void
oscar_buddies_move (PurpleConnection *gc, const char *who, const char *from,
                    const char *to)
{
  OscarSession *session = session_to_tell (gc);

  if (session != NULL)
    oscar_session_move_buddy (session, who, from, to);
}

/* Whether somebody of this account stood in @group before the buddies in
 * @moved came: then the server knows a group of that name. */
static gboolean
had_others (PurpleAccount *account, PurpleGroup *group, GList *moved)
{
  GSList *buddies = purple_find_buddies (account, NULL);
  gboolean others = FALSE;

  for (GSList *l = buddies; l != NULL && !others; l = l->next)
    others = purple_buddy_get_group (l->data) == group &&
             g_list_find (moved, l->data) == NULL;
  g_slist_free (buddies);
  return others;
}

/* The user renames a group to an existing name to merge both. */
void
oscar_buddies_rename_group (PurpleConnection *gc, const char *old_name,
                            PurpleGroup *group, GList *moved)
{
  OscarSession *session = session_to_tell (gc);
  const char *name = purple_group_get_name (group);

  if (session == NULL)
    return;
  if (!had_others (purple_connection_get_account (gc), group, moved))
    {
      oscar_session_rename_group (session, old_name, name);
      return;
    }
  for (GList *l = moved; l != NULL; l = l->next)
    oscar_session_move_buddy (session, purple_buddy_get_name (l->data),
                              old_name, name);
  oscar_session_remove_group (session, old_name);
}

void
oscar_buddies_remove_group (PurpleConnection *gc, PurpleGroup *group)
{
  OscarSession *session = session_to_tell (gc);

  if (session != NULL)
    oscar_session_remove_group (session, purple_group_get_name (group));
}

/* --- privacy ------------------------------------------------------------ */

static void
list_permit (PurpleConnection *gc, const char *who, gboolean listed)
{
  OscarSession *session = session_to_tell (gc);

  if (session != NULL)
    oscar_session_permit (session, who, listed);
}

static void
list_deny (PurpleConnection *gc, const char *who, gboolean listed)
{
  OscarSession *session = session_to_tell (gc);

  if (session != NULL)
    oscar_session_deny (session, who, listed);
}

void
oscar_buddies_permit (PurpleConnection *gc, const char *who)
{
  list_permit (gc, who, TRUE);
}

void
oscar_buddies_unpermit (PurpleConnection *gc, const char *who)
{
  list_permit (gc, who, FALSE);
}

void
oscar_buddies_deny (PurpleConnection *gc, const char *who)
{
  list_deny (gc, who, TRUE);
}

void
oscar_buddies_undeny (PurpleConnection *gc, const char *who)
{
  list_deny (gc, who, FALSE);
}

void
oscar_buddies_set_privacy (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL && glue_list_privacy_changed (glue))
    oscar_session_set_privacy (glue->session,
                               (ImPrivacyMode) glue->account->perm_deny);
}

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

void
oscar_buddies_upload (GlueHost *glue)
{
  GSList *buddies = purple_find_buddies (glue->account, NULL);

  for (GSList *l = buddies; l != NULL && glue->gc != NULL; l = l->next)
    {
      const GlueBuddy *ours = glue_list_peek (l->data);

      if (ours == NULL || (!ours->on_list && !ours->added))
        oscar_buddies_add (glue->gc, l->data,
                           purple_buddy_get_group (l->data));
    }
  g_slist_free (buddies);
}
