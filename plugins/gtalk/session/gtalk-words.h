#pragma once

/* What people write, in stanzas and here. XMPP carries plain text; bold,
 * italic and struck-out words stand between marks, as people typed them at
 * Google and as XEP-0393 has it:
 *
 *   *bold*  _italic_  ~struck out~  `as it is`
 *
 * What comes keeps its marks and gets the looks besides, so nothing is lost
 * where they were meant as what they are. */

#include "im-text.h"
#include "xml-tree.h"
#include "xmpp-writer.h"

/** Returns: (transfer full): @text with marks for how it looks */
char *gtalk_words_mark (const ImText *text);

/** Returns: (transfer full): @line with the looks its marks say */
ImText *gtalk_words_style (const char *line);

/**
 * GtalkSaid:
 * @first: (nullable): the id of the last message of somebody
 * @last: (nullable): ... of what last took its place, or the same
 *
 * What can be corrected (XEP-0308). Begins zeroed.
 */
typedef struct
{
  char *first;
  char *last;
} GtalkSaid;

void gtalk_said_clear (GtalkSaid *said);

/** Remembers a message with that @id (nullable). */
void gtalk_said_set (GtalkSaid *said, const char *id);

/** Remembers @stanza. Returns: whether it takes the place of what was said
 * last */
gboolean gtalk_said_note (GtalkSaid *said, const XmlNode *stanza);

/** Writes that a message takes the place of the one called @id (nullable). */
void gtalk_words_write_replace (XmppWriter *w, const char *id);

/** Writes what is said into a message: @text is the address of a file
 * (XEP-0066) if @is_file. */
void gtalk_words_write (XmppWriter *w, const ImText *text, gboolean is_file);

/** Returns: (transfer full) (nullable): what is said in @stanza; %NULL for
 * nothing */
ImText *gtalk_words_read (const XmlNode *stanza);
