#pragma once

/* What a message means, in words, and the message written again from what was
 * understood. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"

/**
 * Show:
 * @text: what was understood so far
 * @again: the message, written again
 * @indent: of the next line
 * @no_encoder: some part has no encoder, so @again is not the whole
 * @unknown: some message is known to no codec
 */
typedef struct
{
  GString *text;
  ImWriter again;
  guint indent;
  gboolean no_encoder;
  gboolean unknown;
} Show;

void show_init (Show *show);
void show_clear (Show *show);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Show, show_clear)

/** Adds a line. */
void show_line (Show *show, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** Adds a line of a name and a quoted text, or none if @value is %NULL. */
void show_text (Show *show, const char *name, const char *value);

/** The same for text that was never meant for people, and may be anything. */
void show_raw_text (Show *show, const char *name, const char *value);

/** Adds a line of a name and bytes; long ones are only outlined. */
void show_bytes (Show *show, const char *name, GBytes *bytes);

/** Adds a line of a name and hex bytes. */
void show_hex (Show *show, const char *name, const ImReader *bytes);
