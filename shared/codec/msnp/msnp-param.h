#pragma once

/* Parameters of commands: percent-encoded text, and addresses with what hangs
 * on them. */

#include "im-line.h"
#include "msnp-types.h"

/**
 * msnp_param_dup_text:
 * @word: a parameter; percent-encoded UTF-8, though raw bytes occur
 *
 * For names, which are one line: line ends and tabs become spaces. A percent
 * sign that begins no code stands for itself.
 *
 * Returns: (transfer full): what it says, tidy UTF-8
 */
IM_API char *msnp_param_dup_text (ImWord word);

/**
 * msnp_param_escape:
 * @utf8: text
 *
 * Everything but letters, digits and a few harmless signs is encoded, all of
 * UTF-8 included: Escargot splits lines at any space Unicode knows
 * (github.com/subpurple/escargot, core/session.py).
 *
 * Returns: (transfer full): @utf8 percent-encoded
 */
IM_API char *msnp_param_escape (const char *utf8);

/**
 * MsnpHandle:
 * @address: lower case; a telephone number for %MSNP_NETWORK_PHONE
 * @network: where it lives
 * @endpoint: (nullable): the place, in braces, of one signed on at several
 */
typedef struct
{
  char *address;
  guint network;
  char *endpoint;
} MsnpHandle;

IM_API void msnp_handle_clear (MsnpHandle *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpHandle, msnp_handle_clear)

/**
 * msnp_handle_decode:
 * @word: "alice@example.com", "1:alice@example.com" or either followed by
 *   ";{guid}"
 * @ret: (out): who is meant, set only on success
 * @error: return location
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_MALFORMED if there is no address, or
 *   one with control characters; %IM_WIRE_ERROR_TOO_LARGE beyond
 *   %IM_MAX_MSNP_HANDLE bytes
 */
IM_API gboolean msnp_handle_decode (ImWord word, MsnpHandle *ret,
                                    GError **error);

/**
 * MsnpServer:
 * @host: a name or an address
 * @port: its port
 */
typedef struct
{
  char *host;
  guint16 port;
} MsnpServer;

IM_API void msnp_server_clear (MsnpServer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpServer, msnp_server_clear)

/**
 * msnp_server_decode:
 * @word: "host:port" or "host", as in XFR and RNG
 * @ret: (out): where that is; the port is 1863 if none is given
 * @error: return location
 *
 * The port follows the last colon, so that addresses of IPv6 may come.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if it names nothing
 */
IM_API gboolean msnp_server_decode (ImWord word, MsnpServer *ret,
                                    GError **error);
