#pragma once

/* MSNP: lines of words, some with bytes after them.
 *
 *   VERB [transaction] word word ... CR LF
 *   VERB ... length CR LF payload
 *
 * Which verbs have a transaction id or a payload is a table in msnp-frame.c,
 * after the protocol pages of wiki.nina.chat and what
 * github.com/subpurple/escargot sends. */

#include "im-line.h"
#include "im-limits.h"
#include "im-reader.h"
#include "im-writer.h"

/**
 * MsnpSender:
 *
 * Who wrote the stream: the same verb has other words each way.
 */
typedef enum
{
  MSNP_FROM_SERVER,
  MSNP_FROM_CLIENT,
} MsnpSender;

/**
 * MsnpCommand:
 * @verb: three capital letters, or three digits of an error
 * @error_code: the error as a number, or 0
 * @has_trid: there was a transaction id
 * @trid: the transaction id, or 0, which servers use for what nobody asked for
 * @params: the words after it, without the length of a payload and without
 *   empty ones at the end
 * @n_params: how many
 * @has_payload: a payload came with it, maybe an empty one
 * @payload: a cursor over the payload
 *
 * One command. Words and payload are valid until the next msnp_push() or
 * msnp_framer_clear().
 */
typedef struct
{
  char verb[4];
  guint error_code;
  gboolean has_trid;
  guint32 trid;
  ImWord params[IM_MAX_MSNP_PARAMS];
  guint n_params;
  gboolean has_payload;
  ImReader payload;
} MsnpCommand;

/** Returns: whether @command is a @verb */
IM_API gboolean msnp_command_is (const MsnpCommand *command, const char *verb);

/**
 * msnp_command_param:
 * @command: a command
 * @n: which word, counted from 0
 *
 * Returns: that word, or an empty one if there are not so many
 */
IM_API ImWord msnp_command_param (const MsnpCommand *command, guint n);

/**
 * MsnpFramer:
 * @sender: whose bytes these are
 * @buffer: (owned): bytes not yet handed out, and some that were
 * @taken: how many bytes at the start of @buffer were handed out
 * @scanned: how many of those waiting were searched for the line's end
 * @needed: how many must wait before looking again is worth it
 * @edits: (owned): transactions whose errors may have a payload
 *
 * Cuts a stream of bytes into commands. It holds the only buffer in which
 * received bytes wait, of at most %IM_MAX_MSNP_WAITING bytes, and looks at
 * each of them once, however the stream is cut.
 */
typedef struct
{
  MsnpSender sender;
  GByteArray *buffer;
  gsize taken;
  gsize scanned;
  gsize needed;
  GHashTable *edits;
} MsnpFramer;

typedef enum
{
  MSNP_NEED_MORE, /* no whole command yet */
  MSNP_GOT,
  MSNP_FAILED, /* this stream can only be closed */
} MsnpResult;

IM_API void msnp_framer_init (MsnpFramer *framer, MsnpSender sender);
IM_API void msnp_framer_clear (MsnpFramer *framer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpFramer, msnp_framer_clear)

/**
 * msnp_framer_expect_list_error:
 * @framer: a framer of what a server sends
 * @trid: of an ADL, RML or FQY that is being sent
 *
 * Microsoft's servers put a payload after errors of these three commands, and
 * only their transaction tells it from other words after an error.
 */
IM_API void msnp_framer_expect_list_error (MsnpFramer *framer, guint32 trid);

/**
 * msnp_push:
 * @framer: a framer
 * @data: bytes from the link
 * @len: how many
 * @error: return location
 *
 * Appends what came. Commands handed out before are no longer valid.
 *
 * Returns: %FALSE with %IM_WIRE_ERROR_TOO_LARGE if the caller lets more than
 *   %IM_MAX_MSNP_WAITING bytes wait
 */
IM_API gboolean msnp_push (MsnpFramer *framer, const void *data, gsize len,
                           GError **error);

/**
 * msnp_next:
 * @framer: a framer
 * @ret: (out): the next command; of no meaning but with %MSNP_GOT
 * @error: return location, set only with %MSNP_FAILED
 *
 * Takes the next whole command; lines may end in LF alone, and empty ones are
 * passed over. Verbs no table knows have neither transaction nor payload. It
 * fails with %IM_WIRE_ERROR_MALFORMED on what is no command, for then the
 * next one cannot be found, and with %IM_WIRE_ERROR_TOO_LARGE on lines and
 * payloads above their ceilings, as soon as that is certain.
 */
IM_API MsnpResult msnp_next (MsnpFramer *framer, MsnpCommand *ret,
                             GError **error);

/** Returns: how many bytes wait that belong to no command handed out */
IM_API gsize msnp_waiting (const MsnpFramer *framer);

/**
 * msnp_open:
 * @writer: where to append
 * @verb: three capital letters
 * @trid: the transaction id, or 0 for verbs that have none
 *
 * Begins a command. Its words are added next, then it is closed; any number
 * may follow each other in one writer.
 */
IM_API void msnp_open (ImWriter *writer, const char *verb, guint32 trid);

/**
 * msnp_add:
 * @writer: where to append
 * @word: a word in its form for the wire; an empty one is left out
 *
 * Bytes that would end the word or the command are percent-encoded.
 */
IM_API void msnp_add (ImWriter *writer, const char *word);

/** Adds text as a percent-encoded word; empty text is left out. */
IM_API void msnp_add_text (ImWriter *writer, const char *utf8);

/** Adds a number. */
IM_API void msnp_add_number (ImWriter *writer, guint64 number);

/** Ends a command without payload. */
IM_API void msnp_close (ImWriter *writer);

/** Ends a command with its payload of @len bytes, adding its length. */
IM_API void msnp_close_payload (ImWriter *writer, const void *payload,
                                gsize len);

/**
 * msnp_encode:
 * @writer: where to append
 * @verb: three capital letters
 * @trid: the transaction id, or 0 for verbs that have none
 * @...: words as for msnp_add(), then %NULL
 *
 * A whole command without payload.
 */
IM_API void msnp_encode (ImWriter *writer, const char *verb, guint32 trid, ...)
    G_GNUC_NULL_TERMINATED;
