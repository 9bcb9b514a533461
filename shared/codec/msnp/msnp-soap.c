#include "msnp-soap.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "msnp-xml.h"

#define ADDRESS_BOOK "http://www.msn.com/webservices/AddressBook"

/* As Windows Live Messenger calls itself. */
#define APPLICATION "CFE80F9D-180F-4399-82AB-413F33A1FA11"

/* The only address book an account has, and the kind of every group in it. */
#define BOOK_ID "<abId>00000000-0000-0000-0000-000000000000</abId>"
#define GROUP_KIND "C8529CE2-6EAD-434d-881F-341E17DB3FF8"

/* Longer ago than anything. */
#define NEVER "0001-01-01T00:00:00.0000000-08:00"

typedef enum
{
  FIND_MEMBERSHIP,
  ADD_MEMBER,
  DELETE_MEMBER,
  FIND_ALL,
  FIND_PAGED,
  BOOK_ADD,
  CONTACT_ADD,
  CONTACT_UPDATE,
  CONTACT_DELETE,
  GROUP_ADD,
  GROUP_UPDATE,
  GROUP_DELETE,
  GROUP_CONTACT_ADD,
  GROUP_CONTACT_DELETE,
} Operation;

typedef struct
{
  const char *action;
  MsnpSoapService service;
  const char *scenario;
} Row;

#define AB(name) ADDRESS_BOOK "/" name

static const Row rows[] = {
  [FIND_MEMBERSHIP] = { AB ("FindMembership"), MSNP_SOAP_SHARING, "Initial" },
  [ADD_MEMBER] = { AB ("AddMember"), MSNP_SOAP_SHARING, "BlockUnblock" },
  [DELETE_MEMBER] = { AB ("DeleteMember"), MSNP_SOAP_SHARING, "BlockUnblock" },
  [FIND_ALL] = { AB ("ABFindAll"), MSNP_SOAP_CONTACTS, "Initial" },
  [FIND_PAGED] = { AB ("ABFindContactsPaged"), MSNP_SOAP_CONTACTS, "Initial" },
  [BOOK_ADD] = { AB ("ABAdd"), MSNP_SOAP_CONTACTS, "Initial" },
  [CONTACT_ADD] = { AB ("ABContactAdd"), MSNP_SOAP_CONTACTS, "ContactSave" },
  [CONTACT_UPDATE] = { AB ("ABContactUpdate"), MSNP_SOAP_CONTACTS,
                       "ContactSave" },
  [CONTACT_DELETE] = { AB ("ABContactDelete"), MSNP_SOAP_CONTACTS, "Timer" },
  [GROUP_ADD] = { AB ("ABGroupAdd"), MSNP_SOAP_CONTACTS, "GroupSave" },
  [GROUP_UPDATE] = { AB ("ABGroupUpdate"), MSNP_SOAP_CONTACTS, "GroupSave" },
  [GROUP_DELETE] = { AB ("ABGroupDelete"), MSNP_SOAP_CONTACTS, "Timer" },
  [GROUP_CONTACT_ADD] = { AB ("ABGroupContactAdd"), MSNP_SOAP_CONTACTS,
                          "GroupSave" },
  [GROUP_CONTACT_DELETE] = { AB ("ABGroupContactDelete"), MSNP_SOAP_CONTACTS,
                             "GroupSave" },
};

const char *
msnp_soap_path (MsnpSoapService service)
{
  return service == MSNP_SOAP_SHARING ? "/abservice/SharingService.asmx"
                                      : "/abservice/abservice.asmx";
}

void
msnp_soap_request_clear (MsnpSoapRequest *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
}

static void
add_header (GString *out, const Row *row, const MsnpSoapCaller *caller)
{
  g_string_append (
      out,
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
      "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\""
      " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
      " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">"
      "<soap:Header><ABApplicationHeader xmlns=\"" ADDRESS_BOOK "\">"
      "<ApplicationId>" APPLICATION "</ApplicationId>"
      "<IsMigration>false</IsMigration>");
  msnp_xml_element (out, "PartnerScenario", row->scenario);
  if (caller->cache_key != NULL)
    msnp_xml_element (out, "CacheKey", caller->cache_key);
  g_string_append (out, "</ABApplicationHeader>"
                        "<ABAuthHeader xmlns=\"" ADDRESS_BOOK "\">"
                        "<ManagedGroupRequest>false</ManagedGroupRequest>");
  msnp_xml_element (out, "TicketToken", im_secret_peek (caller->ticket));
  g_string_append (out, "</ABAuthHeader></soap:Header>");
}

