#pragma once

/* One conversation of two, as its files know it: msnp-talks.c, which has its
 * switchboards and what waits for them, and msnp-words.c, which has what is
 * said. */

#include "msnp-talks.h"

/* A conversation with one person. */
typedef struct
{
  MsnpSession *session;
  char *who;
  GPtrArray *boards;  /* owned MsnpSwitchboard, the newest last */
  GQueue queue;       /* owned MsnpOutgoing, not sent yet */
  guint tries;        /* in a row that failed */
  gint64 retry_ms;    /* no try before this */
  MsnpSwitchboard *calling; /* borrowed, nullable: where they were called */
  gint64 called_ms;   /* when */
  gint64 typed_ms;    /* when we last said that we type; 0: long ago */
  gint64 nudged_ms;   /* when we last nudged */
  gint64 shaken_ms;   /* when they last did */
  ImTimer *typing;    /* they type until then */
  gboolean unwanted;  /* the user closed it */
} MsnpTalk;

struct _MsnpTalks
{
  GHashTable *talks; /* who => owned MsnpTalk */
  GQueue sent;       /* owned MsnpOutgoing */
  guint last_id;
  ImTimer *watch;
};

/* msnp-talks.c */

/** The host's clock; 0 stands for never. */
gint64 msnp_talk_now (MsnpSession *session);
/** Returns: (transfer none): the conversation with @who, made if need be */
MsnpTalk *msnp_talk_ensure (MsnpSession *session, const char *who);
/** Returns: (transfer none) (nullable): the newest switchboard in which they
 * are */
MsnpSwitchboard *msnp_talk_board (const MsnpTalk *talk);
/** Whether the list says that calling them is useless. */
gboolean msnp_talk_is_known_offline (const MsnpTalk *talk);
/** Does what can be done for what waits. */
void msnp_talk_work (MsnpTalk *talk);

/* msnp-words.c */

/** Somebody said something on a switchboard of @user, a conversation. */
void msnp_talk_on_message (gpointer user, MsnpSwitchboard *board,
                           const char *from, gboolean own,
                           const MsnpMime *mime);
/** They do not type any more. */
void msnp_talk_stop_typing (MsnpTalk *talk);
