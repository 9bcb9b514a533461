/* Our own vCard: what the user may change of it, in the words they know; all
 * else in it stays as it is. */

#include <string.h>

#include "gtalk-parts.h"
#include "im-charset.h"

#define NS_CARD "vcard-temp"
#define GET_CARD "<vCard xmlns='" NS_CARD "'/>"

/* vCards are three elements deep. */
#define MAX_DEPTH 6

/* What can be changed: where it stands, the element within that or NULL, and
 * what it is. Those of one element follow each other. */
static const struct
{
  const char *element;
  const char *part;
  ImFieldId field;
} rows[] = {
  { "NICKNAME", NULL, IM_FIELD_NICK },
  { "N", "GIVEN", IM_FIELD_FIRST_NAME },
  { "N", "FAMILY", IM_FIELD_LAST_NAME },
  { "EMAIL", "USERID", IM_FIELD_EMAIL },
  { "TEL", "NUMBER", IM_FIELD_PHONE },
  { "BDAY", NULL, IM_FIELD_BIRTHDAY },
  { "ADR", "STREET", IM_FIELD_STREET },
  { "ADR", "PCODE", IM_FIELD_ZIP },
  { "ADR", "LOCALITY", IM_FIELD_CITY },
  { "ADR", "REGION", IM_FIELD_STATE },
  { "ADR", "CTRY", IM_FIELD_COUNTRY },
  { "URL", NULL, IM_FIELD_HOMEPAGE },
  { "ORG", "ORGNAME", IM_FIELD_COMPANY },
  { "ORG", "ORGUNIT", IM_FIELD_DEPARTMENT },
  { "TITLE", NULL, IM_FIELD_POSITION },
  { "DESC", NULL, IM_FIELD_NOTES },
};

/** @values: (nullable): what the user wants, by row; "" for nothing */
typedef struct
{
  char *values[G_N_ELEMENTS (rows)];
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_free (wish->values[i]);
  g_free (wish);
}

/* Nothing is changed that could not be read; that there is no card yet is an
 * answer. */
static gboolean
is_readable (const XmlNode *stanza)
{
  return stanza != NULL &&
         (g_strcmp0 (xml_node_attribute (stanza, "type"), "result") == 0 ||
          xml_node_exists (xml_node_find (stanza, "item-not-found")));
}

static void
tell_done (GtalkSession *session, ImAccountOutcome outcome)
{
  const ImEvent event = {
    .type = IM_EVENT_ACCOUNT,
    .account = { .matter = IM_ACCOUNT_ENTRY, .outcome = outcome },
  };

  gtalk_session_emit (session, &event);
}

/* --- reading ------------------------------------------------------------------ */

static const char *
read_row (const XmlNode *card, guint row)
{
  const XmlNode *node = xml_node_first (card, rows[row].element);

  return rows[row].part != NULL ? xml_node_child_text (node, rows[row].part)
                                : xml_node_text (node);
}

static void
on_read (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const XmlNode *card;
  ImField fields[G_N_ELEMENTS (rows)];
  ImEvent event = {
    .type = IM_EVENT_PROFILE,
    .profile = { .presence = { .who = gtalk_session_bare (session) },
                 .own = TRUE,
                 .fields = fields },
  };

  if (session->gone)
    return;
  if (!is_readable (stanza))
    {
      tell_done (session, IM_ACCOUNT_TRY_LATER);
      return;
    }
  card = xml_node_first_ns (stanza, NS_CARD, "vCard");
  event.profile.found = xml_node_exists (card);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (*read_row (card, i) != '\0')
      fields[event.profile.n_fields++] =
          (ImField){ rows[i].field, read_row (card, i) };
  gtalk_session_emit (session, &event);
}

void
gtalk_session_get_own_fields (GtalkSession *session)
{
  if (gtalk_session_is_online (session) && !session->gone)
    gtalk_session_ask (session, NULL, "get", GET_CARD, on_read, NULL, NULL);
}

/* --- writing ------------------------------------------------------------------ */

/* Returns: the row of a child of @element (nullable) called @name, or -1 */
static int
row_of (const char *element, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (element == NULL
            ? rows[i].part == NULL && strcmp (rows[i].element, name) == 0
            : rows[i].part != NULL && strcmp (rows[i].element, element) == 0 &&
                  strcmp (rows[i].part, name) == 0)
      return (int) i;
  return -1;
}

