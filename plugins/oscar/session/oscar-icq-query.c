/* Who is who: 15/02 and what 15/03 answers.
 *
 *   oscar_icq_get_info ()  -> 04B2, eight replies merged into one event
 *   oscar_icq_online ()    -> 04BA for buddies without an alias, one by one
 *   oscar_session_search () -> 051F, 0529, 0515 or 055F, hits collected
 *   oscar_session_set_own_fields () -> 0C3A
 *
 * A question that is not answered, or not to its end, ends with what came. */

#include "oscar-icq-state.h"

#include <stdlib.h>
#include <string.h>

#include "oscar-icq-info.h"
#include "oscar-icq.h"
#include "oscar-search.h"

/* Seconds until a question counts as answered. */
#define ANSWER_SECONDS 15

/* People of one search, and fields of one person: more than servers send. */
#define MAX_PEOPLE 200
#define MAX_FIELDS 200

/* Milliseconds between questions that nobody waits for. */
#define NAME_INTERVAL_MS 2000

typedef enum
{
  QUERY_INFO,
  QUERY_OWN,    /* the same about ourselves, to be changed */
  QUERY_NAME,
  QUERY_SEARCH,
  QUERY_SET,
} QueryKind;

/* What came of a person so far: ids, and values in the same order. */
typedef struct
{
  GArray *ids;       /* ImFieldId */
  GPtrArray *values; /* owned char * */
} Person;

typedef struct
{
  QueryKind kind;
  guint32 request;
  gint64 until_ms;
  char *who;         /* nullable */
  guint seen;        /* bits of the replies that came */
  GPtrArray *people; /* owned Person; the first is @who */
  guint more;
  ImAccountOutcome outcome; /* of a change */
  guint code;               /* why it was refused */
} Query;

static Person *
person_new (void)
{
  Person *person = g_new0 (Person, 1);

  person->ids = g_array_new (FALSE, FALSE, sizeof (ImFieldId));
  person->values = g_ptr_array_new_with_free_func (g_free);
  return person;
}

static void
person_free (gpointer data)
{
  Person *person = data;

  g_array_unref (person->ids);
  g_ptr_array_unref (person->values);
  g_free (person);
}

static void
person_take (gpointer user, ImFieldId id, const char *value)
{
  Person *person = user;

  if (value == NULL || *value == '\0' || person->values->len >= MAX_FIELDS)
    return;
  /* The first e-mail address comes in two replies. */
  for (guint i = 0; i < person->values->len; i++)
    if (g_array_index (person->ids, ImFieldId, i) == id &&
        strcmp (g_ptr_array_index (person->values, i), value) == 0)
      return;
  g_array_append_val (person->ids, id);
  g_ptr_array_add (person->values, g_strdup (value));
}

static int
by_id (gconstpointer a, gconstpointer b)
{
  return (int) ((const ImField *) a)->id - (int) ((const ImField *) b)->id;
}

/* In the order they are shown; borrows the values. */
static GArray *
person_fields (const Person *person)
{
  GArray *fields = g_array_new (FALSE, FALSE, sizeof (ImField));

  for (guint i = 0; i < person->values->len; i++)
    {
      ImField field = { g_array_index (person->ids, ImFieldId, i),
                        g_ptr_array_index (person->values, i) };

      g_array_append_val (fields, field);
    }
  g_array_sort (fields, by_id);
  return fields;
}

void
oscar_icq_query_free (gpointer data)
{
  Query *query = data;

  g_free (query->who);
  g_ptr_array_unref (query->people);
  g_free (query);
}

static Person *
add_person (Query *query)
{
  Person *person = person_new ();

  g_ptr_array_add (query->people, person);
  return person;
}

/* --- Asking ------------------------------------------------------------- */

static guint32
own_number (const OscarSession *session)
{
  const char *name = session->self_name != NULL ? session->self_name
                                                : session->settings.name;

  return oscar_name_is_uin (name) ? (guint32) strtoul (name, NULL, 10) : 0;
}

