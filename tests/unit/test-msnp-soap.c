/* What is asked of the address book, byte by byte, and how it says no. */

#include <string.h>

#include <glib.h>

#include "msnp-soap.h"

#define AB "http://www.msn.com/webservices/AddressBook"

#define BOOK "<abId>00000000-0000-0000-0000-000000000000</abId>"

#define HEAD(scenario)                                                         \
  "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope "                  \
  "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "                  \
  "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "                   \
  "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Header>"               \
  "<ABApplicationHeader xmlns=\"" AB "\"><ApplicationId>CFE80F9D-180F-4399-"   \
  "82AB-413F33A1FA11</ApplicationId><IsMigration>false</IsMigration>"          \
  "<PartnerScenario>" scenario "</PartnerScenario>"                            \
  "<CacheKey>12r1:a&lt;b</CacheKey></ABApplicationHeader>"                     \
  "<ABAuthHeader xmlns=\"" AB "\"><ManagedGroupRequest>false"                  \
  "</ManagedGroupRequest><TicketToken>t=1&amp;p=2</TicketToken>"               \
  "</ABAuthHeader></soap:Header><soap:Body>"

#define TAIL "</soap:Body></soap:Envelope>"

typedef void (*Make) (const MsnpSoapCaller *caller, MsnpSoapRequest *ret);

static void
make_contact (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  static const MsnpSoapInvitation invitation = {
    .address = "bob@example.com",
    .alias = "B&b\001",
    .name = "Alice",
    .text = "hi <you>",
  };

  msnp_soap_add_contact (caller, &invitation, ret);
}

static void
make_foreign (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  static const MsnpSoapInvitation invitation = {
    .address = "bob@yahoo.com",
    .network = MSNP_NETWORK_YAHOO,
  };

  msnp_soap_add_contact (caller, &invitation, ret);
}

static void
make_alias (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_set_alias (caller, "1-2", "007", ret);
}

static void
make_messenger (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_set_messenger (caller, "1-2", TRUE, ret);
}

static void
make_own (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_set_own (caller, "MSN.IM.BLP", "1", ret);
}

static void
make_own_name (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_set_own_name (caller, "Alice", ret);
}

static void
make_delete (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_delete_contact (caller, "1-2", ret);
}

static void
make_group (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_add_group (caller, "A & B", ret);
}

static void
make_rename (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_rename_group (caller, "3-4", "C", ret);
}

static void
make_group_delete (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_delete_group (caller, "3-4", ret);
}

static void
make_to_group (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_add_to_group (caller, "3-4", "1-2", ret);
}

static void
make_from_group (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_remove_from_group (caller, "3-4", "1-2", ret);
}

static void
make_allow (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  static const MsnpSoapMember member = { MSNP_LIST_ALLOW, "bob@example.com" };

  msnp_soap_add_member (caller, &member, ret);
}

static void
make_pending (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  static const MsnpSoapMember member = { MSNP_LIST_PENDING, "bob@example.com",
                                         MSNP_NETWORK_MSN, "Pending/1" };

  msnp_soap_delete_member (caller, &member, ret);
}

static void
make_email (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  static const MsnpSoapMember member = { MSNP_LIST_BLOCK, "bob@yahoo.com",
                                         MSNP_NETWORK_YAHOO };

  msnp_soap_add_member (caller, &member, ret);
}

static void
make_phone (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  static const MsnpSoapMember member = { MSNP_LIST_REVERSE, "+15551234",
                                         MSNP_NETWORK_PHONE };

  msnp_soap_add_member (caller, &member, ret);
}

static void
make_book (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  msnp_soap_add_book (caller, "alice@example.com", ret);
}

#define CONTACT "<contacts><Contact xmlns=\"" AB "\">"
#define ID "<contactId>1-2</contactId>"
#define STRING " xsi:type=\"xsd:string\">"
#define GROUP "<groupFilter><groupIds><guid>3-4</guid></groupIds></groupFilter>"
#define HANDLE                                                                 \
  "<serviceHandle><Id>0</Id><Type>Messenger</Type><ForeignId></ForeignId>"     \
  "</serviceHandle><memberships><Membership><MemberRole>"
#define MEMBERS "</MemberRole><Members><Member xsi:type=\""
#define MEMBERS_END "</Member></Members></Membership></memberships>"

