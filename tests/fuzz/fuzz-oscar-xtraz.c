/* What ICQ clients put behind a message for a plugin, and Xtraz in it. */

#include "fuzz.h"
#include <string.h>
#include "oscar-text.h"
#include "oscar-xtraz.h"

/* What was read can be told on, and is read again as the same. */
static void
tell_on (const OscarXStatus *status)
{
  g_autofree char *xml = oscar_xtraz_print_reply ("111111", status);
  g_auto (OscarXStatus) again = { 0 };

  g_assert_true (oscar_xtraz_parse_reply (xml, &again));
  g_assert_cmpuint (again.index, ==, status->index);
  g_assert_cmpstr (again.title, ==, status->title);
  g_assert_cmpstr (again.text, ==, status->text);
}

static void
read_xml (const ImReader *data)
{
  g_autofree char *xml = oscar_text_dup (data, "UTF-8");
  g_auto (OscarXStatus) status = { 0 };
  g_autofree char *words = oscar_xtraz_dup_element (xml, "text");

  fuzz_assert_tidy (xml);
  if (words != NULL)
    g_assert_cmpuint (strlen (words), <=, strlen (xml));
  oscar_xtraz_is_request (xml);
  if (oscar_xtraz_parse_reply (xml, &status))
    tell_on (&status);
}

static void
block (const ImReader *rest)
{
  g_autoptr (GError) error = NULL;
  OscarIcqPlugin plugin;

  if (oscar_icq_plugin_decode (rest, &plugin, &error))
    read_xml (&plugin.data);
  else
    g_assert_nonnull (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { block, read_xml };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
