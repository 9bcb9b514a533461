#include "msnp-presence.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "xml-tree.h"

/* Values of what is playing: the format names them by one digit. */
#define MAX_MEDIA_VALUES 10

static const char *const status_words[] = {
  [MSNP_STATUS_ONLINE] = "NLN",  [MSNP_STATUS_BUSY] = "BSY",
  [MSNP_STATUS_IDLE] = "IDL",    [MSNP_STATUS_RIGHT_BACK] = "BRB",
  [MSNP_STATUS_AWAY] = "AWY",    [MSNP_STATUS_PHONE] = "PHN",
  [MSNP_STATUS_LUNCH] = "LUN",   [MSNP_STATUS_HIDDEN] = "HDN",
  [MSNP_STATUS_OFFLINE] = "FLN",
};

gboolean
msnp_status_decode (ImWord word, MsnpStatus *ret)
{
  for (guint i = 0; i < G_N_ELEMENTS (status_words); i++)
    if (im_word_is (word, status_words[i]))
      {
        *ret = (MsnpStatus)i;
        return TRUE;
      }
  return FALSE;
}

const char *
msnp_status_word (MsnpStatus status)
{
  return status_words[status];
}

void
msnp_presence_clear (MsnpPresence *self)
{
  msnp_handle_clear (&self->handle);
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->object, g_free);
}

/* "123" or "123:456". */
static gboolean
read_caps (ImWord word, guint32 *ret_caps, guint32 *ret_extended)
{
  guint64 extended = 0;
  guint64 caps;
  ImWord first;

  if (im_word_cut (&word, ':', &first) &&
      !im_word_number (word, G_MAXUINT32, &extended, NULL))
    return FALSE;
  if (!im_word_number (first, G_MAXUINT32, &caps, NULL))
    return FALSE;
  *ret_caps = (guint32)caps;
  *ret_extended = (guint32)extended;
  return TRUE;
}

static gboolean
is_object (ImWord word)
{
  return im_word_starts (word, "%3C") || im_word_starts (word, "%3c") ||
         im_word_starts (word, "<msnobj") || im_word_is (word, "0");
}

static char *
dup_object (ImWord word)
{
  g_autofree char *raw = im_word_dup (word);
  char *object = g_uri_unescape_string (raw, NULL);

  /* An object without a maker is Escargot's way to say none. */
  if (object != NULL && strstr (object, "Creator") == NULL)
    g_clear_pointer (&object, g_free);
  return object;
}

/* Which words may follow a handle, in a version. */
typedef struct
{
  gboolean network;
  gboolean caps;
} Tail;

/* What follows the handle, from its end: what is at a place depends on what
 * else is there. */
static void
read_tail (const MsnpCommand *command, guint first, Tail tail,
           MsnpPresence *ret)
{
  const ImWord *words = command->params;
  guint end = command->n_params;
  guint64 network;

  if (tail.network && end > first && ret->handle.network == MSNP_NETWORK_NONE &&
      im_word_number (words[first], G_MAXUINT16, &network, NULL))
    {
      ret->handle.network = (guint)network;
      first++;
    }
  if (tail.caps && end > first + 1 && im_word_starts (words[end - 1], "http"))
    end--;
  if (tail.caps && end > first + 1 && is_object (words[end - 1]) &&
      read_caps (words[end - 2], &ret->caps, &ret->extended))
    ret->object = dup_object (words[--end]);
  if (tail.caps && end > first &&
      read_caps (words[end - 1], &ret->caps, &ret->extended))
    {
      ret->has_caps = TRUE;
      end--;
    }
  if (end > first)
    ret->nick = msnp_param_dup_text (words[first]);
}

static gboolean
read_offline (const MsnpCommand *command, MsnpPresence *ret, GError **error)
{
  guint64 network;
  guint next = 1;

  if (!msnp_handle_decode (msnp_command_param (command, 0), &ret->handle,
                           error))
    return FALSE;
  if (ret->handle.network == MSNP_NETWORK_NONE &&
      im_word_number (msnp_command_param (command, 1), G_MAXUINT16, &network,
                      NULL))
    {
      ret->handle.network = (guint)network;
      next = 2;
    }
  ret->has_caps = read_caps (msnp_command_param (command, next), &ret->caps,
                             &ret->extended);
  ret->status = MSNP_STATUS_OFFLINE;
  return TRUE;
}

gboolean
msnp_presence_decode (const MsnpCommand *command, guint version,
                      MsnpPresence *ret, GError **error)
{
  const Tail tail = { version >= 14, version >= 8 };
  MsnpPresence presence = { { NULL } };

  if (msnp_command_is (command, "FLN"))
    {
      if (!read_offline (command, &presence, error))
        return FALSE;
      *ret = presence;
      return TRUE;
    }
  if (!msnp_handle_decode (msnp_command_param (command, 1), &presence.handle,
                           error))
    return FALSE;
  if (!msnp_status_decode (command->params[0], &presence.status))
    presence.status = MSNP_STATUS_ONLINE;
  presence.initial = msnp_command_is (command, "ILN");
  read_tail (command, 2, tail, &presence);
  *ret = presence;
  return TRUE;
}

