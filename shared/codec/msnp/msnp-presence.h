#pragma once

/* Who is how: CHG, NLN, ILN and FLN, and the personal message with what hangs
 * on it (UUX, UBX).
 *
 *   ILN t status handle [network] [nick] [caps[:ex]] [object [url]]
 *   NLN status handle ...
 *   FLN handle [network] [caps[:ex]]
 *
 * Any of the bracketed words may be missing: Escargot leaves out an empty
 * nick, and everything behind it moves up (github.com/subpurple/escargot). */

#include "im-writer.h"
#include "msnp-frame.h"
#include "msnp-param.h"

/** Returns: whether @word is a status, which is then in @ret */
IM_API gboolean msnp_status_decode (ImWord word, MsnpStatus *ret);

/** Returns: (transfer none): the word for @status */
IM_API const char *msnp_status_word (MsnpStatus status);

/**
 * MsnpPresence:
 * @handle: who
 * @status: how; a word nobody knows counts as online
 * @nick: (nullable): the name they gave themselves, tidy; %NULL if none came
 * @has_caps: @caps and @extended were said
 * @caps: what the client can do (MsnpCaps and others)
 * @extended: more of it, from version 16
 * @object: (nullable): the picture's descriptor, decoded, not tidy
 * @initial: it was an ILN
 */
typedef struct
{
  MsnpHandle handle;
  MsnpStatus status;
  char *nick;
  gboolean has_caps;
  guint32 caps;
  guint32 extended;
  char *object;
  gboolean initial;
} MsnpPresence;

IM_API void msnp_presence_clear (MsnpPresence *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpPresence, msnp_presence_clear)

/**
 * msnp_presence_decode:
 * @command: an NLN, ILN or FLN
 * @version: of the protocol
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * A picture that is "0" or an empty object counts as none.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if nobody is named
 */
IM_API gboolean msnp_presence_decode (const MsnpCommand *command,
                                      guint version, MsnpPresence *ret,
                                      GError **error);

/**
 * msnp_presence_decode_member:
 * @command: a JOI, or an IRO
 * @version: of the protocol
 * @ret: (out): who takes part, set only on success
 * @error: return location
 *
 * The words are those of a presence without status: handle, nick, caps.
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if nobody is named
 */
IM_API gboolean msnp_presence_decode_member (const MsnpCommand *command,
                                             guint version, MsnpPresence *ret,
                                             GError **error);

/**
 * msnp_presence_encode:
 * @writer: where to append
 * @trid: the transaction id
 * @version: of the protocol
 * @status: the one to have
 * @caps: what we can do
 * @extended: more of it, written from version 16
 * @object: (nullable): our picture's descriptor, written from version 9
 *
 * A CHG.
 */
IM_API void msnp_presence_encode (ImWriter *writer, guint32 trid, guint version,
                                  MsnpStatus status, guint32 caps,
                                  guint32 extended, const char *object);

/**
 * MsnpEndpoint:
 * @id: the place, a GUID in braces, lower case
 * @name: (nullable): what its owner calls it; only of our own places
 * @caps: what it can do
 * @extended: more of it
 */
typedef struct
{
  char *id;
  char *name;
  guint32 caps;
  guint32 extended;
} MsnpEndpoint;

/**
 * MsnpExtra:
 * @message: (nullable): the personal message, one tidy line
 * @media: (nullable): what is playing, put together, one tidy line
 * @endpoints: (element-type MsnpEndpoint) (nullable): where they are
 */
typedef struct
{
  char *message;
  char *media;
  GArray *endpoints;
} MsnpExtra;

IM_API void msnp_extra_clear (MsnpExtra *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpExtra, msnp_extra_clear)

/**
 * msnp_extra_decode:
 * @payload: of a UBX, maybe empty
 * @ret: (out): what it says
 *
 * Escargot leaves "<" as it is in versions 13 to 15, so what is no XML is
 * searched for its tags. There is no payload that fails.
 */
IM_API void msnp_extra_decode (const ImReader *payload, MsnpExtra *ret);

/**
 * msnp_extra_encode:
 * @message: (nullable): the personal message
 * @media: (nullable): a CurrentMedia, as msnp_media_encode() makes it
 * @machine: (nullable): the place, a GUID in braces
 *
 * Characters XML cannot carry are left out.
 *
 * Returns: (transfer full): the payload of a UUX
 */
IM_API char *msnp_extra_encode (const char *message, const char *media,
                                const char *machine);

/** Returns: (transfer full): the payload of a UUX that says what this place
 * can do, from version 16 */
IM_API char *msnp_extra_encode_endpoint (guint32 caps, guint32 extended);

/** Returns: (transfer full): the payload of a UUX that tells our other places
 * about this one, from version 16 */
IM_API char *msnp_extra_encode_private (const char *name, gboolean idle,
                                        MsnpStatus status);

/** Returns: (transfer full): the CurrentMedia for a piece of music */
IM_API char *msnp_media_encode (const char *title, const char *artist,
                                const char *album);

/**
 * msnp_media_decode:
 * @text: a CurrentMedia: application, type, 1 or 0, format, values, each
 *   followed by a backslash and a zero
 *
 * Returns: (transfer full) (nullable): the format with its values, or %NULL
 *   if nothing plays
 */
IM_API char *msnp_media_decode (const char *text);
