#pragma once

/* Everybody the session knows of, by address: which lists and groups they are
 * on, how they are, what they are called. One copy for both ways lists come;
 * no I/O, no events. */

#include <glib.h>

#include "msnp-types.h"

/** A group of the list. */
typedef struct
{
  char *id;   /* how edits name it: a number up to version 9, then a GUID */
  char *name; /* tidy */
} MsnpPeopleGroup;

/** Somebody. Strings are owned; change them through the functions below where
 * there is one. */
typedef struct
{
  char *address;       /* lower case; the key */
  guint network;       /* MsnpNetwork; 0 counts as MSN */
  guint lists;         /* MsnpListFlags */
  char *id;            /* nullable: how edits name them, from version 10 */
  GPtrArray *groups;   /* nullable: MsnpPeopleGroup, borrowed */
  char *nick;          /* nullable: the name they gave themselves */
  char *alias;         /* nullable: the name the user gave them */
  MsnpStatus status;   /* MSNP_STATUS_OFFLINE until heard of */
  guint32 caps;
  guint32 extended;
  char *message;       /* nullable: personal message */
  char *media;         /* nullable: what they listen to */
  gboolean asked;      /* the user was asked whether they may see us */
} MsnpPerson;

typedef struct _MsnpPeople MsnpPeople;

MsnpPeople *msnp_people_new (void);
void msnp_people_free (MsnpPeople *people);
/** Forgets everybody and all groups. */
void msnp_people_clear (MsnpPeople *people);

/** Returns: (transfer none) (nullable): who has @address, in any case */
MsnpPerson *msnp_people_find (const MsnpPeople *people, const char *address);
/** Returns: (transfer none) (nullable): who edits call @id */
MsnpPerson *msnp_people_find_id (const MsnpPeople *people, const char *id);
/** Returns: (transfer none): who has @address, made if need be */
MsnpPerson *msnp_people_ensure (MsnpPeople *people, const char *address);
/** Sets how edits name @person. */
void msnp_people_set_id (MsnpPeople *people, MsnpPerson *person,
                         const char *id);
/** Forgets @person. */
void msnp_people_remove (MsnpPeople *people, MsnpPerson *person);
guint msnp_people_count (const MsnpPeople *people);

typedef void (*MsnpPersonFunc) (MsnpPerson *person, gpointer data);
/** Calls @func for everybody, in no order. It must not add or remove. */
void msnp_people_foreach (const MsnpPeople *people, MsnpPersonFunc func,
                          gpointer data);

/** Returns: (transfer none) (element-type MsnpPeopleGroup): all groups, in the
 * order they were named */
const GPtrArray *msnp_people_groups (const MsnpPeople *people);
MsnpPeopleGroup *msnp_people_find_group (const MsnpPeople *people,
                                         const char *id);
/** Names match exactly. */
MsnpPeopleGroup *msnp_people_find_group_by_name (const MsnpPeople *people,
                                                 const char *name);
/** Adds a group, or renames the one with that @id. */
MsnpPeopleGroup *msnp_people_set_group (MsnpPeople *people, const char *id,
                                        const char *name);
/** Gives @group another @id, which no group has. */
void msnp_people_set_group_id (MsnpPeople *people, MsnpPeopleGroup *group,
                               const char *id);
/** Forgets @group, also where people are in it. */
void msnp_people_remove_group (MsnpPeople *people, MsnpPeopleGroup *group);
gboolean msnp_people_in_group (const MsnpPerson *person,
                               const MsnpPeopleGroup *group);
/** Puts @person into @group, or takes them out; whether that changed
 * anything. */
gboolean msnp_people_join (MsnpPerson *person, MsnpPeopleGroup *group);
gboolean msnp_people_part (MsnpPerson *person, MsnpPeopleGroup *group);
