#include "oscar-account.h"

#include <string.h>

#include "glue-i18n.h"
#include "oscar-forms.h"
#include "oscar-session.h"

/* --- Name and address ---------------------------------------------------- */

static void
ask_for_text (GlueHost *glue, const char *title, const char *primary,
              const char *secondary, const char *value, GCallback done)
{
  if (purple_request_input (glue->gc, title, primary, secondary, value, FALSE,
                            FALSE, NULL, _("OK"), done, _("Cancel"), NULL,
                            glue->account, NULL, NULL, glue->gc) == NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("This program has no forms to fill in."), NULL);
}

static void
name_done (PurpleConnection *gc, const char *name)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue == NULL || name == NULL || *name == '\0')
    return;
  /* What the server would say to it. */
  if (!oscar_name_equal (name, purple_account_get_username (glue->account)))
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("The name was not changed."),
                    _("Only its spaces and capital letters can be."));
  else
    oscar_session_format_name (glue->session, name);
}

static void
format_name (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    ask_for_text (glue, _("Format Screen Name"),
                  _("How shall your screen name be written?"),
                  _("Only its spaces and capital letters can be changed."),
                  purple_connection_get_display_name (glue->gc),
                  G_CALLBACK (name_done));
}

static void
email_done (PurpleConnection *gc, const char *address)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL && address != NULL && *address != '\0')
    oscar_session_change_email (glue->session, address);
}

static void
change_email (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    ask_for_text (glue, _("Change E-mail"),
                  _("Which e-mail address shall your account have?"), NULL,
                  NULL, G_CALLBACK (email_done));
}

static void
show_email (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    oscar_session_ask_email (glue->session);
}

static void
confirm (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    oscar_session_confirm_account (glue->session);
}

/* --- Password ------------------------------------------------------------ */

static void
password_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  const char *old = purple_request_fields_get_string (form, "old");
  const char *fresh = purple_request_fields_get_string (form, "new");
  const char *again = purple_request_fields_get_string (form, "again");
  const char *why = NULL;
  g_autoptr (ImSecret) old_secret = NULL;
  g_autoptr (ImSecret) new_secret = NULL;

  if (glue == NULL)
    return;
  if (old == NULL || *old == '\0' || fresh == NULL || *fresh == '\0')
    why = _("Both the old and the new password are needed.");
  else if (g_strcmp0 (fresh, again) != 0)
    why = _("The new password was not the same both times.");
  if (why != NULL)
    {
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                      _("The password was not changed."), why);
      return;
    }
  old_secret = im_secret_new (old);
  new_secret = im_secret_new (fresh);
  oscar_session_change_password (glue->session, old_secret, new_secret);
}

static void
add_password (PurpleRequestFieldGroup *group, const char *id,
              const char *label)
{
  PurpleRequestField *field =
      purple_request_field_string_new (id, label, NULL, FALSE);

  purple_request_field_string_set_masked (field, TRUE);
  purple_request_field_set_required (field, TRUE);
  purple_request_field_group_add_field (group, field);
}

/* libpurple's own dialog stores the new password before the server has
 * agreed to it. */
static void
change_password (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);
  PurpleRequestFields *form;
  PurpleRequestFieldGroup *group;

  if (glue == NULL)
    return;
  form = purple_request_fields_new ();
  group = purple_request_field_group_new (NULL);
  add_password (group, "old", _("Old password"));
  add_password (group, "new", _("New password"));
  add_password (group, "again", _("New password again"));
  purple_request_fields_add_group (form, group);
  oscar_forms_show (
      glue, _("Change Password"), _("Change the password of your account"),
      oscar_session_is_encrypted (glue->session)
          ? NULL
          : _("This connection is not encrypted: others on the way could "
              "read both passwords."),
      form, G_CALLBACK (password_done));
}

/* --- The directory ------------------------------------------------------- */

static const ImFieldId entry_fields[] = {
  IM_FIELD_FIRST_NAME, IM_FIELD_LAST_NAME, IM_FIELD_NICK,
  IM_FIELD_STREET,     IM_FIELD_CITY,      IM_FIELD_STATE,
  IM_FIELD_ZIP,        IM_FIELD_INTEREST,
};
static const ImFieldId searched[] = {
  IM_FIELD_EMAIL, IM_FIELD_FIRST_NAME, IM_FIELD_LAST_NAME, IM_FIELD_NICK,
  IM_FIELD_CITY,  IM_FIELD_STATE,      IM_FIELD_INTEREST,
};

