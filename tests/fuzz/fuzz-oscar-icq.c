/* ICQ inside OSCAR: the envelope of food group 0x15, its replies and stored
 * messages, and the messages of channels 2 and 4. Little-endian all. */

#include "fuzz.h"
#include "oscar-icq-message.h"
#include "oscar-icq.h"

static const char *const code_pages[] = { NULL, "WINDOWS-1251" };

static gboolean
decode_message (ImReader *body, OscarIcqMessage *ret, GError **error)
{
  return oscar_icq_message_decode (body, ret, error);
}

FUZZ_ROUND_TRIP (message, OscarIcqMessage, decode_message,
                 oscar_icq_message_encode, fuzz_owns_nothing)

static gboolean
decode_extended (ImReader *body, OscarIcqExtended *ret, GError **error)
{
  return oscar_icq_message_decode_extended (body, ret, error);
}

FUZZ_ROUND_TRIP (extended, OscarIcqExtended, decode_extended,
                 oscar_icq_message_encode_extended, fuzz_owns_nothing)

static void
read_offline (const ImReader *data)
{
  for (guint i = 0; i < G_N_ELEMENTS (code_pages); i++)
    {
      g_autoptr (GError) error = NULL;
      OscarIcqOffline value = { 0 };

      if (oscar_icq_decode_offline (data, code_pages[i], &value, &error))
        {
          fuzz_assert_tidy (value.text);
          oscar_icq_offline_clear (&value);
        }
      else
        g_assert_nonnull (error);
    }
}

static void
read_found (const ImReader *data)
{
  g_autoptr (GError) error = NULL;
  OscarIcqFound value = { 0 };

  if (oscar_icq_decode_found (data, "WINDOWS-1251", &value, &error))
    oscar_icq_found_clear (&value);
  else
    g_assert_nonnull (error);
}

static void
read_short (const ImReader *data)
{
  g_autoptr (GError) error = NULL;
  OscarIcqShort value = { 0 };

  if (oscar_icq_decode_short (data, NULL, &value, &error))
    oscar_icq_short_clear (&value);
  else
    g_assert_nonnull (error);
}

static void
envelope (const ImReader *body)
{
  ImReader copy = *body;
  g_autoptr (GError) error = NULL;
  OscarIcq icq;

  if (!oscar_icq_decode (&copy, &icq, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  read_offline (&icq.data);
  read_found (&icq.data);
  read_short (&icq.data);
}

static void
fields (const ImReader *body)
{
  ImReader text = *body;
  gsize left;

  do
    {
      g_autofree char *field =
          oscar_icq_message_next_field (&text, "WINDOWS-1251");

      if (field != NULL)
        fuzz_assert_tidy (field);
      left = im_reader_left (&text);
    }
  while (left > 0 && left < im_reader_left (body));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { envelope,     message,    extended,  fields,
                                    read_offline, read_found, read_short };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