static gboolean
has_parts (const char *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].part != NULL && strcmp (rows[i].element, element) == 0)
      return TRUE;
  return FALSE;
}

static void
copy (XmppWriter *w, const XmlNode *node, guint depth)
{
  const char *ns = xml_node_namespace (node);

  if (depth >= MAX_DEPTH)
    return;
  xmpp_open (w, xml_node_name (node), strcmp (ns, NS_CARD) != 0 ? ns : NULL);
  xmpp_text (w, xml_node_text (node));
  for (const XmlNode *child = xml_node_first (node, NULL);
       xml_node_exists (child); child = xml_node_next (child, NULL))
    copy (w, child, depth + 1);
  xmpp_close (w);
}

/* Writes the parts of @element the user wants, and of what was there (nullable)
 * those they cannot change. */
static void
write_parts (XmppWriter *w, const char *element, const XmlNode *old,
             const Wish *wish)
{
  xmpp_open (w, element, NULL);
  for (const XmlNode *child = old != NULL ? xml_node_first (old, NULL) : NULL;
       child != NULL && xml_node_exists (child);
       child = xml_node_next (child, NULL))
    if (row_of (element, xml_node_name (child)) < 0)
      copy (w, child, 2);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].part != NULL && strcmp (rows[i].element, element) == 0 &&
        *wish->values[i] != '\0')
      xmpp_leaf (w, rows[i].part, NULL, wish->values[i]);
  xmpp_close (w);
}

static gboolean
is_wanted (const char *element, const Wish *wish)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].element, element) == 0 && *wish->values[i] != '\0')
      return TRUE;
  return FALSE;
}

/* The first of each kind is what the user saw. */
static void
write_element (XmppWriter *w, const char *element, const XmlNode *old,
               const Wish *wish)
{
  int row = row_of (NULL, element);

  if (!is_wanted (element, wish))
    return;
  if (row >= 0)
    xmpp_leaf (w, element, NULL, wish->values[row]);
  else
    write_parts (w, element, old, wish);
}

static void
write_card (XmppWriter *w, const XmlNode *card, const Wish *wish)
{
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);

  xmpp_open (w, "vCard", NS_CARD);
  for (const XmlNode *node = xml_node_first (card, NULL);
       xml_node_exists (node); node = xml_node_next (node, NULL))
    {
      const char *name = xml_node_name (node);

      if ((row_of (NULL, name) < 0 && !has_parts (name)) ||
          !g_hash_table_add (done, (gpointer) name))
        copy (w, node, 1);
      else
        write_element (w, name, node, wish);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_hash_table_add (done, (gpointer) rows[i].element))
      write_element (w, rows[i].element, NULL, wish);
  xmpp_close (w);
}

static void
on_written (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  if (session->gone)
    return;
  tell_done (session,
             stanza == NULL ? IM_ACCOUNT_TRY_LATER
             : g_strcmp0 (xml_node_attribute (stanza, "type"), "result") == 0
                 ? IM_ACCOUNT_DONE
                 : IM_ACCOUNT_REFUSED);
}

static void
on_old (GtalkSession *session, const XmlNode *stanza, gpointer wish)
{
  g_auto (XmppWriter) w = { 0 };

  if (session->gone)
    return;
  if (!is_readable (stanza))
    {
      tell_done (session, IM_ACCOUNT_TRY_LATER);
      return;
    }
  write_card (&w, xml_node_first_ns (stanza, NS_CARD, "vCard"), wish);
  gtalk_session_ask (session, NULL, "set", xmpp_writer_text (&w), on_written,
                     NULL, NULL);
}

void
gtalk_session_set_own_fields (GtalkSession *session, const ImField *fields,
                              guint n_fields)
{
  Wish *wish;

  if (!gtalk_session_is_online (session) || session->gone)
    return;
  wish = g_new0 (Wish, 1);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (guint j = 0; j < n_fields && wish->values[i] == NULL; j++)
        if (fields[j].id == rows[i].field)
          wish->values[i] = im_charset_tidy (fields[j].value);
      if (wish->values[i] == NULL)
        wish->values[i] = g_strdup ("");
    }
  gtalk_session_ask (session, NULL, "get", GET_CARD, on_old, wish, wish_free);
}
