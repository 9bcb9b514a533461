#include "glue-list.h"

#include <string.h>

#include "glue-errors.h"
#include "glue-i18n.h"
#include "glue-nicks.h"

/* The setting of a buddy in the host's list that says on which network's
 * server-stored list it was seen last. Only such a buddy may be removed when
 * that list no longer has it: none from another network or another time. */
#define ON_SERVER "purple-classic-list"

struct _GlueList
{
  GPtrArray *misplaced; /* owned Misplaced, until the list is complete */
  gboolean complete;    /* ROSTER_DONE was seen */
  int privacy_mode;     /* the last one the server knows of, or 0 */
};

/* A buddy that the host has, but not in the group where the server has it. */
typedef struct
{
  char *who;
  char *group;
} Misplaced;

static void
misplaced_free (gpointer data)
{
  Misplaced *misplaced = data;

  g_free (misplaced->who);
  g_free (misplaced->group);
  g_free (misplaced);
}

GlueList *
glue_list_new (void)
{
  GlueList *list = g_new0 (GlueList, 1);

  list->misplaced = g_ptr_array_new_with_free_func (misplaced_free);
  return list;
}

void
glue_list_free (GlueList *list)
{
  g_ptr_array_unref (list->misplaced);
  g_free (list);
}

void
glue_list_closing (GlueHost *glue)
{
  GSList *buddies = purple_find_buddies (glue->account, NULL);

  for (GSList *l = buddies; l != NULL; l = l->next)
    glue_list_buddy_free (l->data);
  g_slist_free (buddies);
}

GlueBuddy *
glue_list_buddy (PurpleBuddy *buddy)
{
  GlueBuddy *ours = purple_buddy_get_protocol_data (buddy);

  if (ours == NULL)
    {
      ours = g_new0 (GlueBuddy, 1);
      purple_buddy_set_protocol_data (buddy, ours);
    }
  return ours;
}

const GlueBuddy *
glue_list_peek (PurpleBuddy *buddy)
{
  return purple_buddy_get_protocol_data (buddy);
}

void
glue_list_buddy_free (PurpleBuddy *buddy)
{
  GlueBuddy *ours = purple_buddy_get_protocol_data (buddy);

  if (ours == NULL)
    return;
  purple_buddy_set_protocol_data (buddy, NULL);
  g_free (ours->client);
  g_free (ours->note);
  g_free (ours);
}

/* --- groups ------------------------------------------------------------- */

/* Groups appear in the order the server has them: each new one is the last. */
static PurpleBlistNode *
last_group (void)
{
  PurpleBlistNode *last = purple_blist_get_root ();
  PurpleBlistNode *next = last;

  for (; next != NULL; next = purple_blist_node_get_sibling_next (next))
    last = next;
  return last;
}

/* Outside of any group on the server is in the host's default one here, which
 * libpurple names in its own translation. */
static const char *
local_group_name (const char *name)
{
  return name == NULL || *name == '\0' ? g_dgettext ("pidgin", "Buddies")
                                       : name;
}

static PurpleGroup *
want_group (const char *name)
{
  PurpleGroup *group = purple_find_group (local_group_name (name));

  if (group != NULL)
    return group;
  group = purple_group_new (local_group_name (name));
  purple_blist_add_group (group, last_group ());
  return group;
}

static gboolean
is_ours_alone (PurpleGroup *group, PurpleAccount *account)
{
  GSList *accounts = purple_group_get_accounts (group);
  gboolean alone = accounts != NULL && accounts->next == NULL &&
                   accounts->data == account;

  g_slist_free (accounts);
  return alone;
}

/* Groups of the host are shared by all accounts: another one's buddies stay
 * where they are. */
static void
move_group (GlueHost *glue, PurpleGroup *from, const char *to)
{
  GSList *buddies;
  PurpleGroup *target;

  if (is_ours_alone (from, glue->account) && purple_find_group (to) == NULL)
    {
      purple_blist_rename_group (from, to);
      return;
    }
  target = want_group (to);
  buddies = purple_find_buddies (glue->account, NULL);
  for (GSList *l = buddies; l != NULL && glue->gc != NULL; l = l->next)
    if (purple_buddy_get_group (l->data) == from)
      purple_blist_add_buddy (l->data, NULL, target, NULL);
  g_slist_free (buddies);
}

void
glue_list_on_group (GlueHost *glue, const ImEvent *event)
{
  const char *old = event->group.old_name;
  PurpleGroup *from = old != NULL ? purple_find_group (old) : NULL;

  glue->applying++;
  if (from != NULL && strcmp (old, event->group.name) != 0)
    move_group (glue, from, event->group.name);
  else
    want_group (event->group.name);
  glue->applying--;
}

