#pragma once

/* Vector files: one message or exchange each, as bytes and as what they
 * mean. tests/README.md shows how to add one.
 *
 *   # a remark
 *   id: G-05
 *   title: BUCP challenge request
 *   source: where the bytes come from
 *   sender: client
 *   wire: flap
 *   bytes:
 *   2A 02 0A 46 ...
 *   rewritten:              (only if our encoder writes it otherwise)
 *   2A 02 ...
 *   because: what differs, and why that is fine
 *   dump:
 *     what the decoder makes of it, line by line, indented
 *
 * Text protocols have "text:" in place of "bytes:": lines, indented, to which
 * CR LF is added unless they end in a backslash; "\r", "\n", "\xHH" and a
 * doubled backslash stand for bytes. */

#include <glib.h>

/**
 * Vector:
 * @id: short name, also the file's
 * @title: what it is
 * @source: whose bytes these are
 * @sender: "client", "server" or "peer"; what clients send must have an
 *   encoder
 * @wire: how the bytes are framed, or "compute" for lines to be computed
 * @because: (nullable): why @rewritten differs
 * @bytes: the message
 * @rewritten: (nullable): what our encoder makes of it, if that differs
 * @dump: the expected meaning, lines ending in newlines
 */
typedef struct
{
  char *id;
  char *title;
  char *source;
  char *sender;
  char *wire;
  char *because;
  GByteArray *bytes;
  GByteArray *rewritten;
  char *dump;
} Vector;

Vector *vector_load (const char *path, GError **error);
void vector_free (Vector *vector);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Vector, vector_free)

/** Returns: (transfer full): the vector files of @dir, sorted by name; fails
 * the test if there are none */
GPtrArray *vector_list (const char *dir);
