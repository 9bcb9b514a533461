#pragma once

/* What the files about edits share; nobody else includes it.
 *
 *   msnp-edits.c          what differs, and the next steps
 *   msnp-edits-answers.c  what came of a step
 *   msnp-edits-changes.c  what the user wants; what the server says by itself
 */

#include "msnp-list-private.h"

/* A person the server has otherwise. */
typedef struct
{
  MsnpPerson *person;
  guint lists;            /* as the server has them */
  guint busy_lists;       /* of which one step is under way each */
  GPtrArray *groups;      /* MsnpPeopleGroup, as the server has them */
  GPtrArray *busy_groups; /* MsnpPeopleGroup */
  char *alias;
  gboolean busy_alias;
  guint n_busy;
  char *words;            /* nullable: to go with FORWARD */
  guint tries;
  gboolean told;          /* a refusal was reported */
  gboolean queued;
} MsnpOther;

/* A group the server has otherwise. */
typedef struct
{
  MsnpPeopleGroup *group;
  gboolean exists;
  gboolean wanted;
  char *name; /* nullable: as the server has it */
  gboolean busy;
  guint tries;
} MsnpOtherGroup;

struct _MsnpEdits
{
  const MsnpWay *way;  /* nullable: the list is not known */
  GHashTable *others;  /* MsnpPerson → owned MsnpOther */
  GHashTable *groups;  /* MsnpPeopleGroup → owned MsnpOtherGroup */
  GQueue queue;        /* MsnpOther, to look for steps of */
  guint n_busy;
  gboolean open;       /* as the server has it */
  gboolean busy_open;
  guint held;          /* no steps now: something is being changed */
  guint n_begun;       /* steps so far */
  guint n_made;        /* groups made so far, for provisional ids */
  ImTimer *later_timer;
  ImTimer *expiry_timer;
  GQueue under_way;    /* MsnpStep with a deadline, oldest first */
};

/** Returns: (transfer none) (nullable): what the server has of @person, if
 * that differs */
MsnpOther *msnp_edits_find (const MsnpEdits *edits, const MsnpPerson *person);
/** Returns: (transfer none): the same; from now on it may differ */
MsnpOther *msnp_edits_ensure (MsnpEdits *edits, MsnpPerson *person);
MsnpOtherGroup *msnp_edits_find_group (const MsnpEdits *edits,
                                       const MsnpPeopleGroup *group);
/** The group may differ from now on. */
MsnpOtherGroup *msnp_edits_note_group (MsnpEdits *edits,
                                       MsnpPeopleGroup *group);
/** Whether the user has not removed @group. */
gboolean msnp_edits_wants_group (const MsnpEdits *edits,
                                 const MsnpPeopleGroup *group);
gboolean msnp_edits_contains (const GPtrArray *groups,
                              const MsnpPeopleGroup *group);
void msnp_edits_put_in (GPtrArray *groups, MsnpPeopleGroup *group,
                        gboolean in);
/** Returns: (transfer full) (element-type MsnpPerson): who is to be in
 * @group */
GPtrArray *msnp_edits_members (MsnpSession *session, MsnpPeopleGroup *group);
/** Looks for steps of @other at the next opportunity. */
void msnp_edits_enqueue (MsnpEdits *edits, MsnpOther *other);
void msnp_edits_enqueue_all (MsnpEdits *edits);
/** Takes the next steps, unless held. */
void msnp_edits_pump (MsnpSession *session);
/** Takes no steps for a while. */
void msnp_edits_pause (MsnpSession *session);
