#include "gtalk-presence.h"

#include <string.h>

#include "gtalk-cards.h"
#include "gtalk-disco.h"
#include "gtalk-hiding.h"
#include "gtalk-messages.h"
#include "gtalk-negotiate.h"
#include "gtalk-parts.h"
#include "gtalk-quiet.h"
#include "im-charset.h"
#include "xmpp-time.h"

#define NS_IDLE "urn:xmpp:idle:1"
#define NS_CLIENT_STATE "urn:xmpp:csi:0"
#define NS_LAST "jabber:iq:last"
#define NS_CAPS "http://jabber.org/protocol/caps"

/* A hash is SHA-1 in base64. */
#define HASH_LENGTH 28

/**
 * Place:
 * @full: its address
 * @priority: what its owner says
 * @status: how they are there
 * @text: (nullable): what they say about it
 * @idle_since: unix time, or 0
 * @caps: (nullable): the hash of what the client there can do
 * @node: (nullable): its maker
 */
typedef struct
{
  char *full;
  int priority;
  ImStatus status;
  char *text;
  gint64 idle_since;
  char *caps;
  char *node;
} Place;

/**
 * GtalkPresence:
 * @people: (element-type utf8 GPtrArray<Place>): places by bare address; never
 *   empty
 * @idle_since: unix time since when we are idle, or 0
 * @sent: our presence was sent on this stream
 * @sent_show: (nullable): a static word of it: how we were then
 * @inactive: the server was told so, and may keep back what can wait
 */
struct _GtalkPresence
{
  GHashTable *people;
  gint64 idle_since;
  gboolean sent;
  const char *sent_show;
  gboolean inactive;
};

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->full);
  g_free (place->text);
  g_free (place->caps);
  g_free (place->node);
  g_free (place);
}

/* --- others -------------------------------------------------------------------- */

static ImStatus
read_show (const XmlNode *stanza)
{
  const char *show = xml_node_child_text (stanza, "show");

  if (strcmp (show, "away") == 0)
    return IM_STATUS_AWAY;
  if (strcmp (show, "xa") == 0)
    return IM_STATUS_NOT_AVAILABLE;
  if (strcmp (show, "dnd") == 0)
    return IM_STATUS_DND;
  return strcmp (show, "chat") == 0 ? IM_STATUS_FREE_FOR_CHAT
                                    : IM_STATUS_AVAILABLE;
}

/* Higher is nearer to the keyboard. */
static guint
nearness (ImStatus status)
{
  switch (status)
    {
    case IM_STATUS_FREE_FOR_CHAT:
      return 4;
    case IM_STATUS_AVAILABLE:
      return 3;
    case IM_STATUS_DND:
      return 2;
    case IM_STATUS_AWAY:
      return 1;
    default:
      return 0;
    }
}

static gboolean
is_better (const Place *a, const Place *b)
{
  if (a->priority != b->priority)
    return a->priority > b->priority;
  if (nearness (a->status) != nearness (b->status))
    return nearness (a->status) > nearness (b->status);
  return (a->idle_since == 0) > (b->idle_since == 0);
}

static const Place *
best_place (const GtalkSession *session, const char *who)
{
  GPtrArray *places = g_hash_table_lookup (session->presence->people, who);
  const Place *best = NULL;

  for (guint i = 0; places != NULL && i < places->len; i++)
    if (best == NULL || is_better (places->pdata[i], best))
      best = places->pdata[i];
  return best;
}

const char *
gtalk_presence_best (const GtalkSession *session, const char *who)
{
  const Place *place = best_place (session, who);

  return place != NULL ? place->full : NULL;
}

ImEventPresence
gtalk_presence_known (const GtalkSession *session, const char *who)
{
  const Place *best = best_place (session, who);

  return (ImEventPresence){
    .who = who,
    .status = best != NULL ? best->status : IM_STATUS_OFFLINE,
    .idle_since = best != NULL ? best->idle_since : 0,
  };
}

static void
tell (GtalkSession *session, const char *who)
{
  const Place *best = best_place (session, who);
  g_autoptr (ImText) text = best != NULL && best->text != NULL
                                ? im_text_new_plain (best->text)
                                : NULL;
  ImEvent event = {
    .type = IM_EVENT_PRESENCE,
    .presence = { .who = who, .status = IM_STATUS_OFFLINE },
  };

  if (best != NULL)
    {
      event.presence.status = best->status;
      event.presence.message = text;
      event.presence.idle_since = best->idle_since;
      event.presence.flags = IM_PEER_WANTS_TYPING;
    }
  gtalk_session_emit (session, &event);
}

static Place *
find_place (GPtrArray *places, const char *full)
{
  for (guint i = 0; i < places->len; i++)
    if (strcmp (((Place *) places->pdata[i])->full, full) == 0)
      return places->pdata[i];
  return NULL;
}

