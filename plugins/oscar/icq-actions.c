#include "icq-actions.h"

#include <string.h>

#include "glue-actions.h"
#include "glue-buddies.h"
#include "glue-i18n.h"
#include "oscar-forms.h"
#include "oscar-icq-codes.h"
#include "oscar-session.h"

/* --- Search ------------------------------------------------------------- */

static const ImFieldId searched[] = {
  IM_FIELD_NAME,      IM_FIELD_EMAIL, IM_FIELD_NICK,    IM_FIELD_FIRST_NAME,
  IM_FIELD_LAST_NAME, IM_FIELD_CITY,  IM_FIELD_COMPANY, IM_FIELD_KEYWORDS,
};

static void
search_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  ImField fields[G_N_ELEMENTS (searched)];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (searched); i++)
    {
      const char *value =
          oscar_forms_get_string (form, searched[i]);

      if (value != NULL && *value != '\0')
        fields[n++] = (ImField){ searched[i], value };
    }
  if (glue != NULL && n > 0)
    oscar_session_search (glue->session, fields, n);
}

static void
search (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);
  PurpleRequestFields *form;
  PurpleRequestFieldGroup *group;

  if (glue == NULL)
    return;
  form = purple_request_fields_new ();
  group = purple_request_field_group_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (searched); i++)
    oscar_forms_add_string (group, searched[i], NULL);
  purple_request_fields_add_group (form, group);
  oscar_forms_show (glue, _("Search for People"),
                    _("Fill in what you know. A number or an e-mail address "
                      "is enough."),
                    NULL, form, G_CALLBACK (search_done));
}

/* --- The user's own entry ----------------------------------------------- */

#define MAX_LANGUAGES 3

static const ImFieldId own_strings[] = {
  IM_FIELD_NICK,    IM_FIELD_FIRST_NAME, IM_FIELD_LAST_NAME,
  IM_FIELD_EMAIL,   IM_FIELD_BIRTHDAY,   IM_FIELD_CITY,
  IM_FIELD_STATE,   IM_FIELD_PHONE,      IM_FIELD_CELL,
  IM_FIELD_COMPANY, IM_FIELD_POSITION,   IM_FIELD_HOMEPAGE,
  IM_FIELD_NOTES, /* the largest, so the last */
};

/* What is chosen: how many of a kind there may be. */
static const struct
{
  ImFieldId id;
  guint n;
} own_choices[] = {
  { IM_FIELD_GENDER, 1 },
  { IM_FIELD_COUNTRY, 1 },
  { IM_FIELD_LANGUAGE, MAX_LANGUAGES },
  { IM_FIELD_OCCUPATION, 1 },
};
#define MAX_CHOICES (3 + MAX_LANGUAGES)

static const ImFieldId own_bools[] = { IM_FIELD_NEEDS_AUTH,
                                       IM_FIELD_WEB_AWARE };

/* Returns: (transfer container): what there is to choose from */
static const char **
values_of (ImFieldId id)
{
  GPtrArray *values = g_ptr_array_new ();
  const char *name;

  if (id == IM_FIELD_GENDER)
    {
      g_ptr_array_add (values, (gpointer) "female");
      g_ptr_array_add (values, (gpointer) "male");
    }
  for (guint i = 0; (name = oscar_icq_code_nth (id, i)) != NULL; i++)
    g_ptr_array_add (values, (gpointer) name);
  g_ptr_array_add (values, NULL);
  return (const char **) g_ptr_array_free (values, FALSE);
}

/* "" is a birthday, too: none. */
static gboolean
is_birthday (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, "-", 4);
  guint64 number[3];

  if (*text == '\0')
    return TRUE;
  if (g_strv_length (words) != 3)
    return FALSE;
  for (guint i = 0; i < 3; i++)
    if (!g_ascii_string_to_unsigned (words[i], 10, 1, 9999, &number[i], NULL))
      return FALSE;
  return number[1] <= 12 && number[2] <= 31 &&
         g_date_valid_dmy ((GDateDay) number[2], (GDateMonth) number[1],
                           (GDateYear) number[0]);
}

/* Only what was changed is sent: an address, for one, would otherwise be
 * stored as the server's second-best knowledge of it. */
static guint
read_strings (PurpleRequestFields *form, ImField *ret)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (own_strings); i++)
    if (oscar_forms_was_changed (form, own_strings[i]))
      {
        const char *value = oscar_forms_get_string (form, own_strings[i]);

        ret[n++] = (ImField){ own_strings[i], value != NULL ? value : "" };
      }
  return n;
}

