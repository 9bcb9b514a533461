/* Messages: incoming and outgoing bodies, their text fragments, and what
 * servers say about them. */

#include "fuzz.h"
#include "markup-html.h"
#include "oscar-icbm.h"

FUZZ_ROUND_TRIP (incoming, OscarIcbm, oscar_icbm_decode_incoming,
                 oscar_icbm_encode_incoming, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (parameters, OscarIcbmParameters, oscar_icbm_decode_parameters,
                 oscar_icbm_encode_parameters, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (warn_reply, OscarIcbmWarnReply, oscar_icbm_decode_warn_reply,
                 oscar_icbm_encode_warn_reply, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (client_error, OscarIcbmClientError,
                 oscar_icbm_decode_client_error, oscar_icbm_encode_client_error,
                 fuzz_owns_nothing)
FUZZ_ROUND_TRIP (ack, OscarIcbmAck, oscar_icbm_decode_ack,
                 oscar_icbm_encode_ack, fuzz_owns_nothing)

static void
write_typing (ImWriter *writer, const OscarIcbmTyping *typing)
{
  oscar_icbm_encode_typing (writer, typing->who.text,
                            (OscarTypingEvent)typing->event);
}

FUZZ_ROUND_TRIP (typing, OscarIcbmTyping, oscar_icbm_decode_typing,
                 write_typing, fuzz_owns_nothing)

static void
write_warn (ImWriter *writer, const OscarIcbmWarn *warn)
{
  oscar_icbm_encode_warn (writer, warn->who.text, warn->anonymous);
}

FUZZ_ROUND_TRIP (warn, OscarIcbmWarn, oscar_icbm_decode_warn, write_warn,
                 fuzz_owns_nothing)

/* As a session shows a message: fragments, charset, markup. */
static void
show (const ImReader *fragments)
{
  static const char *const code_pages[] = { NULL, "WINDOWS-1251" };

  for (guint i = 0; i < G_N_ELEMENTS (code_pages); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *utf8 = NULL;
      g_autoptr (ImText) text = NULL;

      if (!oscar_icbm_dup_text (fragments, code_pages[i], &utf8, &error))
        {
          g_assert_nonnull (error);
          continue;
        }
      fuzz_assert_tidy (utf8);
      text = markup_html_parse (utf8, -1, MARKUP_AIM);
      fuzz_assert_tidy (im_text_plain (text));
    }
}

static void
shown (const ImReader *body)
{
  ImReader copy = *body;
  OscarIcbm icbm;

  if (oscar_icbm_decode_incoming (&copy, &icbm, NULL) &&
      icbm.fragments.pos != NULL)
    show (&icbm.fragments);
}

static void
sent (const ImReader *body)
{
  ImReader copy = *body;
  g_autoptr (GError) error = NULL;
  OscarIcbm icbm;

  if (oscar_icbm_decode_send (&copy, &icbm, &error))
    fuzz_assert_tidy (icbm.user.name.text);
  else
    g_assert_nonnull (error);
}

static void
missed (const ImReader *body)
{
  ImReader list = *body;
  g_autoptr (GError) error = NULL;
  OscarIcbmMissed entry;

  while (oscar_icbm_next_missed (&list, &entry, &error))
    fuzz_assert_tidy (entry.from.name.text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = {
    incoming,     shown, show,   sent, missed,     parameters,
    client_error, ack,   typing, warn, warn_reply,
  };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
