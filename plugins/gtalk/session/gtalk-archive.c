/* What was said while we were away.
 *
 *   features ── nothing kept ──► where does it end? ──────────────► idle
 *       │                              ▲
 *       └── end kept ─► page after it ─┤ too many pages
 *                         │  ▲         │
 *                         └──┘ more    └── complete ──────────────► idle
 *
 * The end is the id the server gave to the last message that was seen. What we
 * say ourselves comes back without one, so after each sign-on the archive
 * has our own words too; the ids of our stanzas tell them from what we said
 * at other places. */

#include "gtalk-archive.h"

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-messages.h"
#include "gtalk-parts.h"
#include "xmpp-time.h"

#define NS_MAM "urn:xmpp:mam:2"
#define NS_RSM "http://jabber.org/protocol/rsm"
#define NS_DATA "jabber:x:data"
#define NS_FORWARD "urn:xmpp:forward:0"
#define NS_DELAY "urn:xmpp:delay"
#define NS_SID "urn:xmpp:sid:0"
#define NS_MUC_USER "http://jabber.org/protocol/muc#user"
#define CACHE "archive"

/* What is kept, each in a line: the last id, the time of it, the prefixes of
 * the ids of our last connections; and while not all was read, which messages
 * after that were shown. */
#define PREFIXES 8
#define SHOWN 256

/* How often the end is kept while messages rain. */
#define KEEP_MS 2000

typedef enum
{
  ASK_NOTHING,
  ASK_END,   /* where the archive ends */
  ASK_AFTER, /* what came after the id we know */
  ASK_SINCE, /* ... after its time: the id is gone */
} Ask;

/**
 * GtalkArchive:
 * @last: (nullable): id of the last message seen
 * @last_time: its time, or when an empty archive was looked at
 * @prefixes: (element-type utf8): of the ids of our stanzas, the newest first
 * @seen: (element-type utf8): keys of messages that were shown
 * @order: (element-type utf8): the same, the oldest first; borrowed
 * @ask: what is being asked
 * @query: (nullable): the id of that question
 * @page_last: (nullable): the id of the last result of this page
 * @pages: pages read at this sign-on
 * @behind: not all that was missed was read
 * @first: this account was never signed on here
 * @timer: (nullable): the end is kept when it fires
 */
struct _GtalkArchive
{
  char *last;
  gint64 last_time;
  GPtrArray *prefixes;
  GHashTable *seen;
  GQueue order;
  Ask ask;
  char *query;
  char *page_last;
  guint pages;
  gboolean behind;
  gboolean first;
  ImTimer *timer;
};

/* --- what is kept -------------------------------------------------------------------- */

static gboolean add_key (GtalkArchive *archive, char *key);

static void
load (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;
  g_autoptr (GBytes) data = gtalk_session_cached (session, CACHE);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (data == NULL)
    return;
  text = g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  lines = g_strsplit (text, "\n", PREFIXES + SHOWN + 3);
  if (g_strv_length (lines) < 2)
    return;
  if (*lines[0] != '\0')
    archive->last = g_strdup (lines[0]);
  archive->last_time = xmpp_time_parse (lines[1]);
  for (char **line = lines + 2; *line != NULL; line++)
    if (g_str_has_prefix (*line, "s "))
      add_key (archive, g_strdup (*line));
    else if (**line != '\0' && archive->prefixes->len < PREFIXES)
      g_ptr_array_add (archive->prefixes, g_strdup (*line));
}

static void
append_shown (GtalkArchive *archive, GString *text)
{
  guint left = SHOWN;

  for (GList *l = archive->order.tail; l != NULL && left > 0; l = l->prev)
    if (g_str_has_prefix (l->data, "s ") && strchr (l->data, '\n') == NULL)
      {
        g_string_append_printf (text, "%s\n", (const char *) l->data);
        left--;
      }
}

static void
keep (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;
  g_autoptr (GString) text = g_string_new (archive->last);
  g_autofree char *stamp = xmpp_time_print (archive->last_time);
  g_autoptr (GBytes) data = NULL;
  ImEvent event = { .type = IM_EVENT_CACHE };

  g_string_append_printf (text, "\n%s\n", stamp);
  for (guint i = 0; i < archive->prefixes->len; i++)
    g_string_append_printf (text, "%s\n",
                            (const char *) archive->prefixes->pdata[i]);
  if (archive->behind)
    append_shown (archive, text);
  data = g_bytes_new (text->str, text->len);
  event.cache = (ImEventCache){ .name = CACHE, .data = data };
  gtalk_session_emit (session, &event);
}

