#include "msnweb-history.h"

#include <string.h>

#include "msnweb-address.h"
#include "msnweb-xml.h"

MsnwebRequest
msnweb_history_encode_recent (guint64 start, guint page_size)
{
  return msnweb_request_take (
      "GET", "MSGR\\RECENTCONVERSATIONS",
      g_strdup_printf ("<recentconversations><start>%" G_GUINT64_FORMAT
                       "</start><pagesize>%u</pagesize>"
                       "</recentconversations>",
                       start, page_size));
}

MsnwebRequest
msnweb_history_encode_conversation (const char *id, guint64 start,
                                    const char *sync_state, guint page_size)
{
  GString *out = g_string_new ("<messagesbyconversation>");

  msnweb_xml_leaf (out, "id", id);
  g_string_append_printf (out, "<start>%" G_GUINT64_FORMAT "</start>", start);
  msnweb_xml_leaf (out, "messagessyncstate", sync_state);
  g_string_append_printf (out, "<pagesize>%u</pagesize>", page_size);
  g_string_append (out, "</messagesbyconversation>");
  return msnweb_request_take ("GET", "MSGR\\MESSAGESBYCONVERSATION",
                              g_string_free (out, FALSE));
}

void
msnweb_conversation_clear (MsnwebConversation *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->sync_state, g_free);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  msnweb_thread_clear (&self->thread);
}

void
msnweb_conversation_free (MsnwebConversation *self)
{
  msnweb_conversation_clear (self);
  g_free (self);
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const MsnwebMessage *first = *(const MsnwebMessage *const *)a;
  const MsnwebMessage *second = *(const MsnwebMessage *const *)b;

  if (first->message_id != second->message_id)
    return first->message_id < second->message_id ? -1 : 1;
  return (first->time > second->time) - (first->time < second->time);
}

/* Who are reading, and when. */
typedef struct
{
  const char *own;
  gint64 now;
} Reader;

static void
read_message (const Reader *reader, const XmlNode *node,
              MsnwebConversation *conversation)
{
  g_autoptr (MsnwebMessage) message = g_new0 (MsnwebMessage, 1);
  const char *from = xml_node_child_text (node, "from");

  message->from = msnweb_address_bare (from);
  message->type = msnweb_xml_dup (node, "messagetype");
  if (message->from == NULL || message->type == NULL)
    return;
  message->epid = msnweb_address_epid (from);
  message->message_id = msnweb_xml_number (node, "messageid");
  message->client_id = msnweb_xml_number (node, "clientmessageid");
  if (msnweb_address_type (conversation->id) == MSNWEB_TYPE_THREAD)
    message->thread = g_strdup (conversation->id);
  message->to =
      g_strdup (message->thread != NULL ||
                        msnweb_address_equal (message->from, reader->own)
                    ? conversation->id
                    : reader->own);
  msnweb_message_read_time (
      message, xml_node_child_text (node, "originalarrivaltime"), reader->now);
  msnweb_message_read_content (message, xml_node_child_text (node, "content"),
                               NULL, NULL);
  g_ptr_array_add (conversation->messages, g_steal_pointer (&message));
}

static gboolean
read_conversation (const Reader *reader, const XmlNode *node,
                   MsnwebConversation *ret)
{
  const XmlNode *messages = xml_node_child (node, "messages");
  MsnwebConversation conversation = { 0 };

  conversation.id = msnweb_address_bare (xml_node_child_text (node, "id"));
  if (conversation.id == NULL)
    return FALSE;
  conversation.has_more = msnweb_xml_is_true (node, "hasmore");
  conversation.sync_state = msnweb_xml_dup (node, "messagessyncstate");
  conversation.has_thread = msnweb_thread_read (xml_node_child (node, "thread"),
                                                &conversation.thread);
  conversation.messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)msnweb_message_free);
  for (const XmlNode *m = xml_node_first (messages, "message");
       xml_node_exists (m); m = xml_node_next (m, "message"))
    read_message (reader, m, &conversation);
  g_ptr_array_sort (conversation.messages, compare_times);
  *ret = conversation;
  return TRUE;
}

GPtrArray *
msnweb_history_decode_recent (const MsnwebCommand *command, const char *own,
                              gint64 now, GError **error)
{
  g_autoptr (XmlTree) tree = msnweb_xml_parse (&command->body, error);
  Reader reader = { own, now };
  GPtrArray *all;
  const XmlNode *list;

  if (tree == NULL)
    return NULL;
  list = xml_node_child (xml_tree_root (tree), "conversations");
  all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)msnweb_conversation_free);
  for (const XmlNode *node = xml_node_first (list, "conversation");
       xml_node_exists (node); node = xml_node_next (node, "conversation"))
    {
      MsnwebConversation conversation;

      if (read_conversation (&reader, node, &conversation))
        g_ptr_array_add (all, g_memdup2 (&conversation, sizeof conversation));
    }
  return all;
}

gboolean
msnweb_history_decode_conversation (const MsnwebCommand *command,
                                    const char *own, gint64 now,
                                    MsnwebConversation *ret, GError **error)
{
  g_autoptr (XmlTree) tree = msnweb_xml_parse (&command->body, error);
  Reader reader = { own, now };

  if (tree == NULL)
    return FALSE;
  if (read_conversation (&reader, xml_tree_root (tree), ret))
    return TRUE;
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                       "a history without a conversation");
  return FALSE;
}
