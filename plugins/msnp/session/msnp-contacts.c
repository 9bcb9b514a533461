/* The list as web services keep it, from version 13 on.
 *
 *   msnp_contacts_start ()     -> FindMembership, ABFind...: both at once
 *     on_memberships (), on_book ()
 *       on_slice ()            a slice of an answer each turn
 *         use_answers ()       both are read, and USR was answered
 *           msnp_contacts_load ()      the first time
 *             msnp_report_list ()
 *               msnp_contacts_announce ()   BLP and ADL, then CHG
 *           msnp_contacts_compare ()   later: changes of others
 *
 * Servers tell little of what other places of the account change, so the list
 * is read again when they hint at it, but not often. */

#include "msnp-contacts-private.h"

#include <string.h>

/* Bytes read each turn of the main loop: some milliseconds. */
#define SLICE_BYTES (128 * 1024)

/* How often the list is asked for when the services are busy or broken, and
 * milliseconds before that. */
#define MAX_TRIES 3
#define RETRY_MS 5000
/* If it could not be had, seconds until it is asked for again. */
#define LATE_SECONDS 60

/* Milliseconds from a hint to asking again, so that several hints are one;
 * and between two readings, of which long lists get more: they cost more. */
#define HINT_MS 1000
#define BETWEEN_MS 10000
#define BETWEEN_MS_PER_PERSON 10

/* What the server says of changes in words of its own is often followed by a
 * hint at the same change. */
#define SAME_HINT_MS 1000

typedef enum
{
  MEMBERSHIPS, /* FindMembership */
  BOOK,        /* ABFindAll or ABFindContactsPaged */
  N_PARTS,
} Part;

/* How many people are asked about who may be hidden, and on lists of how
 * many: reading them twice has a price, and servers that hide them take no
 * longer ones. */
#define MAX_MENDED 20
#define MAX_LIST_TO_MEND 2000

/* One reading of the list. */
struct _MsnpFetch
{
  MsnpSession *session;
  gboolean other_way;  /* of the two ways to ask for the book */
  gboolean made_book;
  gboolean asking[N_PARTS];
  gboolean early[N_PARTS];  /* asked before the server took us */
  GBytes *answers[N_PARTS]; /* nullable: not read yet */
  gboolean read[N_PARTS];
  MsnpBook books[N_PARTS];
  MsnpBookReader *reader;
  Part part;           /* what @reader reads */
  gsize pos;
  ImTimer *slice_timer;
  ImTimer *retry_timer;
  guint n_edits;       /* as of when it began */
};

static void begin_fetch (MsnpSession *session);
static void ask_again_in (MsnpSession *session, guint ms);

static void
fetch_free (MsnpFetch *fetch)
{
  const ImHostOps *ops = fetch->session->host->ops;

  ops->timer_cancel (fetch->session->host, fetch->slice_timer);
  ops->timer_cancel (fetch->session->host, fetch->retry_timer);
  for (guint i = 0; i < N_PARTS; i++)
    {
      g_clear_pointer (&fetch->answers[i], g_bytes_unref);
      msnp_book_clear (&fetch->books[i]);
    }
  g_clear_pointer (&fetch->reader, msnp_book_reader_free);
  g_free (fetch);
}

void
msnp_contacts_init (MsnpSession *session)
{
  session->contacts = g_new0 (MsnpContacts, 1);
  session->contacts->pending_ids =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  msnp_calls_init (session);
  msnp_adl_init (session);
}

void
msnp_contacts_clear (MsnpSession *session)
{
  MsnpContacts *contacts = session->contacts;

  if (contacts == NULL)
    return;
  session->host->ops->timer_cancel (session->host, contacts->again_timer);
  msnp_calls_clear (session);
  msnp_adl_clear (session);
  g_clear_pointer (&contacts->fetch, fetch_free);
  g_hash_table_unref (contacts->pending_ids);
  g_clear_pointer (&session->contacts, g_free);
}

/* --- reading ------------------------------------------------------------ */

/* An edit made while the answers were under way may be in them or not. */
static void
use_answers (MsnpSession *session)
{
  MsnpFetch *fetch = session->contacts->fetch;

  if (!fetch->read[MEMBERSHIPS] || !fetch->read[BOOK] ||
      !session->contacts->signed_in)
    return;
  session->contacts->fetch = NULL;
  session->contacts->tries = 0;
  if (!session->lists->known)
    msnp_contacts_load (session, &fetch->books[MEMBERSHIPS],
                        &fetch->books[BOOK]);
  else if (msnp_edits_count (session) == fetch->n_edits)
    msnp_contacts_compare (session, &fetch->books[MEMBERSHIPS],
                           &fetch->books[BOOK]);
  else
    msnp_contacts_changed_elsewhere (session);
  fetch_free (fetch);
}

