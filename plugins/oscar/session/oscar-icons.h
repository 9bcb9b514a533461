#pragma once

/* Buddy icons (BART): whose icon is known by which hash, pictures fetched
 * when the host has not got them, and our own icon.
 *
 * Others:  oscar_icons_noticed ()        <- user info: the hash, to the host
 *          oscar_session_fetch_icon ()   -> 10/06, over a connection of its own
 *          handle_download ()            <- 10/07: the picture, to the host
 * Our own: oscar_session_set_icon ()     -> its hash, as an item of the list
 *          oscar_icons_status ()         <- 01/21: whether the server has it
 *          upload ()                     -> 10/02
 *
 * The connection is made for the first picture and then kept. */

#include "oscar-service.h"

void oscar_icons_init (OscarSession *session);
void oscar_icons_clear (OscarSession *session);
/** The session's connection is over, and all that was asked over it. */
void oscar_icons_stop (OscarSession *session);

/** What a user-info block says of its owner's icon. Reports it if it is
 * news. */
void oscar_icons_noticed (OscarSession *session, const OscarUserInfo *info);

/** 01/21. */
void oscar_icons_status (OscarSession *session, const ImReader *body);
