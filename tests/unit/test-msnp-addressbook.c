/* The answers that are lists. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "msnp-addressbook.h"

#define AB "http://www.msn.com/webservices/AddressBook"

#define ENVELOPE                                                               \
  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope "                \
  "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "                  \
  "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soap:Header>\n"  \
  "<ServiceHeader xmlns=\"" AB "\"><Version>15.01.1408.0000</Version>\n"       \
  "<CacheKey>12r1:key</CacheKey><CacheKeyChanged>true</CacheKeyChanged>\n"     \
  "<PreferredHostName>m1.example.com</PreferredHostName></ServiceHeader>\n"    \
  "</soap:Header>\n<soap:Body>"

#define ENVELOPE_END "</soap:Body></soap:Envelope>"

static void
describe_memberships (GString *out, const MsnpBook *book)
{
  for (guint i = 0; i < book->memberships->len; i++)
    {
      const MsnpMembership *row =
          &g_array_index (book->memberships, MsnpMembership, i);

      g_string_append_printf (
          out, "%s %u:%s id=%s nick=%s text=%s\n", msnp_list_word (row->list),
          row->handle.network, row->handle.address,
          row->id != NULL ? row->id : "-", row->nick != NULL ? row->nick : "-",
          row->text != NULL ? row->text : "-");
    }
}

static void
describe_contacts (GString *out, const MsnpBook *book)
{
  for (guint i = 0; i < book->contacts->len; i++)
    {
      const MsnpAbContact *row =
          &g_array_index (book->contacts, MsnpAbContact, i);
      g_autofree char *groups =
          row->groups != NULL ? g_strjoinv (",", row->groups) : g_strdup ("-");

      g_string_append_printf (out, "%u:%s id=%s nick=%s alias=%s groups=%s%s\n",
                              row->handle.network, row->handle.address, row->id,
                              row->nick != NULL ? row->nick : "-",
                              row->alias != NULL ? row->alias : "-", groups,
                              row->messenger ? " messenger" : "");
    }
}

static char *
describe (const MsnpBook *book)
{
  GString *out = g_string_new (NULL);

  if (book->reply.fault != NULL)
    g_string_append_printf (out, "fault %s %s\n", book->reply.fault,
                            book->reply.error);
  describe_memberships (out, book);
  for (guint i = 0; i < book->groups->len; i++)
    {
      const MsnpGroup *row = &g_array_index (book->groups, MsnpGroup, i);

      g_string_append_printf (out, "group %s %s\n", row->id, row->name);
    }
  describe_contacts (out, book);
  if (book->own_nick != NULL)
    g_string_append_printf (out, "own %s %u %u\n", book->own_nick,
                            book->allow_others, book->ask);
  return g_string_free (out, FALSE);
}

static char *
read_pieces (const char *text, gsize len, gsize piece, GError **error)
{
  g_autoptr (MsnpBookReader) reader = msnp_book_reader_new ();
  g_auto (MsnpBook) book = { { NULL } };

  for (gsize at = 0; at < len; at += piece)
    {
      g_autofree char *copy = g_memdup2 (text + at, MIN (piece, len - at));

      if (!msnp_book_reader_push (reader, copy, MIN (piece, len - at), error))
        return NULL;
    }
  if (!msnp_book_reader_finish (reader, &book, error))
    return NULL;
  return describe (&book);
}

/* A local Escargot, shortened, with entries of other kinds as Microsoft's
 * servers had them. */
