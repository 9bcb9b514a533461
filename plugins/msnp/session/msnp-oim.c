/* Messages for people who are offline.
 *
 *   msnp_oim_handle_mail_data ()  what waits for us: ids, or "too-large"
 *     read_on ()                  GetMetadata, GetMessage, a few at a time
 *     show ()                     in order, once all have come and we are
 *                                 online; then DeleteMessages, all at once
 *   msnp_oim_send ()              queued: they are numbered, and the lock is
 *                                 opened once for all
 *     send_on ()                  Store2
 *     on_stored ()                the lock: answered, and sent once more
 *
 * A message that may have been stored is never stored again: who wrote it is
 * told instead. One that was shown is not shown again, though deleting it may
 * fail. */

#include "msnp-session-private.h"

#include <string.h>

#include "auth-msn-challenge.h"
#include "msnp-error.h"
#include "msnp-oim.h"
#include "msnp-talks.h"
#include "msnp-text.h"

/* GetMessage requests under way. */
#define MAX_FETCHES 4

/* How often to look whether we are online, when messages came first. */
#define SHOW_MS 500

/* The lock is answered this often before a message fails. */
#define MAX_ANSWERS 2

/* Bytes of an answer about messages: a list of a thousand has 300 KiB. */
#define MAX_ANSWER (1024 * 1024)

/* A message that waits for us. */
typedef struct
{
  MsnpSession *session;
  char *id;
  char *from;
  gint64 time;
  gboolean retried; /* with another ticket */
  ImHttp *http;     /* nullable */
  MsnpOimMessage message;
} Waiting;

/* A message of ours. */
typedef struct
{
  guint id;
  char *to;
  ImText *text;
  guint sequence;
  guint answers;    /* to the lock */
  gboolean retried; /* with another ticket */
} Letter;

/* What is written to one person in one go. */
typedef struct
{
  char *id;
  guint sequence;
} Run;

struct _MsnpOim
{
  GHashTable *known;  /* char * ids, shown or about to be */
  GHashTable *kept;   /* char * ids, shown, but not certainly deleted */
  GQueue wanted;      /* owned Waiting, to be fetched */
  GPtrArray *fetches; /* owned Waiting, being fetched */
  GPtrArray *ready;   /* owned Waiting, to be shown */
  GPtrArray *shown;   /* owned char *, to be deleted */
  GPtrArray *deleted; /* owned char *, nullable: asked to be */
  gboolean list_wanted;
  gboolean asking;    /* for a ticket to read with */
  ImHttp *listing;
  ImHttp *deleting;
  ImTimer *timer;

  GQueue letters;     /* owned Letter, not sent yet */
  Letter *current;    /* owned, nullable: being sent */
  ImHttp *storing;
  GHashTable *runs;   /* to whom => owned Run */
  char *lock_key;     /* the last answer, or "" */
};

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;
  ImHost *host = waiting->session->host;

  if (waiting->http != NULL)
    host->ops->http_cancel (host, waiting->http);
  msnp_oim_message_clear (&waiting->message);
  g_free (waiting->id);
  g_free (waiting->from);
  g_free (waiting);
}

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  if (letter == NULL)
    return;
  im_text_free (letter->text);
  g_free (letter->to);
  g_free (letter);
}

static void
run_free (gpointer data)
{
  Run *run = data;

  g_free (run->id);
  g_free (run);
}

/* A line for each. */
static void
load_kept (MsnpOim *oim, GBytes *data)
{
  gsize len;
  const char *text = g_bytes_get_data (data, &len);
  g_autofree char *copy = g_strndup (text, len);
  g_auto (GStrv) ids = g_strsplit (copy, "\n", IM_MAX_MSNP_OIMS);

  for (guint i = 0; ids[i] != NULL; i++)
    if (*ids[i] != '\0')
      g_hash_table_add (oim->kept, g_strdup (ids[i]));
}

/* What was shown may still be there at the next sign-on, for the service may
 * fail, or we be gone before it answers. */
static void
store_kept (MsnpSession *session)
{
  g_autofree char **ids =
      (char **) g_hash_table_get_keys_as_array (session->oim->kept, NULL);
  char *text = g_strjoinv ("\n", ids);
  g_autoptr (GBytes) data = g_bytes_new_take (text, strlen (text));
  ImEvent event = { .type = IM_EVENT_CACHE };

  event.cache.name = "shown";
  event.cache.data = *text != '\0' ? data : NULL;
  msnp_session_emit (session, &event);
}

