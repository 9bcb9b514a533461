#pragma once

/* The names people gave themselves on networks that call them by number. They
 * have to be asked for one by one, so they are kept between sign-ons. */

#include "glue-host.h"

/** Shows what @who, a buddy just put on the list, was called last. */
void glue_nicks_recall (GlueHost *glue, const char *who);

/** Shows @nick for the buddy @who, and keeps it. */
void glue_nicks_learn (GlueHost *glue, const char *who, const char *nick);

/** The host goes away. */
void glue_nicks_free (GlueHost *glue);
