/* The list, in the words of every version. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "msnp-lists.h"

static void
describe_contact (const MsnpContact *contact, GString *out)
{
  g_autofree char *groups =
      contact->groups != NULL ? g_strjoinv (",", contact->groups) : NULL;

  g_string_append_printf (
      out, "%s net=%u nick=%s id=%s lists=%u groups=%s",
      contact->handle.address != NULL ? contact->handle.address : "-",
      contact->handle.network, contact->nick != NULL ? contact->nick : "-",
      contact->id != NULL ? contact->id : "-", contact->lists,
      groups != NULL ? groups : "-");
}

static gboolean
show_contact (const MsnpCommand *command, guint version, GString *out,
              GError **error)
{
  g_auto (MsnpContact) contact = { { NULL } };
  MsnpCount count;

  if (!msnp_lists_decode_contact (command, version, &contact, &count, error))
    return FALSE;
  describe_contact (&contact, out);
  if (version <= 7)
    g_string_append_printf (out, " %u of %u", count.index, count.total);
  return TRUE;
}

static gboolean
show_edit (const MsnpCommand *command, guint version, GString *out,
           GError **error)
{
  g_auto (MsnpContact) contact = { { NULL } };

  if (!msnp_lists_decode_edit (command, version, &contact, error))
    return FALSE;
  describe_contact (&contact, out);
  return TRUE;
}

static gboolean
show_group (const MsnpCommand *command, guint version, GString *out,
            GError **error)
{
  g_auto (MsnpGroup) group = { NULL };
  MsnpCount count = { 0 };
  gboolean fine =
      msnp_command_is (command, "LSG")
          ? msnp_lists_decode_group (command, version, &group, &count, error)
          : msnp_lists_decode_group_edit (command, version, &group, error);

  if (!fine)
    return FALSE;
  g_string_append_printf (out, "%s %s", group.id,
                          group.name != NULL ? group.name : "-");
  if (count.total > 0)
    g_string_append_printf (out, " %u of %u", count.index, count.total);
  return TRUE;
}

static gboolean
show_property (const MsnpCommand *command, guint version, GString *out,
               GError **error)
{
  g_auto (MsnpProperty) property = { NULL };
  g_autofree char *address = NULL;

  if (!msnp_lists_decode_property (command, &property, &address, error))
    return FALSE;
  g_string_append_printf (out, "%s %s=%s", address != NULL ? address : "-",
                          property.key,
                          property.value != NULL ? property.value : "-");
  return TRUE;
}

static gboolean
show_sync (const MsnpCommand *command, guint version, GString *out,
           GError **error)
{
  MsnpSync sync;

  if (!msnp_lists_decode_sync (command, version, &sync, error))
    return FALSE;
  if (sync.counted)
    g_string_append_printf (out, "%u contacts, %u groups", sync.n_contacts,
                            sync.n_groups);
  else
    g_string_append (out, "not counted");
  return TRUE;
}

typedef gboolean (*ShowFunc) (const MsnpCommand *command, guint version,
                              GString *out, GError **error);

static const struct
{
  const char *verb;
  ShowFunc show;
} shows[] = {
  { "LST", show_contact },  { "ADD", show_edit },  { "ADC", show_edit },
  { "REM", show_edit },     { "LSG", show_group }, { "ADG", show_group },
  { "REG", show_group },    { "RMG", show_group }, { "PRP", show_property },
  { "BPR", show_property }, { "SYN", show_sync },
};

static char *
meaning_of (guint version, const char *line, GError **error)
{
  g_autofree char *text = g_strconcat (line, "\r\n", NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (MsnpFramer) framer;
  MsnpCommand command;

  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  g_assert_true (msnp_push (&framer, text, strlen (text), NULL));
  if (msnp_next (&framer, &command, error) != MSNP_GOT)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (shows); i++)
    if (msnp_command_is (&command, shows[i].verb))
      return shows[i].show (&command, version, out, error) ? g_strdup (out->str)
                                                           : NULL;
  g_assert_not_reached ();
}

typedef struct
{
  guint version;
  const char *line;
  const char *meaning; /* NULL: an error */
} Row;

