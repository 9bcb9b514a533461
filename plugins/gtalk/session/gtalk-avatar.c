#include "gtalk-avatar.h"

#include <string.h>

#include "gtalk-cards.h"
#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "gtalk-roster.h"
#include "im-picture.h"

#define NS_PUBSUB "http://jabber.org/protocol/pubsub"
#define NS_EVENT NS_PUBSUB "#event"
#define NS_DATA "urn:xmpp:avatar:data"
#define NS_METADATA "urn:xmpp:avatar:metadata"

/* Forms of one picture that are looked at. */
#define MAX_FORMS 8

/**
 * GtalkAvatars:
 * @hashes: (element-type utf8 utf8): bare address to what they published last
 * @own: (nullable): what is being published
 * @own_hash: of that; "" for none
 * @func: (nullable): whom to tell of it
 */
struct _GtalkAvatars
{
  GHashTable *hashes;
  GBytes *own;
  char *own_hash;
  GtalkIqFunc func;
};

/* --- others ------------------------------------------------------------------- */

const char *
gtalk_avatar_hash (const GtalkSession *session, const char *who)
{
  return g_hash_table_lookup (session->avatars->hashes, who);
}

void
gtalk_avatar_forget (GtalkSession *session, const char *who)
{
  g_hash_table_remove (session->avatars->hashes, who);
}

void
gtalk_avatar_write_question (XmppWriter *w, const char *hash)
{
  xmpp_open (w, "pubsub", NS_PUBSUB);
  xmpp_open (w, "items", NULL);
  xmpp_attr (w, "node", NS_DATA);
  xmpp_open (w, "item", NULL);
  xmpp_attr (w, "id", hash);
  xmpp_close (w);
  xmpp_close (w);
  xmpp_close (w);
}

const char *
gtalk_avatar_read_answer (const XmlNode *stanza)
{
  const XmlNode *item = xml_node_child (
      xml_node_first_ns (stanza, NS_PUBSUB, "pubsub"), "items/item");

  return xml_node_text (xml_node_first_ns (item, NS_DATA, "data"));
}

static gboolean
is_showable (const XmlNode *info)
{
  static const char *const types[] = { "image/png", "image/jpeg",
                                       "image/gif", NULL };
  const char *bytes = xml_node_attribute (info, "bytes");
  const char *type = xml_node_attribute (info, "type");
  guint64 size = 0;

  /* What is at an address elsewhere would tell it who looks. */
  return gtalk_cards_is_hash (xml_node_attribute (info, "id")) &&
         xml_node_attribute (info, "url") == NULL && bytes != NULL &&
         g_ascii_string_to_unsigned (bytes, 10, 1, IM_MAX_XMPP_ICON, &size,
                                     NULL) &&
         type != NULL && g_strv_contains (types, type);
}

/* Returns: (nullable): the hash of the first form of the picture that can be
 * shown, "" if there is none; %NULL if nothing is said */
static const char *
read_metadata (const XmlNode *item)
{
  const XmlNode *metadata = xml_node_first_ns (item, NS_METADATA, "metadata");
  guint count = 0;

  if (!xml_node_exists (metadata))
    return NULL;
  for (const XmlNode *info = xml_node_first (metadata, "info");
       xml_node_exists (info) && count < MAX_FORMS;
       info = xml_node_next (info, "info"), count++)
    if (is_showable (info))
      return xml_node_attribute (info, "id");
  return "";
}

static gboolean
message (GtalkSession *session, const XmlNode *stanza)
{
  const XmlNode *items = xml_node_child (
      xml_node_first_ns (stanza, NS_EVENT, "event"), "items");
  const char *from = xml_node_attribute (stanza, "from");
  g_autofree char *who = NULL;
  const char *hash;

  if (g_strcmp0 (xml_node_attribute (items, "node"), NS_METADATA) != 0)
    return FALSE;
  hash = read_metadata (xml_node_first (items, "item"));
  if (from == NULL || hash == NULL || *xmpp_jid_resource (from) != '\0')
    return TRUE;
  who = xmpp_jid_dup_bare (from);
  if (strcmp (who, gtalk_session_bare (session)) == 0)
    gtalk_cards_own_changed (session, hash);
  if (!gtalk_roster_has (session, who, NULL))
    return TRUE;
  g_hash_table_replace (session->avatars->hashes, g_strdup (who),
                        g_strdup (hash));
  gtalk_cards_note (session, who, hash);
  return TRUE;
}

/* --- ours ----------------------------------------------------------------------- */

gboolean
gtalk_avatar_can_publish (const GtalkSession *session)
{
  return gtalk_disco_account_has (session, NS_PUBSUB "#publish");
}

static void
open_item (XmppWriter *w, const char *node, const char *id)
{
  xmpp_open (w, "pubsub", NS_PUBSUB);
  xmpp_open (w, "publish", NULL);
  xmpp_attr (w, "node", node);
  xmpp_open (w, "item", NULL);
  xmpp_attr (w, "id", id);
}