static void
on_time_to_keep (gpointer user)
{
  GtalkSession *session = user;

  session->archive->timer = NULL;
  keep (session);
}

/* The first at once, for the program may end; those right after it together. */
static void
keep_soon (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;

  if (archive->timer != NULL)
    return;
  keep (session);
  archive->timer = session->host->ops->timer_add (session->host, KEEP_MS,
                                                  on_time_to_keep, session);
}

static void
move_end (GtalkSession *session, const char *id, gint64 when)
{
  GtalkArchive *archive = session->archive;

  if (g_strcmp0 (archive->last, id) != 0)
    {
      g_free (archive->last);
      archive->last = g_strdup (id);
    }
  archive->last_time = when;
  keep_soon (session);
}

void
gtalk_session_settle (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;

  if (archive->timer == NULL)
    return;
  session->host->ops->timer_cancel (session->host, archive->timer);
  archive->timer = NULL;
  keep (session);
}

/* --- doubles ---------------------------------------------------------------------------- */

/* Returns: whether @key (transfer full) was not there yet */
static gboolean
add_key (GtalkArchive *archive, char *key)
{
  if (g_hash_table_contains (archive->seen, key))
    {
      g_free (key);
      return FALSE;
    }
  g_hash_table_add (archive->seen, key);
  g_queue_push_tail (&archive->order, key);
  if (archive->order.length > IM_MAX_ARCHIVE_SEEN)
    g_hash_table_remove (archive->seen, g_queue_pop_head (&archive->order));
  return TRUE;
}

/* An id of the archive goes into a line. */
static gboolean
is_id (const char *id)
{
  return id != NULL && strlen (id) <= IM_MAX_STANZA_ID &&
         strchr (id, '\n') == NULL;
}

/* Only our own server gives ids that are worth something to us, and only one
 * that gives them itself takes away what others write there. */
static const char *
stanza_id (GtalkSession *session, const XmlNode *stanza)
{
  const XmlNode *first = xml_node_first (stanza, "stanza-id");

  /* What it does is not known in the first moments, when stored messages
   * come. */
  if (!xml_node_exists (first))
    return NULL;
  if (gtalk_disco_account_known (session) &&
      !gtalk_disco_account_has (session, NS_MAM) &&
      !gtalk_disco_account_has (session, NS_SID))
    return NULL;
  for (const XmlNode *node = first; xml_node_exists (node);
       node = xml_node_next (node, "stanza-id"))
    {
      const char *by = xml_node_attribute (node, "by");
      const char *id = xml_node_attribute (node, "id");

      if (strcmp (xml_node_namespace (node), NS_SID) == 0 && by != NULL &&
          is_id (id) && xmpp_jid_equal (by, gtalk_session_bare (session)))
        return id;
    }
  return NULL;
}

/* Returns: (transfer full) (nullable): what a message without an id of the
 * archive is known by */
static char *
sender_key (const XmlNode *stanza, const char *from)
{
  const char *id = xml_node_attribute (stanza, "id");

  return id != NULL && from != NULL && strlen (id) <= IM_MAX_STANZA_ID
             ? g_strconcat ("f ", from, " ", id, NULL)
             : NULL;
}

gboolean
gtalk_archive_is_new (GtalkSession *session, const XmlNode *stanza,
                      const char *from)
{
  GtalkArchive *archive = session->archive;
  const char *id = stanza_id (session, stanza);
  char *key;

  if (id != NULL)
    {
      gboolean fresh = add_key (archive, g_strconcat ("s ", id, NULL));

      /* While what came before is still being read, the end is not here. */
      if (fresh && archive->behind)
        keep_soon (session);
      else if (fresh)
        move_end (session, id,
                  session->host->ops->wall_s (session->host));
      return fresh;
    }
  /* Ids of clients may come twice; only the archive is judged by them. */
  key = sender_key (stanza, from);
  if (key != NULL)
    add_key (archive, key);
  return TRUE;
}

