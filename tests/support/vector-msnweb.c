#include "vector-msnweb.h"

#include <string.h>

#include "msnp-mime.h"
#include "msnp-notice.h"
#include "msnp-presence.h"
#include "msnweb-address.h"
#include "msnweb-connect.h"
#include "msnweb-contacts.h"
#include "msnweb-error.h"
#include "msnweb-history.h"
#include "msnweb-layers.h"
#include "msnweb-thread.h"
#include "msnweb-user.h"
#include "xml-tree.h"

/* When these messages came: an hour after the most of them were sent. */
#define NOW 1412227800

typedef gboolean (*ServerFunc) (const MsnwebCommand *command, Show *show,
                                GError **error);
typedef gboolean (*ClientFunc) (const MsnwebCommand *command, Show *show,
                                MsnwebRequest *ret, GError **error);

static XmlTree *
parse (const MsnwebCommand *command, GError **error)
{
  ImReader body = command->body;
  gsize len = im_reader_left (&body);
  const guint8 *raw = NULL;

  im_reader_raw (&body, len, &raw, NULL);
  return xml_tree_parse (raw, len, error);
}

static gboolean
misfit (GError **error)
{
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                       "not as our client writes it");
  return FALSE;
}

/* --- what servers send ------------------------------------------------- */

static gboolean
show_bound (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnwebBound) bound = { 0 };

  if (!msnweb_connect_decode_bound (command, &bound, error))
    return FALSE;
  show_line (show, "version %u at %" G_GINT64_FORMAT, bound.version, bound.utc);
  show_text (show, "challenge", bound.nonce);
  show_line (show, "token expires %" G_GINT64_FORMAT, bound.token_expires);
  return TRUE;
}

static gboolean
show_elsewhere (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnwebElsewhere) place = { 0 };

  if (!msnweb_connect_decode_elsewhere (command, &place, error))
    return FALSE;
  show_line (show, "go to %s port %u", place.host, place.port);
  show_text (show, "state", place.state);
  return TRUE;
}

static gboolean
show_ping (const MsnwebCommand *command, Show *show, GError **error)
{
  guint wait;

  if (msnweb_connect_decode_ping (command, &wait))
    show_line (show, "next in %u s", wait);
  return TRUE;
}

static gboolean
show_goodbye (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnwebGoodbye) goodbye = { 0 };

  msnweb_error_decode_goodbye (command, &goodbye);
  show_line (show,
             goodbye.class == MSNWEB_ERROR_ENDS ? "the end" : "reconnect");
  if (goodbye.problem == IM_PROBLEM_SIGNED_ON_ELSEWHERE)
    show_line (show, "signed on elsewhere");
  else if (goodbye.problem == IM_PROBLEM_SERVER_CLOSING)
    show_line (show, "server closing");
  show_text (show, "words", goodbye.words);
  return TRUE;
}

static const char *
change_word (MsnwebChange change)
{
  static const char *const words[] = { "stays", "changes", "leaves" };

  return words[change];
}

static void
show_person (Show *show, const MsnwebUser *user)
{
  show_text (show, "who", user->who);
  show_text (show, "place", user->epid);
  if (user->has_status)
    show_line (show, "status %s", msnp_status_word (user->status));
  show_text (show, "nick", user->nick);
  show_text (show, "message", user->message);
  for (guint i = 0; i < user->places->len; i++)
    {
      const MsnwebPlace *place = user->places->pdata[i];

      show_text (show, "service at", place->epid);
      show_text (show, "called", place->name);
    }
}

static gboolean
show_user (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnwebUser) user = { 0 };

  if (!msnweb_user_decode (command, &user, error))
    return FALSE;
  show_line (show, "%s", change_word (msnweb_user_change (&user)));
  show_person (show, &user);
  return TRUE;
}

static void
show_member (Show *show, const MsnwebMember *member)
{
  show_line (show, "%s %s", member->admin ? "admin" : "member",
             member->address);
}

static void
show_members (Show *show, const GPtrArray *members)
{
  for (guint i = 0; members != NULL && i < members->len; i++)
    show_member (show, members->pdata[i]);
}

static gboolean
show_thread (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnwebThread) thread = { 0 };

  if (!msnweb_thread_decode (command, &thread, error))
    return FALSE;
  show_text (show, "thread", thread.id);
  if (thread.version != 0)
    show_line (show, "version %" G_GUINT64_FORMAT, thread.version);
  show_text (show, "creator", thread.creator);
  show_text (show, "topic", thread.topic);
  show_members (show, thread.members);
  return TRUE;
}

