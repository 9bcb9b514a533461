#include "msnweb-user.h"

#include <string.h>

#include "im-charset.h"
#include "msnp-presence.h"
#include "msnweb-address.h"
#include "msnweb-layers.h"
#include "msnweb-xml.h"

#define TYPE "application/user+xml"

/* What Miranda says it is and can do. */
#define CLIENT_TYPE "11"
#define IM_CAPABILITIES "0:4194560"
#define PE_CAPABILITIES "0:0"

static void
free_place (gpointer data)
{
  MsnwebPlace *place = data;

  g_free (place->epid);
  g_free (place->name);
  g_free (place);
}

void
msnweb_user_clear (MsnwebUser *self)
{
  g_clear_pointer (&self->who, g_free);
  g_clear_pointer (&self->epid, g_free);
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->places, g_ptr_array_unref);
}

/* A name or a message, tidy; "" for an empty one. */
static void
take_words (const XmlNode *service, const char *name, char **words)
{
  const XmlNode *child = xml_node_child (service, name);

  if (!xml_node_exists (child))
    return;
  g_free (*words);
  *words = im_charset_tidy_line (xml_node_text (child));
  if (*words == NULL)
    *words = g_strdup ("");
}

static void
read_status (const XmlNode *service, MsnwebUser *user)
{
  const char *word = xml_node_child_text (service, "Status");

  user->im = TRUE;
  if (*word == '\0')
    return;
  user->has_status = TRUE;
  if (!msnp_status_decode (im_word (word), &user->status))
    user->status = MSNP_STATUS_ONLINE;
}

static void
read_service (const XmlNode *service, MsnwebUser *user)
{
  const char *name = xml_node_attribute (service, "n");

  if (name == NULL)
    return;
  if (strcmp (name, "IM") == 0)
    read_status (service, user);
  else if (strcmp (name, "PE") == 0)
    {
      take_words (service, "FriendlyName", &user->nick);
      take_words (service, "PSM", &user->message);
    }
  /* The same said for Skype, which may be alone. */
  else if (strcmp (name, "SKP") == 0 && user->message == NULL)
    take_words (service, "Mood", &user->message);
}

static MsnwebPlace *
place_of (MsnwebUser *user, const char *epid)
{
  MsnwebPlace *place;

  for (guint i = 0; i < user->places->len; i++)
    {
      place = g_ptr_array_index (user->places, i);
      if (msnweb_epid_equal (place->epid, epid))
        return place;
    }
  if (user->places->len == IM_MAX_MSNP_ENDPOINTS)
    return NULL;
  place = g_new0 (MsnwebPlace, 1);
  place->epid = msnweb_epid_normalize (epid);
  g_ptr_array_add (user->places, place);
  return place;
}

static void
read_place (const XmlNode *service, MsnwebUser *user)
{
  const char *epid = xml_node_attribute (service, "epid");
  const char *name = xml_node_attribute (service, "n");
  MsnwebPlace *place =
      epid != NULL && *epid != '\0' ? place_of (user, epid) : NULL;

  if (place != NULL && name != NULL && strcmp (name, "PD") == 0)
    take_words (service, "EpName", &place->name);
}

static void
read_services (const XmlNode *root, MsnwebUser *user)
{
  for (const XmlNode *node = xml_node_first (root, NULL);
       xml_node_exists (node); node = xml_node_next (node, NULL))
    {
      if (strcmp (xml_node_name (node), "s") == 0)
        read_service (node, user);
      else if (strcmp (xml_node_name (node), "sep") == 0)
        read_place (node, user);
    }
}

static MsnwebNotify
kind_of (const MsnwebLayers *layers)
{
  const char *word = msnweb_layers_get (layers, "NotifType");

  if (word != NULL && g_ascii_strcasecmp (word, "Partial") == 0)
    return MSNWEB_NOTIFY_PARTIAL;
  if (word != NULL && g_ascii_strcasecmp (word, "Sync") == 0)
    return MSNWEB_NOTIFY_SYNC;
  return MSNWEB_NOTIFY_FULL;
}

