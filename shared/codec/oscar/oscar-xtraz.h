#pragma once

/* What ICQ clients put behind a message of type 1A: a block that names a
 * plugin, and its data. The one worth reading is Xtraz, by which clients ask
 * each other for the title and text of their "X-Status". Its data is XML of a
 * kind that no XML parser takes, with a second document escaped inside the
 * first, so elements are looked for by name, never past the end. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"
#include "oscar-userinfo.h"

/**
 * OscarIcqPlugin:
 * @guid: which plugin
 * @function: of it; 8 is Xtraz' notification
 * @data: for it; points into the bytes being read
 */
typedef struct
{
  OscarCap guid;
  guint16 function;
  ImReader data;
} OscarIcqPlugin;

#define OSCAR_XTRAZ_NOTIFY 8

/** @rest is that of an #OscarIcqExtended. */
IM_API gboolean oscar_icq_plugin_decode (const ImReader *rest,
                                         OscarIcqPlugin *ret, GError **error);

/** Writes such a block for Xtraz' notification with @xml. */
IM_API void oscar_xtraz_write_block (ImWriter *writer, const char *xml);

/**
 * OscarXStatus:
 * @index: of the picture, 1 to 32, or 0
 * @title: (owned): of a few words
 * @text: (owned): what more they say
 */
typedef struct
{
  guint index;
  char *title;
  char *text;
} OscarXStatus;

IM_API void oscar_xstatus_clear (OscarXStatus *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarXStatus, oscar_xstatus_clear)

/** Returns: (transfer full): the question for an X-Status, asked by @uin */
IM_API char *oscar_xtraz_print_request (const char *uin);

/** Whether @xml is that question. */
IM_API gboolean oscar_xtraz_is_request (const char *xml);

/** Returns: (transfer full): the answer, of @uin */
IM_API char *oscar_xtraz_print_reply (const char *uin,
                                      const OscarXStatus *status);

/** @xml is UTF-8. %FALSE if it is no answer, or says nothing. */
IM_API gboolean oscar_xtraz_parse_reply (const char *xml, OscarXStatus *ret);

/**
 * oscar_xtraz_dup_element:
 * @xml: UTF-8
 * @name: of an element
 *
 * Returns: (transfer full) (nullable): what stands in the first element of
 *   that name, unescaped; %NULL if it does not begin or does not end
 */
IM_API char *oscar_xtraz_dup_element (const char *xml, const char *name);