static gboolean
show_activity (const MsnwebMessage *message, Show *show, GError **error)
{
  g_auto (MsnwebActivity) activity = { 0 };

  if (!msnweb_activity_decode (message, &activity, error))
    return FALSE;
  show_line (show, "activity %u at %" G_GINT64_FORMAT, activity.kind,
             activity.time);
  show_text (show, "by", activity.initiator);
  show_members (show, activity.targets);
  show_text (show, "topic", activity.topic);
  return TRUE;
}

static gboolean
show_saying (const MsnwebMessage *message, Show *show, GError **error)
{
  show_text (show, "type", message->type);
  show_text (show, "from", message->from);
  show_text (show, "place", message->epid);
  show_text (show, "to", message->to);
  show_text (show, "thread", message->thread);
  show_text (show, "name", message->name);
  show_text (show, "acknowledge", message->ack_id);
  if (message->message_id != 0)
    show_line (show, "id %" G_GUINT64_FORMAT, message->message_id);
  if (message->client_id != 0)
    show_line (show, "sender's id %" G_GUINT64_FORMAT, message->client_id);
  show_line (show, "time %" G_GINT64_FORMAT "%s%s", message->time,
             message->delayed ? " delayed" : "",
             message->offline ? " offline" : "");
  if (message->text != NULL)
    show_text (show, "text", im_text_plain (message->text));
  for (guint i = 0; message->text != NULL && i < im_text_n_runs (message->text);
       i++)
    if (im_text_run (message->text, i)->style.flags != 0)
      show_line (show, "run %u has style %u", i,
                 im_text_run (message->text, i)->style.flags);
  return message->kind != MSNWEB_MESSAGE_ACTIVITY ||
         show_activity (message, show, error);
}

static gboolean
show_message (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnwebMessage) message = { 0 };

  /* An answer. */
  if (im_reader_left (&command->body) == 0)
    return TRUE;
  return msnweb_message_decode (command, NOW, &message, error) &&
         show_saying (&message, show, error);
}

static gboolean
show_recent (const MsnwebCommand *command, Show *show, GError **error)
{
  g_autoptr (GPtrArray) all =
      msnweb_history_decode_recent (command, "8:live:alice", NOW, error);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const MsnwebConversation *conversation = all->pdata[i];

      show_text (show, "conversation", conversation->id);
      for (guint k = 0; k < conversation->messages->len; k++)
        if (!show_saying (conversation->messages->pdata[k], show, error))
          return FALSE;
    }
  return all != NULL;
}

static gboolean
show_mail (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnpMime) mime;
  g_auto (MsnpMail) mail = { MSNP_MAIL_COUNTS };

  if (!msnp_mime_decode (&command->body, &mime, error))
    return FALSE;
  if (!msnp_notice_decode_mail (&mime, &mail))
    return misfit (error);
  show_line (show, "mail %u", mail.kind);
  show_text (show, "from", mail.from);
  show_text (show, "address", mail.address);
  show_text (show, "subject", mail.subject);
  return TRUE;
}

/* A PUT is answered with what was stored of us, with a thread, or not. */
static gboolean
show_put (const MsnwebCommand *command, Show *show, GError **error)
{
  g_autoptr (XmlTree) tree = NULL;
  g_auto (MsnwebUser) user = { 0 };

  if (im_reader_left (&command->body) == 0)
    return TRUE;
  tree = parse (command, error);
  if (tree == NULL)
    return FALSE;
  if (strcmp (xml_node_name (xml_tree_root (tree)), "thread") == 0)
    return show_thread (command, show, error);
  if (!msnweb_user_decode_published (command, &user, error))
    return FALSE;
  show_person (show, &user);
  return TRUE;
}

static gboolean
show_error (const MsnwebCommand *command, Show *show, GError **error)
{
  const MsnwebError *row = msnweb_error_find (command->error_code);
  g_autofree char *words = msnweb_command_words (command);

  show_line (show, "class %u: %s", row->class, row->meaning);
  show_text (show, "words", words);
  return TRUE;
}

static gboolean
show_body (const MsnwebCommand *command, Show *show, GError **error)
{
  g_autofree char *words = msnweb_command_words (command);

  if (*words != '\0')
    show_text (show, "body", words);
  return TRUE;
}

