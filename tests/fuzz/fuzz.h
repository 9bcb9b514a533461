#pragma once

/* What fuzz targets share. A target defines LLVMFuzzerTestOneInput() and is
 * built twice: with driver.c, which replays saved inputs in every test run,
 * or with libFuzzer when the compiler flags ask for it. */

#include <glib.h>
#include "im-reader.h"
#include "im-writer.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/** Room for whatever an encoder makes of one input. */
#define FUZZ_MAX_ENCODED (1024 * 1024)

/** One decoder of a module. */
typedef void (*FuzzCase) (const ImReader *body);

/** The first byte of an input says which decoder gets the rest. */
static inline void
fuzz_dispatch (const FuzzCase *cases, guint n_cases, const guint8 *data,
               gsize size)
{
  ImReader body;

  if (size == 0)
    return;
  im_reader_init (&body, data + 1, size - 1);
  cases[data[0] % n_cases](&body);
}

/**
 * FUZZ_ROUND_TRIP:
 * @name: of the function to define, a #FuzzCase
 * @Type: the struct
 * @decode: gboolean (ImReader *, Type *, GError **)
 * @encode: void (ImWriter *, const Type *)
 * @clear: void (Type *)
 *
 * Bytes either fail with an error, or what they mean can be written, read
 * back and written again as the same bytes.
 */
#define FUZZ_ROUND_TRIP(name, Type, decode, encode, clear)                     \
  static GBytes *name##_recode (ImReader body, GError **error)                 \
  {                                                                            \
    Type value = { 0 };                                                        \
    ImWriter writer;                                                           \
                                                                               \
    if (!decode (&body, &value, error))                                        \
      return NULL;                                                             \
    im_writer_init (&writer, FUZZ_MAX_ENCODED);                                \
    encode (&writer, &value);                                                  \
    clear (&value);                                                            \
    return im_writer_finish (&writer, error);                                  \
  }                                                                            \
  static void name (const ImReader *body)                                      \
  {                                                                            \
    fuzz_recode_twice (name##_recode, body);                                   \
  }

/** For structs that own nothing. */
static inline void
fuzz_owns_nothing (gpointer value)
{
}

typedef GBytes *(*FuzzRecode) (ImReader body, GError **error);

static inline void
fuzz_recode_twice (FuzzRecode recode, const ImReader *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = recode (*body, &error);
  g_autoptr (GBytes) second = NULL;
  ImReader again;

  g_assert_true ((first == NULL) == (error != NULL));
  if (first == NULL)
    return;
  im_reader_init_bytes (&again, first);
  second = recode (again, &error);
  /* Names grow when they turn out to be Latin-1, maybe beyond their limit. */
  if (g_error_matches (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE))
    return;
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (first, second));
}

/** Text that leaves a codec: UTF-8 without control characters but tab and
 * newline. */
static inline void
fuzz_assert_tidy (const char *utf8)
{
  g_assert_true (g_utf8_validate (utf8, -1, NULL));
  for (; *utf8 != '\0'; utf8 = g_utf8_next_char (utf8))
    g_assert_true (*utf8 == '\n' || *utf8 == '\t' ||
                   !g_unichar_iscntrl (g_utf8_get_char (utf8)));
}