/* All of a kind if one of them was changed: servers replace them together. */
static guint
read_choices (PurpleRequestFields *form, ImField *ret)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (own_choices); i++)
    {
      ImFieldId id = own_choices[i].id;
      g_autofree const char **values = values_of (id);
      gboolean changed = FALSE;
      guint first = n;

      for (guint nth = 0; nth < own_choices[i].n; nth++)
        {
          const char *value;

          if (oscar_forms_get_choice (form, id, nth, values, &value))
            changed = TRUE;
          ret[n++] = (ImField){ id, value };
        }
      if (!changed)
        n = first;
    }
  return n;
}

static void
own_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  ImField fields[G_N_ELEMENTS (own_strings) + MAX_CHOICES +
                 G_N_ELEMENTS (own_bools)];
  const char *birthday = oscar_forms_get_string (form, IM_FIELD_BIRTHDAY);
  guint n;

  if (glue == NULL)
    return;
  if (birthday != NULL && !is_birthday (birthday))
    {
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                      _("Your information was not changed."),
                      _("The birthday must be written as year, month and day, "
                        "like 1980-05-17."));
      return;
    }
  n = read_strings (form, fields);
  n += read_choices (form, fields + n);
  for (guint i = 0; i < G_N_ELEMENTS (own_bools); i++)
    fields[n++] = (ImField){
      own_bools[i],
      oscar_forms_get_bool (form, own_bools[i]) ? "1" : "0"
    };
  oscar_session_set_own_fields (glue->session, fields, n);
}

static const char *
nth_value_of (const ImEventProfile *profile, ImFieldId id, guint nth)
{
  for (guint i = 0; i < profile->n_fields; i++)
    if (profile->fields[i].id == id && nth-- == 0)
      return profile->fields[i].value;
  return NULL;
}

static const char *
value_of (const ImEventProfile *profile, ImFieldId id)
{
  return nth_value_of (profile, id, 0);
}

static void
add_choices (PurpleRequestFieldGroup *group, const ImEventProfile *profile)
{
  for (guint i = 0; i < G_N_ELEMENTS (own_choices); i++)
    {
      ImFieldId id = own_choices[i].id;
      g_autofree const char **values = values_of (id);

      for (guint nth = 0; nth < own_choices[i].n; nth++)
        oscar_forms_add_choice (group, id, nth, values,
                                nth_value_of (profile, id, nth));
    }
}

void
icq_actions_edit_profile (GlueHost *glue, const ImEventProfile *profile)
{
  PurpleRequestFields *form = purple_request_fields_new ();
  PurpleRequestFieldGroup *group = purple_request_field_group_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (own_strings); i++)
    {
      if (own_strings[i] == IM_FIELD_NOTES)
        add_choices (group, profile);
      oscar_forms_add_string (group, own_strings[i],
                              value_of (profile, own_strings[i]));
    }
  purple_request_fields_add_group (form, group);
  group = purple_request_field_group_new (_("Security"));
  for (guint i = 0; i < G_N_ELEMENTS (own_bools); i++)
    oscar_forms_add_bool (group, own_bools[i],
              g_strcmp0 (value_of (profile, own_bools[i]), "1") == 0);
  purple_request_fields_add_group (form, group);
  oscar_forms_show (glue, _("Your ICQ Information"),
                    _("What others find about you in ICQ's white pages"),
                    _("Write the birthday as year, month and day, like "
                      "1980-05-17."),
                    form, G_CALLBACK (own_done));
}

static void
edit_own (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    oscar_session_get_own_fields (glue->session);
}

static void set_xstatus (PurplePluginAction *action);

GList *
icq_actions_add (GList *list)
{
  list = g_list_append (
      list, purple_plugin_action_new (_("Set X-Status..."), set_xstatus));
  list = g_list_append (
      list, purple_plugin_action_new (_("Search for People..."), search));
  return g_list_append (
      list, purple_plugin_action_new (_("Change ICQ Information..."),
                                      edit_own));
}

/* --- Encodings ---------------------------------------------------------- */

#define NODE_ENCODING "encoding"

static const struct
{
  const char *charset;
  const char *label;
} encodings[] = {
  { "", N_("As the account says") },
  { "UTF-8", N_("Unicode") },
  { "CP1250", N_("Central European (Windows-1250)") },
  { "CP1251", N_("Cyrillic (Windows-1251)") },
  { "KOI8-R", N_("Cyrillic (KOI8-R)") },
  { "CP1252", N_("Western European (Windows-1252)") },
  { "CP1253", N_("Greek (Windows-1253)") },
  { "CP1254", N_("Turkish (Windows-1254)") },
  { "CP1255", N_("Hebrew (Windows-1255)") },
  { "CP1256", N_("Arabic (Windows-1256)") },
  { "CP1257", N_("Baltic (Windows-1257)") },
  { "GB18030", N_("Chinese (GB18030)") },
  { "BIG5", N_("Chinese (Big5)") },
  { "SHIFT_JIS", N_("Japanese (Shift_JIS)") },
  { "EUC-KR", N_("Korean (EUC-KR)") },
};

