#pragma once

/* What the files about the list share; nobody else includes it.
 *
 * The copy in session->people is as the user wants it. Where that differs from
 * what the server has, msnp-edits.c knows both and decides what to ask the
 * server for next; how that is asked is told by one of two ways.
 *
 *   msnp-list-commands.c    what the user wants: changes the copy
 *     msnp-edits.c          the next steps; refusals are taken back
 *       msnp-lists-edits.c    as commands, up to version 12
 *       msnp-contacts-edits.c as web requests with ADL and RML, from 13
 *   msnp-lists.c            the list by commands     (server to copy)
 *   msnp-contacts.c         the list by web services (server to copy)
 *     msnp-report.c         the copy, as the host gets to see it */

#include "msnp-session-private.h"

typedef struct _MsnpReport MsnpReport;
typedef struct _MsnpEdits MsnpEdits;
typedef struct _MsnpSyncing MsnpSyncing;

/**
 * MsnpLists:
 * @report: what msnp-report.c keeps
 * @edits: what msnp-edits.c keeps
 * @syncing: (nullable): what msnp-lists.c keeps while the list comes
 * @known: the list came; edits may be made
 * @open: who is on no list may see us (BLP AL)
 * @asks: the user wants to be asked about who adds them (GTC A)
 * @words: (element-type utf8 utf8): what people wrote who ask to have us
 */
struct _MsnpLists
{
  MsnpReport *report;
  MsnpEdits *edits;
  MsnpSyncing *syncing;
  gboolean known;
  gboolean open;
  gboolean asks;
  GHashTable *words;
};

/** Lists a person may be on so that nobody needs to be asked about them. */
#define MSNP_LISTS_DECIDED (MSNP_LIST_ALLOW | MSNP_LIST_BLOCK)

/* --- msnp-report.c --- */

/**
 * MsnpShown:
 * @listed: it is a buddy
 * @groups: (owned): names of its groups; one that is empty for none
 * @alias: (owned) (nullable): the name the user gave it
 * @lists: all lists it is on
 *
 * What the host was told of a person.
 */
typedef struct
{
  gboolean listed;
  GPtrArray *groups;
  char *alias;
  guint lists;
} MsnpShown;

void msnp_report_init (MsnpSession *session);
void msnp_report_clear (MsnpSession *session);
/** Forgets what was to be reported: the list is asked for anew. */
void msnp_report_reset (MsnpSession *session);
/** Remembers what the host knows of @person, before a change. */
void msnp_shown_take (MsnpShown *ret, const MsnpPerson *person);
/** Reports what changed since then, and clears @shown. */
void msnp_shown_report (MsnpSession *session, const MsnpPerson *person,
                        MsnpShown *shown);
/** Reports @person as a buddy in each of its groups. */
void msnp_report_buddy (MsnpSession *session, const MsnpPerson *person);
void msnp_report_group (MsnpSession *session, const char *name,
                        const char *old_name);
void msnp_report_group_gone (MsnpSession *session, const char *name);
/** Reports all of the list, a slice a turn, then goes on with the sign-on. */
void msnp_report_list (MsnpSession *session);
/** Goes on without a list: it could not be read. What the host has stays as it
 * is. */
void msnp_report_no_list (MsnpSession *session, guint code,
                          const char *detail);
/** Reports that @who cannot be added to @group, at the next turn of the main
 * loop: the host is about to add them. */
void msnp_report_refusal (MsnpSession *session, const char *who,
                          const char *group, ImListError reason);
/** Reports mode, permit and deny list, at the next turn of the main loop: the
 * host may be changing its own right now. */
void msnp_report_privacy (MsnpSession *session);
/** Asks the user about @person, if they wait for that; once. */
void msnp_report_ask (MsnpSession *session, MsnpPerson *person);
/** @person has us on their list now. */
void msnp_report_added (MsnpSession *session, MsnpPerson *person);

/* --- msnp-edits.c --- */

typedef enum
{
  MSNP_STEP_LIST,       /* @person onto @list, or off it */
  MSNP_STEP_MEMBER,     /* @person into @group, or out of it */
  MSNP_STEP_ALIAS,      /* @person is called @text */
  MSNP_STEP_NEW_GROUP,  /* @group, called @text */
  MSNP_STEP_NAME_GROUP, /* @group is called @text from now on */
  MSNP_STEP_DROP_GROUP, /* @group, in which nobody is any more */
  MSNP_STEP_MODE,       /* BLP: AL if @add */
} MsnpStepKind;

/**
 * MsnpStep:
 * @kind: what is to change
 * @add: onto or into; else off or out of
 * @list: one list
 * @person: who; stays while the step is under way
 * @group: (nullable): which group; stays as well. With FORWARD the one to put
 *   them into at once, if the way can
 * @text: (nullable): a name; with FORWARD words to go with it
 * @accepts: with PENDING: they were allowed
 *
 * One change to ask the server for. It belongs to who carries it out, until
 * msnp_edits_settle().
 */
typedef struct
{
  MsnpStepKind kind;
  gboolean add;
  MsnpListFlags list;
  MsnpPerson *person;
  MsnpPeopleGroup *group;
  char *text;
  gboolean accepts;
  gint64 deadline; /* when msnp-edits.c gives up waiting; 0: never */
  gboolean over;   /* given up */
} MsnpStep;

