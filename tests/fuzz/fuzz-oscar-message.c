/* Any OSCAR message at all, understood as the vectors are: what is understood
 * is text, and writing it twice writes the same. The first byte says how the
 * rest is framed, for data frames the SNAC header follows. */

#include "fuzz.h"
#include "oscar-flap.h"
#include "vector-oscar.h"

static const ShowUnit units[] = {
  { "flap", OSCAR_FLAP_DATA, { NULL, NULL } },
  { "flap", OSCAR_FLAP_SIGNON, { NULL, NULL } },
  { "flap", OSCAR_FLAP_SIGNOFF, { NULL, NULL } },
  { "oft", 0, { NULL, NULL } },
  { "odc", 0, { NULL, NULL } },
  { "ars", 0, { NULL, NULL } },
  { "uas", 0, { NULL, NULL } },
};

static gboolean
understand (const ShowUnit *unit, const ImReader *payload, Show *show,
            GError **error)
{
  ShowUnit part = *unit;

  part.payload = *payload;
  if (!show_unit (&part, show, error))
    return FALSE;
  g_assert_true (g_utf8_validate_len (show->text->str, show->text->len, NULL));
  return TRUE;
}

/* Text in another charset grows as UTF-8, so that a name or a string may no
 * longer fit where it came from. */
static gboolean
may_not_fit (const Show *show, const GError *error)
{
  return show->again.overflow ||
         (error != NULL &&
          g_error_matches (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE));
}

static void
write_again (const ShowUnit *unit, const Show *first)
{
  g_autoptr (GError) error = NULL;
  g_auto (Show) second = { NULL };
  ImReader payload;

  show_init (&second);
  im_reader_init (&payload, first->again.bytes->data, first->again.bytes->len);
  if (!understand (unit, &payload, &second, &error))
    {
      g_assert_true (may_not_fit (&second, error));
      return;
    }
  if (second.no_encoder || may_not_fit (&second, NULL))
    return;
  g_assert_cmpmem (first->again.bytes->data, first->again.bytes->len,
                   second.again.bytes->data, second.again.bytes->len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_auto (Show) show = { NULL };
  const ShowUnit *unit;
  ImReader payload;

  if (size == 0)
    return 0;
  unit = &units[data[0] % G_N_ELEMENTS (units)];
  im_reader_init (&payload, data + 1, size - 1);
  show_init (&show);
  if (!understand (unit, &payload, &show, &error))
    g_assert_true (error->domain == IM_WIRE_ERROR);
  else if (!show.no_encoder && !show.unknown && !may_not_fit (&show, NULL))
    write_again (unit, &show);
  return 0;
}