static void
tell_encoding (GlueHost *glue, PurpleBuddy *buddy)
{
  const char *charset = purple_blist_node_get_string (
      PURPLE_BLIST_NODE (buddy), NODE_ENCODING);

  oscar_session_set_encoding (glue->session, purple_buddy_get_name (buddy),
                              charset);
}

void
icq_actions_load_encodings (GlueHost *glue)
{
  GSList *buddies = purple_find_buddies (glue->account, NULL);

  for (GSList *l = buddies; l != NULL; l = l->next)
    if (purple_blist_node_get_string (PURPLE_BLIST_NODE (l->data),
                                      NODE_ENCODING) != NULL)
      tell_encoding (glue, l->data);
  g_slist_free (buddies);
}

/* The buddy may have been removed while the question stood. */
static void
encoding_done (PurpleBuddy *buddy, int which)
{
  GSList *all = purple_blist_get_buddies ();
  gboolean there = g_slist_find (all, buddy) != NULL;
  GlueHost *glue;

  g_slist_free (all);
  if (!there)
    return;
  if (which > 0 && which < (int) G_N_ELEMENTS (encodings))
    purple_blist_node_set_string (PURPLE_BLIST_NODE (buddy), NODE_ENCODING,
                                  encodings[which].charset);
  else
    purple_blist_node_remove_setting (PURPLE_BLIST_NODE (buddy),
                                      NODE_ENCODING);
  glue = glue_host_of (
      purple_account_get_connection (purple_buddy_get_account (buddy)));
  if (glue != NULL)
    tell_encoding (glue, buddy);
}

static int
current_encoding (PurpleBuddy *buddy)
{
  const char *charset = purple_blist_node_get_string (
      PURPLE_BLIST_NODE (buddy), NODE_ENCODING);

  for (guint i = 0; charset != NULL && i < G_N_ELEMENTS (encodings); i++)
    if (g_ascii_strcasecmp (encodings[i].charset, charset) == 0)
      return (int) i;
  return 0;
}

#define CHOICE(i) _(encodings[i].label), i

static void
choose_encoding (PurpleBlistNode *node, gpointer data)
{
  PurpleBuddy *buddy = PURPLE_BUDDY (node);
  PurpleAccount *account = purple_buddy_get_account (buddy);

  purple_request_choice (
      purple_account_get_connection (account), _("Encoding"),
      _("How does the client of this contact write?"),
      _("This is for messages that do not say it themselves, and for what you "
        "send."),
      current_encoding (buddy), _("OK"), G_CALLBACK (encoding_done),
      _("Cancel"), NULL, account, purple_buddy_get_name (buddy), NULL, buddy,
      CHOICE (0), CHOICE (1), CHOICE (2), CHOICE (3), CHOICE (4), CHOICE (5),
      CHOICE (6), CHOICE (7), CHOICE (8), CHOICE (9), CHOICE (10),
      CHOICE (11), CHOICE (12), CHOICE (13), CHOICE (14), NULL);
}

/* --- Who may see us ----------------------------------------------------- */

static gboolean
stands_on (GlueHost *glue, GSList *list, PurpleBuddy *buddy)
{
  g_autofree char *who =
      glue->protocol->normalize (purple_buddy_get_name (buddy));
  gboolean found = FALSE;

  for (; list != NULL && !found; list = list->next)
    {
      g_autofree char *name = glue->protocol->normalize (list->data);

      found = strcmp (who, name) == 0;
    }
  return found;
}

static GlueHost *
host_of_node (PurpleBlistNode *node)
{
  return glue_host_of (purple_account_get_connection (
      purple_buddy_get_account (PURPLE_BUDDY (node))));
}

/* Through libpurple, whose own privacy dialogs show the same lists. */
static void
toggle_visible (PurpleBlistNode *node, gpointer data)
{
  GlueHost *glue = host_of_node (node);
  const char *who = purple_buddy_get_name (PURPLE_BUDDY (node));

  if (glue == NULL)
    return;
  if (stands_on (glue, glue->account->permit, PURPLE_BUDDY (node)))
    purple_privacy_permit_remove (glue->account, who, FALSE);
  else
    purple_privacy_permit_add (glue->account, who, FALSE);
}

