#pragma once

/* The inside of #OscarRoster, for the three files that are it. */

#include "oscar-roster.h"

/* What one side knows of an item; never changed once shared. */
typedef struct
{
  grefcount refs;
  OscarFeedbagItem wire;
} OscarContent;

typedef struct
{
  guint16 group;
  guint16 id;
  OscarContent *local;  /* (owned) (nullable): as the user wants it */
  OscarContent *server; /* (owned) (nullable): as the server has it */
  OscarContent *sent;   /* (owned) (nullable): as the batch in flight says */
  gboolean in_batch;
  guint written;        /* in which period we last sent it, or 0 */
  char *last_title;     /* (owned) (nullable): of a group that is gone */
} OscarItem;

/* A SNAC of the batch in flight. */
typedef struct
{
  guint32 request;
  GPtrArray *items; /* borrowed OscarItem, in the order sent */
} OscarSent;

struct _OscarRoster
{
  const OscarRosterFuncs *funcs;
  gpointer user;
  GPtrArray *order;     /* owned OscarItem, as they came */
  GHashTable *by_key;   /* guint group << 16 | id => OscarItem */
  GHashTable *by_name;  /* owned normalized name => GSList of OscarItem,
                         * class 0 */
  GHashTable *dirty;    /* set of OscarItem */
  GHashTable *changed_groups; /* set of guint group ids whose order is stale */
  GHashTable *abandoned; /* set of OscarItem: groups that others deleted
                          * while there was somebody in them */
  GHashTable *seen;     /* (nullable): set of OscarItem, in a comparison */
  gboolean doubtful;    /* it may not be what the server has */
  guint period;         /* counts oscar_roster_tidy() */
  guint compared;       /* in which period that was asked for, or 0 */
  GPtrArray *in_flight; /* owned OscarSent */
  guint n_server;
  guint reported;       /* how many of @order were reported */
  gboolean complete;    /* all was reported; edits may be sent */
};

/* oscar-roster.c */

/** Takes what @wire owns. */
OscarContent *oscar_content_new_take (OscarFeedbagItem *wire);
OscarContent *oscar_content_ref (OscarContent *content);
void oscar_content_unref (OscarContent *content);
gboolean oscar_content_equal (const OscarContent *a, const OscarContent *b);
gboolean oscar_content_has (const OscarContent *content, guint16 tag);
gboolean oscar_content_is_buddy (const OscarContent *content);
gboolean oscar_content_is_group (const OscarContent *content);

OscarItem *oscar_roster_item_new (OscarRoster *roster, guint16 group,
                                  guint16 id);
OscarItem *oscar_roster_find_item (const OscarRoster *roster, guint16 group,
                                   guint16 id);
/** @title is a group's name, "" for who is in none, %NULL for anywhere. */
OscarItem *oscar_roster_find_buddy (const OscarRoster *roster,
                                    const char *who, const char *title);
/* Where several fit, that with the lowest ids. */
OscarItem *oscar_roster_find_group (const OscarRoster *roster,
                                    const char *name);
/** @who may be %NULL for any. */
OscarItem *oscar_roster_find_class (const OscarRoster *roster, guint16 class,
                                    const char *who);
/** An id that nobody has, 0 if there is none. */
guint16 oscar_roster_free_group_id (const OscarRoster *roster);
guint16 oscar_roster_free_item_id (const OscarRoster *roster, guint16 group);

void oscar_roster_set_local (OscarRoster *roster, OscarItem *item,
                             OscarContent *content);
void oscar_roster_set_server (OscarRoster *roster, OscarItem *item,
                              OscarContent *content);
/** Makes @content what the user wants of @item; it is sent with the next
 * batch. */
void oscar_roster_edit (OscarRoster *roster, OscarItem *item,
                        OscarContent *content);
/** The same with what @changed owns, if it differs. */
void oscar_roster_edit_take (OscarRoster *roster, OscarItem *item,
                             OscarFeedbagItem *changed);

const char *oscar_roster_group_name (const OscarRoster *roster,
                                     guint16 group);
ImPrivacyMode oscar_roster_privacy_mode (const OscarRoster *roster);
void oscar_roster_report_buddy (OscarRoster *roster, const OscarItem *item);
/** Tells the host what a change that was not its own means. */
void oscar_roster_report_change (OscarRoster *roster, const OscarItem *item,
                                 const OscarContent *before);

/* oscar-roster-sync.c */

/** Returns: (transfer container): the buddies of @group, or the groups */
GPtrArray *oscar_roster_members (const OscarRoster *roster,
                                 const OscarItem *group);
/** The order attribute of @group is to be written anew; 0 for the groups'. */
void oscar_roster_touch_order (OscarRoster *roster, guint16 group);
/** Sends all edits, unless some are under way. */
void oscar_roster_send_batch (OscarRoster *roster);