#define GUID "a879504c-5f3a-4fa6-bf70-3b8a5c4ffb3e"

static const Row rows[] = {
  /* Sessions with a local Escargot. */
  { 7, "SYN 5 1", "not counted" },
  { 7, "LSG 5 1 1 1 0 Other%20Contacts 0", "0 Other Contacts 1 of 1" },
  { 7, "LST 5 FL 1 1 1 bob@example.com bob@example.com 0",
    "bob@example.com net=0 nick=bob@example.com id=- lists=1 groups=0 1 of 1" },
  { 7, "LST 5 AL 1 1 1 bob@example.com bob@example.com",
    "bob@example.com net=0 nick=bob@example.com id=- lists=2 groups=- 1 of 1" },
  { 7, "LST 5 BL 1 0 0", "- net=0 nick=- id=- lists=4 groups=- 0 of 0" },
  { 12, "SYN 5 2000-01-01T00:00:00.0-00:00 2000-01-01T00:00:00.0-00:00 1 0",
    "1 contacts, 0 groups" },
  { 12, "PRP MFN Alice%20Test", "- MFN=Alice Test" },
  { 12, "LST N=bob@example.com F=bob@example.com C=" GUID " 3 1 ",
    "bob@example.com net=1 nick=bob@example.com id=" GUID " lists=3 groups=-" },
  { 8, "ADG 20 2 Friends 1 0", "1 Friends" },
  { 10, "ADG 20 Friends " GUID " 0", GUID " Friends" },
  { 10, "ADC 30 FL N=bob@example.com F=Bob%20Test C=" GUID,
    "bob@example.com net=0 nick=Bob Test id=" GUID " lists=1 groups=-" },
  { 10, "ADC 0 RL N=alice@example.com F=Alice%20Test",
    "alice@example.com net=0 nick=Alice Test id=- lists=8 groups=-" },
  { 12, "BPR bob@example.com PHH", "bob@example.com PHH=-" },
  /* wiki.nina.chat and hypothetic.org, shortened. */
  { 8, "SYN 8 27 5 4", "5 contacts, 4 groups" },
  { 8, "SYN 8 27", "not counted" },
  { 8, "LSG 0 Other%20Contacts 0", "0 Other Contacts" },
  { 10, "LSG Friends " GUID, GUID " Friends" },
  { 8, "LST example@passport.com Mike 13 1,0",
    "example@passport.com net=0 nick=Mike id=- lists=13 groups=1,0" },
  { 8, "LST example@passport.com 4",
    "example@passport.com net=0 nick=- id=- lists=4 groups=-" },
  { 10, "LST N=bob@example.com C=" GUID " 11 " GUID,
    "bob@example.com net=0 nick=- id=" GUID " lists=11 groups=" GUID },
  { 10, "LST C=" GUID " F=B N=bob@example.com 3",
    "bob@example.com net=0 nick=B id=" GUID " lists=3 groups=-" },
  { 8, "BPR PHH 555%20123", "- PHH=555 123" },
  { 7, "BPR 5 bob@example.com MOB Y", "bob@example.com MOB=Y" },
  { 8, "PRP 5 PHW 1", "- PHW=1" },
  { 7, "PRP 5 12 PHH 1", "- PHH=1" },
  { 8, "ADD 0 RL 12 bob@example.com Bob",
    "bob@example.com net=0 nick=Bob id=- lists=8 groups=-" },
  { 8, "ADD 9 FL 12 bob@example.com Bob 3",
    "bob@example.com net=0 nick=Bob id=- lists=1 groups=3" },
  { 8, "REM 0 RL 12 bob@example.com",
    "bob@example.com net=0 nick=- id=- lists=8 groups=-" },
  { 8, "REM 9 FL 12 bob@example.com 3",
    "bob@example.com net=0 nick=- id=- lists=1 groups=3" },
  { 10, "REM 0 RL bob@example.com",
    "bob@example.com net=0 nick=- id=- lists=8 groups=-" },
  { 10, "REM 9 FL " GUID " " GUID,
    "- net=0 nick=- id=" GUID " lists=1 groups=" GUID },
  { 10, "ADC 9 FL C=" GUID " " GUID,
    "- net=0 nick=- id=" GUID " lists=1 groups=" GUID },
  { 8, "REG 9 13 2 New%20Name 0", "2 New Name" },
  { 10, "REG 9 1 New%20Name " GUID " 0", GUID " New Name" },
  { 8, "RMG 9 13 2", "2 -" },
  { 10, "RMG 9 1 " GUID, GUID " -" },
  /* What is wrong. */
  { 12, "LST F=x 3 1", NULL },
  { 12, "LST N=bob@example.com", NULL },
  { 12, "LST N= 3 1", NULL },
  { 12, "LST N=bob@example.com 256 1", NULL },
  { 8, "LST bob@example.com Bob x", NULL },
  { 8, "LST", NULL },
  { 7, "LST 5 XX 1 1 1 bob@example.com", NULL },
  { 7, "LST 5 FL 1 1 1", NULL },
  { 8, "LSG a/b name", NULL },
  { 8, "SYN 5 1 20001 0", NULL },
  { 8, "SYN 5 1 -1 0", NULL },
  { 8, "SYN 5 1 1", NULL },
  { 8, "ADD 5", NULL },
  { 8, "ADD 5 FL", NULL },
  { 10, "ADC 5 FL F=x", NULL },
  { 10, "REM 5 FL", NULL },
  { 10, "RMG 5 1", NULL },
  { 8, "PRP", NULL },
  { 8, "BPR a@b.c", NULL },
};