/* Puts the envelope around what is in the operation's element. */
static void
make (const MsnpSoapCaller *caller, Operation operation, const GString *inside,
      MsnpSoapRequest *ret)
{
  const Row *row = &rows[operation];
  const char *name = strrchr (row->action, '/') + 1;
  const char *texts[] = { im_secret_peek (caller->ticket),
                          caller->cache_key != NULL ? caller->cache_key : "" };
  GString *out =
      msnp_xml_with_room (2048 + inside->len, texts, G_N_ELEMENTS (texts));

  add_header (out, row, caller);
  g_string_append_printf (out, "<soap:Body><%s xmlns=\"" ADDRESS_BOOK "\">",
                          name);
  g_string_append_len (out, inside->str, (gssize)inside->len);
  g_string_append_printf (out, "</%s></soap:Body></soap:Envelope>", name);
  *ret = (MsnpSoapRequest){
    .service = row->service,
    .action = row->action,
    .body = msnp_xml_finish_secret (out),
  };
}

void
msnp_soap_find_membership (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (
      "<serviceFilter><Types><ServiceType>Messenger</ServiceType></Types>"
      "</serviceFilter><View>Full</View><deltasOnly>false</deltasOnly>"
      "<lastChange>" NEVER "</lastChange>");

  make (caller, FIND_MEMBERSHIP, inside, ret);
}

void
msnp_soap_find_all (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (
      BOOK_ID "<abView>Full</abView><deltasOnly>false</deltasOnly>"
              "<lastChange>" NEVER "</lastChange>");

  make (caller, FIND_ALL, inside, ret);
}

void
msnp_soap_find_paged (const MsnpSoapCaller *caller, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (
      "<abView>Full</abView>"
      "<extendedContent>AB AllGroups CircleResult</extendedContent>"
      "<filterOptions><deltasOnly>false</deltasOnly>"
      "<lastChange>" NEVER "</lastChange><ContactFilter>"
      "<IncludeHiddenContacts>true</IncludeHiddenContacts></ContactFilter>"
      "</filterOptions><pageContext>");

  g_string_append_printf (inside,
                          "<PageSize>%d</PageSize>"
                          "<Direction>Forward</Direction></pageContext>",
                          IM_MAX_MSNP_CONTACTS);
  make (caller, FIND_PAGED, inside, ret);
}

void
msnp_soap_add_book (const MsnpSoapCaller *caller, const char *address,
                    MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside =
      g_string_new ("<abInfo><name></name><ownerPuid>0</ownerPuid>");

  msnp_xml_element (inside, "ownerEmail", address);
  g_string_append (inside, "<fDefault>true</fDefault></abInfo>");
  make (caller, BOOK_ADD, inside, ret);
}

static void
add_annotation (GString *out, const char *name, const char *value)
{
  g_string_append (out, "<Annotation>");
  msnp_xml_element (out, "Name", name);
  msnp_xml_string (out, "Value", value);
  g_string_append (out, "</Annotation>");
}

static void
add_annotations (GString *out, const char *name, const char *value)
{
  g_string_append (out, "<annotations>");
  add_annotation (out, name, value);
  g_string_append (out, "</annotations>");
}

static gboolean
is_own_network (guint network)
{
  return network == MSNP_NETWORK_NONE || network == MSNP_NETWORK_MSN;
}

/* Somebody of another network is an address of a contact, with the number of
 * that network as what it can do. */
static void
add_foreign_address (GString *out, const MsnpSoapInvitation *invitation)
{
  g_string_append (out, "<emails><ContactEmail>"
                        "<contactEmailType>Messenger2</contactEmailType>");
  msnp_xml_element (out, "email", invitation->address);
  g_string_append_printf (
      out,
      "<isMessengerEnabled>true</isMessengerEnabled>"
      "<Capability>%u</Capability>"
      "<MessengerEnabledExternally>false</MessengerEnabledExternally>"
      "<propertiesChanged>Email IsMessengerEnabled Capability"
      "</propertiesChanged></ContactEmail></emails>",
      invitation->network);
}