static const struct
{
  const char *verb;
  const char *target;
  ServerFunc func;
} server_rows[] = {
  { "ATH", "CON", show_body },
  { "BND", "CON", show_bound },
  { "CNT", "CON", show_body },
  { "XFR", "CON", show_elsewhere },
  { "PNG", "CON", show_ping },
  { "OUT", "CON", show_goodbye },
  { "NFY", "MSGR\\PUT", show_user },
  { "NFY", "MSGR\\DEL", show_user },
  { "NFY", "MSGR\\THREAD", show_thread },
  { "NFY", "MSGR\\HOTMAIL", show_mail },
  { "SDG", "MSGR", show_message },
  { "PUT", "MSGR", show_put },
  { "GET", "MSGR", show_recent },
  { "ACK", "MSGR", show_body },
  { "PUT", "MSGR\\SUBSCRIPTIONS", show_body },
};

static gboolean
show_from_server (const MsnwebCommand *command, Show *show, GError **error)
{
  show->no_encoder = TRUE;
  show_text (show, "registration", msnweb_command_registration (command));
  if (command->error_code != 0)
    return show_error (command, show, error);
  for (guint i = 0; i < G_N_ELEMENTS (server_rows); i++)
    if (msnweb_command_is (command, server_rows[i].verb, server_rows[i].target))
      return server_rows[i].func (command, show, error);
  show->unknown = TRUE;
  return TRUE;
}

/* --- what clients send, understood well enough to be written again ----- */

static gboolean
again_connect (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
               GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  const XmlNode *state;

  if (tree == NULL)
    return FALSE;
  state = xml_node_child (xml_tree_root (tree), "xfr/state");
  *ret = msnweb_connect_encode (xml_node_exists (state) ? xml_node_text (state)
                                                        : NULL);
  show_text (show, "state", xml_node_text (state));
  return TRUE;
}

static gboolean
again_auth (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
            GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  g_autoptr (ImSecret) ticket = NULL;
  const XmlNode *node;
  const XmlNode *uic;

  if (tree == NULL)
    return FALSE;
  node = xml_node_child (xml_tree_root (tree), "ssl-compact-ticket");
  uic = xml_node_child (xml_tree_root (tree), "uic");
  if (xml_node_exists (node))
    ticket = im_secret_new (xml_node_text (node));
  *ret = msnweb_connect_encode_auth (
      ticket, xml_node_exists (uic) ? xml_node_text (uic) : NULL);
  show_line (show, ticket != NULL ? "ticket" : "cookies");
  show_line (show, "uic of %u", (guint)strlen (xml_node_text (uic)));
  return TRUE;
}

static gboolean
again_bind (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
            GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  const char *epid;

  if (tree == NULL)
    return FALSE;
  epid = xml_node_child_text (xml_tree_root (tree), "epid");
  *ret = msnweb_connect_encode_bind (epid);
  show_text (show, "place", epid);
  return TRUE;
}

static gboolean
again_challenge (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
                 GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  const char *answer;

  if (tree == NULL)
    return FALSE;
  answer = xml_node_child_text (xml_tree_root (tree), "response");
  *ret = msnweb_connect_encode_challenge (answer);
  show_text (show, "answer", answer);
  return TRUE;
}

static gboolean
again_ping (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
            GError **error)
{
  const char *last = msnweb_headers_get (&command->headers, "Last-Msg-Id");

  *ret = msnweb_connect_encode_ping (last);
  show_text (show, "last message", last);
  return TRUE;
}

static gboolean
again_out (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
           GError **error)
{
  *ret = msnweb_connect_encode_out ();
  return TRUE;
}

static gboolean
again_ack (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
           GError **error)
{
  const char *id = msnweb_message_ack_id (command);

  *ret = msnweb_request_ack (id);
  show_text (show, "received", id);
  return TRUE;
}

/* The text of a service's element for the account, or NULL. */
static const char *
service (const XmlNode *root, const char *kind, const char *name,
         const char *path)
{
  for (const XmlNode *s = xml_node_first (root, kind); xml_node_exists (s);
       s = xml_node_next (s, kind))
    if (g_strcmp0 (xml_node_attribute (s, "n"), name) == 0 &&
        xml_node_exists (xml_node_child (s, path)))
      return xml_node_child_text (s, path);
  return NULL;
}