static guint
read_form (PurpleRequestFields *form, const ImFieldId *ids, guint n_ids,
           ImField *ret)
{
  guint n = 0;

  for (guint i = 0; i < n_ids; i++)
    {
      const char *value = oscar_forms_get_string (form, ids[i]);

      if (value != NULL && *value != '\0')
        ret[n++] = (ImField){ ids[i], value };
    }
  return n;
}

static void
search_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  ImField fields[G_N_ELEMENTS (searched)];
  guint n = read_form (form, searched, G_N_ELEMENTS (searched), fields);

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
                    _("Fill in what you know. An e-mail address is enough."),
                    NULL, form, G_CALLBACK (search_done));
}

static void
entry_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  ImField fields[G_N_ELEMENTS (entry_fields)];
  guint n =
      read_form (form, entry_fields, G_N_ELEMENTS (entry_fields), fields);

  if (glue != NULL)
    oscar_session_set_own_fields (glue->session, fields, n);
}

static const char *
value_of (const ImEventProfile *profile, ImFieldId id)
{
  for (guint i = 0; i < profile->n_fields; i++)
    if (profile->fields[i].id == id)
      return profile->fields[i].value;
  return NULL;
}

void
oscar_account_edit_entry (GlueHost *glue, const ImEventProfile *profile)
{
  PurpleRequestFields *form = purple_request_fields_new ();
  PurpleRequestFieldGroup *group = purple_request_field_group_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (entry_fields); i++)
    oscar_forms_add_string (group, entry_fields[i],
                            value_of (profile, entry_fields[i]));
  purple_request_fields_add_group (form, group);
  oscar_forms_show (glue, _("Your Directory Entry"),
                    _("What others find about you in the directory"),
                    _("What you leave empty is not in it."), form,
                    G_CALLBACK (entry_done));
}

static void
edit_entry (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    oscar_session_get_own_fields (glue->session);
}

/* --- Menu ---------------------------------------------------------------- */

static GList *
append (GList *list, const char *label,
        void (*callback) (PurplePluginAction *action))
{
  return g_list_append (list, purple_plugin_action_new (label, callback));
}

GList *
oscar_account_add (GList *list)
{
  return append (list, _("Change Password..."), change_password);
}

GList *
oscar_account_add_aim (GList *list)
{
  list = append (list, _("Search for People..."), search);
  list = append (list, _("Change Directory Entry..."), edit_entry);
  list = append (list, _("Format Screen Name..."), format_name);
  list = append (list, _("Change E-mail..."), change_email);
  list = append (list, _("Show E-mail"), show_email);
  return append (list, _("Confirm Account"), confirm);
}

/* --- Warnings ------------------------------------------------------------ */

typedef struct
{
  PurpleConnection *gc;
  char *who;
} Warning;

static void
warning_done (Warning *warning, int choice)
{
  GlueHost *glue = PURPLE_CONNECTION_IS_VALID (warning->gc)
                       ? glue_host_of (warning->gc)
                       : NULL;

  if (glue != NULL && choice < 2)
    oscar_session_warn (glue->session, warning->who, choice == 1);
  g_free (warning->who);
  g_free (warning);
}

static void
ask_warning (PurpleBlistNode *node, gpointer data)
{
  PurpleBuddy *buddy = PURPLE_BUDDY (node);
  PurpleAccount *account = purple_buddy_get_account (buddy);
  Warning *warning = g_new0 (Warning, 1);
  /* Translators: a buddy's name. */
  g_autofree char *question =
      g_strdup_printf (_("Warn %s?"), purple_buddy_get_name (buddy));

  warning->gc = purple_account_get_connection (account);
  warning->who = g_strdup (purple_buddy_get_name (buddy));
  if (purple_request_action (
          warning->gc, _("Warn"), question,
          _("Warnings slow the other down. An anonymous one counts for less."),
          2, account, warning->who, NULL, warning, 3, _("Warn"),
          G_CALLBACK (warning_done), _("Warn Anonymously"),
          G_CALLBACK (warning_done), _("Cancel"),
          G_CALLBACK (warning_done)) == NULL)
    warning_done (warning, 2);
}

GList *
oscar_account_buddy_menu (PurpleBlistNode *node)
{
  PurpleBuddy *buddy = (PurpleBuddy *) node;

  if (!PURPLE_BLIST_NODE_IS_BUDDY (node) ||
      !purple_presence_is_online (purple_buddy_get_presence (buddy)))
    return NULL;
  return g_list_append (
      NULL, purple_menu_action_new (_("Warn..."), G_CALLBACK (ask_warning),
                                    NULL, NULL));
}
