/* What ICQ's servers tell about people, in replies of eight kinds. */

#include "fuzz.h"
#include "oscar-icq-codes.h"
#include "oscar-icq-info.h"

static void
take (gpointer user, ImFieldId id, const char *value)
{
  guint *n = user;

  (*n)++;
  if (value != NULL)
    fuzz_assert_tidy (value);
  /* A name has the number it came from, or another of the same name. */
  if (id == IM_FIELD_COUNTRY || id == IM_FIELD_LANGUAGE ||
      id == IM_FIELD_OCCUPATION)
    g_assert_cmpuint (oscar_icq_code_of (id, value), !=, 0);
}

static void
reply (guint16 subtype, const ImReader *data)
{
  static const char *const code_pages[] = { NULL, "WINDOWS-1251" };

  for (guint i = 0; i < G_N_ELEMENTS (code_pages); i++)
    {
      guint n = 0;

      g_assert_true (
          oscar_icq_decode_info (subtype, data, code_pages[i], take, &n));
      /* Every field took bytes. */
      g_assert_cmpuint (n, <=, im_reader_left (data) + 1);
    }
}

#define REPLY(name)                                                            \
  static void name (const ImReader *data)                                      \
  {                                                                            \
    reply (OSCAR_META_REPLY_##name, data);                                     \
  }

REPLY (BASIC)
REPLY (MORE)
REPLY (EMAILS)
REPLY (CATEGORY)
REPLY (WORK)
REPLY (NOTES)
REPLY (INTERESTS)
REPLY (AFFILIATIONS)

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { BASIC, MORE,  EMAILS,    CATEGORY,
                                    WORK,  NOTES, INTERESTS, AFFILIATIONS };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
