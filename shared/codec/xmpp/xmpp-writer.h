#pragma once

/* Stanzas as they are written: elements, attributes, text, all escaped.
 *
 *   g_auto (XmppWriter) w = { 0 };
 *
 *   xmpp_open (&w, "message", NULL);
 *   xmpp_attr (&w, "to", who);
 *   xmpp_leaf (&w, "body", NULL, text);
 *   xmpp_close (&w);
 *
 * Characters XML cannot carry are left out, so nothing a user pastes breaks
 * the stream. */

#include <glib.h>
#include "im-api.h"

#define XMPP_WRITER_DEPTH 16

/**
 * XmppWriter:
 * @out: (owned) (nullable): what was written
 * @names: of the open elements; borrowed
 * @depth: how many
 * @in_tag: the last one's attributes may still come
 *
 * Begins zeroed.
 */
typedef struct
{
  GString *out;
  const char *names[XMPP_WRITER_DEPTH];
  guint depth;
  gboolean in_tag;
} XmppWriter;

IM_API void xmpp_writer_clear (XmppWriter *writer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XmppWriter, xmpp_writer_clear)

/** Returns: (transfer none): what was written; complete once all is closed */
IM_API const char *xmpp_writer_text (const XmppWriter *writer);
IM_API gsize xmpp_writer_length (const XmppWriter *writer);

/** Opens an element; @name must live until it is closed. @ns (nullable) is its
 * namespace, where that is not the one around it. */
IM_API void xmpp_open (XmppWriter *writer, const char *name, const char *ns);

/** Adds an attribute to the element just opened; nothing if @value is %NULL. */
IM_API void xmpp_attr (XmppWriter *writer, const char *name,
                       const char *value);
IM_API void xmpp_attr_number (XmppWriter *writer, const char *name,
                              gint64 value);

/** Adds text. */
IM_API void xmpp_text (XmppWriter *writer, const char *text);

/** Adds XML that is known to be well-formed. */
IM_API void xmpp_raw (XmppWriter *writer, const char *xml);

/** Closes the last element. */
IM_API void xmpp_close (XmppWriter *writer);

/** A whole element with @text (nullable). */
IM_API void xmpp_leaf (XmppWriter *writer, const char *name, const char *ns,
                       const char *text);
