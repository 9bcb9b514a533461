/* Who people are, and how they look. Both stand in their vCard; presence
 * carries the hash of the picture (XEP-0153), so that it is fetched once. Some
 * publish the picture by itself (gtalk-avatar.c); servers then mostly put it
 * into the vCard, too (XEP-0398). */

#include "gtalk-cards.h"

#include <string.h>

#include "gtalk-avatar.h"
#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "gtalk-presence.h"
#include "gtalk-roster.h"
#include "im-picture.h"

/* When a picture that was refused for the moment is sent again. */
#define LATER_MS 10000

#define NS_CARD "vcard-temp"
#define NS_UPDATE "vcard-temp:x:update"
#define NS_CONVERSION "urn:xmpp:pep-vcard-conversion:0"
#define NS_VERSION "jabber:iq:version"
#define GET_CARD "<vCard xmlns='" NS_CARD "'/>"

/* Pictures fetched at a time. */
#define FETCHES 4

/* SHA-1 in hex digits. */
#define HASH_LENGTH 40

/* vCards are three elements deep. */
#define MAX_DEPTH 6

/* Several fields of one kind at most: e-mail addresses, telephones. */
#define MAX_FIELDS 32

/**
 * GtalkCards:
 * @hashes: (element-type utf8 utf8): bare address to the hash last shown
 * @waiting: (element-type utf8): whose pictures are to be fetched
 * @fetching: how many are being fetched
 * @own_hash: (nullable): of our picture; "" for none
 * @own: (nullable): the picture to publish
 * @publishing: it is on its way
 * @again: and there is another by now
 * @tried: it was refused for the moment, and tried again
 * @timer: (nullable): tries it again
 * @waits: it is not known yet what the server can do
 */
struct _GtalkCards
{
  GHashTable *hashes;
  GQueue waiting;
  guint fetching;
  char *own_hash;
  GBytes *own;
  gboolean publishing;
  gboolean again;
  gboolean tried;
  ImTimer *timer;
  gboolean waits;
};

/* --- pictures of others ----------------------------------------------------------- */

static void
tell_icon (GtalkSession *session, const char *who, const char *hash,
           GBytes *data)
{
  const ImEvent event = { .type = IM_EVENT_ICON, .icon = { who, hash, data } };

  gtalk_session_emit (session, &event);
}

gboolean
gtalk_cards_is_hash (const char *text)
{
  return text != NULL && strlen (text) == HASH_LENGTH &&
         strspn (text, "0123456789abcdef") == HASH_LENGTH;
}

void
gtalk_cards_note (GtalkSession *session, const char *who, const char *hash)
{
  if (g_strcmp0 (g_hash_table_lookup (session->cards->hashes, who), hash) == 0)
    return;
  g_hash_table_replace (session->cards->hashes, g_strdup (who),
                        g_strdup (hash));
  tell_icon (session, who, *hash != '\0' ? hash : NULL, NULL);
}

/* No statement is not the same as no picture. The part that keeps presence
 * comes after this one. */
static gboolean
presence (GtalkSession *session, const XmlNode *stanza)
{
  const XmlNode *photo = xml_node_child (
      xml_node_first_ns (stanza, NS_UPDATE, "x"), "photo");
  const char *from = xml_node_attribute (stanza, "from");
  g_autofree char *hash = NULL;
  g_autofree char *who = NULL;

  if (!xml_node_exists (photo) || from == NULL ||
      xml_node_attribute (stanza, "type") != NULL)
    return FALSE;
  who = xmpp_jid_dup_bare (from);
  hash = g_ascii_strdown (xml_node_text (photo), -1);
  if (gtalk_roster_has (session, who, NULL) &&
      gtalk_avatar_hash (session, who) == NULL &&
      (*hash == '\0' || gtalk_cards_is_hash (hash)))
    gtalk_cards_note (session, who, hash);
  return FALSE;
}

/* Hosts decode pictures with libraries of their own. */
static gboolean
is_picture (const guchar *data, gsize len)
{
  guint width = 0;
  guint height = 0;

  return len > 0 && len <= IM_MAX_XMPP_ICON &&
         im_picture_inspect (data, len, &width, &height) != IM_PICTURE_NONE &&
         width <= IM_MAX_ICON_PIXELS && height <= IM_MAX_ICON_PIXELS;
}

/* Returns: (transfer full) (nullable): the picture in @text (base64), whose
 * hash is in @ret_hash (transfer full) then */
static GBytes *
read_picture (const char *text, char **ret_hash)
{
  guchar *data;
  gsize len;

  if (*text == '\0' || strlen (text) > 2 * IM_MAX_XMPP_ICON)
    return NULL;
  data = g_base64_decode (text, &len);
  if (!is_picture (data, len))
    {
      g_free (data);
      return NULL;
    }
  *ret_hash = g_compute_checksum_for_data (G_CHECKSUM_SHA1, data, len);
  return g_bytes_new_take (data, len);
}

