#pragma once

/* What the headless client tells its driver: one JSON object a line on
 * standard output. This file knows JSON's syntax and nothing of its content.
 *
 *   out_begin ("connected");
 *   out_string ("account", "a");
 *   out_end ();                    {"event":"connected","account":"a"}
 */

#include <glib.h>

/** Begins a line of kind @event. */
void out_begin (const char *event);

/** Adds a member; with a %NULL @key, an element of the open array. A %NULL
 * @value is JSON's null. @value need not be valid UTF-8: it is repaired, and
 * "broken" is added to the line so that no test overlooks it. */
void out_string (const char *key, const char *value);

void out_int (const char *key, gint64 value);
void out_bool (const char *key, gboolean value);

/** Opens an array ('[') or an object ('{') that out_close() ends. */
void out_open (const char *key, char bracket);
void out_close (void);

/** Ends the line and writes it. */
void out_end (void);
