#include "msnp-notice.h"

#include <string.h>

#include "im-charset.h"
#include "im-line.h"
#include "im-text.h"
#include "msnp-encoded.h"
#include "xml-tree.h"

/* Notifications about our own list, and not from some service. */
#define SITE_LIST "45705"

gboolean
msnp_notice_is_own (const MsnpCommand *command)
{
  return msnp_command_is (command, "MSG") &&
         im_word_is (msnp_command_param (command, 0), "Hotmail");
}

/* A number, or 0 if it is none. */
static guint64
read_number (const MsnpMime *mime, const char *name, guint64 max)
{
  const char *value = msnp_mime_get (mime, name);
  guint64 number = 0;

  if (value != NULL)
    im_word_number (im_word (value), max, &number, NULL);
  return number;
}

void
msnp_profile_clear (MsnpProfile *self)
{
  g_clear_pointer (&self->auth, im_secret_unref);
  g_clear_pointer (&self->address, g_free);
}

gboolean
msnp_notice_decode_profile (const MsnpMime *mime, MsnpProfile *ret)
{
  const char *auth = msnp_mime_get (mime, "MSPAuth");

  if (!msnp_mime_is (mime, "text/x-msmsgsprofile"))
    return FALSE;
  *ret = (MsnpProfile){
    .login_time = (gint64)read_number (mime, "LoginTime", G_MAXINT64),
    .has_mailbox = read_number (mime, "EmailEnabled", 1) == 1,
    .member_id = read_number (mime, "MemberIdHigh", G_MAXUINT32) << 32 |
                 read_number (mime, "MemberIdLow", G_MAXUINT32),
    .auth = auth != NULL && *auth != '\0' ? im_secret_new (auth) : NULL,
    .address = msnp_mime_dup (mime, "ClientIP"),
    .port = (guint16)read_number (mime, "ClientPort", G_MAXUINT16),
    .places = read_number (mime, "MPOPEnabled", 1) == 1,
  };
  return TRUE;
}

void
msnp_mail_clear (MsnpMail *self)
{
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->from_folder, g_free);
  g_clear_pointer (&self->data, g_free);
}

