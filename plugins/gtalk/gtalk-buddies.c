#include "gtalk-buddies.h"

#include "glue-i18n.h"
#include "glue-list.h"
#include "gtalk-google.h"
#include "gtalk-session.h"

static void
add (gpointer session, const char *who, const char *group, const char *alias,
     const char *words)
{
  gtalk_session_add_buddy (session, who, group, alias, words);
}

static void
deny (gpointer session, const char *who, gboolean listed)
{
  gtalk_session_block (session, who, listed);
}

GLUE_LIST_WRITE_EDITS (gtalk_session)

const GlueListFuncs gtalk_buddies_funcs = {
  .add = add,
  GLUE_LIST_EDITS,
  .deny = deny,
};

/* --- menu --------------------------------------------------------------- */

static GtalkSession *
session_of (PurpleBlistNode *node)
{
  GlueHost *glue = glue_host_of (
      purple_account_get_connection (purple_buddy_get_account (
          (PurpleBuddy *) node)));

  return glue != NULL ? glue->session : NULL;
}

static void
request_auth (PurpleBlistNode *node, gpointer data)
{
  GtalkSession *session = session_of (node);

  if (session != NULL)
    gtalk_session_request_auth (
        session, purple_buddy_get_name ((PurpleBuddy *) node), NULL);
}

static void
revoke_auth (PurpleBlistNode *node, gpointer data)
{
  GtalkSession *session = session_of (node);

  if (session != NULL)
    gtalk_session_revoke_auth (
        session, purple_buddy_get_name ((PurpleBuddy *) node));
}

/* bitlbee's "chat with" looks for this label. */
static void
start_chat (PurpleBlistNode *node, gpointer data)
{
  GtalkSession *session = session_of (node);

  if (session != NULL)
    gtalk_session_start_room (session,
                              purple_buddy_get_name ((PurpleBuddy *) node));
}

GList *
gtalk_buddies_menu (PurpleBlistNode *node)
{
  const GlueBuddy *ours;
  GList *list = NULL;

  if (!PURPLE_BLIST_NODE_IS_BUDDY (node) || session_of (node) == NULL)
    return NULL;
  ours = glue_list_peek ((PurpleBuddy *) node);
  if (ours != NULL && ours->flags & IM_PEER_AWAITS_AUTH)
    list = g_list_append (
        list, purple_menu_action_new (_("Ask for Permission"),
                                      G_CALLBACK (request_auth), NULL, NULL));
  if (gtalk_session_has (session_of (node), GTALK_FEATURE_ROOMS))
    list = g_list_append (
        list, purple_menu_action_new (_("Initiate _Chat"),
                                      G_CALLBACK (start_chat), NULL, NULL));
  list = gtalk_google_add_entries (list, session_of (node),
                                   (PurpleBuddy *) node);
  return g_list_append (
      list,
      purple_menu_action_new (_("No Longer Show When I Am Online"),
                              G_CALLBACK (revoke_auth), NULL, NULL));
}
