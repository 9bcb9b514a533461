#include "msnp-addressbook.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "xml-stream.h"

/* What is read as a whole, wherever it is; and where something is over. */
static const char *const trees[] = { "ServiceHeader", "Fault",      "Contact",
                                     "Group",         "MemberRole", "Member",
                                     "Info",          NULL };
static const char *const ends[] = { "Membership", "Service", NULL };

static const XmlStreamForm form = {
  .max_bytes = IM_MAX_MSNP_BOOK,
  .max_tree = IM_MAX_MSNP_BOOK_ENTRY,
  .trees = trees,
  .ends = ends,
};

struct _MsnpBookReader
{
  XmlStream *stream;
  MsnpBook book;
  MsnpListFlags role;  /* of the members that follow, or 0 */
  guint service_start; /* memberships before this service */
  gboolean not_ours;   /* this service is not Messenger */
  GError *error;
};

static void
clear_membership (gpointer data)
{
  MsnpMembership *membership = data;

  msnp_handle_clear (&membership->handle);
  g_free (membership->id);
  g_free (membership->nick);
  g_free (membership->text);
}

static void
clear_contact (gpointer data)
{
  MsnpAbContact *contact = data;

  msnp_handle_clear (&contact->handle);
  g_free (contact->id);
  g_free (contact->nick);
  g_free (contact->alias);
  g_strfreev (contact->groups);
}

static void
clear_group (gpointer data)
{
  msnp_group_clear (data);
}

void
msnp_book_clear (MsnpBook *self)
{
  msnp_soap_reply_clear (&self->reply);
  g_clear_pointer (&self->memberships, g_array_unref);
  g_clear_pointer (&self->contacts, g_array_unref);
  g_clear_pointer (&self->groups, g_array_unref);
  g_clear_pointer (&self->own_nick, g_free);
}

static GArray *
new_rows (guint size, GDestroyNotify clear)
{
  GArray *rows = g_array_new (FALSE, TRUE, size);

  g_array_set_clear_func (rows, clear);
  return rows;
}

MsnpBookReader *
msnp_book_reader_new (void)
{
  MsnpBookReader *reader = g_new0 (MsnpBookReader, 1);

  reader->stream = xml_stream_new (&form);
  reader->book.memberships =
      new_rows (sizeof (MsnpMembership), clear_membership);
  reader->book.contacts = new_rows (sizeof (MsnpAbContact), clear_contact);
  reader->book.groups = new_rows (sizeof (MsnpGroup), clear_group);
  return reader;
}

void
msnp_book_reader_free (MsnpBookReader *reader)
{
  xml_stream_free (reader->stream);
  msnp_book_clear (&reader->book);
  g_clear_error (&reader->error);
  g_free (reader);
}

/* Fails for the row that is one too many. */
static gboolean
has_room (MsnpBookReader *reader, const GArray *rows, guint max)
{
  if (rows->len < max)
    return TRUE;
  if (reader->error == NULL)
    g_set_error_literal (&reader->error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                         "the list has too many entries");
  return FALSE;
}

/* An id goes back to the service as it came. */
static char *
dup_id (const XmlNode *node, const char *path)
{
  const char *id = xml_node_child_text (node, path);

  return *id != '\0' && strlen (id) <= IM_MAX_MSNP_WORD ? g_strdup (id) : NULL;
}

/* Text to be shown: one tidy line, or NULL for none. */
static char *
dup_line (const char *text)
{
  char *line;

  if (*text == '\0')
    return NULL;
  line =
      im_charset_to_utf8 ((const guint8 *)text, strlen (text), "UTF-8", NULL);
  return g_strdelimit (line, "\n\t", ' ');
}

static gboolean
is_true (const XmlNode *node, const char *path)
{
  return g_ascii_strcasecmp (xml_node_child_text (node, path), "true") == 0;
}

/* The value of an annotation, "" if there is none. */
static const char *
annotation (const XmlNode *annotations, const char *name)
{
  for (const XmlNode *node = xml_node_first (annotations, "Annotation");
       xml_node_exists (node); node = xml_node_next (node, "Annotation"))
    if (strcmp (xml_node_child_text (node, "Name"), name) == 0)
      return xml_node_child_text (node, "Value");
  return "";
}

static gboolean
read_handle (const char *address, guint network, MsnpHandle *ret)
{
  if (!msnp_handle_decode (im_word (address), ret, NULL))
    return FALSE;
  ret->network = network;
  return TRUE;
}

static void
read_role (MsnpBookReader *reader, const XmlNode *node)
{
  static const struct
  {
    const char *name;
    MsnpListFlags list;
  } roles[] = {
    { "Allow", MSNP_LIST_ALLOW },
    { "Block", MSNP_LIST_BLOCK },
    { "Reverse", MSNP_LIST_REVERSE },
    { "Pending", MSNP_LIST_PENDING },
  };

  reader->role = 0;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (strcmp (xml_node_text (node), roles[i].name) == 0)
      reader->role = roles[i].list;
}