static gboolean
check (const MsnwebLayers *layers, GError **error)
{
  const char *uri = msnweb_layers_get (layers, "Uri");

  if (uri != NULL && strcmp (uri, "/user") == 0)
    return TRUE;
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_UNSUPPORTED,
                       "a notification that is not about somebody");
  return FALSE;
}

static gboolean
read_who (const char *from, MsnwebUser *user, GError **error)
{
  user->who = msnweb_address_bare (from);
  user->epid = msnweb_address_epid (from);
  if (user->who != NULL)
    return TRUE;
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                       "a notification that does not say about whom");
  return FALSE;
}

gboolean
msnweb_user_decode (const MsnwebCommand *command, MsnwebUser *ret,
                    GError **error)
{
  g_auto (MsnwebLayers) layers = { 0 };
  g_autoptr (XmlTree) tree = NULL;
  MsnwebUser user = { 0 };

  if (!msnweb_layers_decode (&command->body, &layers, error) ||
      !check (&layers, error))
    return FALSE;
  tree = msnweb_xml_parse (&layers.content, error);
  if (tree == NULL || !read_who (msnweb_layers_from (&layers), &user, error))
    {
      msnweb_user_clear (&user);
      return FALSE;
    }
  user.gone = msnweb_command_is (command, "NFY", "MSGR\\DEL") ||
              msnweb_command_is (command, "NFY", "DEL");
  user.kind = kind_of (&layers);
  user.places = g_ptr_array_new_with_free_func (free_place);
  read_services (xml_tree_root (tree), &user);
  *ret = user;
  return TRUE;
}

gboolean
msnweb_user_decode_published (const MsnwebCommand *command, MsnwebUser *ret,
                              GError **error)
{
  g_autoptr (XmlTree) tree = NULL;
  const XmlNode *root;

  *ret = (MsnwebUser){ 0 };
  ret->places = g_ptr_array_new_with_free_func (free_place);
  if (im_reader_left (&command->body) == 0)
    return TRUE;
  tree = msnweb_xml_parse (&command->body, error);
  if (tree == NULL)
    {
      msnweb_user_clear (ret);
      return FALSE;
    }
  root = xml_tree_root (tree);
  ret->who = msnweb_address_bare (xml_node_child_text (root, "from"));
  ret->epid = msnweb_address_epid (xml_node_child_text (root, "from"));
  read_services (xml_node_child (root, "user"), ret);
  return TRUE;
}

MsnwebChange
msnweb_user_change (const MsnwebUser *user)
{
  if (!user->im)
    return MSNWEB_STAY;
  if (user->gone)
    return MSNWEB_LEAVE;
  if (user->has_status)
    return user->status == MSNP_STATUS_OFFLINE ||
                   user->status == MSNP_STATUS_HIDDEN
               ? MSNWEB_LEAVE
               : MSNWEB_CHANGE;
  return user->kind == MSNWEB_NOTIFY_FULL ? MSNWEB_LEAVE : MSNWEB_STAY;
}

static void
open_place (GString *out, const char *service, const char *epid)
{
  g_string_append_printf (out, "<sep n=\"%s\" epid=\"", service);
  msnweb_xml_text (out, epid);
  g_string_append (out, "\">");
}

/* One line of so many characters as people may have. */
static char *
cut_message (const char *message)
{
  g_autofree char *line = im_charset_tidy_line (message);

  return line != NULL ? g_utf8_substring (line, 0,
                                          MIN (g_utf8_strlen (line, -1),
                                               MSNWEB_MAX_MESSAGE_CHARS))
                      : g_strdup ("");
}

