#pragma once

/* The first frame of a connection each way: a version, then TLVs. To the
 * authorizer it is empty (BUCP follows) or carries a roasted password (the
 * oldest sign-on); to every other server it carries a cookie. */

#include <glib.h>
#include "oscar-tlv.h"
#include "oscar-types.h"

/**
 * OscarClientId:
 * @name: (nullable): of the client program
 * @id: 0x0109 for AIM, 0x010A for ICQ, 0 to leave out the numbers
 * @major: and the following, its version
 * @distribution: who handed it out
 * @language: (nullable): "en"
 * @country: (nullable): "us"
 *
 * What a client says of itself. Strings are borrowed when encoding and owned
 * after decoding.
 */
typedef struct
{
  char *name;
  guint16 id;
  guint16 major;
  guint16 minor;
  guint16 point;
  guint16 build;
  guint32 distribution;
  char *language;
  char *country;
} OscarClientId;

/**
 * OscarFlapSignon:
 * @version: always 1
 * @name: (nullable): with it, this is a sign-on with a roasted password
 * @roasted: (nullable): that password, roasted
 * @cookie: (nullable): what the server that sent us gave us
 * @client: our program
 * @multi: an #OscarMultiConnection; 0 is not written
 * @reconnect: we were knocked off a moment ago
 */
typedef struct
{
  guint32 version;
  char *name;
  GBytes *roasted;
  GBytes *cookie;
  OscarClientId client;
  guint8 multi;
  guint8 reconnect;
} OscarFlapSignon;

IM_API void oscar_flap_signon_clear (OscarFlapSignon *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarFlapSignon, oscar_flap_signon_clear)

/** Payload of a SIGNON frame, from either side. */
IM_API gboolean oscar_flap_decode_signon (const ImReader *payload,
                                          OscarFlapSignon *ret, GError **error);
IM_API void oscar_flap_encode_signon (ImWriter *writer,
                                      const OscarFlapSignon *self);