static const struct
{
  Make make;
  const char *operation;
  const char *service;
  const char *scenario;
  const char *inside;
} rows[] = {
  { msnp_soap_find_membership, "FindMembership", "SharingService", "Initial",
    "<serviceFilter><Types><ServiceType>Messenger</ServiceType></Types>"
    "</serviceFilter><View>Full</View><deltasOnly>false</deltasOnly>"
    "<lastChange>0001-01-01T00:00:00.0000000-08:00</lastChange>" },
  { msnp_soap_find_all, "ABFindAll", "abservice", "Initial",
    BOOK "<abView>Full</abView><deltasOnly>false</deltasOnly>"
         "<lastChange>0001-01-01T00:00:00.0000000-08:00</lastChange>" },
  { msnp_soap_find_paged, "ABFindContactsPaged", "abservice", "Initial",
    "<abView>Full</abView><extendedContent>AB AllGroups CircleResult"
    "</extendedContent><filterOptions><deltasOnly>false</deltasOnly>"
    "<lastChange>0001-01-01T00:00:00.0000000-08:00</lastChange>"
    "<ContactFilter><IncludeHiddenContacts>true</IncludeHiddenContacts>"
    "</ContactFilter></filterOptions><pageContext><PageSize>20000</PageSize>"
    "<Direction>Forward</Direction></pageContext>" },
  { make_book, "ABAdd", "abservice", "Initial",
    "<abInfo><name></name><ownerPuid>0</ownerPuid><ownerEmail>"
    "alice@example.com</ownerEmail><fDefault>true</fDefault></abInfo>" },
  { make_contact, "ABContactAdd", "abservice", "ContactSave",
    BOOK CONTACT
    "<contactInfo><annotations><Annotation><Name>AB.NickName</"
    "Name><Value" STRING "B&amp;b</Value></Annotation></annotations>"
    "<contactType>LivePending</contactType><passportName>bob@example.com"
    "</passportName><isMessengerUser>true</isMessengerUser>"
    "<MessengerMemberInfo><PendingAnnotations><Annotation><Name>"
    "MSN.IM.InviteMessage</Name><Value" STRING "hi &lt;you&gt;</Value>"
    "</Annotation></PendingAnnotations><DisplayName" STRING "Alice"
    "</DisplayName></MessengerMemberInfo></contactInfo></Contact></contacts>"
    "<options><EnableAllowListManagement>true</EnableAllowListManagement>"
    "</options>" },
  { make_foreign, "ABContactAdd", "abservice", "ContactSave",
    BOOK CONTACT
    "<contactInfo><emails><ContactEmail><contactEmailType>Messenger2"
    "</contactEmailType><email>bob@yahoo.com</email><isMessengerEnabled>true"
    "</isMessengerEnabled><Capability>32</Capability>"
    "<MessengerEnabledExternally>false</MessengerEnabledExternally>"
    "<propertiesChanged>Email IsMessengerEnabled Capability"
    "</propertiesChanged></ContactEmail></emails></contactInfo></Contact>"
    "</contacts><options><EnableAllowListManagement>true"
    "</EnableAllowListManagement></options>" },
  { make_alias, "ABContactUpdate", "abservice", "ContactSave",
    BOOK CONTACT ID
    "<contactInfo><annotations><Annotation><Name>AB.NickName</"
    "Name><Value" STRING "007</Value></Annotation></annotations></contactInfo>"
    "<propertiesChanged>Annotation</propertiesChanged></Contact></contacts>" },
  { make_messenger, "ABContactUpdate", "abservice", "ContactSave",
    BOOK CONTACT ID
    "<contactInfo><isMessengerUser>true</isMessengerUser></contactInfo>"
    "<propertiesChanged>IsMessengerUser</propertiesChanged></Contact>"
    "</contacts>" },
  { make_own, "ABContactUpdate", "abservice", "ContactSave",
    BOOK CONTACT
    "<contactInfo><contactType>Me</contactType><annotations><Annotation>"
    "<Name>MSN.IM.BLP</Name><Value" STRING "1</Value></Annotation>"
    "</annotations></contactInfo><propertiesChanged>Annotation"
    "</propertiesChanged></Contact></contacts>" },
  { make_own_name, "ABContactUpdate", "abservice", "ContactSave",
    BOOK CONTACT
    "<contactInfo><contactType>Me</contactType><displayName" STRING
    "Alice</displayName></contactInfo><propertiesChanged>DisplayName"
    "</propertiesChanged></Contact></contacts>" },
  { make_delete, "ABContactDelete", "abservice", "Timer",
    BOOK CONTACT ID "</Contact></contacts>" },
  { make_group, "ABGroupAdd", "abservice", "GroupSave",
    BOOK "<groupAddOptions><fRenameOnMsgrConflict>false"
         "</fRenameOnMsgrConflict></groupAddOptions><groupInfo><GroupInfo>"
         "<name" STRING "A &amp; B</name><groupType>C8529CE2-6EAD-434d-881F-"
         "341E17DB3FF8</groupType><fMessenger>false</fMessenger><annotations>"
         "<Annotation><Name>MSN.IM.Display</Name><Value" STRING "1</Value>"
         "</Annotation></annotations></GroupInfo></groupInfo>" },
  { make_rename, "ABGroupUpdate", "abservice", "GroupSave",
    BOOK "<groups><Group><groupId>3-4</groupId><groupInfo><name" STRING
         "C</name></groupInfo><propertiesChanged>GroupName"
         "</propertiesChanged></Group></groups>" },
  { make_group_delete, "ABGroupDelete", "abservice", "Timer", BOOK GROUP },
  { make_to_group, "ABGroupContactAdd", "abservice", "GroupSave",
    BOOK GROUP CONTACT ID "</Contact></contacts>" },
  { make_from_group, "ABGroupContactDelete", "abservice", "GroupSave",
    BOOK GROUP CONTACT ID "</Contact></contacts>" },
  { make_allow, "AddMember", "SharingService", "BlockUnblock",
    HANDLE "Allow" MEMBERS
           "PassportMember\"><Type>Passport</Type><State>Accepted</State>"
           "<PassportName>bob@example.com</PassportName>" MEMBERS_END },
  { make_pending, "DeleteMember", "SharingService", "BlockUnblock",
    HANDLE "Pending" MEMBERS
           "PassportMember\"><MembershipId>Pending/1</MembershipId>"
           "<Type>Passport</Type><State>Accepted</State>"
           "<PassportName>bob@example.com</PassportName>" MEMBERS_END },
  { make_email, "AddMember", "SharingService", "BlockUnblock",
    HANDLE "Block" MEMBERS
           "EmailMember\"><Type>Email</Type><State>Accepted</State>"
           "<Annotations><Annotation><Name>MSN.IM.BuddyType</Name><Value" STRING
           "32:</Value></Annotation></Annotations>"
           "<Email>bob@yahoo.com</Email>" MEMBERS_END },
  { make_phone, "AddMember", "SharingService", "BlockUnblock",
    HANDLE "Reverse" MEMBERS
           "PhoneMember\"><Type>Phone</Type><State>Accepted</State>"
           "<PhoneNumber>+15551234</PhoneNumber>" MEMBERS_END },
};

