#pragma once

/* Says in words what an OSCAR message means, and writes it again from what
 * was understood. One function per message does both, so what is shown is
 * what is re-encoded. Used by the vectors and by the fuzzer. */

#include "oscar-userinfo.h"
#include "vector-show.h"

/** Understands one body; @show->again receives the same body again. */
typedef gboolean (*ShowFunc) (ImReader *body, Show *show, GError **error);

/** A message some table knows. */
typedef struct
{
  guint32 snac;
  const char *name;
  ShowFunc func;
} ShowRow;

/** Lines about a user; @show->again is left alone. */
void show_user (Show *show, const OscarUserInfo *user);

/** A body of names with one-byte lengths. */
gboolean show_names (ImReader *body, Show *show, GError **error);

/** For messages without a body. */
gboolean show_nothing (ImReader *body, Show *show, GError **error);

/* The tables, each in the file of its subjects; the last row is empty. */
extern const ShowRow show_rows_signon[];
extern const ShowRow show_rows_session[]; /* OSERVICE to BUDDY, PD */
extern const ShowRow show_rows_icbm[];
extern const ShowRow show_rows_feedbag[];
extern const ShowRow show_rows_services[];

/* Whole messages of the other wires. */
gboolean show_oft (ImReader *bytes, Show *show, GError **error);
gboolean show_odc (ImReader *bytes, Show *show, GError **error);
gboolean show_ars (ImReader *bytes, Show *show, GError **error);
gboolean show_uas (ImReader *bytes, Show *show, GError **error);

/**
 * show_stream:
 * @wire: how @data is framed, as in a vector file
 * @data: bytes
 * @len: how many
 * @step: how many to feed at once
 * @show: receives what was understood
 * @error: return location
 *
 * Returns: %FALSE with an error of the first message not understood, or if
 *   bytes are left over
 */
gboolean show_stream (const char *wire, const guint8 *data, gsize len,
                      gsize step, Show *show, GError **error);

/** One framed unit of a stream: a FLAP payload, or the whole of another
 * wire. */
typedef struct
{
  const char *wire;
  guint8 flap_type;
  ImReader payload;
} ShowUnit;

typedef void (*ShowUnitFunc) (const ShowUnit *unit, gpointer user);

/** Calls @func for every unit of whole, well-framed @data. */
void show_units (const char *wire, const guint8 *data, gsize len,
                 ShowUnitFunc func, gpointer user);

/** Understands one unit. */
gboolean show_unit (const ShowUnit *unit, Show *show, GError **error);
