/* User-info blocks, alone and in rows, with capabilities, BART items and
 * direct-connection info inside. */

#include "fuzz.h"
#include "oscar-bart.h"
#include "oscar-oservice.h"
#include "oscar-userinfo.h"

FUZZ_ROUND_TRIP (one, OscarUserInfo, oscar_userinfo_decode,
                 oscar_userinfo_encode, fuzz_owns_nothing)

static void
read_bart (ImReader list)
{
  g_autoptr (GError) error = NULL;
  OscarBartItem item;

  oscar_bart_find (&list, OSCAR_BART_STATUS_TEXT, &item);
  while (oscar_bart_next (&list, &item, &error))
    {
      g_autofree char *text = oscar_bart_dup_text (&item);

      if (text != NULL)
        fuzz_assert_tidy (text);
      oscar_bart_is_clear (&item);
    }
}

static void
row (const ImReader *body)
{
  ImReader blocks = *body;
  g_autoptr (GError) error = NULL;
  OscarUserInfo user;
  OscarDc dc;

  while (oscar_userinfo_next (&blocks, &user, &error))
    {
      fuzz_assert_tidy (user.name.text);
      oscar_userinfo_has_cap (&user, &oscar_cap_typing);
      oscar_userinfo_has_short_cap (&user, (OscarShortCap)0x134e);
      read_bart (user.bart);
      oscar_oservice_decode_dc (&user.dc, &dc, NULL);
    }
  g_assert_true (error != NULL || im_reader_left (&blocks) == 0);
}

static void
bart (const ImReader *body)
{
  read_bart (*body);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { one, row, bart };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
