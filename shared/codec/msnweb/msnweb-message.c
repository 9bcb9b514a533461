#include "msnweb-message.h"

#include <string.h>

#include "im-charset.h"
#include "im-line.h"
#include "markup-html.h"
#include "msnp-text.h"
#include "msnweb-address.h"
#include "msnweb-layers.h"
#include "msnweb-xml.h"
#include "xmpp-time.h"

#define TEXT_TYPE "text/plain; charset=UTF-8"
#define ACTION "/me "

/* Seconds after which a message is an old one, and up to which an id of the
 * server is believed to be a time. */
#define OLD_SECONDS 60
#define YEAR_SECONDS (365 * 24 * 60 * 60)

void
msnweb_message_clear (MsnwebMessage *self)
{
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->epid, g_free);
  g_clear_pointer (&self->to, g_free);
  g_clear_pointer (&self->thread, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->ack_id, g_free);
  g_clear_pointer (&self->text, im_text_free);
  g_clear_pointer (&self->content, g_free);
}

void
msnweb_message_free (MsnwebMessage *self)
{
  msnweb_message_clear (self);
  g_free (self);
}

/* Prefixes, the first that fits counts. */
static const struct
{
  const char *type;
  MsnwebMessageKind kind;
} kinds[] = {
  { "Text", MSNWEB_MESSAGE_TEXT },
  { "RichText/Contacts", MSNWEB_MESSAGE_CONTACTS },
  { "RichText/Files", MSNWEB_MESSAGE_FILES },
  { "RichText", MSNWEB_MESSAGE_TEXT },
  { "Control/Typing", MSNWEB_MESSAGE_TYPING },
  { "Control/ClearTyping", MSNWEB_MESSAGE_CLEAR_TYPING },
  { "Nudge", MSNWEB_MESSAGE_NUDGE },
  { "Wink", MSNWEB_MESSAGE_WINK },
  { "ThreadActivity/", MSNWEB_MESSAGE_ACTIVITY },
  { "Event/Call", MSNWEB_MESSAGE_CALL },
  { "Signal/ForceAbchSync", MSNWEB_MESSAGE_LIST_CHANGED },
  { "CustomEmoticon", MSNWEB_MESSAGE_OTHER },
  { "Data", MSNWEB_MESSAGE_OTHER },
  { "Signal/", MSNWEB_MESSAGE_OTHER },
  { "Control/", MSNWEB_MESSAGE_OTHER },
};

/* Of what nobody knows, text is shown. */
static MsnwebMessageKind
kind_of (const char *type, const char *media)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strncasecmp (type, kinds[i].type, strlen (kinds[i].type)) == 0)
      return kinds[i].kind;
  return media != NULL && g_ascii_strncasecmp (media, "text/", 5) == 0
             ? MSNWEB_MESSAGE_TEXT
             : MSNWEB_MESSAGE_OTHER;
}

/* What other programs would fetch, if there are no words for it. */
static void
add_uri (ImText *text, const char *content)
{
  g_autoptr (XmlTree) tree = NULL;
  ImStyle style = IM_STYLE_INIT;
  const char *uri;

  if (im_text_length (text) > 0)
    return;
  tree = xml_tree_parse (content, strlen (content), NULL);
  uri = tree != NULL ? xml_node_attribute (xml_tree_root (tree), "uri") : NULL;
  if (uri == NULL)
    return;
  style.link = uri;
  im_text_append (text, uri, -1, &style);
}

static ImText *
read_rich (const char *content)
{
  ImText *text = markup_html_parse (content, -1, MARKUP_PURPLE);

  add_uri (text, content);
  im_text_truncate (text, IM_MAX_MESSAGE_TEXT);
  return text;
}

/* <contacts><c t="s" s="live:bob"/></contacts>, with "f" for the name of one
 * who has no Skype name. */
static ImText *
read_names (const char *content)
{
  g_autoptr (XmlTree) tree = xml_tree_parse (content, strlen (content), NULL);
  ImText *text = im_text_new ();

  if (tree == NULL)
    return text;
  for (const XmlNode *c = xml_node_first (xml_tree_root (tree), "c");
       xml_node_exists (c); c = xml_node_next (c, "c"))
    {
      const char *name = xml_node_attribute (c, "s");

      if (name == NULL)
        name = xml_node_attribute (c, "f");
      if (name == NULL)
        continue;
      if (im_text_length (text) > 0)
        im_text_append (text, "\n", 1, NULL);
      im_text_append (text, name, -1, NULL);
    }
  im_text_truncate (text, IM_MAX_MESSAGE_TEXT);
  return text;
}

