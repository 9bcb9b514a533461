/* Files for others (XEP-0363): the server gives a place to put one, where it
 * can be fetched from then, and that is told to whom it is for.
 *
 *   gtalk_session_send_file ()
 *     ask_slot ()  IQ ─►
 *       on_slot ()  ◄─ two addresses
 *         HTTP PUT ─►
 *           on_put ()  ◄─ 201
 *             the message with the address
 *
 * A connection that breaks gets one more try, in a new slot. */

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-errors.h"
#include "gtalk-messages.h"
#include "gtalk-parts.h"
#include "gtalk-rooms.h"

#define NS_UPLOAD "urn:xmpp:http:upload:0"
#define TRIES 2

/* Headers a slot may ask us to send; any other would let the server have us
 * say what we do not know. */
static const char *const forwarded[] = { "Authorization", "Cookie",
                                         "Expires" };

/**
 * Upload:
 * @file: what the caller wants; strings owned
 * @unreadable: its bytes could not be had
 * @tries: how often it was tried
 * @put: (nullable): where it goes
 * @get: (nullable): and where it will be
 * @headers: (nullable): what to send with it
 * @http: (nullable): the request under way
 */
typedef struct
{
  GtalkSession *session;
  GtalkFile file;
  gboolean unreadable;
  guint tries;
  char *put;
  char *get;
  char **headers;
  ImHttp *http;
} Upload;

/** @all: (element-type Upload): those under way */
struct _GtalkUploads
{
  GPtrArray *all;
};

static void
forget_slot (Upload *upload)
{
  g_clear_pointer (&upload->put, g_free);
  g_clear_pointer (&upload->get, g_free);
  g_clear_pointer (&upload->headers, g_strfreev);
}

static void
upload_free (gpointer data)
{
  Upload *upload = data;
  ImHost *host = upload->session->host;

  if (upload->http != NULL)
    host->ops->http_cancel (host, upload->http);
  forget_slot (upload);
  g_free ((char *) upload->file.to);
  g_free ((char *) upload->file.name);
  g_free (upload);
}

static Upload *
find_upload (GtalkSession *session, guint id)
{
  GPtrArray *all = session->uploads->all;

  for (guint i = 0; i < all->len; i++)
    if (((Upload *) all->pdata[i])->file.id == id)
      return all->pdata[i];
  return NULL;
}

/* --- telling ---------------------------------------------------------------- */

static void
tell (GtalkSession *session, const ImEventTransfer *transfer)
{
  const ImEvent event = { .type = IM_EVENT_TRANSFER, .transfer = *transfer };

  gtalk_session_emit (session, &event);
}

static void
tell_failed (GtalkSession *session, guint id, ImUnsent reason, guint64 limit,
             guint code)
{
  const ImEventTransfer failed = { .id = id,
                                   .state = IM_TRANSFER_FAILED,
                                   .reason = reason,
                                   .limit = limit,
                                   .code = code };

  tell (session, &failed);
}

/* Ends it: nobody reads from its source any more. */
static void
fail (Upload *upload, ImUnsent reason, guint64 limit, guint code)
{
  GtalkSession *session = upload->session;
  guint id = upload->file.id;

  g_ptr_array_remove (session->uploads->all, upload);
  tell_failed (session, id, reason, limit, code);
}

/* Whom it is for learns where it is; we see in the conversation what they
 * do. Rooms say everything back. */
static void
announce (GtalkSession *session, const char *to, guint chat, const char *url)
{
  g_autoptr (ImText) text = im_text_new ();
  ImStyle style = IM_STYLE_INIT;
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  style.link = url;
  im_text_append (text, url, -1, &style);
  if (chat != 0)
    {
      gtalk_room_talk_file (session, chat, text);
      return;
    }
  event.message = (ImEventMessage){
    .from = to, .text = text, .flags = IM_MESSAGE_OWN
  };
  gtalk_session_emit (session, &event);
  if (!session->gone)
    gtalk_messages_send (session, to, text, TRUE);
}

static void
finish (Upload *upload)
{
  GtalkSession *session = upload->session;
  g_autofree char *url = g_steal_pointer (&upload->get);
  g_autofree char *to = g_strdup (upload->file.to);
  guint chat = upload->file.chat;
  const ImEventTransfer done = { .id = upload->file.id,
                                 .state = IM_TRANSFER_DONE,
                                 .done = upload->file.source.size,
                                 .size = upload->file.source.size,
                                 .url = url };

  g_ptr_array_remove (session->uploads->all, upload);
  tell (session, &done);
  if (!session->gone)
    announce (session, to, chat, url);
}

/* --- the file ---------------------------------------------------------------- */

static void ask_slot (Upload *upload);

static gssize
read_file (gpointer user, void *buffer, gsize len)
{
  Upload *upload = user;
  const ImHttpSource *source = &upload->file.source;
  gssize got = source->read (source->user, buffer, len);

  if (got <= 0)
    upload->unreadable = TRUE;
  return got;
}