void
msnp_soap_add_contact (const MsnpSoapCaller *caller,
                       const MsnpSoapInvitation *invitation,
                       MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (
      BOOK_ID "<contacts><Contact xmlns=\"" ADDRESS_BOOK "\"><contactInfo>");
  gboolean own = is_own_network (invitation->network);

  if (!own)
    add_foreign_address (inside, invitation);
  if (invitation->alias != NULL && *invitation->alias != '\0')
    add_annotations (inside, "AB.NickName", invitation->alias);
  if (own)
    {
      g_string_append (inside, "<contactType>LivePending</contactType>");
      msnp_xml_element (inside, "passportName", invitation->address);
      g_string_append (inside, "<isMessengerUser>true</isMessengerUser>");
    }
  if (invitation->text != NULL && *invitation->text != '\0')
    {
      g_string_append (inside, "<MessengerMemberInfo><PendingAnnotations>");
      add_annotation (inside, "MSN.IM.InviteMessage", invitation->text);
      g_string_append (inside, "</PendingAnnotations>");
      if (invitation->name != NULL)
        msnp_xml_string (inside, "DisplayName", invitation->name);
      g_string_append (inside, "</MessengerMemberInfo>");
    }
  g_string_append (inside, "</contactInfo></Contact></contacts><options>"
                           "<EnableAllowListManagement>true"
                           "</EnableAllowListManagement></options>");
  make (caller, CONTACT_ADD, inside, ret);
}

/* Up to what is to be changed; @contact is NULL for ourselves. */
static GString *
open_update (const char *contact)
{
  GString *inside =
      g_string_new (BOOK_ID "<contacts><Contact xmlns=\"" ADDRESS_BOOK "\">");

  if (contact != NULL)
    msnp_xml_element (inside, "contactId", contact);
  g_string_append (inside, "<contactInfo>");
  if (contact == NULL)
    g_string_append (inside, "<contactType>Me</contactType>");
  return inside;
}

static void
make_update (const MsnpSoapCaller *caller, GString *inside, const char *changed,
             MsnpSoapRequest *ret)
{
  g_string_append (inside, "</contactInfo>");
  msnp_xml_element (inside, "propertiesChanged", changed);
  g_string_append (inside, "</Contact></contacts>");
  make (caller, CONTACT_UPDATE, inside, ret);
}

void
msnp_soap_set_alias (const MsnpSoapCaller *caller, const char *contact,
                     const char *alias, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = open_update (contact);

  add_annotations (inside, "AB.NickName", alias);
  make_update (caller, inside, "Annotation", ret);
}

void
msnp_soap_set_messenger (const MsnpSoapCaller *caller, const char *contact,
                         gboolean messenger, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = open_update (contact);

  msnp_xml_element (inside, "isMessengerUser", messenger ? "true" : "false");
  make_update (caller, inside, "IsMessengerUser", ret);
}

void
msnp_soap_set_own (const MsnpSoapCaller *caller, const char *name,
                   const char *value, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = open_update (NULL);

  add_annotations (inside, name, value);
  make_update (caller, inside, "Annotation", ret);
}

void
msnp_soap_set_own_name (const MsnpSoapCaller *caller, const char *name,
                        MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = open_update (NULL);

  msnp_xml_string (inside, "displayName", name);
  make_update (caller, inside, "DisplayName", ret);
}

static void
add_contact_id (GString *out, const char *contact)
{
  g_string_append (out, "<contacts><Contact xmlns=\"" ADDRESS_BOOK "\">");
  msnp_xml_element (out, "contactId", contact);
  g_string_append (out, "</Contact></contacts>");
}

void
msnp_soap_delete_contact (const MsnpSoapCaller *caller, const char *contact,
                          MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (BOOK_ID);

  add_contact_id (inside, contact);
  make (caller, CONTACT_DELETE, inside, ret);
}