static MsnwebParts
read_self (const XmlNode *root, MsnwebSelf *self)
{
  const char *status = service (root, "s", "IM", "Status");
  MsnwebParts parts = 0;

  self->nick = service (root, "s", "PE", "FriendlyName");
  self->message = service (root, "s", "PE", "PSM");
  self->place = service (root, "sep", "PD", "EpName");
  if (status != NULL && msnp_status_decode (im_word (status), &self->status))
    parts |= MSNWEB_PART_STATUS;
  if (self->nick != NULL)
    parts |= MSNWEB_PART_NICK;
  if (self->message != NULL)
    parts |= MSNWEB_PART_MESSAGE;
  if (self->place != NULL)
    parts |= MSNWEB_PART_PLACE;
  return parts;
}

static gboolean
again_presence (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
                GError **error)
{
  g_auto (MsnwebLayers) layers = { 0 };
  g_autofree char *content = NULL;
  g_autofree char *own = NULL;
  g_autofree char *epid = NULL;
  g_autoptr (XmlTree) tree = NULL;
  MsnwebSelf self = { 0 };
  MsnwebParts parts;

  if (!msnweb_layers_decode (&command->body, &layers, error))
    return FALSE;
  content = msnweb_layers_dup_content (&layers);
  tree = xml_tree_parse (content, strlen (content), error);
  if (tree == NULL)
    return FALSE;
  own = msnweb_address_bare (msnweb_layers_from (&layers));
  epid = msnweb_address_epid (msnweb_layers_from (&layers));
  if (own == NULL || epid == NULL)
    return misfit (error);
  self.own = own;
  self.epid = epid;
  parts = read_self (xml_tree_root (tree), &self);
  if (strcmp (command->verb, "DEL") == 0)
    {
      const char *other = xml_node_attribute (
          xml_node_child (xml_tree_root (tree), "sep"), "epid");

      if (other == NULL)
        return misfit (error);
      *ret = msnweb_user_encode_sign_off (&self, other);
      show_text (show, "sign off", other);
      return TRUE;
    }
  *ret = msnweb_user_encode (&self, parts);
  show_line (show, "parts %u of %s at %s", parts, own, epid);
  if (parts & MSNWEB_PART_STATUS)
    show_line (show, "status %s", msnp_status_word (self.status));
  show_text (show, "nick", self.nick);
  show_text (show, "message", self.message);
  show_text (show, "place", self.place);
  return TRUE;
}

static gboolean
again_subscriptions (const MsnwebCommand *command, Show *show,
                     MsnwebRequest *ret, GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  const XmlNode *root;

  if (tree == NULL)
    return FALSE;
  root = xml_tree_root (tree);
  show_line (
      show, "subscribe%s%s%s",
      xml_node_exists (xml_node_child (root, "presence")) ? " presence" : "",
      xml_node_exists (xml_node_child (root, "messaging")) ? " messages" : "",
      xml_node_exists (xml_node_child (root, "notifications"))
          ? " notifications"
          : "");
  *ret = msnweb_contacts_encode_subscriptions ();
  return TRUE;
}

static void
read_contact (const XmlNode *c, const char *domain, GArray *contacts)
{
  MsnwebContact contact;
  const char *name = xml_node_attribute (c, "n");
  const char *lists = xml_node_attribute (xml_node_child (c, "s"), "l");

  contact.lists =
      (MsnpListFlags)g_ascii_strtoull (lists != NULL ? lists : "0", NULL, 10);
  contact.address = domain != NULL ? g_strdup_printf ("1:%s@%s", name, domain)
                                   : g_strdup_printf ("8:%s", name);
  g_array_append_val (contacts, contact);
}

static void
free_contacts (GArray *contacts)
{
  for (guint i = 0; i < contacts->len; i++)
    g_free ((char *)g_array_index (contacts, MsnwebContact, i).address);
  g_array_unref (contacts);
}

