#pragma once

/* Stream management (XEP-0198): both ends count stanzas, and what one has not
 * acknowledged the other still has. So a link may break and nothing is lost
 * or said twice:
 *
 *   bound ── enable ─► counting ── link breaks ─► resuming ── resume ─► goes on
 *                                                    │ failed
 *                                                    └─► bound anew; messages
 *                                                        are sent again
 */

#include "gtalk-session.h"
#include "xml-tree.h"
#include "xmpp-writer.h"

void gtalk_resume_init (GtalkSession *session);
void gtalk_resume_clear (GtalkSession *session);

/** A resource is bound, or about to be: from now on stanzas are counted, if
 * the server can. */
void gtalk_resume_enable (GtalkSession *session);

/** The server is about to count from here on: it was asked along with the
 * sign-in. */
void gtalk_resume_count (GtalkSession *session);
/** It was asked and does not. */
void gtalk_resume_not_counting (GtalkSession *session);

/** Whether a lost stream can be gone on with. */
gboolean gtalk_resume_is_possible (const GtalkSession *session);

/** Asks the server to go on with the last stream, if there is one; whether it
 * was asked. */
gboolean gtalk_resume_try (GtalkSession *session);

/** Another stream begins, which has nothing to do with the last one. */
void gtalk_resume_forget (GtalkSession *session);

/** Writes that question, if there is a stream to go on with. */
void gtalk_resume_write (GtalkSession *session, XmppWriter *w);

/** The server goes on with it, as @element says. */
void gtalk_resume_go_on (GtalkSession *session, const XmlNode *element);

/** The server bound a new resource instead; @failed (or the missing element)
 * says how far the old stream came. */
void gtalk_resume_give_up (GtalkSession *session, const XmlNode *failed);

/** The link is gone: nothing is sent any more, what is sent waits. If its
 * stream cannot be resumed, messages wait for the next one. */
void gtalk_resume_link_lost (GtalkSession *session);

/**
 * gtalk_resume_renounce:
 * @session: a session whose stream came to nothing
 *
 * Makes a new stream instead of resuming a resumed one once more; messages are
 * carried over. Prosody 0.12 reads what follows a resumption with the parser
 * of the old link, in the middle of whatever was cut there: it finds that not
 * well-formed, or swallows it.
 *
 * Returns: whether it was a resumed one
 */
gboolean gtalk_resume_renounce (GtalkSession *session);

/** Sends what waited for a new stream, which counts already if it will. */
void gtalk_resume_send_carried (GtalkSession *session);

/** A stanza is sent: keeps it until it is acknowledged. Of a message, @tag is
 * told to gtalk_messages_accepted() then; it is 0 for others. */
void gtalk_resume_sent (GtalkSession *session, const char *xml, gsize len,
                        guint tag);
/** Whether the server counts, so that it acknowledges what it has. */
gboolean gtalk_resume_is_counting (const GtalkSession *session);

/** Asks the server how far it is; if it does not say so in time, the link is
 * lost. */
void gtalk_resume_probe (GtalkSession *session);

/** What came cannot be read, which is nothing the server would do better the
 * next time: counts it as handled, so that it does not come again. Returns
 * whether the stream can be gone on with behind it. */
gboolean gtalk_resume_skip (GtalkSession *session);

/** A stanza came and was handled. */
void gtalk_resume_received (GtalkSession *session);

/** An element that is no stanza; whether it was about this. */
gboolean gtalk_resume_element (GtalkSession *session, const XmlNode *element);
