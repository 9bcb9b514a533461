#include "oscar-forms.h"

#include <string.h>

#include "glue-i18n.h"
#include "glue-people.h"

/* The fields of a form are called after the number of what they stand for,
 * and where there are several, after theirs. */
static const char *
id_of_nth (ImFieldId field, guint nth)
{
  static char id[32];

  if (nth > 0)
    g_snprintf (id, sizeof id, "%u.%u", field, nth);
  else
    g_snprintf (id, sizeof id, "%u", field);
  return id;
}

static const char *
id_of (ImFieldId field)
{
  return id_of_nth (field, 0);
}

void
oscar_forms_add_string (PurpleRequestFieldGroup *group, ImFieldId field,
                        const char *value)
{
  purple_request_field_group_add_field (
      group,
      purple_request_field_string_new (id_of (field),
                                       glue_people_label (field), value,
                                       field == IM_FIELD_NOTES));
}

void
oscar_forms_add_bool (PurpleRequestFieldGroup *group, ImFieldId field,
                      gboolean value)
{
  purple_request_field_group_add_field (
      group, purple_request_field_bool_new (id_of (field),
                                            glue_people_label (field), value));
}

/* Finch counts answers from 1, where Pidgin and libpurple count from 0; both
 * do so in what they take and in what they give. */
static int
first_answer (void)
{
  return g_strcmp0 (purple_core_get_ui (), "gnt-purple") == 0 ? 1 : 0;
}

PurpleRequestField *
oscar_forms_new_choice (const char *id, const char *label, int chosen)
{
  return purple_request_field_choice_new (id, label,
                                          chosen + first_answer ());
}

int
oscar_forms_chosen (PurpleRequestField *field)
{
  return MAX (0, purple_request_field_choice_get_value (field) -
                     first_answer ());
}

void
oscar_forms_add_choice (PurpleRequestFieldGroup *group, ImFieldId field,
                        guint nth, const char *const *values,
                        const char *value)
{
  PurpleRequestField *choice;
  int chosen = 0;

  for (int i = 0; value != NULL && values[i] != NULL; i++)
    if (strcmp (values[i], value) == 0)
      chosen = i + 1;
  choice = oscar_forms_new_choice (id_of_nth (field, nth),
                                   glue_people_label (field), chosen);
  /* Translators: the first of several answers to choose from: none. */
  purple_request_field_choice_add (choice, _("Not said"));
  for (; *values != NULL; values++)
    purple_request_field_choice_add (choice,
                                     glue_people_word (field, *values));
  purple_request_field_group_add_field (group, choice);
}

gboolean
oscar_forms_get_choice (PurpleRequestFields *form, ImFieldId field, guint nth,
                        const char *const *values, const char **ret)
{
  PurpleRequestField *choice =
      purple_request_fields_get_field (form, id_of_nth (field, nth));
  int chosen = oscar_forms_chosen (choice);

  *ret = "";
  for (int i = 0; values[i] != NULL; i++)
    if (i + 1 == chosen)
      *ret = values[i];
  return purple_request_field_choice_get_value (choice) !=
         purple_request_field_choice_get_default_value (choice);
}

const char *
oscar_forms_get_string (PurpleRequestFields *form, ImFieldId field)
{
  return purple_request_fields_get_string (form, id_of (field));
}

gboolean
oscar_forms_get_bool (PurpleRequestFields *form, ImFieldId field)
{
  return purple_request_fields_get_bool (form, id_of (field));
}

gboolean
oscar_forms_was_changed (PurpleRequestFields *form, ImFieldId id)
{
  PurpleRequestField *field =
      purple_request_fields_get_field (form, id_of (id));
  const char *before = purple_request_field_string_get_default_value (field);
  const char *now = purple_request_field_string_get_value (field);

  return strcmp (before != NULL ? before : "", now != NULL ? now : "") != 0;
}

void
oscar_forms_show (GlueHost *glue, const char *title, const char *primary,
                  const char *secondary, PurpleRequestFields *form,
                  GCallback done)
{
  if (purple_request_fields (glue->gc, title, primary, secondary, form,
                             _("OK"), done, _("Cancel"), NULL, glue->account,
                             NULL, NULL, glue->gc) != NULL)
    return;
  purple_request_fields_destroy (form);
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                  _("This program has no forms to fill in."), NULL);
}
