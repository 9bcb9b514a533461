#include "msnp-oim.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "msnp-encoded.h"
#include "msnp-mime.h"
#include "msnp-param.h"
#include "msnp-xml.h"

#define RSI "http://www.hotmail.msn.com/ws/2004/09/oim/rsi"
#define OIM "http://messenger.msn.com/ws/2004/09/oim/"
#define STORE "http://messenger.live.com/ws/2006/09/oim/Store2"

/* As MIME has it, and what Escargot insists on. */
#define BASE64_LINE 76

/* Bytes of our name that fit into one encoded word. */
#define MAX_NICK 48

static void
clear_entry (gpointer data)
{
  MsnpOimEntry *entry = data;

  g_free (entry->id);
  g_free (entry->from);
  g_free (entry->nick);
}

void
msnp_waiting_clear (MsnpWaiting *self)
{
  g_clear_pointer (&self->messages, g_array_unref);
}

static char *
dup_address (const char *text)
{
  g_auto (MsnpHandle) handle = { NULL };

  if (!msnp_handle_decode (im_word (text), &handle, NULL))
    return NULL;
  return g_steal_pointer (&handle.address);
}

/* An encoded word, or NULL for nothing. */
static char *
dup_nick (const char *text)
{
  g_autofree char *nick = msnp_encoded_decode (text);

  g_strstrip (nick);
  return *nick != '\0' ? g_steal_pointer (&nick) : NULL;
}

static gint64
read_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

static guint
read_count (const XmlNode *node, const char *path)
{
  guint64 count = 0;

  im_word_number (im_word (xml_node_child_text (node, path)), G_MAXINT, &count,
                  NULL);
  return (guint)count;
}

static void
read_entry (const XmlNode *node, GArray *entries)
{
  const char *id = xml_node_child_text (node, "I");
  MsnpOimEntry entry = { NULL };

  if (*id == '\0' || strlen (id) > IM_MAX_MSNP_WORD ||
      entries->len == IM_MAX_MSNP_OIMS)
    return;
  entry.from = dup_address (xml_node_child_text (node, "E"));
  if (entry.from == NULL)
    return;
  entry.id = g_strdup (id);
  entry.nick = dup_nick (xml_node_child_text (node, "N"));
  entry.time = read_time (xml_node_child_text (node, "RT"));
  g_array_append_val (entries, entry);
}

static gint
by_time (gconstpointer a, gconstpointer b)
{
  gint64 first = ((const MsnpOimEntry *)a)->time;
  gint64 second = ((const MsnpOimEntry *)b)->time;

  return (first > second) - (first < second);
}

static MsnpWaiting
new_waiting (void)
{
  MsnpWaiting waiting = {
    .messages = g_array_new (FALSE, TRUE, sizeof (MsnpOimEntry)),
  };

  g_array_set_clear_func (waiting.messages, clear_entry);
  return waiting;
}

static void
read_waiting (const XmlNode *data, MsnpWaiting *ret)
{
  *ret = new_waiting ();
  ret->inbox = read_count (data, "E/IU");
  ret->folders = read_count (data, "E/OU");
  for (const XmlNode *node = xml_node_first (data, "M"); xml_node_exists (node);
       node = xml_node_next (node, "M"))
    read_entry (node, ret->messages);
  g_array_sort (ret->messages, by_time);
}

gboolean
msnp_oim_decode_waiting (const char *data, MsnpWaiting *ret, GError **error)
{
  g_autoptr (XmlTree) tree = NULL;

  if (strncmp (data, "too-large", strlen ("too-large")) == 0)
    {
      *ret = new_waiting ();
      ret->too_large = TRUE;
      return TRUE;
    }
  tree = xml_tree_parse (data, strlen (data), error);
  if (tree == NULL)
    return FALSE;
  read_waiting (xml_tree_root (tree), ret);
  return TRUE;
}

void
msnp_oim_request_clear (MsnpOimRequest *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
}

static void
open_envelope (GString *out)
{
  g_string_append (
      out,
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
      "<soap:Envelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
      " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
      " xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">"
      "<soap:Header>");
}

/* The two halves of "t=...&p=...", as text; the first one first, which is all
 * that Escargot looks at. */