static void fetch_next (GtalkSession *session);

static void
on_picture (GtalkSession *session, const XmlNode *stanza, gpointer who)
{
  const char *published;
  g_autofree char *hash = NULL;
  g_autoptr (GBytes) data = NULL;

  if (session->gone)
    return;
  session->cards->fetching--;
  published = gtalk_avatar_hash (session, who);
  if (stanza != NULL)
    data = read_picture (
        published != NULL
            ? gtalk_avatar_read_answer (stanza)
            : xml_node_child_text (
                  xml_node_first_ns (stanza, NS_CARD, "vCard"),
                  "PHOTO/BINVAL"),
        &hash);
  if (stanza != NULL && data == NULL && published != NULL)
    {
      gtalk_avatar_forget (session, who);
      g_queue_push_tail (&session->cards->waiting, g_strdup (who));
    }
  /* Another one than was shown: there will be a presence about that. */
  if (data != NULL &&
      g_strcmp0 (g_hash_table_lookup (session->cards->hashes, who), hash) == 0)
    tell_icon (session, who, hash, data);
  fetch_next (session);
}

static void
fetch_next (GtalkSession *session)
{
  GtalkCards *cards = session->cards;
  char *who;

  while (!session->gone && cards->fetching < FETCHES &&
         (who = g_queue_pop_head (&cards->waiting)) != NULL)
    {
      const char *hash = gtalk_avatar_hash (session, who);
      g_auto (XmppWriter) w = { 0 };

      cards->fetching++;
      if (hash != NULL)
        gtalk_avatar_write_question (&w, hash);
      gtalk_session_ask (session, who, "get",
                         hash != NULL ? xmpp_writer_text (&w) : GET_CARD,
                         on_picture, who, g_free);
    }
}

void
gtalk_session_fetch_icon (GtalkSession *session, const char *who)
{
  GQueue *waiting = &session->cards->waiting;
  char *bare = xmpp_jid_dup_bare (who);

  /* Who changes their picture all the time is fetched once at a time. */
  if (!gtalk_session_is_online (session) || session->gone ||
      g_queue_find_custom (waiting, bare, (GCompareFunc) strcmp) != NULL)
    {
      g_free (bare);
      return;
    }
  g_queue_push_tail (waiting, bare);
  fetch_next (session);
}

/* --- our own picture --------------------------------------------------------------- */

void
gtalk_cards_write_hash (GtalkSession *session, XmppWriter *w)
{
  const char *hash = session->cards->own_hash;

  if (hash == NULL)
    return;
  xmpp_open (w, "x", NS_UPDATE);
  xmpp_leaf (w, "photo", NULL, *hash != '\0' ? hash : NULL);
  xmpp_close (w);
}

/* Everything of @card but its picture, as it is. */
static void
copy_card (XmppWriter *w, const XmlNode *card, guint depth)
{
  for (const XmlNode *node = xml_node_first (card, NULL);
       xml_node_exists (node) && depth < MAX_DEPTH;
       node = xml_node_next (node, NULL))
    {
      if (depth == 0 && strcmp (xml_node_name (node), "PHOTO") == 0)
        continue;
      xmpp_open (w, xml_node_name (node), NULL);
      xmpp_text (w, xml_node_text (node));
      copy_card (w, node, depth + 1);
      xmpp_close (w);
    }
}

/* What the picture is shows in its first bytes. */
static const char *
picture_type (GBytes *data)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (data, &len);
  ImPictureType type = im_picture_inspect (bytes, len, NULL, NULL);

  return type == IM_PICTURE_PNG   ? "image/png"
         : type == IM_PICTURE_GIF ? "image/gif"
                                  : "image/jpeg";
}

static void
write_picture (XmppWriter *w, GBytes *data)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (data, &len);
  g_autofree char *text = g_base64_encode (bytes, len);

  xmpp_open (w, "PHOTO", NULL);
  xmpp_leaf (w, "TYPE", NULL, picture_type (data));
  xmpp_leaf (w, "BINVAL", NULL, text);
  xmpp_close (w);
}

static char *
hash_of (GBytes *data)
{
  return data != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, data)
                      : g_strdup ("");
}

static void publish (GtalkSession *session);

/* Others learn of it by the presence that follows. */
static void
on_later (gpointer user)
{
  GtalkSession *session = user;

  session->cards->timer = NULL;
  if (session->state == GTALK_STATE_ONLINE && !session->cards->publishing)
    publish (session);
}

/* Google's servers took no picture in the first moments of a session. Returns:
 * whether it will be tried again */
