#include "oscar-forms.h"

#include <string.h>

#include "glue-i18n.h"
#include "glue-people.h"

/* The fields of a form are called after the number of what they stand for. */
static const char *
id_of (ImFieldId field)
{
  static char id[16];

  g_snprintf (id, sizeof id, "%u", field);
  return id;
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
