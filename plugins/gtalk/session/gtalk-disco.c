#include "gtalk-disco.h"

#include <string.h>

#include "gtalk-mail.h"
#include "gtalk-parts.h"
#include "gtalk-record.h"
#include "gtalk-roster.h"
#include "xmpp-caps.h"
#include "xmpp-time.h"

#define NS_INFO "http://jabber.org/protocol/disco#info"
#define NS_ITEMS "http://jabber.org/protocol/disco#items"
#define NS_CAPS "http://jabber.org/protocol/caps"
#define NS_PING "urn:xmpp:ping"
#define NS_VERSION "jabber:iq:version"
#define NS_TIME "urn:xmpp:time"
#define NS_DATA "jabber:x:data"
#define NS_UPLOAD "urn:xmpp:http:upload:0"

/* What our hash is made of, whoever publishes it. */
#define NODE "https://purple-classic.example/"

/* Google's word for being able to take part in its private rooms. */
#define PRIVATE_ROOMS "pmuc-v1"

/* Everything here is answered, or sent where the other has it. */
static const char *const features[] = {
  NS_CAPS,
  "http://jabber.org/protocol/chatstates",
  NS_INFO,
  "http://jabber.org/protocol/muc",
  "jabber:x:conference",
  NS_VERSION,
  "urn:xmpp:attention:0",
  "urn:xmpp:avatar:metadata" "+notify",
  "urn:xmpp:chat-markers:0",
  "urn:xmpp:message-correct:0",
  NS_PING,
  "urn:xmpp:receipts",
  NS_TIME,
};

/** One of the server's services: its address; identities and features; what
 * else it says, by form and field. */
typedef struct
{
  char *jid;
  GHashTable *has;
  GHashTable *values;
} Service;

/**
 * GtalkDisco:
 * @info: (owned): what we answer, without the query around it
 * @hash: of it
 * @server: (element-type utf8): features of the server
 * @account: (element-type utf8): features of our own account
 * @waiting: answers that are still to come
 * @known: they came once
 * @services: (element-type Service): what else there is at the server
 * @unasked: how many of them are not known yet, and one for the list itself
 */
struct _GtalkDisco
{
  char *info;
  char *hash;
  GHashTable *server;
  GHashTable *account;
  guint waiting;
  gboolean known;
  GPtrArray *services;
  guint unasked;
};

/* --- what we are ---------------------------------------------------------------- */

static void
describe (GtalkSession *session)
{
  g_auto (XmppWriter) w = { 0 };
  g_autoptr (XmlTree) tree = NULL;

  xmpp_open (&w, "query", NS_INFO);
  xmpp_open (&w, "identity", NULL);
  xmpp_attr (&w, "category", "client");
  xmpp_attr (&w, "type", "pc");
  xmpp_attr (&w, "name", session->settings.client_name);
  xmpp_close (&w);
  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      xmpp_open (&w, "feature", NULL);
      xmpp_attr (&w, "var", features[i]);
      xmpp_close (&w);
    }
  xmpp_close (&w);
  session->disco->info = g_strdup (xmpp_writer_text (&w));
  tree = xml_tree_parse (session->disco->info, xmpp_writer_length (&w), NULL);
  session->disco->hash = xmpp_caps_hash (xml_tree_root (tree));
}

void
gtalk_disco_write_caps (GtalkSession *session, XmppWriter *w)
{
  xmpp_open (w, "c", NS_CAPS);
  xmpp_attr (w, "hash", "sha-1");
  xmpp_attr (w, "node", NODE);
  xmpp_attr (w, "ver", session->disco->hash);
  /* Its programs look for this word before they ask into a private room. */
  if (gtalk_roster_is_google (session))
    xmpp_attr (w, "ext", PRIVATE_ROOMS);
  xmpp_close (w);
}

static void
answer_version (GtalkSession *session, const XmlNode *iq)
{
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "query", NS_VERSION);
  xmpp_leaf (&w, "name", NULL, session->settings.client_name);
  xmpp_leaf (&w, "version", NULL, session->settings.client_version);
  xmpp_close (&w);
  gtalk_session_answer (session, iq, xmpp_writer_text (&w));
}

static void
answer_time (GtalkSession *session, const XmlNode *iq)
{
  g_auto (XmppWriter) w = { 0 };
  g_autofree char *utc =
      xmpp_time_print (session->host->ops->wall_s (session->host));

  /* Where we are is nobody's business. */
  xmpp_open (&w, "time", NS_TIME);
  xmpp_leaf (&w, "tzo", NULL, "+00:00");
  xmpp_leaf (&w, "utc", NULL, utc);
  xmpp_close (&w);
  gtalk_session_answer (session, iq, xmpp_writer_text (&w));
}

