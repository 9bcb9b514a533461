#pragma once

/* The state behind oscar-icq-private.h, for its own files. */

#include "oscar-icq-private.h"

/**
 * OscarIcqPeer:
 * @unicode: their client reads UTF-16
 * @relay: ... takes messages in ICQ's extended form
 * @xtraz: ... answers questions about X-Status
 * @away_query: the #OscarIcqMessageType that asks for their away text, or 0
 * @mood: (nullable): static; the picture they announce
 */
typedef struct
{
  gboolean unicode;
  gboolean relay;
  gboolean xtraz;
  guint8 away_query;
  const char *mood;
} OscarIcqPeer;

typedef struct _OscarIcqState
{
  GHashTable *peers;    /* normalised name => owned OscarIcqPeer */
  GHashTable *charsets; /* normalised name => iconv's name for a code page */
  GHashTable *shown;    /* a set of stored messages shown, see is_repeated() */
  GHashTable *asked;    /* guint64 cookie => owned char *: who was asked */
  GQueue to_ask;        /* owned char *: whose X-Status is to be asked for */
  ImTimer *ask_timer;
  GHashTable *queries;  /* sequence => owned Query, see oscar-icq-query.c */
  ImTimer *query_timer;
  guint16 query_sequence;
  GQueue to_name;       /* owned char *: numbers without a nickname */
  ImTimer *name_timer;
  guint16 sequence;     /* of messages in the extended form, counts down */
  char *mood;           /* nullable: our own X-Status */
  char *mood_title;     /* nullable */
  char *mood_text;      /* nullable */
} OscarIcqState;

void oscar_icq_query_free (gpointer query);

/** Returns: (nullable): what is known of @who */
OscarIcqPeer *oscar_icq_peer (const OscarSession *session, const char *who);