/* --- asking --------------------------------------------------------------------------- */

static void ask (GtalkSession *session, Ask what);

static void
write_field (XmppWriter *w, const char *var, const char *type,
             const char *value)
{
  xmpp_open (w, "field", NULL);
  xmpp_attr (w, "var", var);
  xmpp_attr (w, "type", type);
  xmpp_leaf (w, "value", NULL, value);
  xmpp_close (w);
}

static void
write_since (XmppWriter *w, gint64 when)
{
  g_autofree char *stamp = xmpp_time_print (when);

  xmpp_open (w, "x", NS_DATA);
  xmpp_attr (w, "type", "submit");
  write_field (w, "FORM_TYPE", "hidden", NS_MAM);
  write_field (w, "start", NULL, stamp);
  xmpp_close (w);
}

static gboolean
is_missing (const XmlNode *stanza)
{
  return xml_node_exists (xml_node_find (stanza, "item-not-found"));
}

static void
stop (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;

  archive->ask = ASK_NOTHING;
  g_clear_pointer (&archive->query, g_free);
  g_clear_pointer (&archive->page_last, g_free);
}

/* An archive that is empty begins now. */
static void
found_end (GtalkSession *session, const char *last)
{
  GtalkArchive *archive = session->archive;

  move_end (session, last, session->host->ops->wall_s (session->host));
  archive->behind = FALSE;
  archive->first = FALSE;
  stop (session);
}

static void
page_read (GtalkSession *session, const XmlNode *fin)
{
  GtalkArchive *archive = session->archive;
  const char *complete = xml_node_attribute (fin, "complete");
  g_autofree char *last = g_steal_pointer (&archive->page_last);

  if (archive->ask == ASK_END || last == NULL ||
      g_strcmp0 (complete, "true") == 0 || g_strcmp0 (complete, "1") == 0)
    found_end (session, last != NULL ? last : archive->last);
  else
    {
      g_free (archive->last);
      archive->last = g_steal_pointer (&last);
      ask (session,
           ++archive->pages < IM_MAX_ARCHIVE_PAGES ? ASK_AFTER : ASK_END);
    }
}

static void
on_page (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  GtalkArchive *archive = session->archive;
  const XmlNode *fin;

  if (session->gone || archive->ask == ASK_NOTHING)
    return;
  fin = stanza != NULL ? xml_node_first_ns (stanza, NS_MAM, "fin") : NULL;
  if (fin != NULL && xml_node_exists (fin))
    page_read (session, fin);
  else if (stanza != NULL && archive->ask == ASK_AFTER && is_missing (stanza))
    ask (session, ASK_SINCE);
  else
    stop (session);
}

static void
write_set (GtalkSession *session, XmppWriter *w, Ask what)
{
  g_autofree char *max =
      g_strdup_printf ("%d", what == ASK_END ? 1 : IM_ARCHIVE_PAGE);

  xmpp_open (w, "set", NS_RSM);
  xmpp_leaf (w, "max", NULL, max);
  if (what == ASK_END)
    xmpp_leaf (w, "before", NULL, NULL);
  else if (what == ASK_AFTER)
    xmpp_leaf (w, "after", NULL, session->archive->last);
  xmpp_close (w);
}

static void
ask (GtalkSession *session, Ask what)
{
  GtalkArchive *archive = session->archive;
  g_auto (XmppWriter) w = { 0 };

  archive->ask = what;
  g_free (archive->query);
  archive->query = gtalk_session_new_id (session);
  g_clear_pointer (&archive->page_last, g_free);
  xmpp_open (&w, "query", NS_MAM);
  xmpp_attr (&w, "queryid", archive->query);
  if (what == ASK_SINCE)
    write_since (&w, archive->last_time);
  write_set (session, &w, what);
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), on_page,
                     NULL, NULL);
}

/* --- answers -------------------------------------------------------------------------- */