/* A hash names our answer too; any other node is none of ours. */
static gboolean
answer_info (GtalkSession *session, const XmlNode *iq, const XmlNode *query)
{
  const char *node = xml_node_attribute (query, "node");
  g_autofree char *ours = g_strconcat (NODE "#", session->disco->hash, NULL);

  if (g_strcmp0 (node, NODE "#" PRIVATE_ROOMS) == 0)
    {
      gtalk_session_answer (session, iq,
                            "<query xmlns='" NS_INFO "' node='" NODE
                            "#" PRIVATE_ROOMS "'/>");
      return TRUE;
    }
  if (node != NULL && *node != '\0' && strcmp (node, ours) != 0)
    {
      gtalk_session_answer_error (session, iq, "cancel", "item-not-found");
      return TRUE;
    }
  gtalk_session_answer (session, iq, session->disco->info);
  return TRUE;
}

static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  const XmlNode *payload = xml_node_first (iq, NULL);

  if (g_strcmp0 (xml_node_attribute (iq, "type"), "get") != 0)
    return FALSE;
  if (xml_node_is (payload, NS_INFO, "query"))
    return answer_info (session, iq, payload);
  if (xml_node_is (payload, NS_PING, "ping"))
    gtalk_session_answer (session, iq, NULL);
  else if (xml_node_is (payload, NS_VERSION, "query"))
    answer_version (session, iq);
  else if (xml_node_is (payload, NS_TIME, "time"))
    answer_time (session, iq);
  else
    return FALSE;
  return TRUE;
}

/* --- what others are --------------------------------------------------------------- */

gboolean
gtalk_disco_server_has (const GtalkSession *session, const char *var)
{
  return g_hash_table_contains (session->disco->server, var);
}

gboolean
gtalk_disco_is_google (const GtalkSession *session, const char *var)
{
  return session->settings.quirks & GTALK_QUIRK_GOOGLE ||
         gtalk_disco_server_has (session, var);
}

gboolean
gtalk_disco_is_known (const GtalkSession *session)
{
  return session->disco->known;
}

gboolean
gtalk_disco_account_has (const GtalkSession *session, const char *var)
{
  return g_hash_table_contains (session->disco->account, var);
}

gboolean
gtalk_disco_account_known (const GtalkSession *session)
{
  return session->disco->waiting == 0;
}

gboolean
gtalk_disco_features_known (const GtalkSession *session)
{
  return session->disco->waiting == 0;
}

static void
read_features (const XmlNode *stanza, GHashTable *into)
{
  const XmlNode *list = xml_node_first_ns (stanza, NS_INFO, "query");
  guint count = 0;

  g_hash_table_remove_all (into);
  for (const XmlNode *node = xml_node_first (list, "feature");
       xml_node_exists (node) && count < IM_MAX_FEATURES;
       node = xml_node_next (node, "feature"), count++)
    if (xml_node_attribute (node, "var") != NULL)
      g_hash_table_add (into, g_strdup (xml_node_attribute (node, "var")));
}

static void
on_info (GtalkSession *session, const XmlNode *stanza, gpointer into)
{
  if (session->gone)
    return;
  if (stanza != NULL)
    read_features (stanza, into);
  if (--session->disco->waiting > 0)
    return;
  session->disco->known = TRUE;
  gtalk_session_features_known (session);
}

/* --- services ---------------------------------------------------------------------- */

static void
service_free (gpointer data)
{
  Service *service = data;

  g_free (service->jid);
  g_hash_table_unref (service->has);
  g_hash_table_unref (service->values);
  g_free (service);
}

const char *
gtalk_disco_service (const GtalkSession *session, const char *identity,
                     const char *var)
{
  GPtrArray *services = session->disco->services;

  for (guint i = 0; i < services->len; i++)
    {
      const Service *service = services->pdata[i];

      if (g_hash_table_contains (service->has, identity) &&
          g_hash_table_contains (service->has, var))
        return service->jid;
    }
  return NULL;
}

static Service *
find_service (const GtalkSession *session, const char *jid)
{
  GPtrArray *services = session->disco->services;

  for (guint i = 0; i < services->len; i++)
    if (strcmp (((Service *) services->pdata[i])->jid, jid) == 0)
      return services->pdata[i];
  return NULL;
}

const char *
gtalk_disco_service_value (const GtalkSession *session, const char *jid,
                           const char *form, const char *var)
{
  const Service *service = find_service (session, jid);
  g_autofree char *key = g_strconcat (form, " ", var, NULL);

  return service != NULL ? g_hash_table_lookup (service->values, key) : NULL;
}

gboolean
gtalk_disco_services_known (const GtalkSession *session)
{
  return session->disco->unasked == 0;
}