static void
add_cookie (GString *out, const ImSecret *ticket)
{
  const char *text = im_secret_peek (ticket);
  const char *profile;
  g_autoptr (ImSecret) first = NULL;

  if (g_str_has_prefix (text, "t="))
    text += 2;
  profile = strstr (text, "&p=");
  first = im_secret_new_take (profile != NULL
                                  ? g_strndup (text, (gsize)(profile - text))
                                  : g_strdup (text));
  g_string_append (out, "<PassportCookie xmlns=\"" RSI "\">");
  msnp_xml_element (out, "t", im_secret_peek (first));
  msnp_xml_element (out, "p", profile != NULL ? profile + 3 : "");
  g_string_append (out, "</PassportCookie></soap:Header><soap:Body>");
}

/* @inside must not be empty, or Escargot fails. */
static void
make (const ImSecret *ticket, const char *action, const char *inside,
      MsnpOimRequest *ret)
{
  const char *name = strrchr (action, '/') + 1;
  const char *secret = im_secret_peek (ticket);
  GString *out = msnp_xml_with_room (2048 + strlen (inside), &secret, 1);

  open_envelope (out);
  add_cookie (out, ticket);
  g_string_append_printf (out, "<%s xmlns=\"" RSI "\">%s</%s>", name, inside,
                          name);
  g_string_append (out, "</soap:Body></soap:Envelope>");
  *ret = (MsnpOimRequest){ action, msnp_xml_finish_secret (out) };
}

void
msnp_oim_list (const ImSecret *ticket, MsnpOimRequest *ret)
{
  make (ticket, RSI "/GetMetadata", "<x/>", ret);
}

void
msnp_oim_fetch (const ImSecret *ticket, const char *id, MsnpOimRequest *ret)
{
  g_autoptr (GString) inside = g_string_new (NULL);

  msnp_xml_element (inside, "messageId", id);
  msnp_xml_element (inside, "alsoMarkAsRead", "false");
  make (ticket, RSI "/GetMessage", inside->str, ret);
}

void
msnp_oim_delete (const ImSecret *ticket, const char *const *ids, guint n_ids,
                 MsnpOimRequest *ret)
{
  g_autoptr (GString) inside = g_string_new ("<messageIds>");

  for (guint i = 0; i < n_ids; i++)
    msnp_xml_element (inside, "messageId", ids[i]);
  g_string_append (inside, "</messageIds>");
  make (ticket, RSI "/DeleteMessages", inside->str, ret);
}

static gboolean
malformed (GError **error, const char *why)
{
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED, why);
  return FALSE;
}

static XmlTree *
parse (GBytes *body, GError **error)
{
  gsize len;
  const void *data = g_bytes_get_data (body, &len);

  return xml_tree_parse (data, len, error);
}

/* Elements in the answer, or, as Escargot has it, text that is XML again. */
gboolean
msnp_oim_decode_list (GBytes *body, MsnpWaiting *ret, GError **error)
{
  g_autoptr (XmlTree) tree = parse (body, error);
  const XmlNode *answer;
  const XmlNode *data;

  if (tree == NULL)
    return FALSE;
  answer = xml_node_find (xml_tree_root (tree), "GetMetadataResponse");
  if (!xml_node_exists (answer))
    return malformed (error, "the service does not say what waits");
  data = xml_node_find (answer, "MD");
  if (!xml_node_exists (data))
    return msnp_oim_decode_waiting (xml_node_text (answer), ret, error);
  read_waiting (data, ret);
  return TRUE;
}

void
msnp_oim_message_clear (MsnpOimMessage *self)
{
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->run, g_free);
}

/* "Name <address>", or the address alone. */
static void
read_from (const char *value, MsnpOimMessage *ret)
{
  const char *open = strrchr (value, '<');
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;

  if (open == NULL)
    {
      ret->from = dup_address (value);
      return;
    }
  address = g_strndup (open + 1, strcspn (open + 1, ">"));
  name = g_strndup (value, (gsize)(open - value));
  ret->from = dup_address (address);
  ret->nick = dup_nick (name);
}

/* A month by the first letters of its English name, counted from 1. */
static int
month_of (const char *word)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

  for (int i = 0; i < 12; i++)
    if (g_ascii_strncasecmp (word, names + 3 * i, 3) == 0)
      return i + 1;
  return 0;
}

static guint
number_of (const char *word)
{
  guint64 number = G_MAXUINT;

  im_word_number (im_word (word), 9999, &number, NULL);
  return (guint)number;
}

