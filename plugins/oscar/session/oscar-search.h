#pragma once

/* Finding people on AIM, by address and in the directory; see oscar-search.c.
 * The commands are those of oscar-session.h, which ICQ answers otherwise. */

#include "oscar-errand.h"

extern const OscarErrandFuncs oscar_search_errands;

void oscar_search_begin (OscarSession *session, const ImField *fields,
                         guint n_fields);
void oscar_search_get_own (OscarSession *session);
void oscar_search_set_own (OscarSession *session, const ImField *fields,
                           guint n_fields);

/** 0A/03 and 0A/01. */
void oscar_search_handle_names (OscarSession *session, const OscarSnac *snac);
void oscar_search_handle_no_names (OscarSession *session,
                                   const OscarSnac *snac);
/** 02/0C and 02/0A. */
void oscar_search_handle_own (OscarSession *session, const OscarSnac *snac);
void oscar_search_handle_set (OscarSession *session, const OscarSnac *snac);