static char *
expected_body (const char *scenario, const char *operation, const char *inside)
{
  g_auto (GStrv) head = g_strsplit (HEAD ("@"), "@", 2);

  return g_strconcat (head[0], scenario, head[1], "<", operation,
                      " xmlns=\"" AB "\">", inside, "</", operation, ">" TAIL,
                      NULL);
}

static void
test_requests (void)
{
  g_autoptr (ImSecret) ticket = im_secret_new ("t=1&p=2");
  MsnpSoapCaller caller = { ticket, "12r1:a<b" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *expected =
          expected_body (rows[i].scenario, rows[i].operation, rows[i].inside);
      g_autofree char *action = g_strconcat (AB "/", rows[i].operation, NULL);
      g_auto (MsnpSoapRequest) request = { MSNP_SOAP_CONTACTS };
      g_autoptr (XmlTree) tree = NULL;
      g_autofree char *body = NULL;
      gsize len;
      const char *data;

      rows[i].make (&caller, &request);
      data = g_bytes_get_data (request.body, &len);
      body = g_strndup (data, len);
      g_assert_cmpstr (body, ==, expected);
      g_assert_cmpstr (request.action, ==, action);
      g_assert_nonnull (
          strstr (msnp_soap_path (request.service), rows[i].service));
      tree = xml_tree_parse (data, len, NULL);
      g_assert_nonnull (tree);
    }
}

static gboolean
decode (const char *text, gsize len, MsnpSoapReply *ret, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, len);

  return msnp_soap_decode (bytes, ret, error);
}

#define ENVELOPE                                                               \
  "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope "                  \
  "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">"

/* What github.com/subpurple/escargot answers to ABContactAdd. */
static const char added[] = ENVELOPE
    "<soap:Header><ServiceHeader xmlns=\"" AB "\">"
    "<Version>15.01.1408.0000</Version><CacheKey>12r1:xyz</CacheKey>"
    "<CacheKeyChanged>true</CacheKeyChanged>"
    "<PreferredHostName>m1.example.com</PreferredHostName>"
    "<SessionId>1</SessionId></ServiceHeader></soap:Header><soap:Body>"
    "<ABContactAddResponse xmlns=\"" AB "\"><ABContactAddResult>"
    "<guid>79aca834-005d-4812-8749-dc976f38bc5d</guid></ABContactAddResult>"
    "</ABContactAddResponse></soap:Body></soap:Envelope>";

