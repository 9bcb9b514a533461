/* Finding people, and being found: names by e-mail address (0A/02), the
 * directory (0F/02, a connection of its own), and our own entry in it (02/09,
 * 02/0B).
 *
 * A search ends in one %IM_EVENT_FOUND. */

#include "oscar-search.h"

#include <string.h>

#include "oscar-directory.h"

/* --- Fields and entries -------------------------------------------------- */

static const struct
{
  ImFieldId id;
  gsize at; /* of the string in OscarDirectoryEntry */
} members[] = {
  { IM_FIELD_NAME, G_STRUCT_OFFSET (OscarDirectoryEntry, screen_name) },
  { IM_FIELD_NICK, G_STRUCT_OFFSET (OscarDirectoryEntry, nick) },
  { IM_FIELD_FIRST_NAME, G_STRUCT_OFFSET (OscarDirectoryEntry, first) },
  { IM_FIELD_LAST_NAME, G_STRUCT_OFFSET (OscarDirectoryEntry, last) },
  { IM_FIELD_EMAIL, G_STRUCT_OFFSET (OscarDirectoryEntry, email) },
  { IM_FIELD_STREET, G_STRUCT_OFFSET (OscarDirectoryEntry, street) },
  { IM_FIELD_CITY, G_STRUCT_OFFSET (OscarDirectoryEntry, city) },
  { IM_FIELD_STATE, G_STRUCT_OFFSET (OscarDirectoryEntry, state) },
  { IM_FIELD_ZIP, G_STRUCT_OFFSET (OscarDirectoryEntry, zip) },
  { IM_FIELD_INTEREST, G_STRUCT_OFFSET (OscarDirectoryEntry, interest) },
};

static char **
member (OscarDirectoryEntry *entry, guint index)
{
  return (char **) G_STRUCT_MEMBER_P (entry, members[index].at);
}

static void
fill_entry (OscarDirectoryEntry *ret, const ImField *fields, guint n_fields)
{
  ret->charset = g_strdup ("us-ascii");
  for (guint i = 0; i < n_fields; i++)
    for (guint m = 0; m < G_N_ELEMENTS (members); m++)
      if (members[m].id == fields[i].id && fields[i].value != NULL &&
          *fields[i].value != '\0' && *member (ret, m) == NULL)
        *member (ret, m) = g_strdup (fields[i].value);
}

/* The fields of @entry, whose strings they borrow. */
static guint
fields_of (OscarDirectoryEntry *entry, ImField *ret)
{
  guint n = 0;

  for (guint m = 0; m < G_N_ELEMENTS (members); m++)
    if (*member (entry, m) != NULL && **member (entry, m) != '\0')
      ret[n++] = (ImField){ members[m].id, *member (entry, m) };
  return n;
}

/* --- What was found ------------------------------------------------------ */

static void
report (OscarSession *session, ImFoundOutcome outcome, const ImPerson *people,
        guint n_people)
{
  ImEvent event = { .type = IM_EVENT_FOUND };

  event.found.outcome = outcome;
  event.found.people = people;
  event.found.n_people = n_people;
  oscar_session_emit (session, &event);
}

static void
entry_free (gpointer data)
{
  oscar_directory_entry_clear (data);
  g_free (data);
}

/* Without a name, somebody cannot be reached. */
static void
report_entries (OscarSession *session, ImFoundOutcome outcome,
                GPtrArray *entries)
{
  guint n = 0;
  g_autofree ImPerson *people = g_new0 (ImPerson, entries->len);
  g_autofree ImField *fields =
      g_new0 (ImField, entries->len * G_N_ELEMENTS (members));

  for (guint i = 0; i < entries->len; i++)
    {
      OscarDirectoryEntry *entry = g_ptr_array_index (entries, i);
      ImField *own = &fields[i * G_N_ELEMENTS (members)];

      if (entry->screen_name == NULL ||
          !oscar_name_is_usable (entry->screen_name))
        continue;
      people[n].fields = own;
      people[n++].n_fields = fields_of (entry, own);
    }
  report (session, outcome, people, n);
}

/* --- The directory ------------------------------------------------------- */

static guint16
encode (OscarSession *session, gpointer data, ImWriter *body)
{
  oscar_directory_encode_entry (body, data);
  return OSCAR_ODIR_SEARCH;
}

static ImFoundOutcome
outcome_of (guint16 status)
{
  switch (status)
    {
    case OSCAR_SEARCH_OK:
      return IM_FOUND_ALL;
    case OSCAR_SEARCH_TOO_MANY:
      return IM_FOUND_TOO_MANY;
    case OSCAR_SEARCH_NAME_MISSING:
      return IM_FOUND_MORE_NEEDED;
    default:
      return IM_FOUND_UNAVAILABLE;
    }
}

static void
report_results (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarSearchResults results;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  OscarDirectoryEntry entry = { 0 };

  if (!oscar_directory_decode_results (&body, &results, NULL))
    {
      report (session, IM_FOUND_UNAVAILABLE, NULL, 0);
      return;
    }
  while (entries->len < IM_MAX_FOUND_PEOPLE &&
         oscar_directory_next_result (&body, &entry, NULL))
    {
      g_ptr_array_add (entries, g_memdup2 (&entry, sizeof entry));
      memset (&entry, 0, sizeof entry);
    }
  report_entries (session, outcome_of (results.status), entries);
}