void
msnweb_message_read_content (MsnwebMessage *message, const char *content,
                             const char *format, const char *media)
{
  gboolean rich = g_ascii_strncasecmp (message->type, "RichText", 8) == 0;

  message->kind = kind_of (message->type, media);
  if (message->kind == MSNWEB_MESSAGE_CONTACTS)
    message->text = read_names (content);
  else if (message->kind == MSNWEB_MESSAGE_ACTIVITY)
    message->content = g_strdup (content);
  else if (message->kind == MSNWEB_MESSAGE_TEXT)
    message->text =
        rich ? read_rich (content) : msnp_text_styled (content, format);
}

void
msnweb_message_read_time (MsnwebMessage *message, const char *arrival,
                          gint64 now)
{
  gint64 time = xmpp_time_parse (arrival);
  gint64 id = (gint64)(message->message_id / 1000);

  if (time <= 0 || time > now)
    time = ABS (id - now) < YEAR_SECONDS && id <= now ? id : now;
  message->time = time;
  message->delayed = now - time > OLD_SECONDS;
}

/* The bytes of the first @units units of UTF-16, or 0 if they end inside a
 * character or beyond the text. */
static gsize
prefix_bytes (const char *utf8, guint64 units)
{
  const char *p = utf8;

  while (units > 0 && *p != '\0')
    {
      guint width = g_utf8_get_char (p) > 0xffff ? 2 : 1;

      if (width > units)
        return 0;
      units -= width;
      p = g_utf8_next_char (p);
    }
  return units == 0 ? (gsize)(p - utf8) : 0;
}

/* "Bob waves" with an offset of 4 is "/me waves". */
static void
read_action (MsnwebMessage *message, guint64 units)
{
  g_autoptr (ImText) whole = NULL;
  gsize cut;

  if (units == 0 || message->text == NULL)
    return;
  cut = prefix_bytes (im_text_plain (message->text), units);
  if (cut == 0)
    return;
  whole = g_steal_pointer (&message->text);
  message->text = im_text_new_plain (ACTION);
  for (guint i = 0; i < im_text_n_runs (whole); i++)
    {
      const ImRun *run = im_text_run (whole, i);
      gsize start = MAX (run->start, cut);

      if (start < run->start + run->len)
        im_text_append (message->text, im_text_plain (whole) + start,
                        (gssize)(run->start + run->len - start), &run->style);
    }
}

static gboolean
read_people (const MsnwebLayers *layers, MsnwebMessage *message, GError **error)
{
  const char *from = msnweb_layers_from (layers);

  message->from = msnweb_address_bare (from);
  message->epid = msnweb_address_epid (from);
  message->to = msnweb_address_bare (msnweb_layers_to (layers));
  message->type = g_strdup (msnweb_layers_get (layers, "Message-Type"));
  if (message->from == NULL || message->to == NULL || message->type == NULL)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "a message lacks its sender, recipient or type");
      return FALSE;
    }
  if (msnweb_address_type (message->to) == MSNWEB_TYPE_THREAD)
    message->thread = g_strdup (message->to);
  else if (msnweb_address_type (message->from) == MSNWEB_TYPE_THREAD)
    message->thread = g_strdup (message->from);
  return TRUE;
}

static void
read_numbers (const MsnwebCommand *command, const MsnwebLayers *layers,
              MsnwebMessage *message)
{
  const char *channel =
      msnweb_headers_get (&layers->routing, "Service-Channel");

  message->ack_id = g_strdup (msnweb_message_ack_id (command));
  message->message_id = msnweb_headers_number (&layers->about, "Message-ID");
  if (message->message_id == 0)
    message->message_id =
        msnweb_headers_number (&command->headers, "Message-ID");
  message->client_id =
      msnweb_headers_number (&layers->about, "Client-Message-ID");
  message->name =
      im_charset_tidy_line (msnweb_layers_get (layers, "IM-Display-Name"));
  message->offline =
      channel != NULL && g_ascii_strcasecmp (channel, "IM/Offline") == 0;
}

gboolean
msnweb_message_decode (const MsnwebCommand *command, gint64 now,
                       MsnwebMessage *ret, GError **error)
{
  g_auto (MsnwebLayers) layers = { 0 };
  g_auto (MsnwebMessage) message = { 0 };
  g_autofree char *content = NULL;

  if (!msnweb_layers_decode (&command->body, &layers, error) ||
      !read_people (&layers, &message, error))
    return FALSE;
  read_numbers (command, &layers, &message);
  msnweb_message_read_time (
      &message, msnweb_layers_get (&layers, "Original-Arrival-Time"), now);
  content = msnweb_layers_dup_content (&layers);
  msnweb_message_read_content (&message, content,
                               msnweb_layers_get (&layers, "X-MMS-IM-Format"),
                               msnweb_layers_get (&layers, "Content-Type"));
  read_action (&message,
               msnweb_headers_number (&layers.about, "Skype-EmoteOffset"));
  *ret = message;
  message = (MsnwebMessage){ 0 };
  return TRUE;
}

