#pragma once

/* Bodies in layers: three blocks of headers and a content.
 *
 *   Routing: 1.0        To, From
 *   Reliability: 1.0
 *   Messaging: 2.0      of SDG           Content-Type, Content-Length ...
 *   Publication: 1.0    of PUT, DEL      Uri ...
 *   Notification: 1.0   of NFY           Uri, NotifType ...
 *
 * The first line of a block is its name and version. Content-Length counts
 * bytes of the content. msndevs/protocol-docs, Message-format. */

#include "msnweb-headers.h"

/**
 * MsnwebLayers:
 * @routing: To, From, Service-Channel
 * @reliability: Stream, Segment
 * @about: the third block; empty if there is none
 * @content: what follows; valid as long as what was decoded
 *
 * Begins zeroed.
 */
typedef struct
{
  MsnwebHeaders routing;
  MsnwebHeaders reliability;
  MsnwebHeaders about;
  ImReader content;
} MsnwebLayers;

IM_API void msnweb_layers_clear (MsnwebLayers *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebLayers, msnweb_layers_clear)

/**
 * msnweb_layers_decode:
 * @body: of a command; not moved
 * @ret: (out): its layers; zeroed if this fails
 * @error: return location
 *
 * What follows a content of the announced length is ignored; without a length
 * all of it is content.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_MALFORMED if there is no routing or if
 *   Content-Length is none or more than there is, and as
 *   msnweb_headers_decode()
 */
IM_API gboolean msnweb_layers_decode (const ImReader *body, MsnwebLayers *ret,
                                      GError **error);

/** Returns: (transfer none) (nullable): whom it is for, as written */
IM_API const char *msnweb_layers_to (const MsnwebLayers *layers);

/** Returns: (transfer none) (nullable): who wrote it, as written */
IM_API const char *msnweb_layers_from (const MsnwebLayers *layers);

/** Returns: (transfer none) (nullable): a header of the third block */
IM_API const char *msnweb_layers_get (const MsnwebLayers *layers,
                                      const char *name);

/** Returns: (transfer full): the content as tidy text */
IM_API char *msnweb_layers_dup_content (const MsnwebLayers *layers);

/**
 * msnweb_layers_begin:
 * @to: an address
 * @from: an address
 * @about: the first line of the third block, "Messaging: 2.0"
 *
 * Writes everything before the headers of the third block, which are added
 * next with msnweb_headers_add().
 *
 * Returns: (transfer full): what was written
 */
IM_API GString *msnweb_layers_begin (const char *to, const char *from,
                                     const char *about);

/** Adds Content-Type and Content-Length, for @content. */
IM_API void msnweb_layers_add_content (GString *out, const char *type,
                                       const char *content);

/** Ends the headers and appends @content. Returns: (transfer full): all of
 * it, and @out is gone */
IM_API char *msnweb_layers_end (GString *out, const char *content);