void
msnp_soap_add_group (const MsnpSoapCaller *caller, const char *name,
                     MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside =
      g_string_new (BOOK_ID "<groupAddOptions><fRenameOnMsgrConflict>false"
                            "</fRenameOnMsgrConflict></groupAddOptions>"
                            "<groupInfo><GroupInfo>");

  msnp_xml_string (inside, "name", name);
  g_string_append (inside, "<groupType>" GROUP_KIND "</groupType>"
                           "<fMessenger>false</fMessenger>");
  add_annotations (inside, "MSN.IM.Display", "1");
  g_string_append (inside, "</GroupInfo></groupInfo>");
  make (caller, GROUP_ADD, inside, ret);
}

void
msnp_soap_rename_group (const MsnpSoapCaller *caller, const char *group,
                        const char *name, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (BOOK_ID "<groups><Group>");

  msnp_xml_element (inside, "groupId", group);
  g_string_append (inside, "<groupInfo>");
  msnp_xml_string (inside, "name", name);
  g_string_append (inside, "</groupInfo><propertiesChanged>GroupName"
                           "</propertiesChanged></Group></groups>");
  make (caller, GROUP_UPDATE, inside, ret);
}

static GString *
open_group (const char *group)
{
  GString *inside = g_string_new (BOOK_ID "<groupFilter><groupIds>");

  msnp_xml_element (inside, "guid", group);
  g_string_append (inside, "</groupIds></groupFilter>");
  return inside;
}

void
msnp_soap_delete_group (const MsnpSoapCaller *caller, const char *group,
                        MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = open_group (group);

  make (caller, GROUP_DELETE, inside, ret);
}

void
msnp_soap_add_to_group (const MsnpSoapCaller *caller, const char *group,
                        const char *contact, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = open_group (group);

  add_contact_id (inside, contact);
  make (caller, GROUP_CONTACT_ADD, inside, ret);
}

void
msnp_soap_remove_from_group (const MsnpSoapCaller *caller, const char *group,
                             const char *contact, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = open_group (group);

  add_contact_id (inside, contact);
  make (caller, GROUP_CONTACT_DELETE, inside, ret);
}

static const char *
role_of (MsnpListFlags list)
{
  switch (list)
    {
    case MSNP_LIST_ALLOW:
      return "Allow";
    case MSNP_LIST_BLOCK:
      return "Block";
    case MSNP_LIST_REVERSE:
      return "Reverse";
    case MSNP_LIST_PENDING:
      return "Pending";
    case MSNP_LIST_FORWARD:
      break;
    }
  g_return_val_if_reached ("Allow");
}

static void
add_member (GString *out, const MsnpSoapMember *member)
{
  const char *kind = is_own_network (member->network)        ? "Passport"
                     : member->network == MSNP_NETWORK_PHONE ? "Phone"
                                                             : "Email";
  const char *address = is_own_network (member->network)        ? "PassportName"
                        : member->network == MSNP_NETWORK_PHONE ? "PhoneNumber"
                                                                : "Email";

  g_string_append_printf (out, "<Member xsi:type=\"%sMember\">", kind);
  if (member->id != NULL)
    msnp_xml_element (out, "MembershipId", member->id);
  msnp_xml_element (out, "Type", kind);
  g_string_append (out, "<State>Accepted</State>");
  if (!is_own_network (member->network) &&
      member->network != MSNP_NETWORK_PHONE)
    {
      g_autofree char *type = g_strdup_printf ("%u:", member->network);

      g_string_append (out, "<Annotations>");
      add_annotation (out, "MSN.IM.BuddyType", type);
      g_string_append (out, "</Annotations>");
    }
  msnp_xml_element (out, address, member->address);
  g_string_append (out, "</Member>");
}

static void
make_member (const MsnpSoapCaller *caller, Operation operation,
             const MsnpSoapMember *member, MsnpSoapRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (
      "<serviceHandle><Id>0</Id><Type>Messenger</Type><ForeignId></ForeignId>"
      "</serviceHandle><memberships><Membership>");

  msnp_xml_element (inside, "MemberRole", role_of (member->list));
  g_string_append (inside, "<Members>");
  add_member (inside, member);
  g_string_append (inside, "</Members></Membership></memberships>");
  make (caller, operation, inside, ret);
}