static gboolean
again_contacts (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
                GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  GArray *contacts;
  gsize used;

  if (tree == NULL)
    return FALSE;
  contacts = g_array_new (FALSE, FALSE, sizeof (MsnwebContact));
  for (const XmlNode *d = xml_node_first (xml_tree_root (tree), NULL);
       xml_node_exists (d); d = xml_node_next (d, NULL))
    for (const XmlNode *c = xml_node_first (d, "c"); xml_node_exists (c);
         c = xml_node_next (c, "c"))
      read_contact (c, xml_node_attribute (d, "n"), contacts);
  for (guint i = 0; i < contacts->len; i++)
    show_line (show, "lists %u %s",
               (guint)g_array_index (contacts, MsnwebContact, i).lists,
               g_array_index (contacts, MsnwebContact, i).address);
  *ret = msnweb_contacts_encode (
      (const MsnwebContact *)contacts->data, contacts->len,
      g_strcmp0 (xml_node_attribute (xml_tree_root (tree), "l"), "1") == 0,
      strcmp (command->verb, "DEL") == 0, &used);
  free_contacts (contacts);
  return TRUE;
}

static gboolean
again_message (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
               GError **error)
{
  g_auto (MsnwebMessage) message = { 0 };
  MsnwebSender sender;

  if (!msnweb_message_decode (command, NOW, &message, error) ||
      !show_saying (&message, show, error))
    return FALSE;
  sender = (MsnwebSender){ message.from, message.epid, message.name };
  switch ((guint)message.kind)
    {
    case MSNWEB_MESSAGE_TEXT:
      *ret = msnweb_message_encode_text (&sender, message.to, message.client_id,
                                         message.text);
      return TRUE;
    case MSNWEB_MESSAGE_TYPING:
    case MSNWEB_MESSAGE_CLEAR_TYPING:
      *ret = msnweb_message_encode_typing (
          &sender, message.to, message.kind == MSNWEB_MESSAGE_TYPING);
      return TRUE;
    case MSNWEB_MESSAGE_NUDGE:
      *ret =
          msnweb_message_encode_nudge (&sender, message.to, message.client_id);
      return TRUE;
    default:
      return misfit (error);
    }
}

static MsnwebRequest
create_thread (const XmlNode *members, const char **ret_own)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();

  *ret_own = "";
  for (const XmlNode *m = xml_node_first (members, "member");
       xml_node_exists (m); m = xml_node_next (m, "member"))
    if (strcmp (xml_node_child_text (m, "role"), "admin") == 0)
      *ret_own = xml_node_child_text (m, "mri");
    else
      g_ptr_array_add (others, (gpointer)xml_node_child_text (m, "mri"));
  g_ptr_array_add (others, NULL);
  return msnweb_thread_encode_create (*ret_own,
                                      (const char *const *)others->pdata);
}

static gboolean
again_thread (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
              GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  const XmlNode *root;
  const char *id;
  const char *who;

  if (tree == NULL)
    return FALSE;
  root = xml_tree_root (tree);
  id = xml_node_child_text (root, "id");
  who = xml_node_child_text (root, "members/member/mri");
  if (*id == '\0')
    {
      *ret = create_thread (xml_node_child (root, "members"), &who);
      show_line (show, "create by %s", who);
      return TRUE;
    }
  show_text (show, "thread", id);
  if (strcmp (command->verb, "DEL") == 0)
    *ret = msnweb_thread_encode_remove (id, who);
  else if (*who != '\0')
    *ret = msnweb_thread_encode_add (
        id, who,
        strcmp (xml_node_child_text (root, "members/member/role"), "admin") ==
            0);
  else
    *ret = msnweb_thread_encode_topic (
        id, xml_node_child_text (root, "properties/topic"));
  show_text (show, "who", who);
  show_text (show, "topic", xml_node_child_text (root, "properties/topic"));
  return TRUE;
}

static gboolean
again_recent (const MsnwebCommand *command, Show *show, MsnwebRequest *ret,
              GError **error)
{
  g_autoptr (XmlTree) tree = parse (command, error);
  const char *start;
  const char *size;

  if (tree == NULL)
    return FALSE;
  start = xml_node_child_text (xml_tree_root (tree), "start");
  size = xml_node_child_text (xml_tree_root (tree), "pagesize");
  *ret =
      msnweb_history_encode_recent (g_ascii_strtoull (start, NULL, 10),
                                    (guint)g_ascii_strtoull (size, NULL, 10));
  show_line (show, "since %s, %s", start, size);
  return TRUE;
}

