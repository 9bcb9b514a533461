#pragma once

/* Pictures that are published by themselves (XEP-0084) rather than in a vCard;
 * who has one there has it there alone. */

#include "gtalk-session-private.h"
#include "xml-tree.h"
#include "xmpp-writer.h"

/** Returns: (transfer none) (nullable): the hash of the picture @who (a bare
 * address) publishes, "" for none; %NULL if they publish no such thing */
const char *gtalk_avatar_hash (const GtalkSession *session, const char *who);

/** Writes what asks for the picture with that hash. */
void gtalk_avatar_write_question (XmppWriter *w, const char *hash);

/** Returns: (transfer none): the base64 in the answer, "" for none */
const char *gtalk_avatar_read_answer (const XmlNode *stanza);

/** What they publish cannot be had: their vCard is as good. */
void gtalk_avatar_forget (GtalkSession *session, const char *who);

/** Whether our account can publish one. */
gboolean gtalk_avatar_can_publish (const GtalkSession *session);

/** Publishes @picture (nullable), unless it is published. @func is told
 * whether that worked, by the stanza of an IQ as gtalk_session_ask() does. */
void gtalk_avatar_publish (GtalkSession *session, GBytes *picture,
                           GtalkIqFunc func);