static void
test_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *meaning =
          meaning_of (rows[i].version, rows[i].line, &error);

      g_assert_cmpstr (meaning, ==, rows[i].meaning);
      if (rows[i].meaning == NULL)
        g_assert_true (error->domain == IM_WIRE_ERROR);
    }
}

/* SEC-N-05: every line cut after any of its characters, in every version. */
static void
test_cut_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize len = 3; len <= strlen (rows[i].line); len++)
      for (guint version = 2; version <= 18; version++)
        {
          g_autofree char *line = g_strndup (rows[i].line, len);
          g_autoptr (GError) error = NULL;
          g_autofree char *meaning = meaning_of (version, line, &error);

          g_assert_true ((meaning == NULL) == (error != NULL));
        }
}

static char *
meaning_of_xml (const char *text)
{
  g_autoptr (GArray) members = NULL;
  GString *out = g_string_new (NULL);
  ImReader reader;

  im_reader_init (&reader, text, strlen (text));
  if (!msnp_lists_decode_xml (&reader, &members, NULL))
    return g_string_free (out, FALSE);
  for (guint i = 0; i < members->len; i++)
    {
      describe_contact (&g_array_index (members, MsnpContact, i), out);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static void
test_xml (void)
{
  static const struct
  {
    const char *xml;
    const char *meaning;
  } documents[] = {
    /* A local Escargot. */
    { "<ml><d n=\"example.com\"><c n=\"alice\" t=\"1\" l=\"8\""
      " f=\"Alice%20Test\" /></d></ml>",
      "alice@example.com net=1 nick=Alice Test id=- lists=8 groups=-\n" },
    /* wiki.nina.chat. */
    { "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/>"
      "<c n=\"eve\" l=\"5\" t=\"1\"/></d><t><c n=\"tel:+15551234\" l=\"3\"/>"
      "</t></ml>",
      "bob@example.com net=1 nick=- id=- lists=3 groups=-\n"
      "eve@example.com net=1 nick=- id=- lists=5 groups=-\n"
      "tel:+15551234 net=0 nick=- id=- lists=3 groups=-\n" },
    /* Composed. */
    { "<ml/>", "" },
    { "<ml><d/><d n=\"x\"><c/><c n=\"\"/><c n=\"a b\"/></d></ml>", "" },
    { "<ml><d n=\"x\"><c n=\"a\" l=\"-1\" t=\"99999999\"/></d></ml>",
      "a@x net=0 nick=- id=- lists=0 groups=-\n" },
    { "<ml><d n=\"x\">", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autofree char *meaning = meaning_of_xml (documents[i].xml);

      g_assert_cmpstr (meaning, ==, documents[i].meaning);
    }
}

static void
assert_payload (GPtrArray *payloads, guint i, const char *expected)
{
  gsize len;
  const void *data = g_bytes_get_data (payloads->pdata[i], &len);

  g_assert_cmpmem (data, len, expected, strlen (expected));
}

static void
test_encode (void)
{
  static const MsnpMember members[] = {
    { "bob@example.com", 0, MSNP_LIST_FORWARD | MSNP_LIST_ALLOW },
    { "zoe@example.org", 32, MSNP_LIST_FORWARD },
    { "tel:+15551234", 4, MSNP_LIST_FORWARD | MSNP_LIST_ALLOW },
    /* Never both, and never what is the server's. */
    { "a&b@example.com", 1,
      MSNP_LIST_ALLOW | MSNP_LIST_BLOCK | MSNP_LIST_REVERSE |
          MSNP_LIST_PENDING },
  };
  g_autoptr (GPtrArray) first =
      msnp_lists_encode_xml (members, G_N_ELEMENTS (members), TRUE, 7500);
  g_autoptr (GPtrArray) one = msnp_lists_encode_xml (members, 1, FALSE, 7500);
  g_autoptr (GPtrArray) empty = msnp_lists_encode_xml (NULL, 0, TRUE, 7500);
  g_autoptr (GPtrArray) none = msnp_lists_encode_xml (NULL, 0, FALSE, 7500);

  g_assert_cmpuint (first->len, ==, 1);
  assert_payload (first, 0,
                  "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" "
                  "t=\"1\"/><c n=\"a&amp;b\" l=\"4\" t=\"1\"/></d>"
                  "<d n=\"example.org\"><c n=\"zoe\" l=\"1\" t=\"32\"/></d>"
                  "<t><c n=\"tel:+15551234\" l=\"3\"/></t></ml>");
  assert_payload (one, 0,
                  "<ml><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/></d>"
                  "</ml>");
  assert_payload (empty, 0, "<ml l=\"1\"></ml>");
  g_assert_cmpuint (none->len, ==, 0);
}

/* Ten thousand members in pieces: all of them, each once, none too large. */
static void
test_encode_many (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree MsnpMember *members = g_new0 (MsnpMember, 10000);
  g_autoptr (GPtrArray) payloads = NULL;
  guint found = 0;

  for (guint i = 0; i < 10000; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("u%u@d%u.example", i, i % 700));
      members[i] = (MsnpMember){ names->pdata[i], 1, MSNP_LIST_FORWARD };
    }
  payloads = msnp_lists_encode_xml (members, 10000, TRUE, 7500);
  for (guint i = 0; i < payloads->len; i++)
    {
      g_autoptr (GArray) part = NULL;
      ImReader reader;

      g_assert_cmpuint (g_bytes_get_size (payloads->pdata[i]), <=, 7500);
      im_reader_init_bytes (&reader, payloads->pdata[i]);
      g_assert_true (msnp_lists_decode_xml (&reader, &part, NULL));
      found += part->len;
    }
  g_assert_cmpuint (found, ==, 10000);
}

static void
test_words (void)
{
  MsnpListFlags list;

  for (guint bit = 1; bit <= MSNP_LIST_PENDING; bit <<= 1)
    {
      g_assert_true (
          msnp_list_decode_word (im_word (msnp_list_word (bit)), &list));
      g_assert_cmpuint (list, ==, bit);
    }
  g_assert_false (msnp_list_decode_word (im_word ("XL"), &list));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/lists/lines", test_lines);
  g_test_add_func ("/msnp/lists/cut-lines", test_cut_lines);
  g_test_add_func ("/msnp/lists/xml", test_xml);
  g_test_add_func ("/msnp/lists/encode", test_encode);
  g_test_add_func ("/msnp/lists/encode-many", test_encode_many);
  g_test_add_func ("/msnp/lists/words", test_words);
  return g_test_run ();
}