gboolean
gtalk_session_has (const GtalkSession *session, GtalkFeature feature)
{
  switch (feature)
    {
    case GTALK_FEATURE_BLOCKING:
      return gtalk_disco_server_has (session, "urn:xmpp:blocking") ||
             gtalk_roster_is_google (session);
    case GTALK_FEATURE_ROOMS:
      return session->settings.quirks & GTALK_QUIRK_GOOGLE ||
             gtalk_disco_service (session, "conference/text",
                                  "http://jabber.org/protocol/muc") != NULL;
    case GTALK_FEATURE_MAIL:
      return gtalk_mail_is_there (session);
    case GTALK_FEATURE_OFF_RECORD:
      return gtalk_record_is_there (session);
    case GTALK_FEATURE_UPLOAD:
      return gtalk_disco_service (session, "store/file", NS_UPLOAD) != NULL;
    }
  return FALSE;
}

static void
answered (GtalkSession *session)
{
  if (--session->disco->unasked == 0)
    gtalk_session_services_known (session);
}

static const char *
read_form_type (const XmlNode *form)
{
  for (const XmlNode *field = xml_node_first (form, "field");
       xml_node_exists (field); field = xml_node_next (field, "field"))
    if (g_strcmp0 (xml_node_attribute (field, "var"), "FORM_TYPE") == 0)
      return xml_node_child_text (field, "value");
  return "";
}

static void
read_forms (const XmlNode *list, GHashTable *values)
{
  for (const XmlNode *form = xml_node_first (list, "x");
       xml_node_exists (form); form = xml_node_next (form, "x"))
    for (const XmlNode *field = xml_node_first (form, "field");
         xml_node_exists (field) && xml_node_is (form, NS_DATA, "x") &&
         g_hash_table_size (values) < IM_MAX_FEATURES;
         field = xml_node_next (field, "field"))
      g_hash_table_replace (
          values,
          g_strdup_printf ("%s %s", read_form_type (form),
                           xml_node_attribute (field, "var")),
          g_strdup (xml_node_child_text (field, "value")));
}

static void
on_service (GtalkSession *session, const XmlNode *stanza, gpointer jid)
{
  Service *service;

  if (session->gone)
    return;
  service = find_service (session, jid);
  if (stanza != NULL && service != NULL)
    {
      const XmlNode *list = xml_node_first_ns (stanza, NS_INFO, "query");

      read_features (stanza, service->has);
      for (const XmlNode *node = xml_node_first (list, "identity");
           xml_node_exists (node); node = xml_node_next (node, "identity"))
        g_hash_table_add (
            service->has,
            g_strdup_printf ("%s/%s", xml_node_attribute (node, "category"),
                             xml_node_attribute (node, "type")));
      read_forms (list, service->values);
    }
  answered (session);
}

static void
ask_service (GtalkSession *session, const char *jid)
{
  Service *service = g_new (Service, 1);

  service->jid = g_strdup (jid);
  service->has =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  service->values =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add (session->disco->services, service);
  session->disco->unasked++;
  gtalk_session_ask (session, jid, "get", "<query xmlns='" NS_INFO "'/>",
                     on_service, g_strdup (jid), g_free);
}

static void
on_items (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const XmlNode *list;

  if (session->gone)
    return;
  list = stanza != NULL ? xml_node_first_ns (stanza, NS_ITEMS, "query") : NULL;
  for (const XmlNode *node = list != NULL ? xml_node_first (list, "item") : NULL;
       node != NULL && xml_node_exists (node) &&
       session->disco->services->len < IM_MAX_SERVICES_ASKED;
       node = xml_node_next (node, "item"))
    {
      const char *jid = xml_node_attribute (node, "jid");

      if (jid != NULL && xml_node_attribute (node, "node") == NULL &&
          find_service (session, jid) == NULL)
        ask_service (session, jid);
    }
  answered (session);
}

static void
ask_services (GtalkSession *session)
{
  g_ptr_array_set_size (session->disco->services, 0);
  session->disco->unasked = 1;
  gtalk_session_ask (session, gtalk_session_domain (session), "get",
                     "<query xmlns='" NS_ITEMS "'/>", on_items, NULL, NULL);
}

static void
bound (GtalkSession *session)
{
  GtalkDisco *disco = session->disco;

  disco->waiting = 2;
  gtalk_session_ask (session, gtalk_session_domain (session), "get",
                     "<query xmlns='" NS_INFO "'/>", on_info, disco->server,
                     NULL);
  gtalk_session_ask (session, gtalk_session_bare (session), "get",
                     "<query xmlns='" NS_INFO "'/>", on_info, disco->account,
                     NULL);
  ask_services (session);
}

static void
init (GtalkSession *session)
{
  session->disco = g_new0 (GtalkDisco, 1);
  session->disco->server =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session->disco->account =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session->disco->services = g_ptr_array_new_with_free_func (service_free);
  session->disco->unasked = 1;
  describe (session);
}

static void
clear (GtalkSession *session)
{
  if (session->disco == NULL)
    return;
  g_hash_table_unref (session->disco->server);
  g_hash_table_unref (session->disco->account);
  g_ptr_array_unref (session->disco->services);
  g_free (session->disco->info);
  g_free (session->disco->hash);
  g_clear_pointer (&session->disco, g_free);
}

const GtalkPart gtalk_disco_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .query = query,
};
