#include "gtalk-card.h"

#include "glue-i18n.h"
#include "glue-people.h"
#include "gtalk-session.h"

/* In the order they are shown. */
static const struct
{
  const char *id;
  ImFieldId field;
} rows[] = {
  { "nick", IM_FIELD_NICK },       { "first", IM_FIELD_FIRST_NAME },
  { "last", IM_FIELD_LAST_NAME },  { "email", IM_FIELD_EMAIL },
  { "phone", IM_FIELD_PHONE },     { "birthday", IM_FIELD_BIRTHDAY },
  { "street", IM_FIELD_STREET },   { "zip", IM_FIELD_ZIP },
  { "city", IM_FIELD_CITY },       { "state", IM_FIELD_STATE },
  { "country", IM_FIELD_COUNTRY }, { "homepage", IM_FIELD_HOMEPAGE },
  { "company", IM_FIELD_COMPANY }, { "department", IM_FIELD_DEPARTMENT },
  { "position", IM_FIELD_POSITION }, { "notes", IM_FIELD_NOTES },
};

static void
on_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);
  ImField fields[G_N_ELEMENTS (rows)];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *value = purple_request_fields_get_string (form, rows[i].id);

      if (value != NULL && *value != '\0')
        fields[n++] = (ImField){ rows[i].field, value };
    }
  if (glue != NULL)
    gtalk_session_set_own_fields (glue->session, fields, n);
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
gtalk_card_edit (GlueHost *glue, const ImEventProfile *profile)
{
  PurpleRequestFields *form = purple_request_fields_new ();
  PurpleRequestFieldGroup *group = purple_request_field_group_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    purple_request_field_group_add_field (
        group, purple_request_field_string_new (
                   rows[i].id, glue_people_label (rows[i].field),
                   value_of (profile, rows[i].field),
                   rows[i].field == IM_FIELD_NOTES));
  purple_request_fields_add_group (form, group);
  if (purple_request_fields (
          glue->gc, _("User Info"), _("What others can read about you"),
          _("Leave out what you do not want them to know."), form, _("OK"),
          G_CALLBACK (on_done), _("Cancel"), NULL, glue->account, NULL, NULL,
          glue->gc) == NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("This program has no forms to fill in."), NULL);
}

void
gtalk_card_open (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    gtalk_session_get_own_fields (glue->session);
}
