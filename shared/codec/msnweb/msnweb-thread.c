#include "msnweb-thread.h"

#include <string.h>

#include "im-charset.h"
#include "msnweb-address.h"
#include "msnweb-xml.h"

void
msnweb_thread_clear (MsnwebThread *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->creator, g_free);
  g_clear_pointer (&self->topic, g_free);
  g_clear_pointer (&self->members, g_ptr_array_unref);
}

void
msnweb_thread_free (MsnwebThread *self)
{
  msnweb_thread_clear (self);
  g_free (self);
}

static void
free_member (gpointer data)
{
  MsnwebMember *member = data;

  g_free (member->address);
  g_free (member);
}

static void
add_member (GPtrArray *members, const char *mri, const char *role)
{
  char *address = msnweb_address_bare (mri);
  MsnwebMember *member;

  if (address == NULL || members->len == IM_MAX_ROOM_PEOPLE)
    {
      g_free (address);
      return;
    }
  member = g_new0 (MsnwebMember, 1);
  member->address = address;
  member->admin = g_ascii_strcasecmp (role, "admin") == 0;
  g_ptr_array_add (members, member);
}

/* "" is no topic any more, which is something else than none being said. */
static char *
read_words (const XmlNode *node, const char *path)
{
  const XmlNode *child = xml_node_child (node, path);
  char *words;

  if (!xml_node_exists (child))
    return NULL;
  words = im_charset_tidy_line (xml_node_text (child));
  return words != NULL ? words : g_strdup ("");
}

gboolean
msnweb_thread_read (const XmlNode *node, MsnwebThread *ret)
{
  const XmlNode *members = xml_node_child (node, "members");
  MsnwebThread thread = { 0 };

  thread.id = msnweb_address_bare (xml_node_child_text (node, "id"));
  if (thread.id == NULL ||
      msnweb_address_type (thread.id) != MSNWEB_TYPE_THREAD)
    {
      g_free (thread.id);
      return FALSE;
    }
  thread.version = msnweb_xml_number (node, "version");
  thread.creator =
      msnweb_address_bare (xml_node_child_text (node, "properties/creator"));
  thread.topic = read_words (node, "properties/topic");
  thread.left = xml_node_exists (xml_node_find (node, "lastleaveat"));
  if (xml_node_exists (members))
    thread.members = g_ptr_array_new_with_free_func (free_member);
  for (const XmlNode *m = xml_node_first (members, "member");
       xml_node_exists (m); m = xml_node_next (m, "member"))
    add_member (thread.members, xml_node_child_text (m, "mri"),
                xml_node_child_text (m, "role"));
  *ret = thread;
  return TRUE;
}

gboolean
msnweb_thread_decode (const MsnwebCommand *command, MsnwebThread *ret,
                      GError **error)
{
  g_autoptr (XmlTree) tree = msnweb_xml_parse (&command->body, error);

  if (tree == NULL)
    return FALSE;
  if (msnweb_thread_read (xml_tree_root (tree), ret))
    return TRUE;
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                       "a thread without a name");
  return FALSE;
}

GPtrArray *
msnweb_thread_decode_all (const MsnwebCommand *command, GError **error)
{
  g_autoptr (XmlTree) tree = msnweb_xml_parse (&command->body, error);
  const XmlNode *list;
  GPtrArray *all;

  if (tree == NULL)
    return NULL;
  list = xml_node_child (xml_tree_root (tree), "threads");
  all = g_ptr_array_new_with_free_func ((GDestroyNotify)msnweb_thread_free);
  for (const XmlNode *node = xml_node_first (list, "thread");
       xml_node_exists (node); node = xml_node_next (node, "thread"))
    {
      MsnwebThread thread;

      if (msnweb_thread_read (node, &thread))
        g_ptr_array_add (all, g_memdup2 (&thread, sizeof thread));
    }
  return all;
}

static GString *
begin (const char *id)
{
  GString *out = g_string_new ("<thread>");

  msnweb_xml_leaf (out, "id", id);
  return out;
}

static void
write_member (GString *out, const char *who, const char *role)
{
  g_string_append (out, "<member>");
  msnweb_xml_leaf (out, "mri", who);
  msnweb_xml_leaf (out, "role", role);
  g_string_append (out, "</member>");
}