static guint32
number_of (const char *who)
{
  guint64 number;

  return g_ascii_string_to_unsigned (who, 10, 1, G_MAXUINT32, &number, NULL)
             ? (guint32) number
             : 0;
}

static void start_timer (OscarSession *session);

static void
ask (OscarSession *session, QueryKind kind, const char *who, guint16 sequence,
     ImWriter *body)
{
  Query *query = g_new0 (Query, 1);
  OscarPriority priority =
      kind == QUERY_NAME ? OSCAR_PRIORITY_BACKGROUND : OSCAR_PRIORITY_USER;

  query->kind = kind;
  query->who = g_strdup (who);
  query->outcome = IM_ACCOUNT_TRY_LATER; /* until there is an answer */
  query->people = g_ptr_array_new_with_free_func (person_free);
  query->until_ms = session->host->ops->monotonic_ms (session->host) +
                    ANSWER_SECONDS * 1000;
  query->request = oscar_conn_send_snac (session->bos, OSCAR_FG_ICQ,
                                         OSCAR_ICQ_REQUEST, body, priority);
  if (kind != QUERY_SEARCH)
    add_person (query);
  g_hash_table_insert (session->icq->queries, GUINT_TO_POINTER (sequence),
                       query);
  start_timer (session);
}

static gboolean
can_ask (const OscarSession *session)
{
  return oscar_session_is_online (session) && session->bos != NULL &&
         g_hash_table_size (session->icq->queries) < IM_MAX_PENDING_REQUESTS;
}

static guint16
next_sequence (OscarSession *session)
{
  OscarIcqState *icq = session->icq;

  do
    icq->query_sequence++;
  while (g_hash_table_contains (icq->queries,
                                GUINT_TO_POINTER (icq->query_sequence)));
  return icq->query_sequence;
}

static void
ask_about (OscarSession *session, QueryKind kind, OscarMetaSubtype subtype,
           const char *who)
{
  g_auto (ImWriter) body = { 0 };
  guint16 sequence = next_sequence (session);

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icq_encode_uin_request (&body, own_number (session), sequence, subtype,
                                number_of (who));
  ask (session, kind, who, sequence, &body);
}

gboolean
oscar_icq_get_info (OscarSession *session, const char *who)
{
  if (!oscar_name_is_uin (who) || number_of (who) == 0)
    return FALSE;
  if (can_ask (session))
    {
      ask_about (session, QUERY_INFO, OSCAR_META_FULL_INFO, who);
      oscar_icq_ask_away (session, who);
    }
  return TRUE;
}

void
oscar_session_get_own_fields (OscarSession *session)
{
  g_autofree char *own = g_strdup_printf ("%u", own_number (session));

  if (!session->settings.icq)
    oscar_search_get_own (session);
  else if (can_ask (session) && own_number (session) != 0)
    ask_about (session, QUERY_OWN, OSCAR_META_FULL_INFO, own);
}

static OscarIcqMark
open_meta (OscarSession *session, ImWriter *body, guint16 sequence,
           guint16 subtype)
{
  const OscarIcq envelope = { own_number (session), OSCAR_ICQ_META_REQUEST,
                              sequence, subtype };

  im_writer_init (body, IM_MAX_FLAP_SENT);
  return oscar_icq_open (body, &envelope);
}

void
oscar_session_set_own_fields (OscarSession *session, const ImField *fields,
                              guint n_fields)
{
  g_auto (ImWriter) body = { 0 };
  guint16 sequence;
  OscarIcqMark mark;

  if (!session->settings.icq)
    oscar_search_set_own (session, fields, n_fields);
  if (!session->settings.icq || !can_ask (session))
    return;
  sequence = next_sequence (session);
  mark = open_meta (session, &body, sequence, OSCAR_META_SET_INFO);
  for (guint i = 0; i < n_fields; i++)
    oscar_icq_write_field (&body, &fields[i]);
  oscar_icq_close (&body, mark);
  ask (session, QUERY_SET, NULL, sequence, &body);
}