/** Frees a step that nobody will settle: the session ends. */
void msnp_step_free (MsnpStep *step);

/**
 * MsnpWay:
 * @ordered: what is asked first is done first
 * @lists: the lists it can change
 * @groups: there are groups
 * @ids: people in groups are named by their id
 * @into_group: adding somebody can put them into a group at once
 * @aliases: aliases are kept
 * @at_once: how many steps may be under way; 0: any number
 * @take: carries out a step; settles it later, never from inside
 * @leave: (nullable): says as much as can be said at once of what @person is
 *   to be on, of what was not answered
 *
 * How steps are carried out.
 */
typedef struct
{
  gboolean ordered;
  guint lists;
  gboolean groups;
  gboolean ids;
  gboolean into_group;
  gboolean aliases;
  guint at_once;
  void (*take) (MsnpSession *session, MsnpStep *step);
  void (*leave) (MsnpSession *session, const MsnpPerson *person,
                 guint differing);
} MsnpWay;

typedef enum
{
  MSNP_SETTLED_DONE,
  MSNP_SETTLED_REFUSED,
  MSNP_SETTLED_LATER, /* the server is busy: again after a while */
} MsnpSettledKind;

/** What came of a step. @id is what the server calls a new person or group. */
typedef struct
{
  MsnpSettledKind kind;
  ImListError reason;
  guint code;
  const char *id;
} MsnpSettled;

void msnp_edits_init (MsnpSession *session);
void msnp_edits_clear (MsnpSession *session);
/** Forgets every edit: the list is asked for anew. */
void msnp_edits_reset (MsnpSession *session);
/** The list is known: edits go this @way from now on. */
void msnp_edits_start (MsnpSession *session, const MsnpWay *way);
/** Returns: (nullable): how edits go */
const MsnpWay *msnp_edits_way (const MsnpSession *session);
/** @step is over; frees it. */
void msnp_edits_settle (MsnpSession *session, MsnpStep *step,
                        const MsnpSettled *settled);
/** What an error of the notification server means for @step. */
MsnpSettled msnp_edits_judge (const MsnpStep *step, guint code);

/* What the user wants. Begin before changing a person, commit after. */
void msnp_edits_begin (MsnpSession *session, MsnpPerson *person);
void msnp_edits_commit (MsnpSession *session, MsnpPerson *person);
/** Takes @person off the pending list if the user has decided about them
 * already: Escargot says nothing else of whoever is on it. */
void msnp_edits_end_waiting (MsnpSession *session, MsnpPerson *person);
/** Words that go with adding @person. */
void msnp_edits_set_words (MsnpSession *session, MsnpPerson *person,
                           const char *words);
/** Returns: (transfer none) (nullable): a group of that name the user has */
MsnpPeopleGroup *msnp_edits_group (MsnpSession *session, const char *name);
/** The same, making one if there is none. */
MsnpPeopleGroup *msnp_edits_ensure_group (MsnpSession *session,
                                          const char *name);
void msnp_edits_name_group (MsnpSession *session, MsnpPeopleGroup *group,
                            const char *name);
void msnp_edits_drop_group (MsnpSession *session, MsnpPeopleGroup *group);
void msnp_edits_set_open (MsnpSession *session, gboolean open);

/* What the server has, said by itself. What the user changed and the server
 * was not yet asked for stays as the user wants it. */
void msnp_edits_server_lists (MsnpSession *session, MsnpPerson *person,
                              guint lists, guint mask);
void msnp_edits_server_member (MsnpSession *session, MsnpPerson *person,
                               MsnpPeopleGroup *group, gboolean in);
void msnp_edits_server_alias (MsnpSession *session, MsnpPerson *person,
                              const char *alias);
void msnp_edits_server_group (MsnpSession *session, const char *id,
                              const char *name);
void msnp_edits_server_group_gone (MsnpSession *session, const char *id);
void msnp_edits_server_open (MsnpSession *session, gboolean open);
/** Returns: whether the server has @group already */
gboolean msnp_edits_group_exists (const MsnpSession *session,
                                  const MsnpPeopleGroup *group);

/** Returns: whether the server has @person as the user wants them */
gboolean msnp_edits_is_clean (const MsnpSession *session,
                              const MsnpPerson *person);
/** Returns: whether steps are under way */
gboolean msnp_edits_is_busy (const MsnpSession *session);
/** Returns: how many steps were begun so far */
guint msnp_edits_count (const MsnpSession *session);
/** Asks for nothing until the matching release, and forgets nobody. */
void msnp_edits_hold (MsnpSession *session);
void msnp_edits_release (MsnpSession *session);

/* --- the ways --- */

/** Returns: (transfer none): how lists are edited in @version, up to 12 */
const MsnpWay *msnp_lists_way (guint version);
/** Forgets the list: it is asked for anew. */
void msnp_lists_forget (MsnpSession *session);
/** The server says by itself that @contact has us on their list, or no
 * more. */
void msnp_lists_apply_reverse (MsnpSession *session, MsnpContact *contact,
                               gboolean added);
/** Brings out what the services hide, from version 13 on. */
void msnp_contacts_mend (MsnpSession *session);
/** Tells the notification server of the list, from version 13 on: ours to do
 * before we say how we are. */
void msnp_contacts_announce (MsnpSession *session);