void
msnp_oim_init (MsnpSession *session, GBytes *shown)
{
  MsnpOim *oim = g_new0 (MsnpOim, 1);

  oim->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  oim->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (shown != NULL)
    load_kept (oim, shown);
  oim->fetches = g_ptr_array_new_with_free_func (waiting_free);
  oim->ready = g_ptr_array_new_with_free_func (waiting_free);
  oim->shown = g_ptr_array_new_with_free_func (g_free);
  oim->runs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, run_free);
  oim->lock_key = g_strdup ("");
  g_queue_init (&oim->wanted);
  g_queue_init (&oim->letters);
  session->oim = oim;
}

static void
drop_http (MsnpSession *session, ImHttp **http)
{
  if (*http != NULL)
    session->host->ops->http_cancel (session->host, g_steal_pointer (http));
}

/* Asks for nothing any more. */
static void
stop_requests (MsnpSession *session)
{
  MsnpOim *oim = session->oim;

  msnp_tickets_forget (session, oim);
  msnp_tickets_forget (session, &oim->letters);
  drop_http (session, &oim->listing);
  drop_http (session, &oim->deleting);
  drop_http (session, &oim->storing);
  g_ptr_array_set_size (oim->fetches, 0);
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&oim->timer));
}

void
msnp_oim_clear (MsnpSession *session)
{
  MsnpOim *oim = session->oim;

  if (oim == NULL)
    return;
  stop_requests (session);
  g_hash_table_unref (oim->known);
  g_hash_table_unref (oim->kept);
  g_clear_pointer (&oim->deleted, g_ptr_array_unref);
  g_queue_clear_full (&oim->wanted, waiting_free);
  g_ptr_array_unref (oim->fetches);
  g_ptr_array_unref (oim->ready);
  g_ptr_array_unref (oim->shown);
  g_queue_clear_full (&oim->letters, letter_free);
  letter_free (oim->current);
  g_hash_table_unref (oim->runs);
  g_free (oim->lock_key);
  g_clear_pointer (&session->oim, g_free);
}

static ImHttp *
post (MsnpSession *session, const char *url, const MsnpOimRequest *request,
      ImHttpFunc func, gpointer user)
{
  const char *headers[] = { "SOAPAction", request->action, NULL };
  const ImHttpRequest http = {
    .method = "POST",
    .url = url,
    .headers = headers,
    .content_type = MSNP_SOAP_TYPE,
    .body = request->body,
    .max_body = MAX_ANSWER,
    .secret = TRUE,
  };

  return session->host->ops->http_send (session->host, &http, func, user);
}

/* What is wrong with an answer; NULL if nothing is. */
static const MsnpFault *
fault_of (const ImHttpResponse *response)
{
  g_auto (MsnpSoapReply) reply = { NULL };
  gboolean read = msnp_soap_decode (response->body, &reply, NULL);

  return msnp_error_for_fault (response->status, read ? &reply : NULL);
}

/* --- Receiving ---------------------------------------------------------- */

static void read_on (MsnpSession *session);

static int
by_time (gconstpointer a, gconstpointer b)
{
  const Waiting *left = *(Waiting *const *) a, *right = *(Waiting *const *) b;

  if (left->time != right->time)
    return left->time < right->time ? -1 : 1;
  if (g_strcmp0 (left->message.run, right->message.run) != 0)
    return 0;
  return (left->message.sequence > right->message.sequence) -
         (left->message.sequence < right->message.sequence);
}

static void
show_one (MsnpSession *session, const Waiting *waiting)
{
  g_autofree char *words =
      msnp_text_strip_plus (g_strdup (waiting->message.text));
  g_autoptr (ImText) text = im_text_new_plain (words);
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  event.message.from = waiting->from;
  event.message.flags = IM_MESSAGE_OFFLINE;
  event.message.time = waiting->time;
  if (im_text_truncate (text, IM_MAX_MESSAGE_TEXT))
    event.message.flags |= IM_MESSAGE_TRUNCATED;
  event.message.text = text;
  if (im_text_length (text) > 0)
    msnp_session_emit (session, &event);
}

static void
on_show_timer (gpointer user)
{
  MsnpSession *session = user;

  session->oim->timer = NULL;
  read_on (session);
}