void
glue_list_on_group_gone (GlueHost *glue, const ImEvent *event)
{
  PurpleGroup *group = purple_find_group (event->group.name);

  if (group == NULL || purple_blist_get_group_size (group, TRUE) > 0)
    return;
  glue->applying++;
  purple_blist_remove_group (group);
  glue->applying--;
}

/* --- buddies ------------------------------------------------------------ */

static void
mark (GlueHost *glue, PurpleBuddy *buddy)
{
  PurpleBlistNode *node = PURPLE_BLIST_NODE (buddy);
  GlueBuddy *ours = glue_list_buddy (buddy);
  const char *seen = purple_blist_node_get_string (node, ON_SERVER);

  ours->on_list = TRUE;
  if (g_strcmp0 (seen, glue->settings->identity) != 0)
    purple_blist_node_set_string (node, ON_SERVER, glue->settings->identity);
}

static PurpleBuddy *
put (GlueHost *glue, const char *who, PurpleGroup *group)
{
  PurpleBuddy *buddy = purple_buddy_new (glue->account, who, NULL);

  purple_blist_add_buddy (buddy, NULL, group, NULL);
  return buddy;
}

static void
describe (GlueHost *glue, PurpleBuddy *buddy, const ImEventBuddy *event)
{
  GlueBuddy *ours = glue_list_buddy (buddy);
  const char *alias = purple_buddy_get_local_buddy_alias (buddy);

  ours->flags = (ours->flags & ~IM_PEER_AWAITS_AUTH) |
                (event->flags & IM_PEER_AWAITS_AUTH);
  g_free (ours->note);
  ours->note = g_strdup (event->note);
  /* A list without an alias says nothing against the one the user gave
   * here. */
  if (event->alias != NULL && *event->alias != '\0' &&
      g_strcmp0 (alias, event->alias) != 0)
    purple_blist_alias_buddy (buddy, event->alias);
  if (event->nick != NULL)
    serv_got_alias (glue->gc, event->who, event->nick);
}

static void
remember_misplaced (GlueList *list, const char *who, const char *group)
{
  Misplaced *misplaced = g_new (Misplaced, 1);

  misplaced->who = g_strdup (who);
  misplaced->group = g_strdup (group);
  g_ptr_array_add (list->misplaced, misplaced);
}

static void
apply_buddy (GlueHost *glue, const ImEventBuddy *event)
{
  PurpleGroup *group = want_group (event->group);
  PurpleBuddy *buddy =
      purple_find_buddy_in_group (glue->account, event->who, group);
  PurpleBuddy *any =
      buddy != NULL ? buddy : purple_find_buddy (glue->account, event->who);

  /* It may have been moved while we were away. Whether it still stands where
   * the host has it is known when the list is complete. */
  if (buddy == NULL && any != NULL && !glue->list->complete)
    {
      remember_misplaced (glue->list, event->who, event->group);
      describe (glue, any, event);
      return;
    }
  if (buddy == NULL)
    buddy = put (glue, event->who, group);
  mark (glue, buddy);
  describe (glue, buddy, event);
}

void
glue_list_on_buddy (GlueHost *glue, const ImEvent *event)
{
  glue->applying++;
  apply_buddy (glue, &event->buddy);
  glue_nicks_recall (glue, event->buddy.who);
  glue->applying--;
}

static gboolean
was_on_server (GlueHost *glue, PurpleBuddy *buddy)
{
  return g_strcmp0 (purple_blist_node_get_string (PURPLE_BLIST_NODE (buddy),
                                                  ON_SERVER),
                    glue->settings->identity) == 0;
}

void
glue_list_on_buddy_gone (GlueHost *glue, const ImEvent *event)
{
  PurpleGroup *group =
      purple_find_group (local_group_name (event->buddy.group));
  PurpleBuddy *buddy =
      group != NULL ? purple_find_buddy_in_group (glue->account,
                                                  event->buddy.who, group)
                    : NULL;

  if (buddy == NULL ||
      (!was_on_server (glue, buddy) && !glue_list_buddy (buddy)->added))
    return;
  glue->applying++;
  purple_blist_remove_buddy (buddy);
  glue->applying--;
}

static PurpleBuddy *
find_stray (GlueHost *glue, const char *who)
{
  GSList *buddies = purple_find_buddies (glue->account, who);
  PurpleBuddy *stray = NULL;

  for (GSList *l = buddies; l != NULL && stray == NULL; l = l->next)
    if (!glue_list_buddy (l->data)->on_list)
      stray = l->data;
  g_slist_free (buddies);
  return stray;
}

