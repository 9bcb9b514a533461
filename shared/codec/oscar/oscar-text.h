#pragma once

/* Names and texts as OSCAR writes them, turned into UTF-8 and back. */

#include <glib.h>
#include "im-limits.h"
#include "im-reader.h"
#include "im-writer.h"

/* Room for the longest name whose every byte takes three as UTF-8, as those
 * of Windows-1252 may. */
#define OSCAR_NAME_SIZE (IM_MAX_SCREEN_NAME * 3 + 1)

/**
 * OscarName:
 * @text: NUL-terminated tidy UTF-8, as the peer writes the name
 *
 * A screen name or UIN, kept in place: names come with every message, and
 * allocating each would cost more than reading it.
 */
typedef struct
{
  char text[OSCAR_NAME_SIZE];
} OscarName;

/**
 * oscar_text_read_name:
 * @reader: a cursor at a one-byte length
 * @ret: (out): the name
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED, or with
 *   %IM_WIRE_ERROR_TOO_LARGE above %IM_MAX_SCREEN_NAME bytes
 */
IM_API gboolean oscar_text_read_name (ImReader *reader, OscarName *ret,
                                      GError **error);

/**
 * oscar_text_next_name:
 * @list: a cursor over nothing but names with one-byte lengths
 * @ret: (out): the next name
 * @error: return location
 *
 * For lists of names: call until it returns %FALSE, then look at @error.
 *
 * Returns: %FALSE at the end, or with @error set
 */
IM_API gboolean oscar_text_next_name (ImReader *list, OscarName *ret,
                                      GError **error);

/** Writes names with one-byte lengths; the array ends with %NULL. */
IM_API void oscar_text_write_names (ImWriter *writer, const char *const *names);

/**
 * oscar_text_dup:
 * @bytes: text without a charset of its own; stays where it is
 * @legacy: (nullable): the charset to try if it is not UTF-8;
 *   Windows-1252 if %NULL
 *
 * Returns: (transfer full): tidy UTF-8, cut at the first NUL
 */
IM_API char *oscar_text_dup (const ImReader *bytes, const char *legacy);

/**
 * oscar_text_read_str16:
 * @reader: a cursor at a two-byte length
 * @ret: (out) (transfer full): the text as oscar_text_dup() makes it
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TRUNCATED
 */
IM_API gboolean oscar_text_read_str16 (ImReader *reader, char **ret,
                                       GError **error);

/** Charset words of channel-1 texts and direct connections. */
typedef enum
{
  OSCAR_CHARSET_ASCII = 0x0000,
  OSCAR_CHARSET_UTF16 = 0x0002,
  OSCAR_CHARSET_LATIN1 = 0x0003,
  OSCAR_CHARSET_APPLE = 0x000d, /* UTF-8 from iChat, Latin-1 from mobiles */
} OscarCharset;

/**
 * oscar_text_dup_charset:
 * @bytes: text; stays where it is
 * @charset: the word that came with it, an #OscarCharset or anything else
 * @legacy: (nullable): the code page of ICQ peers, for text they label as
 *   Latin-1 or not at all; %NULL for Windows-1252
 *
 * Decodes by what clients really send: ASCII that is UTF-8, Latin-1 that is
 * Windows-1252 or the user's code page.
 *
 * Returns: (transfer full): tidy UTF-8
 */
IM_API char *oscar_text_dup_charset (const ImReader *bytes, guint16 charset,
                                     const char *legacy);

/**
 * oscar_text_choose_charset:
 * @utf8: text to send
 *
 * Returns: %OSCAR_CHARSET_ASCII if that will do, else %OSCAR_CHARSET_UTF16
 */
IM_API OscarCharset oscar_text_choose_charset (const char *utf8);

/** Appends @utf8 in @charset, ASCII or UTF-16BE as chosen above. */
IM_API void oscar_text_write (ImWriter *writer, const char *utf8,
                              OscarCharset charset);

/**
 * oscar_text_dup_mime:
 * @type: a MIME type such as text/aolrtf; charset="unicode-2-0"; may be empty
 * @bytes: the text; both stay where they are
 * @legacy: (nullable): as above
 *
 * Decodes profiles, away texts, chat and directory texts.
 *
 * Returns: (transfer full): tidy UTF-8, markup untouched
 */
IM_API char *oscar_text_dup_mime (const ImReader *type, const ImReader *bytes,
                                  const char *legacy);
