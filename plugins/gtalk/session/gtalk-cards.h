#pragma once

/* vCards (XEP-0054) and the pictures in them, for the other parts. */

#include "gtalk-session.h"
#include "xmpp-writer.h"

/** Writes into a presence which picture is ours, if that is known. */
void gtalk_cards_write_hash (GtalkSession *session, XmppWriter *w);
