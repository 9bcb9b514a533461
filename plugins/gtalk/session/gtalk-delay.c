#include "gtalk-delay.h"

#include <string.h>

#include "gtalk-session-private.h"
#include "xmpp-time.h"

#define NS_DELAY "urn:xmpp:delay"
#define NS_DELAY_OLD "jabber:x:delay"

/* Stamps that are looked at; honest messages have two. */
#define MAX_STAMPS 8

#define DAY (24 * 60 * 60)

/* Returns: the stamp of @keeper, else the oldest, or 0; none after @latest */
static gint64
find_stamp (const XmlNode *stanza, const char *ns, const char *name,
            const char *keeper, gint64 latest)
{
  gint64 oldest = 0;
  guint count = 0;

  for (const XmlNode *node = xml_node_first (stanza, name);
       xml_node_exists (node) && count < MAX_STAMPS;
       node = xml_node_next (node, name))
    {
      const char *from = xml_node_attribute (node, "from");
      gint64 when;

      if (strcmp (xml_node_namespace (node), ns) != 0)
        continue;
      count++;
      when = xmpp_time_parse (xml_node_attribute (node, "stamp"));
      if (when > latest)
        continue;
      if (when != 0 && from != NULL && xmpp_jid_equal (from, keeper))
        return when;
      if (when != 0 && (oldest == 0 || when < oldest))
        oldest = when;
    }
  return oldest;
}

gint64
gtalk_delay_read (const GtalkSession *session, const XmlNode *stanza,
                  const char *keeper)
{
  gint64 now = session->host->ops->wall_s (session->host);
  gint64 when = find_stamp (stanza, NS_DELAY, "delay", keeper, now + DAY);

  if (when == 0)
    when = find_stamp (stanza, NS_DELAY_OLD, "x", keeper, now + DAY);
  return MIN (when, now);
}
