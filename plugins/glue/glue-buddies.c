#include "glue-buddies.h"

#include "glue-list.h"

/* Whom to tell of a change the user made; NULL if the server made it. */
static GlueHost *
host_to_tell (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL && glue->applying == 0 ? glue : NULL;
}

static PurpleBuddy *
find_other (GlueHost *glue, PurpleBuddy *buddy)
{
  GSList *all =
      purple_find_buddies (glue->account, purple_buddy_get_name (buddy));
  PurpleBuddy *other = NULL;

  for (GSList *l = all; l != NULL && other == NULL; l = l->next)
    if (l->data != buddy)
      other = l->data;
  g_slist_free (all);
  return other;
}

/* In a further group they are new to the list, and just as present as in the
 * one they stand in already. */
static void
show_like (GlueHost *glue, PurpleBuddy *other)
{
  PurplePresence *presence = purple_buddy_get_presence (other);
  PurpleStatus *status = purple_presence_get_active_status (presence);
  const char *text = purple_status_get_attr_string (status, "message");
  const char *name = purple_buddy_get_name (other);

  if (!purple_presence_is_online (presence))
    return;
  if (text != NULL)
    purple_prpl_got_user_status (glue->account, name,
                                 purple_status_get_id (status), "message",
                                 text, NULL);
  else
    purple_prpl_got_user_status (glue->account, name,
                                 purple_status_get_id (status), NULL);
}

/* bitlbee has one group for everybody: who is added to another has moved. */
static gboolean
move_instead (GlueHost *glue, PurpleBuddy *other, PurpleGroup *group)
{
  if (!glue_host_is_bitlbee () || glue->protocol->list->move == NULL)
    return FALSE;
  glue->protocol->list->move (
      glue->session, purple_buddy_get_name (other),
      purple_group_get_name (purple_buddy_get_group (other)),
      purple_group_get_name (group));
  glue->applying++;
  purple_blist_remove_buddy (other);
  glue->applying--;
  return TRUE;
}

void
glue_buddies_add_with_words (PurpleConnection *gc, PurpleBuddy *buddy,
                             PurpleGroup *group, const char *words)
{
  GlueHost *glue = host_to_tell (gc);
  PurpleBuddy *other = glue != NULL ? find_other (glue, buddy) : NULL;

  if (glue == NULL)
    return;
  glue_list_buddy (buddy)->added = TRUE;
  if (other != NULL)
    show_like (glue, other);
  if (other != NULL && move_instead (glue, other, group))
    return;
  glue->protocol->list->add (glue->session, purple_buddy_get_name (buddy),
                             purple_group_get_name (group),
                             purple_buddy_get_local_buddy_alias (buddy),
                             words);
}

void
glue_buddies_add (PurpleConnection *gc, PurpleBuddy *buddy,
                  PurpleGroup *group)
{
  glue_buddies_add_with_words (gc, buddy, group, NULL);
}

void
glue_buddies_remove (PurpleConnection *gc, PurpleBuddy *buddy,
                     PurpleGroup *group)
{
  GlueHost *glue = host_to_tell (gc);

  if (glue != NULL)
    glue->protocol->list->remove (glue->session,
                                  purple_buddy_get_name (buddy),
                                  purple_group_get_name (group));
}

void
glue_buddies_alias (PurpleConnection *gc, const char *who, const char *alias)
{
  GlueHost *glue = host_to_tell (gc);

  if (glue != NULL && glue->protocol->list->alias != NULL)
    glue->protocol->list->alias (glue->session, who, alias);
}

void
glue_buddies_move (PurpleConnection *gc, const char *who, const char *from,
                   const char *to)
{
  GlueHost *glue = host_to_tell (gc);

  if (glue != NULL && glue->protocol->list->move != NULL)
    glue->protocol->list->move (glue->session, who, from, to);
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
glue_buddies_rename_group (PurpleConnection *gc, const char *old_name,
                           PurpleGroup *group, GList *moved)
{
  GlueHost *glue = host_to_tell (gc);
  const char *name = purple_group_get_name (group);

  if (glue == NULL || glue->protocol->list->rename_group == NULL)
    return;
  if (!had_others (glue->account, group, moved))
    {
      glue->protocol->list->rename_group (glue->session, old_name, name);
      return;
    }
  for (GList *l = moved; l != NULL; l = l->next)
    glue->protocol->list->move (glue->session, purple_buddy_get_name (l->data),
                                old_name, name);
  glue->protocol->list->remove_group (glue->session, old_name);
}

void
glue_buddies_remove_group (PurpleConnection *gc, PurpleGroup *group)
{
  GlueHost *glue = host_to_tell (gc);

  if (glue != NULL && glue->protocol->list->remove_group != NULL)
    glue->protocol->list->remove_group (glue->session,
                                        purple_group_get_name (group));
}

/* --- privacy ------------------------------------------------------------ */

static void
list_permit (PurpleConnection *gc, const char *who, gboolean listed)
{
  GlueHost *glue = host_to_tell (gc);

  if (glue != NULL && glue->protocol->list->permit != NULL)
    glue->protocol->list->permit (glue->session, who, listed);
}

static void
list_deny (PurpleConnection *gc, const char *who, gboolean listed)
{
  GlueHost *glue = host_to_tell (gc);

  if (glue != NULL && glue->protocol->list->deny != NULL)
    glue->protocol->list->deny (glue->session, who, listed);
}

void
glue_buddies_permit (PurpleConnection *gc, const char *who)
{
  list_permit (gc, who, TRUE);
}

void
glue_buddies_unpermit (PurpleConnection *gc, const char *who)
{
  list_permit (gc, who, FALSE);
}

void
glue_buddies_heed_deny_list (GlueHost *glue)
{
  if (glue->account->perm_deny != PURPLE_PRIVACY_ALLOW_ALL)
    return;
  glue->account->perm_deny = PURPLE_PRIVACY_DENY_USERS;
  serv_set_permit_deny (glue->gc);
}

void
glue_buddies_deny (PurpleConnection *gc, const char *who)
{
  GlueHost *glue = host_to_tell (gc);

  list_deny (gc, who, TRUE);
  /* Whoever blocks somebody in Pidgin or Finch changes the mode as well. */
  if (glue != NULL && glue_host_is_bitlbee ())
    glue_buddies_heed_deny_list (glue);
}

void
glue_buddies_undeny (PurpleConnection *gc, const char *who)
{
  list_deny (gc, who, FALSE);
}

void
glue_buddies_set_privacy (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL && glue->protocol->list->privacy != NULL &&
      glue_list_privacy_changed (glue))
    glue->protocol->list->privacy (glue->session,
                                   (ImPrivacyMode) glue->account->perm_deny);
}

/* --- menu --------------------------------------------------------------- */

void
glue_buddies_upload (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);
  GSList *buddies;

  if (glue == NULL)
    return;
  buddies = purple_find_buddies (glue->account, NULL);
  for (GSList *l = buddies; l != NULL && glue->gc != NULL; l = l->next)
    {
      const GlueBuddy *ours = glue_list_peek (l->data);

      if (ours == NULL || (!ours->on_list && !ours->added))
        glue_buddies_add (glue->gc, l->data, purple_buddy_get_group (l->data));
    }
  g_slist_free (buddies);
}
