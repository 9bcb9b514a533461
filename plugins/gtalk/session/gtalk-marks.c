#include "gtalk-marks.h"

#include <string.h>

#include "gtalk-parts.h"
#include "gtalk-roster.h"

#define NS_MARKERS "urn:xmpp:chat-markers:0"

/**
 * Unseen:
 * @id: of the last message
 * @place: the full address it came from
 */
typedef struct
{
  char *id;
  char *place;
} Unseen;

/**
 * GtalkMarks:
 * @unseen: (element-type utf8 Unseen): by bare address, the last message of
 *   those who want to know when it is seen
 */
struct _GtalkMarks
{
  GHashTable *unseen;
};

static void
unseen_free (gpointer data)
{
  Unseen *unseen = data;

  g_free (unseen->id);
  g_free (unseen->place);
  g_free (unseen);
}

gboolean
gtalk_marks_may_know (const GtalkSession *session, const char *who)
{
  GtalkSubscription seen = 0;

  return session->status != IM_STATUS_INVISIBLE &&
         gtalk_roster_has (session, who, &seen) &&
         (seen & GTALK_SEEN_BY_THEM) != 0;
}

void
gtalk_marks_write_request (XmppWriter *w)
{
  xmpp_leaf (w, "markable", NS_MARKERS, NULL);
}

void
gtalk_marks_note (GtalkSession *session, const XmlNode *stanza,
                  const char *from, const char *who)
{
  GHashTable *table = session->marks->unseen;
  const char *id = xml_node_attribute (stanza, "id");
  Unseen *unseen;

  if (id == NULL || strlen (id) > IM_MAX_STANZA_ID ||
      !xml_node_exists (xml_node_first_ns (stanza, NS_MARKERS, "markable")) ||
      !gtalk_roster_has (session, who, NULL))
    return;
  if (g_hash_table_size (table) >= IM_MAX_BUDDIES)
    g_hash_table_remove_all (table);
  unseen = g_new0 (Unseen, 1);
  unseen->id = g_strdup (id);
  unseen->place = g_strdup (from);
  g_hash_table_replace (table, g_strdup (who), unseen);
}

void
gtalk_marks_forget (GtalkSession *session, const char *who)
{
  g_hash_table_remove (session->marks->unseen, who);
}

const char *
gtalk_marks_read (const XmlNode *stanza)
{
  return xml_node_attribute (
      xml_node_first_ns (stanza, NS_MARKERS, "displayed"), "id");
}

static void
tell (GtalkSession *session, const Unseen *unseen)
{
  g_autofree char *id = gtalk_session_new_id (session);
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "message", NULL);
  xmpp_attr (&w, "to", unseen->place);
  xmpp_attr (&w, "type", "chat");
  xmpp_attr (&w, "id", id);
  xmpp_open (&w, "displayed", NS_MARKERS);
  xmpp_attr (&w, "id", unseen->id);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

/* What was seen in hiding is not told later either: that would say when. */
void
gtalk_session_seen (GtalkSession *session, const char *who)
{
  g_autofree char *bare = xmpp_jid_dup_bare (who);
  const Unseen *unseen =
      g_hash_table_lookup (session->marks->unseen, bare);

  if (unseen == NULL || !gtalk_session_is_online (session) || session->gone)
    return;
  if (gtalk_marks_may_know (session, bare))
    tell (session, unseen);
  gtalk_marks_forget (session, bare);
}

static void
init (GtalkSession *session)
{
  session->marks = g_new0 (GtalkMarks, 1);
  session->marks->unseen = g_hash_table_new_full (g_str_hash, g_str_equal,
                                                  g_free, unseen_free);
}

static void
clear (GtalkSession *session)
{
  if (session->marks == NULL)
    return;
  g_hash_table_unref (session->marks->unseen);
  g_clear_pointer (&session->marks, g_free);
}

const GtalkPart gtalk_marks_part = {
  .init = init,
  .clear = clear,
};