void
msnp_soap_add_member (const MsnpSoapCaller *caller,
                      const MsnpSoapMember *member, MsnpSoapRequest *ret)
{
  make_member (caller, ADD_MEMBER, member, ret);
}

void
msnp_soap_delete_member (const MsnpSoapCaller *caller,
                         const MsnpSoapMember *member, MsnpSoapRequest *ret)
{
  make_member (caller, DELETE_MEMBER, member, ret);
}

void
msnp_soap_reply_clear (MsnpSoapReply *self)
{
  g_clear_pointer (&self->fault, g_free);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->redirect, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->cache_key, g_free);
  g_clear_pointer (&self->id, g_free);
}

/* One tidy line, or NULL for nothing and for what is too long. */
static char *
dup_line (const char *text, gsize max)
{
  char *line;

  if (*text == '\0' || strlen (text) > max)
    return NULL;
  line =
      im_charset_to_utf8 ((const guint8 *)text, strlen (text), "UTF-8", NULL);
  return g_strstrip (g_strdelimit (line, "\n\t", ' '));
}

static void
replace (char **where, char *with)
{
  if (with == NULL)
    return;
  g_free (*where);
  *where = with;
}

/* Without the prefix of a namespace, which is another with every server. */
static const char *
local_name (const char *code)
{
  const char *colon = strrchr (code, ':');

  return colon != NULL ? colon + 1 : code;
}

static void
read_fault (const XmlNode *fault, MsnpSoapReply *ret)
{
  const char *code = xml_node_child_text (fault, "faultcode");
  const char *redirect = xml_node_text (xml_node_find (fault, "redirectUrl"));

  if (*code == '\0')
    code = xml_node_child_text (fault, "Code/Subcode/Value");
  if (*code == '\0')
    code = xml_node_child_text (fault, "Code/Value");
  replace (&ret->fault, dup_line (local_name (code), IM_MAX_MSNP_WORD));
  if (ret->fault == NULL)
    ret->fault = g_strdup ("");
  replace (
      &ret->error,
      dup_line (local_name (xml_node_text (xml_node_find (fault, "errorcode"))),
                IM_MAX_MSNP_WORD));
  replace (&ret->text, dup_line (xml_node_child_text (fault, "faultstring"),
                                 IM_MAX_PROFILE_TEXT));
  if (g_ascii_strncasecmp (redirect, "https://", 8) == 0)
    replace (&ret->redirect, dup_line (redirect, IM_MAX_LINK));
}

void
msnp_soap_read_part (const XmlNode *part, MsnpSoapReply *ret)
{
  if (strcmp (xml_node_name (part), "Fault") == 0)
    read_fault (part, ret);
  if (strcmp (xml_node_name (part), "ServiceHeader") != 0)
    return;
  replace (&ret->host,
           dup_line (xml_node_child_text (part, "PreferredHostName"),
                     IM_MAX_MSNP_WORD));
  replace (&ret->cache_key, dup_line (xml_node_child_text (part, "CacheKey"),
                                      IM_MAX_PASSPORT_TICKET));
}

gboolean
msnp_soap_decode (GBytes *body, MsnpSoapReply *ret, GError **error)
{
  gsize len;
  const void *data = g_bytes_get_data (body, &len);
  g_autoptr (XmlTree) tree = xml_tree_parse (data, len, error);
  const XmlNode *root;
  const XmlNode *fault;

  if (tree == NULL)
    return FALSE;
  root = xml_tree_root (tree);
  if (strcmp (xml_node_name (root), "Envelope") != 0)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "the service sent no envelope");
      return FALSE;
    }
  *ret = (MsnpSoapReply){ NULL };
  msnp_soap_read_part (xml_node_child (root, "Header/ServiceHeader"), ret);
  fault = xml_node_child (root, "Body/Fault");
  if (!xml_node_exists (fault))
    fault = xml_node_child (root, "Fault");
  msnp_soap_read_part (fault, ret);
  if (ret->fault == NULL)
    ret->id = dup_line (
        xml_node_text (xml_node_find (xml_node_child (root, "Body"), "guid")),
        IM_MAX_MSNP_WORD);
  return TRUE;
}