/* Nothing is shown before the list is, which says who it is from. */
static void
show (MsnpSession *session)
{
  MsnpOim *oim = session->oim;
  g_autoptr (GPtrArray) ready = NULL;

  if (!msnp_session_is_online (session))
    {
      if (oim->timer == NULL)
        oim->timer = session->host->ops->timer_add (session->host, SHOW_MS,
                                                    on_show_timer, session);
      return;
    }
  ready = g_steal_pointer (&oim->ready);
  oim->ready = g_ptr_array_new_with_free_func (waiting_free);
  g_ptr_array_sort (ready, by_time);
  for (guint i = 0; i < ready->len; i++)
    {
      const Waiting *waiting = ready->pdata[i];

      if (!msnp_talks_is_blocked (session, waiting->from))
        show_one (session, waiting);
      g_ptr_array_add (oim->shown, g_strdup (waiting->id));
      g_hash_table_add (oim->kept, g_strdup (waiting->id));
    }
  store_kept (session);
  read_on (session);
}

static void
on_deleted (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnpSession *session = user;
  MsnpOim *oim = session->oim;
  const MsnpFault *fault = response != NULL ? fault_of (response) : NULL;
  g_autoptr (GPtrArray) deleted = g_steal_pointer (&oim->deleted);

  oim->deleting = NULL;
  if (response == NULL || fault != NULL)
    {
      im_host_debug (session->host, "msnp: offline messages stay: %s",
                     error != NULL ? error->message : fault->word);
      return;
    }
  for (guint i = 0; i < deleted->len; i++)
    g_hash_table_remove (oim->kept, deleted->pdata[i]);
  store_kept (session);
  read_on (session);
}

static void
delete_shown (MsnpSession *session, const ImSecret *ticket)
{
  MsnpOim *oim = session->oim;
  g_auto (MsnpOimRequest) request = { NULL };

  msnp_oim_delete (ticket, (const char *const *) oim->shown->pdata,
                   oim->shown->len, &request);
  oim->deleted = g_steal_pointer (&oim->shown);
  oim->shown = g_ptr_array_new_with_free_func (g_free);
  oim->deleting =
      post (session, session->settings.oim, &request, on_deleted, session);
}

static gboolean
decode_message (Waiting *waiting, const ImHttpResponse *response)
{
  g_autoptr (GError) error = NULL;

  if (!msnp_oim_decode_message (response->body, &waiting->message, &error))
    {
      im_host_debug (waiting->session->host,
                     "msnp: an offline message cannot be read: %s",
                     error->message);
      return FALSE;
    }
  /* Somebody else's name in it would put words into their mouth. */
  return strcmp (waiting->message.from, waiting->from) == 0;
}

static void
on_fetched (gpointer user, const ImHttpResponse *response, const GError *error)
{
  Waiting *waiting = user;
  MsnpSession *session = waiting->session;
  MsnpOim *oim = session->oim;
  const MsnpFault *fault = response != NULL ? fault_of (response) : NULL;
  guint index;

  waiting->http = NULL;
  if (g_ptr_array_find (oim->fetches, waiting, &index))
    g_ptr_array_steal_index (oim->fetches, index);
  if (fault != NULL && fault->act == MSNP_FAULT_TICKET && !waiting->retried)
    {
      waiting->retried = TRUE;
      msnp_tickets_expire (session, AUTH_MSN_SITE_MAIL);
      g_queue_push_head (&oim->wanted, waiting);
    }
  else if (response != NULL && fault == NULL &&
           decode_message (waiting, response))
    {
      if (waiting->time == 0)
        waiting->time = waiting->message.time;
      g_ptr_array_add (oim->ready, waiting);
    }
  else
    /* It stays with the service, for the next sign-on. */
    waiting_free (waiting);
  read_on (session);
}

static void
fetch_some (MsnpSession *session, const ImSecret *ticket)
{
  MsnpOim *oim = session->oim;

  while (oim->fetches->len < MAX_FETCHES && !g_queue_is_empty (&oim->wanted))
    {
      Waiting *waiting = g_queue_pop_head (&oim->wanted);
      g_auto (MsnpOimRequest) request = { NULL };

      msnp_oim_fetch (ticket, waiting->id, &request);
      g_ptr_array_add (oim->fetches, waiting);
      waiting->http = post (session, session->settings.oim, &request,
                            on_fetched, waiting);
    }
}

static void
want_messages (MsnpSession *session, const MsnpWaiting *list)
{
  MsnpOim *oim = session->oim;

  for (guint i = 0; i < list->messages->len; i++)
    {
      const MsnpOimEntry *entry =
          &g_array_index (list->messages, MsnpOimEntry, i);
      Waiting *waiting;

      if (!g_hash_table_add (oim->known, g_strdup (entry->id)))
        continue;
      if (g_hash_table_contains (oim->kept, entry->id))
        {
          g_ptr_array_add (oim->shown, g_strdup (entry->id));
          continue;
        }
      waiting = g_new0 (Waiting, 1);
      waiting->session = session;
      waiting->id = g_strdup (entry->id);
      waiting->from = g_strdup (entry->from);
      waiting->time = entry->time;
      g_queue_push_tail (&oim->wanted, waiting);
    }
}

