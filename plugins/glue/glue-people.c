#include "glue-people.h"

#include <libintl.h>
#include <stdlib.h>
#include <string.h>

#include "glue-i18n.h"
#include "glue-nicks.h"

/* --- Words -------------------------------------------------------------- */

static const char *const labels[] = {
  [IM_FIELD_NAME] = N_("Name or number"),
  [IM_FIELD_NICK] = N_("Nickname"),
  [IM_FIELD_FIRST_NAME] = N_("First name"),
  [IM_FIELD_LAST_NAME] = N_("Last name"),
  [IM_FIELD_EMAIL] = N_("E-mail"),
  [IM_FIELD_GENDER] = N_("Gender"),
  [IM_FIELD_AGE] = N_("Age"),
  [IM_FIELD_BIRTHDAY] = N_("Birthday"),
  [IM_FIELD_CITY] = N_("City"),
  [IM_FIELD_STATE] = N_("State"),
  [IM_FIELD_STREET] = N_("Street"),
  [IM_FIELD_ZIP] = N_("Postal code"),
  [IM_FIELD_COUNTRY] = N_("Country"),
  [IM_FIELD_PHONE] = N_("Telephone"),
  [IM_FIELD_FAX] = N_("Fax"),
  [IM_FIELD_CELL] = N_("Mobile phone"),
  [IM_FIELD_HOMEPAGE] = N_("Home page"),
  [IM_FIELD_LANGUAGE] = N_("Languages"),
  [IM_FIELD_ORIGIN_CITY] = N_("From the city"),
  [IM_FIELD_ORIGIN_STATE] = N_("From the state"),
  [IM_FIELD_ORIGIN_COUNTRY] = N_("From the country"),
  [IM_FIELD_INTEREST] = N_("Interests"),
  [IM_FIELD_PAST] = N_("Past"),
  [IM_FIELD_MEMBER_OF] = N_("Member of"),
  [IM_FIELD_COMPANY] = N_("Company"),
  [IM_FIELD_DEPARTMENT] = N_("Department"),
  [IM_FIELD_POSITION] = N_("Position"),
  [IM_FIELD_OCCUPATION] = N_("Occupation"),
  [IM_FIELD_WORK_STREET] = N_("Street of work"),
  [IM_FIELD_WORK_CITY] = N_("City of work"),
  [IM_FIELD_WORK_STATE] = N_("State of work"),
  [IM_FIELD_WORK_ZIP] = N_("Postal code of work"),
  [IM_FIELD_WORK_COUNTRY] = N_("Country of work"),
  [IM_FIELD_WORK_PHONE] = N_("Telephone at work"),
  [IM_FIELD_WORK_FAX] = N_("Fax at work"),
  [IM_FIELD_WORK_PAGE] = N_("Page of work"),
  [IM_FIELD_NOTES] = N_("Notes"),
  [IM_FIELD_NEEDS_AUTH] = N_("Must be asked before being added"),
  [IM_FIELD_WEB_AWARE] = N_("Web pages may show the status"),
  [IM_FIELD_ONLINE] = N_("Online"),
  [IM_FIELD_KEYWORDS] = N_("Keywords"),
  [IM_FIELD_ON_THEIR_LIST] = N_("Has you on their list"),
};

const char *
glue_people_label (ImFieldId id)
{
  return id < G_N_ELEMENTS (labels) && labels[id] != NULL ? _(labels[id]) : "";
}

/* A word of @domain, a list of the ISO's that most systems with Pidgin have
 * translated; it stays English where they have not. */
static const char *
translate (const char *domain, const char *word)
{
  bind_textdomain_codeset (domain, "UTF-8");
  return dgettext (domain, word);
}

const char *
glue_people_word (ImFieldId id, const char *value)
{
  switch (id)
    {
    case IM_FIELD_GENDER:
      return strcmp (value, "female") == 0 ? _("Female") : _("Male");
    case IM_FIELD_NEEDS_AUTH:
    case IM_FIELD_WEB_AWARE:
    case IM_FIELD_ONLINE:
      return *value == '1' ? _("Yes") : _("No");
    case IM_FIELD_COUNTRY:
    case IM_FIELD_ORIGIN_COUNTRY:
    case IM_FIELD_WORK_COUNTRY:
      return translate ("iso_3166", value);
    case IM_FIELD_LANGUAGE:
      return translate ("iso_639-3", value);
    default:
      return value;
    }
}

/* YYYY-MM-DD as the user's country writes it. */
static char *
print_date (const char *value)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  g_autofree char *iso = g_strconcat (value, "T00:00:00", NULL);
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (iso, zone);

  return date != NULL ? g_date_time_format (date, "%x") : g_strdup (value);
}

static char *
print_value (const ImField *field)
{
  return field->id == IM_FIELD_BIRTHDAY
             ? print_date (field->value)
             : g_strdup (glue_people_word (field->id, field->value));
}

void
glue_people_add_fields (PurpleNotifyUserInfo *info, const ImField *fields,
                        guint n_fields)
{
  for (guint i = 0; i < n_fields;)
    {
      ImFieldId id = fields[i].id;
      g_autoptr (GString) html = g_string_new (NULL);

      for (; i < n_fields && fields[i].id == id; i++)
        {
          g_autofree char *value = print_value (&fields[i]);
          g_autofree char *escaped = g_markup_escape_text (value, -1);

          if (html->len > 0)
            g_string_append (html, "<br>");
          g_string_append (html, escaped);
        }
      purple_notify_user_info_add_pair (info, glue_people_label (id),
                                        html->str);
    }
}