static const char membership_text[] = ENVELOPE
    "<FindMembershipResponse xmlns=\"" AB "\"><FindMembershipResult><Services>"
    "<Service><Memberships><Membership><MemberRole>Allow</MemberRole><Members>"
    "<Member xsi:type=\"PassportMember\"><MembershipId>Allow/131ef065</"
    "MembershipId><Type>Passport</Type><State>Accepted</State><Deleted>false"
    "</Deleted><LastChanged>x</LastChanged><Changes /><PassportName>"
    "Bob@example.com</PassportName><CID>-5</CID></Member>"
    "<Member xsi:type=\"EmailMember\"><MembershipId>2</MembershipId><Type>Email"
    "</Type><Annotations><Annotation><Name>MSN.IM.BuddyType</Name><Value>32:"
    "</Value></Annotation></Annotations><Email>eve@yahoo.com</Email></Member>"
    "<Member xsi:type=\"PhoneMember\"><PhoneNumber>+15551234</PhoneNumber>"
    "</Member><Member xsi:type=\"PassportMember\"><Deleted>true</Deleted>"
    "<PassportName>gone@example.com</PassportName></Member>"
    "<Member xsi:type=\"CircleMember\"><CircleId>1</CircleId></Member>"
    "</Members><MembershipIsComplete>true</MembershipIsComplete></Membership>"
    "<Membership><MemberRole>Pending</MemberRole><Members>"
    "<Member xsi:type=\"PassportMember\"><MembershipId>Pending/2</MembershipId>"
    "<DisplayName>Mal\nlory</DisplayName><PassportName>mallory@example.com"
    "</PassportName><Annotations><Annotation><Name>MSN.IM.InviteMessage</Name>"
    "<Value>it&apos;s me</Value></Annotation></Annotations></Member></Members>"
    "</Membership><Membership><MemberRole>Contributor</MemberRole><Members>"
    "<Member><PassportName>x@example.com</PassportName></Member></Members>"
    "</Membership></Memberships><Info><Handle><Id>1</Id><Type>Messenger</Type>"
    "<ForeignId /></Handle></Info></Service>"
    "<Service><Memberships><Membership><MemberRole>Allow</MemberRole><Members>"
    "<Member><PassportName>space@example.com</PassportName></Member></Members>"
    "</Membership></Memberships><Info><Handle><Type>Space</Type></Handle>"
    "</Info></Service></Services></FindMembershipResult>"
    "</FindMembershipResponse>" ENVELOPE_END;

static const char membership_read[] =
    "AL 1:bob@example.com id=Allow/131ef065 nick=- text=-\n"
    "AL 32:eve@yahoo.com id=2 nick=- text=-\n"
    "AL 4:+15551234 id=- nick=- text=-\n"
    "PL 1:mallory@example.com id=Pending/2 nick=Mal lory text=it's me\n";

