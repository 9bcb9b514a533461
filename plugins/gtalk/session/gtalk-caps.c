#include "gtalk-caps.h"

#include <string.h>

#include "gtalk-parts.h"
#include "gtalk-presence.h"
#include "xmpp-caps.h"

#define NS_INFO "http://jabber.org/protocol/disco#info"
#define CACHE "caps"

/**
 * GtalkCaps:
 * @known: (element-type utf8 GtalkAbilities): abilities by hash; what is here
 *   was verified, so it is true of everybody who shows that hash
 * @asked: (element-type utf8): hashes that were asked for in this connection
 */
struct _GtalkCaps
{
  GHashTable *known;
  GHashTable *asked;
};

static const struct
{
  const char *feature;
  GtalkAbilities ability;
} rows[] = {
  { "urn:xmpp:receipts", GTALK_CAN_RECEIPTS },
  { "urn:xmpp:attention:0", GTALK_CAN_ATTENTION },
};

/* --- what is kept: a line for each hash --------------------------------------- */

static void
read_line (GHashTable *known, const char *line)
{
  const char *space = strchr (line, ' ');
  guint64 abilities;

  if (space == NULL || space == line ||
      g_hash_table_size (known) >= IM_MAX_CAPS ||
      !g_ascii_string_to_unsigned (space + 1, 10, 0, G_MAXUINT16, &abilities,
                                   NULL))
    return;
  g_hash_table_replace (known, g_strndup (line, (gsize) (space - line)),
                        GUINT_TO_POINTER ((guint) abilities));
}

static void
load (GtalkSession *session)
{
  g_autoptr (GBytes) data = gtalk_session_cached (session, CACHE);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (data == NULL)
    return;
  text = g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  lines = g_strsplit (text, "\n", IM_MAX_CAPS + 1);
  for (char **line = lines; *line != NULL; line++)
    read_line (session->caps->known, *line);
}

static void
keep (GtalkSession *session)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) data = NULL;
  ImEvent event = { .type = IM_EVENT_CACHE };
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, session->caps->known);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_string_append_printf (text, "%s %u\n", (const char *) key,
                            GPOINTER_TO_UINT (value));
  data = g_bytes_new (text->str, text->len);
  event.cache = (ImEventCache){ .name = CACHE, .data = data };
  gtalk_session_emit (session, &event);
}

/* --- asking ---------------------------------------------------------------------- */

static GtalkAbilities
read_abilities (const XmlNode *query)
{
  GtalkAbilities found = 0;
  guint count = 0;

  for (const XmlNode *node = xml_node_first (query, "feature");
       xml_node_exists (node) && count < IM_MAX_FEATURES;
       node = xml_node_next (node, "feature"), count++)
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      if (g_strcmp0 (xml_node_attribute (node, "var"), rows[i].feature) == 0)
        found |= rows[i].ability;
  return found;
}

/* An answer that does not match its hash would speak for the clients of other
 * people, so it counts for nobody. */
static void
on_info (GtalkSession *session, const XmlNode *stanza, gpointer ver)
{
  GtalkCaps *caps = session->caps;
  const XmlNode *query;
  g_autofree char *hash = NULL;

  if (session->gone || stanza == NULL)
    return;
  query = xml_node_first_ns (stanza, NS_INFO, "query");
  if (!xml_node_exists (query))
    return;
  hash = xmpp_caps_hash (query);
  if (g_strcmp0 (hash, ver) != 0)
    return;
  if (g_hash_table_size (caps->known) >= IM_MAX_CAPS)
    g_hash_table_remove_all (caps->known);
  g_hash_table_replace (caps->known, g_steal_pointer (&hash),
                        GUINT_TO_POINTER (read_abilities (query)));
  keep (session);
}

void
gtalk_caps_want (GtalkSession *session, const char *full)
{
  GtalkCaps *caps = session->caps;
  const char *node = NULL;
  const char *ver = gtalk_presence_caps (session, full, &node);
  g_auto (XmppWriter) w = { 0 };
  g_autofree char *name = NULL;

  /* Whoever answers wrongly is not asked again and again. */
  if (ver == NULL || g_hash_table_contains (caps->known, ver) ||
      g_hash_table_contains (caps->asked, ver) ||
      g_hash_table_size (caps->asked) >= IM_MAX_CAPS)
    return;
  g_hash_table_add (caps->asked, g_strdup (ver));
  name = g_strconcat (node, "#", ver, NULL);
  xmpp_open (&w, "query", NS_INFO);
  xmpp_attr (&w, "node", name);
  xmpp_close (&w);
  gtalk_session_ask (session, full, "get", xmpp_writer_text (&w), on_info,
                     g_strdup (ver), g_free);
}

GtalkAbilities
gtalk_caps_of (const GtalkSession *session, const char *full)
{
  const char *node;
  const char *ver = gtalk_presence_caps (session, full, &node);

  return ver != NULL ? GPOINTER_TO_UINT (
                           g_hash_table_lookup (session->caps->known, ver))
                     : 0;
}

static void
bound (GtalkSession *session)
{
  g_hash_table_remove_all (session->caps->asked);
}

static void
init (GtalkSession *session)
{
  session->caps = g_new0 (GtalkCaps, 1);
  session->caps->known =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session->caps->asked =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  load (session);
}

static void
clear (GtalkSession *session)
{
  if (session->caps == NULL)
    return;
  g_hash_table_unref (session->caps->known);
  g_hash_table_unref (session->caps->asked);
  g_clear_pointer (&session->caps, g_free);
}

const GtalkPart gtalk_caps_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
};