static const struct
{
  const char *verb;
  const char *target;
  ClientFunc func;
} client_rows[] = {
  { "CNT", "CON", again_connect },
  { "ATH", "CON\\USER", again_auth },
  { "BND", "CON\\MSGR", again_bind },
  { "PNG", "CON", again_ping },
  { "OUT", "CON", again_out },
  { "ACK", "MSGR", again_ack },
  { "SDG", "MSGR", again_message },
  { "PUT", "MSGR\\CHALLENGE", again_challenge },
  { "PUT", "MSGR\\PRESENCE", again_presence },
  { "DEL", "MSGR\\PRESENCE", again_presence },
  { "PUT", "MSGR\\SUBSCRIPTIONS", again_subscriptions },
  { "PUT", "MSGR\\CONTACTS", again_contacts },
  { "PUT", "MSGR\\THREAD", again_thread },
  { "DEL", "MSGR\\THREAD", again_thread },
  { "GET", "MSGR\\RECENTCONVERSATIONS", again_recent },
};

static gboolean
show_from_client (const MsnwebCommand *command, Show *show, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (client_rows); i++)
    {
      g_auto (MsnwebRequest) request = { 0 };

      if (!msnweb_command_is (command, client_rows[i].verb,
                              client_rows[i].target))
        continue;
      if (!client_rows[i].func (command, show, &request, error))
        return FALSE;
      msnweb_request_write (
          &request, command->trid,
          msnweb_headers_get (&command->headers, "Registration"), &show->again);
      return TRUE;
    }
  show->unknown = TRUE;
  return TRUE;
}

/* --- MSNP21 ------------------------------------------------------------ */

static gboolean
show_older (const MsnwebCommand *command, Show *show, GError **error)
{
  g_auto (MsnwebLayers) layers = { 0 };
  g_autofree char *content = NULL;

  show->no_encoder = TRUE;
  if (im_reader_left (&command->body) == 0)
    return TRUE;
  if (!msnweb_layers_decode (&command->body, &layers, error))
    return FALSE;
  show_text (show, "to", msnweb_layers_to (&layers));
  show_text (show, "from", msnweb_layers_from (&layers));
  show_text (show, "uri", msnweb_layers_get (&layers, "Uri"));
  content = msnweb_layers_dup_content (&layers);
  show_text (show, "content", content);
  return TRUE;
}

/* -------------------------------------------------------------------------- */

static gboolean
show_roster (const ImReader *bytes, Show *show, GError **error)
{
  ImReader reader = *bytes;
  g_autoptr (GBytes) body = im_reader_rest (&reader);
  gboolean cut;
  g_autoptr (GPtrArray) people =
      msnweb_contacts_decode_roster (body, &cut, error);

  show->no_encoder = TRUE;
  for (guint i = 0; people != NULL && i < people->len; i++)
    {
      const MsnwebPerson *person = people->pdata[i];

      show_text (show, "person", person->name);
      for (guint k = 0; k < person->buddies->len; k++)
        {
          const MsnwebBuddy *buddy = person->buddies->pdata[k];

          show_line (show, "buddy %s%s%s", buddy->address,
                     buddy->blocked ? " blocked" : "",
                     buddy->pending ? " pending" : "");
        }
    }
  return people != NULL;
}

static gboolean
show_command (const char *wire, const MsnwebCommand *command, Show *show,
              GError **error)
{
  gboolean good;

  show_line (show, "%s %u%s%s", command->verb, command->trid,
             *command->target != '\0' ? " " : "", command->target);
  show->indent++;
  if (command->framing == MSNWEB_MSNP21)
    good = strcmp (wire, "msnweb-older") == 0
               ? show_older (command, show, error)
               : misfit (error);
  else if (strcmp (wire, "msnweb-client") == 0)
    good = show_from_client (command, show, error);
  else
    good = show_from_server (command, show, error);
  show->indent--;
  return good;
}

gboolean
show_msnweb (const char *wire, const ImReader *bytes, Show *show,
             GError **error)
{
  ImReader reader = *bytes;

  if (strcmp (wire, "msnweb-roster") == 0)
    return show_roster (bytes, show, error);
  for (;;)
    {
      g_auto (MsnwebCommand) command = { 0 };

      switch (msnweb_frame_next (&reader, &command, error))
        {
        case MSNWEB_FRAME_GOT:
          if (!show_command (wire, &command, show, error))
            return FALSE;
          break;
        case MSNWEB_FRAME_END:
          return TRUE;
        case MSNWEB_FRAME_FAILED:
          return FALSE;
        }
    }
}