const char *
gtalk_presence_caps (const GtalkSession *session, const char *full,
                     const char **ret_node)
{
  g_autofree char *bare = xmpp_jid_dup_bare (full);
  GPtrArray *places = g_hash_table_lookup (session->presence->people, bare);
  const Place *place = places != NULL ? find_place (places, full) : NULL;

  if (place == NULL)
    return NULL;
  *ret_node = place->node;
  return place->caps;
}

/* Returns: (nullable): the place, which is new if need be; %NULL if they have
 * too many, or too many do */
static Place *
want_place (GtalkSession *session, const XmppJid *jid)
{
  GHashTable *people = session->presence->people;
  GPtrArray *places = g_hash_table_lookup (people, jid->bare);
  Place *place = places != NULL ? find_place (places, jid->full) : NULL;

  if (place != NULL)
    return place;
  if (places == NULL && g_hash_table_size (people) >= IM_MAX_BUDDIES)
    return NULL;
  if (places == NULL)
    {
      places = g_ptr_array_new_with_free_func (place_free);
      g_hash_table_insert (people, g_strdup (jid->bare), places);
    }
  if (places->len >= IM_MAX_PLACES)
    return NULL;
  place = g_new0 (Place, 1);
  place->full = g_strdup (jid->full);
  g_ptr_array_add (places, place);
  return place;
}

static gint64
read_idle (GtalkSession *session, const XmlNode *stanza)
{
  const XmlNode *idle = xml_node_first_ns (stanza, NS_IDLE, "idle");
  const XmlNode *last = xml_node_first_ns (stanza, NS_LAST, "query");
  const char *seconds = xml_node_attribute (last, "seconds");

  if (xml_node_exists (idle))
    return xmpp_time_parse (xml_node_attribute (idle, "since"));
  if (seconds == NULL)
    return 0;
  return session->host->ops->wall_s (session->host) -
         (gint64) MIN (g_ascii_strtoull (seconds, NULL, 10), G_MAXINT32);
}

/* Other hashes, and what clients of Google's had instead of one, say nothing
 * that could be verified. */
static void
read_caps (Place *place, const XmlNode *stanza)
{
  const XmlNode *caps = xml_node_first_ns (stanza, NS_CAPS, "c");
  const char *ver = xml_node_attribute (caps, "ver");
  const char *node = xml_node_attribute (caps, "node");

  g_clear_pointer (&place->caps, g_free);
  g_clear_pointer (&place->node, g_free);
  if (ver == NULL || strlen (ver) != HASH_LENGTH ||
      strpbrk (ver, " \n") != NULL || node == NULL ||
      strlen (node) > IM_MAX_CAPS_NODE ||
      g_strcmp0 (xml_node_attribute (caps, "hash"), "sha-1") != 0)
    return;
  place->caps = g_strdup (ver);
  place->node = g_strdup (node);
}

/* Returns: (transfer full) (nullable): no more of it than anybody reads */
static char *
read_text (const XmlNode *stanza)
{
  char *text = im_charset_tidy (xml_node_child_text (stanza, "status"));

  if (text != NULL && strlen (text) > IM_MAX_STATUS_TEXT)
    *g_utf8_find_prev_char (text, text + IM_MAX_STATUS_TEXT) = '\0';
  return text;
}

static void
arrived (GtalkSession *session, const XmppJid *jid, const XmlNode *stanza)
{
  Place *place = want_place (session, jid);

  if (place == NULL)
    return;
  place->priority =
      (int) CLAMP (g_ascii_strtoll (xml_node_child_text (stanza, "priority"),
                                    NULL, 10),
                   -128, 127);
  place->status = read_show (stanza);
  g_free (place->text);
  place->text = read_text (stanza);
  place->idle_since = read_idle (session, stanza);
  read_caps (place, stanza);
  tell (session, jid->bare);
}

/* Without a place, all of them. */
static void
left (GtalkSession *session, const XmppJid *jid)
{
  GHashTable *people = session->presence->people;
  GPtrArray *places = g_hash_table_lookup (people, jid->bare);
  Place *place = places != NULL ? find_place (places, jid->full) : NULL;

  if (place != NULL)
    g_ptr_array_remove (places, place);
  if (places != NULL && (places->len == 0 || jid->resource == NULL))
    g_hash_table_remove (people, jid->bare);
  gtalk_messages_unsettle (session, jid->bare);
  tell (session, jid->bare);
}

void
gtalk_presence_forget (GtalkSession *session, const char *who)
{
  if (g_hash_table_remove (session->presence->people, who))
    tell (session, who);
}

static gboolean
presence (GtalkSession *session, const XmlNode *stanza)
{
  const char *type = xml_node_attribute (stanza, "type");
  const char *from = xml_node_attribute (stanza, "from");
  g_autoptr (XmppJid) jid = from != NULL ? xmpp_jid_new (from, NULL) : NULL;

  if (jid == NULL)
    return FALSE;
  if (type == NULL)
    arrived (session, jid, stanza);
  else if (strcmp (type, "unavailable") == 0 || strcmp (type, "error") == 0)
    left (session, jid);
  else
    return FALSE;
  return TRUE;
}