static gboolean
rewind_file (gpointer user)
{
  Upload *upload = user;
  const ImHttpSource *source = &upload->file.source;

  upload->unreadable = !source->rewind (source->user);
  return !upload->unreadable;
}

static void
on_moved (gpointer user, guint64 bytes)
{
  Upload *upload = user;
  const ImEventTransfer moving = { .id = upload->file.id,
                                   .state = IM_TRANSFER_MOVING,
                                   .done = bytes,
                                   .size = upload->file.source.size };

  tell (upload->session, &moving);
}

static void
on_refused (Upload *upload, guint status)
{
  if (status == 413)
    fail (upload, IM_UNSENT_TOO_LARGE, 0, 0);
  else if (status == 401 || status == 403)
    fail (upload, IM_UNSENT_NOT_ALLOWED, 0, 0);
  else
    fail (upload, IM_UNSENT_SERVER, 0, status);
}

static void
on_put (gpointer user, const ImHttpResponse *response, const GError *error)
{
  Upload *upload = user;
  GtalkSession *session = gtalk_session_ref (upload->session);
  guint status = response != NULL ? response->status : 0;

  upload->http = NULL;
  if (upload->unreadable)
    fail (upload, IM_UNSENT_UNREADABLE, 0, 0);
  else if (status >= 200 && status < 300)
    finish (upload);
  else if ((status == 0 || status >= 500) && upload->tries < TRIES &&
           gtalk_session_is_online (session))
    ask_slot (upload);
  else if (status == 0)
    fail (upload, IM_UNSENT_NETWORK, 0, 0);
  else
    on_refused (upload, status);
  gtalk_session_unref (session);
}

/* What a file is, for who fetches it with a browser. */
static const char *
type_of (const char *name)
{
  static const char *const rows[][2] = {
    { ".jpg", "image/jpeg" },  { ".jpeg", "image/jpeg" },
    { ".png", "image/png" },   { ".gif", "image/gif" },
    { ".webp", "image/webp" }, { ".txt", "text/plain" },
    { ".pdf", "application/pdf" }, { ".zip", "application/zip" },
    { ".mp3", "audio/mpeg" },  { ".ogg", "audio/ogg" },
    { ".mp4", "video/mp4" },   { ".webm", "video/webm" },
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_has_suffix (lower, rows[i][0]))
      return rows[i][1];
  return "application/octet-stream";
}

static void
put (Upload *upload)
{
  ImHost *host = upload->session->host;
  const ImHttpSource source = { upload->file.source.size, read_file,
                                rewind_file, on_moved, upload };
  const ImHttpRequest request = {
    .method = "PUT",
    .url = upload->put,
    .headers = (const char *const *) upload->headers,
    .content_type = type_of (upload->file.name),
    .source = &source,
    .max_body = IM_MAX_UPLOAD_ANSWER,
    .secret = TRUE,
    .repeatable = TRUE,
  };

  upload->http = host->ops->http_send (host, &request, on_put, upload);
}

/* --- the slot ---------------------------------------------------------------- */

/* Encrypted as the rest, unless the user does without. */
static gboolean
is_good_url (const GtalkSession *session, const char *url)
{
  gboolean plain_ok = session->settings.security == GTALK_SECURITY_OPTIONAL ||
                      session->settings.security == GTALK_SECURITY_OFF;
  g_autoptr (GUri) uri = NULL;

  if (url == NULL || strlen (url) > IM_MAX_LINK || !im_text_link_ok (url))
    return FALSE;
  uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ||
         (plain_ok && strcmp (g_uri_get_scheme (uri), "http") == 0);
}

static gboolean
is_forwarded (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (forwarded); i++)
    if (g_ascii_strcasecmp (name, forwarded[i]) == 0)
      return TRUE;
  return FALSE;
}

/* A line end in a value would begin another header. */
static char *
without_line_ends (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (*text != '\r' && *text != '\n')
      g_string_append_c (out, *text);
  return g_string_free (out, FALSE);
}

static char **
read_headers (const XmlNode *node)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (const XmlNode *header = xml_node_first (node, "header");
       xml_node_exists (header) && list->len < 2 * G_N_ELEMENTS (forwarded);
       header = xml_node_next (header, "header"))
    {
      const char *name = xml_node_attribute (header, "name");
      const char *value = xml_node_text (header);

      if (!is_forwarded (name) || strlen (value) > IM_MAX_UPLOAD_HEADER)
        continue;
      g_ptr_array_add (list, g_strdup (name));
      g_ptr_array_add (list, without_line_ends (value));
    }
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

static guint64
read_limit (const char *text)
{
  guint64 limit = 0;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64,
                                                     &limit, NULL)
             ? limit
             : 0;
}

