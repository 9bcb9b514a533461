#pragma once

/* Addresses: localpart@domain/resource (RFC 7622). */

#include <glib.h>
#include "im-api.h"
#include "im-error.h"

/**
 * XmppJid:
 * @node: (nullable): who, in lower case
 * @domain: where, in lower case
 * @resource: (nullable): which of their places, as written
 * @bare: @node and @domain
 * @full: all of it
 */
typedef struct
{
  char *node;
  char *domain;
  char *resource;
  char *bare;
  char *full;
} XmppJid;

/**
 * xmpp_jid_new:
 * @text: an address, from a user or a server
 * @error: return location
 *
 * Prepares the parts as RFC 7622 says, for which NFKC and lower case stand
 * here: they agree for all names in use.
 *
 * Returns: (transfer full): the address, or %NULL with
 *   %IM_WIRE_ERROR_MALFORMED if it is none, %IM_WIRE_ERROR_TOO_LARGE if a part
 *   is longer than 1023 bytes
 */
IM_API XmppJid *xmpp_jid_new (const char *text, GError **error);

IM_API void xmpp_jid_free (XmppJid *jid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmppJid, xmpp_jid_free)

/** Returns: (transfer full): the same with another @resource (nullable), which
 * is taken as it is */
IM_API XmppJid *xmpp_jid_with_resource (const XmppJid *jid,
                                        const char *resource);

/** Returns: (transfer full): the bare form of @text, or @text in lower case if
 * it is no address */
IM_API char *xmpp_jid_dup_bare (const char *text);

/** Returns: (transfer none): what follows the slash in @text, "" for none */
IM_API const char *xmpp_jid_resource (const char *text);

/** Returns: whether both name the same account, or the same place of it */
IM_API gboolean xmpp_jid_equal (const char *a, const char *b);

/**
 * xmpp_jid_dup_display:
 * @text: an address
 *
 * Undoes the escaping of XEP-0106, for people to read.
 *
 * Returns: (transfer full): how to show it
 */
IM_API char *xmpp_jid_dup_display (const char *text);
