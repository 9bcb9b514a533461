#pragma once

/* What the session tells its parts, and what it asks of them: each file that
 * is a part has one of these. The table in gtalk-session.c has them all, in
 * the order in which they are told. */

#include "gtalk-session-private.h"

/**
 * GtalkPart:
 * @init: makes the part's struct
 * @clear: frees it; nothing is called afterwards
 * @bound: (nullable): a resource is about to be bound, or was bound anew after
 *   a loss: asks the server for all the part needs
 * @online: (nullable): the session is online
 * @features: (nullable): what server and account can do is known
 * @services: (nullable): what other services the server has is known
 * @message: (nullable): a message; whether it was the part's
 * @presence: (nullable): a presence; whether it was the part's
 * @query: (nullable): an IQ get or set that wants an answer; whether the part
 *   has given or will give it
 */
typedef struct
{
  void (*init) (GtalkSession *session);
  void (*clear) (GtalkSession *session);
  void (*bound) (GtalkSession *session);
  void (*online) (GtalkSession *session);
  void (*features) (GtalkSession *session);
  void (*services) (GtalkSession *session);
  GtalkStanzaFunc message;
  GtalkStanzaFunc presence;
  GtalkStanzaFunc query;
} GtalkPart;

extern const GtalkPart gtalk_disco_part;
extern const GtalkPart gtalk_caps_part;
extern const GtalkPart gtalk_roster_part;
extern const GtalkPart gtalk_presence_part;
extern const GtalkPart gtalk_marks_part;
extern const GtalkPart gtalk_messages_part;
extern const GtalkPart gtalk_archive_part;
extern const GtalkPart gtalk_avatar_part;
extern const GtalkPart gtalk_cards_part;
extern const GtalkPart gtalk_alive_part;
extern const GtalkPart gtalk_rooms_part;
extern const GtalkPart gtalk_bookmarks_part;
extern const GtalkPart gtalk_blocking_part;
extern const GtalkPart gtalk_calls_part;
extern const GtalkPart gtalk_hiding_part;
extern const GtalkPart gtalk_mail_part;
extern const GtalkPart gtalk_prefs_part;
extern const GtalkPart gtalk_quiet_part;
extern const GtalkPart gtalk_record_part;
extern const GtalkPart gtalk_upload_part;
extern const GtalkPart gtalk_shared_part;