gboolean
msnp_presence_decode_member (const MsnpCommand *command, guint version,
                             MsnpPresence *ret, GError **error)
{
  const Tail tail = { FALSE, version >= 12 };
  MsnpPresence presence = { { NULL } };
  /* An IRO counts first: which of how many. */
  guint first = msnp_command_is (command, "IRO") ? 2 : 0;

  if (!msnp_handle_decode (msnp_command_param (command, first),
                           &presence.handle, error))
    return FALSE;
  read_tail (command, first + 1, tail, &presence);
  *ret = presence;
  return TRUE;
}

void
msnp_presence_encode (ImWriter *writer, guint32 trid, guint version,
                      MsnpStatus status, guint32 caps, guint32 extended,
                      const char *object)
{
  msnp_open (writer, "CHG", trid);
  msnp_add (writer, msnp_status_word (status));
  if (version >= 16)
    {
      g_autofree char *both = g_strdup_printf ("%u:%u", caps, extended);

      msnp_add (writer, both);
    }
  else if (version >= 8)
    msnp_add_number (writer, caps);
  if (version >= 9 && object != NULL)
    {
      g_autofree char *escaped = g_uri_escape_string (object, NULL, FALSE);

      msnp_add (writer, escaped);
    }
  msnp_close (writer);
}

static void
endpoint_clear (gpointer data)
{
  MsnpEndpoint *endpoint = data;

  g_free (endpoint->id);
  g_free (endpoint->name);
}

void
msnp_extra_clear (MsnpExtra *self)
{
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->media, g_free);
  g_clear_pointer (&self->endpoints, g_array_unref);
}

static char *
dup_line (const char *text)
{
  char *line = im_charset_to_utf8 ((const guint8 *)text, strlen (text), "UTF-8",
                                   "ISO-8859-1");

  g_strdelimit (line, "\n\t", ' ');
  if (strlen (line) > IM_MAX_PROFILE_TEXT)
    *g_utf8_find_prev_char (line, line + IM_MAX_PROFILE_TEXT + 1) = '\0';
  if (*line == '\0')
    g_clear_pointer (&line, g_free);
  return line;
}

static char *
dup_endpoint_id (const char *id)
{
  g_autofree char *line = dup_line (id);

  return line != NULL ? g_ascii_strdown (line, -1) : NULL;
}

static MsnpEndpoint *
find_endpoint (MsnpExtra *extra, const char *id)
{
  MsnpEndpoint endpoint = { NULL };

  for (guint i = 0; extra->endpoints != NULL && i < extra->endpoints->len; i++)
    if (g_ascii_strcasecmp (
            g_array_index (extra->endpoints, MsnpEndpoint, i).id, id) == 0)
      return &g_array_index (extra->endpoints, MsnpEndpoint, i);
  if (extra->endpoints == NULL)
    {
      extra->endpoints = g_array_new (FALSE, TRUE, sizeof (MsnpEndpoint));
      g_array_set_clear_func (extra->endpoints, endpoint_clear);
    }
  if (extra->endpoints->len == IM_MAX_MSNP_ENDPOINTS)
    return NULL;
  endpoint.id = dup_endpoint_id (id);
  if (endpoint.id == NULL)
    return NULL;
  g_array_append_val (extra->endpoints, endpoint);
  return &g_array_index (extra->endpoints, MsnpEndpoint,
                         extra->endpoints->len - 1);
}

static void
read_endpoint (const XmlNode *node, MsnpExtra *ret)
{
  const char *id = xml_node_attribute (node, "id");
  MsnpEndpoint *endpoint = id != NULL ? find_endpoint (ret, id) : NULL;
  const char *caps = xml_node_child_text (node, "Capabilities");

  if (endpoint == NULL)
    return;
  read_caps (im_word (caps), &endpoint->caps, &endpoint->extended);
  if (xml_node_exists (xml_node_child (node, "EpName")))
    {
      g_free (endpoint->name);
      endpoint->name = dup_line (xml_node_child_text (node, "EpName"));
    }
}

static void
read_tree (const XmlNode *data, MsnpExtra *ret)
{
  g_autofree char *media =
      msnp_media_decode (xml_node_child_text (data, "CurrentMedia"));

  ret->message = dup_line (xml_node_child_text (data, "PSM"));
  ret->media = media != NULL ? dup_line (media) : NULL;
  for (const XmlNode *node = xml_node_first (data, NULL);
       xml_node_exists (node); node = xml_node_next (node, NULL))
    if (g_str_has_suffix (xml_node_name (node), "EndpointData"))
      read_endpoint (node, ret);
}