static void
toggle_invisible (PurpleBlistNode *node, gpointer data)
{
  GlueHost *glue = host_of_node (node);
  const char *who = purple_buddy_get_name (PURPLE_BUDDY (node));

  if (glue == NULL)
    return;
  if (stands_on (glue, glue->account->deny, PURPLE_BUDDY (node)))
    purple_privacy_deny_remove (glue->account, who, FALSE);
  else
    {
      purple_privacy_deny_add (glue->account, who, FALSE);
      glue_buddies_heed_deny_list (glue);
    }
}

static void
toggle_ignored (PurpleBlistNode *node, gpointer data)
{
  GlueHost *glue = host_of_node (node);
  const char *who = purple_buddy_get_name (PURPLE_BUDDY (node));

  if (glue != NULL)
    oscar_session_ignore (glue->session, who,
                          !oscar_session_ignores (glue->session, who));
}

static void
authorize_ahead (PurpleBlistNode *node, gpointer data)
{
  GlueHost *glue = host_of_node (node);

  if (glue != NULL)
    oscar_session_authorize_ahead (
        glue->session, purple_buddy_get_name (PURPLE_BUDDY (node)));
}

static GList *
add_item (GList *list, const char *label,
          void (*func) (PurpleBlistNode *node, gpointer data))
{
  return g_list_append (
      list, purple_menu_action_new (label, G_CALLBACK (func), NULL, NULL));
}

GList *
icq_actions_add_buddy (GList *list, PurpleBuddy *buddy)
{
  GlueHost *glue = host_of_node (PURPLE_BLIST_NODE (buddy));

  if (glue == NULL)
    return list;
  list = add_item (list,
                   stands_on (glue, glue->account->permit, buddy)
                       ? _("Remove from Visible List")
                       : _("Add to Visible List"),
                   toggle_visible);
  list = add_item (list,
                   stands_on (glue, glue->account->deny, buddy)
                       ? _("Remove from Invisible List")
                       : _("Add to Invisible List"),
                   toggle_invisible);
  list = add_item (list,
                   oscar_session_ignores (glue->session,
                                          purple_buddy_get_name (buddy))
                       ? _("Stop Ignoring")
                       : _("Ignore"),
                   toggle_ignored);
  list = add_item (list, _("Authorize in Advance"), authorize_ahead);
  return add_item (list, _("Set Encoding..."), choose_encoding);
}

/* --- X-Status ----------------------------------------------------------- */

static PurpleMood moods[] = {
  { "angry", N_("Angry"), NULL },
  { "bathing", N_("Taking a bath"), NULL },
  { "beer", N_("Having a beer"), NULL },
  { "business", N_("On business"), NULL },
  { "camera", N_("At the cinema"), NULL },
  { "coffee", N_("Having a coffee"), NULL },
  { "eating", N_("Eating"), NULL },
  { "funny", N_("Having fun"), NULL },
  { "games", N_("Playing"), NULL },
  { "internet", N_("On the Internet"), NULL },
  { "love", N_("In love"), NULL },
  { "meeting", N_("Meeting friends"), NULL },
  { "mobile", N_("On the move"), NULL },
  { "music", N_("Listening to music"), NULL },
  { "party", N_("At a party"), NULL },
  { "phone", N_("On the phone"), NULL },
  { "picnic", N_("Having a picnic"), NULL },
  { "question", N_("Wondering"), NULL },
  { "restroom", N_("In the bathroom"), NULL },
  { "searching", N_("Searching"), NULL },
  { "shopping", N_("Shopping"), NULL },
  { "sick", N_("Sick"), NULL },
  { "sleeping", N_("Sleeping"), NULL },
  { "smoking", N_("Smoking"), NULL },
  { "studying", N_("Studying"), NULL },
  { "suit", N_("Dressed up"), NULL },
  { "surfing", N_("Surfing"), NULL },
  { "thinking", N_("Thinking"), NULL },
  { "tired", N_("Tired"), NULL },
  { "tv", N_("Watching TV"), NULL },
  { "typing", N_("Typing"), NULL },
  { "working", N_("Working"), NULL },
  { "writing", N_("Writing"), NULL },
  { NULL, NULL, NULL },
};

PurpleMood *
icq_actions_moods (PurpleAccount *account)
{
  static gboolean translated = FALSE;

  for (guint i = 0; !translated && moods[i].mood != NULL; i++)
    moods[i].description = _(moods[i].description);
  translated = TRUE;
  return moods;
}

