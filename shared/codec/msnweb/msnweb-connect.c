#include "msnweb-connect.h"

#include <string.h>

#include "im-line.h"
#include "msnweb-xml.h"

/* What Outlook.com said of itself. Nothing depends on it, but nothing of it
 * may be empty. */
#define AGENT                                                                  \
  "<agent><os>winnt</os><osVer>5.2</osVer><proc>x86</proc>"                    \
  "<lcid>en-us</lcid></agent>"
#define CLIENT "<client><name>msgrliboutlook</name><ver>6.4.0.0</ver></client>"

MsnwebRequest
msnweb_connect_encode (const char *state)
{
  GString *out = g_string_new ("<connect>");

  if (state != NULL)
    {
      g_string_append (out, "<xfr>");
      msnweb_xml_leaf (out, "state", state);
      g_string_append (out, "</xfr>");
    }
  g_string_append (out, "<ver>2</ver>" AGENT "</connect>");
  return msnweb_request_take ("CNT", "CON", g_string_free (out, FALSE));
}

MsnwebRequest
msnweb_connect_encode_auth (const ImSecret *ticket, const char *uic)
{
  GString *out = g_string_sized_new (8 * 1024);

  g_string_append (out, "<user>");
  if (ticket != NULL)
    msnweb_xml_leaf (out, "ssl-compact-ticket", im_secret_peek (ticket));
  msnweb_xml_leaf (out, "uic", uic);
  if (ticket != NULL)
    msnweb_xml_leaf (out, "ssl-site-name", MSNWEB_TICKET_SITE);
  else
    g_string_append (out, "<web-compact-ticket />");
  g_string_append (out, "</user>");
  return msnweb_request_take ("ATH", "CON\\USER", g_string_free (out, FALSE));
}

MsnwebRequest
msnweb_connect_encode_bind (const char *epid)
{
  GString *out = g_string_new ("<msgr><ver>2</ver>" CLIENT);

  msnweb_xml_leaf (out, "epid", epid);
  g_string_append (out, "</msgr>");
  return msnweb_request_take ("BND", "CON\\MSGR", g_string_free (out, FALSE));
}

MsnwebRequest
msnweb_connect_encode_challenge (const char *answer)
{
  GString *out = g_string_new ("<challenge>");

  msnweb_xml_leaf (out, "appId", MSNWEB_PRODUCT);
  msnweb_xml_leaf (out, "response", answer);
  g_string_append (out, "</challenge>");
  return msnweb_request_take ("PUT", "MSGR\\CHALLENGE",
                              g_string_free (out, FALSE));
}

MsnwebRequest
msnweb_connect_encode_ping (const char *last_msg_id)
{
  MsnwebRequest request = msnweb_request_take ("PNG", "CON", NULL);

  request.last_msg_id = g_strdup (last_msg_id);
  return request;
}

MsnwebRequest
msnweb_connect_encode_out (void)
{
  return msnweb_request_take ("OUT", "CON", NULL);
}

void
msnweb_bound_clear (MsnwebBound *self)
{
  g_clear_pointer (&self->nonce, g_free);
}

gboolean
msnweb_connect_decode_bound (const MsnwebCommand *command, MsnwebBound *ret,
                             GError **error)
{
  g_autoptr (XmlTree) tree = msnweb_xml_parse (&command->body, error);
  const XmlNode *root;

  if (tree == NULL)
    return FALSE;
  root = xml_tree_root (tree);
  ret->version = (guint)MIN (msnweb_xml_number (root, "ver"), G_MAXUINT);
  ret->utc =
      (gint64)MIN (msnweb_xml_number (root, "utctime"), (guint64)G_MAXINT64);
  ret->nonce = msnweb_xml_dup (root, "nonce");
  if (ret->nonce != NULL && *ret->nonce == '\0')
    g_clear_pointer (&ret->nonce, g_free);
  ret->token_expires = (gint64)MIN (
      msnweb_headers_number (&command->headers, "Registration-Token-Expiry"),
      (guint64)G_MAXINT64);
  return TRUE;
}

void
msnweb_elsewhere_clear (MsnwebElsewhere *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->state, g_free);
}

/* "host:port" of characters a host has. */
static gboolean
read_target (const char *target, MsnwebElsewhere *ret)
{
  ImWord rest = im_word (target);
  ImWord host;
  guint64 port = 0;

  if (im_word_cut (&rest, ':', &host) &&
      !im_word_number (rest, G_MAXUINT16, &port, NULL))
    return FALSE;
  for (gsize i = 0; i < host.len; i++)
    if (!g_ascii_isalnum (host.text[i]) && host.text[i] != '.' &&
        host.text[i] != '-')
      return FALSE;
  if (host.len == 0)
    return FALSE;
  ret->host = im_word_dup (host);
  ret->port = (guint16)port;
  return TRUE;
}

gboolean
msnweb_connect_decode_elsewhere (const MsnwebCommand *command,
                                 MsnwebElsewhere *ret, GError **error)
{
  g_autoptr (XmlTree) tree = msnweb_xml_parse (&command->body, error);
  const XmlNode *root;

  if (tree == NULL)
    return FALSE;
  root = xml_tree_root (tree);
  if (!read_target (xml_node_text (xml_node_find (root, "target")), ret))
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "an XFR names no place");
      return FALSE;
    }
  if (xml_node_exists (xml_node_find (root, "state")))
    ret->state = g_strdup (xml_node_text (xml_node_find (root, "state")));
  return TRUE;
}

gboolean
msnweb_connect_decode_ping (const MsnwebCommand *command, guint *ret_wait)
{
  g_autoptr (XmlTree) tree = msnweb_xml_parse (&command->body, NULL);

  if (tree == NULL ||
      !xml_node_exists (xml_node_child (xml_tree_root (tree), "wait")))
    return FALSE;
  *ret_wait =
      (guint)MIN (msnweb_xml_number (xml_tree_root (tree), "wait"), 86400);
  return TRUE;
}