/* --- ourselves ------------------------------------------------------------------- */

static const char *
show_word (ImStatus status)
{
  switch (status)
    {
    case IM_STATUS_FREE_FOR_CHAT:
      return "chat";
    case IM_STATUS_AWAY:
    case IM_STATUS_RIGHT_BACK:
    case IM_STATUS_PHONE:
    case IM_STATUS_LUNCH:
      return "away";
    case IM_STATUS_NOT_AVAILABLE:
      return "xa";
    case IM_STATUS_OCCUPIED:
    case IM_STATUS_DND:
      return "dnd";
    case IM_STATUS_OFFLINE:
    case IM_STATUS_AVAILABLE:
    case IM_STATUS_INVISIBLE:
    case IM_N_STATUSES:
      break;
    }
  return NULL;
}

/* Where nobody looks, what others are doing can wait (XEP-0352). */
static void
tell_client_state (GtalkSession *session)
{
  gboolean idle = session->presence->idle_since != 0;

  if (idle == session->presence->inactive || session->stream == NULL ||
      session->state != GTALK_STATE_ONLINE ||
      !(gtalk_negotiate_features (session) & GTALK_STREAM_CLIENT_STATE))
    return;
  session->presence->inactive = idle;
  gtalk_stream_send (session->stream,
                     idle ? "<inactive xmlns='" NS_CLIENT_STATE "'/>"
                          : "<active xmlns='" NS_CLIENT_STATE "'/>",
                     -1);
}

void
gtalk_presence_resumed (GtalkSession *session)
{
  session->presence->inactive = FALSE;
  tell_client_state (session);
}

void
gtalk_presence_send (GtalkSession *session)
{
  g_auto (XmppWriter) w = { 0 };
  const char *show = show_word (session->status);
  const char *text = session->status_text != NULL
                         ? im_text_plain (session->status_text)
                         : NULL;

  if (!gtalk_hiding_allows (session))
    return;
  session->presence->sent = TRUE;
  session->presence->sent_show = show;
  xmpp_open (&w, "presence", NULL);
  if (show != NULL)
    xmpp_leaf (&w, "show", NULL, show);
  if (text != NULL && *text != '\0')
    xmpp_leaf (&w, "status", NULL, text);
  if (session->priority != 0)
    {
      g_autofree char *number = g_strdup_printf ("%d", session->priority);

      xmpp_leaf (&w, "priority", NULL, number);
    }
  if (session->presence->idle_since != 0)
    {
      g_autofree char *since =
          xmpp_time_print (session->presence->idle_since);

      xmpp_open (&w, "idle", NS_IDLE);
      xmpp_attr (&w, "since", since);
      xmpp_close (&w);
    }
  gtalk_disco_write_caps (session, &w);
  gtalk_cards_write_hash (session, &w);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

static gboolean
is_away (const char *show)
{
  return show != NULL && (*show == 'a' || *show == 'x');
}

gboolean
gtalk_presence_was_sent (const GtalkSession *session)
{
  return session->presence->sent;
}

gboolean
gtalk_presence_is_stale (const GtalkSession *session)
{
  const GtalkPresence *presence = session->presence;

  return !presence->sent || is_away (presence->sent_show) ||
         is_away (show_word (session->status));
}

/* The roster goes first: pushes and presence of people nobody knows yet would
 * come otherwise. Its answer is not waited for. */
static void
bound (GtalkSession *session)
{
  g_hash_table_remove_all (session->presence->people);
  session->presence->sent = FALSE;
  gtalk_presence_send (session);
}

void
gtalk_session_set_status (GtalkSession *session, ImStatus status,
                          const ImText *text)
{
  im_text_free (session->status_text);
  session->status_text = text != NULL ? im_text_copy (text) : NULL;
  session->status = status;
  if (gtalk_session_is_online (session))
    gtalk_hiding_apply (session);
}

void
gtalk_session_set_idle (GtalkSession *session, guint seconds)
{
  session->presence->idle_since =
      seconds > 0
          ? session->host->ops->wall_s (session->host) - (gint64) seconds
          : 0;
  if (!gtalk_session_is_online (session))
    return;
  gtalk_presence_send (session);
  tell_client_state (session);
  gtalk_quiet_set (session, seconds > 0);
}

static void
init (GtalkSession *session)
{
  session->presence = g_new0 (GtalkPresence, 1);
  session->presence->people =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                             (GDestroyNotify) g_ptr_array_unref);
}

static void
clear (GtalkSession *session)
{
  if (session->presence == NULL)
    return;
  g_hash_table_unref (session->presence->people);
  g_clear_pointer (&session->presence, g_free);
}

const GtalkPart gtalk_presence_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .online = gtalk_presence_resumed,
  .presence = presence,
};