static void
answer (OscarSession *session, gpointer request, const OscarSnac *snac,
        ImProblem problem)
{
  if (snac != NULL && snac->subtype == OSCAR_ODIR_RESULTS)
    report_results (session, snac);
  else
    report (session,
            snac == NULL && problem == IM_PROBLEM_UNAVAILABLE
                ? IM_FOUND_UNSUPPORTED
                : IM_FOUND_UNAVAILABLE,
            NULL, 0);
}

const OscarErrandFuncs oscar_search_errands = {
  .foodgroup = OSCAR_FG_ODIR,
  .encode = encode,
  .answer = answer,
  .free = entry_free,
};

/* --- Names by address ---------------------------------------------------- */

static void
find_address (OscarSession *session, const char *address)
{
  g_auto (ImWriter) body = { 0 };

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_directory_encode_email (&body, address);
  session->lookup_request = oscar_conn_send_snac (
      session->bos, OSCAR_FG_USER_LOOKUP, OSCAR_USER_LOOKUP_QUERY, &body,
      OSCAR_PRIORITY_USER);
}

void
oscar_search_handle_names (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  char *name = NULL;

  if (session->lookup_request == 0 ||
      snac->request_id != session->lookup_request)
    return;
  session->lookup_request = 0;
  while (entries->len < IM_MAX_FOUND_PEOPLE &&
         oscar_directory_next_name (&body, &name, NULL))
    {
      OscarDirectoryEntry *entry = g_new0 (OscarDirectoryEntry, 1);

      entry->screen_name = name;
      g_ptr_array_add (entries, entry);
    }
  report_entries (session, IM_FOUND_ALL, entries);
}

void
oscar_search_handle_no_names (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarSnacError) error = { 0 };
  gboolean nobody;

  if (session->lookup_request == 0 ||
      snac->request_id != session->lookup_request)
    return;
  session->lookup_request = 0;
  nobody = oscar_snac_decode_error (&body, &error, NULL) &&
           error.code == OSCAR_ERROR_NO_MATCH;
  report (session, nobody ? IM_FOUND_ALL : IM_FOUND_UNSUPPORTED, NULL, 0);
}

void
oscar_search_begin (OscarSession *session, const ImField *fields,
                    guint n_fields)
{
  OscarDirectoryEntry *entry;

  if (!oscar_session_is_online (session) || session->bos == NULL)
    return;
  if (n_fields == 1 && fields[0].id == IM_FIELD_EMAIL)
    {
      find_address (session, fields[0].value);
      return;
    }
  entry = g_new0 (OscarDirectoryEntry, 1);
  fill_entry (entry, fields, n_fields);
  entry->search_type = entry->email != NULL || entry->interest != NULL
                           ? OSCAR_SEARCH_BY_EMAIL
                           : OSCAR_SEARCH_BY_NAME;
  oscar_errands_add (session->search_errands, entry);
}

/* --- Our own entry ------------------------------------------------------- */

void
oscar_search_get_own (OscarSession *session)
{
  const char *const names[] = { session->settings.name, NULL };
  g_auto (ImWriter) body = { 0 };

  if (!oscar_session_is_online (session) || session->bos == NULL)
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_text_write_names (&body, names);
  session->entry_request = oscar_conn_send_snac (
      session->bos, OSCAR_FG_LOCATE, OSCAR_LOCATE_GET_DIRECTORY, &body,
      OSCAR_PRIORITY_USER);
}

static void
report_own (OscarSession *session, OscarDirectoryEntry *entry)
{
  ImEvent event = { .type = IM_EVENT_PROFILE };
  ImField fields[G_N_ELEMENTS (members)];

  event.profile.presence.who = session->settings.name;
  event.profile.found = TRUE;
  event.profile.own = TRUE;
  event.profile.fields = fields;
  event.profile.n_fields = fields_of (entry, fields);
  oscar_session_emit (session, &event);
}

void
oscar_search_handle_own (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarDirectoryEntry) entry = { 0 };

  if (session->entry_request == 0 ||
      snac->request_id != session->entry_request)
    return;
  session->entry_request = 0;
  /* Whoever has no entry yet gets an empty one. */
  if (im_reader_skip (&body, 2, NULL))
    oscar_directory_next_result (&body, &entry, NULL);
  report_own (session, &entry);
}

void
oscar_search_set_own (OscarSession *session, const ImField *fields,
                      guint n_fields)
{
  g_auto (ImWriter) body = { 0 };
  g_auto (OscarDirectoryEntry) entry = { 0 };

  if (!oscar_session_is_online (session) || session->bos == NULL)
    return;
  fill_entry (&entry, fields, n_fields);
  entry.search_type = 1; /* may be searched for */
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_directory_encode_entry (&body, &entry);
  oscar_conn_send_snac (session->bos, OSCAR_FG_LOCATE,
                        OSCAR_LOCATE_SET_DIRECTORY, &body,
                        OSCAR_PRIORITY_USER);
}

void
oscar_search_handle_set (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  ImEvent event = { .type = IM_EVENT_ACCOUNT };
  guint16 code = 0;

  event.account.matter = IM_ACCOUNT_ENTRY;
  event.account.outcome = im_reader_u16 (&body, &code, NULL) && code == 1
                              ? IM_ACCOUNT_DONE
                              : IM_ACCOUNT_REFUSED;
  event.account.code = code;
  oscar_session_emit (session, &event);
}
