#pragma once

/* Rooms the server remembers, and those on the list of the host. */

#include "glue-host.h"

/**
 * GlueBookmark:
 * @room: what the room is called
 * @title: (nullable): what the user calls it
 * @nick: (nullable): what they are called there
 * @password: (nullable): of the room
 * @autojoin: the host enters it at sign-on
 *
 * What a session has the server remember.
 */
struct _GlueBookmark
{
  const char *room;
  const char *title;
  const char *nick;
  const char *password;
  gboolean autojoin;
};

/** %IM_EVENT_BOOKMARK. */
void glue_bookmarks_on_event (GlueHost *glue, const ImEvent *event);

/** Watches the list for @protocol, once it is there: not before login(); and no
 * longer does. */
void glue_bookmarks_watch (const GlueProtocol *protocol);
void glue_bookmarks_unwatch (void);
