#include "msnweb-contacts.h"

#include <string.h>

#include "im-charset.h"
#include "msnweb-address.h"
#include "msnweb-xml.h"
#include "xml-stream.h"

/* What other clients put into one command. */
#define MAX_CONTACTS 100
#define MAX_BYTES 30000

/* Memory one person may take. */
#define MAX_PERSON (256 * 1024)

MsnwebRequest
msnweb_contacts_encode_subscriptions (void)
{
  return msnweb_request_take (
      "PUT", "MSGR\\SUBSCRIPTIONS",
      g_strdup ("<subscribe><presence><buddies><all /></buddies></presence>"
                "<messaging><im /><conversations /></messaging>"
                "<notifications><partners><partner>Hotmail</partner>"
                "<partner>ABCH</partner></partners></notifications>"
                "</subscribe>"));
}

static void
add_services (GString *out, MsnpListFlags lists, const char *const *services)
{
  for (; *services != NULL; services++)
    g_string_append_printf (out, "<s l=\"%u\" n=\"%s\"/>", (guint)lists,
                            *services);
}

static void
add_skype (GString *out, const MsnwebContact *contact)
{
  static const char *const services[] = { "PE", "IM", "SKP", "PUB", NULL };

  g_string_append (out, "<c n=\"");
  msnweb_xml_text (out, msnweb_address_id (contact->address));
  g_string_append (out, "\" t=\"8\">");
  add_services (out, contact->lists, services);
  g_string_append (out, "</c>");
}

/* By domain, as in the lists of old. */
static void
add_passport (GString *out, const MsnwebContact *contact)
{
  static const char *const services[] = { "IM", NULL };
  const char *id = msnweb_address_id (contact->address);
  const char *at = strrchr (id, '@');
  g_autofree char *local = g_strndup (id, (gsize)(at - id));

  g_string_append (out, "<d n=\"");
  msnweb_xml_text (out, at + 1);
  g_string_append (out, "\"><c n=\"");
  msnweb_xml_text (out, local);
  g_string_append (out, "\" t=\"1\">");
  add_services (out, contact->lists, services);
  g_string_append (out, "</c></d>");
}

MsnwebRequest
msnweb_contacts_encode (const MsnwebContact *contacts, gsize n_contacts,
                        gboolean initial, gboolean remove, gsize *ret_used)
{
  g_autoptr (GString) skype = g_string_new (NULL);
  g_autoptr (GString) passport = g_string_new (NULL);
  gsize used = 0;

  while (used < n_contacts && used < MAX_CONTACTS &&
         skype->len + passport->len < MAX_BYTES)
    {
      const MsnwebContact *contact = &contacts[used++];
      guint type = msnweb_address_type (contact->address);

      if (type == MSNWEB_TYPE_SKYPE)
        add_skype (skype, contact);
      else if (type == MSNWEB_TYPE_PASSPORT &&
               strchr (contact->address, '@') != NULL)
        add_passport (passport, contact);
    }
  *ret_used = used;
  if (skype->len + passport->len == 0)
    return msnweb_request_take ("PUT", "MSGR\\CONTACTS", NULL);
  return msnweb_request_take (
      remove ? "DEL" : "PUT", "MSGR\\CONTACTS",
      g_strdup_printf ("<ml l=\"%d\">%s%s%s%s</ml>", initial,
                       skype->len > 0 ? "<skp>" : "", skype->str,
                       skype->len > 0 ? "</skp>" : "", passport->str));
}

static void
free_buddy (gpointer data)
{
  MsnwebBuddy *buddy = data;

  g_free (buddy->address);
  g_free (buddy);
}

static void
free_person (gpointer data)
{
  MsnwebPerson *person = data;

  g_free (person->name);
  g_ptr_array_unref (person->buddies);
  g_free (person);
}

