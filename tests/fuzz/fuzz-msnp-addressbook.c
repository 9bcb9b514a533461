/* The answers that are lists: cut into slices anywhere they say the same as
 * whole. The first byte is the size of the slices. */

#include <string.h>

#include "fuzz.h"
#include "im-limits.h"
#include "msnp-addressbook.h"

static void
note (GString *seen, const char *text)
{
  if (text != NULL)
    fuzz_assert_tidy (text);
  g_string_append (seen, text != NULL ? text : "-");
  g_string_append_c (seen, '\n');
}

static void
note_book (GString *seen, const MsnpBook *book)
{
  for (guint i = 0; i < book->memberships->len; i++)
    {
      const MsnpMembership *row =
          &g_array_index (book->memberships, MsnpMembership, i);

      note (seen, row->handle.address);
      note (seen, row->nick);
      note (seen, row->text);
      g_assert_true (row->list != 0 && row->list != MSNP_LIST_FORWARD);
    }
  for (guint i = 0; i < book->contacts->len; i++)
    {
      const MsnpAbContact *row =
          &g_array_index (book->contacts, MsnpAbContact, i);

      note (seen, row->handle.address);
      note (seen, row->nick);
      note (seen, row->alias);
      g_assert_nonnull (row->id);
    }
  for (guint i = 0; i < book->groups->len; i++)
    note (seen, g_array_index (book->groups, MsnpGroup, i).name);
  note (seen, book->own_nick);
  note (seen, book->reply.fault);
}

static GString *
read_slices (const guint8 *data, gsize size, gsize slice)
{
  g_autoptr (MsnpBookReader) reader = msnp_book_reader_new ();
  GString *seen = g_string_new (NULL);
  g_auto (MsnpBook) book = { { NULL } };
  g_autoptr (GError) error = NULL;
  gboolean fine = TRUE;

  for (gsize at = 0; fine && at < size; at += slice)
    fine = msnp_book_reader_push (reader, data + at, MIN (slice, size - at),
                                  &error);
  fine = fine && msnp_book_reader_finish (reader, &book, &error);
  g_assert_true (fine == (error == NULL));
  if (fine)
    note_book (seen, &book);
  else
    g_string_assign (seen, "failed");
  return seen;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GString) whole = NULL;
  g_autoptr (GString) slices = NULL;

  if (size < 2)
    return 0;
  whole = read_slices (data + 1, size - 1, size);
  slices = read_slices (data + 1, size - 1, (gsize)data[0] + 1);
  g_assert_cmpstr (whole->str, ==, slices->str);
  return 0;
}