static void
on_listed (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnpSession *session = user;
  g_auto (MsnpWaiting) list = { 0 };

  session->oim->listing = NULL;
  if (response != NULL && fault_of (response) == NULL &&
      msnp_oim_decode_list (response->body, &list, NULL) &&
      list.messages != NULL)
    want_messages (session, &list);
  else
    im_host_debug (session->host, "msnp: offline messages cannot be listed");
  read_on (session);
}

static void
on_read_ticket (MsnpSession *session, const ImSecret *ticket,
                const ImFailure *failure, gpointer user)
{
  MsnpOim *oim = session->oim;
  g_auto (MsnpOimRequest) request = { NULL };

  oim->asking = FALSE;
  if (ticket == NULL)
    {
      /* They stay with the service, for the next sign-on. */
      oim->list_wanted = FALSE;
      g_queue_clear_full (&oim->wanted, waiting_free);
      g_ptr_array_set_size (oim->shown, 0);
      return;
    }
  if (oim->list_wanted)
    {
      oim->list_wanted = FALSE;
      msnp_oim_list (ticket, &request);
      oim->listing =
          post (session, session->settings.oim, &request, on_listed, session);
    }
  fetch_some (session, ticket);
  if (oim->shown->len > 0 && oim->deleting == NULL)
    delete_shown (session, ticket);
}

/* Does the next thing that can be done. */
static void
read_on (MsnpSession *session)
{
  MsnpOim *oim = session->oim;
  gboolean may_fetch = !g_queue_is_empty (&oim->wanted) &&
                       oim->fetches->len < MAX_FETCHES;

  if (session->gone || session->settings.oim == NULL)
    return;
  if ((oim->list_wanted || may_fetch ||
       (oim->shown->len > 0 && oim->deleting == NULL)) &&
      !oim->asking)
    {
      oim->asking = TRUE;
      msnp_tickets_want (session, AUTH_MSN_SITE_MAIL, on_read_ticket, oim);
    }
  if (g_queue_is_empty (&oim->wanted) && oim->fetches->len == 0 &&
      oim->listing == NULL && !oim->list_wanted && oim->ready->len > 0)
    show (session);
}

void
msnp_oim_handle_mail_data (MsnpSession *session, const char *xml)
{
  g_auto (MsnpWaiting) list = { 0 };
  g_autoptr (GError) error = NULL;

  if (!msnp_oim_decode_waiting (xml, &list, &error))
    {
      im_host_debug (session->host, "msnp: unreadable mail data: %s",
                     error->message);
      return;
    }
  if (list.too_large)
    session->oim->list_wanted = TRUE;
  else if (list.messages != NULL)
    want_messages (session, &list);
  read_on (session);
}

/* --- Sending ------------------------------------------------------------ */

static void send_on (MsnpSession *session);

static void
report (MsnpSession *session, const Letter *letter, ImDelivery outcome,
        ImUndelivered reason)
{
  ImEvent event = { .type = IM_EVENT_DELIVERY };

  event.delivery.id = letter->id;
  event.delivery.to = letter->to;
  event.delivery.text = letter->text;
  event.delivery.outcome = outcome;
  event.delivery.reason = reason;
  msnp_session_emit (session, &event);
}

static void
finish (MsnpSession *session, ImDelivery outcome, ImUndelivered reason)
{
  Letter *letter = g_steal_pointer (&session->oim->current);

  report (session, letter, outcome, reason);
  letter_free (letter);
  send_on (session);
}

static Run *
ensure_run (MsnpSession *session, const char *to)
{
  Run *run = g_hash_table_lookup (session->oim->runs, to);

  if (run == NULL)
    {
      run = g_new0 (Run, 1);
      run->id = msnp_guid_new (session->host);
      g_hash_table_insert (session->oim->runs, g_strdup (to), run);
    }
  return run;
}

static const AuthMsnProduct *
product_of (const MsnpSession *session)
{
  return auth_msn_product_for (MAX (session->version, 11));
}

static void on_send_ticket (MsnpSession *session, const ImSecret *ticket,
                            const ImFailure *failure, gpointer user);

static void
try_current (MsnpSession *session)
{
  msnp_tickets_want (session, AUTH_MSN_SITE_SECURE, on_send_ticket,
                     &session->oim->letters);
}