/* --- Nicknames ---------------------------------------------------------- */

static const char *
value_of (const ImField *fields, guint n_fields, ImFieldId id)
{
  for (guint i = 0; i < n_fields; i++)
    if (fields[i].id == id)
      return fields[i].value;
  return NULL;
}

void
glue_people_apply_nick (GlueHost *glue, const char *who,
                        const ImField *fields, guint n_fields)
{
  const char *nick = value_of (fields, n_fields, IM_FIELD_NICK);
  const char *first = value_of (fields, n_fields, IM_FIELD_FIRST_NAME);
  const char *last = value_of (fields, n_fields, IM_FIELD_LAST_NAME);
  g_autofree char *full = NULL;

  if (purple_find_buddy (glue->account, who) == NULL)
    return;
  full = g_strdup_printf ("%s%s%s", first != NULL ? first : "",
                          first != NULL && last != NULL ? " " : "",
                          last != NULL ? last : "");
  if (nick == NULL && *full != '\0')
    nick = full;
  if (nick != NULL)
    glue_nicks_learn (glue, who, nick);
}

/* --- Searching ---------------------------------------------------------- */

static const ImFieldId columns[] = {
  IM_FIELD_NAME,  IM_FIELD_NICK,   IM_FIELD_FIRST_NAME, IM_FIELD_LAST_NAME,
  IM_FIELD_EMAIL, IM_FIELD_GENDER, IM_FIELD_AGE,        IM_FIELD_ONLINE,
};

static char *
print_cell (const ImPerson *person, ImFieldId id)
{
  for (guint i = 0; i < person->n_fields; i++)
    if (person->fields[i].id == id)
      return print_value (&person->fields[i]);
  return g_strdup ("");
}

static void
ask_info (PurpleConnection *gc, GList *row, gpointer data)
{
  serv_get_info (gc, row->data);
}

static void
add_buddy (PurpleConnection *gc, GList *row, gpointer data)
{
  const char *nick = row->next != NULL ? row->next->data : NULL;

  purple_blist_request_add_buddy (purple_connection_get_account (gc),
                                  row->data, NULL,
                                  nick != NULL && *nick != '\0' ? nick : NULL);
}

static void
open_conversation (PurpleConnection *gc, GList *row, gpointer data)
{
  PurpleConversation *conversation = purple_conversation_new (
      PURPLE_CONV_TYPE_IM, purple_connection_get_account (gc), row->data);

  purple_conversation_present (conversation);
}

static PurpleNotifySearchResults *
make_results (const ImEventFound *found)
{
  PurpleNotifySearchResults *results = purple_notify_searchresults_new ();

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    purple_notify_searchresults_column_add (
        results, purple_notify_searchresults_column_new (
                     glue_people_label (columns[i])));
  for (guint i = 0; i < found->n_people; i++)
    {
      GList *row = NULL;

      for (guint c = 0; c < G_N_ELEMENTS (columns); c++)
        row = g_list_append (row, print_cell (&found->people[i], columns[c]));
      purple_notify_searchresults_row_add (results, row);
    }
  purple_notify_searchresults_button_add (
      results, PURPLE_NOTIFY_BUTTON_INFO, ask_info);
  purple_notify_searchresults_button_add (
      results, PURPLE_NOTIFY_BUTTON_ADD, add_buddy);
  purple_notify_searchresults_button_add (
      results, PURPLE_NOTIFY_BUTTON_IM, open_conversation);
  return results;
}

/* For hosts that have no tables. */
static char *
print_found (const ImEventFound *found)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < found->n_people; i++)
    {
      g_autofree char *name = print_cell (&found->people[i], IM_FIELD_NAME);
      g_autofree char *nick = print_cell (&found->people[i], IM_FIELD_NICK);
      g_autofree char *first =
          print_cell (&found->people[i], IM_FIELD_FIRST_NAME);
      g_autofree char *last =
          print_cell (&found->people[i], IM_FIELD_LAST_NAME);

      g_string_append_printf (text, "%s%s %s %s %s", i > 0 ? "\n" : "", name,
                              nick, first, last);
    }
  return g_string_free (text, FALSE);
}

static const char *
why_nobody (ImFoundOutcome outcome)
{
  switch (outcome)
    {
    case IM_FOUND_ALL:
      return NULL;
    case IM_FOUND_TOO_MANY:
      return _("Too many fit. Say more to find fewer.");
    case IM_FOUND_MORE_NEEDED:
      return _("Say more of whom you look for: a first or last name, or an "
               "address.");
    case IM_FOUND_UNAVAILABLE:
      return _("The network cannot search now. Try again later.");
    case IM_FOUND_UNSUPPORTED:
      return _("This network does not offer that.");
    }
  return NULL;
}

void
glue_people_on_found (GlueHost *glue, const ImEvent *event)
{
  const ImEventFound *found = &event->found;
  PurpleNotifySearchResults *results;
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;

  if (found->n_people == 0)
    {
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, _("Nobody was found."),
                      why_nobody (found->outcome));
      return;
    }
  if (found->more > 0)
    left = g_strdup_printf (
        /* Translators: a number of people. */
        g_dngettext (GETTEXT_PACKAGE,
                     "%u other was found. Say more to find fewer.",
                     "%u others were found. Say more to find fewer.",
                     found->more),
        found->more);
  results = make_results (found);
  if (purple_notify_searchresults (glue->gc, _("Search Results"),
                                   _("People found"), left, results, NULL,
                                   NULL) != NULL)
    return;
  purple_notify_searchresults_free (results);
  text = print_found (found);
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, _("People found"), text);
}
