/* What the notification server has to know of the list, from version 13 on:
 * who shows us their presence and may see ours.
 *
 *   ADL t <len>  <ml l="1"><d n="host"><c n="name" l="3" t="1"/>   at sign-on
 *   ADL t <len>  <ml>...      RML t <len>  <ml>...                 afterwards
 *   FQY t <len>  <ml><d n="host"><c n="name"/></d></ml>
 *
 * Changes are told of one person at a time: Escargot mixes up those of
 * several domains (front/msn/msnp_ns.py). */

#include "msnp-contacts-private.h"

#include <string.h>

/* Bytes of one payload that servers take. */
#define MAX_PAYLOAD 7500

static gboolean
on_answer (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;

  if (command == NULL)
    return FALSE;
  if (command->error_code != 0)
    {
      im_host_debug (session->host, "msnp: a change of the list is refused: %u",
                     command->error_code);
      return FALSE;
    }
  /* Escargot answers with how those are first who were added. */
  if (msnp_command_is (command, "ADL") || msnp_command_is (command, "RML"))
    return FALSE;
  if (msnp_command_is (command, "UBX"))
    msnp_presence_handle_extra (session, command);
  else
    msnp_presence_handle (session, command);
  return TRUE;
}

static void
send_list (MsnpSession *session, const char *verb, GBytes *payload)
{
  guint32 id = msnp_conn_next_id (session->ns);
  ImWriter *writer = msnp_conn_writer (session->ns);

  msnp_open (writer, verb, id);
  msnp_close_payload (writer, g_bytes_get_data (payload, NULL),
                      g_bytes_get_size (payload));
  msnp_conn_expect_list_error (session->ns, id);
  msnp_conn_expect (session->ns, id, on_answer, NULL, NULL);
}

/* The members need their addresses as the codec wants them. */
static MsnpMember
member_of (const MsnpPerson *person, guint lists)
{
  return (MsnpMember){ person->address, person->network, lists };
}

void
msnp_adl_change (MsnpSession *session, const MsnpPerson *person,
                 MsnpListFlags list, gboolean add)
{
  MsnpMember member = member_of (person, list);
  g_autoptr (GPtrArray) payloads = NULL;

  if (session->ns == NULL)
    return;
  payloads = msnp_lists_encode_xml (&member, 1, FALSE, MAX_PAYLOAD);
  msnp_conn_cork (session->ns);
  for (guint i = 0; i < payloads->len; i++)
    send_list (session, add ? "ADL" : "RML", payloads->pdata[i]);
  msnp_conn_uncork (session->ns);
}

/* --- at sign-on --------------------------------------------------------- */

#define SHOWN_LISTS                                                           \
  (MSNP_LIST_FORWARD | MSNP_LIST_ALLOW | MSNP_LIST_BLOCK)

static void
collect (MsnpPerson *person, gpointer data)
{
  MsnpMember member = member_of (person, person->lists & SHOWN_LISTS);

  if (member.lists != 0)
    g_array_append_val ((GArray *) data, member);
}

static int
by_address (gconstpointer a, gconstpointer b)
{
  const MsnpMember *first = a;
  const MsnpMember *second = b;

  return strcmp (first->address, second->address);
}

/* Even an empty list is said: some servers show nothing before. */
void
msnp_contacts_announce (MsnpSession *session)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (MsnpMember));
  g_autoptr (GPtrArray) payloads = NULL;

  if (session->ns == NULL)
    return;
  msnp_people_foreach (session->people, collect, members);
  g_array_sort (members, by_address);
  payloads = msnp_lists_encode_xml ((MsnpMember *) (void *) members->data,
                                    members->len, TRUE, MAX_PAYLOAD);
  msnp_conn_cork (session->ns);
  msnp_encode (msnp_conn_writer (session->ns), "BLP",
               msnp_conn_next_id (session->ns),
               session->lists->open ? "AL" : "BL", NULL);
  for (guint i = 0; i < payloads->len; i++)
    send_list (session, "ADL", payloads->pdata[i]);
  msnp_conn_uncork (session->ns);
}

/* --- where somebody lives ----------------------------------------------- */

typedef struct
{
  MsnpSession *session;
  ImTimer *timer;
  MsnpQueryFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Query;

static void
query_free (gpointer data)
{
  Query *query = data;

  query->session->host->ops->timer_cancel (query->session->host,
                                           query->timer);
  if (query->data != NULL && query->destroy != NULL)
    query->destroy (query->data);
  g_free (query);
}

void
msnp_adl_init (MsnpSession *session)
{
  session->contacts->queries = g_ptr_array_new_with_free_func (query_free);
}

void
msnp_adl_clear (MsnpSession *session)
{
  g_clear_pointer (&session->contacts->queries, g_ptr_array_unref);
}

static void
finish_query (Query *query, guint network, guint code)
{
  MsnpSession *session = query->session;
  MsnpQueryFunc func = query->func;
  gpointer data = g_steal_pointer (&query->data);

  g_ptr_array_remove (session->contacts->queries, query);
  func (session, network, code, data);
}

static gboolean
is_pending (const MsnpSession *session, Query *query)
{
  return session->contacts != NULL &&
         g_ptr_array_find (session->contacts->queries, query, NULL);
}

/* Everybody lives in the network itself unless the server says otherwise. */
static void
on_silence (gpointer user)
{
  Query *query = user;

  query->timer = NULL;
  finish_query (query, MSNP_NETWORK_MSN, 0);
}

static gboolean
on_network (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  guint network = MSNP_NETWORK_MSN;
  g_autoptr (GArray) found = NULL;

  if (command == NULL || session->gone || !is_pending (session, data))
    return FALSE;
  if (command->error_code != 0)
    {
      finish_query (data, 0, command->error_code);
      return FALSE;
    }
  if (command->has_payload &&
      msnp_lists_decode_xml (&command->payload, &found, NULL) &&
      found->len > 0 &&
      g_array_index (found, MsnpContact, 0).handle.network != 0)
    network = g_array_index (found, MsnpContact, 0).handle.network;
  finish_query (data, network, 0);
  return FALSE;
}

static char *
encode_query (const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *name = g_strndup (address, (gsize) (at - address));

  return g_markup_printf_escaped (
      "<ml><d n=\"%s\"><c n=\"%s\"/></d></ml>", at + 1, name);
}

void
msnp_adl_query (MsnpSession *session, const char *address, MsnpQueryFunc func,
                gpointer data, GDestroyNotify destroy)
{
  const ImHostOps *ops = session->host->ops;
  Query *query = g_new0 (Query, 1);
  ImWriter *writer = msnp_conn_writer (session->ns);
  guint32 id = msnp_conn_next_id (session->ns);
  g_autofree char *payload = encode_query (address);

  *query = (Query){ session, NULL, func, data, destroy };
  query->timer = ops->timer_add (session->host, IM_STEP_SECONDS * 1000,
                                 on_silence, query);
  g_ptr_array_add (session->contacts->queries, query);
  msnp_open (writer, "FQY", id);
  msnp_close_payload (writer, payload, strlen (payload));
  msnp_conn_expect_list_error (session->ns, id);
  msnp_conn_expect (session->ns, id, on_network, query, NULL);
  msnp_conn_flush (session->ns);
}