/* "32:" and a number that does not matter. */
static guint
buddy_network (const XmlNode *member)
{
  ImWord word = im_word (
      annotation (xml_node_child (member, "Annotations"), "MSN.IM.BuddyType"));
  ImWord digits;
  guint64 network;

  im_word_cut (&word, ':', &digits);
  return im_word_number (digits, G_MAXUINT16, &network, NULL)
             ? (guint)network
             : MSNP_NETWORK_YAHOO;
}

static gboolean
read_member_handle (const XmlNode *member, MsnpHandle *ret)
{
  const char *passport = xml_node_child_text (member, "PassportName");
  const char *email = xml_node_child_text (member, "Email");
  const char *phone = xml_node_child_text (member, "PhoneNumber");

  if (*passport != '\0')
    return read_handle (passport, MSNP_NETWORK_MSN, ret);
  if (*email != '\0')
    return read_handle (email, buddy_network (member), ret);
  return read_handle (phone, MSNP_NETWORK_PHONE, ret);
}

static void
read_member (MsnpBookReader *reader, const XmlNode *node)
{
  MsnpMembership membership = { .list = reader->role };

  if (reader->role == 0 || is_true (node, "Deleted") ||
      !has_room (reader, reader->book.memberships, IM_MAX_MSNP_MEMBERSHIPS) ||
      !read_member_handle (node, &membership.handle))
    return;
  membership.id = dup_id (node, "MembershipId");
  membership.nick = dup_line (xml_node_child_text (node, "DisplayName"));
  membership.text = dup_line (annotation (xml_node_child (node, "Annotations"),
                                          "MSN.IM.InviteMessage"));
  g_array_append_val (reader->book.memberships, membership);
}

static void
read_service (MsnpBookReader *reader, const XmlNode *node)
{
  const char *type = xml_node_child_text (node, "Handle/Type");

  if (*type != '\0')
    reader->not_ours = strcmp (type, "Messenger") != 0;
}

/* What a service is comes after what is in it. */
static void
end_service (MsnpBookReader *reader)
{
  if (reader->not_ours)
    g_array_set_size (reader->book.memberships, reader->service_start);
  reader->service_start = reader->book.memberships->len;
  reader->not_ours = FALSE;
}

static void
read_group (MsnpBookReader *reader, const XmlNode *node)
{
  MsnpGroup group = { NULL };

  if (is_true (node, "fDeleted") ||
      !has_room (reader, reader->book.groups, IM_MAX_MSNP_GROUPS))
    return;
  group.id = dup_id (node, "groupId");
  if (group.id == NULL)
    return;
  group.name = dup_line (xml_node_child_text (node, "groupInfo/name"));
  if (group.name == NULL)
    group.name = g_strdup ("");
  g_array_append_val (reader->book.groups, group);
}

static MsnpSetting
read_setting (const XmlNode *annotations, const char *name)
{
  const char *value = annotation (annotations, name);

  if (strcmp (value, "1") == 0)
    return MSNP_SETTING_YES;
  return strcmp (value, "2") == 0 ? MSNP_SETTING_NO : MSNP_SETTING_UNSET;
}

static char *
dup_nick (const XmlNode *info)
{
  char *nick = dup_line (xml_node_child_text (info, "displayName"));

  return nick != NULL ? nick
                      : dup_line (xml_node_child_text (info, "quickName"));
}

static void
read_own (MsnpBookReader *reader, const XmlNode *info)
{
  const XmlNode *annotations = xml_node_child (info, "annotations");

  g_free (reader->book.own_nick);
  reader->book.own_nick = dup_nick (info);
  reader->book.allow_others = read_setting (annotations, "MSN.IM.BLP");
  reader->book.ask = read_setting (annotations, "MSN.IM.GTC");
}

static char **
dup_groups (const XmlNode *info)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();

  for (const XmlNode *node =
           xml_node_first (xml_node_child (info, "groupIds"), "guid");
       xml_node_exists (node) && groups->len < IM_MAX_MSNP_GROUPS;
       node = xml_node_next (node, "guid"))
    if (*xml_node_text (node) != '\0' &&
        strlen (xml_node_text (node)) <= IM_MAX_MSNP_WORD)
      g_ptr_array_add (groups, g_strdup (xml_node_text (node)));
  if (groups->len == 0)
    return NULL;
  g_ptr_array_add (groups, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&groups), FALSE);
}

