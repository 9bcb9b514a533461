#pragma once

/* Buddy icons. libpurple keeps pictures with their hashes between sign-ons,
 * so a picture is fetched once in a lifetime; all there is to do is to compare
 * hashes, and to hand over our own picture when the user has one. */

#include "glue-host.h"

/** %IM_EVENT_ICON. */
void glue_icons_on_icon (GlueHost *glue, const ImEvent *event);

/** After %IM_EVENT_ONLINE: publishes the account's icon. One that is not
 * there takes nothing away: perhaps the user set it elsewhere. */
void glue_icons_online (GlueHost *glue);

/** For set_buddy_icon: @image is %NULL if the user took the icon away. */
void glue_icons_set (PurpleConnection *gc, PurpleStoredImage *image);
