/* The directory of MSN's web gateway: a list, or a reason why there is none.
 * Names are tidy, and addresses are ones of ours. */

#include "fuzz.h"
#include "msnweb-address.h"
#include "msnweb-contacts.h"

static void
check_person (const MsnwebPerson *person)
{
  if (person->name != NULL)
    fuzz_assert_tidy (person->name);
  g_assert_cmpuint (person->buddies->len, >, 0);
  for (guint i = 0; i < person->buddies->len; i++)
    {
      const MsnwebBuddy *buddy = person->buddies->pdata[i];
      g_autofree char *again = msnweb_address_normalize (buddy->address);

      g_assert_cmpstr (again, ==, buddy->address);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  gboolean cut;
  g_autoptr (GPtrArray) people =
      msnweb_contacts_decode_roster (body, &cut, &error);

  g_assert_true ((people == NULL) == (error != NULL));
  for (guint i = 0; people != NULL && i < people->len; i++)
    check_person (people->pdata[i]);
  return 0;
}