/* Its fault for somebody it does not know. */
static const char unknown[] = ENVELOPE
    "<soap:Body><soap:Fault><faultcode>soap:Client</faultcode>"
    "<faultstring>InvalidPassportUser.\n  Details: x</faultstring><detail>"
    "<errorcode xmlns=\"" AB "\">InvalidPassportUser</errorcode>"
    "<additionalDetails/></detail></soap:Fault></soap:Body></soap:Envelope>";

static void
test_reply (void)
{
  g_auto (MsnpSoapReply) reply = { NULL };

  g_assert_true (decode (added, strlen (added), &reply, NULL));
  g_assert_null (reply.fault);
  g_assert_cmpstr (reply.id, ==, "79aca834-005d-4812-8749-dc976f38bc5d");
  g_assert_cmpstr (reply.cache_key, ==, "12r1:xyz");
  g_assert_cmpstr (reply.host, ==, "m1.example.com");
}

static void
test_fault (void)
{
  g_auto (MsnpSoapReply) reply = { NULL };

  g_assert_true (decode (unknown, strlen (unknown), &reply, NULL));
  g_assert_cmpstr (reply.fault, ==, "Client");
  g_assert_cmpstr (reply.error, ==, "InvalidPassportUser");
  g_assert_cmpstr (reply.text, ==, "InvalidPassportUser.   Details: x");
  g_assert_null (reply.id);
  g_assert_null (reply.redirect);
}

static void
test_odd_faults (void)
{
  static const struct
  {
    const char *text;
    const char *fault;
    const char *error;
    const char *redirect;
  } faults[] = {
    { ENVELOPE "<soap:Fault><faultcode>psf:Redirect</faultcode>"
               "<redirectUrl>https://b.example.com/x.asmx</redirectUrl>"
               "</soap:Fault></soap:Envelope>",
      "Redirect", NULL, "https://b.example.com/x.asmx" },
    { ENVELOPE "<soap:Body><soap:Fault><faultcode>psf:Redirect</faultcode>"
               "<redirectUrl>http://b.example.com/x.asmx</redirectUrl>"
               "</soap:Fault></soap:Body></soap:Envelope>",
      "Redirect", NULL, NULL },
    { "<Envelope><Body><Fault><Code><Value>S:Sender</Value><Subcode><Value>"
      "wst:FailedAuthentication</Value></Subcode></Code></Fault></Body>"
      "</Envelope>",
      "FailedAuthentication", NULL, NULL },
    { "<Envelope><Body><Fault/></Body></Envelope>", "", NULL, NULL },
    { "<Envelope><Body><Fault><errorcode>a:b\tc</errorcode></Fault></Body>"
      "</Envelope>",
      "", "b c", NULL },
    { "<Envelope/>", NULL, NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (MsnpSoapReply) reply = { NULL };

      g_assert_true (
          decode (faults[i].text, strlen (faults[i].text), &reply, NULL));
      g_assert_cmpstr (reply.fault, ==, faults[i].fault);
      g_assert_cmpstr (reply.error, ==, faults[i].error);
      g_assert_cmpstr (reply.redirect, ==, faults[i].redirect);
    }
}

/* Cut anywhere, it is no answer. */
static void
test_cut (void)
{
  for (gsize len = 0; len < strlen (unknown); len++)
    {
      g_auto (MsnpSoapReply) reply = { NULL };
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (unknown, len, &reply, &error));
      g_assert_true (error->domain == IM_WIRE_ERROR);
    }
}

static void
test_not_soap (void)
{
  static const char *const texts[] = { "403: Forbidden", "<html/>", "",
                                       "<!DOCTYPE a><Envelope/>" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (MsnpSoapReply) reply = { NULL };
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (texts[i], strlen (texts[i]), &reply, &error));
      g_assert_true (error->domain == IM_WIRE_ERROR);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/soap/requests", test_requests);
  g_test_add_func ("/msnp/soap/reply", test_reply);
  g_test_add_func ("/msnp/soap/fault", test_fault);
  g_test_add_func ("/msnp/soap/odd-faults", test_odd_faults);
  g_test_add_func ("/msnp/soap/cut", test_cut);
  g_test_add_func ("/msnp/soap/not-soap", test_not_soap);
  return g_test_run ();
}