static void
add_im (GString *out, const MsnwebSelf *self, MsnwebParts parts)
{
  if (parts & MSNWEB_PART_STATUS)
    {
      g_string_append (out, "<s n=\"IM\">");
      msnweb_xml_leaf (out, "Status", msnp_status_word (self->status));
      g_string_append (out, "</s>");
    }
  if (parts & MSNWEB_PART_PLACE)
    {
      open_place (out, "IM", self->epid);
      msnweb_xml_leaf (out, "Capabilities", IM_CAPABILITIES);
      g_string_append (out, "</sep>");
    }
}

static void
add_pe (GString *out, const MsnwebSelf *self, MsnwebParts parts,
        const char *message)
{
  if (parts & (MSNWEB_PART_NICK | MSNWEB_PART_MESSAGE))
    {
      g_string_append (out, "<s n=\"PE\">");
      if (parts & MSNWEB_PART_NICK)
        msnweb_xml_leaf (out, "FriendlyName", self->nick);
      if (parts & MSNWEB_PART_MESSAGE)
        msnweb_xml_leaf (out, "PSM", message);
      g_string_append (out, "</s>");
    }
  if (parts & MSNWEB_PART_PLACE)
    {
      open_place (out, "PE", self->epid);
      g_string_append (out, "<VER>6.4.0.0</VER><TYP>" CLIENT_TYPE
                            "</TYP><Capabilities>" PE_CAPABILITIES
                            "</Capabilities></sep>");
      open_place (out, "PD", self->epid);
      msnweb_xml_leaf (out, "EpName", self->place);
      g_string_append (out, "<ClientType>" CLIENT_TYPE "</ClientType></sep>");
    }
}

static void
add_skp (GString *out, const MsnwebSelf *self, MsnwebParts parts,
         const char *message)
{
  gboolean skype = msnweb_address_type (self->own) == MSNWEB_TYPE_SKYPE;

  if (parts & MSNWEB_PART_MESSAGE)
    {
      g_string_append (out, "<s n=\"SKP\">");
      msnweb_xml_leaf (out, "Mood", message);
      if ((parts & MSNWEB_PART_PLACE) && skype)
        msnweb_xml_leaf (out, "Skypename", msnweb_address_id (self->own));
      g_string_append (out, "</s>");
    }
  if (parts & MSNWEB_PART_PLACE)
    {
      open_place (out, "SKP", self->epid);
      g_string_append (out, "<Version>24</Version><Seamless>true</Seamless>"
                            "</sep>");
    }
}

static MsnwebRequest
publish (const char *verb, const MsnwebSelf *self, const char *content)
{
  g_autofree char *from = msnweb_address_at (self->own, self->epid);
  GString *out = msnweb_layers_begin (self->own, from, "Publication: 1.0");

  msnweb_headers_add (out, "Uri", "/user");
  msnweb_layers_add_content (out, TYPE, content);
  return msnweb_request_take (verb, "MSGR\\PRESENCE",
                              msnweb_layers_end (out, content));
}

MsnwebRequest
msnweb_user_encode (const MsnwebSelf *self, MsnwebParts parts)
{
  g_autofree char *message = cut_message (self->message);
  g_autoptr (GString) content = g_string_new ("<user>");

  add_im (content, self, parts);
  add_pe (content, self, parts, message);
  add_skp (content, self, parts, message);
  g_string_append (content, "</user>");
  return publish ("PUT", self, content->str);
}

MsnwebRequest
msnweb_user_encode_sign_off (const MsnwebSelf *self, const char *epid)
{
  g_autoptr (GString) content = g_string_new ("<user><sep n=\"IM\" epid=\"");

  msnweb_xml_text (content, epid);
  g_string_append (content, "\"/></user>");
  return publish ("DEL", self, content->str);
}

MsnwebRequest
msnweb_user_encode_active (guint seconds)
{
  return msnweb_request_take (
      "PUT", "MSGR\\ACTIVEENDPOINT",
      g_strdup_printf ("<activeendpoint><timeout>%u</timeout>"
                       "</activeendpoint>",
                       seconds));
}