static const char book_text[] = ENVELOPE
    "<ABFindAllResponse xmlns=\"" AB "\"><ABFindAllResult><groups><Group>"
    "<groupId>6f520a51</groupId><groupInfo><annotations><Annotation><Name>"
    "MSN.IM.Display</Name><Value>1</Value></Annotation></annotations>"
    "<groupType>c8529ce2</groupType><name>Fri &amp; ends</name></groupInfo>"
    "<fDeleted>false</fDeleted></Group><Group><groupId>7</groupId><fDeleted>"
    "true</fDeleted></Group><Group><groupInfo><name>no id</name></groupInfo>"
    "</Group></groups><contacts>"
    "<Contact><contactId>c1</contactId><contactInfo><emails><ContactEmail>"
    "<contactEmailType>ContactEmailPersonal</contactEmailType><email>"
    "b@home.example.com</email><isMessengerEnabled>false</isMessengerEnabled>"
    "</ContactEmail></emails><annotations><Annotation><Name>AB.NickName</Name>"
    "<Value>Bobby</Value></Annotation></annotations><contactType>Regular"
    "</contactType><quickName>q</quickName><passportName>bob@example.com"
    "</passportName><displayName>Bob &lt;3</displayName><groupIds><guid>"
    "6f520a51</guid><guid>8</guid></groupIds><CID>5</CID><isMessengerUser>true"
    "</isMessengerUser></contactInfo><fDeleted>false</fDeleted></Contact>"
    "<Contact><contactId>c2</contactId><contactInfo><emails><ContactEmail>"
    "<contactEmailType>Messenger2</contactEmailType><email>eve@yahoo.com"
    "</email><isMessengerEnabled>true</isMessengerEnabled><Capability>32"
    "</Capability></ContactEmail></emails><contactType>Live</contactType>"
    "<quickName>Eve</quickName></contactInfo></Contact>"
    "<Contact><contactId>c3</contactId><contactInfo><contactType>Regular"
    "</contactType><passportName>book@example.com</passportName>"
    "<isMessengerUser>false</isMessengerUser></contactInfo></Contact>"
    "<Contact><contactId>c4</contactId><contactInfo><contactType>Circle"
    "</contactType><passportName>0@hotmail.com</passportName></contactInfo>"
    "</Contact><Contact><contactId>c5</contactId><contactInfo><passportName>"
    "gone@example.com</passportName></contactInfo><fDeleted>true</fDeleted>"
    "</Contact><Contact><contactInfo><passportName>x@example.com"
    "</passportName></contactInfo></Contact>"
    "<Contact><contactId>c6</contactId><contactInfo><passportName>no spaces, "
    "please</passportName></contactInfo></Contact>"
    "<Contact><contactId>me</contactId><contactInfo><annotations><Annotation>"
    "<Name>MSN.IM.GTC</Name><Value>1</Value></Annotation><Annotation><Name>"
    "MSN.IM.BLP</Name><Value>2</Value></Annotation></annotations><contactType>"
    "Me</contactType><passportName>alice@example.com</passportName>"
    "<displayName>Alice</displayName></contactInfo></Contact></contacts>"
    "</ABFindAllResult></ABFindAllResponse>" ENVELOPE_END;

static const char book_read[] =
    "group 6f520a51 Fri & ends\n"
    "1:bob@example.com id=c1 nick=Bob <3 alias=Bobby groups=6f520a51,8 "
    "messenger\n"
    "32:eve@yahoo.com id=c2 nick=Eve alias=- groups=- messenger\n"
    "1:book@example.com id=c3 nick=- alias=- groups=-\n"
    "own Alice 2 1\n";

static void
check_pieces (const char *text, const char *expected)
{
  for (gsize piece = 1; piece <= strlen (text); piece += 1 + piece / 3)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *read = read_pieces (text, strlen (text), piece, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (read, ==, expected);
    }
}

static void
test_memberships (void)
{
  check_pieces (membership_text, membership_read);
}

static void
test_book (void)
{
  check_pieces (book_text, book_read);
}

static void
test_paged (void)
{
  check_pieces (
      ENVELOPE
      "<ABFindContactsPagedResponse xmlns=\"" AB
      "\"><ABFindContactsPagedResult><Groups><Group><groupId>1"
      "</groupId><groupInfo><name>G</name></groupInfo></Group>"
      "</Groups><Contacts><Contact><contactId>2</contactId>"
      "<contactInfo><contactType>Regular</contactType><passportName>"
      "bob@example.com</passportName><isMessengerUser>true"
      "</isMessengerUser></contactInfo></Contact></Contacts>"
      "<CircleResult><Circles><CircleInverseInfo><Content><Info>"
      "<Type>2</Type></Info></Content></CircleInverseInfo></Circles>"
      "<CircleTicket>x</CircleTicket></CircleResult>"
      "</ABFindContactsPagedResult></ABFindContactsPagedResponse>" ENVELOPE_END,
      "group 1 G\n1:bob@example.com id=2 nick=- alias=- groups=- "
      "messenger\n");
}