static gboolean
try_later (GtalkSession *session, const XmlNode *stanza)
{
  GtalkCards *cards = session->cards;
  const char *type =
      xml_node_attribute (xml_node_child (stanza, "error"), "type");

  if (cards->tried || cards->timer != NULL || g_strcmp0 (type, "wait") != 0)
    return FALSE;
  cards->tried = TRUE;
  cards->timer = session->host->ops->timer_add (session->host, LATER_MS,
                                                on_later, session);
  return TRUE;
}

static void
on_published (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const ImEvent refused = {
    .type = IM_EVENT_NOTICE,
    .notice = { .kind = IM_NOTICE_ICON_REFUSED },
  };

  if (session->gone)
    return;
  session->cards->publishing = FALSE;
  if (session->cards->again)
    {
      publish (session);
      return;
    }
  if (stanza == NULL ||
      g_strcmp0 (xml_node_attribute (stanza, "type"), "result") != 0)
    {
      if (stanza != NULL && !try_later (session, stanza))
        gtalk_session_emit (session, &refused);
      return;
    }
  g_free (session->cards->own_hash);
  session->cards->own_hash = hash_of (session->cards->own);
  gtalk_presence_send (session);
}

/* A vCard can only be replaced as a whole. */
static void
on_own_card (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  GtalkCards *cards = session->cards;
  g_autofree char *wanted = NULL;
  g_autofree char *hash = NULL;
  g_autoptr (GBytes) old = NULL;
  g_auto (XmppWriter) w = { 0 };
  const XmlNode *card;

  if (session->gone)
    return;
  /* Nothing is overwritten that could not be read. */
  if (stanza == NULL ||
      (g_strcmp0 (xml_node_attribute (stanza, "type"), "result") != 0 &&
       !xml_node_exists (xml_node_find (stanza, "item-not-found"))))
    {
      cards->publishing = FALSE;
      return;
    }
  card = xml_node_first_ns (stanza, NS_CARD, "vCard");
  old = read_picture (xml_node_child_text (card, "PHOTO/BINVAL"), &hash);
  wanted = hash_of (cards->own);
  if (strcmp (hash != NULL ? hash : "", wanted) == 0)
    {
      on_published (session, stanza, NULL);
      return;
    }
  xmpp_open (&w, "vCard", NS_CARD);
  copy_card (&w, card, 0);
  if (cards->own != NULL)
    write_picture (&w, cards->own);
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w),
                     on_published, NULL, NULL);
}

static void
publish_card (GtalkSession *session)
{
  gtalk_session_ask (session, NULL, "get", GET_CARD, on_own_card, NULL, NULL);
}

/* Where the server does not put it into the vCard, too, we do. */
static void
on_avatar (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (session->gone)
    return;
  if (stanza != NULL &&
      g_strcmp0 (xml_node_attribute (stanza, "type"), "result") == 0 &&
      gtalk_disco_account_has (session, NS_CONVERSION))
    on_published (session, stanza, NULL);
  else
    publish_card (session);
}

static void
publish (GtalkSession *session)
{
  GtalkCards *cards = session->cards;

  cards->waits = !gtalk_disco_features_known (session);
  if (cards->waits)
    return;
  cards->again = FALSE;
  cards->publishing = TRUE;
  if (gtalk_avatar_can_publish (session))
    gtalk_avatar_publish (session, cards->own, on_avatar);
  else
    publish_card (session);
}

static void
features (GtalkSession *session)
{
  if (session->cards->waits)
    publish (session);
}

void
gtalk_cards_own_changed (GtalkSession *session, const char *hash)
{
  GtalkCards *cards = session->cards;

  if (cards->publishing || cards->own_hash == NULL ||
      strcmp (cards->own_hash, hash) == 0)
    return;
  g_free (cards->own_hash);
  cards->own_hash = g_strdup (hash);
  gtalk_presence_send (session);
}

void
gtalk_session_set_icon (GtalkSession *session, GBytes *picture)
{
  GtalkCards *cards = session->cards;

  if (!gtalk_session_is_online (session) || session->gone)
    return;
  if (picture != NULL && g_bytes_get_size (picture) > IM_MAX_OWN_XMPP_ICON)
    {
      gtalk_session_notice (session, IM_NOTICE_ICON_REFUSED, NULL, NULL);
      return;
    }
  g_clear_pointer (&cards->own, g_bytes_unref);
  cards->own = picture != NULL ? g_bytes_ref (picture) : NULL;
  cards->tried = FALSE;
  if (cards->publishing)
    cards->again = TRUE;
  else
    publish (session);
}

/* --- who people are ------------------------------------------------------------------ */

