#pragma once

/* A form for our own vCard. */

#include "glue-host.h"

/** For the menu: asks what it says, so that gtalk_card_edit() follows. */
void gtalk_card_open (PurplePluginAction *action);

/** For GlueProtocol.edit_profile. */
void gtalk_card_edit (GlueHost *glue, const ImEventProfile *profile);