/* --- Searching ---------------------------------------------------------- */

static const char *
value_of (const ImField *fields, guint n_fields, ImFieldId id)
{
  for (guint i = 0; i < n_fields; i++)
    if (fields[i].id == id && fields[i].value != NULL &&
        *fields[i].value != '\0')
      return fields[i].value;
  return NULL;
}

/* The three names have a question of their own, which every server knows. */
static gboolean
only_names (const ImField *fields, guint n_fields)
{
  for (guint i = 0; i < n_fields; i++)
    if (fields[i].id != IM_FIELD_NICK && fields[i].id != IM_FIELD_FIRST_NAME &&
        fields[i].id != IM_FIELD_LAST_NAME && fields[i].value != NULL &&
        *fields[i].value != '\0')
      return FALSE;
  return TRUE;
}

static void
write_search (OscarSession *session, ImWriter *body, guint16 sequence,
              const ImField *fields, guint n_fields)
{
  const char *email = value_of (fields, n_fields, IM_FIELD_EMAIL);
  gboolean names = only_names (fields, n_fields);
  OscarIcqMark mark = open_meta (session, body, sequence,
                                 email != NULL ? OSCAR_META_SEARCH_EMAIL
                                 : names       ? OSCAR_META_SEARCH_NAME
                                               : OSCAR_META_SEARCH_PAGES);

  if (email != NULL)
    oscar_icq_write_string (body, email);
  else if (names)
    {
      oscar_icq_write_string (
          body, value_of (fields, n_fields, IM_FIELD_FIRST_NAME));
      oscar_icq_write_string (
          body, value_of (fields, n_fields, IM_FIELD_LAST_NAME));
      oscar_icq_write_string (body,
                              value_of (fields, n_fields, IM_FIELD_NICK));
    }
  else
    for (guint i = 0; i < n_fields; i++)
      if (fields[i].value != NULL && *fields[i].value != '\0')
        oscar_icq_write_field (body, &fields[i]);
  oscar_icq_close (body, mark);
}

void
oscar_session_search (OscarSession *session, const ImField *fields,
                      guint n_fields)
{
  const char *name = value_of (fields, n_fields, IM_FIELD_NAME);
  g_auto (ImWriter) body = { 0 };
  guint16 sequence;

  if (!session->settings.icq)
    oscar_search_begin (session, fields, n_fields);
  if (!session->settings.icq || !can_ask (session))
    return;
  if (name != NULL)
    {
      ask_about (session, QUERY_SEARCH, OSCAR_META_SEARCH_UIN, name);
      return;
    }
  sequence = next_sequence (session);
  write_search (session, &body, sequence, fields, n_fields);
  ask (session, QUERY_SEARCH, NULL, sequence, &body);
}

/* --- Nicknames for numbers ---------------------------------------------- */

static void
on_name_timer (gpointer user)
{
  OscarSession *session = user;
  OscarIcqState *icq = session->icq;
  g_autofree char *who = g_queue_pop_head (&icq->to_name);

  icq->name_timer = NULL;
  if (who != NULL && can_ask (session))
    ask_about (session, QUERY_NAME, OSCAR_META_SHORT_INFO, who);
}

/* One at a time: the next when this one was answered. */
static void
name_next (OscarSession *session)
{
  OscarIcqState *icq = session->icq;

  if (icq->name_timer == NULL && icq->to_name.length > 0 && !session->gone)
    icq->name_timer = session->host->ops->timer_add (
        session->host, NAME_INTERVAL_MS, on_name_timer, session);
}

static void
queue_name (gpointer user, const char *who, const char *alias)
{
  OscarSession *session = user;

  if (alias == NULL && oscar_name_is_uin (who))
    g_queue_push_tail (&session->icq->to_name, g_strdup (who));
}

