/* Profiles and away texts: bodies, MIME types, markup and expansion. */

#include "fuzz.h"
#include "im-limits.h"
#include "markup-html.h"
#include "oscar-locate.h"

FUZZ_ROUND_TRIP (reply, OscarLocateReply, oscar_locate_decode_reply,
                 oscar_locate_encode_reply, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (set_info, OscarLocateInfo, oscar_locate_decode_set_info,
                 oscar_locate_encode_set_info, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (rights, OscarLocateRights, oscar_locate_decode_rights,
                 oscar_locate_encode_rights, fuzz_owns_nothing)

static void
write_query (ImWriter *writer, const OscarLocateQuery *query)
{
  oscar_locate_encode_query (writer, (guint16)query->want, query->name.text);
}

static void
write_query2 (ImWriter *writer, const OscarLocateQuery *query)
{
  oscar_locate_encode_query2 (writer, query->want, query->name.text);
}

FUZZ_ROUND_TRIP (query, OscarLocateQuery, oscar_locate_decode_query,
                 write_query, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (query2, OscarLocateQuery, oscar_locate_decode_query2,
                 write_query2, fuzz_owns_nothing)

static void
show (const char *utf8)
{
  const MarkupTokens tokens = { "Joe", "1/2/2006", "3:04" };
  g_autoptr (ImText) text = NULL;
  g_autoptr (ImText) expanded = NULL;

  if (utf8 == NULL)
    return;
  fuzz_assert_tidy (utf8);
  text = markup_html_parse (utf8, -1, MARKUP_AIM);
  expanded = markup_aim_expand (text, &tokens, IM_MAX_PROFILE_TEXT);
  fuzz_assert_tidy (im_text_plain (expanded));
}

static void
shown (const ImReader *body)
{
  ImReader copy = *body;
  OscarLocateReply self;
  g_autofree char *profile = NULL;
  g_autofree char *away = NULL;

  if (!oscar_locate_decode_reply (&copy, &self, NULL))
    return;
  profile = oscar_locate_dup_profile (&self.info, NULL);
  away = oscar_locate_dup_away (&self.info, "WINDOWS-1251");
  show (profile);
  show (away);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { shown,  reply, set_info,
                                    rights, query, query2 };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