static void
give_up (MsnpSession *session, const char *detail)
{
  MsnpContacts *contacts = session->contacts;

  g_clear_pointer (&contacts->fetch, fetch_free);
  contacts->tries = 0;
  im_host_debug (session->host, "msnp: the list cannot be read: %s",
                 detail != NULL ? detail : "no reason given");
  if (session->lists->known)
    return;
  if (session->state < MSNP_STATE_ONLINE)
    msnp_report_no_list (session, 0, detail);
  if (!session->gone)
    ask_again_in (session, LATE_SECONDS * 1000);
}

static void ask_part (MsnpFetch *fetch, Part part);

static void
ask_missing (MsnpFetch *fetch)
{
  ImHost *host = fetch->session->host;

  host->ops->timer_cancel (host, g_steal_pointer (&fetch->retry_timer));
  for (guint i = 0; i < N_PARTS; i++)
    if (!fetch->asking[i] && fetch->answers[i] == NULL && !fetch->read[i])
      ask_part (fetch, i);
}

static void
on_retry (gpointer user)
{
  MsnpFetch *fetch = user;

  fetch->retry_timer = NULL;
  ask_missing (fetch);
}

static void
retry (MsnpFetch *fetch, const char *detail)
{
  MsnpSession *session = fetch->session;

  if (fetch->retry_timer != NULL)
    return;
  if (++session->contacts->tries >= MAX_TRIES)
    give_up (session, detail);
  else
    fetch->retry_timer = session->host->ops->timer_add (
        session->host, RETRY_MS, on_retry, fetch);
}

static void
make_own_book (const MsnpSoapCaller *caller, gconstpointer data,
               MsnpSoapRequest *ret)
{
  msnp_soap_add_book (caller, data, ret);
}

static void
on_book_made (MsnpSession *session, const MsnpCallResult *result,
              gpointer data)
{
  MsnpFetch *fetch = session->contacts->fetch;

  if (fetch == NULL)
    return;
  fetch->asking[BOOK] = FALSE;
  ask_missing (fetch);
}

/* An account that never had a list. */
static void
make_book (MsnpFetch *fetch)
{
  MsnpCallPlan plan = {
    .service = MSNP_SOAP_CONTACTS,
    .make = make_own_book,
    .done = on_book_made,
    .data = fetch->session->settings.address,
  };

  fetch->made_book = TRUE;
  fetch->asking[BOOK] = TRUE;
  msnp_call (fetch->session, &plan);
}

static void
on_fault (MsnpFetch *fetch, Part part, const MsnpFault *fault,
          const char *detail)
{
  MsnpSession *session = fetch->session;

  im_host_debug (session->host, "msnp: no answer for the list: %s",
                 *fault->word != '\0' ? fault->word
                                      : detail != NULL ? detail : "?");
  /* Asked before the server knew us. */
  if (fetch->early[part] && !session->contacts->signed_in)
    return;
  if (fetch->early[part] && fault->act != MSNP_FAULT_LATER)
    ask_part (fetch, part);
  else if (fault->act == MSNP_FAULT_NO_BOOK && !fetch->made_book)
    make_book (fetch);
  else if ((fault->act == MSNP_FAULT_MISSING ||
            fault->act == MSNP_FAULT_REFUSED) &&
           part == BOOK && !fetch->other_way)
    {
      fetch->other_way = TRUE;
      ask_part (fetch, BOOK);
    }
  else if (fault->act == MSNP_FAULT_LATER ||
           fault->act == MSNP_FAULT_FULL_SYNC ||
           fault->act == MSNP_FAULT_REFUSED)
    retry (fetch, detail);
  else
    give_up (session, detail);
}

static void
on_part_read (MsnpFetch *fetch)
{
  MsnpBook *book = &fetch->books[fetch->part];
  const MsnpFault *fault = msnp_error_for_fault (200, &book->reply);

  msnp_calls_learn (fetch->session,
                    fetch->part == BOOK ? MSNP_SOAP_CONTACTS
                                        : MSNP_SOAP_SHARING,
                    &book->reply);
  if (fault != NULL)
    {
      MsnpBook faulty = *book;

      *book = (MsnpBook){ { NULL } };
      on_fault (fetch, fetch->part, fault, faulty.reply.text);
      msnp_book_clear (&faulty);
      return;
    }
  fetch->read[fetch->part] = TRUE;
  use_answers (fetch->session);
}

static void read_on (MsnpFetch *fetch);

/* Reads a slice; whether the answer is through. */
static gboolean
read_slice (MsnpFetch *fetch, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (fetch->answers[fetch->part], &len);
  gsize slice = MIN (SLICE_BYTES, len - fetch->pos);

  if (!msnp_book_reader_push (fetch->reader, data + fetch->pos, slice, error))
    return FALSE;
  fetch->pos += slice;
  return fetch->pos == len &&
         msnp_book_reader_finish (fetch->reader, &fetch->books[fetch->part],
                                  error);
}