GList *
icq_actions_add_mood_status (GList *list)
{
  return g_list_append (
      list, purple_status_type_new_with_attrs (
                PURPLE_STATUS_MOOD, "mood", NULL, FALSE, TRUE, TRUE,
                PURPLE_MOOD_NAME, _("Mood"),
                purple_value_new (PURPLE_TYPE_STRING), PURPLE_MOOD_COMMENT,
                _("Mood text"), purple_value_new (PURPLE_TYPE_STRING), NULL));
}

/* libpurple's moods have a text, but no title: it is kept beside them, after
 * the mood it is for. */
#define TITLE_KEY "xstatus_title"

static const char *
kept_title (PurpleAccount *account, const char *mood)
{
  const char *kept = purple_account_get_string (account, TITLE_KEY, "");
  gsize len = mood != NULL ? strlen (mood) : 0;

  if (len > 0 && strncmp (kept, mood, len) == 0 && kept[len] == ' ' &&
      kept[len + 1] != '\0')
    return kept + len + 1;
  return NULL;
}

/* Returns: (nullable): our mood as libpurple knows it */
static const char *
own_mood (PurpleAccount *account, const char **ret_text)
{
  PurpleStatus *status = purple_presence_get_status (
      purple_account_get_presence (account), "mood");
  const char *mood = NULL;

  *ret_text = NULL;
  if (status == NULL || !purple_status_is_active (status))
    return NULL;
  mood = purple_status_get_attr_string (status, PURPLE_MOOD_NAME);
  if (mood == NULL || *mood == '\0')
    return NULL;
  *ret_text = purple_status_get_attr_string (status, PURPLE_MOOD_COMMENT);
  return mood;
}

void
icq_actions_publish_mood (GlueHost *glue)
{
  const char *text;
  const char *mood = own_mood (glue->account, &text);
  const char *title = kept_title (glue->account, mood);

  if (title == NULL)
    title = glue_actions_mood_name (glue->account, mood);
  oscar_session_set_mood (glue->session, mood, title, text);
}

static void
xstatus_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  PurpleRequestField *field = purple_request_fields_get_field (form, "mood");
  int chosen = oscar_forms_chosen (field) - 1;
  const char *title = purple_request_fields_get_string (form, "title");
  const char *text = purple_request_fields_get_string (form, "text");
  const char *mood = "";
  g_autofree char *kept = NULL;

  if (glue == NULL)
    return;
  if (chosen >= 0 && chosen < (int) G_N_ELEMENTS (moods) - 1)
    mood = moods[chosen].mood;
  if (title != NULL && *title != '\0')
    kept = g_strdup_printf ("%s %s", mood, title);
  purple_account_set_string (glue->account, TITLE_KEY,
                             kept != NULL ? kept : "");
  /* Which comes back to us as a status to set. */
  purple_account_set_status (glue->account, "mood", *mood != '\0',
                             PURPLE_MOOD_NAME, mood, PURPLE_MOOD_COMMENT,
                             text != NULL ? text : "", NULL);
  icq_actions_publish_mood (glue);
}

static PurpleRequestField *
mood_choice (PurpleAccount *account, const char *mood)
{
  PurpleRequestField *choice;
  int chosen = 0;

  for (int i = 0; mood != NULL && moods[i].mood != NULL; i++)
    if (strcmp (moods[i].mood, mood) == 0)
      chosen = i + 1;
  choice = oscar_forms_new_choice ("mood", _("Mood"), chosen);
  /* Translators: no mood. */
  purple_request_field_choice_add (choice, _("None"));
  for (const PurpleMood *one = icq_actions_moods (account); one->mood != NULL;
       one++)
    purple_request_field_choice_add (choice, one->description);
  return choice;
}

/* Two hosts have no dialog for moods, and the third has no title in it. */
static void
set_xstatus (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);
  PurpleRequestFieldGroup *group;
  PurpleRequestFields *form;
  const char *mood, *text;

  if (glue == NULL)
    return;
  mood = own_mood (glue->account, &text);
  form = purple_request_fields_new ();
  group = purple_request_field_group_new (NULL);
  purple_request_fields_add_group (form, group);
  purple_request_field_group_add_field (group,
                                        mood_choice (glue->account, mood));
  purple_request_field_group_add_field (
      group, purple_request_field_string_new (
                 "title", _("Title"), kept_title (glue->account, mood),
                 FALSE));
  purple_request_field_group_add_field (
      group,
      purple_request_field_string_new ("text", _("Message"), text, FALSE));
  oscar_forms_show (glue, _("X-Status"), _("How do you feel?"),
                    _("Without a title, the mood is one."), form,
                    G_CALLBACK (xstatus_done));
}