void
oscar_icq_online (OscarSession *session)
{
  if (!session->settings.icq)
    return;
  oscar_roster_foreach_buddy (session->roster, queue_name, session);
  name_next (session);
}

void
oscar_icq_added (OscarSession *session, const char *who)
{
  if (!session->settings.icq)
    return;
  queue_name (session, who, NULL);
  name_next (session);
}

/* --- Answers ------------------------------------------------------------ */

static void
report_profile (OscarSession *session, const Query *query)
{
  g_autoptr (GArray) fields = person_fields (query->people->pdata[0]);
  ImEvent event = { .type = IM_EVENT_PROFILE };

  event.profile.presence.who = query->who;
  event.profile.found = fields->len > 0;
  event.profile.asked = query->kind == QUERY_INFO;
  event.profile.own = query->kind == QUERY_OWN;
  event.profile.fields = (const ImField *) (gconstpointer) fields->data;
  event.profile.n_fields = fields->len;
  if (query->kind != QUERY_NAME || fields->len > 0)
    oscar_session_emit (session, &event);
}

static void
report_found (OscarSession *session, const Query *query)
{
  g_autoptr (GPtrArray) fields =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autofree ImPerson *people = g_new0 (ImPerson, query->people->len + 1);
  ImEvent event = { .type = IM_EVENT_FOUND };

  for (guint i = 0; i < query->people->len; i++)
    {
      GArray *all = person_fields (query->people->pdata[i]);

      g_ptr_array_add (fields, all);
      people[i].fields = (const ImField *) (gconstpointer) all->data;
      people[i].n_fields = all->len;
    }
  event.found.people = people;
  event.found.n_people = query->people->len;
  event.found.more = query->more;
  oscar_session_emit (session, &event);
}

static void
report_change (OscarSession *session, const Query *query)
{
  ImEvent event = { .type = IM_EVENT_ACCOUNT };

  event.account.matter = IM_ACCOUNT_ENTRY;
  event.account.outcome = query->outcome;
  event.account.code = query->code;
  oscar_session_emit (session, &event);
}

static void
finish (OscarSession *session, guint sequence)
{
  gpointer stolen = NULL;
  Query *query;

  if (!g_hash_table_steal_extended (session->icq->queries,
                                    GUINT_TO_POINTER (sequence), NULL,
                                    &stolen))
    return;
  query = stolen;
  switch (query->kind)
    {
    case QUERY_INFO:
    case QUERY_OWN:
      report_profile (session, query);
      break;
    case QUERY_NAME:
      report_profile (session, query);
      name_next (session);
      break;
    case QUERY_SEARCH:
      report_found (session, query);
      break;
    case QUERY_SET:
      report_change (session, query);
      break;
    }
  oscar_icq_query_free (query);
}

/* Names the first query that is over, if any. */
static gboolean
find_expired (OscarSession *session, guint *ret)
{
  gint64 now = session->host->ops->monotonic_ms (session->host);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, session->icq->queries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((Query *) value)->until_ms <= now)
      {
        *ret = GPOINTER_TO_UINT (key);
        return TRUE;
      }
  return FALSE;
}

static void
on_query_timer (gpointer user)
{
  OscarSession *session = oscar_session_ref (user);
  guint sequence;

  session->icq->query_timer = NULL;
  while (!session->gone && find_expired (session, &sequence))
    finish (session, sequence);
  if (!session->gone)
    start_timer (session);
  oscar_session_unref (session);
}

static void
start_timer (OscarSession *session)
{
  OscarIcqState *icq = session->icq;

  if (icq->query_timer == NULL && g_hash_table_size (icq->queries) > 0)
    icq->query_timer = session->host->ops->timer_add (
        session->host, ANSWER_SECONDS * 1000, on_query_timer, session);
}

