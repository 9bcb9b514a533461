#pragma once

/* What messages carry: headers, an empty line, a body. And messages that were
 * cut into parts:
 *
 *   first   all headers, Message-ID: {id}, Chunks: 3
 *   others  Message-ID: {id}, Chunk: 1 ...
 *
 * wiki.nina.chat, Protocols/MSNP, messages. */

#include "im-limits.h"
#include "im-reader.h"
#include "im-writer.h"

/**
 * MsnpMime:
 * @text: (owned): the headers, in pieces
 * @names: of the headers, within @text
 * @values: of the headers, within @text; raw, without spaces around them
 * @n_headers: how many
 * @type: (nullable): the value of Content-Type
 * @body: what follows the empty line; valid as long as what was decoded
 */
typedef struct
{
  char *text;
  const char *names[IM_MAX_MIME_HEADERS];
  const char *values[IM_MAX_MIME_HEADERS];
  guint n_headers;
  const char *type;
  ImReader body;
} MsnpMime;

/** A message of nothing. It is large, so that of a whole conversation only
 * what is used is cleared. */
#define MSNP_MIME_INIT(mime)                                                  \
  G_STMT_START                                                                \
  {                                                                           \
    (mime)->text = NULL;                                                      \
    (mime)->n_headers = 0;                                                    \
    (mime)->type = NULL;                                                      \
  }                                                                           \
  G_STMT_END

IM_API void msnp_mime_clear (MsnpMime *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpMime, msnp_mime_clear)

/**
 * msnp_mime_decode:
 * @payload: of a MSG and the like; not moved
 * @ret: (out): what it is; a message of nothing if this fails
 * @error: return location
 *
 * Lines end in CR LF or LF; one that begins with a space continues the one
 * before. Without an empty line all of it is headers. Lines that are no
 * header are passed over.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TOO_LARGE beyond %IM_MAX_MIME_HEADERS
 */
IM_API gboolean msnp_mime_decode (const ImReader *payload, MsnpMime *ret,
                                  GError **error);

/**
 * msnp_mime_get:
 * @mime: a message
 * @name: of a header, in any case
 *
 * Returns: (transfer none) (nullable): its raw value, not to be shown
 */
IM_API const char *msnp_mime_get (const MsnpMime *mime, const char *name);

/** Returns: (transfer full) (nullable): the value of a header as one line of
 * tidy UTF-8, or %NULL if there is none */
IM_API char *msnp_mime_dup (const MsnpMime *mime, const char *name);

/** Returns: whether the message is of @type, like "text/plain", whatever
 * parameters follow */
IM_API gboolean msnp_mime_is (const MsnpMime *mime, const char *type);

/**
 * msnp_mime_dup_body:
 * @mime: a message
 *
 * Returns: (transfer full): its body as tidy UTF-8, from the charset it
 *   claims, or from Windows-1252 if it is not that
 */
IM_API char *msnp_mime_dup_body (const MsnpMime *mime);

/**
 * msnp_mime_begin:
 * @writer: where to append
 * @type: of the content, with its parameters
 *
 * The two headers every message begins with, in the order old clients look
 * for them.
 */
IM_API void msnp_mime_begin (ImWriter *writer, const char *type);

/** Adds a header. Line ends in @value become spaces. */
IM_API void msnp_mime_add (ImWriter *writer, const char *name,
                           const char *value);

/** Ends the headers; the body is appended next. */
IM_API void msnp_mime_end (ImWriter *writer);

/** Somebody is typing; @address is who. Sent with type U. */
IM_API void msnp_mime_encode_typing (ImWriter *writer, const char *address);

/** The window shakes. Sent with type N. */
IM_API void msnp_mime_encode_nudge (ImWriter *writer);

/**
 * msnp_mime_datacast:
 * @mime: a text/x-msnmsgr-datacast
 *
 * Returns: what it announces: 1 a nudge, 2 a wink, 3 a voice clip, 4 a text
 *   in the header "Data" of the body; 0 if it does not say
 */
IM_API guint msnp_mime_datacast (const MsnpMime *mime);

/** Joins parts, for one conversation. */
typedef struct _MsnpJoiner MsnpJoiner;

IM_API MsnpJoiner *msnp_joiner_new (void);
IM_API void msnp_joiner_free (MsnpJoiner *joiner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnpJoiner, msnp_joiner_free)

typedef enum
{
  MSNP_JOIN_WHOLE,   /* this message is no part of one */
  MSNP_JOIN_HELD,    /* a part; others are missing */
  MSNP_JOIN_DONE,    /* the last that was missing */
  MSNP_JOIN_DROPPED, /* a part of nothing we can join */
} MsnpJoin;

/**
 * msnp_joiner_push:
 * @joiner: of the conversation
 * @sender: who sent it: nobody adds to another's message
 * @mime: the message
 * @now: seconds on any clock that runs forwards
 * @ret: (out) (transfer full): with %MSNP_JOIN_DONE, the payload as if it
 *   had come whole
 *
 * Parts are kept until all are there, for %IM_MSNP_CHUNK_SECONDS at most,
 * and no more of them than im-limits.h says.
 */
IM_API MsnpJoin msnp_joiner_push (MsnpJoiner *joiner, const char *sender,
                                  const MsnpMime *mime, gint64 now,
                                  GBytes **ret);

/**
 * msnp_mime_split:
 * @headers: of the message, without the empty line
 * @body: its body, UTF-8
 * @len: the body's length in bytes
 * @max: bytes a payload may have
 * @id: a fresh GUID in braces
 *
 * Cuts a long message between characters.
 *
 * Returns: (transfer full) (element-type GBytes): the payloads to send, one
 *   if it fits; %NULL if it would be more than %IM_MAX_MSNP_CHUNKS
 */
IM_API GPtrArray *msnp_mime_split (const char *headers, const char *body,
                                   gsize len, gsize max, const char *id);
