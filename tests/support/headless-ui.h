#pragma once

/* The face the headless client shows to libpurple: every call a real host
 * would turn into a window becomes a line of JSON (headless-out.h).
 * Questions get a number, and wait until the driver answers. */

#include <purple.h>

#define HEADLESS_UI "headless"

/** Hands libpurple our operations; called by the core when it starts. */
void headless_ui_init (void);

/** Reports what happens to buddies and conversations; needs a running core. */
void headless_ui_watch (void);

/**
 * headless_ui_answer:
 * @id: number of an open question
 * @choice: index of the action; for texts and authorisations 0 accepts and 1
 *   refuses
 * @text: (nullable): what to type in
 *
 * Returns: whether there was such a question
 */
gboolean headless_ui_answer (guint id, int choice, const char *text);

/** Writes @account's handle, as the "account" member of the open line. */
void headless_ui_put_account (PurpleAccount *account);