/* Whether this client said it: its connections choose ids nobody guesses. */
static gboolean
is_of_this_client (GtalkSession *session, const XmlNode *message)
{
  GPtrArray *prefixes = session->archive->prefixes;
  const char *id = xml_node_attribute (message, "id");

  for (guint i = 0; id != NULL && i < prefixes->len; i++)
    if (g_str_has_prefix (id, prefixes->pdata[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_worth_showing (const XmlNode *message)
{
  const char *type = xml_node_attribute (message, "type");

  return g_strcmp0 (type, "error") != 0 &&
         g_strcmp0 (type, "groupchat") != 0 &&
         *xml_node_child_text (message, "body") != '\0' &&
         !xml_node_exists (xml_node_first_ns (message, NS_MUC_USER, "x"));
}

static void
show (GtalkSession *session, const XmlNode *result, const char *id)
{
  const XmlNode *forwarded =
      xml_node_first_ns (result, NS_FORWARD, "forwarded");
  const XmlNode *message = xml_node_first (forwarded, "message");
  const XmlNode *delay = xml_node_first_ns (forwarded, NS_DELAY, "delay");
  gint64 when = xmpp_time_parse (xml_node_attribute (delay, "stamp"));
  const char *from = xml_node_attribute (message, "from");
  const char *to = xml_node_attribute (message, "to");
  g_autofree char *bare = from != NULL ? xmpp_jid_dup_bare (from) : NULL;
  g_autofree char *key = sender_key (message, from);
  gboolean own =
      bare != NULL && xmpp_jid_equal (bare, gtalk_session_bare (session));

  if (!add_key (session->archive, g_strconcat ("s ", id, NULL)) ||
      bare == NULL || !is_worth_showing (message) ||
      (key != NULL && g_hash_table_contains (session->archive->seen, key)) ||
      (own && (to == NULL || is_of_this_client (session, message))))
    return;
  gtalk_messages_archived (session, message, own ? to : from, when, own);
}

/* A result nobody asked for, or that somebody else sends, would put words into
 * the mouth of whoever it names. */
static gboolean
message (GtalkSession *session, const XmlNode *stanza)
{
  GtalkArchive *archive = session->archive;
  const XmlNode *result = xml_node_first_ns (stanza, NS_MAM, "result");
  const char *from = xml_node_attribute (stanza, "from");
  const char *id = xml_node_attribute (result, "id");

  if (!xml_node_exists (result))
    return FALSE;
  if ((from != NULL && strcmp (from, gtalk_session_bare (session)) != 0) ||
      !is_id (id) || archive->ask == ASK_NOTHING ||
      g_strcmp0 (xml_node_attribute (result, "queryid"), archive->query) != 0)
    return TRUE;
  g_free (archive->page_last);
  archive->page_last = g_strdup (id);
  if (archive->ask != ASK_END)
    show (session, result, id);
  return TRUE;
}

/* --- life ------------------------------------------------------------------------------ */

static void
features (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;

  if (!gtalk_disco_account_has (session, NS_MAM))
    return;
  archive->pages = 0;
  /* Whoever signs on for the first time wants no old stories. */
  if (archive->first)
    ask (session, ASK_END);
  else
    ask (session, archive->last != NULL ? ASK_AFTER : ASK_SINCE);
}

static void
bound (GtalkSession *session)
{
  stop (session);
  session->archive->behind = TRUE;
}

/* Should we sign off before the end is known, it was about now. */
static void
online (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;

  if (archive->last_time != 0)
    return;
  archive->first = TRUE;
  move_end (session, NULL, session->host->ops->wall_s (session->host));
}

static void
init (GtalkSession *session)
{
  GtalkArchive *archive = g_new0 (GtalkArchive, 1);

  session->archive = archive;
  archive->prefixes = g_ptr_array_new_with_free_func (g_free);
  archive->seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (archive->prefixes, g_strdup (session->id_prefix));
  load (session);
}

static void
clear (GtalkSession *session)
{
  GtalkArchive *archive = session->archive;

  if (archive == NULL)
    return;
  stop (session);
  if (archive->timer != NULL)
    session->host->ops->timer_cancel (session->host, archive->timer);
  g_queue_clear (&archive->order);
  g_hash_table_unref (archive->seen);
  g_ptr_array_unref (archive->prefixes);
  g_free (archive->last);
  g_clear_pointer (&session->archive, g_free);
}

const GtalkPart gtalk_archive_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .online = online,
  .features = features,
  .message = message,
};
