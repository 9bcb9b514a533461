#pragma once

/* What the user does to the buddy list, as libpurple's callbacks, told to the
 * session unless the server did it. */

#include "glue-host.h"

/** The commands of a session that keeps its list on the server; see there. All
 * but the first two are nullable: what a network does not keep stays on this
 * computer. Without @deny, whom the user blocks is not heard here. */
struct _GlueListFuncs
{
  void (*add) (gpointer session, const char *who, const char *group,
               const char *alias, const char *words);
  void (*remove) (gpointer session, const char *who, const char *group);
  void (*move) (gpointer session, const char *who, const char *from,
                const char *to);
  void (*alias) (gpointer session, const char *who, const char *alias);
  void (*rename_group) (gpointer session, const char *from, const char *to);
  void (*remove_group) (gpointer session, const char *group);
  void (*permit) (gpointer session, const char *who, gboolean listed);
  void (*deny) (gpointer session, const char *who, gboolean listed);
  void (*privacy) (gpointer session, ImPrivacyMode mode);
};

#define GLUE_BUDDIES_CALLBACKS                                                \
  .add_buddy = glue_buddies_add,                                              \
  .remove_buddy = glue_buddies_remove, .alias_buddy = glue_buddies_alias,     \
  .group_buddy = glue_buddies_move,                                           \
  .rename_group = glue_buddies_rename_group,                                  \
  .remove_group = glue_buddies_remove_group,                                  \
  .buddy_free = glue_list_buddy_free, .add_permit = glue_buddies_permit,      \
  .rem_permit = glue_buddies_unpermit, .add_deny = glue_buddies_deny,         \
  .rem_deny = glue_buddies_undeny,                                            \
  .set_permit_deny = glue_buddies_set_privacy

void glue_buddies_add (PurpleConnection *gc, PurpleBuddy *buddy,
                       PurpleGroup *group);
void glue_buddies_add_with_words (PurpleConnection *gc, PurpleBuddy *buddy,
                                  PurpleGroup *group, const char *words);
void glue_buddies_remove (PurpleConnection *gc, PurpleBuddy *buddy,
                          PurpleGroup *group);
void glue_buddies_alias (PurpleConnection *gc, const char *who,
                         const char *alias);
void glue_buddies_move (PurpleConnection *gc, const char *who,
                        const char *from, const char *to);
void glue_buddies_rename_group (PurpleConnection *gc, const char *old_name,
                                PurpleGroup *group, GList *moved);
void glue_buddies_remove_group (PurpleConnection *gc, PurpleGroup *group);
void glue_buddies_permit (PurpleConnection *gc, const char *who);
void glue_buddies_unpermit (PurpleConnection *gc, const char *who);
/** Sees to it that the list of the denied has an effect: it has none while
 * all are let in. ICQ's own clients always heeded it. */
void glue_buddies_heed_deny_list (GlueHost *glue);
void glue_buddies_deny (PurpleConnection *gc, const char *who);
void glue_buddies_undeny (PurpleConnection *gc, const char *who);
void glue_buddies_set_privacy (PurpleConnection *gc);

/** For the menu: puts buddies kept only here on the server's list, perhaps
 * from before the network closed. Never done by itself. */
void glue_buddies_upload (PurplePluginAction *action);
