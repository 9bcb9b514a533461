#pragma once

/* vCards (XEP-0054) and the pictures in them, for the other parts. */

#include "gtalk-session.h"
#include "xmpp-writer.h"

/** Whether @text (nullable) can be the hash of a picture. */
gboolean gtalk_cards_is_hash (const char *text);

/** @who (a bare address) has the picture with the hash @hash, "" for none. */
void gtalk_cards_note (GtalkSession *session, const char *who,
                       const char *hash);

/** Another place of ours made the picture with the hash @hash ours. */
void gtalk_cards_own_changed (GtalkSession *session, const char *hash);

/** Writes into a presence which picture is ours, if that is known. */
void gtalk_cards_write_hash (GtalkSession *session, XmppWriter *w);