/* Takes @handle. */
static void
add_contact (MsnpBookReader *reader, const XmlNode *node, MsnpHandle *handle,
             gboolean messenger)
{
  const XmlNode *info = xml_node_child (node, "contactInfo");
  MsnpAbContact contact = { .handle = *handle, .messenger = messenger };

  *handle = (MsnpHandle){ NULL };
  if (!has_room (reader, reader->book.contacts, IM_MAX_MSNP_CONTACTS))
    {
      msnp_handle_clear (&contact.handle);
      return;
    }
  contact.id = dup_id (node, "contactId");
  contact.nick = dup_nick (info);
  contact.alias = dup_line (
      annotation (xml_node_child (info, "annotations"), "AB.NickName"));
  contact.groups = dup_groups (info);
  g_array_append_val (reader->book.contacts, contact);
}

/* The network of a further address, or 0 if nobody is reached there. Two of
 * the kinds stand for one network each. */
static guint
email_network (const XmlNode *email)
{
  const char *kind = xml_node_child_text (email, "contactEmailType");
  guint64 network = MSNP_NETWORK_NONE;

  if (!is_true (email, "isMessengerEnabled"))
    return MSNP_NETWORK_NONE;
  im_word_number (im_word (xml_node_child_text (email, "Capability")),
                  G_MAXUINT16, &network, NULL);
  if (network == MSNP_NETWORK_NONE && strcmp (kind, "Messenger2") == 0)
    network = MSNP_NETWORK_YAHOO;
  if (network == MSNP_NETWORK_NONE && strcmp (kind, "Messenger3") == 0)
    network = MSNP_NETWORK_OFFICE;
  return (guint)network;
}

static void
read_contact (MsnpBookReader *reader, const XmlNode *node)
{
  const XmlNode *info = xml_node_child (node, "contactInfo");
  const XmlNode *emails = xml_node_child (info, "emails");
  const char *kind = xml_node_child_text (info, "contactType");
  g_autofree char *id = dup_id (node, "contactId");
  g_auto (MsnpHandle) handle = { NULL };

  if (strcmp (kind, "Me") == 0)
    return read_own (reader, info);
  if (id == NULL || is_true (node, "fDeleted") || strcmp (kind, "Circle") == 0)
    return;
  if (read_handle (xml_node_child_text (info, "passportName"), MSNP_NETWORK_MSN,
                   &handle))
    add_contact (reader, node, &handle, is_true (info, "isMessengerUser"));
  for (const XmlNode *email = xml_node_first (emails, "ContactEmail");
       xml_node_exists (email) && reader->error == NULL;
       email = xml_node_next (email, "ContactEmail"))
    if (email_network (email) != MSNP_NETWORK_NONE &&
        read_handle (xml_node_child_text (email, "email"),
                     email_network (email), &handle))
      add_contact (reader, node, &handle, TRUE);
}

static void
read_tree (MsnpBookReader *reader, const XmlNode *node)
{
  static const struct
  {
    const char *name;
    void (*read) (MsnpBookReader *reader, const XmlNode *node);
  } readers[] = {
    { "Contact", read_contact }, { "Member", read_member },
    { "Group", read_group },     { "MemberRole", read_role },
    { "Info", read_service },
  };

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (strcmp (xml_node_name (node), readers[i].name) == 0)
      return readers[i].read (reader, node);
  msnp_soap_read_part (node, &reader->book.reply);
}

static void
read_end (MsnpBookReader *reader, const XmlNode *node)
{
  if (strcmp (xml_node_name (node), "Service") == 0)
    end_service (reader);
  else
    reader->role = 0;
}

static void
read_start (MsnpBookReader *reader, const XmlNode *node)
{
  if (strcmp (xml_node_name (node), "Envelope") != 0)
    g_set_error_literal (&reader->error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                         "the service sent no envelope");
}

/* Everything the stream has. */
static gboolean
take (MsnpBookReader *reader, GError **error)
{
  XmlStreamResult result;
  const XmlNode *node;

  while (reader->error == NULL &&
         (result = xml_stream_next (reader->stream, &node, &reader->error)) !=
             XML_STREAM_NEED_MORE)
    switch (result)
      {
      case XML_STREAM_OPENED:
        read_start (reader, node);
        break;
      case XML_STREAM_TREE:
        read_tree (reader, node);
        break;
      case XML_STREAM_END:
        read_end (reader, node);
        break;
      case XML_STREAM_CLOSED:
      case XML_STREAM_NEED_MORE:
      case XML_STREAM_FAILED:
        break;
      }
  if (reader->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (reader->error));
  return FALSE;
}

gboolean
msnp_book_reader_push (MsnpBookReader *reader, const void *data, gsize len,
                       GError **error)
{
  if (reader->error == NULL)
    xml_stream_push (reader->stream, data, len);
  return take (reader, error);
}

gboolean
msnp_book_reader_finish (MsnpBookReader *reader, MsnpBook *ret, GError **error)
{
  if (reader->error == NULL)
    xml_stream_finish (reader->stream);
  if (!take (reader, error))
    return FALSE;
  *ret = reader->book;
  reader->book = (MsnpBook){ { NULL } };
  g_set_error_literal (&reader->error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                       "this answer was read already");
  return TRUE;
}