const char *
msnweb_message_ack_id (const MsnwebCommand *command)
{
  const char *id = msnweb_headers_get (&command->headers, "Ack-Id");

  return id != NULL && *id != '\0' ? id : NULL;
}

static const char *
name_of (const MsnwebSender *sender)
{
  return sender->nick != NULL && *sender->nick != '\0'
             ? sender->nick
             : msnweb_address_id (sender->own);
}

static gboolean
is_action (const ImText *text)
{
  return g_str_has_prefix (im_text_plain (text), ACTION);
}

/* What is said, with the name in front of an action. */
static char *
content_of (const MsnwebSender *sender, const ImText *text)
{
  const char *plain = im_text_plain (text);
  GString *out = g_string_new (NULL);

  if (is_action (text))
    g_string_append_printf (out, "%s %s", name_of (sender),
                            plain + strlen (ACTION));
  else
    g_string_append (out, plain);
  g_string_replace (out, "\n", "\r\n", 0);
  return g_string_free (out, FALSE);
}

static guint64
utf16_length (const char *utf8)
{
  guint64 units = 0;

  for (; *utf8 != '\0'; utf8 = g_utf8_next_char (utf8))
    units += g_utf8_get_char (utf8) > 0xffff ? 2 : 1;
  return units;
}

/* The end of a part that begins at @start: with every line end counted
 * double, it is not too long. */
static gsize
part_end (const char *plain, gsize start, gsize room)
{
  const char *p = plain + start;
  gsize used = 0;

  while (*p != '\0')
    {
      const char *next = g_utf8_next_char (p);

      used += (gsize)(next - p) + (*p == '\n');
      if (used > room)
        break;
      p = next;
    }
  return (gsize)(p - plain);
}

GPtrArray *
msnweb_message_split (const MsnwebSender *sender, const ImText *text)
{
  GPtrArray *parts =
      g_ptr_array_new_with_free_func ((GDestroyNotify)im_text_free);
  const char *plain = im_text_plain (text);
  gsize name = is_action (text) ? MIN (strlen (name_of (sender)) + 1,
                                       (gsize)MSNWEB_MAX_CONTENT / 2)
                                : 0;
  gsize start = 0;

  do
    {
      gsize end = part_end (
          plain, start, (gsize)MSNWEB_MAX_CONTENT - (start == 0 ? name : 0));

      g_ptr_array_add (parts, im_text_slice (text, start, end));
      start = end;
    }
  while (plain[start] != '\0');
  return parts;
}

static GString *
begin (const MsnwebSender *sender, const char *to)
{
  g_autofree char *from = msnweb_address_at (sender->own, sender->epid);

  return msnweb_layers_begin (to, from, "Messaging: 2.0");
}

static MsnwebRequest
end (GString *out, const char *content)
{
  return msnweb_request_take ("SDG", "MSGR", msnweb_layers_end (out, content));
}

MsnwebRequest
msnweb_message_encode_text (const MsnwebSender *sender, const char *to,
                            guint64 client_id, const ImText *text)
{
  g_autofree char *content = content_of (sender, text);
  g_autofree char *format = msnp_text_format (text);
  GString *out = begin (sender, to);

  msnweb_headers_add_number (out, "Client-Message-ID", client_id);
  msnweb_headers_add (out, "Message-Type", "Text");
  msnweb_headers_add (out, "IM-Display-Name", name_of (sender));
  msnweb_layers_add_content (out, TEXT_TYPE, content);
  msnweb_headers_add (out, "X-MMS-IM-Format", format);
  if (is_action (text))
    msnweb_headers_add_number (out, "Skype-EmoteOffset",
                               utf16_length (name_of (sender)) + 1);
  return end (out, content);
}

MsnwebRequest
msnweb_message_encode_typing (const MsnwebSender *sender, const char *to,
                              gboolean typing)
{
  GString *out = begin (sender, to);

  msnweb_headers_add (out, "Message-Type",
                      typing ? "Control/Typing" : "Control/ClearTyping");
  msnweb_layers_add_content (out, "Application/Message", "");
  return end (out, "");
}

MsnwebRequest
msnweb_message_encode_nudge (const MsnwebSender *sender, const char *to,
                             guint64 client_id)
{
  static const char content[] = "\r\n";
  GString *out = begin (sender, to);

  msnweb_headers_add_number (out, "Client-Message-ID", client_id);
  msnweb_headers_add (out, "Message-Type", "Nudge");
  msnweb_layers_add_content (out, "text/x-msnmsgr-datacast", content);
  return end (out, content);
}