static void
test_header (void)
{
  g_autoptr (MsnpBookReader) reader = msnp_book_reader_new ();
  g_auto (MsnpBook) book = { { NULL } };
  g_auto (MsnpBook) again = { { NULL } };

  g_assert_true (
      msnp_book_reader_push (reader, book_text, strlen (book_text), NULL));
  g_assert_true (msnp_book_reader_finish (reader, &book, NULL));
  g_assert_cmpstr (book.reply.cache_key, ==, "12r1:key");
  g_assert_cmpstr (book.reply.host, ==, "m1.example.com");
  g_assert_null (book.reply.fault);
  g_assert_false (msnp_book_reader_finish (reader, &again, NULL));
}

/* Escargot's answer to who asks for changes only. */
static void
test_fault (void)
{
  check_pieces (
      ENVELOPE
      "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>"
      "Full sync required.</faultstring><detail><errorcode xmlns=\"" AB
      "\">FullSyncRequired</errorcode></detail></soap:Fault>" ENVELOPE_END,
      "fault Client FullSyncRequired\n");
}

static void
test_cut (void)
{
  for (gsize len = 0; len < strlen (book_text); len++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *read =
          read_pieces (book_text, len, MAX (len, 1), &error);

      g_assert_null (read);
      g_assert_true (error->domain == IM_WIRE_ERROR);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    ImWireError code;
  } texts[] = {
    { "403: Forbidden", IM_WIRE_ERROR_MALFORMED },
    { "<html></html>", IM_WIRE_ERROR_MALFORMED },
    { "<!DOCTYPE a><Envelope/>", IM_WIRE_ERROR_UNSUPPORTED },
    { "<Envelope>", IM_WIRE_ERROR_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *read =
          read_pieces (texts[i].text, strlen (texts[i].text), 5, &error);

      g_assert_null (read);
      g_assert_error (error, IM_WIRE_ERROR, (gint)texts[i].code);
    }
}

static char *
many (const char *what, guint n)
{
  GString *text = g_string_new ("<Envelope>");

  for (guint i = 0; i < n; i++)
    g_string_append (text, what);
  g_string_append (text, "</Envelope>");
  return g_string_free (text, FALSE);
}

static gboolean
is_read (const char *what, guint n)
{
  g_autofree char *text = many (what, n);
  g_autoptr (MsnpBookReader) reader = msnp_book_reader_new ();
  g_auto (MsnpBook) book = { { NULL } };
  g_autoptr (GError) error = NULL;

  if (msnp_book_reader_push (reader, text, strlen (text), &error) &&
      msnp_book_reader_finish (reader, &book, &error))
    return TRUE;
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE);
  return FALSE;
}

static void
test_ceilings (void)
{
  const char *group = "<Group><groupId>1</groupId></Group>";
  const char *contact =
      "<Contact><contactId>1</contactId><contactInfo><passportName>a@b"
      "</passportName></contactInfo></Contact>";
  const char *member = "<MemberRole>Block</MemberRole><Member><PassportName>"
                       "a@b</PassportName></Member>";

  g_assert_true (is_read (group, IM_MAX_MSNP_GROUPS));
  g_assert_false (is_read (group, IM_MAX_MSNP_GROUPS + 1));
  g_assert_true (is_read (contact, IM_MAX_MSNP_CONTACTS));
  g_assert_false (is_read (contact, IM_MAX_MSNP_CONTACTS + 1));
  g_assert_true (is_read (member, IM_MAX_MSNP_MEMBERSHIPS));
  g_assert_false (is_read (member, IM_MAX_MSNP_MEMBERSHIPS + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/addressbook/memberships", test_memberships);
  g_test_add_func ("/msnp/addressbook/book", test_book);
  g_test_add_func ("/msnp/addressbook/paged", test_paged);
  g_test_add_func ("/msnp/addressbook/header", test_header);
  g_test_add_func ("/msnp/addressbook/fault", test_fault);
  g_test_add_func ("/msnp/addressbook/cut", test_cut);
  g_test_add_func ("/msnp/addressbook/refused", test_refused);
  g_test_add_func ("/msnp/addressbook/ceilings", test_ceilings);
  return g_test_run ();
}