static MsnwebRequest
end (const char *verb, GString *out)
{
  g_string_append (out, "</thread>");
  return msnweb_request_take (verb, "MSGR\\THREAD", g_string_free (out, FALSE));
}

MsnwebRequest
msnweb_thread_encode_create (const char *own, const char *const *others)
{
  GString *out = begin ("");

  g_string_append (out, "<members>");
  write_member (out, own, "admin");
  for (; others != NULL && *others != NULL; others++)
    write_member (out, *others, "user");
  g_string_append (out, "</members>");
  return end ("PUT", out);
}

static MsnwebRequest
change_member (const char *verb, const char *id, const char *who,
               const char *role)
{
  GString *out = begin (id);

  g_string_append (out, "<members>");
  write_member (out, who, role);
  g_string_append (out, "</members>");
  return end (verb, out);
}

MsnwebRequest
msnweb_thread_encode_add (const char *id, const char *who, gboolean admin)
{
  return change_member ("PUT", id, who, admin ? "admin" : "user");
}

MsnwebRequest
msnweb_thread_encode_topic (const char *id, const char *topic)
{
  g_autofree char *line = im_charset_tidy_line (topic);
  GString *out = begin (id);

  g_string_append (out, "<properties>");
  msnweb_xml_leaf (out, "topic", line != NULL ? line : "");
  g_string_append (out, "</properties>");
  return end ("PUT", out);
}

MsnwebRequest
msnweb_thread_encode_remove (const char *id, const char *who)
{
  return change_member ("DEL", id, who, NULL);
}

MsnwebRequest
msnweb_thread_encode_query (const char *const *ids)
{
  GString *out = g_string_new ("<threads>");

  for (; *ids != NULL; ids++)
    {
      g_string_append (out, "<thread>");
      msnweb_xml_leaf (out, "id", *ids);
      g_string_append (out, "</thread>");
    }
  g_string_append (out, "</threads>");
  return msnweb_request_take ("GET", "MSGR\\THREADS",
                              g_string_free (out, FALSE));
}

void
msnweb_activity_clear (MsnwebActivity *self)
{
  g_clear_pointer (&self->initiator, g_free);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_pointer (&self->topic, g_free);
}

static MsnwebActivityKind
activity_kind (const char *name)
{
  static const struct
  {
    const char *name;
    MsnwebActivityKind kind;
  } kinds[] = {
    { "addmember", MSNWEB_ACTIVITY_ADDED },
    { "deletemember", MSNWEB_ACTIVITY_REMOVED },
    { "topicupdate", MSNWEB_ACTIVITY_TOPIC },
    { "roleupdate", MSNWEB_ACTIVITY_ROLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (name, kinds[i].name) == 0)
      return kinds[i].kind;
  return MSNWEB_ACTIVITY_OTHER;
}

/* A target is an address, or has one with a role. */
static void
read_targets (const XmlNode *root, GPtrArray *targets)
{
  for (const XmlNode *t = xml_node_first (root, "target"); xml_node_exists (t);
       t = xml_node_next (t, "target"))
    {
      const XmlNode *id = xml_node_child (t, "id");

      add_member (targets, xml_node_text (xml_node_exists (id) ? id : t),
                  xml_node_child_text (t, "role"));
    }
}

gboolean
msnweb_activity_decode (const MsnwebMessage *message, MsnwebActivity *ret,
                        GError **error)
{
  const char *content = message->content != NULL ? message->content : "";
  g_autoptr (XmlTree) tree = xml_tree_parse (content, strlen (content), error);
  const XmlNode *root;

  if (tree == NULL)
    return FALSE;
  root = xml_tree_root (tree);
  ret->kind = activity_kind (xml_node_name (root));
  ret->time = (gint64)(msnweb_xml_number (root, "eventtime") / 1000);
  ret->initiator =
      msnweb_address_bare (xml_node_child_text (root, "initiator"));
  ret->targets = g_ptr_array_new_with_free_func (free_member);
  read_targets (root, ret->targets);
  ret->topic = read_words (root, "value");
  return TRUE;
}