static void
on_slice (gpointer user)
{
  MsnpFetch *fetch = user;
  MsnpSession *session = fetch->session;
  g_autoptr (GError) error = NULL;
  gboolean through;

  fetch->slice_timer = NULL;
  through = read_slice (fetch, &error);
  if (!through && error == NULL)
    {
      read_on (fetch);
      return;
    }
  g_clear_pointer (&fetch->reader, msnp_book_reader_free);
  g_clear_pointer (&fetch->answers[fetch->part], g_bytes_unref);
  msnp_session_ref (session);
  if (error != NULL)
    retry (fetch, error->message);
  else
    on_part_read (fetch);
  /* Maybe the other answer came meanwhile. */
  if (!session->gone && session->contacts->fetch == fetch)
    read_on (fetch);
  msnp_session_unref (session);
}

static void
read_on (MsnpFetch *fetch)
{
  MsnpSession *session = fetch->session;

  if (fetch->slice_timer != NULL)
    return;
  for (guint i = 0; i < N_PARTS && fetch->reader == NULL; i++)
    if (fetch->answers[i] != NULL)
      {
        fetch->part = i;
        fetch->pos = 0;
        fetch->reader = msnp_book_reader_new ();
      }
  if (fetch->reader != NULL)
    fetch->slice_timer =
        session->host->ops->timer_add (session->host, 0, on_slice, fetch);
}

/* --- asking ------------------------------------------------------------- */

static void
on_answer (MsnpSession *session, const MsnpCallResult *result, Part part)
{
  MsnpFetch *fetch = session->contacts->fetch;

  if (fetch == NULL)
    return;
  fetch->asking[part] = FALSE;
  if (result->fault != NULL)
    on_fault (fetch, part, result->fault, result->detail);
  else
    {
      fetch->answers[part] = g_bytes_ref (result->body);
      read_on (fetch);
    }
}

static void
on_memberships (MsnpSession *session, const MsnpCallResult *result,
                gpointer data)
{
  on_answer (session, result, MEMBERSHIPS);
}

static void
on_book (MsnpSession *session, const MsnpCallResult *result, gpointer data)
{
  on_answer (session, result, BOOK);
}

static void
make_memberships (const MsnpSoapCaller *caller, gconstpointer data,
                  MsnpSoapRequest *ret)
{
  msnp_soap_find_membership (caller, ret);
}

static void
make_all (const MsnpSoapCaller *caller, gconstpointer data,
          MsnpSoapRequest *ret)
{
  msnp_soap_find_all (caller, ret);
}

static void
make_paged (const MsnpSoapCaller *caller, gconstpointer data,
            MsnpSoapRequest *ret)
{
  msnp_soap_find_paged (caller, ret);
}

/* Clients of version 16 and later asked for pages. */
static void
ask_part (MsnpFetch *fetch, Part part)
{
  gboolean paged = (fetch->session->version >= 16) != fetch->other_way;
  MsnpCallPlan plan = { .list = TRUE };

  plan.service = part == BOOK ? MSNP_SOAP_CONTACTS : MSNP_SOAP_SHARING;
  plan.make = part == MEMBERSHIPS ? make_memberships
              : paged             ? make_paged
                                  : make_all;
  plan.done = part == BOOK ? on_book : on_memberships;
  fetch->asking[part] = TRUE;
  fetch->early[part] = !fetch->session->contacts->signed_in;
  msnp_call (fetch->session, &plan);
}

static void
begin_fetch (MsnpSession *session)
{
  MsnpContacts *contacts = session->contacts;
  MsnpFetch *fetch = g_new0 (MsnpFetch, 1);

  fetch->session = session;
  fetch->n_edits = msnp_edits_count (session);
  contacts->fetch = fetch;
  contacts->fetched_at = session->host->ops->monotonic_ms (session->host);
  ask_part (fetch, MEMBERSHIPS);
  ask_part (fetch, BOOK);
}

void
msnp_contacts_start (MsnpSession *session)
{
  MsnpContacts *contacts = session->contacts;

  msnp_calls_cancel (session);
  g_clear_pointer (&contacts->fetch, fetch_free);
  g_ptr_array_set_size (contacts->queries, 0);
  msnp_lists_forget (session);
  contacts->signed_in = FALSE;
  contacts->tries = 0;
  begin_fetch (session);
}