static void
place (GlueHost *glue, const Misplaced *misplaced)
{
  PurpleGroup *group = want_group (misplaced->group);
  PurpleBuddy *buddy =
      purple_find_buddy_in_group (glue->account, misplaced->who, group);
  PurpleBuddy *stray = NULL;

  if (buddy == NULL)
    stray = find_stray (glue, misplaced->who);
  if (stray != NULL)
    purple_blist_add_buddy (stray, NULL, group, NULL);
  if (buddy == NULL)
    buddy = stray != NULL ? stray : put (glue, misplaced->who, group);
  mark (glue, buddy);
}

static void
remove_gone (GlueHost *glue)
{
  GSList *buddies = purple_find_buddies (glue->account, NULL);

  for (GSList *l = buddies; l != NULL && glue->gc != NULL; l = l->next)
    {
      const GlueBuddy *ours = glue_list_peek (l->data);

      if ((ours == NULL || !ours->on_list) && was_on_server (glue, l->data))
        purple_blist_remove_buddy (l->data);
    }
  g_slist_free (buddies);
}

void
glue_list_on_done (GlueHost *glue, const ImEvent *event)
{
  g_autoptr (GPtrArray) misplaced = g_ptr_array_ref (glue->list->misplaced);

  glue->list->complete = TRUE;
  glue->applying++;
  for (guint i = 0; i < misplaced->len && glue->gc != NULL; i++)
    place (glue, misplaced->pdata[i]);
  remove_gone (glue);
  glue->applying--;
  g_ptr_array_set_size (misplaced, 0);
}

/* Before this the session has reported how the list is now: it takes back
 * what was refused. */
void
glue_list_on_error (GlueHost *glue, const ImEvent *event)
{
  const char *who = event->list_error.who;
  PurpleBuddy *buddy = who != NULL && *who != '\0'
                           ? purple_find_buddy (glue->account, who)
                           : NULL;
  g_autofree char *sentence = NULL;

  if (event->list_error.reason == IM_LIST_ERROR_NEEDS_AUTH && buddy != NULL &&
      glue->protocol->ask_permission != NULL)
    {
      glue->protocol->ask_permission (buddy);
      return;
    }
  sentence =
      glue_error_list (&event->list_error, glue->protocol->hex_codes);

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR, sentence, NULL);
}

/* --- privacy ------------------------------------------------------------ */

typedef gboolean (*PrivacyFunc) (PurpleAccount *account, const char *who,
                                 gboolean local);

/* Makes the host's list equal to the server's, without telling the server. */
static void
apply_privacy_list (GlueHost *glue, GSList *have, const char *const *want,
                    PrivacyFunc add, PrivacyFunc drop)
{
  g_autoptr (GHashTable) wanted =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GSList *copy = g_slist_copy_deep (have, (GCopyFunc) (void *) g_strdup, NULL);

  for (const char *const *who = want; who != NULL && *who != NULL; who++)
    g_hash_table_add (wanted, glue->protocol->normalize (*who));
  for (GSList *l = copy; l != NULL && glue->gc != NULL; l = l->next)
    {
      g_autofree char *who = glue->protocol->normalize (l->data);

      if (!g_hash_table_remove (wanted, who))
        drop (glue->account, l->data, TRUE);
    }
  for (const char *const *who = want;
       who != NULL && *who != NULL && glue->gc != NULL; who++)
    {
      g_autofree char *name = glue->protocol->normalize (*who);

      if (g_hash_table_remove (wanted, name))
        add (glue->account, *who, TRUE);
    }
  g_slist_free_full (copy, g_free);
}

void
glue_list_on_privacy (GlueHost *glue, const ImEvent *event)
{
  const ImEventPrivacy *privacy = &event->privacy;
  PurpleAccount *account = glue->account;

  glue->applying++;
  account->perm_deny = (PurplePrivacyType) privacy->mode;
  glue->list->privacy_mode = (int) privacy->mode;
  apply_privacy_list (glue, account->permit, privacy->permit,
                      purple_privacy_permit_add, purple_privacy_permit_remove);
  if (glue->gc != NULL)
    apply_privacy_list (glue, account->deny, privacy->deny,
                        purple_privacy_deny_add, purple_privacy_deny_remove);
  glue->applying--;
}

gboolean
glue_list_privacy_changed (GlueHost *glue)
{
  int mode = (int) glue->account->perm_deny;
  int known = glue->list->privacy_mode;

  if (glue->applying > 0 || mode == known || mode < PURPLE_PRIVACY_ALLOW_ALL ||
      mode > PURPLE_PRIVACY_ALLOW_BUDDYLIST)
    return FALSE;
  glue->list->privacy_mode = mode;
  return known != 0;
}