static const struct
{
  const char *path;
  ImFieldId field;
} rows[] = {
  { "NICKNAME", IM_FIELD_NICK },
  { "N/GIVEN", IM_FIELD_FIRST_NAME },
  { "N/FAMILY", IM_FIELD_LAST_NAME },
  { "BDAY", IM_FIELD_BIRTHDAY },
  { "EMAIL/USERID", IM_FIELD_EMAIL },
  { "TEL/NUMBER", IM_FIELD_PHONE },
  { "ADR/STREET", IM_FIELD_STREET },
  { "ADR/LOCALITY", IM_FIELD_CITY },
  { "ADR/REGION", IM_FIELD_STATE },
  { "ADR/PCODE", IM_FIELD_ZIP },
  { "ADR/CTRY", IM_FIELD_COUNTRY },
  { "URL", IM_FIELD_HOMEPAGE },
  { "ORG/ORGNAME", IM_FIELD_COMPANY },
  { "ORG/ORGUNIT", IM_FIELD_DEPARTMENT },
  { "TITLE", IM_FIELD_POSITION },
  { "DESC", IM_FIELD_NOTES },
};

static guint
read_fields (const XmlNode *card, const char *who, ImField *fields)
{
  const char *name = xml_node_child_text (card, "FN");
  guint n = 0;

  fields[n++] = (ImField){ IM_FIELD_NAME, who };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *value = xml_node_child_text (card, rows[i].path);

      if (*value != '\0')
        fields[n++] = (ImField){ rows[i].field, value };
    }
  /* Many write nothing but their whole name. */
  if (*name != '\0' && *xml_node_child_text (card, "N/GIVEN") == '\0' &&
      *xml_node_child_text (card, "N/FAMILY") == '\0')
    fields[n++] = (ImField){ IM_FIELD_FIRST_NAME, name };
  return n;
}

/** A question of the user's. */
typedef struct
{
  char *who;
  char *client; /* nullable */
} Inquiry;

static void
inquiry_free (gpointer data)
{
  Inquiry *inquiry = data;

  g_free (inquiry->who);
  g_free (inquiry->client);
  g_free (inquiry);
}

static void
on_card (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const Inquiry *inquiry = data;
  const XmlNode *card;
  ImField fields[MAX_FIELDS];
  ImEvent event = {
    .type = IM_EVENT_PROFILE,
    .profile = { .asked = TRUE, .fields = fields },
  };

  if (session->gone)
    return;
  event.profile.presence = gtalk_presence_known (session, inquiry->who);
  event.profile.presence.client = inquiry->client;
  card = stanza != NULL ? xml_node_first_ns (stanza, NS_CARD, "vCard") : NULL;
  event.profile.found =
      (card != NULL && xml_node_exists (card)) ||
      event.profile.presence.status != IM_STATUS_OFFLINE;
  if (card != NULL)
    event.profile.n_fields = read_fields (card, inquiry->who, fields);
  gtalk_session_emit (session, &event);
}

static void
on_version (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const XmlNode *query = stanza != NULL
                             ? xml_node_first_ns (stanza, NS_VERSION, "query")
                             : NULL;
  Inquiry *inquiry;

  if (session->gone)
    return;
  inquiry = g_new0 (Inquiry, 1);
  inquiry->who = g_strdup (data);
  if (query != NULL && *xml_node_child_text (query, "name") != '\0')
    inquiry->client =
        g_strstrip (g_strdup_printf ("%s %s",
                                     xml_node_child_text (query, "name"),
                                     xml_node_child_text (query, "version")));
  gtalk_session_ask (session, inquiry->who, "get", GET_CARD, on_card, inquiry,
                     inquiry_free);
}

void
gtalk_session_get_info (GtalkSession *session, const char *who)
{
  g_autofree char *bare = xmpp_jid_dup_bare (who);
  const char *place = gtalk_presence_best (session, bare);

  if (!gtalk_session_is_online (session) || session->gone)
    return;
  if (place != NULL)
    gtalk_session_ask (session, place, "get",
                       "<query xmlns='" NS_VERSION "'/>", on_version,
                       g_steal_pointer (&bare), g_free);
  else
    on_version (session, NULL, bare);
}

/* --- life ---------------------------------------------------------------------------- */

static void
init (GtalkSession *session)
{
  session->cards = g_new0 (GtalkCards, 1);
  session->cards->hashes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
clear (GtalkSession *session)
{
  GtalkCards *cards = session->cards;

  if (cards == NULL)
    return;
  if (cards->timer != NULL)
    session->host->ops->timer_cancel (session->host, cards->timer);
  g_hash_table_unref (cards->hashes);
  g_queue_clear_full (&cards->waiting, g_free);
  g_clear_pointer (&cards->own, g_bytes_unref);
  g_free (cards->own_hash);
  g_clear_pointer (&session->cards, g_free);
}

const GtalkPart gtalk_cards_part = {
  .init = init,
  .clear = clear,
  .features = features,
  .presence = presence,
};