/* What stands between two tags, its entities resolved where they are any. */
static char *
cut_element (const char *text, const char *name)
{
  g_autofree char *opening = g_strdup_printf ("<%s>", name);
  g_autofree char *closing = g_strdup_printf ("</%s>", name);
  const char *start = strstr (text, opening);
  const char *end;
  GString *inner;

  if (start == NULL)
    return NULL;
  start += strlen (opening);
  end = strstr (start, closing);
  if (end == NULL)
    return NULL;
  inner = g_string_new_len (start, end - start);
  g_string_replace (inner, "&lt;", "<", 0);
  g_string_replace (inner, "&gt;", ">", 0);
  g_string_replace (inner, "&quot;", "\"", 0);
  g_string_replace (inner, "&apos;", "'", 0);
  g_string_replace (inner, "&#x26;", "&", 0);
  g_string_replace (inner, "&amp;", "&", 0);
  return g_string_free (inner, FALSE);
}

static void
read_broken (const ImReader *payload, MsnpExtra *ret)
{
  g_autofree char *text =
      g_strndup ((const char *)payload->pos, im_reader_left (payload));
  g_autofree char *message = cut_element (text, "PSM");
  g_autofree char *playing = cut_element (text, "CurrentMedia");
  g_autofree char *media = playing != NULL ? msnp_media_decode (playing) : NULL;

  ret->message = message != NULL ? dup_line (message) : NULL;
  ret->media = media != NULL ? dup_line (media) : NULL;
}

void
msnp_extra_decode (const ImReader *payload, MsnpExtra *ret)
{
  g_autoptr (XmlTree) tree = NULL;

  *ret = (MsnpExtra){ NULL };
  if (im_reader_left (payload) == 0)
    return;
  tree = xml_tree_parse (payload->pos, im_reader_left (payload), NULL);
  if (tree != NULL)
    read_tree (xml_tree_root (tree), ret);
  else
    read_broken (payload, ret);
}

static char *
escape_what_fits (const char *text)
{
  g_autoptr (GString) kept = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((c >= 0x20 || c == '\t' || c == '\n') && c != 0xfffe && c != 0xffff)
        g_string_append_unichar (kept, c);
    }
  return g_markup_escape_text (kept->str, (gssize)kept->len);
}

static void
add_element (GString *out, const char *name, const char *text)
{
  g_autofree char *escaped = escape_what_fits (text != NULL ? text : "");

  g_string_append_printf (out, "<%s>%s</%s>", name, escaped, name);
}

char *
msnp_extra_encode (const char *message, const char *media, const char *machine)
{
  GString *out = g_string_new ("<Data>");

  add_element (out, "PSM", message);
  add_element (out, "CurrentMedia", media);
  if (machine != NULL)
    add_element (out, "MachineGuid", machine);
  g_string_append (out, "</Data>");
  return g_string_free (out, FALSE);
}

char *
msnp_extra_encode_endpoint (guint32 caps, guint32 extended)
{
  return g_strdup_printf ("<EndpointData><Capabilities>%u:%u</Capabilities>"
                          "</EndpointData>",
                          caps, extended);
}

char *
msnp_extra_encode_private (const char *name, gboolean idle, MsnpStatus status)
{
  GString *out = g_string_new ("<PrivateEndpointData>");

  add_element (out, "EpName", name);
  add_element (out, "Idle", idle ? "true" : "false");
  add_element (out, "ClientType", "1");
  add_element (out, "State", msnp_status_word (status));
  g_string_append (out, "</PrivateEndpointData>");
  return g_string_free (out, FALSE);
}

char *
msnp_media_encode (const char *title, const char *artist, const char *album)
{
  return g_strdup_printf ("\\0Music\\01\\0{0} - {1}\\0%s\\0%s\\0%s\\0\\0",
                          title, artist, album);
}

/* The format with {0}, {1} ... replaced; what is not there is left out. */
static char *
fill_in (const char *format, char **values)
{
  GString *out = g_string_new (NULL);
  guint n_values = MIN (g_strv_length (values), MAX_MEDIA_VALUES);

  for (const char *p = format; *p != '\0'; p++)
    if (p[0] == '{' && g_ascii_isdigit (p[1]) && p[2] == '}')
      {
        guint n = (guint)(p[1] - '0');

        if (n < n_values)
          g_string_append (out, values[n]);
        p += 2;
      }
    else
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

char *
msnp_media_decode (const char *text)
{
  /* Application, type, whether, format, ten values, and the rest. */
  g_auto (GStrv) fields = g_strsplit (text, "\\0", 4 + MAX_MEDIA_VALUES + 1);

  if (g_strv_length (fields) < 4 || strcmp (fields[2], "1") != 0)
    return NULL;
  return fill_in (fields[3], fields + 4);
}
