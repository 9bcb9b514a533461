#pragma once

/* What every file with words for the user includes: our own gettext domain,
 * never the host's. */

#ifndef GETTEXT_PACKAGE
#define GETTEXT_PACKAGE "purple-classic"
#endif

#include <glib/gi18n-lib.h>