void
msnp_contacts_signed_in (MsnpSession *session)
{
  MsnpContacts *contacts = session->contacts;
  MsnpFetch *fetch = contacts->fetch;

  contacts->signed_in = TRUE;
  if (fetch == NULL)
    return;
  /* Refused already, for having been asked too early? */
  if ((!fetch->asking[MEMBERSHIPS] && fetch->answers[MEMBERSHIPS] == NULL &&
       !fetch->read[MEMBERSHIPS]) ||
      (!fetch->asking[BOOK] && fetch->answers[BOOK] == NULL &&
       !fetch->read[BOOK]))
    ask_missing (fetch);
  use_answers (session);
}

/* --- hints -------------------------------------------------------------- */

static void
on_again (gpointer user)
{
  MsnpSession *session = user;

  session->contacts->again_timer = NULL;
  if (session->contacts->fetch != NULL)
    return;
  if (msnp_edits_is_busy (session))
    ask_again_in (session, HINT_MS);
  else
    begin_fetch (session);
}

static void
ask_again_in (MsnpSession *session, guint ms)
{
  if (session->contacts->again_timer == NULL)
    session->contacts->again_timer = session->host->ops->timer_add (
        session->host, ms, on_again, session);
}

void
msnp_contacts_changed_elsewhere (MsnpSession *session)
{
  MsnpContacts *contacts = session->contacts;
  gint64 now = session->host->ops->monotonic_ms (session->host);
  gint64 due = contacts->fetched_at + BETWEEN_MS +
               (gint64) msnp_people_count (session->people) *
                   BETWEEN_MS_PER_PERSON;

  if (!session->lists->known || session->version < 13 ||
      (contacts->pushed_at != 0 && now - contacts->pushed_at < SAME_HINT_MS))
    return;
  ask_again_in (session, (guint) CLAMP (due - now, HINT_MS, G_MAXINT));
}

void
msnp_contacts_reread (MsnpSession *session)
{
  ask_again_in (session, HINT_MS);
}

/* Whoever is on our list, and of whom else nothing is said. */
static void
collect_hidden (MsnpPerson *person, gpointer data)
{
  GPtrArray *hidden = data;

  if (person->lists == MSNP_LIST_FORWARD &&
      person->network <= MSNP_NETWORK_MSN && hidden->len < MAX_MENDED)
    g_ptr_array_add (hidden, g_strdup (person->address));
}

/* Escargot says nothing of whether we allow or block those who added us after
 * we added them, until they are off the pending list (FindMembershipResponse
 * of its templates, "not contact.pending"). Where they never were on it, that
 * changes nothing. */
void
msnp_contacts_mend (MsnpSession *session)
{
  g_autoptr (GPtrArray) hidden = g_ptr_array_new_with_free_func (g_free);

  if (msnp_people_count (session->people) > MAX_LIST_TO_MEND)
    return;
  msnp_people_foreach (session->people, collect_hidden, hidden);
  for (guint i = 0; i < hidden->len; i++)
    {
      MsnpPerson *person = msnp_people_find (session->people,
                                             hidden->pdata[i]);

      msnp_edits_hold (session);
      msnp_edits_server_lists (session, person, MSNP_LIST_PENDING,
                               MSNP_LIST_PENDING);
      msnp_edits_begin (session, person);
      person->lists &= ~(guint) MSNP_LIST_PENDING;
      msnp_edits_commit (session, person);
      msnp_edits_release (session);
    }
  if (hidden->len > 0)
    msnp_contacts_reread (session);
}

/* ADL and RML by themselves. */
void
msnp_contacts_handle (MsnpSession *session, const MsnpCommand *command)
{
  gboolean added = msnp_command_is (command, "ADL");
  g_autoptr (GArray) people = NULL;
  guint ours = MSNP_LIST_FORWARD | MSNP_LISTS_DECIDED;
  gboolean news = FALSE;

  if (!command->has_payload || !session->lists->known ||
      !msnp_lists_decode_xml (&command->payload, &people, NULL))
    return;
  for (guint i = 0; i < people->len && !session->gone; i++)
    {
      MsnpContact *contact = &g_array_index (people, MsnpContact, i);

      if (contact->lists & (MSNP_LIST_REVERSE | MSNP_LIST_PENDING))
        msnp_lists_apply_reverse (session, contact, added);
      news |= (contact->lists & ours) != 0;
    }
  if (session->gone)
    return;
  if (news)
    msnp_contacts_changed_elsewhere (session);
  else
    session->contacts->pushed_at =
        session->host->ops->monotonic_ms (session->host);
}

/* --- our name ----------------------------------------------------------- */

static void
make_nick (const MsnpSoapCaller *caller, gconstpointer data,
           MsnpSoapRequest *ret)
{
  msnp_soap_set_own_name (caller, data, ret);
}

void
msnp_contacts_publish_nick (MsnpSession *session, const char *nick)
{
  MsnpCallPlan plan = {
    .service = MSNP_SOAP_CONTACTS,
    .make = make_nick,
    .data = g_strdup (nick),
    .destroy = g_free,
  };

  msnp_call (session, &plan);
}
