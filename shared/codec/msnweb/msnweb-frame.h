#pragma once

/* The web gateway of MSN ("Protocol=mtp"): commands in bodies of HTTP.
 *
 *   VERB SP number SP target SP length CR LF payload      MSNP24
 *   VERB SP number SP length CR LF payload                MSNP21
 *
 * Nothing is between commands, and none goes on in another body. In MSNP24 a
 * payload begins with the outer headers and an empty line, which are there
 * even if there is nothing in them, and count:
 *
 *   BND 3 CON 269 CR LF
 *   Set-Registration: token CR LF
 *   CR LF
 *   <msgr-response>...
 *
 * wiki.dequis.org, projects/msn/msnp24; msndevs/protocol-docs, Commands.
 * MSNP21 is only read, to see that a server speaks it: msnp-sharp's wiki,
 * KB_MSNP21. */

#include "im-limits.h"
#include "im-writer.h"
#include "msnweb-headers.h"

typedef enum
{
  MSNWEB_MSNP24,
  MSNWEB_MSNP21, /* an older protocol, which we do not speak */
} MsnwebFraming;

/** Bytes of a target, with its NUL: "MSGR\\RECENTCONVERSATIONS" and more. */
#define MSNWEB_MAX_TARGET 64

/**
 * MsnwebCommand:
 * @framing: how it was written
 * @verb: three capital letters, or three digits of an error
 * @error_code: the error as a number, or 0
 * @trid: whose answer it is, or 0 if nobody asked
 * @target: "CON", "MSGR\\PUT"; with %MSNWEB_MSNP21 the word there, maybe ""
 * @headers: the outer ones; none with %MSNWEB_MSNP21
 * @body: what follows them
 *
 * One command. @body lives as long as what is read. Begins zeroed.
 */
typedef struct
{
  MsnwebFraming framing;
  char verb[4];
  guint error_code;
  guint32 trid;
  char target[MSNWEB_MAX_TARGET];
  MsnwebHeaders headers;
  ImReader body;
} MsnwebCommand;

IM_API void msnweb_command_clear (MsnwebCommand *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebCommand, msnweb_command_clear)

typedef enum
{
  MSNWEB_FRAME_GOT,
  MSNWEB_FRAME_END,    /* nothing is left of the body */
  MSNWEB_FRAME_FAILED, /* the session is lost */
} MsnwebFrameResult;

/**
 * msnweb_frame_next:
 * @reader: over one body of HTTP; moved behind the command
 * @ret: (out): the next command, to be cleared; zeroed unless
 *   %MSNWEB_FRAME_GOT
 * @error: return location, set with %MSNWEB_FRAME_FAILED
 *
 * Lines may end in LF alone. It fails with %IM_WIRE_ERROR_TRUNCATED if a
 * command is not all there, %IM_WIRE_ERROR_TOO_LARGE beyond a ceiling,
 * %IM_WIRE_ERROR_UNSUPPORTED for a line of some older protocol of which it is
 * not known what follows, and %IM_WIRE_ERROR_MALFORMED for what is none.
 */
IM_API MsnwebFrameResult msnweb_frame_next (ImReader *reader,
                                            MsnwebCommand *ret, GError **error);

/** Returns: whether @command is a @verb to or from @target; of an answer the
 * target is the bare name: "MSGR" for "MSGR\\PRESENCE" */
IM_API gboolean msnweb_command_is (const MsnwebCommand *command,
                                   const char *verb, const char *target);

/** Returns: (transfer none) (nullable): the registration token to store */
IM_API const char *msnweb_command_registration (const MsnwebCommand *command);

/** Returns: (transfer full): the body as tidy text: the words of an error, the
 * reason of an OUT */
IM_API char *msnweb_command_words (const MsnwebCommand *command);

/**
 * MsnwebRequest:
 * @verb: three capital letters; borrowed, a constant
 * @target: "CON\\USER" and the like; borrowed, a constant
 * @ack_id: (owned) (nullable): for the header Ack-Id
 * @last_msg_id: (owned) (nullable): for Last-Msg-Id
 * @body: (owned) (nullable): what follows the headers, UTF-8
 *
 * A command to send: all but its number and the registration token, which are
 * those of the moment it leaves. Encoders of the other files return them.
 * Begins zeroed.
 */
typedef struct
{
  const char *verb;
  const char *target;
  char *ack_id;
  char *last_msg_id;
  char *body;
} MsnwebRequest;

IM_API void msnweb_request_clear (MsnwebRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebRequest, msnweb_request_clear)

/** Returns: (transfer full): a command, taking @body (nullable) */
IM_API MsnwebRequest msnweb_request_take (const char *verb, const char *target,
                                          char *body);

/** Returns: (transfer full): that an SDG with this Ack-Id has come */
IM_API MsnwebRequest msnweb_request_ack (const char *ack_id);

/**
 * msnweb_request_write:
 * @request: what to send
 * @trid: its number, from 1
 * @registration: (nullable): the token, once the server has sent one
 * @writer: where to append
 *
 * Writes one command with its lengths.
 */
IM_API void msnweb_request_write (const MsnwebRequest *request, guint32 trid,
                                  const char *registration, ImWriter *writer);
