/* The text gate: any bytes under any label become tidy UTF-8. The first byte
 * chooses label and fallback; 0xff takes the label from the input itself. */

#include <string.h>

#include "fuzz.h"
#include "im-charset.h"

static const char *const labels[] = {
  "UTF-8",   "UTF-16BE",     "US-ASCII",     "ISO-8859-1",
  "KOI8-R",  "WINDOWS-1251", "WINDOWS-1252", "SHIFT_JIS",
  "GB18030", "BIG5",         "EUC-KR",       "ISO-2022-JP",
  "UTF-7",   "unicode-2-0",  "ISO-8859-5",   "no-such-charset",
};

static void
check (const guint8 *data, gsize size, const char *label, const char *fallback)
{
  g_autofree char *utf8 = im_charset_to_utf8 (data, size, label, fallback);
  g_autoptr (GBytes) utf16 = im_charset_from_utf8 (utf8, "UTF-16BE");
  g_autofree char *again = NULL;
  gsize len;
  const guint8 *bytes = g_bytes_get_data (utf16, &len);

  g_assert_null (strstr (utf8, "\xef\xbb\xbf"));
  fuzz_assert_tidy (utf8);
  again = im_charset_to_utf8 (bytes, len, "UTF-16BE", NULL);
  /* Unless it begins like UTF-16 of the other byte order. */
  if (!g_str_has_prefix (utf8, "\xef\xbf\xbe"))
    g_assert_cmpstr (again, ==, utf8);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (size == 0)
    return 0;
  if (data[0] == 0xff)
    {
      g_autofree char *label = g_strndup ((const char *)data + 1, size - 1);
      gsize used = strlen (label) + 1;

      check (data + used, size - used, label, NULL);
      check (data + used, size - used, "UTF-8", label);
    }
  else
    check (data + 1, size - 1, labels[data[0] & 0xf],
           data[0] & 0x80 ? labels[data[0] >> 4 & 0x7] : NULL);
  return 0;
}