static gboolean
find_kind (const MsnpMime *mime, MsnpMailKind *ret)
{
  static const struct
  {
    const char *type;
    MsnpMailKind kind;
  } types[] = {
    { "text/x-msmsgsinitialemailnotification", MSNP_MAIL_COUNTS },
    { "text/x-msmsgsinitialmdatanotification", MSNP_MAIL_DATA },
    { "text/x-msmsgsoimnotification", MSNP_MAIL_OFFLINE },
    { "text/x-msmsgsemailnotification", MSNP_MAIL_NEW },
    { "application/x-msmsgsemailnotification", MSNP_MAIL_NEW },
    { "text/x-msmsgsactivemailnotification", MSNP_MAIL_MOVED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (msnp_mime_is (mime, types[i].type))
      {
        *ret = types[i].kind;
        return TRUE;
      }
  return FALSE;
}

static char *
dup_encoded (const MsnpMime *mime, const char *name)
{
  const char *value = msnp_mime_get (mime, name);

  return value != NULL ? msnp_encoded_decode (value) : NULL;
}

/* The headers that say something: those of the body, or, without a body, the
 * message's own. */
static gboolean
decode_inner (const MsnpMime *mime, MsnpMime *ret)
{
  ImReader own;

  if (im_reader_left (&mime->body) > 0)
    return msnp_mime_decode (&mime->body, ret, NULL);
  im_reader_init (&own, NULL, 0);
  if (!msnp_mime_decode (&own, ret, NULL))
    return FALSE;
  for (guint i = 0; i < mime->n_headers; i++)
    {
      ret->names[i] = mime->names[i];
      ret->values[i] = mime->values[i];
    }
  ret->n_headers = mime->n_headers;
  return TRUE;
}

/* From tag to tag, as there may be line ends in it; else what the header
 * says. */
static char *
dup_data (const MsnpMime *mime, const MsnpMime *inner)
{
  const char *value = msnp_mime_get (inner, "Mail-Data");
  ImReader body = mime->body;
  g_autofree char *raw = im_reader_dup_string (&body);
  const char *start = strstr (raw, "<MD>");
  const char *end = start != NULL ? strstr (start, "</MD>") : NULL;

  if (end != NULL)
    return g_strndup (start, (gsize)(end - start) + strlen ("</MD>"));
  return g_strdup (value);
}

gboolean
msnp_notice_decode_mail (const MsnpMime *mime, MsnpMail *ret)
{
  g_auto (MsnpMime) inner = { NULL };
  MsnpMailKind kind;

  if (!find_kind (mime, &kind) || !decode_inner (mime, &inner))
    return FALSE;
  *ret = (MsnpMail){
    .kind = kind,
    .inbox = (guint)read_number (&inner, "Inbox-Unread", G_MAXINT),
    .folders = (guint)read_number (&inner, "Folders-Unread", G_MAXINT),
    .from = dup_encoded (&inner, "From"),
    .address = msnp_mime_dup (&inner, "From-Addr"),
    .subject = dup_encoded (&inner, "Subject"),
    .folder = msnp_mime_dup (&inner, "Dest-Folder"),
    .from_folder = msnp_mime_dup (&inner, "Src-Folder"),
    .delta = (guint)read_number (&inner, "Message-Delta", G_MAXINT),
  };
  if (kind == MSNP_MAIL_DATA || kind == MSNP_MAIL_OFFLINE)
    ret->data = dup_data (mime, &inner);
  return TRUE;
}

gboolean
msnp_notice_decode_maintenance (const MsnpMime *mime, guint *ret_minutes)
{
  g_auto (MsnpMime) inner = { NULL };
  const char *minutes;

  if (!msnp_mime_is (mime, "application/x-msmsgssystemmessage") ||
      !decode_inner (mime, &inner))
    return FALSE;
  minutes = msnp_mime_get (&inner, "Arg1");
  if (read_number (&inner, "Type", G_MAXINT) != 1 || minutes == NULL ||
      !im_word_is_digits (im_word (minutes)))
    return FALSE;
  *ret_minutes = (guint)read_number (&inner, "Arg1", G_MAXINT);
  return TRUE;
}

void
msnp_alert_clear (MsnpAlert *self)
{
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->text, g_free);
}

static char *
dup_tidy (const char *text)
{
  return text != NULL && *text != '\0'
             ? im_charset_to_utf8 ((const guint8 *)text, strlen (text), "UTF-8",
                                   NULL)
             : NULL;
}

gboolean
msnp_notice_decode_alert (const ImReader *payload, MsnpAlert *ret,
                          GError **error)
{
  g_autoptr (XmlTree) tree =
      xml_tree_parse (payload->pos, im_reader_left (payload), error);
  const XmlNode *root;
  const XmlNode *body;

  if (tree == NULL)
    return FALSE;
  root = xml_tree_root (tree);
  if (strcmp (xml_node_name (root), "NOTIFICATION") != 0)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "a notification is something else");
      return FALSE;
    }
  body = xml_node_child (root, "MSG/BODY");
  *ret = (MsnpAlert){
    .list_changed =
        g_strcmp0 (xml_node_attribute (root, "siteid"), SITE_LIST) == 0 ||
        strstr (xml_node_text (body), "ABCHInternal") != NULL,
  };
  if (ret->list_changed)
    return TRUE;
  ret->from =
      dup_tidy (xml_node_attribute (xml_node_child (root, "FROM"), "name"));
  ret->text = dup_tidy (xml_node_child_text (body, "TEXT"));
  if (ret->text == NULL)
    ret->text = dup_tidy (xml_node_text (body));
  return TRUE;
}

char *
msnp_notice_dup_page (const MsnpCommand *command)
{
  g_autofree char *page = im_word_dup (msnp_command_param (command, 0));

  if (g_ascii_strncasecmp (page, "http", 4) != 0 || !im_text_link_ok (page))
    return NULL;
  return g_steal_pointer (&page);
}
