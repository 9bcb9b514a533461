#pragma once

/* What ICQ has beyond AIM: messages in its own forms, X-Status, encodings
 * older than Unicode, who-is-who queries. */

#include "oscar-icbm.h"
#include "oscar-icq-message.h"
#include "oscar-session-private.h"
#include "oscar-xtraz.h"

/* --- oscar-icq-moods.c --- */

/** Returns: (nullable): the word for the X-Status picture among the
 * capabilities of @info */
const char *oscar_icq_mood_of (const OscarUserInfo *info);
/** Returns: (nullable): the capability that announces @mood */
const OscarCap *oscar_icq_mood_cap (const char *mood);
/** Returns: (nullable): the capability of our own mood */
const OscarCap *oscar_icq_own_mood (const OscarSession *session);
/** Returns: its number in Xtraz, 1 and up; 0 for none */
guint oscar_icq_mood_index (const char *mood);

/* --- oscar-icq-peers.c: what is known of others --- */

void oscar_icq_init (OscarSession *session);
void oscar_icq_clear (OscarSession *session);
/** A connection is over: forgets what was true only during it. */
void oscar_icq_stop (OscarSession *session);

/** What @info tells of an ICQ user's client. */
void oscar_icq_seen (OscarSession *session, const OscarUserInfo *info);
void oscar_icq_gone (OscarSession *session, const char *who);

/** Returns: (nullable): the code page for unlabelled text of @who */
const char *oscar_icq_charset (const OscarSession *session, const char *who);

/**
 * oscar_icq_legacy_text:
 * @session: a session
 * @to: recipient
 * @utf8: what to say
 *
 * Returns: (transfer full) (nullable): @utf8 in the code page of @to, if it
 *   must be: their client does not read Unicode, or the user says so; and can
 *   be
 */
GBytes *oscar_icq_legacy_text (const OscarSession *session, const char *to,
                               const char *utf8);
/** 04/06 on channel 1 with text in a code page. */
void oscar_icq_encode_text (ImWriter *writer, guint64 cookie, const char *to,
                            GBytes *text, OscarIcbmMarks marks);

/**
 * oscar_icq_is_repeated:
 * @session: a session
 * @icbm: a message of somebody
 * @text: what it says
 *
 * Remembers a message that was stored by the server: some deliver them twice,
 * to each of two ways of asking.
 *
 * Returns: whether it came before during this connection
 */
gboolean oscar_icq_is_repeated (OscarSession *session, const OscarIcbm *icbm,
                                const char *text);

/* --- oscar-icq-query.c: who is who --- */

/** We are online with a list: begins to look numbers up. */
void oscar_icq_online (OscarSession *session);
/** @who came to the list. */
void oscar_icq_added (OscarSession *session, const char *who);
/** Asks for all about @who; %FALSE if that is no number. */
gboolean oscar_icq_get_info (OscarSession *session, const char *who);
/** 15/03. */
void oscar_icq_reply (OscarSession *session, const ImReader *body);
/** 15/01. */
void oscar_icq_error (OscarSession *session, guint32 request);

/* --- oscar-icq-talk.c: messages of channel 4, and of 2 in ICQ's form --- */

/** Whether @icbm was such a message; then it is dealt with. */
gboolean oscar_icq_incoming (OscarSession *session, const OscarIcbm *icbm);
/** 04/0B: an answer to a question of ours. */
void oscar_icq_answered (OscarSession *session, const ImReader *body);
/** Asks @who for their away text, if they are away and can be asked. Their
 * client may tell them, so only when the user wants it. */
void oscar_icq_ask_away (OscarSession *session, const char *who);
/** A buddy may be worth asking for the text of their X-Status. */
void oscar_icq_ask_xstatus (OscarSession *session, const char *who);