static char *
name_of (const XmlNode *node)
{
  static const char *const fields[] = { "nickname", "orderedName" };
  g_autofree char *both = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *name =
          im_charset_tidy_line (xml_node_child_text (node, fields[i]));

      if (name != NULL && *name != '\0')
        return g_steal_pointer (&name);
    }
  both = g_strdup_printf ("%s %s", xml_node_child_text (node, "firstName"),
                          xml_node_child_text (node, "lastName"));
  g_strstrip (both);
  return *both != '\0' ? im_charset_tidy_line (both) : NULL;
}

/* The address of a contact, or NULL for one of another network. */
static char *
address_of (const XmlNode *contact, guint type)
{
  gboolean skype = type == MSNWEB_TYPE_SKYPE;
  const char *id =
      xml_node_child_text (contact, skype ? "objectId" : "domainTag");
  g_autofree char *whole = NULL;

  if (g_ascii_strcasecmp (xml_node_child_text (contact, "sourceId"),
                          skype ? "SKYPE" : "WL") != 0 ||
      *id == '\0' || strlen (id) > IM_MAX_MSNP_HANDLE ||
      strpbrk (id, " \t\r\n;") != NULL)
    return NULL;
  whole = g_strdup_printf ("%u:%s", type, id);
  return msnweb_address_bare (whole);
}

static void
read_buddies (const XmlNode *node, guint type, GPtrArray *buddies)
{
  for (const XmlNode *contact =
           xml_node_first (xml_node_child (node, "contacts"), "Contact");
       xml_node_exists (contact); contact = xml_node_next (contact, "Contact"))
    {
      char *address = address_of (contact, type);
      MsnwebBuddy *buddy;

      if (address == NULL)
        continue;
      buddy = g_new0 (MsnwebBuddy, 1);
      buddy->address = address;
      buddy->blocked = msnweb_xml_is_true (contact, "isBlocked");
      buddy->pending = msnweb_xml_number (contact, "contactState") == 2;
      g_ptr_array_add (buddies, buddy);
    }
}

static void
read_person (const XmlNode *node, GPtrArray *people)
{
  g_autoptr (GPtrArray) buddies = g_ptr_array_new_with_free_func (free_buddy);
  MsnwebPerson *person;

  if (msnweb_xml_is_true (node, "onHideList"))
    return;
  read_buddies (node, MSNWEB_TYPE_SKYPE, buddies);
  read_buddies (node, MSNWEB_TYPE_PASSPORT, buddies);
  if (buddies->len == 0)
    return;
  person = g_new0 (MsnwebPerson, 1);
  person->name = name_of (node);
  person->buddies = g_steal_pointer (&buddies);
  g_ptr_array_add (people, person);
}

/* What is asked for as XML comes as XML; others wrote it in their JSON. */
static gboolean
read_people (XmlStream *stream, GPtrArray *people, gboolean *ret_cut,
             GError **error)
{
  const XmlNode *node;

  for (;;)
    switch (xml_stream_next (stream, &node, error))
      {
      case XML_STREAM_TREE:
        if (people->len < IM_MAX_MSNP_CONTACTS)
          read_person (node, people);
        else
          *ret_cut = TRUE;
        break;
      case XML_STREAM_FAILED:
        return FALSE;
      case XML_STREAM_CLOSED:
        return TRUE;
      case XML_STREAM_NEED_MORE:
        g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
                             "the list has no end");
        return FALSE;
      case XML_STREAM_OPENED:
      case XML_STREAM_END:
        break;
      }
}

GPtrArray *
msnweb_contacts_decode_roster (GBytes *body, gboolean *ret_cut, GError **error)
{
  static const char *const trees[] = { "Person", NULL };
  static const XmlStreamForm form = { .max_bytes = IM_MAX_HTTP_BODY,
                                      .max_tree = MAX_PERSON,
                                      .trees = trees };
  g_autoptr (XmlStream) stream = xml_stream_new (&form);
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (free_person);
  gsize len;
  const void *data = g_bytes_get_data (body, &len);

  *ret_cut = FALSE;
  xml_stream_push (stream, data, len);
  xml_stream_finish (stream);
  if (!read_people (stream, people, ret_cut, error))
    return NULL;
  return g_steal_pointer (&people);
}
