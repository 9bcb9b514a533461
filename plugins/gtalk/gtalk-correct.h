#pragma once

/* Words that take the place of the last ones. */

/** Adds what can be typed for that: /correct. */
void gtalk_correct_add_command (void);
void gtalk_correct_remove_command (void);