/* "+0130" as seconds; anything else is UTC. */
static gint64
zone_of (const char *word)
{
  guint number = *word != '\0' ? number_of (word + 1) : G_MAXUINT;
  gint64 seconds = (gint64)(number / 100) * 3600 + number % 100 * 60;

  if (number > 9999 || (*word != '+' && *word != '-'))
    return 0;
  return *word == '-' ? -seconds : seconds;
}

/* "[Sun,] 22 Nov 2026 02:11:44[.0000] zone", as in RFC 5322. */
static gint64
read_mail_time (const char *value)
{
  const char *comma = strchr (value, ',');
  const char *start = comma != NULL ? comma + 1 : value;
  g_auto (GStrv) words = g_strsplit_set (start + strspn (start, " "), " :", 8);
  g_autoptr (GDateTime) time = NULL;

  if (g_strv_length (words) < 6)
    return 0;
  words[5][strcspn (words[5], ".")] = '\0';
  time = g_date_time_new_utc (
      (int)MIN (number_of (words[2]), 9999), month_of (words[1]),
      (int)MIN (number_of (words[0]), 99), (int)MIN (number_of (words[3]), 99),
      (int)MIN (number_of (words[4]), 99), MIN (number_of (words[5]), 99));
  if (time == NULL)
    return 0;
  return g_date_time_to_unix (time) -
         zone_of (words[6] != NULL ? words[6] : "");
}

/* The server's clock rather than the sender's. */
static gint64
time_of (const MsnpMime *mime)
{
  static const char *const names[] = { "X-OriginalArrivalTime", "Date" };
  gint64 time = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names) && time == 0; i++)
    {
      const char *value = msnp_mime_get (mime, names[i]);

      if (value != NULL)
        time = read_mail_time (value);
    }
  return time;
}

static char *
dup_text (const MsnpMime *mime)
{
  const char *encoding = msnp_mime_get (mime, "Content-Transfer-Encoding");
  MsnpMime decoded = *mime;
  g_autofree guchar *raw = NULL;
  g_autofree char *body = NULL;
  gsize len;

  if (encoding == NULL || g_ascii_strcasecmp (encoding, "base64") != 0)
    return msnp_mime_dup_body (mime);
  body = im_reader_dup_string (&decoded.body);
  raw = g_base64_decode (body, &len);
  im_reader_init (&decoded.body, raw, len);
  return msnp_mime_dup_body (&decoded);
}

static guint
sequence_of (const MsnpMime *mime)
{
  const char *value = msnp_mime_get (mime, "X-OIM-Sequence-Num");
  guint64 number = 0;

  if (value != NULL)
    im_word_number (im_word (value), G_MAXINT, &number, NULL);
  return (guint)number;
}

static char *
dup_run (const MsnpMime *mime)
{
  const char *run = msnp_mime_get (mime, "X-OIM-Run-Id");

  return run != NULL && strlen (run) <= IM_MAX_MSNP_WORD
             ? g_ascii_strdown (run, -1)
             : NULL;
}

gboolean
msnp_oim_decode_message (GBytes *body, MsnpOimMessage *ret, GError **error)
{
  g_autoptr (XmlTree) tree = parse (body, error);
  g_auto (MsnpOimMessage) message = { NULL };
  g_auto (MsnpMime) mime = { NULL };
  const char *text;
  const char *from;
  ImReader reader;

  if (tree == NULL)
    return FALSE;
  text =
      xml_node_text (xml_node_find (xml_tree_root (tree), "GetMessageResult"));
  im_reader_init (&reader, text, strlen (text));
  if (!msnp_mime_decode (&reader, &mime, error))
    return FALSE;
  from = msnp_mime_get (&mime, "From");
  if (from != NULL)
    read_from (from, &message);
  if (message.from == NULL)
    return malformed (error, "an offline message comes from nobody");
  message.text = dup_text (&mime);
  message.time = time_of (&mime);
  message.run = dup_run (&mime);
  message.sequence = sequence_of (&mime);
  *ret = message;
  message = (MsnpOimMessage){ NULL };
  return TRUE;
}

static void
add_attribute (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, " %s=\"", name);
  msnp_xml_text (out, value);
  g_string_append_c (out, '"');
}