/* The answer opens it for all that follows. */
static gboolean
answer_lock (MsnpSession *session, const char *challenge)
{
  MsnpOim *oim = session->oim;
  char answer[AUTH_MSN_CHALLENGE_LEN + 1];

  if (oim->current->answers++ >= MAX_ANSWERS ||
      !auth_msn_challenge_answer (product_of (session), 11, challenge, answer,
                                  NULL))
    return FALSE;
  g_free (oim->lock_key);
  oim->lock_key = g_strdup (answer);
  return TRUE;
}

static gboolean
renew_ticket (MsnpSession *session)
{
  Letter *letter = session->oim->current;

  if (letter->retried)
    return FALSE;
  letter->retried = TRUE;
  msnp_tickets_expire (session, AUTH_MSN_SITE_SECURE);
  return TRUE;
}

static void
judge_answer (MsnpSession *session, const ImHttpResponse *response)
{
  g_auto (MsnpOimStored) stored = { 0 };
  gboolean read = msnp_oim_decode_stored (response->body, &stored, NULL);
  const MsnpFault *fault =
      msnp_error_for_fault (response->status, read ? &stored.reply : NULL);

  if (fault == NULL)
    finish (session, IM_DELIVERY_ACCEPTED, IM_UNDELIVERED_NONE);
  else if (read && stored.lock != NULL && answer_lock (session, stored.lock))
    try_current (session);
  else if (((read && stored.new_ticket) || fault->act == MSNP_FAULT_TICKET) &&
           renew_ticket (session))
    try_current (session);
  else
    finish (session, IM_DELIVERY_FAILED,
            fault->undelivered != IM_UNDELIVERED_NONE ? fault->undelivered
                                                      : IM_UNDELIVERED_SERVER);
}

/* Whether the request certainly never got there. */
static gboolean
was_not_sent (const GError *error)
{
  return error->code != IM_PROBLEM_LOST &&
         error->code != IM_PROBLEM_TIMED_OUT &&
         error->code != IM_PROBLEM_PROTOCOL &&
         error->code != IM_PROBLEM_OTHER;
}

static void
on_stored (gpointer user, const ImHttpResponse *response, const GError *error)
{
  MsnpSession *session = user;

  session->oim->storing = NULL;
  if (response != NULL)
    judge_answer (session, response);
  else
    finish (session,
            was_not_sent (error) ? IM_DELIVERY_FAILED : IM_DELIVERY_UNKNOWN,
            IM_UNDELIVERED_DISCONNECTED);
}

static void
on_send_ticket (MsnpSession *session, const ImSecret *ticket,
                const ImFailure *failure, gpointer user)
{
  MsnpOim *oim = session->oim;
  const Letter *letter = oim->current;
  g_auto (MsnpOimRequest) request = { NULL };
  const MsnpOimStore store = {
    .ticket = ticket,
    .from = session->settings.spelling,
    .nick = msnp_own_nick (session),
    .to = letter->to,
    .version = session->version,
    .product = product_of (session)->id,
    .lock_key = oim->lock_key,
    .run = ensure_run (session, letter->to)->id,
    .sequence = letter->sequence,
    .text = im_text_plain (letter->text),
  };

  if (ticket == NULL)
    {
      finish (session, IM_DELIVERY_FAILED, IM_UNDELIVERED_SERVER);
      return;
    }
  msnp_oim_store (&store, &request);
  oim->storing = post (session, session->settings.oim_store, &request,
                       on_stored, session);
}

static void
send_on (MsnpSession *session)
{
  MsnpOim *oim = session->oim;

  if (oim->current != NULL || g_queue_is_empty (&oim->letters))
    return;
  oim->current = g_queue_pop_head (&oim->letters);
  oim->current->sequence = ++ensure_run (session, oim->current->to)->sequence;
  try_current (session);
}

void
msnp_oim_send (MsnpSession *session, guint id, const char *to,
               const ImText *text)
{
  Letter *letter = g_new0 (Letter, 1);

  letter->id = id;
  letter->to = g_strdup (to);
  letter->text = im_text_copy (text);
  g_queue_push_tail (&session->oim->letters, letter);
  send_on (session);
}

void
msnp_oim_abandon (MsnpSession *session)
{
  MsnpOim *oim = session->oim;
  gboolean storing = oim->storing != NULL;
  Letter *letter;

  stop_requests (session);
  if (oim->current != NULL)
    g_queue_push_head (&oim->letters, g_steal_pointer (&oim->current));
  while ((letter = g_queue_pop_head (&oim->letters)) != NULL)
    {
      report (session, letter,
              storing ? IM_DELIVERY_UNKNOWN : IM_DELIVERY_FAILED,
              IM_UNDELIVERED_DISCONNECTED);
      letter_free (letter);
      storing = FALSE;
    }
}