static void
close_item (XmppWriter *w)
{
  for (guint i = 0; i < 3; i++)
    xmpp_close (w);
}

static const char *
type_of (ImPictureType type)
{
  return type == IM_PICTURE_GIF    ? "image/gif"
         : type == IM_PICTURE_JPEG ? "image/jpeg"
                                   : "image/png";
}

static void
write_info (XmppWriter *w, GBytes *picture, const char *hash)
{
  gsize len;
  const void *data = g_bytes_get_data (picture, &len);
  guint width = 0;
  guint height = 0;
  ImPictureType type = im_picture_inspect (data, len, &width, &height);

  xmpp_open (w, "info", NULL);
  xmpp_attr (w, "id", hash);
  xmpp_attr_number (w, "bytes", (gint64) len);
  xmpp_attr (w, "type", type_of (type));
  if (width > 0 && height > 0)
    {
      xmpp_attr_number (w, "width", width);
      xmpp_attr_number (w, "height", height);
    }
  xmpp_close (w);
}

static gboolean
is_result (const XmlNode *stanza)
{
  return stanza != NULL &&
         g_strcmp0 (xml_node_attribute (stanza, "type"), "result") == 0;
}

static void
conclude (GtalkSession *session, const XmlNode *stanza)
{
  GtalkAvatars *avatars = session->avatars;
  GtalkIqFunc func = g_steal_pointer (&avatars->func);

  g_clear_pointer (&avatars->own, g_bytes_unref);
  if (func != NULL)
    func (session, stanza, NULL);
}

static void
on_published (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (!session->gone)
    conclude (session, stanza);
}

static void
publish_metadata (GtalkSession *session)
{
  GtalkAvatars *avatars = session->avatars;
  g_auto (XmppWriter) w = { 0 };

  open_item (&w, NS_METADATA,
             avatars->own != NULL ? avatars->own_hash : "none");
  xmpp_open (&w, "metadata", NS_METADATA);
  if (avatars->own != NULL)
    write_info (&w, avatars->own, avatars->own_hash);
  xmpp_close (&w);
  close_item (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w),
                     on_published, NULL, NULL);
}

static void
on_data (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (session->gone)
    return;
  if (is_result (stanza))
    publish_metadata (session);
  else
    conclude (session, stanza);
}

static void
publish_data (GtalkSession *session)
{
  GtalkAvatars *avatars = session->avatars;
  gsize len;
  const guint8 *bytes = g_bytes_get_data (avatars->own, &len);
  g_autofree char *text = g_base64_encode (bytes, len);
  g_auto (XmppWriter) w = { 0 };

  open_item (&w, NS_DATA, avatars->own_hash);
  xmpp_leaf (&w, "data", NS_DATA, text);
  close_item (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), on_data,
                     NULL, NULL);
}

/* What is there already is not sent at every sign-on. */
static void
on_own_metadata (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  GtalkAvatars *avatars = session->avatars;
  const XmlNode *item;
  const char *there;

  if (session->gone)
    return;
  if (stanza == NULL)
    {
      conclude (session, NULL);
      return;
    }
  item = xml_node_child (xml_node_first_ns (stanza, NS_PUBSUB, "pubsub"),
                         "items/item");
  there = read_metadata (item);
  if (strcmp (there != NULL ? there : "", avatars->own_hash) == 0)
    conclude (session, stanza);
  else if (avatars->own != NULL)
    publish_data (session);
  else
    publish_metadata (session);
}

void
gtalk_avatar_publish (GtalkSession *session, GBytes *picture, GtalkIqFunc func)
{
  GtalkAvatars *avatars = session->avatars;

  g_clear_pointer (&avatars->own, g_bytes_unref);
  g_free (avatars->own_hash);
  avatars->own = picture != NULL ? g_bytes_ref (picture) : NULL;
  avatars->own_hash =
      picture != NULL
          ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, picture)
          : g_strdup ("");
  avatars->func = func;
  gtalk_session_ask (session, NULL, "get",
                     "<pubsub xmlns='" NS_PUBSUB "'><items node='" NS_METADATA
                     "' max_items='1'/></pubsub>",
                     on_own_metadata, NULL, NULL);
}

/* --- life ------------------------------------------------------------------------- */

static void
init (GtalkSession *session)
{
  session->avatars = g_new0 (GtalkAvatars, 1);
  session->avatars->hashes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
clear (GtalkSession *session)
{
  GtalkAvatars *avatars = session->avatars;

  if (avatars == NULL)
    return;
  g_hash_table_unref (avatars->hashes);
  g_clear_pointer (&avatars->own, g_bytes_unref);
  g_free (avatars->own_hash);
  g_clear_pointer (&session->avatars, g_free);
}

const GtalkPart gtalk_avatar_part = {
  .init = init,
  .clear = clear,
  .message = message,
};