static void
add_sender (GString *out, const MsnpOimStore *store)
{
  g_autofree char *nick = msnp_encoded_encode (store->nick, MAX_NICK);
  char version[16];

  g_snprintf (version, sizeof version, "MSNP%u", store->version);
  g_string_append (out, "<From");
  add_attribute (out, "memberName", store->from);
  add_attribute (out, "friendlyName", nick);
  g_string_append (out,
                   " xml:lang=\"en-US\" proxy=\"MSNMSGR\" xmlns=\"" OIM "\"");
  add_attribute (out, "msnpVer", version);
  g_string_append (out, " buildVer=\"8.5.1288\"/><To");
  add_attribute (out, "memberName", store->to);
  g_string_append (out, " xmlns=\"" OIM "\"/><Ticket");
  add_attribute (out, "passport", im_secret_peek (store->ticket));
  add_attribute (out, "appid", store->product);
  add_attribute (out, "lockkey", store->lock_key);
  g_string_append_printf (
      out,
      " xmlns=\"" OIM "\"/>"
      "<Sequence xmlns=\"http://schemas.xmlsoap.org/ws/2003/03/rm\">"
      "<Identifier xmlns=\"http://schemas.xmlsoap.org/ws/2002/07/utility\">"
      "http://messenger.msn.com</Identifier>"
      "<MessageNumber>%u</MessageNumber></Sequence>",
      store->sequence);
}

/* Lines of MIME end in CR LF, those of the text too. */
static char *
encode_text (const char *text)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *base64 = NULL;
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (*text == '\n')
      g_string_append (lines, "\r\n");
    else if (*text != '\r')
      g_string_append_c (lines, *text);
  base64 = g_base64_encode ((const guchar *)lines->str, lines->len);
  for (const char *p = base64; *p != '\0';)
    {
      gsize len = MIN (strlen (p), BASE64_LINE);

      g_string_append_len (out, p, (gssize)len);
      p += len;
      if (*p != '\0')
        g_string_append (out, "\r\n");
    }
  return g_string_free (out, FALSE);
}

static void
add_content (GString *out, const MsnpOimStore *store, const char *base64)
{
  g_string_append (out, "</soap:Header><soap:Body>"
                        "<MessageType xmlns=\"" OIM "\">text</MessageType>"
                        "<Content xmlns=\"" OIM "\">"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=UTF-8\r\n"
                        "Content-Transfer-Encoding: base64\r\n"
                        "X-OIM-Message-Type: OfflineMessage\r\n"
                        "X-OIM-Run-Id: ");
  msnp_xml_text (out, store->run);
  g_string_append_printf (out,
                          "\r\nX-OIM-Sequence-Num: %u\r\n\r\n%s"
                          "</Content></soap:Body></soap:Envelope>",
                          store->sequence, base64);
}

void
msnp_oim_store (const MsnpOimStore *store, MsnpOimRequest *ret)
{
  g_autofree char *base64 = encode_text (store->text);
  const char *texts[] = { im_secret_peek (store->ticket),
                          store->from,
                          store->to,
                          store->product,
                          store->run,
                          store->lock_key };
  GString *out =
      msnp_xml_with_room (4096 + strlen (base64), texts, G_N_ELEMENTS (texts));

  open_envelope (out);
  add_sender (out, store);
  add_content (out, store, base64);
  *ret = (MsnpOimRequest){ STORE, msnp_xml_finish_secret (out) };
}

void
msnp_oim_stored_clear (MsnpOimStored *self)
{
  msnp_soap_reply_clear (&self->reply);
  g_clear_pointer (&self->lock, g_free);
}

/* What is answered has to be a word. */
static char *
dup_lock (const XmlNode *root)
{
  g_autofree char *lock =
      g_strdup (xml_node_text (xml_node_find (root, "LockKeyChallenge")));

  g_strstrip (lock);
  if (*lock == '\0' || strlen (lock) > IM_MAX_MSNP_CHALLENGE)
    return NULL;
  for (const char *p = lock; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return NULL;
  return g_steal_pointer (&lock);
}

gboolean
msnp_oim_decode_stored (GBytes *body, MsnpOimStored *ret, GError **error)
{
  g_autoptr (XmlTree) tree = NULL;
  MsnpSoapReply reply;
  const XmlNode *root;

  if (!msnp_soap_decode (body, &reply, error))
    return FALSE;
  *ret = (MsnpOimStored){ .reply = reply };
  if (reply.fault == NULL)
    return TRUE;
  tree = parse (body, NULL);
  root = xml_tree_root (tree);
  ret->lock = dup_lock (root);
  ret->new_ticket =
      xml_node_exists (xml_node_find (root, "TweenerChallenge")) ||
      xml_node_exists (xml_node_find (root, "RequiredAuthPolicy"));
  return TRUE;
}