static void
take_short (Person *person, const OscarIcq *reply, const char *charset)
{
  g_auto (OscarIcqShort) info = { 0 };

  if (!oscar_icq_decode_short (&reply->data, charset, &info, NULL))
    return;
  person_take (person, IM_FIELD_NICK, info.nick);
  person_take (person, IM_FIELD_FIRST_NAME, info.first);
  person_take (person, IM_FIELD_LAST_NAME, info.last);
}

static void
take_found (Query *query, const OscarIcq *reply, const char *charset)
{
  g_auto (OscarIcqFound) found = { 0 };
  Person *person;
  char number[16];

  if (query->people->len >= MAX_PEOPLE ||
      !oscar_icq_decode_found (&reply->data, charset, &found, NULL))
    return;
  person = add_person (query);
  g_snprintf (number, sizeof number, "%u", found.uin);
  person_take (person, IM_FIELD_NAME, number);
  person_take (person, IM_FIELD_NICK, found.nick);
  person_take (person, IM_FIELD_FIRST_NAME, found.first);
  person_take (person, IM_FIELD_LAST_NAME, found.last);
  person_take (person, IM_FIELD_EMAIL, found.email);
  person_take (person, IM_FIELD_GENDER,
               found.gender == 1   ? "female"
               : found.gender == 2 ? "male"
                                   : NULL);
  g_snprintf (number, sizeof number, "%u", found.age);
  person_take (person, IM_FIELD_AGE, found.age != 0 ? number : NULL);
  person_take (person, IM_FIELD_NEEDS_AUTH, found.free ? "0" : "1");
  person_take (person, IM_FIELD_ONLINE, found.status == 1 ? "1" : "0");
  query->more = found.left;
}

/* Whether the answer is complete with @reply. */
static gboolean
take_reply (Query *query, const OscarIcq *reply, const char *charset)
{
  guint bit = oscar_icq_info_bit (reply->subtype);

  if (query->kind == QUERY_SET)
    {
      query->outcome = reply->result == OSCAR_META_OK ? IM_ACCOUNT_DONE
                                                      : IM_ACCOUNT_REFUSED;
      query->code = reply->result == OSCAR_META_OK ? 0 : reply->result;
      return TRUE;
    }
  if (query->kind == QUERY_SEARCH)
    {
      if (reply->result == OSCAR_META_OK)
        take_found (query, reply, charset);
      return reply->result != OSCAR_META_OK ||
             reply->subtype == OSCAR_META_REPLY_LAST;
    }
  if (reply->result != OSCAR_META_OK)
    {
      query->seen |= bit;
      return bit == 0 || reply->subtype == OSCAR_META_REPLY_BASIC ||
             query->seen == OSCAR_ICQ_INFO_ALL;
    }
  if (query->kind == QUERY_NAME)
    {
      take_short (query->people->pdata[0], reply, charset);
      return TRUE;
    }
  oscar_icq_decode_info (reply->subtype, &reply->data, charset, person_take,
                         query->people->pdata[0]);
  query->seen |= bit;
  return query->seen == OSCAR_ICQ_INFO_ALL;
}

void
oscar_icq_reply (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcq reply;
  Query *query;

  if (!oscar_icq_decode (&reader, &reply, NULL) ||
      reply.type != OSCAR_ICQ_META_REPLY)
    return;
  query = g_hash_table_lookup (session->icq->queries,
                               GUINT_TO_POINTER (reply.sequence));
  if (query != NULL &&
      take_reply (query, &reply, session->settings.charset))
    finish (session, reply.sequence);
}

/* A server without ICQ's questions. */
void
oscar_icq_error (OscarSession *session, guint32 request)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, session->icq->queries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((Query *) value)->request == request)
      {
        ((Query *) value)->outcome = IM_ACCOUNT_UNSUPPORTED;
        finish (session, GPOINTER_TO_UINT (key));
        return;
      }
}
