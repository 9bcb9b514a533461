#pragma once

/* UAS: sign-on by one HTTP request whose body is a SNAC (application/x-snac)
 * of food group 0x050C. Nothing is encrypted in it; that is up to TLS. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"

typedef enum
{
  OSCAR_UAS_REQUEST = 0x0002,
  OSCAR_UAS_TICKETS = 0x0003,
  OSCAR_UAS_FAILURE = 0x0004,
  OSCAR_UAS_FAILURE_AOL = 0x0005, /* the same, in old clients */
} OscarUasSubtype;

/** What every refusal says, whatever the reason. */
#define OSCAR_UAS_ERROR_REFUSED 0x0401

/**
 * OscarUasRequest:
 * @tag: any number; the reply repeats it
 * @name: the account
 * @roasted: the password, roasted with the Kerberos table, at most 16 bytes
 * @roasted_len: how many
 * @key: developer key
 */
typedef struct
{
  guint32 tag;
  const char *name;
  const guint8 *roasted;
  gsize roasted_len;
  const char *key;
} OscarUasRequest;

/** The whole body. Wipe it when it was sent. */
IM_API void oscar_uas_encode_request (ImWriter *writer,
                                      const OscarUasRequest *self);

/** What a server reads of it. Owned members. */
typedef struct
{
  guint32 tag;
  char *name;
  GBytes *roasted;
  char *key;
} OscarUasReceived;

IM_API void oscar_uas_received_clear (OscarUasReceived *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarUasReceived, oscar_uas_received_clear)
IM_API gboolean oscar_uas_decode_request (ImReader *body, OscarUasReceived *ret,
                                          GError **error);

/**
 * OscarUasReply:
 * @tag: of the request
 * @accepted: whether we may sign on
 * @name: (nullable): the account as the server writes it
 * @error: of a refusal
 * @error_text: (nullable): its words
 * @host: (nullable): where to sign on, host[:port]
 * @cookie: (nullable): what to show there
 * @tls_name: (nullable): the name in that server's certificate
 * @tls_state: 0 no TLS there
 */
typedef struct
{
  guint32 tag;
  gboolean accepted;
  char *name;
  guint16 error;
  char *error_text;
  char *host;
  GBytes *cookie;
  char *tls_name;
  guint16 tls_state;
} OscarUasReply;

IM_API void oscar_uas_reply_clear (OscarUasReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OscarUasReply, oscar_uas_reply_clear)

/**
 * oscar_uas_decode_reply:
 * @body: of the HTTP response
 * @ret: (out): the reply; without host and cookie it is of no use, even if
 *   accepted
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR; %IM_WIRE_ERROR_UNSUPPORTED for
 *   another SNAC
 */
IM_API gboolean oscar_uas_decode_reply (ImReader *body, OscarUasReply *ret,
                                        GError **error);
/** Writes a refusal. */
IM_API void oscar_uas_encode_failure (ImWriter *writer,
                                      const OscarUasReply *self);