static void
slot_refused (Upload *upload, const XmlNode *stanza)
{
  const XmlNode *error = xml_node_child (stanza, "error");
  const XmlNode *too_large =
      xml_node_first_ns (error, NS_UPLOAD, "file-too-large");
  const char *condition = gtalk_error_condition (error);

  if (xml_node_exists (too_large))
    fail (upload, IM_UNSENT_TOO_LARGE,
          read_limit (xml_node_child_text (too_large, "max-file-size")), 0);
  else if (strcmp (condition, "resource-constraint") == 0)
    fail (upload, IM_UNSENT_QUOTA, 0, 0);
  else if (strcmp (condition, "forbidden") == 0 ||
           strcmp (condition, "not-allowed") == 0 ||
           strcmp (condition, "not-authorized") == 0 ||
           strcmp (condition, "not-acceptable") == 0)
    fail (upload, IM_UNSENT_NOT_ALLOWED, 0, 0);
  else
    fail (upload, IM_UNSENT_SERVER, 0, 0);
}

static void
on_slot (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  Upload *upload = session->gone
                       ? NULL
                       : find_upload (session, GPOINTER_TO_UINT (data));
  const XmlNode *slot;
  const char *to;
  const char *from;

  if (upload == NULL)
    return;
  if (stanza == NULL)
    {
      fail (upload, IM_UNSENT_NETWORK, 0, 0);
      return;
    }
  slot = xml_node_first_ns (stanza, NS_UPLOAD, "slot");
  if (!xml_node_exists (slot))
    {
      slot_refused (upload, stanza);
      return;
    }
  to = xml_node_attribute (xml_node_child (slot, "put"), "url");
  from = xml_node_attribute (xml_node_child (slot, "get"), "url");
  if (!is_good_url (session, to) || !is_good_url (session, from))
    {
      fail (upload, IM_UNSENT_UNSAFE, 0, 0);
      return;
    }
  upload->put = g_strdup (to);
  upload->get = g_strdup (from);
  upload->headers = read_headers (xml_node_child (slot, "put"));
  put (upload);
}

static void
ask_slot (Upload *upload)
{
  GtalkSession *session = upload->session;
  const char *service =
      gtalk_disco_service (session, "store/file", NS_UPLOAD);
  g_auto (XmppWriter) w = { 0 };

  if (service == NULL)
    {
      fail (upload, IM_UNSENT_NO_SERVICE, 0, 0);
      return;
    }
  upload->tries++;
  forget_slot (upload);
  xmpp_open (&w, "request", NS_UPLOAD);
  xmpp_attr (&w, "filename", upload->file.name);
  xmpp_attr_number (&w, "size", (gint64) upload->file.source.size);
  xmpp_attr (&w, "content-type", type_of (upload->file.name));
  xmpp_close (&w);
  gtalk_session_ask (session, service, "get", xmpp_writer_text (&w), on_slot,
                     GUINT_TO_POINTER (upload->file.id), NULL);
}

/* What the service says it takes; 0 if it does not say. */
static guint64
limit_of (GtalkSession *session)
{
  const char *service =
      gtalk_disco_service (session, "store/file", NS_UPLOAD);

  return service != NULL
             ? read_limit (gtalk_disco_service_value (
                   session, service, NS_UPLOAD, "max-file-size"))
             : 0;
}

/* --- commands ------------------------------------------------------------------ */

void
gtalk_session_send_file (GtalkSession *session, const GtalkFile *file)
{
  guint64 limit = limit_of (session);
  Upload *upload;

  if (!gtalk_session_is_online (session) || session->gone)
    tell_failed (session, file->id, IM_UNSENT_DISCONNECTED, 0, 0);
  else if (limit != 0 && file->source.size > limit)
    tell_failed (session, file->id, IM_UNSENT_TOO_LARGE, limit, 0);
  else if (session->uploads->all->len >= IM_MAX_UPLOADS)
    tell_failed (session, file->id, IM_UNSENT_QUOTA, 0, 0);
  else
    {
      upload = g_new0 (Upload, 1);
      upload->session = session;
      upload->file = *file;
      upload->file.to = g_strdup (file->to);
      upload->file.name = g_strdup (file->name);
      g_ptr_array_add (session->uploads->all, upload);
      ask_slot (upload);
    }
}

void
gtalk_session_cancel_file (GtalkSession *session, guint id)
{
  Upload *upload = find_upload (session, id);

  if (upload != NULL)
    g_ptr_array_remove (session->uploads->all, upload);
}

static void
init (GtalkSession *session)
{
  session->uploads = g_new0 (GtalkUploads, 1);
  session->uploads->all = g_ptr_array_new_with_free_func (upload_free);
}

static void
clear (GtalkSession *session)
{
  if (session->uploads == NULL)
    return;
  g_ptr_array_unref (session->uploads->all);
  g_clear_pointer (&session->uploads, g_free);
}

const GtalkPart gtalk_upload_part = {
  .init = init,
  .clear = clear,
};
