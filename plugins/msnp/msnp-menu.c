#include "msnp-menu.h"

#include "glue-actions.h"
#include "glue-buddies.h"
#include "glue-i18n.h"
#include "msn-engine.h"
#include "msnp-session.h"

/* --- name --------------------------------------------------------------- */

static void
name_done (PurpleConnection *gc, const char *name)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL && name != NULL && *name != '\0')
    msn_engine_of (glue)->set_nick (glue->session, name);
}

static void
change_name (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue == NULL)
    return;
  if (purple_request_input (
          glue->gc, _("Change Display Name"),
          _("What shall others see as your name?"), NULL,
          purple_connection_get_display_name (glue->gc), FALSE, FALSE, NULL,
          _("OK"), G_CALLBACK (name_done), _("Cancel"), NULL, glue->account,
          NULL, NULL, glue->gc) == NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("This program has no forms to fill in."), NULL);
}

/* --- invitations by e-mail ----------------------------------------------- */

static void
invite_done (PurpleConnection *gc, const char *address)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL && address != NULL && *address != '\0')
    msnp_session_invite_by_mail (glue->session, address);
}

static void
invite (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue == NULL)
    return;
  if (purple_request_input (
          glue->gc, _("Invite by E-mail"),
          _("Whom shall the network invite to make an account?"),
          _("The server sends them an e-mail, in English."), NULL, FALSE,
          FALSE, NULL, _("OK"), G_CALLBACK (invite_done), _("Cancel"), NULL,
          glue->account, NULL, NULL, glue->gc) == NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("This program has no forms to fill in."), NULL);
}

/* --- telephones --------------------------------------------------------- */

typedef struct
{
  const char *id;
  MsnpPhone phone;
  const char *label;
} PhoneRow;

static const PhoneRow phones[] = {
  { "home", MSNP_PHONE_HOME, N_("Telephone") },
  { "work", MSNP_PHONE_WORK, N_("Telephone at work") },
  { "mobile", MSNP_PHONE_MOBILE, N_("Mobile phone") },
};

static void
phones_done (PurpleConnection *gc, PurpleRequestFields *form)
{
  GlueHost *glue = glue_host_of (gc);

  for (guint i = 0; glue != NULL && i < G_N_ELEMENTS (phones); i++)
    {
      const char *old = msnp_session_phone (glue->session, phones[i].phone);
      const char *number =
          purple_request_fields_get_string (form, phones[i].id);

      if (g_strcmp0 (old != NULL ? old : "", number != NULL ? number : "") !=
          0)
        msnp_session_set_phone (glue->session, phones[i].phone, number);
    }
}

static void
change_phones (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);
  PurpleRequestFields *form;
  PurpleRequestFieldGroup *group;

  if (glue == NULL)
    return;
  form = purple_request_fields_new ();
  group = purple_request_field_group_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (phones); i++)
    purple_request_field_group_add_field (
        group, purple_request_field_string_new (
                   phones[i].id, _(phones[i].label),
                   msnp_session_phone (glue->session, phones[i].phone),
                   FALSE));
  purple_request_fields_add_group (form, group);
  if (purple_request_fields (
          glue->gc, _("Change Telephone Numbers"),
          _("Which numbers shall your contacts see?"),
          _("What you leave empty is not shown."), form, _("OK"),
          G_CALLBACK (phones_done), _("Cancel"), NULL, glue->account, NULL,
          NULL, glue->gc) == NULL)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR,
                    _("This program has no forms to fill in."), NULL);
}

/* --- the rest ----------------------------------------------------------- */

static const char *
mailbox_of (GlueHost *glue)
{
  const MsnEngine *engine = msn_engine_of (glue);

  return engine->mailbox_url != NULL ? engine->mailbox_url (glue->session)
                                     : NULL;
}

static void
open_mailbox (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  const char *url = glue != NULL ? mailbox_of (glue) : NULL;

  if (url != NULL)
    purple_notify_uri (glue->gc, url);
}

static void
sign_off_places (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    msn_engine_of (glue)->sign_off_places (glue->session);
}

static GList *
append (GList *list, const char *label,
        void (*callback) (PurplePluginAction *action))
{
  return g_list_append (list, purple_plugin_action_new (label, callback));
}

GList *
msnp_menu_more (gpointer session, GList *list)
{
  if (msnp_session_has_phones (session))
    list = append (list, _("Change Telephone Numbers..."), change_phones);
  list = append (list, _("Invite by E-mail..."), invite);
  return append (list, _("Put Local Buddies on the Server's List"),
                 glue_buddies_upload);
}

GList *
msnp_menu (PurplePlugin *plugin, gpointer context)
{
  GlueHost *glue = context != NULL ? glue_host_of (context) : NULL;
  const MsnEngine *engine = glue != NULL ? msn_engine_of (glue) : NULL;
  GList *list = NULL;

  if (glue != NULL && engine->protocol.commands->is_online (glue->session))
    {
      list = append (list, _("Change Display Name..."), change_name);
      if (mailbox_of (glue) != NULL)
        list = append (list, _("Open Mailbox"), open_mailbox);
      if (engine->has_places (glue->session))
        list = append (list, _("Sign Out Elsewhere"), sign_off_places);
      if (engine->more_menu != NULL)
        list = engine->more_menu (glue->session, list);
    }
  return append (list, _("Forget Certificate"),
                 glue_actions_forget_certificates);
}
